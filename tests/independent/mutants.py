"""The faults a server can be started with: each is one change of the correct rules, named after what it does.

`breaks` lists the clauses of the contract that a tester may rightly name when it finds the fault. An id that begins
with `json.` names what readers of JSON differ on.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import service
from service import (
    AUTHORIZED,
    BAD_REQUEST,
    CORRECT,
    IS_NOT_AUTHORIZED,
    IS_STARTING,
    JSON_TYPE,
    NOT_AUTHORIZED,
    STARTING,
    Answer,
    Groups,
    Refused,
    Request,
    Rules,
    has_group_name,
    has_participants,
    is_chat_id,
    is_integer,
    is_json_type,
    is_phone,
    is_valid,
    parse_json,
)

PLACEHOLDER = {"groupName": "New group", "phones": [79001234567]}
THREE_ERRORS = "error.bad-request-data error.instance-starting error.instance-not-authorized"
EVERY_ENVELOPE = f"{THREE_ERRORS} error.wrong-method error.request-too-large"
BODY_RULES = (
    "request.json request.object request.content-type request.groupName.required request.groupName.string "
    "request.groupName.minLength request.chatIds.array request.chatIds.items.string request.phones.array "
    "request.phones.items.integer request.phones.items.minimum request.phones.items.maximum request.anyOf"
)
PHONE_RULES = "request.phones.items.integer request.phones.items.minimum request.phones.items.maximum"


@dataclass(frozen=True)
class Mutant:
    """One fault, switched on by its name."""

    name: str
    summary: str
    breaks: tuple[str, ...]
    rules: Rules


MUTANTS: dict[str, Mutant] = {}


def mutant(name: str, summary: str, breaks: str, **changes: Any) -> None:
    if name in MUTANTS:
        raise ValueError(f"two mutants are named {name}")
    MUTANTS[name] = Mutant(name, summary, tuple(breaks.split()), replace(CORRECT, **changes))


# What several mutants are made of.


def group_name_or(also: Callable[[Any], bool]) -> Callable[[Mapping[str, Any]], bool]:
    """The right rule, but a name that is present and passes `also` is taken too."""
    return lambda body: has_group_name(body) or ("groupName" in body and also(body["groupName"]))


def valid_unless(wrong: Callable[[dict[str, Any]], bool]) -> Callable[[Rules, Any], bool]:
    """The right rules, but some valid bodies are refused."""
    return lambda rules, body: is_valid(rules, body) and not wrong(body)


def valid_or(also: Callable[[Any], bool]) -> Callable[[Rules, Any], bool]:
    """The right rules, but some invalid bodies are taken."""
    return lambda rules, body: also(body) or is_valid(rules, body)


def failing_when(condition: Callable[[dict[str, Any]], bool]) -> Callable[[Rules, Any], bool]:
    """The right rules, but some valid bodies make the server fail."""

    def valid(rules: Rules, body: Any) -> bool:
        if is_valid(rules, body) and condition(body):
            raise Refused("Internal Server Error", 500)
        return is_valid(rules, body)

    return valid


def given_as(name: str, kind: type | tuple[type, ...]) -> Callable[[Any], bool]:
    """A body with a good name whose list `name` is of another kind."""
    return lambda body: isinstance(body, dict) and has_group_name(body) and isinstance(body.get(name), kind)


def without_null(name: str) -> Callable[[Rules, Any], bool]:
    """The right rules, but a list that is null counts as not given."""

    def valid(rules: Rules, body: Any) -> bool:
        if isinstance(body, dict) and name in body and body[name] is None:
            body = {key: value for key, value in body.items() if key != name}
        return is_valid(rules, body)

    return valid


def answering(right: int, **changes: Any) -> Callable[[Request, Answer], Answer]:
    """Another status, body or type of content for the answers that have the status `right`."""
    return lambda request, answer: replace(answer, **changes) if answer.status == right else answer


def without(key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: {name: value for name, value in body.items() if name != key}


def setting(key: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: {**body, key: change(body[key])}


def is_json(raw: bytes) -> bool:
    try:
        parse_json(raw)
    except ValueError:
        return False
    return True


def is_numeric_text(item: Any) -> bool:
    return isinstance(item, str) and item.isdecimal()


def many(body: dict[str, Any]) -> bool:
    return len(body.get("chatIds", [])) + len(body.get("phones", [])) > 100


# The name of the group.

mutant("name-optional", "Does not require groupName.", "request.groupName.required",
       group_name=lambda body: "groupName" not in body or has_group_name(body))
mutant("name-empty", "Accepts an empty groupName.", "request.groupName.minLength",
       group_name=group_name_or(lambda name: name == ""))
mutant("name-number", "Accepts a number as groupName.", "request.groupName.string",
       group_name=group_name_or(is_integer))
mutant("name-null", "Accepts null as groupName.", "request.groupName.string request.groupName.required",
       group_name=group_name_or(lambda name: name is None))
mutant("name-list", "Accepts a list as groupName.", "request.groupName.string",
       group_name=group_name_or(lambda name: isinstance(name, list)))
mutant("name-boolean", "Accepts a boolean as groupName.", "request.groupName.string",
       group_name=group_name_or(lambda name: isinstance(name, bool)))
mutant("name-any-type", "Asks only that groupName is there, of whatever type.",
       "request.groupName.string request.groupName.minLength",
       group_name=lambda body: "groupName" in body)
mutant("name-ascii-only", "Refuses a groupName that is not ASCII.", "response.200 request.groupName.string",
       group_name=lambda body: has_group_name(body) and body["groupName"].isascii())
mutant("name-long-fails", "Fails with 500 for a groupName of more than 255 characters.",
       "response.200 request.groupName.string", valid=failing_when(lambda body: len(body["groupName"]) > 255))
mutant("name-one-character-refused", "Refuses a groupName of one character.",
       "response.200 request.groupName.minLength", valid=valid_unless(lambda body: len(body["groupName"]) == 1))

# The participants.

mutant("participants-optional", "Does not require any list of participants.", "request.anyOf",
       participants=lambda body: has_participants(body) or not ("chatIds" in body or "phones" in body))
mutant("participants-both-empty", "Accepts two empty lists of participants.", "request.anyOf",
       participants=lambda body: has_participants(body) or ("chatIds" in body and "phones" in body))
mutant("participants-one-empty", "Accepts a single list of participants that is empty.", "request.anyOf",
       participants=lambda body: has_participants(body) or ("chatIds" in body) != ("phones" in body))
mutant("participants-unchecked", "Does not look for participants at all.", "request.anyOf",
       participants=lambda body: True)
mutant("phones-alone-refused", "Accepts chatIds alone but refuses phones alone.", "response.200 request.anyOf",
       participants=lambda body: bool(body.get("chatIds")))
mutant("chat-ids-alone-refused", "Accepts phones alone but refuses chatIds alone.", "response.200 request.anyOf",
       participants=lambda body: bool(body.get("phones")))
mutant("empty-chat-ids-refused", "Refuses an empty chatIds beside phones.",
       "response.200 request.anyOf request.chatIds.array", valid=valid_unless(lambda body: body.get("chatIds") == []))
mutant("empty-phones-refused", "Refuses an empty phones beside chatIds.",
       "response.200 request.anyOf request.phones.array", valid=valid_unless(lambda body: body.get("phones") == []))
mutant("both-lists-refused", "Refuses chatIds and phones that are both filled.",
       "response.200 request.anyOf request.chatIds.array request.phones.array",
       valid=valid_unless(lambda body: bool(body.get("chatIds") and body.get("phones"))))
mutant("both-lists-required", "Requires that both lists are there, though one may be empty.",
       "response.200 request.anyOf request.chatIds.array request.phones.array",
       valid=valid_unless(lambda body: not ("chatIds" in body and "phones" in body)))
mutant("many-participants-fail", "Fails with 500 for more than 100 participants.",
       "response.200 request.chatIds.array request.phones.array", valid=failing_when(many))

# The items of the lists.

mutant("chat-ids-string", "Accepts a string as chatIds.", "request.chatIds.array",
       valid=valid_or(given_as("chatIds", str)))
mutant("chat-ids-object", "Accepts an object as chatIds.", "request.chatIds.array",
       valid=valid_or(given_as("chatIds", dict)))
mutant("chat-ids-null", "Takes a chatIds that is null for one that is not given.", "request.chatIds.array",
       valid=without_null("chatIds"))
mutant("chat-ids-numbers", "Accepts numbers in chatIds.", "request.chatIds.items.string",
       chat_id=lambda item: is_chat_id(item) or is_integer(item))
mutant("chat-ids-nulls", "Accepts null in chatIds.", "request.chatIds.items.string",
       chat_id=lambda item: item is None or is_chat_id(item))
mutant("chat-ids-unchecked", "Does not check the items of chatIds.", "request.chatIds.items.string",
       chat_id=lambda item: True)
mutant("chat-ids-unchecked-beside-phones", "Does not check chatIds when phones has items.",
       "request.chatIds.array request.chatIds.items.string",
       chat_ids=lambda rules, body: bool(body.get("phones")) or service.has_chat_ids(rules, body))
mutant("phones-number", "Accepts a single number as phones.", "request.phones.array",
       valid=valid_or(given_as("phones", (int, float))))
mutant("phones-null", "Takes a phones that is null for one that is not given.", "request.phones.array",
       valid=without_null("phones"))
mutant("phones-strings", "Accepts strings of digits in phones.", "request.phones.items.integer",
       phone=lambda item: is_numeric_text(item) or is_phone(item))
mutant("phones-fractional", "Accepts fractions such as 1.5 in phones.", "request.phones.items.integer",
       phone=lambda item: isinstance(item, float) and 1 <= item <= service.MAX_PHONE or is_phone(item))
mutant("phones-booleans", "Accepts booleans in phones.", "request.phones.items.integer",
       phone=lambda item: isinstance(item, bool) or is_phone(item))
mutant("phones-nulls", "Accepts null in phones.", "request.phones.items.integer",
       phone=lambda item: item is None or is_phone(item))
mutant("phones-zero", "Accepts 0 as a phone.", "request.phones.items.minimum",
       phone=lambda item: is_integer(item) and item == 0 or is_phone(item))
mutant("phones-negative", "Accepts a negative phone.", "request.phones.items.minimum",
       phone=lambda item: is_integer(item) and item < 0 or is_phone(item))
mutant("phones-long", "Accepts a phone of 16 digits and more.", "request.phones.items.maximum",
       phone=lambda item: is_integer(item) and item >= 1)
mutant("phones-31-bits", "Refuses a phone above 2^31.", "response.200 request.phones.items.maximum",
       phone=lambda item: is_phone(item) and item <= 2**31)
mutant("phones-10-digits-at-least", "Refuses a phone of fewer than 10 digits.",
       "response.200 request.phones.items.minimum", phone=lambda item: is_phone(item) and item >= 10**9)
mutant("phones-15-digits-refused", "Refuses a phone of 15 digits.", "response.200 request.phones.items.maximum",
       phone=lambda item: is_phone(item) and item < 10**14)
mutant("phones-as-double-refused", "Refuses a phone written as 79001234567.0 or 7.9e10.",
       "response.200 request.phones.items.integer", phone=lambda item: is_phone(item) and not isinstance(item, float))
mutant("phones-unchecked-beside-chat-ids", "Does not check phones when chatIds has items.",
       f"request.phones.array {PHONE_RULES}",
       phones=lambda rules, body: bool(body.get("chatIds")) or service.has_phones(rules, body))
mutant("first-item-only", "Checks only the first item of a list.",
       f"request.chatIds.items.string {PHONE_RULES}", looked_at=lambda items: items[:1])
mutant("coerces", "Coerces numbers to strings and strings of digits to numbers.",
       "request.groupName.string request.chatIds.items.string request.phones.items.integer",
       group_name=group_name_or(is_integer), chat_id=lambda item: is_chat_id(item) or is_integer(item),
       phone=lambda item: is_numeric_text(item) or is_phone(item))

# The JSON of the request.


def parse_first_value(raw: bytes) -> Any:
    try:
        return parse_json(raw)
    except ValueError:
        text = raw.decode().lstrip()
        return parse_json(text[:end_of_value(text)].encode())


def end_of_value(text: str) -> int:
    try:
        return json.JSONDecoder().raw_decode(text)[1]
    except RecursionError:
        raise ValueError("nested too deeply") from None


def parse_leniently(raw: bytes) -> Any:
    """Forgives a comma before a closing bracket, as JSON5 does."""
    try:
        return parse_json(raw)
    except ValueError:
        return parse_json(re.sub(rb",\s*([\]}])", rb"\1", raw))


def parse_unended(raw: bytes) -> Any:
    if raw.endswith((b"\r", b"\n")):
        raise ValueError("unexpected line end")
    return parse_json(raw)


def parse_lossily(raw: bytes) -> Any:
    return parse_json(raw.decode("utf-8", "replace").encode())


def parse_as_python(raw: bytes) -> Any:
    try:
        return parse_json(raw)
    except ValueError:
        pass
    try:
        return json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None


mutant("json-trailing-garbage", "Accepts garbage after the JSON of the body.", "request.json",
       parse=parse_first_value)
mutant("json-trailing-comma", "Accepts a comma before a closing bracket.", "request.json", parse=parse_leniently)
mutant("json-invalid-utf8", "Accepts bytes that are not UTF-8.", "request.json json.not-utf-8",
       parse=parse_lossily)
mutant("json-of-python", "Accepts whatever Python's parser does: NaN, UTF-16, a byte order mark, lone surrogates.",
       "request.json json.not-a-number json.utf-16", parse=parse_as_python)
mutant("json-empty-body", "Accepts an empty body.", "request.json request.required",
       parse=lambda raw: parse_json(raw) if raw else PLACEHOLDER)
mutant("json-unchecked", "Accepts a body that is not JSON at all.", "request.json",
       parse=lambda raw: parse_json(raw) if is_json(raw) else PLACEHOLDER)
mutant("json-trailing-crlf-refused", "Refuses line ends after the JSON of the body.", "response.200 request.json",
       parse=parse_unended)
mutant("body-array", "Accepts an array as the body.", "request.object",
       valid=valid_or(lambda body: isinstance(body, list)))
mutant("body-null", "Accepts null as the body.", "request.object", valid=valid_or(lambda body: body is None))
mutant("body-string", "Accepts a string as the body.", "request.object",
       valid=valid_or(lambda body: isinstance(body, str)))
mutant("body-unchecked", "Checks only that the body is JSON.", BODY_RULES, valid=lambda rules, body: True)
mutant("unknown-members-refused", "Refuses members that the page does not name.", "response.200 request.object",
       valid=valid_unless(lambda body: bool(body.keys() - {"groupName", "chatIds", "phones"})))
mutant("content-type-text", "Accepts a body of type text/plain.", "request.content-type",
       content_type=lambda value: is_json_type(value) or str(value).startswith("text/plain"))
mutant("content-type-ignored", "Accepts any content type.", "request.content-type", content_type=lambda value: True)
mutant("content-type-charset-refused", "Refuses application/json with a charset.",
       "response.200 request.content-type", content_type=lambda value: is_json_type(value) and ";" not in str(value))
mutant("body-size-unlimited", "Accepts a body of any size.", "error.request-too-large", max_body=float("inf"))
mutant("body-size-small", "Refuses a body above 10 KB as too large.", "response.200 error.request-too-large",
       max_body=10_240)

# A successful answer.

mutant("created-text", "Answers created as the string \"true\".", "response.created.boolean response.anyOf",
       success=setting("created", lambda _: "true"))
mutant("created-number", "Answers created as the number 1.", "response.created.boolean response.anyOf",
       success=setting("created", int))
mutant("created-false", "Answers created false with the id of a group.", "response.anyOf",
       success=setting("created", lambda _: False))
mutant("created-missing", "Leaves created out.", "response.created.required", success=without("created"))
mutant("chat-id-missing", "Leaves chatId out.", "response.chatId.required response.anyOf", success=without("chatId"))
mutant("chat-id-empty", "Answers created true with an empty chatId.", "response.anyOf response.chatId.pattern",
       success=setting("chatId", lambda _: ""))
mutant("chat-id-without-suffix", "Answers a chatId without @g.us.", "response.chatId.pattern",
       success=setting("chatId", lambda value: value.removesuffix("@g.us")))
mutant("chat-id-number", "Answers chatId as a number.", "response.chatId.string",
       success=setting("chatId", lambda value: int(re.sub("[^0-9]", "", value))))
mutant("chat-id-of-a-person", "Answers a chatId that ends with @c.us.", "response.chatId.pattern",
       success=setting("chatId", lambda value: value.replace("@g.us", "@c.us")))
mutant("link-wrong-host", "Answers an invite link to another host.", "response.groupInviteLink.pattern",
       success=setting("groupInviteLink", lambda value: value.replace("chat.whatsapp.com", "wa.me")))
mutant("link-plain-http", "Answers an invite link with http instead of https.", "response.groupInviteLink.pattern",
       success=setting("groupInviteLink", lambda value: value.replace("https", "http")))
mutant("link-missing", "Leaves groupInviteLink out.", "response.groupInviteLink.required",
       success=without("groupInviteLink"))
mutant("link-null", "Answers groupInviteLink as null.", "response.groupInviteLink.string",
       success=setting("groupInviteLink", lambda _: None))
mutant("link-short", "Answers an invite link with a code of 12 characters.", "response.groupInviteLink.pattern",
       success=setting("groupInviteLink", lambda value: value[:-10]))
mutant("response-array", "Wraps the successful answer in an array.", "response.object", success=lambda body: [body])
mutant("response-not-json", "Answers a created group with the text OK.", "response.json",
       finish=answering(200, body=b"OK"))
mutant("status-201", "Answers 201 for a created group.", "response.200", finish=answering(200, status=201))
mutant("response-html", "Answers a created group as text/html.", "response.content-type",
       finish=answering(200, content_type="text/html; charset=utf-8"))
mutant("response-untyped", "Answers a created group without a content type.", "response.content-type",
       finish=answering(200, content_type=None))

# Identifiers that are not unique.


class SameId(Groups):
    """The id of the page's example, each time."""

    def chat_id(self, instance: int, number: int) -> str:
        return "12345678910-1112131415@g.us"


