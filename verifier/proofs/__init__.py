"""Proofs embedded in a document, and the tables of the cryptosuites that are supported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.ecdsa import ECDSA_JCS_2019, ECDSA_RDFC_2019
from verifier.proofs.ecdsa_sd import ECDSA_SD_2023
from verifier.proofs.ed25519_2020 import ED25519_SIGNATURE_2020
from verifier.proofs.eddsa import EDDSA_JCS_2022, EDDSA_RDFC_2022
from verifier.proofs.suite import DATA_INTEGRITY_PROOF, Suite
from verifier.strict_json import JsonObject

_JCS_SUITES: Final = (EDDSA_JCS_2022, ECDSA_JCS_2019)
_SUITES: Final[tuple[Suite, ...]] = (EDDSA_RDFC_2022, ECDSA_RDFC_2019, ECDSA_SD_2023, *_JCS_SUITES)

SUITES: Final[Mapping[str, Suite]] = {suite.cryptosuite: suite for suite in _SUITES}
"""By the exact name in ``cryptosuite`` of a ``DataIntegrityProof``."""

SIGN_THEIR_CONTEXT: Final = frozenset(suite.cryptosuite for suite in _JCS_SUITES)
"""The suites whose proofs carry the context that they signed."""

LEGACY_SUITES: Final[Mapping[str, Suite]] = {
    ED25519_SIGNATURE_2020.cryptosuite: ED25519_SIGNATURE_2020
}
"""By the exact type of a proof from before there were cryptosuites."""


def suite_of(proof: JsonObject) -> Suite:
    """The suite that ``proof`` names.

    Raises ``UncheckedError`` (``UNSUPPORTED_CRYPTOSUITE``) for one that is not supported, and
    ``RefusedError`` (``PROOF_VERIFICATION_ERROR``) when a DataIntegrityProof names none.
    """
    kind = proof.get("type")
    if kind != DATA_INTEGRITY_PROOF:
        return _look_up(kind, LEGACY_SUITES)
    name = proof.get("cryptosuite")
    if not isinstance(name, str):
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR, "The proof names no cryptosuite.", pointer="/proof"
        )
    return _look_up(name, SUITES)


def suite_named(name: str) -> Suite:
    """The suite with this name in either table. Raises ``UncheckedError``."""
    return _look_up(name, {**SUITES, **LEGACY_SUITES})


def _look_up(name: object, table: Mapping[str, Suite]) -> Suite:
    if not isinstance(name, str) or name not in table:
        raise UncheckedError(
            Code.UNSUPPORTED_CRYPTOSUITE,
            f"Proofs of the kind {str(name)[:60]!r} are not supported.",
            pointer="/proof",
        )
    return table[name]
