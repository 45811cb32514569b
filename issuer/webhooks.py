"""Webhooks: addresses that a tenant wants told, their secrets, and what became of telling them.

A secret is derived from the deployment's own (as share links are) and stands in no table. It is
shown once; a new one may overlap with the one before, and then both sign. An address is https,
unless the operator listed it, and is never one inside (security §1.5, G 70).

Leaves to others: what is told (``issuer.events``), sending it (``issuer.delivery.webhooks``).
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import ConflictError, IssuerCode, NotFoundError, RequestRefusedError
from issuer.events import Kind, number_events, position_after, tell
from issuer.office import Office
from issuer.store.ports import TakenError, Unit
from issuer.store.telling import DeliveryRow, DeliveryState, ToldRow, WebhookRow, WebhookState
from issuer.trail import note
from verifier.errors import Code, RefusedError, UncheckedError

_PURPOSE: Final = "webhooks"
_SECRET_PREFIX: Final = "whsec_"  # noqa: S105  the prefix of Standard Webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret that was just made, in the form of Standard Webhooks. Nobody sees it again."""

    webhook: WebhookRow
    text: str = field(repr=False)


def secret_of(office: Office, webhook_id: str, generation: int) -> bytes:
    """The key (32 bytes) that signs for an address: the same each time."""
    key = office.keyring.secret(_PURPOSE)
    return hmac.digest(key, f"{webhook_id}|{generation}".encode(), "sha256")


def add_webhook(
    office: Office, caller: Caller, *, url: str, kinds: Collection[Kind], now: datetime
) -> Secret:
    """Tell ``url`` of events of ``kinds`` (of every kind where there are none), from now on.

    Raises ``RefusedError`` for the address, ``ConflictError`` (``NAME_TAKEN``) for one that the
    tenant has or when there are too many, ``ForbiddenError``.
    """
    caller.require(Scope.ADMIN)
    _check_address(office, url)
    number_events(office.store, caller.tenant_id)
    row = _new(caller.tenant_id, url, kinds, now)
    try:
        with office.store.begin(caller.tenant_id) as unit:
            if len(unit.webhooks.all()) >= limits.WEBHOOKS:
                raise ConflictError(IssuerCode.NAME_TAKEN, "There are too many webhooks already.")
            last = unit.outbox.last()
            row = replace(row, position=(last.position or 0) if last else 0)
            unit.webhooks.add(row)
            note(unit, caller.actor, "webhookAdded", row.id, now=now)
    except TakenError as error:
        raise ConflictError(error.code, error.detail) from error
    return _show(office, row)


def _new(tenant_id: str, url: str, kinds: Collection[Kind], now: datetime) -> WebhookRow:
    return WebhookRow(
        tenant_id=tenant_id,
        id=uuid4().hex,
        url=url,
        kinds=_names(kinds),
        generation=1,
        overlap_until=None,
        state=WebhookState.ACTIVE,
        note=None,
        position=0,
        failures=0,
        failing_since=None,
        resting_until=now,
        leased_until=now,
        created=now,
    )


def _names(kinds: Collection[Kind]) -> tuple[str, ...]:
    return tuple(sorted({kind.value for kind in kinds}))


def _check_address(office: Office, url: str) -> None:
    """What can be said of an address before its name is looked up. The rest is said each time
    something is sent there."""
    if len(url) > limits.WEBHOOK_URL_CHARACTERS or not url.isprintable() or "#" in url:
        detail = f"An address has at most {limits.WEBHOOK_URL_CHARACTERS} letters and no fragment."
        raise RefusedError(Code.ADDRESS_NOT_ALLOWED, detail, pointer="/url")
    try:
        office.door.check(url)
    except UncheckedError as error:
        detail = "A webhook is told at an https address on port 443 that is open to everybody."
        raise RefusedError(Code.ADDRESS_NOT_ALLOWED, detail, pointer="/url") from error


