"""Lists as compressed text: base64url of a gzip or a zlib file, opened with a bound.

A few bytes can open to gigabytes, so opening stops one byte after
``limits.STATUS_LIST_INFLATED_BYTES``. One list has one spelling: no padding, no spare bits, one
file with nothing after it (RFC 4648, section 5; RFC 1950; RFC 1952).

Leaves to others: what the bits mean (``bitstring``, ``token_status_list``).
"""

from __future__ import annotations

import gzip
import zlib
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.jws import decode_base64url, encode_base64url

_ZLIB_WINDOW: Final = zlib.MAX_WBITS
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS
_COMPRESSION: Final = 6
"""The usual level: the highest one is ten times slower for a thousandth less."""


def pack_gzip(data: bytes) -> str:
    """``data`` as a gzip file in base64url; the same data always gives the same text."""
    return encode_base64url(gzip.compress(data, compresslevel=_COMPRESSION, mtime=0))


def pack_zlib(data: bytes) -> str:
    """``data`` as a zlib file in base64url; the same data always gives the same text."""
    return encode_base64url(zlib.compress(data, level=_COMPRESSION))


def open_gzip(text: object) -> bytes:
    """The data in a gzip file. Raises ``UncheckedError``: ``LIMIT_EXCEEDED``,
    ``STATUS_VERIFICATION_ERROR`` for another form."""
    return _inflate(_decode(text), _GZIP_WINDOW)


def open_zlib(text: object) -> bytes:
    """The data in a zlib file. Raises as ``open_gzip``."""
    return _inflate(_decode(text), _ZLIB_WINDOW)


def _decode(text: object) -> bytes:
    if not isinstance(text, str):
        raise _unverifiable("The encoded list is not text.")
    try:
        return decode_base64url(text)
    except RefusedError as error:
        raise _unverifiable("The encoded list is not base64url in its one spelling.") from error


def _inflate(packed: bytes, window: int) -> bytes:
    """One compressed file, nothing after it, and never more than one byte over the limit."""
    opener = zlib.decompressobj(wbits=window)
    try:
        data = opener.decompress(packed, limits.STATUS_LIST_INFLATED_BYTES + 1)
    except zlib.error as error:
        raise _unverifiable("The encoded list is not compressed as it should be.") from error
    if len(data) > limits.STATUS_LIST_INFLATED_BYTES:
        raise UncheckedError(Code.LIMIT_EXCEEDED, "The list is larger than this verifier opens.")
    if not opener.eof or opener.unused_data:
        raise _unverifiable("The encoded list is cut short, or has something after it.")
    return data


def _unverifiable(detail: str) -> UncheckedError:
    return UncheckedError(Code.STATUS_VERIFICATION_ERROR, detail)
