//! Every table of the source page, and of what else is known, against the spec.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use greenapi_model::{ApiErrorKind, Body, ChatKind, Condition, Contract, Evidence, InstanceState, Repeat};
use serde_json::Value;

fn schema(body: Body) -> Value {
    serde_json::from_str(&Contract::default().json_schema(body)).unwrap()
}

#[test]
fn the_page_of_2020_06_29_names_these_members() {
    let contract = Contract::default();
    // member, type, type of its items, whether it is required
    for (body, member, kind, items, required) in [
        (Body::Request, "groupName", "string", None, true),
        (Body::Request, "chatIds", "array", Some("string"), false),
        (Body::Request, "phones", "array", Some("integer"), false),
        (Body::Response, "created", "boolean", None, true),
        (Body::Response, "chatId", "string", None, true),
        (Body::Response, "groupInviteLink", "string", None, true),
    ] {
        let schema = schema(body);
        let property = &schema["properties"][member];
        assert_eq!(property["type"], kind, "{member}");
        assert_eq!(property["items"]["type"].as_str(), items, "{member}");
        let listed = schema["required"].as_array().unwrap().contains(&member.into());
        assert_eq!(listed, required, "{member}");
        let clause = contract.clause(&format!("{}.{member}.{kind}", body.name())).unwrap();
        assert_eq!(clause.evidence(), Evidence::Documented, "{clause}");
    }
    assert_eq!(contract.members(Body::Request).count(), 3);
    assert_eq!(contract.members(Body::Response).count(), 3);
    assert_eq!(contract.clause("request.anyOf").unwrap().evidence(), Evidence::Documented);
}

#[test]
fn the_page_of_2020_06_29_names_these_errors() {
    let contract = Contract::default();
    for (kind, status, identifier, repeat) in [
        (ApiErrorKind::InstanceStarting, 400, "instance in starting process try later", Repeat::Later),
        (ApiErrorKind::InstanceNotAuthorized, 400, "instance account not authorized", Repeat::Never),
        (ApiErrorKind::BadRequestData, 400, "bad request data", Repeat::Never),
    ] {
        let case = contract.error_case(kind.slug().unwrap()).unwrap();
        assert_eq!(case.kind(), kind);
        assert_eq!(case.status(), status);
        assert_eq!(case.identifier(), Some(identifier));
        assert_eq!(case.repeat(), repeat);
        assert_eq!(case.clause().evidence(), Evidence::Documented);
    }
    let documented = contract.errors().iter().filter(|case| case.clause().evidence() == Evidence::Documented);
    assert_eq!(documented.count(), ApiErrorKind::NAMED.len());
}

#[test]
fn these_answers_are_known_from_elsewhere() {
    let contract = Contract::default();
    for (slug, status, identifier, condition) in [
        ("wrong-path", 403, None, Condition::OtherPath),
        (
            "wrong-method",
            404,
            Some("Cannot {method} /waInstance{idInstance}/createGroup/{apiTokenInstance}"),
            Condition::OtherMethod,
        ),
        ("request-too-large", 500, Some("request entity too large"), Condition::BodyAbove(102_400)),
        ("wrong-token", 401, None, Condition::OtherToken),
    ] {
        let case = contract.error_case(slug).unwrap();
        assert_eq!(
            (case.status(), case.identifier(), case.condition()),
            (status, identifier, &condition),
            "{slug}"
        );
        assert_eq!((case.kind(), case.repeat()), (ApiErrorKind::Other, Repeat::Never), "{slug}");
        assert_eq!(case.clause().evidence(), Evidence::Observed, "{slug}");
    }
    let plain: Vec<_> =
        contract.plain_answers().iter().map(|answer| (answer.method(), answer.status())).collect();
    assert_eq!(plain, [("OPTIONS", 204)]);
}

#[test]
fn any_request_may_get_these_answers() {
    let contract = Contract::default();
    let json = Some("application/json");
    let rows = [
        ("too-many-requests", 429, json, Some("Too Many Requests"), Repeat::Later, false),
        ("quota-exceeded", 466, json, None, Repeat::Never, false),
        ("rate-overlimit", 500, json, Some("rate overlimit"), Repeat::Later, false),
        ("internal-server-error", 500, json, Some("Internal Server Error"), Repeat::Never, false),
        ("500-but-created", 500, json, Some("Internal Server Error"), Repeat::Never, true),
        ("bad-gateway", 502, Some("text/html"), None, Repeat::Never, false),
    ];
    let found = contract.possible_answers().iter().map(|answer| {
        assert_eq!(answer.evidence(), Evidence::Observed, "{}", answer.slug());
        assert!(answer.summary().ends_with('.'), "{}", answer.summary());
        (
            answer.slug(),
            answer.status(),
            answer.media_type(),
            answer.identifier(),
            answer.repeat(),
            answer.makes_group(),
        )
    });
    assert_eq!(found.collect::<Vec<_>>(), rows);
    for (slug, ..) in rows {
        assert!(contract.clause(&format!("error.{slug}")).is_none(), "{slug} is promised");
        assert!(contract.error_case(slug).is_none(), "{slug} is listed twice");
    }
}