class SameLink(Groups):
    """The link of the page's example, each time."""

    def link(self) -> str:
        return "https://chat.whatsapp.com/" + "x" * 22


class Memoizing(Groups):
    """Takes the same body for the same call, as if createGroup were idempotent."""

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[tuple[int, bytes], tuple[str, str]] = {}

    def create(self, instance: int, request: Request) -> tuple[str, str]:
        return self.made.setdefault((instance, request.body), super().create(instance, request))


class Colliding(Groups):
    """Reads and writes its counter in two steps, so that parallel calls get the same number."""

    def next_number(self) -> int:
        number = self.count + 1
        time.sleep(0.003)
        self.count = number
        return number


class ByTheSecond(Groups):
    """Names a group by its creator and the current second, as the old form invites to."""

    def chat_id(self, instance: int, number: int) -> str:
        return f"7{instance:010}-{int(time.time())}@g.us"


mutant("chat-id-same", "Answers the same chatId each time.", "response.chatId.unique", groups=SameId)
mutant("link-same", "Answers the same invite link each time.", "response.groupInviteLink.unique", groups=SameLink)
mutant("memoizing", "Answers the same group when the same body comes twice.",
       "response.chatId.unique response.groupInviteLink.unique", groups=Memoizing)
mutant("chat-id-collides", "Answers the same chatId to calls that run in parallel.", "response.chatId.unique",
       groups=Colliding)
