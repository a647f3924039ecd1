//! Who breaks by a change.

use greenapi_model::{Condition, Contract, ErrorCase, Part, PossibleAnswer, Repeat};

use super::direction::Direction;
use super::promise::{About, Promise, Promises, Rule, TYPE, body};

/// Who breaks: whoever was written for the old edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Breaks {
    pub(super) client: bool,
    pub(super) server: bool,
}

impl Breaks {
    pub(super) const BOTH: Self = Self { client: true, server: true };
    pub(super) const CLIENT: Self = Self { client: true, server: false };
    pub(super) const SERVER: Self = Self { client: false, server: true };
    pub(super) const NOBODY: Self = Self { client: false, server: false };

    pub(super) fn by_coming(promise: &Promise<'_>, old: &Promises<'_>, new: &Promises<'_>) -> Self {
        match promise.about {
            About::Call => Self::BOTH,
            // No client of the old edition asks for it.
            About::OtherMethod => Self::SERVER,
            About::Error(case) => renamed(case, old.contract, new.contract)
                .map_or(Self::BOTH, |earlier| Self::of_errors(earlier, case)),
            // It is nobody's duty to give such an answer.
            About::Possible(_) => Self::CLIENT,
            About::Rule(rule) => Self::of_rule(rule.part, on_coming(promise, &rule, old)),
        }
    }

    pub(super) fn by_going(promise: &Promise<'_>, old: &Promises<'_>, new: &Promises<'_>) -> Self {
        match promise.about {
            About::Call | About::OtherMethod => Self::BOTH,
            About::Error(case) => renamed(case, new.contract, old.contract)
                .map_or(Self::SERVER, |later| Self::of_errors(case, later)),
            About::Possible(_) => Self::NOBODY,
            About::Rule(rule) => Self::of_rule(rule.part, on_coming(promise, &rule, new).reversed()),
        }
    }

    /// Both promises have the same id, and so are about the same.
    pub(super) fn by_change(old: &Promise<'_>, new: &Promise<'_>) -> Self {
        match (&old.about, &new.about) {
            (About::Error(before), About::Error(after)) => Self::of_errors(before, after),
            (About::Possible(before), About::Possible(after)) => {
                Self::of_possible((before, old), (after, new))
            }
            (About::Rule(rule), About::Rule(_)) => {
                Self::of_rule(rule.part, Direction::between(rule.keyword, &old.value, &new.value))
            }
            _ if old.sentence() == new.sentence() => Self::NOBODY,
            _ => Self::BOTH,
        }
    }

    fn of_rule(part: Part, direction: Direction) -> Self {
        let asked = matches!(part, Part::Path | Part::Request);
        match direction {
            Direction::Same => Self::NOBODY,
            Direction::Either => Self::BOTH,
            // What the client sends is refused now, and the server still takes it.
            Direction::Tighter if asked => Self::BOTH,
            // The server refuses what is valid now, or answers what is not.
            Direction::Looser if asked => Self::SERVER,
            Direction::Tighter => Self::SERVER,
            Direction::Looser => Self::CLIENT,
        }
    }

    fn of_errors(old: &ErrorCase, new: &ErrorCase) -> Self {
        let identifier = |case: &ErrorCase| {
            // Without the path, as that is another in another edition; without case, as that does not matter.
            let body = case.body("", "/path", "")?;
            Some(body.message().to_ascii_lowercase())
        };
        if old.status() != new.status() || identifier(old) != identifier(new) {
            return Self::BOTH;
        }
        match (old.condition(), new.condition()) {
            (Condition::BodyAbove(before), Condition::BodyAbove(after)) if before < after => Self::SERVER,
            (before, after) if before != after => Self::BOTH,
            _ if gives_up(old.repeat(), new.repeat()) => Self::CLIENT,
            _ => Self::NOBODY,
        }
    }

    fn of_possible(old: (&PossibleAnswer, &Promise<'_>), new: (&PossibleAnswer, &Promise<'_>)) -> Self {
        let ((before, old), (after, new)) = (old, new);
        let differs = before.status() != after.status()
            || before.media_type() != after.media_type()
            || before.makes_group() != after.makes_group()
            || old.value != new.value
            || gives_up(before.repeat(), after.repeat());
        if differs { Self::CLIENT } else { Self::NOBODY }
    }
}

/// Whether a client that repeats its call as it was told would now do so in vain, or make a second group.
fn gives_up(old: Repeat, new: Repeat) -> bool {
    old == Repeat::Later && new == Repeat::Never
}

/// The error that stands under another slug in the other contract for what this one stands for.
fn renamed<'o>(case: &ErrorCase, other: &'o Contract, own: &Contract) -> Option<&'o ErrorCase> {
    other.errors().iter().find(|found| {
        let same = match (found.condition(), case.condition()) {
            (Condition::BodyAbove(_), Condition::BodyAbove(_)) => true,
            (found, own) => found == own,
        };
        same && own.error_case(found.slug()).is_none()
    })
}

/// Which way a clause moves a limit by being there; the other contract does not have it.
fn on_coming(promise: &Promise<'_>, rule: &Rule<'_>, other: &Promises<'_>) -> Direction {
    let takes_its_place = |keyword: &str| match rule.keyword {
        TYPE => keyword == TYPE,
        "const" | "enum" => ["const", "enum"].contains(&keyword),
        _ => false,
    };
    let replaced = other.iter().find(|found| {
        matches!(&found.about, About::Rule(found) if found.stem == rule.stem && takes_its_place(found.keyword))
    });
    if let Some(replaced) = replaced {
        Direction::between(rule.keyword, &replaced.value, &promise.value)
    } else if rule.keyword == "ignore-case" || was_refused(rule, other.contract) {
        Direction::Looser
    } else {
        Direction::Tighter
    }
}

/// Whether a contract refuses the member altogether, so that any clause of its value allows more.
fn was_refused(rule: &Rule<'_>, contract: &Contract) -> bool {
    let (Some(member), Some(body)) = (rule.member, body(rule.part)) else { return false };
    let closed = contract.clause(&format!("{}.additionalProperties", body.name())).is_some();
    closed && rule.keyword != "required" && contract.members(body).all(|known| known != member)
}
