use std::collections::VecDeque;
use std::hash::BuildHasher;
use std::time::Duration;

use foldhash::fast::FixedState;

/// So many different bodies are remembered.
const REMEMBERED: usize = 128;

/// Tells which calls look like blind retries: the same body again within a short time, although the answer to the
/// earlier one did not ask for that.
#[derive(Debug, Default)]
pub(crate) struct Retries(VecDeque<Seen>);

#[derive(Debug)]
struct Seen {
    body: u64,
    at: Duration,
    number: u64,
    invited: bool,
}

impl Retries {
    /// Notes a call, and gives the number of the earlier one that it seems to repeat. `at` counts from any fixed moment;
    /// `invited` says that the answer to this call asks to repeat it later.
    pub(crate) fn note(
        &mut self,
        body: &[u8],
        number: u64,
        at: Duration,
        window: Duration,
        invited: bool,
    ) -> Option<u64> {
        let body = FixedState::default().hash_one(body);
        let earlier = self.0.iter().position(|seen| seen.body == body).and_then(|index| self.0.remove(index));
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(Seen { body, at, number, invited });
        earlier
            .filter(|earlier| !earlier.invited && at.saturating_sub(earlier.at) <= window)
            .map(|earlier| earlier.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    #[test]
    fn the_same_body_within_the_window_is_a_retry() {
        let mut retries = Retries::default();
        let mut check = |seconds: u64, body: &str, invited: bool, number: u64, expected: Option<u64>| {
            let at = Duration::from_secs(seconds);
            assert_eq!(retries.note(body.as_bytes(), number, at, WINDOW, invited), expected, "{number}");
        };
        check(0, "a", false, 1, None);
        check(0, "b", false, 2, None);
        check(0, "a", false, 3, Some(1));
        check(10, "a", false, 4, Some(3));
        check(21, "a", true, 5, None);
        // The answer to the fifth call asked to come again.
        check(22, "a", false, 6, None);
        check(23, "a", false, 7, Some(6));
        check(23, "b", false, 8, None);
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut retries = Retries::default();
        for number in 0..1000_u64 {
            assert_eq!(retries.note(&number.to_le_bytes(), number, WINDOW, WINDOW, false), None);
        }
        assert_eq!(retries.0.len(), REMEMBERED);
        assert_eq!(retries.note(&999_u64.to_le_bytes(), 1000, WINDOW, WINDOW, false), Some(999));
    }
}
