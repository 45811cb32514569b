"""Events: told with what they tell, never passed by, and never with a word too many."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer import lifecycle
from issuer.errors import ConflictError, ForbiddenError, GoneError, IssuerCode
from issuer.events import Feed, Kind, event_json, forget_events, number_events, read_events, tell
from issuer.lifecycle import Reason
from issuer.store import Store, open_store
from issuer.store.ports import Unit
from tests.issuer.offices import START, Desk, later, numbered_record, open_desk, without_scopes
from verifier.strict_json import parse_json_object


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


def read(
    desk: Desk, after: str | None = None, *, limit: int = 100, kinds: Collection[Kind] = ()
) -> Feed:
    return read_events(desk.office, desk.caller, after=after, kinds=kinds, limit=limit)


def subjects(feed: Feed) -> list[str]:
    return [row.subject for row in feed.events]


def tell_of(unit: Unit, subject: str) -> None:
    tell(unit, Kind.JOB_FINISHED, subject=subject, data={"jobId": subject}, now=START)


def told(desk: Desk, *names: str) -> None:
    for name in names:
        with desk.office.store.begin(desk.caller.tenant_id) as unit:
            tell_of(unit, name)


# --- what is told -----------------------------------------------------------------------


def test_the_life_of_a_credential_is_told_in_order(desk: Desk) -> None:
    """Each change once, with ids and the state: no reason, and nothing when nothing changed."""
    issued = desk.issue(numbered_record(1))
    act = (desk.office, desk.caller, issued.issuance_id)
    lifecycle.suspend(*act, reason=Reason.UNDER_REVIEW, now=later(1))
    lifecycle.reinstate(*act, now=later(2))
    lifecycle.revoke(*act, reason=Reason.WRONG_PERSON, now=later(3))
    lifecycle.revoke(*act, reason=Reason.WRONG_PERSON, now=later(4))
    desk.issue(numbered_record(1), now=later(5))

    feed = read(desk)

    assert [
        ("credential.issued", "issued"),
        ("credential.suspended", "suspended"),
        ("credential.reinstated", "issued"),
        ("credential.revoked", "revoked"),
    ] == [(row.kind, parse_json_object(row.data.encode())["state"]) for row in feed.events]
    assert {
        "id": feed.events[3].id,
        "type": "credential.revoked",
        "timestamp": "2026-12-01T12:00:03Z",
        "data": {"issuanceId": issued.issuance_id, "state": "revoked"},
    } == event_json(feed.events[3])


def test_what_was_rolled_back_is_not_told(desk: Desk) -> None:
    """Told and done are one transaction."""

    def break_off() -> None:
        with desk.office.store.begin(desk.caller.tenant_id) as unit:
            tell_of(unit, "never")
            tell(unit, Kind.JOB_FINISHED, subject="x", data={"why": 1}, now=START)

    with pytest.raises(ValueError, match="does not hold"):
        break_off()
    told(desk, "done")

    assert ["done"] == subjects(read(desk))


@pytest.mark.parametrize(
    "data",
    [
        {"name": "Ada"},
        {"reason": "wrongPerson"},
        {"state": "she left the trial"},
        {"issuanceId": "ada@school.example"},
        {"credentialId": "https://issuer.example/s/0123456789"},
        {"state": ""},
        {"state": "a" * 81},
        {"rows": -1},
    ],
)
def test_an_event_holds_ids_and_states_alone(desk: Desk, data: dict[str, str | int]) -> None:
    """Whatever a caller puts in by mistake does not get into the outbox."""
    with desk.office.store.begin(desk.caller.tenant_id) as unit, pytest.raises(ValueError):  # noqa: PT011
        tell(unit, Kind.JOB_FINISHED, subject="x", data=data, now=START)

    assert () == read(desk).events


# --- cursors ----------------------------------------------------------------------------


@pytest.mark.postgres
def test_a_transaction_that_commits_late_is_not_passed_by(
    postgres_server: object, tmp_path: Path
) -> None:
    """Its event drew the first number and is seen second: a reader who went on gets it next."""
    store = open_store(postgres_server.new_database())  # type: ignore[attr-defined]
    desk = open_desk(store, tmp_path / "keys")
    with store.begin(desk.caller.tenant_id) as slow:
        tell_of(slow, "slow")
        with store.begin(desk.caller.tenant_id) as quick:
            tell_of(quick, "quick")
        first = read(desk)
        second = read(desk, first.cursor)

    third = read(desk, second.cursor)
    store.close()

    assert [["quick"], [], ["slow"]] == [subjects(feed) for feed in (first, second, third)]
    assert first.cursor == second.cursor


def test_a_reader_among_writers_sees_each_event_once(desk: Desk) -> None:
    """Eight threads tell, four ask all the while: cursors grow, and nobody misses one."""
    names = [[f"t{thread}n{n}" for n in range(12)] for thread in range(8)]
    writers = [threading.Thread(target=told, args=(desk, *some)) for some in names]
    seen: list[list[str]] = [[] for _ in range(4)]
    done = threading.Event()

    def follow(mine: list[str]) -> None:
        cursor, last_round = None, False
        while not last_round:
            last_round = done.is_set()
            feed = read(desk, cursor)
            cursor = feed.cursor
            mine += subjects(feed)

    readers = [threading.Thread(target=follow, args=(mine,)) for mine in seen]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()

    assert [seen[0]] * 4 == seen
    assert sorted(name for some in names for name in some) == sorted(seen[0])
    for some in names:
        assert some == [name for name in seen[0] if name in some]


def test_pages_and_kinds(desk: Desk) -> None:
    """A full page says that there is more; what a filter left out is not read again."""
    told(desk, "a", "b", "c")
    issued = desk.issue(numbered_record(1))
    told(desk, "d")

    first = read(desk, limit=2)
    rest = read(desk, first.cursor, limit=4)
    filtered = read(desk, kinds=[Kind.CREDENTIAL_ISSUED])

    assert (["a", "b"], True) == (subjects(first), first.has_more)
    assert (["c", issued.issuance_id, "d"], False) == (subjects(rest), rest.has_more)
    assert [issued.issuance_id] == subjects(filtered)
    assert rest.cursor == filtered.cursor
    assert () == read(desk, filtered.cursor).events


def test_nothing_was_ever_told(desk: Desk) -> None:
    """No cursor yet: asking again in the same way is right."""
    assert Feed(events=(), cursor=None, has_more=False) == read(desk)


def test_a_cursor_whose_event_is_not_here_is_refused(desk: Desk) -> None:
    """After a restore another event may stand at the same position: nobody is led past it."""
    told(desk, "a")
    cursor = str(read(desk).cursor)

    for wrong in (cursor[:-1] + ("0" if cursor[-1] != "0" else "1"), "2-" + cursor[2:], "x", ""):
        with pytest.raises(GoneError) as caught:
            read(desk, wrong)

        assert IssuerCode.CURSOR_GONE is caught.value.code


@given(cursor=st.text(max_size=40))
def test_no_cursor_raises_anything_else(
    cursor: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is sent as one."""
    desk = _quiet_desk(tmp_path_factory)

    with pytest.raises(GoneError):
        read(desk, cursor)


