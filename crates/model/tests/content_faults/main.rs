//! Each fault breaks its clause and no other, and each clause has a fault.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod answers;
mod own;
mod requests;

use std::collections::BTreeSet;

use greenapi_model::{AnswerParts, ContentFault, Contract, Edition, RequestParts};

const PATH: &str = "/waInstance1101000001/createGroup/secret";

#[test]
fn each_clause_can_be_broken() {
    for edition in Edition::all() {
        let contract = Contract::of(edition);
        for clause in contract.clauses() {
            let count = contract.content_faults().iter().filter(|fault| fault.clause() == clause).count();
            assert!(count > 0, "{clause} has no fault");
        }
        let ids: BTreeSet<_> = contract.content_faults().iter().map(ContentFault::id).collect();
        assert_eq!(ids.len(), contract.content_faults().len(), "an id stands twice");
        let list: Vec<_> = contract
            .content_faults()
            .iter()
            .map(|fault| {
                assert_eq!(fault.id(), format!("{}/{}", fault.clause().id(), fault.way()));
                format!("{}: {}", fault.id(), fault.summary())
            })
            .collect();
        insta::assert_snapshot!(format!("content-faults-{edition}"), list.join("\n"));
    }
}

#[test]
fn an_error_that_is_ignored_is_the_own_one() {
    let contract = Contract::default();
    for case in contract.errors() {
        for fault in contract.content_faults() {
            let own = fault.id() == format!("error.{}/not-enforced", case.slug());
            assert_eq!(fault.ignores(case.slug()), own, "{fault:?} on {}", case.slug());
        }
    }
}

#[test]
fn nothing_that_is_printed_holds_the_token() {
    let request = RequestParts { path: PATH, query: Some("secret"), content_type: None, body: b"secret" };
    let answer = AnswerParts { status: 400, content_type: None, body: PATH.into() };
    let contract = Contract::default();
    for text in [format!("{request:?}"), format!("{answer:?}"), format!("{:?}", contract.content_faults())] {
        assert!(!text.contains("secret"), "{text}");
    }
}
