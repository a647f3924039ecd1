"""The correct behaviour of GREEN-API createGroup, apart from HTTP's framing.

Written from the vendor's page of 2020-06-29 and from the facts known about the service. What a mutant changes is a
field of `Rules`; everything else in this module is the same for the correct server and for every mutant.
"""

from __future__ import annotations

import json
import math
import random
import re
import string
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

JSON_TYPE = "application/json; charset=utf-8"
STATES_PATH = "/_pact/provider_states"

AUTHORIZED = "the instance is authorized"
STARTING = "the instance is starting"
NOT_AUTHORIZED = "the instance is not authorized"

BAD_REQUEST = "bad request data"
IS_STARTING = "instance in starting process try later"
IS_NOT_AUTHORIZED = "instance account not authorized"

PATH = re.compile(r"/waInstance([1-9][0-9]{0,9})/(?i:createGroup)/([^/]+)", re.ASCII)
MAX_INSTANCE = 9_999_999_999
MAX_PHONE = 999_999_999_999_999
MAX_BODY = 102_400
MAX_DEPTH = 127
INITIAL_STATES = {1101000002: STARTING, 1101000003: NOT_AUTHORIZED}
PRIVATE_TOKENS = {1101000005: "the-one-token-of-1101000005"}

JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F])|\\.", re.DOTALL
)
ALPHANUMERIC = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Request:
    """One HTTP request; `path` is as sent, without the query string."""

    method: str
    path: str
    content_type: str | None
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    content_type: str | None = None


class Refused(Exception):
    """The call ends with an error envelope."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def to_json(value: object) -> bytes:
    """Compact JSON, as the service writes it."""
    return json.dumps(value, separators=(",", ":")).encode()


# Strict JSON: Python's own parser takes more than RFC 8259 does.


def parse_json(raw: bytes) -> Any:
    """Parses a strict UTF-8 JSON text, or raises ValueError."""
    text = raw.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("byte order mark")
    if depth_of(text) > MAX_DEPTH:
        raise ValueError("nested too deeply")
    value = json.loads(text, parse_int=parse_integer, parse_float=parse_double, parse_constant=refuse_constant)
    if any(escape["lone"] for escape in ESCAPE.finditer(text)):
        raise ValueError("lone surrogate")
    return value


def depth_of(text: str) -> int:
    """The deepest nesting of a JSON text, found before parsing so that the parser's recursion is bounded."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for character in JSON_STRING.sub("", text):
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def parse_integer(text: str) -> int:
    """Refuses an integer that a double cannot hold; this also keeps `int` below its limit of 4300 digits."""
    parse_double(text)
    return int(text)


