"""Withdrawing many at once: the list, the time to undo it, portions, a second person."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from issuer import lifecycle, rotation, withdrawals
from issuer.approvals import approve, reject
from issuer.bulk_revocation import revoke_due
from issuer.callers import Caller
from issuer.errors import (
    ConflictError,
    ForbiddenError,
    IdempotencyConflictError,
    IssuerCode,
    NotFoundError,
    RequestRefusedError,
)
from issuer.events import read_events
from issuer.idempotency import Idempotency
from issuer.revocations import Order, Selection, find_order, order_revocation, undo
from issuer.store import Store
from issuer.store.revocations import RevocationState
from issuer.store.rows import StatusPolicy
from tests.issuer.offices import START, Desk, later, numbered_record, open_desk, without_scopes

FRAUD = lifecycle.Reason.HOST_OR_PLATFORM_FRAUD.value


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


def issue(desk: Desk, count: int) -> list[str]:
    """Credentials, one a minute; their issuances."""
    return [
        desk.issue(numbered_record(number), now=later(60 * number)).issuance_id
        for number in range(count)
    ]


def order(
    desk: Desk,
    selection: Selection,
    *,
    window: int = 900,
    is_dry_run: bool = False,
    reason: str | None = FRAUD,
    key: Idempotency | None = None,
) -> Order:
    return order_revocation(
        desk.office,
        desk.caller,
        selection,
        reason=reason,
        window=window,
        is_dry_run=is_dry_run,
        idempotency=key,
        now=later(600),
    )


def named(*ids: str) -> Selection:
    return Selection(credentials=ids)


def order_id(made: Order) -> str:
    assert made.row is not None
    return made.row.id


def on_list(made: Order) -> set[str]:
    return {item.issuance_id for item in made.items}


def revoked(desk: Desk) -> set[str]:
    """The issuances that a list says are revoked."""
    feed = read_events(desk.office, desk.caller, after=None, kinds=(), limit=500)
    return {row.subject for row in feed.events if row.kind == "credential.revoked"}


# --- the list ---------------------------------------------------------------------------


def test_an_order_is_carried_out_when_its_time_has_come(desk: Desk) -> None:
    """Not before; each credential has an outcome, and once more changes nothing."""
    first, second, third = issue(desk, 3)
    lifecycle.revoke(desk.office, desk.caller, first, reason=None, now=START)
    made = order(desk, named(first, second))

    before = revoke_due(desk.office, later(600 + 899))
    waiting = revoked(desk)
    done = revoke_due(desk.office, later(600 + 900))
    again = revoke_due(desk.office, later(600 + 901))
    found = find_order(desk.office, desk.caller, order_id(made))

    assert (0, {first}, 2, 0) == (before, waiting, done, again)
    assert {first, second} == revoked(desk)
    assert third not in revoked(desk)
    assert {first: "alreadyRevoked", second: "revoked"} == {
        item.issuance_id: item.outcome for item in found.items
    }
    assert found.row is not None
    assert RevocationState.APPLIED is found.row.state


def test_what_has_something_in_common(desk: Desk) -> None:
    """By issuer, by time, by key; the list is fixed when it is ordered."""
    ids = issue(desk, 4)
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        (key,) = unit.keys.of(desk.issuer.id)

    by_time = order(desk, Selection(issued_from=later(60), issued_before=later(180)))
    by_key = order(desk, Selection(key=key.verification_method), is_dry_run=True)
    by_issuer = order(desk, Selection(issuer=desk.issuer.name), is_dry_run=True)
    desk.issue(numbered_record(9), now=later(120))

    assert {ids[1], ids[2]} == on_list(by_time)
    assert set(ids) == on_list(by_key) == on_list(by_issuer)
    assert {ids[1], ids[2]} == on_list(find_order(desk.office, desk.caller, order_id(by_time)))


def test_a_key_stands_for_what_it_signed_and_not_for_the_time_it_only_stood_in_the_document(
    desk: Desk,
) -> None:
    """A key is published a day before it signs; meanwhile the one before it does."""
    (first,) = issue(desk, 1)
    published = rotation.publish_next_key(desk.office, desk.caller, desk.issuer, now=later(10))
    second = desk.issue(numbered_record(1), now=later(60)).issuance_id
    with pytest.raises(NotFoundError):
        order(desk, Selection(key=published.verification_method), is_dry_run=True)
    turn = {"issuer": desk.issuer.id, "key": published.id, "urgent": "yes"}
    with desk.office.store.begin(desk.caller.tenant_id) as unit:
        rotation.Rotation().carry_out(unit, desk.caller, turn, now=later(90))
    third = desk.issue(numbered_record(2), now=later(120)).issuance_id

    with desk.office.store.read(desk.caller.tenant_id) as unit:
        keys = unit.keys.of(desk.issuer.id)
    lists = [
        on_list(order(desk, Selection(key=key.verification_method), is_dry_run=True))
        for key in keys
    ]

    assert [{first, second}, {third}] == lists


def test_a_dry_run_stores_nothing(desk: Desk) -> None:
    """It says what would be on the list."""
    (first,) = issue(desk, 1)

    made = order(desk, named(first), is_dry_run=True)

    assert (None, {first}) == (made.row, on_list(made))
    assert 0 == revoke_due(desk.office, later(10_000))


def test_without_an_entry_nobody_can_be_told(store: Store, tmp_path: Path) -> None:
    """The outcome says so, and the others are withdrawn all the same."""
    desk = open_desk(store, tmp_path / "keys", policy=StatusPolicy.NONE)
    (first,) = issue(desk, 1)
    made = order(desk, named(first), window=0)

    revoke_due(desk.office, later(600))

    found = find_order(desk.office, desk.caller, order_id(made))
    assert ["noStatusEntry"] == [item.outcome for item in found.items]


# --- undoing ----------------------------------------------------------------------------


def test_an_order_can_be_undone_until_its_time_has_come(desk: Desk) -> None:
    """Then nothing happens; undoing twice is no error, and too late is too late."""
    ids = issue(desk, 2)
    made, late = order(desk, named(*ids)), order(desk, named(ids[0]), window=10)

    for _ in range(2):
        undo(desk.office, desk.caller, order_id(made), now=later(700))
    with pytest.raises(ConflictError) as caught:
        undo(desk.office, desk.caller, order_id(late), now=later(610))
    revoke_due(desk.office, later(10_000))

    assert IssuerCode.TOO_LATE is caught.value.code
    assert {ids[0]} == revoked(desk)


def test_only_one_credential_goes_without_time_to_undo(desk: Desk) -> None:
    """Several never do."""
    ids = issue(desk, 2)

    with pytest.raises(RequestRefusedError) as caught:
        order(desk, named(*ids), window=0)

    assert IssuerCode.WINDOW_NEEDED is caught.value.code
    order(desk, named(ids[0]), window=0)
    assert 1 == revoke_due(desk.office, later(600))


# --- repeated, refused, at the same time ------------------------------------------------


def test_a_repeated_call_is_one_order(desk: Desk) -> None:
    """By its key; another request with that key is refused."""
    ids = issue(desk, 2)
    key = Idempotency(key="k", request_hash="0" * 64)

    first, second = (order(desk, named(*ids), key=key) for _ in range(2))

    assert order_id(first) == order_id(second)
    with pytest.raises(IdempotencyConflictError):
        order(desk, named(ids[0]), key=replace(key, request_hash="1" * 64))


def test_what_is_not_there_or_not_allowed_is_refused_whole(store: Store, tmp_path: Path) -> None:
    """Nothing half stored; another tenant's things are not there."""
    desk = open_desk(store, tmp_path / "keys")
    theirs = open_desk(store, tmp_path / "keys", name="theirs")
    (first,) = issue(desk, 1)
    made = order(desk, named(first))

    for selection in (named(first, "nothing"), Selection(issuer="nobody"), Selection(key="x")):
        with pytest.raises(NotFoundError):
            order(desk, selection)
    for selection in (named(first), Selection(issuer=desk.issuer.name)):
        with pytest.raises(NotFoundError):
            order(theirs, selection)
    with pytest.raises(NotFoundError):
        undo(theirs.office, theirs.caller, order_id(made), now=later(600))
    with pytest.raises(RequestRefusedError):
        order(desk, named(first), reason="underReview")
    with pytest.raises(ForbiddenError):
        order(without_scopes(desk), named(first))


