"""What a client of VC-API, Bitstring Status List, enveloping and did:key may rely on."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from tests.conformance.credentials import changed, v1, v2
from tests.conformance.pair import ISSUER_URL, V2, Pair, seed
from tests.signers import Ed25519TestKey
from verifier.proofs.jws import build_jws
from verifier.strict_json import JsonObject, parse_json_object

# --- issuer and verifier ----------------------------------------------------------------

_WRONG: dict[str, tuple[Any, ...]] = {
    "@context": (..., 4, {"foo": True}, False, None),
    "type": (..., 4, None, True, [], {}),
    "issuer": (..., None, True, 4, []),
    "credentialSubject": (..., True, 4, [], None, "did:example:1"),
}


@pytest.mark.parametrize("member", _WRONG)
def test_members_of_the_wrong_kind_are_not_issued(pair: Pair, member: str) -> None:
    """Data model 1.1, as the clients of VC-API send it."""
    did = pair.did("default")

    found = [
        pair.issue("default", {"credential": v1(did, **{member: value})}).status
        for value in _WRONG[member]
    ]

    assert [400] * len(found) == found


def test_a_credential_is_issued_with_its_id(pair: Pair) -> None:
    """``id`` comes back as it was sent; the same one may be sent again."""
    document = v1(pair.did("default"))

    first, second = (pair.issue("default", {"credential": document}) for _ in range(2))

    assert (201, 201) == (first.status, second.status)
    assert document["id"] == second.body["verifiableCredential"]["id"]
    assert isinstance(first.body["verifiableCredential"]["proof"], dict)


_DAMAGE: tuple[tuple[tuple[str | int, ...], tuple[Any, ...]], ...] = (
    (("@context",), (..., "text", {}, None, 10, True, [4], [[]])),
    (("type",), (..., None, 10, True, {}, [None], [4], "Other")),
    (("issuer",), (..., [], None, 10, True)),
    (("credentialSubject",), (..., "text", None, 10, True, [])),
    (("proof",), (..., "text", None, 10, True, [])),
    *(
        (("proof", name), (..., None, 10))
        for name in ("type", "created", "verificationMethod", "proofValue", "proofPurpose")
    ),
)


@pytest.mark.parametrize("name", ["default", "ed25519signature2020"])
@pytest.mark.parametrize(("path", "values"), _DAMAGE, ids=lambda value: str(value)[:30])
def test_a_damaged_credential_is_refused(
    pair: Pair, name: str, path: tuple[str, ...], values: tuple[Any, ...]
) -> None:
    """Each required member missing or of another kind. (``created`` may be missing where the
    suite does not need it, but then it was signed, so the signature no longer fits.)"""
    secured = pair.issue(name, {"credential": v1(pair.did(name))}).body["verifiableCredential"]

    found = [
        pair.verify({"verifiableCredential": changed(secured, *path, to=value)}).status
        for value in values
    ]

    assert [400] * len(found) == found


# --- status -----------------------------------------------------------------------------


def test_a_status_entry_is_attached_and_its_list_can_be_read(pair: Pair) -> None:
    """Entry and list as Bitstring Status List 1.0 has them, at the public https address."""
    answer = pair.issue("status", {"credential": v2(pair.did("status"))})
    secured = answer.body["verifiableCredential"]
    entry = secured["credentialStatus"]
    url = entry["statusListCredential"]

    response = pair.issuer.get(url.removeprefix(ISSUER_URL))
    found = parse_json_object(response.data)
    subject = found["credentialSubject"]

    assert 201 == answer.status
    assert ("BitstringStatusListEntry", True) == (
        entry["type"],
        entry["statusListIndex"].isdecimal(),
    )
    assert entry["id"] != url
    assert url.startswith("https://")
    assert (200, True) == (response.status_code, "json" in response.content_type)
    assert isinstance(found["issuer"], str)
    assert V2 in found["@context"]
    assert {"VerifiableCredential", "BitstringStatusListCredential"} <= set(found["type"])
    assert ("BitstringStatusList", entry["statusPurpose"]) == (
        subject["type"],
        subject["statusPurpose"],
    )
    encoded = subject["encodedList"]
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert ("u", True) == (encoded[0], len(bits) >= 16_384)
    assert 200 == pair.verify({"verifiableCredential": secured}).status


def test_a_revoked_credential_is_refused(pair: Pair) -> None:
    """The status endpoint sets the bit, and the same verifier says no."""
    document = v2(pair.did("status"), id="urn:uuid:5b3a2c6e-0001-4000-8000-000000000001")
    secured = pair.issue("status", {"credential": document}).body["verifiableCredential"]
    change = {
        "credentialId": document["id"],
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        "status": True,
    }

    assert 200 == pair.post_issuer("/credentials/status", change).status

    answer = pair.verify({"verifiableCredential": secured})
    assert (400, "not_verified") == (answer.status, answer.body["outcome"])
    assert answer.body["errors"][0]["type"].endswith("/REVOKED")


def test_other_issuers_attach_nothing(pair: Pair) -> None:
    """Only the issuer whose policy says so; an unknown member of an entry is lost data."""
    plain = pair.issue("default", {"credential": v2(pair.did("default"))})
    entry = {"type": "BitstringStatusListEntry", "unknownEntry": "x"}
    lost = pair.issue(
        "status",
        {"credential": v2(pair.did("status"), **{"@context": [V2], "credentialStatus": entry})},
    )

    assert "credentialStatus" not in plain.body["verifiableCredential"]
    assert 400 == lost.status


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 201),
        ({"type": "SomeOtherStatus", "statusListIndex": 7}, 201),
        ({"statusListIndex": True}, 400),
        ({"statusListIndex": 94567}, 400),
        ({"statusListIndex": "-1"}, 400),
        ({"statusListCredential": "https ://no url"}, 400),
    ],
)
def test_an_entry_that_nobody_could_read_is_not_signed(
    pair: Pair, changes: JsonObject, expected: int
) -> None:
    """A caller's own entry of a kind that is known has its form; other kinds are theirs."""
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://status.example/lists/3",
    }

    answer = pair.issue(
        "default",
        {"credential": v2(pair.did("default"), credentialStatus=entry | changes)},
    )

    assert expected == answer.status, answer.body


