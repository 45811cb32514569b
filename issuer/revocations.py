"""Ordering that many credentials be withdrawn: which, why, and how long it can be undone.

A revocation is final, so a large one waits: fifteen minutes unless the caller says otherwise.
Naming credentials one by one or by what they have in common gives a list that is fixed at that
moment; what is issued later is not on it. A dry run says what would be on it and stores nothing.

Leaves to others: carrying it out (``issuer.bulk_revocation``), a second person
(``issuer.approvals``, ``issuer.withdrawals``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from issuer import lifecycle, limits
from issuer.approvals import Proposal, propose_in
from issuer.callers import Caller, Scope
from issuer.errors import (
    ConflictError,
    InProgressError,
    IssuerCode,
    NotFoundError,
    RequestRefusedError,
)
from issuer.idempotency import Idempotency, first_answer, keep_answer
from issuer.office import Office
from issuer.store.ports import TakenError, Unit
from issuer.store.revocations import RevocationItemRow, RevocationRow, RevocationState
from issuer.store.rows import KeyRow
from issuer.trail import note
from issuer.withdrawals import needs_person
from verifier.errors import Code, RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which credentials: those with these ids (of credentials or issuances), or all that were
    issued from one instant and before another, by an issuer or with a key (its verification
    method), where these are named."""

    credentials: tuple[str, ...] = ()
    issuer: str | None = None
    key: str | None = None
    issued_from: datetime | None = None
    issued_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order and its items. A dry run has no ``row``."""

    row: RevocationRow | None
    items: tuple[RevocationItemRow, ...]


def order_revocation(
    office: Office,
    caller: Caller,
    selection: Selection,
    *,
    reason: str | None,
    window: int,
    is_dry_run: bool,
    idempotency: Idempotency | None,
    now: datetime,
) -> Order:
    """Order that the credentials of ``selection`` be withdrawn ``window`` seconds from now.

    Raises ``NotFoundError`` (one of them is not there), ``RefusedError`` (``LIMIT_EXCEEDED``),
    ``RequestRefusedError`` (``REASON_NOT_ALLOWED``, ``WINDOW_NEEDED``), ``ForbiddenError``,
    ``IdempotencyConflictError``, ``InProgressError``.
    """
    caller.require(Scope.REVOKE)
    lifecycle.check_reason(reason)
    try:
        with office.store.begin(caller.tenant_id) as unit:
            known = first_answer(unit, idempotency)
            if known is not None:
                return _order(unit, known["revocation"])
            row = _new(caller, reason, window, now)
            items = _items(unit, row, selection)
            _check_window(window, len(items))
            if is_dry_run:
                return Order(row=None, items=items)
            row = _write(unit, caller, row, items, now)
            keep_answer(unit, idempotency, {"revocation": row.id}, now=now)
    except TakenError as error:  # the same idempotency key, at the same moment
        raise InProgressError(1) from error
    return Order(row=row, items=items)


def _new(caller: Caller, reason: str | None, window: int, now: datetime) -> RevocationRow:
    return RevocationRow(
        tenant_id=caller.tenant_id,
        id=uuid4().hex,
        state=RevocationState.PENDING,
        reason=reason,
        actor=caller.actor,
        window=window,
        due_at=now + timedelta(seconds=window),
        created=now,
        settled_at=None,
    )


def _check_window(window: int, items: int) -> None:
    if window == 0 and items != 1:
        raise RequestRefusedError(
            IssuerCode.WINDOW_NEEDED, "Only a single credential is withdrawn without time to undo."
        )


def _items(unit: Unit, row: RevocationRow, selection: Selection) -> tuple[RevocationItemRow, ...]:
    ids = _named(unit, selection) if selection.credentials else _with_in_common(unit, selection)
    if len(ids) > limits.REVOCATION_ITEMS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED,
            f"More than {limits.REVOCATION_ITEMS} credentials: name a shorter time.",
        )
    return tuple(
        RevocationItemRow(
            tenant_id=unit.tenant_id,
            id=uuid4().hex,
            revocation_id=row.id,
            issuance_id=issuance_id,
            outcome=None,
        )
        for issuance_id in sorted(ids)
    )


def _named(unit: Unit, selection: Selection) -> set[str]:
    return {row.id for name in selection.credentials for row in lifecycle.find(unit, name)}


def _with_in_common(unit: Unit, selection: Selection) -> set[str]:
    issuer = unit.issuers.by_name(selection.issuer) if selection.issuer else None
    if selection.issuer and issuer is None:
        raise NotFoundError("There is no such issuer.")
    key = _key(unit, selection.key) if selection.key else None
    if key is not None and issuer is not None and key.issuer_id != issuer.id:
        raise NotFoundError("There is no such key of this issuer.")
    starts = [at for at in (selection.issued_from, key.signs_from if key else None) if at]
    ends = [at for at in (selection.issued_before, key.signs_until if key else None) if at]
    rows = unit.issuances.issued_between(
        max(starts, default=None),
        min(ends, default=None),
        issuer_id=key.issuer_id if key else issuer.id if issuer else None,
        limit=limits.REVOCATION_ITEMS + 1,
    )
    return set(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _SigningTime:
    """When a key signed for its issuer; ``signs_until`` is ``None`` while it does."""

    issuer_id: str
    signs_from: datetime
    signs_until: datetime | None


def _key(unit: Unit, verification_method: str) -> _SigningTime:
    """One key of an issuer signs at a time: from when the one before it is retired, however long
    it was published before, until it is retired itself. What was issued in that time was signed
    with it."""
    for issuer in unit.issuers.all():
        keys = unit.keys.of(issuer.id)
        for key in keys:
            if key.verification_method == verification_method and not key.is_next:
                return _signing_time(key, keys)
    raise NotFoundError("There is no such key, or it has signed nothing.")


def _signing_time(key: KeyRow, keys: Iterable[KeyRow]) -> _SigningTime:
    until = key.retired_at
    earlier = [
        other.retired_at
        for other in keys
        if other.retired_at is not None and (until is None or other.retired_at < until)
    ]
    return _SigningTime(
        issuer_id=key.issuer_id,
        signs_from=max(earlier, default=key.created),
        signs_until=until,
    )


def _write(
    unit: Unit,
    caller: Caller,
    row: RevocationRow,
    items: tuple[RevocationItemRow, ...],
    now: datetime,
) -> RevocationRow:
    waits = any(needs_person(unit, item.issuance_id, row.reason, now) for item in items)
    if waits:
        row = replace(row, state=RevocationState.AWAITING_APPROVAL)
    unit.revocations.add(row)
    for item in items:
        unit.revocation_items.add(item)
    if waits:
        proposal = Proposal(action="revokeMany", arguments={"revocation": row.id})
        propose_in(unit, caller, proposal, note="", now=now)
    note(unit, caller.actor, "revocationOrdered", row.id, now=now, reason=row.reason)
    return row


def find_order(office: Office, caller: Caller, order_id: str) -> Order:
    """An order with what became of each credential. Raises ``NotFoundError``."""
    caller.require(Scope.REVOKE)
    with office.store.read(caller.tenant_id) as unit:
        return _order(unit, order_id)


def _order(unit: Unit, order_id: str) -> Order:
    row = unit.revocations.get(order_id)
    if row is None:
        raise NotFoundError("There is no such order.")
    return Order(row=row, items=unit.revocation_items.of(order_id))


def undo(office: Office, caller: Caller, order_id: str, *, now: datetime) -> Order:
    """Undo an order that was not carried out. The same again changes nothing.

    Raises ``NotFoundError``, ``ConflictError`` (``TOO_LATE``), ``ForbiddenError``.
    """
    caller.require(Scope.REVOKE)
    with office.store.begin(caller.tenant_id) as unit:
        row = unit.revocations.lock(order_id)
        if row is None:
            raise NotFoundError("There is no such order.")
        if row.state is RevocationState.APPLIED or _is_over(row, now):
            raise ConflictError(IssuerCode.TOO_LATE, "It is carried out, and that is final.")
        if row.state is not RevocationState.UNDONE:
            unit.revocations.replace(replace(row, state=RevocationState.UNDONE, settled_at=now))
            note(unit, caller.actor, "revocationUndone", row.id, now=now, reason=row.reason)
        return _order(unit, order_id)


def _is_over(row: RevocationRow, now: datetime) -> bool:
    return row.state is RevocationState.PENDING and now >= row.due_at