mutant("chat-id-by-the-second", "Answers the same chatId to calls within one second.", "response.chatId.unique",
       groups=ByTheSecond)

# The state of the instance.

mutant("starting-says-not-authorized", "Says of a starting instance that it is not authorized.",
       "error.instance-starting", state_errors={STARTING: IS_NOT_AUTHORIZED, NOT_AUTHORIZED: IS_NOT_AUTHORIZED})
mutant("not-authorized-says-starting", "Says of an instance that is not authorized that it starts.",
       "error.instance-not-authorized", state_errors={STARTING: IS_STARTING, NOT_AUTHORIZED: IS_STARTING})
mutant("starting-says-bad-request", "Says bad request data when the instance starts.", "error.instance-starting",
       state_errors={STARTING: BAD_REQUEST, NOT_AUTHORIZED: IS_NOT_AUTHORIZED})
mutant("starting-ignored", "Creates groups while the instance starts.", "error.instance-starting",
       state_errors={NOT_AUTHORIZED: IS_NOT_AUTHORIZED})
mutant("not-authorized-ignored", "Creates groups though the instance is not authorized.",
       "error.instance-not-authorized", state_errors={STARTING: IS_STARTING})
mutant("starting-for-ever", "Stays in the starting state once it was there.", "response.200 error.instance-starting",
       next_state=lambda old, new: old if old == STARTING else new)
