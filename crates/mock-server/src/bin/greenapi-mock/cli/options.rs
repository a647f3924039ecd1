use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::builder::{BoolishValueParser, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args};
use greenapi_mock_server::{Clock, Host, JournalLimits, Limits, LogFormat, Origin, Period, Server, Settings};
use greenapi_model::Edition;

use super::values::{self, Faults, Instances, List};

/// The options of the server. Each has a variable of the environment and a key in the file as well.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) address: AddressOptions,

    /// How long calls under way may take after SIGINT or SIGTERM; 0s, or a second signal, ends them at once
    #[arg(long, value_name = "DURATION", env = "GREENAPI_MOCK_DRAIN", default_value_t = Period(Server::DRAIN))]
    pub(crate) drain: Period,

    /// What to print: for a person; one JSON object a line, the first one on stdout when ready; or nothing
    #[arg(long, value_name = "FORMAT", env = "GREENAPI_MOCK_LOG", default_value = "text", value_parser = log())]
    pub(crate) log: LogFormat,

    /// While calls are taken, keep a file there that says where: the line of JSON that is first under --log json
    #[arg(long, value_name = "FILE", env = "GREENAPI_MOCK_READY_FILE")]
    pub(crate) ready_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) contract: ContractOptions,

    /// Decides ids and links of groups, and when a fault with a probability strikes: the same seed, the same answers
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_SEED", help_heading = ANSWERS,
        default_value_t = Settings::default().seed
    )]
    pub(crate) seed: u64,

    /// The time in answers: that of the contract's example, a fixed one such as 2020-06-29T12:00:00Z, or the system's
    #[arg(
        long, value_name = "example|TIME|system", env = "GREENAPI_MOCK_CLOCK", help_heading = ANSWERS,
        default_value_t = Settings::default().clock, value_parser = values::clock
    )]
    pub(crate) clock: Clock,

    /// Put an instance into a state: authorized, starting or not-authorized. May be given often
    #[arg(long, value_name = "ID:STATE", env = "GREENAPI_MOCK_INSTANCE", help_heading = ANSWERS)]
    pub(crate) instance: Vec<Instances>,

    /// Switch a fault on for all instances, such as wire.latency=200ms. May be given often
    #[arg(long, value_name = "FAULT", env = "GREENAPI_MOCK_FAULT", help_heading = ANSWERS)]
    pub(crate) fault: Vec<Faults>,

    /// Refuse an id that nobody set up with 403, instead of making an authorized instance
    #[arg(
        long, value_name = "BOOL", env = "GREENAPI_MOCK_STRICT", help_heading = ANSWERS, action = ArgAction::Set,
        num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = Settings::default().strict,
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) strict: bool,

    /// Let pages in a browser call the method: any, or those from this origin, such as `https://app.example`. May be given often
    #[arg(
        long, value_name = "ORIGIN", env = "GREENAPI_MOCK_CORS", help_heading = ANSWERS,
        num_args = 0..=1, require_equals = true, default_missing_value = "*"
    )]
    pub(crate) cors: Vec<List<Origin>>,

    #[command(flatten)]
    pub(crate) tls: TlsOptions,

    #[command(flatten)]
    pub(crate) limits: LimitOptions,

    /// How many instances there may be beside the test instances; a call to one more is answered with 503
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_MAX_INSTANCES", help_heading = KEPT,
        default_value_t = Settings::default().most_instances
    )]
    pub(crate) max_instances: usize,

    /// How many groups of each instance are kept, the latest
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_GROUPS_KEPT", help_heading = KEPT,
        default_value_t = Settings::default().groups_kept
    )]
    pub(crate) groups_kept: usize,

    /// How many calls of each instance are kept, the latest
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_JOURNAL_ENTRIES", help_heading = KEPT,
        default_value_t = JournalLimits::default().entries
    )]
    pub(crate) journal_entries: usize,

    /// How many bytes of the calls of each instance are kept
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_JOURNAL_BYTES", help_heading = KEPT,
        default_value_t = JournalLimits::default().bytes
    )]
    pub(crate) journal_bytes: usize,

    /// How many bytes of the calls of all instances are kept
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_JOURNAL_TOTAL_BYTES", help_heading = KEPT,
        default_value_t = JournalLimits::default().total_bytes
    )]
    pub(crate) journal_total_bytes: usize,

    /// Replace digits that may be a phone number by stars in what is kept
    #[arg(
        long, value_name = "BOOL", env = "GREENAPI_MOCK_MASK_PHONES", help_heading = KEPT, action = ArgAction::Set,
        num_args = 0..=1, require_equals = true, default_missing_value = "true",
        default_value_t = JournalLimits::default().mask_phones, value_parser = BoolishValueParser::new()
    )]
    pub(crate) mask_phones: bool,

    /// How soon the same body has to come again to look like a blind retry; 0s looks for none
    #[arg(
        long, value_name = "DURATION", env = "GREENAPI_MOCK_RETRY_WINDOW", help_heading = KEPT,
        default_value_t = Period(Settings::default().retry_window)
    )]
    pub(crate) retry_window: Period,

    #[command(flatten)]
    pub(crate) admin: AdminOptions,
}

