//! Faults in what is answered.

use std::collections::BTreeSet;

use greenapi_model::{
    AnswerKind, AnswerParts, Body, ContentFault, Contract, Edition, Group, Part, Violations, Way,
};
use serde_json::Value;

use super::PATH;

const TIME: &str = "2026-01-02T03:04:05.678Z";

/// The answers that keep the contract: which they are, and what they consist of.
fn answers(contract: &Contract) -> Vec<(AnswerKind<'_>, AnswerParts)> {
    let parts = |status, body: Body, bytes: Vec<u8>| AnswerParts {
        status,
        content_type: (!bytes.is_empty()).then(|| contract.media_type(body).to_owned()),
        body: bytes,
    };
    let status = contract.success().0;
    // The id and the link of the first example are those that a fault repeats.
    let other = Group::new("120363000000000001@g.us", "https://chat.whatsapp.com/0123456789ABCDEFGHIJKL");
    let groups = contract.examples(Body::Response).iter().map(|example| example.body().to_owned());
    let groups = groups.chain([serde_json::to_string(&other).unwrap()]);
    let successes =
        groups.map(|body| (AnswerKind::Success, parts(status, Body::Response, body.into_bytes())));
    let errors = contract.errors().iter().map(|case| {
        let body =
            case.body("GET", PATH, TIME).map_or_else(Vec::new, |body| serde_json::to_vec(&body).unwrap());
        (AnswerKind::Error(case.slug()), parts(case.status(), Body::Error, body))
    });
    let plain = contract
        .plain_answers()
        .iter()
        .map(|answer| (AnswerKind::Plain(answer.method()), parts(answer.status(), Body::Error, Vec::new())));
    successes.chain(errors).chain(plain).collect()
}

/// The ids of the clauses that an answer breaks.
fn broken(contract: &Contract, kind: AnswerKind<'_>, answer: &AnswerParts) -> BTreeSet<String> {
    let ids = |violations: Violations| violations.iter().map(|one| one.clause().id().to_owned()).collect();
    let typed = |body| {
        let judged = contract.answer_content_type(body, answer.content_type.as_deref().map(str::as_bytes));
        judged.err().map(|violation| violation.clause().id().to_owned())
    };
    let mut found: BTreeSet<String> = match kind {
        AnswerKind::Success => {
            let mut found: BTreeSet<_> =
                contract.response(&answer.body).err().map_or_else(BTreeSet::new, ids);
            found.extend(typed(Body::Response));
            found
        }
        AnswerKind::Error(_) if answer.body.is_empty() => BTreeSet::new(),
        AnswerKind::Error(slug) => match contract.error(&answer.body) {
            Err(violations) => ids(violations),
            Ok(error) => {
                let message = serde_json::to_value(&error).unwrap()["message"].clone();
                let case = contract.error_case(slug).unwrap();
                let own = serde_json::to_value(case.body("GET", PATH, TIME).unwrap()).unwrap();
                (own["message"] != message).then(|| case.clause().id().to_owned()).into_iter().collect()
            }
        },
        AnswerKind::Plain(_) => BTreeSet::new(),
    };
    if let AnswerKind::Error(_) = kind
        && !answer.body.is_empty()
    {
        found.extend(typed(Body::Error));
    }
    let (status, clause) = match kind {
        AnswerKind::Success => contract.success(),
        AnswerKind::Error(slug) => {
            let case = contract.error_case(slug).unwrap();
            (case.status(), case.clause())
        }
        AnswerKind::Plain(method) => {
            let answer = contract.plain_answers().iter().find(|answer| answer.method() == method).unwrap();
            (answer.status(), answer.clause())
        }
    };
    found.extend((answer.status != status).then(|| clause.id().to_owned()));
    found
}

/// Whether a fault changes answers; the others are about what is accepted, and which errors there are.
fn is_about_answers(fault: &ContentFault) -> bool {
    ![Part::Path, Part::Request].contains(&fault.clause().part()) && fault.way() != Way::NotEnforced
}

/// The names of the members, in their order.
fn names(contract: &Contract, body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let all = [Body::Response, Body::Error].into_iter().flat_map(|body| contract.members(body));
    let mut found: Vec<_> =
        all.filter_map(|name| Some((text.find(&format!("\"{name}\":"))?, name.to_owned()))).collect();
    found.sort();
    found.dedup();
    found.into_iter().map(|(_, name)| name).collect()
}

