//! The server over a socket: every answer, by the clause that promises it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::collections::HashSet;

use greenapi_mock_server::{Behaviour, Clock, Emulation, Settings};
use greenapi_model::{Body, Contract, InstanceState};
use http::HeaderMap;
use serde_json::Value;
use support::{Fixture, VALID, create, exchange, parse, request};

#[test]
fn the_examples_of_the_contract_make_groups() {
    let fixture = Fixture::new();
    let contract = fixture.emulation.contract();
    let mut ids = HashSet::new();
    for example in contract.examples(Body::Request) {
        let answer = create(&fixture.url, 1_101_000_001, example.body().as_bytes());
        assert_eq!(answer.status, 200, "{}", example.name());
        assert!(answer.head.contains("\r\ncontent-type: application/json"), "{}", answer.head);
        let group = contract.response(answer.body.as_bytes()).unwrap();
        assert!(group.created());
        assert!(ids.insert(group.chat_id().clone()), "{} is not new", group.chat_id());
    }
    let groups = fixture.emulation.groups(1_101_000_001.into());
    assert_eq!(groups.made, ids.len() as u64);
    assert_eq!(groups.kept.iter().map(|group| group.chat_id().clone()).collect::<HashSet<_>>(), ids);
}

#[test]
fn bodies_that_are_not_valid_are_bad_request_data() {
    let fixture = Fixture::new();
    let deep = "[".repeat(50_000);
    for body in [
        &b""[..],
        b"{",
        b"not JSON",
        b"null",
        b"[]",
        br#"{"groupName":"x","phones":[1]"#,
        br#"{"groupName":"x"}"#,
        br#"{"phones":[1]}"#,
        br#"{"groupName":"x","phones":[],"chatIds":[]}"#,
        br#"{"groupName":"x","phones":["79001234567"]}"#,
        b"{\"groupName\":\"\xff\",\"phones\":[1]}",
        b"\xef\xbb\xbf{\"groupName\":\"x\",\"phones\":[1]}",
        deep.as_bytes(),
    ] {
        let answer = create(&fixture.url, 1_101_000_001, body);
        let shown = body[..body.len().min(60)].escape_ascii();
        assert_eq!((answer.status, answer.message().as_str()), (400, "bad request data"), "{shown}");
        assert!(fixture.emulation.contract().error(answer.body.as_bytes()).is_ok(), "{shown}");
    }
    assert_eq!(fixture.emulation.groups(1_101_000_001.into()).made, 0);
}

#[test]
fn the_state_of_the_instance_decides() {
    let fixture = Fixture::new();
    fixture.emulation.set_instance(7.into(), Behaviour::of(InstanceState::Starting)).unwrap();
    let starting = "instance in starting process try later";
    for (instance, expected) in [
        (1_101_000_002, starting),
        (1_101_000_003, "instance account not authorized"),
        (7, starting),
        (1_101_000_004, starting),
        (1_101_000_004, starting),
    ] {
        let answer = create(&fixture.url, instance, VALID);
        assert_eq!((answer.status, answer.message().as_str()), (400, expected), "{instance}");
        assert_eq!(answer.json()["path"], format!("/waInstance{instance}/createGroup/t0ken"));
    }
    for instance in [1_101_000_004, 1_101_000_004, 1_101_000_001, 9_999_999_999] {
        assert_eq!(create(&fixture.url, instance, VALID).status, 200, "{instance}");
    }
    // Where several errors apply, the first of the contract wins.
    assert_eq!(create(&fixture.url, 1_101_000_002, b"{").message(), starting);
}

