//! What the responses say: of the call, and of other methods on its path.

use std::sync::Arc;

use super::BodyRules;
use super::content::{ExampleFields, content, examples, media, only_media, plain_example};
use super::{operation, possible};
use crate::answer::{Condition, Envelope, ErrorCase, Example, PlainAnswer, Repeat};
use crate::clause::{Clause, Clauses};
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::fields::{Fields, members};
use crate::pointer::Pointer;
use crate::possible::PossibleAnswer;
use crate::shape::{MESSAGE, TIMESTAMP};
use crate::state::InstanceState;

/// What the responses of the call say.
pub(super) struct Answers {
    pub(super) success_status: u16,
    pub(super) success: Arc<Clause>,
    pub(super) response: BodyRules,
    pub(super) examples: Vec<Example>,
    pub(super) error: BodyRules,
    pub(super) errors: Vec<ErrorCase>,
    pub(super) possible: Vec<PossibleAnswer>,
}

impl Answers {
    pub(super) fn compile(
        operation: &Fields<'_>,
        template: &str,
        clauses: &mut Clauses,
    ) -> Result<Self, ContractError> {
        let at = operation.at("responses");
        let mut success = None;
        let mut error: Option<BodyRules> = None;
        let mut errors = Vec::new();
        let mut possible_answers = Vec::new();
        for (status, node) in members(operation.need("responses")?, &at)? {
            let known =
                ["description", "content", "x-error", "x-evidence", "x-when", "x-repeat", "x-makes-group"];
            let response = Fields::of(node, &at.child(status), "a response", &known)?;
            let status = status_of(status, &response.at)?;
            if status < 300 {
                if success.is_some() {
                    return Err(ContractError::new(&response.at, "there is one response of success"));
                }
                let clause = clauses.add(
                    format!("response.{status}"),
                    response.one_evidence()?,
                    &response.at,
                    format!("a valid request to an instance that is authorized is answered with {status}"),
                )?;
                let (rules, found) = content(&response, "response", clauses)?;
                let examples = found.iter().map(plain_example).collect::<Result<_, _>>()?;
                success = Some((status, clause, rules, examples));
            } else if !response.has("content") {
                if possible::may_come_to_any(&response) {
                    possible_answers.push(possible::bodiless(&response, status)?);
                } else {
                    let slug = response.need_text("x-error")?;
                    errors.push(error_case(&response, slug, status, None, clauses)?);
                }
            } else if only_media(&response)?.1.member("schema").is_some_and(possible::is_loose) {
                possible_answers.extend(possible::loose(&response, status, template)?);
            } else {
                let found = match &error {
                    None => {
                        let (rules, found) = content(&response, "error", clauses)?;
                        error = Some(rules);
                        found
                    }
                    Some(rules) => {
                        let (media_type, media) = media(&response)?;
                        if *media.need("schema")? != rules.schema || media_type != rules.media_type {
                            let message = "all errors have the media type and the schema of the first one";
                            return Err(ContractError::new(&media.at, message));
                        }
                        examples(&media, rules)?
                    }
                };
                let (media_type, _) = only_media(&response)?;
                for found in found {
                    if possible::may_come_to_any(&found.fields) {
                        let answer = possible::enveloped(&found, status, media_type, template)?;
                        possible_answers.push(answer);
                    } else {
                        let envelope = envelope(&found, status, template)?;
                        let case = error_case(&found.fields, found.name, status, Some(envelope), clauses)?;
                        errors.push(case);
                    }
                }
            }
        }
        let slugs = errors.iter().map(|case| &case.slug);
        possible::each_slug_stands_once(
            slugs.chain(possible_answers.iter().map(|answer| &answer.slug)),
            &at,
        )?;
        let (success_status, success, response, examples) =
            success.ok_or_else(|| ContractError::new(&at, "no response of success"))?;
        let error = error.ok_or_else(|| ContractError::new(&at, "no error that has a body"))?;
        for wanted in [Condition::OtherPath, Condition::OtherMethod, Condition::InvalidRequest] {
            if !errors.iter().any(|case| case.condition == wanted) {
                return Err(ContractError::new(&at, format!("no error is the answer where {wanted}")));
            }
        }
        Ok(Self { success_status, success, response, examples, error, errors, possible: possible_answers })
    }
}

fn status_of(text: &str, at: &Pointer) -> Result<u16, ContractError> {
    text.parse()
        .ok()
        .filter(|status| (200..600).contains(status))
        .ok_or_else(|| ContractError::new(at, "a response has a status from 200 to 599"))
}

