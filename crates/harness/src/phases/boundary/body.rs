use greenapi_model::{Body, Contract};
use serde_json::Value;

use super::example_values;

/// One row of the table.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) body: Vec<u8>,
    /// The clauses that it is near to; the first one that the contract has is the one.
    pub(super) near: Vec<String>,
    /// Whether it is this project's choice that such a request is valid, where it is.
    pub(super) assumed: bool,
}

/// The members of an object as JSON text, in their order, each as often as it is written.
#[derive(Clone)]
pub(super) struct Members(Vec<(String, String)>);

impl Members {
    /// Each member that the contract names, with a value of its examples.
    pub(super) fn full(contract: &Contract) -> Self {
        let values = example_values(contract);
        let member = |name: &str| Some((name.to_owned(), values.get(name)?.to_string()));
        Self(contract.members(Body::Request).filter_map(member).collect())
    }

    pub(super) fn value(&self, name: &str) -> String {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// The first item of a list.
    pub(super) fn first_item(&self, name: &str) -> String {
        let list: Value = serde_json::from_str(&self.value(name)).unwrap_or_default();
        list[0].to_string()
    }

    /// With this value, in its place, or behind the others if it is not there.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut members = self.0.clone();
        match members.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => value.clone_into(own),
            None => members.push((name.to_owned(), value.to_owned())),
        }
        Self(members)
    }

    /// With both values behind the others, one after the other.
    pub(super) fn with_both(&self, name: &str, first: &str, last: &str) -> Self {
        let mut members = self.0.clone();
        members.extend([first, last].map(|value| (name.to_owned(), value.to_owned())));
        Self(members)
    }

    pub(super) fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(own, _)| own != name).cloned().collect())
    }

    pub(super) fn text(&self) -> String {
        let members = self.0.iter().map(|(name, value)| format!("{}:{value}", Value::String(name.clone())));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
}
