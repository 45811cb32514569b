"""Two people, one action, once: on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from issuer import approvals, audit, lifecycle, limits, rotation
from issuer.approvals import Proposal
from issuer.callers import Caller
from issuer.errors import ConflictError, ForbiddenError, IssuerCode, IssuerError, NotFoundError
from issuer.lifecycle import Reason
from issuer.store import Store, row_security
from issuer.store.engine import open_engine
from issuer.store.reviews import ApprovalRow, ApprovalState
from issuer.store.rows import KeyRow, KeyState
from issuer.withdrawals import proposal
from tests.issuer.offices import START, Desk, later, numbered_record, open_desk


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


def somebody(desk: Desk, name: str) -> Caller:
    return replace(desk.caller, actor=f"operator:{name}")


def asked(desk: Desk, *, by: str = "ada") -> tuple[str, ApprovalRow]:
    """An issued credential, and a request to withdraw it."""
    issued = desk.issue(numbered_record(1))
    row = approvals.propose(
        desk.office,
        somebody(desk, by),
        proposal(issued.issuance_id, Reason.DUPLICATE),
        note="see the ticket",
        now=START,
    )
    return issued.issuance_id, row


def is_revoked(desk: Desk, issuance_id: str) -> bool:
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        entries = unit.status.entries_of(issuance_id)
    return any(entry.is_set for entry in entries if entry.purpose == lifecycle.REVOCATION)


def actions(desk: Desk, subject: str) -> list[tuple[str, str, str | None]]:
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        return [(one.action, one.actor, one.reason) for one in unit.events.of(subject)]


def test_nothing_happens_until_a_second_person_agrees(desk: Desk) -> None:
    """Then it happens once, with both people and the reason in the trail, and the note in none."""
    issuance, row = asked(desk)
    before = is_revoked(desk, issuance)
    done = approvals.approve(desk.office, somebody(desk, "bea"), row.id, now=later(60))
    again = approvals.approve(desk.office, somebody(desk, "bea"), row.id, now=later(90))

    assert (before, is_revoked(desk, issuance)) == (False, True)
    assert (done.state, done.decided_by) == (ApprovalState.APPROVED, "operator:bea")
    assert again == done
    assert actions(desk, row.id) == [
        ("proposed", "operator:ada", "revoke"),
        ("approved", "operator:bea", "revoke"),
    ]
    assert ("revoked", "operator:bea", "duplicate") in actions(desk, issuance)
    assert "ticket" not in str(list(audit.export_trail(desk.office.store)))


def past_the_program(database_url: str, statement: str) -> None:
    engine = open_engine(database_url)
    try:
        with engine.begin() as connection:
            row_security.show_deployment(connection)
            connection.execute(text(statement))
    finally:
        engine.dispose()


def test_nobody_approves_what_they_proposed(desk: Desk, database_url: str) -> None:
    """Not through the program, and not through the database."""
    issuance, row = asked(desk)

    with pytest.raises(ForbiddenError) as caught:
        approvals.approve(desk.office, somebody(desk, "ada"), row.id, now=START)
    with pytest.raises(DBAPIError, match="second_person"):
        past_the_program(
            database_url, "UPDATE approvals SET state = 'approved', decided_by = proposed_by"
        )

    assert caught.value.code is IssuerCode.SECOND_PERSON_NEEDED
    assert not is_revoked(desk, issuance)


def test_a_request_can_be_rejected_or_taken_back(desk: Desk) -> None:
    """By somebody else, or by whoever proposed it; then nobody approves it any more."""
    issuance, row = asked(desk)
    approvals.reject(desk.office, somebody(desk, "ada"), row.id, now=START)

    with pytest.raises(ConflictError) as caught:
        approvals.approve(desk.office, somebody(desk, "bea"), row.id, now=START)
    assert caught.value.code is IssuerCode.ALREADY_DECIDED
    assert not is_revoked(desk, issuance)


def test_a_request_is_over_after_a_week(desk: Desk) -> None:
    """Whether the worker has come by or not; then it can be asked for anew."""
    issuance, row = asked(desk)
    week = limits.APPROVAL_DAYS * 86_400

    with pytest.raises(ConflictError) as caught:
        approvals.approve(desk.office, somebody(desk, "bea"), row.id, now=later(week))
    early = approvals.expire_old(desk.office, later(week - 1))
    late = approvals.expire_old(desk.office, later(week))
    twice = approvals.expire_old(desk.office, later(week))
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        after = unit.approvals.get(row.id)
    anew = approvals.propose(
        desk.office,
        somebody(desk, "ada"),
        proposal(issuance, Reason.DUPLICATE),
        note="",
        now=later(week),
    )

    assert caught.value.code is IssuerCode.APPROVAL_EXPIRED
    assert (early, late, twice) == (0, 1, 0)
    assert after is not None
    assert after.state is ApprovalState.EXPIRED
    assert anew.id != row.id


def test_the_same_request_is_one(desk: Desk) -> None:
    """Asking twice does not make two reviews."""
    issuance, row = asked(desk)

    again = approvals.propose(
        desk.office,
        somebody(desk, "bea"),
        proposal(issuance, Reason.DUPLICATE),
        note="other",
        now=later(60),
    )

    assert again == row


def test_many_clicks_at_once_carry_it_out_once(desk: Desk) -> None:
    """Several people and several windows."""
    issuance, row = asked(desk)

    def click(name: str) -> str:
        try:
            return approvals.approve(
                desk.office, somebody(desk, name), row.id, now=START
            ).state.value
        except ConflictError as error:
            return error.code.value

    with ThreadPoolExecutor(6) as pool:
        found = sorted(pool.map(click, ["bea", "bea", "bea", "cleo", "cleo", "cleo"]))

    assert found == ["ALREADY_DECIDED"] * 3 + ["approved"] * 3
    assert [one[0] for one in actions(desk, issuance)].count("revoked") == 1


def test_what_cannot_be_done_is_not_asked_for(desk: Desk) -> None:
    """An unknown credential, a reason that is none, an endless note."""
    issued = desk.issue(numbered_record(1))
    wishes = [
        (proposal("urn:uuid:nobody", Reason.DUPLICATE), ""),
        (proposal(issued.issuance_id, "theyAreRude"), ""),
        (proposal(issued.issuance_id, Reason.UNDER_REVIEW), ""),
        (proposal(issued.issuance_id, Reason.DUPLICATE), "x" * (limits.NOTE_CHARACTERS + 1)),
    ]

    for wish, note in wishes:
        with pytest.raises(IssuerError):
            approvals.propose(desk.office, somebody(desk, "ada"), wish, note=note, now=START)
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        assert unit.approvals.pending() == ()


# --- suspensions that end -----------------------------------------------------------------


def is_suspended(desk: Desk, issuance_id: str) -> bool:
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        entries = unit.status.entries_of(issuance_id)
    return any(entry.is_set for entry in entries if entry.purpose == lifecycle.SUSPENSION)


def suspend(desk: Desk, issuance_id: str, *, days: int | None = None, at: float = 0) -> None:
    ends_at = None if days is None else START + timedelta(days=days)
    lifecycle.suspend(
        desk.office, desk.caller, issuance_id, reason=None, ends_at=ends_at, now=later(at)
    )


@pytest.mark.parametrize(("days", "ends"), [(None, 14), (3, 3), (40, 14)])
def test_a_suspension_ends_by_itself(desk: Desk, days: int | None, ends: int) -> None:
    """On its day, after fourteen days at the latest, and not before."""
    issuance = desk.issue(numbered_record(1)).issuance_id
    suspend(desk, issuance, days=days)
    day = 86_400

    early = lifecycle.reinstate_due(desk.office, later(ends * day - 1))
    before = is_suspended(desk, issuance)
    late = lifecycle.reinstate_due(desk.office, later(ends * day))
    again = lifecycle.reinstate_due(desk.office, later(ends * day))

    assert (early, late, again) == (0, 1, 0)
    assert (before, is_suspended(desk, issuance)) == (True, False)
    assert ("reinstated", "system", None) in actions(desk, issuance)


def test_suspending_again_does_not_prolong(desk: Desk) -> None:
    """A hold is not made endless by repeating it."""
    issuance = desk.issue(numbered_record(1)).issuance_id
    suspend(desk, issuance, days=3)
    suspend(desk, issuance, at=86_400)

    assert lifecycle.reinstate_due(desk.office, later(3 * 86_400)) == 1


def test_what_was_revoked_meanwhile_stays_revoked(desk: Desk) -> None:
    """The end of a suspension changes nothing any more, nor does it stop the others' ends."""
    first, second = (desk.issue(numbered_record(number)).issuance_id for number in (1, 2))
    for issuance in (first, second):
        suspend(desk, issuance)
    lifecycle.revoke(desk.office, desk.caller, first, reason=None, now=START)

    ended = lifecycle.reinstate_due(desk.office, later(15 * 86_400))

    assert ended == 1
    assert is_revoked(desk, first)
    assert not is_suspended(desk, second)