def _show(office: Office, row: WebhookRow) -> Secret:
    key = secret_of(office, row.id, row.generation)
    return Secret(webhook=row, text=_SECRET_PREFIX + base64.b64encode(key).decode())


# --- what there is ----------------------------------------------------------------------


def list_webhooks(office: Office, caller: Caller) -> tuple[WebhookRow, ...]:
    """The tenant's webhooks, oldest first. Raises ``ForbiddenError``."""
    caller.require(Scope.ADMIN)
    with office.store.read(caller.tenant_id) as unit:
        return unit.webhooks.all()


def get_webhook(office: Office, caller: Caller, webhook_id: str) -> WebhookRow:
    """One of them. Raises ``NotFoundError``, ``ForbiddenError``."""
    caller.require(Scope.ADMIN)
    with office.store.read(caller.tenant_id) as unit:
        return _found(unit.webhooks.get(webhook_id))


def list_deliveries(
    office: Office,
    caller: Caller,
    webhook_id: str,
    *,
    state: DeliveryState | None,
    before: int | None,
    limit: int,
) -> tuple[DeliveryRow, ...]:
    """What became of telling this address, newest events first.

    Raises ``NotFoundError``, ``ForbiddenError``.
    """
    caller.require(Scope.ADMIN)
    with office.store.read(caller.tenant_id) as unit:
        _found(unit.webhooks.get(webhook_id))
        return unit.deliveries.of_webhook(
            webhook_id, state=state.value if state else None, before=before, limit=limit
        )


# --- changes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """What is to change; ``None`` stays as it is."""

    url: str | None = None
    kinds: tuple[Kind, ...] | None = None
    active: bool | None = None


def change_webhook(
    office: Office, caller: Caller, webhook_id: str, change: WebhookChange, *, now: datetime
) -> WebhookRow:
    """Change an address, its kinds, or whether anything is sent. One that is switched on again
    starts without failures, with what waited meanwhile.

    Raises ``NotFoundError``, and as ``add_webhook``.
    """
    caller.require(Scope.ADMIN)
    if change.url is not None:
        _check_address(office, change.url)
    try:
        with office.store.begin(caller.tenant_id) as unit:
            row = _changed(_found(unit.webhooks.lock(webhook_id)), change, now)
            unit.webhooks.replace(row)
            note(unit, caller.actor, "webhookChanged", row.id, now=now)
    except TakenError as error:
        raise ConflictError(error.code, error.detail) from error
    return row


def _changed(row: WebhookRow, change: WebhookChange, now: datetime) -> WebhookRow:
    row = replace(
        row,
        url=row.url if change.url is None else change.url,
        kinds=row.kinds if change.kinds is None else _names(change.kinds),
    )
    if change.active is None:
        return row
    if not change.active:
        return replace(row, state=WebhookState.OFF, note=None)
    fresh = {"failures": 0, "failing_since": None, "resting_until": now}
    return replace(row, state=WebhookState.ACTIVE, note=None, **fresh)  # type: ignore[arg-type]


def remove_webhook(office: Office, caller: Caller, webhook_id: str, *, now: datetime) -> None:
    """Forget an address and what became of telling it. Raises ``NotFoundError``."""
    caller.require(Scope.ADMIN)
    with office.store.begin(caller.tenant_id) as unit:
        if not unit.webhooks.remove(webhook_id):
            raise NotFoundError("There is no such webhook.")
        note(unit, caller.actor, "webhookRemoved", webhook_id, now=now)


def rotate_secret(
    office: Office, caller: Caller, webhook_id: str, *, overlap: timedelta, now: datetime
) -> Secret:
    """A new secret. For ``overlap`` the one before signs too, so that nothing is refused while
    the receiver changes over; with none it ends now. Raises ``NotFoundError``."""
    caller.require(Scope.ADMIN)
    with office.store.begin(caller.tenant_id) as unit:
        found = _found(unit.webhooks.lock(webhook_id))
        until = now + overlap if overlap else None
        row = replace(found, generation=found.generation + 1, overlap_until=until)
        unit.webhooks.replace(row)
        note(unit, caller.actor, "webhookSecretChanged", row.id, now=now)
    return _show(office, row)


