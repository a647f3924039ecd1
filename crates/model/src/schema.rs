//! Compiles the schemas of a contract into rules and clauses, and refuses a keyword that the rules do not know.

use std::sync::Arc;

use crate::clause::{Clause, Clauses};
use crate::contract_error::ContractError;
use crate::document::Node;
use crate::fields::{EvidenceOf, Fields, members};
use crate::pattern;
use crate::pointer::Pointer;
use crate::rules::{
    self, AnyOf, BranchRule, Check, FieldRules, Kind, Limit, Literal, ObjectRules, ValueRules,
};

/// Keywords that say something to a person and nothing to a validator.
const ANNOTATIONS: [&str; 4] = ["title", "description", "examples", "deprecated"];
const EVIDENCE: &str = "x-evidence";
const UNIQUE: &str = "x-unique";

impl Kind {
    const ALL: [Self; 4] = [Self::Text, Self::Boolean, Self::Integer, Self::List];

    /// The name that JSON Schema has for the type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::List => "array",
        }
    }

    /// The keywords that limit values of this type.
    fn limits(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["minLength", "maxLength", "pattern", "const", "enum"],
            Self::Boolean => &["const"],
            Self::Integer => &["minimum", "maximum", "const", "enum"],
            Self::List => &["minItems", "maxItems"],
        }
    }
}

/// Compiles the schema of a body, an object. `part` is the first word of the clause ids.
pub(crate) fn object(
    node: &Node,
    at: &Pointer,
    part: &str,
    clauses: &mut Clauses,
) -> Result<ObjectRules, ContractError> {
    let known = ["type", "required", "properties", "anyOf", "additionalProperties", EVIDENCE];
    let schema = Fields::of(node, at, "the schema of an object", &[&known[..], &ANNOTATIONS].concat())?;
    if schema.need_text("type")? != "object" {
        return Err(schema.error("type", "the schema of a body is of type `object`"));
    }
    annotations(&schema)?;
    // A schema leaves this repository on its own, so it says itself what it is.
    for name in ["title", "description"] {
        schema.need_text(name)?;
    }
    let facts: Vec<&str> = schema
        .names()
        .filter(|name| known.contains(name) && !["properties", EVIDENCE].contains(name))
        .collect();
    let evidence = schema.evidence(&facts)?;
    let body = format!("the {} is an object", if part == "request" { "body" } else { "answer's body" });
    let object = clauses.add(format!("{part}.object"), evidence.of("type"), &schema.at("type"), body)?;

    let required = schema.texts("required")?;
    let properties_at = schema.at("properties");
    let properties = members(schema.need("properties")?, &properties_at)?;
    for (index, name) in required.iter().enumerate() {
        if required[..index].contains(name) {
            return Err(schema.error("required", format!("`{name}` stands twice in `required`")));
        }
        if !properties.iter().any(|(known, _)| known == name) {
            return Err(schema.error("required", format!("`{name}` has no entry in `properties`")));
        }
    }
    let mut fields = Vec::with_capacity(properties.len());
    for (name, property) in properties {
        let id = format!("{part}.{name}");
        let clause = required
            .contains(&name.as_str())
            .then(|| {
                clauses.add(
                    format!("{id}.required"),
                    evidence.of("required"),
                    &schema.at("required"),
                    format!("`{name}` is required"),
                )
            })
            .transpose()?;
        let property_at = properties_at.child(name);
        let (value, unique) = value(property, &property_at, &id, &format!("`{name}`"), clauses)?;
        fields.push(FieldRules { name: name.clone(), required: clause, unique, value });
    }
    let any_of = any_of(&schema, part, &evidence, &fields, clauses)?;
    let closed = match schema.boolean("additionalProperties")? {
        None => None,
        Some(false) => Some(clauses.add(
            format!("{part}.additionalProperties"),
            evidence.of("additionalProperties"),
            &schema.at("additionalProperties"),
            "the named members are the only ones".to_owned(),
        )?),
        Some(true) => {
            return Err(schema.error("additionalProperties", "`additionalProperties` is false, or left out"));
        }
    };
    Ok(ObjectRules { object, fields, any_of, closed })
}

