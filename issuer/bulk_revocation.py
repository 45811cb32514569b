"""Carrying out an order to withdraw many credentials, once its time has come.

In portions, each one transaction, so that a worker that is killed leaves whole ones and the next
goes on with the rest; the row of the order is the queue of workers. Every credential has an
outcome of its own. While an order waits nothing has changed for anybody: a credential that is on
the list by mistake is not put on hold for it. Whoever wants them on hold meanwhile suspends them.

Leaves to others: who may order what (``issuer.revocations``), withdrawing one
(``issuer.lifecycle``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import ConflictError, IssuerCode, NotFoundError
from issuer.lifecycle import REVOCATION, Revocation
from issuer.office import Office
from issuer.store.ports import Unit
from issuer.store.revocations import RevocationItemRow, RevocationRow, RevocationState
from verifier.strict_json import JsonObject


def revoke_due(office: Office, now: datetime) -> int:
    """Carry out every order whose time has come; how many credentials were looked at."""
    with office.store.deployment() as lookup:
        due = lookup.due_revocations(now)
    return sum(_carry_out(office, tenant_id, order_id, now) for tenant_id, order_id in due)


def _carry_out(office: Office, tenant_id: str, order_id: str, now: datetime) -> int:
    done = 0
    while True:
        with office.store.begin(tenant_id) as unit:
            portion = _portion(unit, order_id, now)
        done += portion
        if portion < limits.REVOCATION_PORTION:
            return done


def _portion(unit: Unit, order_id: str, now: datetime) -> int:
    order = unit.revocations.lock(order_id)
    if order is None or order.state is not RevocationState.PENDING or now < order.due_at:
        return 0
    items = unit.revocation_items.open(order_id, limits.REVOCATION_PORTION)
    for item in items:
        unit.revocation_items.settle(item.id, _revoke(unit, order, item, now))
    if len(items) < limits.REVOCATION_PORTION:
        unit.revocations.replace(replace(order, state=RevocationState.APPLIED, settled_at=now))
    return len(items)


def _revoke(unit: Unit, order: RevocationRow, item: RevocationItemRow, now: datetime) -> str:
    """One word for what became of one credential."""
    unit.issuances.lock(item.issuance_id)
    entries = unit.status.entries_of(item.issuance_id)
    if any(entry.purpose == REVOCATION and entry.is_set for entry in entries):
        return "alreadyRevoked"
    caller = Caller(tenant_id=order.tenant_id, actor=order.actor, scopes=frozenset({Scope.REVOKE}))
    wish = {"credential": item.issuance_id, "reason": order.reason or ""}
    try:
        Revocation().carry_out(unit, caller, wish, now=now)
    except ConflictError:
        return "noStatusEntry"
    return "revoked"


class BulkRevocation:
    """An order that two people agree on (``issuer.approvals``). Argument: ``revocation``. The time
    in which it can be undone begins when the second one agrees."""

    def check(self, unit: Unit, arguments: Mapping[str, str], *, now: datetime) -> None:
        """Raises ``NotFoundError``, ``ConflictError`` (``ALREADY_DECIDED``)."""
        self._waiting(unit, arguments)

    def carry_out(
        self, unit: Unit, caller: Caller, arguments: Mapping[str, str], *, now: datetime
    ) -> JsonObject:
        """Raises as ``check``."""
        caller.require(Scope.REVOKE)
        order = self._waiting(unit, arguments)
        due_at = now + timedelta(seconds=order.window)
        unit.revocations.replace(replace(order, state=RevocationState.PENDING, due_at=due_at))
        return {"revocation": order.id}

    def drop(self, unit: Unit, arguments: Mapping[str, str]) -> None:
        """Nobody agreed: the order is undone."""
        order = unit.revocations.lock(arguments["revocation"])
        if order is not None and order.state is RevocationState.AWAITING_APPROVAL:
            unit.revocations.replace(replace(order, state=RevocationState.UNDONE))

    def _waiting(self, unit: Unit, arguments: Mapping[str, str]) -> RevocationRow:
        order = unit.revocations.lock(arguments["revocation"])
        if order is None:
            raise NotFoundError("There is no such order.")
        if order.state is not RevocationState.AWAITING_APPROVAL:
            raise ConflictError(IssuerCode.ALREADY_DECIDED, "It does not wait for anybody.")
        return order
