"""Public keys, and Multikey, their form as text (Controlled Identifiers 1.0, section 2.2.2).

A key is checked once, when it is read: its length, its curve, and that it is no key under
which signatures prove nothing. The library underneath accepts Ed25519 points of small order,
for which one signature fits many messages, so they are refused here. Each kind of key has one
way to verify: Ed25519 is pure, ECDSA hashes with the hash of its curve, RSA is PKCS #1 v1.5
with SHA-256 and comes as a JSON Web Key only.

Leaves to others: which kind of key a suite or token accepts (``verifier.proofs``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError

_BASE58 = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")


class KeyType(Enum):
    """A kind of public key: multicodec prefix and length in bytes (multicodec table)."""

    ED25519 = (b"\xed\x01", 32)
    X25519 = (b"\xec\x01", 32)
    P256 = (b"\x80\x24", 33)
    P384 = (b"\x81\x24", 49)
    P521 = (b"\x82\x24", 67)
    RSA = (b"\x85\x24", 0)
    """DER of the RSAPublicKey (PKCS #1), of any length that ``limits`` admits."""

    @property
    def prefix(self) -> bytes:
        """The two bytes before the key."""
        return self.value[0]

    @property
    def length(self) -> int:
        """Bytes of the key without the prefix; curve points are compressed."""
        return self.value[1]


_CURVES: Final[Mapping[KeyType, ec.EllipticCurve]] = {
    KeyType.P256: ec.SECP256R1(),
    KeyType.P384: ec.SECP384R1(),
    KeyType.P521: ec.SECP521R1(),
}
_HASHES: Final[Mapping[KeyType, hashes.HashAlgorithm]] = {
    KeyType.P256: hashes.SHA256(),
    KeyType.P384: hashes.SHA384(),
    KeyType.P521: hashes.SHA512(),
}
_SIGNATURE_BYTES: Final[Mapping[KeyType, int]] = {
    KeyType.ED25519: 64,
    KeyType.P256: 64,
    KeyType.P384: 96,
    KeyType.P521: 132,
}

_RSA_EXPONENT: Final = 65_537
"""The one in use; a large one would make every check slow (NIST FIPS 186-5, 5.1)."""

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The y of the eight points whose order divides eight (RFC 8032, section 5.1)."""


class KeyLengthError(RefusedError):
    """A key with more or fewer bytes than its kind has (did:key tells this apart)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key that passed its checks. ``raw`` has the length of its type."""

    key_type: KeyType
    raw: bytes

    def __post_init__(self) -> None:
        if self.key_type is KeyType.RSA:
            _check_rsa(self.raw)
        elif len(self.raw) != self.key_type.length:
            raise KeyLengthError(Code.INVALID_VERIFICATION_METHOD, "The key has the wrong length.")
        elif self.key_type is KeyType.ED25519:
            _check_ed25519(self.raw)
        elif self.key_type in _CURVES:
            _check_point(self.raw, _CURVES[self.key_type])

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check ``signature`` over ``data``: 64 bytes of Ed25519 (RFC 8032), ``r`` and ``s``
        of ECDSA side by side (64, 96 or 132 bytes; RFC 7518, section 3.4), or RSA.

        Raises ``RefusedError`` (``PROOF_VERIFICATION_ERROR``). A key for key agreement
        verifies nothing.
        """
        length = _SIGNATURE_BYTES.get(self.key_type)
        if length is not None and len(signature) != length:
            raise _unfit(f"The signature does not have {length} bytes.")
        try:
            _VERIFIERS[self.key_type](self, signature, data)
        except KeyError as error:
            raise _unfit("The key is not one that signs.") from error
        except InvalidSignature as error:
            raise _unfit("The signature does not fit the document.") from error

    def coordinates(self) -> tuple[int, int]:
        """The affine ``x`` and ``y`` of a key on a NIST curve."""
        curve = _CURVES[self.key_type]
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve, self.raw).public_numbers()
        return point.x, point.y


def _verify_ed25519(key: PublicKey, signature: bytes, data: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, data)


