//! What a call is concluded with.

use std::sync::{MutexGuard, RwLockReadGuard};

use crate::emulation::Changing;
use crate::instance::{Inner, Instance};

/// The settings of this moment and the instance of the call. From the first look at the instance until this is dropped nobody else
/// changes it, so that a group and its call come into it together.
pub(super) struct Moment<'m> {
    pub(super) changing: RwLockReadGuard<'m, Changing>,
    instance: Option<&'m Instance>,
    inner: Option<MutexGuard<'m, Inner>>,
}

impl<'m> Moment<'m> {
    pub(super) fn new(changing: RwLockReadGuard<'m, Changing>, instance: Option<&'m Instance>) -> Self {
        Self { changing, instance, inner: None }
    }

    /// The instance, if the call belongs to one.
    pub(super) fn instance(&mut self) -> Option<&mut Inner> {
        let instance = self.instance?;
        Some(self.inner.get_or_insert_with(|| instance.lock()))
    }

    /// Makes a group, of which at most `most` are kept, and says its number among those of the instance.
    pub(super) fn make(&mut self, most: usize) -> Option<u64> {
        let instance = self.instance?;
        let inner = self.inner.get_or_insert_with(|| instance.lock());
        Some(inner.make(&self.changing.mint, most))
    }
}
