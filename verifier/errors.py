"""The two ways in which a check can fail, and the codes that name the reasons.

A check that ends badly ends in one of two ways, and no reader may confuse them:

* ``RefusedError``: something is wrong with the document (it was changed, it is malformed,
  it has ended). This is an answer.
* ``UncheckedError``: the question could not be answered (a list did not answer, a proof
  format is not supported). This is the absence of an answer, and never counts as a yes.

The rooms of the verifier raise these; ``verifier.verify`` gathers them into a ``Report``.
HTTP status codes, problem type URLs and titles are left to ``verifier.problems`` and the edges.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The stable names of reasons. A name, once released, keeps its meaning."""

    # W3C VC Data Model 2.0, section 7.1
    PARSING_ERROR = "PARSING_ERROR"
    MALFORMED_VALUE_ERROR = "MALFORMED_VALUE_ERROR"
    RANGE_ERROR = "RANGE_ERROR"
    CRYPTOGRAPHIC_SECURITY_ERROR = "CRYPTOGRAPHIC_SECURITY_ERROR"
    # W3C VC Data Integrity 1.0, section 4.7
    PROOF_GENERATION_ERROR = "PROOF_GENERATION_ERROR"
    PROOF_VERIFICATION_ERROR = "PROOF_VERIFICATION_ERROR"
    PROOF_TRANSFORMATION_ERROR = "PROOF_TRANSFORMATION_ERROR"
    DATA_LOSS_DETECTION_ERROR = "DATA_LOSS_DETECTION_ERROR"
    INVALID_DOMAIN_ERROR = "INVALID_DOMAIN_ERROR"
    INVALID_CHALLENGE_ERROR = "INVALID_CHALLENGE_ERROR"
    # W3C Controlled Identifiers 1.0, section 3.4
    INVALID_VERIFICATION_METHOD = "INVALID_VERIFICATION_METHOD"
    INVALID_VERIFICATION_METHOD_URL = "INVALID_VERIFICATION_METHOD_URL"
    INVALID_CONTROLLED_IDENTIFIER_DOCUMENT = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"
    INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"
    INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD = "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"
    # W3C Bitstring Status List 1.0, section 3.3
    STATUS_RETRIEVAL_ERROR = "STATUS_RETRIEVAL_ERROR"
    STATUS_VERIFICATION_ERROR = "STATUS_VERIFICATION_ERROR"
    STATUS_LIST_LENGTH_ERROR = "STATUS_LIST_LENGTH_ERROR"
    # Our own
    UNKNOWN_CONTEXT = "UNKNOWN_CONTEXT"
    UNSUPPORTED_FORMAT = "UNSUPPORTED_FORMAT"
    UNSUPPORTED_CRYPTOSUITE = "UNSUPPORTED_CRYPTOSUITE"
    UNSUPPORTED_ALGORITHM = "UNSUPPORTED_ALGORITHM"
    UNSUPPORTED_STATUS_TYPE = "UNSUPPORTED_STATUS_TYPE"
    UNSUPPORTED_DID_METHOD = "UNSUPPORTED_DID_METHOD"
    UNKNOWN_SCHEMA = "UNKNOWN_SCHEMA"
    SCHEMA_VALIDATION_ERROR = "SCHEMA_VALIDATION_ERROR"
    ISSUER_KEY_MISMATCH = "ISSUER_KEY_MISMATCH"
    HOLDER_KEY_MISMATCH = "HOLDER_KEY_MISMATCH"
    KEY_BINDING_REQUIRED = "KEY_BINDING_REQUIRED"
    INVALID_KEY_BINDING = "INVALID_KEY_BINDING"
    RESOURCE_MISMATCH = "RESOURCE_MISMATCH"
    WEAK_KEY = "WEAK_KEY"
    KEY_UNAVAILABLE = "KEY_UNAVAILABLE"
    ADDRESS_NOT_ALLOWED = "ADDRESS_NOT_ALLOWED"
    FETCH_FAILED = "FETCH_FAILED"
    FETCH_TIMEOUT = "FETCH_TIMEOUT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    REVOKED = "REVOKED"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    POLICY_NOT_MET = "POLICY_NOT_MET"


class CheckError(Exception):
    """A check ended without success.

    ``code`` is a promise, ``detail`` a courtesy (one plain sentence), ``pointer`` the
    JSON Pointer (RFC 6901) of the member at fault, ``""`` for the whole document.
    """

    def __init__(self, code: Code, detail: str, *, pointer: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.pointer = pointer


class RefusedError(CheckError):
    """Something is wrong with the document: the answer is no."""


class UncheckedError(CheckError):
    """The question could not be answered. Never a yes, never a no."""


class MissingError(UncheckedError):
    """An address answered that there is nothing there (HTTP 404 or 410).

    Raised by the door to the network with ``FETCH_FAILED``; a share link that is switched
    off, ended or unknown answers like this.
    """