#[test]
fn path_and_method_are_judged_before_the_body() {
    let fixture = Fixture::new();
    let path = "/waInstance1101000001/createGroup/t0ken";
    let json = "Content-Type: application/json";
    let check = |line: &str, status: u16, message: &str| {
        let answer = request(&fixture.url, &format!("{line} HTTP/1.1\r\n{json}"), VALID);
        let found = if answer.body.is_empty() { String::new() } else { answer.message() };
        assert_eq!((answer.status, found.as_str()), (status, message), "{line}");
    };
    for method in ["GET", "PUT", "DELETE", "PATCH", "post", "X"] {
        check(&format!("{method} {path}"), 404, &format!("Cannot {method} {path}"));
    }
    check(&format!("GET {path}?a=b"), 404, &format!("Cannot GET {path}?a=b"));
    check(&format!("OPTIONS {path}"), 204, "");
    for path in [
        "/",
        "/waInstance1101000001/createGroup",
        "/waInstance1101000001/createGroup/",
        "/waInstance1101000001/createGroup/t0ken/",
        "/waInstance1101000001/sendMessage/t0ken",
        "/waInstance/createGroup/t0ken",
        "/waInstancex/createGroup/t0ken",
        "/waInstance10000000000/createGroup/t0ken",
        "/waInstance0/createGroup/t0ken",
    ] {
        check(&format!("POST {path}"), 403, "");
        check(&format!("GET {path}"), 403, "");
        check(&format!("OPTIONS {path}"), 403, "");
    }
    let created = |line: &str| {
        let answer = request(&fixture.url, &format!("POST {line} HTTP/1.1\r\n{json}"), VALID);
        assert_eq!(answer.status, 200, "{line}: {}", answer.body);
    };
    created("/waInstance1101000001/CreateGroup/t0ken");
    created("/waInstance1101000001/createGroup/t0ken?a=b");
    created("http://localhost/waInstance1101000001/createGroup/t0ken");
}

#[test]
fn a_body_sent_to_a_wrong_path_is_read_to_its_end() {
    let fixture = Fixture::new();
    let post = |path: &str, body: &[u8]| {
        let length = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    };
    let calls = [post("/elsewhere", &vec![b' '; 200_000]), post("/waInstance7/createGroup/t0ken", VALID)];
    let answers = exchange(&fixture.url, &calls.concat());
    assert!(answers.starts_with("HTTP/1.1 403 "), "{answers}");
    assert!(answers.contains("HTTP/1.1 200 OK"), "the connection serves on: {answers}");
}

#[test]
fn a_contract_without_a_state_is_emulated_without_its_test_instances() {
    let mut document: serde_json::Value = serde_json::from_str(&Contract::default().document()).unwrap();
    let errors = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post/responses/400/content\
                  /application~1json/examples";
    document.pointer_mut(errors).unwrap().as_object_mut().unwrap().remove("instance-starting").unwrap();
    let contract = Contract::from_json(&document.to_string()).unwrap();
    let emulation = Emulation::new(contract).unwrap();
    let there: Vec<_> = emulation.test_instances().iter().map(|instance| instance.id.number()).collect();
    assert!(there.contains(&1_101_000_001) && there.contains(&1_101_000_003), "{there:?}");
    assert!(!there.contains(&1_101_000_002) && !there.contains(&1_101_000_004), "{there:?}");
}

#[test]
fn a_content_type_that_names_something_else_is_refused() {
    let fixture = Fixture::new();
    for (header, status) in [
        ("Content-Type: application/json", 200),
        ("content-type: Application/JSON; charset=utf-8", 200),
        ("X-None: 1", 200),
        ("Content-Type: text/plain", 400),
        ("Content-Type: application/x-www-form-urlencoded", 400),
        ("Content-Type:", 400),
    ] {
        let head = format!("POST /waInstance1101000001/createGroup/t0ken HTTP/1.1\r\n{header}");
        assert_eq!(request(&fixture.url, &head, VALID).status, status, "{header}");
    }
}

