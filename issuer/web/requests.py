"""Requests, read strictly: media type, size, JSON, the idempotency key, the API key's header.

The API key is read before the body, so that a stranger's body is never parsed.
Leaves to others: what the members of a body mean (``envelopes``), whose key it is
(``issuer.api_keys``).
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from issuer import limits
from issuer.errors import UnauthorisedError
from issuer.idempotency import Idempotency
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, parse_json_object

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


def _is_json() -> bool:
    """``application/json`` or ``application/…+json``, in UTF-8."""
    kind = request.mimetype
    is_json = kind == "application/json" or re.fullmatch(r"application/[\w.+-]+\+json", kind)
    return bool(is_json) and request.mimetype_params.get("charset", "utf-8").lower() in _CHARSETS


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
