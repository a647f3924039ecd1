use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// A value of the file and where it stands.
///
/// One that cannot be read is kept as what is wrong with it, so that the reading goes on and all errors are found at once.
#[derive(Clone)]
pub(super) struct At<T> {
    pub(super) value: Result<T, String>,
    pub(super) span: Range<usize>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Caught<T>>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Self { value: spanned.into_inner().0, span })
    }
}

struct Caught<T>(Result<T, String>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Caught<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(T::deserialize(deserializer).map_err(|error| message(&error.to_string()))))
    }
}

/// What the format says, without the names of Rust's types.
fn message(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    ["usize", "u64"]
        .iter()
        .fold(line.to_owned(), |line, kind| {
            line.replace(&format!("expected {kind}"), "expected a whole number from 0 on")
        })
        .replace("expected f64", "expected a number")
        .replace("expected a boolean", "expected `true` or `false`")
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for At<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

/// A secret text of the file. Nothing shows it, not even the error where it is no text.
#[derive(Clone)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(transparent))]
pub(super) struct Secret(pub(super) String);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The message of the format would tell the value.
        let text = String::deserialize(deserializer);
        text.map(Self).map_err(|_| serde::de::Error::custom("a token is a text; write it in quotes"))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("***")
    }
}
