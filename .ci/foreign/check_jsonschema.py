"""Python's jsonschema takes our schemas as valid 2020-12, and our mock's answers as valid by them."""

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from contract import DEFAULT_EDITION, Method, editions, generated
from exchange import post
from endpoint import mock
from report import Failure, expect, run, seen

AUTHORIZED, STARTING, NOT_AUTHORIZED, STARTING_TWICE = range(1101000001, 1101000005)
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def check():
    for edition in editions():
        check_schemas(edition)
    with mock() as url:
        check_answers(url, Method(DEFAULT_EDITION))


def check_schemas(edition):
    for part in ["request", "response", "error"]:
        validator = schema(edition, part)
        expect(f"{edition}: $schema of the {part}", validator.schema["$schema"], DIALECT)
    method = Method(edition)
    for name, (status, value) in method.typed_answers().items():
        check_value(schema(edition, "response" if status == 200 else "error"), value, f"{edition}: example {name}")
    seen(f"{edition}: the schemas of request, response and error are valid, and the examples by them")


def schema(edition, part):
    value = generated(edition, f"{part}.schema.json")
    try:
        Draft202012Validator.check_schema(value)
    except SchemaError as error:
        raise Failure(f"{edition}: the schema of the {part} is not valid: {error.message} at {error.json_path}") from None
    return Draft202012Validator(value)


def check_value(validator, value, what):
    if errors := [f"{error.message} at {error.json_path}" for error in validator.iter_errors(value)]:
        raise Failure(f"{what} is not valid: {'; '.join(errors)}\n  {value!r}")


def check_answers(url, method):
    response = schema(DEFAULT_EDITION, "response")
    error = schema(DEFAULT_EDITION, "error")
    requests = method.requests()
    page = requests["two-phones-crlf"]
    expect("the page's body has CRLF line ends and a trailing CRLF", (page[:3], page[-3:]), (b"{\r\n", b"}\r\n"))

    def created(what, instance, body):
        answer = post(url, method.path(instance), body)
        expect(f"{what}: status", answer.status, 200)
        expect(f"{what}: content type", answer.content_type, "application/json")
        value = answer.json()
        check_value(response, value, what)
        expect(f"{what}: created", value["created"], True)
        seen(f"{what}: 200 {value['chatId']}")
        return value["chatId"]

    def refused(name, instance, body):
        answer = post(url, method.path(instance), body)
        status, example = method.answers()[name]
        expect(f"{name}: status", answer.status, status)
        expect(f"{name}: content type", answer.content_type, "application/json")
        value = answer.json()
        check_value(error, value, name)
        expect(f"{name}: statusCode", value["statusCode"], status)
        expect(f"{name}: message", value["message"], example["message"])
        seen(f"{name}: {status} {value['message']}")

    ids = [created(f"request {name}", AUTHORIZED, body) for name, body in requests.items()]
    expect("ids that are unique", len(set(ids)), len(ids))
    refused("instance-starting", STARTING, page)
    refused("instance-not-authorized", NOT_AUTHORIZED, page)
    refused("bad-request-data", AUTHORIZED, b'{"groupName": "Nobody is in it", "chatIds": [], "phones": []}')
    refused("bad-request-data", AUTHORIZED, page[: len(page) // 2])
    for _ in range(2):
        refused("instance-starting", STARTING_TWICE, page)
    created("after starting", STARTING_TWICE, page)


run(check)
