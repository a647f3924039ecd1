//! The faults against all that the generators make.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::cell::RefCell;
use std::collections::BTreeSet;

use greenapi_model::{
    AnswerKind, AnswerParts, Body, Contract, Edition, Part, RequestParts, Violations, Way, strategy,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const PATH: &str = "/waInstance1101000001/createGroup/secret";

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() })
}

fn run<T: std::fmt::Debug>(cases: u32, strategy: &BoxedStrategy<T>, test: impl Fn(&T)) {
    runner(cases)
        .run(strategy, |value| {
            test(&value);
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn what_breaks_only_a_clause_that_is_not_enforced_is_accepted() {
    for contract in Edition::all().map(Contract::of) {
        let (id, token) = (1_101_000_001.into(), "secret".parse().unwrap());
        let faults = || contract.content_faults().iter();
        // A request that breaks one clause is accepted by the fault of that clause, and by no other.
        let accepted = |violations: &Violations, clause: &str| {
            let found: Vec<_> = faults().filter(|fault| fault.accepts(violations)).collect();
            assert_eq!(found.len(), 1, "{clause}: {violations}");
            assert_eq!(found[0].id(), format!("{clause}/not-enforced"));
        };
        let wanted = faults().filter(|fault| fault.way() == Way::NotEnforced);
        for fault in wanted.filter(|fault| [Part::Path, Part::Request].contains(&fault.clause().part())) {
            let clause = fault.clause();
            if let Some(bodies) = strategy::breaking(&contract, clause) {
                run(100, &bodies, |body| {
                    accepted(&contract.request(body.as_bytes()).unwrap_err(), clause.id());
                });
            } else if let Some(paths) = strategy::breaking_path(&contract, clause, id, &token) {
                run(100, &paths, |path| {
                    accepted(&contract.address(path).unwrap_err().into(), clause.id());
                });
            } else if clause.id() == "request.content-type" {
                let violation = contract.request_content_type(Some(b"text/plain")).unwrap_err();
                accepted(&violation.into(), clause.id());
            } else {
                assert_eq!(clause.id(), "path.ignore-case", "nothing breaks it");
            }
        }
    }
}

#[test]
fn what_breaks_two_clauses_is_accepted_by_no_fault() {
    let contract = Contract::default();
    let violations = contract.request(br#"{"groupName": "", "phones": [true]}"#).unwrap_err();
    assert_eq!(violations.iter().count(), 2, "{violations}");
    assert!(!contract.content_faults().iter().any(|fault| fault.accepts(&violations)));
}

/// A request with all that may be unusual in it.
type Unusual = (String, Option<&'static str>, Option<&'static str>, strategy::RawBody);

fn unusual(contract: &Contract, body: BoxedStrategy<strategy::RawBody>) -> BoxedStrategy<Unusual> {
    let token = "[a-z]{1,2}".prop_map(|token| token.parse().unwrap());
    let ids =
        prop::sample::select(vec![1_u64, 2, 1_101_000_001, 7_103_000_001, 9_999_999_998, 9_999_999_999]);
    let reader = contract.clone();
    let path = (ids, token).prop_flat_map(move |(id, token)| strategy::path(&reader, id.into(), &token));
    let query = prop::sample::select(vec![None, Some("a=b")]);
    let types =
        [None, Some("application/json"), Some("Application/JSON ; charset=utf-8"), Some("text/plain")];
    (path, query, prop::sample::select(types.to_vec()), body).boxed()
}

#[test]
fn what_is_refused_too_strictly_is_valid() {
    for contract in Edition::all().map(Contract::of) {
        let refused = RefCell::new(BTreeSet::new());
        let any = prop_oneof![
            4 => strategy::valid(&contract, Body::Request),
            1 => strategy::any(&contract, Body::Request),
        ];
        run(5_000, &unusual(&contract, any.boxed()), |(path, query, content_type, body)| {
            let content_type = content_type.map(str::as_bytes);
            let request = RequestParts { path, query: *query, content_type, body: body.as_bytes() };
            let valid = contract.address(path).is_ok()
                && contract.request_content_type(content_type).is_ok()
                && contract.request(body.as_bytes()).is_ok();
            for fault in contract.content_faults().iter().filter(|fault| fault.refuses(request)) {
                assert!(valid, "{fault:?} refuses {body:?} on {path}");
                refused.borrow_mut().insert(fault.id().to_owned());
            }
        });
        let strict = contract
            .content_faults()
            .iter()
            .filter(|fault| fault.way() == Way::TooStrict || fault.id() == "path.ignore-case/not-enforced");
        let strict: BTreeSet<_> = strict.map(|fault| fault.id().to_owned()).collect();
        assert_eq!(refused.into_inner(), strict, "each of them refuses something");
    }
}

#[test]
fn any_bytes_do_no_harm() {
    let contract = Contract::default();
    let bytes = prop_oneof![
        strategy::any(&contract, Body::Response).prop_map(strategy::RawBody::into_bytes),
        strategy::any(&contract, Body::Error).prop_map(strategy::RawBody::into_bytes),
        strategy::any(&contract, Body::Request).prop_map(strategy::RawBody::into_bytes),
        prop::collection::vec(any::<u8>(), 0..40),
        (1_usize..300).prop_map(|depth| "[".repeat(depth).into_bytes()),
    ];
    run(300, &(bytes, "\\PC*").boxed(), |(body, path)| {
        for fault in contract.content_faults() {
            let content_type = Some(body.as_slice());
            for path in [path, PATH] {
                let _ = fault.refuses(RequestParts { path, query: None, content_type, body });
            }
            for kind in [AnswerKind::Success, AnswerKind::Error("bad-request-data"), AnswerKind::Plain("")] {
                let mut answer = AnswerParts { status: 400, content_type: None, body: body.clone() };
                fault.change(kind, &mut answer);
            }
        }
    });
}

#[test]
fn an_answer_is_valid_but_for_one_clause_whatever_it_was() {
    let contract = Contract::default();
    run(300, &strategy::valid(&contract, Body::Response), |body| {
        for fault in contract.content_faults() {
            let mut answer = AnswerParts { status: 200, content_type: None, body: body.as_bytes().to_vec() };
            if !fault.change(AnswerKind::Success, &mut answer) || answer.body == body.as_bytes() {
                continue;
            }
            match contract.response(&answer.body) {
                Ok(_) => assert_eq!(fault.way(), Way::Repeated),
                Err(violations) => {
                    let all = violations.iter().all(|one| one.clause() == fault.clause());
                    assert!(all, "{fault:?}: {violations}");
                }
            }
        }
    });
}
