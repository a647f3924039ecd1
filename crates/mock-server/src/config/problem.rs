use std::fmt;
use std::ops::Range;

use super::excerpt;

/// Something that is wrong with the file, before it is known where in a line that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    pub(super) message: String,
}

/// One thing that is wrong with a configuration file, and where.
///
/// `Display` gives the place, the message, and the line with the place marked. A token is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    file: String,
    place: Option<(usize, usize)>,
    message: String,
    excerpt: Option<String>,
}

impl Problem {
    /// The line, from 1. `None` if the file as a whole is meant.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.map(|(line, _)| line)
    }

    /// The column in characters, from 1. `None` if the file as a whole is meant.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.place.map(|(_, column)| column)
    }

    /// What is wrong, and what would be right.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some((line, column)) = self.place {
            write!(formatter, ":{line}:{column}")?;
        }
        write!(formatter, ": {}", self.message)?;
        match &self.excerpt {
            Some(excerpt) => write!(formatter, "\n{excerpt}"),
            None => Ok(()),
        }
    }
}

/// A configuration file that cannot be used, with all that is wrong with it in the order of its lines.
///
/// `Display` gives one problem after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidConfig(Vec<Problem>);

impl InvalidConfig {
    /// All that is wrong; there is at least one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }

    /// The file as a whole is meant.
    pub(super) fn whole(file: &str, message: String) -> Self {
        Self(vec![Problem { file: file.to_owned(), place: None, message, excerpt: None }])
    }

    /// These are wrong in a file of that name and text.
    pub(super) fn of(file: &str, text: &str, mut found: Vec<Found>) -> Self {
        found.sort_by_key(|found| found.span.start);
        found.dedup();
        let problem = |Found { span, message }: Found| {
            let (place, excerpt) = excerpt::of(text, &span);
            Problem { file: file.to_owned(), place: Some(place), message, excerpt }
        };
        Self(found.into_iter().map(problem).collect())
    }
}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(formatter, "{end}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidConfig {}
