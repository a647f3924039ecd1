//! The body of a request or of an answer: its media type, its schema and its examples.

use super::BodyRules;
use crate::answer::Example;
use crate::clause::Clauses;
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::fields::{Fields, members};
use crate::pointer::Pointer;
use crate::reader::{self, Unreadable};
use crate::schema;

/// An example as it stands in the document.
pub(super) struct ExampleFields<'d> {
    pub(super) name: &'d str,
    pub(super) fields: Fields<'d>,
    pub(super) body: String,
}

/// The one media type of a body. `part` is the first word of the clause ids.
pub(super) fn content<'d>(
    holder: &Fields<'d>,
    part: &str,
    clauses: &mut Clauses,
) -> Result<(BodyRules, Vec<ExampleFields<'d>>), ContractError> {
    let (media_type, media) = media(holder)?;
    let evidence = media.evidence(&["json", "content-type"])?;
    let content_type = clauses.add(
        format!("{part}.content-type"),
        evidence.of("content-type"),
        &media.at,
        if part == "request" {
            format!("a Content-Type, if there is one, is {media_type}")
        } else {
            format!("the Content-Type is {media_type}")
        },
    )?;
    let json =
        clauses.add(format!("{part}.json"), evidence.of("json"), &media.at, "the body is JSON".to_owned())?;
    let schema = media.need("schema")?;
    let at = media.at("schema");
    let object = schema::object(schema, &at, part, clauses)?;
    let schema = schema.clone();
    let rules = BodyRules { media_type: media_type.to_owned(), content_type, json, object, at, schema };
    let examples = examples(&media, &rules)?;
    Ok((rules, examples))
}

pub(super) fn media<'d>(holder: &Fields<'d>) -> Result<(&'d str, Fields<'d>), ContractError> {
    let (media_type, media) = only_media(holder)?;
    let known = ["schema", "examples", "x-evidence"];
    Ok((media_type, Fields::of(media, &holder.at("content").child(media_type), "a media type", &known)?))
}

/// The one media type of a body, not looked into.
pub(super) fn only_media<'d>(holder: &Fields<'d>) -> Result<(&'d str, &'d Node), ContractError> {
    let at = holder.at("content");
    match members(holder.need("content")?, &at)? {
        [(media_type, media)] => Ok((media_type, media)),
        _ => Err(ContractError::new(&at, "a body has one media type")),
    }
}

/// The examples of a media type; each has to be valid for the schema.
pub(super) fn examples<'d>(
    media: &Fields<'d>,
    rules: &BodyRules,
) -> Result<Vec<ExampleFields<'d>>, ContractError> {
    let Some(node) = media.node("examples") else { return Ok(Vec::new()) };
    let at = media.at("examples");
    let mut found = Vec::new();
    for (name, node) in members(node, &at)? {
        let known = [
            "summary",
            "description",
            "value",
            "x-evidence",
            "x-body",
            "x-when",
            "x-repeat",
            "x-makes-group",
        ];
        let fields = Fields::of(node, &at.child(name), "an example", &known)?;
        let value = fields.need("value")?;
        let body = match fields.text("x-body")? {
            Some(body) if serde_json::from_str::<Node>(body).ok().as_ref() == Some(value) => body.to_owned(),
            Some(_) => return Err(fields.error("x-body", "`x-body` is not the JSON of `value`")),
            None => json(value, &fields.at("value"))?,
        };
        match reader::read(&rules.object, body.as_bytes()) {
            Ok(_) => {}
            Err(Unreadable::NotJson(why)) => return Err(fields.error("value", why)),
            Err(Unreadable::Violations(violations)) => {
                let at = fields.at("value").join(violations.first().pointer());
                return Err(ContractError::new(&at, format!("the example breaks its schema: {violations}")));
            }
        }
        found.push(ExampleFields { name, fields, body });
    }
    Ok(found)
}

fn json(node: &Node, at: &Pointer) -> Result<String, ContractError> {
    serde_json::to_string(node).map_err(|error| ContractError::new(at, error.to_string()))
}

pub(super) fn plain_example(found: &ExampleFields<'_>) -> Result<Example, ContractError> {
    let evidence = found.fields.one_evidence()?;
    for name in ["x-when", "x-repeat", "x-makes-group"] {
        if found.fields.has(name) {
            return Err(found.fields.error(name, format!("`{name}` is for the examples of errors")));
        }
    }
    let summary = found.fields.need_text("summary")?.to_owned();
    Ok(Example { name: found.name.to_owned(), summary, evidence, body: found.body.clone() })
}
