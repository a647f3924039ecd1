//! The token stands in the path, and in no output: neither the mock's nor the harness's, whatever is sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A test fails by a panic.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use greenapi_harness::{Harness, Target};
use greenapi_mock_server::{Emulation, EmulationService};
use greenapi_model::{ApiToken, Contract, InstanceState, strategy};
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::service::Service;
use proptest::prelude::*;
use tokio::runtime::Runtime;

/// Where the lines of the log go.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// All that the service says of a request beside the answer itself, and the answer's body.
fn said(service: &EmulationService, runtime: &Runtime, request: Request<Full<Bytes>>) -> (String, Bytes) {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let body = tracing::subscriber::with_default(subscriber, || {
        let answer = runtime.block_on(service.call(request)).unwrap();
        runtime.block_on(answer.into_body().collect()).unwrap().to_bytes()
    });
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("answered"), "each call is logged: {log:?}");
    (log, body)
}

/// All that the mock keeps and tells of its calls.
fn kept(emulation: &Emulation) -> String {
    let calls = emulation.all_calls();
    let entries = calls.kept.iter().map(|entry| {
        let headers: Vec<_> = entry.headers().collect();
        format!("{entry:?} {} {} {headers:?} {}", entry.method(), entry.path(), entry.body())
    });
    let entries: String = entries.collect();
    assert!(!entries.is_empty(), "each call is kept");
    format!("{entries} {emulation:?} {:?} {}", emulation.instances(), emulation.metrics().open_metrics())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_log_line_of_the_mock_holds_the_token(
        token in "[A-Za-z0-9]{12,50}",
        method in prop::sample::select(vec![Method::POST, Method::GET, Method::OPTIONS, Method::PUT]),
        target in prop::sample::select(vec![
            "/waInstance1101000001/createGroup/TOKEN",
            "/waInstance1101000002/createGroup/TOKEN",
            "/waInstance1101000003/CREATEGROUP/TOKEN?TOKEN=TOKEN",
            "/waInstance0/createGroup/TOKEN",
            "/waInstanceTOKEN/createGroup/TOKEN",
            "/waInstance1101000001/sendMessage/TOKEN",
            "/TOKEN",
        ]),
        content_type in prop::sample::select(vec!["application/json", "text/plain; a=TOKEN", "TOKEN"]),
        body in prop_oneof![
            strategy::any(&Contract::default(), greenapi_model::Body::Request)
                .prop_map(greenapi_model::strategy::RawBody::into_bytes),
            prop::sample::select(vec![
                "TOKEN",
                "{\"TOKEN\":1}",
                "{\"groupName\":\"TOKEN\",\"TOKEN\":[],\"phones\":[\"TOKEN\"]}",
                "{\"groupName\":TOKEN}",
            ])
            .prop_map(|body| body.as_bytes().to_vec()),
        ],
    ) {
        let put = |text: &str| text.replace("TOKEN", &token);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let emulation = Arc::new(Emulation::new(Contract::default()).unwrap());
        let service = EmulationService::new(Arc::clone(&emulation));
        let body = match String::from_utf8(body) {
            Ok(text) => put(&text).into_bytes(),
            Err(error) => error.into_bytes(),
        };
        let request = Request::builder()
            .method(method)
            .uri(put(target))
            .header("content-type", put(content_type))
            .header("x-token", put("TOKEN"))
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        let (log, answer) = said(&service, &runtime, request);
        prop_assert!(!log.contains(&token), "{}", log);
        let kept = kept(&emulation);
        prop_assert!(!kept.contains(&token), "{}", kept);
        // The one exception is the service's own: the path that an error repeats.
        if let Ok(error) = Contract::default().error(&answer) {
            let shown = format!("{error} {error:?}");
            prop_assert!(!shown.contains(&token), "{}", shown);
        }
    }

    #[test]
    fn a_token_shows_in_no_debug(token in "[A-Za-z0-9]{12,50}") {
        let token_itself: ApiToken = token.parse().unwrap();
        let path = Contract::default().path(1_101_000_001.into(), &token_itself);
        let contract = Contract::default();
        let target = Target::new("http://127.0.0.1:9", token_itself.clone())
            .unwrap()
            .instance(InstanceState::Authorized, 1.into());
        let unreachable = Harness::new(contract.clone()).run_blocking(&target).unwrap_err();
        let shown = [
            format!("{token_itself:?}"),
            format!("{:?}", contract.address(&path).unwrap()),
            format!("{target:?}"),
            format!("{unreachable} {unreachable:?}"),
        ];
        prop_assert!(shown.iter().all(|text| !text.contains(&token)), "{:?}", shown);
    }
}
