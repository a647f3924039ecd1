//! What differs between two editions: a row for each kind of change, with the sides that break by it.

#![allow(clippy::unwrap_used, clippy::panic)] // A test fails by a panic.

use greenapi_harness::{Change, Difference, Side, compare_editions};
use greenapi_model::Contract;
use serde_json::{Map, Value, json};

const PATH: &str = "/paths/~1waInstance{idInstance}~1createGroup~1{apiTokenInstance}";
const REQUEST: &str = "/post/requestBody/content/application~1json/schema";
const RESPONSE: &str = "/post/responses/200/content/application~1json/schema";
const ERRORS: &str = "/post/responses/400/content/application~1json/examples";
const PACE: &str = "/post/responses/429/content/application~1json/examples/too-many-requests";
const TOO_LARGE: &str = "/post/responses/500/content/application~1json/examples/request-too-large";

/// A change of a document.
type Edit = Box<dyn Fn(&mut Value)>;

/// `place` is a pointer below the path, in parts.
fn set(place: &[&str], value: Value) -> Edit {
    let place = place.concat();
    Box::new(move |document| {
        let (members, name) = members(document, &place);
        members.insert(name, value.clone());
    })
}

fn removed(place: &str) -> Edit {
    let place = place.to_owned();
    Box::new(move |document| {
        let (members, name) = members(document, &place);
        members.remove(&name).unwrap_or_else(|| panic!("nothing is at {place}"));
    })
}

/// In the document's text.
fn replaced(old: &str, new: &str) -> Edit {
    let (old, new) = (old.to_owned(), new.to_owned());
    Box::new(move |document| {
        let text = document.to_string();
        assert!(text.contains(&old), "{old}");
        *document = serde_json::from_str(&text.replace(&old, &new)).unwrap();
    })
}

fn members<'d>(document: &'d mut Value, place: &str) -> (&'d mut Map<String, Value>, String) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(&format!("{PATH}{parent}")).unwrap_or_else(|| panic!("{place}"));
    (parent.as_object_mut().unwrap(), name.replace("~1", "/"))
}

fn edited(edits: &[&[Edit]]) -> Contract {
    let mut document = serde_json::from_str(&Contract::default().document()).unwrap();
    edits.iter().copied().flatten().for_each(|edit| edit(&mut document));
    Contract::from_json(&document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

/// One line a change: `came request.groupName.maxLength: client, server`.
fn lines(difference: &Difference) -> Vec<String> {
    let line = |change: &Change| {
        let sides: Vec<_> = change.sides().map(Side::as_str).collect();
        format!("{} {}: {}", change.kind(), change.id(), sides.join(", "))
    };
    difference.changes().iter().map(line).collect()
}

fn ids<'c>(changes: impl Iterator<Item = &'c Change>) -> Vec<&'c str> {
    changes.map(Change::id).collect()
}

/// From the embedded contract after the first edits to that after all of them, and the way back.
fn check(earlier: &[Edit], later: &[Edit], there: &[&str], back: &[&str]) {
    let (old, new) = (edited(&[earlier]), edited(&[earlier, later]));
    let (forward, backward) = (compare_editions(&old, &new), compare_editions(&new, &old));
    assert_eq!(lines(&forward), there, "{forward}");
    assert_eq!(lines(&backward), back, "the way back: {backward}");
    // What came on one way went on the other.
    assert_eq!(ids(forward.came()), ids(backward.went()));
    assert_eq!(ids(forward.went()), ids(backward.came()));
    assert_eq!(ids(forward.changed()).len(), ids(backward.changed()).len());
    assert!(compare_editions(&new, &edited(&[earlier, later])).is_empty());
}

/// A row with one change of a clause that both contracts have.
fn check_changed(earlier: &[Edit], later: &[Edit], id: &str, there: &str, back: &str) {
    let line = |sides| format!("changed {id}: {sides}");
    check(earlier, later, &[&line(there)], &[&line(back)]);
}

#[test]
fn a_contract_does_not_differ_from_itself() {
    let contract = Contract::default();
    let difference = compare_editions(&contract, &contract);
    assert!(difference.is_empty());
    assert_eq!(difference.to_string(), "from 2020-06-29 to 2020-06-29: 0 came, 0 went, 0 changed\n");
    // What promises nothing.
    let described = replaced("Name of the group.", "How the group is called.");
    assert!(compare_editions(&edited(&[]), &edited(&[&[described]])).is_empty());
}

