//! The route and the answers behind a server of wiremock.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use greenapi_mock_server::wiremock::{answers, route};
use greenapi_mock_server::{CallPattern, Emulation, Injection, Scope, Times, Verification};
use greenapi_model::Contract;
use support::{Answer, VALID, parse};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Respond};

/// A call from a thread that is no part of the runtime that serves it. This server takes a client that ends its side of the
/// connection for one that is gone.
async fn call(server: &MockServer, head: &str) -> Answer {
    let address = *server.address();
    let length = VALID.len();
    let head = format!("{head}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    let exchange = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(VALID).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        parse(&answer)
    };
    tokio::task::spawn_blocking(exchange).await.unwrap()
}

async fn start() -> (MockServer, Arc<Emulation>) {
    let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
    (MockServer::start().await, emulation)
}

#[tokio::test]
async fn a_wiremock_server_answers_as_the_service_does() {
    let (server, emulation) = start().await;
    Mock::given(route(&emulation)).respond_with(answers(&emulation)).expect(4).mount(&server).await;
    let check = async |head: &str, status: u16, expected: &str| {
        let answer = call(&server, head).await;
        assert_eq!(answer.status, status, "{head}: {answer:?}");
        assert!(answer.body.contains(expected), "{head}: {answer:?}");
        answer
    };
    let made = check("POST /waInstance7/createGroup/t0ken HTTP/1.1", 200, "\"created\":true").await;
    assert!(emulation.contract().response(made.body.as_bytes()).is_ok());
    assert!(made.head.contains("content-type: application/json"), "{}", made.head);
    check("POST /waInstance1101000002/createGroup/t0ken HTTP/1.1", 400, "starting").await;
    let preferred = "POST /waInstance7/createGroup/t0ken HTTP/1.1\r\nPrefer: example=instance-starting";
    let answer = check(preferred, 400, "starting").await;
    assert!(answer.head.contains("preference-applied: example=instance-starting"), "{}", answer.head);
    check("DELETE /waInstance7/createGroup/t0ken HTTP/1.1", 404, "").await;
    // This path is none of the route, so wiremock answers it itself.
    check("POST /waInstance7/sendMessage/t0ken HTTP/1.1", 404, "").await;

    let verify = |pattern, times| Verification::of(pattern, times).verify(&emulation.all_calls());
    assert!(verify(CallPattern::created().instance(7), Times::exactly(1)).holds());
    assert!(verify(CallPattern::any().outcome("instance-starting"), Times::exactly(2)).holds());
    assert_eq!(emulation.groups(7.into()).made, 1);
    server.verify().await;
}

#[tokio::test]
async fn any_path_can_be_answered_as_the_service_does() {
    let (server, emulation) = start().await;
    Mock::given(any()).respond_with(answers(&emulation)).mount(&server).await;
    let answer = call(&server, "POST /waInstance7/sendMessage/t0ken HTTP/1.1").await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(emulation.stray_calls().kept.len(), 1);
}

#[tokio::test]
async fn a_fault_on_the_wire_is_answered_with_a_text_that_says_so() {
    let (server, emulation) = start().await;
    Mock::given(route(&emulation)).respond_with(answers(&emulation)).mount(&server).await;
    for fault in ["wire.reset-before-response", "wire.short-body", "wire.dribble=1ms", "wire.no-answer"] {
        let injection = Injection::of(emulation.fault(fault).unwrap()).calls(1);
        emulation.inject(Scope::Everywhere, injection).unwrap();
        let answer = call(&server, "POST /waInstance7/createGroup/t0ken HTTP/1.1").await;
        let id = fault.split('=').next().unwrap();
        let expected =
            format!("greenapi-mock: wiremock cannot do the fault {id}; the MockServer of this crate can\n");
        assert_eq!((answer.status, answer.body), (500, expected));
    }
}

#[test]
fn a_delay_is_that_of_the_template() {
    let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
    let request = wiremock::Request {
        url: "http://localhost/waInstance7/createGroup/t0ken".parse().unwrap(),
        method: http::Method::POST,
        headers: [(http::header::HeaderName::from_static("prefer"), "wait=3".parse().unwrap())]
            .into_iter()
            .collect(),
        body: VALID.to_vec(),
    };
    let template = answers(&emulation).respond(&request);
    assert!(format!("{template:?}").contains("delay: Some(3s)"), "{template:?}");
}
