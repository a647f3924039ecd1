//! The contracts that come with this crate.

use greenapi_model::{Contract, Edition};

#[test]
fn every_embedded_document_compiles() {
    assert!(Edition::all().count() > 0);
    for edition in Edition::all() {
        assert_eq!(Contract::of(edition).edition(), edition.as_str());
    }
}

/// Others write clause ids down: in configurations, in reports, in lists of what they accept. They do not change.
#[test]
fn clauses_are_stable() {
    for edition in Edition::all() {
        let contract = Contract::of(edition);
        let list: Vec<_> = contract
            .clauses()
            .iter()
            .map(|clause| format!("{} ({}): {}", clause.id(), clause.evidence(), clause.sentence()))
            .collect();
        insta::assert_snapshot!(format!("clauses-{edition}"), list.join("\n"));
    }
}
