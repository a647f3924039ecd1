//! What happened: the calls of one instance, the latest of them, bounded by their number and by their bytes.

mod entry;
pub(crate) mod masking;
mod retries;

use std::collections::VecDeque;
use std::sync::Arc;

use greenapi_model::InstanceId;

pub use self::entry::{Entry, RecordedBody};
pub(crate) use self::entry::{Happened, Head, Kept};
use self::masking::Search;
pub(crate) use self::retries::Retries;

/// How much of what happened is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalLimits {
    /// The most calls of each instance. 0 keeps none.
    pub entries: usize,
    /// The most bytes for each instance: heads and bodies of its calls. Of one call that is larger by itself the body is not kept.
    pub bytes: usize,
    /// The most bytes for all instances together, shared out evenly as soon as there are many of them; each keeps
    /// [`LEAST`](Self::LEAST) all the same.
    pub total_bytes: usize,
    /// Whether digits that may be a phone number are replaced by stars, but for the last two.
    pub mask_phones: bool,
}

impl JournalLimits {
    /// The bytes that each instance has at least.
    pub const LEAST: usize = 2048;

    /// The bytes that one of so many instances may have.
    pub(crate) fn share(&self, instances: usize) -> usize {
        self.bytes.min((self.total_bytes / instances.max(1)).max(Self::LEAST))
    }
}

impl Default for JournalLimits {
    fn default() -> Self {
        Self { entries: 1000, bytes: 1 << 20, total_bytes: 16 << 20, mask_phones: false }
    }
}

/// The calls that are kept, the oldest first, and how many there are no more.
#[derive(Clone, Debug, Default)]
pub struct Calls {
    /// The latest calls, the oldest of them first.
    pub kept: Vec<Arc<Entry>>,
    /// How many older ones had to go.
    pub dropped: u64,
}

/// The journal of one instance.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Arc<Entry>>,
    bytes: usize,
    dropped: u64,
    search: Search,
}

impl Journal {
    /// Keeps the call that is made of some room. The oldest ones go where there are too many for one of so many instances.
    pub(crate) fn keep(
        &mut self,
        entry: impl FnOnce(Vec<u8>, &mut Search) -> Entry,
        limits: &JournalLimits,
        instances: usize,
    ) {
        if limits.entries == 0 {
            self.dropped += 1;
            return;
        }
        // The room of the one that goes serves the one that comes, unless somebody looks at it still.
        let oldest = if self.entries.len() == limits.entries { self.drop_oldest() } else { None };
        let room = oldest.and_then(Arc::into_inner).map(Entry::into_room).unwrap_or_default();
        let entry = entry(room, &mut self.search);
        self.bytes += entry.size();
        self.entries.push_back(Arc::new(entry));
        let share = limits.share(instances);
        while self.bytes > share && self.entries.len() > 1 {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) -> Option<Arc<Entry>> {
        let oldest = self.entries.pop_front()?;
        self.bytes -= oldest.size();
        self.dropped += 1;
        Some(oldest)
    }

    pub(crate) fn calls(&self) -> Calls {
        Calls { kept: self.entries.iter().cloned().collect(), dropped: self.dropped }
    }

    /// How many calls had to go.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let Some(index) = self.entries.iter().position(|entry| entry.number() == number) else {
            return false;
        };
        if let Some(entry) = self.entries.remove(index) {
            self.bytes -= entry.size();
        }
        true
    }

    /// Takes the calls out that name an instance.
    pub(crate) fn forget_instance(&mut self, id: InstanceId) {
        self.entries.retain(|entry| entry.instance() != Some(id));
        self.bytes = self.entries.iter().map(|entry| entry.size()).sum();
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use greenapi_model::Contract;
    use http::HeaderMap;

    use super::*;
    use crate::headers::Headers;
    use crate::outcome::Answer;

    fn entry(number: u64, body: &[u8], room: Vec<u8>) -> Entry {
        let headers = HeaderMap::new();
        let head = Head {
            method: "POST",
            target: masking::Target::of("/"),
            token: None,
            headers: Headers::Map(&headers),
        };
        let time = "2020-06-29T12:00:00Z".parse().unwrap();
        let (body, answer) = (Kept::Whole(body), Answer::own(400, "x"));
        let happened = Happened { number, time, head, body, own_token: None, answer: &answer };
        Entry::new(&happened, &Contract::default(), false, room, &mut Search::default())
    }

    #[test]
    fn the_oldest_calls_go_and_are_counted() {
        let overhead = entry(0, b"", Vec::new()).size();
        let check = |entries: usize, bytes: usize, instances: usize, expected: (&[u64], u64)| {
            let limits = JournalLimits { entries, bytes, total_bytes: 10_000, mask_phones: false };
            let mut journal = Journal::default();
            for number in 0..5 {
                journal.keep(|room, _| entry(number, &[b'x'; 100], room), &limits, instances);
            }
            let calls = journal.calls();
            let kept: Vec<u64> = calls.kept.iter().map(|entry| entry.number()).collect();
            assert_eq!((&kept[..], calls.dropped), expected, "{entries} {bytes} {instances}");
            assert_eq!(journal.bytes, kept.len() * (overhead + 100));
        };
        check(10, 100_000, 1, (&[0, 1, 2, 3, 4], 0));
        check(2, 100_000, 1, (&[3, 4], 3));
        check(0, 100_000, 1, (&[], 5));
        check(10, 2 * (overhead + 100), 1, (&[3, 4], 3));
        check(10, 1, 1, (&[4], 4));
        let least = JournalLimits::LEAST / (overhead + 100);
        let kept: Vec<u64> = (0..5).skip(5_usize.saturating_sub(least)).collect();
        check(10, 100_000, 1_000_000, (&kept, 5 - kept.len() as u64));
    }
}
