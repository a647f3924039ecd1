//! Faults in what is answered.

use std::sync::Arc;

use serde_json::Value;

use super::{Action, Edit, Faults, Way};
use crate::answer::ErrorCase;
use crate::clause::Clause;
use crate::content_fault::edit::{Place, alternatives, can_be_broken, other_type};
use crate::content_fault::{AnswerOf, AnswerParts};
use crate::contract::Body;
use crate::document::Node;
use crate::operation::BodyRules;
use crate::rules::{BranchRule, FieldRules, ValueRules};

/// What a fault sends where the contract asks for another media type; the first that is not the contract's own.
const MEDIA_TYPES: [&str; 2] = ["text/plain", "text/html"];

impl Faults<'_> {
    pub(super) fn of_successes(&mut self) {
        let operation = self.operation;
        let (right, wrong) =
            (operation.success_status, if operation.success_status == 201 { 200 } else { 201 });
        self.wrong_status(&operation.success, AnswerOf::Success, right, wrong);
        let samples: Vec<_> = operation
            .response_examples
            .iter()
            .map(|example| sample(right, &operation.response, example.body().as_bytes().to_vec()))
            .collect();
        self.of_body(Body::Response, &operation.response, &samples);
    }

    pub(super) fn of_errors(&mut self) {
        let operation = self.operation;
        let samples: Vec<_> = operation
            .errors
            .iter()
            .filter_map(|case| {
                let body = case.body(&operation.method, "/", case.example_timestamp()?)?;
                Some(sample(case.status, &operation.error, serde_json::to_vec(&body).ok()?))
            })
            .collect();
        self.of_body(Body::Error, &operation.error, &samples);
        for case in &operation.errors {
            // An error of the caller becomes one of the server, and the other way round.
            let wrong = if case.status < 500 { 500 } else { 400 };
            self.wrong_status(&case.clause, AnswerOf::Error(case.slug.clone()), case.status, wrong);
            if let Some(message) = other_identifier(case, &operation.errors) {
                let summary = format!("The error `{}` has the identifier `{message}`.", case.slug);
                let action = Action::Identifier { slug: case.slug.clone(), message: message.to_owned() };
                self.add(&case.clause, Way::WrongIdentifier, summary, action);
            }
            let summary = format!("It makes no difference that {}.", case.condition);
            self.add(&case.clause, Way::NotEnforced, summary, Action::Ignore(case.slug.clone()));
        }
        for answer in &operation.plain {
            let wrong = if answer.status == 200 { 204 } else { 200 };
            self.wrong_status(&answer.clause, AnswerOf::Plain(answer.method.clone()), answer.status, wrong);
        }
    }

    fn wrong_status(&mut self, clause: &Arc<Clause>, of: AnswerOf, right: u16, wrong: u16) {
        let summary = format!("The status is {wrong} where it is to be {right}.");
        self.add(clause, Way::WrongStatus, summary, Action::Status(of, wrong));
    }

    fn of_body(&mut self, body: Body, rules: &BodyRules, samples: &[AnswerParts]) {
        let answer = if body == Body::Error { "an error" } else { "an answer" };
        let mut found = Found { faults: self, body, rules, samples };
        let media_type = MEDIA_TYPES.into_iter().find(|other| *other != rules.media_type);
        if let Some(media_type) = media_type {
            let summary = format!("The Content-Type of {answer} is {media_type}.");
            found.add(
                &rules.content_type,
                Way::WrongContentType,
                summary,
                Edit::ContentType(Some(media_type)),
            );
        }
        let summary = format!("The Content-Type of {answer} is missing.");
        found.add(&rules.content_type, Way::NoContentType, summary, Edit::ContentType(None));
        found.add(&rules.json, Way::NotJson, format!("The body of {answer} is cut off."), Edit::CutOff);
        let object = &rules.object;
        let summary = format!("The body of {answer} stands in an array.");
        found.add(&object.object, Way::WrongType, summary, Edit::InArray);
        for (index, field) in object.fields.iter().enumerate() {
            found.of_member(index, field, answer);
        }
        if let Some(any_of) = &object.any_of {
            let summary =
                format!("The members of {answer} do not go together: {}.", any_of.clause.sentence());
            let alternatives = found.combinations(any_of.branches.iter().flatten());
            found.add(&any_of.clause, Way::WrongValue, summary, Edit::Combine { alternatives });
        }
        if let Some(clause) = &object.closed {
            let summary = format!("There is one more member in {answer}.");
            found.add(clause, Way::Added, summary, Edit::Add);
        }
    }
}

