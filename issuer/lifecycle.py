"""Revoke, suspend, reinstate: what happens to a credential after it was issued.

By a credential's id the change applies to every issuance with that id in the tenant, because
ids are the caller's and need not be unique (design §10.9). Each change is one transaction
with its line in the audit trail. Repeating one that was made is no error. Reasons stay
inside; the public sees a state (domain §2.4).

Leaves to others: telling the world (``issuer.status_list``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import (
    ConflictError,
    InProgressError,
    IssuerCode,
    NotFoundError,
    RequestRefusedError,
)
from issuer.events import Kind, tell
from issuer.idempotency import Idempotency, first_answer, keep_answer
from issuer.office import Office
from issuer.store.ports import TakenError, Unit
from issuer.store.reviews import SuspensionRow
from issuer.store.rows import IssuanceRow, IssuanceState, StatusEntryRow
from issuer.trail import note
from verifier.strict_json import JsonObject

REVOCATION: Final = "revocation"
SUSPENSION: Final = "suspension"


class Reason(StrEnum):
    """Why a credential was withdrawn (domain §2.4). Nothing else is admitted."""

    ISSUED_IN_ERROR = "issuedInError"
    WRONG_PERSON = "wrongPerson"
    DUPLICATE = "duplicate"
    ATTESTATION_WITHDRAWN = "attestationWithdrawn"
    INTEGRITY_FINDING = "integrityFinding"
    SUPERSEDED = "superseded"
    HOLDER_REQUEST = "holderRequest"
    KEY_COMPROMISED = "keyCompromised"
    HOST_OR_PLATFORM_FRAUD = "hostOrPlatformFraud"
    ERASURE_REQUEST = "erasureRequest"
    UNDER_REVIEW = "underReview"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """Set or clear the bit of ``purpose``."""

    purpose: str
    value: bool
    reason: Reason | None = None
    ends_at: datetime | None = None


def revoke(
    office: Office,
    caller: Caller,
    credential_id: str,
    *,
    reason: str | None,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> tuple[str, ...]:
    """Revoke for good; the ids of the issuances concerned.

    ``reason`` is one of ``Reason`` but ``underReview``, or ``None`` where the caller gave none.
    Raises ``NotFoundError``, ``ConflictError`` (``NO_STATUS_ENTRY``), ``RequestRefusedError``
    (``REASON_NOT_ALLOWED``), ``ForbiddenError``, ``IdempotencyConflictError``.
    """
    return _make(office, caller, credential_id, _revocation(reason), idempotency, now)


def _revocation(reason: str | None) -> _Change:
    if reason == Reason.UNDER_REVIEW:
        raise _not_allowed("A review suspends; it does not revoke.")
    return _Change(purpose=REVOCATION, value=True, reason=_read(reason))


def check_reason(reason: str | None) -> None:
    """Raises ``RequestRefusedError`` (``REASON_NOT_ALLOWED``) for one that does not revoke."""
    _revocation(reason)


def suspend(
    office: Office,
    caller: Caller,
    credential_id: str,
    *,
    reason: str | None,
    now: datetime,
    idempotency: Idempotency | None = None,
    ends_at: datetime | None = None,
) -> tuple[str, ...]:
    """Suspend until reinstated, which happens by itself at ``ends_at``: after
    ``limits.SUSPENSION_DAYS`` at the latest (domain §2.4). A suspension that is there keeps its
    end. Raises as ``revoke``, and ``ConflictError`` (``ALREADY_REVOKED``)."""
    if reason not in (None, Reason.UNDER_REVIEW):
        raise _not_allowed("The one reason to suspend is underReview.")
    latest = now + timedelta(days=limits.SUSPENSION_DAYS)
    change = _Change(
        purpose=SUSPENSION,
        value=True,
        reason=_read(reason),
        ends_at=min(ends_at or latest, latest),
    )
    return _make(office, caller, credential_id, change, idempotency, now)


def reinstate(
    office: Office,
    caller: Caller,
    credential_id: str,
    *,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> tuple[str, ...]:
    """End a suspension. Raises as ``suspend``, and ``ConflictError`` (``NOT_SUSPENDED``)
    when none of the issuances is suspended."""
    change = _Change(purpose=SUSPENSION, value=False)
    return _make(office, caller, credential_id, change, idempotency, now)


def _read(reason: str | None) -> Reason | None:
    if reason is None:
        return None
    try:
        return Reason(reason)
    except ValueError as error:
        allowed = ", ".join(Reason)
        raise _not_allowed(f"{reason[:60]!r} is not a reason: {allowed}.") from error


def _not_allowed(detail: str) -> RequestRefusedError:
    return RequestRefusedError(IssuerCode.REASON_NOT_ALLOWED, detail)


def _make(
    office: Office,
    caller: Caller,
    credential_id: str,
    change: _Change,
    idempotency: Idempotency | None,
    now: datetime,
) -> tuple[str, ...]:
    caller.require(Scope.REVOKE)
    try:
        with office.store.begin(caller.tenant_id) as unit:
            answer = first_answer(unit, idempotency)
            if answer is not None:
                return tuple(answer["issuances"])
            concerned = _apply(unit, caller, credential_id, change, now)
            keep_answer(unit, idempotency, {"issuances": list(concerned)}, now=now)
    except TakenError as error:  # the same key, at the same moment
        raise InProgressError(1) from error
    return concerned


def _apply(
    unit: Unit, caller: Caller, credential_id: str, change: _Change, now: datetime
) -> tuple[str, ...]:
    found = _find(unit, credential_id)
    entries = [_entry(unit, issuance, change) for issuance in found]
    if not change.value and not any(entry.is_set for entry in entries):
        raise ConflictError(IssuerCode.NOT_SUSPENDED, "It is not suspended.")
    for issuance, entry in zip(found, entries, strict=True):
        if entry.is_set is not change.value:
            unit.status.set_entry(replace(entry, is_set=change.value))
            _note(unit, caller, issuance, change, now)
            _note_end(unit, issuance, change)
            _tell(unit, issuance, change, now)
    return tuple(issuance.id for issuance in found)


def _note_end(unit: Unit, issuance: IssuanceRow, change: _Change) -> None:
    """When a suspension ends by itself. Revoking ends it for good, reinstating for now."""
    if change.ends_at is None:
        unit.suspensions.end(issuance.id)
    else:
        row = SuspensionRow(tenant_id=unit.tenant_id, id=issuance.id, ends_at=change.ends_at)
        unit.suspensions.add(row)


def reinstate_due(office: Office, now: datetime) -> int:
    """End the suspensions whose end has come; how many (for the worker). Where somebody was
    faster there is nothing left to do."""
    with office.store.deployment() as deployment:
        tenants = deployment.tenants()
    return sum(_reinstate_due(office, tenant.id, now) for tenant in tenants)


def _reinstate_due(office: Office, tenant_id: str, now: datetime) -> int:
    system = Caller(tenant_id=tenant_id, actor="system", scopes=frozenset({Scope.REVOKE}))
    with office.store.read(tenant_id) as unit:
        due = unit.suspensions.due(now)
    ended = 0
    for row in due:
        try:
            reinstate(office, system, row.id, now=now)
            ended += 1
        except ConflictError:
            with office.store.begin(tenant_id) as unit:
                unit.suspensions.end(row.id)
    return ended


class Revocation:
    """A revocation that two people agree on (``issuer.approvals``). Arguments: ``credential``
    and ``reason``, empty where the caller gave none."""

    def check(self, unit: Unit, arguments: Mapping[str, str], *, now: datetime) -> None:
        """Raises as ``revoke``."""
        _revocation(arguments["reason"] or None)
        for issuance in find(unit, arguments["credential"]):
            _entry(unit, issuance, _Change(purpose=REVOCATION, value=True))

    def carry_out(
        self, unit: Unit, caller: Caller, arguments: Mapping[str, str], *, now: datetime
    ) -> JsonObject:
        """Raises as ``revoke``."""
        caller.require(Scope.REVOKE)
        change = _revocation(arguments["reason"] or None)
        return {"issuances": list(_apply(unit, caller, arguments["credential"], change, now))}

    def drop(self, unit: Unit, arguments: Mapping[str, str]) -> None:
        """Nothing was prepared."""


def find(unit: Unit, credential_id: str) -> tuple[IssuanceRow, ...]:
    """The issued credentials with this id, or the one issuance. Raises ``NotFoundError``."""
    return _find(unit, credential_id)


def _find(unit: Unit, credential_id: str) -> tuple[IssuanceRow, ...]:
    """Locked until the unit ends, always in one order: two changes of one credential follow each
    other, and the second sees what the first did."""
    by_issuance = unit.issuances.lock(credential_id)
    if by_issuance is not None and by_issuance.state is IssuanceState.ISSUED:
        return (by_issuance,)
    found = unit.issuances.of_credential(credential_id)
    if not found:
        raise NotFoundError("There is no such credential.")
    for issuance in sorted(found, key=lambda row: row.id):
        unit.issuances.lock(issuance.id)
    return found


def _entry(unit: Unit, issuance: IssuanceRow, change: _Change) -> StatusEntryRow:
    """The entry to change, if it may be changed so."""
    entries = unit.status.entries_of(issuance.id)
    entry = _with_purpose(entries, change.purpose)
    if entry is None:
        raise ConflictError(
            IssuerCode.NO_STATUS_ENTRY,
            f"The credential has no {change.purpose} entry, so nobody could be told.",
        )
    revocation = _with_purpose(entries, REVOCATION)
    if change.purpose == SUSPENSION and revocation is not None and revocation.is_set:
        raise ConflictError(IssuerCode.ALREADY_REVOKED, "It is revoked, and that is final.")
    return entry


def _with_purpose(entries: Iterable[StatusEntryRow], purpose: str) -> StatusEntryRow | None:
    return next((entry for entry in entries if entry.purpose == purpose), None)


_ACTIONS: Final = {
    (REVOCATION, True): "revoked",
    (SUSPENSION, True): "suspended",
    (SUSPENSION, False): "reinstated",
}

_KINDS: Final = {
    "revoked": Kind.CREDENTIAL_REVOKED,
    "suspended": Kind.CREDENTIAL_SUSPENDED,
    "reinstated": Kind.CREDENTIAL_REINSTATED,
}


def _tell(unit: Unit, issuance: IssuanceRow, change: _Change, now: datetime) -> None:
    """The state and never the reason (domain §2.4)."""
    action = _ACTIONS[change.purpose, change.value]
    state = "issued" if action == "reinstated" else action
    data = {"issuanceId": issuance.id, "state": state}
    tell(unit, _KINDS[action], subject=issuance.id, data=data, now=now)


def _note(
    unit: Unit, caller: Caller, issuance: IssuanceRow, change: _Change, now: datetime
) -> None:
    action = _ACTIONS[change.purpose, change.value]
    reason = change.reason.value if change.reason else None
    note(unit, caller.actor, action, issuance.id, now=now, reason=reason)


def set_status(
    office: Office,
    caller: Caller,
    credential_id: str,
    *,
    purpose: str,
    value: bool,
    reason: str | None,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> tuple[str, ...]:
    """VC-API's form of the three: set or clear the bit of ``purpose``.

    Clearing a revocation is refused (``ConflictError``, ``ALREADY_REVOKED``): it is final.
    """
    match purpose, value:
        case "revocation", True:
            return revoke(
                office, caller, credential_id, reason=reason, now=now, idempotency=idempotency
            )
        case "suspension", True:
            return suspend(
                office, caller, credential_id, reason=reason, now=now, idempotency=idempotency
            )
        case "suspension", False:
            return reinstate(office, caller, credential_id, now=now, idempotency=idempotency)
        case _:
            raise ConflictError(IssuerCode.ALREADY_REVOKED, "A revocation cannot be taken back.")
