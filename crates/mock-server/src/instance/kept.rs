//! The latest groups of an instance.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use greenapi_model::{Group, InstanceId};

use crate::emulation::GroupMint;

/// The groups that are kept, the oldest first. They are numbered in a row, so a row of them is kept as its two ends.
#[derive(Debug, Default)]
pub(super) struct KeptGroups(VecDeque<Row>);

/// Groups of one mint.
#[derive(Debug)]
struct Row {
    mint: Arc<GroupMint>,
    numbers: Range<u64>,
}

impl KeptGroups {
    /// Keeps the `nth` group, which is the one after that which was kept last. At most `most` are kept.
    pub(super) fn keep(&mut self, nth: u64, mint: &Arc<GroupMint>, most: usize) {
        match self.0.back_mut() {
            Some(row) if Arc::ptr_eq(&row.mint, mint) => row.numbers.end = nth + 1,
            _ => self.0.push_back(Row { mint: Arc::clone(mint), numbers: nth..nth + 1 }),
        }
        let oldest = (nth + 1).saturating_sub(most as u64);
        if let Some(row) = self.0.front_mut() {
            row.numbers.start = row.numbers.start.max(oldest);
            if row.numbers.is_empty() {
                self.0.pop_front();
            }
        }
    }

    pub(super) fn groups(&self, id: InstanceId) -> Vec<Group> {
        let of_row = |row: &Row| row.numbers.clone().map(|nth| row.mint.group(id, nth)).collect::<Vec<_>>();
        self.0.iter().flat_map(of_row).collect()
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
