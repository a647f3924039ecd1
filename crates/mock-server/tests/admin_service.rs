//! The control plane as a hyper service, without a server of ours: what it answers, and what it logs. This is one test, and alone
//! in its file, as the log of one thread can be cut off by the tests beside it (tokio-rs/tracing, issue 3611).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use greenapi_mock_server::{ControlPlane, Emulation};
use greenapi_model::Contract;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::service::Service;
use tracing_subscriber::fmt::MakeWriter;

/// The token of a path, the token of an instance, and that of the control plane.
const SECRETS: [&str; 3] = ["s3cret-of-a-path", "s3cret-of-an-instance", "s3cret-of-the-control-plane"];

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// What is answered; it holds no secret.
fn call(control: &ControlPlane, method: &str, target: &str, body: &str) -> StatusCode {
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", format!("Bearer {}", SECRETS[2]));
    let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (head, answer) = control.call(request).await.unwrap().into_parts();
        let answer = format!("{:?} {:?}", head.headers, answer.collect().await.unwrap().to_bytes());
        for secret in SECRETS {
            assert!(!answer.contains(secret), "{method} {target}: {answer}");
        }
        head.status
    })
}

#[test]
fn what_is_below_its_root_is_answered_and_logged_without_secrets() {
    what_is_not_below_its_root_is_not_found();
    requests_are_logged_without_secrets();
}

fn what_is_not_below_its_root_is_not_found() {
    let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
    let control = ControlPlane::new(Arc::clone(&emulation));
    for target in ["/", "/health", "/__adminhealth", "http://localhost/", "*"] {
        assert_eq!(call(&control, "GET", target, ""), StatusCode::NOT_FOUND, "{target}");
    }
    assert_eq!(call(&control, "GET", "/__admin/health", ""), StatusCode::OK);
    assert_eq!(call(&control, "GET", "http://localhost/__admin/health", ""), StatusCode::OK);
}

fn requests_are_logged_without_secrets() {
    let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
    let control = ControlPlane::new(emulation).token(SECRETS[2].parse().unwrap());
    let logged = |level: tracing::Level| -> String {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(kept.clone())
            .with_ansi(false)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            for (method, path) in ControlPlane::routes() {
                let path = path.replace("{id}", SECRETS[0]).replace("{requestId}", SECRETS[0]);
                call(
                    &control,
                    method,
                    &format!("{path}?limit={}", SECRETS[0]),
                    &format!("{{\"{}\":1}}", SECRETS[1]),
                );
                call(&control, method, &path, &format!("{{\"token\":\"{}\",", SECRETS[1]));
            }
            call(&control, "GET", &format!("/__admin/{}", SECRETS[0]), "");
        });
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    };
    assert_eq!(logged(tracing::Level::INFO), "");
    let lines = logged(tracing::Level::TRACE);
    assert!(lines.contains("route=\"/instances/{id}\""), "{lines}");
    assert!(lines.lines().count() > ControlPlane::routes().count(), "{lines}");
    for secret in SECRETS {
        assert!(!lines.contains(secret), "{lines}");
    }
}
