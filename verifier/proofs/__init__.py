"""Proofs embedded in a document, and the table of the cryptosuites that are supported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from verifier.errors import Code, RefusedError, UncheckedError
from verifier.proofs.eddsa import EDDSA_RDFC_2022
from verifier.proofs.suite import Suite
from verifier.strict_json import JsonObject

DATA_INTEGRITY_PROOF: Final = "DataIntegrityProof"

SUITES: Final[Mapping[str, Suite]] = {suite.cryptosuite: suite for suite in (EDDSA_RDFC_2022,)}
"""By the exact name in ``cryptosuite``."""


def suite_of(proof: JsonObject) -> Suite:
    """The suite that ``proof`` names.

    Raises ``UncheckedError`` (``UNSUPPORTED_CRYPTOSUITE``) for one that is not supported, and
    ``RefusedError`` (``PROOF_VERIFICATION_ERROR``) when a DataIntegrityProof names none.
    """
    if proof.get("type") != DATA_INTEGRITY_PROOF:
        raise _unsupported(proof.get("type"))
    name = proof.get("cryptosuite")
    if not isinstance(name, str):
        raise RefusedError(
            Code.PROOF_VERIFICATION_ERROR, "The proof names no cryptosuite.", pointer="/proof"
        )
    if name not in SUITES:
        raise _unsupported(name)
    return SUITES[name]


def _unsupported(name: object) -> UncheckedError:
    return UncheckedError(
        Code.UNSUPPORTED_CRYPTOSUITE,
        f"Proofs of the kind {str(name)[:60]!r} are not supported.",
        pointer="/proof",
    )
