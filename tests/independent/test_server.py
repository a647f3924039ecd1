"""Tests of the correct server and of every mutant, over real sockets."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import unittest
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mutants import MUTANTS
from server import Server
from service import (
    AUTHORIZED,
    BAD_REQUEST,
    CORRECT,
    IS_NOT_AUTHORIZED,
    IS_STARTING,
    NOT_AUTHORIZED,
    STARTING,
    STATES_PATH,
    Rules,
)

SCRIPT = Path(__file__).with_name("server.py")
PAGE_BODY = (
    b'{\r\n    "groupName": "From API Group created",\r\n    "chatIds": [],\r\n'
    b'    "phones": [\r\n        79001234567,\r\n        79001234568\r\n    ]\r\n}\r\n'
)
PATH = "/waInstance1101000001/createGroup/token"
TOO_LARGE = "request entity too large"

CHAT_ID = re.compile(r"120363\d{12}@g\.us|\d{11,15}-\d{10}@g\.us")
LINK = re.compile(r"https://chat\.whatsapp\.com/[A-Za-z0-9]{22}")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass(frozen=True)
class Call:
    """One request; the default is the page's own example."""

    body: bytes = PAGE_BODY
    path: str = PATH
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    content_type: str | None
    body: bytes

    def shape(self) -> tuple[int, str | None, str]:
        """The reply without what differs from call to call."""
        text = LINK.sub("<link>", CHAT_ID.sub("<id>", self.body.decode()))
        return self.status, self.content_type, TIMESTAMP.sub("<time>", text)


def members(**body: Any) -> Call:
    return Call(json.dumps(body).encode())


def raw(text: str) -> Call:
    return Call(text.encode())


def typed(content_type: str) -> Call:
    return Call(headers={"Content-Type": content_type})


def at(path: str, method: str = "POST") -> Call:
    return Call(path=path, method=method)


def state(name: str, instance: object = "1101000001", action: str = "setup") -> Call:
    body = {"state": name, "params": {"idInstance": instance}, "action": action}
    return Call(json.dumps(body).encode(), STATES_PATH)


@contextlib.contextmanager
def serving(rules: Rules) -> Iterator[Server]:
    with Server(rules=rules) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.005,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def send(server: Server, *calls: Call) -> list[Reply]:
    """Sends the calls one after another on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    replies = []
    for call in calls:
        connection.request(call.method, call.path, call.body, call.headers)
        response = connection.getresponse()
        replies.append(Reply(response.status, response.getheader("Content-Type"), response.read()))
    connection.close()
    return replies


def exchange(server: Server, data: bytes) -> bytes:
    """Sends raw bytes, ends the sending side and reads everything that comes back."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def nested(levels: int) -> str:
    """A valid body with so many levels, the body's own object among them."""
    return '{"groupName":"G","phones":[1],"x":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


def sized(size: int) -> Call:
    return Call(PAGE_BODY + b" " * (size - len(PAGE_BODY)))


ACCEPTED = {
    "page": Call(),
    "both lists": members(groupName="G", chatIds=["79001234567@c.us"], phones=[1]),
    "chatIds alone": members(groupName="G", chatIds=["79001234567@c.us"]),
    "phones alone": members(groupName="G", phones=[999_999_999_999_999]),
    "empty phones": members(groupName="G", chatIds=["a"], phones=[]),
    "unknown members": members(groupName="G", phones=[1], foo={"bar": None}),
    "not ASCII": raw('{"groupName":"Группа 👪","phones":[1]}'),
    "surrogate pair": raw(r'{"groupName":"\ud83d\uDE00","phones":[1]}'),
    "escaped backslash": raw(r'{"groupName":"\\ud83d","phones":[1]}'),
    "long name": members(groupName="n" * 5000, phones=[1]),
    "many phones": members(groupName="G", phones=list(range(1, 1001))),
    "integers as doubles": raw('{"groupName":"G","phones":[79001234567.0, 7.9e10, 1E0]}'),
    "last of repeated keys": raw('{"groupName":1,"groupName":"G","phones":"x","phones":[1]}'),
    "127 levels": raw(nested(127)),
    "brackets in a string": members(groupName="[" * 500, phones=[1]),
    "white space": raw('\t\r\n {"groupName":"G","phones":[1]} \n\t'),
    "tiny number": raw('{"groupName":"G","phones":[1],"x":1e-999}'),
    "charset": typed("application/json; charset=utf-8"),
    "case of the type": typed("Application/JSON ;x=y"),
    "no type": Call(headers={}),
    "largest body": sized(102_400),
    "case of the method": at("/waInstance1101000001/CREATEgroup/token"),
    "query": at(PATH + "?a=/b"),
    "instance 1": at("/waInstance1/createGroup/t"),
    "largest instance": at("/waInstance9999999999/createGroup/t"),
    "the one token": at("/waInstance1101000005/createGroup/the-one-token-of-1101000005"),
}

