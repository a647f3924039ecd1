//! No check that cannot fail: endpoints that break one clause each, and the harness names the clause.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use bytes::Bytes;
use e2e::{Answered, Asked, Change, Endpoint, TOKEN};
use greenapi_harness::{Report, Verdict};
use greenapi_model::Contract;
use http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

const VALID: &str = r#"{"groupName":"x","phones":[1]}"#;

/// An endpoint that accepts what a predicate says of the body, and judges all else rightly.
struct Accepts(fn(&Value) -> bool);

impl Change for Accepts {
    fn request(&self, request: Asked) -> Asked {
        let accepted = serde_json::from_slice(request.body()).is_ok_and(|body| (self.0)(&body));
        if accepted { request.map(|_| Bytes::from_static(VALID.as_bytes())) } else { request }
    }
}

/// An endpoint that changes the JSON of its successes or of its errors.
struct Edits {
    status: u16,
    edit: fn(&mut Value),
}

impl Change for Edits {
    fn answer(&self, _: &Asked, answer: Answered) -> Answered {
        if answer.status().as_u16() != self.status || answer.body().is_empty() {
            return answer;
        }
        let mut body: Value = serde_json::from_slice(answer.body()).unwrap();
        (self.edit)(&mut body);
        answer.map(|_| body.to_string().into())
    }
}

/// An endpoint that changes requests or answers in any way.
struct Twists {
    request: fn(Asked) -> Asked,
    answer: fn(&Asked, Answered) -> Answered,
}

impl Change for Twists {
    fn request(&self, request: Asked) -> Asked {
        (self.request)(request)
    }

    fn answer(&self, asked: &Asked, answer: Answered) -> Answered {
        (self.answer)(asked, answer)
    }
}

fn report(change: impl Change) -> Report {
    let contract = Contract::default();
    let report = Endpoint::start(&contract, change).report(&contract);
    assert!(!report.to_string().contains(TOKEN), "{report}");
    report
}

/// The endpoint breaks these clauses and no others.
fn check(change: impl Change, expected: &[&str]) {
    let report = report(change);
    assert_eq!(report.broken().collect::<Vec<_>>(), expected, "{report}");
}

#[test]
fn a_clause_of_the_request_that_is_not_enforced_is_named() {
    check(
        Accepts(|body| body.get("groupName").is_none() && body.is_object()),
        &["request.groupName.required"],
    );
    check(Accepts(|body| body["groupName"].is_number()), &["request.groupName.string"]);
    check(Accepts(|body| body["groupName"] == ""), &["request.groupName.minLength"]);
    check(Accepts(|body| body["chatIds"].is_string()), &["request.chatIds.array"]);
    check(
        Accepts(|body| body["chatIds"].as_array().is_some_and(|ids| ids.iter().any(Value::is_null))),
        &["request.chatIds.items.string"],
    );
    check(
        Accepts(|body| body["phones"].as_array().is_some_and(|phones| phones.iter().any(Value::is_string))),
        &["request.phones.items.integer"],
    );
    check(
        Accepts(|body| body["phones"].as_array().is_some_and(|phones| phones.contains(&json!(0)))),
        &["request.phones.items.minimum"],
    );
    check(
        Accepts(|body| {
            let large = |phone: &Value| phone.as_u64().is_some_and(|phone| phone > 999_999_999_999_999);
            body["phones"].as_array().is_some_and(|phones| phones.iter().any(large))
        }),
        &["request.phones.items.maximum"],
    );
    check(
        Accepts(|body| {
            let none = |list: &str| body.get(list).is_none_or(|list| list == &json!([]));
            body["groupName"].is_string() && none("phones") && none("chatIds")
        }),
        &["request.anyOf"],
    );
    check(Accepts(Value::is_array), &["request.object"]);
}