def keys_at(office: Office, row: WebhookRow, now: datetime) -> tuple[bytes, ...]:
    """The keys that sign at ``now``, the newest first."""
    keys = [secret_of(office, row.id, row.generation)]
    if row.overlap_until is not None and now < row.overlap_until:
        keys.append(secret_of(office, row.id, row.generation - 1))
    return tuple(keys)


# --- once more --------------------------------------------------------------------------


def send_test(office: Office, caller: Caller, webhook_id: str, *, now: datetime) -> None:
    """Tell this address, and no other, ``webhook.test``. Raises ``NotFoundError``."""
    caller.require(Scope.ADMIN)
    with office.store.begin(caller.tenant_id) as unit:
        _found(unit.webhooks.get(webhook_id))
        tell(unit, Kind.WEBHOOK_TEST, subject=webhook_id, data={"state": "test"}, now=now)


def replay(
    office: Office,
    caller: Caller,
    webhook_id: str,
    *,
    after: str | None,
    event_id: str | None,
    now: datetime,
) -> int:
    """Send again what this address was or should have been told: one event, or all after a
    cursor (from the oldest kept where neither is named). The same id comes with each of them.

    At most ``limits.EVENTS_NUMBERED`` at once; returns how many. Raises ``NotFoundError``,
    ``GoneError`` (``CURSOR_GONE``), ``RequestRefusedError`` when both are named.
    """
    caller.require(Scope.ADMIN)
    if after is not None and event_id is not None:
        raise RequestRefusedError(IssuerCode.NAME_MALFORMED, "Name after or eventId, not both.")
    number_events(office.store, caller.tenant_id)
    with office.store.begin(caller.tenant_id) as unit:
        row = _found(unit.webhooks.lock(webhook_id))
        start, until = _stretch(unit, row, after, event_id)
        again = wanted(unit, row, start, until)
        for told in again:
            add_delivery(unit, row, told, now)
        if again:
            unit.deliveries.repeat(row.id, start, again[-1].position or start, now)
        note(unit, caller.actor, "webhookReplayed", row.id, now=now)
        return len(again)


def _stretch(
    unit: Unit, row: WebhookRow, after: str | None, event_id: str | None
) -> tuple[int, int]:
    """The positions between which events are sent again."""
    if event_id is None:
        return position_after(unit, after), row.position
    event = unit.outbox.get(event_id)
    if event is None or event.position is None or event.position > row.position:
        raise NotFoundError("No such event was told here yet.")
    return event.position - 1, event.position


def wanted(unit: Unit, row: WebhookRow, after: int, until: int) -> tuple[ToldRow, ...]:
    """The events between two positions that concern this address, at most
    ``limits.EVENTS_NUMBERED``."""
    kinds = (*row.kinds, Kind.WEBHOOK_TEST.value) if row.kinds else ()
    found = unit.outbox.between(after, until, kinds=kinds, limit=limits.EVENTS_NUMBERED)
    return tuple(told for told in found if told.kind != Kind.WEBHOOK_TEST or told.subject == row.id)


def add_delivery(unit: Unit, row: WebhookRow, told: ToldRow, now: datetime) -> None:
    """Put an event on its way, unless it is."""
    if unit.deliveries.is_known(row.id, told.id):
        return
    unit.deliveries.add(
        DeliveryRow(
            tenant_id=row.tenant_id,
            id=uuid4().hex,
            webhook_id=row.id,
            event_id=told.id,
            position=told.position or 0,
            subject=told.subject,
            state=DeliveryState.PENDING,
            attempts=0,
            next_at=now,
            outcome=None,
            status=None,
            changed_at=now,
        )
    )


def _found(row: WebhookRow | None) -> WebhookRow:
    if row is None:
        raise NotFoundError("There is no such webhook.")
    return row
