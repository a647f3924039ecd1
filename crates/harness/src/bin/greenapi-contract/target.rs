use std::env;

use greenapi_harness::{StatesCommand, StatesUrl, Target};
use greenapi_model::{ApiToken, Contract, InstanceId, InstanceState};

use crate::by_hand::ByHand;
use crate::end::Failed;

/// What is known of the endpoint beside its URL.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Target")]
pub(crate) struct Known {
    /// The authorized instance that most requests go to [default: 1101000001]
    #[arg(long, value_name = "ID")]
    pub(crate) instance: Option<InstanceId>,
    /// The variable of the environment that holds the token [default: any token]
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,
    /// Another instance that is in a state and stays in it, such as `starting=1101000002`; may be given more than once
    #[arg(long = "state", value_name = "STATE=ID", value_parser = state)]
    states: Vec<(InstanceState, InstanceId)>,
    /// An instance that is starting at its first call, and authorized after some more calls
    #[arg(long, value_name = "ID")]
    recovering: Option<InstanceId>,
    /// An instance that has another token than the one of --token-env
    #[arg(long, value_name = "ID")]
    other_token: Option<InstanceId>,
    /// A URL that brings an instance into a state, in the shape of Pact's provider states
    ///
    /// It gets a POST of {"state": "the instance is starting", "params": {"idInstance": "1101000001"}, "action": "setup"} and
    /// answers 2xx when that is done. The mock has one at /__admin/provider-states.
    #[arg(long, value_name = "URL", group = "way")]
    states_url: Option<String>,
    /// A command that brings an instance into a state
    ///
    /// It is run by `sh -c` with the variables `GREENAPI_STATE` (`starting`), `GREENAPI_STATE_SENTENCE`, `GREENAPI_INSTANCE`
    /// and `GREENAPI_ACTION` (`setup` or `teardown`), and ends with 0 when that is done.
    #[arg(long, value_name = "COMMAND", group = "way")]
    states_command: Option<String>,
    /// Ask on the terminal to bring an instance into a state, and wait
    #[arg(long, group = "way")]
    states_by_hand: bool,
}

fn state(text: &str) -> Result<(InstanceState, InstanceId), String> {
    let (state, id) = text.split_once('=').ok_or("write STATE=ID, such as starting=1101000002")?;
    let state = state.trim().parse().unwrap_or_else(|never| match never {});
    if let InstanceState::Other(name) = &state {
        let known: Vec<_> = InstanceState::NAMED.iter().map(InstanceState::as_str).collect();
        return Err(format!("there is no state `{name}`; there are: {}", known.join(", ")));
    }
    Ok((state, id.trim().parse().map_err(|error| format!("{error}"))?))
}

impl Known {
    /// The target at this URL. The real service is refused, unless that is meant.
    pub(crate) fn target(&self, contract: &Contract, url: &str, is_live: bool) -> Result<Target, Failed> {
        if !is_live && is_of_the_vendor(contract, url) {
            return Err(Failed::wrong_use(format!(
                "{url} is the real service, where each valid request makes a group: nothing was sent. With --live only what \
                 cannot make one is sent"
            )));
        }
        let instance = self.instance.unwrap_or(InstanceId::new(1_101_000_001));
        let mut target = Target::new(url, self.token()?)?.instance(InstanceState::Authorized, instance);
        for (state, id) in &self.states {
            target = target.instance(state.clone(), *id);
        }
        if let Some(id) = self.recovering {
            target = target.recovering(id);
        }
        if let Some(id) = self.other_token {
            target = target.other_token(id);
        }
        if let Some(url) = &self.states_url {
            target = target.states(StatesUrl::new(url).map_err(Failed::wrong_use)?);
        }
        if let Some(command) = &self.states_command {
            target = target.states(StatesCommand::new(command));
        }
        Ok(if self.states_by_hand { target.states(ByHand) } else { target })
    }

    fn token(&self) -> Result<ApiToken, Failed> {
        let Some(variable) = &self.token_env else {
            return "any-token".parse().map_err(|error| Failed::wrong_use(format!("{error}")));
        };
        // The error itself would show a value that is not UTF-8.
        let value = env::var(variable).map_err(|_| {
            Failed::wrong_use(format!(
                "the variable {variable} is not set, or is not UTF-8; --token-env takes the name of a variable, not the token"
            ))
        })?;
        value.parse().map_err(|error| Failed::wrong_use(format!("{variable}: {error}")))
    }
}

/// Whether the host is of the domain of the contract's own server, also of its pools, which leave the hyphen out.
fn is_of_the_vendor(contract: &Contract, url: &str) -> bool {
    let domain = |url: &str| {
        let host =
            url.split("://").nth(1)?.split(['/', ':', '?']).next()?.trim_end_matches('.').to_lowercase();
        let mut labels = host.rsplit('.');
        let (top, name) = (labels.next()?.to_owned(), labels.next()?.replace('-', ""));
        (!top.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("{name}.{top}"))
    };
    let of_the_contract = contract.server_url().and_then(domain);
    of_the_contract.is_some() && of_the_contract == domain(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_service_is_known_by_its_domain() {
        let contract = Contract::default();
        let check =
            |url: &str, expected: bool| assert_eq!(is_of_the_vendor(&contract, url), expected, "{url}");
        check("https://api.green-api.com", true);
        check("https://API.GREEN-API.COM:443/prefix", true);
        check("https://7105.api.greenapi.com", true);
        check("https://api.green-api.com./", true);
        check("http://127.0.0.1:8080", false);
        check("http://localhost", false);
        check("http://green-api.example.com", false);
        check("http://[::1]:8080", false);
    }

    #[test]
    fn a_state_and_an_instance_are_read() {
        assert_eq!(state("not-authorized=7"), Ok((InstanceState::NotAuthorized, 7.into())));
        assert!(state("asleep=7").unwrap_err().contains("there are: notAuthorized, authorized"));
        assert!(state("starting").is_err() && state("starting=x").is_err());
    }
}
