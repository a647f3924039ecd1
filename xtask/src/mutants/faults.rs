//! The faults that the mock can be told to have, one at a time.

use std::sync::Arc;
use std::time::Duration;

use greenapi_harness::Harness;
use greenapi_mock_server::{Emulation, Injection, Scope, Server};
use greenapi_model::{AnswerKind, AnswerParts, Body, ContentFault, Contract, ErrorCase, Part, Way};
use tokio::runtime::Runtime;

use super::score::Judged;
use super::{Expected, Mutant, failed, judged, only_warns};
use crate::contract::of_the_mock;
use crate::failure::Failure;

/// Faults that keep the contract: what comes is right, however slowly, and a link may be empty. Those that take a time get a
/// short one, as they are met some thousands of times.
const KEEPING: [(&str, &str); 3] = [
    ("wire.latency", "wire.latency=1ms"),
    ("wire.dribble", "wire.dribble=0ms"),
    ("domain.no-invite-link", "domain.no-invite-link"),
];

/// The mock without a fault.
const UNBROKEN: &str = "the mock";

pub(super) struct Faults<'c> {
    contract: &'c Contract,
    emulation: Emulation,
}

impl<'c> Faults<'c> {
    pub(super) fn new(contract: &'c Contract) -> Result<Self, Failure> {
        Ok(Self { contract, emulation: emulation(contract)? })
    }

    /// Each fault of the catalogue, and first the mock without one.
    pub(super) fn mutants(&self) -> Vec<Mutant> {
        let unbroken = Mutant {
            name: UNBROKEN.to_owned(),
            breaks: Vec::new(),
            only_warns: true,
            expected: Expected::Nothing,
        };
        let faults = self.emulation.faults().iter().map(|fault| {
            let breaks = fault.clause().map(|clause| clause.id().to_owned());
            let expected = match breaks {
                _ if KEEPING.iter().any(|(id, _)| *id == fault.id()) => Expected::Nothing,
                Some(_) => Expected::Named,
                None => Expected::Something,
            };
            let breaks = self.also(fault.id(), breaks);
            let only_warns = only_warns(self.contract, &breaks);
            Mutant { name: fault.id().to_owned(), breaks, only_warns, expected }
        });
        std::iter::once(unbroken).chain(faults).collect()
    }

    /// The clauses that may be named for a fault, beside its own.
    fn also(&self, fault: &str, own: Option<String>) -> Vec<String> {
        let mut breaks: Vec<String> = own.into_iter().collect();
        let Some(content) = self.contract.content_fault(fault) else { return breaks };
        let of_part = |part: Part| {
            let clauses = self.contract.clauses().iter().filter(move |clause| clause.part() == part);
            clauses.map(|clause| clause.id().to_owned())
        };
        let clause = content.clause();
        match (content.way(), clause.part()) {
            // Whoever refuses too much breaks what it owes to a valid request, whatever that is near to.
            (Way::TooStrict, part) => {
                breaks.push(self.contract.success().1.id().to_owned());
                breaks.extend(of_part(part));
            }
            // Whoever accepts anything breaks each clause of what is accepted.
            (Way::NotEnforced, Part::Error) => {
                breaks.extend(of_part(Part::Request));
                breaks.extend(of_part(Part::Path));
            }
            _ => breaks.extend(self.errors_that_lose_their_identifier(content)),
        }
        breaks
    }

    /// The errors that nobody can tell from their answer once it has the fault.
    fn errors_that_lose_their_identifier(&self, content: &ContentFault) -> Vec<String> {
        let (method, path) = (self.contract.method(), "/");
        let loses = |error: &&ErrorCase| {
            let time = error.example_timestamp().unwrap_or_default();
            let (Some(body), Some(identifier)) =
                (error.body(method, path, time), error.identifier_for(method, path))
            else {
                return false;
            };
            let mut answer = AnswerParts {
                status: error.status(),
                content_type: Some(self.contract.media_type(Body::Error).to_owned()),
                body: serde_json::to_vec(&body).unwrap_or_default(),
            };
            content.change(AnswerKind::Error(error.slug()), &mut answer)
                && !String::from_utf8_lossy(&answer.body).contains(&identifier)
        };
        self.contract.errors().iter().filter(loses).map(|error| error.clause().id().to_owned()).collect()
    }

    pub(super) fn try_on(&self, harness: &Harness, mutant: &Mutant) -> Result<Judged, Failure> {
        let emulation = Arc::new(emulation(self.contract)?);
        if mutant.name != UNBROKEN {
            let keeping = KEEPING.iter().find(|(id, _)| *id == mutant.name);
            let text = keeping.map_or(mutant.name.as_str(), |(_, text)| *text);
            let fault = emulation.fault(text).map_err(|error| failed(error.to_string()))?;
            let injected = emulation.inject(Scope::Everywhere, Injection::of(fault));
            injected.map_err(|error| failed(format!("{}: {error}", mutant.name)))?;
        }
        let runtime = Runtime::new().map_err(|error| Failure::io("start a runtime".to_owned(), &error))?;
        let server = runtime
            .block_on(Server::bind(([127, 0, 0, 1], 0).into(), Arc::clone(&emulation)))
            .map_err(|error| Failure::io("start the mock".to_owned(), &error))?;
        let mock = runtime.block_on(async { server.without_control_plane().start() });
        let target = of_the_mock(&emulation, mock.url())?;
        // Some answer late, and some never.
        let harness =
            harness.clone().timeout(Duration::from_millis(500)).time_budget(Duration::from_secs(20));
        let judged = judged(&harness, &target, mutant);
        runtime.block_on(mock.stop());
        judged
    }
}

fn emulation(contract: &Contract) -> Result<Emulation, Failure> {
    Emulation::new(contract.clone()).map_err(|error| failed(error.to_string()))
}
