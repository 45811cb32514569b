"""No tenant reads or changes anything of another: every promise of the ports, with foreign ids.

The issuance n1 of the tenant *ours* is issued, revoked, shared and so on; *theirs* has no thing
of any kind but asks for all of them by their right names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from issuer.store import Store, ports
from issuer.store.engine import open_engine
from issuer.store.job_rows import LineState
from issuer.store.mails import MailState
from issuer.store.ports import Unit
from issuer.store.reviews import ApprovalState
from issuer.store.row_security import show_deployment
from issuer.store.rows import IssuanceState, OfferState
from issuer.store.tables import METADATA
from tests.issuer.store import rows_of
from tests.issuer.store.rows_of import NOW, add_tenant, fill

OURS, THEIRS = "t-ours", "t-theirs"

READS: Final[dict[str, Callable[[Unit], object]]] = {
    "issuers.get": lambda unit: unit.issuers.get("i-ours"),
    "issuers.by_name": lambda unit: unit.issuers.by_name("ours"),
    "keys.of": lambda unit: unit.keys.of("i-ours"),
    "api_keys.get": lambda unit: unit.api_keys.get("prefix"),
    "api_keys.all": lambda unit: unit.api_keys.all(),
    "records.get": lambda unit: unit.records.get("r1"),
    "records.of_platform": lambda unit: unit.records.of_platform("p", "x"),
    "records.of_record_id": lambda unit: unit.records.of_record_id("urn:uuid:r"),
    "records.superseding": lambda unit: unit.records.superseding("old"),
    "issuances.get": lambda unit: unit.issuances.get("n1"),
    "issuances.lock": lambda unit: unit.issuances.lock("n1"),
    "issuances.of_credential": lambda unit: unit.issuances.of_credential("urn:uuid:2"),
    "issuances.of_record": lambda unit: unit.issuances.of_record("r1"),
    "issuances.open_intents": lambda unit: unit.issuances.open_intents(),
    "further.get": lambda unit: unit.further.get("n1"),
    "further.of_meaning": lambda unit: unit.further.of_meaning("0" * 64),
    "further.about": lambda unit: unit.further.about("n1"),
    "status.open_list": lambda unit: unit.status.open_list("i-ours", "revocation"),
    "status.get_list": lambda unit: unit.status.get_list("l1"),
    "status.last_number": lambda unit: unit.status.last_number("i-ours", "revocation"),
    "status.entries_of": lambda unit: unit.status.entries_of("n1"),
    "status.set_indexes": lambda unit: unit.status.set_indexes("l1"),
    "idempotency.get": lambda unit: unit.idempotency.get("k"),
    "offers.get": lambda unit: unit.offers.get("o1"),
    "offers.of_record": lambda unit: unit.offers.of_record("r1"),
    "offers.page": lambda unit: unit.offers.page(None, None, 9),
    "attestations.get": lambda unit: unit.attestations.get("o1"),
    "ended_offers.get": lambda unit: unit.ended_offers.get("o0"),
    "ended_offers.of_record": lambda unit: unit.ended_offers.of_record("f0"),
    "shares.get": lambda unit: unit.shares.get("s1"),
    "shares.of_issuance": lambda unit: unit.shares.of_issuance("n1"),
    "events.of": lambda unit: unit.events.of("n1"),
    "jobs.get": lambda unit: unit.jobs.get("j1"),
    "jobs.lock": lambda unit: unit.jobs.lock("j1"),
    "jobs.newest": lambda unit: unit.jobs.newest(9),
    "jobs.left_before": lambda unit: unit.jobs.left_before(NOW + timedelta(days=1)),
    "job_lines.has_open": lambda unit: unit.job_lines.has_open("j1"),
    "job_lines.counts": lambda unit: unit.job_lines.counts("j1"),
    "job_lines.listed": lambda unit: unit.job_lines.listed(
        "j1", states=[LineState.OPEN], after=0, limit=9
    ),
    "outbox.has_unnumbered": lambda unit: unit.outbox.has_unnumbered(),
    "outbox.get": lambda unit: unit.outbox.get(rows_of.told(OURS).id),
    "outbox.at": lambda unit: unit.outbox.at(1),
    "outbox.first": lambda unit: unit.outbox.first(),
    "outbox.last": lambda unit: unit.outbox.last(),
    "outbox.between": lambda unit: unit.outbox.between(0, 9, kinds=(), limit=9),
    "approvals.get": lambda unit: unit.approvals.get("q1"),
    "approvals.lock": lambda unit: unit.approvals.lock("q1"),
    "approvals.pending": lambda unit: unit.approvals.pending(),
    "approvals.decided": lambda unit: unit.approvals.decided(9),
    "suspensions.get": lambda unit: unit.suspensions.get("n1"),
    "suspensions.due": lambda unit: unit.suspensions.due(NOW),
    "rules.get": lambda unit: unit.rules.get("rule"),
    "events.links": lambda unit: unit.events.links(0, 10),
    "events.newest": lambda unit: unit.events.newest(subject=None, action=None, count=9),
    "figures.offers": lambda unit: unit.figures.offers(NOW),
    "figures.intents": lambda unit: unit.figures.intents(NOW),
    "figures.failed_rows": lambda unit: unit.figures.failed_rows(),
    "figures.lists": lambda unit: unit.figures.lists(),
    "events.head": lambda unit: unit.events.head(),
    "mails.get": lambda unit: unit.mails.get("m1"),
    "mails.of": lambda unit: unit.mails.of("o1"),
    "issuances.issued_between": lambda unit: unit.issuances.issued_between(
        NOW, NOW + timedelta(days=1), issuer_id="i-ours", limit=9
    ),
    "revocations.get": lambda unit: unit.revocations.get("v1"),
    "revocations.lock": lambda unit: unit.revocations.lock("v1"),
    "revocation_items.of": lambda unit: unit.revocation_items.of("v1"),
    "revocation_items.open": lambda unit: unit.revocation_items.open("v1", 9),
    "webhooks.get": lambda unit: unit.webhooks.get("w1"),
    "webhooks.lock": lambda unit: unit.webhooks.lock("w1"),
    "webhooks.all": lambda unit: unit.webhooks.all(),
    "deliveries.is_known": lambda unit: unit.deliveries.is_known("w1", rows_of.told(OURS).id),
    "deliveries.due": lambda unit: unit.deliveries.due("w1", NOW, 9),
    "deliveries.of_webhook": lambda unit: unit.deliveries.of_webhook(
        "w1", state="pending", before=9, limit=9
    ),
}
"""What finds something for *ours*, and must find nothing for *theirs*."""

CHANGES: Final[dict[str, Callable[[Unit], object]]] = {
    "jobs.replace": lambda unit: unit.jobs.replace(
        replace(rows_of.job(unit.tenant_id), order='{"theirs": 1}')
    ),
    "job_lines.claim": lambda unit: unit.job_lines.claim(
        "j1", limit=9, lease_until=NOW + timedelta(days=1), now=NOW
    ),
    "job_lines.settle": lambda unit: unit.job_lines.settle(
        rows_of.job_line(unit.tenant_id, 1, LineState.ISSUED)
    ),
    "job_lines.reopen": lambda unit: unit.job_lines.reopen("j1", NOW),
    "job_lines.cancel": lambda unit: unit.job_lines.cancel("j1", NOW),
    "job_lines.forget": lambda unit: unit.job_lines.forget("j1"),
    "keys.retire_active": lambda unit: unit.keys.retire_active("i-ours", NOW),
    "keys.activate": lambda unit: (
        unit.keys.retire_active("i-ours", NOW),
        unit.keys.activate("k-next"),
    )[1],
    "keys.forget_next": lambda unit: unit.keys.forget_next("k-next"),
    "approvals.decide": lambda unit: unit.approvals.decide(
        replace(rows_of.approval(unit.tenant_id), state=ApprovalState.REJECTED)
    ),
    "suspensions.end": lambda unit: unit.suspensions.end("n1"),
    "api_keys.revoke": lambda unit: unit.api_keys.revoke("prefix", NOW),
    "api_keys.use": lambda unit: unit.api_keys.use("prefix", NOW.date()),
    "access_tokens.revoke": lambda unit: unit.access_tokens.revoke("t1", NOW),
    "access_tokens.forget_before": lambda unit: unit.access_tokens.forget_before(
        NOW + timedelta(days=1)
    ),
    "records.replace": lambda unit: unit.records.replace(
        replace(rows_of.record(unit.tenant_id), document='{"theirs": 1}')
    ),
    "issuances.take_over": lambda unit: unit.issuances.take_over("n1", 1, NOW),
    "issuances.finish": lambda unit: unit.issuances.finish(
        replace(rows_of.issuance(unit.tenant_id, 1), signed="{}", answer="{}", settled_at=NOW)
    ),
    "issuances.void": lambda unit: unit.issuances.void("n1", 1, NOW),
    "further.give_way": lambda unit: unit.further.give_way("n1"),
    "status.close_list": lambda unit: unit.status.close_list("l1"),
    "status.set_entry": lambda unit: unit.status.set_entry(
        replace(rows_of.entry(unit.tenant_id, 7, "n1"), is_set=False)
    ),
    "status.publish": lambda unit: unit.status.publish("l1", 0, rows_of.published()),
    "idempotency.finish": lambda unit: unit.idempotency.finish("k", "theirs"),
    "idempotency.point_to": lambda unit: unit.idempotency.point_to("k", "n1"),
    "idempotency.forget_before": lambda unit: unit.idempotency.forget_before(
        NOW + timedelta(days=1)
    ),
    "offers.move": lambda unit: unit.offers.move("o1", OfferState.ISSUED, NOW),
    "offers.replace": lambda unit: unit.offers.replace(
        replace(rows_of.offer(unit.tenant_id), facts_hash="1")
    ),
    "offers.delete": lambda unit: unit.offers.delete("o9"),
    "records.delete": lambda unit: unit.records.delete("r9"),
    "issuances.forget_record": lambda unit: unit.issuances.forget_record("r1"),
    "attestations.replace": lambda unit: unit.attestations.replace(
        replace(rows_of.attestation(unit.tenant_id), reminders=2)
    ),
    "attestations.finish": lambda unit: unit.attestations.finish("o1"),
    "attestations.delete": lambda unit: unit.attestations.delete("o1"),
    "ended_offers.forget": lambda unit: unit.ended_offers.forget("f0"),
    "shares.switch_off": lambda unit: unit.shares.switch_off("s1", NOW),
    "outbox.number": lambda unit: unit.outbox.number(9),
    "outbox.forget_before": lambda unit: unit.outbox.forget_before(NOW + timedelta(days=1)),
    "mails.claim": lambda unit: unit.mails.claim("m1", NOW, NOW + timedelta(days=1)),
    "mails.settle": lambda unit: unit.mails.settle(
        rows_of.mail(unit.tenant_id), MailState.SENT, NOW
    ),
    "mails.delay": lambda unit: unit.mails.delay(
        rows_of.mail(unit.tenant_id), NOW + timedelta(days=1)
    ),
    "mails.revive": lambda unit: unit.mails.revive(NOW),
    "mails.forget": lambda unit: unit.mails.forget("o1"),
    "revocations.replace": lambda unit: unit.revocations.replace(
        replace(rows_of.revocation(unit.tenant_id), settled_at=NOW)
    ),
    "revocation_items.settle": lambda unit: unit.revocation_items.settle("vi1", "revoked"),
    "webhooks.replace": lambda unit: unit.webhooks.replace(
        replace(rows_of.webhook(unit.tenant_id), failures=9)
    ),
    "webhooks.lease": lambda unit: unit.webhooks.lease("w1", NOW, NOW + timedelta(days=1)),
    "webhooks.remove": lambda unit: unit.webhooks.remove("w1"),
    "deliveries.mark": lambda unit: unit.deliveries.mark(
        replace(rows_of.delivery(unit.tenant_id), status=200), 0
    ),
    "deliveries.repeat": lambda unit: unit.deliveries.repeat("w1", 0, 9, NOW + timedelta(days=1)),
}
"""What changes a row of *ours*, and must change none when *theirs* asks."""


@pytest.fixture
def filled(store: Store) -> Store:
    """*ours* with a thing of each kind, *theirs* with an issuer alone."""
    for name in ("ours", "theirs"):
        add_tenant(store, name)
    with store.begin(OURS) as unit:
        fill(unit)
        unit.status.set_entry(replace(rows_of.entry(OURS, 7, "n1"), is_set=True))
        done = replace(rows_of.issuance(OURS, 2), signed="{}", answer="{}", settled_at=NOW)
        unit.issuances.add(rows_of.issuance(OURS, 2))
        unit.issuances.finish(done)
        unit.issuances.add(
            replace(rows_of.issuance(OURS, 7), record_key="r1", state=IssuanceState.VOID)
        )
        unit.records.add(replace(rows_of.record(OURS), id="r8", platform_record_id="8"))
        unit.records.add(replace(rows_of.record(OURS), id="r9", platform_record_id="9"))
        unit.offers.add(replace(rows_of.offer(OURS), id="o9", record_key="r8"))
        unit.mails.add(replace(rows_of.mail(OURS), id="m2", state=MailState.DEAD))
        for number in (2, 3, 4):
            unit.outbox.add(rows_of.told(OURS, number))
        unit.outbox.number(3)
    return store


def snapshot(database_url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    engine = open_engine(database_url)
    with engine.connect() as connection:
        show_deployment(connection)
        rows = {
            table.name: sorted(map(tuple, connection.execute(select(table)).all()), key=repr)
            for table in METADATA.sorted_tables
        }
    engine.dispose()
    return rows


def methods() -> Iterator[str]:
    """Every method of every room of a unit, as ``room.method``."""
    for name, member in vars(ports.Unit).items():
        if isinstance(member, property) and name != "tenant_id":
            room = vars(ports)[member.fget.__annotations__["return"]]  # type: ignore[union-attr]
            yield from (f"{name}.{method}" for method in vars(room) if method[0] != "_")


def test_every_promise_of_the_ports_is_tried() -> None:
    """A new method that nobody tried with foreign ids fails here. (Adding is tried below;
    ``issuers.all`` always finds the tenant's own issuer; ``events.unlinked`` finds nothing unless
    somebody was at the database, ``tests.issuer.audit``.)"""
    adding = {name for name in methods() if name.rpartition(".")[2] in ("add", "add_list")}
    elsewhere = {"issuers.all", "status.try_index", "events.unlinked"}

    assert READS.keys() | CHANGES.keys() | adding | elsewhere == set(methods())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", READS)
def test_what_is_there_is_found_by_its_tenant(filled: Store, name: str) -> None:
    """Each look-up finds something where it should, so finding nothing below says something."""
    with filled.read(OURS) as unit:
        assert READS[name](unit)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_by_another_tenant_changes_nothing(
    filled: Store, database_url: str, name: str
) -> None:
    """Every row of every table is what it was; for its own tenant the same call changes one."""
    before = snapshot(database_url)

    with filled.begin(THEIRS) as unit:
        answer = CHANGES[name](unit)
    after_theirs = snapshot(database_url)
    with filled.begin(OURS) as unit:
        CHANGES[name](unit)
    after_ours = snapshot(database_url)

    assert not answer
    assert after_theirs == before
    assert after_ours != before


def test_a_tenant_finds_nothing_of_another(filled: Store) -> None:
    """Every look-up by somebody else's id finds nothing."""
    with filled.begin(THEIRS) as unit:
        found = {name: read(unit) for name, read in READS.items()}
        own = unit.issuers.all()

    assert {name: seen for name, seen in found.items() if seen} == {}
    assert own == (rows_of.issuer(THEIRS, "theirs"),)


