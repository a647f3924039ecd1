//! Writes the contract for other tools: the document, and each body's schema on its own.

use crate::document::Node;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of a body, without the `x-` fields, which are no keywords of JSON Schema.
pub(crate) fn standalone(edition: &str, body: &str, schema: &Node) -> String {
    let text = |text: &str| Node::Text(text.to_owned());
    let mut members = vec![
        ("$schema".to_owned(), text(DIALECT)),
        ("$id".to_owned(), Node::Text(format!("urn:greenapi:createGroup:{edition}:{body}"))),
    ];
    members.extend(plain(schema).members().unwrap_or_default().iter().cloned());
    indented(&Node::Object(members))
}

pub(crate) fn indented(node: &Node) -> String {
    // Writing to memory cannot fail, and all keys are texts.
    serde_json::to_string_pretty(node).unwrap_or_default() + "\n"
}

/// A schema without its `x-` fields. The names of properties are not fields, so those stay.
fn plain(schema: &Node) -> Node {
    match schema {
        Node::Object(members) => Node::Object(
            members
                .iter()
                .filter(|(name, _)| !name.starts_with("x-"))
                .map(|(name, value)| {
                    let value = match (name.as_str(), value) {
                        ("properties", Node::Object(properties)) => Node::Object(
                            properties.iter().map(|(name, schema)| (name.clone(), plain(schema))).collect(),
                        ),
                        ("items", schema) => plain(schema),
                        ("anyOf", Node::List(schemas)) => Node::List(schemas.iter().map(plain).collect()),
                        (_, value) => value.clone(),
                    };
                    (name.clone(), value)
                })
                .collect(),
        ),
        other => other.clone(),
    }
}
