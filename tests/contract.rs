//! The mock keeps the contract, and the harness says so of each clause.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::path::Path;

use e2e::{Endpoint, TOKEN, Unchanged};
use greenapi_harness::{Harness, Target, assert_snapshots};
use greenapi_model::{Contract, Edition};

#[test]
fn the_mock_keeps_every_clause() {
    for contract in Edition::all().map(Contract::of) {
        let endpoint = Endpoint::start(&contract, Unchanged);
        let report = endpoint.report(&contract);
        assert!(report.is_kept() && report.is_complete(), "{report}");
        assert!(report.results().iter().all(|result| result.checks > 0), "{report}");
        assert_eq!(report.results().len(), contract.clauses().len());
    }
}

#[test]
fn schema_model_and_mock_agree_on_ten_thousand_bodies() {
    let contract = Contract::default();
    let endpoint = Endpoint::start(&contract, Unchanged);
    let report = Harness::new(contract).seed(3).cases(10_000).run_blocking(&endpoint.target()).unwrap();
    assert!(report.is_kept(), "{report}");
    let agreement = report.agreement();
    assert_eq!((agreement.bodies, &agreement.defect), (10_000, &None));
    assert!((1_000..9_000).contains(&agreement.valid), "{} are valid", agreement.valid);
}

#[test]
fn the_exchanges_are_those_of_the_snapshots() {
    for contract in Edition::all().map(Contract::of) {
        let endpoint = Endpoint::start(&contract, Unchanged);
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let exchanges =
            runtime.block_on(Harness::new(contract.clone()).exchanges(&endpoint.target())).unwrap();
        assert!(exchanges.iter().all(|exchange| !exchange.text.contains(TOKEN)));
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(contract.edition());
        assert_snapshots(&folder, &exchanges);
        let files = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(files, exchanges.len(), "a snapshot that no exchange is compared with");
    }
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let contract = Contract::default();
    let run = |seed| {
        let endpoint = Endpoint::start(&contract, Unchanged);
        let report =
            Harness::new(contract.clone()).seed(seed).cases(100).run_blocking(&endpoint.target()).unwrap();
        // The port differs, and nothing else does.
        report.to_string().lines().filter(|line| !line.starts_with("seed ")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2), "the seed decides what is generated");
}

#[test]
fn a_target_that_nobody_serves_is_an_error() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let target = Target::new(&format!("http://{free}"), TOKEN.parse().unwrap())
        .unwrap()
        .instance(greenapi_model::InstanceState::Authorized, 1.into());
    let error = Harness::new(Contract::default()).run_blocking(&target).unwrap_err();
    assert_eq!(error.to_string(), format!("the target http://{free} cannot be reached"));
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn what_cannot_be_set_up_is_not_checked() {
    let contract = Contract::default();
    let endpoint = Endpoint::start(&contract, Unchanged);
    let url = endpoint.report(&contract).to_string();
    let url = url.split("target ").nth(1).unwrap().split(',').next().unwrap();
    let target = Target::new(url, TOKEN.parse().unwrap())
        .unwrap()
        .instance(greenapi_model::InstanceState::Authorized, 1.into());
    let report = Harness::new(contract).cases(40).run_blocking(&target).unwrap();
    assert!(report.is_kept(), "{report}");
    let not_checked: Vec<_> = report.not_checked().collect();
    assert_eq!(
        not_checked,
        ["error.instance-starting", "error.instance-not-authorized", "error.wrong-token"]
    );
    assert!(report.to_string().contains("no instance is named that is starting"), "{report}");
}
