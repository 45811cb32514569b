"""The outbox: sent once where all is well, again where it is not, and then forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from issuer import limits
from issuer.delivery.mail import LINK_PLACE, Letter, MailKind, queue_mail, send_due
from issuer.delivery.message import parse_mail_address
from issuer.delivery.smtp import SmtpMailer
from issuer.secret_links import LinkKind, SecretLink, url_of
from issuer.store import Store
from issuer.store.engine import open_engine
from issuer.store.mails import MailState
from issuer.store.row_security import show_deployment
from issuer.store.tables import MAILS
from tests.issuer.delivery.mail_server import Postbox, quick, serving, text_of
from tests.issuer.offices import START, Desk, open_desk

LINK = SecretLink(kind=LinkKind.ATTEST, id="l1")
A_WEEK = timedelta(days=7)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


def letter(**changes: Any) -> Letter:
    made = Letter(
        kind=MailKind.ATTESTATION,
        to=parse_mail_address("lead@host.example"),
        language="en",
        subject="Please confirm",
        body=f"Please open {LINK_PLACE}.\n",
        link=LINK,
    )
    return replace(made, **changes)


def queue(desk: Desk, number: int = 1) -> list[str]:
    """Queue letters about the offer o1; their ids."""
    with desk.office.store.begin(desk.caller.tenant_id) as unit:
        return [queue_mail(unit, letter(), subject_id="o1", now=START) for _ in range(number)]


def states(desk: Desk) -> list[MailState]:
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        return [row.state for row in unit.mails.of("o1")]


def everything_stored(database_url: str) -> str:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        show_deployment(connection)
        rows = repr([tuple(row) for row in connection.execute(select(MAILS))])
    engine.dispose()
    return rows


def test_a_mail_is_sent_once_and_then_forgotten(desk: Desk, database_url: str) -> None:
    """Its link is made when it is sent; before and after, the token stands nowhere."""
    url, box = url_of(desk.office, LINK), Postbox()
    queue(desk)
    before = everything_stored(database_url)
    with serving(box) as server:
        sent = [send_due(desk.office, quick(server), START) for _ in range(2)]
    after = everything_stored(database_url)

    assert [1, 0] == sent
    assert [f"Please open {url}.\n"] == [text_of(message) for message in box.taken]
    assert url.rpartition("/")[2] not in before + after
    assert "lead@host.example" in before
    assert "lead" not in after
    assert "Please" not in after
    assert [MailState.SENT] == states(desk)


def test_without_a_server_mails_wait(desk: Desk) -> None:
    """Nothing is lost until one is there."""
    queue(desk)

    assert 0 == send_due(desk.office, None, START)
    assert [MailState.WAITING] == states(desk)


def test_nothing_is_queued_about_what_did_not_happen(desk: Desk) -> None:
    """The mail belongs to the transaction."""

    def fail() -> None:
        with desk.office.store.begin(desk.caller.tenant_id) as unit:
            queue_mail(unit, letter(), subject_id="o1", now=START)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert [] == states(desk)


def test_an_address_that_does_not_exist_is_final(desk: Desk, database_url: str) -> None:
    """It is not tried again, and not kept."""
    queue(desk)
    with serving(Postbox(rcpt_answer="550 nobody")) as server:
        send_due(desk.office, quick(server), START)

    assert [MailState.UNDELIVERABLE] == states(desk)
    assert "lead" not in everything_stored(database_url)


@pytest.mark.parametrize(
    "behaviour",
    [{"rcpt_answer": "450 later"}, {"data_answer": "554 spam"}, {"hangs_up": True}],
)
def test_a_server_that_fails_is_asked_again_and_longer_each_time(
    desk: Desk, behaviour: dict[str, Any]
) -> None:
    """The mail arrives once the server is well again."""
    queue(desk)
    box, due = Postbox(**behaviour), []
    with serving(box) as server:
        mailer, now = quick(server), START
        for _ in range(3):
            assert 0 == send_due(desk.office, mailer, now)
            assert 0 == send_due(desk.office, mailer, now + timedelta(seconds=59))
            now = _due(desk)
            due.append(now)
        for name in behaviour:
            setattr(box, name, getattr(Postbox(), name))
        sent = send_due(desk.office, mailer, now)

    waits = [later - earlier for earlier, later in zip([START, *due], due, strict=False)]
    assert 1 == sent
    assert waits == sorted(waits)
    assert timedelta(seconds=60) <= waits[0] < timedelta(seconds=76)
    assert timedelta(minutes=16) <= waits[2] < timedelta(minutes=21)


def _due(desk: Desk) -> datetime:
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        return unit.mails.of("o1")[0].due


def test_when_the_server_is_away_the_others_are_not_tried(desk: Desk) -> None:
    """One try tells, and no mail uses up its tries for the same fault."""
    queue(desk, number=3)
    with serving(Postbox(hangs_up=True)) as server:
        send_due(desk.office, quick(server), START)

    with desk.office.store.read(desk.caller.tenant_id) as unit:
        assert [0, 0, 1] == sorted(row.attempts for row in unit.mails.of("o1"))


def test_after_the_last_try_a_mail_is_dead_until_somebody_revives_it(desk: Desk) -> None:
    """It keeps its text, and can be sent after all."""
    queue(desk)
    box, now = Postbox(data_answer="451 later"), START
    with serving(box) as server:
        for _ in range(limits.MAIL_ATTEMPTS):
            send_due(desk.office, quick(server), now)
            now += A_WEEK
        dead = states(desk)
        nothing = send_due(desk.office, quick(server), now)
        box.data_answer = "250 OK"
        with desk.office.store.begin(desk.caller.tenant_id) as unit:
            revived = unit.mails.revive(now)
        sent = send_due(desk.office, quick(server), now)

    assert [MailState.DEAD] == dead
    assert 0 == nothing
    assert 1 == revived
    assert 1 == sent


class Dying:
    """A mailer whose process ends after the server took the mail and before we noted it."""

    def __init__(self, mailer: SmtpMailer) -> None:
        self._mailer = mailer

    def send(self, mail: Any, *, now: datetime) -> None:
        self._mailer.send(mail, now=now)
        raise KeyboardInterrupt

    def close(self) -> None:
        self._mailer.close()


def test_a_crash_between_sending_and_noting_sends_the_same_mail_again(desk: Desk) -> None:
    """At least once, after the lease, under one Message-ID; never by two at a time."""
    queue(desk)
    box = Postbox()
    with serving(box) as server:
        with pytest.raises(KeyboardInterrupt):
            send_due(desk.office, Dying(quick(server)), START)
        meanwhile = send_due(desk.office, quick(server), START)
        later = START + timedelta(seconds=limits.MAIL_LEASE_SECONDS)
        afterwards = send_due(desk.office, quick(server), later)

    assert [0, 1] == [meanwhile, afterwards]
    assert 2 == len(box.taken)
    assert 1 == len({message["Message-ID"] for message in box.taken})


def test_of_two_senders_one_gets_a_mail(desk: Desk) -> None:
    """Claiming is one statement of the database."""
    (mail_id,) = queue(desk)
    claims = []
    for _ in range(2):
        with desk.office.store.begin(desk.caller.tenant_id) as unit:
            claims.append(unit.mails.claim(mail_id, START, START + A_WEEK))

    assert [True, False] == [claim is not None for claim in claims]


def test_a_round_has_a_bound(desk: Desk) -> None:
    """The next round goes on where this one ended."""
    queue(desk, number=limits.MAILS_AT_ONCE + 2)
    box = Postbox()
    with serving(box) as server:
        sent = [send_due(desk.office, quick(server), START) for _ in range(2)]

    assert [limits.MAILS_AT_ONCE, 2] == sent
    assert 2 == box.sessions


def test_what_is_deleted_is_not_sent(desk: Desk) -> None:
    """Whoever ends an offer takes its mails along."""
    queue(desk, number=2)
    with desk.office.store.begin(desk.caller.tenant_id) as unit:
        forgotten = unit.mails.forget("o1")

    box = Postbox()
    with serving(box) as server:
        sent = send_due(desk.office, quick(server), START)

    assert 2 == forgotten
    assert 0 == sent