mutant("not-authorized-for-ever", "Stays not authorized once it was.", "response.200 error.instance-not-authorized",
       next_state=lambda old, new: old if old == NOT_AUTHORIZED and new == AUTHORIZED else new)
mutant("body-before-state", "Validates the body before it looks at the state.",
       "error.instance-starting error.instance-not-authorized", checks=(service.check_body, service.check_state))

# Errors.


def crashing(request: Request, answer: Answer) -> Answer:
    if answer.status == 400 and BAD_REQUEST.encode() in answer.body and not is_json(request.body):
        return Answer(500, b"SyntaxError: Unexpected token in JSON", "text/plain; charset=utf-8")
    return answer


def as_text(request: Request, answer: Answer) -> Answer:
    """The older form of errors: the identifier alone."""
    if answer.status != 400:
        return answer
    return Answer(400, json.loads(answer.body)["message"].encode(), "text/plain; charset=utf-8")


def status_of(status: int) -> Callable[[int], int]:
    return lambda right: status if right == 400 else right


mutant("error-422", "Refuses with 422 instead of 400.", THREE_ERRORS, error_status=status_of(422))
mutant("error-200", "Refuses with an envelope behind status 200.", f"{THREE_ERRORS} {BODY_RULES}",
       finish=answering(400, status=200))
