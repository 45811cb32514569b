"""Receivers of webhooks on loopback: an office that may send to them, and what they got."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from issuer.events import Kind, tell
from issuer.office import Office
from issuer.store.telling import DeliveryRow, WebhookRow
from issuer.webhooks import Secret, add_webhook
from tests.hostile_server import Behaviour, Exchange, HostileServer, answer
from tests.issuer.offices import START, Desk
from verifier.fetch import FetchSettings, GuardedFetch
from verifier.strict_json import parse_json_object

SECONDS = 0.3
"""The time of one request in these tests: receivers that hang would hang for ever."""


def open_to(desk: Desk, *servers: HostileServer, seconds: float = SECONDS) -> Desk:
    """The same desk, whose way out leads to these servers too."""
    listed = FetchSettings(
        loopback_origins=frozenset(server.origin for server in servers), request_seconds=seconds
    )
    return replace(desk, office=replace(desk.office, door=GuardedFetch(listed)))


def hook(desk: Desk, url: str, *kinds: Kind, now: datetime = START) -> Secret:
    """A webhook of the desk's tenant."""
    return add_webhook(desk.office, desk.caller, url=url, kinds=kinds, now=now)


def happen(desk: Desk, *subjects: str) -> None:
    """One event for each, in order."""
    for subject in subjects:
        with desk.office.store.begin(desk.caller.tenant_id) as unit:
            tell(unit, Kind.JOB_FINISHED, subject=subject, data={"jobId": subject}, now=START)


def got(server: HostileServer, path: str = "/") -> list[str]:
    """The subjects that were told at a path, in order."""
    bodies = [request.body for request in server.requests if request.path == path]
    return [parse_json_object(body)["data"]["jobId"] for body in bodies]


def hook_now(office: Office, row: WebhookRow) -> WebhookRow:
    """How a webhook stands now."""
    with office.store.read(row.tenant_id) as unit:
        found = unit.webhooks.get(row.id)
    assert found is not None
    return found


def sent(office: Office, row: WebhookRow) -> list[DeliveryRow]:
    """Its deliveries, oldest event first."""
    with office.store.read(row.tenant_id) as unit:
        found = unit.deliveries.of_webhook(row.id, state=None, before=None, limit=1000)
    return list(reversed(found))


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One behaviour for each request, the last one for all that follow."""
    left: Iterator[Behaviour] = iter(behaviours[:-1])

    def behave(exchange: Exchange) -> None:
        next(left, behaviours[-1])(exchange)

    return behave


def killing(pid: Callable[[], int]) -> Behaviour:
    """Take the request, end the process that sent it, and only then answer."""

    def behave(exchange: Exchange) -> None:
        os.kill(pid(), signal.SIGKILL)
        answer()(exchange)

    return behave
