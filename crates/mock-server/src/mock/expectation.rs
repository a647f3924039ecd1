use std::fmt::Write;
use std::panic::Location;

use greenapi_model::InstanceId;

use super::{MockServer, orderly};
use crate::emulation::Emulation;
use crate::journal::Calls;
use crate::verify::{CallPattern, Times, Verification};

/// Calls that are expected, before it is said how many.
#[derive(Debug)]
#[must_use = "nothing is expected until it is said how often: `.exactly(2)`, `.at_least(1)`, `.never()`"]
pub struct Expect<'s> {
    server: &'s MockServer,
    whose: Whose,
    pattern: CallPattern,
}

#[allow(clippy::must_use_candidate)] // What these give is there to say more, and need not be used.
impl<'s> Expect<'s> {
    #[track_caller]
    pub(super) fn new(server: &'s MockServer, whose: Whose, pattern: CallPattern) -> Self {
        orderly(pattern.check(&server.emulation));
        Self { server, whose, pattern: whose.restrict(pattern) }
    }

    /// So many, no more and no fewer.
    #[track_caller]
    pub fn exactly(self, times: u64) -> Expected<'s> {
        self.times(Times::exactly(times))
    }

    /// One, no more and no fewer.
    #[track_caller]
    pub fn once(self) -> Expected<'s> {
        self.times(Times::exactly(1))
    }

    /// None.
    #[track_caller]
    pub fn never(self) -> Expected<'s> {
        self.times(Times::exactly(0))
    }

    /// So many or more.
    #[track_caller]
    pub fn at_least(self, least: u64) -> Expected<'s> {
        self.times(Times::at_least(least))
    }

    /// So many or fewer.
    #[track_caller]
    pub fn at_most(self, most: u64) -> Expected<'s> {
        self.times(Times::at_most(most))
    }

    /// So many.
    #[track_caller]
    pub fn times(self, times: Times) -> Expected<'s> {
        let Self { server, whose, pattern } = self;
        let verification = Verification::of(pattern.clone(), times);
        Expected::new(server, whose, vec![pattern], verification)
    }
}

/// Calls that are expected. They are verified by [`MockServer::verify`], and when the server is dropped.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'s> {
    server: &'s MockServer,
    whose: Whose,
}

impl<'s> Expected<'s> {
    #[track_caller]
    fn new(
        server: &'s MockServer,
        whose: Whose,
        patterns: Vec<CallPattern>,
        verification: Verification,
    ) -> Self {
        let stated = Location::caller();
        let verification = Some(verification);
        server.expectations().0.push(Expectation { stated, whose, patterns, verification });
        Self { server, whose }
    }

    #[track_caller]
    pub(super) fn in_order(
        server: &'s MockServer,
        whose: Whose,
        patterns: impl IntoIterator<Item = CallPattern>,
    ) -> Self {
        let patterns: Vec<_> = patterns.into_iter().map(|pattern| whose.restrict(pattern)).collect();
        for pattern in &patterns {
            orderly(pattern.check(&server.emulation));
        }
        Self::new(server, whose, patterns.clone(), Verification::in_order(patterns))
    }

    /// And no others: each call, to the instance or of all, is to be like one that is expected here or in another expectation
    /// of this server, whether that is stated before or after.
    ///
    /// ```
    /// use greenapi_mock_server::{CallPattern, MockServer};
    ///
    /// let server = MockServer::start_blocking();
    /// let instance = server.instance(7103000001);
    /// instance.expect(CallPattern::created()).at_most(1).and_nothing_else();
    /// instance.expect(CallPattern::any().status(400)).at_most(2);
    /// ```
    #[track_caller]
    pub fn and_nothing_else(self) {
        let expectation = Expectation {
            stated: Location::caller(),
            whose: self.whose,
            patterns: Vec::new(),
            verification: None,
        };
        self.server.expectations().0.push(expectation);
    }
}

/// Of which calls something is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    All,
    Instance(InstanceId),
}

impl Whose {
    pub(super) fn calls(self, emulation: &Emulation) -> Calls {
        match self {
            Self::All => emulation.all_calls(),
            Self::Instance(id) => emulation.calls(id),
        }
    }

    fn restrict(self, pattern: CallPattern) -> CallPattern {
        match self {
            Self::All => pattern,
            Self::Instance(id) => pattern.instance(id),
        }
    }
}

/// All that is expected of the calls to one server.
#[derive(Debug, Default)]
pub(super) struct Expectations(Vec<Expectation>);

#[derive(Debug)]
struct Expectation {
    /// Where in the test.
    stated: &'static Location<'static>,
    whose: Whose,
    /// The calls that this is about.
    patterns: Vec<CallPattern>,
    /// What is expected of them; nothing but that no others come if there is none.
    verification: Option<Verification>,
}

impl Expectations {
    /// What does not hold, with the places in the test where it was expected. After that nothing is expected any more.
    pub(super) fn take_failure(&mut self, emulation: &Emulation) -> Option<String> {
        let mut report = String::new();
        for Expectation { stated, whose, verification, .. } in &self.0 {
            let calls = whose.calls(emulation);
            let verified = match verification {
                Some(verification) => verification.verify(&calls),
                None => Verification::nothing_but(self.expected_of(*whose)).verify(&calls),
            };
            if let Some(explanation) = verified.explanation() {
                // Writing to a text cannot fail.
                let _ = write!(report, "\n\n{stated}: {explanation}");
            }
        }
        if report.is_empty() {
            return None;
        }
        self.0.clear();
        Some(format!("the calls to the mock server are not those that were expected{report}\n"))
    }

    /// What is expected of calls to the instance, or of all.
    fn expected_of(&self, whose: Whose) -> Vec<CallPattern> {
        let concerns = |other: Whose| whose == Whose::All || other == Whose::All || other == whose;
        let concerning = self.0.iter().filter(|expectation| concerns(expectation.whose));
        let mut expected = Vec::new();
        for pattern in concerning.flat_map(|expectation| &expectation.patterns) {
            if !expected.contains(pattern) {
                expected.push(pattern.clone());
            }
        }
        expected
    }
}
