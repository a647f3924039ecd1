//! The latest groups of an instance.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use greenapi_model::{Group, InstanceId};

use crate::emulation::GroupMint;

/// The groups that are kept. They are numbered in a row, so a row of them is kept as its two ends. Most instances have one row, which
/// has its place here and not somewhere else in memory.
#[derive(Debug, Default)]
pub(super) struct KeptGroups {
    latest: Option<Row>,
    /// The oldest first.
    older: VecDeque<Row>,
}

/// Groups of one mint.
#[derive(Debug)]
struct Row {
    mint: Arc<GroupMint>,
    numbers: Range<u64>,
}

impl KeptGroups {
    /// Keeps the `nth` group, which is the one after that which was kept last. At most `most` are kept.
    pub(super) fn keep(&mut self, nth: u64, mint: &Arc<GroupMint>, most: usize) {
        match &mut self.latest {
            Some(row) if Arc::ptr_eq(&row.mint, mint) => row.numbers.end = nth + 1,
            latest => {
                let row = Row { mint: Arc::clone(mint), numbers: nth..nth + 1 };
                self.older.extend(latest.replace(row));
            }
        }
        let oldest = (nth + 1).saturating_sub(most as u64);
        if let Some(row) = self.older.front_mut().or(self.latest.as_mut()) {
            row.numbers.start = row.numbers.start.max(oldest);
            if row.numbers.is_empty() && self.older.pop_front().is_none() {
                self.latest = None;
            }
        }
    }

    pub(super) fn groups(&self, id: InstanceId) -> Vec<Group> {
        let rows = self.older.iter().chain(&self.latest);
        rows.flat_map(|row| row.numbers.clone().map(|nth| row.mint.group(id, nth))).collect()
    }
}

#[cfg(test)]
mod tests {
    use greenapi_model::Contract;

    use super::*;

    #[test]
    fn the_latest_groups_are_kept_each_of_its_own_mint() {
        let mint = |seed| Arc::new(GroupMint::new(&Contract::default(), seed).unwrap());
        let mints = [mint(1), mint(2), mint(3)];
        let id = InstanceId::new(7_103_000_001);
        for most in [0, 1, 2, 3, 5, 100] {
            let mut kept = KeptGroups::default();
            let mut all = Vec::new();
            for (nth, of) in (0..).zip([0, 0, 1, 2, 2, 2, 0, 1, 1]) {
                kept.keep(nth, &mints[of], most);
                all.push(mints[of].group(id, nth));
                assert_eq!(kept.groups(id), all[all.len().saturating_sub(most)..], "{most} {nth}");
            }
        }
    }
}
