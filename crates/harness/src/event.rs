use std::sync::Arc;
use std::time::Duration;

use greenapi_model::Clause;

use crate::phase::Phase;
use crate::report::Counterexample;
use crate::states::StateChange;

/// What happens in a run, for whoever shows its progress.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// The run begins. Nothing was sent yet.
    Start {
        /// What decides all that is generated.
        seed: u64,
        /// The edition of the contract.
        edition: &'e str,
        /// The address of the target.
        url: &'e str,
    },
    /// The target answered for the first time, after this time; `None` where there is no socket.
    FirstLook(Option<Duration>),
    /// A phase begins.
    Phase {
        /// Which one.
        phase: Phase,
        /// Its number, from 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// How many requests were sent before.
        sent: u64,
    },
    /// An instance is to be in a state.
    State(&'e StateChange),
    /// An answer came to a case, or none. It comes often: see that it costs little.
    Answer {
        /// The id of the case.
        case: &'e str,
        /// The clause that the request breaks or is near to, if it is about one.
        clause: Option<&'e Arc<Clause>>,
        /// The HTTP status; `None` where nothing came.
        status: Option<u16>,
        /// The body. The token may be in it.
        body: &'e [u8],
    },
    /// A clause was found to be broken. A stronger counterexample may follow.
    Broken {
        /// The clause.
        clause: &'e Arc<Clause>,
        /// The request that shows it.
        counterexample: &'e Counterexample,
    },
}

/// Is told what happens. Each function that takes an [`Event`] does.
pub trait Observe {
    /// Is called when it happens.
    fn observe(&mut self, event: &Event<'_>);
}

impl<F: FnMut(&Event<'_>)> Observe for F {
    fn observe(&mut self, event: &Event<'_>) {
        self(event);
    }
}