ADDITIONS: Final[dict[str, Callable[[Unit, str], object]]] = {
    "jobs.add": lambda unit, tenant: unit.jobs.add(rows_of.job(tenant, "j2")),
    "jobs.replace": lambda unit, tenant: unit.jobs.replace(rows_of.job(tenant)),
    "job_lines.add": lambda unit, tenant: unit.job_lines.add([rows_of.job_line(tenant, 9)]),
    "issuers.add": lambda unit, tenant: unit.issuers.add(rows_of.issuer(tenant, "new")),
    "keys.add": lambda unit, tenant: unit.keys.add(rows_of.key(tenant, "new")),
    "api_keys.add": lambda unit, tenant: unit.api_keys.add(rows_of.api_key(tenant)),
    "access_tokens.add": lambda unit, tenant: unit.access_tokens.add(rows_of.access_token(tenant)),
    "records.add": lambda unit, tenant: unit.records.add(rows_of.record(tenant)),
    "records.replace": lambda unit, tenant: unit.records.replace(rows_of.record(tenant)),
    "issuances.add": lambda unit, tenant: unit.issuances.add(rows_of.issuance(tenant, 9)),
    "further.add": lambda unit, tenant: unit.further.add(rows_of.further(tenant)),
    "status.add_list": lambda unit, tenant: unit.status.add_list(rows_of.status_list(tenant, 9)),
    "status.try_index": lambda unit, tenant: unit.status.try_index(rows_of.entry(tenant, 9, "n1")),
    "idempotency.add": lambda unit, tenant: unit.idempotency.add(rows_of.idempotency(tenant)),
    "offers.add": lambda unit, tenant: unit.offers.add(rows_of.offer(tenant)),
    "offers.replace": lambda unit, tenant: unit.offers.replace(rows_of.offer(tenant)),
    "attestations.add": lambda unit, tenant: unit.attestations.add(rows_of.attestation(tenant)),
    "attestations.replace": lambda unit, tenant: unit.attestations.replace(
        rows_of.attestation(tenant)
    ),
    "ended_offers.add": lambda unit, tenant: unit.ended_offers.add(rows_of.ended(tenant)),
    "shares.add": lambda unit, tenant: unit.shares.add(rows_of.share(tenant)),
    "approvals.add": lambda unit, tenant: unit.approvals.add(rows_of.approval(tenant)),
    "suspensions.add": lambda unit, tenant: unit.suspensions.add(rows_of.suspension(tenant)),
    "rules.add": lambda unit, tenant: unit.rules.add(rows_of.rule(tenant)),
    "events.add": lambda unit, tenant: unit.events.add(rows_of.event(tenant)),
    "outbox.add": lambda unit, tenant: unit.outbox.add(rows_of.told(tenant)),
    "mails.add": lambda unit, tenant: unit.mails.add(rows_of.mail(tenant)),
    "revocations.add": lambda unit, tenant: unit.revocations.add(rows_of.revocation(tenant)),
    "revocations.replace": lambda unit, tenant: unit.revocations.replace(
        rows_of.revocation(tenant)
    ),
    "revocation_items.add": lambda unit, tenant: unit.revocation_items.add(
        rows_of.revocation_item(tenant)
    ),
    "webhooks.add": lambda unit, tenant: unit.webhooks.add(rows_of.webhook(tenant)),
    "webhooks.replace": lambda unit, tenant: unit.webhooks.replace(rows_of.webhook(tenant)),
    "deliveries.add": lambda unit, tenant: unit.deliveries.add(rows_of.delivery(tenant)),
    "deliveries.mark": lambda unit, tenant: unit.deliveries.mark(rows_of.delivery(tenant), 0),
}


