//! Makes groups of the documented form.

use std::collections::HashSet;

use greenapi_model::{Body, Contract, Group, InstanceId};

use super::{Unemulable, json};
use crate::mint::Mint;

/// So many groups of so many instances are made to see whether they keep the contract.
const SAMPLES: u64 = 8;

#[derive(Debug)]
pub(crate) struct GroupMint {
    chat_id: Mint,
    link: Mint,
    /// The body of an answer that tells of a group.
    body: Vec<u8>,
    /// Where both stand in it.
    places: [usize; 2],
}

impl GroupMint {
    pub(crate) fn new(contract: &Contract, seed: u64) -> Result<Self, Unemulable> {
        let mint = |member: &str| {
            let places = contract.variations(Body::Response, member);
            places.map(|places| Mint::new(&places, seed)).ok_or_else(|| {
                Unemulable(format!("the contract has no example of a response with `{member}`"))
            })
        };
        let (chat_id, link) = (mint("chatId")?, mint("groupInviteLink")?);
        let (body, places) = body(&chat_id, &link);
        Ok(Self { chat_id, link, body, places })
    }

    /// The body of the answer that tells of the `nth` group of an instance.
    pub(super) fn body(&self, instance: InstanceId, nth: u64) -> Vec<u8> {
        let mut body = self.body.clone();
        for (mint, at) in [&self.chat_id, &self.link].into_iter().zip(self.places) {
            mint.vary(instance.number(), nth, &mut body[at..]);
        }
        body
    }

    /// The `nth` group of an instance.
    pub(crate) fn group(&self, instance: InstanceId, nth: u64) -> Group {
        let number = instance.number();
        Group::new(self.chat_id.value(number, nth), self.link.value(number, nth))
    }

    /// Makes some groups to see whether they keep the contract: an example and a pattern may vary less than it seems.
    pub(super) fn sample(&self, contract: &Contract) -> Result<(), Unemulable> {
        let mut seen = HashSet::new();
        for (instance, nth) in (0..SAMPLES).flat_map(|instance| (0..SAMPLES).map(move |nth| (instance, nth)))
        {
            let group = self.group(instance.into(), nth);
            if let Err(violations) = contract.response(&self.body(instance.into(), nth)) {
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

/// A body with both values as JSON, and where they stand.
fn body(chat_id: &Mint, link: &Mint) -> (Vec<u8>, [usize; 2]) {
    const MARKS: [&str; 2] = ["0", "1"];
    let marked = json(&Group::new(MARKS[0], MARKS[1]));
    let marked = String::from_utf8_lossy(&marked);
    let mut rest = &*marked;
    let mut body = String::new();
    let places = [(MARKS[0], chat_id), (MARKS[1], link)].map(|(mark, mint)| {
        let (before, after) = rest.split_once(&format!("\"{mark}\"")).unwrap_or_default();
        body.push_str(before);
        let at = body.len();
        body.push_str(mint.json());
        rest = after;
        at
    });
    body.push_str(rest);
    (body.into_bytes(), places)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_body_is_the_group_as_json(seed: u64, instance in 0..10_000_000_000_u64, nth: u64) {
            let mint = GroupMint::new(&Contract::default(), seed).unwrap();
            let body = mint.body(instance.into(), nth);
            prop_assert_eq!(
                String::from_utf8(body).unwrap(),
                String::from_utf8(json(&mint.group(instance.into(), nth))).unwrap()
            );
        }
    }
}
