//! The schemas of the bodies, their examples, and the errors.

use super::{case, refusals};

#[test]
fn a_schema_is_refused() {
    let cases = [
        case(
            "unknown keyword",
            "group.\n          type: string",
            "group.\n          format: name\n          type: string",
        ),
        case(
            "unknown x- field",
            "group.\n          type: string",
            "group.\n          x-mood: good\n          type: string",
        ),
        case(
            "keyword of another type",
            "digits.\n            type: integer",
            "digits.\n            minLength: 1\n            type: integer",
        ),
        case("unknown type", "digits.\n            type: integer", "digits.\n            type: number"),
        case("no type", "digits.\n            type: integer\n", "digits.\n"),
        case("no title", "      title: CreateGroup request\n", ""),
        case(
            "no description",
            "      description: What the service says of the group that it made, or did not make.\n",
            "",
        ),
        case(
            "no evidence",
            "            type: string\n            x-evidence: documented\n",
            "            type: string\n",
        ),
        case(
            "wrong evidence",
            "{type: observed, minLength: observed}",
            "{type: observed, minLength: guessed}",
        ),
        case("evidence is no text", "{type: observed, minLength: observed}", "[observed]"),
        case("incomplete evidence", "{type: observed, minLength: observed}", "{type: observed}"),
        case(
            "evidence of a keyword that is not there",
            "{type: observed, minLength: observed}",
            "{type: observed, minLength: observed, maxLength: observed}",
        ),
        case("pattern that is not portable", "pattern: ^/", "pattern: ^/\\d"),
        case("pattern that is none", "pattern: ^/", "pattern: ^(/"),
        case("limits that contradict each other", "minimum: 400", "minimum: 600"),
        case("limit that is no count", "chatIds: {minItems: 1}", "chatIds: {minItems: -1}"),
        case("limit that is no number", "maximum: 599", "maximum: many"),
        case("required but not there", "required: [groupName]", "required: [groupName, owner]"),
        case("required is no list", "required: [groupName]", "required: groupName"),
        case(
            "empty list of values",
            "enum: [notAuthorized, authorized, blocked, sleepMode, starting, yellowCard]",
            "enum: []",
        ),
        case("value of another type", "created: {const: true}", "created: {const: \"true\"}"),
        case("branch for a property that is not there", "created: {const: true}", "made: {const: true}"),
        case(
            "branch with an unknown keyword",
            "- required: [chatIds]",
            "- not: {}\n          required: [chatIds]",
        ),
        case(
            "empty anyOf",
            "    InstanceState:\n",
            "    Empty:\n      title: Empty\n      description: Nothing.\n      type: object\n      properties: {}\n      anyOf: []\n      x-evidence: assumed\n    InstanceState:\n",
        ),
        case(
            "open where that is the rule",
            "      required: [groupName]\n      x-evidence: {",
            "      required: [groupName]\n      additionalProperties: true\n      x-evidence: {additionalProperties: assumed, ",
        ),
        case(
            "x-unique that is false",
            "          x-unique: true\n          x-evidence: {type: documented, pattern: observed, unique: assumed}\n        groupInviteLink",
            "          x-unique: false\n          x-evidence: {type: documented, pattern: observed, unique: assumed}\n        groupInviteLink",
        ),
        case(
            "list without items",
            "          items:\n            type: string\n            x-evidence: documented\n",
            "",
        ),
        case(
            "list of lists",
            "            type: string\n            x-evidence: documented\n",
            "            type: array\n            items: {type: string, x-evidence: assumed}\n            x-evidence: documented\n",
        ),
        case(
            "property that is no schema",
            "          description: Whether the group was made.\n          type: boolean\n          x-evidence: documented\n",
            "          - boolean\n",
        ),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

#[test]
fn a_body_that_the_types_cannot_hold_is_refused() {
    let cases = [
        case(
            "not an object",
            "  schemas:\n    CreateGroup:\n",
            "  schemas:\n    CreateGroup:\n      type: string\n      x-evidence: assumed\n    Unused:\n",
        ),
        case("no participant is demanded", "chatIds: {minItems: 1}", "chatIds: {minItems: 0}"),
        case(
            "no name is demanded",
            "required: [groupName]\n      x-evidence: {type: documented, required: documented, ",
            "x-evidence: {type: documented, ",
        ),
        case(
            "a phone without a range",
            "            maximum: 999999999999999\n            x-evidence: {type: documented, minimum: assumed, maximum: assumed}",
            "            x-evidence: {type: documented, minimum: assumed}",
        ),
        case(
            "a status without a range",
            "          maximum: 599\n          x-evidence: {type: observed, minimum: assumed, maximum: assumed}",
            "          x-evidence: {type: observed, minimum: assumed}",
        ),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

#[test]
fn an_example_is_refused() {
    let cases = [
        case("that breaks its schema", "chatId: 12345678910-1112131415@g.us", "chatId: nobody"),
        case(
            "without a value",
            "                  value:\n                    created: true",
            "                  description: >-\n                    created: true",
        ),
        case("with bytes of another value", "\\\"groupName\\\": \\\"From", "\\\"groupName\\\": \\\"To"),
        case("with bytes that are no JSON", "x-body: \"{", "x-body: \"["),
        case(
            "with a condition, though it is no error",
            "summary: The page's own example.\n",
            "summary: The page's own example.\n                  x-when: {request: invalid}\n",
        ),
        case(
            "without evidence",
            "                  summary: The page's own example.\n                  x-evidence: documented\n",
            "                  summary: The page's own example.\n",
        ),
        case(
            "without a summary",
            "                  summary: The page's own example.\n                  x-evidence: documented\n",
            "                  x-evidence: documented\n",
        ),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

#[test]
fn an_error_is_refused() {
    let cases = [
        case("bad slug", "bad-request-data:", "Bad_request:"),
        case(
            "duplicate clause id",
            "x-error: wrong-path\n          x-ev",
            "x-error: bad-request-data\n          x-ev",
        ),
        case("no slug", "          x-error: wrong-path\n          x-ev", "          x-ev"),
        case(
            "answer to OPTIONS that is no error of the call",
            "          x-error: wrong-path\n\n",
            "          x-error: other\n\n",
        ),
        case("no condition", "          x-when: {path: other}\n", ""),
        case("unknown condition", "{request: invalid}", "{weather: bad}"),
        case("unknown state in a condition", "{instance: starting}", "{instance: strating}"),
        case("wrong word in a condition", "{request: invalid}", "{request: valid}"),
        case("two conditions", "{request: invalid}", "{request: invalid, path: other}"),
        case("state that is no error", "{instance: starting}", "{instance: authorized}"),
        case("size that is no count", "102400", "100 KB"),
        case("wrong x-repeat", "x-repeat: later", "x-repeat: soon"),
        case(
            "no x-repeat",
            "          x-when: {path: other}\n          x-repeat: never\n",
            "          x-when: {path: other}\n",
        ),
        case("no error for a wrong path", "{path: other}", "{instance: blocked}"),
        case("no error for another method", "{method: other}", "{instance: blocked}"),
        case("no error for an invalid request", "{request: invalid}", "{instance: blocked}"),
        case("status that is none", "        \"403\":\n          # Doc", "        default:\n          # Doc"),
        case(
            "second success",
            "        \"403\":\n          # Doc",
            "        \"201\":\n          description: Twice.\n          x-evidence: assumed\n        \"403\":\n          # Doc",
        ),
        case("another status in the example", "statusCode: 404", "statusCode: 405"),
        case(
            "another path in the example",
            "path: /waInstance{idInstance}/createGroup/{apiTokenInstance}\n                    message: request entity",
            "path: /\n                    message: request entity",
        ),
        case(
            "another body than the first error's",
            "              schema:\n                $ref: \"#/components/schemas/Error\"\n              examples:\n                wrong-method:",
            "              schema:\n                $ref: \"#/components/schemas/Group\"\n              examples:\n                wrong-method:",
        ),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

/// Each adds a response to the spec, in front of one.
#[test]
fn an_answer_that_any_request_may_get_is_refused() {
    let cases = [
        added(
            "duplicate slug",
            "x-error: bad-request-data, x-evidence: assumed, x-when: {request: any}, x-repeat: later",
        ),
        added("bad slug", "x-error: Busy, x-evidence: assumed, x-when: {request: any}, x-repeat: later"),
        added("no evidence", "x-error: busy, x-when: {request: any}, x-repeat: later"),
        added(
            "two conditions",
            "x-error: busy, x-evidence: assumed, x-when: {request: any, path: other}, x-repeat: later",
        ),
        added("no x-repeat", "x-error: busy, x-evidence: assumed, x-when: {request: any}"),
        added(
            "a group that another call would make again",
            "x-error: busy, x-evidence: assumed, x-when: {request: any}, x-repeat: later, x-makes-group: true",
        ),
        added(
            "x-makes-group that is no word",
            "x-error: busy, x-evidence: assumed, x-when: {request: any}, x-repeat: never, x-makes-group: maybe",
        ),
        added(
            "x-makes-group of an error that is promised",
            "x-error: busy, x-evidence: assumed, x-when: {instance: blocked}, x-repeat: never, x-makes-group: true",
        ),
        added(
            "wrong word for the token",
            "x-error: busy, x-evidence: assumed, x-when: {token: none}, x-repeat: never",
        ),
        added("unknown media type", "content: {image/png: {schema: {type: string}, examples: {}}}"),
        added("text as JSON", "content: {application/json: {schema: {type: string}, examples: {}}}"),
        added("no examples", "content: {text/plain: {schema: {type: string}}}"),
        added(
            "schema that promises something",
            "content: {text/plain: {schema: {type: string, minLength: 1}, examples: {}}}",
        ),
        added(
            "evidence of what is not promised",
            "content: {text/plain: {x-evidence: assumed, schema: {type: string}, examples: {}}}",
        ),
        added(
            "condition that is none of any request",
            "content: {text/plain: {schema: {type: string}, examples: {busy: {summary: Busy., value: Busy, \
             x-evidence: assumed, x-when: {instance: blocked}, x-repeat: later}}}}",
        ),
        added(
            "value of another type",
            "content: {text/plain: {schema: {type: string}, examples: {busy: {summary: Busy., value: 5, \
             x-evidence: assumed, x-when: {request: any}, x-repeat: later}}}}",
        ),
        added(
            "no summary",
            "content: {text/plain: {schema: {type: string}, examples: {busy: {value: Busy, \
             x-evidence: assumed, x-when: {request: any}, x-repeat: later}}}}",
        ),
        added(
            "another status in the envelope",
            "content: {application/json: {x-evidence: assumed, schema: {$ref: '#/components/schemas/Error'}, \
             examples: {busy: {summary: Busy., value: {statusCode: 500, timestamp: '2023-09-13T22:29:37.459Z', \
             path: '/waInstance{idInstance}/createGroup/{apiTokenInstance}', message: Busy}, \
             x-evidence: assumed, x-when: {request: any}, x-repeat: later}}}}",
        ),
    ];
    insta::assert_snapshot!(refusals(&cases));
}

/// A response of the status 503, in the flow style.
fn added(title: &'static str, response: &str) -> super::Case {
    const FROM: &str = "        \"403\":\n          # Doc";
    let to = format!("        \"503\": {{description: It is busy., {response}}}\n{FROM}");
    // A case holds constants, so this text is leaked, as a test may.
    case(title, FROM, Box::leak(to.into_boxed_str()))
}
