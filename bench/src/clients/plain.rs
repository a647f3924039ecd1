//! The bodies as one writes them who has serde and no crate of ours.

use serde::{Deserialize, Serialize};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateGroup {
    group_name: String,
    phones: Vec<u64>,
}

impl CreateGroup {
    pub(super) fn new() -> Self {
        Self { group_name: super::NAME.to_owned(), phones: super::PHONES.to_vec() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Group {
    pub(super) created: bool,
    // Nobody reads these, but whoever makes a group wants them.
    #[allow(dead_code)]
    chat_id: String,
    #[allow(dead_code)]
    group_invite_link: String,
}