def _verify_ecdsa(key: PublicKey, signature: bytes, data: bytes) -> None:
    half = len(signature) // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    point = ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[key.key_type], key.raw)
    point.verify(encode_dss_signature(r, s), data, ec.ECDSA(_HASHES[key.key_type]))


def _verify_rsa(key: PublicKey, signature: bytes, data: bytes) -> None:
    _load_rsa(key.raw).verify(signature, data, padding.PKCS1v15(), hashes.SHA256())


_VERIFIERS: Final[Mapping[KeyType, Callable[[PublicKey, bytes, bytes], None]]] = {
    KeyType.ED25519: _verify_ed25519,
    **dict.fromkeys(_CURVES, _verify_ecdsa),
    KeyType.RSA: _verify_rsa,
}


def parse_multikey(text: object) -> PublicKey:
    """Read a ``publicKeyMultibase`` value.

    Raises ``RefusedError``: ``INVALID_VERIFICATION_METHOD`` for another form, length or a point
    that is not on the curve, ``WEAK_KEY`` for a point of small order or written in a second
    way. Raises ``UncheckedError`` (``UNSUPPORTED_CRYPTOSUITE``) for another kind of key.
    """
    data = decode_base58btc(
        text,
        max_characters=limits.MULTIBASE_KEY_CHARACTERS,
        code=Code.INVALID_VERIFICATION_METHOD,
    )
    for key_type in KeyType:
        if data.startswith(key_type.prefix) and key_type is not KeyType.RSA:
            return PublicKey(key_type=key_type, raw=data[len(key_type.prefix) :])
    raise UncheckedError(Code.UNSUPPORTED_CRYPTOSUITE, "This kind of key is not supported.")


def format_multikey(key: PublicKey) -> str:
    """The ``publicKeyMultibase`` value of ``key``."""
    return encode_base58btc(key.key_type.prefix + key.raw)


def decode_base58btc(
    text: object, *, max_characters: int, code: Code = Code.MALFORMED_VALUE_ERROR
) -> bytes:
    """Decode multibase base58-btc (``z…``). Length is checked first: decoding is quadratic.

    Raises ``RefusedError`` with ``code``.
    """
    if not isinstance(text, str) or len(text) > max_characters or _BASE58.fullmatch(text) is None:
        raise RefusedError(code, "A value is not base58 text that starts with 'z'.")
    return base58.b58decode(text[1:])


def encode_base58btc(data: bytes) -> str:
    """Write ``data`` as multibase base58-btc."""
    return f"z{base58.b58encode(data).decode('ascii')}"


def _check_ed25519(raw: bytes) -> None:
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise RefusedError(Code.WEAK_KEY, "The key is not written in its one canonical form.")
    if y in _SMALL_ORDER:
        raise RefusedError(Code.WEAK_KEY, "Under this key one signature fits many messages.")
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(x_squared, (_P - 1) // 2, _P) != 1:  # Euler: no such x
        raise _invalid("The key is not a point of its curve.")


def _check_point(raw: bytes, curve: ec.EllipticCurve) -> None:
    if raw[0] not in (2, 3):
        raise _invalid("The key is not a compressed point.")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(curve, raw)
    except ValueError as error:
        raise _invalid("The key is not a point of its curve.") from error


def _check_rsa(raw: bytes) -> None:
    key = _load_rsa(raw)
    if not limits.RSA_BITS_MINIMUM <= key.key_size <= limits.RSA_BITS_MAXIMUM:
        raise RefusedError(Code.WEAK_KEY, "An RSA key has 2048 to 4096 bits.")
    if key.public_numbers().e != _RSA_EXPONENT:
        raise RefusedError(Code.WEAK_KEY, f"The exponent of an RSA key is {_RSA_EXPONENT}.")


def _load_rsa(raw: bytes) -> rsa.RSAPublicKey:
    try:
        key = load_der_public_key(raw)
    except ValueError as error:
        raise _invalid("The key is not an RSA key.") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise _invalid("The key is not an RSA key.")
    return key


def _unfit(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_VERIFICATION_ERROR, detail)


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD, detail)