#[test]
fn a_clause_of_the_response_that_is_broken_is_named() {
    let edits = |edit| Edits { status: 200, edit };
    check(edits(|body| drop(body.as_object_mut().unwrap().remove("chatId"))), &["response.chatId.required"]);
    check(edits(|body| body["chatId"] = json!(7)), &["response.chatId.string"]);
    check(
        edits(|body| body["chatId"] = json!(body["chatId"].as_str().unwrap().replace("@g.us", ""))),
        &["response.chatId.pattern"],
    );
    check(edits(|body| body["chatId"] = json!("79001234567-1593475200@g.us")), &["response.chatId.unique"]);
    check(edits(|body| body["created"] = json!("true")), &["response.created.boolean"]);
    check(edits(|body| body["created"] = json!(false)), &["response.anyOf"]);
    check(
        edits(|body| body["groupInviteLink"] = json!("https://chat.example.com/xxxxxxxxxxxxxxxxxxxxxx")),
        // It is the same for all groups, too.
        &["response.groupInviteLink.pattern", "response.groupInviteLink.unique"],
    );
    check(edits(|body| *body = json!([body.take()])), &["response.object"]);
    // These are allowed: a link may be empty, and members may be added.
    check(edits(|body| body["groupInviteLink"] = json!("")), &[]);
    check(edits(|body| body["more"] = json!({"a": 1})), &[]);
}

#[test]
fn an_error_that_is_another_one_is_named() {
    let edits = |edit| Edits { status: 400, edit };
    check(
        edits(|body| {
            if body["message"] == "instance account not authorized" {
                body["message"] = json!("bad request data");
            }
        }),
        &["error.instance-not-authorized"],
    );
    check(
        edits(|body| {
            if body["message"] == "bad request data" {
                body["message"] = json!("wrong request");
            }
        }),
        &["error.bad-request-data"],
    );
    check(
        edits(|body| drop(body.as_object_mut().unwrap().remove("timestamp"))),
        &["error.timestamp.required"],
    );
    check(edits(|body| body["timestamp"] = json!("13.09.2023")), &["error.timestamp.pattern"]);
    check(edits(|body| body["statusCode"] = json!("400")), &["error.statusCode.integer"]);
    check(edits(|body| body["path"] = json!("waInstance")), &["error.path.pattern"]);
    // These are allowed: nine fraction digits, and another case of letters.
    check(edits(|body| body["timestamp"] = json!("2023-09-13T22:29:37.459000001Z")), &[]);
    check(edits(|body| body["message"] = json!(body["message"].as_str().unwrap().to_uppercase())), &[]);
}

#[test]
fn an_instance_that_is_never_starting_or_never_authorized_is_named() {
    let id = |asked: &Asked| asked.uri().path().split('/').nth(1).unwrap().to_owned();
    assert_eq!(id(&asked("/waInstance7/createGroup/t")), "waInstance7");
    let never_starting =
        Twists { request: |request| moved(request, "1101000002", "1101000001"), answer: |_, answer| answer };
    check(never_starting, &["error.instance-starting"]);
    let never_recovers =
        Twists { request: |request| moved(request, "1101000004", "1101000002"), answer: |_, answer| answer };
    check(never_recovers, &["response.200"]);
    let never_made =
        Twists { request: |request| moved(request, "1101000001", "1101000003"), answer: |_, answer| answer };
    assert!(report(never_made).broken().any(|clause| clause == "response.200"));
}

