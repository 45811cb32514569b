"""What the console shows first: counts, not people, and what needs somebody (domain §5.5).

Leaves to others: the page (``issuer.web.console``), the numbers (``issuer.store.figures``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from issuer import limits
from issuer.office import Office
from issuer.store.ports import Unit
from issuer.store.reviews import ApprovalRow
from issuer.store.rows import OfferState, StatusListRow, TenantRow
from issuer.store.telling import WebhookRow, WebhookState
from issuer.withdrawals import early_end_of


class Need(StrEnum):
    """What somebody has to do something about."""

    LIST_IS_OLD = "listIsOld"
    LIST_IS_BEHIND = "listIsBehind"
    LIST_IS_FULL = "listIsFull"
    SIGNING_STOPPED = "signingStopped"
    HOST_ASKS = "hostAsks"
    WEBHOOKS_FAIL = "webhooksFail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line under "Needs you": of which tenant, and how many or how much."""

    need: Need
    tenant: str
    tenant_id: str
    number: int
    at: datetime | None = None
    review: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """``list_hours`` is the age of the oldest list that is out; ``None`` when none is."""

    offers_waiting: int = 0
    held: int = 0
    attestations_stalled: int = 0
    intents_left: int = 0
    reviews_open: int = 0
    webhooks_failing: int = 0
    rows_failed: int = 0
    list_hours: int | None = None
    tasks: tuple[Task, ...] = ()

    def plus(self, other: Overview) -> Overview:
        """Of several tenants together."""
        ages = [one for one in (self.list_hours, other.list_hours) if one is not None]
        return Overview(
            offers_waiting=self.offers_waiting + other.offers_waiting,
            held=self.held + other.held,
            attestations_stalled=self.attestations_stalled + other.attestations_stalled,
            intents_left=self.intents_left + other.intents_left,
            reviews_open=self.reviews_open + other.reviews_open,
            webhooks_failing=self.webhooks_failing + other.webhooks_failing,
            rows_failed=self.rows_failed + other.rows_failed,
            list_hours=max(ages, default=None),
            tasks=self.tasks + other.tasks,
        )


def look_over(office: Office, tenants: Iterable[TenantRow], *, now: datetime) -> Overview:
    """The numbers of ``tenants`` together. Raises ``StoreUnavailableError``."""
    return reduce(Overview.plus, (_of_tenant(office, row, now) for row in tenants), Overview())


def _of_tenant(office: Office, tenant: TenantRow, now: datetime) -> Overview:
    stalled_since = now - timedelta(days=limits.ATTESTATION_DAYS)
    with office.store.read(tenant.id) as unit:
        offers, old = unit.figures.offers(now), unit.figures.offers(stalled_since)
        left, lists = unit.figures.intents(now), unit.figures.lists()
        waiting = tuple(row for row in unit.approvals.pending() if now < row.expires_at)
        failed_rows = unit.figures.failed_rows()
        failing = sum(_is_failing(row) for row in unit.webhooks.all())
        tasks = (
            *_signing(unit, tenant, left),
            *_lists(tenant, lists, now),
            *_hosts(unit, tenant, waiting, now),
            *((_task(Need.WEBHOOKS_FAIL, tenant, failing),) if failing else ()),
        )
    return Overview(
        offers_waiting=offers.get(OfferState.OFFERED.value, 0),
        held=offers.get(OfferState.HELD.value, 0),
        attestations_stalled=old.get(OfferState.ATTESTATION_REQUESTED.value, 0),
        intents_left=left,
        reviews_open=len(waiting),
        webhooks_failing=failing,
        rows_failed=failed_rows,
        list_hours=max((_hours(row, now) for row in lists if row.published_at), default=None),
        tasks=tasks,
    )


def _is_failing(row: WebhookRow) -> bool:
    """Given up by us, or not reached since its last success."""
    is_tried = row.state is WebhookState.ACTIVE and row.failing_since is not None
    return is_tried or row.state is WebhookState.DISABLED


def _signing(unit: Unit, tenant: TenantRow, left: int) -> tuple[Task, ...]:
    if not left:
        return ()
    return (_task(Need.SIGNING_STOPPED, tenant, left),)


def _hosts(
    unit: Unit, tenant: TenantRow, waiting: Iterable[ApprovalRow], now: datetime
) -> tuple[Task, ...]:
    """A host that asks to withdraw its word soon after an early end: each a line of its own."""
    found = ((row, early_end_of(unit, row, now)) for row in waiting)
    return tuple(
        replace(_task(Need.HOST_ASKS, tenant, days), review=row.id)
        for row, days in found
        if days is not None
    )


def _lists(tenant: TenantRow, lists: Iterable[StatusListRow], now: datetime) -> tuple[Task, ...]:
    rows = tuple(lists)
    old = [row for row in rows if _hours(row, now) >= limits.STATUS_WARN_HOURS]
    behind = [row for row in rows if row.revision > row.published_revision]
    full = max((_percent(row) for row in rows if row.is_open), default=0)
    tasks = []
    if old:
        oldest = max(old, key=lambda row: _hours(row, now))
        tasks.append(_task(Need.LIST_IS_OLD, tenant, _hours(oldest, now), at=oldest.published_at))
    elif behind:
        tasks.append(_task(Need.LIST_IS_BEHIND, tenant, len(behind)))
    if full >= limits.STATUS_LIST_TELL_PERCENT:
        tasks.append(_task(Need.LIST_IS_FULL, tenant, full))
    return tuple(tasks)


def _task(need: Need, tenant: TenantRow, number: int, at: datetime | None = None) -> Task:
    return Task(need=need, tenant=tenant.name, tenant_id=tenant.id, number=number, at=at)


def _hours(row: StatusListRow, now: datetime) -> int:
    if row.published_at is None:
        return 0
    return int((now - row.published_at).total_seconds() // 3600)


def _percent(row: StatusListRow) -> int:
    return 100 * row.allocated // row.size