def test_workers_share_the_work(desk: Desk) -> None:
    """Three at once: each credential is told once."""
    ids = issue(desk, 6)
    order(desk, named(*ids))
    threads = [
        threading.Thread(target=revoke_due, args=(desk.office, later(1500))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    feed = read_events(desk.office, desk.caller, after=None, kinds=(), limit=500)
    told = [row.subject for row in feed.events if row.kind == "credential.revoked"]
    assert sorted(ids) == sorted(told)


# --- a second person --------------------------------------------------------------------


def second(desk: Desk) -> Caller:
    return replace(desk.caller, actor="operator:second")


def test_where_two_people_agree_the_order_waits_for_the_second(desk: Desk) -> None:
    """Its time to be undone begins then; nobody agreed is undone."""
    ids = issue(desk, 2)
    withdrawals.set_two_people(desk.office.store, desk.caller, True, now=START)
    made, other = order(desk, named(ids[0])), order(desk, named(ids[1]))
    early = revoke_due(desk.office, later(10_000))
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        waiting = {row.arguments: row.id for row in unit.approvals.pending()}
    by_order = {
        it: next(found for text, found in waiting.items() if order_id(it) in text)
        for it in (made, other)
    }

    approve(desk.office, second(desk), by_order[made], now=later(20_000))
    reject(desk.office, second(desk), by_order[other], now=later(20_000))
    soon = revoke_due(desk.office, later(20_899))
    then = revoke_due(desk.office, later(20_900))

    assert made.row is not None
    assert RevocationState.AWAITING_APPROVAL is made.row.state
    assert (0, 0, 1) == (early, soon, then)
    assert {ids[0]} == revoked(desk)
