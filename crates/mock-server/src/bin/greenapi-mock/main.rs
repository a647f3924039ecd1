//! `greenapi-mock`: an endpoint that behaves like GREEN-API's createGroup.

mod banner;
mod cli;
mod failure;
mod log;
mod signals;

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use greenapi_mock_server::{Emulation, Server, Settings};
use greenapi_model::Contract;

use crate::cli::{Arguments, LogFormat};
use crate::failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::runtime(&error).report(),
    };
    match runtime.block_on(run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let emulation = emulation(arguments)?;
    // From here on a signal stops the server in order; before, it ends the process at once.
    let stop = signals::stop().map_err(|error| Failure::runtime(&error))?;
    let server = Server::bind(arguments.listen, Arc::clone(&emulation))
        .await
        .map_err(|error| Failure::listen(arguments.listen, &error))?;
    // Dropped at the end, which writes what is still in its queue.
    let _log = log::start(arguments.log);
    let ready = match arguments.log {
        LogFormat::Json => banner::ready_line(&server.url(), emulation.contract()) + "\n",
        LogFormat::Text => banner::for_a_person(&server.url(), &emulation),
        LogFormat::Off => String::new(),
    };
    // Whoever closed stdout does not want to know, and is served all the same.
    let mut stdout = io::stdout();
    let _ = stdout.write_all(ready.as_bytes()).and_then(|()| stdout.flush());
    server.run(stop).await;
    Ok(())
}

fn emulation(arguments: &Arguments) -> Result<Arc<Emulation>, Failure> {
    let contract = match &arguments.spec {
        None => Contract::of(arguments.edition),
        Some(file) => {
            let text = fs::read_to_string(file).map_err(|error| Failure::contract(file, &error))?;
            Contract::from_json(&text).map_err(|error| Failure::contract(file, &error))?
        }
    };
    let settings = Settings {
        seed: arguments.seed,
        clock: arguments.clock.clone(),
        most_instances: arguments.max_instances,
        ..Settings::default()
    };
    let emulation = Emulation::with(contract, settings).map_err(|error| Failure::emulation(&error))?;
    for (id, behaviour) in &arguments.instances {
        emulation.set_instance(*id, behaviour.clone()).map_err(|error| Failure::instance(&error))?;
    }
    Ok(Arc::new(emulation))
}
