"""Bitstring Status List 1.0: entries, lists and bits, and what hostile ones are told."""

from __future__ import annotations

import base64
import gzip
import tracemalloc
import zlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import limits
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.status.bitstring import (
    BITSTRING,
    STATUS_LIST_2021,
    decode_list,
    encode_list,
    parse_entry,
    parse_list,
    read_bits,
    read_value,
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


@pytest.mark.parametrize("size", [0, -1, "1", None, True, 1.0])
def test_a_width_is_a_whole_number_of_bits(size: object) -> None:
    """Section 2.1: an integer above zero; no text, no truth value, no fraction."""
    with pytest.raises(RefusedError) as caught:
        parse_entry(entry(statusSize=size))

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code
    assert "/credentialStatus/statusSize" == caught.value.pointer


def test_wider_entries_than_are_read_here_are_no_answer() -> None:
    """The limit is ours, so the document is not at fault."""
    with pytest.raises(UncheckedError) as caught:
        parse_entry(entry(statusSize=limits.STATUS_SIZE_BITS + 1))

    assert Code.LIMIT_EXCEEDED is caught.value.code


def messages(*statuses: str) -> list[JsonObject]:
    return [{"status": status, "message": f"message {status}"} for status in statuses]


@pytest.mark.parametrize(
    ("size", "statuses"),
    [(1, ["0x0", "0x1"]), (1, ["0x1", "0x0"]), (2, ["0x0", "0x1", "0x2", "0x03"])],
)
def test_every_value_has_its_message(size: int, statuses: list[str]) -> None:
    """In any order, with or without zeros before the digits."""
    parsed = parse_entry(entry(statusSize=size, statusMessage=messages(*statuses)))

    assert size == parsed.size
    assert {int(it, 16): f"message {it}" for it in statuses} == parsed.messages


@pytest.mark.parametrize(
    ("size", "found"),
    [
        (2, ...),
        (2, None),
        (2, messages("0x0", "0x1")),
        (2, messages("0x0", "0x1", "0x2")),
        (2, messages("0x0", "0x1", "0x2", "0x2")),
        (2, messages("0x0", "0x1", "0x2", "0x4")),
        (2, messages("0x0", "0x1", "0x2", "0x3", "0x4")),
        (1, []),
        (1, messages("0x0")),
        (1, messages("0", "1")),
        (1, messages("0x0", "0x1\n")),
        (1, [{"status": 0, "message": "a"}, {"status": 1, "message": "b"}]),
        (1, [{"status": "0x0", "message": "a"}, {"status": "0x1"}]),
        (1, [{"status": "0x0", "message": "a"}, {"status": "0x1", "message": "b" * 501}]),
        (1, ["0x0", "0x1"]),
        (1, {"status": "0x0", "message": "a"}),
    ],
)
def test_messages_that_do_not_fit_the_width_are_malformed(size: int, found: object) -> None:
    """Section 2.1: as many messages as there are values, each value once."""
    members = {} if found is ... else {"statusMessage": found}
    with pytest.raises(RefusedError) as caught:
        parse_entry(entry(statusSize=size, **members))

    assert "/credentialStatus/statusMessage" == caught.value.pointer


@pytest.mark.parametrize("url", ["https://issuer.example/what", ["https://a.example", "urn:b"]])
def test_a_reference_is_one_url_or_several(url: object) -> None:
    """It tells where the messages are explained, and changes nothing."""
    assert 1 == parse_entry(entry(statusReference=url)).size


@pytest.mark.parametrize("url", ["what", [], ["https://a.example", 5], None, {"id": "urn:a"}])
def test_another_reference_is_malformed(url: object) -> None:
    """Section 2.1."""
    with pytest.raises(RefusedError) as caught:
        parse_entry(entry(statusReference=url))

    assert "/credentialStatus/statusReference" == caught.value.pointer


@given(
    found=st.dictionaries(
        st.sampled_from(["statusSize", "statusMessage", "statusListIndex", "statusReference"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("0x1"),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(st.sampled_from(["status", "message"]), inner)
            ),
            max_leaves=12,
        ),
    )
)
@settings(max_examples=100)
def test_no_entry_raises_anything_else(found: JsonObject) -> None:
    """Whatever stands in it."""
    try:
        parse_entry(entry(**found))
    except CheckError:
        return


# --- bits -------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1, 6, 7, 8, 9, 15, 94_567, 131_071])
def test_the_first_bit_is_the_leftmost(index: int) -> None:
    """One bit set by hand is read at its index and at neither neighbour (section 3.2)."""
    bits = bytearray(SMALLEST)
    bits[index // 8] = 0b1000_0000 >> index % 8

    found = [at for at in range(len(bits) * 8) if read_bits(bytes(bits), at)]

    assert [index] == found


@pytest.mark.parametrize("index", [131_072, 131_079, 9_999_999_999])
def test_an_index_past_the_end_is_no_answer(index: int) -> None:
    """Not a zero bit, and not a bit counted from the back."""
    with pytest.raises(UncheckedError) as caught:
        read_bits(bytes(SMALLEST), index)

    assert Code.RANGE_ERROR is caught.value.code


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8])
@pytest.mark.parametrize("index", [0, 1, 2, 3, 7, 8, 94_567, 131_071])
def test_a_wide_value_is_read_from_the_left(size: int, index: int) -> None:
    """At index times width, the first bit the most valuable; the neighbours are set to the
    opposite bits."""
    value = (1 << size) - 2 if size > 1 else 1
    written = "".join(
        f"{value if at == index else ~value & (1 << size) - 1:0{size}b}" for at in range(131_072)
    )
    bits = int(written, 2).to_bytes(len(written) // 8, "big")

    assert value == read_bits(bits, index, size)


def test_a_wide_list_has_as_many_entries_as_a_narrow_one() -> None:
    """Section 3.2: the length divided by the width."""
    wide = parse_entry(entry(statusSize=2, statusMessage=messages("0x0", "0x1", "0x2", "0x3")))
    with pytest.raises(UncheckedError) as caught:
        read_value(parse_list(list_credential(encode_list(bytes(2 * SMALLEST - 1)))), wide)
    value = read_value(parse_list(list_credential(encode_list(bytes(2 * SMALLEST)))), wide)

    assert Code.STATUS_LIST_LENGTH_ERROR is caught.value.code
    assert 0 == value


@pytest.mark.parametrize(("size", "fits"), [(None, True), (1, True), (2, False), (0, False)])
def test_a_list_that_says_its_width_is_held_to_it(size: int | None, fits: bool) -> None:
    """Read with another width, every value would be somebody else's."""
    members = {} if size is None else {"statusSize": size}
    found = parse_list(list_credential(GOOD, **members))
    try:
        read_value(found, parse_entry(entry()))
        code = None
    except UncheckedError as error:
        code = error.code

    assert (None if fits else Code.STATUS_VERIFICATION_ERROR) is code


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


@pytest.mark.parametrize(("ttl", "seconds"), [(0, 0), (1_500, 1.5), (10**15, 86_400)])
def test_a_lifetime_is_in_milliseconds(ttl: int, seconds: float) -> None:
    """Section 2.2; no longer than a list is kept at all."""
    assert timedelta(seconds=seconds) == parse_list(list_credential(GOOD, ttl=ttl)).lifetime


@pytest.mark.parametrize("members", [{"ttl": -1}, {"ttl": "5"}, {"ttl": True}, {"statusSize": "2"}])
def test_a_malformed_number_in_a_list_is_no_answer(members: JsonObject) -> None:
    """A list whose age or width cannot be read cannot be relied on."""
    with pytest.raises(UncheckedError) as caught:
        parse_list(list_credential(GOOD, **members))

    assert Code.STATUS_VERIFICATION_ERROR is caught.value.code


def test_the_draft_before_it_has_other_names_and_no_prefix() -> None:
    """StatusList2021: the same list of bits; neither passes for the other."""
    document = {
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "credentialSubject": {
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": GOOD[1:],
        },
    }

    assert bytes(SMALLEST) == parse_list(document, STATUS_LIST_2021).bits
    for wrong, dialect in [(document, BITSTRING), (list_credential(GOOD), STATUS_LIST_2021)]:
        with pytest.raises(UncheckedError):
            parse_list(wrong, dialect)


@given(
    subject=st.dictionaries(
        st.sampled_from(["type", "statusPurpose", "encodedList", "ttl", "statusSize"]),
        st.none()
        | st.integers()
        | st.text(max_size=9)
        | st.sampled_from([GOOD, "revocation", "BitstringStatusList"])
        | st.lists(st.text(max_size=9) | st.integers(), max_size=2),
    )
)
@settings(max_examples=100)
def test_no_list_credential_raises_anything_else(subject: JsonObject) -> None:
    """Every list is read, or is no answer."""
    try:
        parse_list(list_credential(GOOD, **subject))
    except UncheckedError:
        return
