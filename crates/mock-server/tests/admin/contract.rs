//! The contract and what comes from it.

use std::sync::Arc;

use greenapi_mock_server::ControlPlane;
use greenapi_model::Body;
use serde_json::Value;

use crate::fixture::Fixture;

#[test]
fn the_contract_is_served_as_it_is() {
    let fixture = Fixture::new();
    let contract = fixture.emulation.contract();
    let check =
        |path: &str, expected: &str| assert_eq!(fixture.admin("GET", path, "").body, expected, "{path}");
    check("/openapi.json", &contract.document());
    check("/control-plane.openapi.json", ControlPlane::document());
    let schemas = fixture.ok("GET", "/schemas", "");
    for body in Body::ALL {
        let path = format!("/schemas/{}.schema.json", body.name());
        check(&path, &contract.json_schema(body));
        let listed =
            |listed: &Value| listed["path"] == format!("/__admin{path}") && listed["name"] == body.name();
        assert!(schemas["schemas"].as_array().unwrap().iter().any(listed), "{schemas}");
    }
    fixture.refused("GET", "/schemas/other.schema.json", "", (404, "", "no such path"));
}

#[test]
fn clauses_and_faults_are_listed() {
    let fixture = Fixture::new();
    let ids = |path: &str, list: &str| -> Vec<String> {
        let listed = fixture.ok("GET", path, "");
        listed[list].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    let contract = fixture.emulation.contract();
    let clauses: Vec<_> = contract.clauses().iter().map(|clause| clause.id().to_owned()).collect();
    assert_eq!(ids("/clauses", "clauses"), clauses);
    let faults: Vec<_> = fixture.emulation.faults().iter().map(|fault| fault.id().to_owned()).collect();
    assert_eq!(ids("/faults", "faults"), faults);
    let listed = fixture.ok("GET", "/faults", "");
    let latency =
        listed["faults"].as_array().unwrap().iter().find(|fault| fault["id"] == "wire.latency").unwrap();
    assert_eq!(latency["defaultParameter"], "1s");
    // Each that is listed can be switched on. One of them strikes connections, so the control plane has an address of its own.
    let fixture = fixture.control_plane("127.0.0.1:0", ControlPlane::new(Arc::clone(&fixture.emulation)));
    for fault in faults {
        fixture.ok("POST", "/injections", &serde_json::json!({ "fault": fault, "calls": 1 }).to_string());
        fixture.ok("DELETE", "/injections", "");
    }
}
