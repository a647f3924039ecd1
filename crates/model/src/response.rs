use serde::Serialize;

use crate::ids::{ChatId, InviteLink};

/// The response of createGroup with HTTP status 200.
///
/// That status does not say that there is a group: ask [`created`](Self::created).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Group {
    created: bool,
    chat_id: ChatId,
    group_invite_link: InviteLink,
}

impl Group {
    /// A group that was made. The link is empty where inviting by link is off.
    pub fn new(chat_id: impl Into<ChatId>, group_invite_link: impl Into<InviteLink>) -> Self {
        Self { created: true, chat_id: chat_id.into(), group_invite_link: group_invite_link.into() }
    }

    /// The answer that no group was made, which also comes with HTTP status 200.
    #[must_use]
    pub fn not_created() -> Self {
        Self { created: false, chat_id: "".into(), group_invite_link: "".into() }
    }

    pub(crate) fn from_parts(created: bool, chat_id: ChatId, group_invite_link: InviteLink) -> Self {
        Self { created, chat_id, group_invite_link }
    }

    /// Whether the group was made.
    #[must_use]
    pub fn created(&self) -> bool {
        self.created
    }

    /// The group's identifier; empty if it was not made.
    #[must_use]
    pub fn chat_id(&self) -> &ChatId {
        &self.chat_id
    }

    /// The link by which people join; empty if it was not made, or if inviting by link is off.
    #[must_use]
    pub fn group_invite_link(&self) -> &InviteLink {
        &self.group_invite_link
    }
}
