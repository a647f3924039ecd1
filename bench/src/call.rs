//! `client-bench call`: so many calls by one client.

use std::io::Write;

use clap::ValueEnum;
use tokio::runtime::Builder;

use crate::Failure;
use crate::clients::bare::Bare;
use crate::clients::ours::Ours;
use crate::clients::reqwest::Reqwest;
use crate::clients::{Client, Endpoint};
use crate::measure::{Measured, measure};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Which client calls
    #[arg(long)]
    client: Kind,
    /// Where the server is, as `serve` prints it
    #[arg(long)]
    url: String,
    /// How many calls are made at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// How many calls are measured
    #[arg(long, value_name = "NUMBER")]
    calls: u64,
    /// How many calls are made before, not measured
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    warm_up: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// hyper itself
    Bare,
    /// greenapi-transport
    Ours,
    /// reqwest
    Reqwest,
}

/// Makes the calls on one thread, and writes what they took.
pub(crate) fn run(arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let measured = runtime.block_on(async {
        match arguments.client {
            Kind::Bare => calls::<Bare>(arguments).await,
            Kind::Ours => calls::<Ours>(arguments).await,
            Kind::Reqwest => calls::<Reqwest>(arguments).await,
        }
    })?;
    serde_json::to_writer(&mut *out, &measured)?;
    writeln!(out)?;
    Ok(())
}

async fn calls<C: Client>(arguments: &Arguments) -> Result<Measured, Failure> {
    let endpoint = Endpoint::new(&arguments.url)?;
    let mut clients = C::several(&endpoint, arguments.concurrency.into()).await?;
    measure(&mut clients, arguments.warm_up).await?;
    measure(&mut clients, arguments.calls).await
}
