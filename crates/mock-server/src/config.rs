//! The configuration file: what `greenapi-mock --config` reads, for in-process users as well.

mod at;
mod document;
mod excerpt;
mod keys;
mod options;
mod period;
mod problem;
#[cfg(feature = "schemars")]
mod schema;
mod set_up;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use greenapi_model::{Contract, Edition};
use serde::Deserialize;
use toml::de::{DeTable, Deserializer};

use self::document::Document;
pub use self::document::LogFormat;
use self::options::Reader;
pub use self::period::{InvalidPeriod, Period};
use self::problem::Found;
pub use self::problem::{InvalidConfig, Problem};
#[cfg(feature = "schemars")]
pub use self::schema::config_schema;
use self::set_up::Reading;
pub use self::set_up::SetUp;
use crate::clock::Clock;
use crate::cors::Origin;
use crate::emulation::{Emulation, Settings};
use crate::host::Host;
use crate::journal::JournalLimits;
use crate::limits::Limits;

/// What a configuration file says. What it does not say is `None`.
///
/// ```
/// use greenapi_mock_server::Config;
///
/// let config = Config::parse(r#"
///     seed = 7
///
///     [[instance]]
///     id = 7103000001
///     script = ["starting", "ok"]
///     faults = ["wire.latency=50ms"]
/// "#)?;
/// let emulation = config.emulation()?;
/// assert_eq!(emulation.seed(), 7);
///
/// let error = Config::parse("sed = 7").unwrap_err();
/// assert!(error.to_string().starts_with("config:1:1: `sed` is no key of the file; the nearest is `seed`"));
/// # Ok::<(), greenapi_mock_server::InvalidConfig>(())
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Config {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// See [`Server::drain`](crate::Server::drain).
    pub drain: Option<Period>,
    /// Which edition of the contract to keep.
    pub edition: Option<Edition>,
    /// A contract to keep in place of an edition, relative to the working folder.
    pub spec: Option<PathBuf>,
    /// See [`Settings::seed`].
    pub seed: Option<u64>,
    /// See [`Settings::clock`].
    pub clock: Option<Clock>,
    /// See [`Settings::strict`].
    pub strict: Option<bool>,
    /// See [`Server::cors`](crate::Server::cors).
    pub cors: Option<Vec<Origin>>,
    /// See [`Settings::most_instances`].
    pub max_instances: Option<usize>,
    /// See [`Settings::groups_kept`].
    pub groups_kept: Option<usize>,
    /// For whom the output is.
    pub log: Option<LogFormat>,
    /// The file that says where the endpoint is while it takes calls, relative to the working folder.
    pub ready_file: Option<PathBuf>,
    /// Whether to speak `https`.
    pub tls: Option<bool>,
    /// The hosts for which a certificate is made, beside this machine and the address that is listened on.
    pub tls_hosts: Option<Vec<Host>>,
    /// The file for the certificate of the authority that clients have to trust, relative to the working folder.
    pub tls_ca: Option<PathBuf>,
    /// The file with a certificate of one's own, relative to the working folder.
    pub tls_cert: Option<PathBuf>,
    /// The file with the key of that certificate, relative to the working folder.
    pub tls_key: Option<PathBuf>,
    /// See [`Limits::head_timeout`].
    pub head_timeout: Option<Period>,
    /// See [`Limits::idle_timeout`].
    pub idle_timeout: Option<Period>,
    /// See [`Limits::body_timeout`].
    pub body_timeout: Option<Period>,
    /// See [`Limits::most_connections`].
    pub max_connections: Option<usize>,
    /// See [`Limits::head_bytes`].
    pub max_head_bytes: Option<usize>,
    /// See [`Limits::most_headers`].
    pub max_headers: Option<usize>,
    /// See [`Limits::body_bytes`].
    pub max_body_bytes: Option<u64>,
    /// See [`JournalLimits::entries`].
    pub journal_entries: Option<usize>,
    /// See [`JournalLimits::bytes`].
    pub journal_bytes: Option<usize>,
    /// See [`JournalLimits::total_bytes`].
    pub journal_total_bytes: Option<usize>,
    /// See [`JournalLimits::mask_phones`].
    pub mask_phones: Option<bool>,
    /// See [`Settings::retry_window`].
    pub retry_window: Option<Period>,
    /// Whether there is a control plane.
    pub admin: Option<bool>,
    /// The control plane's own address.
    pub admin_listen: Option<SocketAddr>,
    /// The file with the control plane's token, relative to the working folder.
    pub admin_token_file: Option<PathBuf>,
    document: Document,
    name: String,
    text: String,
}

impl Config {
    /// Reads a file. Paths in it are relative to its folder.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or as for [`parse`](Self::parse).
    pub fn read(file: impl AsRef<Path>) -> Result<Self, InvalidConfig> {
        let file = file.as_ref();
        let name = file.display().to_string();
        let text = fs::read_to_string(file)
            .map_err(|error| InvalidConfig::whole(&name, format!("cannot be read: {error}")))?;
        Self::of(name, text, file.parent().unwrap_or(Path::new("")))
    }

    /// Reads the text of a file. Paths in it are relative to the working folder.
    ///
    /// # Errors
    ///
    /// If it is no TOML, or has a key that is not known or a value that cannot be. What depends on the contract is judged by
    /// [`set_up`](Self::set_up).
    pub fn parse(text: &str) -> Result<Self, InvalidConfig> {
        Self::of("config".to_owned(), text.to_owned(), Path::new(""))
    }