BAD_BODIES = {
    "empty": b"",
    "array": b"[]",
    "null": b"null",
    "string": b'"x"',
    "no name": b'{"phones":[1]}',
    "empty name": b'{"groupName":"","phones":[1]}',
    "null name": b'{"groupName":null,"phones":[1]}',
    "number as name": b'{"groupName":1,"phones":[1]}',
    "no list": b'{"groupName":"G"}',
    "empty lists": b'{"groupName":"G","chatIds":[],"phones":[]}',
    "null list": b'{"groupName":"G","chatIds":null,"phones":[1]}',
    "null phones": b'{"groupName":"G","chatIds":["a"],"phones":null}',
    "string as list": b'{"groupName":"G","chatIds":"a"}',
    "needless list is bad": b'{"groupName":"G","chatIds":["a"],"phones":[0]}',
    "number in chatIds": b'{"groupName":"G","chatIds":["a",1]}',
    "string in phones": b'{"groupName":"G","phones":["1"]}',
    "boolean in phones": b'{"groupName":"G","phones":[true]}',
    "fraction": b'{"groupName":"G","phones":[1.5]}',
    "zero": b'{"groupName":"G","phones":[0]}',
    "negative": b'{"groupName":"G","phones":[-1]}',
    "16 digits": b'{"groupName":"G","phones":[1000000000000000]}',
    "trailing garbage": PAGE_BODY + b"x",
    "byte order mark": b"\xef\xbb\xbf" + PAGE_BODY,
    "utf-16": PAGE_BODY.decode().encode("utf-16"),
    "invalid utf-8": b'{"groupName":"\xff","phones":[1]}',
    "encoded surrogate": b'{"groupName":"\xed\xa0\x80","phones":[1]}',
    "lone surrogate": rb'{"groupName":"G\ud800","phones":[1]}',
    "lone low surrogate": rb'{"groupName":"\uDC00x","phones":[1]}',
    "lone surrogate in a lost member": rb'{"x":"\ud800","x":1,"groupName":"G","phones":[1]}',
    "surrogates in the wrong order": rb'{"groupName":"\udc00\ud800","phones":[1]}',
    "NaN": b'{"groupName":"G","phones":[1],"x":NaN}',
    "infinity": b'{"groupName":"G","phones":[1],"x":-Infinity}',
    "beyond a double": b'{"groupName":"G","phones":[1],"x":1e400}',
    "integer beyond a double": b'{"groupName":"G","phones":[1],"x":1' + b"0" * 400 + b"}",
    "integer of 5000 digits": b'{"groupName":"G","phones":[1' + b"0" * 5000 + b"]}",
    "control character": b'{"groupName":"a\nb","phones":[1]}',
    "128 levels": nested(128).encode(),
    "very deep": b"[" * 100_000,
}

