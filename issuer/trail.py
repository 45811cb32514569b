"""Lines of the audit trail: who did what to what, and for which internal reason.

A line is written in the transaction of what it tells. Actors are keys, operators, the command
line or the system; subjects are ids; neither names a person (security §2.3, R20).

Leaves to others: the chain that the lines are put on (``issuer.store.chain``), going through it
(``issuer.audit``), what tenants are told (``issuer.events``).
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from issuer.store.ports import Unit
from issuer.store.rows import EventRow


def note(
    unit: Unit, actor: str, action: str, subject: str, *, now: datetime, reason: str | None = None
) -> None:
    """Write a line of the tenant's trail in this transaction."""
    unit.events.add(trail_line(unit.tenant_id, actor, action, subject, now=now, reason=reason))


def trail_line(
    trail: str, actor: str, action: str, subject: str, *, now: datetime, reason: str | None = None
) -> EventRow:
    """A line of the trail of a tenant (its id) or of the deployment."""
    return EventRow(
        tenant_id=trail,
        id=uuid4().hex,
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        reason=reason,
    )
