//! What calls take: the time that passes, and that of the processor.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::Failure;
use crate::clients::Client;

/// What so many calls took.
#[derive(Debug, Serialize)]
pub(crate) struct Measured {
    calls: u64,
    wall_ns: u128,
    /// Of all threads of this process, in the program and in the system.
    cpu_ns: u128,
}

/// Has the clients make `calls` calls together, each the same number, but at least one.
pub(crate) async fn measure<C: Client>(clients: &mut Vec<C>, calls: u64) -> Result<Measured, Failure> {
    let count = u64::try_from(clients.len())?;
    let each = calls.div_ceil(count).max(1);
    let (wall, cpu) = (Instant::now(), cpu_time()?);
    let mut calling = JoinSet::new();
    for mut client in clients.drain(..) {
        calling.spawn(async move {
            for _ in 0..each {
                client.call().await?;
            }
            Ok::<_, Failure>(client)
        });
    }
    while let Some(client) = calling.join_next().await {
        clients.push(client??);
    }
    let (wall, cpu) = (wall.elapsed(), cpu_time()?.saturating_sub(cpu));
    Ok(Measured { calls: each * count, wall_ns: wall.as_nanos(), cpu_ns: cpu.as_nanos() })
}

fn cpu_time() -> Result<Duration, Failure> {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Ok(Duration::try_from(time)?)
}
