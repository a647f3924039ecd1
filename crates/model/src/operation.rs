//! Compiles the document of a contract: what stands around the schemas.

use std::sync::Arc;

use crate::answer::{Condition, Envelope, ErrorCase, Example, PlainAnswer, Repeat};
use crate::clause::{Clause, Clauses};
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::fields::{Fields, members};
use crate::pointer::Pointer;
use crate::reader::{self, Unreadable};
use crate::route::{INSTANCE, IgnoreCase, Route, TOKEN};
use crate::rules::{ObjectRules, ValueRules};
use crate::schema;
use crate::state::InstanceState;

/// What a body has to be, and how its clauses are named.
#[derive(Debug)]
pub(crate) struct BodyRules {
    pub(crate) media_type: String,
    pub(crate) content_type: Arc<Clause>,
    pub(crate) json: Arc<Clause>,
    pub(crate) object: ObjectRules,
    /// Where its schema stands.
    pub(crate) at: Pointer,
    /// The schema itself, references resolved.
    pub(crate) schema: Node,
}

/// All that a document says.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) title: String,
    pub(crate) edition: String,
    pub(crate) server_url: Option<String>,
    pub(crate) method: String,
    pub(crate) route: Route,
    pub(crate) request: BodyRules,
    pub(crate) body_required: Option<Arc<Clause>>,
    pub(crate) success_status: u16,
    pub(crate) success: Arc<Clause>,
    pub(crate) response: BodyRules,
    pub(crate) error: BodyRules,
    pub(crate) errors: Vec<ErrorCase>,
    pub(crate) plain: Vec<PlainAnswer>,
    pub(crate) request_examples: Vec<Example>,
    pub(crate) response_examples: Vec<Example>,
    pub(crate) clauses: Vec<Arc<Clause>>,
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Compiles a document whose references are resolved.
pub(crate) fn compile(document: &Node) -> Result<Operation, ContractError> {
    let known = ["x-generated", "openapi", "info", "servers", "tags", "externalDocs", "paths", "components"];
    let root = Fields::of(document, &Pointer::root(), "an OpenAPI document", &known)?;
    if !root.need_text("openapi")?.starts_with("3.1.") {
        return Err(root.error("openapi", "the version of OpenAPI is to be 3.1.x"));
    }
    let known = ["title", "version", "summary", "description", "license", "contact", "termsOfService"];
    let info = Fields::of(root.need("info")?, &root.at("info"), "`info`", &known)?;
    annotations(&root, &info)?;
    components(&root)?;

    let paths_at = root.at("paths");
    let [(template, item)] = members(root.need("paths")?, &paths_at)? else {
        return Err(ContractError::new(&paths_at, "a contract has one path"));
    };
    let item_at = paths_at.child(template);
    let known =
        [&["summary", "description", "parameters", "x-evidence", "x-ignore-case"][..], &METHODS].concat();
    let item = Fields::of(item, &item_at, "a path", &known)?;

    let mut clauses = Clauses::default();
    let route = route(&item, template, &mut clauses)?;
    let mut methods = item.names().filter(|name| METHODS.contains(name)).collect::<Vec<_>>();
    let call = methods
        .iter()
        .position(|method| item.node(method).is_some_and(|node| node.member("requestBody").is_some()))
        .ok_or_else(|| ContractError::new(&item_at, "no operation here has a `requestBody`"))?;
    let method = methods.remove(call);
    let operation = operation(&item, method)?;

    let known = ["required", "description", "content", "x-evidence"];
    let body =
        Fields::of(operation.need("requestBody")?, &operation.at("requestBody"), "a request body", &known)?;
    let body_required = match body.boolean("required")? {
        Some(true) => Some(clauses.add(
            "request.required".to_owned(),
            body.one_evidence()?,
            &body.at("required"),
            "a request has a body".to_owned(),
        )?),
        _ => None,
    };
    let (request, request_examples) = content(&body, "request", &mut clauses)?;
    let request_examples = request_examples.iter().map(plain_example).collect::<Result<_, _>>()?;

    let answers = Answers::compile(&operation, template, &mut clauses)?;
    let plain = methods
        .into_iter()
        .map(|method| plain_answer(&item, method, &answers.errors, &mut clauses))
        .collect::<Result<_, _>>()?;
    Ok(Operation {
        title: info.need_text("title")?.to_owned(),
        edition: edition(&info)?,
        server_url: server_url(&root)?,
        method: method.to_ascii_uppercase(),
        route,
        request,
        body_required,
        success_status: answers.success_status,
        success: answers.success,
        response: answers.response,
        error: answers.error,
        errors: answers.errors,
        plain,
        request_examples,
        response_examples: answers.examples,
        clauses: clauses.into_vec(),
    })
}

fn operation<'d>(item: &Fields<'d>, method: &str) -> Result<Fields<'d>, ContractError> {
    let known = [
        "operationId",
        "summary",
        "description",
        "tags",
        "deprecated",
        "externalDocs",
        "requestBody",
        "responses",
    ];
    Fields::of(item.need(method)?, &item.at(method), "an operation", &known)
}

