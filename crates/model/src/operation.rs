//! Compiles the document of a contract: what stands around the schemas.

mod answers;
mod content;
mod possible;

use std::sync::Arc;

use self::answers::{Answers, plain_answer};
use self::content::{content, plain_example};
use crate::answer::{Condition, ErrorCase, Example, PlainAnswer};
use crate::clause::{Clause, Clauses};
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::fields::{Fields, members};
use crate::pointer::Pointer;
use crate::possible::PossibleAnswer;
use crate::route::{INSTANCE, IgnoreCase, Route, TOKEN};
use crate::rules::{ObjectRules, ValueRules};
use crate::schema;

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
    pub(crate) possible: Vec<PossibleAnswer>,
    pub(crate) plain: Vec<PlainAnswer>,
    pub(crate) request_examples: Vec<Example>,
    pub(crate) response_examples: Vec<Example>,
    pub(crate) clauses: Vec<Arc<Clause>>,
}

/// The clause that says that some words of the path are matched without regard to case.
pub(crate) const IGNORE_CASE: &str = "path.ignore-case";

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
    let request_examples: Vec<Example> =
        request_examples.iter().map(plain_example).collect::<Result<_, _>>()?;

    let answers = Answers::compile(&operation, template, &mut clauses)?;
    examples_fit(&request_examples, &answers.errors, &body)?;
    states_are_known(&answers.errors, &root)?;
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
        possible: answers.possible,
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
        clauses.add(IGNORE_CASE.to_owned(), *evidence, &item.at("x-ignore-case"), sentence)?;
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

/// No example of a request is itself too large.
fn examples_fit(examples: &[Example], errors: &[ErrorCase], body: &Fields<'_>) -> Result<(), ContractError> {
    for case in errors {
        let Condition::BodyAbove(most) = case.condition else { continue };
        if let Some(example) = examples.iter().find(|example| example.body.len() as u64 > most) {
            let message =
                format!("the example `{}` has more than the {most} bytes of `{}`", example.name, case.slug);
            return Err(ContractError::new(&body.at, message));
        }
    }
    Ok(())
}

/// Where the document lists the states of an instance, an error names one of them. Anything else is a slip of the pen.
fn states_are_known(errors: &[ErrorCase], root: &Fields<'_>) -> Result<(), ContractError> {
    let schemas = root.node("components").and_then(|components| components.member("schemas"));
    let states = schemas.and_then(|schemas| schemas.member("InstanceState")?.member("enum")?.items());
    let Some(states) = states else { return Ok(()) };
    for case in errors {
        let Condition::Instance(state) = &case.condition else { continue };
        if !states.iter().any(|known| known.text() == Some(state.as_str())) {
            let known: Vec<_> = states.iter().filter_map(Node::text).collect();
            let message = format!("the state `{state}` is not known; known are {}", known.join(", "));
            return Err(ContractError::new(
                &case.clause.pointer().child("x-when").child("instance"),
                message,
            ));
        }
    }
    Ok(())
}
