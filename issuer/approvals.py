"""What two people have to agree on: one proposes, another one approves, and it is done once.

A request holds an action of the closed table ``ACTIONS`` and its arguments, exactly as they are
shown and carried out. Proposing tries the action without doing it. Approving does it in the
transaction that writes the approval, so that it happens once however often the button is
pressed. A request that nobody decided is over after ``limits.APPROVAL_DAYS``. The database
itself refuses an approval by whoever proposed (domain §2.3).

Leaves to others: what the actions do (``issuer.lifecycle``, ``issuer.rotation``), who may ask
(``issuer.operators``), which withdrawals need a person (``issuer.withdrawals``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import uuid4

from issuer import bulk_revocation, lifecycle, limits, rotation, trail
from issuer.callers import Caller, Scope
from issuer.errors import (
    ConflictError,
    ForbiddenError,
    IssuerCode,
    NotFoundError,
    RequestRefusedError,
)
from issuer.office import Office
from issuer.store.ports import Unit
from issuer.store.reviews import ApprovalRow, ApprovalState
from verifier.strict_json import JsonObject, parse_json_object

Arguments = Mapping[str, str]


class Action(Protocol):
    """Something that two people agree on. Every method works inside the caller's unit."""

    def check(self, unit: Unit, arguments: Arguments, *, now: datetime) -> None:
        """Raises what ``carry_out`` would raise now, and changes nothing."""

    def carry_out(
        self, unit: Unit, caller: Caller, arguments: Arguments, *, now: datetime
    ) -> JsonObject:
        """Do it; what is kept of the result."""

    def drop(self, unit: Unit, arguments: Arguments) -> None:
        """It will not be done: take back what proposing it has prepared."""


ACTIONS: Final[Mapping[str, Action]] = {
    "revoke": lifecycle.Revocation(),
    "rotateKey": rotation.Rotation(),
    "revokeMany": bulk_revocation.BulkRevocation(),
}
"""What is not here cannot be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An action by its name, and its arguments."""

    action: str
    arguments: Arguments

    def to_text(self) -> str:
        """The arguments as they are kept: one text for one meaning."""
        return json.dumps(dict(self.arguments), ensure_ascii=False, sort_keys=True)


def arguments_of(row: ApprovalRow) -> Arguments:
    """The arguments that a request would carry out."""
    return {name: str(value) for name, value in parse_json_object(row.arguments.encode()).items()}


def propose(
    office: Office, caller: Caller, proposal: Proposal, *, note: str, now: datetime
) -> ApprovalRow:
    """A request for a second person; the one that waits already, if it is the same.

    Raises what the action raises, and ``RequestRefusedError`` (``NOTE_TOO_LONG``).
    """
    with office.store.begin(caller.tenant_id) as unit:
        return propose_in(unit, caller, proposal, note=note, now=now)


def propose_in(
    unit: Unit, caller: Caller, proposal: Proposal, *, note: str, now: datetime
) -> ApprovalRow:
    """The same inside a unit of the caller's tenant."""
    caller.require(Scope.REVOKE)
    if len(note) > limits.NOTE_CHARACTERS or "\x00" in note:
        most = limits.NOTE_CHARACTERS
        raise RequestRefusedError(IssuerCode.NOTE_REFUSED, f"A note has at most {most} signs.")
    ACTIONS[proposal.action].check(unit, proposal.arguments, now=now)
    for waiting in unit.approvals.pending():
        if _is_same(waiting, proposal) and now < waiting.expires_at:
            return waiting
    row = _new_row(caller, proposal, note, now)
    unit.approvals.add(row)
    # the action that was asked for stands as the reason; what it is about, in the request
    trail.note(unit, caller.actor, "proposed", row.id, now=now, reason=row.action)
    return row


def _is_same(row: ApprovalRow, proposal: Proposal) -> bool:
    return (row.action, row.arguments) == (proposal.action, proposal.to_text())