def parse_double(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("number out of range")
    return value


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# The rules of the body.


def is_json_type(content_type: str | None) -> bool:
    return content_type is None or content_type.split(";")[0].strip().lower() == "application/json"


def has_group_name(body: Mapping[str, Any]) -> bool:
    name = body.get("groupName")
    return isinstance(name, str) and name != ""


def is_chat_id(item: object) -> bool:
    return isinstance(item, str)


def is_integer(item: object) -> bool:
    """JSON knows one type of number, so 79001234567.0 is an integer; a boolean is none, though Python says so."""
    if isinstance(item, float):
        return item.is_integer()
    return isinstance(item, int) and not isinstance(item, bool)


def is_phone(item: Any) -> bool:
    return is_integer(item) and 1 <= item <= MAX_PHONE


def has_chat_ids(rules: Rules, body: Mapping[str, Any]) -> bool:
    """A list that is given must be valid, also where it is not needed."""
    value = body.get("chatIds", [])
    return isinstance(value, list) and all(map(rules.chat_id, rules.looked_at(value)))


def has_phones(rules: Rules, body: Mapping[str, Any]) -> bool:
    value = body.get("phones", [])
    return isinstance(value, list) and all(map(rules.phone, rules.looked_at(value)))


def has_participants(body: Mapping[str, Any]) -> bool:
    return bool(body.get("chatIds") or body.get("phones"))


def is_valid(rules: Rules, body: object) -> bool:
    return (
        isinstance(body, dict)
        and rules.group_name(body)
        and rules.chat_ids(rules, body)
        and rules.phones(rules, body)
        and rules.participants(body)
    )


# The checks of one call, in the order of the vendor's table of errors.


def check_state(service: Service, instance: int, request: Request) -> None:
    message = service.rules.state_errors.get(service.state_of(instance))
    if message is not None:
        raise Refused(message)


def check_body(service: Service, instance: int, request: Request) -> None:
    rules = service.rules
    if not rules.content_type(request.content_type):
        raise Refused(rules.bad_request)
    try:
        body = rules.parse(request.body)
    except ValueError:
        raise Refused(rules.bad_request) from None
    if not rules.valid(rules, body):
        raise Refused(rules.bad_request)


class Groups:
    """Makes the identifiers of new groups; no two are the same while the server lives."""

    def __init__(self) -> None:
        self.started = int(time.time())
        self.count = 0
        self.lock = threading.Lock()

    def create(self, instance: int, request: Request) -> tuple[str, str]:
        """The new group's id and invite link."""
        return self.chat_id(instance, self.next_number()), self.link()

    def next_number(self) -> int:
        with self.lock:
            self.count += 1
            return self.count

    def chat_id(self, instance: int, number: int) -> str:
        """The two documented forms in turn."""
        if number % 2:
            return f"120363{number:012}@g.us"
        return f"7{instance:010}-{self.started + number}@g.us"

    def link(self) -> str:
        return "https://chat.whatsapp.com/" + "".join(random.choices(ALPHANUMERIC, k=22))


@dataclass(frozen=True)
class Rules:
    """What a server of createGroup may get wrong; the defaults are right."""

    path: re.Pattern[str] = PATH
    unknown_path: Answer = Answer(403)
    options_status: int = 204
    other_method_status: int = 404
    tokens: Mapping[int, str] = field(default_factory=lambda: PRIVATE_TOKENS)
    max_body: float = MAX_BODY

    checks: Sequence[Callable[[Service, int, Request], None]] = (check_state, check_body)
    state_errors: Mapping[str, str] = field(
        default_factory=lambda: {STARTING: IS_STARTING, NOT_AUTHORIZED: IS_NOT_AUTHORIZED}
    )
    next_state: Callable[[str, str], str] = lambda old, new: new

    content_type: Callable[[str | None], bool] = is_json_type
    parse: Callable[[bytes], Any] = parse_json
    valid: Callable[[Rules, Any], bool] = is_valid
    group_name: Callable[[Mapping[str, Any]], bool] = has_group_name
    chat_ids: Callable[[Rules, Mapping[str, Any]], bool] = has_chat_ids
    phones: Callable[[Rules, Mapping[str, Any]], bool] = has_phones
    participants: Callable[[Mapping[str, Any]], bool] = has_participants
    looked_at: Callable[[list[Any]], list[Any]] = lambda items: items
    chat_id: Callable[[Any], bool] = is_chat_id
    phone: Callable[[Any], bool] = is_phone

    groups: Callable[[], Groups] = Groups
    success: Callable[[dict[str, Any]], Any] = lambda body: body
    bad_request: str = BAD_REQUEST
    error_status: Callable[[int], int] = lambda status: status
    envelope: Callable[[dict[str, Any]], Any] = lambda body: body
    finish: Callable[[Request, Answer], Answer] = lambda request, answer: answer


CORRECT = Rules()


class Service:
    """Answers calls by the given rules and keeps the state of every instance."""

    def __init__(self, rules: Rules = CORRECT) -> None:
        self.rules = rules
        self.groups = rules.groups()
        self.states = dict(INITIAL_STATES)

    def answer(self, request: Request) -> Answer:
        if request.method == "POST" and request.path == STATES_PATH:
            return self.change_state(request.body)
        try:
            answer = self.create_group(request)
        except Refused as refusal:
            answer = self.refuse(request, refusal)
        return self.rules.finish(request, answer)

    def create_group(self, request: Request) -> Answer:
        rules = self.rules
        address = rules.path.fullmatch(request.path)
        if address is None:
            return rules.unknown_path
        if request.method == "OPTIONS":
            return Answer(rules.options_status)
        if request.method != "POST":
            raise Refused(f"Cannot {request.method} {request.path}", rules.other_method_status)
        instance, token = int(address[1]), address[2]
        if token != rules.tokens.get(instance, token):
            return Answer(401)
        if len(request.body) > rules.max_body:
            raise Refused("request entity too large", 500)
        for check in rules.checks:
            check(self, instance, request)
        return self.succeed(instance, request)

    def succeed(self, instance: int, request: Request) -> Answer:
        chat_id, link = self.groups.create(instance, request)
        body = {"created": True, "chatId": chat_id, "groupInviteLink": link}
        return Answer(200, to_json(self.rules.success(body)), JSON_TYPE)

    def refuse(self, request: Request, refusal: Refused) -> Answer:
        status = self.rules.error_status(refusal.status)
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body = {"statusCode": status, "timestamp": now, "path": request.path, "message": refusal.message}
        return Answer(status, to_json(self.rules.envelope(body)), JSON_TYPE)

    def state_of(self, instance: int) -> str:
        return self.states.get(instance, AUTHORIZED)

    def change_state(self, raw: bytes) -> Answer:
        """Pact's way to set the state of a provider."""
        try:
            instance, state = read_state_change(raw)
        except ValueError as error:
            return Answer(400, to_json({"message": str(error)}), JSON_TYPE)
        self.states[instance] = self.rules.next_state(self.state_of(instance), state)
        return Answer(200, b"{}", JSON_TYPE)


def read_state_change(raw: bytes) -> tuple[int, str]:
    """The instance and its new state, or a ValueError that says what is wrong."""
    change = parse_json(raw)
    if not isinstance(change, dict) or not isinstance(change.get("params"), dict):
        raise ValueError("expected an object with state and params")
    state, action = change.get("state"), change.get("action", "setup")
    if state not in (AUTHORIZED, STARTING, NOT_AUTHORIZED):
        raise ValueError(f"unknown state {state!r}")
    if action not in ("setup", "teardown"):
        raise ValueError(f"unknown action {action!r}")
    instance = read_instance(change["params"].get("idInstance"))
    return instance, state if action == "setup" else AUTHORIZED


def read_instance(value: object) -> int:
    """Pact writes parameters as strings or as numbers."""
    if isinstance(value, bool) or not re.fullmatch("[1-9][0-9]{0,9}", str(value), re.ASCII):
        raise ValueError(f"params.idInstance must be an integer from 1 to {MAX_INSTANCE}")
    return int(str(value))
