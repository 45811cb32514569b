"""The suites with Ed25519 (Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3).

Leaves to others: how documents are transformed and hashed (``verifier.proofs.rdfc``).
"""

from __future__ import annotations

from typing import Final

from verifier.proofs.multikey import KeyType
from verifier.proofs.rdfc import RdfcSuite

EDDSA_RDFC_2022: Final = RdfcSuite(
    cryptosuite="eddsa-rdfc-2022", key_types=frozenset({KeyType.ED25519})
)
