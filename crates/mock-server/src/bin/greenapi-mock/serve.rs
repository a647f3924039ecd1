//! The endpoint itself: from the configuration in effect to the end.

use std::cell::OnceCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use greenapi_mock_server::{
    BearerToken, Config, ControlPlane, Emulation, Limits, LogFormat, Origin, Running, Server,
};
use tokio::sync::Notify;

use crate::admin::Plan;
use crate::banner;
use crate::effective::Effective;
use crate::failure::Failure;
use crate::kept_file::{KeptFile, Purpose};
use crate::log::Log;
use crate::signals::Signals;
use crate::tls::Encryption;

/// Serves until a signal says to stop.
///
/// One thread does it all: a call takes it some microseconds, which is less than to hand the call to another one.
pub(crate) fn serve(effective: &Effective) -> Result<(), Failure> {
    let log = Log::new(effective.config.log.unwrap_or_default());
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    if let Some(log) = &log {
        runtime.on_thread_park(log.hand_over());
    }
    let runtime = runtime.enable_all().build().map_err(|error| Failure::runtime(&error))?;
    runtime.block_on(run(effective, log.as_ref()))
}

async fn run(effective: &Effective, log: Option<&Log>) -> Result<(), Failure> {
    let (emulation, set_up) = effective.emulation()?;
    let emulation = Arc::new(emulation);
    let plan = Plan::of(effective)?;
    // From here on a signal stops the server in order; before, it ends the process at once.
    let mut signals = Signals::catch().map_err(|error| Failure::runtime(&error))?;
    let config = &effective.config;
    let prepare = |path| KeptFile::prepare(Purpose::Ready, path);
    let mut ready_file = config.ready_file.as_deref().map(prepare).transpose()?;
    let mut manners = Manners::of(effective)?;
    let address = config.listen.unwrap_or(crate::cli::LISTEN);
    let server = Server::bind(address, Arc::clone(&emulation)).await;
    let server = server.map_err(|error| Failure::listen("--listen", address, &error))?;
    let (server, control) = with_control_plane(manners.put(server), &emulation, &plan, &manners).await?;
    let control_url = match &control {
        Some(control) => Some(control.url().to_owned()),
        None if matches!(plan, Plan::Off) => None,
        None => Some(server.url()),
    };
    let authority = manners.authority(config);
    let ready_line =
        banner::ready_line(&server.url(), control_url.as_deref(), authority.as_deref(), emulation.contract());
    manners.publish()?;
    // Connections are accepted from here on, and answered as soon as the server runs.
    if let Some(file) = &mut ready_file {
        file.publish(format!("{ready_line}\n"))?;
    }
    if let Some(log) = log {
        log.start();
    }
    let ready = match config.log.unwrap_or_default() {
        LogFormat::Json => ready_line + "\n",
        LogFormat::Text => {
            let notes = [manners.note(authority.as_deref()), plan.note(control_url.as_deref())].concat();
            banner::for_a_person(&server.url(), authority.as_deref(), &emulation, &set_up, &notes)
        }
        LogFormat::Off => String::new(),
    };
    // Whoever closed stdout does not want to know, and is served all the same.
    let mut stdout = io::stdout();
    let _ = stdout.write_all(ready.as_bytes()).and_then(|()| stdout.flush());
    let drain = manners.drain;
    let stop = Notify::new();
    let stopping = OnceCell::new();
    let serving = async {
        server.run(stop.notified()).await;
        // Until then it can be asked what became of the calls. What it is about itself has what is left of the time.
        if let Some(control) = control {
            let taken = stopping.get().map_or(Duration::ZERO, Instant::elapsed);
            let _ = tokio::time::timeout(drain.saturating_sub(taken), control.stop()).await;
        }
    };
    let signalled = async {
        signals.next().await;
        drop(ready_file);
        drop(manners);
        let _ = stopping.set(Instant::now());
        stop.notify_one();
        signals.next().await;
        tracing::warn!("a second signal cut off the calls that were under way");
    };
    tokio::select! {
        () = serving => {}
        () = signalled => {}
    }
    Ok(())
}

/// How connections are treated, here and at the control plane.
struct Manners {
    drain: Duration,
    limits: Limits,
    cors: Vec<Origin>,
    encryption: Option<Encryption>,
}

impl Manners {
    fn of(effective: &Effective) -> Result<Self, Failure> {
        let config = &effective.config;
        Ok(Self {
            drain: config.drain.map_or(Server::DRAIN, |drain| drain.0),
            limits: config.limits(),
            cors: config.cors.clone().unwrap_or_default(),
            encryption: Encryption::of(effective)?,
        })
    }

    fn put(&self, server: Server) -> Server {
        let server = server.drain(self.drain).limits(self.limits).cors(self.cors.iter().cloned());
        self.encryption.iter().fold(server, |server, encryption| encryption.put(server))
    }

    /// The file with whom clients have to trust.
    fn authority(&self, config: &Config) -> Option<PathBuf> {
        self.encryption.as_ref().and_then(|_| Encryption::path(config))
    }

    fn publish(&mut self) -> Result<(), Failure> {
        self.encryption.as_mut().map_or(Ok(()), Encryption::publish)
    }

    /// What the banner says of trust.
    fn note(&self, authority: Option<&Path>) -> String {
        match (&self.encryption, authority) {
            (None, _) => String::new(),
            (Some(encryption), Some(authority)) if encryption.is_made() => {
                format!("Clients have to trust the authority in {}, for as long as it runs.\n", authority.display())
            }
            (Some(encryption), None) if encryption.is_made() => {
                "No client can trust its certificate: --tls-ca FILE says where to put that of the authority.\n".to_owned()
            }
            (Some(_), _) => "It shows the certificate of --tls-cert.\n".to_owned(),
        }
    }
}

/// Where the control plane comes to the server; it runs by itself if it has an address of its own.
async fn with_control_plane(
    server: Server,
    emulation: &Arc<Emulation>,
    plan: &Plan,
    manners: &Manners,
) -> Result<(Server, Option<Running>), Failure> {
    let control = |token: &Option<BearerToken>| {
        let control = ControlPlane::new(Arc::clone(emulation));
        match token {
            Some(token) => control.token(token.clone()),
            None => control,
        }
    };
    match plan {
        Plan::Off => Ok((server.without_control_plane(), None)),
        // It knows by itself that it is to refuse.
        Plan::Refused => Ok((server, None)),
        Plan::Beside(token) => Ok((server.control_plane(control(token)), None)),
        Plan::Apart(address, token) => {
            let apart = Server::bind_control_plane(*address, control(token)).await;
            let apart = apart.map_err(|error| Failure::listen("--admin-listen", *address, &error))?;
            Ok((server.without_control_plane(), Some(manners.put(apart).start())))
        }
    }
}
