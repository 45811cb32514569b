"""Problem documents (RFC 9457): the type URL and the title of every code.

Codes that a W3C specification defines keep its URL; ours live under
``{base}/problems/{CODE}``, where ``base`` is the public address of the service that
answers, and are explained there.

Leaves to others: HTTP status codes, which live in one table at each edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from verifier.errors import Code
from verifier.strict_json import JsonObject

LIBRARY_BASE: Final = "https://w3id.org/micro-internship"
"""The base where no service answers: the library and the command line."""

_VC: Final = "https://www.w3.org/TR/vc-data-model#"
_SECURITY: Final = "https://w3id.org/security#"
_STATUS: Final = "https://www.w3.org/ns/credentials/status-list#"

TITLES: Final[Mapping[Code, str]] = {
    Code.PARSING_ERROR: "The input cannot be read",
    Code.MALFORMED_VALUE_ERROR: "A value is malformed",
    Code.RANGE_ERROR: "A value is out of range",
    Code.CRYPTOGRAPHIC_SECURITY_ERROR: "The securing mechanism failed",
    Code.PROOF_GENERATION_ERROR: "The proof cannot be made as asked",
    Code.PROOF_VERIFICATION_ERROR: "The signature does not fit the words",
    Code.PROOF_TRANSFORMATION_ERROR: "The document cannot be prepared for its proof",
    Code.DATA_LOSS_DETECTION_ERROR: "A part of the document is not covered by its signature",
    Code.INVALID_DOMAIN_ERROR: "The proof was made for another domain",
    Code.INVALID_CHALLENGE_ERROR: "The proof was made for another challenge",
    Code.INVALID_VERIFICATION_METHOD: "The verification method is not usable",
    Code.INVALID_VERIFICATION_METHOD_URL: "The verification method is not a usable URL",
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT: "The issuer's key document is malformed",
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID: "The key document belongs to another issuer",
    Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD: "The key may not be used for this purpose",
    Code.STATUS_RETRIEVAL_ERROR: "The status list could not be fetched",
    Code.STATUS_VERIFICATION_ERROR: "The status list could not be verified",
    Code.STATUS_LIST_LENGTH_ERROR: "The status list is too short",
    Code.UNKNOWN_CONTEXT: "A JSON-LD context is not known here",
    Code.UNSUPPORTED_FORMAT: "This kind of document is not supported",
    Code.UNSUPPORTED_CRYPTOSUITE: "This kind of proof is not supported",
    Code.UNSUPPORTED_ALGORITHM: "This signature algorithm is not accepted",
    Code.UNSUPPORTED_STATUS_TYPE: "This kind of status is not supported",
    Code.UNSUPPORTED_DID_METHOD: "This kind of identifier is not supported",
    Code.UNKNOWN_SCHEMA: "A credential schema is not known here",
    Code.SCHEMA_VALIDATION_ERROR: "The credential does not fit its schema",
    Code.ISSUER_KEY_MISMATCH: "Signed with a key that is not the issuer's",
    Code.HOLDER_KEY_MISMATCH: "Presented with a key that is not the holder's",
    Code.KEY_BINDING_REQUIRED: "The holder did not show the key it is bound to",
    Code.INVALID_KEY_BINDING: "The holder's key does not fit this presentation",
    Code.RESOURCE_MISMATCH: "A related file is not the one that was meant",
    Code.WEAK_KEY: "The key is not safe to use",
    Code.KEY_UNAVAILABLE: "The issuer's key is not available",
    Code.ADDRESS_NOT_ALLOWED: "An address that must not be visited",
    Code.FETCH_FAILED: "An address did not give a usable answer",
    Code.FETCH_TIMEOUT: "An address did not answer in time",
    Code.LIMIT_EXCEEDED: "A limit was exceeded",
    Code.REVOKED: "The issuer revoked it",
    Code.SUSPENDED: "The issuer has suspended it for now",
    Code.EXPIRED: "It has ended",
    Code.NOT_YET_VALID: "It has not started yet",
    Code.POLICY_NOT_MET: "The caller's rules are not met",
}

_VC_CODES: Final = (
    Code.PARSING_ERROR,
    Code.MALFORMED_VALUE_ERROR,
    Code.RANGE_ERROR,
    Code.CRYPTOGRAPHIC_SECURITY_ERROR,
)
_SECURITY_CODES: Final = (
    Code.PROOF_VERIFICATION_ERROR,
    Code.PROOF_GENERATION_ERROR,
    Code.PROOF_TRANSFORMATION_ERROR,
    Code.DATA_LOSS_DETECTION_ERROR,
    Code.INVALID_DOMAIN_ERROR,
    Code.INVALID_CHALLENGE_ERROR,
    Code.INVALID_VERIFICATION_METHOD,
    Code.INVALID_VERIFICATION_METHOD_URL,
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
    Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD,
)
_STATUS_CODES: Final = (
    Code.STATUS_RETRIEVAL_ERROR,
    Code.STATUS_VERIFICATION_ERROR,
    Code.STATUS_LIST_LENGTH_ERROR,
)
_HOMES: Final[Mapping[Code, str]] = {
    **dict.fromkeys(_VC_CODES, _VC),
    **dict.fromkeys(_SECURITY_CODES, _SECURITY),
    **dict.fromkeys(_STATUS_CODES, _STATUS),
}


def problem_type(code: Code, base: str) -> str:
    """The URL that names ``code``; ``base`` has no trailing slash."""
    home = _HOMES.get(code)
    return f"{home}{code}" if home else f"{base}/problems/{code}"


def problem_document(code: Code, detail: str, base: str) -> JsonObject:
    """``type``, ``title`` and ``detail`` of one problem, ready for JSON."""
    return {"type": problem_type(code, base), "title": TITLES[code], "detail": detail}
