"""Schemathesis loads each edition of the contract without complaint, and finds nothing in our mock."""

import os
import subprocess
import sys
from pathlib import Path

import schemathesis

from contract import DEFAULT_EDITION, ROOT, editions, spec
from endpoint import mock
from report import Failure, run, seen

SECONDS = 300
OPTIONS = [
    *["--phases", "examples,coverage,fuzzing,stateful"],
    *["--max-examples", "50"],
    *["--seed", "20200629"],
    *["--request-timeout", "10"],
    # The service answers a method that it does not know with 404, not with the 405 that this check asks for.
    *["--exclude-checks", "unsupported_method"],
]


def check():
    for edition in editions():
        check_loads(edition)
    with mock() as url:
        check_target(url)


def check_loads(edition):
    operations = list(schemathesis.openapi.from_path(spec(edition)).get_all_operations())
    if errors := [operation.err() for operation in operations if not hasattr(operation, "ok")]:
        raise Failure(f"{edition}: {errors}")
    seen(f"{edition}: loads, {len(operations)} operations")


def check_target(url):
    command = [str(Path(sys.executable).with_name("st")), "run", str(spec(DEFAULT_EDITION)), "--url", url, *OPTIONS]
    # It leaves its database and its reports where it runs.
    place = ROOT / "target/ci/schemathesis"
    place.mkdir(parents=True, exist_ok=True)
    try:
        code = subprocess.run(command, cwd=place, env=os.environ | {"NO_COLOR": "1"}, timeout=SECONDS).returncode
    except subprocess.TimeoutExpired:
        raise Failure(f"st run did not end within {SECONDS} s") from None
    if code != 0:
        raise Failure(f"st run found something in the mock, and says so above (exit code {code})")


run(check)