REFUSED = {
    "text/plain": (typed("text/plain"), 400, BAD_REQUEST),
    "multipart": (typed("multipart/form-data; boundary=x"), 400, BAD_REQUEST),
    "similar type": (typed("application/jsonp"), 400, BAD_REQUEST),
    "too large": (sized(102_401), 500, TOO_LARGE),
    "far too large": (sized(20_000_000), 500, TOO_LARGE),
    "starting": (at("/waInstance1101000002/createGroup/t"), 400, IS_STARTING),
    "not authorized": (at("/waInstance1101000003/createGroup/t"), 400, IS_NOT_AUTHORIZED),
    "state before body": (Call(b"x", "/waInstance1101000002/createGroup/t"), 400, IS_STARTING),
    "size before state": (
        replace(sized(102_401), path="/waInstance1101000002/createGroup/t"), 500, TOO_LARGE),
    "GET": (at(PATH, "GET"), 404, f"Cannot GET {PATH}"),
    "GET before token": (at("/waInstance1101000005/creategroup/t", "GET"), 404,
                         "Cannot GET /waInstance1101000005/creategroup/t"),
    "another method": (at(PATH, "BREW"), 404, f"Cannot BREW {PATH}"),
}

EMPTY = {
    "unknown path": (at("/"), 403),
    "unknown path before method": (at("/", "GET"), 403),
    "OPTIONS of an unknown path": (at("*", "OPTIONS"), 403),
    "no token": (at("/waInstance1101000001/createGroup/"), 403),
    "more segments": (at(PATH + "/"), 403),
    "two slashes": (at("/" + PATH), 403),
    "another word": (at("/waInstance1101000001/createGroups/t"), 403),
    "case of waInstance": (at("/wainstance1101000001/createGroup/t"), 403),
    "leading zero": (at("/waInstance01101000001/createGroup/t"), 403),
    "instance 0": (at("/waInstance0/createGroup/t"), 403),
    "11 digits": (at("/waInstance10000000000/createGroup/t"), 403),
    "states with GET": (at(STATES_PATH, "GET"), 403),
    "wrong token": (at("/waInstance1101000005/createGroup/t"), 401),
    "wrong token before size": (replace(sized(102_401), path="/waInstance1101000005/createGroup/t"), 401),
    "OPTIONS": (at(PATH, "OPTIONS"), 204),
    "HEAD": (at(PATH, "HEAD"), 404),
}


