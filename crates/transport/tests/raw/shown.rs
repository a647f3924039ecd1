//! All that can be seen of a value or of an error, to search it for what must not be there.

use std::error::Error;
use std::fmt::{Debug, Write};

/// By `Debug`, on one line and on many.
pub(crate) fn show(shown: &mut String, value: &impl Debug) {
    writeln!(shown, "{value:?} {value:#?}").unwrap();
}

/// The same of an error and of all that is behind it, and by `Display`.
pub(crate) fn show_error(shown: &mut String, error: &(dyn Error + 'static)) {
    for error in std::iter::successors(Some(error), |error| (*error).source()) {
        writeln!(shown, "{error} {error:?} {error:#?}").unwrap();
    }
}
