"""Sending events to webhooks: at least once, in the order of each subject, nobody held up.

One round of ``deliver_due`` serves every address that has something due, several at a time. An
address is served by one worker alone (a lease that ends by itself), one request after the
other, so that of one credential the earlier event always goes first; a later one waits until
the earlier arrived or was given up. The first failure ends an address's turn. What failed is tried
again after waits that grow to a day; an address where everything fails is left alone for a
while, and is switched off after days. An answer 410 switches it off at once.

What was sent is marked afterwards: a worker that dies in between sends it again, with the same
``webhook-id``. Nothing of an answer is read but its status, and no redirect is followed.

Form of messages: Standard Webhooks 1.0. Leaves to others: addresses and secrets
(``issuer.webhooks``), the guarded way out (``verifier.fetch``), when a round is due
(``issuer.worker``).
"""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from issuer import limits
from issuer.events import event_json, number_events
from issuer.office import Office
from issuer.store.ports import Unit
from issuer.store.telling import DeliveryRow, DeliveryState, ToldRow, WebhookRow, WebhookState
from issuer.webhooks import add_delivery, keys_at, wanted
from verifier.errors import Code, UncheckedError

_LOOK_SECONDS: Final = 0.2
"""How often a thread without work looks whether there is some, while others still send."""
_OUTCOMES: Final = {
    Code.FETCH_TIMEOUT: "noAnswerInTime",
    Code.ADDRESS_NOT_ALLOWED: "addressNotAllowed",
}
"""One word for an attempt without an answer; ``noConnection`` for any other."""


def sign_message(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header ``webhook-signature``: one signature for each key (Standard Webhooks)."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    macs = (hmac.digest(key, signed, "sha256") for key in keys)
    return " ".join(f"v1,{base64.b64encode(mac).decode()}" for mac in macs)


def deliver_due(
    office: Office, now: datetime, *, monotonic: Callable[[], float] = time.monotonic
) -> int:
    """Send what is due, for at most some ``limits.WEBHOOK_ROUND_SECONDS``; how many arrived.

    Any number of workers may do so at the same time.
    """
    with office.store.deployment() as lookup:
        if not lookup.due_webhooks(now, 1):
            return 0
    round_ = _Round(office=office, now=now, monotonic=monotonic)
    with ThreadPoolExecutor(limits.WEBHOOK_THREADS) as pool:
        threads = [pool.submit(round_.work) for _ in range(limits.WEBHOOK_THREADS)]
        return sum(thread.result() for thread in threads)


@dataclass(slots=True, kw_only=True)
class _Round:
    """One round: what its threads share."""

    office: Office
    now: datetime
    monotonic: Callable[[], float]
    ends: float = field(init=False)
    served: Counter[str] = field(default_factory=Counter)
    busy: int = 0
    lock: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        self.ends = self.monotonic() + limits.WEBHOOK_ROUND_SECONDS

    def work(self) -> int:
        """The life of one thread: serve one address after the other until nothing is left, or
        the round is over."""
        arrived = 0
        while self.monotonic() < self.ends:
            webhook = self._take()
            if webhook is not None:
                try:
                    arrived += _serve(self.office, webhook, self.now, self.monotonic)
                finally:
                    self._give_back()
            elif not self._others_send():
                break
        return arrived

    def _take(self) -> WebhookRow | None:
        """An address that is ours now; of several, the one that had the fewest turns."""
        with self.office.store.deployment() as lookup:
            due = lookup.due_webhooks(self.now, limits.WEBHOOK_BATCH)
        with self.lock:
            for tenant_id, webhook_id in sorted(due, key=lambda it: self.served[it[1]]):
                claimed = _claim(self.office, tenant_id, webhook_id, self.now)
                if claimed is not None:
                    self.served[webhook_id] += 1
                    self.busy += 1
                    return claimed
        return None

    def _give_back(self) -> None:
        with self.lock:
            self.busy -= 1
            self.lock.notify_all()

    def _others_send(self) -> bool:
        with self.lock:
            if self.busy:
                self.lock.wait(_LOOK_SECONDS)
            return self.busy > 0


def _claim(office: Office, tenant_id: str, webhook_id: str, now: datetime) -> WebhookRow | None:
    """The webhook, ours alone until the lease ends, with new events put on their way."""
    number_events(office.store, tenant_id)
    until = now + timedelta(seconds=limits.WEBHOOK_LEASE_SECONDS)
    with office.store.begin(tenant_id) as unit:
        if not unit.webhooks.lease(webhook_id, now, until):
            return None
        row = unit.webhooks.get(webhook_id)
        return row and _fan_out(unit, row, now)


def _fan_out(unit: Unit, row: WebhookRow, now: datetime) -> WebhookRow:
    last = unit.outbox.last()
    if last is None or last.position is None or last.position <= row.position:
        return row
    found = wanted(unit, row, row.position, last.position)
    for told in found:
        add_delivery(unit, row, told, now)
    is_full = len(found) == limits.EVENTS_NUMBERED
    row = replace(row, position=(found[-1] if is_full else last).position or row.position)
    unit.webhooks.replace(row)
    return row


# --- one address ------------------------------------------------------------------------


def _serve(
    office: Office, webhook: WebhookRow, now: datetime, monotonic: Callable[[], float]
) -> int:
    """Send what is due for one address, until its turn is over or something fails."""
    ends, arrived = monotonic() + limits.WEBHOOK_TURN_SECONDS, 0
    try:
        while monotonic() < ends:
            found = _next_due(office, webhook, now)
            if not found:
                break
            for delivery, told in found:
                if not _attempt(office, webhook, delivery, told, now):
                    return arrived
                arrived += 1
                if monotonic() >= ends:
                    break
    finally:
        _release(office, webhook, now)
    return arrived


def _next_due(
    office: Office, webhook: WebhookRow, now: datetime
) -> list[tuple[DeliveryRow, ToldRow]]:
    with office.store.read(webhook.tenant_id) as unit:
        due = unit.deliveries.due(webhook.id, now, limits.WEBHOOK_BATCH)
        return [(row, told) for row in due if (told := unit.outbox.get(row.event_id))]


def _release(office: Office, webhook: WebhookRow, now: datetime) -> None:
    with office.store.begin(webhook.tenant_id) as unit:
        row = unit.webhooks.lock(webhook.id)
        if row is not None and row.leased_until == webhook.leased_until:  # still ours
            unit.webhooks.replace(replace(row, leased_until=now))


def _attempt(
    office: Office, webhook: WebhookRow, delivery: DeliveryRow, told: ToldRow, now: datetime
) -> bool:
    """Send one event, then write what became of it; whether the turn goes on."""
    status, outcome = _send(office, webhook, told, now)
    done = _judge(delivery, status, outcome, now, office.randbelow)
    with office.store.begin(webhook.tenant_id) as unit:
        unit.deliveries.mark(done, delivery.attempts)
        row = unit.webhooks.lock(webhook.id)
        if row is None:
            return False
        after = _after(row, status, now, is_good=done.state is DeliveryState.DELIVERED)
        unit.webhooks.replace(after)
    return done.state is DeliveryState.DELIVERED and after.state is WebhookState.ACTIVE


def _send(
    office: Office, webhook: WebhookRow, told: ToldRow, now: datetime
) -> tuple[int | None, str]:
    """The status of the answer, if there was one, and a word about it."""
    body = json.dumps(event_json(told), separators=(",", ":")).encode()
    timestamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": told.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign_message(keys_at(office, webhook, now), told.id, timestamp, body),
    }
    try:
        status = office.door.post(webhook.url, headers, body)
    except UncheckedError as error:
        return None, _OUTCOMES.get(error.code, "noConnection")
    return status, "accepted" if _is_good(status) else "refused"


