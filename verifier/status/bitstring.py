"""Bitstring Status List 1.0: entries, list credentials, and the values in them.

Index 0 is the left-most bit, the most significant one of byte 0 (section 3.2). Entries of more
than one bit lie side by side in the same order, so a value is read from the left as a whole
number. ``encodedList`` is a gzip file in base64url with the multibase prefix ``u``.

StatusList2021, the draft that this standard came from, is the same under other names and without
the prefix (``STATUS_LIST_2021``).

Leaves to others: fetching and verifying the list credential (``verifier.status.lists``), what
a value means (``verifier.status.meanings``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeGuard

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import as_list, is_absolute_url
from verifier.status.packed import open_gzip, pack_gzip
from verifier.strict_json import JsonObject, JsonValue

ENTRY_TYPE: Final = "BitstringStatusListEntry"
LIST_TYPE: Final = "BitstringStatusListCredential"
SUBJECT_TYPE: Final = "BitstringStatusList"

_INDEX = re.compile(r"(0|[1-9][0-9]{0,9})", re.ASCII)
_STATUS = re.compile(r"0x[0-9A-Fa-f]{1,4}", re.ASCII)
_MULTIBASE: Final = "u"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The names by which one edition calls its list, and what stands before the list's text."""

    entry_type: str
    list_type: str
    subject_type: str
    prefix: str