/// The name of the edition. It stands in the `$id` of the schemas, which is a URI, and in names of files.
fn edition(info: &Fields<'_>) -> Result<String, ContractError> {
    let version = info.need_text("version")?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if version.is_empty() || !version.bytes().all(plain) {
        return Err(info.error("version", "a `version` has only A-Z, a-z, 0-9, -, . and _"));
    }
    Ok(version.to_owned())
}

/// The address of the first server.
fn server_url(root: &Fields<'_>) -> Result<Option<String>, ContractError> {
    let mut first = None;
    for (index, server) in items(root, "servers").iter().enumerate() {
        let at = root.at("servers").index(index);
        let server = Fields::of(server, &at, "a server", &["url", "description"])?;
        let url = server.need_text("url")?;
        first.get_or_insert_with(|| url.to_owned());
    }
    Ok(first)
}

fn items<'d>(holder: &Fields<'d>, name: &str) -> &'d [Node] {
    holder.node(name).and_then(Node::items).unwrap_or_default()
}

/// Looks through what says something to a person and nothing to this reader.
fn annotations(root: &Fields<'_>, info: &Fields<'_>) -> Result<(), ContractError> {
    for (holder, name, known) in [
        (info, "license", &["name", "identifier", "url"][..]),
        (info, "contact", &["name", "url", "email"]),
        (root, "externalDocs", &["url", "description"]),
    ] {
        if let Some(node) = holder.node(name) {
            Fields::of(node, &holder.at(name), &format!("`{name}`"), known)?;
        }
    }
    for (index, tag) in items(root, "tags").iter().enumerate() {
        Fields::of(tag, &root.at("tags").index(index), "a tag", &["name", "description"])?;
    }
    Ok(())
}

/// Looks through all schemas that have a name, so that a message points to where they are written.
fn components(root: &Fields<'_>) -> Result<(), ContractError> {
    let Some(node) = root.node("components") else { return Ok(()) };
    let components = Fields::of(node, &root.at("components"), "`components`", &["schemas"])?;
    let Some(schemas) = components.node("schemas") else { return Ok(()) };
    let at = components.at("schemas");
    for (name, node) in members(schemas, &at)? {
        let at = at.child(name);
        if node.member("type").and_then(Node::text) == Some("object") {
            schema::object(node, &at, name, &mut Clauses::default())?;
        } else {
            schema::vocabulary(node, &at)?;
        }
    }
    Ok(())
}

fn route(item: &Fields<'_>, template: &str, clauses: &mut Clauses) -> Result<Route, ContractError> {
    let clause = clauses.add(
        "path".to_owned(),
        item.one_evidence()?,
        &item.at,
        format!("the path has the form {template}"),
    )?;
    let ignore_case = ignore_case(item, template)?;
    if let Some(IgnoreCase { words, evidence }) = &ignore_case {
        let list = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        let sentence = format!("{list} is matched without regard to case");
        clauses.add("path.ignore-case".to_owned(), *evidence, &item.at("x-ignore-case"), sentence)?;
    }
    let at = item.at("parameters");
    let nodes = item.need("parameters")?.items().unwrap_or_default();
    let mut parameters: Vec<(&str, ValueRules)> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let known = ["name", "in", "required", "description", "schema"];
        let parameter = Fields::of(node, &at.index(index), "a parameter", &known)?;
        if parameter.need_text("in")? != "path" || parameter.boolean("required")? != Some(true) {
            return Err(parameter.error("in", "a parameter stands in the path and is required"));
        }
        let name = parameter.need_text("name")?;
        if ![INSTANCE, TOKEN].contains(&name) {
            let message = format!("the parameter `{name}` is not known; known are `{INSTANCE}`, `{TOKEN}`");
            return Err(parameter.error("name", message));
        }
        let rules = schema::parameter(parameter.need("schema")?, &parameter.at("schema"), name, clauses)?;
        parameters.push((name, rules));
    }
    let mut take = |name: &str| {
        let found = parameters.iter().position(|(own, _)| *own == name);
        found
            .map(|index| parameters.remove(index).1)
            .ok_or_else(|| ContractError::new(&at, format!("the parameter `{name}` is missing")))
    };
    let (instance, token) = (take(INSTANCE)?, take(TOKEN)?);
    let words = ignore_case.map(|ignore_case| ignore_case.words).unwrap_or_default();
    Route::new(template, &item.at, &words, clause, instance, token)
}

fn ignore_case<'d>(item: &Fields<'d>, template: &str) -> Result<Option<IgnoreCase<'d>>, ContractError> {
    const FIELD: &str = "x-ignore-case";
    let Some(node) = item.node(FIELD) else { return Ok(None) };
    let fields = Fields::of(node, &item.at(FIELD), "`x-ignore-case`", &["words", "evidence"])?;
    let evidence =
        fields.need_text("evidence")?.parse().map_err(|message: String| fields.error("evidence", message))?;
    let words = fields.texts("words")?;
    if let Some(index) = words.iter().position(|word| word.is_empty() || !template.contains(word)) {
        let at = fields.at("words").index(index);
        return Err(ContractError::new(&at, "this word does not stand in the path"));
    }
    Ok(Some(IgnoreCase { words, evidence }))
}

