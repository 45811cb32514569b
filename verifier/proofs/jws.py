"""Compact JSON Web Signatures (RFC 7515, RFC 7518, RFC 8037, RFC 9864), one strict reading.

A token is three parts of base64url in their one spelling. ``alg`` comes from one table and
belongs to one kind of key; ``none`` and the symmetric algorithms do not exist here. No header
parameter is understood as critical, and no key or address in a header is ever used by itself:
whose key it is, the caller settles from the issuer's own documents (RFC 8725, section 3).
jwcrypto checks the signature; the one algorithm and the one key that it is handed were settled
before.

Leaves to others: which ``typ`` is expected and what the payload means.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.jwk import build_jwk
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.strict_json import JsonObject, parse_json_object

ALGORITHMS: Final[Mapping[str, KeyType]] = {
    "EdDSA": KeyType.ED25519,
    "Ed25519": KeyType.ED25519,
    "ES256": KeyType.P256,
    "ES384": KeyType.P384,
    "ES512": KeyType.P521,
    "RS256": KeyType.RSA,
}
"""The algorithms that are verified, each with the one kind of key that it fits."""

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_NEVER = re.compile(r"none|hs\d+", re.ASCII | re.IGNORECASE)
_FORBIDDEN: Final = ("crit", "zip", "b64")
_MOST: Final = (
    limits.TOKEN_HEADER_CHARACTERS,
    limits.TOKEN_CHARACTERS,
    limits.TOKEN_SIGNATURE_CHARACTERS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jws:
    """A well-formed token whose signature nobody has checked yet. ``typ`` is in lower case and
    without ``application/`` (RFC 7515, section 4.1.9), or ``None`` when it is absent."""

    algorithm: str
    typ: str | None
    unverified_header: JsonObject
    unverified_payload: bytes
    signing_input: bytes
    signature: bytes

    def verify(self, key: PublicKey) -> None:
        """Check the signature. Raises ``RefusedError`` (``PROOF_VERIFICATION_ERROR``), also for
        a key of another kind than the algorithm's."""
        if key.key_type is not ALGORITHMS[self.algorithm]:
            raise _unfit("The key is not of the kind that the token names.")
        token = JWS()
        token.allowed_algs = [self.algorithm]
        try:
            token.deserialize(f"{self.signing_input.decode()}.{encode_base64url(self.signature)}")
            token.verify(JWK(**build_jwk(key)))
        except JWException as error:
            raise _unfit("The signature does not fit the token.") from error


def parse_jws(text: str) -> Jws:
    """Read one compact token.

    Raises ``RefusedError``: ``PARSING_ERROR`` for another form, ``LIMIT_EXCEEDED``,
    ``UNSUPPORTED_ALGORITHM`` for ``none`` and symmetric algorithms. Raises ``UncheckedError``
    (``UNSUPPORTED_ALGORITHM``) for another algorithm that is not in the table.
    """
    parts = text.split(".", 3)
    if len(parts) != len(_MOST):
        raise _unreadable("This is not a token of three parts.")
    for part, most in zip(parts, _MOST, strict=True):
        if len(part) > most:
            raise RefusedError(Code.LIMIT_EXCEEDED, "A part of the token is too long.")
    header = _parse_header(decode_base64url(parts[0]))
    return Jws(
        algorithm=_algorithm(header),
        typ=_typ(header),
        unverified_header=header,
        unverified_payload=decode_base64url(parts[1]),
        signing_input=f"{parts[0]}.{parts[1]}".encode("ascii"),
        signature=decode_base64url(parts[2]),
    )


def build_jws(header: JsonObject, payload: bytes, sign: Callable[[bytes], bytes]) -> str:
    """A compact token. ``header`` holds ``alg`` and all else; ``sign`` gets the signing input
    and returns the signature in JOSE's form (``PublicKey.verify``)."""
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    signing_input = f"{encode_base64url(head)}.{encode_base64url(payload)}"
    return f"{signing_input}.{encode_base64url(sign(signing_input.encode('ascii')))}"


def encode_base64url(data: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """The bytes of base64url text in its one spelling, at least one byte.

    Raises ``RefusedError`` (``PARSING_ERROR``).
    """
    if _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise _unreadable("A part of the token is not base64url text.")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_base64url(data) != text:
        raise _unreadable("A part of the token has a second spelling.")
    return data


def _parse_header(data: bytes) -> JsonObject:
    header = parse_json_object(data)
    for name in _FORBIDDEN:
        if name in header:
            raise _unreadable(f"The token asks for {name!r}, which is not admitted here.")
    return header


def _algorithm(header: JsonObject) -> str:
    name = header.get("alg")
    if not isinstance(name, str) or not name or _NEVER.fullmatch(name):
        raise RefusedError(
            Code.UNSUPPORTED_ALGORITHM, "The token is not signed with a key of its issuer."
        )
    if name not in ALGORITHMS:
        raise UncheckedError(
            Code.UNSUPPORTED_ALGORITHM, f"Signatures of the kind {name[:40]!r} are not supported."
        )
    return name


def _typ(header: JsonObject) -> str | None:
    if "typ" not in header:
        return None
    name = header["typ"]
    if not isinstance(name, str):
        raise _unreadable("The token's typ is not text.")
    return name.lower().removeprefix("application/")


def _unfit(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_VERIFICATION_ERROR, detail)


def _unreadable(detail: str) -> RefusedError:
    return RefusedError(Code.PARSING_ERROR, detail)
