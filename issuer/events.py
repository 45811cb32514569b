"""Events: what a tenant is told of its credentials, offers and jobs, as it happens.

An event is written in the transaction of what it tells: told and done are one. It holds ids and
states, and nothing else can get in: no names, no reasons, no links (domain §2.4; security
§1.5, G 70). Who wants to know more asks, with a key that may.

Readers follow a cursor. It never passes an event by, however late its transaction commits
(``issuer.store.telling`` says how), and it names the event itself, so that a reader whose last
event is not here, after a restore say, is told so and does not miss what took its place.

Leaves to others: sending events (``issuer.webhooks``), the audit trail with actors and reasons
(the table ``events``, which never leaves).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import uuid4

from issuer import limits, sandbox
from issuer.callers import Caller, Scope
from issuer.errors import GoneError, IssuerCode
from issuer.office import Office
from issuer.store.ports import Store, Unit
from issuer.store.telling import ToldRow
from verifier.date_time_stamp import format_instant
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, parse_json_object


class Kind(StrEnum):
    """What can be told. A name, once released, keeps its meaning."""

    CREDENTIAL_ISSUED = "credential.issued"
    CREDENTIAL_REVOKED = "credential.revoked"
    CREDENTIAL_SUSPENDED = "credential.suspended"
    CREDENTIAL_REINSTATED = "credential.reinstated"
    CREDENTIAL_SUPERSEDED = "credential.superseded"
    OFFER_CREATED = "offer.created"
    OFFER_ATTESTED = "offer.attested"
    OFFER_ACCEPTED = "offer.accepted"
    OFFER_DECLINED = "offer.declined"
    OFFER_STALLED = "offer.stalled"
    OFFER_UNDELIVERABLE = "offer.undeliverable"
    OFFER_CLOSED = "offer.closed"
    JOB_FINISHED = "job.finished"
    WEBHOOK_TEST = "webhook.test"
    """Sent to one address because somebody asked for it."""


_MEMBERS: Final = frozenset(
    {
        *("issuanceId", "credentialId", "offerId", "jobId", "supersedes", "supersededBy"),
        *("mode", "state", "rows", "issued", "waiting", "refused", "failed"),
    }
)
"""What an event may say. Ids, states, counts: a new member is a decision about privacy."""
_WORD = re.compile(rf"[A-Za-z0-9:-]{{1,{limits.EVENT_ID_CHARACTERS}}}")
"""The form of ids and states. No address, name or sentence has it."""
_CURSOR = re.compile(r"([1-9][0-9]{0,17})-([0-9a-f]{12})")

Data = Mapping[str, str | int]


def tell(unit: Unit, kind: Kind, *, subject: str, data: Data, now: datetime) -> None:
    """Write an event in this transaction, after the change that it tells of.

    ``subject`` is the id of the issuance, offer or job: events of one subject keep their order.
    ``data`` has members of a closed list, whose values are ids, states or counts. What is about a
    sandbox has ``mode`` as well, whoever tells it.

    Raises ``ValueError`` for anything else, which is a fault of the caller.
    """
    for name, value in data.items():
        if name not in _MEMBERS or not _is_plain(value):
            raise ValueError(f"an event does not hold this {name[:40]!r}")
    row = ToldRow(
        tenant_id=unit.tenant_id,
        id=uuid4().hex,
        position=None,
        kind=kind.value,
        subject=subject,
        data=json.dumps(dict(data) | _mode(unit, data)),
        created=now,
    )
    unit.outbox.add(row)


def _mode(unit: Unit, data: Data) -> dict[str, str]:
    """``{"mode": "test"}`` where the issuance or offer is one of a sandbox."""
    issuance = unit.issuances.get(str(data["issuanceId"])) if "issuanceId" in data else None
    offer = unit.offers.get(str(data["offerId"])) if "offerId" in data else None
    found = issuance or offer
    issuer = unit.issuers.get(found.issuer_id) if found else None
    return sandbox.mode_of(issuer) if issuer else {}


def _is_plain(value: str | int) -> bool:
    if isinstance(value, str):
        return _WORD.fullmatch(value) is not None
    return value >= 0


def parse_kind(name: object, *, pointer: str = "") -> Kind:
    """One kind of event by its name. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    if not isinstance(name, str) or name not in [kind.value for kind in Kind]:
        detail = f"A kind is one of {', '.join(Kind)}."
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
    return Kind(name)


# --- reading ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Events in order. ``cursor`` is where to go on; ``None`` while nothing was ever told.
    ``has_more`` says that asking again at once is worth it."""

    events: tuple[ToldRow, ...]
    cursor: str | None
    has_more: bool


def read_events(
    office: Office, caller: Caller, *, after: str | None, kinds: Collection[Kind], limit: int
) -> Feed:
    """At most ``limit`` events after the cursor, of ``kinds`` (every kind where there are none).

    Raises ``GoneError`` (``CURSOR_GONE``), ``ForbiddenError``.
    """
    caller.require(Scope.READ)
    number_events(office.store, caller.tenant_id)
    with office.store.read(caller.tenant_id) as unit:
        start, last = position_after(unit, after), unit.outbox.last()
        if last is None or last.position is None:
            return Feed(events=(), cursor=after, has_more=False)
        names = [kind.value for kind in kinds]
        found = unit.outbox.between(start, last.position, kinds=names, limit=limit)
    is_full = len(found) == limit
    return Feed(events=found, cursor=cursor_of(found[-1] if is_full else last), has_more=is_full)


def number_events(store: Store, tenant_id: str, *, at_once: int = limits.EVENTS_NUMBERED) -> None:
    """Give every event that can be seen now its position, ``at_once`` in one unit."""
    with store.read(tenant_id) as unit:
        waiting = unit.outbox.has_unnumbered()
    while waiting:
        with store.begin(tenant_id) as unit:
            waiting = unit.outbox.number(at_once) == at_once


def position_after(unit: Unit, cursor: str | None) -> int:
    """The position that ``cursor`` names; without one, that before the oldest event kept.

    Raises ``GoneError`` (``CURSOR_GONE``) when its event is not here.
    """
    if cursor is None:
        first = unit.outbox.first()
        return (first.position or 1) - 1 if first else 0
    named = _CURSOR.fullmatch(cursor)
    found = unit.outbox.at(int(named[1])) if named else None
    if named is None or found is None or not found.id.startswith(named[2]):
        raise GoneError(
            IssuerCode.CURSOR_GONE,
            f"No event here has the cursor {cursor[:40]!r}. Events are kept {limits.EVENT_DAYS} "
            "days. Ask without a cursor, and compare what you hold with what you find.",
        )
    return int(named[1])


def cursor_of(row: ToldRow) -> str:
    """The cursor of an event that has a position: the position, and a part of its own id."""
    return f"{row.position}-{row.id[:12]}"


def event_json(row: ToldRow) -> JsonObject:
    """An event as it is sent (Standard Webhooks: ``type``, ``timestamp``, ``data``)."""
    return {
        "id": row.id,
        "type": row.kind,
        "timestamp": format_instant(row.created),
        "data": parse_json_object(row.data.encode()),
    }


def forget_events(office: Office, now: datetime) -> int:
    """Delete the events of every tenant that are older than ``limits.EVENT_DAYS``; how many."""
    with office.store.deployment() as lookup:
        tenants = lookup.tenants()
    return sum(_forget(office.store, row.id, now) for row in tenants)


def _forget(store: Store, tenant_id: str, now: datetime) -> int:
    with store.begin(tenant_id) as unit:
        return unit.outbox.forget_before(now - timedelta(days=limits.EVENT_DAYS))
