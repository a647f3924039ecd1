"""The control plane's document is valid OpenAPI, and Schemathesis finds it to be true of a running mock."""

import json
import os
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import OpenAPIV31SpecValidator

from contract import ROOT
from endpoint import mock
from report import Failure, run, seen

DOCUMENT = ROOT / "crates/mock-server/control-plane.openapi.json"
SECONDS = 300
OPTIONS = [
    *["--phases", "examples,coverage,fuzzing,stateful"],
    *["--max-examples", "25"],
    *["--seed", "20200629"],
    *["--request-timeout", "10"],
    # Which states and faults there are is a matter of the contract that is emulated, so the schemas take any text.
    # The list of faults of an instance is still there when all of them are switched off.
    *["--exclude-checks", "positive_data_acceptance,use_after_free"],
]


def check():
    document = json.loads(DOCUMENT.read_bytes())
    if errors := [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]:
        raise Failure(f"{DOCUMENT.name} is not valid: {errors}")
    seen(f"{DOCUMENT.name} is valid, {len(document['paths'])} paths")
    with mock() as url:
        check_target(url)


def check_target(url):
    command = [str(Path(sys.executable).with_name("st")), "run", str(DOCUMENT), "--url", url, *OPTIONS]
    # It leaves its database and its reports where it runs.
    place = ROOT / "target/ci/schemathesis-control-plane"
    place.mkdir(parents=True, exist_ok=True)
    try:
        code = subprocess.run(command, cwd=place, env=os.environ | {"NO_COLOR": "1"}, timeout=SECONDS).returncode
    except subprocess.TimeoutExpired:
        raise Failure(f"st run did not end within {SECONDS} s") from None
    if code != 0:
        raise Failure(f"st run found something in the control plane, and says so above (exit code {code})")


run(check)