fn error_case(
    fields: &Fields<'_>,
    slug: &str,
    status: u16,
    envelope: Option<Envelope>,
    clauses: &mut Clauses,
) -> Result<ErrorCase, ContractError> {
    let slug = self::slug(fields, slug)?;
    let condition = condition(fields)?;
    possible::makes_no_group(fields)?;
    let repeat = repeat(fields)?;
    let sentence = match envelope.as_ref().map(|envelope| &envelope.message) {
        Some(message) => format!("where {condition}, the answer is {status}, `{message}`"),
        None => format!("where {condition}, the answer is {status} with an empty body"),
    };
    let clause = clauses.add(format!("error.{slug}"), fields.one_evidence()?, &fields.at, sentence)?;
    Ok(ErrorCase { slug: slug.to_owned(), status, condition, repeat, clause, envelope })
}

/// The name of an answer, if it is one that can stand in a clause id.
pub(super) fn slug<'s>(fields: &Fields<'_>, slug: &'s str) -> Result<&'s str, ContractError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if slug.is_empty() || !slug.bytes().all(plain) {
        return Err(ContractError::new(&fields.at, "the slug of an error has only a-z, 0-9 and -"));
    }
    Ok(slug)
}

pub(super) fn repeat(fields: &Fields<'_>) -> Result<Repeat, ContractError> {
    match fields.need_text("x-repeat")? {
        "later" => Ok(Repeat::Later),
        "never" => Ok(Repeat::Never),
        _ => Err(fields.error("x-repeat", "`x-repeat` is `later` or `never`")),
    }
}

fn condition(fields: &Fields<'_>) -> Result<Condition, ContractError> {
    const FIELD: &str = "x-when";
    let known = ["instance", "request", "request-bytes-above", "path", "method", "token"];
    let when = Fields::of(fields.need(FIELD)?, &fields.at(FIELD), "`x-when`", &known)?;
    let names: Vec<_> = when.names().collect();
    let [name] = names[..] else {
        return Err(ContractError::new(&when.at, "`x-when` has one member"));
    };
    let word = |expected: &str, condition: Condition| {
        if when.need_text(name)? == expected {
            Ok(condition)
        } else {
            Err(when.error(name, format!("`{name}` is `{expected}` here")))
        }
    };
    match name {
        "instance" => {
            let text = when.need_text(name)?;
            match text.parse() {
                Ok(InstanceState::Authorized) => Err(when.error(name, "an authorized instance is no error")),
                Ok(state) => Ok(Condition::Instance(state)),
            }
        }
        "request" => word("invalid", Condition::InvalidRequest),
        "path" => word("other", Condition::OtherPath),
        "method" => word("other", Condition::OtherMethod),
        "token" => word("other", Condition::OtherToken),
        _ => Ok(Condition::BodyAbove(when.count(name)?.unwrap_or_default())),
    }
}

pub(super) fn envelope(
    found: &ExampleFields<'_>,
    status: u16,
    template: &str,
) -> Result<Envelope, ContractError> {
    let at = found.fields.at("value");
    let value = found.fields.need("value")?;
    let text = |name: &str| {
        value
            .member(name)
            .and_then(Node::text)
            .map(str::to_owned)
            .ok_or_else(|| ContractError::new(&at, format!("`{name}` is missing")))
    };
    if value.member("statusCode") != Some(&Node::Number(status.into())) {
        return Err(ContractError::new(&at.child("statusCode"), format!("the status here is {status}")));
    }
    if text("path")? != template {
        return Err(ContractError::new(&at.child("path"), format!("the path here is {template}")));
    }
    Ok(Envelope { timestamp: text(TIMESTAMP)?, message: text(MESSAGE)?, template: template.to_owned() })
}

/// The answer to another method on the path. Its other responses name errors that stand at the call.
pub(super) fn plain_answer(
    item: &Fields<'_>,
    method: &str,
    errors: &[ErrorCase],
    clauses: &mut Clauses,
) -> Result<PlainAnswer, ContractError> {
    let operation = operation(item, method)?;
    let at = operation.at("responses");
    let method = method.to_ascii_uppercase();
    let mut answer = None;
    for (status, node) in members(operation.need("responses")?, &at)? {
        let what = "a response to a method beside the call";
        let response = Fields::of(node, &at.child(status), what, &["description", "x-evidence", "x-error"])?;
        let status = status_of(status, &response.at)?;
        if let Some(slug) = response.text("x-error")? {
            if !errors.iter().any(|case| case.slug == slug && case.status == status) {
                let message = format!("the call has no error `{slug}` with the status {status}");
                return Err(response.error("x-error", message));
            }
        } else if answer.is_none() {
            let clause = clauses.add(
                format!("{}.{status}", method.to_ascii_lowercase()),
                response.one_evidence()?,
                &response.at,
                format!("{method} on the path is answered with {status} and an empty body"),
            )?;
            answer = Some(PlainAnswer { method: method.clone(), status, clause });
        } else {
            return Err(ContractError::new(
                &response.at,
                "a method beside the call has one answer of its own",
            ));
        }
    }
    answer.ok_or_else(|| ContractError::new(&at, "a method beside the call has an answer of its own"))
}
