"""The description of the verifier's interface is whole and true."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from deploy.services import ROOT
from tests.verifier.web.states import BASE_URL, fake_services
from verifier.errors import Code
from verifier.explanations import EXPLANATIONS
from verifier.judgement import judge
from verifier.openapi import Operation, build_openapi
from verifier.strict_json import JsonObject, JsonValue, parse_json_object
from verifier.web.application import create_app
from verifier.web.openapi import VERSION, describe

INTERFACE = describe(BASE_URL)
DOCUMENT = build_openapi(INTERFACE)
WITH_EXAMPLES = [it for it in INTERFACE.operations if it.body and it.body[0].examples]


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """The real judges, without a network."""
    return create_app(replace(fake_services(), judge=judge)).test_client()


def faults(value: JsonValue, schema: JsonObject) -> list[str]:
    whole = {**schema, "components": DOCUMENT["components"]}
    checker = Draft202012Validator(whole, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def test_every_route_is_described(client: FlaskClient) -> None:
    """And nothing is described that is not there."""
    routes = {
        (method, re.sub(r"<[^>]*>", "{}", rule.rule))
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (operation.method.upper(), re.sub(r"\{[^}]*\}", "{}", operation.path))
        for operation in INTERFACE.operations
    }

    assert routes == described


def test_the_document_is_openapi(client: FlaskClient) -> None:
    """As it is served, to every origin."""
    response = client.get("/openapi.json")

    assert DOCUMENT == parse_json_object(response.data)
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert [] == [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()]


def test_the_version_is_that_of_the_distribution() -> None:
    """One number."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == VERSION


@pytest.mark.parametrize("operation", WITH_EXAMPLES, ids=lambda it: it.id)
def test_every_example_verifies(client: FlaskClient, operation: Operation) -> None:
    """And answer and example fit their schemas."""
    (example,) = operation.body[0].examples
    path = operation.path.replace("{name}", "unsafe-vectors")
    response = client.post(path, json=example.value)
    answer = next(it for it in operation.answers if it.status == example.status)

    assert example.status == response.status_code, response.get_data(as_text=True)
    assert [] == faults(example.value, operation.body[0].schema)
    assert [] == faults(parse_json_object(response.data), answer.contents[0].schema)


def test_a_refusal_fits_its_schema(client: FlaskClient) -> None:
    """The whole report."""
    response = client.post("/credentials/verify", json={"verifiableCredential": {}})

    assert 400 == response.status_code
    assert [] == faults(parse_json_object(response.data), {"$ref": "#/components/schemas/Report"})


@pytest.mark.parametrize("name", ["credential", "presentation"])
def test_the_documents_on_the_pages_are_those_of_the_description(name: str) -> None:
    """Two copies: one is installed with the service, one lies beside the pages."""
    there = ROOT / "verifier" / "web" / "examples" / f"{name}.json"

    assert (ROOT / "docs" / "examples" / f"{name}.json").read_bytes() == there.read_bytes()


@pytest.mark.parametrize("code", Code)
def test_every_code_is_explained(client: FlaskClient, code: Code) -> None:
    """What it means and what to do: a page for people, the same for programs."""
    page = client.get(f"/problems/{code}", headers={"Accept": "text/html"})
    told = parse_json_object(client.get(f"/problems/{code}").data)

    assert EXPLANATIONS[code].meaning in page.get_data(as_text=True).replace("&#39;", "'")
    assert EXPLANATIONS[code].remedy == told["remedy"]
    assert set(Code) == set(EXPLANATIONS)
    assert json.dumps(told)
