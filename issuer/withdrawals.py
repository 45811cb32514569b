"""Which withdrawals a person has to look at, and the request that then waits for one.

A key with the scope to revoke acts at once (design §10.9), except where the tenant chose two
people, and where a host asks to withdraw its word within 90 days after a trial ended early: that
is never automatic (domain §1.9). What the learner asks for needs nobody else.

Leaves to others: withdrawing (``issuer.lifecycle``), deciding (``issuer.approvals``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from issuer import lifecycle, limits
from issuer.approvals import Proposal, arguments_of, propose_in
from issuer.callers import Caller, Scope
from issuer.errors import InProgressError
from issuer.idempotency import Idempotency, first_answer, keep_answer
from issuer.lifecycle import Reason
from issuer.office import Office
from issuer.store.ports import Store, TakenError, Unit
from issuer.store.reviews import ApprovalRow, RuleRow
from issuer.store.rows import IssuanceRow
from issuer.trail import note
from verifier.strict_json import parse_json_object

_TWO_PEOPLE: Final = "twoPersonRevocation"
_EARLY: Final = "trialEndedEarly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """Nothing was withdrawn: a person has to agree first."""

    approval_id: str


def set_two_people(store: Store, caller: Caller, on: bool, *, now: datetime) -> None:
    """Whether revocations through the tenant's API keys wait for a person."""
    value = "on" if on else "off"
    with store.begin(caller.tenant_id) as unit:
        unit.rules.add(RuleRow(tenant_id=caller.tenant_id, id=_TWO_PEOPLE, value=value))
        note(unit, caller.actor, "twoPeopleOn" if on else "twoPeopleOff", caller.tenant_id, now=now)


def needs_two_people(unit: Unit) -> bool:
    """Whether the tenant chose so."""
    rule = unit.rules.get(_TWO_PEOPLE)
    return rule is not None and rule.value == "on"


def withdraw(
    office: Office,
    caller: Caller,
    credential_id: str,
    *,
    reason: str | None,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> tuple[str, ...] | Requested:
    """Revoke, or ask a person to. Raises as ``lifecycle.revoke``."""
    caller.require(Scope.REVOKE)
    try:
        with office.store.begin(caller.tenant_id) as unit:
            answer = first_answer(unit, idempotency)
            if answer is not None and "approvalId" in answer:
                return Requested(approval_id=answer["approvalId"])
            if answer is None and needs_person(unit, credential_id, reason, now):
                return _ask(unit, caller, credential_id, reason, now, idempotency)
    except TakenError as error:  # the same key, at the same moment
        raise InProgressError(1) from error
    return lifecycle.revoke(
        office, caller, credential_id, reason=reason, now=now, idempotency=idempotency
    )


def _ask(
    unit: Unit,
    caller: Caller,
    credential_id: str,
    reason: str | None,
    now: datetime,
    idempotency: Idempotency | None,
) -> Requested:
    row = propose_in(unit, caller, proposal(credential_id, reason), note="", now=now)
    keep_answer(unit, idempotency, {"approvalId": row.id}, now=now)
    return Requested(approval_id=row.id)


def proposal(credential_id: str, reason: str | None) -> Proposal:
    """The request to revoke."""
    return Proposal(
        action="revoke", arguments={"credential": credential_id, "reason": reason or ""}
    )


def needs_person(unit: Unit, credential_id: str, reason: str | None, now: datetime) -> bool:
    """Whether a withdrawal through the API waits for a person. Raises ``NotFoundError``."""
    if reason == Reason.HOLDER_REQUEST:
        return False
    if needs_two_people(unit):
        return True
    is_hosts = reason == Reason.ATTESTATION_WITHDRAWN
    return is_hosts and days_after_early_end(unit, credential_id, now) is not None


def days_after_early_end(unit: Unit, credential_id: str, now: datetime) -> int | None:
    """How many days ago the trial of a credential ended early; ``None`` for any other, and
    after ``limits.EARLY_END_DAYS``."""
    days = [_days(unit, issuance, now) for issuance in lifecycle.find(unit, credential_id)]
    return min((one for one in days if one is not None), default=None)


def early_end_of(unit: Unit, row: ApprovalRow, now: datetime) -> int | None:
    """The same for what a request asks for, where a host may be behind it."""
    if row.action != "revoke":
        return None
    asked = arguments_of(row)
    if asked["reason"] != Reason.ATTESTATION_WITHDRAWN:
        return None
    return days_after_early_end(unit, asked["credential"], now)


def _days(unit: Unit, issuance: IssuanceRow, now: datetime) -> int | None:
    record = unit.records.get(issuance.record_key) if issuance.record_key else None
    if record is None:
        return None
    document = parse_json_object(record.document.encode())
    if document.get("outcome", {}).get("status") != _EARLY:
        return None
    days = (now.date() - date.fromisoformat(document["engagement"]["endDate"])).days
    return max(days, 0) if days <= limits.EARLY_END_DAYS else None


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
) -> tuple[str, ...] | Requested:
    """VC-API's form: as ``lifecycle.set_status``, and a revocation may need a person."""
    if purpose == lifecycle.REVOCATION and value:
        return withdraw(
            office, caller, credential_id, reason=reason, now=now, idempotency=idempotency
        )
    return lifecycle.set_status(
        office,
        caller,
        credential_id,
        purpose=purpose,
        value=value,
        reason=reason,
        now=now,
        idempotency=idempotency,
    )
