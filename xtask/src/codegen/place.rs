//! Finds the line that a JSON pointer means.

use super::yaml::{Node, Place, Value};

/// How many references may follow each other; more than the model follows.
const MOST_HOPS: usize = 100;

/// Where the value stands that `pointer` leads to, `$ref` followed: its key, or an item of a list itself.
///
/// A pointer that leads further than the document does gives the last object on the way, which is the one where
/// something is missing.
pub(super) fn of(document: &Node, pointer: &str) -> Place {
    let mut found = Found { place: Place::START, node: document };
    for token in pointer.split('/').skip(1) {
        let name = token.replace("~1", "/").replace("~0", "~");
        // The reference itself is meant, not what it names.
        if name != REFERENCE {
            found = found.followed(document);
        }
        match found.step(&name) {
            Some(next) => found = next,
            None => return found.place,
        }
    }
    found.followed(document).place
}

const REFERENCE: &str = "$ref";

#[derive(Clone, Copy)]
struct Found<'d> {
    place: Place,
    node: &'d Node,
}

impl<'d> Found<'d> {
    fn step(self, name: &str) -> Option<Self> {
        match &self.node.value {
            Value::List(items) => {
                let node = items.get(name.parse::<usize>().ok()?)?;
                Some(Self { place: node.place, node })
            }
            _ => self.node.member(name).map(|member| Self { place: member.place, node: &member.node }),
        }
    }

    /// What a reference leads to; what is none, or leads nowhere, stays.
    fn followed(self, document: &'d Node) -> Self {
        let mut found = self;
        for _ in 0..MOST_HOPS {
            match found.target(document) {
                Some(target) => found = target,
                None => return found,
            }
        }
        self
    }

    fn target(self, document: &'d Node) -> Option<Self> {
        match &self.node.value {
            Value::Object(members) if members.len() == 1 => {}
            _ => return None,
        }
        let Value::Text(reference) = &self.node.member(REFERENCE)?.node.value else { return None };
        reference
            .strip_prefix("#/")?
            .split('/')
            .try_fold(Self { place: Place::START, node: document }, |found, token| {
                found.step(&token.replace("~1", "/").replace("~0", "~"))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::codegen::yaml;

    #[test]
    fn a_pointer_leads_to_a_key_through_references() {
        let document = yaml::parse(concat!(
            "a: {x/y: 1}\n",              // 1
            "b:\n",                       // 2
            "  $ref: '#/c'\n",            // 3
            "c:\n",                       // 4
            "  list: [7, {deep: 1}]\n",   // 5
            "lost: {$ref: '#/nope'}\n",   // 6
            "round: {$ref: '#/round'}\n"  // 7
        ))
        .unwrap();
        let check = |pointer: &str, expected: &str| {
            assert_eq!(of(&document, pointer).to_string(), expected, "{pointer}");
        };
        check("", "1:1");
        check("/a", "1:1");
        check("/a/x~1y", "1:5");
        check("/b", "4:1");
        check("/b/$ref", "3:3");
        check("/b/list", "5:3");
        check("/b/list/0", "5:10");
        check("/b/list/1/deep", "5:14");
        check("/b/list/9", "5:3");
        check("/c/missing", "4:1");
        check("/lost", "6:1");
        check("/lost/$ref", "6:8");
        check("/round/x/y", "7:1");
    }
}