/// Compiles the schema of a parameter, whose text stands in the path.
pub(crate) fn parameter(
    node: &Node,
    at: &Pointer,
    name: &str,
    clauses: &mut Clauses,
) -> Result<ValueRules, ContractError> {
    let (rules, _) = value(node, at, &format!("path.{name}"), &format!("`{name}`"), clauses)?;
    match rules.kind {
        Kind::Text | Kind::Integer => Ok(rules),
        Kind::Boolean | Kind::List => {
            Err(ContractError::new(&at.child("type"), "a parameter is of type `string` or `integer`"))
        }
    }
}

/// Looks through the schema of a text that belongs to no body, such as the states of an instance.
pub(crate) fn vocabulary(node: &Node, at: &Pointer) -> Result<(), ContractError> {
    value(node, at, "vocabulary", "it", &mut Clauses::default()).map(|_| ())
}

/// What says nothing to a validator still has a type, or the schema that leaves here is none.
fn annotations(schema: &Fields<'_>) -> Result<(), ContractError> {
    schema.text("title")?;
    schema.text("description")?;
    schema.boolean("deprecated")?;
    match schema.node("examples") {
        Some(examples) if examples.items().is_none() => Err(schema.error("examples", "`examples` is a list")),
        _ => Ok(()),
    }
}

type Unique = Option<Arc<Clause>>;

/// `label` names the value in sentences.
fn value(
    node: &Node,
    at: &Pointer,
    id: &str,
    label: &str,
    clauses: &mut Clauses,
) -> Result<(ValueRules, Unique), ContractError> {
    let types = "`string`, `boolean`, `integer` and `array`";
    let kind = members(node, at)?
        .iter()
        .find(|(name, _)| name == "type")
        .ok_or_else(|| ContractError::new(at, format!("`type` is missing; known are {types}")))
        .and_then(|(_, node)| {
            Kind::ALL.into_iter().find(|kind| node.text() == Some(kind.name())).ok_or_else(|| {
                ContractError::new(&at.child("type"), format!("this type is not known; known are {types}"))
            })
        })?;
    let more: &[&str] = if kind == Kind::List { &["items"] } else { &[UNIQUE] };
    let known = [&["type"], kind.limits(), more, &[EVIDENCE], &ANNOTATIONS].concat();
    let schema = Fields::of(node, at, &format!("the schema of type `{}`", kind.name()), &known)?;

    annotations(&schema)?;

    let mut facts = vec!["type"];
    facts.extend(schema.names().filter(|name| kind.limits().contains(name)));
    if schema.has(UNIQUE) {
        facts.push("unique");
    }
    let evidence = schema.evidence(&facts)?;

    // A segment of a path is always a text, so that clause could not be broken.
    let always = kind == Kind::Text && id.starts_with("path.");
    let kind_clause = (!always)
        .then(|| {
            let sentence = match kind {
                Kind::Boolean => format!("{label} is true or false"),
                Kind::Integer | Kind::List => format!("{label} is an {}", kind.name()),
                Kind::Text => format!("{label} is a string"),
            };
            clauses.add(format!("{id}.{}", kind.name()), evidence.of("type"), &schema.at("type"), sentence)
        })
        .transpose()?;
    let limits = limits(&schema, kind)?
        .into_iter()
        .map(|(keyword, check)| {
            let sentence = format!("{label} {}", check.sentence());
            let clause = clauses.add(
                format!("{id}.{keyword}"),
                evidence.of(keyword),
                &schema.at(keyword),
                sentence,
            )?;
            Ok(Limit { check, clause })
        })
        .collect::<Result<_, ContractError>>()?;
    let unique = match schema.boolean(UNIQUE)? {
        None => None,
        Some(true) => Some(clauses.add(
            format!("{id}.unique"),
            evidence.of("unique"),
            &schema.at(UNIQUE),
            format!("no two groups have the same {label}"),
        )?),
        Some(false) => return Err(schema.error(UNIQUE, "`x-unique` is true, or left out")),
    };
    let items = if kind == Kind::List {
        let items = schema.need("items")?;
        let (rules, unique) =
            value(items, &schema.at("items"), &format!("{id}.items"), &format!("each of {label}"), clauses)?;
        if unique.is_some() || rules.kind == Kind::List {
            return Err(schema.error("items", "an item is no list, and has no `x-unique`"));
        }
        Some(Box::new(rules))
    } else {
        None
    };
    Ok((ValueRules { kind, kind_clause, limits, items }, unique))
}

