"""Keys for tests, and documents secured with them through the code that is under test.

Every key is made from a number that everybody can read: the same in every run, and never a key
to trust.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from hashlib import sha256, shake_256
from itertools import count
from typing import Any, Protocol

import rfc8785
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.proofs.data_integrity import secure
from verifier.proofs.ecdsa import ECDSA_RDFC_2019
from verifier.proofs.eddsa import EDDSA_RDFC_2022
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import encode_base64url
from verifier.proofs.multikey import KeyType, PublicKey, format_multikey
from verifier.proofs.suite import Suite
from verifier.strict_json import JsonObject

_CURVES: dict[KeyType, ec.EllipticCurve] = {
    KeyType.P256: ec.SECP256R1(),
    KeyType.P384: ec.SECP384R1(),
    KeyType.P521: ec.SECP521R1(),
}
_HASHES: dict[KeyType, hashes.HashAlgorithm] = {
    KeyType.P256: hashes.SHA256(),
    KeyType.P384: hashes.SHA384(),
    KeyType.P521: hashes.SHA512(),
}


_SMALL = math.lcm(*range(3, 2000, 2))
"""Has every odd prime below 2,000 in it: what shares a factor with it is no large prime."""


class Signing(Protocol):
    """What every key here can do. ``did`` is a did:key, or a did:jwk for RSA."""

    @property
    def public(self) -> PublicKey: ...

    @property
    def did(self) -> str: ...

    @property
    def verification_method(self) -> str: ...

    def sign(self, data: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Ed25519TestKey:
    """A key from a seed that everybody can read here. Never a key to trust."""

    seed: bytes

    @classmethod
    def number(cls, number: int) -> Ed25519TestKey:
        """The key with this number: the same in every run."""
        return cls(number.to_bytes(32, "big"))

    @property
    def public(self) -> PublicKey:
        raw = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return PublicKey(key_type=KeyType.ED25519, raw=raw)

    @property
    def multibase(self) -> str:
        return format_multikey(self.public)

    @property
    def did(self) -> str:
        """The did:key of the key."""
        return f"did:key:{self.multibase}"

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.multibase}"

    def sign(self, data: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(data)


@dataclass(frozen=True, slots=True)
class EcTestKey:
    """A key on a NIST curve, from its secret number. Signs the same way in every run
    (RFC 6979), as ``r`` and ``s`` side by side."""

    secret: int
    key_type: KeyType = KeyType.P256

    @classmethod
    def number(cls, number: int, key_type: KeyType = KeyType.P256) -> EcTestKey:
        """The key with this number: the same in every run, and not the curve's generator."""
        return cls(int.from_bytes(sha256(b"%d" % number).digest()[1:], "big"), key_type)

    @property
    def private(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.secret, _CURVES[self.key_type])

    @property
    def public(self) -> PublicKey:
        raw = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return PublicKey(key_type=self.key_type, raw=raw)

    @property
    def multibase(self) -> str:
        return format_multikey(self.public)

    @property
    def did(self) -> str:
        """The did:key of the key."""
        return f"did:key:{self.multibase}"

    @property
    def verification_method(self) -> str:
        return f"{self.did}#{self.multibase}"

    def sign_der(self, data: bytes, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
        """The signature as DER, and with another hash where one is given."""
        chosen = algorithm or _HASHES[self.key_type]
        return self.private.sign(data, ec.ECDSA(chosen, deterministic_signing=True))

    def sign(self, data: bytes) -> bytes:
        length = (self.private.key_size + 7) // 8
        numbers = decode_dss_signature(self.sign_der(data))
        return b"".join(number.to_bytes(length, "big") for number in numbers)


@dataclass(frozen=True, slots=True)
class RsaTestKey:
    """An RSA key of ``bits`` bits, from its number. Signs PKCS #1 v1.5 with SHA-256."""

    seed: int
    bits: int = 2048

    @classmethod
    def number(cls, number: int, bits: int = 2048) -> RsaTestKey:
        """The key with this number: the same in every run."""
        return cls(number, bits)

    @property
    def private(self) -> rsa.RSAPrivateKey:
        return _rsa_key(self.seed, self.bits)

    @property
    def public(self) -> PublicKey:
        raw = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
        return PublicKey(key_type=KeyType.RSA, raw=raw)

    @property
    def did(self) -> str:
        """The did:jwk of the key: RSA has no Multikey that is read here."""
        return f"did:jwk:{encode_base64url(rfc8785.dumps(build_jwk(self.public)))}"

    @property
    def verification_method(self) -> str:
        return f"{self.did}#0"

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


@cache
def _rsa_key(seed: int, bits: int) -> rsa.RSAPrivateKey:
    e = 65537
    p, q = (_prime(b"%d %d" % (seed, number), bits // 2, e) for number in (1, 2))
    d = pow(e, -1, math.lcm(p - 1, q - 1))
    public = rsa.RSAPublicNumbers(e, p * q)
    exponents = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *exponents, public).private_key()


def _prime(seed: bytes, bits: int, e: int) -> int:
    """The first probable prime after a number made from ``seed``; its two highest bits are set,
    so that a product has all its bits."""
    start = int.from_bytes(shake_256(seed).digest(bits // 8), "big") | 3 << (bits - 2) | 1
    for candidate in count(start, 2):
        if math.gcd(candidate, _SMALL) > 1 or candidate % e == 1:
            continue
        if all(pow(base, candidate - 1, candidate) == 1 for base in (2, 3)):
            return candidate
    raise AssertionError("there is always one more prime")


def secure_document(
    document: JsonObject, key: Signing, suite: Suite | None = None, **options: Any
) -> JsonObject:
    """A copy of ``document`` with one more proof by ``key``, of the rdfc suite of its kind
    unless ``suite`` is given. ``options`` replace or add members of the proof; ``None`` leaves
    one out."""
    proof = {
        "verificationMethod": key.verification_method,
        "proofPurpose": "assertionMethod",
        "created": "2026-03-24T12:00:00Z",
        **options,
    }
    given = {name: value for name, value in proof.items() if value is not None}
    key_type = key.public.key_type
    usual: Suite = EDDSA_RDFC_2022 if key_type is KeyType.ED25519 else ECDSA_RDFC_2019
    return secure(document, given, key.sign, suite or usual, key_type)
