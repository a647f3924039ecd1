use std::time::Instant;

use greenapi_model::InstanceId;
use serde_json::Value;

use super::fields;
use super::query::Query;
use super::reply::Refusal;
use crate::emulation::{Emulation, Scope};
use crate::instance::InstanceView;

/// A request to the control plane whose route is found.
pub(super) struct Call<'c> {
    pub(super) emulation: &'c Emulation,
    pub(super) started: Instant,
    /// Whether the emulation is at the same address.
    pub(super) shared: bool,
    /// By which scheme the emulation is called.
    pub(super) scheme: &'static str,
    /// The parameters in the path: the name that the route gives them, and the text.
    pub(super) parameters: Vec<(&'static str, &'c str)>,
    pub(super) query: Query,
    pub(super) body: &'c [u8],
}

impl Call<'_> {
    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, Refusal> {
        fields::parse(self.body)
    }

    /// The text of a parameter in the path.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| *own == name).map(|(_, text)| *text)
    }

    /// The instance that the path names, whether it is there or not.
    pub(super) fn instance_id(&self) -> Result<InstanceId, Refusal> {
        let id = self.parameter("id").and_then(|text| text.parse().ok());
        id.ok_or_else(|| Refusal::not_there("id", "the id of an instance is a number in decimal digits"))
    }

    /// The instance that the path names, if it is there.
    pub(super) fn instance(&self) -> Result<InstanceView, Refusal> {
        let id = self.instance_id()?;
        self.emulation.instance(id).ok_or_else(|| {
            Refusal::not_there(
                "id",
                format!("there is no instance {id}; PUT /__admin/instances/{id} makes one"),
            )
        })
    }

    /// The instance that the path names, or all of them where it names none.
    pub(super) fn scope(&self) -> Result<Scope, Refusal> {
        match self.parameter("id") {
            Some(_) => self.instance_id().map(Scope::Instance),
            None => Ok(Scope::Everywhere),
        }
    }

    /// The same; an instance has to be there.
    pub(super) fn existing_scope(&self) -> Result<Scope, Refusal> {
        match self.parameter("id") {
            Some(_) => self.instance().map(|instance| Scope::Instance(instance.id)),
            None => Ok(Scope::Everywhere),
        }
    }
}
