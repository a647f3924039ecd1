"""One run of Schemathesis against a target."""

import os
import subprocess
import sys
from pathlib import Path

from contract import ROOT
from report import Failure

SECONDS = 300
# The service answers a method that it does not know with 404, not with the 405 that this check asks for.
EXCLUDED = ["unsupported_method"]
OPTIONS = [
    *["--phases", "examples,coverage,fuzzing,stateful"],
    *["--seed", "20200629"],
    *["--request-timeout", "10"],
]


def st_command(st, document, url, max_examples, excluded_checks):
    own = ["--max-examples", str(max_examples), "--exclude-checks", ",".join(excluded_checks)]
    return [str(st), "run", str(document), "--url", url, *OPTIONS, *own]


def st_run(what, document, url, max_examples, excluded_checks):
    """Tries a target by its document. `what` is what it is, for the message and for where the run leaves its files."""
    command = st_command(Path(sys.executable).with_name("st"), document, url, max_examples, excluded_checks)
    # It leaves its database and its reports where it runs.
    place = ROOT / "target/ci/schemathesis" / what.replace(" ", "-")
    place.mkdir(parents=True, exist_ok=True)
    try:
        code = subprocess.run(command, cwd=place, env=os.environ | {"NO_COLOR": "1"}, timeout=SECONDS).returncode
    except subprocess.TimeoutExpired:
        raise Failure(f"st run did not end within {SECONDS} s") from None
    if code != 0:
        raise Failure(f"st run found something in the {what}, and says so above (exit code {code})")
