use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Activity, WireFault};

/// How many bits say which fault it is. The others are the nanoseconds of its pause.
const KIND: u32 = 4;
const MOST_NANOSECONDS: u64 = u64::MAX >> KIND;

/// How the service tells the connection that it serves. Clones speak to the same connection.
#[derive(Clone, Debug, Default)]
pub struct WireHandle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// The fault as one number, 0 if there is none, so that to look costs a load and no lock.
    armed: AtomicU64,
    activity: Activity,
}

impl WireHandle {
    /// Hurts the next answer that is written on this connection. The last fault wins if it is called again before.
    pub fn arm(&self, fault: WireFault) {
        self.0.armed.store(pack(fault), Ordering::Relaxed);
    }

    pub(super) fn is_armed(&self) -> bool {
        self.0.armed.load(Ordering::Relaxed) != 0
    }

    pub(super) fn take(&self) -> Option<WireFault> {
        unpack(self.0.armed.swap(0, Ordering::Relaxed))
    }

    pub(crate) fn activity(&self) -> &Activity {
        &self.0.activity
    }
}

fn pack(fault: WireFault) -> u64 {
    match fault {
        WireFault::ResetBefore => 1,
        WireFault::ResetInside => 2,
        WireFault::EmptyReply => 3,
        WireFault::Garbage => 4,
        WireFault::ShortBody => 5,
        WireFault::NoAnswer => 6,
        WireFault::Dribble(pause) => {
            let nanoseconds = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX).min(MOST_NANOSECONDS);
            7 | nanoseconds << KIND
        }
    }
}

fn unpack(number: u64) -> Option<WireFault> {
    match number & !(u64::MAX << KIND) {
        1 => Some(WireFault::ResetBefore),
        2 => Some(WireFault::ResetInside),
        3 => Some(WireFault::EmptyReply),
        4 => Some(WireFault::Garbage),
        5 => Some(WireFault::ShortBody),
        6 => Some(WireFault::NoAnswer),
        7 => Some(WireFault::Dribble(Duration::from_nanos(number >> KIND))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_taken_once() {
        let handle = WireHandle::default();
        assert!(!handle.is_armed());
        for fault in [
            WireFault::ResetBefore,
            WireFault::ResetInside,
            WireFault::EmptyReply,
            WireFault::Garbage,
            WireFault::ShortBody,
            WireFault::NoAnswer,
            WireFault::Dribble(Duration::ZERO),
            WireFault::Dribble(Duration::from_millis(20)),
            WireFault::Dribble(Duration::from_nanos(MOST_NANOSECONDS)),
        ] {
            handle.clone().arm(fault);
            assert!(handle.is_armed(), "{fault:?}");
            assert_eq!((handle.take(), handle.take()), (Some(fault), None));
        }
    }

    #[test]
    fn a_pause_is_bounded() {
        let handle = WireHandle::default();
        handle.arm(WireFault::Dribble(Duration::MAX));
        assert_eq!(handle.take(), Some(WireFault::Dribble(Duration::from_nanos(MOST_NANOSECONDS))));
    }
}
