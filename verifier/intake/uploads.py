"""A file or pasted text: recognised by its first bytes, its name is never looked at.

JSON is judged as it is; a picture is searched for a square code; forms that carry
credentials but are not supported yet are named, as *could not check*. Anything else is
given to the verifier, which says that it is no credential.

Leaves to others: reading pictures (``pictures``), following links (``links``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from verifier import limits
from verifier.errors import Code, UncheckedError
from verifier.intake.links import read_code, receive_link
from verifier.intake.received import NothingToCheckError, Received
from verifier.qr import CheckAddress
from verifier.sources import Fetch

ReadCodes = Callable[[bytes], tuple[str, ...]]
"""The texts of the square codes in a picture."""

_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_UNSUPPORTED: Final = (
    (b"%pdf-", "A PDF cannot be checked here yet."),
    (b"<svg", "An SVG picture cannot be checked here yet. Use a PNG or a photo of it."),
    (b"<?xml", "An XML or SVG file cannot be checked here yet."),
    (b"<!doctype", "This is a web page, not a credential."),
    (b"<html", "This is a web page, not a credential."),
    (b"pk\x03\x04", "A ZIP file cannot be checked. Take the credential out of it first."),
)
_BAKED: Final = (b"openbadgecredential", b"openbadges")


def receive_text(text: str, *, base_url: str, fetch: Fetch) -> Received:
    """What was pasted: a link, or the text of a credential. Raises as ``receive_link``."""
    if len(text) > limits.PASTED_TEXT_CHARACTERS:
        raise NothingToCheckError(Code.LIMIT_EXCEEDED, "The text is longer than a credential.")
    pasted = text.strip()
    if not pasted:
        raise NothingToCheckError(Code.PARSING_ERROR, "Nothing was given to check.")
    if pasted[:8].lower().startswith(("http://", "https://")):
        return receive_link(pasted, base_url=base_url, fetch=fetch)
    return Received(data=_bytes_of(pasted))


def receive_file(data: bytes, *, base_url: str, fetch: Fetch, read_codes: ReadCodes) -> Received:
    """What was uploaded. Raises ``NothingToCheckError`` and ``UncheckedError``."""
    if not data.strip():
        raise NothingToCheckError(Code.PARSING_ERROR, "The file is empty.")
    if _is_picture(data):
        return _receive_picture(data, base_url=base_url, fetch=fetch, read_codes=read_codes)
    start = data.lstrip()[:1024].lower()
    for mark, sentence in _UNSUPPORTED:
        if start.startswith(mark):
            raise UncheckedError(Code.UNSUPPORTED_FORMAT, sentence)
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT, "This kind of photo is not read here. Save it as JPEG or PNG."
        )
    return Received(data=data)


def _is_picture(data: bytes) -> bool:
    return data.startswith(_PICTURES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _receive_picture(
    data: bytes, *, base_url: str, fetch: Fetch, read_codes: ReadCodes
) -> Received:
    try:
        codes = read_codes(data)
    except NothingToCheckError:
        if any(keyword in data for keyword in _BAKED):
            raise UncheckedError(
                Code.UNSUPPORTED_FORMAT, "A badge picture cannot be checked here yet."
            ) from None
        raise
    if len(codes) > 1:
        raise NothingToCheckError(
            Code.PARSING_ERROR, "There is more than one square code. Take a picture of one."
        )
    found = read_code(codes[0], base_url=base_url)
    if isinstance(found, CheckAddress):
        link = base_url + found.path
        return receive_link(link, base_url=base_url, fetch=fetch)
    return Received(data=found)


def _bytes_of(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NothingToCheckError(Code.PARSING_ERROR, "The text holds half a character.") from error
