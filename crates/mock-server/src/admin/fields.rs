//! Reads a JSON body field by field, and says by a JSON pointer what is wrong with it.

use greenapi_model::Pointer;
use serde_json::{Map, Value};

use super::reply::Refusal;
use crate::fault::nearest;

/// The bytes as JSON.
pub(super) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|error| {
        // What it says holds no part of the body.
        let detail = if body.is_empty() { "there is no body".to_owned() } else { error.to_string() };
        Refusal::of(400, "Error parsing JSON").detail(detail)
    })
}

/// A value, and where in the body it stands.
#[derive(Clone)]
pub(super) struct Item<'v> {
    pub(super) value: &'v Value,
    pub(super) pointer: Pointer,
}

impl<'v> Item<'v> {
    /// The whole body.
    pub(super) fn whole(value: &'v Value) -> Self {
        Self { value, pointer: Pointer::default() }
    }

    /// Says what is wrong with it.
    pub(super) fn refuse(&self, detail: impl Into<String>) -> Refusal {
        Refusal::at(&self.pointer, detail)
    }

    /// The members of an object, of which none has another name than these.
    pub(super) fn fields(&self, known: &[&str]) -> Result<Fields<'v>, Refusal> {
        let object = self.value.as_object().ok_or_else(|| self.refuse("it has to be an object"))?;
        match object.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Fields { object, pointer: self.pointer.clone() }),
            Some(name) => Err(unknown(&self.pointer, name, known)),
        }
    }

    /// The items of an array.
    pub(super) fn items(&self) -> Result<Vec<Self>, Refusal> {
        let items = self.value.as_array().ok_or_else(|| self.refuse("it has to be an array"))?;
        let item = |(index, value)| Self { value, pointer: self.pointer.index(index) };
        Ok(items.iter().enumerate().map(item).collect())
    }

    pub(super) fn text(&self) -> Result<&'v str, Refusal> {
        self.value.as_str().ok_or_else(|| self.refuse("it has to be a text"))
    }

    pub(super) fn boolean(&self) -> Result<bool, Refusal> {
        self.value.as_bool().ok_or_else(|| self.refuse("it has to be true or false"))
    }

    pub(super) fn number(&self) -> Result<f64, Refusal> {
        self.value.as_f64().ok_or_else(|| self.refuse("it has to be a number"))
    }

    /// An integer from 0 on, in any form that JSON has for it.
    pub(super) fn integer(&self) -> Result<u64, Refusal> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Integers up to 2^53 alone.
        let from_fraction = |number: f64| {
            let exact = number.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(&number);
            exact.then_some(number as u64)
        };
        let integer = self.value.as_u64().or_else(|| self.value.as_f64().and_then(from_fraction));
        integer.ok_or_else(|| self.refuse("it has to be an integer from 0 on"))
    }
}

/// The members of an object.
pub(super) struct Fields<'v> {
    object: &'v Map<String, Value>,
    pointer: Pointer,
}

impl<'v> Fields<'v> {
    /// The member of that name, if there is one.
    pub(super) fn find(&self, name: &str) -> Option<Item<'v>> {
        let value = self.object.get(name)?;
        Some(Item { value, pointer: self.pointer.child(name) })
    }

    /// The member of that name.
    pub(super) fn need(&self, name: &str) -> Result<Item<'v>, Refusal> {
        self.find(name).ok_or_else(|| Refusal::at(&self.pointer.child(name), format!("`{name}` is required")))
    }

    /// The names, in no order that means something.
    pub(super) fn names(&self) -> impl Iterator<Item = &'v str> {
        self.object.keys().map(String::as_str)
    }
}

/// A name is repeated only where it cannot be a secret in the wrong place.
fn unknown(pointer: &Pointer, name: &str, known: &[&str]) -> Refusal {
    const SHOWN: usize = 24;
    let shown =
        !name.is_empty() && name.len() <= SHOWN && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let near = nearest(name, known.iter().copied());
    let hint = near
        .map_or_else(|| format!("known are: {}", known.join(", ")), |near| format!("did you mean `{near}`?"));
    if shown {
        Refusal::at(&pointer.child(name), format!("there is no field `{name}`; {hint}"))
    } else {
        Refusal::at(pointer, format!("there is a field of an unknown name; {hint}"))
    }
}
