"""Requests, read strictly: media type, size, JSON, files, the idempotency key, the API key's
header.

The API key is read before the body, so that a stranger's body is never parsed.
Leaves to others: what the members of a body mean (``envelopes``), whose key it is
(``issuer.api_keys``).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import BinaryIO, Final, cast

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from issuer import limits
from issuer.errors import UnauthorisedError
from issuer.idempotency import Idempotency
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, parse_json, parse_json_object

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*)", re.ASCII | re.IGNORECASE)
_IDEMPOTENCY_KEY = re.compile(rf"[!-~](?:[ -~]{{0,{limits.IDEMPOTENCY_KEY_CHARACTERS - 2}}}[!-~])?")
_CHARSETS: Final = frozenset({"utf-8", "utf8"})


def presented_key() -> str:
    """The API key of the ``Authorization`` header (RFC 6750, section 2.1), and only from there.

    Raises ``UnauthorisedError``, the same for a header that is missing, double or malformed.
    """
    values = request.headers.getlist("Authorization")
    match = _BEARER.fullmatch(values[0].strip()) if len(values) == 1 else None
    if match is None or len(match[1]) > limits.API_KEY_CHARACTERS:
        raise UnauthorisedError
    return match[1]


def read_body(max_bytes: int) -> tuple[bytes, JsonObject]:
    """The body as bytes and as the object that the strict loader made of it.

    Raises ``UnsupportedMediaType`` (415), ``RequestEntityTooLarge`` (413), ``RefusedError``.
    """
    if not _is_json() or request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType
    request.max_content_length = max_bytes
    data = request.get_data(cache=False)
    if len(data) > max_bytes:
        raise RequestEntityTooLarge
    return data, parse_json_object(data, max_bytes=max_bytes)


def read_file_form(max_bytes: int, max_order_bytes: int) -> tuple[bytes, BinaryIO, bytes]:
    """A form of two parts: ``order``, a text, and ``file``, which went to disk as it came, with
    the file's SHA-256.

    Raises ``UnsupportedMediaType`` (415), ``RequestEntityTooLarge`` (413), ``RefusedError``.
    """
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    request.max_content_length = max_bytes + 2 * max_order_bytes
    request.max_form_memory_size, request.max_form_parts = limits.FORM_BUFFER_BYTES, 2
    names = [*request.form.keys(), *request.files.keys()]
    if names != ["order", "file"] or len(request.form) + len(request.files) != 2:
        detail = "A form has two parts: order, which is JSON, and file."
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail)
    stream = request.files["file"].stream
    digest = hashlib.file_digest(stream, "sha256").digest()  # type: ignore[arg-type]
    return request.form["order"].encode(), cast(BinaryIO, stream), digest


def _is_json() -> bool:
    """``application/json`` or ``application/…+json``, in UTF-8."""
    kind = request.mimetype
    is_json = kind == "application/json" or re.fullmatch(r"application/[\w.+-]+\+json", kind)
    return bool(is_json) and request.mimetype_params.get("charset", "utf-8").lower() in _CHARSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file and what was said beside it. ``data`` are the bytes of the file, ``members`` the
    fields of the form, each read as JSON; ``fingerprint`` is the same for the same file and
    fields, however the client divides its form."""

    data: bytes = field(repr=False)
    members: JsonObject = field(repr=False)
    fingerprint: bytes = field(repr=False)


def read_upload(max_bytes: int) -> Upload:
    """A table: as ``text/csv`` alone, or as the file named ``file`` of a form (RFC 7578).

    Raises ``UnsupportedMediaType`` (415), ``RequestEntityTooLarge`` (413), ``RefusedError``.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity" or not _is_utf_8():
        raise UnsupportedMediaType
    if request.mimetype == "text/csv":
        request.max_content_length = max_bytes
        data = request.get_data(cache=False)
        return Upload(data=_within(data, max_bytes), members={}, fingerprint=data)
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    return _read_form(max_bytes)


def _read_form(max_bytes: int) -> Upload:
    request.max_content_length = max_bytes + limits.PAYLOAD_FORM_BYTES
    request.max_form_memory_size = limits.PAYLOAD_FORM_BYTES
    request.max_form_parts = limits.PAYLOAD_FORM_PARTS
    try:
        files = list(request.files.items(multi=True))
        if [name for name, _ in files] != ["file"]:
            raise RefusedError(Code.MALFORMED_VALUE_ERROR, "The form has one file, named file.")
        data = _within(files[0][1].read(max_bytes + 1), max_bytes)
    finally:
        request.close()  # what was too large for memory lies in a file without a name
    members = _fields(list(request.form.items(multi=True)))
    told = json.dumps(members, sort_keys=True).encode()
    fingerprint = hashlib.sha256(data).digest() + told
    return Upload(data=data, members=members, fingerprint=fingerprint)


def _fields(fields: list[tuple[str, str]]) -> JsonObject:
    """The fields of a form, each with JSON in it."""
    members: JsonObject = {}
    for name, text in fields:
        if name in members:
            raise RefusedError(Code.MALFORMED_VALUE_ERROR, f"The field {name[:80]!r} is twice.")
        members[name] = parse_json(text.encode("utf-8", "replace"))
    return members


def _within(data: bytes, max_bytes: int) -> bytes:
    if len(data) > max_bytes:
        raise RequestEntityTooLarge
    return data


def _is_utf_8() -> bool:
    return request.mimetype_params.get("charset", "utf-8").lower() in _CHARSETS


def idempotency_of(body: bytes) -> Idempotency | None:
    """The ``Idempotency-Key`` header (1 to 200 printable ASCII characters, taken as they are)
    with a hash of all that this request asks: method, path, query and body.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``).
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        most = limits.IDEMPOTENCY_KEY_CHARACTERS
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, f"Idempotency-Key has 1 to {most} printable characters."
        )
    asked = f"{request.method} {request.full_path}\n".encode() + body
    return Idempotency(key=key, request_hash=hashlib.sha256(asked).hexdigest())


def flag(name: str) -> bool:
    """A switch in the query: absent or ``0`` is off, ``1`` is on. Raises ``RefusedError``."""
    value = request.args.get(name, "0")
    if value not in ("0", "1"):
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, f"{name} is 0 or 1.")
    return value == "1"


# --- the query ---------------------------------------------------------------------------


def check_query(*known: str) -> None:
    """Refuse a name that this address does not know. Raises ``RefusedError``."""
    for name in request.args:
        if name not in known:
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR, f"{name[:80]!r} is not known in this query."
            )


def word_in_query(name: str) -> str | None:
    """One word of the query, or ``None``. Raises ``RefusedError`` when it is there twice."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, f"{name} is there twice.")
    return values[0] if values else None


def number_in_query(name: str, default: int, *, most: int) -> int:
    """A whole number from 1 to ``most``. Raises ``RefusedError``."""
    word = word_in_query(name)
    if word is None:
        return default
    if not re.fullmatch(r"[1-9][0-9]{0,8}", word) or int(word) > most:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, f"{name} is a number from 1 to {most}.")
    return int(word)
