"""Whose key a token was signed with: what its header says is a hint and no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fake_network import FakeNetwork
from tests.signers import RsaTestKey
from tests.tokens import vc_jwt
from tests.verifier.proofs.jose_judging import (
    KEY,
    NOW,
    OTHER_KIND,
    STRANGER,
    VERIFIED,
    WEB,
    answer,
    badge,
    judge,
    refused,
)
from verifier.errors import Code
from verifier.proofs.jwk import build_jwk, thumbprint
from verifier.proofs.jws import build_jws, encode_base64url
from verifier.report import Step
from verifier.sources import Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify


def test_a_signature_by_a_stranger_is_not_the_issuers() -> None:
    """The stranger's own kid, and the victim's kid with the stranger's signature."""
    own = judge(vc_jwt(badge(), STRANGER))
    borrowed = judge(vc_jwt(badge(), STRANGER, kid=KEY.verification_method))

    assert refused(Code.ISSUER_KEY_MISMATCH, Step.KEY) == answer(own)
    assert refused(Code.PROOF_VERIFICATION_ERROR, Step.PROOF) == answer(borrowed)


def test_a_key_that_fits_but_is_another_kind_than_the_algorithm_is_refused() -> None:
    """``alg`` and key belong together."""
    token = vc_jwt(badge(), KEY, alg="ES256")

    assert refused(Code.PROOF_VERIFICATION_ERROR, Step.PROOF) == answer(judge(token))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": build_jwk(STRANGER.public), "kid": ...},
        {"jwk": build_jwk(STRANGER.public), "kid": KEY.verification_method},
        {"kid": thumbprint(STRANGER.public)},
        {"kid": "../../etc/passwd"},
        {"kid": "' OR 1=1 --"},
        {"kid": "{{7*7}}"},
    ],
    ids=["jwk", "jwk and kid", "thumbprint", "path", "SQL", "template"],
)
def test_a_key_in_the_header_is_nobodys_until_the_issuer_lists_it(header: JsonObject) -> None:
    """Whoever sends the key along proves nothing (CVE-2018-0114)."""
    token = vc_jwt(badge(), STRANGER, **header)

    assert refused(Code.ISSUER_KEY_MISMATCH, Step.KEY) == answer(judge(token))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": build_jwk(KEY.public), "kid": ...},
        {"kid": ...},
        {"kid": f"#{KEY.multibase}"},
        {"kid": KEY.multibase},
        {"kid": thumbprint(KEY.public)},
        {"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x", "x5c": ["AA=="]},
    ],
    ids=["jwk", "nothing", "fragment", "name", "thumbprint", "addresses"],
)
def test_the_issuers_key_is_found_however_it_is_named(header: JsonObject) -> None:
    """Among the keys that the issuer lists. Addresses in the header are not even visited."""
    network = FakeNetwork()
    token = vc_jwt(badge(), KEY, **header)

    verify(token.encode(), now=NOW, sources=Sources(fetch=network))

    assert [] == network.urls


@pytest.mark.parametrize("kid", [None, 1, {}, [], "", True])
def test_a_kid_that_is_no_text_is_refused(kid: Any) -> None:
    """A name is a text."""
    assert OTHER_KIND == answer(judge(vc_jwt(badge(), KEY, kid=kid)))


@pytest.mark.parametrize("jwk", [None, 1, "x", []])
def test_a_jwk_that_is_no_object_is_refused(jwk: Any) -> None:
    """A key is an object."""
    assert OTHER_KIND == answer(judge(vc_jwt(badge(), KEY, jwk=jwk)))


def test_a_kid_without_end_is_refused() -> None:
    """An identifier has a bound."""
    report = judge(vc_jwt(badge(), KEY, kid="did:key:" + "z" * 3_000))

    assert refused(Code.LIMIT_EXCEEDED, Step.FORMAT) == answer(report)


def test_a_private_key_in_the_header_is_refused() -> None:
    """Whoever publishes the secret has lost it."""
    jwk = build_jwk(KEY.public) | {"d": "AAAA"}

    report = judge(vc_jwt(badge(), KEY, jwk=jwk))

    assert refused(Code.INVALID_VERIFICATION_METHOD, Step.FORMAT) == answer(report)


def did_document(**members: Any) -> JsonObject:
    rsa, ed = RsaTestKey.number(1), KEY
    methods = [
        {"id": f"{WEB}#rsa", "type": "JsonWebKey", "controller": WEB}
        | {"publicKeyJwk": build_jwk(rsa.public)},
        {"id": f"{WEB}#ed", "type": "Multikey", "controller": WEB}
        | {"publicKeyMultibase": ed.multibase},
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": WEB,
        "verificationMethod": methods,
        "assertionMethod": [f"{WEB}#rsa", f"{WEB}#ed"],
    } | members


DOCUMENT_URL = "https://uni.example/.well-known/did.json"


@pytest.mark.parametrize("kid", ["#rsa", f"{WEB}#rsa", "rsa"])
def test_an_rsa_key_of_a_web_issuer_verifies(kid: str) -> None:
    """RS256 is verified; keys of that kind come as JSON Web Keys."""
    token = vc_jwt(badge(issuer=WEB), RsaTestKey.number(1), kid=kid)

    assert VERIFIED == answer(judge(token, answers={DOCUMENT_URL: did_document()}))


def test_a_key_for_logging_in_does_not_issue() -> None:
    """The relationship of the key counts (Controlled Identifiers 1.0, section 3.3)."""
    only = did_document(assertionMethod=[], authentication=[f"{WEB}#ed"])
    token = vc_jwt(badge(issuer=WEB), KEY, kid=f"{WEB}#ed")

    code = Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
    assert refused(code, Step.KEY) == answer(judge(token, answers={DOCUMENT_URL: only}))


def test_a_weak_rsa_key_is_refused() -> None:
    """1024 bits can be broken."""
    weak = RsaTestKey.number(2, 1024)
    numbers = weak.private.public_key().public_numbers()
    jwk = {"kty": "RSA", "e": "AQAB", "n": _base64url_of(numbers.n)}
    method = {"id": f"{WEB}#w", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": jwk}
    weak_document = did_document(verificationMethod=[method], assertionMethod=[f"{WEB}#w"])
    token = _rs256(badge(issuer=WEB), weak, f"{WEB}#w")

    report = judge(token, answers={DOCUMENT_URL: weak_document})

    assert refused(Code.WEAK_KEY, Step.KEY) == answer(report)


def _base64url_of(number: int) -> str:
    return encode_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _rs256(document: JsonObject, key: RsaTestKey, kid: str) -> str:
    header = {"alg": "RS256", "kid": kid, "typ": "vc+jwt"}
    return build_jws(header, json.dumps(document).encode(), key.sign)
