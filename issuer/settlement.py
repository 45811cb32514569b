"""After a crash: what becomes of intents that nobody repeats (``docs/issuance.md``).

What we build ourselves (from a record, or beside it) is issued, because whoever asked for it may
ask again and must get the one credential. A
caller's document is void: the caller got nothing, and cannot ask for it.

Leaves to others: the steps (``issuer.issue``), taking an intent over (``issuer.reservation``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from issuer.callers import Caller, Scope
from issuer.issue import finish, is_callers, void
from issuer.office import Office
from issuer.record import parse_draft
from issuer.reservation import take_over
from issuer.store.rows import IssuanceRow


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


def settle(office: Office, tenant_id: str, *, now: datetime) -> tuple[Settled, ...]:
    """Settle the tenant's open intents: finish our own, void callers' documents.

    Raises ``OwnFaultError`` when a key or the database cannot be used.
    """
    with office.store.read(tenant_id) as unit:
        intents = unit.issuances.open_intents()
    return tuple(
        Settled(issuance_id=row.id, outcome=_settle_one(office, row, now)) for row in intents
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