/// The faults of one body.
struct Found<'f, 'o> {
    faults: &'f mut Faults<'o>,
    body: Body,
    rules: &'f BodyRules,
    samples: &'f [AnswerParts],
}

impl Found<'_, '_> {
    /// Adds the fault, unless it can change nothing: a limit may leave no room for another value.
    fn add(&mut self, clause: &Arc<Clause>, way: Way, summary: String, edit: Edit) {
        // What repeats the value of a sample leaves the sample as it is.
        let repeats = matches!(edit, Edit::Repeat { .. });
        let changes = |sample: &AnswerParts| edit.apply(self.rules, clause, &mut sample.clone());
        if repeats || self.samples.is_empty() || self.samples.iter().any(changes) {
            self.faults.add(clause, way, summary, Action::Edit(self.body, edit));
        }
    }

    fn of_member(&mut self, index: usize, field: &FieldRules, answer: &str) {
        let name = &field.name;
        if let Some(clause) = &field.required {
            let summary = format!("`{name}` is missing in {answer}.");
            self.add(clause, Way::Drop, summary, Edit::Drop { field: index });
        }
        self.of_value(&field.value, Place { field: index, item: false }, &format!("`{name}` of {answer}"));
        if let Some(items) = field.value.items.as_deref() {
            let label = format!("an item of `{name}` of {answer}");
            self.of_value(items, Place { field: index, item: true }, &label);
        }
        if let Some(clause) = &field.unique {
            let value = self.samples.iter().find_map(|sample| {
                let body: Value = serde_json::from_slice(&sample.body).ok()?;
                body.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
            });
            if let Some(value) = value {
                let summary = format!("`{name}` of each answer is {value}.");
                self.add(clause, Way::Repeated, summary, Edit::Repeat { field: index, value });
            }
        }
    }

    fn of_value(&mut self, rules: &ValueRules, place: Place, label: &str) {
        if let Some(clause) = &rules.kind_clause {
            self.add(clause, Way::Null, format!("{} is null.", capital(label)), Edit::Null(place));
            let summary = format!("{} is {}.", capital(label), other_type(rules.kind));
            self.add(clause, Way::WrongType, summary, Edit::WrongType(place));
        }
        for (limit, rule) in rules.limits.iter().enumerate() {
            if can_be_broken(&rule.check) {
                let summary =
                    format!("{} has a value that breaks this: {}.", capital(label), rule.clause.sentence());
                self.add(&rule.clause, Way::WrongValue, summary, Edit::WrongValue { place, limit });
            }
        }
    }

    /// Other values for the members that `anyOf` is about: those of the samples, some simple ones, and none.
    fn combinations<'r>(&self, branches: impl Iterator<Item = &'r BranchRule>) -> Vec<(usize, Option<Node>)> {
        let mut fields: Vec<usize> = branches
            .map(|rule| match rule {
                BranchRule::Given { field } | BranchRule::Limit { field, .. } => *field,
            })
            .collect();
        fields.sort_unstable();
        fields.dedup();
        let samples: Vec<Node> =
            self.samples.iter().filter_map(|sample| serde_json::from_slice(&sample.body).ok()).collect();
        let mut found = Vec::new();
        for field in fields {
            let FieldRules { name, value, .. } = &self.rules.object.fields[field];
            let known = samples.iter().filter_map(|sample| sample.member(name).cloned());
            found.extend(alternatives(value.kind).into_iter().chain(known).map(|value| (field, Some(value))));
            found.push((field, None));
        }
        found
    }
}

/// The identifier of another error, which does not depend on the request.
fn other_identifier<'e>(case: &ErrorCase, errors: &'e [ErrorCase]) -> Option<&'e str> {
    let own = case.identifier()?;
    errors
        .iter()
        .filter_map(ErrorCase::identifier)
        .find(|other| !other.eq_ignore_ascii_case(own) && !other.contains('{'))
}

fn sample(status: u16, rules: &BodyRules, body: Vec<u8>) -> AnswerParts {
    AnswerParts { status, content_type: Some(rules.media_type.clone()), body }
}

/// The text with a capital, to begin a sentence with.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
