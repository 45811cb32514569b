"""What others are shown of a signed credential: a holder's choice, all of it, or its words.

Leaves to others: making proofs (``issuer.signing``), who is shown it (``issuer.shares``).
"""

from __future__ import annotations

from collections.abc import Sequence

from issuer.signing.formats import format_named
from issuer.signing.tokens import token_within
from issuer.store.rows import IssuerRow
from verifier.formats import recognise
from verifier.jsonld import check_contexts
from verifier.policy import VC_API
from verifier.proofs.ecdsa_sd import derive
from verifier.strict_json import JsonObject


def derive_document(signed: JsonObject, selective: Sequence[str]) -> JsonObject:
    """Of a document with a base proof (ecdsa-sd-2023) what is mandatory and what the JSON
    Pointers choose. No key is needed, and whose document it is makes no difference.

    Raises ``CheckError`` as ``verifier.proofs.ecdsa_sd.derive``, and for contexts that are
    not known or redefine what is protected.
    """
    check_contexts(signed, inline=VC_API.inline_contexts)
    return derive(signed, selective)


def reveal(issuer: IssuerRow, signed: JsonObject) -> JsonObject:
    """All of a credential of ``issuer`` in the form that verifiers take."""
    return format_named(issuer.proof_format).reveal(signed)


def read_out(signed: JsonObject) -> JsonObject:
    """The words of a credential that we signed: the document, or what is in its token.

    For a page of our own about our own credential; nothing is verified here.
    """
    if token_within(signed) is None:
        return signed
    return recognise(signed).read_credential(VC_API).content.document
