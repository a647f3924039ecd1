use std::fmt;

use super::words::noun;

/// How many clauses have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All of them.
    pub clauses: usize,
    /// Those that are kept.
    pub kept: usize,
    /// Broken ones that are failures.
    pub failures: usize,
    /// Broken ones that are warnings.
    pub warnings: usize,
    /// Broken ones that were accepted.
    pub notes: usize,
    /// Those that were not checked.
    pub not_checked: usize,
    /// Those that were tried from both sides.
    pub covered: usize,
}

/// `59 clauses: 57 kept, 1 failure, 0 warnings, 1 note, 0 not checked`.
impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { clauses, kept, failures, warnings, notes, not_checked, .. } = self;
        write!(
            formatter,
            "{clauses} {}: {kept} kept, {failures} {}, {warnings} {}, {notes} {}, {not_checked} not checked",
            noun("clause", *clauses),
            noun("failure", *failures),
            noun("warning", *warnings),
            noun("note", *notes),
        )
    }
}