/// An example as it stands in the document.
struct ExampleFields<'d> {
    name: &'d str,
    fields: Fields<'d>,
    body: String,
}

/// The one media type of a body. `part` is the first word of the clause ids.
fn content<'d>(
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

fn media<'d>(holder: &Fields<'d>) -> Result<(&'d str, Fields<'d>), ContractError> {
    let at = holder.at("content");
    let [(media_type, media)] = members(holder.need("content")?, &at)? else {
        return Err(ContractError::new(&at, "a body has one media type"));
    };
    let known = ["schema", "examples", "x-evidence"];
    Ok((media_type.as_str(), Fields::of(media, &at.child(media_type), "a media type", &known)?))
}

/// The examples of a media type; each has to be valid for the schema.
fn examples<'d>(media: &Fields<'d>, rules: &BodyRules) -> Result<Vec<ExampleFields<'d>>, ContractError> {
    let Some(node) = media.node("examples") else { return Ok(Vec::new()) };
    let at = media.at("examples");
    let mut found = Vec::new();
    for (name, node) in members(node, &at)? {
        let known = ["summary", "description", "value", "x-evidence", "x-body", "x-when", "x-repeat"];
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

fn plain_example(found: &ExampleFields<'_>) -> Result<Example, ContractError> {
    found.fields.one_evidence()?;
    for name in ["x-when", "x-repeat"] {
        if found.fields.has(name) {
            return Err(found.fields.error(name, format!("`{name}` is for the examples of errors")));
        }
    }
    Ok(Example { name: found.name.to_owned(), body: found.body.clone() })
}

/// What the responses of the call say.
struct Answers {
    success_status: u16,
    success: Arc<Clause>,
    response: BodyRules,
    examples: Vec<Example>,
    error: BodyRules,
    errors: Vec<ErrorCase>,
}

impl Answers {
    fn compile(operation: &Fields<'_>, template: &str, clauses: &mut Clauses) -> Result<Self, ContractError> {
        let at = operation.at("responses");
        let mut success = None;
        let mut error: Option<BodyRules> = None;
        let mut errors = Vec::new();
        for (status, node) in members(operation.need("responses")?, &at)? {
            let known = ["description", "content", "x-error", "x-evidence", "x-when", "x-repeat"];
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
            } else if response.has("content") {
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
                for found in found {
                    let envelope = envelope(&found, status, template)?;
                    errors.push(error_case(&found.fields, found.name, status, Some(envelope), clauses)?);
                }
            } else {
                errors.push(error_case(&response, response.need_text("x-error")?, status, None, clauses)?);
            }
        }
        let (success_status, success, response, examples) =
            success.ok_or_else(|| ContractError::new(&at, "no response of success"))?;
        let error = error.ok_or_else(|| ContractError::new(&at, "no error that has a body"))?;
        for wanted in [Condition::OtherPath, Condition::OtherMethod, Condition::InvalidRequest] {
            if !errors.iter().any(|case| case.condition == wanted) {
                return Err(ContractError::new(&at, format!("no error is the answer where {wanted}")));
            }
        }
        Ok(Self { success_status, success, response, examples, error, errors })
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
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if slug.is_empty() || !slug.bytes().all(plain) {
        return Err(ContractError::new(&fields.at, "the slug of an error has only a-z, 0-9 and -"));
    }
    let condition = condition(fields)?;
    let repeat = match fields.need_text("x-repeat")? {
        "later" => Repeat::Later,
        "never" => Repeat::Never,
        _ => return Err(fields.error("x-repeat", "`x-repeat` is `later` or `never`")),
    };
    let sentence = match envelope.as_ref().map(|envelope| &envelope.message) {
        Some(message) => format!("where {condition}, the answer is {status}, `{message}`"),
        None => format!("where {condition}, the answer is {status} with an empty body"),
    };
    let clause = clauses.add(format!("error.{slug}"), fields.one_evidence()?, &fields.at, sentence)?;
    Ok(ErrorCase { slug: slug.to_owned(), status, condition, repeat, clause, envelope })
}

fn condition(fields: &Fields<'_>) -> Result<Condition, ContractError> {
    const FIELD: &str = "x-when";
    let known = ["instance", "request", "request-bytes-above", "path", "method"];
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
        _ => Ok(Condition::BodyAbove(when.count(name)?.unwrap_or_default())),
    }
}

fn envelope(found: &ExampleFields<'_>, status: u16, template: &str) -> Result<Envelope, ContractError> {
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
    Ok(Envelope { timestamp: text("timestamp")?, message: text("message")?, template: template.to_owned() })
}

/// The answer to another method on the path. Its other responses name errors that stand at the call.
fn plain_answer(
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
