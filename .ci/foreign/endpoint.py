"""Our mock, as a process."""

import argparse
import json
import shlex
from contextlib import contextmanager

from process import running
from report import Failure, expect

COMMAND = "cargo run -q -p greenapi-mock-server --bin greenapi-mock -- --listen 127.0.0.1:0 --log json"


@contextmanager
def mock():
    """Runs the mock and gives its URL."""
    with mock_process() as process:
        yield process.ready


@contextmanager
def mock_process():
    """Runs the mock. It has to say first that it is ready (with its URL), and to stop cleanly when told to."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--mock", default=COMMAND, help="the command that runs the mock (default: %(default)s)")
    command = shlex.split(arguments.parse_args().mock)
    with running(command, ready_url) as process:
        yield process
        expect("the mock's exit code after SIGTERM", process.end(), 0)


def ready_url(line):
    try:
        event = json.loads(line)
        if event["event"] == "ready":
            return event["url"]
    except (ValueError, TypeError, KeyError):
        pass
    raise Failure(f"the first line of the mock is not its ready line: {line!r}")
