use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use greenapi_model::{Body, Contract};

use super::{Effect, Fault, KnownFault, Parameter};
use crate::verify::explanation::shortened;
use crate::wire::{Latency, WireFault};

/// So much of a text that is not known is shown.
const SHOWN: usize = 100;

/// All the faults that there are for a contract: those on the wire, those of the domain, and for each clause each way to
/// break it. A clause that is new brings its faults along.
#[derive(Debug)]
pub struct Faults {
    contract: Contract,
    /// On the wire and of the domain.
    few: Vec<Arc<KnownFault>>,
    /// Of the content: many, and seldom needed.
    content: OnceLock<Vec<Arc<KnownFault>>>,
}

impl Faults {
    pub(crate) fn of(contract: &Contract) -> Self {
        let mut few = wire();
        few.extend(domain(contract));
        Self { contract: contract.clone(), few, content: OnceLock::new() }
    }

    /// All of them: first those on the wire, then those of the domain, then those of the content in the order of the
    /// contract's clauses.
    pub fn iter(&self) -> impl Iterator<Item = &KnownFault> {
        self.few.iter().chain(self.content()).map(AsRef::as_ref)
    }

    fn content(&self) -> &[Arc<KnownFault>] {
        self.content.get_or_init(|| content(&self.contract))
    }

    /// Reads a fault from its text: its id, and behind a `=` a parameter if the fault takes one. What stands before the
    /// first dot may be left out of `wire.` and `domain.`: `500-but-created`.
    ///
    /// # Errors
    ///
    /// If there is no such fault, with the ones that are nearest; or if the parameter cannot be read.
    pub fn parse(&self, text: &str) -> Result<Fault, UnknownFault> {
        let (id, parameter) =
            text.split_once('=').map_or((text, None), |(id, parameter)| (id, Some(parameter)));
        let id = id.trim();
        let named = |known: &&Arc<KnownFault>| {
            let short = known.id.strip_prefix("wire.").or_else(|| known.id.strip_prefix("domain."));
            known.id == id || short == Some(id)
        };
        let known = self.few.iter().find(named).or_else(|| {
            // An id of a fault of the content has a slash, so other words need not make them all.
            if id.contains('/') { self.content().iter().find(|known| known.id == id) } else { None }
        });
        let known = known.ok_or_else(|| self.unknown(id))?;
        let parameter = match parameter {
            None => known.parameter,
            Some(text) => known
                .parameter
                .parse(text.trim())
                .map_err(|why| UnknownFault(format!("the fault `{}`: {why}", known.id)))?,
        };
        Ok(Fault::new(Arc::clone(known), parameter))
    }

    fn unknown(&self, id: &str) -> UnknownFault {
        let near = nearest(id, self.iter().map(KnownFault::id));
        let id = shortened(id, SHOWN);
        UnknownFault(match near {
            Some(near) => format!("there is no fault `{id}`; the nearest is `{near}`"),
            None => format!("there is no fault `{id}`; `greenapi-mock faults` lists them"),
        })
    }
}

/// The candidate that is most like the text, if one is.
pub(crate) fn nearest<'c>(text: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    const LIKE: f64 = 0.8;
    /// No name is longer, and to compare takes its time.
    const LONGEST: usize = 100;
    if text.len() > LONGEST {
        return None;
    }
    candidates
        .map(|candidate| {
            let short = candidate.split_once('.').map_or(candidate, |(_, short)| short);
            let like = strsim::jaro_winkler(text, candidate).max(strsim::jaro_winkler(text, short));
            (like, candidate)
        })
        .filter(|(like, _)| *like > LIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, candidate)| candidate)
}

fn known(id: String, summary: impl Into<String>, parameter: Parameter, effect: Effect) -> Arc<KnownFault> {
    Arc::new(KnownFault { id, summary: summary.into(), clause: None, parameter, effect })
}

fn wire() -> Vec<Arc<KnownFault>> {
    let wire = |id: &str, summary: &str, fault| {
        known(format!("wire.{id}"), summary, Parameter::None, Effect::Wire(fault))
    };
    let second = Parameter::Latency(Latency::Fixed(Duration::from_secs(1)));
    let pause = Parameter::Pause(Duration::from_millis(10));
    vec![
        known("wire.latency".to_owned(), "the answer comes late", second, Effect::Latency),
        wire("reset-before-response", "the connection is reset before the answer", WireFault::ResetBefore),
        wire("reset-inside-response", "the connection is reset inside the answer", WireFault::ResetInside),
        wire("empty-reply", "the connection is closed without an answer", WireFault::EmptyReply),
        wire("garbage", "what comes back is not HTTP", WireFault::Garbage),
        wire("short-body", "the body ends before its announced length", WireFault::ShortBody),
        known("wire.dribble".to_owned(), "the body comes byte by byte", pause, Effect::Dribble),
        wire("no-answer", "nothing comes back, and the connection stays open", WireFault::NoAnswer),
        known(
            "wire.plain-text-error".to_owned(),
            "an error comes as plain text, without its envelope",
            Parameter::None,
            Effect::PlainText,
        ),
        known(
            "wire.close-after-accept".to_owned(),
            "a connection is closed as soon as it is accepted; for all instances, as none is known yet",
            Parameter::None,
            Effect::CloseAfterAccept,
        ),
    ]
}

/// What the contract says may come back without a request or a state that brings it about.
fn domain(contract: &Contract) -> impl Iterator<Item = Arc<KnownFault>> {
    let possible = contract.possible_answers().iter().enumerate().map(|(index, answer)| {
        let id = format!("domain.{}", answer.slug());
        known(id, sentence(answer.summary()), Parameter::None, Effect::Possible(index))
    });
    // The first example is the answer without a fault.
    let examples = contract.examples(Body::Response).iter().enumerate().skip(1).map(|(index, example)| {
        let id = format!("domain.{}", example.name());
        known(id, sentence(example.summary()), Parameter::None, Effect::Example(index))
    });
    examples.chain(possible)
}

/// A summary of the document without its capital and its full stop.
fn sentence(summary: &str) -> String {
    let summary = summary.trim().trim_end_matches('.');
    let mut characters = summary.chars();
    let word = characters.as_str().split(' ').next().unwrap_or_default();
    // A name such as WhatsApp, or HTTP, keeps its capital.
    let is_name = word.chars().skip(1).any(char::is_uppercase);
    match characters.next() {
        Some(first) if !is_name => first.to_lowercase().chain(characters).collect(),
        _ => summary.to_owned(),
    }
}

fn content(contract: &Contract) -> Vec<Arc<KnownFault>> {
    let faults = contract.content_faults().iter();
    faults
        .map(|fault| {
            Arc::new(KnownFault {
                id: fault.id().to_owned(),
                summary: sentence(fault.summary()),
                clause: Some(Arc::clone(fault.clause())),
                parameter: Parameter::None,
                effect: Effect::Content(fault.clone()),
            })
        })
        .collect()
}

/// The text names no fault, or its parameter cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for UnknownFault {}
