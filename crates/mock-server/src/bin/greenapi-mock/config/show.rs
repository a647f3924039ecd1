use std::fmt::{Display, Write as _};

use greenapi_mock_server::{Behaviour, Config, Injection, LogFormat, Then};
use greenapi_model::InstanceId;

use crate::effective::{Effective, Origin};
use crate::failure::Failure;
use crate::output;

/// How an option stands in the file.
pub(crate) struct Shown {
    /// Its id on the command line.
    pub(crate) id: &'static str,
    /// Its section, or nothing at the top.
    pub(crate) section: &'static str,
    /// Its key there.
    pub(crate) key: &'static str,
    value: fn(&Config) -> Option<toml::Value>,
}

const fn shown(
    id: &'static str,
    section: &'static str,
    key: &'static str,
    value: fn(&Config) -> Option<toml::Value>,
) -> Shown {
    Shown { id, section, key, value }
}

/// All options but instances and faults, by their sections.
pub(crate) const OPTIONS: [Shown; 32] = [
    shown("listen", "", "listen", |config| config.listen.map(text)),
    shown("drain", "", "drain", |config| config.drain.map(text)),
    shown("edition", "", "edition", |config| config.edition.map(text)),
    shown("spec", "", "spec", |config| config.spec.as_ref().map(|file| text(file.display()))),
    shown("seed", "", "seed", |config| config.seed.map(number)),
    shown("clock", "", "clock", |config| config.clock.as_ref().map(text)),
    shown("strict", "", "strict", |config| config.strict.map(toml::Value::Boolean)),
    shown("cors", "", "cors", |config| config.cors.as_deref().map(texts)),
    shown("max_instances", "", "max-instances", |config| config.max_instances.map(number)),
    shown("groups_kept", "", "groups-kept", |config| config.groups_kept.map(number)),
    shown("log", "", "log", |config| config.log.map(|format| text(log(format)))),
    shown("ready_file", "", "ready-file", |config| {
        config.ready_file.as_ref().map(|file| text(file.display()))
    }),
    shown("tls", "tls", "enabled", |config| config.tls.map(toml::Value::Boolean)),
    shown("tls_host", "tls", "hosts", |config| config.tls_hosts.as_deref().map(texts)),
    shown("tls_ca", "tls", "ca", |config| config.tls_ca.as_ref().map(|file| text(file.display()))),
    shown("tls_cert", "tls", "cert", |config| config.tls_cert.as_ref().map(|file| text(file.display()))),
    shown("tls_key", "tls", "key", |config| config.tls_key.as_ref().map(|file| text(file.display()))),
    shown("head_timeout", "limits", "head-timeout", |config| config.head_timeout.map(text)),
    shown("idle_timeout", "limits", "idle-timeout", |config| config.idle_timeout.map(text)),
    shown("body_timeout", "limits", "body-timeout", |config| config.body_timeout.map(text)),
    shown("max_connections", "limits", "max-connections", |config| config.max_connections.map(number)),
    shown("max_head_bytes", "limits", "max-head-bytes", |config| config.max_head_bytes.map(number)),
    shown("max_headers", "limits", "max-headers", |config| config.max_headers.map(number)),
    shown("max_body_bytes", "limits", "max-body-bytes", |config| config.max_body_bytes.map(number)),
    shown("journal_entries", "journal", "entries", |config| config.journal_entries.map(number)),
    shown("journal_bytes", "journal", "bytes", |config| config.journal_bytes.map(number)),
    shown("journal_total_bytes", "journal", "total-bytes", |config| config.journal_total_bytes.map(number)),
    shown("mask_phones", "journal", "mask-phones", |config| config.mask_phones.map(toml::Value::Boolean)),
    shown("retry_window", "journal", "retry-window", |config| config.retry_window.map(text)),
    shown("admin", "admin", "enabled", |config| config.admin.map(toml::Value::Boolean)),
    shown("admin_listen", "admin", "listen", |config| config.admin_listen.map(text)),
    shown("admin_token_file", "admin", "token-file", |config| {
        config.admin_token_file.as_ref().map(|file| text(file.display()))
    }),
];

