"""The official Python client of WireMock reads, counts, finds and empties our mock's journal."""

from wiremock.client import HttpMethods, NearMissMatchPatternRequest, Requests, WireMockMatchers
from wiremock.constants import Config
from wiremock.exceptions import InvalidInputException

from contract import DEFAULT_EDITION, Method
from endpoint import mock
from exchange import post
from report import Failure, expect, run, seen

AUTHORIZED, STARTING = 1101000001, 1101000002
TOKEN = "a-token-that-nobody-may-see"


def check():
    with mock() as url:
        Config.base_url = f"{url}/__admin"
        check_journal(url, Method(DEFAULT_EDITION))


def check_journal(url, method):
    body = next(iter(method.requests().values()))
    for instance in [AUTHORIZED, AUTHORIZED, STARTING]:
        post(url, method.path(instance, TOKEN), body)
    post(url, "/elsewhere", b"{}")
    masked = method.path(AUTHORIZED, "$TOKEN")

    journal = Requests.get_all_received_requests()
    expect("calls in the journal", (journal.meta.total, len(journal.requests)), (4, 4))
    expect("the journal is kept", journal.request_journal_disabled, False)
    expect("statuses, the latest first", [one.response_definition.status for one in journal.requests][1:], [400, 200, 200])
    first = journal.requests[-1]
    expect("the first call", (first.request.method, first.request.url), ("POST", masked))
    expect("its body", first.request.body.encode(), body)
    expect("the same call by its id", Requests.get_request(first.id).request.url, masked)
    expect("the latest call alone", len(Requests.get_all_received_requests(limit=1).requests), 1)
    seen(f"it reads {journal.meta.total} calls")

    def pattern(**fields):
        return NearMissMatchPatternRequest(method=HttpMethods.POST, **fields)

    for what, wanted, count in [
        ("all", pattern(), 4),
        ("a url", pattern(url=masked), 2),
        ("a url with its token", pattern(url=method.path(AUTHORIZED, TOKEN)), 2),
        ("a pattern of urls", pattern(url_path_pattern="/waInstance[0-9]+/.*"), 3),
        ("another method", NearMissMatchPatternRequest(method=HttpMethods.GET), 0),
        ("a header", pattern(headers={"Content-Type": {WireMockMatchers.CONTAINS: "json"}}), 4),
        ("no such header", pattern(headers={"Authorization": {WireMockMatchers.ABSENT: True}}), 4),
        ("a body", pattern(body_patterns=[{WireMockMatchers.EQUAL_TO_JSON: body.decode()}]), 3),
        ("a part of a body", pattern(body_patterns=[{WireMockMatchers.CONTAINS: "groupName"}]), 3),
    ]:
        expect(f"count of {what}", Requests.get_matching_request_count(wanted).count, count)
        expect(f"found of {what}", len(Requests.get_matching_requests(wanted).requests), count)
        seen(f"it counts and finds {what}: {count}")

    unmatched = Requests.get_unmatched_requests().requests
    expect("calls of another path", len(unmatched), 1)
    seen("it sees the call that was none of the method")

    try:
        Requests.get_matching_request_count(pattern(query_parameters={"a": {WireMockMatchers.EQUAL_TO: "b"}}))
        raise Failure("a pattern of queries was not refused, though the journal keeps none")
    except InvalidInputException:
        seen("it is told what the journal cannot answer")

    Requests.reset_request_journal()
    expect("calls after the reset", Requests.get_all_received_requests().meta.total, 0)
    seen("it empties the journal")


run(check)