mutant("error-500", "Refuses with 500 instead of 400.", THREE_ERRORS, error_status=status_of(500))
mutant("bad-request-other-words", "Says Bad Request instead of bad request data.", "error.bad-request-data",
       bad_request="Bad Request")
mutant("malformed-json-crashes", "Answers malformed JSON with 500 and plain text.",
       "error.bad-request-data request.json", finish=crashing)
mutant("error-text", "Answers an error as plain text instead of the envelope.", "error.json error.content-type",
       finish=as_text)
mutant("error-html-type", "Answers an error's envelope as text/html.", "error.content-type",
       finish=answering(400, content_type="text/html; charset=utf-8"))
mutant("error-empty", "Answers an error without a body.", f"error.json error.content-type {THREE_ERRORS}",
       finish=answering(400, body=b"", content_type=None))
mutant("error-array", "Wraps the envelope of an error in an array.", "error.object", envelope=lambda body: [body])
mutant("message-missing", "Leaves message out of the envelope.", f"error.message.required {EVERY_ENVELOPE}",
       envelope=without("message"))
mutant("message-empty", "Leaves message empty in the envelope.", f"error.message.minLength {EVERY_ENVELOPE}",
       envelope=setting("message", lambda _: ""))
mutant("message-list", "Answers message as a list, as some frameworks do.", f"error.message.string {EVERY_ENVELOPE}",
       envelope=setting("message", lambda value: [value]))
