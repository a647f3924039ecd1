//! How the values of options are read.

use std::str::FromStr;

use greenapi_mock_server::Clock;
use greenapi_model::{InstanceId, InstanceState};

/// Instances with their states: `7103000001:starting,7103000002:not-authorized`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Instances(pub(crate) Vec<(InstanceId, InstanceState)>);

impl FromStr for Instances {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        items(text).into_iter().map(instance).collect::<Result<_, _>>().map(Self)
    }
}

fn instance(text: &str) -> Result<(InstanceId, InstanceState), String> {
    let (id, state) = text.split_once(':').ok_or("write ID:STATE, such as 7103000001:starting")?;
    let id = id.trim().parse().map_err(|error| format!("{error}"))?;
    // Whether the contract has an answer for the state is for the emulation to say.
    let Ok(state) = state.trim().parse::<InstanceState>();
    Ok((id, state))
}

/// Texts of faults: `wire.latency=uniform(10ms,1s),domain.not-created`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Faults(pub(crate) Vec<String>);

impl FromStr for Faults {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(items(text).into_iter().map(str::to_owned).collect()))
    }
}

/// The parts between commas that stand in no brackets. There are none in an empty text.
fn items(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    let parts = text.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ',' && depth == 0
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}

pub(crate) fn clock(text: &str) -> Result<Clock, String> {
    text.parse().map_err(|error| format!("write `example`, `system` or a time; {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_an_id_and_a_state() {
        let check = |text: &str, expected: Result<&[(u64, InstanceState)], ()>| {
            let pair = |(id, state): &(u64, InstanceState)| (InstanceId::new(*id), state.clone());
            let expected = expected.map(|pairs| Instances(pairs.iter().map(pair).collect()));
            assert_eq!(text.parse::<Instances>().map_err(drop), expected, "{text}");
        };
        check("7:starting", Ok(&[(7, InstanceState::Starting)]));
        check("7:notAuthorized", Ok(&[(7, InstanceState::NotAuthorized)]));
        check(
            "7:starting, 8:not-authorized",
            Ok(&[(7, InstanceState::Starting), (8, InstanceState::NotAuthorized)]),
        );
        check("7:paused", Ok(&[(7, InstanceState::Other("paused".to_owned()))]));
        check("", Ok(&[]));
        check("7", Err(()));
        check("x:starting", Err(()));
        check(":starting", Err(()));
    }

    #[test]
    fn a_comma_in_brackets_separates_nothing() {
        let check = |text: &str, expected: &[&str]| assert_eq!(items(text), expected, "{text}");
        check("a,b", &["a", "b"]);
        check(" a , ,b,", &["a", "b"]);
        check("wire.latency=uniform(1s,2s),b", &["wire.latency=uniform(1s,2s)", "b"]);
        check("a),b", &["a)", "b"]);
        check("", &[]);
    }
}
