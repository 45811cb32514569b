"""Addresses that are told, and events on their way to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Exists, and_, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError

from issuer.store import tables
from issuer.store._rooms.room import Room, Values, is_taken
from issuer.store.ports import TakenError
from issuer.store.telling import DeliveryRow, DeliveryState, WebhookRow, WebhookState

_TAKEN = "A webhook with this address"


def read_webhook(found: Any) -> WebhookRow:
    values = found._asdict()
    kinds, state = tuple(values["kinds"].split()), WebhookState(values["state"])
    return WebhookRow(**values | {"kinds": kinds, "state": state})


def read_delivery(found: Any) -> DeliveryRow:
    values = found._asdict()
    return DeliveryRow(**values | {"state": DeliveryState(values["state"])})


class Webhooks(Room):
    table = tables.WEBHOOKS

    def values_of(self, row: WebhookRow) -> Values:
        """Kinds are kept as one text of words."""
        return super().values_of(row) | {"kinds": " ".join(row.kinds)}

    def add(self, row: WebhookRow) -> None:
        self.insert(row, _TAKEN)

    def get(self, webhook_id: str) -> WebhookRow | None:
        found = self.row(self.table.c.id == webhook_id)
        return read_webhook(found) if found else None

    def lock(self, webhook_id: str) -> WebhookRow | None:
        found = self.row(self.table.c.id == webhook_id, lock=True)
        return read_webhook(found) if found else None

    def all(self) -> tuple[WebhookRow, ...]:
        order = [self.table.c.created, self.table.c.id]
        return tuple(read_webhook(found) for found in self.rows(order=order))

    def replace(self, row: WebhookRow) -> None:
        try:
            self.change(self.values_of(row), self.table.c.id == row.id)
        except IntegrityError as error:
            if is_taken(error):
                raise TakenError(_TAKEN) from error
            raise

    def lease(self, webhook_id: str, now: datetime, until: datetime) -> bool:
        return self.change(
            {"leased_until": until},
            self.table.c.id == webhook_id,
            self.table.c.state == WebhookState.ACTIVE.value,
            self.table.c.leased_until <= now,
            self.table.c.resting_until <= now,
        )

    def remove(self, webhook_id: str) -> bool:
        deliveries = tables.DELIVERIES
        self._connection.execute(
            delete(deliveries).where(
                deliveries.c.tenant_id == self._tenant_id, deliveries.c.webhook_id == webhook_id
            )
        )
        done = self._connection.execute(
            delete(self.table).where(self.mine(self.table.c.id == webhook_id))
        )
        return done.rowcount > 0


class Deliveries(Room):
    table = tables.DELIVERIES

    def add(self, row: DeliveryRow) -> None:
        self.insert(row, "This delivery")

    def is_known(self, webhook_id: str, event_id: str) -> bool:
        found = self.row(self.table.c.webhook_id == webhook_id, self.table.c.event_id == event_id)
        return found is not None

    def due(self, webhook_id: str, now: datetime, limit: int) -> tuple[DeliveryRow, ...]:
        query = (
            select(self.table)
            .where(
                self.mine(
                    self.table.c.webhook_id == webhook_id,
                    self.table.c.state == DeliveryState.PENDING.value,
                    self.table.c.next_at <= now,
                    ~_earlier_pending(),
                )
            )
            .order_by(self.table.c.position)
            .limit(limit)
        )
        return tuple(read_delivery(found) for found in self._connection.execute(query))

    def mark(self, row: DeliveryRow, attempts: int) -> bool:
        return self.change(
            self.values_of(row), self.table.c.id == row.id, self.table.c.attempts == attempts
        )

    def of_webhook(
        self, webhook_id: str, *, state: str | None, before: int | None, limit: int
    ) -> tuple[DeliveryRow, ...]:
        conditions = [self.table.c.webhook_id == webhook_id]
        if state is not None:
            conditions.append(self.table.c.state == state)
        if before is not None:
            conditions.append(self.table.c.position < before)
        query = (
            select(self.table)
            .where(self.mine(*conditions))
            .order_by(self.table.c.position.desc())
            .limit(limit)
        )
        return tuple(read_delivery(found) for found in self._connection.execute(query))

    def repeat(self, webhook_id: str, after: int, until: int, now: datetime) -> int:
        done = self._connection.execute(
            update(self.table)
            .where(
                self.mine(
                    self.table.c.webhook_id == webhook_id,
                    self.table.c.position > after,
                    self.table.c.position <= until,
                )
            )
            .values(state=DeliveryState.PENDING.value, attempts=0, next_at=now, changed_at=now)
        )
        return done.rowcount


def _earlier_pending() -> Exists:
    """Whether an earlier event of the same subject is still on its way to the same address."""
    sent, earlier = tables.DELIVERIES, tables.DELIVERIES.alias()
    return (
        exists()
        .where(
            earlier.c.tenant_id == sent.c.tenant_id,
            earlier.c.webhook_id == sent.c.webhook_id,
            earlier.c.subject == sent.c.subject,
            earlier.c.position < sent.c.position,
            earlier.c.state == DeliveryState.PENDING.value,
        )
        .correlate(sent)
    )


def due_webhooks(connection: Connection, now: datetime, limit: int) -> tuple[tuple[str, str], ...]:
    """Tenant and id of webhooks that have something to send and may, the longest unserved first:
    for the worker, who looks across tenants."""
    hooks, told, sent = tables.WEBHOOKS, tables.OUTBOX, tables.DELIVERIES
    untold = exists().where(
        told.c.tenant_id == hooks.c.tenant_id,
        or_(told.c.position.is_(None), told.c.position > hooks.c.position),
    )
    pending = exists().where(
        sent.c.tenant_id == hooks.c.tenant_id,
        sent.c.webhook_id == hooks.c.id,
        sent.c.state == DeliveryState.PENDING.value,
        sent.c.next_at <= now,
        ~_earlier_pending(),
    )
    is_free = and_(
        hooks.c.state == WebhookState.ACTIVE.value,
        hooks.c.leased_until <= now,
        hooks.c.resting_until <= now,
    )
    query = (
        select(hooks.c.tenant_id, hooks.c.id)
        .where(is_free, or_(untold, pending))
        .order_by(hooks.c.leased_until, hooks.c.id)
        .limit(limit)
    )
    return tuple((tenant, webhook) for tenant, webhook in connection.execute(query))
