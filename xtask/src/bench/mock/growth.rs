//! What a request takes once many groups were made, and many instances seen.

use super::servers::{Kind, Servers};
use super::{CONNECTIONS, PATIENCE, loaded};
use crate::bench::calls;
use crate::bench::progress::progress;
use crate::bench::request::Instances;
use crate::bench::samples::Samples;
use crate::bench::wrk::Wrk;
use crate::failure::Failure;
use crate::server::Server;

/// Microseconds of the processor a request, of the mock without a log.
#[derive(Debug)]
pub(super) struct Growth(pub(super) [Stage; 3]);

#[derive(Debug)]
pub(super) struct Stage {
    /// So many groups or instances there were before.
    pub(super) before: u64,
    /// With all groups made by one instance, which is called on.
    pub(super) groups: Samples,
    /// With one group made by each instance, all of which are called on.
    pub(super) instances: Samples,
}

impl Growth {
    pub(super) fn new(before: [u64; 3]) -> Self {
        let stage = |before| Stage { before, groups: Samples::default(), instances: Samples::default() };
        Self(before.map(stage))
    }

    pub(super) fn round(
        &mut self,
        servers: &Servers,
        wrk: &Wrk,
        turns: u16,
        round: &str,
    ) -> Result<(), Failure> {
        let most = self.0.iter().map(|stage| stage.before).max().unwrap_or_default();
        let mut prepared = Vec::new();
        for Stage { before, groups, instances } in &mut self.0 {
            for (samples, called, what) in
                [(groups, Instances::ONE, "groups"), (instances, Instances::several(*before), "instances")]
            {
                progress(&format!("{round}: {before} {what}"));
                prepared.push((self::prepared(servers, *before, called, most)?, called, samples));
            }
        }
        for turn in 1..=turns {
            progress(&format!("{round}: turn {turn} of {turns}, after many groups and instances"));
            for (server, called, samples) in &mut prepared {
                samples.add(loaded(servers, wrk, server, CONNECTIONS[0], *called)?.1);
            }
        }
        Ok(())
    }
}

/// A mock that has had so many calls.
fn prepared(servers: &Servers, before: u64, called: Instances, most: u64) -> Result<Server, Failure> {
    // The default would not do for the most.
    let arguments = ["--max-instances".to_owned(), most.to_string()];
    let server = servers.start(Kind::Silent, &arguments)?;
    let made = calls::make(server.url(), servers.request(), called, before, PATIENCE)?;
    if made < before {
        return Err(Failure::failed(format!("only {made} of {before} calls were made in {PATIENCE:?}")));
    }
    Ok(server)
}
