"""The operations of ``issuer.web.revocations``, as values."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.lifecycle import Reason
from issuer.store.revocations import RevocationState
from issuer.web.openapi.vocabulary import (
    IDEMPOTENCY_KEY,
    INSTANT,
    NAME,
    TEXT,
    gives,
    in_path,
    key,
    list_of,
    takes,
    thing,
)
from verifier.errors import Code
from verifier.openapi import Chapter, Operation, ref
from verifier.strict_json import JsonObject

_ORDER: Final = in_path("order", "The `id` of an order.")
_PENDING: Final[JsonObject] = {
    "id": "1c2d3e4f5a6b47889900aabbccddeeff",
    "state": "pending",
    "count": 1,
    "undoUntil": "2026-12-01T12:15:00Z",
    "credentials": [{"issuanceId": "5f0c2d1e8c4b4d539a534a7f1d2c9b10"}],
}
_UNDONE: Final[JsonObject] = {
    "id": "1c2d3e4f5a6b47889900aabbccddeeff",
    "state": "undone",
    "count": 1,
    "credentials": [{"issuanceId": "5f0c2d1e8c4b4d539a534a7f1d2c9b10"}],
}
_STATES: Final = [*(state.value for state in RevocationState), "dryRun"]
_REASONS: Final = [reason.value for reason in Reason if reason is not Reason.UNDER_REVIEW]

CHAPTER: Final = Chapter(
    name="Withdraw many",
    description="An order waits before it is carried out, and can be undone until then.",
    operations=(
        Operation(
            method="post",
            path="/revocations",
            id="orderRevocation",
            summary="Withdraw many credentials",
            description="Those that are named, or all that have something in common: what is on "
            "the list is fixed now. Until `undoUntil` nothing changes. With `dryRun` nothing is "
            "stored. A tenant where two people agree waits for the second one.",
            access=key(Scope.REVOKE),
            parameters=(IDEMPOTENCY_KEY,),
            body=takes(ref("RevocationOrder")),
            answers=(
                gives(200, "What would be on the list.", ref("Revocation")),
                gives(
                    202,
                    "Ordered.",
                    ref("Revocation"),
                    _PENDING,
                    headers={"Location": "Where the order is found again."},
                ),
            ),
            codes=(
                IssuerCode.NOT_FOUND,
                IssuerCode.REASON_NOT_ALLOWED,
                IssuerCode.WINDOW_NEEDED,
                IssuerCode.NO_STATUS_ENTRY,
                Code.RANGE_ERROR,
            ),
        ),
        Operation(
            method="get",
            path="/revocations/{order}",
            id="showRevocation",
            summary="See where an order stands",
            description="`outcome` of a credential is `revoked`, `alreadyRevoked` or "
            "`noStatusEntry` (it carries nothing through which this could be told).",
            access=key(Scope.REVOKE),
            parameters=(_ORDER,),
            answers=(gives(200, "The order.", ref("Revocation"), _PENDING),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
        Operation(
            method="post",
            path="/revocations/{order}/undo",
            id="undoRevocation",
            summary="Undo an order that was not carried out",
            access=key(Scope.REVOKE),
            parameters=(_ORDER,),
            body=takes(thing({})),
            answers=(gives(200, "Undone.", ref("Revocation"), _UNDONE),),
            codes=(IssuerCode.NOT_FOUND, IssuerCode.TOO_LATE),
        ),
    ),
    schemas={
        "RevocationOrder": thing(
            {},
            credentials=list_of(TEXT, most=limits.REVOCATION_NAMED),
            filter=thing({}, issuer=TEXT, key=TEXT, issuedFrom=INSTANT, issuedBefore=INSTANT),
            reason={"enum": _REASONS},
            undoWindow={"type": "integer", "minimum": 0, "maximum": limits.UNDO_SECONDS_MAX},
            dryRun={"type": "boolean"},
        ),
        "Revocation": thing(
            {
                "state": {"enum": _STATES},
                "count": {"type": "integer", "minimum": 0},
                "credentials": list_of(thing({"issuanceId": NAME}, outcome=TEXT)),
            },
            id=NAME,
            undoUntil=INSTANT,
        ),
    },
)
