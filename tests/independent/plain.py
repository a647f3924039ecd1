"""A server of GREEN-API createGroup that keeps what the vendor's page documents, and nothing more.

It is what one writes with Python's own `http.server`: it serves one connection at a time, answers errors with the bare
identifier, knows no other path and no other method, and reads JSON as Python does. A contract test tool may warn about
it, and must not fail it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

# As many a router has it: the case of letters and a slash at the end do not matter.
PATH = re.compile(r"/waInstance(\d+)/createGroup/[^/]+/?", re.IGNORECASE)
STATES_PATH = "/states"
STATES = {
    "the instance is authorized": None,
    "the instance is starting": "instance in starting process try later",
    "the instance is not authorized": "instance account not authorized",
}


class Plain(BaseHTTPRequestHandler):
    """One call after another; what is kept is the state of each instance."""

    numbers = itertools.count()
    states: dict[str, str | None] = {}

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == STATES_PATH:
            change = json.loads(body)
            self.states[change["params"]["idInstance"]] = STATES[change["state"]]
            self.answer(200, b"")
            return
        address = PATH.fullmatch(self.path.split("?")[0])
        if address is None:
            self.answer(404, b"no such page")
            return
        refusal = self.states.get(address[1]) or (None if is_valid(body) else "bad request data")
        if refusal:
            self.answer(400, refusal.encode())
            return
        group = {"created": True, "chatId": f"120363{next(self.numbers):012}@g.us", "groupInviteLink": ""}
        self.answer(200, json.dumps(group, indent=4).encode(), "application/json")

    def answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class KeepingAlive(Plain):
    """The same with HTTP/1.1: whoever keeps a connection makes everybody else wait."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        super().answer(status, body, kind)
        self.wfile.flush()


def is_valid(raw: bytes) -> bool:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    if not isinstance(body, dict) or not isinstance(body.get("groupName"), str):
        return False
    chat_ids, phones = body.get("chatIds", []), body.get("phones", [])
    return (
        isinstance(chat_ids, list)
        and isinstance(phones, list)
        and all(isinstance(item, str) for item in chat_ids)
        and all(type(item) is int for item in phones)
        and bool(chat_ids or phones)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="A plain server of GREEN-API createGroup.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--keep-alive", action="store_true", help="speak HTTP/1.1 and keep connections")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with HTTPServer(("127.0.0.1", options.port), KeepingAlive if options.keep_alive else Plain) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
