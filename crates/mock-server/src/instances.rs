//! Where the state of all instances is: the one boundary behind which another store would fit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;
use greenapi_model::InstanceId;

use crate::instance::{Behaviour, Instance};

/// Instances are spread over so many locks, so that calls to different ones do not wait for each other.
const SHARDS: usize = 16;

type Shard = HashMap<InstanceId, Arc<Instance>, RandomState>;

#[derive(Debug, Default)]
pub(crate) struct Instances {
    shards: [RwLock<Shard>; SHARDS],
    count: AtomicUsize,
    most: Option<usize>,
}

impl Instances {
    /// From here on there may be so many more.
    pub(crate) fn limit(&mut self, more: usize) {
        self.most = Some(self.count().saturating_add(more));
    }

    /// Sets an instance up, in place of one that there may have been. If there are too many, says how many there may be.
    pub(crate) fn set(&self, id: InstanceId, behaviour: Behaviour) -> Result<(), usize> {
        let mut shard = self.shard(id).write().unwrap_or_else(PoisonError::into_inner);
        if !shard.contains_key(&id) {
            self.count_one_more()?;
        }
        shard.insert(id, Arc::new(Instance::set_up(id, behaviour)));
        Ok(())
    }

    fn count_one_more(&self) -> Result<(), usize> {
        let most = self.most.unwrap_or(usize::MAX);
        let one_more = |count: usize| (count < most).then_some(count + 1);
        self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).map(drop)
    }

    pub(crate) fn find(&self, id: InstanceId) -> Option<Arc<Instance>> {
        self.shard(id).read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// The instance, made by `make` if it is not there. If there are too many, says how many there may be.
    pub(crate) fn find_or(
        &self,
        id: InstanceId,
        make: impl FnOnce(InstanceId) -> Instance,
    ) -> Result<Arc<Instance>, usize> {
        if let Some(instance) = self.find(id) {
            return Ok(instance);
        }
        let mut shard = self.shard(id).write().unwrap_or_else(PoisonError::into_inner);
        if let Some(instance) = shard.get(&id) {
            return Ok(Arc::clone(instance));
        }
        self.count_one_more()?;
        let instance = Arc::new(make(id));
        shard.insert(id, Arc::clone(&instance));
        Ok(instance)
    }

    pub(crate) fn remove(&self, id: InstanceId) -> bool {
        let mut shard = self.shard(id).write().unwrap_or_else(PoisonError::into_inner);
        let removed = shard.remove(&id).is_some();
        if removed {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        removed
    }

    /// Resets all of them; those that nobody set up go.
    pub(crate) fn reset(&self) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            let before = shard.len();
            shard.retain(|_, instance| instance.lock().reset());
            self.count.fetch_sub(before - shard.len(), Ordering::Relaxed);
        }
    }

    /// All of them, by their ids.
    pub(crate) fn all(&self) -> Vec<Arc<Instance>> {
        let mut all: Vec<_> = self
            .shards
            .iter()
            .flat_map(|shard| {
                let shard = shard.read().unwrap_or_else(PoisonError::into_inner);
                shard.values().cloned().collect::<Vec<_>>()
            })
            .collect();
        all.sort_unstable_by_key(|instance| instance.id());
        all
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    #[allow(clippy::cast_possible_truncation)] // The rest is below the number of shards.
    fn shard(&self, id: InstanceId) -> &RwLock<Shard> {
        &self.shards[(id.number() % SHARDS as u64) as usize]
    }
}
