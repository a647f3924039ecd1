"""Prism serves each edition of the contract, picks the examples that it is asked for, and complains of nothing."""

import json
import re
import shutil

from contract import Method, editions, spec
from exchange import post
from process import running
from report import Failure, expect, run, seen

READY = re.compile(r"Prism is listening on (http://[0-9.]+:[0-9]+)")
COMPLAINT = re.compile(r"\b(warning|error|fatal)\b")


def check():
    prism = shutil.which("prism")
    if prism is None:
        raise Failure("prism is not on the PATH")
    for edition in editions():
        check_edition(prism, edition)


def check_edition(prism, edition):
    method = Method(edition)
    answers = method.answers()
    command = [prism, "mock", "--host", "127.0.0.1", "--port", "0", str(spec(edition))]
    with running(command, lambda line: (match := READY.search(line)) and match[1]) as process:
        url, path = process.ready, method.path(1101000001)
        # Without a wish it gives the first example of success.
        success = next(value for status, value in answers.values() if status == 200)
        for name, body in method.requests().items():
            check_answer(f"{edition}: request {name}", post(url, path, body), 200, success)
        body = next(iter(method.requests().values()))
        for name, (status, value) in answers.items():
            answer = post(url, path, body, {"Prefer": f"code={status}, example={name}"})
            check_answer(f"{edition}: answer {name}", answer, status, value)
        process.end()
        if complaints := [line for line in process.lines if COMPLAINT.search(line)]:
            raise Failure(process.told("complains of the document:\n  " + "\n  ".join(complaints) + "\nall of it:"))


def check_answer(what, answer, status, value):
    expect(f"{what}: status", answer.status, status)
    expect(f"{what}: body", answer.body.decode() if isinstance(value, str) else answer.json(), value)
    seen(f"{what}: {status} {json.dumps(value)[:60]}")


run(check)