#[test]
fn a_limit_of_a_request_breaks_both_where_it_gets_tighter_and_servers_where_looser() {
    let name = |limits: Value| {
        let mut schema = json!({"type": "string", "x-evidence": "documented"});
        schema.as_object_mut().unwrap().append(limits.clone().as_object_mut().unwrap());
        [set(&[REQUEST, "/properties/groupName"], schema)]
    };
    let count = |limits: Value| {
        let mut schema = json!({"type": "array", "items": {"type": "string", "x-evidence": "documented"}});
        schema["x-evidence"] = "documented".into();
        schema.as_object_mut().unwrap().append(limits.clone().as_object_mut().unwrap());
        [set(&[REQUEST, "/properties/chatIds"], schema)]
    };
    let number = |keyword: &str, bound: Value| [set(&[REQUEST, "/properties/phones/items/", keyword], bound)];
    let (tighter, looser, either) = ("client, server", "server", "client, server");

    let id = "request.groupName.minLength";
    check_changed(&name(json!({"minLength": 1})), &name(json!({"minLength": 2})), id, tighter, looser);
    let id = "request.groupName.maxLength";
    check_changed(&name(json!({"maxLength": 99})), &name(json!({"maxLength": 25})), id, tighter, looser);
    let id = "request.groupName.pattern";
    check_changed(&name(json!({"pattern": "^F"})), &name(json!({"pattern": "^Fr"})), id, either, either);
    let id = "request.groupName.enum";
    let named = |names: &[&str]| name(json!({ "enum": names }));
    let (one, two, three) = ("From API Group created", "b", "c");
    check_changed(&named(&[one, two]), &named(&[one]), id, tighter, looser);
    check_changed(&named(&[one, two]), &named(&[three, one]), id, either, either);
    check_changed(&named(&[one, two]), &named(&[two, one]), id, "", "");
    let id = "request.chatIds.maxItems";
    check_changed(&count(json!({"maxItems": 9})), &count(json!({"maxItems": 8})), id, tighter, looser);
    let id = "request.chatIds.minItems";
    check_changed(&count(json!({"minItems": 0})), &count(json!({"minItems": 0.0})), id, "", "");
    let id = "request.phones.items.minimum";
    check_changed(&[], &number("minimum", json!(1000)), id, tighter, looser);
    // It is rounded, as only integers are compared with it.
    check_changed(&[], &number("minimum", json!(0.5)), id, "", "");
    let id = "request.phones.items.maximum";
    check_changed(&[], &number("maximum", json!(99_999_999_999_u64)), id, tighter, looser);

    let (constant, list) = (json!({"const": one}), json!({"enum": [one, two]}));
    check(
        &name(constant),
        &name(list),
        &["came request.groupName.enum: server", "went request.groupName.const: server"],
        &["came request.groupName.const: client, server", "went request.groupName.enum: client, server"],
    );
    check(
        &name(json!({})),
        &name(json!({"maxLength": 25})),
        &["came request.groupName.maxLength: client, server"],
        &["went request.groupName.maxLength: server"],
    );
}

#[test]
fn branches_are_compared_by_what_they_demand() {
    let given =
        |member: &str, least: u64| json!({"required": [member], "properties": {member: {"minItems": least}}});
    let branches = |branches: &[&Value]| [set(&[REQUEST, "/anyOf"], json!(branches))];
    let (chats, phones) = (given("chatIds", 1), given("phones", 1));
    let (two_phones, mut named_chats) = (given("phones", 2), chats.clone());
    named_chats["properties"]["groupName"] = json!({"minLength": 3});
    let id = "request.anyOf";
    let (tighter, looser, either) = ("client, server", "server", "client, server");

    check_changed(&[], &branches(&[&phones, &chats]), id, "", "");
    check_changed(&[], &branches(&[&chats, &two_phones]), id, tighter, looser);
    check_changed(&[], &branches(&[&named_chats, &phones]), id, tighter, looser);
    check_changed(&branches(&[&named_chats, &phones]), &branches(&[&chats, &two_phones]), id, either, either);
    let [only_phones] = branches(&[&phones]);
    let example = removed("/post/requestBody/content/application~1json/examples/one-chat-id");
    check_changed(&[example, only_phones], &branches(&[&chats, &phones]), id, looser, tighter);
}

