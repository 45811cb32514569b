"""The proof values of ecdsa-sd-2023: one text for one proof, and nothing else is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import EcTestKey
from verifier import limits
from verifier.errors import CheckError, Code, RefusedError
from verifier.proofs.ecdsa_sd_cbor import (
    BaseProof,
    DerivedProof,
    format_base_proof,
    format_derived_proof,
    parse_base_proof,
    parse_derived_proof,
)
from verifier.proofs.jws import encode_base64url
from verifier.proofs.multikey import KeyType

BASE = bytes.fromhex("d95d00")
DERIVED = bytes.fromhex("d95d01")
KEY = EcTestKey.number(1).public
WRITTEN_KEY = b"\x80\x24" + KEY.raw
SIGNATURE = bytes(range(64))

READERS: dict[bytes, Callable[[str], object]] = {
    BASE: parse_base_proof,
    DERIVED: parse_derived_proof,
}

# Each position of the array with a good value, and values that must be refused there.
GOOD: dict[bytes, list[Any]] = {
    BASE: [SIGNATURE, WRITTEN_KEY, bytes(32), [SIGNATURE], ["/issuer"]],
    DERIVED: [SIGNATURE, WRITTEN_KEY, [SIGNATURE], {0: bytes(32), 1: bytes([1] * 32)}, [0, 2]],
}
_NOT_A_SIGNATURE = [SIGNATURE[:-1], SIGNATURE + b"x", b"", SIGNATURE.hex(), [SIGNATURE], None]
_NOT_A_KEY = [
    KEY.raw,
    WRITTEN_KEY + b"\x00",
    b"\x12\x00" + KEY.raw,
    b"\x80\x24\x04" + KEY.raw[1:],
    b"\x80\x24\x02" + bytes([255] * 32),
    b"\x81\x24" + KEY.raw,
    None,
]
_NOT_SIGNATURES: list[Any] = [
    {},
    None,
    SIGNATURE,
    [SIGNATURE, SIGNATURE[:-1]],
    [SIGNATURE.hex()],
    [None],
]
_NOT_INDEXES: list[Any] = [
    {},
    None,
    [1, 1],
    [-1],
    [True],
    [1.0],
    ["1"],
    [limits.QUADS],
    [2**64],
    [[0]],
]
_NOT_LABELS: list[Any] = [
    [],
    None,
    {0: bytes(31)},
    {0: bytes(33)},
    {0: bytes(32), 1: bytes(32)},
    {-1: bytes(32)},
    {"0": bytes(32)},
    {"c14n0": bytes(32)},
    {True: bytes(32)},
    {0: "u" + "A" * 43},
    {limits.QUADS: bytes(32)},
]
BAD: dict[bytes, list[list[Any]]] = {
    BASE: [
        _NOT_A_SIGNATURE,
        _NOT_A_KEY,
        [bytes(31), bytes(33), b"", "0" * 32, None],
        _NOT_SIGNATURES,
        [{}, None, "/issuer", [1], [b"/issuer"], [None], ["/x"] * (limits.SD_POINTERS + 1)],
    ],
    DERIVED: [_NOT_A_SIGNATURE, _NOT_A_KEY, _NOT_SIGNATURES, _NOT_LABELS, _NOT_INDEXES],
}
CASES = [
    pytest.param(header, n, value, id=f"{header[2]}-{n}-{number}")
    for header, places in BAD.items()
    for n, values in enumerate(places)
    for number, value in enumerate(values)
]


def _text(header: bytes, body: bytes) -> str:
    return f"u{encode_base64url(header + body)}"


def _refusal(header: bytes, text: str) -> tuple[Code, str]:
    with pytest.raises(RefusedError) as refused:
        READERS[header](text)
    return refused.value.code, refused.value.pointer


EXPECTED = (Code.PROOF_VERIFICATION_ERROR, "/proof/proofValue")
both = pytest.mark.parametrize("header", [BASE, DERIVED], ids=["base", "derived"])


def test_a_base_proof_is_read_as_it_was_written() -> None:
    """What was formatted is parsed to the same parts."""
    proof = BaseProof(
        base_signature=SIGNATURE,
        public_key=KEY,
        hmac_key=bytes(32),
        signatures=(SIGNATURE,),
        mandatory_pointers=("/issuer",),
    )

    assert proof == parse_base_proof(format_base_proof(proof))
    assert format_base_proof(proof) == _text(BASE, cbor2.dumps(GOOD[BASE]))


def test_a_derived_proof_is_read_as_it_was_written() -> None:
    """What was formatted is parsed to the same parts, and labels are written in order."""
    proof = DerivedProof(
        base_signature=SIGNATURE,
        public_key=KEY,
        signatures=(SIGNATURE,),
        labels={1: bytes([1] * 32), 0: bytes(32)},
        mandatory_indexes=(0, 2),
    )

    assert proof == parse_derived_proof(format_derived_proof(proof))
    assert format_derived_proof(proof) == _text(DERIVED, cbor2.dumps(GOOD[DERIVED]))


@pytest.mark.parametrize(("header", "place", "value"), CASES)
def test_every_part_has_its_type_and_length(header: bytes, place: int, value: Any) -> None:
    """A part of another type, length or range is refused, wherever it stands."""
    members = [*GOOD[header]]
    members[place] = value

    assert EXPECTED == _refusal(header, _text(header, cbor2.dumps(members)))


@both
def test_other_encodings_of_good_parts_are_refused(header: bytes) -> None:
    """Indefinite lengths, longer heads, tags, trailing bytes and a sixth part."""
    good = cbor2.dumps(GOOD[header])
    signature = cbor2.dumps(SIGNATURE)
    others = {
        "indefinite array": b"\x9f" + good[1:] + b"\xff",
        "indefinite bytes": good.replace(signature, b"\x5f" + signature + b"\xff", 1),
        "longer head": b"\x98\x05" + good[1:],
        "longer length": good.replace(b"\x58\x40", b"\x59\x00\x40", 1),
        "tag 64": good.replace(signature, b"\xd8\x40" + signature, 1),
        "tag around": b"\xd9\xd9\xf7" + good,
        "trailing": good + b"\x00",
        "six": b"\x86" + good[1:] + b"\x00",
        "four": cbor2.dumps(GOOD[header][:4]),
        "nothing": b"",
        "map": cbor2.dumps(dict(enumerate(GOOD[header]))),
    }

    assert good not in others.values()
    assert {EXPECTED} == {_refusal(header, _text(header, body)) for body in others.values()}


@both
def test_other_texts_of_good_bytes_are_refused(header: bytes) -> None:
    """Another alphabet, padding, line breaks, a second spelling of the last character."""
    good = _text(header, cbor2.dumps(GOOD[header]))
    others = [
        f"z{good[1:]}",
        f"U{good[1:]}",
        good[1:],
        f"{good}=",
        f"{good}\n",
        f" {good}",
        f"{good[:9]}\n{good[9:]}",
        "u",
        "",
        "u" + good[1:].replace("A", "+"),
        good[:-1],
    ]

    assert good not in others
    assert {EXPECTED} == {_refusal(header, text) for text in others}


def test_a_base_proof_is_refused_where_a_derived_one_is_needed() -> None:
    """And the other way round; so is a header of another suite."""
    base = _text(BASE, cbor2.dumps(GOOD[BASE]))
    derived = _text(DERIVED, cbor2.dumps(GOOD[DERIVED]))
    other = _text(bytes.fromhex("d95d02"), cbor2.dumps(GOOD[DERIVED]))

    assert EXPECTED == _refusal(DERIVED, base)
    assert EXPECTED == _refusal(BASE, derived)
    assert EXPECTED == _refusal(BASE, other)
    assert EXPECTED == _refusal(DERIVED, other)


@both
@pytest.mark.parametrize(
    "body",
    [
        b"\x9b" + b"\xff" * 8,
        b"\x85\x5b\x7f" + b"\xff" * 7,
        b"\x81" * 100_000,
        b"\xd8\x1c" * 50_000,
        b"\xd8\x23\x78\x1c((((a{1,99}){1,99}){1,99}){1,99})",
        b"\xbb\x00\x00\x00\xff" + b"\xff" * 4 + b"\x00",
        b"\x9a\x00\x02\x00\x00" + b"\x00" * 131_072,
        b"\x85" + b"\x00" * 220_000,
    ],
    ids=lambda body: body[:6].hex(),
)
def test_hostile_cbor_ends_at_once(header: bytes, body: bytes) -> None:
    """Lengths that promise terabytes, deep nesting, references and expressions in tags."""
    start = time.process_time()

    assert EXPECTED == _refusal(header, _text(header, body))
    assert time.process_time() - start < 1


@both
def test_the_length_is_bounded_before_anything_is_read(header: bytes) -> None:
    """A proof value beyond the limit is refused by its length."""
    text = "u" + "A" * limits.SD_PROOF_VALUE_CHARACTERS

    assert EXPECTED == _refusal(header, text)


def test_too_many_signatures_are_refused() -> None:
    """Each would cost a verification."""
    members = [*GOOD[DERIVED]]
    members[2] = [SIGNATURE] * (limits.SD_STATEMENTS + 1)

    assert EXPECTED == _refusal(DERIVED, _text(DERIVED, cbor2.dumps(members)))


_ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.integers() | st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=100)
@given(
    header=st.sampled_from([BASE, DERIVED]),
    body=st.binary(max_size=400)
    | _ITEMS.map(cbor2.dumps)
    | st.lists(_ITEMS, min_size=5, max_size=5).map(cbor2.dumps),
)
def test_no_bytes_raise_anything_else(header: bytes, body: bytes) -> None:
    """Whatever comes is read, or refused with an error of ours."""
    for read in READERS.values():
        with suppress(CheckError):
            read(_text(header, body))


@settings(max_examples=100)
@given(text=st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    """Nor does any text, with the right first letter or without."""
    for read in READERS.values():
        for value in (text, f"u{text}"):
            with pytest.raises(RefusedError):
                read(value)


def test_the_key_is_of_the_one_kind() -> None:
    """The key that is read is a P-256 key."""
    assert (
        KeyType.P256
        is parse_derived_proof(_text(DERIVED, cbor2.dumps(GOOD[DERIVED]))).public_key.key_type
    )
