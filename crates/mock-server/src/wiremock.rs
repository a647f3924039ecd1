//! The method for those whose tests use [wiremock]: [`route`] matches its requests, [`answers`] gives its answers.
//!
//! The state, the scripts and the faults are those of an [`Emulation`], which stays yours to steer and to ask what happened.
//!
//! ```
//! use std::sync::Arc;
//!
//! use greenapi_mock_server::Emulation;
//! use greenapi_mock_server::wiremock::{answers, route};
//! use greenapi_model::Contract;
//! use wiremock::{Mock, MockServer};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let emulation = Arc::new(Emulation::new(Contract::default())?);
//! let server = MockServer::start().await;
//! Mock::given(route(&emulation)).respond_with(answers(&emulation)).expect(0..=1).mount(&server).await;
//! // The client under test calls `server.uri()`.
//! # Ok::<(), greenapi_mock_server::Unemulable>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What wiremock cannot do
//!
//! It has no way to hurt the bytes of an answer. A call that meets such a fault (a reset, an empty reply, garbage, a short or
//! a slow body, no answer at all) is answered with status 500 and a plain text that says so, which starts with
//! `greenapi-mock:`; [`MockServer`](crate::MockServer) does all of them. Latency works, and `wire.close-after-accept` does
//! nothing. A body is read whole before its size is judged, and one that is cut off never gets here.

use std::sync::Arc;

use greenapi_model::Contract;
use wiremock::{Match, Request, Respond, ResponseTemplate};

use crate::emulation::Emulation;
use crate::fault::{Effect, Fault};
use crate::outcome::Answer;

/// Matches each request to the path of the method, by any HTTP method: the answer to another one is of the contract too.
///
/// To have other paths answered as the service does, mount [`answers`] for [`wiremock::matchers::any`].
pub fn route(emulation: &Emulation) -> Route {
    Route(emulation.contract().clone())
}

/// See [`route`].
#[derive(Clone, Debug)]
#[must_use = "a route matches nothing until it is given to a mock"]
pub struct Route(Contract);

impl Match for Route {
    fn matches(&self, request: &Request) -> bool {
        self.0.address(request.url.path()).is_ok()
    }
}

/// Answers by the emulation, in whose journal the calls are then.
pub fn answers(emulation: &Arc<Emulation>) -> Answers {
    Answers(Arc::clone(emulation))
}

/// See [`answers`].
#[derive(Clone, Debug)]
#[must_use = "this answers nothing until it is given to a mock"]
pub struct Answers(Arc<Emulation>);

impl Respond for Answers {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let target = match request.url.query() {
            Some(query) => format!("{}?{query}", request.url.path()),
            None => request.url.path().to_owned(),
        };
        let call = self.0.open(request.method.as_str(), &target, &request.headers);
        let answer = call.answer(&request.body);
        let delay = answer.delay;
        template(if answer.wire.is_some() { beyond(&answer) } else { answer }).set_delay(delay)
    }
}

fn template(answer: Answer) -> ResponseTemplate {
    let mut template = ResponseTemplate::new(answer.status);
    for (name, value) in answer.headers() {
        template = template.insert_header(name, value);
    }
    template.set_body_bytes(answer.body)
}

/// What is answered in place of an answer whose bytes are to be hurt.
fn beyond(answer: &Answer) -> Answer {
    let of_bytes = |fault: &&Fault| matches!(fault.effect(), Effect::Wire(_) | Effect::Dribble);
    let fault = answer.outcome.faults().iter().rfind(of_bytes).map_or("on the wire", Fault::id);
    Answer::own(500, &format!("wiremock cannot do the fault {fault}; the MockServer of this crate can"))
}
