"""What a client of VC Data Model 2.0 may rely on: what is issued and refused, presentations."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from tests.conformance.credentials import v2
from tests.conformance.pair import EXAMPLES, V2, Pair
from tests.signers import Ed25519TestKey

HOLDER = Ed25519TestKey.number(11)
SCHEMA = {"id": "https://issuer.example/schemas/a.json", "type": "JsonSchema"}
SERVICE = {"id": "https://issuer.example/refresh/1", "type": "ExampleRefreshService"}
TEXT = {"@value": "Degree", "@language": "en", "@direction": "ltr"}

ISSUED: dict[str, dict[str, Any]] = {
    "plain": {},
    "inline context": {"@context": [V2, EXAMPLES, {"alumniOf": "https://schema.org/alumniOf"}]},
    "type by url": {"type": ["VerifiableCredential", "https://types.example/Degree"]},
    "type mapped inline": {
        "@context": [V2, {"Degree": "https://types.example/Degree"}],
        "type": ["VerifiableCredential", "Degree"],
        "credentialSubject": {"id": "did:example:learner"},
    },
    "types in another order": {"type": ["ExampleDegreeCredential", "VerifiableCredential"]},
    "id by url": {"id": "https://issuer.example/credentials/1"},
    "id by did": {"id": "did:example:credential"},
    "subject with an id only": {"credentialSubject": {"id": "did:example:learner"}},
    "subject without an id": {"credentialSubject": {"alumniOf": "Example University"}},
    "subjects": {"credentialSubject": [{"id": "did:example:a"}, {"alumniOf": "Example"}]},
    "name": {"name": "Degree", "description": "A degree"},
    "name with language": {"name": TEXT, "description": {"@value": "x", "@language": "en"}},
    "names": {"name": [TEXT, {"@value": "درجة", "@language": "ar", "@direction": "rtl"}]},
    "dates with milliseconds": {
        "validFrom": "2026-01-01T00:00:00.000Z",
        "validUntil": "2031-01-01T00:00:00.999Z",
    },
    "dates with offset": {
        "validFrom": "2026-01-01T00:00:00+02:00",
        "validUntil": "2031-01-01T00:00:00-05:30",
    },
    "already ended": {"validUntil": "2023-01-01T00:00:00Z"},
    "status with id": {
        "credentialStatus": {"id": "https://issuer.example/s/1", "type": "ExampleStatus"}
    },
    "status without id": {"credentialStatus": {"type": "ExampleStatus"}},
    "schema": {"credentialSchema": SCHEMA},
    "schemas": {"credentialSchema": [SCHEMA, SCHEMA | {"id": "did:example:schema"}]},
    "refresh service": {"refreshService": SERVICE},
    "refresh services": {"refreshService": [SERVICE, SERVICE | {"id": "urn:uuid:2"}]},
    "terms": {"termsOfUse": {"type": "ExamplePolicy", "id": "https://issuer.example/terms"}},
    "terms without id": {"termsOfUse": [{"type": "ExamplePolicy"}]},
    "evidence": {"evidence": {"type": "ExampleEvidence", "id": "https://issuer.example/e/1"}},
    "evidence without id": {"evidence": [{"type": "ExampleEvidence"}, {"type": "Other"}]},
}
"""Members that are changed in a small credential."""

BAD_ISSUERS: tuple[Any, ...] = (
    *(..., None, 7, True, [], {}, "fake-issuer", {"id": None}, {"id": "fake-issuer"}),
    "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b",
)

REFUSED: dict[str, dict[str, Any]] = {
    "no context": {"@context": ...},
    "base context second": {"@context": [EXAMPLES, V2]},
    "no base context": {"@context": [EXAMPLES]},
    "context a number": {"@context": [V2, 7]},
    "context null": {"@context": None},
    "context unknown": {"@context": [V2, "https://example.com"]},
    "context no url": {"@context": [V2, "https://example.com/a b"]},
    "no type": {"type": ...},
    "base type missing": {"type": ["ExampleDegreeCredential"]},
    "type unmapped": {"@context": [V2], "type": ["VerifiableCredential", "Unmapped"]},
    "type mapped to no url": {
        "@context": [V2, {"Bad": "not a url"}],
        "type": ["VerifiableCredential", "Bad"],
    },
    "relative type saved by @base": {
        "@context": [V2, {"@base": "https://example.com/"}],
        "type": ["VerifiableCredential", "Relative"],
    },
    "id null": {"id": None},
    "id list": {"id": ["urn:uuid:1"]},
    "id no url": {"id": "not a url"},
    "subject id no url": {"credentialSubject": {"id": "not a url"}},
    "no subject": {"credentialSubject": ...},
    "subject empty": {"credentialSubject": {}},
    "one subject empty": {"credentialSubject": [{"id": "did:example:a"}, {}]},
    "subject text": {"credentialSubject": "did:example:a"},
    "no date": {"validFrom": "2026"},
    "date without day": {"validFrom": "2026-13-01T00:00:00Z"},
    "end before start": {
        "validFrom": "2030-01-01T00:00:00Z",
        "validUntil": "2029-01-01T00:00:00Z",
    },
    "status without type": {"credentialStatus": {"id": "https://issuer.example/s/1"}},
    "status type a number": {"credentialStatus": {"type": 7}},
    "status id no url": {"credentialStatus": {"id": "not a url", "type": "ExampleStatus"}},
    "schema without type": {"credentialSchema": {"id": SCHEMA["id"]}},
    "schema without id": {"credentialSchema": {"type": "JsonSchema"}},
    "schema id no url": {"credentialSchema": {"id": "not a url", "type": "JsonSchema"}},
    "terms without type": {"termsOfUse": {"id": "https://issuer.example/terms"}},
    "evidence without type": {"evidence": {"id": "https://issuer.example/e/1"}},
    "refresh without type": {"refreshService": {"id": "https://issuer.example/refresh/1"}},
    "language object with more": {"name": TEXT | {"url": "https://example.com"}},
    "undefined member": {"@context": [V2], "undefinedMember": "x"},
    "undefined member in subject": {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "credentialSubject": {"id": "did:example:a", "undefinedMember": 1},
    },
    "protected term redefined": {
        "@context": [V2, {"issuer": "https://example.com/other#issuer"}],
    },
    "inline protected term redefined": {
        "@context": [
            V2,
            {"@protected": True, "alumniOf": "https://a.example/#a"},
            {"alumniOf": "https://b.example/#b"},
        ],
    },
    "related resource text": {"relatedResource": "https://issuer.example/logo"},
    "related resource without id": {"relatedResource": {"digestSRI": "sha256-AAAA"}},
    "related resource without digest": {"relatedResource": {"id": "https://issuer.example/logo"}},
    "related resource twice": {
        "relatedResource": [
            {"id": V2, "digestSRI": "sha256-WZVc7WaX1h4D8rJVb+v+UwirFoQvhPW1htfx963sknM="},
            {"id": V2, "digestSRI": "sha256-WZVc7WaX1h4D8rJVb+v+UwirFoQvhPW1htfx963sknM="},
        ]
    },
    "related resource changed": {
        "relatedResource": {
            "id": V2,
            "digestSRI": "sha256-AAAAAAAA1h4D8rJVb+v+UwirFoQvhPW1htfx963sknM=",
        }
    },
    "data url as id": {"id": "data:application/vc+jwt,eyJhbGciOiJub25lIn0.e30."},
}


def issue(pair: Pair, **members: Any) -> Any:
    return pair.issue("default", {"credential": v2(pair.did("default"), **members)})


@pytest.mark.parametrize("case", ISSUED)
def test_it_is_issued_and_verifies(pair: Pair, case: str) -> None:
    """201, the document as it was sent, and a verifier that agrees unless a status of a kind
    that nobody knows, or an end in the past, keeps it from that."""
    document = v2(pair.did("default"), **ISSUED[case])

    answer = pair.issue("default", {"credential": document, "options": {}})
    secured = answer.body.get("verifiableCredential", {})

    assert 201 == answer.status, answer.body
    assert document == {name: value for name, value in secured.items() if name != "proof"}
    verified = pair.verify({"verifiableCredential": secured, "options": {"checks": ["proof"]}})
    expected = 400 if "status" in case or case == "already ended" else 200
    assert expected == verified.status, verified.body


@pytest.mark.parametrize(
    "issuer",
    [
        lambda did: did,
        lambda did: {"id": did},
        lambda did: {"id": did, "name": "Example", "description": "An issuer"},
        lambda did: {"id": did, "name": TEXT, "description": [TEXT, TEXT | {"@language": "de"}]},
    ],
)
def test_an_issuer_is_kept_as_it_was_sent(pair: Pair, issuer: Callable[[str], Any]) -> None:
    """A URL or an object, never overwritten."""
    document = v2(issuer(pair.did("default")))

    answer = pair.issue("default", {"credential": document})

    assert 201 == answer.status, answer.body
    assert document["issuer"] == answer.body["verifiableCredential"]["issuer"]


@pytest.mark.parametrize("issuer", BAD_ISSUERS, ids=repr)
def test_another_issuer_is_refused(pair: Pair, issuer: Any) -> None:
    """Missing, malformed or somebody else: nothing is put in its place."""
    assert 400 == pair.issue("default", {"credential": v2(issuer)}).status


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(pair: Pair, case: str) -> None:
    """400 with a reason, from the issuer or, where only it can know, from the verifier."""
    answer = issue(pair, **REFUSED[case])

    assert 400 == answer.status, answer.body


_BASE_CONTEXT = bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")
"""The SHA-256 that the data model publishes for its context."""
_DRAFT_CONTEXT = bytes.fromhex("24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9")
"""And that of the text which stood there before, in use in test suites."""


@pytest.mark.parametrize(
    ("member", "write"),
    [
        ("digestSRI", lambda raw: "sha256-" + b64encode(raw).decode()),
        (
            "digestMultibase",
            lambda raw: "u" + urlsafe_b64encode(b"\x12\x20" + raw).rstrip(b"=").decode(),
        ),
        ("digestMultibase", lambda raw: "u" + urlsafe_b64encode(raw).rstrip(b"=").decode()),
    ],
)
def test_a_digest_of_the_base_context_is_compared(
    pair: Pair, member: str, write: Callable[[bytes], str]
) -> None:
    """The published digest is the right one in either spelling, and another one is refused."""
    good = {"id": V2, member: write(_BASE_CONTEXT)}
    bad = {"id": V2, member: write(bytes(32))}

    assert 201 == issue(pair, relatedResource=good).status
    assert 201 == issue(pair, relatedResource=[good]).status
    assert 201 == issue(pair, relatedResource={"id": V2, member: write(_DRAFT_CONTEXT)}).status
    assert 400 == issue(pair, relatedResource=bad).status


@pytest.mark.parametrize("body", [None, {}, [], "text", 7, {"verifiableCredential": {}}])
def test_malformed_requests_are_400(pair: Pair, body: Any) -> None:
    """At both doors."""
    assert 400 == pair.issue("default", body).status
    assert 400 == pair.verify(body).status
    assert 400 == pair.verify_presentation(body).status