/// The limits that a schema sets for values of a type, in the order of the document.
fn limits<'d>(schema: &Fields<'d>, kind: Kind) -> Result<Vec<(&'d str, Check)>, ContractError> {
    let limits: Vec<_> = schema
        .names()
        .filter(|name| kind.limits().contains(name))
        .map(|keyword| Ok((keyword, check(schema, keyword, kind)?)))
        .collect::<Result<_, ContractError>>()?;
    let bound = |keyword| {
        limits.iter().find(|(name, _)| *name == keyword).and_then(|(_, check)| match check {
            Check::MinLength(count)
            | Check::MaxLength(count)
            | Check::MinItems(count)
            | Check::MaxItems(count) => Some(i128::from(*count)),
            Check::Minimum(bound) | Check::Maximum(bound) => Some(*bound),
            Check::Pattern(_) | Check::OneOf(_) => None,
        })
    };
    for (least, most) in [("minLength", "maxLength"), ("minimum", "maximum"), ("minItems", "maxItems")] {
        if let (Some(low), Some(high)) = (bound(least), bound(most))
            && low > high
        {
            return Err(schema.error(most, format!("`{most}` is below `{least}`, so that no value is valid")));
        }
    }
    Ok(limits)
}

fn check(schema: &Fields<'_>, keyword: &str, kind: Kind) -> Result<Check, ContractError> {
    let count = || schema.count(keyword).map(Option::unwrap_or_default);
    Ok(match keyword {
        "minLength" => Check::MinLength(count()?),
        "maxLength" => Check::MaxLength(count()?),
        "minItems" => Check::MinItems(count()?),
        "maxItems" => Check::MaxItems(count()?),
        "minimum" => Check::Minimum(bound(schema, keyword, f64::ceil)?),
        "maximum" => Check::Maximum(bound(schema, keyword, f64::floor)?),
        "pattern" => {
            let text = schema.need_text(keyword)?;
            Check::Pattern(pattern::compile(text).map_err(|message| schema.error(keyword, message))?)
        }
        "const" => Check::OneOf(vec![literal(schema.need(keyword)?, kind, &schema.at(keyword))?]),
        _ => {
            let at = schema.at(keyword);
            let values = schema.need(keyword)?.items().filter(|items| !items.is_empty());
            let values =
                values.ok_or_else(|| ContractError::new(&at, "`enum` is a list of values, and not empty"))?;
            Check::OneOf(
                values
                    .iter()
                    .enumerate()
                    .map(|(index, value)| literal(value, kind, &at.index(index)))
                    .collect::<Result<_, _>>()?,
            )
        }
    })
}

/// A bound that only integers are compared with, so it is rounded to the next one inside.
fn bound(schema: &Fields<'_>, keyword: &str, round: fn(f64) -> f64) -> Result<i128, ContractError> {
    let Node::Number(number) = schema.need(keyword)? else {
        return Err(schema.error(keyword, format!("`{keyword}` is a number")));
    };
    rules::integer_of(number)
        .or_else(|| number.as_f64().map(round).and_then(rules::integer))
        .filter(|bound| in_range(*bound))
        .ok_or_else(|| schema.error(keyword, format!("`{keyword}` is a number of at most 127 bits")))
}

/// Whether an integer is one that the reader tells from all others: the ends stand for all that is beyond them.
fn in_range(number: i128) -> bool {
    number > i128::MIN && number < i128::MAX
}

fn literal(node: &Node, kind: Kind, at: &Pointer) -> Result<Literal, ContractError> {
    match (kind, node) {
        (Kind::Text, Node::Text(text)) => Some(Literal::Text(text.clone())),
        (Kind::Boolean, Node::Boolean(value)) => Some(Literal::Boolean(*value)),
        (Kind::Integer, Node::Number(number)) => {
            rules::integer_of(number).filter(|number| in_range(*number)).map(Literal::Integer)
        }
        _ => None,
    }
    .ok_or_else(|| {
        ContractError::new(at, format!("this is to be of type `{}`, as its schema says", kind.name()))
    })
}