#[test]
fn a_deviation_of_http_is_named() {
    let as_it_is: fn(Asked) -> Asked = |request| request;
    let twists = |answer| Twists { request: as_it_is, answer };
    check(
        twists(|_, mut answer| {
            if answer.status() == StatusCode::OK {
                answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            }
            answer
        }),
        &["response.content-type"],
    );
    check(
        twists(|_, mut answer| {
            if answer.status() == StatusCode::OK {
                *answer.status_mut() = StatusCode::CREATED;
            }
            answer
        }),
        &["response.200"],
    );
    check(
        twists(
            |_, answer| {
                if answer.status() == StatusCode::OK { answer.map(|_| "<html>".into()) } else { answer }
            },
        ),
        &["response.json"],
    );
    check(
        twists(|_, answer| {
            let other =
                |body: &Bytes| String::from_utf8_lossy(body).replace("Cannot GET", "Cannot find").into();
            if answer.status() == StatusCode::NOT_FOUND { answer.map(|body| other(&body)) } else { answer }
        }),
        &["error.wrong-method"],
    );
    check(
        twists(|asked, mut answer| {
            if asked.method() == Method::OPTIONS {
                *answer.status_mut() = StatusCode::OK;
            }
            answer
        }),
        &["options.204"],
    );
    check(
        twists(|asked, mut answer| {
            if asked.method() == Method::GET && answer.status() == StatusCode::NOT_FOUND {
                *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
            }
            answer
        }),
        &["error.wrong-method"],
    );
    check(
        twists(|_, mut answer| {
            if answer.status() == StatusCode::FORBIDDEN {
                *answer.status_mut() = StatusCode::NOT_FOUND;
            }
            answer
        }),
        &["error.wrong-path"],
    );
    check(
        twists(|_, mut answer| {
            if answer.status() == StatusCode::INTERNAL_SERVER_ERROR {
                *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            }
            answer
        }),
        &["error.request-too-large"],
    );
    let any_type = Twists {
        request: |mut request| {
            request.headers_mut().remove(CONTENT_TYPE);
            request
        },
        answer: |_, answer| answer,
    };
    check(any_type, &["request.content-type"]);
}

#[test]
fn a_case_that_is_minded_is_named() {
    let minds_case = Twists {
        request: |request| {
            if request.uri().path().contains("/createGroup/") { request } else { elsewhere(request) }
        },
        answer: |_, answer| answer,
    };
    check(minds_case, &["path.ignore-case"]);
}

#[test]
fn a_counterexample_is_small_and_masks_the_token() {
    let report = report(Accepts(|body| body["groupName"] == ""));
    let Verdict::Broken(counterexample) = &report.result("request.groupName.minLength").unwrap().verdict
    else {
        panic!("{report}");
    };
    let (head, body) = counterexample.request.split_once("\n\n").unwrap();
    assert_eq!(
        head, "POST /waInstance1101000001/createGroup/$TOKEN\ncontent-type: application/json",
        "{report}"
    );
    assert!(body.len() < 45, "{body}");
    assert_eq!(counterexample.found, "the request breaks the clause and was answered with 200");
}

#[test]
fn a_report_holds_nothing_that_a_terminal_obeys() {
    let report = report(Twists {
        request: |request| request,
        answer: |_, answer| answer.map(|_| "\u{1b}[2J\u{9b}31m\r\u{7}".into()),
    });
    let text = report.to_string();
    assert!(report.broken().any(|clause| clause == "response.json"), "{text}");
    assert!(text.chars().all(|one| one == '\n' || !one.is_control()), "{text:?}");
}

#[test]
fn a_target_that_answers_nothing_ends_the_phases_soon() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // Each connection is closed as soon as it is there; the thread ends with the process.
    std::thread::spawn(move || listener.incoming().for_each(drop));
    let target = greenapi_harness::Target::new(&url, TOKEN.parse().unwrap())
        .unwrap()
        .instance(greenapi_model::InstanceState::Authorized, 1.into());
    let report = greenapi_harness::Harness::new(Contract::default()).run_blocking(&target).unwrap();
    assert!(report.broken().any(|clause| clause == "response.200"), "{report}");
    assert!(report.sent() < 200, "{} requests", report.sent());
}

/// A request for a path.
fn asked(path: &str) -> Asked {
    http::Request::builder().uri(path).body(Bytes::new()).unwrap()
}

/// The request with one instance taken for another.
fn moved(mut request: Asked, from: &str, to: &str) -> Asked {
    *request.uri_mut() = request.uri().to_string().replace(from, to).parse().unwrap();
    request
}

fn elsewhere(mut request: Asked) -> Asked {
    *request.uri_mut() = "/elsewhere".parse().unwrap();
    request
}