def _new_row(caller: Caller, proposal: Proposal, note: str, now: datetime) -> ApprovalRow:
    return ApprovalRow(
        tenant_id=caller.tenant_id,
        id=uuid4().hex,
        action=proposal.action,
        arguments=proposal.to_text(),
        note=note,
        state=ApprovalState.PENDING,
        proposed_by=caller.actor,
        proposed_at=now,
        expires_at=now + timedelta(days=limits.APPROVAL_DAYS),
        decided_by=None,
        decided_at=None,
        result=None,
    )


def approve(office: Office, caller: Caller, approval_id: str, *, now: datetime) -> ApprovalRow:
    """Carry the request out, as the second person. The same again changes nothing.

    Raises ``NotFoundError``, ``ForbiddenError`` (``SECOND_PERSON_NEEDED``), ``ConflictError``
    (``ALREADY_DECIDED``, ``APPROVAL_EXPIRED``), and what the action raises: then it waits on.
    """
    with office.store.begin(caller.tenant_id) as unit:
        row = _locked(unit, approval_id)
        if row.state is ApprovalState.APPROVED and row.decided_by == caller.actor:
            return row
        _refuse_decided(row, now)
        if row.proposed_by == caller.actor:
            raise ForbiddenError(
                IssuerCode.SECOND_PERSON_NEEDED, "Somebody else has to approve what you proposed."
            )
        action = ACTIONS[row.action]
        result = action.carry_out(unit, caller, arguments_of(row), now=now)
        return _decide(unit, caller, row, ApprovalState.APPROVED, now, json.dumps(result))


def reject(office: Office, caller: Caller, approval_id: str, *, now: datetime) -> ApprovalRow:
    """End the request without doing anything; whoever proposed it may take it back so.

    Raises as ``approve``.
    """
    with office.store.begin(caller.tenant_id) as unit:
        row = _locked(unit, approval_id)
        if row.state is ApprovalState.REJECTED and row.decided_by == caller.actor:
            return row
        _refuse_decided(row, now)
        ACTIONS[row.action].drop(unit, arguments_of(row))
        return _decide(unit, caller, row, ApprovalState.REJECTED, now, None)


def expire_old(office: Office, now: datetime) -> int:
    """End the requests whose time is over; how many (for the worker)."""
    with office.store.deployment() as deployment:
        tenants = deployment.tenants()
    return sum(_expire_old(office, tenant.id, now) for tenant in tenants)


def _expire_old(office: Office, tenant_id: str, now: datetime) -> int:
    system = Caller(tenant_id=tenant_id, actor="system", scopes=frozenset(Scope))
    ended = 0
    with office.store.begin(tenant_id) as unit:
        for waiting in unit.approvals.pending():
            row = unit.approvals.lock(waiting.id)
            if row and row.state is ApprovalState.PENDING and now >= row.expires_at:
                ACTIONS[row.action].drop(unit, arguments_of(row))
                _decide(unit, system, row, ApprovalState.EXPIRED, now, None)
                ended += 1
    return ended


def _locked(unit: Unit, approval_id: str) -> ApprovalRow:
    row = unit.approvals.lock(approval_id)
    if row is None:
        raise NotFoundError("There is no such request.")
    return row


def _refuse_decided(row: ApprovalRow, now: datetime) -> None:
    if row.state is not ApprovalState.PENDING:
        raise ConflictError(
            IssuerCode.ALREADY_DECIDED, f"The request was decided already: {row.state.value}."
        )
    if now >= row.expires_at:
        raise ConflictError(
            IssuerCode.APPROVAL_EXPIRED, "The request is over: nobody decided it in time."
        )


def _decide(
    unit: Unit,
    caller: Caller,
    row: ApprovalRow,
    state: ApprovalState,
    now: datetime,
    result: str | None,
) -> ApprovalRow:
    decided = replace(row, state=state, decided_by=caller.actor, decided_at=now, result=result)
    unit.approvals.decide(decided)
    trail.note(unit, caller.actor, state.value, row.id, now=now, reason=row.action)
    return decided
