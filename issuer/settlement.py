"""After a crash: what becomes of intents that nobody repeats (``docs/issuance.md``).

What we build ourselves (from a record, or beside it) is issued, because whoever asked for it may
ask again and must get the one credential. A
caller's document is void: the caller got nothing, and cannot ask for it.

Leaves to others: the steps (``issuer.issue``), taking an intent over (``issuer.reservation``).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from issuer.callers import Caller, Scope
from issuer.errors import IssuerError
from issuer.issue import finish, is_callers, void
from issuer.office import Office
from issuer.record import parse_draft
from issuer.reservation import take_over
from issuer.store.rows import IssuanceRow

_LOG: Final = logging.getLogger(__name__)


class Settlement(StrEnum):
    """What became of an intent that nobody repeated."""

    ISSUED = "issued"
    """It was issued; whoever asks for it again gets the credential."""
    VOID = "void"
    """Nobody got it, and nobody can ask for it again: its places stay burnt."""
    LEFT = "left"
    """An attempt may still be running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One intent and what became of it."""

    issuance_id: str
    outcome: Settlement


def settle_all(office: Office, now: datetime) -> int:
    """Settle every tenant's intents; how many ended. For ``issuer.worker``: an intent has one
    owner at a time, so that several may run. One that cannot be settled waits for next time."""
    with office.store.deployment() as unit:
        tenants = unit.tenants()
    intents = [row for tenant in tenants for row in _open_intents(office, tenant.id)]
    return sum(_try_one(office, row, now) is not Settlement.LEFT for row in intents)


def _open_intents(office: Office, tenant_id: str) -> tuple[IssuanceRow, ...]:
    with office.store.read(tenant_id) as unit:
        return unit.issuances.open_intents()


def _try_one(office: Office, row: IssuanceRow, now: datetime) -> Settlement:
    try:
        return _settle_one(office, row, now)
    except IssuerError as error:
        _LOG.error("the intent %s could not be settled: %s", row.id, error.code)
        return Settlement.LEFT


def settle(office: Office, tenant_id: str, *, now: datetime) -> tuple[Settled, ...]:
    """Settle the tenant's open intents: finish our own, void callers' documents.

    Raises ``OwnFaultError`` when a key or the database cannot be used.
    """
    return tuple(
        Settled(issuance_id=row.id, outcome=_settle_one(office, row, now))
        for row in _open_intents(office, tenant_id)
    )


def _settle_one(office: Office, row: IssuanceRow, now: datetime) -> Settlement:
    claim = take_over(office, row, now=now, read_record=parse_draft)
    if claim is None:
        return Settlement.LEFT
    if is_callers(claim.row):
        void(office, claim.row, now)
        return Settlement.VOID
    system = Caller(tenant_id=row.tenant_id, actor="system", scopes=frozenset({Scope.ISSUE}))
    finish(office, system, claim, now)
    return Settlement.ISSUED