/// How to speak `https`.
#[derive(Args)]
pub(crate) struct TlsOptions {
    #[command(flatten)]
    pub(crate) address: TlsAddressOptions,

    /// Make the certificate for this host too, such as api.green-api.com, beside this machine and the address of --listen. May be
    /// given often
    #[arg(long, value_name = "HOST", env = "GREENAPI_MOCK_TLS_HOST", help_heading = TLS)]
    pub(crate) tls_host: Vec<List<Host>>,

    /// Show this certificate of your own, PEM, in place of one that is made
    #[arg(long, value_name = "FILE", env = "GREENAPI_MOCK_TLS_CERT", help_heading = TLS)]
    pub(crate) tls_cert: Option<PathBuf>,

    /// The key of that certificate, PEM
    #[arg(long, value_name = "FILE", env = "GREENAPI_MOCK_TLS_KEY", help_heading = TLS)]
    pub(crate) tls_key: Option<PathBuf>,
}

/// Whether the endpoint speaks `https`, and whom to trust then.
#[derive(Args)]
pub(crate) struct TlsAddressOptions {
    /// Speak https, by a certificate that is made for this run
    #[arg(
        long, value_name = "BOOL", env = "GREENAPI_MOCK_TLS", help_heading = TLS, action = ArgAction::Set,
        num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = false,
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) tls: bool,

    /// Where the certificate of the authority is that clients have to trust, PEM: it is put there while the endpoint runs, unless
    /// --tls-cert is given
    #[arg(long, value_name = "FILE", env = "GREENAPI_MOCK_TLS_CA", help_heading = TLS)]
    pub(crate) tls_ca: Option<PathBuf>,
}

/// What is borne of clients.
#[derive(Args)]
pub(crate) struct LimitOptions {
    /// How long the head of a request may take from its first byte on; then it is answered with 408
    #[arg(
        long, value_name = "DURATION", env = "GREENAPI_MOCK_HEAD_TIMEOUT", help_heading = LIMITS,
        default_value_t = Period(Limits::default().head_timeout), value_parser = Period::above_zero
    )]
    pub(crate) head_timeout: Period,

    /// How long a connection is kept for a request, the first one and each further one; then it is closed
    #[arg(
        long, value_name = "DURATION", env = "GREENAPI_MOCK_IDLE_TIMEOUT", help_heading = LIMITS,
        default_value_t = Period(Limits::default().idle_timeout), value_parser = Period::above_zero
    )]
    pub(crate) idle_timeout: Period,

    /// How long a body may take; then it is answered with 408
    #[arg(
        long, value_name = "DURATION", env = "GREENAPI_MOCK_BODY_TIMEOUT", help_heading = LIMITS,
        default_value_t = Period(Limits::default().body_timeout), value_parser = Period::above_zero
    )]
    pub(crate) body_timeout: Period,

    /// How many connections there may be at once; one more waits
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_MAX_CONNECTIONS", help_heading = LIMITS,
        default_value_t = Limits::default().most_connections, value_parser = values::within(1, usize::MAX)
    )]
    pub(crate) max_connections: usize,

    /// How many bytes may come without the end of a head; then it is answered with 431
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_MAX_HEAD_BYTES", help_heading = LIMITS,
        default_value_t = Limits::default().head_bytes,
        value_parser = values::within(Limits::LEAST_HEAD_BYTES, usize::MAX)
    )]
    pub(crate) max_head_bytes: usize,

    /// How many headers a request may have; one with more is answered with 431
    #[arg(
        long, value_name = "NUMBER", env = "GREENAPI_MOCK_MAX_HEADERS", help_heading = LIMITS,
        default_value_t = Limits::default().most_headers, value_parser = values::within(1, Limits::MOST_HEADERS)
    )]
    pub(crate) max_headers: usize,

    /// How many bytes of a body are taken, where the contract takes more; a larger one is answered with 413
    #[arg(long, value_name = "NUMBER", env = "GREENAPI_MOCK_MAX_BODY_BYTES", help_heading = LIMITS)]
    pub(crate) max_body_bytes: Option<u64>,
}