#[test]
fn an_answer_that_any_request_may_get_has_its_body() {
    let contract = Contract::default();
    let body = |slug: &str| {
        let answer = contract.possible_answer(slug).unwrap();
        String::from_utf8(answer.body("POST", "/the/path", "2026-01-02T03:04:05.678Z")).unwrap()
    };
    assert_eq!(
        body("rate-overlimit"),
        r#"{"statusCode":500,"timestamp":"2026-01-02T03:04:05.678Z","path":"/the/path","message":"rate overlimit"}"#
    );
    let quota =
        r#"{"invokeStatus":{"method":"creategroup","used":100,"total":100,"status":"QUOTE_EXCEEDED","#;
    assert!(body("quota-exceeded").starts_with(quota), "{}", body("quota-exceeded"));
    let page = body("bad-gateway");
    assert!(page.starts_with("<html>\r\n") && page.contains("502 Bad Gateway") && page.contains("nginx"));
    for answer in contract.possible_answers().iter().filter(|answer| answer.identifier().is_some()) {
        let timestamp = answer.example_timestamp().unwrap();
        let read = contract.error(&answer.body("POST", "/", timestamp)).unwrap();
        assert_eq!(
            (read.status_code(), read.message().as_str()),
            (answer.status(), answer.identifier().unwrap())
        );
    }
}

#[test]
fn these_responses_are_examples() {
    let contract = Contract::default();
    for (name, evidence, created, has_link) in [
        ("created", Evidence::Documented, true, true),
        ("not-created", Evidence::Observed, false, false),
        ("no-invite-link", Evidence::Observed, true, false),
    ] {
        let examples = contract.examples(Body::Response);
        let example = examples.iter().find(|example| example.name() == name).unwrap();
        assert_eq!(example.evidence(), evidence, "{name}");
        assert!(example.summary().ends_with('.'), "{name}: {}", example.summary());
        let group = contract.response(example.body().as_bytes()).unwrap();
        assert_eq!((group.created(), !group.group_invite_link().is_empty()), (created, has_link), "{name}");
    }
    assert_eq!(contract.examples(Body::Response).len(), 3);
}

#[test]
fn the_page_of_2020_06_29_gives_these_examples() {
    let contract = Contract::default();
    let body = "{\r\n    \"groupName\": \"From API Group created\",\r\n    \"chatIds\": [],\r\n    \"phones\": [\r\n        \
                79001234567,\r\n        79001234568\r\n    ]\r\n}\r\n";
    let example =
        contract.examples(Body::Request).iter().find(|example| example.name() == "two-phones-crlf").unwrap();
    assert_eq!(example.body(), body);
    let request = contract.request(body.as_bytes()).unwrap();
    assert_eq!(request.group_name(), "From API Group created");
    assert_eq!(request.chat_ids(), []);
    assert_eq!(
        request.phones().iter().copied().map(greenapi_model::Phone::number).collect::<Vec<_>>(),
        [79_001_234_567, 79_001_234_568]
    );

    let example =
        contract.examples(Body::Response).iter().find(|example| example.name() == "created").unwrap();
    let group = contract.response(example.body().as_bytes()).unwrap();
    assert!(group.created());
    assert_eq!(group.chat_id().as_str(), "12345678910-1112131415@g.us");
    assert_eq!(group.chat_id().kind(), ChatKind::Group);
    assert_eq!(group.group_invite_link().as_str(), "https://chat.whatsapp.com/xxxxxxxxxxxxxxxxxxxxxx");
}

#[test]
fn the_call_is_this() {
    let contract = Contract::default();
    assert_eq!(contract.edition(), "2020-06-29");
    assert_eq!(contract.method(), "POST");
    assert_eq!(contract.path_template(), "/waInstance{idInstance}/createGroup/{apiTokenInstance}");
    assert_eq!(contract.server_url(), Some("https://api.green-api.com"));
    assert_eq!(contract.success().0, 200);
    for body in Body::ALL {
        assert_eq!(contract.media_type(body), "application/json");
    }
    let path = contract.path(1_101_000_001.into(), &"abc".parse().unwrap());
    assert_eq!(path, "/waInstance1101000001/createGroup/abc");
    assert_eq!(contract.address(&path).unwrap().instance().number(), 1_101_000_001);
}

#[test]
fn the_states_are_those_of_the_spec() {
    let document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let mut spec: Vec<_> = document["components"]["schemas"]["InstanceState"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let mut types: Vec<_> = InstanceState::NAMED.iter().map(|state| state.as_str().to_owned()).collect();
    spec.sort();
    types.sort();
    assert_eq!(spec, types);
    for state in InstanceState::NAMED {
        assert_eq!(state.as_str().parse(), Ok(state.clone()));
    }
    assert_eq!("not-authorized".parse(), Ok(InstanceState::NotAuthorized));
    assert_eq!("paused".parse(), Ok(InstanceState::Other("paused".to_owned())));
}

#[test]
fn an_error_is_recognized_by_status_and_identifier() {
    let contract = Contract::default();
    let template = contract.path_template();
    for case in contract.errors() {
        let Some(error) = case.body("GET", "/waInstance1/createGroup/secret", "2023-09-13T22:29:37.459Z")
        else {
            assert_eq!(case.identifier(), None);
            continue;
        };
        let bytes = serde_json::to_vec(&error).unwrap();
        let read = contract.error(&bytes).unwrap();
        assert_eq!(contract.recognize(&read).map(greenapi_model::ErrorCase::slug), Some(case.slug()));
        assert!(!String::from_utf8(bytes).unwrap().contains(template), "the path is that of the request");
        for shown in [format!("{read:?}"), read.to_string(), read.message()] {
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
    let check = |status: u16, message: &str, expected: Option<&str>| {
        let error = greenapi_model::ApiError::new(status, "2023-09-13T22:29:37.459Z", "/", message);
        assert_eq!(contract.recognize(&error).map(greenapi_model::ErrorCase::slug), expected, "{message}");
    };
    check(400, "Bad Request Data", Some("bad-request-data"));
    check(400, " bad request data\r\n", Some("bad-request-data"));
    check(400, "bad request", None);
    check(500, "bad request data", None);
}
