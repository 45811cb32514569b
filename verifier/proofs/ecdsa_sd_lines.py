"""The lines of a document in the order in which ecdsa-sd-2023 counts them, for those who hold
the whole and for those who are shown a part (ECDSA Cryptosuites 1.0, sections 3.4.14, 3.5.6
and 3.5.7).

Leaves to others: how statements become lines (``verifier.proofs.ecdsa_sd_statements``),
signatures (``verifier.proofs.ecdsa_sd``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.errors import Code, RefusedError
from verifier.jsonld.oracle import build_statements, canonical_labels
from verifier.proofs.ecdsa_sd_cbor import DerivedProof
from verifier.proofs.ecdsa_sd_select import select
from verifier.proofs.ecdsa_sd_statements import (
    NamedDocument,
    name_document,
    signed_labels,
    signed_lines,
)
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Every statement of a document as it is signed: ``lines`` in their order; ``labels`` are
    what is signed (32 bytes) by what an unnamed node is called in ``named``."""

    named: NamedDocument
    lines: tuple[str, ...]
    labels: Mapping[str, bytes]

    def lines_of(self, pointers: Sequence[str]) -> frozenset[str]:
        """The lines of the part that ``pointers`` choose; none for none."""
        if not pointers:
            return frozenset()
        part = self.named.statements_of(select(self.named.document, pointers))
        return frozenset(signed_lines(part, self.labels))

    def labels_in(self, pointers: Sequence[str]) -> dict[int, bytes]:
        """By the number of its canonical label in that part, what is signed of a node."""
        part = self.named.statements_of(select(self.named.document, pointers))
        return {
            int(canonical.removeprefix("c14n")): self.labels[name]
            for name, canonical in canonical_labels(part).items()
        }


def lay_out(document: JsonObject, hmac_key: bytes) -> Sheet:
    """Section 3.4.14: canonicalise and group."""
    named = name_document(document)
    labels = signed_labels(canonical_labels(named.statements), hmac_key)
    lines = sorted(signed_lines(named.statements, labels))
    return Sheet(named=named, lines=tuple(lines), labels=labels)


def shown_lines(shown: JsonObject, proof: DerivedProof) -> tuple[list[str], list[str]]:
    """The lines of a shown document: the mandatory ones, and the others with one signature
    each (section 3.5.7). Raises ``RefusedError`` (``PROOF_VERIFICATION_ERROR``)."""
    statements = build_statements(shown)
    canonical = canonical_labels(statements)
    known = {f"c14n{number}": label for number, label in proof.labels.items()}
    if known.keys() != set(canonical.values()):
        raise _unfit("The labels of the proof are not those of the document.")
    labels = {name: known[label] for name, label in canonical.items()}
    lines = sorted(signed_lines(statements, labels))
    indexes = set(proof.mandatory_indexes)
    if not indexes <= set(range(len(lines))):
        raise _unfit("A mandatory index is beyond the statements of the document.")
    mandatory = [line for n, line in enumerate(lines) if n in indexes]
    others = [line for n, line in enumerate(lines) if n not in indexes]
    if len(others) != len(proof.signatures):
        raise _unfit("The number of signatures is not that of the statements.")
    return mandatory, others


def _unfit(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_VERIFICATION_ERROR, detail, pointer="/proof/proofValue")
