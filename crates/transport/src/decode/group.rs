use std::fmt;

use greenapi_model::Group;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::decode::body;

/// What the body of a 200 tells of the group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Group(Group),
    /// The service says that it made none.
    NotCreated,
    /// It does not say, and this is what it is.
    Unclear(&'static str),
}

/// Reads the body in one pass. Other members are read over, of a repeated one the last counts, and a link that is missing
/// or no text is an empty one; what a group cannot do without is its id.
pub(crate) fn read(body: &[u8]) -> Told {
    let Ok(Members { created, chat_id, link }) = serde_json::from_slice(body::without_mark(body)) else {
        return Told::Unclear(body::read(body).form);
    };
    let chat_id = chat_id.filter(|chat_id| !chat_id.is_empty());
    match (created, chat_id) {
        (Some(true), Some(chat_id)) => Told::Group(Group::new(chat_id, link.unwrap_or_default())),
        (Some(false), None) => Told::NotCreated,
        (Some(true), None) => Told::Unclear("a group that has no id"),
        (Some(false), Some(_)) => Told::Unclear("the id of a group that it says it did not make"),
        (None, _) => Told::Unclear("JSON that does not say whether a group was made"),
    }
}

/// The members of the answer, where they are of their type.
#[derive(Default)]
struct Members {
    created: Option<bool>,
    chat_id: Option<String>,
    link: Option<String>,
}

/// The names are the contract's; a test compares them.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Name {
    Created,
    ChatId,
    GroupInviteLink,
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key()? {
            match name {
                Name::Created => members.created = of_type(map.next_value()?),
                Name::ChatId => members.chat_id = of_type(map.next_value()?),
                Name::GroupInviteLink => members.link = of_type(map.next_value()?),
                Name::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(members)
    }
}

/// The value, if it is of the type.
fn of_type<'de, T: Deserialize<'de>>(value: &'de RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

#[cfg(test)]
mod tests {
    use greenapi_model::{Body, Contract};

    use super::*;

    const ID: &str = "12345678910-1112131415@g.us";
    const LINK: &str = "https://chat.whatsapp.com/xxxxxxxxxxxxxxxxxxxxxx";

    #[test]
    fn the_names_are_those_of_the_contract() {
        let contract = Contract::default();
        assert_eq!(
            contract.members(Body::Response).collect::<Vec<_>>(),
            ["created", "chatId", "groupInviteLink"]
        );
    }

    #[test]
    fn what_a_body_tells_of_the_group() {
        let check = |body: &str, expected: Told| assert_eq!(read(body.as_bytes()), expected, "{body}");
        let group = || Told::Group(Group::new(ID, LINK));
        let no_link = || Told::Group(Group::new(ID, ""));
        let whole = format!(r#"{{"created":true,"chatId":"{ID}","groupInviteLink":"{LINK}"}}"#);
        check(&whole, group());
        check(&format!("\u{feff} \r\n{whole}\r\n \t"), group());
        check(&whole.replace("{\"", "{\"more\":[{\"chatId\":1}],\""), group());
        check(&whole.replace("{\"", "{\"created\":false,\"chatId\":\"\",\""), group());
        check(&whole.replace('@', "\\u0040"), group());
        check(&format!(r#"{{"created":true,"chatId":"{ID}"}}"#), no_link());
        for link in ["\"\"", "null", "7", "[]", "\"\\ud800\""] {
            check(&whole.replace(&format!("\"{LINK}\""), link), no_link());
        }
        check(
            r#"{"created":true,"chatId":"of another form","groupInviteLink":""}"#,
            Told::Group(Group::new("of another form", "")),
        );

        check(r#"{"created":false,"chatId":"","groupInviteLink":""}"#, Told::NotCreated);
        check(r#"{"created":false}"#, Told::NotCreated);
        check(r#"{"created":false,"chatId":null}"#, Told::NotCreated);

        for chat_id in ["\"\"", "null", "7", "\"\\ud800\""] {
            check(&whole.replace(&format!("\"{ID}\""), chat_id), Told::Unclear("a group that has no id"));
        }
        check(
            &whole.replace("true", "false"),
            Told::Unclear("the id of a group that it says it did not make"),
        );
        let does_not_say = || Told::Unclear("JSON that does not say whether a group was made");
        for created in ["null", "\"true\"", "1", "{}"] {
            check(&whole.replace("true", created), does_not_say());
        }
        check("{}", does_not_say());
        check("", Told::Unclear("an empty body"));
        check(" \r\n", Told::Unclear("an empty body"));
        check("<html></html>", Told::Unclear("a page of HTML"));
        check("[]", Told::Unclear("JSON that is no object"));
        check("created", Told::Unclear("a text"));
        check(&whole[..40], Told::Unclear("a body that is no JSON"));
        check(&format!("{whole}{whole}"), Told::Unclear("a body that is no JSON"));
    }
}