def test_a_second_suspension_has_an_end_of_its_own(desk: Desk) -> None:
    """After somebody ended the first one."""
    issuance = desk.issue(numbered_record(1)).issuance_id
    suspend(desk, issuance, days=3)
    lifecycle.reinstate(desk.office, desk.caller, issuance, now=START)
    suspend(desk, issuance, at=86_400)

    assert lifecycle.reinstate_due(desk.office, later(3 * 86_400)) == 0
    assert lifecycle.reinstate_due(desk.office, later(15 * 86_400)) == 1


# --- keys ---------------------------------------------------------------------------------


def next_key(desk: Desk, *, urgent: str = "no") -> tuple[KeyRow, ApprovalRow]:
    ada = somebody(desk, "ada")
    key = rotation.publish_next_key(desk.office, ada, desk.issuer, now=later(1))
    wish = Proposal(
        action="rotateKey",
        arguments={"issuer": desk.issuer.id, "key": key.id, "urgent": urgent},
    )
    return key, approvals.propose(desk.office, ada, wish, note="", now=START)


def keys_of(desk: Desk) -> list[tuple[str, KeyState, bool]]:
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        return [(key.id, key.state, key.is_next) for key in unit.keys.of(desk.issuer.id)]


def test_the_next_key_is_published_a_day_before_it_signs(desk: Desk) -> None:
    """It stands beside the old one, signs nothing, and takes over with the second person's yes."""
    key, row = next_key(desk)
    published = keys_of(desk)
    first = desk.issue(numbered_record(1)).document
    bea = somebody(desk, "bea")
    with pytest.raises(ConflictError) as caught:
        approvals.approve(desk.office, bea, row.id, now=later(limits.KEY_OVERLAP_SECONDS))
    approvals.approve(desk.office, bea, row.id, now=later(limits.KEY_OVERLAP_SECONDS + 1))
    second = desk.issue(numbered_record(2), now=later(limits.KEY_OVERLAP_SECONDS + 2)).document

    assert [one[1:] for one in published] == [(KeyState.ACTIVE, False), (KeyState.RETIRED, True)]
    assert caught.value.code is IssuerCode.KEY_TOO_NEW
    assert [one[1:] for one in keys_of(desk)] == [
        (KeyState.RETIRED, False),
        (KeyState.ACTIVE, False),
    ]
    assert first["proof"]["verificationMethod"] != key.verification_method
    assert second["proof"]["verificationMethod"] == key.verification_method


