//! The options of the file that need no contract, read from what is written.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::Config;
use super::at::At;
use super::document::Document;
use super::period::Period;
use super::problem::Found;
use crate::clock::Clock;
use crate::limits::Limits;

/// Reads options, and collects what is wrong with them.
pub(super) struct Reader<'r> {
    /// What paths are relative to.
    pub(super) folder: &'r Path,
    pub(super) found: Vec<Found>,
}

impl Reader<'_> {
    pub(super) fn config(&mut self, document: &Document) -> Config {
        if let (Some(_), Some(spec)) = (&document.edition, &document.spec) {
            let message =
                "`spec` stands beside `edition`; a contract is either an edition or a file".to_owned();
            self.found.push(Found { span: spec.span.clone(), message });
        }
        let tls = self.plain(document.tls.as_ref()).unwrap_or_default();
        let limits = self.plain(document.limits.as_ref()).unwrap_or_default();
        let journal = self.plain(document.journal.as_ref()).unwrap_or_default();
        let admin = self.plain(document.admin.as_ref()).unwrap_or_default();
        Config {
            listen: self.text(document.listen.as_ref(), address),
            drain: self.text(document.drain.as_ref(), parsed),
            edition: self.text(document.edition.as_ref(), parsed),
            spec: self.path(document.spec.as_ref()),
            seed: self.plain(document.seed.as_ref()),
            clock: self.text(document.clock.as_ref(), clock),
            strict: self.plain(document.strict.as_ref()),
            cors: self.list(document.cors.as_ref(), parsed),
            max_instances: self.plain(document.max_instances.as_ref()),
            groups_kept: self.plain(document.groups_kept.as_ref()),
            log: self.plain(document.log.as_ref()),
            ready_file: self.path(document.ready_file.as_ref()),
            tls: self.plain(tls.enabled.as_ref()),
            tls_hosts: self.list(tls.hosts.as_ref(), parsed),
            tls_ca: self.path(tls.ca.as_ref()),
            tls_cert: self.path(tls.cert.as_ref()),
            tls_key: self.path(tls.key.as_ref()),
            head_timeout: self.text(limits.head_timeout.as_ref(), above_zero),
            idle_timeout: self.text(limits.idle_timeout.as_ref(), above_zero),
            body_timeout: self.text(limits.body_timeout.as_ref(), above_zero),
            max_connections: self.within(limits.max_connections.as_ref(), 1, usize::MAX),
            max_head_bytes: self.within(limits.max_head_bytes.as_ref(), Limits::LEAST_HEAD_BYTES, usize::MAX),
            max_headers: self.within(limits.max_headers.as_ref(), 1, Limits::MOST_HEADERS),
            max_body_bytes: self.plain(limits.max_body_bytes.as_ref()),
            journal_entries: self.plain(journal.entries.as_ref()),
            journal_bytes: self.plain(journal.bytes.as_ref()),
            journal_total_bytes: self.plain(journal.total_bytes.as_ref()),
            mask_phones: self.plain(journal.mask_phones.as_ref()),
            retry_window: self.text(journal.retry_window.as_ref(), parsed),
            admin: self.plain(admin.enabled.as_ref()),
            admin_listen: self.text(admin.listen.as_ref(), address),
            admin_token_file: self.path(admin.token_file.as_ref()),
            ..Config::default()
        }
    }

    fn plain<T: Clone>(&mut self, at: Option<&At<T>>) -> Option<T> {
        self.read(at, |value| Ok(value.clone()))
    }

    fn within(&mut self, at: Option<&At<usize>>, least: usize, most: usize) -> Option<usize> {
        self.read(at, |number| match *number {
            number if number < least => Err(format!("{number} is too small; it is at least {least}")),
            number if number > most => Err(format!("{number} is too large; it is at most {most}")),
            number => Ok(number),
        })
    }

    fn path(&mut self, at: Option<&At<String>>) -> Option<PathBuf> {
        let folder = self.folder;
        self.read(at, |path| {
            if path.is_empty() { Err("no file has an empty name".to_owned()) } else { Ok(folder.join(path)) }
        })
    }

    fn text<R>(
        &mut self,
        at: Option<&At<String>>,
        read: impl FnOnce(&str) -> Result<R, String>,
    ) -> Option<R> {
        self.read(at, |text| read(text))
    }

    fn list<R>(
        &mut self,
        at: Option<&At<Vec<At<String>>>>,
        read: impl Fn(&str) -> Result<R, String>,
    ) -> Option<Vec<R>> {
        let items = self.plain(at)?;
        Some(items.iter().filter_map(|item| self.text(Some(item), &read)).collect())
    }

    fn read<T, R>(&mut self, at: Option<&At<T>>, read: impl FnOnce(&T) -> Result<R, String>) -> Option<R> {
        let at = at?;
        match at.value.as_ref().map_err(Clone::clone).and_then(read) {
            Ok(value) => Some(value),
            Err(message) => {
                self.found.push(Found { span: at.span.clone(), message });
                None
            }
        }
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

fn above_zero(text: &str) -> Result<Period, String> {
    Period::above_zero(text).map_err(|error| error.to_string())
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is no address; write ADDRESS:PORT, such as 127.0.0.1:8080"))
}

fn clock(text: &str) -> Result<Clock, String> {
    text.parse().map_err(|error| format!("write `example`, `system` or a time; {error}"))
}
