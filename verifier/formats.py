"""Steps 1 and 2: what came in, and how it is secured.

A document is a JSON object with an embedded proof, a token (JWT or SD-JWT), or a JSON object
that envelops a token (VC Data Model 2.0, sections 4.13.1 and 4.13.2). An envelope says nothing
of its own, so it may hold nothing but the token.

Leaves to others: each mechanism (``verifier.proofs``), what a document must say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.model import CONTEXT_V2, as_list
from verifier.proofs.embedded_proofs import EmbeddedProofs
from verifier.secured import Format, Secured
from verifier.strict_json import JsonObject, parse_json_object

_TOKEN = re.compile(
    rb"\s*[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*(~[A-Za-z0-9_.~-]*)?\s*"
)
_ENVELOPES: Final = frozenset({"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"})
_DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]+),([A-Za-z0-9_.~-]+)", re.ASCII | re.IGNORECASE)
_MEDIA_TYPES: Final[Mapping[str, frozenset[Format]]] = {
    "application/vc+jwt": frozenset({Format.VC_JWT}),
    "application/vp+jwt": frozenset({Format.VP_JWT}),
    "application/jwt": frozenset({Format.JWT}),
    "application/vc+sd-jwt": frozenset({Format.VC_SD_JWT}),
    "application/vp+sd-jwt": frozenset({Format.VP_SD_JWT}),
    "application/dc+sd-jwt": frozenset({Format.SD_JWT_VC}),
}
"""What may stand in the ``data:`` URL of an envelope, and what the token then is."""


@dataclass(frozen=True, slots=True)
class Token:
    """A compact token as text, not read yet."""

    text: str


def parse_input(data: bytes | JsonObject) -> Token | JsonObject:
    """Step 1. An object was parsed by the strict loader already, as part of a request.

    Raises ``RefusedError`` (``PARSING_ERROR``, ``LIMIT_EXCEEDED``).
    """
    if not isinstance(data, bytes):
        return data
    if is_token(data):
        return Token(data.decode("ascii").strip())
    return parse_json_object(data)


def is_token(data: bytes) -> bool:
    """Whether ``data`` has the outward form of a compact token."""
    return len(data) <= limits.TOKEN_CHARACTERS and _TOKEN.fullmatch(data) is not None


def recognise(document: Token | JsonObject) -> Secured:
    """Step 2. Raises ``RefusedError``, and ``UncheckedError`` (``UNSUPPORTED_FORMAT``)."""
    if isinstance(document, Token):
        return _read_token(document.text)
    if _ENVELOPES.intersection(_types(document)):
        return _open_envelope(document)
    if "proof" not in document:
        raise RefusedError(Code.PARSING_ERROR, "The document has no proof.", pointer="/proof")
    return EmbeddedProofs(document)


def _types(document: JsonObject) -> frozenset[str]:
    return frozenset(it for it in as_list(document.get("type")) if isinstance(it, str))


def _read_token(text: str) -> Secured:
    raise UncheckedError(
        Code.UNSUPPORTED_FORMAT, "This is a signed token (JWT), not supported yet."
    )


def _open_envelope(document: JsonObject) -> Secured:
    contexts = as_list(document.get("@context"))
    if set(document) != {"@context", "id", "type"} or len(as_list(document["type"])) != 1:
        raise _malformed("An envelope holds @context, id and one type, and nothing else.", "")
    if contexts != [CONTEXT_V2]:
        raise _malformed(f"The context of an envelope is {CONTEXT_V2}.", "/@context")
    url = document["id"]
    if not isinstance(url, str) or len(url) > limits.TOKEN_CHARACTERS:
        raise _malformed("The id of an envelope is a data: URL.", "/id")
    match = _DATA_URL.fullmatch(url)
    if match is None:
        raise _malformed("The id of an envelope is a data: URL with a token.", "/id")
    media_type = match[1].lower()
    if media_type not in _MEDIA_TYPES:
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT, f"Envelopes of {media_type[:60]} are not supported."
        )
    secured = _read_token(match[2])
    if secured.format not in _MEDIA_TYPES[media_type]:
        raise _malformed("The token is of another kind than its envelope says.", "/id")
    return secured


def _malformed(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
