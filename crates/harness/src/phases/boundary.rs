//! A table about each member of a request: each limit at its edge and beyond, each type, what is missing, null, empty or
//! there twice. The rows are derived from the schema of the contract; whether one is valid, the contract says.

mod body;
mod values;

use greenapi_model::{Body, Contract};
use serde_json::{Map, Value};

use self::body::{Members, Row};
use self::values::candidates;
use crate::case::{Case, Expected, Near};
use crate::gauge::Gauge;
use crate::json_text;

pub(super) async fn requests(gauge: &mut Gauge<'_>) {
    let Some(error) = gauge.invalid_request() else { return };
    if !gauge.wants_some("boundary/") {
        return;
    }
    let contract = gauge.contract;
    let call = gauge.call("");
    let json = format!("{}.json", Body::Request.name());
    let (base, is_taken) = base(gauge).await;
    for row in rows(contract, &base) {
        let expected = match contract.request(&row.body) {
            Ok(_) => {
                let clause = row.near.iter().find_map(|id| contract.clause(id)).filter(|_| is_taken);
                let near = if row.assumed { Near::assumed } else { Near::to };
                Expected::Success(clause.map(near))
            }
            Err(violations) => {
                let clause = violations.first().clause();
                // What readers of JSON differ on is no matter of a clause.
                if clause.id() == json && json_text::is_disputed(&row.body) {
                    continue;
                }
                Expected::Refused(clause.clone(), error.clone())
            }
        };
        let request = call.clone().with_body(row.body);
        gauge.one(Case { id: format!("boundary/{}", row.id), request, expected }).await;
    }
}

/// The request that the rows are made from, with as many members as the target takes, and whether it does take it.
async fn base(gauge: &Gauge<'_>) -> (Members, bool) {
    let full = Members::full(gauge.contract);
    // Where not even an example is taken, or each of them could make a group in a live service, there is no use in trying.
    if !gauge.takes_an_example() {
        return (full, false);
    }
    let smaller = gauge.contract.members(Body::Request).map(|name| full.without(name));
    for members in std::iter::once(full.clone()).chain(smaller) {
        let body = members.text();
        if gauge.contract.request(body.as_bytes()).is_ok()
            && gauge.is_success(&gauge.wire.send(&gauge.call(body)).await)
        {
            return (members, true);
        }
    }
    (full, false)
}

/// The rows, in the order of the members. `base` is a valid request.
fn rows(contract: &Contract, base: &Members) -> Vec<Row> {
    let schema: Value = serde_json::from_str(&contract.json_schema(Body::Request)).unwrap_or_default();
    let full = Members::full(contract);
    let mut rows = whole_bodies(base);
    for name in contract.members(Body::Request) {
        let property = &schema["properties"][name];
        let about = format!("{}.{name}", Body::Request.name());
        for candidate in candidates(property) {
            let near = near(&about, &candidate.about, property);
            rows.push(Row {
                id: format!("{name}/{}", candidate.label),
                body: base.with(name, &candidate.raw).text().into(),
                near,
                assumed: candidate.assumed,
            });
        }
        rows.extend(presence(base, name, &full.value(name)));
        if property["type"] == "array" {
            rows.extend(items(base, name, &full.first_item(name), &about, &property["items"]));
        }
    }
    rows.extend(combinations(&full, contract));
    rows
}

/// The clauses that a valid value is near to: that of a keyword, else that of its type.
fn near(about: &str, keyword: &str, schema: &Value) -> Vec<String> {
    let kind = schema["type"].as_str().unwrap_or_default();
    [keyword, kind]
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(|word| format!("{about}.{word}"))
        .collect()
}

/// Bodies that are no object, and objects with more members than are named.
fn whole_bodies(full: &Members) -> Vec<Row> {
    let text = full.text();
    let row = |label: &str, body: String, near: &str, assumed| Row {
        id: format!("body/{label}"),
        body: body.into_bytes(),
        near: vec![format!("{}.{near}", Body::Request.name())],
        assumed,
    };
    let mut rows: Vec<Row> = [
        ("empty", ""),
        ("spaces", " \r\n"),
        ("null", "null"),
        ("true", "true"),
        ("number", "0"),
        ("string", "\"x\""),
        ("array", "[]"),
        ("object-in-array", "[{}]"),
        ("no-member", "{}"),
    ]
    .into_iter()
    .map(|(label, body)| row(label, body.to_owned(), "object", false))
    .collect();
    let cut = &text[..text.len() - 1];
    rows.extend([
        row("cut-off", cut.to_owned(), "json", false),
        row("twice", format!("{text}{text}"), "json", false),
        row("comma-behind", format!("{cut},}}"), "json", false),
        row("brace-behind", format!("{text}}}"), "json", false),
        row("single-quotes", text.replace('"', "'"), "json", false),
        row("space-in-front", format!(" \t\r\n{text}"), "json", false),
        row("space-behind", format!("{text}\r\n\t "), "json", false),
        row("line-end-behind", format!("{text}\r\n"), "json", false),
        row("space-inside", text.replace(':', "\t:\r\n "), "json", false),
        row("json-in-json", Value::String(text.clone()).to_string(), "object", false),
        row("wrapped", format!("[{text}]"), "object", false),
        row("more-members", format!("{cut},\"anotherMember\":[{{\"a\":null}}]}}"), "object", true),
        row(
            "many-members",
            format!("{cut},{}}}", (0..200).map(|n| format!("\"m{n}\":{n}")).collect::<Vec<_>>().join(",")),
            "object",
            true,
        ),
    ]);
    rows
}

