//! What the types ask of a contract, so that every body that is valid can be held by them.
//!
//! The names of the members stand here a second time, as they are those of the types' fields. A test compares them with
//! the spec, by way of the schemas that schemars derives.

use crate::api_error::ApiError;
use crate::contract_error::ContractError;
use crate::ids::{ChatId, Phone};
use crate::operation::{BodyRules, Operation};
use crate::pointer::Pointer;
use crate::reader::{Items, Slot};
use crate::request::CreateGroup;
use crate::response::Group;
use crate::route::INSTANCE;
use crate::rules::{BranchRule, Check, Kind, ObjectRules, ValueRules};

/// The member of an envelope that says when the error came about.
pub(crate) const TIMESTAMP: &str = "timestamp";
/// The member of an envelope that is the identifier of the error.
pub(crate) const MESSAGE: &str = "message";

/// Where the members of a request stand among the slots.
pub(crate) struct RequestShape {
    group_name: usize,
    chat_ids: Option<usize>,
    phones: Option<usize>,
}

impl RequestShape {
    pub(crate) fn of(operation: &Operation) -> Result<Self, ContractError> {
        let instance = &operation.route.instance;
        if instance.kind != Kind::Integer || !within(instance, 0, u64::MAX) {
            let message =
                format!("`{INSTANCE}` is an integer with a `minimum` and a `maximum` within 64 bits");
            return Err(ContractError::new(operation.route.clause.pointer(), message));
        }
        let shape = Shape::of(&operation.request);
        let chat_ids = shape.list("chatIds", Kind::Text)?;
        let phones = shape.list("phones", Kind::Integer)?;
        if let Some(index) = phones
            && !shape.rules.fields[index]
                .value
                .items
                .as_deref()
                .is_some_and(|items| within(items, 0, u64::MAX))
        {
            return Err(shape.error("an item of `phones` has a `minimum` and a `maximum` within 64 bits"));
        }
        let lists: Vec<_> = chat_ids.into_iter().chain(phones).collect();
        if !lists.iter().any(|list| shape.never_empty(*list)) && !shape.one_never_empty(&lists) {
            return Err(shape.error("a request without a participant would be valid; demand one by `required`, `minItems` and `anyOf`"));
        }
        Ok(Self { group_name: shape.required("groupName", Kind::Text)?, chat_ids, phones })
    }

    pub(crate) fn value(&self, mut slots: Vec<Slot>) -> CreateGroup {
        let group_name = text(&mut slots, self.group_name);
        let chat_ids = self.chat_ids.map_or_else(Vec::new, |index| match take(&mut slots, index) {
            Slot::List { items: Items::Texts(texts), .. } => texts.into_iter().map(ChatId::from).collect(),
            _ => Vec::new(),
        });
        let phones = self.phones.map_or_else(Vec::new, |index| match take(&mut slots, index) {
            Slot::List { items: Items::Integers(numbers), .. } => {
                numbers.into_iter().map(Phone::new).collect()
            }
            _ => Vec::new(),
        });
        // `of` refused a contract that does not demand a participant.
        #[allow(clippy::expect_used)]
        CreateGroup::from_parts(group_name, chat_ids, phones).expect("a valid request has a participant")
    }
}

/// Where the members of a response stand among the slots.
pub(crate) struct ResponseShape {
    created: usize,
    chat_id: usize,
    group_invite_link: usize,
}

impl ResponseShape {
    pub(crate) fn of(operation: &Operation) -> Result<Self, ContractError> {
        let shape = Shape::of(&operation.response);
        Ok(Self {
            created: shape.required("created", Kind::Boolean)?,
            chat_id: shape.required("chatId", Kind::Text)?,
            group_invite_link: shape.required("groupInviteLink", Kind::Text)?,
        })
    }

    pub(crate) fn value(&self, mut slots: Vec<Slot>) -> Group {
        let created = matches!(slots[self.created], Slot::Boolean(true));
        Group::from_parts(
            created,
            text(&mut slots, self.chat_id).into(),
            text(&mut slots, self.group_invite_link).into(),
        )
    }
}

/// Where the members of an error stand among the slots.
pub(crate) struct ErrorShape {
    status_code: usize,
    timestamp: usize,
    path: usize,
    message: usize,
}

