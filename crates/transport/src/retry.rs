use std::time::Duration;

use crate::error::{Error, ErrorKind};

/// More than a wait can be: a hundred years. A multiple of a longer one would overflow.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// Which calls that failed a client makes again by itself, how often, and how long it waits before.
///
/// createGroup is not idempotent, so a call is made again only where it certainly made no group and may do so later:
///
/// - it never reached the service: no name, no connection, no tunnel, no TLS;
/// - the service answered an error of the contract that says to come again: `instance in starting process try later`;
/// - with [`rate_limited`](Self::rate_limited), the service answered 429.
///
/// All else is an error of the call, and so is whatever may have made a group; but for
/// [`even_if_two_groups`](Self::even_if_two_groups), which is named for what it does.
///
/// # Back-off
///
/// Before attempt *n* + 1 it waits between half of and the whole of `first` · 2^(*n* − 1), at most `most`; where in between
/// is chance, so that many clients do not come at once. A `Retry-After` of the answer that is longer is waited for
/// instead. Where the wait would pass the deadline of the call, there is none, and the error comes at once.
///
/// ```
/// use std::time::Duration;
/// use greenapi_transport::RetryPolicy;
///
/// let patient = RetryPolicy::default().attempts(10).backoff(Duration::from_secs(2), Duration::from_secs(15)).rate_limited();
/// # let _ = patient;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first: Duration,
    most: Duration,
    rate_limited: bool,
    even_if_two_groups: bool,
}

impl Default for RetryPolicy {
    /// At most 4 attempts, with waits that grow from 1 second to at most 10.
    fn default() -> Self {
        Self {
            attempts: 4,
            first: Duration::from_secs(1),
            most: Duration::from_secs(10),
            rate_limited: false,
            even_if_two_groups: false,
        }
    }
}

impl RetryPolicy {
    /// Each call is one attempt.
    #[must_use]
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How many attempts a call has at most, with the first one; 0 counts as 1.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// The wait before the second attempt, and the longest one.
    #[must_use]
    pub fn backoff(self, first: Duration, most: Duration) -> Self {
        Self { first, most, ..self }
    }

    /// Calls that were answered with 429 are made again too: the service did not look at them.
    #[must_use]
    pub fn rate_limited(self) -> Self {
        Self { rate_limited: true, ..self }
    }

    /// Calls that may have made a group are made again too: after a 500, a lost connection, a deadline of the network, an
    /// answer that cannot be read. **One call may then make as many groups as it has attempts**, and the error or the group
    /// that comes back is that of the last one. It is for accounts whose groups nobody minds.
    #[must_use]
    pub fn even_if_two_groups(self) -> Self {
        Self { even_if_two_groups: true, ..self }
    }

    /// How long to wait before the next attempt, after so many; `None` if there is none.
    pub(crate) fn wait(&self, error: &Error, attempts: u32, chance: f64) -> Option<Duration> {
        let again = match error.kind() {
            ErrorKind::RateLimited if !error.is_ambiguous() => self.rate_limited,
            _ if error.is_ambiguous() => self.even_if_two_groups,
            _ => error.is_retryable(),
        };
        if !again || attempts >= self.attempts {
            return None;
        }
        let doublings = attempts.saturating_sub(1).min(31);
        let longest = self.first.saturating_mul(1 << doublings).min(self.most).min(LONGEST);
        let chance = if chance.is_nan() { 0.0 } else { chance.clamp(0.0, 1.0) };
        let wait = longest.mul_f64(0.5 + chance / 2.0);
        Some(wait.max(error.retry_after().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::error::RawError;
    use crate::raw::phase::Phase;

    fn refused() -> Error {
        Error::raw(RawError::timeout(Phase::Connect))
    }

    #[test]
    fn the_wait_grows_up_to_its_limit_and_chance_takes_up_to_half_of_it() {
        let policy =
            RetryPolicy::default().attempts(100).backoff(Duration::from_secs(1), Duration::from_secs(10));
        let check = |attempts: u32, chance: f64, milliseconds: u64| {
            let wait = policy.wait(&refused(), attempts, chance);
            assert_eq!(
                wait,
                Some(Duration::from_millis(milliseconds)),
                "after {attempts} attempts, {chance}"
            );
        };
        check(1, 0.0, 500);
        check(1, 0.5, 750);
        check(1, 1.0, 1_000);
        check(2, 1.0, 2_000);
        check(4, 1.0, 8_000);
        check(5, 1.0, 10_000);
        check(99, 0.0, 5_000);
        for (odd, milliseconds) in [(f64::NAN, 500), (-1.0, 500), (f64::INFINITY, 1_000)] {
            check(1, odd, milliseconds);
        }
    }

    #[test]
    fn waits_of_any_length_are_taken() {
        let policy = RetryPolicy::default().attempts(u32::MAX).backoff(Duration::MAX, Duration::MAX);
        assert!(policy.wait(&refused(), u32::MAX - 1, 0.0).is_some());
    }

    #[test]
    fn the_last_attempt_is_the_last() {
        for (attempts, made, again) in
            [(0, 1, false), (1, 1, false), (2, 1, true), (2, 2, false), (4, 3, true)]
        {
            let wait = RetryPolicy::default().attempts(attempts).wait(&refused(), made, 0.0);
            assert_eq!(wait.is_some(), again, "{made} of {attempts}");
        }
        assert_eq!(RetryPolicy::never().wait(&refused(), 1, 0.0), None);
    }

    #[test]
    fn what_may_have_made_a_group_comes_again_only_by_name() {
        let late = || Error::raw(RawError::timeout(Phase::Head));
        assert_eq!(RetryPolicy::default().rate_limited().wait(&late(), 1, 0.0), None);
        assert!(RetryPolicy::default().even_if_two_groups().wait(&late(), 1, 0.0).is_some());
    }
}
