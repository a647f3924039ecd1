use std::fmt;
use std::str::FromStr;

include!("../contracts/editions.rs");

/// A dated form of the contract that comes with this crate.
///
/// ```
/// use greenapi_model::{Contract, Edition};
///
/// let edition: Edition = "2020-06-29".parse()?;
/// assert_eq!(edition, Edition::default());
/// assert_eq!(Contract::of(edition).edition(), "2020-06-29");
/// # Ok::<(), greenapi_model::UnknownEdition>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edition {
    index: usize,
}

impl Edition {
    /// All editions, the oldest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..EDITIONS.len()).map(|index| Self { index })
    }

    /// Its name: the date of the page that it was made from.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        EDITIONS[self.index].0
    }

    /// The OpenAPI document, as codegen wrote it.
    pub(crate) fn document(self) -> &'static str {
        EDITIONS[self.index].1
    }

    pub(crate) fn index(self) -> usize {
        self.index
    }
}

impl Default for Edition {
    /// 2020-06-29, the first one.
    fn default() -> Self {
        Self { index: 0 }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for Edition {
    type Err = UnknownEdition;

    fn from_str(text: &str) -> Result<Self, UnknownEdition> {
        Self::all().find(|edition| edition.as_str() == text).ok_or(UnknownEdition)
    }
}

/// No edition has that name. `Display` lists those that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEdition;

impl fmt::Display for UnknownEdition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Edition::all().map(Edition::as_str).collect();
        write!(formatter, "no edition has that name; there is {}", known.join(", "))
    }
}

impl std::error::Error for UnknownEdition {}
