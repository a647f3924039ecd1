"""A small HTTP server of GREEN-API createGroup: correct, or with one chosen fault (`--mutant NAME`).

It judges a contract test tool: the tool must raise no alarm at the correct server and must find every mutant.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import signal
import socket
import socketserver
import sys
import time
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from mutants import MUTANTS
from service import CORRECT, Answer, Request, Rules, Service

MAX_LINE = 65_536
MAX_HEADERS = 200
MAX_READ = 8 * 1024 * 1024
IDLE_SECONDS = 300
LINGER_SECONDS = 2

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
REQUEST_LINE = re.compile(rf"({TOKEN}) ([!-~\x80-\xff]+) HTTP/1\.([0-9])")
HEADER = re.compile(rf"({TOKEN}):[ \t]*(.*?)[ \t]*")
CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?\n")
LENGTH = re.compile("[0-9]{1,18}")
ORIGIN = re.compile("^https?://[^/?#]*", re.IGNORECASE)


class Malformed(Exception):
    """The request is not HTTP that this server can frame; nothing after it on the connection can be trusted."""


@dataclass(frozen=True)
class Head:
    """The request line and the header fields; the names of fields are in lower case."""

    method: str
    target: str
    minor: int
    fields: dict[str, list[str]]

    @property
    def path(self) -> str:
        return ORIGIN.sub("", self.target).split("?")[0]

    def tokens(self, name: str) -> list[str]:
        """The members of a comma-separated field."""
        return [token.strip().lower() for token in ",".join(self.fields.get(name, [])).split(",") if token.strip()]

    def keeps_alive(self) -> bool:
        options = self.tokens("connection")
        return "close" not in options and (self.minor > 0 or "keep-alive" in options)

    def content_type(self) -> str | None:
        values = self.fields.get("content-type")
        return values[0] if values else None

    def is_chunked(self) -> bool:
        codings = self.tokens("transfer-encoding")
        if codings and (codings != ["chunked"] or "content-length" in self.fields):
            raise Malformed("transfer-encoding")
        return bool(codings)

    def length(self) -> int:
        values = set(self.fields.get("content-length", ["0"]))
        if len(values) != 1 or not LENGTH.fullmatch(value := values.pop()):
            raise Malformed("content-length")
        return int(value)


class Connection(socketserver.StreamRequestHandler):
    """Serves the requests of one connection, one after another."""

    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: Server

    def handle(self) -> None:
        try:
            while self.serve_one():
                pass
        except OSError:
            # The client went away or stays silent: there is nobody left to answer.
            pass

    def serve_one(self) -> bool:
        """Answers one request; says whether the connection can carry another one."""
        try:
            head = self.read_head()
            if head is None:
                return False
            body = self.read_body(head)
        except Malformed:
            self.write(Answer(400), "GET", "close")
            self.linger()
            return False
        answer = self.server.service.answer(Request(head.method, head.path, head.content_type(), body))
        keep = head.keeps_alive() and len(body) <= MAX_READ
        self.write(answer, head.method, "keep-alive" if keep else "close")
        if len(body) > MAX_READ:
            self.linger()
        return keep

    def read_line(self) -> str:
        line = self.rfile.readline(MAX_LINE)
        if not line.endswith(b"\n"):
            raise Malformed("line")
        return line.rstrip(b"\r\n").decode("latin-1")

    def read_head(self) -> Head | None:
        """None at the end of the connection; blank lines before a request are skipped, as RFC 9112 asks."""
        while self.rfile.peek(1):
            line = self.read_line()
            if line:
                break
        else:
            return None
        request = REQUEST_LINE.fullmatch(line)
        if request is None:
            raise Malformed("request line")
        head = Head(request[1], request[2], int(request[3]), self.read_fields())
        if head.minor > 0 and len(head.fields.get("host", [])) != 1:
            raise Malformed("host")
        return head

    def read_fields(self) -> dict[str, list[str]]:
        fields: dict[str, list[str]] = {}
        for _ in range(MAX_HEADERS):
            line = self.read_line()
            if not line:
                return fields
            header = HEADER.fullmatch(line)
            if header is None:
                raise Malformed("header")
            fields.setdefault(header[1].lower(), []).append(header[2])
        raise Malformed("too many headers")

    def read_body(self, head: Head) -> bytes:
        """The body, cut one byte after MAX_READ: what is longer is too large in any case."""
        chunked = head.is_chunked()
        length = 0 if chunked else head.length()
        if head.minor > 0 and "100-continue" in head.tokens("expect") and (chunked or length):
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self.read_chunks() if chunked else self.read_bytes(min(length, MAX_READ + 1))

    def read_bytes(self, length: int) -> bytes:
        data = self.rfile.read(length)
        if len(data) < length:
            raise Malformed("body ends early")
        return data

    def read_chunks(self) -> bytes:
        data = b""
        while len(data) <= MAX_READ:
            size = CHUNK_SIZE.fullmatch(self.rfile.readline(MAX_LINE))
            if size is None:
                raise Malformed("chunk size")
            length = int(size[1], 16)
            if length == 0:
                self.read_fields()
                return data
            data += self.read_bytes(min(length, MAX_READ + 1 - len(data)))
            if len(data) <= MAX_READ and self.read_line():
                raise Malformed("chunk end")
        return data

    def write(self, answer: Answer, method: str, connection: str) -> None:
        """Sends the answer in one piece, so that no part of it waits for an acknowledgement."""
        lines = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            f"Date: {formatdate(usegmt=True)}",
            f"Connection: {connection}",
        ]
        if answer.content_type is not None:
            lines.append(f"Content-Type: {answer.content_type}")
        if answer.status != 204:
            lines.append(f"Content-Length: {len(answer.body)}")
        head = "\r\n".join(lines) + "\r\n\r\n"
        self.wfile.write(head.encode("latin-1") + (b"" if method == "HEAD" else answer.body))

    def linger(self) -> None:
        """Reads on for a moment: to close with unread input would reset the connection and lose the answer."""
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(LINGER_SECONDS)
        deadline = time.monotonic() + LINGER_SECONDS
        while time.monotonic() < deadline and self.connection.recv(MAX_LINE):
            pass


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection; the threads end with the process."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int = 0, rules: Rules = CORRECT) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.service = Service(rules)

    @property
    def port(self) -> int:
        return self.server_address[1]


def rules_of(name: str | None) -> Rules:
    if name is None:
        return CORRECT
    if name not in MUTANTS:
        nearest = difflib.get_close_matches(name, MUTANTS, n=3, cutoff=0.4)
        hint = f"; the nearest names: {', '.join(nearest)}" if nearest else "; see --list-mutants"
        print(f"unknown mutant {name!r}{hint}", file=sys.stderr)
        sys.exit(2)
    return MUTANTS[name].rules


def list_mutants(as_json: bool) -> None:
    if as_json:
        fields = [{"name": m.name, "summary": m.summary, "breaks": m.breaks} for m in MUTANTS.values()]
        print(json.dumps(fields, indent=2))
        return
    width = max(map(len, MUTANTS))
    for mutant in MUTANTS.values():
        print(f"{mutant.name:{width}}  {mutant.summary}")


def serve(port: int, rules: Rules) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with Server(port, rules) as server:
        print(f"listening on http://127.0.0.1:{server.port}", flush=True)
        server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="A server of GREEN-API createGroup, correct or with one fault.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--mutant", metavar="NAME", help="the fault to have")
    parser.add_argument("--list-mutants", action="store_true", help="print the faults and exit")
    parser.add_argument("--json", action="store_true", help="with --list-mutants: as JSON")
    options = parser.parse_args()
    if options.list_mutants:
        list_mutants(options.json)
    else:
        serve(options.port, rules_of(options.mutant))


if __name__ == "__main__":
    main()
