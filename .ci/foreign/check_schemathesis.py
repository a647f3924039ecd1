"""Schemathesis loads each edition of the contract without complaint, and finds nothing in our mock."""

import schemathesis

from contract import DEFAULT_EDITION, editions, spec
from endpoint import mock
from report import Failure, run, seen
from schemathesis_run import EXCLUDED, st_run


def check():
    for edition in editions():
        check_loads(edition)
    with mock() as url:
        st_run("mock", spec(DEFAULT_EDITION), url, max_examples=50, excluded_checks=EXCLUDED)


def check_loads(edition):
    operations = list(schemathesis.openapi.from_path(spec(edition)).get_all_operations())
    if errors := [operation.err() for operation in operations if not hasattr(operation, "ok")]:
        raise Failure(f"{edition}: {errors}")
    seen(f"{edition}: loads, {len(operations)} operations")


run(check)