impl ErrorShape {
    pub(crate) fn of(operation: &Operation) -> Result<Self, ContractError> {
        let shape = Shape::of(&operation.error);
        let status_code = shape.required("statusCode", Kind::Integer)?;
        if !within(&shape.rules.fields[status_code].value, 0, u64::from(u16::MAX)) {
            return Err(shape.error("`statusCode` has a `minimum` and a `maximum` within 16 bits"));
        }
        Ok(Self {
            status_code,
            timestamp: shape.required(TIMESTAMP, Kind::Text)?,
            path: shape.required("path", Kind::Text)?,
            message: shape.required(MESSAGE, Kind::Text)?,
        })
    }

    pub(crate) fn value(&self, mut slots: Vec<Slot>) -> ApiError {
        let status_code = match slots[self.status_code] {
            Slot::Integer(status) => u16::try_from(status).unwrap_or_default(),
            _ => 0,
        };
        ApiError::new(
            status_code,
            text(&mut slots, self.timestamp),
            text(&mut slots, self.path),
            text(&mut slots, self.message),
        )
    }
}

fn take(slots: &mut [Slot], index: usize) -> Slot {
    std::mem::take(&mut slots[index])
}

fn text(slots: &mut [Slot], index: usize) -> String {
    match take(slots, index) {
        Slot::Text(text) => text,
        _ => String::new(),
    }
}

/// Whether the rules keep integers between the two.
fn within(rules: &ValueRules, least: u64, most: u64) -> bool {
    let has = |wanted: &dyn Fn(&Check) -> bool| rules.limits.iter().any(|limit| wanted(&limit.check));
    has(&|check| matches!(check, Check::Minimum(bound) if *bound >= least.into()))
        && has(&|check| matches!(check, Check::Maximum(bound) if *bound <= most.into()))
}

struct Shape<'r> {
    rules: &'r ObjectRules,
    at: &'r Pointer,
}

impl<'r> Shape<'r> {
    fn of(body: &'r BodyRules) -> Self {
        Self { rules: &body.object, at: &body.at }
    }
}

impl Shape<'_> {
    fn error(&self, message: impl Into<String>) -> ContractError {
        ContractError::new(self.at, message)
    }

    /// The place of a member that has to be there.
    fn required(&self, name: &str, kind: Kind) -> Result<usize, ContractError> {
        let index = self
            .rules
            .field(name)
            .filter(|index| self.rules.fields[*index].required.is_some())
            .ok_or_else(|| self.error(format!("`{name}` is to be a property, and required")))?;
        self.of_kind(name, index, kind)
    }

    /// The place of a list that may be left out, if the contract knows it.
    fn list(&self, name: &str, items: Kind) -> Result<Option<usize>, ContractError> {
        let Some(index) = self.rules.field(name) else { return Ok(None) };
        self.of_kind(name, index, Kind::List)?;
        let right = self.rules.fields[index].value.items.as_deref().is_some_and(|rules| rules.kind == items);
        if right {
            Ok(Some(index))
        } else {
            Err(self.error(format!("an item of `{name}` is to be of type `{}`", items.name())))
        }
    }

    fn of_kind(&self, name: &str, index: usize, kind: Kind) -> Result<usize, ContractError> {
        if self.rules.fields[index].value.kind == kind {
            Ok(index)
        } else {
            Err(self.error(format!("`{name}` is to be of type `{}`", kind.name())))
        }
    }

    fn never_empty(&self, list: usize) -> bool {
        let field = &self.rules.fields[list];
        field.required.is_some() && field.value.limits.iter().any(|limit| asks_for_an_item(&limit.check))
    }

    /// Whether each branch of `anyOf` asks for an item of one of the lists.
    fn one_never_empty(&self, lists: &[usize]) -> bool {
        self.rules.any_of.as_ref().is_some_and(|any_of| {
            any_of.branches.iter().all(|branch| {
                lists.iter().any(|list| {
                    let given = branch.iter().any(|rule| matches!(rule, BranchRule::Given { field } if field == list))
                        || self.rules.fields[*list].required.is_some();
                    let not_empty = branch.iter().any(
                        |rule| matches!(rule, BranchRule::Limit { field, check } if field == list && asks_for_an_item(check)),
                    ) || self.rules.fields[*list].value.limits.iter().any(|limit| asks_for_an_item(&limit.check));
                    given && not_empty
                })
            })
        })
    }
}

fn asks_for_an_item(check: &Check) -> bool {
    matches!(check, Check::MinItems(least) if *least >= 1)
}