@pytest.mark.parametrize("name", ADDITIONS)
def test_a_unit_writes_rows_of_its_own_tenant_alone(filled: Store, name: str) -> None:
    """A row that names another tenant is a fault of ours and is not written."""
    with pytest.raises(ValueError, match="another tenant"), filled.begin(THEIRS) as unit:
        ADDITIONS[name](unit, OURS)


def _further_about(unit: Unit) -> None:
    unit.issuances.add(rows_of.issuance(THEIRS, 3))
    unit.further.add(rows_of.further(THEIRS, "n3"))


def _entry_in_list(unit: Unit) -> None:
    unit.issuances.add(rows_of.issuance(THEIRS, 3))
    unit.status.try_index(rows_of.entry(THEIRS, 9, "n3"))


def _entry_of_issuance(unit: Unit) -> None:
    unit.status.add_list(rows_of.status_list(THEIRS, 2))
    unit.status.try_index(replace(rows_of.entry(THEIRS, 9, "n1"), list_id="l2"))


def _delivery_to_webhook(unit: Unit) -> None:
    event = rows_of.told(THEIRS, 9)
    unit.outbox.add(event)
    unit.deliveries.add(replace(rows_of.delivery(THEIRS), event_id=event.id))


def _item_of_order(unit: Unit) -> None:
    unit.issuances.add(rows_of.issuance(THEIRS, 3))
    unit.revocation_items.add(replace(rows_of.revocation_item(THEIRS), issuance_id="n3"))


