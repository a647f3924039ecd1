//! What each answer of the service means: a table of all that is known of them, given by a server that is not ours.

use greenapi_model::ApiErrorKind::{self, BadRequestData, InstanceNotAuthorized, InstanceStarting, Other};
use greenapi_model::{Contract, Group, Repeat};
use greenapi_transport::{Error, ErrorKind};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use self::Then::{Ambiguous, ComeAgain, MendFirst};
use crate::given::{MADE, PATH, TOKEN, client, envelope, request};

const API: fn(ApiErrorKind) -> ErrorKind = ErrorKind::Api;

/// What a caller learns of an error.
#[derive(Debug, PartialEq, Eq)]
struct Learnt<'t> {
    kind: ErrorKind,
    /// Whether the group may exist, and whether the call may be made again.
    then: Then,
    slug: Option<&'t str>,
    identifier: Option<&'t str>,
}

#[derive(Debug, PartialEq, Eq)]
enum Then {
    Ambiguous,
    ComeAgain,
    MendFirst,
}

impl<'t> Learnt<'t> {
    fn of(error: &'t Error) -> Self {
        let then = match (error.is_ambiguous(), error.is_retryable()) {
            (true, false) => Then::Ambiguous,
            (false, true) => Then::ComeAgain,
            (false, false) => Then::MendFirst,
            (true, true) => unreachable!("what is ambiguous is not to be repeated: {error:?}"),
        };
        Self { kind: error.kind(), then, slug: error.slug(), identifier: error.identifier() }
    }
}

async fn answered(template: ResponseTemplate) -> Result<Group, Error> {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(template).expect(1).mount(&server).await;
    let result = client(&server.uri()).create_group(&request()).await;
    if let Err(error) = &result {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(TOKEN) && !shown.contains("waInstance"), "{shown}");
        assert_eq!((error.attempts(), shown.contains("the group may exist")), (1, error.is_ambiguous()));
    }
    result
}

async fn refused(status: u16, body: impl Into<Vec<u8>>) -> Error {
    let error = answered(ResponseTemplate::new(status).set_body_bytes(body)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), status);
    error
}

/// What a caller learns of an answer that is no group.
async fn check(
    status: u16,
    body: &str,
    kind: ErrorKind,
    then: Then,
    slug: Option<&str>,
    identifier: Option<&str>,
) {
    let error = refused(status, body).await;
    assert_eq!(Learnt::of(&error), Learnt { kind, then, slug, identifier }, "{status} {body}");
}

const STARTING: &str = "instance in starting process try later";
const NOT_AUTHORIZED: &str = "instance account not authorized";
const BAD: &str = "bad request data";