mutant("status-code-text", "Answers statusCode as a string.", "error.statusCode.integer",
       envelope=setting("statusCode", str))
mutant("status-code-missing", "Leaves statusCode out of the envelope.", "error.statusCode.required",
       envelope=without("statusCode"))
mutant("status-code-zero", "Answers statusCode 0 in the envelope.", "error.statusCode.minimum",
       envelope=setting("statusCode", lambda _: 0))
mutant("path-missing", "Leaves path out of the envelope.", "error.path.required", envelope=without("path"))
mutant("path-null", "Answers path as null in the envelope.", "error.path.string",
       envelope=setting("path", lambda _: None))
mutant("timestamp-seconds", "Answers timestamp as Unix seconds.", "error.timestamp.string",
       envelope=setting("timestamp", lambda _: int(time.time())))
mutant("timestamp-without-zone", "Answers a timestamp without its Z.", "error.timestamp.pattern",
       envelope=setting("timestamp", lambda value: value.removesuffix("Z")))
mutant("timestamp-missing", "Leaves timestamp out of the envelope.", "error.timestamp.required",
       envelope=without("timestamp"))

# Addresses, methods and tokens.


def any_instance(digits: str) -> re.Pattern[str]:
    return re.compile(rf"/waInstance({digits})/(?i:createGroup)/([^/]+)", re.ASCII)


