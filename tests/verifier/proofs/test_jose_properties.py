"""Tokens of any form: no surprise when they are read, and no change that goes unseen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tokens import jwt, vc_jwt
from tests.verifier.jsonld.credentials import V2
from tests.verifier.proofs.jose_judging import (
    KEY,
    OB_CLAIMS,
    OLD_CLAIMS,
    V1,
    badge,
    judge,
    old_badge,
)
from verifier.dids.keys import KeyHint
from verifier.errors import CheckError
from verifier.formats import recognise
from verifier.policy import STANDARD, UNSAFE_VECTORS
from verifier.proofs.jose import read_jwt
from verifier.report import Outcome
from verifier.strict_json import JsonObject

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**40) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
_CLAIM = st.sampled_from(
    [*OLD_CLAIMS, "aud", "nonce", "status", "iat", "vc", "vp", "cnf", *badge(), "holder", "proof"]
)


@given(
    st.dictionaries(_CLAIM, _JSON | st.sampled_from([KEY.did, badge(), [V2], V1]), max_size=8),
    st.dictionaries(st.sampled_from(["kid", "jwk", "typ", "cty", "iss"]), _JSON, max_size=3),
    st.sampled_from(["vc+jwt", "vp+jwt", "JWT"]),
    st.booleans(),
)
@settings(max_examples=150)
def test_no_payload_raises_anything_but_our_own_error(
    payload: JsonObject, header: JsonObject, typ: str, on_top: bool
) -> None:
    """Signed or not, whatever the claims hold."""
    token = jwt((badge() | payload) if on_top else payload, KEY, **{"typ": typ} | header)

    with suppress(CheckError):
        secured = read_jwt(token)
        for read in (secured.read_credential, secured.read_presentation):
            with suppress(CheckError):
                read(UNSAFE_VECTORS)


@given(st.dictionaries(st.sampled_from(["@context", "id", "type", "x"]), _JSON | st.just([V2])))
@settings(max_examples=100)
def test_no_envelope_raises_anything_but_our_own_error(document: JsonObject) -> None:
    """Envelopes of any form."""
    with suppress(CheckError):
        recognise({**document, "type": "EnvelopedVerifiableCredential"})


_SIGNED = [
    vc_jwt(badge(), KEY),
    jwt(badge() | OB_CLAIMS, KEY),
    jwt({"vc": old_badge()} | OLD_CLAIMS, KEY),
]


@given(st.sampled_from(_SIGNED), st.integers(0, 10**6), st.sampled_from("ABab01-_.~= "))
@settings(max_examples=150)
def test_no_change_of_a_token_survives(token: str, place: int, letter: str) -> None:
    """Whichever letter of a token is another one, it does not verify."""
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]

    outcome = judge(changed).outcome

    assert (token == changed) is (outcome is Outcome.VERIFIED)


def test_the_report_names_the_key() -> None:
    """By its URL where the token gives one, otherwise by whose it is."""
    secured = read_jwt(vc_jwt(badge(), KEY))
    (signature,) = secured.read_credential(STANDARD).signatures
    by = [
        replace(signature, hint=KeyHint(kid=kid)).by  # type: ignore[type-var]
        for kid in (KEY.verification_method, f"#{KEY.multibase}", "short", None)
    ]

    assert [KEY.verification_method, KEY.verification_method, KEY.did, KEY.did] == by
