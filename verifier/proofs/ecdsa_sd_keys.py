"""The secrets of one base proof: a P-256 key that signs its statements and is then forgotten,
and the key of the HMAC that makes its labels (ECDSA Cryptosuites 1.0, sections 3.5.1 and 3.5.9).

Signs with nonces made from key and message (RFC 6979), so that no weakness of a random source
can tell the key.

Leaves to others: where the random bytes come from, the issuer's own key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.proofs.multikey import KeyType, PublicKey

_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the group of P-256 (SEC 2, section 2.4.2)."""
_HALF: Final = 32
_SEED_BYTES: Final = 48
"""128 bits more than the order has, so that no remainder is likelier than another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofSecrets:
    """``hmac_key`` has 32 bytes and becomes part of the base proof; ``scalar``, between one and
    the order of P-256, becomes part of nothing."""

    hmac_key: bytes = field(repr=False)
    scalar: int = field(repr=False)

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what ``sign`` made."""
        raw = self._private().public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return PublicKey(key_type=KeyType.P256, raw=raw)

    def sign(self, data: bytes) -> bytes:
        """``r`` and ``s`` of ECDSA with SHA-256, 64 bytes."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self._private().sign(data, algorithm))
        return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")

    def _private(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.scalar, ec.SECP256R1())


def draw_secrets(random: Callable[[int], bytes]) -> ProofSecrets:
    """New secrets from ``random``, which gives that many bytes (FIPS 186-5, appendix A.2.1)."""
    hmac_key = random(_HALF)
    seed = int.from_bytes(random(_SEED_BYTES), "big")
    return ProofSecrets(hmac_key=hmac_key, scalar=seed % (_ORDER - 1) + 1)
