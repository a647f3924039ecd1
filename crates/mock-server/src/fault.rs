//! Faults: deliberate departures from the contract, each with a stable id.

mod catalogue;
mod parameter;

use std::fmt;
use std::sync::Arc;

use greenapi_model::{Clause, ContentFault};
use serde::{Serialize, Serializer};

pub(crate) use self::catalogue::nearest;
pub use self::catalogue::{Faults, UnknownFault};
pub(crate) use self::parameter::Parameter;
use crate::wire::WireFault;

/// A fault, ready to be switched on: which one, and how much of it.
///
/// [`Emulation::fault`](crate::Emulation::fault) reads one from its text, which is its id, and behind a `=` a parameter if the
/// fault takes one: `response.chatId.required/drop`, `wire.latency=500ms`. `Display` gives the same text.
#[derive(Clone, PartialEq)]
pub struct Fault {
    known: Arc<KnownFault>,
    parameter: Parameter,
}

impl Fault {
    pub(crate) fn new(known: Arc<KnownFault>, parameter: Parameter) -> Self {
        Self { known, parameter }
    }

    /// Its stable id, without the parameter.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.known.id
    }

    /// The fault as it stands in the list of them.
    #[must_use]
    pub fn known(&self) -> &KnownFault {
        &self.known
    }

    pub(crate) fn effect(&self) -> &Effect {
        &self.known.effect
    }

    pub(crate) fn parameter(&self) -> Parameter {
        self.parameter
    }

    /// Whether it is about what the service answers to a call, so that nothing else can meet it.
    pub(crate) fn is_of_domain(&self) -> bool {
        matches!(self.effect(), Effect::Possible(_) | Effect::Example(_))
    }

    pub(crate) fn content(&self) -> Option<&ContentFault> {
        match self.effect() {
            Effect::Content(fault) => Some(fault),
            _ => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())?;
        if self.parameter == self.known.parameter { Ok(()) } else { write!(formatter, "={}", self.parameter) }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Fault({self})")
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A fault in the list of those that there are.
#[derive(Debug)]
pub struct KnownFault {
    id: String,
    summary: String,
    clause: Option<Arc<Clause>>,
    parameter: Parameter,
    effect: Effect,
}

impl PartialEq for KnownFault {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl KnownFault {
    /// Its stable id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it does, without a capital and a full stop.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The clause that it breaks, if it is one of the content.
    #[must_use]
    pub fn clause(&self) -> Option<&Arc<Clause>> {
        self.clause.as_ref()
    }

    /// Whether it can strike a call, and not only a connection before there is one.
    #[must_use]
    pub fn is_of_calls(&self) -> bool {
        !matches!(self.effect, Effect::CloseAfterAccept)
    }

    /// The parameter that it has if none is given, such as `1s`; empty if it takes none.
    #[must_use]
    pub fn default_parameter(&self) -> String {
        self.parameter.to_string()
    }
}

/// What a fault does.
#[derive(Debug)]
pub(crate) enum Effect {
    /// The answer comes late.
    Latency,
    /// The bytes of the answer are hurt on their way.
    Wire(WireFault),
    /// The body comes byte by byte.
    Dribble,
    /// A connection is closed as soon as it is accepted.
    CloseAfterAccept,
    /// An error comes as plain text.
    PlainText,
    /// The answer is this one of the contract's possible answers.
    Possible(usize),
    /// The answer of success is this one of the contract's examples.
    Example(usize),
    /// One clause is broken.
    Content(ContentFault),
}
