"""What we issue ourselves beside a completion: one of each meaning, verified, settled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from issuer import lifecycle, tenants
from issuer.callers import Scope
from issuer.errors import (
    ConflictError,
    ForbiddenError,
    IdempotencyConflictError,
    InProgressError,
    IssuerCode,
    NotFoundError,
    OwnFaultError,
    RequestRefusedError,
)
from issuer.further import OwnWish, issue_own
from issuer.idempotency import Idempotency
from issuer.issue import Issued
from issuer.own_sources import own_sources
from issuer.settlement import Settlement, settle
from issuer.status_list import publish
from issuer.store import Store
from issuer.store.rows import FurtherKind, StatusPolicy
from tests.issuer.further_credentials import badge, skill_wish
from tests.issuer.offices import Desk, later, numbered_record, open_desk
from verifier.report import Outcome
from verifier.strict_json import JsonObject
from verifier.verify import verify


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


@pytest.fixture
def about(desk: Desk) -> Issued:
    """A completion to say something further about."""
    return desk.issue(numbered_record(1))


def outcome(desk: Desk, document: JsonObject, seconds: float = 0) -> Outcome:
    now = later(seconds)
    sources = own_sources(
        desk.office, find_list=lambda list_id: publish(desk.office, list_id, now=now)
    )
    return verify(document, now=now, sources=sources).report.outcome


def withdraw(desk: Desk, issued: Issued, seconds: float = 0) -> None:
    lifecycle.revoke(desk.office, desk.caller, issued.issuance_id, reason=None, now=later(seconds))


def test_a_further_credential_is_issued_and_verifies(desk: Desk, about: Issued) -> None:
    """With an id and a status of its own, so that it can be withdrawn alone."""
    issued = desk.issue_own(skill_wish(about))

    assert issued.is_new
    assert outcome(desk, issued.document) is Outcome.VERIFIED
    assert issued.credential_id == issued.document["id"] != about.credential_id
    assert len(issued.document["credentialStatus"]) == 2


def test_the_same_meaning_again_gives_the_same_credential(desk: Desk, about: Issued) -> None:
    """A retry builds nothing: the first one is found, its link included."""
    first = desk.issue_own(skill_wish(about, share=True))
    second = desk.issue_own(skill_wish(about, share=True), now=later(3600))

    assert replace(first, is_new=False) == second


@pytest.mark.parametrize(
    "changes",
    [
        {"natural_key": "skill 1"},
        {"kind": FurtherKind.ENDORSEMENT},
        {"about": None},
    ],
)
def test_another_meaning_is_another_credential(
    desk: Desk, about: Issued, changes: dict[str, Any]
) -> None:
    """Kind, what it is about and natural key, each alone."""
    first = desk.issue_own(skill_wish(about))

    assert desk.issue_own(replace(skill_wish(about), **changes)).issuance_id != first.issuance_id


def test_other_content_for_the_same_meaning_is_a_conflict(desk: Desk, about: Issued) -> None:
    """The caller is told, and the credential stays as it is."""
    desk.issue_own(skill_wish(about))

    with pytest.raises(ConflictError) as caught:
        desk.issue_own(skill_wish(about, said={"level": "advanced"}))

    assert caught.value.code is IssuerCode.ALREADY_ISSUED


def test_a_withdrawn_one_gives_way(desk: Desk, about: Issued) -> None:
    """What was withdrawn can be said anew, also with other words, and once again only once."""
    first = desk.issue_own(skill_wish(about))
    withdraw(desk, first)

    second = desk.issue_own(skill_wish(about, said={"level": "advanced"}), now=later(60))
    third = desk.issue_own(skill_wish(about, said={"level": "advanced"}), now=later(61))

    assert first.issuance_id != second.issuance_id == third.issuance_id
    assert outcome(desk, second.document, 61) is Outcome.VERIFIED


def test_nothing_is_built_on_what_was_withdrawn(desk: Desk, about: Issued) -> None:
    """Nor on what is not there; nothing is left behind."""
    withdraw(desk, about)

    with pytest.raises(ConflictError) as caught:
        desk.issue_own(skill_wish(about))
    with pytest.raises(NotFoundError):
        desk.issue_own(skill_wish(replace(about, issuance_id="nothing")))

    assert caught.value.code is IssuerCode.ALREADY_REVOKED
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        assert unit.further.about(about.issuance_id) == ()
        assert unit.issuances.open_intents() == ()


def test_nobody_says_something_about_another_tenants_credential(
    desk: Desk, about: Issued, store: Store, tmp_path: Path
) -> None:
    """It is simply not there; nor is their issuer."""
    other = open_desk(store, tmp_path / "keys", name="theirs")

    with pytest.raises(NotFoundError):
        other.issue_own(skill_wish(about))
    with pytest.raises(NotFoundError):
        replace(desk, issuer=other.issuer).issue_own(skill_wish(about))


@pytest.mark.parametrize("kind", FurtherKind)
def test_credit_needs_the_right_of_the_registrar(
    desk: Desk, about: Issued, kind: FurtherKind
) -> None:
    """And nothing else does; a key that may do the one may not do the other."""
    wish = skill_wish(about, kind=kind)
    needed = Scope.CREDIT if kind is FurtherKind.ACADEMIC_CREDIT else Scope.ISSUE
    able = replace(desk.caller, scopes=frozenset({needed}))
    unable = replace(desk.caller, scopes=frozenset(Scope) - {needed})

    with pytest.raises(ForbiddenError):
        replace(desk, caller=unable).issue_own(wish)
    assert replace(desk, caller=able).issue_own(wish).is_new


def test_what_we_build_must_be_right_in_every_respect(desk: Desk, about: Issued) -> None:
    """A member that no context defines is our own fault: nothing is signed, the next try works."""
    wrong = skill_wish(about, build=lambda birth: badge(birth, salary="1"))

    with pytest.raises(OwnFaultError) as caught:
        desk.issue_own(wrong)

    assert caught.value.code is IssuerCode.OWN_OUTPUT_REFUSED
    assert desk.issue_own(skill_wish(about)).is_new


def test_a_key_stands_for_the_first_answer(desk: Desk, about: Issued) -> None:
    """Also after that credential was withdrawn; another request under the key is refused."""

    def ask(wish: OwnWish, request: str) -> Issued:
        key = Idempotency(key="k", request_hash=request)
        return issue_own(
            desk.office,
            desk.caller,
            wish,
            issuer=desk.issuer,
            now=later(1),
            idempotency=key,
        )

    first = ask(skill_wish(about), "1")
    withdraw(desk, first)

    assert ask(skill_wish(about), "1").issuance_id == first.issuance_id
    with pytest.raises(IdempotencyConflictError):
        ask(skill_wish(about, natural_key="skill 1"), "2")


def test_a_key_whose_first_call_came_to_nothing_may_be_used_again(
    desk: Desk, about: Issued
) -> None:
    """The meaning is free again too."""
    key = Idempotency(key="k", request_hash="1")

    def ask(wish: OwnWish) -> Issued:
        return issue_own(
            desk.office, desk.caller, wish, issuer=desk.issuer, now=later(1), idempotency=key
        )

    with pytest.raises(OwnFaultError):
        ask(skill_wish(about, build=lambda birth: badge(birth, salary="1")))

    assert ask(skill_wish(about)).is_new


def test_calls_that_run_together_make_one(desk: Desk, about: Issued) -> None:
    """Of ten calls one issues; the others get it, or are told to come back."""

    def call(_number: int) -> str:
        try:
            return desk.issue_own(skill_wish(about)).body
        except InProgressError:
            return "in progress"

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(call, range(10)))

    assert len(answers - {"in progress"}) == 1
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        assert len(unit.further.about(about.issuance_id)) == 1


class Cut(Exception):
    """Ends a call in the middle."""


@pytest.mark.parametrize("place", ["after-reserve", "after-sign", "in-store"])
def test_an_intent_that_nobody_repeats_is_settled(desk: Desk, about: Issued, place: str) -> None:
    """It is issued as it was built, and whoever asks again gets that one."""

    def cut(passed: str) -> None:
        if passed == place:
            raise Cut

    failing = replace(desk, office=replace(desk.office, failpoint=cut))
    with pytest.raises(Cut):
        failing.issue_own(skill_wish(about))
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        (intent,) = unit.issuances.open_intents()

    early = settle(desk.office, desk.caller.tenant_id, now=later(1))
    settled = settle(desk.office, desk.caller.tenant_id, now=later(60))
    again = desk.issue_own(skill_wish(about), now=later(61))

    assert [it.outcome for it in early] == [Settlement.LEFT]
    assert [it.outcome for it in settled] == [Settlement.ISSUED]
    assert (again.issuance_id, again.credential_id) == (intent.id, intent.credential_id)
    assert not again.is_new


def test_other_words_take_the_place_of_what_nobody_got(desk: Desk, about: Issued) -> None:
    """An intent that a crash left half way gives way once its lease is over, not before."""

    def cut(passed: str) -> None:
        if passed == "after-sign":
            raise Cut

    failing = replace(desk, office=replace(desk.office, failpoint=cut))
    with pytest.raises(Cut):
        failing.issue_own(skill_wish(about))
    other = skill_wish(about, said={"level": "advanced"})

    with pytest.raises(InProgressError):
        desk.issue_own(other, now=later(1))

    assert desk.issue_own(other, now=later(60)).is_new


def test_a_format_for_completions_alone_says_so(desk: Desk, about: Issued) -> None:
    """An SD-JWT VC of ours means a completion; nothing is reserved."""
    issuer = tenants.add_issuer(
        desk.office.store,
        tenants.find_tenant(desk.office.store, "ours"),
        name="claims",
        profile_name="Another issuer",
        profile_url=None,
        status_policy=StatusPolicy.REVOCATION,
        base_url=desk.office.base_url,
        keyring=desk.office.keyring,
        key_uri=None,
        now=later(0),
        proof_format="dc+sd-jwt",
        key_type="P-256",
    )

    with pytest.raises(RequestRefusedError) as caught:
        replace(desk, issuer=issuer).issue_own(skill_wish(about))

    assert caught.value.code is IssuerCode.FORMAT_UNFIT
