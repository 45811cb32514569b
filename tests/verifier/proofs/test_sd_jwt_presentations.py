"""Presentations as SD-JWT: a ``vp+sd-jwt`` with credentials in it, and a credential that its
holder bound."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.sd_jwts import HEADER, KEY, hashed, issued, raw, token
from tests.signers import EcTestKey, Ed25519TestKey
from verifier.asked import Asked
from verifier.errors import Code
from verifier.proofs.jwk import build_jwk
from verifier.proofs.sd_jwt_present import bind, present
from verifier.report import Holder, OutcomeError, Report
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify_presentation import VerifiedPresentation, verify_presentation

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOLDER = Ed25519TestKey.number(5)
BOUND_KEY = EcTestKey.number(9)
V2 = "https://www.w3.org/ns/credentials/v2"
ASKED = Asked(challenge="n-1", domains=frozenset({"https://v.example"}))
VP_HEADER = {"alg": "EdDSA", "typ": "vp+sd-jwt", "cty": "vp", "kid": HOLDER.verification_method}


def credential(**members: Any) -> str:
    document = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        "credentialSubject": {"id": HOLDER.did, "name": "Maya", "description": "x"},
    }
    header = HEADER | {"typ": "vc+sd-jwt"}
    text = issued(document | members, "/credentialSubject/description", header=header)
    return present(text, [])


def enveloped(text: str, kind: str = "vc+sd-jwt") -> JsonObject:
    return {
        "@context": V2,
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/{kind},{text}",
    }


def presentation(*credentials: JsonObject, **members: Any) -> JsonObject:
    document = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER.did,
        "verifiableCredential": list(credentials) or [enveloped(credential())],
        "nonce": "n-1",
        "aud": "https://v.example",
    }
    return {name: value for name, value in (document | members).items() if value is not ...}


def verified(text: str, asked: Asked = ASKED) -> VerifiedPresentation:
    sources = Sources(fetch=FakeNetwork())
    return verify_presentation(text.encode(), asked=asked, now=NOW, sources=sources)


def codes(text: str, asked: Asked = ASKED) -> list[Code]:
    with pytest.raises(OutcomeError) as caught:
        verified(text, asked)
    return [problem.code for problem in caught.value.report.problems]


def report_of(text: str) -> Report:
    with pytest.raises(OutcomeError) as caught:
        verified(text)
    return caught.value.report


def test_a_presentation_with_a_credential_in_it() -> None:
    """Both are verified, and the one who presents is the one the credential is about."""
    text = issued(presentation(), "/holder", key=HOLDER, header=VP_HEADER)

    found = verified(text)

    assert frozenset({HOLDER.did}) == found.signers
    assert Holder.SUBJECT is found.report.holder
    assert {"id": HOLDER.did, "name": "Maya"} == found.credentials[0].document["credentialSubject"]


def test_an_answer_to_somebody_else() -> None:
    """Another challenge, another verifier, none at all."""
    other = Asked(challenge="n-2", domains=frozenset({"https://w.example"}))
    silent = presentation(nonce=..., aud=...)
    expected = [Code.INVALID_CHALLENGE_ERROR, Code.INVALID_DOMAIN_ERROR]

    assert expected == codes(issued(presentation(), key=HOLDER, header=VP_HEADER), other)
    assert expected == codes(issued(silent, key=HOLDER, header=VP_HEADER))


def test_an_expected_purpose() -> None:
    """Whoever presents authenticates; nothing else may be expected of it."""
    text = issued(presentation(), key=HOLDER, header=VP_HEADER)

    assert verified(text, replace(ASKED, purpose="authentication"))
    assert [Code.PROOF_VERIFICATION_ERROR] == codes(text, replace(ASKED, purpose="assertionMethod"))


def test_a_bad_credential_in_a_good_presentation() -> None:
    """The presentation is no better than what is in it."""
    ended = enveloped(credential(validUntil="2026-01-01T00:00:00Z"))

    report = report_of(issued(presentation(ended), key=HOLDER, header=VP_HEADER))

    assert [Code.EXPIRED] == [problem.code for problem in report.presented[0].problems]


def test_credentials_and_answers_stand_in_the_open() -> None:
    """Neither a credential nor the nonce is brought by a disclosure."""
    for name in ("verifiableCredential", "nonce", "aud", "@context"):
        brought = raw("s", name, presentation()[name])
        payload = presentation(**{name: ...}) | {"_sd": [hashed(brought)]}
        assert [Code.PARSING_ERROR] == codes(token(payload, brought, key=HOLDER, header=VP_HEADER))


def test_the_key_of_another() -> None:
    """A presentation that names a holder is signed by that holder."""
    header = VP_HEADER | {"kid": KEY.verification_method}

    assert [Code.HOLDER_KEY_MISMATCH] == codes(issued(presentation(), key=KEY, header=header))


# --- a credential that is its own presentation --------------------------------------------


def bound(**members: Any) -> str:
    claims = {"iss": KEY.did, "vct": "urn:x", "cnf": {"jwk": build_jwk(BOUND_KEY.public)}}
    chosen = {"audience": "https://v.example", "nonce": "n-1", "now": NOW, "algorithm": "ES256"}
    return bind(issued(claims), **({"sign": BOUND_KEY.sign} | chosen | members))


@pytest.mark.parametrize("in_envelope", [False, True])
def test_a_bound_credential(in_envelope: bool) -> None:
    """Alone or in an envelope, it answers what was asked."""
    data = enveloped(bound(), "dc+sd-jwt") if in_envelope else bound().encode()

    found = verify_presentation(data, asked=ASKED, now=NOW, sources=Sources(fetch=FakeNetwork()))

    assert Holder.SUBJECT is found.report.holder
    assert "urn:x" == found.document["vct"]
