//! Where the state of all instances is: the one boundary behind which another store would fit.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use greenapi_model::{InstanceId, InstanceState};

use crate::instance::{Behaviour, Instance};

/// Instances are spread over so many locks, so that calls to different ones do not wait for each other.
const SHARDS: usize = 16;

#[derive(Debug)]
pub(crate) struct Instances {
    shards: [RwLock<HashMap<InstanceId, Arc<Instance>>>; SHARDS],
    count: AtomicUsize,
    most: usize,
}

impl Instances {
    pub(crate) fn new(most: usize) -> Self {
        Self { shards: Default::default(), count: AtomicUsize::new(0), most }
    }

    /// Sets an instance up, in place of one that there may have been.
    pub(crate) fn set(&self, id: InstanceId, behaviour: Behaviour) {
        let mut shard = self.shard(id).write().unwrap_or_else(PoisonError::into_inner);
        if shard.insert(id, Arc::new(Instance::new(id, behaviour))).is_none() {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn find(&self, id: InstanceId) -> Option<Arc<Instance>> {
        self.shard(id).read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// The instance, made as an authorized one if it is called for the first time; `None` if there are too many.
    pub(crate) fn find_or_make(&self, id: InstanceId) -> Option<Arc<Instance>> {
        if let Some(instance) = self.find(id) {
            return Some(instance);
        }
        let mut shard = self.shard(id).write().unwrap_or_else(PoisonError::into_inner);
        if let Some(instance) = shard.get(&id) {
            return Some(Arc::clone(instance));
        }
        if self.count.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.count.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let instance = Arc::new(Instance::new(id, Behaviour::of(InstanceState::Authorized)));
        shard.insert(id, Arc::clone(&instance));
        Some(instance)
    }

    #[allow(clippy::cast_possible_truncation)] // The rest is below the number of shards.
    fn shard(&self, id: InstanceId) -> &RwLock<HashMap<InstanceId, Arc<Instance>>> {
        &self.shards[(id.number() % SHARDS as u64) as usize]
    }
}
