//! What the reader says of single bodies, in tables: what was wrong, and where.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use greenapi_model::{Body, Contract};

/// The clauses that a request breaks and where, as `clause @ pointer`.
fn check(body: impl AsRef<[u8]>, expected: &[&str]) {
    let body = body.as_ref();
    let found: Vec<String> = match Contract::default().request(body) {
        Ok(_) => Vec::new(),
        Err(violations) => {
            violations.iter().map(|one| format!("{} @ {}", one.clause(), one.pointer())).collect()
        }
    };
    assert_eq!(found, expected, "{}", body.escape_ascii());
}

#[test]
fn a_request_names_each_broken_clause_and_its_place() {
    check(r#"{"groupName":"x","phones":[1]}"#, &[]);
    check(r#"{"groupName":"x","chatIds":["a@c.us"]}"#, &[]);
    check(r#"{"groupName":"x","chatIds":["a@c.us"],"phones":[]}"#, &[]);
    check(r#"{"groupName":" ","chatIds":[""],"phones":[1]}"#, &[]);
    check("{}", &["request.groupName.required @ /groupName", "request.anyOf @ "]);
    check(r#"{"groupName":"","phones":[1]}"#, &["request.groupName.minLength @ /groupName"]);
    check(r#"{"groupName":null,"phones":[1]}"#, &["request.groupName.string @ /groupName"]);
    check(r#"{"groupName":{"a":[1]},"phones":[1]}"#, &["request.groupName.string @ /groupName"]);
    check(r#"{"groupname":"x","phones":[1]}"#, &["request.groupName.required @ /groupName"]);
    check(r#"{"groupName":"x","phones":[]}"#, &["request.anyOf @ "]);
    check(r#"{"groupName":"x","phones":[],"chatIds":[]}"#, &["request.anyOf @ "]);
    check(r#"{"groupName":"x","phones":1}"#, &["request.phones.array @ /phones"]);
    check(r#"{"groupName":"x","phones":null,"chatIds":["a"]}"#, &["request.phones.array @ /phones"]);
    check(r#"{"groupName":"x","phones":["1"]}"#, &["request.phones.items.integer @ /phones/0"]);
    check(
        r#"{"groupName":"x","phones":[1,1.5,[]]}"#,
        &["request.phones.items.integer @ /phones/1", "request.phones.items.integer @ /phones/2"],
    );
    check(r#"{"groupName":"x","phones":[0]}"#, &["request.phones.items.minimum @ /phones/0"]);
    check(r#"{"groupName":"x","phones":[-1]}"#, &["request.phones.items.minimum @ /phones/0"]);
    check(r#"{"groupName":"x","phones":[1e15]}"#, &["request.phones.items.maximum @ /phones/0"]);
    check(r#"{"groupName":"x","phones":[1e300]}"#, &["request.phones.items.maximum @ /phones/0"]);
    check(r#"{"groupName":"x","chatIds":[7]}"#, &["request.chatIds.items.string @ /chatIds/0"]);
    for not_an_object in
        ["[]", "null", "true", "1", "1.5", "-1", r#""x""#, r#"[{"groupName":"x","phones":[1]}]"#]
    {
        check(not_an_object, &["request.object @ "]);
    }
}

#[test]
fn bytes_that_are_not_json_break_that_clause_alone() {
    check("", &["request.required @ "]);
    let deep = "[".repeat(100_000);
    let deep_member =
        format!(r#"{{"groupName":"x","phones":[1],"more":{}{}}}"#, "[".repeat(127), "]".repeat(127));
    for body in [
        &b" "[..],
        b"\r\n",
        b"x",
        br#"{"groupName":"x","phones":[1]"#,
        br#"{"groupName":"x","phones":[1]}}"#,
        br#"{"groupName":"x","phones":[1],}"#,
        br"{'groupName':'x','phones':[1]}",
        br#"{"groupName":"x","phones":[01]}"#,
        br#"{"groupName":"x","phones":[1e400]}"#,
        br#"{"groupName":"x","phones":[1],"more":1e400}"#,
        br#"{"groupName":"\ud800","phones":[1]}"#,
        br#"{"groupName":"x","phones":[1],"more":"\ud800"}"#,
        br#"{"groupName":"x","phones":[1],"\udc00":1}"#,
        b"{\"groupName\":\"\xff\",\"phones\":[1]}",
        b"{\"groupName\":\"x\",\"phones\":[1],\"more\":\"\xff\"}",
        b"\xef\xbb\xbf{\"groupName\":\"x\",\"phones\":[1]}",
        b"\xff\xfe{\0}\0",
        deep.as_bytes(),
        deep_member.as_bytes(),
    ] {
        check(body, &["request.json @ "]);
    }
}

#[test]
fn the_known_differences_of_json_are_these() {
    // Of a repeated key the last one counts, and what was wrong with an earlier one does not.
    check(r#"{"groupName":7,"groupName":"x","phones":[0],"phones":[1]}"#, &[]);
    check(r#"{"groupName":"x","groupName":7,"phones":[1]}"#, &["request.groupName.string @ /groupName"]);
    check(r#"{"groupName":"x","phones":[1],"phones":[]}"#, &["request.anyOf @ "]);
    // What a double cannot tell from an integer is one.
    check(r#"{"groupName":"x","phones":[79001234567.00000000000001]}"#, &[]);
    // 127 levels are read, and 128 are not.
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!(r#"{{"groupName":"x","phones":[1],"more":{open}{close}}}"#)
    };
    check(nested(127), &[]);
    check(nested(128), &["request.json @ "]);
}

#[test]
fn integers_are_those_of_json_schema() {
    let contract = Contract::default();
    for (spelling, expected) in [
        ("79001234567", 79_001_234_567),
        ("79001234567.0", 79_001_234_567),
        ("7.9e10", 79_000_000_000),
        ("7.9001234567E+10", 79_001_234_567),
        ("790012345670e-1", 79_001_234_567),
        ("999999999999999", 999_999_999_999_999),
    ] {
        let body = format!(r#"{{"groupName":"x","phones":[{spelling}]}}"#);
        let request = contract.request(body.as_bytes()).unwrap();
        assert_eq!(request.phones()[0].number(), expected, "{spelling}");
    }
}

#[test]
fn ids_stay_texts_and_unknown_members_are_harmless() {
    let contract = Contract::default();
    let body = br#"{"more":{"a":[1,{"b":null}]},"created":true,"chatId":"120363043968066561@g.us",
        "groupInviteLink":"https://chat.whatsapp.com/DbmJAvgQHXEAtgzUAfdRXH","newer":7}"#;
    let group = contract.response(body).unwrap();
    assert_eq!(group.chat_id().as_str(), "120363043968066561@g.us");
    assert!(group.created());
}

#[test]
fn a_response_is_judged_as_a_whole() {
    let contract = Contract::default();
    let link = "https://chat.whatsapp.com/DbmJAvgQHXEAtgzUAfdRXH";
    let check = |created: bool, chat_id: &str, link: &str, expected: &[&str]| {
        let body =
            serde_json::json!({"created": created, "chatId": chat_id, "groupInviteLink": link}).to_string();
        let found: Vec<String> = match contract.response(body.as_bytes()) {
            Ok(_) => Vec::new(),
            Err(violations) => violations.iter().map(|violation| violation.clause().to_string()).collect(),
        };
        assert_eq!(found, expected, "{body}");
    };
    check(true, "79001234567-1593475200@g.us", link, &[]);
    check(true, "120363043968066561@g.us", link, &[]);
    check(true, "120363043968066561@g.us", "", &[]);
    check(false, "", "", &[]);
    check(true, "", "", &["response.anyOf"]);
    check(false, "120363043968066561@g.us", "", &["response.anyOf"]);
    check(false, "", link, &["response.anyOf"]);
    check(true, "120363043968066561@c.us", link, &["response.chatId.pattern"]);
    check(true, "120363043968066561", link, &["response.chatId.pattern"]);
    check(
        true,
        "120363043968066561@g.us",
        "https://chat.example.com/DbmJAvgQHXEAtgzUAfdRXH",
        &["response.groupInviteLink.pattern"],
    );
}

#[test]
fn paths_are_read_by_their_template() {
    let contract = Contract::default();
    let check = |path: &str, expected: Result<(u64, &str), &str>| {
        let found = contract.address(path);
        let found = found.as_ref().map(|address| (address.instance().number(), address.expose_token()));
        assert_eq!(found.map_err(|violation| violation.clause().id()), expected, "{path}");
    };
    check("/waInstance1101000001/createGroup/abc", Ok((1_101_000_001, "abc")));
    check("/waInstance1101000001/CreateGroup/abc", Ok((1_101_000_001, "abc")));
    check("/waInstance9999999999/createGroup/a%20b", Ok((9_999_999_999, "a%20b")));
    check("/WAINSTANCE1101000001/createGroup/abc", Err("path"));
    check("/waInstance1101000001/sendMessage/abc", Err("path"));
    check("/waInstance1101000001/createGroup/abc/", Err("path"));
    check("/waInstance1101000001/createGroup", Err("path"));
    check("/", Err("path"));
    check("", Err("path"));
    check("/waInstance1101000001/cré", Err("path"));
    check("/waInstance1101000001/createGroup/", Err("path.apiTokenInstance.minLength"));
    check("/waInstance0/createGroup/abc", Err("path.idInstance.minimum"));
    check("/waInstance10000000000/createGroup/abc", Err("path.idInstance.maximum"));
    check("/waInstance99999999999999999999999/createGroup/abc", Err("path.idInstance.maximum"));
    for id in ["", "x", "-1", "+1", "01", "1.0", "1e3", "００"] {
        check(&format!("/waInstance{id}/createGroup/abc"), Err("path.idInstance.integer"));
    }
}

#[test]
fn content_types_are_compared_as_media_types() {
    let contract = Contract::default();
    let check = |value: Option<&str>, request: bool, answer: bool| {
        let bytes = value.map(str::as_bytes);
        assert_eq!(contract.request_content_type(bytes).is_ok(), request, "{value:?}");
        assert_eq!(contract.answer_content_type(Body::Response, bytes).is_ok(), answer, "{value:?}");
    };
    check(None, true, false);
    for value in
        ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x"]
    {
        check(Some(value), true, true);
    }
    for value in
        ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "application/vnd.a+json"]
    {
        check(Some(value), false, false);
    }
}

#[test]
fn of_one_clause_some_places_are_listed_and_the_rest_is_counted() {
    let zeros = vec!["0"; 40_000].join(",");
    let body = format!(r#"{{"groupName":7,"phones":[{zeros}]}}"#);
    let violations = Contract::default().request(body.as_bytes()).unwrap_err();
    assert_eq!((violations.iter().count(), violations.more()), (17, 40_000 - 16));
    assert!(violations.to_string().ends_with("\nand 39984 more"));
    // What is taken back is not counted either.
    let body = format!(r#"{{"groupName":7,"phones":[{zeros}],"phones":[1]}}"#);
    let violations = Contract::default().request(body.as_bytes()).unwrap_err();
    assert_eq!((violations.iter().count(), violations.more()), (1, 0));
}

#[test]
fn a_violation_holds_nothing_of_the_body() {
    let mut document: serde_json::Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let schema = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post/requestBody/content\
                  /application~1json/schema";
    let schema = document.pointer_mut(schema).unwrap();
    schema["additionalProperties"] = false.into();
    schema["x-evidence"] = "assumed".into();
    let contract = Contract::from_json(&document.to_string()).unwrap();
    for body in [
        r#"{"s3cret":1,"groupName":"x","phones":[1]}"#,
        r#"{"groupName":{"s3cret":1},"phones":["s3cret"]}"#,
        r#""s3cret""#,
        r#"{"groupName":"s3cret","phones":[1]"#,
        r#"{"s3cret" 1}"#,
        "s3cret",
    ] {
        let violations = contract.request(body.as_bytes()).unwrap_err();
        assert!(!format!("{violations} {violations:?}").contains("s3cret"), "{violations:?}");
    }
}
