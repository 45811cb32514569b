"""What is held against a document before a key is touched: steps 2 and 5 of issuance.

A caller's document is read before anything is reserved (step 2), so that what is refused leaves
nothing behind. Every document, also one that we built, is held to the verifier's own rules
(step 5); what passes can be taken to the signer once.

Leaves to others: the rules themselves (``verifier``), what a proof format can secure
(``issuer.signing.formats``).
"""

from __future__ import annotations

from typing import Final

from issuer import sandbox
from issuer.errors import IssuerCode, RequestRefusedError
from issuer.intent import DocumentIntent
from issuer.own_sources import STATUS_PATH
from issuer.signing.formats import format_named
from issuer.store.rows import IssuerRow
from verifier.json_pointer import values_within
from verifier.model import Credential, parse_credential
from verifier.policy import VC_API, Policy
from verifier.strict_json import JsonObject
from verifier.verify import lint

_STATUS: Final = "credentialStatus"


def read_document(intent: DocumentIntent, issuer: IssuerRow, *, base_url: str) -> Credential:
    """Step 2 for a caller's document: everything that could refuse it later.

    Raises ``RequestRefusedError`` (``ISSUER_MISMATCH``, ``ALREADY_SECURED``,
    ``STATUS_IS_OURS``, ``TEST_NOT_SAID``, ``FORMAT_UNFIT``) and ``CheckError``.
    """
    credential = intent.document
    if "proof" in credential:
        raise RequestRefusedError(
            IssuerCode.ALREADY_SECURED, "The document carries a proof. Send it without."
        )
    parsed = parse_credential(credential)
    if parsed.issuer != issuer.did:
        raise RequestRefusedError(
            IssuerCode.ISSUER_MISMATCH, f"This issuer signs as {issuer.did} and as nobody else."
        )
    _check_status(credential, f"{base_url}/{STATUS_PATH}/")
    sandbox.check_document(credential, issuer)
    lint(credential, policy=VC_API)
    proof_format = format_named(issuer.proof_format)
    mandatory = sandbox.mandatory_of(issuer, intent.mandatory)
    proof_format.check_document(parsed, intent.created, mandatory)
    return parsed


def _check_status(credential: JsonObject, our_lists: str) -> None:
    """A place in our lists belongs to one issuance. A caller who names one could share the
    fate of somebody else's credential, or never be revoked."""
    for _, value in values_within({_STATUS: credential.get(_STATUS)}):
        if isinstance(value, str) and value.startswith(our_lists):
            raise RequestRefusedError(
                IssuerCode.STATUS_IS_OURS, "The places in our status lists are given out by us."
            )


class Prepared:
    """A document that passed the rehearsal. It can be taken to the signer once."""

    __slots__ = ("_document",)

    def __init__(self, document: JsonObject) -> None:
        self._document: JsonObject | None = document

    def take(self) -> JsonObject:
        """The document. Raises ``RuntimeError`` the second time."""
        document, self._document = self._document, None
        if document is None:
            raise RuntimeError("a rehearsed document is signed once")
        return document


def rehearse(unsigned: JsonObject, policy: Policy) -> Prepared:
    """Step 5: the verifier's own rules. Raises ``CheckError``."""
    lint(unsigned, policy=policy)
    return Prepared(unsigned)
