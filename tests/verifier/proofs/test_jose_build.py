"""Making tokens: what is made verifies, and what cannot be read back is not made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.signers import Signing
from tests.verifier.jsonld.credentials import credential
from tests.verifier.proofs.jose_judging import (
    HOLDER,
    KEY,
    KEYS,
    NONCE,
    VERIFIED,
    VERIFIER,
    answer,
    badge,
    judge,
    judge_presentation,
    presented,
)
from verifier.errors import CheckError, Code
from verifier.proofs.jose import build_ob_jwt, build_vc_jwt, build_vp_jwt
from verifier.proofs.jws import parse_jws
from verifier.strict_json import JsonObject, parse_json_object


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.public.key_type.name)
def test_what_is_made_verifies(key: Signing) -> None:
    """Both profiles for credentials, with headers as the standards say."""
    algorithm = {"ED25519": "EdDSA", "P256": "ES256", "P384": "ES384"}[key.public.key_type.name]
    how: Any = {"algorithm": algorithm, "kid": key.verification_method, "sign": key.sign}
    document = badge(issuer=key.did, validUntil="2030-01-01T00:00:00.5Z")

    plain, open_badge = build_vc_jwt(document, **how), build_ob_jwt(document, **how)

    base = {"alg": algorithm, "kid": key.verification_method}
    assert base | {"typ": "vc+jwt", "cty": "vc"} == parse_jws(plain).unverified_header
    assert base | {"typ": "JWT"} == parse_jws(open_badge).unverified_header
    assert (VERIFIED, VERIFIED) == (answer(judge(plain)), answer(judge(open_badge)))


def test_an_open_badge_without_a_subject_id_has_no_sub() -> None:
    """What is not there is not repeated."""
    document = badge(credentialSubject=credential()["credentialSubject"])

    token = build_ob_jwt(document, algorithm="EdDSA", kid=KEY.verification_method, sign=KEY.sign)

    assert "sub" not in parse_json_object(parse_jws(token).unverified_payload)
    assert VERIFIED == answer(judge(token))


def test_a_presentation_that_is_made_verifies() -> None:
    """For one verifier and one nonce."""
    token = build_vp_jwt(
        presented(),
        algorithm="ES256",
        kid=HOLDER.verification_method,
        sign=HOLDER.sign,
        audience=VERIFIER,
        nonce=NONCE,
    )

    assert VERIFIED == answer(judge_presentation(token))


@pytest.mark.parametrize("name", ["proof", "vc", "vp", "iss", "exp", "status", "nonce"])
def test_a_document_with_a_claim_in_it_is_not_signed(name: str) -> None:
    """A reader would take the member for a claim about the token."""
    make = _maker(build_vc_jwt)

    with pytest.raises(CheckError) as caught:
        make(badge() | {name: "x"})

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize(
    "document", [{}, badge(issuer=...), badge(id=...), badge(validFrom=...)], ids=str
)
def test_what_is_no_open_badge_is_not_signed(document: JsonObject) -> None:
    """The standard needs an id and a date, the data model an issuer."""
    with pytest.raises(CheckError) as caught:
        _maker(build_ob_jwt)(document)

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


def test_a_date_before_1970_is_not_signed() -> None:
    """A NumericDate is not negative here."""
    with pytest.raises(CheckError) as caught:
        _maker(build_ob_jwt)(badge(validFrom="1969-12-31T23:59:59Z"))

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize("wrong", [{"algorithm": "RS256"}, {"algorithm": "none"}, {"kid": "k"}])
def test_nothing_is_signed_in_a_way_that_we_do_not_offer(wrong: JsonObject) -> None:
    """RS256 is verified only, and a key is named by its URL."""
    with pytest.raises(ValueError, match="not "):
        _maker(build_vc_jwt, **wrong)(badge())


def _maker(build: Callable[..., str], **changed: Any) -> Callable[[JsonObject], str]:
    how = {"algorithm": "EdDSA", "kid": KEY.verification_method, "sign": KEY.sign} | changed
    return lambda document: build(document, **how)
