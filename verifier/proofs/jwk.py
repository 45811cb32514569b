"""Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6.2, RFC 8037 section 2).

Reads the public keys that DID documents publish, into the same ``PublicKey`` as Multikey.

Leaves to others: signatures in JOSE form, which are not supported yet.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Final

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.strict_json import JsonObject

_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TYPES: Final[Mapping[tuple[str, str], KeyType]] = {
    ("OKP", "Ed25519"): KeyType.ED25519,
    ("OKP", "X25519"): KeyType.X25519,
    ("EC", "P-256"): KeyType.P256,
    ("EC", "P-384"): KeyType.P384,
}
_ALGORITHMS: Final[Mapping[KeyType, frozenset[str]]] = {
    KeyType.ED25519: frozenset({"EdDSA", "Ed25519"}),
    KeyType.P256: frozenset({"ES256"}),
    KeyType.P384: frozenset({"ES384"}),
}


def parse_jwk(jwk: JsonObject) -> PublicKey:
    """Read one public key.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD``) for a malformed key, a private
    one, or one that is not for signatures; ``WEAK_KEY`` as ``parse_multikey``;
    ``UncheckedError`` (``UNSUPPORTED_CRYPTOSUITE``) for another kind of key.
    """
    names = (jwk.get("kty"), jwk.get("crv"))
    if not all(isinstance(name, str) for name in names):
        raise _invalid("The key does not say its kind.")
    key_type = _TYPES.get((str(names[0]), str(names[1])))
    if key_type is None:
        raise UncheckedError(Code.UNSUPPORTED_CRYPTOSUITE, "This kind of key is not supported.")
    if "d" in jwk:
        raise _invalid("A private key is published.")
    _check_use(jwk, key_type)
    if key_type in (KeyType.ED25519, KeyType.X25519):
        return PublicKey(key_type=key_type, raw=_decode(jwk.get("x"), 32))
    size = key_type.length - 1
    x, y = _decode(jwk.get("x"), size), _decode(jwk.get("y"), size)
    key = PublicKey(key_type=key_type, raw=bytes([2 + (y[-1] & 1)]) + x)
    _check_y(key, x, y)
    return key


def _check_use(jwk: JsonObject, key_type: KeyType) -> None:
    operations = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(operations, list):
        raise _invalid("The key is not for signatures.")
    if "verify" not in operations:
        raise _invalid("The key is not for verifying.")
    algorithms = _ALGORITHMS.get(key_type, frozenset())
    if "alg" in jwk and not any(jwk["alg"] == name for name in algorithms):
        raise _invalid("The key names an algorithm that does not fit it.")


def _check_y(key: PublicKey, x: bytes, y: bytes) -> None:
    """The compressed form keeps one bit of ``y``: the other bits must be the right ones."""
    numbers = (int.from_bytes(x, "big"), int.from_bytes(y, "big"))
    if key.coordinates() != numbers:
        raise _invalid("The key is not a point of its curve.")


def _decode(text: object, length: int) -> bytes:
    if not isinstance(text, str) or _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise _invalid("A coordinate of the key is not base64url text.")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise _invalid("A coordinate of the key has a second spelling.")
    if len(data) != length:
        raise _invalid("A coordinate of the key has the wrong length.")
    return data


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD, detail)
