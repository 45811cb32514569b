"""The suites with Ed25519 (Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3).

Leaves to others: how documents are transformed and hashed (``verifier.proofs.rdfc``,
``verifier.proofs.jcs``).
"""

from __future__ import annotations

from typing import Final

from verifier.proofs.jcs import JcsSuite
from verifier.proofs.multikey import KeyType
from verifier.proofs.rdfc import RdfcSuite

EDDSA_RDFC_2022: Final = RdfcSuite(
    cryptosuite="eddsa-rdfc-2022", key_types=frozenset({KeyType.ED25519})
)
EDDSA_JCS_2022: Final = JcsSuite(
    cryptosuite="eddsa-jcs-2022", key_types=frozenset({KeyType.ED25519})
)
