//! Faults in what is accepted: of the path, and of the body of a request.

use std::sync::Arc;

use super::{Action, Faults, Strict, Way};
use crate::clause::Clause;
use crate::content_fault::edit::can_be_broken;
use crate::content_fault::strict::Near;
use crate::operation::IGNORE_CASE;
use crate::route::{INSTANCE, TOKEN};
use crate::rules::{Check, Kind, Limit, Literal, ObjectRules, ValueRules};

impl Faults<'_> {
    pub(super) fn of_the_path(&mut self) {
        let operation = self.operation;
        self.not_enforced(&operation.route.clause);
        self.too_strict(&operation.route.clause, "a query behind the path", Strict::Query);
        if let Some(clause) = operation.clauses.iter().find(|clause| clause.id() == IGNORE_CASE) {
            let summary =
                format!("A valid request is refused for the case of its path: {}.", clause.sentence());
            self.add(clause, Way::NotEnforced, summary, Action::Refuse(Strict::Case));
        }
        self.of_value(&operation.route.instance, INSTANCE, &Strict::Instance, true);
        self.of_value(&operation.route.token, TOKEN, &Strict::Token, true);
    }

    pub(super) fn of_requests(&mut self) {
        let operation = self.operation;
        let rules = &operation.request;
        if let Some(clause) = &operation.body_required {
            self.not_enforced(clause);
        }
        self.not_enforced(&rules.content_type);
        let which = "a Content-Type with a parameter such as charset, or for none";
        self.too_strict(&rules.content_type, which, Strict::ContentType);
        self.not_enforced(&rules.json);
        self.too_strict(&rules.json, "white space behind the JSON", Strict::SpaceBehind);
        self.not_enforced(&rules.object.object);
        if let Some(clause) = &rules.object.closed {
            self.not_enforced(clause);
        } else {
            let which = "a member that the contract does not name";
            self.too_strict(&rules.object.object, which, Strict::OtherMember);
        }
        self.of_members(&rules.object);
        if let Some(any_of) = &rules.object.any_of {
            self.not_enforced(&any_of.clause);
            if any_of.branches.len() > 1 {
                let which = "keeping one of the alternatives and not all of them";
                self.too_strict(&any_of.clause, which, Strict::AllBranches);
            }
        }
    }

    fn of_members(&mut self, rules: &ObjectRules) {
        let optional = rules.fields.iter().find(|field| field.required.is_none());
        for field in &rules.fields {
            if let Some(clause) = &field.required {
                self.not_enforced(clause);
                if let Some(other) = optional {
                    let which = format!("leaving out `{}`, which may be left out", other.name);
                    self.too_strict(clause, &which, Strict::Missing { name: other.name.clone() });
                }
            }
            if let Some(clause) = &field.unique {
                self.not_enforced(clause);
            }
            for (rules, items) in
                [Some((&field.value, false)), field.value.items.as_deref().map(|items| (items, true))]
                    .into_iter()
                    .flatten()
            {
                let strict = |near| Strict::Member { name: field.name.clone(), items, near };
                self.of_value(rules, &field.name, &strict, false);
            }
        }
    }

    fn of_value(
        &mut self,
        rules: &ValueRules,
        name: &str,
        strict: &dyn Fn(Near) -> Strict,
        in_the_path: bool,
    ) {
        if let Some(clause) = &rules.kind_clause {
            self.not_enforced(clause);
            let near = match rules.kind {
                Kind::Integer if in_the_path => {
                    goes_beyond_32_bits(rules).then_some(("of more than 32 bits", Near::Beyond32Bits))
                }
                Kind::Integer => {
                    Some(("that is written with a fraction or an exponent", Near::WrittenAsFloat))
                }
                Kind::Text => Some(("that is not all ASCII", Near::NotAscii)),
                Kind::List => (!has_a_least(rules)).then_some(("that is an empty list", Near::EmptyList)),
                Kind::Boolean => None,
            };
            if let Some((which, near)) = near {
                self.too_strict(clause, &format!("a value of `{name}` {which}"), strict(near));
            }
        }
        for Limit { check, clause } in rules.limits.iter().filter(|limit| can_be_broken(&limit.check)) {
            self.not_enforced(clause);
            self.near_the_limit(check, clause, name, strict);
        }
    }

    fn near_the_limit(
        &mut self,
        check: &Check,
        clause: &Arc<Clause>,
        name: &str,
        strict: &dyn Fn(Near) -> Strict,
    ) {
        let (which, near) = match check {
            Check::MinLength(size) | Check::MaxLength(size) => {
                (format!("of exactly {}", crate::schema::plural(*size, "character")), at(check))
            }
            Check::MinItems(size) | Check::MaxItems(size) => {
                (format!("of exactly {}", crate::schema::plural(*size, "item")), at(check))
            }
            Check::Minimum(bound) | Check::Maximum(bound) => (format!("that is exactly {bound}"), at(check)),
            // One of several values may be forgotten; of one alone nothing would be left.
            Check::OneOf(literals) if literals.len() > 1 => match &literals[literals.len() - 1] {
                Literal::Boolean(_) => return,
                last => ("that is the last of those that are listed".to_owned(), Near::Literal(last.clone())),
            },
            Check::OneOf(_) | Check::Pattern(_) => return,
        };
        self.too_strict(clause, &format!("a value of `{name}` {which}"), strict(near));
    }
}

fn at(check: &Check) -> Near {
    Near::AtTheLimit(check.clone())
}

fn goes_beyond_32_bits(rules: &ValueRules) -> bool {
    !rules.limits.iter().any(|limit| matches!(limit.check, Check::Maximum(most) if most <= u32::MAX.into()))
}

fn has_a_least(rules: &ValueRules) -> bool {
    rules.limits.iter().any(|limit| matches!(limit.check, Check::MinItems(least) if least > 0))
}
