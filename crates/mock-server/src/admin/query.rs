//! The query of a request to the control plane.

use jiff::Timestamp;

use super::reply::Refusal;

/// Which of the things that there are to be shown. Each route says which parameters it knows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// `limit`: at most so many.
    pub(super) limit: Option<usize>,
    /// `since`: those that came after this time.
    pub(super) since: Option<Timestamp>,
    /// `after`: those with a larger id.
    pub(super) after: Option<u64>,
}

impl Query {
    pub(super) fn read(query: Option<&str>, known: &'static [&'static str]) -> Result<Self, Refusal> {
        let mut found = Self::default();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(name) = known.iter().find(|known| **known == name) else {
                return Err(Refusal::of(422, "Not valid").detail(match known {
                    [] => "there are no parameters here".to_owned(),
                    _ => format!("the parameters here are: {}", known.join(", ")),
                }));
            };
            let value = decoded(value);
            let number = || value.parse::<u64>().ok().filter(|_| !value.starts_with('+'));
            match *name {
                "limit" => {
                    let limit =
                        number().ok_or_else(|| Refusal::parameter("limit", "it is a number from 0 on"))?;
                    found.limit = Some(usize::try_from(limit).unwrap_or(usize::MAX));
                }
                "since" => {
                    let since = value.parse().map_err(|_| {
                        Refusal::parameter(
                            "since",
                            "it is a time such as 2020-06-29T12:00:00Z; in a query, a plus is written as %2B",
                        )
                    })?;
                    found.since = Some(since);
                }
                _ => {
                    let after =
                        number().ok_or_else(|| Refusal::parameter("after", "it is the id of an instance"))?;
                    found.after = Some(after);
                }
            }
        }
        Ok(found)
    }
}

/// As a form writes it: `+` for a space, and `%2B` for a plus.
fn decoded(text: &str) -> String {
    let plain = text.replace('+', " ");
    String::from_utf8_lossy(&crate::journal::masking::decoded(&plain)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_or_refused() {
        let check = |query: &str, expected: Option<(Option<usize>, Option<&str>, Option<u64>)>| {
            let found = Query::read(Some(query), &["limit", "since", "after"]).ok();
            let expected = expected.map(|(limit, since, after)| Query {
                limit,
                since: since.map(|since| since.parse().unwrap()),
                after,
            });
            assert_eq!(found, expected, "{query}");
        };
        check("", Some((None, None, None)));
        check("limit=7&after=9", Some((Some(7), None, Some(9))));
        check("limit=0&", Some((Some(0), None, None)));
        let noon = Some((None, Some("2020-06-29T12:00:00Z"), None));
        check("since=2020-06-29T12:00:00Z", noon);
        check("since=2020-06-29+12%3A00%3A00%2B00%3A00", noon);
        for query in
            ["limit", "limit=", "limit=-1", "limit=%2B1", "limit=x", "since=noon", "after=x", "other=1", "%"]
        {
            check(query, None);
        }
    }
}
