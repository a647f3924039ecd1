use std::fmt;

use crate::pointer::Pointer;

/// Why a document cannot serve as a contract: what is wrong, and where.
///
/// `Display` gives the JSON pointer and one sentence, such as ``/paths/…/schema: the keyword `foo` is not known;
/// known are `type`, …``. The pointer leads into the document that was given, after `$ref` was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    pointer: Pointer,
    message: String,
}

impl ContractError {
    pub(crate) fn new(pointer: &Pointer, message: impl Into<String>) -> Self {
        Self { pointer: pointer.clone(), message: message.into() }
    }

    /// Where in the document: empty for what concerns the whole of it.
    #[must_use]
    pub fn pointer(&self) -> &Pointer {
        &self.pointer
    }

    /// What is wrong, and what would be right.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ContractError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.as_str().is_empty() {
            formatter.write_str(&self.message)
        } else {
            write!(formatter, "{}: {}", self.pointer, self.message)
        }
    }
}

impl std::error::Error for ContractError {}
