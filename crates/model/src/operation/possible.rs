//! Answers that any request may get: they promise nothing, so they give no clause.

use super::answers::{envelope, repeat, slug};
use super::content::ExampleFields;
use crate::answer::{Envelope, Repeat};
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::fields::{Fields, members};
use crate::pointer::Pointer;
use crate::possible::{Content, PossibleAnswer, Value};

const WHEN: &str = "x-when";
const MAKES_GROUP: &str = "x-makes-group";

/// Whether an answer is one that any request may get: `x-when: {request: any}`.
pub(super) fn may_come_to_any(fields: &Fields<'_>) -> bool {
    let request = fields.node(WHEN).and_then(|when| when.member("request"));
    request.and_then(Node::text) == Some("any")
}

/// `x-makes-group` is for such answers alone.
pub(super) fn makes_no_group(fields: &Fields<'_>) -> Result<(), ContractError> {
    if fields.has(MAKES_GROUP) {
        let message = format!("`{MAKES_GROUP}` is for an answer that any request may get");
        return Err(fields.error(MAKES_GROUP, message));
    }
    Ok(())
}

/// Whether the schema of a response is not that of the errors, and says next to nothing.
pub(super) fn is_loose(schema: &Node) -> bool {
    schema.member("properties").is_none()
}

/// An answer without a body: the response itself is it.
pub(super) fn bodiless(response: &Fields<'_>, status: u16) -> Result<PossibleAnswer, ContractError> {
    possible(response, response.need_text("x-error")?, status, "description", None)
}

/// An answer whose body is the envelope of the errors.
pub(super) fn enveloped(
    found: &ExampleFields<'_>,
    status: u16,
    media_type: &str,
    template: &str,
) -> Result<PossibleAnswer, ContractError> {
    let Envelope { timestamp, message, template } = envelope(found, status, template)?;
    let value = found.fields.need("value")?.clone();
    let content = Content {
        media_type: media_type.to_owned(),
        value: Value::Envelope { value, timestamp, message, template },
    };
    possible(&found.fields, found.name, status, "summary", Some(content))
}

/// The answers of a response whose body is another than the envelope of the errors: JSON of any form, or a text.
pub(super) fn loose(
    response: &Fields<'_>,
    status: u16,
    template: &str,
) -> Result<Vec<PossibleAnswer>, ContractError> {
    let (media_type, node) = super::content::only_media(response)?;
    let media = Fields::of(
        node,
        &response.at("content").child(media_type),
        "a media type without promises",
        &["schema", "examples"],
    )?;
    let known = ["type", "title", "description"];
    let schema = Fields::of(
        media.need("schema")?,
        &media.at("schema"),
        "the schema of an answer that any request may get",
        &known,
    )?;
    for name in ["title", "description"] {
        schema.text(name)?;
    }
    let json = match (schema.need_text("type")?, media_type) {
        ("object", "application/json") => true,
        ("string", "text/html" | "text/plain") => false,
        _ => {
            let message =
                "such a body is an `object` as application/json, or a `string` as text/html or text/plain";
            return Err(schema.error("type", message));
        }
    };
    let at = media.at("examples");
    members(media.need("examples")?, &at)?
        .iter()
        .map(|(name, node)| {
            let known = ["summary", "description", "value", "x-evidence", WHEN, "x-repeat", MAKES_GROUP];
            let example = Fields::of(node, &at.child(name), "an example without promises", &known)?;
            if !may_come_to_any(&example) {
                let message =
                    "an error with a condition has the schema of the other errors; this is `{request: any}`";
                return Err(example.error(WHEN, message));
            }
            let value = match (json, example.need("value")?) {
                (true, value @ Node::Object(_)) => {
                    Value::Json { value: value.clone(), template: template.to_owned() }
                }
                (false, Node::Text(text)) => Value::Text(text.clone()),
                _ => return Err(example.error("value", "this is to be of the type that the schema says")),
            };
            let content = Content { media_type: media_type.to_owned(), value };
            possible(&example, name, status, "summary", Some(content))
        })
        .collect()
}

/// A slug names one answer, whether it is promised or not.
pub(super) fn each_slug_stands_once<'s>(
    slugs: impl Iterator<Item = &'s String>,
    at: &Pointer,
) -> Result<(), ContractError> {
    let mut known: Vec<&str> = Vec::new();
    for slug in slugs {
        if known.contains(&slug.as_str()) {
            return Err(ContractError::new(at, format!("two answers have the slug `{slug}`: rename one")));
        }
        known.push(slug);
    }
    Ok(())
}

/// What all of them have. `says` is the member that says what the answer means.
fn possible(
    fields: &Fields<'_>,
    name: &str,
    status: u16,
    says: &str,
    content: Option<Content>,
) -> Result<PossibleAnswer, ContractError> {
    // Nothing else stands beside `request`.
    Fields::of(
        fields.need(WHEN)?,
        &fields.at(WHEN),
        "`x-when` of an answer that any request may get",
        &["request"],
    )?;
    let makes_group = fields.boolean(MAKES_GROUP)?.unwrap_or_default();
    let repeat = repeat(fields)?;
    if makes_group && repeat == Repeat::Later {
        return Err(
            fields.error("x-repeat", "a call that made a group is repeated `never`: it would make another")
        );
    }
    Ok(PossibleAnswer {
        slug: slug(fields, name)?.to_owned(),
        status,
        content,
        makes_group,
        repeat,
        evidence: fields.one_evidence()?,
        summary: fields.need_text(says)?.to_owned(),
    })
}
