use serde::Serialize;

use crate::ids::{ChatId, Phone};

/// The request of createGroup: a name and at least one participant.
///
/// It cannot be built without them:
///
/// ```
/// use greenapi_model::CreateGroup;
///
/// let request = CreateGroup::named("Hiking on Sunday").phone(79001234567).chat_id("79001234568@c.us");
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"groupName":"Hiking on Sunday","chatIds":["79001234568@c.us"],"phones":[79001234567]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// ```compile_fail
/// // A name alone is no request yet: this is an `Unpeopled`.
/// let request: greenapi_model::CreateGroup = greenapi_model::CreateGroup::named("Nobody");
/// ```
///
/// Whether the name is too long, and all other limits, are for the contract to say:
/// [`Contract::request`](crate::Contract::request).
///
/// A list that is empty is left out of the JSON, where it would count as not given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateGroup {
    group_name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chat_ids: Vec<ChatId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    phones: Vec<Phone>,
}

impl CreateGroup {
    /// Starts a request for a group of that name. The first participant makes it a [`CreateGroup`].
    pub fn named(group_name: impl Into<String>) -> Unpeopled {
        Unpeopled { group_name: group_name.into() }
    }

    /// `None` if there is no participant.
    pub(crate) fn from_parts(group_name: String, chat_ids: Vec<ChatId>, phones: Vec<Phone>) -> Option<Self> {
        (!chat_ids.is_empty() || !phones.is_empty()).then_some(Self { group_name, chat_ids, phones })
    }

    /// Adds a participant by chat id.
    #[must_use]
    pub fn chat_id(mut self, chat_id: impl Into<ChatId>) -> Self {
        self.chat_ids.push(chat_id.into());
        self
    }

    /// Adds a participant by phone.
    #[must_use]
    pub fn phone(mut self, phone: impl Into<Phone>) -> Self {
        self.phones.push(phone.into());
        self
    }

    /// The name of the group.
    #[must_use]
    pub fn group_name(&self) -> &str {
        &self.group_name
    }

    /// The participants that are named by chat id, in the order of the request.
    #[must_use]
    pub fn chat_ids(&self) -> &[ChatId] {
        &self.chat_ids
    }

    /// The participants that are named by phone, in the order of the request.
    #[must_use]
    pub fn phones(&self) -> &[Phone] {
        &self.phones
    }
}

/// A name of a group, before the first participant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a group needs a participant: add one with `chat_id` or `phone`"]
pub struct Unpeopled {
    group_name: String,
}

impl Unpeopled {
    /// Adds the first participant, by chat id.
    #[must_use]
    pub fn chat_id(self, chat_id: impl Into<ChatId>) -> CreateGroup {
        CreateGroup { group_name: self.group_name, chat_ids: vec![chat_id.into()], phones: Vec::new() }
    }

    /// Adds the first participant, by phone.
    #[must_use]
    pub fn phone(self, phone: impl Into<Phone>) -> CreateGroup {
        CreateGroup { group_name: self.group_name, chat_ids: Vec::new(), phones: vec![phone.into()] }
    }

    /// Adds participants from lists whose length is not known here.
    ///
    /// # Errors
    ///
    /// [`NoParticipant`] if both lists are empty.
    pub fn participants(
        self,
        chat_ids: impl IntoIterator<Item = impl Into<ChatId>>,
        phones: impl IntoIterator<Item = impl Into<Phone>>,
    ) -> Result<CreateGroup, NoParticipant> {
        let chat_ids = chat_ids.into_iter().map(Into::into).collect();
        let phones = phones.into_iter().map(Into::into).collect();
        CreateGroup::from_parts(self.group_name, chat_ids, phones).ok_or(NoParticipant)
    }
}

/// A group was to be made of nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoParticipant;

impl std::fmt::Display for NoParticipant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a group needs at least one participant, by chat id or by phone")
    }
}

impl std::error::Error for NoParticipant {}
