"""The operations of ``issuer.web.vc_api``, as values."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.lifecycle import Reason
from issuer.web.answers import VC
from issuer.web.openapi.vocabulary import (
    DOCUMENT_CODES,
    IDEMPOTENCY_KEY,
    ISSUER_NAME,
    LOCATION,
    SIGNING_CODES,
    TEXT,
    and_below_issuer,
    example,
    gives,
    in_path,
    key,
    list_of,
    load_example,
    takes,
    thing,
)
from verifier.errors import Code
from verifier.limits import SD_POINTERS, URL_CHARACTERS
from verifier.openapi import Answer, Chapter, Content, Operation, ref
from verifier.strict_json import JsonObject

TOKENS: Final = ("application/vc+jwt", "application/jwt", "application/vc+sd-jwt")
"""Other forms of a signed document, for who asks for them by name."""
_TOKENS_OF_RECORDS: Final = (*TOKENS, "application/dc+sd-jwt")

_POINTERS: Final = list_of(TEXT, most=SD_POINTERS) | {"description": "JSON Pointers (RFC 6901)."}
_DOCUMENT: Final[JsonObject] = {
    "type": "object",
    "required": ["@context", "type", "issuer", "credentialSubject"],
}
_ENTRY: Final = thing(
    {
        "type": {"const": "BitstringStatusListEntry"},
        "statusPurpose": {"enum": ["revocation", "suspension"]},
    }
)


def _also_bare(answer: Answer, tokens: tuple[str, ...]) -> Answer:
    """The answer, and the document or token alone for who asks for it by ``Accept``."""
    document = Content(schema=ref("SignedDocument"), media_type=VC)
    bare = tuple(Content(schema=TEXT, media_type=it) for it in tokens)
    return replace(answer, contents=(*answer.contents, document, *bare))


_ISSUE: Final = Operation(
    method="post",
    path="/credentials/issue",
    id="issueDocument",
    summary="Sign a document of your own",
    description="The document is signed as it is; its `issuer` must be the DID of your issuer. "
    "A member that no context defines is refused. Two calls give two credentials unless an "
    "`Idempotency-Key` says otherwise.",
    access=key(Scope.ISSUE),
    parameters=(IDEMPOTENCY_KEY,),
    body=takes(
        ref("IssueRequest"),
        example("A small document", load_example("document"), answers=201),
    ),
    answers=(
        _also_bare(
            gives(201, "Signed.", ref("SignedAnswer"), load_example("signed"), headers=LOCATION),
            TOKENS,
        ),
    ),
    codes=(
        *DOCUMENT_CODES,
        *SIGNING_CODES,
        IssuerCode.ISSUER_MISMATCH,
        IssuerCode.ALREADY_SECURED,
        IssuerCode.STATUS_IS_OURS,
    ),
)
_SHORT: Final = replace(
    _ISSUE,
    path="/issuers/{issuer}",
    id="issueDocumentAtOneAddress",
    summary="The same, for clients that have one address to send everything to",
    parameters=(ISSUER_NAME, *_ISSUE.parameters),
    codes=(*_ISSUE.codes, IssuerCode.NOT_FOUND),
    twin_of=_ISSUE.id,
)
_DERIVE: Final = Operation(
    method="post",
    path="/credentials/derive",
    id="deriveDocument",
    summary="Show a part of a signed document",
    description="For documents with a base proof (`ecdsa-sd-2023`): what is mandatory and what "
    "`selectivePointers` choose. Nothing is signed and nothing kept.",
    access=key(Scope.READ),
    body=takes(ref("DeriveRequest")),
    answers=(gives(201, "Derived.", ref("SignedAnswer")),),
    codes=(*DOCUMENT_CODES, Code.PROOF_VERIFICATION_ERROR, Code.UNSUPPORTED_CRYPTOSUITE),
)
_STATUS: Final = Operation(
    method="post",
    path="/credentials/status",
    id="changeStatus",
    summary="Withdraw, suspend or reinstate",
    description="Revoking is final and shows in the status list within 30 seconds. By the `id` "
    "of a credential it concerns every issuance with that id; by the last part of its `Location` "
    "that one alone. `reason` is internal and never shown.",
    access=key(Scope.REVOKE),
    parameters=(IDEMPOTENCY_KEY,),
    body=takes(
        ref("StatusChange"),
        example("Withdraw it", load_example("withdraw"), answers=200),
    ),
    answers=(
        gives(200, "Changed.", ref("StatusChanged"), load_example("withdrawn")),
        gives(
            202,
            "Nothing was changed yet: a person has to agree first, because your tenant chose so "
            "or because a host takes its word back soon after a trial.",
            ref("RevocationRequested"),
        ),
    ),
    codes=(
        IssuerCode.NOT_FOUND,
        IssuerCode.NO_STATUS_ENTRY,
        IssuerCode.ALREADY_REVOKED,
        IssuerCode.NOT_SUSPENDED,
        IssuerCode.REASON_NOT_ALLOWED,
    ),
)
_FETCH: Final = Operation(
    method="get",
    path="/credentials/{issuance}",
    id="fetchCredential",
    summary="Find a credential again",
    description="The very bytes that were signed. Another tenant's number is 404, like one that "
    "does not exist.",
    access=key(Scope.READ),
    parameters=(in_path("issuance", "The last part of the credential's `Location`."),),
    answers=(
        _also_bare(gives(200, "The signed document.", ref("SignedDocument")), _TOKENS_OF_RECORDS),
    ),
    codes=(IssuerCode.NOT_FOUND,),
)

CHAPTER: Final = Chapter(
    name="Documents and credentials",
    description="VC-API: sign a document of your own, show a part, withdraw, find again.",
    operations=(
        *and_below_issuer(_ISSUE),
        _SHORT,
        *and_below_issuer(_DERIVE),
        *and_below_issuer(_STATUS),
        _FETCH,
    ),
    schemas={
        "IssueRequest": thing(
            {"credential": _DOCUMENT},
            options={"type": "object", "properties": {"mandatoryPointers": _POINTERS}},
        ),
        "DeriveRequest": thing(
            {"verifiableCredential": _DOCUMENT | {"required": ["@context", "proof"]}},
            options={"type": "object", "properties": {"selectivePointers": _POINTERS}},
        ),
        "SignedAnswer": thing({"verifiableCredential": ref("SignedDocument")}),
        "StatusChange": thing(
            {
                "credentialId": {"type": "string", "minLength": 1, "maxLength": URL_CHARACTERS},
                "credentialStatus": _ENTRY,
                "status": {"type": "boolean"},
            },
            reason={"enum": [reason.value for reason in Reason]},
        ),
        "RevocationRequested": thing(
            {
                "credentialId": TEXT,
                "credentialStatus": _ENTRY,
                "status": {"const": False},
                "state": {"const": "approvalRequested"},
                "approvalId": TEXT,
            }
        ),
        "StatusChanged": thing(
            {
                "credentialId": TEXT,
                "credentialStatus": _ENTRY,
                "status": {"type": "boolean"},
                "issuances": list_of(TEXT),
            }
        ),
    },
)
