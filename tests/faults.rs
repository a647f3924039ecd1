//! The harness is judged by the faults of the mock: each way to break a clause is found, and the clause is named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use e2e::{Endpoint, Unchanged};
use greenapi_mock_server::{Emulation, Injection, Scope};
use greenapi_model::Contract;

#[test]
fn each_fault_of_the_content_is_found_by_its_clause() {
    let contract = Contract::default();
    let emulation = Emulation::new(contract.clone()).unwrap();
    let faults: Vec<_> = emulation
        .faults()
        .iter()
        .filter_map(|fault| Some((fault.id().to_owned(), fault.clause()?.id().to_owned())))
        .collect();
    assert!(contract.clauses().iter().all(|clause| faults.iter().any(|(_, broken)| broken == clause.id())));
    let missed: Vec<_> = faults.iter().filter(|(fault, clause)| !finds(&contract, fault, clause)).collect();
    assert!(missed.is_empty(), "{} of {} faults are not found: {missed:#?}", missed.len(), faults.len());
}

/// Whether the harness names the clause of an endpoint with this fault.
fn finds(contract: &Contract, fault: &str, clause: &str) -> bool {
    let endpoint = Endpoint::start(contract, Unchanged);
    let injection = Injection::of(endpoint.emulation().fault(fault).unwrap());
    endpoint.emulation().inject(Scope::Everywhere, injection).unwrap();
    let report = endpoint.report(contract);
    report.broken().any(|broken| broken == clause)
}
