//! The OpenAPI document of the control plane is true: of each answer, and of the routes.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};

use greenapi_mock_server::ControlPlane;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::fixture::Answer;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(ControlPlane::document()).unwrap());

/// Compiled schemas by the pointers to them.
static VALIDATORS: LazyLock<Mutex<HashMap<String, Validator>>> = LazyLock::new(Mutex::default);

/// Holds an answer against what the document says of its path, method and status.
pub(crate) fn check(method: &str, path: &str, answer: &Answer) {
    let what = format!("{method} {path}: {answer:?}");
    let Some(template) = template(path) else {
        assert!(matches!(answer.status, 401 | 403 | 404), "{what}");
        return check_body("#/components/schemas/Errors", answer, &what);
    };
    let item = &DOCUMENT["paths"][&template];
    let operation = &item[if method == "HEAD" { "get".to_owned() } else { method.to_ascii_lowercase() }];
    if operation.is_null() && matches!(answer.status, 401 | 403) {
        return check_body("#/components/schemas/Errors", answer, &what);
    }
    if operation.is_null() {
        assert_eq!(answer.status, 405, "{what}");
        let allowed: BTreeSet<String> =
            answer.header("allow").unwrap().split(", ").map(str::to_owned).collect();
        let mut expected: BTreeSet<String> =
            item.as_object().unwrap().keys().map(|method| method.to_ascii_uppercase()).collect();
        if expected.contains("GET") {
            expected.insert("HEAD".to_owned());
        }
        assert_eq!(allowed, expected, "{what}");
        return check_body("#/components/schemas/Errors", answer, &what);
    }
    let response = &operation["responses"][answer.status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(&reference[1..]).unwrap(),
        None => response,
    };
    assert!(response.is_object(), "the document has no such status: {what}");
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let value = answer.header(name).unwrap_or_else(|| panic!("no {name}: {what}"));
        assert!(header["schema"]["const"].as_str().is_none_or(|expected| expected == value), "{what}");
    }
    let (media_type, content) = response["content"].as_object().unwrap().iter().next().unwrap();
    let found = answer.header("content-type").unwrap();
    assert_eq!(found.split(';').next(), Some(media_type.as_str()), "{what}");
    if method == "HEAD" {
        assert_eq!(answer.body, "", "{what}");
    } else if media_type.ends_with("json") {
        match content["schema"]["$ref"].as_str() {
            Some(schema) => check_body(schema, answer, &what),
            None => assert!(answer.json().is_object(), "{what}"),
        }
    }
}

fn check_body(schema: &str, answer: &Answer, what: &str) {
    let mut validators = VALIDATORS.lock().unwrap();
    let validator = validators.entry(schema.to_owned()).or_insert_with(|| {
        let document = json!({ "$ref": schema, "components": DOCUMENT["components"] });
        jsonschema::draft202012::options().should_validate_formats(true).build(&document).unwrap()
    });
    let errors: Vec<String> = validator
        .iter_errors(&answer.json())
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    drop(validators);
    assert!(errors.is_empty(), "{errors:?}\n{what}");
}

/// The path of the document that a path is one of; words count before parameters.
fn template(path: &str) -> Option<String> {
    let path = format!("/__admin{}", path.split('?').next().unwrap());
    let fits = |template: &&String| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template
                .iter()
                .zip(&path)
                .all(|(own, given)| own == given || (own.starts_with('{') && !given.is_empty()))
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    paths.keys().filter(fits).min_by_key(|template| template.matches('{').count()).cloned()
}

#[test]
fn the_document_has_the_routes_and_no_others() {
    let routes: BTreeSet<(String, String)> =
        ControlPlane::routes().map(|(method, path)| (path, method.to_owned())).collect();
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let documented: BTreeSet<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (path.clone(), method.to_ascii_uppercase()))
        })
        .collect();
    assert_eq!(documented, routes);
}

#[test]
fn the_version_is_that_of_the_crate() {
    assert_eq!(DOCUMENT["info"]["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn each_example_of_a_body_is_valid() {
    let mut checked = 0;
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let content = &operation["requestBody"]["content"]["application/json"];
            if let Some(example) = content.get("example") {
                let schema =
                    json!({ "$ref": content["schema"]["$ref"], "components": DOCUMENT["components"] });
                let validator = jsonschema::draft202012::new(&schema).unwrap();
                assert!(validator.is_valid(example), "{method} {path}: {example}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 10, "{checked}");
}