class CorrectServer(unittest.TestCase):
    """The server without a fault."""

    def setUp(self) -> None:
        self.server = self.enterContext(serving(CORRECT))

    def assert_created(self, reply: Reply) -> dict[str, Any]:
        self.assertEqual((reply.status, reply.content_type), (200, "application/json; charset=utf-8"))
        body = json.loads(reply.body)
        self.assertEqual(set(body), {"created", "chatId", "groupInviteLink"})
        self.assertIs(body["created"], True)
        self.assertRegex(body["chatId"], f"^({CHAT_ID.pattern})$")
        self.assertRegex(body["groupInviteLink"], f"^{LINK.pattern}$")
        return body

    def assert_refused(self, reply: Reply, status: int, message: str, path: str) -> None:
        self.assertEqual((reply.status, reply.content_type), (status, "application/json; charset=utf-8"))
        body = json.loads(reply.body)
        self.assertRegex(body.pop("timestamp"), f"^{TIMESTAMP.pattern}$")
        self.assertEqual(body, {"statusCode": status, "path": path, "message": message})

    def test_accepts(self) -> None:
        for name, call in ACCEPTED.items():
            with self.subTest(name):
                self.assert_created(send(self.server, call)[0])

    def test_refuses_bad_bodies(self) -> None:
        for name, body in BAD_BODIES.items():
            with self.subTest(name):
                self.assert_refused(send(self.server, Call(body))[0], 400, BAD_REQUEST, PATH)

    def test_refuses(self) -> None:
        for name, (call, status, message) in REFUSED.items():
            with self.subTest(name):
                self.assert_refused(send(self.server, call)[0], status, message, call.path)

    def test_answers_without_a_body(self) -> None:
        for name, (call, status) in EMPTY.items():
            with self.subTest(name):
                reply = send(self.server, call)[0]
                self.assertEqual((reply.status, reply.body), (status, b""))

    def test_path_of_the_envelope_lacks_the_query(self) -> None:
        self.assert_refused(send(self.server, Call(b"", PATH + "?x"))[0], 400, BAD_REQUEST, PATH)

    def test_every_group_is_new(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            batches = pool.map(lambda _: send(self.server, *[Call()] * 50), range(8))
            groups = [self.assert_created(reply) for batch in batches for reply in batch]
        self.assertEqual(len({group["chatId"] for group in groups}), 400)
        self.assertEqual(len({group["groupInviteLink"] for group in groups}), 400)

    def test_states(self) -> None:
        calls = [
            state(STARTING), Call(), state(NOT_AUTHORIZED, 1101000001), Call(), state(AUTHORIZED), Call(),
            state(STARTING), state(STARTING, action="teardown"), Call(),
        ]
        replies = send(self.server, *calls)
        self.assertEqual([reply.status for reply in replies], [200, 400, 200, 400, 200, 200, 200, 200, 200])
        self.assertEqual(replies[0].body, b"{}")
        self.assert_refused(replies[1], 400, IS_STARTING, PATH)
        self.assert_refused(replies[3], 400, IS_NOT_AUTHORIZED, PATH)

    def test_wrong_states(self) -> None:
        calls = [
            state("the instance sleeps"), state(STARTING, "x"), state(STARTING, True), state(STARTING, 0),
            state(STARTING, action="x"), Call(b"x", STATES_PATH), Call(b"{}", STATES_PATH),
        ]
        for reply in send(self.server, *calls):
            self.assertEqual(reply.status, 400)
            self.assertTrue(json.loads(reply.body)["message"])

    def test_chunks(self) -> None:
        chunks = b"".join(b"%x;x=y\r\n%c\r\n" % (1, byte) for byte in PAGE_BODY)
        head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        answer = exchange(self.server, (head + chunks + b"0\r\nTrailer: x\r\n\r\n") * 2)
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 2)

    def test_expectation(self) -> None:
        head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {len(PAGE_BODY)}\r\n\r\n"
        answer = exchange(self.server, head.encode() + PAGE_BODY)
        self.assertRegex(answer, rb"(?s)^HTTP/1\.1 100 Continue\r\n\r\nHTTP/1\.1 200 OK\r\n.*\"created\":true")

    def test_http_1_0_closes(self) -> None:
        request = f"POST {PATH} HTTP/1.0\r\nContent-Length: {len(PAGE_BODY)}\r\n\r\n".encode() + PAGE_BODY
        self.assertEqual(exchange(self.server, request * 2).count(b"200 OK"), 1)
        kept = request.replace(b"1.0\r\n", b"1.0\r\nConnection: keep-alive\r\n")
        self.assertEqual(exchange(self.server, kept * 2).count(b"200 OK"), 2)

    def test_absolute_target(self) -> None:
        request = f"POST http://127.0.0.1{PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(PAGE_BODY)}\r\n\r\n"
        self.assertIn(b"200 OK", exchange(self.server, request.encode() + PAGE_BODY))

    def test_head_is_followed_by_the_next_answer(self) -> None:
        answer = exchange(self.server, f"HEAD {PATH} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 2)
        self.assertRegex(answer, rb"(?s)^HTTP/1\.1 404 [^{]*\r\n\r\nHTTP/1\.1 404 [^{]*$")

    def test_malformed_http(self) -> None:
        post = f"POST {PATH} HTTP/1.1\r\nHost: a\r\n".encode()
        requests = [
            b"\x16\x03\x01\r\n\r\n", b"x" * 70_000 + b"\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n",
            post + b"no colon\r\n\r\n", post + b"A: b\r\n folded\r\n\r\n", post + b"A: b\r\n" * 1000 + b"\r\n",
            f"POST {PATH} HTTP/1.1\r\n\r\n".encode(), post + b"Host: b\r\n\r\n",
            post + b"Content-Length: 10\r\n\r\nshort", post + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            post + b"Transfer-Encoding: gzip\r\n\r\n", post + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
            post + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        ]
        lengths = ["-1", "+1", "x", "", "1 1", "1, 2", "0x1", "9" * 5000, "1\r\nContent-Length: 2"]
        requests += [post + f"Content-Length: {length}\r\n\r\n{{}}".encode() for length in lengths]
        for request in requests:
            with self.subTest(request[:80]):
                self.assertTrue(exchange(self.server, request).startswith(b"HTTP/1.1 400 Bad Request\r\n"))
        self.assert_created(send(self.server, Call())[0])


STARTS = Call(path="/waInstance1101000002/createGroup/t")
UNAUTHORIZED = Call(path="/waInstance1101000003/createGroup/t")
BAD = Call(b'{"phones":[1]}')
HUNDRED_AND_ONE = [str(number) for number in range(101)]

# For each mutant the calls that tell it from the correct server.
WITNESSES: dict[str, list[Call]] = {
    "name-optional": [BAD],
    "name-empty": [members(groupName="", phones=[1])],
    "name-number": [members(groupName=1, phones=[1])],
    "name-null": [members(groupName=None, phones=[1])],
    "name-list": [members(groupName=["G"], phones=[1])],
    "name-boolean": [members(groupName=True, phones=[1])],
    "name-any-type": [members(groupName={}, phones=[1])],
    "name-ascii-only": [members(groupName="Группа", phones=[1])],
    "name-long-fails": [members(groupName="n" * 256, phones=[1])],
    "name-one-character-refused": [members(groupName="n", phones=[1])],
    "participants-optional": [members(groupName="G")],
    "participants-both-empty": [members(groupName="G", chatIds=[], phones=[])],
    "participants-one-empty": [members(groupName="G", phones=[])],
    "participants-unchecked": [members(groupName="G")],
    "phones-alone-refused": [members(groupName="G", phones=[1])],
    "chat-ids-alone-refused": [members(groupName="G", chatIds=["a"])],
    "empty-chat-ids-refused": [Call()],
    "empty-phones-refused": [members(groupName="G", chatIds=["a"], phones=[])],
    "both-lists-refused": [members(groupName="G", chatIds=["a"], phones=[1])],
    "both-lists-required": [members(groupName="G", phones=[1])],
    "many-participants-fail": [members(groupName="G", chatIds=HUNDRED_AND_ONE)],
    "chat-ids-string": [members(groupName="G", chatIds="a")],
    "chat-ids-object": [members(groupName="G", chatIds={"a": 1})],
    "chat-ids-null": [members(groupName="G", chatIds=None, phones=[1])],
    "chat-ids-numbers": [members(groupName="G", chatIds=[1])],
    "chat-ids-nulls": [members(groupName="G", chatIds=[None])],
    "chat-ids-unchecked": [members(groupName="G", chatIds=[{}])],
    "chat-ids-unchecked-beside-phones": [members(groupName="G", chatIds=[1], phones=[1])],
    "phones-number": [members(groupName="G", phones=1)],
    "phones-null": [members(groupName="G", chatIds=["a"], phones=None)],
    "phones-strings": [members(groupName="G", phones=["1"])],
    "phones-fractional": [members(groupName="G", phones=[1.5])],
    "phones-booleans": [members(groupName="G", phones=[True])],
    "phones-nulls": [members(groupName="G", phones=[None])],
    "phones-zero": [members(groupName="G", phones=[0])],
    "phones-negative": [members(groupName="G", phones=[-1])],
    "phones-long": [members(groupName="G", phones=[10**15])],
    "phones-31-bits": [Call()],
    "phones-10-digits-at-least": [members(groupName="G", phones=[1])],
    "phones-15-digits-refused": [members(groupName="G", phones=[10**14])],
    "phones-as-double-refused": [members(groupName="G", phones=[79001234567.0])],
    "phones-unchecked-beside-chat-ids": [members(groupName="G", chatIds=["a"], phones=[0])],
    "first-item-only": [members(groupName="G", phones=[1, "x"])],
    "coerces": [members(groupName=1, chatIds=[1], phones=["1"])],
    "json-trailing-garbage": [Call(PAGE_BODY + b"x")],
    "json-trailing-comma": [raw('{"groupName":"G","phones":[1,],}')],
    "json-invalid-utf8": [Call(b'{"groupName":"\xff","phones":[1]}')],
    "json-of-python": [raw('{"groupName":"G","phones":[1],"x":NaN}')],
    "json-empty-body": [Call(b"")],
    "json-unchecked": [Call(b"x")],
    "json-trailing-crlf-refused": [Call()],
    "body-array": [raw("[]")],
    "body-null": [raw("null")],
    "body-string": [raw('"x"')],
    "body-unchecked": [raw("{}")],
    "unknown-members-refused": [members(groupName="G", phones=[1], foo=1)],
    "content-type-text": [typed("text/plain")],
    "content-type-ignored": [typed("application/xml")],
    "content-type-charset-refused": [typed("application/json; charset=utf-8")],
    "body-size-unlimited": [sized(102_401)],
    "body-size-small": [sized(102_400)],
    "chat-id-same": [Call(), Call()],
    "link-same": [Call(), Call()],
    "memoizing": [Call(), Call()],
    "chat-id-by-the-second": [Call()] * 5,
    "starting-says-not-authorized": [STARTS],
    "not-authorized-says-starting": [UNAUTHORIZED],
    "starting-says-bad-request": [STARTS],
    "starting-ignored": [STARTS],
    "not-authorized-ignored": [UNAUTHORIZED],
    "starting-for-ever": [state(STARTING), state(AUTHORIZED), Call()],
    "not-authorized-for-ever": [state(NOT_AUTHORIZED), state(AUTHORIZED), Call()],
    "body-before-state": [replace(BAD, path=STARTS.path)],
    "malformed-json-crashes": [Call(b"x")],
    "method-405": [at(PATH, "PUT")],
    "method-empty-404": [at(PATH, "GET")],
    "options-200": [at(PATH, "OPTIONS")],
    "unknown-path-404": [at("/")],
    "unknown-path-created": [at("/")],
    "case-minded": [at("/waInstance1101000001/CreateGroup/t")],
    "instance-leading-zero": [at("/waInstance01101000001/createGroup/t")],
    "instance-zero": [at("/waInstance0/createGroup/t")],
    "instance-long": [at("/waInstance11010000010/createGroup/t")],
    "instance-long-refused": [at("/waInstance9999999999/createGroup/t")],
    "token-unchecked": [at("/waInstance1101000005/createGroup/t")],
    "token-403": [at("/waInstance1101000005/createGroup/t")],
}
SHOWN_BY_ANY_SUCCESS = ("created-", "chat-id-", "link-", "response-", "status-201")
CLAUSES = set("""
    path path.ignore-case path.idInstance.integer path.idInstance.minimum path.idInstance.maximum request.json
    request.required
    request.object request.content-type request.groupName.required request.groupName.string
    request.groupName.minLength request.chatIds.array request.chatIds.items.string request.phones.array
    request.phones.items.integer request.phones.items.minimum request.phones.items.maximum request.anyOf
    response.200 response.json response.object response.content-type response.created.required
    response.created.boolean response.chatId.required response.chatId.string response.chatId.pattern
    response.chatId.unique response.groupInviteLink.required response.groupInviteLink.string
    response.groupInviteLink.pattern response.groupInviteLink.unique response.anyOf error.json error.object
    error.content-type error.statusCode.required error.statusCode.integer error.statusCode.minimum
    error.statusCode.maximum error.timestamp.required error.timestamp.string error.timestamp.pattern
    error.path.required error.path.string error.path.pattern error.message.required error.message.string
    error.message.minLength error.instance-starting error.instance-not-authorized error.bad-request-data
    error.wrong-token error.wrong-path error.wrong-method error.request-too-large options.204
    json.not-utf-8 json.not-a-number json.utf-16
""".split())


def witness_of(name: str) -> list[Call]:
    """Faults of every success or of every error need no table: any call of that sort shows them."""
    return WITNESSES.get(name) or [Call() if name.startswith(SHOWN_BY_ANY_SUCCESS) else BAD]


def transcript(server: Server, calls: list[Call]) -> list[object]:
    """What the calls show: the shape of each reply, and how many ids and links were different."""
    replies = send(server, *calls)
    text = b"".join(reply.body for reply in replies).decode()
    counts = [len(set(pattern.findall(text))) for pattern in (CHAT_ID, LINK)]
    return [*(reply.shape() for reply in replies), *counts]


class Mutants(unittest.TestCase):
    """Every fault can be started, is described, and shows in some answer."""

    def test_each_answers_the_page(self) -> None:
        for name, mutant in MUTANTS.items():
            with self.subTest(name), serving(mutant.rules) as server:
                self.assertEqual(len(send(server, Call(), Call())), 2)

    def test_each_differs_from_the_correct_server(self) -> None:
        for name, mutant in MUTANTS.items():
            if name == "chat-id-collides":
                continue
            calls = witness_of(name)
            with self.subTest(name), serving(CORRECT) as correct, serving(mutant.rules) as wrong:
                self.assertNotEqual(transcript(correct, calls), transcript(wrong, calls))

    def test_parallel_calls_collide(self) -> None:
        with serving(MUTANTS["chat-id-collides"].rules) as server, ThreadPoolExecutor(8) as pool:
            replies = [batch[0] for batch in pool.map(lambda _: send(server, Call()), range(64))]
        self.assertLess(len({json.loads(reply.body)["chatId"] for reply in replies}), 64)

    def test_sequential_calls_do_not_collide(self) -> None:
        with serving(MUTANTS["chat-id-collides"].rules) as server:
            replies = send(server, *[Call()] * 20)
        self.assertEqual(len({json.loads(reply.body)["chatId"] for reply in replies}), 20)

    def test_names_and_clauses(self) -> None:
        self.assertGreaterEqual(len(MUTANTS), 44)
        self.assertLessEqual(set(WITNESSES), set(MUTANTS))
        for name, mutant in MUTANTS.items():
            with self.subTest(name):
                self.assertRegex(name, "^[a-z0-9]+(-[a-z0-9]+)*$")
                self.assertTrue(mutant.summary.endswith("."))
                self.assertTrue(mutant.breaks)
                self.assertLessEqual(set(mutant.breaks), CLAUSES)


class CommandLine(unittest.TestCase):
    """The program as a user starts it."""

    def run_script(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, timeout=10)

    def test_serves_until_a_signal(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                self.assert_serves_until(number, "--mutant", "status-201")

    def assert_serves_until(self, number: signal.Signals, *arguments: str) -> None:
        command = [sys.executable, SCRIPT, *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            line = process.stdout.readline()
            self.assertRegex(line, r"^listening on http://127\.0\.0\.1:\d+\n$")
            connection = http.client.HTTPConnection(line.strip().rpartition("/")[2], timeout=5)
            connection.request("POST", PATH, PAGE_BODY)
            self.assertEqual(connection.getresponse().status, 201)
            process.send_signal(number)
            self.assertEqual(process.communicate(timeout=5), ("", ""))
            connection.close()
        self.assertEqual(process.returncode, 0)

    def test_unknown_mutant(self) -> None:
        result = self.run_script("--mutant", "name-emty")
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("name-empty", result.stderr)

    def test_lists_mutants(self) -> None:
        listed = json.loads(self.run_script("--list-mutants", "--json").stdout)
        self.assertEqual([mutant["name"] for mutant in listed], list(MUTANTS))
        self.assertTrue(all(set(mutant) == {"name", "summary", "breaks"} for mutant in listed))
        self.assertEqual(len(self.run_script("--list-mutants").stdout.splitlines()), len(MUTANTS))


if __name__ == "__main__":
    unittest.main()
