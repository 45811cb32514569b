"""W3C VC JSON Schema: the outcomes that its suite expects, and those of the standard's examples.

The suite's credentials are unsigned and mix two data models, so the rules are applied to them
directly, without the nine other steps.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.vectors_suites.reading import read
from verifier.date_time_stamp import parse_instant
from verifier.errors import RefusedError, UncheckedError
from verifier.model import Credential, DataModel
from verifier.schema import SchemaSources, check_schemas
from verifier.sources import HeldSchema
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.vectors

DRAFTS: Final = ("2020-12", "Draft-7")
UNKNOWN_TYPE: Final = 4
"""Of a type that the standard does not define we say that nothing was checked, not a failure:
it may be defined elsewhere."""


def credential_of(document: JsonObject) -> Credential:
    """The parts that step 8 reads."""
    entries = document["credentialSchema"]
    return Credential(
        document=document,
        data_model=DataModel.V2_0,
        id=document.get("id"),
        types=tuple(document["type"]),
        issuer=document["issuer"],
        valid_from=parse_instant(document["issuanceDate"]),
        valid_until=None,
        statuses=(),
        schemas=tuple(entries if isinstance(entries, list) else [entries]),
        related_resources=(),
    )


def outcome(document: JsonObject, held: dict[str, JsonObject]) -> str:
    """What is said of ``document`` where ``held`` is all that is held. The suite's schema
    credentials have no proof, so they are taken as verified."""
    sources = SchemaSources(
        held={
            url: HeldSchema(body=json.dumps(schema).encode(), document=schema)
            for url, schema in held.items()
        },
        verify_credential=parse_json_object,
    )
    try:
        warnings = check_schemas(credential_of(document), sources=sources, demand=True)
    except RefusedError:
        return "failure"
    except UncheckedError:
        return "indeterminate"
    assert () == warnings
    return "success"


def cases(vectors_dir: Path, kind: str) -> list[Any]:
    expected = read(vectors_dir / "vc-json-schema" / "test-suite" / "expected.json")
    return list(expected[kind])


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("kind", ["jsonschema", "jsonschemacredential"])
def test_the_outcomes_of_the_suite(vectors_dir: Path, kind: str, draft: str) -> None:
    """Success, failure and indeterminate, where the credential's entry leads to the schema."""
    folder = vectors_dir / "vc-json-schema" / "test-suite" / kind / draft
    expected, found = {}, {}
    for case in cases(vectors_dir, kind):
        document = read(folder / case["credential"])
        url = document["credentialSchema"]["id"]
        expected[case["number"]] = case["expected_result"]
        found[case["number"]] = outcome(document, {url: read(folder / case["schema"])})

    assert "failure" == expected.pop(UNKNOWN_TYPE)
    assert "indeterminate" == found.pop(UNKNOWN_TYPE)
    assert len(expected) > 10
    assert expected == found


@pytest.mark.parametrize(
    ("credential", "schema", "expected"),
    [
        ("010-example-verifiable-credential-validation-success", 9, "success"),
        ("011-example-verifiable-credential-validation-failure", 9, "failure"),
        # indeterminate only to those who do not know its dialect, 2019-09; we do
        ("013-example-verifiable-credential-validation-indeterminate", 12, "failure"),
    ],
)
def test_the_examples_of_the_standard(
    vectors_dir: Path, credential: str, schema: int, expected: str
) -> None:
    """Met and not met."""
    folder = vectors_dir / "vc-json-schema" / "spec-examples"
    (path,) = folder.glob(f"{schema:03}-*.json")
    document = read(folder / f"{credential}.json")

    assert expected == outcome(document, {document["credentialSchema"]["id"]: read(path)})
