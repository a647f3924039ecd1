//! A contract of one's own.

use greenapi_model::Contract;
use serde_json::{Value, json};

use crate::support::create;
use crate::{Mock, ended};

#[test]
fn a_contract_of_ones_own_is_kept() {
    let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let call = &mut document["paths"]["/waInstance{idInstance}/createGroup/{apiTokenInstance}"]["post"];
    let name = &mut call["requestBody"]["content"]["application/json"]["schema"]["properties"]["groupName"];
    *name = json!({"type": "string", "minLength": 1, "maxLength": 25, "x-evidence": "assumed"});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.json");
    std::fs::write(&file, document.to_string()).unwrap();

    let mock = Mock::start(&["--spec", file.to_str().unwrap()]);
    let named = |length| json!({"groupName": "x".repeat(length), "phones": [1]}).to_string();
    assert_eq!(create(mock.url(), 1, named(25).as_bytes()).status, 200);
    assert_eq!(create(mock.url(), 1, named(26).as_bytes()).message(), "bad request data");
    let (code, _, log) = mock.stop("TERM");
    assert_eq!(code, Some(0));
    assert!(log.contains("request.groupName.maxLength"), "{log}");
}

#[test]
fn a_contract_that_cannot_be_used_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.json");
    let path = file.to_str().unwrap();
    let (code, message) = ended(&["--spec", path]);
    assert_eq!(code, Some(4), "{message}");
    std::fs::write(
        &file,
        r#"{"openapi": "3.1.0", "info": {"title": "t", "version": "v", "foo": 1}, "paths": {}}"#,
    )
    .unwrap();
    let (code, message) = ended(&["--spec", path]);
    assert_eq!(code, Some(4), "{message}");
    assert!(message.contains("/info/foo: `foo` is not known in `info`; known are `title`"), "{message}");
}