#[test]
fn a_body_beyond_the_limit_is_too_large() {
    let fixture = Fixture::new();
    let limit = usize::try_from(fixture.emulation.body_limit()).unwrap();
    let of_size = |size: usize| {
        let mut body = VALID.to_vec();
        body.resize(size, b' ');
        create(&fixture.url, 1_101_000_001, &body)
    };
    assert_eq!(of_size(limit).status, 200);
    for size in [limit + 1, limit * 10] {
        let answer = of_size(size);
        assert_eq!((answer.status, answer.message().as_str()), (500, "request entity too large"), "{size}");
    }
    assert_eq!(fixture.emulation.groups(1_101_000_001.into()).made, 1);
}

#[test]
fn a_body_in_chunks_is_read_and_one_that_is_cut_off_is_not_valid() {
    let fixture = Fixture::new();
    let head = "POST /waInstance1101000001/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\n";
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n4\r\n{{\"gr\r\n1a\r\noupName\":\"x\",\"phones\":[1]}}\r\n0\r\n\r\n"
    );
    assert_eq!(parse(&exchange(&fixture.url, chunked.as_bytes())).status, 200);
    let cut_off = format!("{head}Content-Length: 400\r\n\r\n{{\"groupName\":\"x\",\"phones\":[1]}}");
    let answer = parse(&exchange(&fixture.url, cut_off.as_bytes()));
    assert_eq!((answer.status, answer.message().as_str()), (400, "bad request data"));
    assert_eq!(fixture.emulation.groups(1_101_000_001.into()).made, 1);
    // Where several errors apply, the first of the contract wins here too.
    let cut_off = cut_off.replace("1101000001", "1101000002");
    let answer = parse(&exchange(&fixture.url, cut_off.as_bytes()));
    assert_eq!(answer.message(), "instance in starting process try later");
}

#[test]
fn a_limit_of_a_contract_beyond_all_sizes_is_none() {
    let document = Contract::default().document();
    let own = "\"request-bytes-above\": 102400";
    let limit = format!("\"request-bytes-above\": {}", u64::MAX);
    let contract = Contract::from_json(&document.replace(own, &limit)).unwrap();
    let fixture = Fixture::with(contract, Settings::default());
    assert_eq!(fixture.emulation.body_limit(), u64::MAX);
    assert_eq!(create(&fixture.url, 1_101_000_001, VALID).status, 200);
}

#[test]
fn a_connection_serves_many_calls() {
    let fixture = Fixture::new();
    let call = |instance: u64| {
        let length = VALID.len();
        let head = format!(
            "POST /waInstance{instance}/createGroup/t0ken HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
        );
        [head.as_bytes(), VALID].concat()
    };
    let calls = [call(1_101_000_001), call(1_101_000_002), call(1_101_000_001)].concat();
    let answers = exchange(&fixture.url, &calls);
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 400 Bad Request").count(), 1, "{answers}");
}

#[test]
fn two_runs_with_one_seed_give_the_same_answers() {
    let run = |seed: u64| {
        let fixture = Fixture::with(Contract::default(), Settings { seed, ..Settings::default() });
        let calls = [(5, VALID), (6, VALID), (5, VALID), (5, &b"{"[..])];
        calls
            .map(|(instance, body)| create(&fixture.url, instance, body))
            .map(|answer| answer.head + &answer.body)
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn the_clock_is_the_one_that_is_given() {
    let message = |clock: Clock| {
        let fixture = Fixture::with(Contract::default(), Settings { clock, ..Settings::default() });
        let answer = create(&fixture.url, 1_101_000_001, b"{");
        let dated = answer.head.contains("\r\ndate: ");
        (answer.json()["timestamp"].as_str().unwrap().to_owned(), dated)
    };
    assert_eq!(message(Clock::Example), ("2023-09-13T22:29:37.459Z".to_owned(), false));
    let fixed = Clock::fixed("2026-01-02T03:04:05Z").unwrap();
    assert_eq!(message(fixed), ("2026-01-02T03:04:05.000Z".to_owned(), false));
    assert!(message(Clock::System).1, "the real time brings a Date");
}

#[test]
fn instances_are_bounded_and_do_not_see_each_other() {
    let settings = Settings { most_instances: 2, groups_kept: 2, ..Settings::default() };
    let fixture = Fixture::with(Contract::default(), settings);
    // Beside the test instances.
    for instance in [5, 6, 5, 5] {
        assert_eq!(create(&fixture.url, instance, VALID).status, 200);
    }
    let answer = create(&fixture.url, 7, VALID);
    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("as many as there may be"), "{}", answer.body);
    assert_eq!(create(&fixture.url, 6, VALID).status, 200, "a known instance is served on");

    let five = fixture.emulation.groups(5.into());
    let six = fixture.emulation.groups(6.into());
    assert_eq!((five.made, five.kept.len()), (3, 2), "the oldest go, and are counted");
    assert_eq!((six.made, six.kept.len()), (2, 2));
    assert!(five.kept.iter().all(|group| !six.kept.contains(group)));
}

#[test]
fn a_state_without_an_answer_in_the_contract_is_refused() {
    let emulation = Emulation::new(Contract::default()).unwrap();
    let error = emulation.set_instance(7.into(), Behaviour::of(InstanceState::Blocked)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the contract 2020-06-29 does not say how createGroup answers in the state `blocked`; it does for authorized, \
         starting, notAuthorized"
    );
}

#[test]
fn a_contract_whose_groups_would_break_it_is_refused() {
    let response = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}/post/responses/200/content\
                    /application~1json";
    let refused = |pattern: &str, chat_id: &str| {
        let mut document: Value = serde_json::from_str(&Contract::default().document()).unwrap();
        let response = document.pointer_mut(response).unwrap();
        response["schema"]["properties"]["chatId"]["pattern"] = pattern.into();
        for example in ["created", "no-invite-link"] {
            response["examples"][example]["value"]["chatId"] = chat_id.into();
        }
        let contract = Contract::from_json(&document.to_string()).unwrap();
        Emulation::new(contract).unwrap_err().to_string()
    };
    // Each digit may vary, but not with the other one.
    let found = refused("^((0[0-9]|1[0-5])@g\\.us)?$", "05@g.us");
    assert!(found.contains("response.chatId.pattern"), "{found}");
    let found = refused("^([0-9]@g\\.us)?$", "5@g.us");
    assert!(found.contains("too few places in `chatId`"), "{found}");
}

#[test]
fn nothing_that_is_printed_of_a_call_holds_the_token() {
    let emulation = Emulation::new(Contract::default()).unwrap();
    for (method, target) in [
        ("POST", "/waInstance1101000001/createGroup/s3cret"),
        ("GET", "/waInstance1101000001/createGroup/s3cret"),
        ("POST", "/waInstance1101000001/sendMessage/s3cret"),
    ] {
        let headers = HeaderMap::new();
        let open = || emulation.open(method, target, &headers);
        let answers = [open().answer(VALID), open().answer(b"{"), open().too_large(), open().cut_off()];
        let shown = format!("{:?} {answers:?} {:?}", open(), emulation.all_calls());
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}

#[test]
fn a_request_of_http_1_1_names_one_host() {
    let fixture = Fixture::new();
    let status = |version: &str, hosts: &str| {
        let head = format!(
            "OPTIONS /waInstance1101000001/createGroup/t {version}\r\n{hosts}Connection: close\r\n\r\n"
        );
        parse(&exchange(&fixture.url, head.as_bytes())).status
    };
    for (version, hosts, expected) in [
        ("HTTP/1.1", "Host: a\r\n", 204),
        ("HTTP/1.1", "Host:\r\n", 204),
        ("HTTP/1.1", "", 400),
        ("HTTP/1.1", "Host: a\r\nHost: a\r\n", 400),
        ("HTTP/1.0", "", 204),
    ] {
        assert_eq!(status(version, hosts), expected, "{version} {hosts:?}");
    }
    assert_eq!(fixture.emulation.groups(1_101_000_001.into()).made, 0);
}
