use std::fmt;

use greenapi_model::Contract;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Report, Severity, Verdict};

/// A broken clause that is known, and left as it is until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The id of the clause.
    pub clause: String,
    /// Why it is left.
    pub reason: String,
    /// The last day on which it is.
    pub expires: Date,
}

/// The list of them, as a file in TOML has it.
///
/// ```
/// use greenapi_harness::AcceptedDeviations;
///
/// let list = AcceptedDeviations::from_toml(
///     r#"
///     [[accepted]]
///     clause = "request.groupName.minLength"
///     reason = "our proxy fills in a name"
///     expires = 2027-03-31
///     "#,
/// )?;
/// assert_eq!(list.iter().count(), 1);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AcceptedDeviations(Vec<Accepted>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accepted: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    clause: String,
    reason: String,
    expires: toml::Spanned<toml::value::Datetime>,
}

impl AcceptedDeviations {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// What is wrong, with its line: what is not TOML, a key that is not known or missing, a reason that is empty, a clause that
    /// stands twice, an expiry that is no date.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        let mut list: Vec<Accepted> = Vec::new();
        for Entry { clause, reason, expires } in file.accepted {
            let line = text[..expires.span().start].lines().count();
            if reason.trim().is_empty() {
                return Err(format!("line {line}: the entry for `{clause}` says no reason"));
            }
            if list.iter().any(|known| known.clause == clause) {
                return Err(format!("line {line}: `{clause}` stands twice"));
            }
            let expires = expires.get_ref().to_string().parse().map_err(|_| {
                format!("line {line}: `expires` is a date such as 2027-03-31, without a time")
            })?;
            list.push(Accepted { clause, reason, expires });
        }
        Ok(Self(list))
    }

    /// The entries, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Accepted> {
        self.0.iter()
    }

    /// Makes a note of each broken clause that is accepted, and a problem of each entry that is out of date or not needed.
    pub(crate) fn apply(&self, report: &mut Report, today: Date, contract: &Contract) {
        for accepted in &self.0 {
            let id = &accepted.clause;
            if contract.clause(id).is_none() {
                report
                    .problems
                    .push(format!("accepted deviations: edition {} has no clause `{id}`", report.edition));
                continue;
            }
            // A clause that this run was not asked to judge says nothing of its entry.
            let Some(result) = report.results.iter_mut().find(|result| result.clause.id() == id) else {
                continue;
            };
            match &result.verdict {
                Verdict::Kept => {
                    report.problems.push(format!(
                        "accepted deviations: `{id}` is kept, so its entry is not needed: take it out"
                    ));
                }
                Verdict::Broken(_) if accepted.expires < today => {
                    report.problems.push(format!(
                        "accepted deviations: the entry for `{id}` expired on {}",
                        accepted.expires
                    ));
                }
                Verdict::Broken(_) => {
                    result.severity = Severity::Note;
                    result.accepted = Some(accepted.clone());
                }
                Verdict::NotChecked(_) => {}
            }
        }
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} until {}: {}", self.clause, self.expires, self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::AcceptedDeviations;

    #[test]
    fn what_is_wrong_with_a_list_is_said_with_its_line() {
        let check = |text: &str, expected: &str| {
            let error = AcceptedDeviations::from_toml(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        };
        let entry = |more: &str| format!("[[accepted]]\nclause = \"a\"\n{more}");
        check(&entry("reason = \"r\""), "missing field `expires`");
        check(&entry("expires = 2027-01-01"), "missing field `reason`");
        check(&entry("reason = \" \"\nexpires = 2027-01-01"), "line 4: the entry for `a` says no reason");
        check(&entry("reason = \"r\"\nexpires = 2027-01-01T00:00:00Z"), "line 4: `expires` is a date");
        check(&entry("reason = \"r\"\nexpires = \"soon\""), "line 4");
        check(&entry("reason = \"r\"\nexpires = 2027-01-01\nmore = 1"), "unknown field `more`");
        let twice = entry("reason = \"r\"\nexpires = 2027-01-01\n");
        check(&format!("{twice}{twice}"), "line 8: `a` stands twice");
        check("accepted = 1", "line 1");
        assert_eq!(AcceptedDeviations::from_toml(""), Ok(AcceptedDeviations::default()));
    }
}
