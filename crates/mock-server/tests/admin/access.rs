//! Who may do what: tokens, addresses, methods, sizes.

use std::sync::Arc;

use bytes::Bytes;
use greenapi_mock_server::{ControlPlane, Emulation, Server, Settings};
use greenapi_model::Contract;
use http::Request;
use http_body_util::Full;
use hyper::service::Service;

use crate::fixture::{Fixture, SECRETS, VALID};

#[test]
fn what_there_is_not_is_said() {
    let fixture = Fixture::new();
    for path in ["", "/", "/nothing", "/health/", "/instances/", "/instances/7/nothing", "/requests/a/b"] {
        fixture.refused("GET", path, "", (404, "", "GET /__admin/control-plane.openapi.json"));
    }
    for (method, path) in ControlPlane::routes() {
        let path = path.strip_prefix("/__admin").unwrap().replace("{id}", "7").replace("{number}", "1");
        let path = path.replace("{requestId}", "x");
        let other = if method == "PUT" { "OPTIONS" } else { "TRACE" };
        fixture.refused(other, &path, "", (405, "", "this path has: "));
    }
    assert_eq!(fixture.admin("HEAD", "/health", "").status, 200);
    assert_eq!(fixture.admin("POST", "/requests/count", "{}").json()["count"], 0);
}

#[test]
fn a_token_is_asked_for() {
    let fixture = Fixture::new();
    let control = ControlPlane::new(Arc::clone(&fixture.emulation)).token(SECRETS[2].parse().unwrap());
    let guarded = fixture.control_plane("127.0.0.1:0", control.clone());
    assert!(!format!("{control:?}").contains(SECRETS[2]), "{control:?}");
    let bearer = |token: &str| format!("Authorization: Bearer {token}\r\n");
    for (method, path) in ControlPlane::routes() {
        let path = path.strip_prefix("/__admin").unwrap();
        let expected = if path == "/health" { 200 } else { 401 };
        for headers in [String::new(), bearer("another"), "Authorization: Basic eDp5\r\n".to_owned()] {
            assert_eq!(guarded.admin_with(method, path, &headers, "").status, expected, "{method} {path}");
        }
        let answer = guarded.admin_with(method, path, &bearer(SECRETS[2]), "");
        assert!(!matches!(answer.status, 401 | 403), "{method} {path}: {answer:?}");
    }
    assert_eq!(guarded.admin("POST", "/health", "").status, 401);
    assert_eq!(guarded.admin("GET", "/nothing", "").status, 401);
    let answer = guarded.admin("GET", "/settings", "");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[test]
fn an_address_that_others_reach_wants_a_token() {
    let fixture = Fixture::new();
    let control = ControlPlane::new(Arc::clone(&fixture.emulation));
    let open = fixture.control_plane("0.0.0.0:0", control.clone());
    for (method, path) in ControlPlane::routes() {
        let path = path.strip_prefix("/__admin").unwrap();
        let expected = if path == "/health" { 200 } else { 403 };
        assert_eq!(open.admin(method, path, "").status, expected, "{method} {path}");
    }
    open.refused("GET", "/nothing", "", (403, "", "give it one"));
    let guarded = fixture.control_plane("0.0.0.0:0", control.token(SECRETS[2].parse().unwrap()));
    assert_eq!(guarded.admin("GET", "/settings", "").status, 401);
    let headers = format!("Authorization: Bearer {}\r\n", SECRETS[2]);
    assert_eq!(guarded.admin_with("GET", "/settings", &headers, "").status, 200);
}

#[test]
fn a_page_in_a_browser_wants_a_token() {
    let fixture = Fixture::new();
    let control = ControlPlane::new(Arc::clone(&fixture.emulation)).token(SECRETS[2].parse().unwrap());
    let guarded = fixture.control_plane("127.0.0.1:0", control);
    let page = "Origin: http://localhost:3000\r\n";
    for (method, path) in ControlPlane::routes() {
        let path = path.strip_prefix("/__admin").unwrap();
        let expected = if path == "/health" { 200 } else { 403 };
        assert_eq!(fixture.admin_with(method, path, page, "").status, expected, "{method} {path}");
    }
    let headers = format!("{page}Authorization: Bearer {}\r\n", SECRETS[2]);
    assert_eq!(guarded.admin_with("GET", "/settings", &headers, "").status, 200);
}

#[test]
fn another_name_of_this_machine_wants_a_token() {
    let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
    let control = ControlPlane::new(emulation);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("mock.localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("evil.example:8080", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("192.0.2.1", 403),
    ] {
        let request = Request::get("/__admin/settings").header("host", host).body(Full::new(Bytes::new()));
        let answer = runtime.block_on(control.call(request.unwrap())).unwrap();
        assert_eq!(answer.status().as_u16(), status, "{host}");
    }
}

#[test]
fn without_a_control_plane_its_paths_are_others() {
    let fixture = Fixture::with(Settings::default(), Server::without_control_plane);
    let answer = fixture.send("GET", "/__admin/health", "", b"");
    assert_ne!(answer.status, 200, "{answer:?}");
    assert_eq!(fixture.emulation.stray_calls().kept.len(), 1);
}

#[test]
fn a_control_plane_alone_steers_the_emulation_of_another_address() {
    let fixture = Fixture::with(Settings::default(), Server::without_control_plane);
    let alone = fixture.control_plane("127.0.0.1:0", ControlPlane::new(Arc::clone(&fixture.emulation)));
    alone.ok("PUT", "/instances/7/state", r#"{"state":"starting"}"#);
    assert_eq!(fixture.create(7, VALID).status, 400);
    assert_eq!(alone.ok("GET", "/requests", "")["meta"]["total"], 1);
    // It emulates nothing.
    assert_eq!(alone.create(7, VALID).status, 404);
    assert_eq!(alone.ok("GET", "/requests", "")["meta"]["total"], 1);
}

#[test]
fn requests_to_the_control_plane_are_in_no_journal() {
    let fixture = Fixture::new();
    for (method, path) in ControlPlane::routes() {
        fixture.admin(method, path.strip_prefix("/__admin").unwrap(), "");
    }
    fixture.admin("GET", "/nothing", "");
    assert_eq!(fixture.ok("GET", "/requests", "")["meta"]["total"], 0);
    // Another path that only begins alike is a call.
    fixture.send("GET", "/__administrator", "", b"");
    assert_eq!(fixture.ok("GET", "/requests", "")["meta"]["total"], 1);
}

#[test]
fn a_body_is_bounded_and_has_to_be_json() {
    let fixture = Fixture::new();
    let large = format!("[{}]", "1,".repeat(1 << 19));
    let deep = "[".repeat(100_000);
    for (method, path) in
        ControlPlane::routes().filter(|(method, _)| matches!(*method, "POST" | "PUT" | "PATCH"))
    {
        let path = path.strip_prefix("/__admin").unwrap().replace("{id}", "1101000001");
        assert_eq!(fixture.admin(method, &path, &large).status, 413, "{method} {path}");
        if path.ends_with("/reset") {
            continue;
        }
        fixture.refused(method, &path, "", (400, "", "there is no body"));
        fixture.refused(method, &path, "{", (400, "", "EOF"));
        fixture.refused(method, &path, &deep, (400, "", "recursion limit"));
        fixture.refused(method, &path, "7", (422, "", "it has to be an object"));
    }
}
