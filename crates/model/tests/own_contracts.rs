//! Contracts that others write: what cannot be kept is refused, with its place, and never a crash.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use greenapi_model::Contract;
use serde_json::{Value, json};

const PATH: &str = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}";
const REQUEST: &str = "/post/requestBody/content/application~1json/schema";

fn document() -> Value {
    serde_json::from_str(&Contract::default().document()).unwrap()
}

/// Why a document is refused in which one value is set: the pointer and the message.
fn refused(document: &mut Value, place: &str, value: Value) -> String {
    let (parent, name) = place.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}"))[name] = value;
    Contract::from_json(&document.to_string()).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn what_cannot_be_kept_is_refused_with_its_place() {
    let integer =
        |keyword: &str, value: Value| json!({"type": "integer", keyword: value, "x-evidence": "assumed"});
    let text =
        |keyword: &str, value: Value| json!({"type": "string", keyword: value, "x-evidence": "assumed"});
    let size = &format!("{PATH}{REQUEST}/properties/size");
    let words = &format!("{PATH}/x-ignore-case/words");
    let required = &format!("{PATH}{REQUEST}/required");
    for (place, value, expected) in [
        ("/info/version", json!("my own"), "/info/version: a `version` has only"),
        ("/info/version", json!(""), "/info/version: a `version` has only"),
        (words, json!([""]), "words/0: this word does not stand in the path"),
        (words, json!(["elsewhere"]), "words/0: this word does not stand in the path"),
        (required, json!(["groupName", "groupName"]), "required: `groupName` stands twice"),
        // The reader takes all beyond 127 bits for the same number.
        (size, integer("maximum", json!(1e300)), "maximum: `maximum` is a number of at most 127 bits"),
        (size, integer("minimum", json!(-1e300)), "minimum: `minimum` is a number of at most 127 bits"),
        (size, integer("const", json!(1e300)), "const: this is to be of type `integer`"),
        (
            &format!("{PATH}/post/responses/500/content/application~1json/examples/request-too-large/x-when"),
            json!({"request-bytes-above": 10}),
            "has more than the 10 bytes of `request-too-large`",
        ),
        (size, text("title", json!(5)), "title: `title` is a text"),
        (size, text("deprecated", json!("yes")), "deprecated: `deprecated` is true or false"),
        (size, text("examples", json!("x")), "examples: `examples` is a list"),
    ] {
        let found = refused(&mut document(), place, value);
        assert!(found.contains(expected), "{place}: {found:?}");
    }
}

#[test]
fn any_request_may_get_an_answer_of_ones_own() {
    let mut document = document();
    document.pointer_mut(&format!("{PATH}/post/responses")).unwrap()["503"] = json!({
        "description": "Closed.",
        "x-error": "closed",
        "x-evidence": "assumed",
        "x-when": {"request": "any"},
        "x-repeat": "later",
    });
    document.pointer_mut(&format!("{PATH}/post/responses")).unwrap()["504"] = json!({
        "description": "Late.",
        "content": {"application/json": {
            "schema": {"type": "object"},
            "examples": {"late": {
                "summary": "Late.",
                "x-evidence": "assumed",
                "x-when": {"request": "any"},
                "x-repeat": "never",
                "value": {"late": ["{method}", 1, null, {"timestamp": "now"}]},
            }},
        }},
    });
    let contract = Contract::from_json(&document.to_string()).unwrap();
    let clauses = |contract: &Contract| contract.clauses().len();
    assert_eq!(clauses(&contract), clauses(&Contract::default()), "they promise nothing");
    let closed = contract.possible_answer("closed").unwrap();
    assert_eq!((closed.media_type(), closed.example_timestamp(), closed.summary()), (None, None, "Closed."));
    assert_eq!(closed.body("GET", "/", "now"), b"");
    let late = contract.possible_answer("late").unwrap().body("GET", "/", "soon");
    assert_eq!(late, br#"{"late":["GET",1,null,{"timestamp":"now"}]}"#);
}

#[test]
fn a_parameter_goes_up_to_a_slash() {
    let own = "/waInstance{idInstance}/createGroup/{apiTokenInstance}";
    for template in
        ["/{idInstance}-createGroup/{apiTokenInstance}", "/createGroup/{idInstance}{apiTokenInstance}"]
    {
        let found = Contract::from_json(&document().to_string().replace(own, template)).unwrap_err();
        assert!(found.message().contains("goes up to a `/`"), "{template}: {found}");
    }
}

#[test]
fn references_that_multiply_do_not_fill_the_memory() {
    let mut document = document();
    let reference = |to: usize| json!({"$ref": format!("#/components/schemas/{to}")});
    let many: serde_json::Map<_, _> =
        (0..24).map(|one| (one.to_string(), json!([reference(one + 1), reference(one + 1)]))).collect();
    let mut many = Value::Object(many);
    many["24"] = json!({});
    let found = refused(&mut document, "/components/schemas", many);
    assert!(found.contains("values once each `$ref` is followed"), "{found}");
}