def _quiet_desk(factory: pytest.TempPathFactory, kept: list[Desk] = []) -> Desk:  # noqa: B006
    """One desk for all examples: nothing changes it."""
    if not kept:
        folder = factory.mktemp("quiet")
        kept.append(open_desk(open_store(f"sqlite:///{folder / 'store.db'}"), folder / "keys"))
    return kept[0]


# --- keeping ----------------------------------------------------------------------------


def test_old_events_go_and_the_newest_stays(desk: Desk) -> None:
    """So positions never start again, and a reader who has all is not sent away."""
    told(desk, "a", "b")
    first, cursor = read(desk, limit=1).cursor, read(desk).cursor

    forgotten = forget_events(desk.office, START + timedelta(days=91))
    told(desk, "c")

    assert 1 == forgotten
    assert ["b", "c"] == subjects(read(desk))
    assert ["c"] == subjects(read(desk, cursor))
    with pytest.raises(GoneError):
        read(desk, first)


def test_what_nobody_numbered_is_not_forgotten(desk: Desk) -> None:
    """An event that no reader could see yet is kept, however old."""
    told(desk, "a")

    assert 0 == forget_events(desk.office, START + timedelta(days=91))
    assert ["a"] == subjects(read(desk))


def test_numbers_are_given_in_parts(desk: Desk) -> None:
    """More events than one unit numbers are numbered all the same."""
    told(desk, "a", "b", "c", "d", "e")

    number_events(desk.office.store, desk.caller.tenant_id, at_once=2)

    assert ["a", "b", "c", "d", "e"] == subjects(read(desk))


# --- who --------------------------------------------------------------------------------


def test_reading_needs_its_scope_and_shows_one_tenant(store: Store, tmp_path: Path) -> None:
    """Another tenant's events are not there, and its cursor is no cursor here."""
    ours = open_desk(store, tmp_path / "keys")
    theirs = open_desk(store, tmp_path / "keys", name="theirs")
    told(ours, "a")

    assert () == read(theirs).events
    with pytest.raises(GoneError):
        read(theirs, read(ours).cursor)
    with pytest.raises(ForbiddenError):
        read(without_scopes(ours))


def test_two_changes_of_one_credential_follow_each_other(desk: Desk) -> None:
    """Eight revoke and eight suspend at once: told once each, and nothing after the revocation."""
    issued = desk.issue(numbered_record(1))
    act = (desk.office, desk.caller, issued.issuance_id)

    def suspend() -> None:
        try:
            lifecycle.suspend(*act, reason=None, now=START)
        except ConflictError:
            return

    threads = [threading.Thread(target=suspend) for _ in range(8)]
    threads += [
        threading.Thread(target=lambda: lifecycle.revoke(*act, reason=None, now=START))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kinds = [row.kind for row in read(desk).events]
    assert "credential.revoked" == kinds[-1]
    assert len(set(kinds)) == len(kinds)


def test_a_caller_of_another_tenant_is_no_caller_here(desk: Desk) -> None:
    """Events are those of the caller's tenant, whoever asks."""
    told(desk, "a")
    stranger = replace(desk, caller=replace(desk.caller, tenant_id="nobody"))

    assert () == read(stranger).events
