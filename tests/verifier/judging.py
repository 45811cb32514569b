"""Credentials by a test key, one of our own among them, and what ``verify`` says of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import schemas
from tests.example_records import example_projected
from tests.fake_network import FakeNetwork
from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.jsonld.credentials import credential
from verifier import limits
from verifier.errors import Code
from verifier.policy import STANDARD, Policy
from verifier.report import OutcomeError, Report
from verifier.sources import HeldSchemas, Sources
from verifier.status.bitstring import encode_list
from verifier.status.check import StatusCache
from verifier.strict_json import JsonObject
from verifier.trust.registry import FileRegistry
from verifier.verify import VerifiedCredential, verify

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
KEY = Ed25519TestKey.number(1)
SECOND_KEY = Ed25519TestKey.number(2)
STRANGER = Ed25519TestKey.number(3)
LIST_URL = "https://issuer.example/status/1"
SCHEMA = [{"id": schemas.CREDENTIAL_SCHEMA_URL, "type": "JsonSchema"}]
REGISTER = FileRegistry(name="Register of tests", names={KEY.did: "Uni of tests"})


def badge(**members: Any) -> JsonObject:
    """A small credential by the test key, unsigned."""
    issuer = {"id": KEY.did, "type": ["Profile"], "name": "Anything"}
    return credential(**{"issuer": issuer, **members})


def signed(*, proof: JsonObject | None = None, **members: Any) -> JsonObject:
    return secure_document(badge(**members), KEY, **(proof or {}))


def entry(index: int = 7) -> JsonObject:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": LIST_URL,
    }


def status_list(*set_bytes: int, key: Ed25519TestKey = KEY, **members: Any) -> JsonObject:
    bits = bytes(set_bytes).ljust(limits.STATUS_LIST_MINIMUM_ENTRIES // 8, b"\x00")
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": key.did,
        "validFrom": "2026-11-30T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_list(bits),
        },
    }
    return secure_document(document | members, key)


GOOD_LIST = status_list()
REVOKING_LIST = status_list(0b0000_0001)


def real(name: str = "01") -> JsonObject:
    """One of our own credentials, with every member it has in life, signed by the test key."""
    document = example_projected(name)
    document["issuer"]["id"] = KEY.did
    document["credentialSchema"] = SCHEMA
    document["credentialStatus"] = entry()
    return secure_document(document, KEY)


def judge(
    data: bytes | JsonObject,
    *,
    network: FakeNetwork | None = None,
    now: datetime = NOW,
    policy: Policy = STANDARD,
    registries: tuple[FileRegistry, ...] = (),
    cache: StatusCache | None = None,
    held_schemas: HeldSchemas | None = None,
) -> VerifiedCredential | OutcomeError:
    """What ``verify`` returns or raises, as a value."""
    fetch = network or FakeNetwork({LIST_URL: GOOD_LIST})
    sources = Sources(fetch=fetch, registries=registries, held_schemas=held_schemas or {})
    try:
        return verify(data, now=now, sources=sources, policy=policy, status_cache=cache)
    except OutcomeError as error:
        return error


def report_of(data: bytes | JsonObject, **members: Any) -> Report:
    return judge(data, **members).report


def codes(report: Report) -> list[Code]:
    return [problem.code for problem in report.problems]


def to_bytes(document: object) -> bytes:
    return json.dumps(document).encode()


def without(document: JsonObject, name: str) -> JsonObject:
    return {member: value for member, value in document.items() if member != name}
