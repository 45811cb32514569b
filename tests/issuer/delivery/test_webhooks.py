"""Sending to real receivers: honest, broken, slow, hostile, dead; and a sender that is killed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from issuer import limits, webhooks
from issuer.callers import Scope
from issuer.delivery.webhooks import deliver_due, sign_message
from issuer.errors import ConflictError, ForbiddenError, GoneError, NotFoundError
from issuer.events import Kind, read_events
from issuer.store import Store, open_store
from issuer.store.telling import DeliveryState, WebhookState
from issuer.webhooks import WebhookChange
from tests import hostile_server as hostile
from tests.hostile_server import Behaviour, answer, serve
from tests.issuer.delivery.receivers import (
    got,
    happen,
    hook,
    hook_now,
    in_turn,
    killing,
    open_to,
    sent,
)
from tests.issuer.offices import START, Desk, later, numbered_record, open_desk, without_scopes
from verifier.errors import Code, RefusedError
from verifier.fetch import FetchSettings, GuardedFetch

ROOT = Path(__file__).resolve().parents[3]
DAY = 86_400


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


@pytest.fixture
def lite(tmp_path: Path) -> Desk:
    """A desk on SQLite, where the database makes no difference."""
    return open_desk(open_store(f"sqlite:///{tmp_path / 'lite.db'}"), tmp_path / "keys")


# --- what arrives -----------------------------------------------------------------------


def test_what_happened_arrives_signed(desk: Desk) -> None:
    """Each event once, in order; an independent reader of Standard Webhooks takes it, and takes
    it from nobody else."""
    now = datetime.now(UTC)  # the reader holds the time against its own clock
    with serve({"/": answer()}) as server:
        desk = open_to(desk, server)
        secret = hook(desk, server.url(), now=now).text
        issued = desk.issue(numbered_record(1))
        happen(desk, "a")

        assert 2 == deliver_due(desk.office, now)
        assert 0 == deliver_due(desk.office, now)

        first, second = server.requests
        told = Webhook(secret).verify(first.body, dict(first.headers))
        Webhook(secret).verify(second.body, dict(second.headers))
        assert {"id", "type", "timestamp", "data"} == set(told)
        assert {"issuanceId": issued.issuance_id, "state": "issued"} == told["data"]
        assert told["id"] == first.headers["webhook-id"]
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(second.body, dict(first.headers))


def test_two_secrets_sign_while_one_takes_over(desk: Desk) -> None:
    """Receivers with the old one and with the new one are both served; afterwards the new one
    alone counts."""
    now = datetime.now(UTC)
    with serve({"/": answer()}) as server:
        desk = open_to(desk, server)
        made = hook(desk, server.url(), now=now)
        fresh = webhooks.rotate_secret(
            desk.office, desk.caller, made.webhook.id, overlap=timedelta(minutes=2), now=now
        )
        happen(desk, "a")
        deliver_due(desk.office, now)
        happen(desk, "b")
        deliver_due(desk.office, now + timedelta(minutes=2))

        during, after = server.requests
        for secret in (made.text, fresh.text):
            Webhook(secret).verify(during.body, dict(during.headers))
        Webhook(fresh.text).verify(after.body, dict(after.headers))
        with pytest.raises(WebhookVerificationError):
            Webhook(made.text).verify(after.body, dict(after.headers))


@given(body=st.binary(), keys=st.lists(st.binary(min_size=1), min_size=1, max_size=2))
def test_our_signature_is_that_of_the_specification(body: bytes, keys: list[bytes]) -> None:
    """Whatever is signed, the independent reader computes the same."""
    text = body.hex()
    expected = [Webhook(key).sign("m", datetime.fromtimestamp(1_700_000_000), text) for key in keys]

    assert " ".join(expected) == sign_message(keys, "m", 1_700_000_000, text.encode())


def test_kinds_are_chosen_and_others_are_left_out(desk: Desk) -> None:
    """What nobody asked for is not sent, and is no delivery either."""
    with serve({"/": answer()}) as server:
        desk = open_to(desk, server)
        made = hook(desk, server.url(), Kind.JOB_FINISHED)
        desk.issue(numbered_record(1))
        happen(desk, "a")

        assert 1 == deliver_due(desk.office, START)
        assert ["a"] == got(server)
        assert 1 == len(sent(desk.office, made.webhook))


def test_what_happened_before_is_not_sent(lite: Desk) -> None:
    """A webhook begins with the next event; older ones are replayed when somebody asks."""
    with serve({"/": answer()}) as server:
        desk = open_to(lite, server)
        happen(desk, "before")
        made = hook(desk, server.url())
        happen(desk, "after")
        deliver_due(desk.office, START)
        first = list(got(server))

        again = webhooks.replay(
            desk.office, desk.caller, made.webhook.id, after=None, event_id=None, now=START
        )
        deliver_due(desk.office, START)

        assert ["after"] == first
        assert 2 == again
        assert ["after", "before", "after"] == got(server)


# --- what does not arrive ---------------------------------------------------------------


def test_a_receiver_that_fails_three_times_gets_it_the_fourth(desk: Desk) -> None:
    """With the same id and body, after waits that grow; in between nothing is sent."""
    with serve({"/": in_turn(*[answer(status=500)] * 3, answer())}) as server:
        desk = open_to(desk, server)
        made = hook(desk, server.url())
        happen(desk, "a")

        counts = [deliver_due(desk.office, later(at)) for at in (0, 0, 1, 5, 6, 36, 37, 160, 161)]

        assert [0, 0, 0, 0, 0, 0, 0, 1, 0] == counts
        assert 4 == len(server.requests)
        assert 1 == len({request.headers["webhook-id"] for request in server.requests})
        assert 1 == len({request.body for request in server.requests})
        row = sent(desk.office, made.webhook)[0]
        assert (DeliveryState.DELIVERED, 4, 200) == (row.state, row.attempts, row.status)
        assert 0 == hook_now(desk.office, made.webhook).failures


@pytest.mark.parametrize(
    ("behave", "outcome", "status"),
    [
        (hostile.hang, "noAnswerInTime", None),
        (hostile.drip_headers, "noAnswerInTime", None),
        (hostile.hang_up, "noConnection", None),
        (hostile.gibberish, "noConnection", None),
        (answer(status=302, location="/canary"), "refused", 302),
        (answer(status=404), "refused", 404),
        (hostile.endless_headers, "noConnection", None),
    ],
)
def test_what_is_no_answer_is_a_failure(
    lite: Desk, behave: Behaviour, outcome: str, status: int | None
) -> None:
    """It is noted in one word, redirects lead nowhere, and it is tried again."""
    with serve({"/": behave, "/canary": answer()}) as server:
        desk = open_to(lite, server)
        made = hook(desk, server.url())
        happen(desk, "a")

        assert 0 == deliver_due(desk.office, START)

        row = sent(desk.office, made.webhook)[0]
        assert (DeliveryState.PENDING, outcome, status) == (row.state, row.outcome, row.status)
        assert START < row.next_at <= later(5)
        assert "/canary" not in server.paths()


def test_an_answer_without_an_end_is_an_answer(lite: Desk) -> None:
    """Its status counts, and not a byte of its gigabyte is waited for."""
    with serve({"/": hostile.endless_body}) as server:
        desk = open_to(lite, server)
        hook(desk, server.url())
        happen(desk, "a")

        assert 1 == deliver_due(desk.office, START)


def test_a_name_that_leads_inside_is_not_visited(lite: Desk) -> None:
    """The name was fine when it was given; where it leads is looked at each time."""

    def resolver(*_question: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", ("10.0.0.8", 443))]

    door = GuardedFetch(FetchSettings(resolver=resolver))  # type: ignore[arg-type]
    desk = replace(lite, office=replace(lite.office, door=door))
    made = hook(desk, "https://platform.example/hook")
    happen(desk, "a")

    deliver_due(desk.office, START)

    assert "addressNotAllowed" == sent(desk.office, made.webhook)[0].outcome


@pytest.mark.parametrize(
    "url",
    [
        *("http://platform.example/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/"),
        *("https://platform.example:8443/", "https://a:b@platform.example/", "ftp://x.example/"),
        *(
            "https://platform.example/#x",
            "platform.example",
            "",
            "https://",
            "https://x\n.example/",
        ),
        "https://platform.example/" + "a" * 1000,
        *("https://169.254.169.254/latest", "http://127.0.0.1:1/"),
    ],
)
def test_an_address_that_must_not_be_visited_is_refused(lite: Desk, url: str) -> None:
    """When it is given, and when it is changed."""
    made = hook(lite, "https://platform.example/hook")

    for act in (
        lambda: hook(lite, url),
        lambda: webhooks.change_webhook(
            lite.office, lite.caller, made.webhook.id, WebhookChange(url=url), now=START
        ),
    ):
        with pytest.raises(RefusedError) as caught:
            act()
        assert (Code.ADDRESS_NOT_ALLOWED, "/url") == (caught.value.code, caught.value.pointer)


@given(url=st.text(max_size=60))
def test_no_address_raises_anything_else(url: str) -> None:
    """Whatever is given as one is refused or taken."""
    door = GuardedFetch(FetchSettings())
    office = type("Office", (), {"door": door})()

    with suppress(RefusedError):
        webhooks._check_address(office, url)


# --- order ------------------------------------------------------------------------------


def refusing(*subjects: str) -> Behaviour:
    """500 for events of these, 200 for others."""

    def behave(exchange: hostile.Exchange) -> None:
        wrong = any(f'"{it}"'.encode() in exchange.request.body for it in subjects)
        answer(status=500 if wrong else 200)(exchange)

    return behave


def test_a_later_event_of_the_same_subject_waits(desk: Desk) -> None:
    """Other subjects go on; when the earlier one has arrived, the later one follows at once."""
    with serve({"/": refusing("a")}) as server:
        desk = open_to(desk, server)
        hook(desk, server.url())
        happen(desk, "a", "a", "b")

        deliver_due(desk.office, START)
        during = got(server)
        server.behaviours["/"] = answer()
        deliver_due(desk.office, later(5))

        assert ["a", "b"] == during
        assert ["a", "b", "a", "a"] == got(server)
        ids = [request.headers["webhook-id"] for request in server.requests]
        assert ids[0] == ids[2] != ids[3]


def test_an_event_that_is_given_up_lets_the_next_one_pass(lite: Desk) -> None:
    """After its last attempt it is dead, the next of its subject goes, and it can be replayed."""
    with serve({"/": refusing("a")}) as server:
        desk = open_to(lite, server)
        made = hook(desk, server.url())
        happen(desk, "a")
        at = 0
        for wait in (0, *limits.WEBHOOK_WAITS):
            at += wait
            deliver_due(desk.office, later(at))
        dead = sent(desk.office, made.webhook)[0]
        server.behaviours["/"] = answer()
        happen(desk, "a")

        deliver_due(desk.office, later(at + DAY))
        webhooks.replay(
            desk.office,
            desk.caller,
            made.webhook.id,
            after=None,
            event_id=dead.event_id,
            now=later(at + DAY),
        )
        deliver_due(desk.office, later(at + DAY))

        assert (DeliveryState.DEAD, len(limits.WEBHOOK_WAITS) + 1) == (dead.state, dead.attempts)
        assert [DeliveryState.DELIVERED] * 2 == [
            row.state for row in sent(desk.office, made.webhook)
        ]
        ids = [request.headers["webhook-id"] for request in server.requests]
        assert dead.event_id == ids[-1] != ids[-2]


# --- one address and the others ---------------------------------------------------------


def test_an_address_that_hangs_holds_up_nobody(lite: Desk) -> None:
    """While one hangs, what happens meanwhile reaches the others, and issuing goes on."""
    hanging = threading.Event()

    def hang(exchange: hostile.Exchange) -> None:
        hanging.set()
        exchange.closing.wait()

    with serve({"/dead": hang, "/": answer()}) as server:
        desk = open_to(lite, server, seconds=5)
        hook(desk, server.url("/dead"))
        hook(desk, server.url())
        happen(desk, "a")
        round_ = threading.Thread(target=deliver_due, args=(desk.office, START))
        round_.start()

        assert hanging.wait(60)
        happen(desk, "b")
        desk.issue(numbered_record(1))
        while len([path for path in server.paths() if path == "/"]) < 3:
            assert round_.is_alive(), "the round was over before the others were told"
            round_.join(0.02)

        assert ["/dead"] == [path for path in server.paths() if path == "/dead"]
        server.closing.set()
        round_.join()


def test_an_address_where_everything_fails_is_left_alone(lite: Desk) -> None:
    """Three in a row, then one from time to time: a thousand events are not a thousand waits."""
    with serve({"/": answer(status=503)}) as server:
        desk = open_to(lite, server)
        made = hook(desk, server.url())
        happen(desk, *(f"s{number}" for number in range(20)))

        deliver_due(desk.office, START)
        first = len(server.requests)
        deliver_due(desk.office, later(4))
        deliver_due(desk.office, later(5))

        assert 3 == first
        assert 4 == len(server.requests)
        row = hook_now(desk.office, made.webhook)
        assert (4, START, later(15)) == (row.failures, row.failing_since, row.resting_until)


def test_gone_is_gone(desk: Desk) -> None:
    """410 switches an address off at once; switched on again it goes on with what waited."""
    with serve({"/": answer(status=410)}) as server:
        desk = open_to(desk, server)
        made = hook(desk, server.url())
        happen(desk, "a", "b")

        deliver_due(desk.office, START)
        off = hook_now(desk.office, made.webhook)
        deliver_due(desk.office, later(DAY))
        asked = len(server.requests)
        server.behaviours["/"] = answer()
        change = WebhookChange(active=True)
        webhooks.change_webhook(desk.office, desk.caller, made.webhook.id, change, now=later(DAY))
        deliver_due(desk.office, later(DAY))

        assert (WebhookState.DISABLED, "gone", 1) == (off.state, off.note, asked)
        assert ["a", "b"] == got(server)


def test_days_of_failure_switch_an_address_off(lite: Desk) -> None:
    """Its owner finds out why, and nothing is sent there any more."""
    with serve({"/": answer(status=500)}) as server:
        desk = open_to(lite, server)
        made = hook(desk, server.url())
        for day in range(7):
            happen(desk, f"d{day}")
            deliver_due(desk.office, later(day * DAY))

        row = hook_now(desk.office, made.webhook)
        assert (WebhookState.DISABLED, "failing", START) == (row.state, row.note, row.failing_since)
        assert limits.WEBHOOK_FAILING_DAYS == (row.resting_until - START).days


def test_off_is_off_and_on_again_misses_nothing(lite: Desk) -> None:
    """What its owner switched off gets what happened meanwhile when it is switched on."""
    with serve({"/": answer()}) as server:
        desk = open_to(lite, server)
        made = hook(desk, server.url())

        def switch(active: bool) -> None:
            change = WebhookChange(active=active)
            webhooks.change_webhook(desk.office, desk.caller, made.webhook.id, change, now=START)

        switch(False)
        happen(desk, "a")
        assert 0 == deliver_due(desk.office, START)
        switch(True)

        assert 1 == deliver_due(desk.office, START)
        assert ["a"] == got(server)


# --- several workers, and one that dies ---------------------------------------------------


def test_two_workers_send_nothing_twice(desk: Desk) -> None:
    """Four at once, three addresses, each event once at each, in order."""
    paths = ("/", "/one", "/two")
    with serve(dict.fromkeys(paths, answer())) as server:
        desk = open_to(desk, server, seconds=5)
        for path in paths:
            hook(desk, server.url(path))
        happen(desk, *"abcdefgh")
        workers = [
            threading.Thread(target=deliver_due, args=(desk.office, START)) for _ in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        deliver_due(desk.office, START)  # what a worker left when its turn was over

        assert {path: list("abcdefgh") for path in paths} == {
            path: got(server, path) for path in paths
        }


@pytest.mark.kill
def test_a_worker_that_is_killed_between_sending_and_noting_it(
    desk: Desk, database_url: str, tmp_path: Path
) -> None:
    """The event is sent again with the same id once the lease is over, and none is lost."""
    started: list[subprocess.Popen[bytes]] = []
    pid: Callable[[], int] = lambda: started[0].pid  # noqa: E731
    with serve({"/": in_turn(killing(pid), answer())}) as server:
        desk = open_to(desk, server)
        hook(desk, server.url())
        happen(desk, "a", "b")
        words = [sys.executable, "-m", "tests.issuer.delivery.one_round"]
        words += [database_url, str(tmp_path / "keys"), server.origin]
        started.append(subprocess.Popen(words, cwd=ROOT))
        ended = started[0].wait()

        soon = deliver_due(desk.office, later(limits.WEBHOOK_LEASE_SECONDS - 1))
        then = deliver_due(desk.office, later(limits.WEBHOOK_LEASE_SECONDS))

        assert (-9, 0, 2) == (ended, soon, then)
        assert ["a", "a", "b"] == got(server)
        ids = [request.headers["webhook-id"] for request in server.requests]
        assert ids[0] == ids[1] != ids[2]
        assert "micro-internship-issuer" == server.requests[0].headers["user-agent"]


# --- managing ---------------------------------------------------------------------------


def test_a_test_goes_to_one_address(lite: Desk) -> None:
    """Whatever kinds it asked for; nobody else is bothered."""
    with serve({"/": answer(), "/other": answer()}) as server:
        desk = open_to(lite, server)
        made = hook(desk, server.url(), Kind.CREDENTIAL_REVOKED)
        hook(desk, server.url("/other"))

        webhooks.send_test(desk.office, desk.caller, made.webhook.id, now=START)
        deliver_due(desk.office, START)

        assert ["/"] == server.paths()
        assert b'"type":"webhook.test"' in server.requests[0].body


def test_replay_begins_where_it_is_asked_to(lite: Desk) -> None:
    """After a cursor, one event alone; an unknown cursor or event is told."""
    with serve({"/": answer()}) as server:
        desk = open_to(lite, server)
        made = hook(desk, server.url())
        happen(desk, *"abc")
        deliver_due(desk.office, START)
        first = read_events(desk.office, desk.caller, after=None, kinds=(), limit=1)
        server.requests.clear()

        def replay(after: str | None, event_id: str | None) -> int:
            return webhooks.replay(
                desk.office, desk.caller, made.webhook.id, after=after, event_id=event_id, now=START
            )

        assert 2 == replay(first.cursor, None)
        deliver_due(desk.office, START)
        assert 1 == replay(None, first.events[0].id)
        deliver_due(desk.office, START)

        assert ["b", "c", "a"] == got(server)
        with pytest.raises(GoneError):
            replay("9-000000000000", None)
        with pytest.raises(NotFoundError):
            replay(None, "0" * 32)


def test_an_address_is_there_once_and_there_are_not_too_many(lite: Desk) -> None:
    """A repeated call is told that it was done."""
    first = hook(lite, "https://platform.example/0")
    with pytest.raises(ConflictError):
        hook(lite, "https://platform.example/0")
    for number in range(1, limits.WEBHOOKS):
        hook(lite, f"https://platform.example/{number}")
    change = WebhookChange(url="https://platform.example/1")

    with pytest.raises(ConflictError):
        hook(lite, "https://platform.example/more")
    with pytest.raises(ConflictError):
        webhooks.change_webhook(lite.office, lite.caller, first.webhook.id, change, now=START)


def test_what_is_removed_is_gone(lite: Desk) -> None:
    """With what was on its way; a second time there is nothing to remove."""
    made = hook(lite, "https://platform.example/0")
    happen(lite, "a")
    act = (lite.office, lite.caller, made.webhook.id)

    webhooks.remove_webhook(*act, now=START)

    assert () == webhooks.list_webhooks(lite.office, lite.caller)
    assert 0 == deliver_due(lite.office, START)
    with pytest.raises(NotFoundError):
        webhooks.remove_webhook(*act, now=START)


def test_webhooks_need_their_scope(lite: Desk) -> None:
    """Every act of managing them."""
    nobody = without_scopes(lite)
    admin_alone = replace(lite, caller=replace(lite.caller, scopes=frozenset({Scope.ADMIN})))
    act = (nobody.office, nobody.caller)

    for call in (
        lambda: hook(nobody, "https://platform.example/"),
        lambda: webhooks.list_webhooks(*act),
        lambda: webhooks.get_webhook(*act, "x"),
        lambda: webhooks.list_deliveries(*act, "x", state=None, before=None, limit=1),
        lambda: webhooks.change_webhook(*act, "x", WebhookChange(), now=START),
        lambda: webhooks.remove_webhook(*act, "x", now=START),
        lambda: webhooks.rotate_secret(*act, "x", overlap=timedelta(0), now=START),
        lambda: webhooks.send_test(*act, "x", now=START),
        lambda: webhooks.replay(*act, "x", after=None, event_id=None, now=START),
    ):
        with pytest.raises(ForbiddenError):
            call()
    assert hook(admin_alone, "https://platform.example/")