#[test]
fn a_member_of_a_request_may_come_go_and_have_another_type() {
    let note =
        |kind: &str| [set(&[REQUEST, "/properties/note"], json!({"type": kind, "x-evidence": "assumed"}))];
    let closed = || {
        let evidence = set(&[REQUEST, "/x-evidence/additionalProperties"], json!("assumed"));
        [set(&[REQUEST, "/additionalProperties"], json!(false)), evidence]
    };
    let required = || [set(&[REQUEST, "/required"], json!(["groupName", "phones"]))];

    check(
        &[],
        &note("string"),
        &["came request.note.string: client, server"],
        &["went request.note.string: server"],
    );
    // A body that has no other members allows more with each that it names.
    check(
        &closed(),
        &note("string"),
        &["came request.note.string: server"],
        &["went request.note.string: client, server"],
    );
    check(
        &[],
        &closed(),
        &["came request.additionalProperties: client, server"],
        &["went request.additionalProperties: server"],
    );
    check(
        &note("string"),
        &note("integer"),
        &["came request.note.integer: client, server", "went request.note.string: client, server"],
        &["came request.note.string: client, server", "went request.note.integer: client, server"],
    );
    let example = removed("/post/requestBody/content/application~1json/examples/one-chat-id");
    check(
        &[example],
        &required(),
        &["came request.phones.required: client, server"],
        &["went request.phones.required: server"],
    );
    check(
        &[set(&["/post/requestBody/required"], json!(false))],
        &[set(&["/post/requestBody/required"], json!(true))],
        &["came request.required: client, server"],
        &["went request.required: server"],
    );
}

#[test]
fn an_answer_breaks_servers_where_it_gets_tighter_and_clients_where_looser() {
    let link = [RESPONSE, "/properties/groupInviteLink"].concat();
    let note = set(&[RESPONSE, "/properties/note"], json!({"type": "string", "x-evidence": "assumed"}));
    let required = |names: &[&str]| set(&[RESPONSE, "/required"], json!(names));
    let without_note = removed("/post/responses/200/content/application~1json/examples");
    check(
        &[without_note, note, required(&["created", "chatId", "groupInviteLink", "note"])],
        &[required(&["created", "chatId", "groupInviteLink"])],
        &["went response.note.required: client"],
        &["came response.note.required: server"],
    );
    check(
        &[],
        &[removed(&[&link, "/pattern"].concat()), removed(&[&link, "/x-evidence/pattern"].concat())],
        &["went response.groupInviteLink.pattern: client"],
        &["came response.groupInviteLink.pattern: server"],
    );
    check(
        &[],
        &[removed(&[&link, "/x-unique"].concat()), removed(&[&link, "/x-evidence/unique"].concat())],
        &["went response.groupInviteLink.unique: client"],
        &["came response.groupInviteLink.unique: server"],
    );
    let id = "response.groupInviteLink.pattern";
    let pattern = set(&[&link, "/pattern"], json!("^(https://chat[.]whatsapp[.]com/[A-Za-z0-9]{22})?$"));
    check_changed(&[], &[pattern], id, "client, server", "client, server");
    let id = "error.statusCode.maximum";
    let maximum = || [replaced("\"maximum\":599", "\"maximum\":500")];
    check_changed(&[], &maximum(), id, "server", "client");
}

#[test]
fn an_error_may_come_go_and_change() {
    let error = |slug: &str| [ERRORS, "/", slug].concat();
    let (starting, bad) = (error("instance-starting"), error("bad-request-data"));
    let both = "client, server";

    check(
        &[],
        &[removed(&starting)],
        &["went error.instance-starting: server"],
        &["came error.instance-starting: client, server"],
    );
    let message = set(&[&starting, "/value/message"], json!("not yet"));
    check_changed(&[], &[message], "error.instance-starting", both, both);
    // Case does not matter to who reads it.
    let message = set(&[&bad, "/value/message"], json!("Bad Request Data"));
    check_changed(&[], &[message], "error.bad-request-data", "", "");
    let state = set(&[&starting, "/x-when"], json!({"instance": "sleepMode"}));
    check_changed(&[], &[state], "error.instance-starting", both, both);
    let repeat = set(&[&starting, "/x-repeat"], json!("never"));
    check_changed(&[], &[repeat], "error.instance-starting", "client", "");
    let evidence = set(&[&starting, "/x-evidence"], json!("assumed"));
    check_changed(&[], &[evidence], "error.instance-starting", "", "");
    let size = set(&[TOO_LARGE, "/x-when"], json!({"request-bytes-above": 1000}));
    check_changed(&[], &[size], "error.request-too-large", both, "server");
    check_changed(&[], &[replaced("\"401\"", "\"402\"")], "error.wrong-token", both, both);

    // The same under another name: on the wire nothing is different.
    check(
        &[],
        &[replaced("wrong-token", "other-token")],
        &["came error.other-token: ", "went error.wrong-token: "],
        &["came error.wrong-token: ", "went error.other-token: "],
    );
}

#[test]
fn the_order_of_errors_is_part_of_the_contract() {
    let text = Contract::default().document();
    let (first, second) = ("\"instance-starting\": {", "\"instance-not-authorized\": {");
    let at = |name| text.find(name).unwrap();
    let end = at("\"bad-request-data\": {");
    let swapped =
        [&text[..at(first)], &text[at(second)..end], &text[at(first)..at(second)], &text[end..]].concat();
    let difference = compare_editions(&Contract::default(), &Contract::from_json(&swapped).unwrap());
    assert_eq!(lines(&difference), ["changed errors.order: server"]);
}

