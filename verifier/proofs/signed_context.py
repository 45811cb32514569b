"""The context with which a document counts, when its proofs say what they signed.

A JCS proof carries the context that it was made with, and verifies over the document with that
context even where others were put behind it since (Data Integrity EdDSA 1.0, section 3.3.2).
What was put there is covered by no signature and can give signed words another meaning. So
additions count only as noise: each must be a pinned context, the document is handed on without
them, and the report says so. Where the proofs of a set do not agree, nobody can say which
document they signed.

Leaves to others: the signatures (``verifier.proofs.jcs``), which contexts are known
(``verifier.jsonld.contexts``).
"""

from __future__ import annotations

from verifier.errors import Code, RefusedError
from verifier.jsonld.contexts import is_known
from verifier.proofs import SIGN_THEIR_CONTEXT
from verifier.proofs.jcs import starts_with
from verifier.proofs.suite import DATA_INTEGRITY_PROOF
from verifier.strict_json import JsonObject, JsonValue


def take_signed_context(document: JsonObject) -> tuple[JsonObject, tuple[str, ...]]:
    """``document`` with the context that its proofs signed, and warnings.

    Malformed proofs are passed over: ``parse_proofs`` refuses them. Raises ``RefusedError``
    (``PROOF_VERIFICATION_ERROR``) for contexts that were changed, for additions that are not
    pinned, and for proofs that signed different ones.
    """
    context = document.get("@context")
    signed = [_context_of(proof, context) for proof in _proofs(document)]
    if all(it == context for it in signed):
        return document, ()
    if any(it != signed[0] for it in signed):
        raise _refused("The proofs were made with different contexts.")
    if not starts_with(context, signed[0]):
        raise _refused("The contexts are not those that were signed.")
    added = _entries(context)[len(_entries(signed[0])) :]
    if not all(isinstance(entry, str) and is_known(entry) for entry in added):
        raise _refused("A context was added after signing.")
    warning = "Contexts were added after signing; the document is read without them."
    return {**document, "@context": signed[0]}, (warning,) if added else ()


def _proofs(document: JsonObject) -> list[JsonObject]:
    return [proof for proof in _entries(document.get("proof")) if isinstance(proof, dict)]


def _context_of(proof: JsonObject, otherwise: JsonValue) -> JsonValue:
    names_one = proof.get("type") == DATA_INTEGRITY_PROOF and "@context" in proof
    cryptosuite = proof.get("cryptosuite")
    if names_one and isinstance(cryptosuite, str) and cryptosuite in SIGN_THEIR_CONTEXT:
        return proof["@context"]
    return otherwise


def _entries(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _refused(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_VERIFICATION_ERROR, detail, pointer="/@context")
