"""The suites with ECDSA on P-256 and P-384 (Data Integrity ECDSA Cryptosuites 1.0, sections
3.2 and 3.3).

The curve is the key's, and with it every hash. A signature is ``r`` and ``s`` side by side, 64
or 96 bytes, never DER. The twin of a signature with the other ``s`` verifies too, as the
standard has it: nothing may tell two credentials apart by their signatures.

Leaves to others: how documents are transformed and hashed (``verifier.proofs.rdfc``,
``verifier.proofs.jcs``).
"""

from __future__ import annotations

from typing import Final

from verifier.proofs.jcs import JcsSuite
from verifier.proofs.multikey import KeyType
from verifier.proofs.rdfc import RdfcSuite

_KEY_TYPES: Final = frozenset({KeyType.P256, KeyType.P384})

ECDSA_RDFC_2019: Final = RdfcSuite(cryptosuite="ecdsa-rdfc-2019", key_types=_KEY_TYPES)
ECDSA_JCS_2019: Final = JcsSuite(cryptosuite="ecdsa-jcs-2019", key_types=_KEY_TYPES)
