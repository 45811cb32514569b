"""Whatever stands in an SD-JWT: an answer, or a typed refusal; and no change survives."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_network import FakeNetwork
from tests.sd_jwts import HEADER, KEY, hashed, issued, token
from tests.signers import EcTestKey
from verifier.errors import CheckError
from verifier.policy import STANDARD
from verifier.proofs.jwk import build_jwk
from verifier.proofs.key_binding import check_key_binding
from verifier.proofs.sd_jwt_present import bind
from verifier.proofs.sd_jwt_vc import read_sd_jwt
from verifier.report import OutcomeError
from verifier.sources import Sources
from verifier.verify import verify

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOLDER = EcTestKey.number(9)
V2 = "https://www.w3.org/ns/credentials/v2"
CLAIMS: dict[str, Any] = {
    "iss": KEY.did,
    "vct": "urn:x",
    "cnf": {"jwk": build_jwk(HOLDER.public)},
    "name": "Maya",
}
DOCUMENT: dict[str, Any] = {
    "@context": [V2],
    "type": ["VerifiableCredential"],
    "issuer": KEY.did,
    "holder": KEY.did,
    "credentialSubject": {"id": "did:example:learner"},
}

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-5, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "x", V2, KEY.did, "2026-01-01T00:00:00Z", "https://x.example"])
)
NAMES = st.sampled_from(
    ["jwk", "kid", "status_list", "idx", "uri", "id", "type", "kty", "crv", "x", "_sd", "..."]
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
CLAIM_NAMES = st.sampled_from(
    [
        *("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "cnf", "status", "vct"),
        *("aka_vcts", "vct#integrity", "@context", "type", "issuer", "holder", "credentialSubject"),
        *("credentialStatus", "verifiableCredential", "proof", "vc", "vp", "_sd", "_sd_alg"),
    ]
)
HEADERS = st.dictionaries(
    st.sampled_from(["typ", "cty", "kid", "jwk", "x5c", "alg", "crit", "iss"]),
    VALUES | st.sampled_from(["vc+sd-jwt", "vp+sd-jwt", "dc+sd-jwt", "vc", "none", "ES256"]),
    max_size=3,
)
TYPES = st.sampled_from(["dc+sd-jwt", "vc+sd-jwt", "vp+sd-jwt"])


@settings(max_examples=200)
@given(TYPES, HEADERS, st.dictionaries(CLAIM_NAMES, VALUES, max_size=4))
def test_no_claims_and_no_header_make_it_fail_otherwise(
    typ: str, header: dict[str, Any], members: dict[str, Any]
) -> None:
    """Whatever somebody signed is read, or refused with a reason."""
    text = token(CLAIMS | DOCUMENT | members, header=HEADER | {"typ": typ} | header)

    with suppress(CheckError):
        read_sd_jwt(text).read_credential(STANDARD)
    with suppress(CheckError):
        read_sd_jwt(text).read_presentation(STANDARD)


@settings(max_examples=200)
@given(
    HEADERS,
    st.dictionaries(st.sampled_from(["iat", "aud", "nonce", "sd_hash", "exp"]), VALUES),
    VALUES | st.just(CLAIMS["cnf"]),
)
def test_no_key_binding_makes_it_fail_otherwise(
    header: dict[str, Any], members: dict[str, Any], cnf: Any
) -> None:
    """The same for the holder's part, and for the key that the issuer names."""
    text = token(CLAIMS | {"cnf": cnf})
    payload = {"iat": 1780315200, "aud": "v", "nonce": "n", "sd_hash": hashed(text)} | members
    made = token(payload, key=HOLDER, header={"alg": "ES256", "typ": "kb+jwt"} | header)
    bound = text + made.removesuffix("~")

    with suppress(CheckError):
        check_key_binding(bound, nonce="n", audience="v", now=NOW, required=True)
    with suppress(OutcomeError):
        verify(bound.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))


@pytest.fixture(name="good", scope="module")
def _good() -> str:
    text = issued(CLAIMS, "/name", decoys=1)
    return bind(text, audience="v", nonce="n", now=NOW, algorithm="ES256", sign=HOLDER.sign)


def test_the_token_that_is_changed_below_is_good(good: str) -> None:
    """Otherwise the next test would promise nothing."""
    assert verify(good.encode(), now=NOW, sources=Sources(fetch=FakeNetwork())).issuer == KEY.did


@settings(max_examples=300)
@given(data=st.data())
def test_no_changed_character_survives(good: str, data: st.DataObject) -> None:
    """One character replaced, taken away or put in, anywhere in the token."""
    place = data.draw(st.integers(0, len(good) - 1))
    new = data.draw(st.sampled_from(["", "A", "B", "-", "_", ".", "~", "=", "AA", good[place] * 2]))
    changed = good[:place] + new + good[place + 1 :]

    if changed == good:
        return
    with pytest.raises(OutcomeError):
        verify(changed.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))


def test_no_part_can_be_left_out_or_swapped(good: str) -> None:
    """With a key binding the parts are what the holder signed, in their order."""
    parts = good.split("~")

    for number in range(len(parts)):
        fewer = "~".join(parts[:number] + parts[number + 1 :])
        doubled = "~".join(parts[: number + 1] + parts[number:])
        for changed in (fewer, doubled):
            with pytest.raises(OutcomeError):
                verify(changed.encode(), now=NOW, sources=Sources(fetch=FakeNetwork()))