#[tokio::test]
async fn the_errors_of_the_page_are_known_in_every_form_that_was_seen() {
    // In the envelope that real answers have.
    let slug = Some("instance-starting");
    check(400, &envelope(400, STARTING), API(InstanceStarting), ComeAgain, slug, Some(STARTING)).await;
    for body in [STARTING.to_owned(), STARTING.to_uppercase(), format!(" {STARTING}\r\n")] {
        check(400, &body, API(InstanceStarting), ComeAgain, slug, Some(STARTING)).await;
    }
    let slug = Some("instance-not-authorized");
    let not_authorized = envelope(400, NOT_AUTHORIZED);
    check(400, &not_authorized, API(InstanceNotAuthorized), MendFirst, slug, Some(NOT_AUTHORIZED)).await;
    let slug = Some("bad-request-data");
    let bad = envelope(400, BAD);
    for body in [
        bad.clone(),
        bad.replace("459Z", "459123456Z"),
        envelope(400, "Bad Request Data"),
        format!("{bad}\r\n"),
        format!("\u{feff} {bad}"),
        bad.replace("{\"", "{\"error\":{},\"more\":[],\""),
        format!(r#"{{"message":"{BAD}"}}"#),
        BAD.to_owned(),
        "BAD REQUEST DATA\r\n".to_owned(),
        format!("\"{BAD}\""),
        format!("Error: {BAD}."),
        format!("{BAD}\n  at {PATH}"),
    ] {
        check(400, &body, API(BadRequestData), MendFirst, slug, Some(BAD)).await;
    }
}

#[tokio::test]
async fn a_refusal_that_the_contract_does_not_know_is_named_by_its_text() {
    for text in [
        "instance is starting or not authorized",
        "Validation failed. Details: 'groupName' is required",
        "Validation failed. Details: 'chatIds' must be an array",
        "Unexpected token _ in JSON at position 12",
        "Instance account is expired. Pay or extend it.",
        "Instance is deleted",
    ] {
        check(400, &envelope(400, text), API(Other), MendFirst, None, Some(text)).await;
        check(400, text, API(Other), MendFirst, None, Some(text)).await;
    }
    let listed = r#"{"statusCode":400,"message":["'groupName' is required","'chatIds' is required"]}"#;
    check(400, listed, API(Other), MendFirst, None, Some("'groupName' is required; 'chatIds' is required"))
        .await;
    check(422, BAD, API(Other), MendFirst, None, Some(BAD)).await;
    for body in ["", "<html>Bad Request</html>", "{}", "[1]", "{\"message\":"] {
        check(400, body, ErrorKind::UnexpectedStatus, MendFirst, None, None).await;
    }
}

#[tokio::test]
async fn a_wrong_token_path_or_method_is_known_by_its_status() {
    check(401, "", API(Other), MendFirst, Some("wrong-token"), None).await;
    check(401, "Unauthorized", API(Other), MendFirst, Some("wrong-token"), Some("Unauthorized")).await;
    check(403, "", API(Other), MendFirst, Some("wrong-path"), None).await;
    check(403, "<html>Forbidden</html>", API(Other), MendFirst, Some("wrong-path"), None).await;
    let cannot = envelope(404, &format!("Cannot GET {PATH}"));
    check(404, &cannot, API(Other), MendFirst, Some("wrong-method"), Some("Cannot GET ***")).await;
    check(404, "<html>Not Found</html>", ErrorKind::UnexpectedStatus, MendFirst, None, None).await;
}

#[tokio::test]
async fn pace_and_quota_are_known_by_their_status() {
    let slug = Some("too-many-requests");
    let text = Some("Too Many Requests");
    check(429, &envelope(429, "Too Many Requests"), ErrorKind::RateLimited, ComeAgain, slug, text).await;
    check(429, "", ErrorKind::RateLimited, ComeAgain, slug, None).await;
    check(429, "<html>429</html>", ErrorKind::RateLimited, ComeAgain, slug, None).await;

    let slug = Some("quota-exceeded");
    let exceeded =
        r#"{"method":"creategroup","used":100,"total":100,"status":"QUOTE_EXCEEDED","description":"..."}"#;
    for name in ["invokeStatus", "correspondentsStatus"] {
        let body = format!(r#"{{"{name}":{exceeded}}}"#);
        check(466, &body, ErrorKind::QuotaExceeded, MendFirst, slug, Some("QUOTE_EXCEEDED")).await;
    }
    check(466, "", ErrorKind::QuotaExceeded, MendFirst, slug, None).await;
}

#[tokio::test]
async fn what_the_service_did_not_refuse_may_have_made_a_group() {
    let unexpected = ErrorKind::UnexpectedStatus;
    let slug = Some("rate-overlimit");
    check(500, &envelope(500, "rate overlimit"), unexpected, Ambiguous, slug, Some("rate overlimit")).await;
    let failed = "Internal Server Error";
    check(500, &envelope(500, failed), unexpected, Ambiguous, None, Some(failed)).await;
    check(500, &envelope(500, "bad-request"), unexpected, Ambiguous, None, Some("bad-request")).await;
    check(502, "<html>nginx</html>", unexpected, Ambiguous, Some("bad-gateway"), None).await;
    for status in [201, 202, 204, 301, 303, 307, 408, 499, 500, 503, 504, 599] {
        check(status, "", unexpected, Ambiguous, None, None).await;
    }
    // The one 500 that is a promise: the body was not read.
    let large = "request entity too large";
    check(500, &envelope(500, large), API(Other), MendFirst, Some("request-too-large"), Some(large)).await;
}

#[tokio::test]
async fn a_200_is_a_group_only_if_it_says_so() {
    let group = async |body: &str| {
        let result = answered(ResponseTemplate::new(200).set_body_bytes(body)).await;
        result.unwrap_or_else(|error| panic!("{body}: {error:?}"))
    };
    assert_eq!(group(MADE).await.chat_id().as_str(), "12345678910-1112131415@g.us");
    assert_eq!(group(&format!("{MADE}\r\n")).await, group(MADE).await);
    assert_eq!(group(&MADE.replace("{\"", "{\"more\":{\"chatId\":7},\"")).await, group(MADE).await);
    assert_eq!(
        group(r#"{"created":true,"chatId":"120363043968066561@g.us"}"#).await.group_invite_link().as_str(),
        ""
    );

    let check = async |body: &str, kind, ambiguous: bool, message: &str| {
        let error = refused(200, body).await;
        assert_eq!(
            (error.kind(), error.is_ambiguous(), error.is_retryable()),
            (kind, ambiguous, false),
            "{body}"
        );
        assert_eq!(error.to_string(), message, "{body}");
    };
    let not_created = r#"{"created":false,"chatId":"","groupInviteLink":""}"#;
    check(not_created, ErrorKind::NotCreated, false, "the service made no group, and answered 200").await;
    for (body, said) in [
        ("", "HTTP 200 with an empty body"),
        ("<html></html>", "HTTP 200 with a page of HTML"),
        ("[]", "HTTP 200 with JSON that is no object"),
        ("{}", "HTTP 200 with JSON that does not say whether a group was made"),
        (r#"{"created":true}"#, "HTTP 200 with a group that has no id"),
        (r#"{"created":true,"chatId":""}"#, "HTTP 200 with a group that has no id"),
        (
            r#"{"created":false,"chatId":"1@g.us"}"#,
            "HTTP 200 with the id of a group that it says it did not make",
        ),
        ("ok", "HTTP 200: ok"),
        (r#"{"message":"instance account not authorized"}"#, "HTTP 200: instance account not authorized"),
    ] {
        check(body, ErrorKind::UnexpectedBody, true, &format!("{said}; the group may exist")).await;
    }
}

#[tokio::test]
async fn each_answer_of_the_contract_means_what_the_contract_says() {
    let contract = Contract::default();
    for case in contract.errors() {
        let timestamp = case.example_timestamp().unwrap_or_default();
        let body = case.body(contract.method(), PATH, timestamp);
        let body = body.map(|body| serde_json::to_vec(&body).unwrap()).unwrap_or_default();
        let error = refused(case.status(), body).await;
        assert_eq!((error.kind(), error.slug()), (API(case.kind()), Some(case.slug())));
        let later = case.repeat() == Repeat::Later;
        assert_eq!((error.is_ambiguous(), error.is_retryable()), (false, later), "{}", case.slug());
    }
    for possible in contract.possible_answers() {
        let timestamp = possible.example_timestamp().unwrap_or_default();
        let error = refused(possible.status(), possible.body(contract.method(), PATH, timestamp)).await;
        let named_alike = contract.possible_answers().iter().filter(|other| {
            (other.status(), other.identifier()) == (possible.status(), possible.identifier())
        });
        if named_alike.count() == 1 {
            assert_eq!(error.slug(), Some(possible.slug()));
        }
        assert!(!possible.makes_group() || error.is_ambiguous(), "{}", possible.slug());
    }
}

#[tokio::test]
async fn the_quota_and_the_wait_are_told() {
    let quota =
        r#"{"invokeStatus":{"method":"creategroup","used":1000,"total":1000,"status":"QUOTE_EXCEEDED"}}"#;
    let error = refused(466, quota).await;
    assert_eq!(error.quota().map(|quota| (quota.used, quota.total)), Some((1000, 1000)));
    assert_eq!(error.to_string(), "HTTP 466: the quota is exceeded, 1000 calls of 1000 are used");
    assert_eq!(error.retry_after(), None);

    let error = answered(ResponseTemplate::new(429).insert_header("Retry-After", "17")).await.unwrap_err();
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(17));
    assert_eq!(error.to_string(), "HTTP 429 with an empty body");
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let server = MockServer::start().await;
    let elsewhere = ResponseTemplate::new(307).insert_header("Location", format!("{}/other", server.uri()));
    Mock::given(any()).respond_with(elsewhere).expect(1).mount(&server).await;
    let error = client(&server.uri()).create_group(&request()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_ambiguous()), (ErrorKind::UnexpectedStatus, true));
}