def _item_of_issuance(unit: Unit) -> None:
    unit.revocations.add(rows_of.revocation(THEIRS))
    unit.revocation_items.add(rows_of.revocation_item(THEIRS))


def _delivery_of_event(unit: Unit) -> None:
    unit.webhooks.add(rows_of.webhook(THEIRS))
    unit.deliveries.add(rows_of.delivery(THEIRS))


POINTING: Final[dict[str, Callable[[Unit], object]]] = {
    "issuance": lambda unit: unit.issuances.add(
        replace(rows_of.issuance(THEIRS, 3), issuer_id="i-ours")
    ),
    "record": lambda unit: unit.issuances.add(
        replace(rows_of.issuance(THEIRS, 3), record_key="r1")
    ),
    "further": lambda unit: unit.further.add(rows_of.further(THEIRS)),
    "about": _further_about,
    "key": lambda unit: unit.keys.add(replace(rows_of.key(THEIRS, "new"), issuer_id="i-ours")),
    "list": _entry_in_list,
    "entry": _entry_of_issuance,
    "share": lambda unit: unit.shares.add(replace(rows_of.share(THEIRS), token_hash="1" * 64)),
    "idempotency": lambda unit: unit.idempotency.add(
        replace(rows_of.idempotency(THEIRS), issuance_id="n1")
    ),
    "offer": lambda unit: unit.offers.add(rows_of.offer(THEIRS)),
    "webhook": _delivery_to_webhook,
    "event": _delivery_of_event,
    "order": _item_of_order,
    "ordered": _item_of_issuance,
}
"""What writes a row of *theirs* that points at a thing of *ours*."""


@pytest.mark.parametrize("name", POINTING)
def test_no_row_points_into_another_tenant(filled: Store, database_url: str, name: str) -> None:
    """The database itself refuses it, and it is not mistaken for a name that is taken."""
    before = snapshot(database_url)

    with pytest.raises(IntegrityError), filled.begin(THEIRS) as unit:
        POINTING[name](unit)

    assert snapshot(database_url) == before