/// Where the endpoint is.
#[derive(Args)]
pub(crate) struct AddressOptions {
    /// Read this configuration file, TOML
    #[arg(long, value_name = "FILE", env = "GREENAPI_MOCK_CONFIG")]
    pub(crate) config: Option<PathBuf>,

    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS:PORT", env = "GREENAPI_MOCK_LISTEN", default_value_t = LISTEN)]
    pub(crate) listen: SocketAddr,
}

/// Which contract is kept.
#[derive(Args)]
pub(crate) struct ContractOptions {
    /// Which edition of the contract to keep
    #[arg(
        long, value_name = "EDITION", env = "GREENAPI_MOCK_EDITION", default_value_t,
        value_parser = str::parse::<Edition>
    )]
    pub(crate) edition: Edition,

    /// Keep a contract of your own: an OpenAPI 3.1 document in JSON, written as those in spec/
    #[arg(long, value_name = "FILE", env = "GREENAPI_MOCK_SPEC")]
    pub(crate) spec: Option<PathBuf>,
}

/// The control plane.
#[derive(Args)]
pub(crate) struct AdminOptions {
    #[command(flatten)]
    pub(crate) address: AdminAddressOptions,

    /// The control plane asks for the bearer token in this file; the variable `GREENAPI_MOCK_ADMIN_TOKEN` may
    /// hold the token itself
    #[arg(long, value_name = "FILE", env = "GREENAPI_MOCK_ADMIN_TOKEN_FILE", help_heading = ADMIN)]
    pub(crate) admin_token_file: Option<PathBuf>,
}

/// Whether there is a control plane, and where.
#[derive(Args)]
pub(crate) struct AdminAddressOptions {
    /// Whether there is a control plane under /__admin
    #[arg(
        long, value_name = "BOOL", env = "GREENAPI_MOCK_ADMIN", help_heading = ADMIN, action = ArgAction::Set,
        num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true,
        value_parser = BoolishValueParser::new()
    )]
    pub(crate) admin: bool,

    /// The same as --admin=false
    #[arg(long, help_heading = ADMIN, conflicts_with = "admin_listen")]
    pub(crate) no_admin: bool,

    /// Give the control plane an address of its own
    #[arg(long, value_name = "ADDRESS:PORT", env = "GREENAPI_MOCK_ADMIN_LISTEN", help_heading = ADMIN)]
    pub(crate) admin_listen: Option<SocketAddr>,
}

/// The default address.
pub(crate) const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

const ANSWERS: &str = "What is answered";
const TLS: &str = "TLS";
const LIMITS: &str = "What is borne of clients";
const KEPT: &str = "What is kept";
const ADMIN: &str = "The control plane";

fn log() -> impl TypedValueParser<Value = LogFormat> {
    PossibleValuesParser::new(["text", "json", "off"]).map(|format| match format.as_str() {
        "json" => LogFormat::Json,
        "off" => LogFormat::Off,
        _ => LogFormat::Text,
    })
}