def _is_good(status: int | None) -> bool:
    return status is not None and 200 <= status < 300


# --- what follows from an attempt ---------------------------------------------------------


def _judge(
    row: DeliveryRow,
    status: int | None,
    outcome: str,
    now: datetime,
    randbelow: Callable[[int], int],
) -> DeliveryRow:
    """The delivery after an attempt: arrived, to be tried again, or given up."""
    row = replace(row, attempts=row.attempts + 1, status=status, outcome=outcome, changed_at=now)
    if _is_good(status):
        return replace(row, state=DeliveryState.DELIVERED)
    if row.attempts > len(limits.WEBHOOK_WAITS) or status == _GONE:
        return replace(row, state=DeliveryState.DEAD)
    wait = limits.WEBHOOK_WAITS[row.attempts - 1] * (50 + randbelow(51)) / 100
    return replace(row, next_at=now + timedelta(seconds=wait))


_GONE: Final = 410


def _after(row: WebhookRow, status: int | None, now: datetime, *, is_good: bool) -> WebhookRow:
    """The address after an attempt: well, failing, left alone for a while, or switched off."""
    if is_good:
        return replace(row, failures=0, failing_since=None, resting_until=now)
    since = row.failing_since or now
    row = replace(
        row,
        failures=row.failures + 1,
        failing_since=since,
        resting_until=now + _rest(row.failures + 1),
    )
    if status == _GONE:
        return replace(row, state=WebhookState.DISABLED, note="gone")
    if now - since >= timedelta(days=limits.WEBHOOK_FAILING_DAYS):
        return replace(row, state=WebhookState.DISABLED, note="failing")
    return row


def _rest(failures: int) -> timedelta:
    """Nothing for the first few: an address may refuse one event and take the others."""
    over = failures - limits.WEBHOOK_FAILURES
    if over < 0:
        return timedelta(0)
    return timedelta(seconds=min(5 * 2 ** min(over, 10), limits.WEBHOOK_REST_SECONDS))
