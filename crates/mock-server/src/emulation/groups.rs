//! Makes groups of the documented form.

use std::collections::HashSet;

use greenapi_model::{Body, Contract, Group, InstanceId};

use super::{Unemulable, json};
use crate::mint::Mint;

/// So many groups of so many instances are made to see whether they keep the contract.
const SAMPLES: u64 = 8;

#[derive(Debug)]
pub(super) struct GroupMint {
    chat_id: Mint,
    link: Mint,
}

impl GroupMint {
    pub(super) fn new(contract: &Contract, seed: u64) -> Result<Self, Unemulable> {
        let mint = |member: &str| {
            let places = contract.variations(Body::Response, member);
            places.map(|places| Mint::new(places, seed)).ok_or_else(|| {
                Unemulable(format!("the contract has no example of a response with `{member}`"))
            })
        };
        Ok(Self { chat_id: mint("chatId")?, link: mint("groupInviteLink")? })
    }

    /// The `nth` group of an instance.
    pub(super) fn group(&self, instance: InstanceId, nth: u64) -> Group {
        let number = instance.number();
        Group::new(self.chat_id.value(number, nth), self.link.value(number, nth))
    }

    /// Makes some groups to see whether they keep the contract: an example and a pattern may vary less than it seems.
    pub(super) fn sample(&self, contract: &Contract) -> Result<(), Unemulable> {
        let mut seen = HashSet::new();
        for (instance, nth) in (0..SAMPLES).flat_map(|instance| (0..SAMPLES).map(move |nth| (instance, nth)))
        {
            let group = self.group(instance.into(), nth);
            if let Err(violations) = contract.response(&json(&group)) {
                let message = format!("a response made after the contract's example breaks it: {violations}");
                return Err(Unemulable(message));
            }
            for (member, clause) in contract.unique_members() {
                let value = match member {
                    "chatId" => group.chat_id().as_str(),
                    "groupInviteLink" => group.group_invite_link().as_str(),
                    _ => continue,
                };
                if !seen.insert((member, value.to_owned())) {
                    return Err(Unemulable(format!(
                        "the contract's first example of a response has too few places in `{member}` that may vary, so that \
                         two groups would have the same one, but {} ({clause})",
                        clause.sentence()
                    )));
                }
            }
        }
        Ok(())
    }
}
