"""What a check says: one line for each thing that it saw, and one clear line where something is not so."""

import signal
import sys


class Failure(Exception):
    """Something is not as it should be; the text says what, and what was expected."""


def expect(what, actual, expected):
    if actual != expected:
        raise Failure(f"{what}\n  expected: {expected!r}\n  actual:   {actual!r}")


def seen(what):
    print(f"  {what}", flush=True)


def run(check):
    """Runs a check as a program."""
    # As an exception, so that what the check has started is ended.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("error: told to stop"))
    try:
        check()
    except Failure as failure:
        sys.exit(f"error: {failure}")