mutant("method-405", "Answers another method with 405.", "error.wrong-method", other_method_status=405)
mutant("method-empty-404", "Answers another method with 404 and no body.", "error.wrong-method",
       finish=answering(404, body=b"", content_type=None))
mutant("options-200", "Answers OPTIONS with 200.", "options.204", options_status=200)
mutant("unknown-path-404", "Answers an unknown path with 404.", "error.wrong-path", unknown_path=Answer(404))
mutant("unknown-path-created", "Creates a group at an unknown path.", "error.wrong-path path",
       unknown_path=Answer(200, b'{"created":true,"chatId":"120363000000000000@g.us","groupInviteLink":'
                                b'"https://chat.whatsapp.com/xxxxxxxxxxxxxxxxxxxxxx"}', JSON_TYPE))
mutant("case-minded", "Minds the case of createGroup in the path.", "path.ignore-case path",
       path=re.compile("/waInstance([1-9][0-9]{0,9})/createGroup/([^/]+)", re.ASCII))
mutant("instance-leading-zero", "Accepts an idInstance with leading zeros.", "path.idInstance.integer error.wrong-path",
       path=any_instance("0*[1-9][0-9]{0,9}"))
mutant("instance-zero", "Accepts 0 as idInstance.", "path.idInstance.minimum error.wrong-path",
       path=any_instance("0|[1-9][0-9]{0,9}"))
mutant("instance-long", "Accepts an idInstance of 11 digits.", "path.idInstance.maximum error.wrong-path",
       path=any_instance("[1-9][0-9]{0,10}"))
mutant("instance-long-refused", "Refuses an idInstance of 2000000000 and more.",
       "response.200 path.idInstance.maximum path", path=any_instance("[1-9][0-9]{0,8}|1[0-9]{9}"))
mutant("token-unchecked", "Accepts any token for any instance.", "error.wrong-token", tokens={})
mutant("token-403", "Answers a wrong token with 403.", "error.wrong-token", finish=answering(401, status=403))
