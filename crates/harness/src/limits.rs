use std::time::Duration;

/// What a run may do to its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limits {
    /// How long an answer may take.
    pub(crate) timeout: Duration,
    /// How many requests a second there are at most.
    pub(crate) rate: Option<f64>,
    /// How long the whole run may take.
    pub(crate) time: Option<Duration>,
    pub(crate) live: Option<Live>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), rate: None, time: None, live: None }
    }
}

/// That the target is the real service, where each valid request makes a group.
///
/// Nothing is sent that could make one, however wrong it is, but for as many requests as are allowed, one in five minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Live {
    /// How many requests may be sent that could make a group.
    pub allow_create: u32,
}

impl Live {
    /// At most so many requests that could make a group.
    #[must_use]
    pub fn allowing(allow_create: u32) -> Self {
        Self { allow_create }
    }
}