#[test]
fn an_answer_that_any_request_may_get_breaks_clients_alone() {
    let both_ways = |later: &[Edit], there: &str, back: &str| {
        check_changed(&[], later, "possible.too-many-requests", there, back);
    };
    check(
        &[],
        &[removed(PACE)],
        &["went possible.too-many-requests: "],
        &["came possible.too-many-requests: client"],
    );
    both_ways(
        &[replaced("\"429\"", "\"430\""), replaced("\"statusCode\":429", "\"statusCode\":430")],
        "client",
        "client",
    );
    both_ways(&[set(&[PACE, "/value/message"], json!("Slow down"))], "client", "client");
    both_ways(&[set(&[PACE, "/value/more"], json!(1))], "client", "client");
    both_ways(&[set(&[PACE, "/x-repeat"], json!("never"))], "client", "");
    both_ways(&[set(&[PACE, "/x-evidence"], json!("documented"))], "", "");
}

#[test]
fn path_method_media_type_and_status_of_success_break_both() {
    let both = "client, server";
    let words = |words: &[&str]| [set(&["/x-ignore-case/words"], json!(words))];
    check_changed(&words(&["create"]), &words(&["create", "Group"]), "path.ignore-case", "server", both);
    check(
        &[],
        &[removed("/x-ignore-case")],
        &["went path.ignore-case: client, server"],
        &["came path.ignore-case: server"],
    );
    let path = "/waInstance{idInstance}/createGroup/{apiTokenInstance}";
    let lines_of_path = ["changed path: client, server", "changed error.wrong-method: "];
    check(
        &words(&["Group"]),
        &[replaced(path, &path.replace("create", "make"))],
        &lines_of_path,
        &lines_of_path,
    );
    check_changed(&[], &[replaced("\"post\":", "\"put\":")], "method", both, both);
    let vendor = "application/vnd.group+json";
    let request = replaced(
        "\"requestBody\":{\"content\":{\"application/json\"",
        &["\"requestBody\":{\"content\":{\"", vendor, "\""].concat(),
    );
    check_changed(&[], &[request], "request.content-type", both, both);
    check(
        &[],
        &[replaced("\"200\":", "\"201\":")],
        &["came response.201: client, server", "went response.200: client, server"],
        &["came response.200: client, server", "went response.201: client, server"],
    );
    check(&[], &[removed("/options")], &["went options.204: client, server"], &["came options.204: server"]);
}

#[test]
fn a_difference_is_a_list_to_read_and_json() {
    let text = replaced("\"maximum\":9999999999,", "\"maximum\":10000000000.0,");
    let number = set(&[TOO_LARGE, "/x-when"], json!({"request-bytes-above": 1000}));
    let body = set(&[PACE, "/value/more"], json!(1));
    let edits = [removed("/x-ignore-case"), text, number, body, replaced("2020-06-29", "2021-01-01")];
    let difference = compare_editions(&edited(&[]), &edited(&[&edits]));
    let expected = "\
from 2020-06-29 to 2021-01-01: 0 came, 1 went, 3 changed

went
  path.ignore-case
    old:    `createGroup` is matched without regard to case (assumed)
    breaks: client, server

changed
  path.idInstance.maximum
    old:    `idInstance` is at most 9999999999 (observed)
    new:    `idInstance` is at most 10000000000 (observed)
    breaks: server
  error.request-too-large
    old:    where the body has more than 102400 bytes, the answer is 500, `request entity too large`; the call is not to be repeated (observed)
    new:    where the body has more than 1000 bytes, the answer is 500, `request entity too large`; the call is not to be repeated (observed)
    breaks: client, server
  possible.too-many-requests
    old:    any request may get 429, `Too Many Requests`, with application/json; the call may be repeated later: {\"message\":\"Too Many Requests\",\"path\":\"/\",\"statusCode\":429,\"timestamp\":\"\"} (observed)
    new:    any request may get 429, `Too Many Requests`, with application/json; the call may be repeated later: {\"message\":\"Too Many Requests\",\"more\":1,\"path\":\"/\",\"statusCode\":429,\"timestamp\":\"\"} (observed)
    breaks: client
";
    assert_eq!(difference.to_string(), expected);
    assert_eq!((difference.old_edition(), difference.new_edition()), ("2020-06-29", "2021-01-01"));
    assert_eq!(ids(difference.breaking(Side::Client)).len(), 3);
    assert_eq!(
        difference.to_json()["changes"][0],
        json!({
            "id": "path.ignore-case",
            "change": "went",
            "old": {"sentence": "`createGroup` is matched without regard to case", "evidence": "assumed"},
            "new": null,
            "breaks": ["client", "server"],
        })
    );
}