fn text(value: impl Display) -> toml::Value {
    toml::Value::String(value.to_string())
}

fn texts(values: &[impl Display]) -> toml::Value {
    toml::Value::Array(values.iter().map(text).collect())
}

/// TOML's numbers end at 2^63.
fn number(value: impl TryInto<i64> + Display + Copy) -> toml::Value {
    value.try_into().map_or_else(|_| text(value), toml::Value::Integer)
}

fn log(format: LogFormat) -> &'static str {
    match format {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
        LogFormat::Off => "off",
    }
}

/// Prints what is in effect as a file that says the same, each value with where it comes from.
pub(crate) fn show(effective: &Effective) -> Result<(), Failure> {
    let (_, set_up) = effective.emulation()?;
    let mut page = Page::default();
    let mut section = "";
    for option in &OPTIONS {
        let Some(value) = (option.value)(&effective.config) else { continue };
        if option.section != section {
            section = option.section;
            page.heading(&format!("[{section}]"), "");
        }
        page.line(option.key, &value.to_string(), &origin(effective.origin(option.id), option.id));
    }
    if std::env::var_os(crate::admin::TOKEN).is_some() {
        page.comment(&format!(
            "The control plane's token is \"***\", from the environment: {}",
            crate::admin::TOKEN
        ));
    }
    for (id, behaviour) in &set_up.instances {
        instance(&mut page, *id, behaviour, &origin(effective.origin_of_instance(*id), "instance"));
    }
    for injection in &set_up.faults {
        page.heading("[[fault]]", &origin(effective.origin("fault"), "fault"));
        for (key, value) in fault(injection) {
            page.line(key, &value.to_string(), "");
        }
    }
    output::print(page.0)
}

fn origin(origin: Origin, id: &str) -> String {
    match origin {
        Origin::Default => "default".to_owned(),
        Origin::File => "file".to_owned(),
        Origin::Environment => format!("environment: GREENAPI_MOCK_{}", id.to_ascii_uppercase()),
        Origin::Flag => format!("flag: --{}", id.replace('_', "-")),
    }
}

fn instance(page: &mut Page, id: InstanceId, behaviour: &Behaviour, origin: &str) {
    page.heading("[[instance]]", origin);
    page.line("id", &number(id.number()).to_string(), "");
    page.line("state", &text(behaviour.state()).to_string(), "");
    if behaviour.minds_token() {
        page.line("token", &text("***").to_string(), "");
    }
    let script = behaviour.steps();
    if !script.is_empty() {
        let steps: Vec<_> = script.steps().map(text).collect();
        page.line("script", &toml::Value::Array(steps).to_string(), "");
        let then = if script.after() == Then::Repeat { "repeat" } else { "normal" };
        page.line("then", &text(then).to_string(), "");
    }
    if !behaviour.faults().is_empty() {
        let tables = behaviour.faults().iter().map(|injection| {
            let table = fault(injection).into_iter().map(|(key, value)| (key.to_owned(), value));
            toml::Value::Table(table.collect())
        });
        page.line("faults", &toml::Value::Array(tables.collect()).to_string(), "");
    }
}

fn fault(injection: &Injection) -> Vec<(&'static str, toml::Value)> {
    let mut members = vec![("fault", text(injection.fault()))];
    members.extend(injection.calls_left().map(|calls| ("calls", number(calls))));
    if injection.chance() < 1.0 {
        members.push(("probability", toml::Value::Float(injection.chance())));
    }
    members
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn heading(&mut self, heading: &str, comment: &str) {
        self.0.push('\n');
        self.put(heading, comment);
    }

    fn line(&mut self, key: &str, value: &str, comment: &str) {
        self.put(&format!("{key} = {value}"), comment);
    }

    fn comment(&mut self, comment: &str) {
        let _ = writeln!(self.0, "# {comment}");
    }

    fn put(&mut self, text: &str, comment: &str) {
        let _ = if comment.is_empty() {
            writeln!(self.0, "{text}")
        } else {
            writeln!(self.0, "{text:<32}  # {comment}")
        };
    }
}