BITSTRING: Final = Dialect(
    entry_type=ENTRY_TYPE, list_type=LIST_TYPE, subject_type=SUBJECT_TYPE, prefix=_MULTIBASE
)
STATUS_LIST_2021: Final = Dialect(
    entry_type="StatusList2021Entry",
    list_type="StatusList2021Credential",
    subject_type="StatusList2021",
    prefix="",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BitstringEntry:
    """One ``credentialStatus`` entry: which place of which list, and what its value means.

    ``size`` is in bits; ``messages`` are by value and hold all ``2**size`` of them, or none.
    """

    purpose: str
    index: int
    list_url: str
    size: int = 1
    messages: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BitstringList:
    """The subject of a list credential. ``size`` is the bits of one entry, where the list says
    so; ``lifetime`` how long it may be kept without asking again, where it says so."""

    purposes: frozenset[str]
    bits: bytes
    size: int | None = None
    lifetime: timedelta | None = None


# --- entries ----------------------------------------------------------------------------


def parse_entry(entry: JsonObject) -> BitstringEntry:
    """Read an entry (section 2.1).

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for a malformed one and
    ``UncheckedError`` (``LIMIT_EXCEEDED``) for one of more than ``limits.STATUS_SIZE_BITS``.
    """
    purpose, index, url = (
        entry.get(name) for name in ("statusPurpose", "statusListIndex", "statusListCredential")
    )
    if not isinstance(purpose, str) or not purpose:
        raise _malformed("statusPurpose", "text")
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        raise _malformed("statusListIndex", "a whole number from 0 on, written as text")
    if not is_absolute_url(url):
        raise _malformed("statusListCredential", "a URL")
    if entry.get("id") == url:
        raise _malformed("id", "another URL than that of the list")
    _check_references(entry)
    size = _parse_size(entry)
    return BitstringEntry(
        purpose=purpose,
        index=int(index),
        list_url=str(url),
        size=size,
        messages=_parse_messages(entry, size),
    )


def _check_references(entry: JsonObject) -> None:
    """Where the messages are explained: never fetched, and well formed all the same."""
    if "statusReference" in entry:
        references = as_list(entry["statusReference"])
        if not references or not all(is_absolute_url(url) for url in references):
            raise _malformed("statusReference", "a URL or several")


def _parse_size(entry: JsonObject) -> int:
    size = entry.get("statusSize", 1)
    if not _is_whole(size) or size < 1:
        raise _malformed("statusSize", "a whole number from 1 on")
    if size > limits.STATUS_SIZE_BITS:
        raise UncheckedError(
            Code.LIMIT_EXCEEDED,
            f"Status entries of more than {limits.STATUS_SIZE_BITS} bits are not read.",
            pointer="/credentialStatus/statusSize",
        )
    return size


def _parse_messages(entry: JsonObject, size: int) -> dict[int, str]:
    """One message for each value that the bits can have; only one bit may go without."""
    if "statusMessage" not in entry:
        if size > 1:
            raise _malformed("statusMessage", "needed for entries of more than one bit")
        return {}
    items = entry["statusMessage"]
    if not isinstance(items, list) or len(items) != 2**size:
        raise _malformed("statusMessage", f"a list of {2**size} messages")
    messages = dict(map(_parse_message, items))
    if messages.keys() != set(range(2**size)):
        raise _malformed("statusMessage", "a list with one message for each value")
    return messages


def _parse_message(item: JsonValue) -> tuple[int, str]:
    status, message = (
        (item.get("status"), item.get("message")) if isinstance(item, dict) else (None, None)
    )
    if not isinstance(status, str) or not _STATUS.fullmatch(status):
        raise _malformed("statusMessage", 'a list of values such as "0x1", each with its message')
    if not isinstance(message, str) or len(message) > limits.STATUS_MESSAGE_CHARACTERS:
        raise _malformed(
            "statusMessage",
            f"a list of messages of at most {limits.STATUS_MESSAGE_CHARACTERS} characters",
        )
    return int(status, 16), message


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _malformed(name: str, expected: str) -> RefusedError:
    return RefusedError(
        Code.MALFORMED_VALUE_ERROR,
        f"{name} of a status entry is {expected}.",
        pointer=f"/credentialStatus/{name}",
    )


# --- lists ------------------------------------------------------------------------------


def parse_list(document: JsonObject, dialect: Dialect = BITSTRING) -> BitstringList:
    """Read a verified list credential (section 2.2).

    Raises ``UncheckedError``: ``STATUS_VERIFICATION_ERROR`` for another shape,
    ``STATUS_LIST_LENGTH_ERROR`` for a list that is too short to hide in, ``LIMIT_EXCEEDED``
    for one that opens to more than ``limits.STATUS_LIST_INFLATED_BYTES``.
    """
    subject = document.get("credentialSubject")
    if dialect.list_type not in as_list(document.get("type")) or not isinstance(subject, dict):
        raise _unverifiable("The address does not hold a status list.")
    if as_list(subject.get("type")) != [dialect.subject_type]:
        raise _unverifiable("The list is of another kind.")
    purposes = as_list(subject.get("statusPurpose"))
    if not purposes or not all(isinstance(purpose, str) for purpose in purposes):
        raise _unverifiable("The list does not say what its bits mean.")
    bits = decode_list(subject.get("encodedList"), dialect)
    _check_length(bits, size=1)
    return BitstringList(
        purposes=frozenset(purposes),
        bits=bits,
        size=_list_size(subject),
        lifetime=_lifetime(subject),
    )


def _list_size(subject: JsonObject) -> int | None:
    size = subject.get("statusSize")
    if size is None or _is_whole(size):
        return size
    raise _unverifiable("The list does not say how wide its entries are.")


def _lifetime(subject: JsonObject) -> timedelta | None:
    """``ttl`` is in milliseconds (section 2.2)."""
    if "ttl" not in subject:
        return None
    milliseconds = subject["ttl"]
    if not _is_whole(milliseconds) or milliseconds < 0:
        raise _unverifiable("The list does not say how long it may be kept.")
    return timedelta(milliseconds=min(milliseconds, limits.STATUS_MAX_AGE_SECONDS * 1_000))


def _check_length(bits: bytes, size: int) -> None:
    """So short a list would tell who is who (section 2.1)."""
    if len(bits) * 8 // size < limits.STATUS_LIST_MINIMUM_ENTRIES:
        raise UncheckedError(
            Code.STATUS_LIST_LENGTH_ERROR,
            f"The list has fewer than {limits.STATUS_LIST_MINIMUM_ENTRIES} entries.",
        )


def encode_list(bits: bytes) -> str:
    """The ``encodedList`` of ``bits``; the same bits always give the same text."""
    return _MULTIBASE + pack_gzip(bits)


def decode_list(encoded: object, dialect: Dialect = BITSTRING) -> bytes:
    """The bits of an ``encodedList``. Raises ``UncheckedError`` as ``parse_list`` does."""
    if not isinstance(encoded, str) or not encoded.startswith(dialect.prefix):
        raise _unverifiable("The encoded list is not multibase base64url.")
    return open_gzip(encoded[len(dialect.prefix) :])


def read_value(found: BitstringList, entry: BitstringEntry) -> int:
    """The value of ``entry`` in the list (section 3.2, steps 6 to 9).

    Raises ``UncheckedError``: ``STATUS_VERIFICATION_ERROR`` for entries of another width,
    ``STATUS_LIST_LENGTH_ERROR`` and ``RANGE_ERROR`` as ``read_bits``.
    """
    if found.size not in (None, entry.size):
        raise _unverifiable("The list has entries of another width.")
    _check_length(found.bits, entry.size)
    return read_bits(found.bits, entry.index, entry.size)


def read_bits(bits: bytes, index: int, size: int = 1) -> int:
    """The whole number in entry ``index``, of ``size`` bits. Raises ``UncheckedError``
    (``RANGE_ERROR``) past the end."""
    end = (index + 1) * size
    if end > len(bits) * 8:
        raise UncheckedError(
            Code.RANGE_ERROR,
            "The status entry points past the end of its list.",
            pointer="/credentialStatus/statusListIndex",
        )
    last = (end + 7) // 8
    window = int.from_bytes(bits[(end - size) // 8 : last], "big")
    return window >> (last * 8 - end) & (1 << size) - 1


def _unverifiable(detail: str) -> UncheckedError:
    return UncheckedError(Code.STATUS_VERIFICATION_ERROR, detail)