def test_an_urgent_rotation_waits_for_nobody_but_the_second_person(desk: Desk) -> None:
    """A stolen key is not used for another day."""
    key, row = next_key(desk, urgent="yes")

    approvals.approve(desk.office, somebody(desk, "bea"), row.id, now=later(60))

    assert keys_of(desk)[1] == (key.id, KeyState.ACTIVE, False)


def test_a_rejected_key_goes_out_of_the_document(desk: Desk) -> None:
    """Nothing was signed with it. One that is over goes too; proposing anew makes another."""
    key, row = next_key(desk)
    same, _ = next_key(desk)
    approvals.reject(desk.office, somebody(desk, "bea"), row.id, now=START)
    after = keys_of(desk)
    other, _ = next_key(desk)
    approvals.expire_old(desk.office, later(limits.APPROVAL_DAYS * 86_400))

    assert same == key
    assert [one[1] for one in after] == [KeyState.ACTIVE]
    assert other.id != key.id
    assert keys_of(desk) == after


def test_a_key_that_was_used_is_no_next_key(desk: Desk) -> None:
    """Neither the active one nor a retired one can be proposed."""
    key, row = next_key(desk, urgent="yes")
    approvals.approve(desk.office, somebody(desk, "bea"), row.id, now=later(1))
    for known in keys_of(desk):
        wish = Proposal(
            action="rotateKey",
            arguments={"issuer": desk.issuer.id, "key": known[0], "urgent": "yes"},
        )
        with pytest.raises(NotFoundError):
            approvals.propose(desk.office, somebody(desk, "ada"), wish, note="", now=later(2))
    assert key.id in [one[0] for one in keys_of(desk)]