#[test]
fn an_answer_is_changed_so_that_it_breaks_one_clause() {
    for contract in Edition::all().map(Contract::of) {
        for fault in contract.content_faults() {
            let mut changes = 0;
            for (kind, right) in answers(&contract) {
                assert!(broken(&contract, kind, &right).is_empty(), "{kind:?} is right");
                let mut answer = right.clone();
                let did = fault.change(kind, &mut answer);
                assert_eq!(did, answer != right, "{fault:?} on {kind:?}");
                if !did {
                    continue;
                }
                changes += 1;
                let shown = String::from_utf8_lossy(&answer.body);
                let mut expected = BTreeSet::from([fault.clause().id().to_owned()]);
                if fault.way() == Way::Repeated {
                    let first: Value =
                        serde_json::from_str(contract.examples(Body::Response)[0].body()).unwrap();
                    let (member, _) =
                        contract.unique_members().find(|(_, clause)| *clause == fault.clause()).unwrap();
                    let now: Value = serde_json::from_slice(&answer.body).unwrap();
                    assert_eq!(now[member], first[member], "{fault:?}: {shown}");
                    expected.clear();
                }
                assert_eq!(broken(&contract, kind, &answer), expected, "{fault:?} on {kind:?}: {shown}");
                if fault.way() != Way::NotJson {
                    let mut before = names(&contract, &right.body);
                    if let Some(lost) = fault.clause().id().split('.').nth(1)
                        && fault.way() == Way::Drop
                    {
                        before.retain(|name| name != lost);
                    }
                    assert_eq!(names(&contract, &answer.body), before, "{fault:?} on {kind:?}: {shown}");
                }
            }
            assert_eq!(changes > 0, is_about_answers(fault), "{fault:?} changes {changes} answers");
        }
    }
}

#[test]
fn a_change_is_this() {
    let contract = Contract::default();
    let created = contract.examples(Body::Response)[0].body();
    let not_created = contract.examples(Body::Response)[1].body();
    let link = "https://chat.whatsapp.com/xxxxxxxxxxxxxxxxxxxxxx";
    for (id, before, after) in [
        (
            "response.created.boolean/wrong-type",
            not_created,
            r#"{"created":"false","chatId":"","groupInviteLink":""}"#,
        ),
        (
            "response.chatId.string/null",
            not_created,
            r#"{"created":false,"chatId":null,"groupInviteLink":""}"#,
        ),
        ("response.anyOf/wrong-value", not_created, r#"{"created":true,"chatId":"","groupInviteLink":""}"#),
        (
            "response.object/wrong-type",
            not_created,
            r#"[{"created":false,"chatId":"","groupInviteLink":""}]"#,
        ),
        ("response.json/not-json", not_created, r#"{"created":false,"chatId""#),
        // No group was made, so there is no id that could have a wrong form.
        ("response.chatId.pattern/wrong-value", not_created, not_created),
        (
            "response.chatId.pattern/wrong-value",
            created,
            &format!(
                r#"{{"created":true,"chatId":"12345678910-1112131415@g.u","groupInviteLink":"{link}"}}"#
            ),
        ),
        ("response.chatId.unique/repeated", created, created),
        ("response.chatId.required/drop", "no JSON", "no JSON"),
        ("response.chatId.required/drop", "", ""),
        ("request.groupName.required/not-enforced", created, created),
    ] {
        let mut answer = AnswerParts { status: 200, content_type: None, body: before.into() };
        let changed = contract.content_fault(id).unwrap().change(AnswerKind::Success, &mut answer);
        assert_eq!(String::from_utf8_lossy(&answer.body), after, "{id}");
        assert_eq!(changed, before != after, "{id}");
    }
}

#[test]
fn what_does_not_keep_the_contract_is_left_alone() {
    let contract = Contract::default();
    let content_type = || Some("application/json".to_owned());
    let possible = contract
        .possible_answers()
        .iter()
        .map(|answer| (AnswerKind::Error(answer.slug()), answer.status(), answer.body("POST", PATH, TIME)));
    let others = [
        (AnswerKind::Success, 200, b"{}".to_vec()),
        (AnswerKind::Success, 200, b"[1]".to_vec()),
        (AnswerKind::Success, 200, Vec::new()),
        (AnswerKind::Error("bad-request-data"), 400, b"bad request data".to_vec()),
    ];
    for (kind, status, body) in others.into_iter().chain(possible) {
        for fault in contract.content_faults().iter().filter(|fault| fault.way() != Way::WrongStatus) {
            let mut answer = AnswerParts { status, content_type: content_type(), body: body.clone() };
            assert!(!fault.change(kind, &mut answer), "{fault:?} on {kind:?}");
            assert_eq!((answer.content_type, answer.body), (content_type(), body.clone()), "{fault:?}");
        }
    }
}
