"""The contract as files: the documents in spec/, and what is generated from them."""

import json
from pathlib import Path

from report import Failure

ROOT = Path(__file__).resolve().parents[2]
# What the mock serves unless told otherwise.
DEFAULT_EDITION = "2020-06-29"


def editions():
    names = sorted(path.stem for path in (ROOT / "spec").glob("*.yaml"))
    if DEFAULT_EDITION not in names:
        raise Failure(f"spec/ has no {DEFAULT_EDITION}.yaml")
    return names


def spec(edition):
    return ROOT / "spec" / f"{edition}.yaml"


def generated_path(edition, name):
    return ROOT / "crates/model/contracts" / edition / name


def generated(edition, name):
    path = generated_path(edition, name)
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise Failure(f"{path.relative_to(ROOT)} is not there; cargo xtask codegen makes it") from None


class Method:
    """createGroup as an edition's document gives it."""

    def __init__(self, edition):
        ((self.template, item),) = generated(edition, "openapi.json")["paths"].items()
        self._operation = item["post"]

    def path(self, instance, token="d75b3a66374942c5b3c019c698abc2067e151558acbd412345"):
        return self.template.replace("{idInstance}", str(instance)).replace("{apiTokenInstance}", token)

    def requests(self):
        """The examples of requests: name to body, byte for byte where the document says so."""
        examples = self._json(self._operation["requestBody"])["examples"]
        return {name: body(example) for name, example in examples.items()}

    def answers(self):
        """The examples of answers: name to status and value, which is a text where the body is no JSON."""
        return {name: (status, value) for name, (status, value, _) in self._examples().items()}

    def typed_answers(self):
        """Those with the schema of success or of the errors, which have properties."""
        return {name: (status, value) for name, (status, value, typed) in self._examples().items() if typed}

    def _examples(self):
        return {
            name: (int(status), example["value"], "properties" in media["schema"])
            for status, response in self._operation["responses"].items()
            for media in response.get("content", {}).values()
            for name, example in media["examples"].items()
        }

    @staticmethod
    def _json(holder):
        return holder["content"]["application/json"]


def body(example):
    return example["x-body"].encode() if "x-body" in example else json.dumps(example["value"]).encode()