/// A member that is missing, that is written in another way, and that is there twice.
fn presence(base: &Members, name: &str, value: &str) -> Vec<Row> {
    let row = |label: &str, members: Members, near: &str, assumed| Row {
        id: format!("{name}/{label}"),
        body: members.text().into(),
        near: vec![format!("{}.{near}", Body::Request.name())],
        assumed,
    };
    let without = base.without(name);
    let snake: String = name
        .chars()
        .flat_map(|one| one.is_uppercase().then_some('_').into_iter().chain(one.to_lowercase()))
        .collect();
    let capital = name[..1].to_uppercase() + &name[1..];
    vec![
        row("missing", without.clone(), "anyOf", false),
        // Where the member may be left out, these have one that nobody named.
        row("snake-case", without.with(&snake, value), "object", true),
        row("capital", without.with(&capital, value), "object", true),
        row("upper-case", without.with(&name.to_uppercase(), value), "object", true),
        row("twice-right-last", without.with_both(name, "null", value), "object", true),
        row("twice-right-first", without.with_both(name, value, "null"), "object", true),
    ]
}

/// Values for one item of a list: alone, first, last.
fn items(base: &Members, name: &str, good: &str, about: &str, schema: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    for candidate in candidates(schema) {
        let raw = &candidate.raw;
        let lists = [
            ("alone", format!("[{raw}]")),
            ("first", format!("[{raw},{good}]")),
            ("last", format!("[{good},{good},{raw}]")),
        ];
        for (place, list) in lists {
            rows.push(Row {
                id: format!("{name}/items/{}/{place}", candidate.label),
                body: base.with(name, &list).text().into(),
                near: near(&format!("{about}.items"), &candidate.about, schema),
                assumed: candidate.assumed,
            });
        }
    }
    let most = schema.get("maxItems").and_then(Value::as_u64);
    for count in [2, 10, 100, 1_000] {
        if most.is_none_or(|most| count <= most) {
            let count = usize::try_from(count).unwrap_or(1);
            let list = format!("[{}]", vec![good; count].join(","));
            rows.push(Row {
                id: format!("{name}/{count}-items"),
                body: base.with(name, &list).text().into(),
                near: vec![format!("{about}.array")],
                assumed: count > 100,
            });
        }
    }
    rows
}

/// The members that may be left out: each of them missing, null, empty or filled, with each of the others.
fn combinations(full: &Members, contract: &Contract) -> Vec<Row> {
    const STATES: [&str; 4] = ["missing", "null", "empty", "filled"];
    let lists: Vec<&str> =
        contract.members(Body::Request).filter(|name| full.value(name).starts_with('[')).collect();
    let count = STATES.len().pow(u32::try_from(lists.len().min(4)).unwrap_or(4));
    (0..count)
        .map(|number| {
            let (mut left, mut members, mut label) = (number, full.clone(), Vec::new());
            for name in lists.iter().take(4) {
                let state = STATES[left % STATES.len()];
                left /= STATES.len();
                members = match state {
                    "missing" => members.without(name),
                    "null" => members.with(name, "null"),
                    "empty" => members.with(name, "[]"),
                    _ => members,
                };
                label.push(format!("{name}-{state}"));
            }
            Row {
                id: format!("combination/{}", label.join("+")),
                body: members.text().into(),
                near: vec![format!("{}.anyOf", Body::Request.name())],
                assumed: false,
            }
        })
        .collect()
}

/// The first value that is not empty among the contract's examples, for each member.
fn example_values(contract: &Contract) -> Map<String, Value> {
    let is_empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty) || value == "";
    let mut found = Map::new();
    for example in contract.examples(Body::Request) {
        let members: Map<String, Value> = serde_json::from_str(example.body()).unwrap_or_default();
        for (name, value) in members.into_iter().filter(|(_, value)| !is_empty(value)) {
            found.entry(name).or_insert(value);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_row_has_an_id_of_its_own_and_each_clause_is_kept_and_broken() {
        let contract = Contract::default();
        let rows = rows(&contract, &Members::full(&contract));
        let ids: HashSet<_> = rows.iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), rows.len());
        let broken: HashSet<String> = rows
            .iter()
            .filter_map(|row| contract.request(&row.body).err())
            .map(|violations| violations.first().clause().id().to_owned())
            .collect();
        let about_the_body = contract.clauses().iter().filter(|clause| {
            clause.part() == greenapi_model::Part::Request && clause.id() != "request.content-type"
        });
        for clause in about_the_body {
            assert!(broken.contains(clause.id()), "no row breaks {clause}");
        }
        let valid = rows.iter().filter(|row| contract.request(&row.body).is_ok()).count();
        assert!(valid > 60, "{valid} of {} rows are valid", rows.len());
        for row in rows {
            assert!(row.near.iter().any(|id| contract.clause(id).is_some()), "{}: {:?}", row.id, row.near);
        }
    }
}
