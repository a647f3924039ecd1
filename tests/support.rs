//! Endpoints on free ports for the tests of this package: the mock, and the mock with an answer changed on its way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::missing_panics_doc)] // A test fails by a panic.

use std::sync::Arc;

use bytes::Bytes;
use greenapi_harness::{Harness, Report, StateChange, Target};
use greenapi_mock_server::{ConnectionHurt, Emulation, EmulationService};
use greenapi_model::Contract;
use http::{Request, Response};
use http_body_util::{BodyExt, Collected, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A request whose body was read.
pub type Asked = Request<Bytes>;
/// An answer whose body was read.
pub type Answered = Response<Bytes>;

/// What an endpoint makes of the mock: changes what it is asked, or what it answers.
pub trait Change: Send + Sync + 'static {
    /// The request as the mock is to see it.
    fn request(&self, request: Asked) -> Asked {
        request
    }

    /// The answer as the client is to see it; `asked` is the request as it came.
    fn answer(&self, asked: &Asked, answer: Answered) -> Answered {
        let _ = asked;
        answer
    }
}

/// The mock as it is.
#[derive(Debug)]
pub struct Unchanged;

impl Change for Unchanged {}

/// An endpoint that serves until it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    /// Ends all its tasks when it is dropped.
    _runtime: Runtime,
    emulation: Arc<Emulation>,
    url: String,
}

impl Endpoint {
    /// The mock of a contract, with a change.
    #[must_use]
    pub fn start(contract: &Contract, change: impl Change) -> Self {
        let runtime = Runtime::new().unwrap();
        let emulation = Arc::new(Emulation::new(contract.clone()).unwrap());
        let service = EmulationService::new(Arc::clone(&emulation));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(serve(listener, service, Arc::new(change)));
        Self { _runtime: runtime, emulation, url }
    }

    /// The endpoint as a target with the test instances of the mock, and with a way to bring each instance into a state.
    #[must_use]
    pub fn target(&self) -> Target {
        let target = Target::new(&self.url, TOKEN.parse().unwrap()).unwrap();
        let emulation = Arc::clone(&self.emulation);
        let target = target.states(move |change: &StateChange| {
            emulation.set_state(change.instance, change.state.clone()).map_err(|error| error.to_string())
        });
        self.emulation.test_instances().into_iter().fold(target, |target, instance| {
            if instance.is_plain() {
                target.instance(instance.behaviour.state().clone(), instance.id)
            } else if instance.is_recovering() {
                target.recovering(instance.id)
            } else if instance.behaviour.minds_token() {
                target.other_token(instance.id)
            } else {
                target
            }
        })
    }

    /// The emulation behind it.
    #[must_use]
    pub fn emulation(&self) -> &Emulation {
        &self.emulation
    }

    /// What a short run of the harness says of it.
    #[must_use]
    pub fn report(&self, contract: &Contract) -> Report {
        Harness::new(contract.clone()).cases(200).run_blocking(&self.target()).unwrap()
    }
}

/// The token of all targets here. No output may hold it.
pub const TOKEN: &str = "t0ken-that-must-not-be-seen";

async fn serve<C: Change>(listener: TcpListener, service: EmulationService, change: Arc<C>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (service, change) = (service.clone(), Arc::clone(&change));
        tokio::spawn(async move {
            let changed = service_fn(move |request| exchange(service.clone(), Arc::clone(&change), request));
            // A client that goes away is no concern of the endpoint.
            let _ = http1::Builder::new()
                .auto_date_header(false)
                .serve_connection(TokioIo::new(stream), changed)
                .await;
        });
    }
}

async fn exchange<C: Change>(
    service: EmulationService,
    change: Arc<C>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, ConnectionHurt> {
    let (head, body) = request.into_parts();
    // What is cut off, or is no body, ends the connection.
    let body = body.collect().await.map_err(|_| ConnectionHurt)?;
    let asked = Request::from_parts(head, body.to_bytes());
    let answer = service.call(change.request(asked.clone()).map(Full::new)).await?;
    let (head, body) = answer.into_parts();
    let Ok(body) = body.collect().await.map(Collected::to_bytes);
    Ok(change.answer(&asked, Response::from_parts(head, body)).map(Full::new))
}

/// The README, so that its examples are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[derive(Debug)]
pub struct Readme;
