//! The harness is judged by the faults of the mock: each way to break a clause, one endpoint each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::sync::atomic::{AtomicUsize, Ordering};

use e2e::{Endpoint, Unchanged};
use greenapi_mock_server::{Emulation, Injection, Scope};
use greenapi_model::{Contract, Way};

/// What the harness does not see: it calls only the instances that a target names, with the token that it gives, and sends no
/// query.
const NOT_SEEN: [&str; 5] = [
    "path/too-strict",
    "path.idInstance.integer/too-strict",
    "path.idInstance.minimum/too-strict",
    "path.idInstance.maximum/too-strict",
    "path.apiTokenInstance.minLength/too-strict",
];

/// Whoever accepts anything breaks what is accepted, so that these are named by the clauses of the request and of the path.
const NAMED_BY_OTHERS: [&str; 2] = ["error.bad-request-data/not-enforced", "error.wrong-path/not-enforced"];

/// What the harness says of an endpoint with a fault.
struct Judged {
    fault: String,
    clause: String,
    way: Way,
    broken: Vec<String>,
}

fn judged(contract: &Contract, fault: &str) -> Judged {
    let endpoint = Endpoint::start(contract, Unchanged);
    let injection = Injection::of(endpoint.emulation().fault(fault).unwrap());
    endpoint.emulation().inject(Scope::Everywhere, injection).unwrap();
    let broken = endpoint.report(contract).broken().map(str::to_owned).collect();
    let content = contract.content_fault(fault).unwrap();
    Judged { fault: fault.to_owned(), clause: content.clause().id().to_owned(), way: content.way(), broken }
}

/// All faults of the content, on as many threads as there are cores.
fn all_judged(contract: &Contract, faults: &[String]) -> Vec<Judged> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mine = std::iter::from_fn(|| faults.get(next.fetch_add(1, Ordering::Relaxed)));
        mine.map(|fault| judged(contract, fault)).collect::<Vec<_>>()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    })
}

#[test]
fn each_fault_of_the_content_is_found() {
    let contract = Contract::default();
    let emulation = Emulation::new(contract.clone()).unwrap();
    let listed = emulation.faults().iter().filter(|fault| fault.clause().is_some());
    let faults: Vec<String> = listed.map(|fault| fault.id().to_owned()).collect();
    assert_eq!(faults.len(), contract.content_faults().len());
    for clause in contract.clauses() {
        let prefix = format!("{}/", clause.id());
        assert!(faults.iter().any(|fault| fault.starts_with(&prefix)), "no fault breaks {clause}");
    }

    let mut wrong = Vec::new();
    for Judged { fault, clause, way, broken } in all_judged(&contract, &faults) {
        let is_named = match way {
            // Whoever refuses too much breaks what it owes to a valid request.
            Way::TooStrict => !broken.is_empty(),
            _ => broken.contains(&clause),
        };
        let is_found = is_named || (!broken.is_empty() && NAMED_BY_OTHERS.contains(&fault.as_str()));
        if is_found == NOT_SEEN.contains(&fault.as_str()) {
            wrong.push(format!("{fault}: {broken:?}"));
        }
    }
    wrong.sort();
    assert!(
        wrong.is_empty(),
        "of {} faults these are not judged as expected:\n{}",
        faults.len(),
        wrong.join("\n")
    );
}