fn any_of(
    schema: &Fields<'_>,
    part: &str,
    evidence: &EvidenceOf,
    fields: &[FieldRules],
    clauses: &mut Clauses,
) -> Result<Option<AnyOf>, ContractError> {
    let Some(node) = schema.node("anyOf") else { return Ok(None) };
    let at = schema.at("anyOf");
    let nodes = node.items().filter(|items| !items.is_empty());
    let nodes =
        nodes.ok_or_else(|| ContractError::new(&at, "`anyOf` is a list of schemas, and not empty"))?;
    let branches: Vec<_> = nodes
        .iter()
        .enumerate()
        .map(|(index, node)| branch(node, &at.index(index), fields))
        .collect::<Result<_, _>>()?;
    let sentence = branches.iter().map(|branch| in_words(branch, fields)).collect::<Vec<_>>().join(", or ");
    let clause = clauses.add(format!("{part}.anyOf"), evidence.of("anyOf"), &at, sentence)?;
    Ok(Some(AnyOf { branches, clause }))
}

fn in_words(branch: &[BranchRule], fields: &[FieldRules]) -> String {
    let words = branch.iter().map(|rule| match rule {
        BranchRule::Given { field } => format!("`{}` is given", fields[*field].name),
        BranchRule::Limit { field, check } => format!("`{}` {}", fields[*field].name, check.sentence()),
    });
    words.collect::<Vec<_>>().join(" and ")
}

/// A branch is a schema that only adds to what the properties say: what is required, and limits.
fn branch(node: &Node, at: &Pointer, fields: &[FieldRules]) -> Result<Vec<BranchRule>, ContractError> {
    let branch = Fields::of(node, at, "a branch of `anyOf`", &["required", "properties"])?;
    let index_of = |name: &str, at: &Pointer| {
        fields.iter().position(|field| field.name == name).ok_or_else(|| {
            ContractError::new(at, format!("`{name}` has no entry in the `properties` beside `anyOf`"))
        })
    };
    let mut rules = Vec::new();
    let required = branch.texts("required")?;
    for (index, name) in required.iter().enumerate() {
        if required[..index].contains(name) {
            return Err(branch.error("required", format!("`{name}` stands twice in `required`")));
        }
        rules.push(BranchRule::Given { field: index_of(name, &branch.at("required"))? });
    }
    if let Some(properties) = branch.node("properties") {
        let properties_at = branch.at("properties");
        for (name, node) in members(properties, &properties_at)? {
            let property_at = properties_at.child(name);
            let field = index_of(name, &property_at)?;
            let kind = fields[field].value.kind;
            let what = format!("a branch for a property of type `{}`", kind.name());
            let limits = limits(&Fields::of(node, &property_at, &what, kind.limits())?, kind)?;
            rules.extend(limits.into_iter().map(|(_, check)| BranchRule::Limit { field, check }));
        }
    }
    Ok(rules)
}

impl Check {
    /// The limit in words, to follow the name of what it limits.
    fn sentence(&self) -> String {
        match self {
            Self::MinLength(count) => format!("has at least {}", plural(*count, "character")),
            Self::MaxLength(0) => "is empty".to_owned(),
            Self::MaxLength(count) => format!("has at most {}", plural(*count, "character")),
            Self::MinItems(count) => format!("has at least {}", plural(*count, "item")),
            Self::MaxItems(count) => format!("has at most {}", plural(*count, "item")),
            Self::Minimum(bound) => format!("is at least {bound}"),
            Self::Maximum(bound) => format!("is at most {bound}"),
            Self::Pattern(pattern) => format!("matches {pattern}"),
            Self::OneOf(literals) => {
                let words = literals.iter().map(|literal| match literal {
                    Literal::Text(text) => format!("{text:?}"),
                    Literal::Boolean(value) => value.to_string(),
                    Literal::Integer(number) => number.to_string(),
                });
                format!("is {}", words.collect::<Vec<_>>().join(" or "))
            }
        }
    }
}

/// "1 item", "2 items".
pub(crate) fn plural(count: u64, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
