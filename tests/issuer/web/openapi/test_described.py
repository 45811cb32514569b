"""The description of the interface is whole and true, from routes to examples."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.services import ROOT
from issuer.record import SENTENCES
from issuer.web.explanations import explain
from issuer.web.openapi import VERSION, common_codes, describe
from issuer.web.openapi.vocabulary import IDEMPOTENCY_KEY
from issuer.web.problems import TITLES
from tests.issuer.web.openapi import example_calls
from tests.issuer.web.openapi.example_calls import Call
from tests.issuer.web.site import BASE_URL, Site, json_of
from verifier.openapi import Content, Operation, build_openapi
from verifier.strict_json import JsonObject, JsonValue

INTERFACE = describe(BASE_URL)
DOCUMENT = build_openapi(INTERFACE)
EXAMPLES = ROOT / "docs" / "examples"


NEED_NO_KEY = {
    "makeApiKey",
    *("deriveDocument", "deriveDocumentWithIssuer"),
    *("addWebhook", "changeWebhookSecret", "testWebhook", "replayWebhook"),
    *("pauseJob", "resumeJob", "retryJob", "cancelJob", "undoRevocation"),
}
"""Operations that keep nothing; those on keys and webhooks, where a second one shows and can go;
and those that bring something into a state, where it stays."""


def routes(site: Site) -> set[tuple[str, str]]:
    """Method and path of every route; what stands between braces has no name."""
    return {
        (method, re.sub(r"<[^>]*>", "{}", rule.rule))
        for rule in site.app.url_map.iter_rules()
        if not rule.rule.startswith(("/console", "/attest"))  # pages for people, no interface
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_described(site: Site) -> None:
    """And nothing is described that is not there."""
    described = {
        (operation.method.upper(), re.sub(r"\{[^}]*\}", "{}", operation.path))
        for operation in INTERFACE.operations
    }

    assert routes(site) == described


def test_an_operation_is_described_once() -> None:
    """Its id, and its method and path."""
    ids = [operation.id for operation in INTERFACE.operations]
    places = [(operation.method, operation.path) for operation in INTERFACE.operations]

    assert len(ids) == len(set(ids))
    assert len(places) == len(set(places))


def test_the_document_is_openapi(site: Site) -> None:
    """As it is served, to every origin."""
    response = site.get("/openapi.json")

    assert 200 == response.status_code
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert DOCUMENT == json_of(response)
    assert [] == [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()]


def test_the_version_is_that_of_the_distribution() -> None:
    """One number."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION == DOCUMENT["info"]["version"]


@pytest.mark.parametrize("operation", INTERFACE.operations, ids=lambda it: it.id)
def test_the_parameters_of_a_path_are_told(operation: Operation) -> None:
    """All of them, in the order of the path."""
    told = [it.name for it in operation.parameters if it.place.value == "path"]

    assert list(operation.path_parameters) == told


@pytest.mark.parametrize("operation", INTERFACE.operations, ids=lambda it: it.id)
def test_the_reasons_to_refuse_that_follow_from_its_form_are_told(operation: Operation) -> None:
    """And each stands under its status."""
    responses = DOCUMENT["paths"][operation.path][operation.method]["responses"]
    told = {
        (code, status)
        for status, response in responses.items()
        for code in response.get("x-problem-codes", ())
    }
    expected = {
        (code, str(INTERFACE.problem_of(code).status))
        for code in (*operation.codes, *map(str, common_codes(operation)))
    }

    assert expected == told


def test_every_call_that_changes_something_takes_an_idempotency_key() -> None:
    """Unless a second one does no harm."""
    silent = {
        operation.id
        for operation in INTERFACE.operations
        if operation.method == "post"
        and operation.access is not None
        and operation.access.scheme == "apiKey"
        and IDEMPOTENCY_KEY not in operation.parameters
    }

    assert NEED_NO_KEY == silent


def test_every_code_is_explained_once() -> None:
    """A second text would silently take the place of the first."""
    source = (ROOT / "issuer" / "web" / "explanations.py").read_text("utf-8")
    keys = re.findall(r"^    ((?:IssuerCode|WebCode)\.\w+): ", source, re.MULTILINE)
    silent = {code for code in [*map(str, TITLES), *SENTENCES] if explain(code) is None}

    assert set() == silent
    assert len(keys) == len(set(keys)) > 50


# --- schemas and examples ---------------------------------------------------------------


def faults(value: JsonValue, schema: JsonObject) -> list[str]:
    """What is wrong with ``value``: the schema speaks of the components of the document."""
    whole = {**schema, "components": DOCUMENT["components"]}
    checker = Draft202012Validator(whole, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def contents_of(operation: Operation) -> Iterator[Content]:
    yield from operation.body
    for answer in operation.answers:
        yield from answer.contents


@pytest.mark.parametrize("name", INTERFACE.all_schemas)
def test_every_schema_is_one(name: str) -> None:
    """Of JSON Schema 2020-12, without a reference that leads nowhere."""
    schema = INTERFACE.all_schemas[name]
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(schema)))

    Draft202012Validator.check_schema(schema)

    assert set() == names - set(INTERFACE.all_schemas)


@pytest.mark.parametrize("operation", INTERFACE.operations, ids=lambda it: it.id)
def test_every_example_fits_its_schema(operation: Operation) -> None:
    """Of requests and of answers."""
    wrong = [
        (example.title, faults(example.value, content.schema))
        for content in contents_of(operation)
        for example in content.examples
    ]

    assert [] == [it for it in wrong if it[1]]


def test_the_completion_on_the_pages_is_the_one_of_the_description() -> None:
    """Two copies: one is installed with the service, one lies beside the pages."""
    assert (EXAMPLES / "completion.json").read_text("utf-8") == (
        example_calls.EXAMPLES / "completion.json"
    ).read_text("utf-8")


@pytest.mark.parametrize("call", example_calls.calls(), ids=lambda call: call.name)
def test_every_example_of_a_request_does_what_it_says(site: Site, call: Call) -> None:
    """Sent to a service that has what it speaks of; and the answer fits its schema."""
    response = call.send(site, example_calls.prepare(site))
    answer = next(it for it in call.operation.answers if it.status == call.expected)

    assert call.expected == response.status_code, response.get_data(as_text=True)
    assert [] == faults(json_of(response), answer.contents[0].schema)
    assert set() == set(answer.headers) - set(response.headers.keys())
