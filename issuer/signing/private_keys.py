"""The kinds of private key that sign here: how each is made, and how it signs.

Ed25519 is pure (RFC 8032). ECDSA hashes with the hash of its curve and picks its numbers from
key and message (RFC 6979), so that no weak random source can give a key away; a signature is
``r`` and ``s`` side by side, as Data Integrity and JOSE both want it (RFC 7518, section 3.4).

Leaves to others: where keys are kept (``issuer.signing.files``), what is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from issuer.errors import IssuerCode, OwnFaultError
from verifier.proofs.multikey import KeyType, PublicKey

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Curve:
    """A NIST curve, the hash that belongs to it, and the bytes of one number on it."""

    key_type: KeyType
    curve: ec.EllipticCurve
    hash: hashes.HashAlgorithm
    number_bytes: int


_CURVES: Final = (
    _Curve(key_type=KeyType.P256, curve=ec.SECP256R1(), hash=hashes.SHA256(), number_bytes=32),
    _Curve(key_type=KeyType.P384, curve=ec.SECP384R1(), hash=hashes.SHA384(), number_bytes=48),
)
_BY_NAME: Final = {curve.curve.name: curve for curve in _CURVES}

_MAKERS: Final[Mapping[KeyType, Callable[[], PrivateKey]]] = {
    KeyType.ED25519: Ed25519PrivateKey.generate,
    KeyType.P256: lambda: ec.generate_private_key(ec.SECP256R1()),
    KeyType.P384: lambda: ec.generate_private_key(ec.SECP384R1()),
}


def make_private_key(key_type: KeyType) -> PrivateKey:
    """A new key. Raises ``OwnFaultError`` (``KEYS_UNUSABLE``) for a kind that does not sign."""
    maker = _MAKERS.get(key_type)
    if maker is None:
        raise _unusable("This kind of key does not sign here.")
    return maker()


def read_private_key(key: object) -> PrivateKey:
    """``key`` as the library loaded it, if it is of a kind that signs here.

    Raises ``OwnFaultError`` (``KEYS_UNUSABLE``).
    """
    if isinstance(key, Ed25519PrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _BY_NAME:
        return key
    raise _unusable("A key file holds a key of another kind.")


def public_key_of(key: PrivateKey) -> PublicKey:
    """The public half."""
    if isinstance(key, Ed25519PrivateKey):
        return PublicKey(key_type=KeyType.ED25519, raw=key.public_key().public_bytes_raw())
    raw = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return PublicKey(key_type=_BY_NAME[key.curve.name].key_type, raw=raw)


def sign_with(key: PrivateKey, data: bytes) -> bytes:
    """The signature over ``data``: 64 bytes of Ed25519 or P-256, 96 of P-384."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(data)
    curve = _BY_NAME[key.curve.name]
    der = key.sign(data, ec.ECDSA(curve.hash, deterministic_signing=True))
    return b"".join(n.to_bytes(curve.number_bytes, "big") for n in decode_dss_signature(der))


def _unusable(detail: str) -> OwnFaultError:
    return OwnFaultError(IssuerCode.KEYS_UNUSABLE, detail)
