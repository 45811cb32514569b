"""Bitstring Status List 1.0: entries, lists and bits, and what hostile ones are told."""

from __future__ import annotations

import base64
import gzip
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.status.bitstring import (
    decode_list,
    encode_list,
    parse_entry,
    parse_list,
    read_bit,
)
from verifier.strict_json import JsonObject

LIST_URL = "https://issuer.example/status/1"
SMALLEST = limits.STATUS_LIST_MINIMUM_ENTRIES // 8


def entry(**members: Any) -> JsonObject:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": LIST_URL,
    } | members


def list_credential(encoded: object, **subject: Any) -> JsonObject:
    return {
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "credentialSubject": {
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        }
        | subject,
    }


def multibase(packed: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def lenient(encoded: str) -> bytes:
    """The bytes of a list as Python reads them: spare bits are dropped without a word."""
    return base64.urlsafe_b64decode(encoded[1:] + "==")


def code_of(encoded: object) -> Code:
    with pytest.raises(UncheckedError) as caught:
        decode_list(encoded)
    return caught.value.code


# --- entries ----------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "index"), [("0", 0), ("7", 7), ("9999999999", 9_999_999_999)])
def test_an_index_is_a_whole_number_as_text(text: str, index: int) -> None:
    """Section 2.1: base-10, from 0 on."""
    assert index == parse_entry(entry(statusListIndex=text)).index


@pytest.mark.parametrize(
    "index",
    [
        "-1", "+1", "01", "00", "", " 1", "1 ", "1\n", "1.0", "1e3", "0x10", "abc", "NaN",
        "\u0661\u0662", "\uff11", "1_000", "12345678901", 5, 5.0, None, True, ["5"],
    ],
)  # fmt: skip
def test_any_other_index_is_malformed(index: object) -> None:
    """A checker that reads these as *nothing* finds every credential unrevoked."""
    with pytest.raises(RefusedError) as caught:
        parse_entry(entry(statusListIndex=index))

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code
    assert "/credentialStatus/statusListIndex" == caught.value.pointer


@pytest.mark.parametrize(
    "members",
    [
        {"statusPurpose": ""},
        {"statusPurpose": ["revocation"]},
        {"statusPurpose": None},
        {"statusListCredential": "/status/1"},
        {"statusListCredential": 5},
        {"statusListCredential": "https://issuer.example/a b"},
        {"id": LIST_URL},
    ],
)
def test_any_other_member_is_malformed(members: JsonObject) -> None:
    """The id of an entry is not that of its list (section 2.1)."""
    with pytest.raises(RefusedError) as caught:
        parse_entry(entry(**members))

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize("size", [2, 0, "1", None, True + 1])
def test_wider_entries_are_not_read(size: object) -> None:
    """Entries of more than one bit are *could not check*, never one bit of several."""
    with pytest.raises(UncheckedError) as caught:
        parse_entry(entry(statusSize=size))

    assert Code.UNSUPPORTED_STATUS_TYPE is caught.value.code


# --- bits -------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1, 6, 7, 8, 9, 15, 94_567, 131_071])
def test_the_first_bit_is_the_leftmost(index: int) -> None:
    """One bit set by hand is read at its index and at neither neighbour (section 3.2)."""
    bits = bytearray(SMALLEST)
    bits[index // 8] = 0b1000_0000 >> index % 8

    found = [at for at in range(len(bits) * 8) if read_bit(bytes(bits), at)]

    assert [index] == found


@pytest.mark.parametrize("index", [131_072, 131_079, 9_999_999_999])
def test_an_index_past_the_end_is_no_answer(index: int) -> None:
    """Not a zero bit, and not a bit counted from the back."""
    with pytest.raises(UncheckedError) as caught:
        read_bit(bytes(SMALLEST), index)

    assert Code.RANGE_ERROR is caught.value.code


@given(bits=st.binary(min_size=1, max_size=2_000))
def test_what_is_written_is_read(bits: bytes) -> None:
    """And the same bits always give the same text, so that an unchanged list is unchanged."""
    encoded = encode_list(bits)

    assert bits == decode_list(encoded)
    assert encoded == encode_list(bits)


# --- encoded lists ----------------------------------------------------------------------


GOOD = encode_list(bytes(SMALLEST))


@pytest.mark.parametrize(
    "encoded",
    [
        None,
        5,
        [],
        "",
        "u",
        GOOD[1:],
        "z" + GOOD[1:],
        "m" + GOOD[1:],
        "U" + GOOD[1:],
        GOOD + "=",
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-1] + "*",
        GOOD[:9] + "+/" + GOOD[11:],
        multibase(bytes(100)),
        multibase(zlib.compress(bytes(SMALLEST))),
        multibase(gzip.compress(bytes(SMALLEST))[:-1]),
        multibase(gzip.compress(bytes(SMALLEST)) + b"\x00"),
        multibase(gzip.compress(bytes(SMALLEST)) * 2),
        multibase(gzip.compress(b"")[:10]),
    ],
)
def test_a_list_in_another_form_is_no_answer(encoded: object) -> None:
    """Another alphabet, padding, something before or after, cut short, two files in one."""
    assert Code.STATUS_VERIFICATION_ERROR is code_of(encoded)


def test_one_list_has_one_spelling() -> None:
    """Bits beyond the last byte are zero: else two texts would be one list."""
    encoded = next(
        text
        for extra in range(9)
        if len(text := encode_list(bytes(SMALLEST) + bytes(range(extra)))) % 4 != 1
    )
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = encoded[:-1] + alphabet[alphabet.index(encoded[-1]) + 1]

    assert lenient(encoded) == lenient(twin)
    assert Code.STATUS_VERIFICATION_ERROR is code_of(twin)


def test_a_bomb_is_opened_no_further_than_the_limit() -> None:
    """A text of one megabyte that opens to a gigabyte costs no more than the limit."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    mebibyte = packer.compress(bytes(1_048_576)) + packer.flush(zlib.Z_FULL_FLUSH)
    encoded = multibase(b"\x1f\x8b\x08\x00" + bytes(6) + mebibyte * 1_024 + packer.flush())
    tracemalloc.start()
    try:
        code = code_of(encoded)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert Code.LIMIT_EXCEEDED is code
    assert peak < 4 * limits.STATUS_LIST_INFLATED_BYTES


def test_the_largest_list_is_opened() -> None:
    """The limit itself is inside, one byte more is not."""
    largest = bytes(limits.STATUS_LIST_INFLATED_BYTES)

    assert largest == decode_list(encode_list(largest))
    assert Code.LIMIT_EXCEEDED is code_of(encode_list(largest + b"\x00"))


@given(text=st.text(max_size=60) | st.from_regex(r"u[A-Za-z0-9_-]{0,80}", fullmatch=True))
def test_no_text_raises_anything_else(text: str) -> None:
    """Every text is a list or no answer."""
    try:
        decode_list(text)
    except UncheckedError:
        return


@given(packed=st.binary(max_size=80))
def test_no_bytes_raise_anything_else(packed: bytes) -> None:
    """Every file after the right header is a list or no answer."""
    try:
        decode_list(multibase(b"\x1f\x8b\x08\x00" + packed))
    except UncheckedError:
        return


# --- list credentials -------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["revocation", ["revocation"], ["suspension", "revocation"]])
def test_a_list_may_serve_several_purposes(purpose: object) -> None:
    """One purpose as text, or a list of them (section 2.2)."""
    found = parse_list(list_credential(GOOD, statusPurpose=purpose))

    assert "revocation" in found.purposes
    assert bytes(SMALLEST) == found.bits


@pytest.mark.parametrize(
    "subject",
    [
        {"type": "BitstringStatusListEntry"},
        {"type": ["BitstringStatusList", "Other"]},
        {"type": None},
        {"statusPurpose": []},
        {"statusPurpose": None},
        {"statusPurpose": ["revocation", 5]},
        {"encodedList": None},
    ],
)
def test_a_list_of_another_shape_is_no_answer(subject: JsonObject) -> None:
    """Only what the standard describes is read."""
    with pytest.raises(UncheckedError) as caught:
        parse_list(list_credential(GOOD, **subject))

    assert Code.STATUS_VERIFICATION_ERROR is caught.value.code


@pytest.mark.parametrize(
    "members",
    [
        {"type": ["VerifiableCredential"]},
        {"credentialSubject": None},
        {"credentialSubject": [list_credential(GOOD)["credentialSubject"]] * 2},
    ],
)
def test_another_credential_is_no_list(members: JsonObject) -> None:
    """A good credential of the issuer's that is not a list says nothing about any bit."""
    with pytest.raises(UncheckedError) as caught:
        parse_list(list_credential(GOOD) | members)

    assert Code.STATUS_VERIFICATION_ERROR is caught.value.code


@pytest.mark.parametrize(("size", "is_enough"), [(SMALLEST - 1, False), (SMALLEST, True)])
def test_a_list_hides_its_entries_in_a_crowd(size: int, is_enough: bool) -> None:
    """Section 2.1: 131,072 entries at least."""
    document = list_credential(encode_list(bytes(size)))
    try:
        parse_list(document)
        code = None
    except UncheckedError as error:
        code = error.code

    assert (None if is_enough else Code.STATUS_LIST_LENGTH_ERROR) is code
