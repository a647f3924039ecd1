//! Against a server that is not ours.

use std::time::Duration;

use greenapi_transport::{RawClient, RawRequest};
use http::{Method, StatusCode};
use wiremock::matchers::{body_bytes, header, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn post() -> RawRequest {
    RawRequest::new(Method::POST, "/waInstance1101000001/createGroup/token").body("{}")
}

#[tokio::test]
async fn a_request_arrives_as_it_was_made() {
    let server = MockServer::start().await;
    Mock::given(method("PATCH"))
        .and(path("/prefix/a"))
        .and(query_param("b", "c d"))
        .and(header("content-type", "application/json"))
        .and(header("x-odd", "one"))
        .and(body_bytes(b"{\"groupName\": \xff".to_vec()))
        .respond_with(ResponseTemplate::new(466).insert_header("x-answer", "two").set_body_bytes(b"\0\xff"))
        .expect(1)
        .mount(&server)
        .await;
    let client = RawClient::new(&format!("{}/prefix/", server.uri())).unwrap();
    let request = RawRequest::new(Method::PATCH, "/a?b=c%20d")
        .header("content-type", "application/json")
        .header("X-Odd", "one")
        .body(&b"{\"groupName\": \xff"[..]);
    let response = client.send(&request).await.unwrap();
    assert_eq!(response.status.as_u16(), 466);
    assert_eq!(response.headers["x-answer"], "two");
    assert_eq!(response.body, &b"\0\xff"[..]);
}

#[tokio::test]
async fn every_status_is_a_response() {
    let server = MockServer::start().await;
    let client = RawClient::new(&server.uri()).unwrap();
    for status in [200, 201, 204, 301, 304, 400, 401, 403, 404, 429, 466, 499, 500, 502, 599] {
        let _mock = Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(status))
            .expect(1)
            .mount_as_scoped(&server)
            .await;
        assert_eq!(client.send(&post()).await.unwrap().status, StatusCode::from_u16(status).unwrap());
    }
}

#[tokio::test]
async fn the_time_of_a_call_is_told() {
    let delay = Duration::from_millis(20);
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_delay(delay))
        .mount(&server)
        .await;
    let response = RawClient::new(&server.uri()).unwrap().send(&post()).await.unwrap();
    assert!(response.timings.total >= delay, "{response:?}");
}

#[tokio::test]
async fn a_late_answer_is_a_timeout_and_arrived_once() {
    let server = MockServer::start().await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    Mock::given(method("POST")).respond_with(late).mount(&server).await;
    let client = RawClient::new(&server.uri()).unwrap().deadline(Duration::from_millis(100));
    let error = client.send(&post()).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_reached());
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}
