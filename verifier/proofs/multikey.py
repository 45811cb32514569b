"""Public keys as text: Multikey (Controlled Identifiers 1.0, section 2.2.2) and its base58.

A key is checked once, when it is read: its length, its curve, and that it is no key under
which signatures prove nothing. The library underneath accepts Ed25519 points of small order,
for which one signature fits many messages, so they are refused here.

Leaves to others: which kind of key a suite accepts (``verifier.proofs.suite``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError

_BASE58 = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")


class KeyType(Enum):
    """A kind of public key: multicodec prefix and length in bytes (multicodec table)."""

    ED25519 = (b"\xed\x01", 32)
    X25519 = (b"\xec\x01", 32)
    P256 = (b"\x80\x24", 33)
    P384 = (b"\x81\x24", 49)

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
}

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The y of the eight points whose order divides eight (RFC 8032, section 5.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key that passed its checks. ``raw`` has the length of its type."""

    key_type: KeyType
    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != self.key_type.length:
            raise _invalid("The key has the wrong length.")
        if self.key_type is KeyType.ED25519:
            _check_ed25519(self.raw)
        elif self.key_type in _CURVES:
            _check_point(self.raw, _CURVES[self.key_type])

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a pure Ed25519 ``signature`` (64 bytes, RFC 8032) over ``data``.

        Raises ``RefusedError`` (``PROOF_VERIFICATION_ERROR``). Keys of other types verify
        nothing here.
        """
        if self.key_type is not KeyType.ED25519:
            raise RefusedError(Code.PROOF_VERIFICATION_ERROR, "The key is not an Ed25519 key.")
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except InvalidSignature as error:
            raise RefusedError(
                Code.PROOF_VERIFICATION_ERROR, "The signature does not fit the document."
            ) from error

    def coordinates(self) -> tuple[int, int]:
        """The affine ``x`` and ``y`` of a P-256 or P-384 key."""
        curve = _CURVES[self.key_type]
        point = ec.EllipticCurvePublicKey.from_encoded_point(curve, self.raw).public_numbers()
        return point.x, point.y


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
        if data.startswith(key_type.prefix):
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


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD, detail)