    fn of(name: String, text: String, folder: &Path) -> Result<Self, InvalidConfig> {
        let (table, errors) = DeTable::parse_recoverable(&text);
        if !errors.is_empty() {
            let found = errors.into_iter().map(|error| Found {
                span: error.span().unwrap_or_default(),
                message: error.message().to_owned(),
            });
            return Err(InvalidConfig::of(&name, &text, found.collect()));
        }
        let mut found = keys::unknown(table.get_ref());
        let document = Document::deserialize(Deserializer::from(table))
            .map_err(|error| InvalidConfig::whole(&name, error.message().to_owned()))?;
        let mut reader = Reader { folder, found: Vec::new() };
        let config = reader.config(&document);
        found.append(&mut reader.found);
        let config = Self { document, name, text, ..config };
        if found.is_empty() {
            return Ok(config);
        }
        // Who mends the file wants to know all at once.
        if let (None, Ok(emulation)) =
            (&config.spec, Emulation::new(Contract::of(config.edition.unwrap_or_default())))
        {
            found.extend(config.resolve(&emulation).1);
        }
        Err(config.invalid(found))
    }

    /// The contract that it names, or the default edition.
    ///
    /// # Errors
    ///
    /// If the file of a contract of your own cannot be read or used.
    pub fn contract(&self) -> Result<Contract, InvalidConfig> {
        let Some(file) = &self.spec else { return Ok(Contract::of(self.edition.unwrap_or_default())) };
        let text = fs::read_to_string(file).map_err(|error| error.to_string());
        let contract = text.and_then(|text| Contract::from_json(&text).map_err(|error| error.to_string()));
        contract.map_err(|error| {
            let span = self.document.spec.as_ref().map(|at| at.span.clone()).unwrap_or_default();
            let message = format!("cannot use the contract in {}: {error}", file.display());
            self.invalid(vec![Found { span, message }])
        })
    }

    /// The settings, with the default for what it does not say.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let default = Settings::default();
        let limits = default.journal;
        Settings {
            seed: self.seed.unwrap_or(default.seed),
            clock: self.clock.clone().unwrap_or(default.clock),
            most_instances: self.max_instances.unwrap_or(default.most_instances),
            groups_kept: self.groups_kept.unwrap_or(default.groups_kept),
            most_faults: default.most_faults,
            strict: self.strict.unwrap_or(default.strict),
            journal: JournalLimits {
                entries: self.journal_entries.unwrap_or(limits.entries),
                bytes: self.journal_bytes.unwrap_or(limits.bytes),
                total_bytes: self.journal_total_bytes.unwrap_or(limits.total_bytes),
                mask_phones: self.mask_phones.unwrap_or(limits.mask_phones),
            },
            retry_window: self.retry_window.map_or(default.retry_window, |window| window.0),
        }
    }

    /// What a server bears of its clients, with the default for what it does not say.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            head_timeout: self.head_timeout.map_or(default.head_timeout, |timeout| timeout.0),
            idle_timeout: self.idle_timeout.map_or(default.idle_timeout, |timeout| timeout.0),
            body_timeout: self.body_timeout.map_or(default.body_timeout, |timeout| timeout.0),
            most_connections: self.max_connections.unwrap_or(default.most_connections),
            head_bytes: self.max_head_bytes.unwrap_or(default.head_bytes),
            most_headers: self.max_headers.unwrap_or(default.most_headers),
            body_bytes: self.max_body_bytes.or(default.body_bytes),
        }
    }

    /// The instances and the faults, as the contract of this emulation knows them.
    ///
    /// # Errors
    ///
    /// If the contract has no such state, error or fault, or an instance cannot be as it is described.
    pub fn set_up(&self, emulation: &Emulation) -> Result<SetUp, InvalidConfig> {
        match self.resolve(emulation) {
            (set_up, found) if found.is_empty() => Ok(set_up),
            (_, found) => Err(self.invalid(found)),
        }
    }

    fn resolve(&self, emulation: &Emulation) -> (SetUp, Vec<Found>) {
        let mut reading = Reading { emulation, found: Vec::new() };
        let instances = reading.list(self.document.instance.as_ref());
        let instances = reading.instances(instances);
        let faults = reading.list(self.document.fault.as_ref());
        let faults = reading.faults(faults);
        (SetUp { instances, faults }, reading.found)
    }

    /// The emulation that it describes: contract, settings, instances and faults.
    ///
    /// # Errors
    ///
    /// As for [`contract`](Self::contract) and [`set_up`](Self::set_up); or if the contract cannot be emulated.
    pub fn emulation(&self) -> Result<Emulation, InvalidConfig> {
        let whole = |error: crate::Unemulable| InvalidConfig::whole(&self.name, error.to_string());
        let emulation = Emulation::with(self.contract()?, self.settings()).map_err(whole)?;
        emulation.set_up(self.set_up(&emulation)?).map_err(whole)?;
        Ok(emulation)
    }

    fn invalid(&self, found: Vec<Found>) -> InvalidConfig {
        InvalidConfig::of(&self.name, &self.text, found)
    }
}

/// The tokens of its instances are not shown, so nothing of the text is.
impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Config").field("name", &self.name).finish_non_exhaustive()
    }
}
