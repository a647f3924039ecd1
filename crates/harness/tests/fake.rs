//! The harness against a small server of its own: correct ones raise no alarm, and no report holds the token.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use greenapi_harness::{Harness, Phase, Report, Target, Verdict};
use greenapi_model::{Condition, Contract, Group, InstanceState};
use serde_json::json;

const TOKEN: &str = "s3cret-of-the-instance";

/// What a fake answers: the method, the path, the body, and how many answers there were before.
type Answer = dyn Fn(&Contract, &str, &str, &[u8], u64) -> (u16, String) + Send + Sync;

/// A server for the rest of the test; its URL.
fn serve(contract: &Contract, answer: &'static Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (contract, count) = (contract.clone(), Arc::new(AtomicU64::new(0)));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (contract, count) = (contract.clone(), Arc::clone(&count));
            thread::spawn(move || connection(&stream.unwrap(), &contract, answer, &count));
        }
    });
    url
}

fn connection(stream: &TcpStream, contract: &Contract, answer: &Answer, count: &AtomicU64) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let mut words = line.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let number = count.fetch_add(1, Ordering::Relaxed);
        let (status, body) = answer(contract, method, path, &body, number);
        let media_type =
            if body.is_empty() { "" } else { "Content-Type: Application/JSON; charset=utf-8\r\n" };
        let length =
            if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        // In one piece, or the last of them would wait for the other side.
        let answer = format!("HTTP/1.1 {status} \r\nX-Extra: 1\r\n{media_type}{length}\r\n{body}");
        (&mut &*stream).write_all(answer.as_bytes()).ok()?;
    }
}

/// A server that keeps the contract, and differs from the mock in all that the contract leaves open.
fn correct(contract: &Contract, method: &str, path: &str, body: &[u8], number: u64) -> (u16, String) {
    let error = |condition: Condition| {
        let case = contract.errors().iter().find(|case| *case.condition() == condition).unwrap();
        let body = case.body(method, path, "2026-01-02T03:04:05.123456789Z").map(|body| {
            let mut body = serde_json::to_value(&body).unwrap();
            body["message"] = body["message"].as_str().unwrap().replace("bad request", "Bad Request").into();
            body["more"] = json!({"a": [1]});
            format!("\r\n {body:#} \n")
        });
        (case.status(), body.unwrap_or_default())
    };
    let Ok(address) = contract.address(path) else { return error(Condition::OtherPath) };
    if method == "OPTIONS" {
        return (204, String::new());
    }
    if method != contract.method() {
        return error(Condition::OtherMethod);
    }
    if address.instance().number() == 5 {
        return error(Condition::OtherToken);
    }
    for case in contract.errors() {
        if let Condition::BodyAbove(most) = case.condition()
            && body.len() as u64 > *most
        {
            return error(case.condition().clone());
        }
    }
    match address.instance().number() {
        2 => error(Condition::Instance(InstanceState::Starting)),
        3 => error(Condition::Instance(InstanceState::NotAuthorized)),
        _ if contract.request(body).is_err() => error(Condition::InvalidRequest),
        _ => {
            let group = Group::new(format!("120363{number:012}@g.us"), "");
            (200, format!("{:#}\r\n", serde_json::to_value(group).unwrap()))
        }
    }
}

fn report(contract: &Contract, answer: &'static Answer, seed: u64) -> Report {
    let url = serve(contract, answer);
    let target = Target::new(&url, TOKEN.parse().unwrap())
        .unwrap()
        .instance(InstanceState::Authorized, 1.into())
        .instance(InstanceState::Starting, 2.into())
        .instance(InstanceState::NotAuthorized, 3.into())
        // As it is after an earlier run: no longer starting.
        .recovering(4.into())
        .other_token(5.into());
    Harness::new(contract.clone()).seed(seed).cases(100).run_blocking(&target).unwrap()
}

/// The embedded contract with another limit. Its text is changed, as the order of the errors in it matters.
fn with_limit(bytes: u64) -> Contract {
    let text = Contract::default().document();
    let changed =
        text.replace("\"request-bytes-above\": 102400", &format!("\"request-bytes-above\": {bytes}"));
    assert_ne!(changed, text);
    Contract::from_json(&changed).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_correct_server_raises_no_alarm() {
    for contract in [
        Contract::default(),
        // A limit that nobody can reach, and one that many a request does.
        with_limit(u64::MAX),
        with_limit(200),
    ] {
        let report = report(&contract, &correct, 1);
        // This server does not look at content types.
        let broken: Vec<_> = report.broken().filter(|id| *id != "request.content-type").collect();
        assert!(broken.is_empty() && report.agreement().defect.is_none(), "{report}");
        let token = report.result("error.wrong-token").unwrap();
        assert_eq!((token.verdict.as_str(), token.checks), ("kept", 2), "{report}");
    }
}

#[test]
fn a_wrong_token_is_checked_where_an_instance_has_another_one() {
    let verdict = |answer: &'static Answer, named: bool| {
        let contract = Contract::default();
        let url = serve(&contract, answer);
        let target = Target::new(&url, TOKEN.parse().unwrap()).unwrap();
        let target = target.instance(InstanceState::Authorized, 1.into());
        let target = if named { target.other_token(5.into()) } else { target };
        let report = Harness::new(contract).cases(0).run_blocking(&target).unwrap();
        report.result("error.wrong-token").unwrap().verdict.clone()
    };
    // A server that takes any token.
    let careless: &'static Answer = &|contract, method, path, body, number| {
        correct(contract, method, &path.replace("waInstance5", "waInstance1"), body, number)
    };
    assert_eq!(verdict(&correct, true).as_str(), "kept");
    assert_eq!(verdict(careless, true).as_str(), "broken");
    let Verdict::NotChecked(reason) = verdict(&correct, false) else { panic!("nothing was named") };
    assert_eq!(reason, "no instance is named whose token is another one");
}

#[test]
fn one_seed_gives_one_report() {
    let shown = |seed| {
        let text = report(&Contract::default(), &correct, seed).to_string();
        // The address of the target is another one each time.
        let (_, url) = text.lines().next().unwrap().split_once("target ").unwrap();
        text.replace(url.split(',').next().unwrap(), "URL")
    };
    assert_eq!(shown(7), shown(7));
}

#[test]
fn no_report_holds_a_part_of_the_token() {
    for margin in 170..=200 {
        // A long answer is cut, and the token may stand where it is.
        let padding = "x".repeat(margin);
        let text = format!("{padding}{TOKEN}{}", "y".repeat(3_000));
        let answer: &'static Answer =
            Box::leak(Box::new(move |_: &Contract, _: &str, _: &str, _: &[u8], _: u64| (418, text.clone())));
        let url = serve(&Contract::default(), answer);
        let target = Target::new(&url, TOKEN.parse().unwrap()).unwrap();
        let target = target.instance(InstanceState::Authorized, 1.into());
        let phases = Phase::ALL.into_iter().filter(|phase| *phase != Phase::Http || margin == 185);
        let harness = Harness::new(Contract::default()).cases(0).phases(phases);
        let report = harness.run_blocking(&target).unwrap().to_string();
        assert!(report.contains(&padding) && !report.contains("s3c"), "margin {margin}: {report:.2000}");
    }
}
