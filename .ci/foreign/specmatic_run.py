"""How Specmatic is run, and the contract as it can read it."""

import json

from contract import DEFAULT_EDITION, Method, generated
from peer_tools import SPECMATIC_JAR

INSTANCE = 1101000001
TOKEN = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345"
ENVIRONMENT = {"SPECMATIC_GENERATIVE_TESTS": "true", "SPECMATIC_DISABLE_TELEMETRY": "true"}


def specmatic_command(url, place):
    document = place / "openapi.json"
    document.write_text(json.dumps(readable(generated(DEFAULT_EDITION, "openapi.json")), indent=1))
    # Specmatic reports home. Java finds no other hosts than those of this file, so it speaks to the server alone.
    hosts = place / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    java = ["java", f"-Djdk.net.hosts.file={hosts}", "-jar", str(SPECMATIC_JAR)]
    return [*java, "test", f"--testBaseURL={url}", "--junitReportDir=junit", document.name]


def readable(document):
    """The same contract in the words that Specmatic 2.55.1 understands, and with examples that it calls by."""
    ((template, item),) = document["paths"].items()
    operation = item["post"]
    # It makes a test of an example where request, parameters and answer have one of the same name.
    names = list(Method(DEFAULT_EDITION).requests())
    for parameter, value in zip(item["parameters"], [INSTANCE, TOKEN], strict=True):
        parameter["examples"] = {name: {"value": value} for name in names}
    answers = operation["responses"]["200"]["content"]["application/json"]["examples"]
    answers |= {name: answers["created"] for name in names}
    return document | {"paths": {template: plain(item)}, "components": plain(document["components"])}


def plain(node):
    if isinstance(node, list):
        return [plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    if {"properties", "anyOf"} <= node.keys():
        # It looks at nothing beside an anyOf, so each of its branches is made whole.
        node = {"anyOf": [whole(node, branch) for branch in node["anyOf"]]}
    if node.get("pattern") == "^/":
        # It takes slashes at the start for those around a regular expression, and matches the whole text.
        node = node | {"pattern": "^[/].*$"}
    return {key: plain(value) for key, value in node.items()}


def whole(schema, branch):
    common = {key: value for key, value in schema.items() if key != "anyOf"}
    required = sorted({*schema["required"], *branch.get("required", [])})
    narrower = branch.get("properties", {})
    properties = {name: text(value | narrower.get(name, {})) for name, value in schema["properties"].items()}
    return common | {"required": required, "properties": properties}


def text(schema):
    """It refuses a pattern beside a bound of the length that the pattern can break."""
    pattern = schema.get("pattern", "")
    if schema.get("maxLength") == 0:
        return {"type": "string", "enum": [""]}
    if schema.get("minLength") and pattern.endswith(")?$"):
        return {"type": "string", "pattern": pattern.removesuffix("?$") + "$"}
    return schema
