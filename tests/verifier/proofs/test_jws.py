"""Compact JSON Web Signatures: one strict reading, and no way round the key."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import EcTestKey, Ed25519TestKey, RsaTestKey, Signing
from verifier import limits
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.proofs.jws import (
    ALGORITHMS,
    build_jws,
    decode_base64url,
    encode_base64url,
    parse_jws,
)
from verifier.proofs.multikey import KeyType

KEYS: dict[KeyType, Signing] = {
    KeyType.ED25519: Ed25519TestKey.number(1),
    KeyType.P256: EcTestKey.number(1, KeyType.P256),
    KeyType.P384: EcTestKey.number(1, KeyType.P384),
    KeyType.P521: EcTestKey.number(1, KeyType.P521),
    KeyType.RSA: RsaTestKey.number(1),
}
ED = KEYS[KeyType.ED25519]
PAYLOAD = b'{"a": "\xc3\xa9"}'


def token(**header: Any) -> str:
    """A token by the first Ed25519 key; ``...`` leaves a header parameter out."""
    given_ = {"alg": "EdDSA"} | header
    return build_jws({k: v for k, v in given_.items() if v is not ...}, PAYLOAD, ED.sign)


def raw_token(header: bytes, payload: bytes = PAYLOAD) -> str:
    """A signed token with exactly these bytes as its header."""
    signing_input = f"{encode_base64url(header)}.{encode_base64url(payload)}"
    return f"{signing_input}.{encode_base64url(ED.sign(signing_input.encode()))}"


def refusal(text: str) -> Code:
    with pytest.raises(RefusedError) as caught:
        parse_jws(text)
    return caught.value.code


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_verifies_with_its_kind_of_key(algorithm: str) -> None:
    """What is signed with a key of the algorithm's kind verifies, and hands on the payload."""
    key = KEYS[ALGORITHMS[algorithm]]

    jws = parse_jws(build_jws({"alg": algorithm, "typ": "X"}, PAYLOAD, key.sign))
    jws.verify(key.public)

    assert (algorithm, "x", PAYLOAD) == (jws.algorithm, jws.typ, jws.unverified_payload)


@pytest.mark.parametrize("key_type", KEYS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_of_another_kind_never_verifies(algorithm: str, key_type: KeyType) -> None:
    """The algorithm belongs to one kind of key, whoever signed (RFC 8725, section 3.1)."""
    if ALGORITHMS[algorithm] is key_type:
        key_type = next(it for it in KEYS if it is not key_type)
    jws = parse_jws(build_jws({"alg": algorithm}, PAYLOAD, KEYS[key_type].sign))

    with pytest.raises(RefusedError) as caught:
        jws.verify(KEYS[key_type].public)

    assert Code.PROOF_VERIFICATION_ERROR is caught.value.code


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_change_of_any_part_is_noticed(part: int) -> None:
    """One letter decides, in the header, in the payload and in the signature."""
    parts = token(kid="key-1").split(".")
    middle = len(parts[part]) // 2
    letter = "B" if parts[part][middle] != "B" else "C"
    parts[part] = parts[part][:middle] + letter + parts[part][middle + 1 :]

    with pytest.raises(CheckError):
        parse_jws(".".join(parts)).verify(ED.public)


def test_another_key_of_the_same_kind_does_not_verify() -> None:
    """The signature is by one key."""
    jws = parse_jws(token())

    with pytest.raises(RefusedError) as caught:
        jws.verify(Ed25519TestKey.number(2).public)

    assert Code.PROOF_VERIFICATION_ERROR is caught.value.code


def test_an_ecdsa_signature_as_der_does_not_verify() -> None:
    """JOSE writes r and s side by side (RFC 7518, section 3.4)."""
    key = EcTestKey.number(1, KeyType.P256)
    jws = parse_jws(build_jws({"alg": "ES256"}, PAYLOAD, key.sign_der))

    with pytest.raises(RefusedError) as caught:
        jws.verify(key.public)

    assert Code.PROOF_VERIFICATION_ERROR is caught.value.code


@pytest.mark.parametrize("length", [64, 96, 132])
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512"])
def test_a_signature_of_zeros_does_not_verify(algorithm: str, length: int) -> None:
    """r and s of zero fit every text in a careless library (CVE-2022-21449)."""
    jws = parse_jws(build_jws({"alg": algorithm}, PAYLOAD, lambda _data: bytes(length)))

    with pytest.raises(RefusedError) as caught:
        jws.verify(KEYS[ALGORITHMS[algorithm]].public)

    assert Code.PROOF_VERIFICATION_ERROR is caught.value.code


@pytest.mark.parametrize(
    "name",
    [*("none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "hs256"), None, 1, ["ES256"]],
)
def test_no_signature_and_symmetric_signatures_are_refused(name: Any) -> None:
    """Whoever can check such a token can make it (RFC 8725, section 3.2)."""
    assert Code.UNSUPPORTED_ALGORITHM is refusal(token(alg=name))


def test_a_token_without_an_algorithm_is_refused() -> None:
    """No algorithm is guessed from the key."""
    assert Code.UNSUPPORTED_ALGORITHM is refusal(token(alg=...))


@pytest.mark.parametrize("name", ["ES256K", "PS256", "es256", "EdDSA ", "ML-DSA-44", "RS1"])
def test_another_algorithm_leaves_the_question_open(name: str) -> None:
    """Names are compared exactly; what is not in the table is not judged."""
    with pytest.raises(UncheckedError) as caught:
        parse_jws(token(alg=name))

    assert Code.UNSUPPORTED_ALGORITHM is caught.value.code


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": False},
        {"b64": True},
        {"zip": "DEF"},
        {"typ": 1},
        {"typ": None},
    ],
)
def test_headers_that_change_the_meaning_are_refused(header: dict[str, Any]) -> None:
    """No extension is understood here (RFC 7515, section 4.1.11)."""
    assert Code.PARSING_ERROR is refusal(token(**header))


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"EdDSA","alg":"none"}',
        b'["EdDSA"]',
        b'"EdDSA"',
        b"\xff",
        b"\xef\xbb\xbf" + b'{"alg":"EdDSA"}',
        b'{"alg":"EdDSA","x":NaN}',
        b'{"alg":"EdDSA"} x',
    ],
)
def test_a_header_that_two_readers_read_differently_is_refused(header: bytes) -> None:
    """Members appear once, and the header is one JSON object (RFC 7515, section 4)."""
    assert Code.PARSING_ERROR is refusal(raw_token(header))


