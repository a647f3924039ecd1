"""The vendor's own Python client sends one call four times, and our mock says so: in its journal and in its log."""

import json

from whatsapp_api_client_python import API

from contract import ROOT
from endpoint import mock_process
from exchange import get
from report import expect, run, seen

TOKEN = "0123456789abcdef0123456789abcdef0123456789abcdef01"
NAME, PEOPLE = "From API Group created", ["79001234567@c.us"]

TOO_MANY_REQUESTS = 1101000104
RESET_AFTER_THE_FIRST_GROUP = 1101000303


def check():
    with mock_process() as process:
        answer = create(process.ready, TOO_MANY_REQUESTS)
        calls = journal(process.ready, TOO_MANY_REQUESTS)
        expect("calls for one createGroup that is answered with 429", len(calls), 4)
        expect("which of them are flagged", [call["suspectedRetryOf"] is not None for call in calls], [False, True, True, True])
        seen(f"429: one createGroup, {len(calls)} calls, 3 of them flagged as blind retries; the code that the client gives is {answer.code!r}")

        # The lines of the README, as they stand there.
        exec(readme_example().replace("http://127.0.0.1:8080", process.ready))
        calls = journal(process.ready, RESET_AFTER_THE_FIRST_GROUP)
        expect("groups for one createGroup whose connection is reset", sum(call["madeGroup"] for call in calls), 2)
        expect("which calls are flagged", [call["suspectedRetryOf"] is not None for call in calls], [False, True])
        seen("the README's example, reset after the group was made: one createGroup, 2 groups, the second flagged as a blind retry")

        answer = create(process.ready, 1101000001)
        expect("the code that the client gives", answer.code, 200)
        expect("whether the group was made", answer.data["created"], True)
        seen("authorized: the client reads the answer")
    # The log is complete once the mock has ended.
    flagged = [line for line in logged(process.lines) if line.get("suspected_retry_of") is not None]
    expect("flagged lines of the log", len(flagged), 4)
    expect("lines with the token", [line for line in process.lines if TOKEN in line], [])


def create(url, instance):
    client = API.GreenAPI(str(instance), TOKEN, host=url, raise_errors=False)
    return client.groups.createGroup(NAME, PEOPLE)


def readme_example():
    return (ROOT / "crates/mock-server/README.md").read_text().split("```python\n")[1].split("```")[0]


def journal(url, instance):
    """What the mock keeps of each call of an instance, the oldest first."""
    entries = get(url, f"/__admin/instances/{instance}/requests").json()["requests"]
    return [entry["greenapi"] for entry in reversed(entries)]


def logged(lines):
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue


run(check)
