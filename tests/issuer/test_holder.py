"""The key to which a token is bound: found in the subject's identifier, or nowhere."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from base58 import b58encode
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.holder import build_confirmation, key_of_holder
from tests.fuzz.mutations import damaged_text
from tests.issuer.offices import START
from tests.signers import EcTestKey, Ed25519TestKey, RsaTestKey, Signing
from verifier.errors import CheckError, Code, RefusedError
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import encode_base64url
from verifier.proofs.multikey import KeyType, PublicKey, format_multikey
from verifier.strict_json import JsonObject, JsonValue

ED25519, P256, RSA = Ed25519TestKey.number(41), EcTestKey.number(42), RsaTestKey.number(43)
SMALL = f"did:key:z{b58encode(KeyType.ED25519.prefix + bytes([1]) + bytes(31)).decode()}"
"""A point of small order: one signature by it fits many messages."""
X25519 = PublicKey(key_type=KeyType.X25519, raw=b"\x09" + bytes(31))
KEYS = (ED25519, P256, EcTestKey.number(44, KeyType.P384), EcTestKey.number(45, KeyType.P521), RSA)


def did_jwk(jwk: JsonObject) -> str:
    return f"did:jwk:{encode_base64url(json.dumps(jwk).encode())}"


def confirmation(*subjects: JsonValue) -> JsonObject | None:
    listed = list(subjects)
    return build_confirmation(
        {"credentialSubject": listed[0] if len(listed) == 1 else listed}, now=START
    )


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.public.key_type.name)
def test_an_identifier_that_is_a_key_binds(key: Signing) -> None:
    """As did:key or did:jwk (RSA: as did:jwk), of every kind with which a holder can answer."""
    jwk = build_jwk(key.public)

    for identifier in (key.did, did_jwk(jwk)):
        assert {"jwk": jwk} == confirmation({"id": identifier})
    assert {"jwk": jwk} == confirmation([{"id": did_jwk(jwk | {"kid": "x", "use": "sig"})}])


NOBODY: dict[str, JsonValue] = {
    "did:web": {"id": "did:web:learner.example"},
    "did:webvh": {"id": "did:webvh:QmX:learner.example"},
    "a method that is not known": {"id": "did:example:learner"},
    "no DID": {"id": "https://learner.example/"},
    "no id": {"name": "A name"},
    "a text": "did:key:z",
    "key agreement only": {"id": f"did:key:{format_multikey(X25519)}"},
    "key agreement only, as a JWK": {"id": did_jwk(build_jwk(X25519))},
    "for encryption": {"id": did_jwk(build_jwk(P256.public) | {"use": "enc"})},
    "secp256k1": {"id": "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"},
    "secp256k1, as a JWK": {"id": did_jwk({"kty": "EC", "crv": "secp256k1", "x": "", "y": ""})},
    "none": None,
}


@pytest.mark.parametrize("case", NOBODY)
def test_what_is_not_known_as_a_key_binds_nothing(case: str) -> None:
    """Nothing is fetched, and nothing is guessed."""
    assert confirmation(NOBODY[case]) is None


def test_two_subjects_are_not_one_holder() -> None:
    """Which of them presents could not be told."""
    subjects = ({"id": ED25519.did}, {"id": P256.did})

    assert confirmation(*subjects) is None
    assert confirmation(subjects[0], {"id": ED25519.did}) is None
    assert build_confirmation({}, now=START) is None


REFUSED = {
    "no key": ("did:key:key", Code.INVALID_VERIFICATION_METHOD_URL),
    "a key with a byte too many": (
        f"did:key:z{b58encode(KeyType.ED25519.prefix + bytes(33)).decode()}",
        Code.INVALID_VERIFICATION_METHOD,
    ),
    "a fragment": (ED25519.verification_method, Code.INVALID_VERIFICATION_METHOD_URL),
    "a private key": (
        did_jwk(build_jwk(ED25519.public) | {"d": "AA"}),
        Code.INVALID_VERIFICATION_METHOD,
    ),
    "a symmetric key": (did_jwk({"kty": "oct", "k": "AA"}), Code.INVALID_VERIFICATION_METHOD),
    "small order": (SMALL, Code.WEAK_KEY),
    "no JSON": ("did:jwk:AAAA", Code.INVALID_VERIFICATION_METHOD_URL),
    "too long": ("did:key:z" + "6" * 100_000, Code.INVALID_VERIFICATION_METHOD_URL),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_key_that_binds_nobody_is_refused(case: str) -> None:
    """Anybody, or nobody, could present what is bound to it."""
    identifier, code = REFUSED[case]

    with pytest.raises(RefusedError) as caught:
        confirmation({"id": identifier})

    assert (code, "/credentialSubject/id") == (caught.value.code, caught.value.pointer)


@settings(max_examples=100)
@given(identifier=st.text(max_size=60) | damaged_text(tuple(key.did for key in KEYS)))
def test_any_text_is_a_key_or_none_or_refused(identifier: str) -> None:
    """No identifier raises anything but an error of ours."""
    with suppress(CheckError):
        key_of_holder(identifier, now=START)
