"""did:jwk: the identifier is the key, and a key that is not for signatures signs nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_network import FakeNetwork
from tests.signers import EcTestKey, Ed25519TestKey, RsaTestKey, Signing
from verifier import limits
from verifier.dids import resolve, retrieve_verification_method
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import encode_base64url
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.strict_json import JsonObject

ED25519, P256, RSA = Ed25519TestKey.number(1), EcTestKey.number(2), RsaTestKey.number(3)
NOW = datetime(2026, 3, 24, 19, 2, tzinfo=UTC)
NOTHING = FakeNetwork()
SIGNING = {"assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation"}


def _did(jwk: JsonObject) -> str:
    return f"did:jwk:{encode_base64url(json.dumps(jwk).encode())}"


def _retrieve(url: str, relationship: str = "assertionMethod") -> PublicKey:
    return retrieve_verification_method(url, relationship=relationship, fetch=NOTHING, now=NOW).key


def _code(act: Callable[[], object], kind: type[CheckError] = RefusedError) -> Code:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize(
    "key",
    [ED25519, P256, EcTestKey.number(2, KeyType.P384), EcTestKey.number(2, KeyType.P521), RSA],
)
def test_keys_of_every_kind(key: Signing) -> None:
    """The key is ``#0``, and nothing is asked of the network."""
    did = _did(build_jwk(key.public) | {"kid": "a", "key_ops": ["verify"]})

    assert key.public == _retrieve(f"{did}#0")
    assert did == resolve(did, fetch=NOTHING, now=NOW).raw["id"]
    assert [] == NOTHING.asked


@pytest.mark.parametrize(
    ("jwk", "listed"),
    [
        (build_jwk(P256.public), SIGNING | {"keyAgreement"}),
        (build_jwk(P256.public) | {"use": "sig"}, SIGNING),
        (build_jwk(P256.public) | {"use": "enc", "alg": "ECDH-ES"}, {"keyAgreement"}),
        (build_jwk(ED25519.public), SIGNING),
        (build_jwk(ED25519.public) | {"crv": "X25519"}, {"keyAgreement"}),
    ],
)
def test_what_a_key_is_for(jwk: JsonObject, listed: set[str]) -> None:
    """``use`` decides, and a key for agreement is never listed for signatures."""
    document = resolve(_did(jwk), fetch=NOTHING, now=NOW)

    assert listed == set(document.listed) == set(document.raw) & (SIGNING | {"keyAgreement"})


@pytest.mark.parametrize("change", [{"use": "enc"}, {"crv": "X25519"}])
def test_keys_for_agreement_sign_nothing(change: JsonObject) -> None:
    """Such a key does not verify a signature, although it could be computed."""
    did = _did(build_jwk(ED25519.public) | change)

    code = _code(lambda: _retrieve(f"{did}#0"))

    assert Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD is code


@pytest.mark.parametrize("fragment", ["1", "00", "key-1", "a", "0.0"])
def test_other_fragments(fragment: str) -> None:
    """There is one key, and one name for it."""
    did = _did(build_jwk(ED25519.public) | {"kid": "a"})

    code = _code(lambda: _retrieve(f"{did}#{fragment}"))

    assert Code.INVALID_VERIFICATION_METHOD_URL is code


@pytest.mark.parametrize(
    "changes",
    [
        {"d": "AA"},
        {"use": "enc", "d": "AA"},
        {"kty": "oct", "k": "AA"},
        {"kty": "oct"},
        {"x": "AA"},
        {"x": None},
        {"kty": None},
        {"use": "both"},
        {"key_ops": ["sign"]},
        {"alg": "ES256"},
    ],
)
def test_keys_that_are_none(changes: JsonObject) -> None:
    """Private, symmetric and malformed keys, and those for another use, are refused."""
    did = _did(build_jwk(ED25519.public) | changes)

    assert Code.INVALID_VERIFICATION_METHOD is _code(lambda: _retrieve(f"{did}#0"))


def test_unknown_curves_are_undecided() -> None:
    """A kind of key that is not supported is could not check."""
    did = _did({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"})

    code = _code(lambda: _retrieve(f"{did}#0"), UncheckedError)

    assert Code.UNSUPPORTED_CRYPTOSUITE is code


def test_weak_keys() -> None:
    """The rules for keys are those that hold everywhere."""
    weak = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(b"\x01" + bytes(31))}

    assert Code.WEAK_KEY is _code(lambda: _retrieve(f"{_did(weak)}#0"))


_GOOD = encode_base64url(json.dumps(build_jwk(ED25519.public)).encode())


@pytest.mark.parametrize(
    "text",
    [
        "AA",
        "W10",
        "bnVsbA",
        _GOOD[:-3],
        _GOOD[:-1] + "-",
        f"{_GOOD}%3D",
        f"{_GOOD}:a",
        encode_base64url(b'{"kty":"OKP","kty":"OKP"}'),
        "A" * limits.DID_CHARACTERS,
    ],
)
def test_texts_that_hold_no_key(text: str) -> None:
    """base64url in its one spelling, of strict JSON, of an object."""
    code = _code(lambda: _retrieve(f"did:jwk:{text}#0"))

    assert Code.INVALID_VERIFICATION_METHOD_URL is code


@settings(max_examples=100)
@given(
    jwk=st.dictionaries(
        st.sampled_from(["kty", "crv", "x", "y", "n", "e", "use", "alg", "key_ops", "d"]),
        st.sampled_from(["OKP", "EC", "RSA", "Ed25519", "P-256", "AQAB", "sig", "enc"])
        | st.none()
        | st.integers()
        | st.lists(st.text(max_size=3), max_size=2),
        max_size=8,
    )
)
def test_any_key_ends_in_a_key_or_our_own_error(jwk: dict[str, Any]) -> None:
    """No members make it raise anything else."""
    try:
        key = _retrieve(f"{_did(jwk)}#0")
    except CheckError:
        return
    assert isinstance(key, PublicKey)