@pytest.mark.parametrize(
    ("typ", "expected"),
    [
        ("vc+jwt", "vc+jwt"),
        ("VC+JWT", "vc+jwt"),
        ("application/vc+jwt", "vc+jwt"),
        ("Application/VC+jwt", "vc+jwt"),
        ("application/application/vc+jwt", "application/vc+jwt"),
        (..., None),
        ("", ""),
    ],
)
def test_typ_is_a_media_type(typ: Any, expected: str | None) -> None:
    """Case and one ``application/`` make no difference (RFC 7515, section 4.1.9)."""
    assert expected == parse_jws(token(typ=typ)).typ


def _second_spelling(part: str) -> str:
    """The last letter with a spare bit set, which a careless decoder drops."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) + 1]


@pytest.mark.parametrize(
    "change",
    [
        lambda h, p, s: f"{h}.{p}",
        lambda h, p, s: f"{h}.{p}.{s}.",
        lambda h, p, s: f"{h}.{p}.{s}.{s}.{s}",
        lambda h, p, s: f"{h}.{p}.",
        lambda h, p, s: f".{p}.{s}",
        lambda h, p, s: f"{h}..{s}",
        lambda h, p, s: f"{h}=.{p}.{s}",
        lambda h, p, s: f"{h}.{p}.{s}==",
        lambda h, p, s: f"{h}.{p}.{s}\n",
        lambda h, p, s: f" {h}.{p}.{s}",
        lambda h, p, s: f"{h}.{p[:4]}\n{p[4:]}.{s}",
        lambda h, p, s: f"{h}.{p}.{s[:-1]}+",
        lambda h, p, s: f"{h}.{p}.{_second_spelling(s)}",
        lambda h, p, s: f"{h}.{p}.{s}AAA",
        lambda h, p, s: "",
        lambda h, p, s: "..",
        lambda h, p, s: "\u00e9.\u00e9.\u00e9",
    ],
)
def test_there_is_one_spelling(change: Any) -> None:
    """Three parts of base64url, without padding, spare bits or white space (RFC 7515, 7.1)."""
    assert Code.PARSING_ERROR is refusal(change(*token().split(".")))


def test_the_json_forms_are_refused() -> None:
    """Only compact tokens are read (VC-JOSE-COSE, section 3.1.1)."""
    header, payload, signature = token().split(".")
    flattened = {"protected": header, "payload": payload, "signature": signature}

    assert Code.PARSING_ERROR is refusal(json.dumps(flattened))


@pytest.mark.parametrize(
    "text",
    [
        "A" * (limits.TOKEN_HEADER_CHARACTERS + 1) + ".AAAA.AAAA",
        "AAAA." + "A" * (limits.TOKEN_CHARACTERS + 1) + ".AAAA",
        "AAAA.AAAA." + "A" * (limits.TOKEN_SIGNATURE_CHARACTERS + 1),
    ],
    ids=["header", "payload", "signature"],
)
def test_every_part_has_a_bound(text: str) -> None:
    """Length is looked at before anything is decoded."""
    assert Code.LIMIT_EXCEEDED is refusal(text)


@given(st.binary(min_size=1, max_size=40))
@settings(max_examples=100)
def test_base64url_is_read_back(data: bytes) -> None:
    """What is written is read, and agrees with the standard library."""
    text = encode_base64url(data)

    assert urlsafe_b64encode(data).rstrip(b"=").decode() == text
    assert data == decode_base64url(text)


@given(st.text(alphabet="AQgw_-=+/ \n.", max_size=12))
@settings(max_examples=100)
def test_base64url_has_one_spelling(text: str) -> None:
    """Text is refused, or is exactly what writing its bytes gives."""
    try:
        spelled = encode_base64url(decode_base64url(text))
    except RefusedError:
        return

    assert text == spelled


_HEADERS = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "crit", "jwk", "cty"]),
    st.sampled_from([*ALGORITHMS, "none", "vc+jwt", None, 1, [], {}, "\ud7ff"]),
    max_size=4,
)


@given(
    st.one_of(
        st.text(max_size=60),
        st.builds(
            lambda header, payload, signature: ".".join(
                encode_base64url(part) if part else ""
                for part in (json.dumps(header).encode(), payload, signature)
            ),
            _HEADERS,
            st.binary(max_size=20),
            st.binary(max_size=70),
        ),
    )
)
@settings(max_examples=150)
def test_no_text_raises_anything_but_our_own_error(text: str) -> None:
    """Hostile tokens end with a typed error, at reading or at verifying."""
    with suppress(CheckError):
        jws = parse_jws(text)
        jws.verify(KEYS[ALGORITHMS[jws.algorithm]].public)
