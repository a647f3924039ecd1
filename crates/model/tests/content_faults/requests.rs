//! Faults in what is refused.

use greenapi_model::{Contract, RequestParts};

use super::PATH;

#[test]
fn a_valid_request_is_refused_by_who_is_too_strict() {
    let contract = Contract::default();
    let body = r#"{"groupName":"Hiking","phones":[79001234567]}"#;
    let all = r#"{"groupName":"Hiking","chatIds":["1@c.us"],"phones":[79001234567]}"#;
    let json = Some("application/json");
    let upper = "/waInstance1101000001/CREATEGROUP/secret";
    // the fault, the path, the query, the content type, the body, whether it is refused
    for (id, path, query, content_type, body, expected) in [
        ("path/too-strict", PATH, Some(""), json, body, true),
        ("path/too-strict", PATH, None, json, body, false),
        ("path.ignore-case/not-enforced", upper, None, json, body, true),
        ("path.ignore-case/not-enforced", PATH, None, json, body, false),
        ("path.idInstance.minimum/too-strict", "/waInstance1/createGroup/x", None, json, body, true),
        ("path.idInstance.minimum/too-strict", "/waInstance2/createGroup/x", None, json, body, false),
        ("path.idInstance.maximum/too-strict", "/waInstance9999999999/createGroup/x", None, json, body, true),
        ("path.idInstance.integer/too-strict", "/waInstance4294967296/createGroup/x", None, json, body, true),
        (
            "path.idInstance.integer/too-strict",
            "/waInstance4294967295/createGroup/x",
            None,
            json,
            body,
            false,
        ),
        ("path.apiTokenInstance.minLength/too-strict", "/waInstance1/createGroup/x", None, json, body, true),
        ("path.apiTokenInstance.minLength/too-strict", PATH, None, json, body, false),
        ("request.content-type/too-strict", PATH, None, None, body, true),
        ("request.content-type/too-strict", PATH, None, Some("application/json; charset=utf-8"), body, true),
        ("request.content-type/too-strict", PATH, None, json, body, false),
        ("request.content-type/too-strict", PATH, None, Some("text/plain; charset=utf-8"), body, false),
        ("request.json/too-strict", PATH, None, json, &format!("{body}\r\n"), true),
        ("request.json/too-strict", PATH, None, json, body, false),
        ("request.object/too-strict", PATH, None, json, &body.replacen('{', r#"{"more":1,"#, 1), true),
        ("request.object/too-strict", PATH, None, json, body, false),
        ("request.groupName.required/too-strict", PATH, None, json, body, true),
        ("request.groupName.required/too-strict", PATH, None, json, all, false),
        ("request.groupName.string/too-strict", PATH, None, json, &body.replace("Hiking", "Поход"), true),
        ("request.groupName.string/too-strict", PATH, None, json, body, false),
        ("request.groupName.minLength/too-strict", PATH, None, json, &body.replace("Hiking", "é"), true),
        ("request.groupName.minLength/too-strict", PATH, None, json, &body.replace("Hiking", "Hi"), false),
        ("request.chatIds.array/too-strict", PATH, None, json, &all.replace(r#""1@c.us""#, ""), true),
        ("request.chatIds.array/too-strict", PATH, None, json, all, false),
        ("request.phones.items.integer/too-strict", PATH, None, json, &body.replace("567]", "567.0]"), true),
        (
            "request.phones.items.integer/too-strict",
            PATH,
            None,
            json,
            &body.replace("79001234567", "7.9e10"),
            true,
        ),
        ("request.phones.items.integer/too-strict", PATH, None, json, body, false),
        ("request.phones.items.integer/too-strict", PATH, None, json, &body.replace("567]", "567.5]"), false),
        (
            "request.phones.items.minimum/too-strict",
            PATH,
            None,
            json,
            &body.replace("79001234567", "7,1"),
            true,
        ),
        (
            "request.phones.items.maximum/too-strict",
            PATH,
            None,
            json,
            &body.replace("79001234567", "999999999999999"),
            true,
        ),
        ("request.anyOf/too-strict", PATH, None, json, body, true),
        ("request.anyOf/too-strict", PATH, None, json, all, false),
        ("request.anyOf/too-strict", PATH, None, json, r#"{"groupName":"Nobody"}"#, false),
        ("request.anyOf/not-enforced", PATH, None, json, body, false),
    ] {
        let content_type = content_type.map(str::as_bytes);
        let request = RequestParts { path, query, content_type, body: body.as_bytes() };
        assert_eq!(contract.content_fault(id).unwrap().refuses(request), expected, "{id}: {path} {body}");
    }
}
