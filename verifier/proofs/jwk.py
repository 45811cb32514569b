"""Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6.2, RFC 8037 section 2).

Reads and writes the public keys that DID documents, JWK sets and tokens hold, as the same
``PublicKey`` as Multikey, and gives their thumbprint (RFC 7638).

Leaves to others: tokens (``verifier.proofs.jws``).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.multikey import KeyType, PublicKey
from verifier.strict_json import JsonObject

_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,700}")
_TYPES: Final[Mapping[tuple[str, str], KeyType]] = {
    ("OKP", "Ed25519"): KeyType.ED25519,
    ("OKP", "X25519"): KeyType.X25519,
    ("EC", "P-256"): KeyType.P256,
    ("EC", "P-384"): KeyType.P384,
    ("EC", "P-521"): KeyType.P521,
}
_CURVE_NAMES: Final = {key_type: names for names, key_type in _TYPES.items()}
SECRET_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of private and symmetric keys (RFC 7518, sections 6.2.2, 6.3.2 and 6.4)."""
_ALGORITHMS: Final[Mapping[KeyType, frozenset[str]]] = {
    KeyType.ED25519: frozenset({"EdDSA", "Ed25519"}),
    KeyType.P256: frozenset({"ES256"}),
    KeyType.P384: frozenset({"ES384"}),
    KeyType.P521: frozenset({"ES512"}),
    KeyType.RSA: frozenset({"RS256"}),
}


def parse_jwk(jwk: JsonObject) -> PublicKey:
    """Read one public key.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD``) for a malformed key, a private
    one, or one that is not for signatures; ``WEAK_KEY`` as ``parse_multikey``;
    ``UncheckedError`` (``UNSUPPORTED_CRYPTOSUITE``) for another kind of key.
    """
    if set(jwk) & SECRET_MEMBERS:
        raise _invalid("A private key is published.")
    key_type = _key_type(jwk)
    _check_use(jwk, key_type)
    if key_type is KeyType.RSA:
        return PublicKey(key_type=key_type, raw=_rsa_raw(jwk))
    if key_type in (KeyType.ED25519, KeyType.X25519):
        return PublicKey(key_type=key_type, raw=_decode(jwk.get("x"), 32))
    size = key_type.length - 1
    x, y = _decode(jwk.get("x"), size), _decode(jwk.get("y"), size)
    key = PublicKey(key_type=key_type, raw=bytes([2 + (y[-1] & 1)]) + x)
    _check_y(key, x, y)
    return key


def build_jwk(key: PublicKey) -> JsonObject:
    """The public JWK of ``key``, with the required members only, in the order of RFC 7638."""
    if key.key_type is KeyType.RSA:
        numbers = _rsa_numbers(key.raw)
        return {"e": _encode_number(numbers.e), "kty": "RSA", "n": _encode_number(numbers.n)}
    kind, curve = _CURVE_NAMES[key.key_type]
    if kind == "OKP":
        return {"crv": curve, "kty": kind, "x": _encode(key.raw)}
    x, y = (_encode(n.to_bytes(key.key_type.length - 1, "big")) for n in key.coordinates())
    return {"crv": curve, "kty": kind, "x": x, "y": y}


def thumbprint(key: PublicKey) -> str:
    """The SHA-256 thumbprint of ``key`` in base64url (RFC 7638, section 3)."""
    return _encode(hashlib.sha256(rfc8785.dumps(build_jwk(key))).digest())


def _key_type(jwk: JsonObject) -> KeyType:
    if jwk.get("kty") == "RSA":
        return KeyType.RSA
    names = (jwk.get("kty"), jwk.get("crv"))
    if not all(isinstance(name, str) for name in names):
        raise _invalid("The key does not say its kind.")
    key_type = _TYPES.get((str(names[0]), str(names[1])))
    if key_type is None:
        raise UncheckedError(Code.UNSUPPORTED_CRYPTOSUITE, "This kind of key is not supported.")
    return key_type


def _rsa_raw(jwk: JsonObject) -> bytes:
    n, e = (int.from_bytes(_decode(jwk.get(name)), "big") for name in ("n", "e"))
    try:
        key = rsa.RSAPublicNumbers(e, n).public_key()
    except ValueError as error:
        raise _invalid("The key is not an RSA key.") from error
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


def _rsa_numbers(raw: bytes) -> rsa.RSAPublicNumbers:
    key = load_der_public_key(raw)
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("a checked RSA key is one")
    return key.public_numbers()


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


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _encode_number(number: int) -> str:
    return _encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _decode(text: object, length: int | None = None) -> bytes:
    """``length`` bytes of base64url in its one spelling, or any number of them."""
    if not isinstance(text, str) or _BASE64URL.fullmatch(text) is None or len(text) % 4 == 1:
        raise _invalid("A coordinate of the key is not base64url text.")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != text:
        raise _invalid("A coordinate of the key has a second spelling.")
    if length is not None and len(data) != length:
        raise _invalid("A coordinate of the key has the wrong length.")
    return data


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD, detail)