# --- enveloping -------------------------------------------------------------------------


def enveloped(pair: Pair) -> JsonObject:
    answer = pair.issue("enveloping", {"credential": v2(pair.did("enveloping"))})
    assert 201 == answer.status, answer.body
    found: JsonObject = answer.body["verifiableCredential"]
    return found


def test_an_enveloped_credential_is_issued_and_verifies(pair: Pair) -> None:
    """An object with a ``data:`` URL that holds the token."""
    found = enveloped(pair)

    assert {"@context", "type", "id"} == set(found)
    assert found["id"].startswith("data:application/vc+jwt,eyJ")
    assert found["type"] in ("EnvelopedVerifiableCredential", ["EnvelopedVerifiableCredential"])
    assert 200 == pair.verify({"verifiableCredential": found}).status


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("@context", ...),
        ("@context", []),
        ("@context", ["https://www.w3.org/2018/credentials/v1"]),
        ("id", ...),
        ("type", ...),
        ("type", "VerifiableCredential"),
        ("type", ["VerifiableCredential"]),
    ],
)
def test_another_envelope_is_refused(pair: Pair, member: str, value: Any) -> None:
    """Its context, its type, its ``data:`` URL."""
    assert (
        400
        == pair.verify({"verifiableCredential": changed(enveloped(pair), member, to=value)}).status
    )


def test_another_token_is_refused(pair: Pair) -> None:
    """Without the prefix, with a changed sign, or by another media type."""
    found = enveloped(pair)
    url = found["id"]
    token = url.removeprefix("data:application/vc+jwt,")
    head, payload, signature = token.split(".")
    edits = (
        token,
        f"data:application/vp+jwt,{token}",
        f"data:application/vc+jwt,{head}.{payload}.{signature[:-4]}AAAA",
        f"data:application/vc+jwt,{head}.{payload[:-4]}AAAA.{signature}",
        f"data:application/vc+jwt,{head}.{payload}.",
        "data:application/vc+jwt,",
    )

    statuses = [
        pair.verify({"verifiableCredential": found | {"id": edit}}).status for edit in edits
    ]

    assert [400] * len(edits) == statuses


HOLDER = Ed25519TestKey.number(13)


def enveloped_presentation(inner: JsonObject, **header: Any) -> JsonObject:
    """A presentation as clients make it: a JWT with a ``vp`` claim, by the holder's did:key."""
    claims = {
        "iss": HOLDER.did,
        "aud": "example.com",
        "nonce": "c-1",
        "vp": {
            "@context": [V2],
            "type": ["VerifiablePresentation"],
            "holder": HOLDER.did,
            "verifiableCredential": [inner],
        },
    }
    head = {"alg": "EdDSA", "kid": HOLDER.verification_method} | header
    token = build_jws(head, json.dumps(claims).encode(), HOLDER.sign)
    return {
        "@context": [V2],
        "type": "EnvelopedVerifiablePresentation",
        "id": f"data:application/jwt,{token}",
    }


@pytest.mark.parametrize("header", [{}, {"typ": "JWT"}])
def test_an_enveloped_presentation_verifies(pair: Pair, header: JsonObject) -> None:
    """With only the challenge in the options; changed envelopes do not."""
    document = enveloped_presentation(enveloped(pair), **header)

    def verify(found: JsonObject, challenge: str = "c-1") -> int:
        body = {"verifiablePresentation": found, "options": {"challenge": challenge}}
        return pair.verify_presentation(body).status

    assert 200 == verify(document)
    assert 400 == verify(document, challenge="c-2")
    assert 400 == verify(document | {"type": "VerifiablePresentation"})
    assert 400 == verify(document | {"type": "EnvelopedVerifiableCredential"})
    assert 400 == verify(document | {"@context": ["https://www.w3.org/2018/credentials/v1"]})
    assert 400 == verify(document | {"id": document["id"].removeprefix("data:application/jwt,")})


# --- seeding ----------------------------------------------------------------------------


def test_the_seed_may_be_repeated(pair: Pair, tmp_path: Any) -> None:
    """The same issuers each time, and a key that works."""
    environ = {
        "ISSUER_BASE_URL": ISSUER_URL,
        "ISSUER_VERIFIER_URL": "https://verifier.conformance.example",
        "ISSUER_DATABASE_URL": f"sqlite:///{tmp_path / 'issuer.db'}",
        "ISSUER_KEYS": f"file:{tmp_path / 'keys'}",
    }

    first, second = seed(environ), seed(environ)

    assert first["issuers"] == second["issuers"]
    assert {"default", "status", "enveloping", "ed25519signature2020"} <= set(first["issuers"])
