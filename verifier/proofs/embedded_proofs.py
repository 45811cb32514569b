"""A document with Data Integrity proofs in it, as a ``Secured``.

Leaves to others: the proofs themselves (``verifier.proofs.data_integrity``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from verifier.date_time_stamp import Instant
from verifier.dids import retrieve_verification_method
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.json_pointer import objects_within
from verifier.jsonld import check_contexts
from verifier.model import (
    Credential,
    Presentation,
    as_list,
    parse_credential,
    parse_presentation,
)
from verifier.policy import Policy
from verifier.proofs.data_integrity import Proof, parse_proofs, verify_proof
from verifier.proofs.ecdsa_sd import ECDSA_SD_2023
from verifier.proofs.multikey import PublicKey
from verifier.proofs.signed_context import take_signed_context
from verifier.secured import WITHHELD, Format, KeyFinder, Reading
from verifier.strict_json import JsonObject

ASSERTION: Final = "assertionMethod"
AUTHENTICATION: Final = "authentication"
_STATUS_ENTRY: Final = re.compile(r"/credentialStatus(?:/\d+)*", re.ASCII)
_OF_ANYTHING: Final = frozenset({"description", "id", "name", "type"})
"""What may be said of a status entry elsewhere: nothing that tells a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedSignature:
    """One proof of a set or chain over ``document``, which is without its proofs."""

    proof: Proof
    document: JsonObject
    proofs: tuple[Proof, ...]

    @property
    def by(self) -> str:
        """The verification method's URL."""
        return self.proof.verification_method

    @property
    def controller(self) -> str:
        """The identifier before the fragment."""
        return self.by.partition("#")[0]

    @property
    def start(self) -> Instant | None:
        """The proof's ``created``."""
        return self.proof.created

    @property
    def end(self) -> Instant | None:
        """The proof's ``expires``."""
        return self.proof.expires

    @property
    def nonce(self) -> str | None:
        """The proof's ``challenge``."""
        return self.proof.challenge

    @property
    def audience(self) -> tuple[str, ...]:
        """The proof's ``domain``."""
        return self.proof.domain

    def find_key(self, finder: KeyFinder) -> PublicKey:
        """Controlled Identifiers 1.0, section 3.3."""
        return retrieve_verification_method(
            self.by, relationship=finder.relationship, fetch=finder.fetch, now=finder.now
        ).key

    def verify(self, key: PublicKey) -> None:
        """VC Data Integrity 1.0, section 4.4."""
        verify_proof(self.proof, self.document, self.proofs, key)


@dataclass(frozen=True, slots=True)
class EmbeddedProofs:
    """A JSON object with a ``proof``."""

    document: JsonObject
    format: Format = Format.DATA_INTEGRITY

    def read_credential(self, policy: Policy) -> Reading[Credential]:
        """Contexts, the credential's members, the form of every proof.

        Raises ``UncheckedError`` (``UNSUPPORTED_FORMAT``) for a presentation: it is no bad
        credential, and what it is needs to know what its holder was asked.
        """
        if "VerifiablePresentation" in as_list(self.document.get("type")):
            raise UncheckedError(
                Code.UNSUPPORTED_FORMAT,
                "This is a presentation and no credential. Ask for the credential in it.",
                pointer="/type",
            )
        document, warnings = self._read_contexts(policy)
        content = parse_credential(document)
        _check_statuses_apart(content)
        signatures = _signatures(document, content.document, ASSERTION)
        return Reading(
            content=content,
            signatures=signatures,
            warnings=(*warnings, *content.warnings, *_warnings(signatures)),
        )

    def read_presentation(self, policy: Policy) -> Reading[Presentation]:
        """The same for a presentation."""
        document, warnings = self._read_contexts(policy)
        content = parse_presentation(document)
        signatures = _signatures(document, content.document, AUTHENTICATION)
        return Reading(
            content=content,
            signatures=signatures,
            warnings=(*warnings, *content.warnings, *_warnings(signatures)),
        )

    def _read_contexts(self, policy: Policy) -> tuple[JsonObject, tuple[str, ...]]:
        """The document as it was signed. Contexts that were added are looked at as well."""
        warnings = check_contexts(self.document, inline=policy.inline_contexts)
        document, added = take_signed_context(self.document)
        return document, (*warnings, *added)


def _check_statuses_apart(content: Credential) -> None:
    """Two entries with one id are one thing to a signature over statements, so their indexes
    could be exchanged, and each list asked about somebody else. They may differ in their purposes
    alone. Any other object with the id of an entry could be where an index or a size was moved."""
    named: dict[str, JsonObject] = {}
    for entry in content.statuses:
        if "id" in entry:
            told = {name: value for name, value in entry.items() if name != "statusPurpose"}
            if named.setdefault(str(entry["id"]), told) != told:
                raise _scattered("Two status entries have one id.", "/credentialStatus")
    for pointer, node in objects_within(content.document) if named else ():
        is_told = str(node.get("id")) in named and node.keys() - _OF_ANYTHING
        if is_told and _STATUS_ENTRY.fullmatch(pointer) is None:
            raise _scattered("A status entry stands in two places.", pointer)


def _scattered(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)


def _signatures(
    document: JsonObject, unsecured: JsonObject, purpose: str
) -> tuple[EmbeddedSignature, ...]:
    proofs = parse_proofs(document, purpose=purpose)
    return tuple(
        EmbeddedSignature(proof=proof, document=unsecured, proofs=proofs) for proof in proofs
    )


def _warnings(signatures: tuple[EmbeddedSignature, ...]) -> tuple[str, ...]:
    """Nobody can tell what was left out of a choice: an issuer may have let holders hide the
    end of validity or the status."""
    if any(signature.proof.cryptosuite == ECDSA_SD_2023.cryptosuite for signature in signatures):
        return (WITHHELD,)
    return ()
