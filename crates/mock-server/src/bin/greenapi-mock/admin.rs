//! The control plane: whether there is one, where, and who may use it.

use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;

use greenapi_mock_server::{BearerToken, Config};

use crate::effective::{Effective, Origin};
use crate::failure::Failure;

/// The variable that may hold the token. There is no flag for it, as that would show in the list of processes.
pub(crate) const TOKEN: &str = "GREENAPI_MOCK_ADMIN_TOKEN";

/// What is planned for the control plane.
pub(crate) enum Plan {
    /// There is none.
    Off,
    /// It refuses all calls: the endpoint listens for other machines, and there is no token.
    Refused,
    /// It is where the method is.
    Beside(Option<BearerToken>),
    /// It has an address of its own.
    Apart(SocketAddr, Option<BearerToken>),
}

impl Plan {
    /// Decides by the configuration and the environment.
    pub(crate) fn of(effective: &Effective) -> Result<Self, Failure> {
        let config = &effective.config;
        if config.admin == Some(false) {
            return Ok(Self::Off);
        }
        let token = token(effective, std::env::var_os(TOKEN))?;
        match config.admin_listen {
            Some(address) if !address.ip().is_loopback() && token.is_none() => Err(Failure::use_of(
                &format!("the control plane is not offered on {address} without a token"),
                &format!(
                    "Set {TOKEN}, or give --admin-token-file FILE, or choose an address of this machine with \
                     --admin-listen, such as 127.0.0.1:8081."
                ),
            )),
            Some(address) => Ok(Self::Apart(address, token)),
            None if is_for_others(config) && token.is_none() => Ok(Self::Refused),
            None => Ok(Self::Beside(token)),
        }
    }

    /// What the banner says of it, where it is reached at `url`.
    pub(crate) fn note(&self, url: Option<&str>) -> String {
        let root = url.map(|url| format!("{url}/__admin")).unwrap_or_default();
        match self {
            Self::Off => "There is no control plane.\n".to_owned(),
            Self::Refused => format!(
                "The control plane at {root} refuses all calls, as other machines reach it: set\n\
                 {TOKEN}, or give --admin-token-file FILE, or --admin-listen 127.0.0.1:8081.\n"
            ),
            Self::Beside(None) | Self::Apart(_, None) => {
                format!("Steer it, and see what happened, at {root}\n")
            }
            Self::Beside(Some(_)) | Self::Apart(_, Some(_)) => {
                format!("Steer it, and see what happened, at {root}, with the bearer token.\n")
            }
        }
    }
}

fn is_for_others(config: &Config) -> bool {
    config.listen.is_some_and(|address| !address.ip().is_loopback())
}

/// The token itself in the environment, or a file with it: a flag wins over the environment, and that over the file.
fn token(effective: &Effective, variable: Option<OsString>) -> Result<Option<BearerToken>, Failure> {
    let read = |text: &str, from: &str| {
        let token = text.trim_end_matches(['\r', '\n']).parse().map(Some);
        token.map_err(|error| Failure::use_of(&format!("{from}: {error}"), "A token is one line."))
    };
    if let Some(value) = variable.filter(|_| effective.origin("admin_token_file") != Origin::Flag) {
        // The error itself would show a value that is not UTF-8.
        return read(value.to_str().unwrap_or_default(), TOKEN);
    }
    let Some(file) = &effective.config.admin_token_file else { return Ok(None) };
    let text = fs::read_to_string(file).map_err(|error| {
        let message = format!("cannot read the token of the control plane in {}: {error}", file.display());
        Failure::use_of(
            &message,
            "It is given by --admin-token-file, its variable, or token-file in [admin].",
        )
    })?;
    read(&text, &file.display().to_string())
}
