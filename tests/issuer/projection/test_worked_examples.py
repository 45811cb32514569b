"""The projection agrees with the worked examples, and all records fit what verifiers hold."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

import schemas
from issuer.projection import IssuerProfile, project
from issuer.record import parse_record
from tests.example_records import EXAMPLES, PROJECTED, arrival, example_projected, example_record
from verifier.date_time_stamp import parse_instant
from verifier.strict_json import JsonObject

ISSUER: Final = IssuerProfile(
    id="did:web:issuer.microintern.example",
    name="Example Micro-Internship Issuer",
    url="https://issuer.microintern.example/",
)
SALT: Final = "00112233445566778899aabbccddeeff"
STATUS: Final[JsonObject] = {
    "id": "https://issuer.microintern.example/status/1#7",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://issuer.microintern.example/status/1",
}
WORKED_EXAMPLES_LACK: Final = frozenset({"credentialSchema", "period"})
"""Added after the examples were made (design §10.2 and §10.12): our schema entry, and the
month that is told where days are not."""
ID: Final = frozenset({"id"})
"""Deliverables have got ids since, so that no two of them look alike to RDFC-1.0."""
NOT_COMPARED: Final = frozenset({"description", "credentialStatus"})
"""The top-level description was made better since; status entries are reserved elsewhere."""


def projected(name: str, salt: str = SALT) -> JsonObject:
    """The projection of an example record, issued at the instant of its worked example."""
    document = example_record(name)
    record = parse_record(document, received_at=arrival(document))
    issued = next(entry["at"] for entry in document["lifecycle"] if entry["event"] == "issued")
    at = parse_instant(issued).at
    return project(
        record,
        credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
        issuer=ISSUER,
        valid_from=at,
        awarded=at,
        status=(STATUS,),
        salt=lambda: salt,
    )


def worked_salt(credential: JsonObject) -> str:
    identities = credential["credentialSubject"]["identifier"]
    return next(identity["salt"] for identity in identities if identity["hashed"])


def comparable(credential: JsonObject) -> Any:
    """Without what is not compared, with ids renamed by their first use, so that references
    must still line up."""
    names: dict[str, str] = {}

    def rename(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"id {len(names)}")

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            lack = WORKED_EXAMPLES_LACK | (ID if value.get("type") == ["Deliverable"] else set())
            kept = sorted(set(value) - lack)
            return {name: walk(value[name]) for name in kept}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return re.sub("urn:uuid:[0-9a-f-]{36}", rename, value) if isinstance(value, str) else value

    return walk({name: credential[name] for name in set(credential) - NOT_COMPARED})


@pytest.mark.parametrize("name", PROJECTED)
def test_the_worked_examples_agree(name: str) -> None:
    """Word for word, hashes included, but for ids, status and the credential's description."""
    worked = example_projected(name)

    credential = projected(name, worked_salt(worked))

    assert comparable(credential) == comparable(worked)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_projection_fits_our_credential_schema(name: str) -> None:
    """All twelve records give credentials that a verifier with our schema accepts."""
    validator = Draft202012Validator(schemas.load_schema("micro-internship-credential-1.0"))

    errors = [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(projected(name))
    ]

    assert errors == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_same_record_gives_the_same_credential(name: str) -> None:
    """The projection is a pure function: nothing in it is random but the salt handed in."""
    assert projected(name) == projected(name)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_reference_points_into_the_credential(name: str) -> None:
    """Results and skills point at descriptions of this achievement, levels at their levels."""
    subject = projected(name)["credentialSubject"]
    described = {one["id"]: one for one in subject["achievement"]["resultDescription"]}

    assert len(described) == len(subject["result"])
    for result in subject["result"]:
        levels = described[result["resultDescription"]].get("rubricCriterionLevel", [])
        assert result.get("achievedLevel") in [None, *(level["id"] for level in levels)]
