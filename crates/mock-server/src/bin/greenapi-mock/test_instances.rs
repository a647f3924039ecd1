//! The test instances in words, in groups by what is special about them.

use std::fmt::Write as _;

use greenapi_mock_server::{Emulation, Step, TestInstance};
use greenapi_model::Contract;

/// Those of the default edition.
pub(crate) fn of_the_default() -> String {
    Emulation::new(Contract::default())
        .map(|emulation| list(&emulation.test_instances(), false))
        .unwrap_or_default()
}

/// A heading and some lines for each group.
pub(crate) fn list(instances: &[TestInstance], is_strict: bool) -> String {
    let mut text = String::new();
    for (group, heading) in GROUPS {
        let mut members = instances.iter().filter(|instance| Group::of(instance) == group).peekable();
        if members.peek().is_some() {
            let _ = writeln!(text, "  {heading}");
        }
        for instance in members {
            let _ = writeln!(text, "    {}  {}", instance.id, instance.summary);
        }
    }
    text.push_str(if is_strict {
        "  Any other id is refused.\n"
    } else {
        "  Any other id is an authorized instance, made at its first call.\n"
    });
    text
}

const GROUPS: [(Group, &str); 4] = [
    (Group::State, "By their state:"),
    (Group::Domain, "Of the domain, on a request that is valid:"),
    (Group::Wire, "On the wire:"),
    (Group::Once, "At the first call only, to test a retry:"),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    State,
    Domain,
    Wire,
    Once,
}

impl Group {
    fn of(instance: &TestInstance) -> Self {
        let behaviour = &instance.behaviour;
        if behaviour.steps().steps().any(|step| matches!(step, Step::Fault(_) | Step::Error(_))) {
            return Self::Once;
        }
        match behaviour.faults().first() {
            Some(injection) if injection.fault().id().starts_with("wire.") => Self::Wire,
            Some(_) => Self::Domain,
            None => Self::State,
        }
    }
}
