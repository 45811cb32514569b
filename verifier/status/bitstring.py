"""Bitstring Status List 1.0: entries, list credentials, and the bits themselves.

Index 0 is the left-most bit, the most significant one of byte 0 (section 3.2). A list is a
gzip file in base64url with the multibase prefix ``u``; it is opened with a bound, because a
few bytes can open to gigabytes.

Leaves to others: fetching and verifying the list credential (``verifier.status.check``).
"""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zlib
from dataclasses import dataclass
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import as_list, is_absolute_url
from verifier.strict_json import JsonObject

ENTRY_TYPE: Final = "BitstringStatusListEntry"
LIST_TYPE: Final = "BitstringStatusListCredential"
SUBJECT_TYPE: Final = "BitstringStatusList"

_INDEX = re.compile(r"(0|[1-9][0-9]{0,9})", re.ASCII)
_BASE64URL = re.compile(r"u[A-Za-z0-9_-]+", re.ASCII)
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_COMPRESSION: Final = 6
"""gzip's usual level: the highest one is ten times slower for a thousandth less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BitstringEntry:
    """One ``credentialStatus`` entry: which bit of which list, and what the bit means."""

    purpose: str
    index: int
    list_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BitstringList:
    """The subject of a list credential: its purposes, and eight entries to a byte."""

    purposes: frozenset[str]
    bits: bytes


def parse_entry(entry: JsonObject) -> BitstringEntry:
    """Read an entry (section 2.1).

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for a malformed one and
    ``UncheckedError`` (``UNSUPPORTED_STATUS_TYPE``) for entries of more than one bit.
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
    if entry.get("statusSize", 1) != 1:
        raise UncheckedError(
            Code.UNSUPPORTED_STATUS_TYPE,
            "Status entries of more than one bit are not supported yet.",
            pointer="/credentialStatus/statusSize",
        )
    return BitstringEntry(purpose=purpose, index=int(index), list_url=str(url))


def _malformed(name: str, expected: str) -> RefusedError:
    return RefusedError(
        Code.MALFORMED_VALUE_ERROR,
        f"{name} of a status entry is {expected}.",
        pointer=f"/credentialStatus/{name}",
    )


def parse_list(document: JsonObject) -> BitstringList:
    """Read a verified list credential (section 2.2).

    Raises ``UncheckedError``: ``STATUS_VERIFICATION_ERROR`` for another shape,
    ``STATUS_LIST_LENGTH_ERROR`` for a list that is too short to hide in, ``LIMIT_EXCEEDED``
    for one that opens to more than ``limits.STATUS_LIST_INFLATED_BYTES``.
    """
    subject = document.get("credentialSubject")
    if LIST_TYPE not in as_list(document.get("type")) or not isinstance(subject, dict):
        raise _unverifiable("The address does not hold a status list.")
    if as_list(subject.get("type")) != [SUBJECT_TYPE]:
        raise _unverifiable("The list is of another kind.")
    purposes = as_list(subject.get("statusPurpose"))
    if not purposes or not all(isinstance(purpose, str) for purpose in purposes):
        raise _unverifiable("The list does not say what its bits mean.")
    bits = decode_list(subject.get("encodedList"))
    if len(bits) * 8 < limits.STATUS_LIST_MINIMUM_ENTRIES:
        raise UncheckedError(
            Code.STATUS_LIST_LENGTH_ERROR,
            f"The list has fewer than {limits.STATUS_LIST_MINIMUM_ENTRIES} entries.",
        )
    return BitstringList(purposes=frozenset(purposes), bits=bits)


def encode_list(bits: bytes) -> str:
    """The ``encodedList`` of ``bits``; the same bits always give the same text."""
    packed = gzip.compress(bits, compresslevel=_COMPRESSION, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode_list(encoded: object) -> bytes:
    """The bits of an ``encodedList``. Raises ``UncheckedError`` as ``parse_list`` does."""
    if not isinstance(encoded, str) or not _BASE64URL.fullmatch(encoded):
        raise _unverifiable("The encoded list is not multibase base64url.")
    digits = encoded[1:]
    try:
        packed = base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4))
    except binascii.Error as error:
        raise _unverifiable("The encoded list is not base64url.") from error
    if base64.urlsafe_b64encode(packed).rstrip(b"=") != digits.encode("ascii"):
        raise _unverifiable("The encoded list has a second spelling.")
    return _inflate(packed)


def _inflate(packed: bytes) -> bytes:
    """One gzip member, nothing after it, and never more than one byte over the limit."""
    opener = zlib.decompressobj(wbits=_GZIP_WINDOW)
    try:
        bits = opener.decompress(packed, limits.STATUS_LIST_INFLATED_BYTES + 1)
    except zlib.error as error:
        raise _unverifiable("The encoded list is not a gzip file.") from error
    if len(bits) > limits.STATUS_LIST_INFLATED_BYTES:
        raise UncheckedError(Code.LIMIT_EXCEEDED, "The list is larger than this verifier opens.")
    if not opener.eof or opener.unused_data:
        raise _unverifiable("The encoded list is cut short, or has something after it.")
    return bits


def read_bit(bits: bytes, index: int) -> bool:
    """The bit at ``index``. Raises ``UncheckedError`` (``RANGE_ERROR``) past the end."""
    if index >= len(bits) * 8:
        raise UncheckedError(
            Code.RANGE_ERROR,
            "The status entry points past the end of its list.",
            pointer="/credentialStatus/statusListIndex",
        )
    return bool(bits[index // 8] >> (7 - index % 8) & 1)


def _unverifiable(detail: str) -> UncheckedError:
    return UncheckedError(Code.STATUS_VERIFICATION_ERROR, detail)
