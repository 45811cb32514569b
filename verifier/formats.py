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
from verifier.model import CONTEXT_V2, Credential, Presentation, as_list
from verifier.policy import Policy
from verifier.proofs.embedded_proofs import EmbeddedProofs
from verifier.proofs.jose import read_jwt
from verifier.proofs.sd_jwt_vc import read_sd_jwt
from verifier.secured import Format, Reading, Secured
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

_TOKEN = re.compile(
    rb"\s*[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]*(~[A-Za-z0-9_.~-]*)?\s*"
)
_DATA_URL = re.compile(r"(?is)data:([a-z]+/[a-z0-9.+-]+)(;[^,]*)?,(.*)", re.ASCII)
_TOKEN_TEXT = re.compile(r"[A-Za-z0-9_.~-]+", re.ASCII)
_ENVELOPES: Final[Mapping[str, Mapping[str, Format]]] = {
    "EnvelopedVerifiableCredential": {
        "application/vc+jwt": Format.VC_JWT,
        "application/jwt": Format.JWT,
        "application/vc+sd-jwt": Format.VC_SD_JWT,
        "application/dc+sd-jwt": Format.SD_JWT_VC,
    },
    "EnvelopedVerifiablePresentation": {
        "application/vp+jwt": Format.VP_JWT,
        "application/jwt": Format.JWT,
        "application/vp+sd-jwt": Format.VP_SD_JWT,
    },
}
"""What may stand in the ``data:`` URL of each envelope, and what the token then is."""


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
    if not _types(document).isdisjoint(_ENVELOPES):
        return _open_envelope(document)
    if "proof" not in document:
        raise RefusedError(Code.PARSING_ERROR, "The document has no proof.", pointer="/proof")
    return EmbeddedProofs(document)


def _types(document: JsonObject) -> frozenset[str]:
    return frozenset(it for it in as_list(document.get("type")) if isinstance(it, str))


def _read_token(text: str) -> Secured:
    return read_sd_jwt(text) if "~" in text else read_jwt(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enveloped:
    """A token in an envelope, which says whether it holds a credential or a presentation."""

    type: str
    inner: Secured

    @property
    def format(self) -> Format:
        """The token's."""
        return self.inner.format

    def read_credential(self, policy: Policy) -> Reading[Credential]:
        """As the token, unless the envelope is that of a presentation."""
        self._insist_on("EnvelopedVerifiableCredential")
        return self.inner.read_credential(policy)

    def read_presentation(self, policy: Policy) -> Reading[Presentation]:
        """As the token, unless the envelope is that of a credential."""
        self._insist_on("EnvelopedVerifiablePresentation")
        return self.inner.read_presentation(policy)

    def _insist_on(self, expected: str) -> None:
        if self.type != expected:
            raise _malformed(f"The envelope is not an {expected}.", "/type")


def _open_envelope(document: JsonObject) -> Secured:
    types = as_list(document["type"])
    if set(document) != {"@context", "id", "type"} or len(types) != 1:
        raise _malformed("An envelope holds @context, id and one type, and nothing else.", "")
    if as_list(document["@context"]) != [CONTEXT_V2]:
        raise _malformed(f"The context of an envelope is {CONTEXT_V2}.", "/@context")
    media_type, text = _parse_data_url(document["id"])
    secured = _read_token(text)
    if secured.format is not _ENVELOPES[types[0]].get(media_type):
        raise _malformed("The token is of another kind than its envelope says.", "/id")
    return Enveloped(type=types[0], inner=secured)


def _parse_data_url(url: JsonValue) -> tuple[str, str]:
    """The media type in lower case, and the token. A token needs no parameters and no escapes,
    so it has none (RFC 2397)."""
    if not isinstance(url, str) or len(url) > limits.TOKEN_CHARACTERS:
        raise _malformed("The id of an envelope is a data: URL.", "/id")
    match = _DATA_URL.fullmatch(url)
    if match is None:
        raise _malformed("The id of an envelope is a data: URL.", "/id")
    media_type = match[1].lower()
    if not any(media_type in known for known in _ENVELOPES.values()):
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT,
            f"Envelopes of {media_type[:60]} are not supported.",
            pointer="/id",
        )
    if match[2] is not None or _TOKEN_TEXT.fullmatch(match[3]) is None:
        raise _malformed("The data: URL of an envelope holds a token and no more.", "/id")
    return media_type, match[3]


def _malformed(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
