"""The control plane's document is valid OpenAPI, and Schemathesis finds it to be true of a running mock."""

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from contract import ROOT
from endpoint import mock
from report import Failure, run, seen
from schemathesis_run import st_run

DOCUMENT = ROOT / "crates/mock-server/control-plane.openapi.json"
# Which states and faults there are is a matter of the contract that is emulated, so the schemas take any text.
# The list of faults of an instance is still there when all of them are switched off.
EXCLUDED = ["positive_data_acceptance", "use_after_free"]


def check():
    document = json.loads(DOCUMENT.read_bytes())
    if errors := [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]:
        raise Failure(f"{DOCUMENT.name} is not valid: {errors}")
    seen(f"{DOCUMENT.name} is valid, {len(document['paths'])} paths")
    with mock() as url:
        st_run("control plane", DOCUMENT, url, max_examples=25, excluded_checks=EXCLUDED)


run(check)
