use std::fmt::Debug;
use std::sync::LazyLock;

use greenapi_model::{Body, Contract, Edition, Part, Violation, Violations};
use serde::Serialize;
use serde_json::Value;

use crate::plant::Plant;

/// The contracts of all editions.
static CONTRACTS: LazyLock<Vec<Contract>> = LazyLock::new(|| Edition::all().map(Contract::of).collect());

/// What reads a request that was read before.
static AGAIN: LazyLock<Vec<Contract>> =
    LazyLock::new(|| if Plant::StricterReader.is_there() { stricter() } else { CONTRACTS.clone() });

/// Gives the bytes to each reader of the model, in every edition: as the body of a request, of an answer and of an error, as a path,
/// and as a media type.
///
/// What is accepted is read again from its own JSON as the same. A refusal names clauses that the contract has, each at a place
/// that is in the body.
pub fn request(bytes: &[u8]) {
    let value = serde_json::from_slice(bytes).ok();
    for (contract, again) in CONTRACTS.iter().zip(AGAIN.iter()) {
        let judge = Judge { contract, value: value.as_ref() };
        judge.read(Body::Request, contract.request(bytes), |json| again.request(json));
        judge.read(Body::Response, contract.response(bytes), |json| again.response(json));
        judge.read(Body::Error, contract.error(bytes), |json| again.error(json));
        if let Ok(error) = contract.error(bytes) {
            let case = contract.recognize(&error);
            assert!(case.is_none_or(|case| case.status() == error.status_code()), "{error:?} is {case:?}");
        }
        judge.media_types(bytes);
        if let Ok(path) = str::from_utf8(bytes) {
            judge.path(path);
        }
    }
}

struct Judge<'j> {
    contract: &'j Contract,
    /// The body as JSON, if it is that.
    value: Option<&'j Value>,
}

impl Judge<'_> {
    fn read<T: Debug + PartialEq + Serialize>(
        &self,
        body: Body,
        read: Result<T, Violations>,
        again: impl Fn(&[u8]) -> Result<T, Violations>,
    ) {
        match read {
            Ok(read) => {
                assert!(self.value.is_some(), "what is no JSON is read as {read:?}");
                let json = serde_json::to_vec(&read).expect("what was read is written");
                let reread = again(&json);
                assert_eq!(
                    reread.as_ref(),
                    Ok(&read),
                    "what was read is not read again: {}",
                    json.escape_ascii()
                );
            }
            Err(violations) => self.refused(body, &violations),
        }
    }

    fn refused(&self, body: Body, violations: &Violations) {
        assert!(violations.iter().next().is_some(), "a refusal without a reason");
        assert!(!violations.to_string().is_empty());
        for violation in violations {
            self.is_known(violation);
            let part = violation.clause().part();
            let expected = match body {
                Body::Request => Part::Request,
                Body::Response => Part::Response,
                Body::Error => Part::Error,
            };
            assert_eq!(part, expected, "{violation}");
            let pointer = violation.pointer().as_str();
            match self.value {
                // What is missing is named by where it should stand.
                Some(value) => {
                    let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                    assert!(value.pointer(parent).is_some(), "there is no place for {violation}");
                }
                None => assert_eq!(pointer, "", "{violation}"),
            }
        }
    }

    fn is_known(&self, violation: &Violation) {
        let clause = violation.clause();
        assert_eq!(self.contract.clause(clause.id()), Some(clause), "an unknown clause");
    }

    fn media_types(&self, bytes: &[u8]) {
        let judged = [
            self.contract.request_content_type(Some(bytes)),
            self.contract.answer_content_type(Body::Response, Some(bytes)),
            self.contract.answer_content_type(Body::Error, Some(bytes)),
        ];
        for violation in judged.iter().filter_map(|judged| judged.as_ref().err()) {
            self.is_known(violation);
        }
    }

    fn path(&self, path: &str) {
        match self.contract.address(path) {
            Ok(address) => {
                let instance = address.instance();
                assert_eq!(self.contract.instance(instance), Ok(()));
                let Ok(token) = address.expose_token().parse() else { return };
                let again = self.contract.path(instance, &token);
                assert!(again.eq_ignore_ascii_case(path), "a path is written in another way");
                let again = self.contract.address(&again).expect("a path that was written is read");
                assert!(again.instance() == instance && again.expose_token() == address.expose_token());
            }
            Err(violation) => self.is_known(&violation),
        }
    }
}

/// Contracts that want two characters in the name of a group.
fn stricter() -> Vec<Contract> {
    let schema = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post/requestBody/content\
                  /application~1json/schema/properties/groupName/minLength";
    let changed = |contract: &Contract| {
        let mut document: Value = serde_json::from_str(&contract.document()).expect("a document is JSON");
        *document.pointer_mut(schema).expect("a name has a least length") = 2.into();
        Contract::from_json(&document.to_string()).expect("the contract with another limit")
    };
    CONTRACTS.iter().map(changed).collect()
}
