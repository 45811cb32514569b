"""Corrections: one line for each credential, links that stay, files that stop."""

from __future__ import annotations

import json
import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from issuer import lifecycle, shares
from issuer.completion import Completion, Consent, Terms
from issuer.corrections import correct
from issuer.errors import ConflictError, ForbiddenError, IssuerCode, NotFoundError
from issuer.events import read_events
from issuer.issue import Issued, issue_document
from issuer.record import RecordError
from issuer.shares import SharedCredential, ShareState
from issuer.store import Store
from issuer.store.rows import IssuanceState, StatusPolicy
from tests.issuer.offices import START, Desk, later, numbered_record, open_desk, without_scopes
from tests.issuer.web.site import submission
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, parse_json_object

TITLE = "Rota for volunteers, corrected"


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


def completion(number: str = "GB-1", *, consent: bool = True, **engagement: Any) -> Completion:
    """The everyday record as a platform sends it, with changes."""
    record = submission("01")
    record["source"]["platformRecordId"] = number
    record["engagement"] |= engagement
    terms = Terms(consent=Consent(at=START, facets={}) if consent else None, share=False)
    return Completion(record=record, terms=terms)


def fix(desk: Desk, number: str, sent: Completion | None = None, seconds: float = 60) -> Issued:
    """Correct the issuance ``number``."""
    return correct(
        desk.office,
        desk.caller,
        number,
        sent or completion(title=TITLE),
        idempotency=None,
        new_uuid=uuid.uuid4,
        now=later(seconds),
    )


def shown(desk: Desk, issued: Issued) -> SharedCredential:
    """What the link of ``issued`` shows."""
    token = str(issued.share_url).rpartition("/")[2]
    return shares.look_up(desk.office, token, now=later(600))


def conflict(desk: Desk, number: str, sent: Completion | None = None) -> IssuerCode:
    with pytest.raises(ConflictError) as caught:
        fix(desk, number, sent)
    return caught.value.code


def title_of(document: JsonObject) -> str:
    return str(document["credentialSubject"]["achievement"]["name"])


# --- what a correction does -------------------------------------------------------------


def test_the_same_link_shows_the_new_credential(desk: Desk) -> None:
    """The old file is revoked, the link is what it was, and both are told."""
    old = desk.issue(numbered_record(1), share=True)

    new = fix(desk, old.issuance_id)
    shared = shown(desk, old)
    told = read_events(desk.office, desk.caller, after=None, kinds=(), limit=9).events

    assert (new.body, ShareState.ISSUED, True) == (
        _text(shared.document),
        shared.state,
        shared.was_replaced,
    )
    assert TITLE == title_of(shared.document)
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        bits = {entry.purpose: entry.is_set for entry in unit.status.entries_of(old.issuance_id)}
        trail = unit.events.of(old.issuance_id)
    assert {"revocation": True, "suspension": False} == bits
    assert ("superseded", "superseded") == (trail[-1].action, trail[-1].reason)
    assert ["credential.issued", "credential.issued", "credential.superseded"] == [
        row.kind for row in told
    ]
    assert {
        "issuanceId": old.issuance_id,
        "state": "superseded",
        "supersededBy": new.issuance_id,
    } == parse_json_object(told[-1].data.encode())


def _text(document: JsonObject) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def test_a_correction_of_a_correction(desk: Desk) -> None:
    """Every link of the line shows its end, whoever made it and when."""
    first = desk.issue(numbered_record(1), share=True)
    second = fix(desk, first.issuance_id)
    url = shares.create_share(desk.office, desk.caller, second.issuance_id, label="", now=later(61))
    third = fix(desk, second.issuance_id, completion(title="Third"), 120)

    for link in (str(first.share_url), url):
        shared = shares.look_up(desk.office, link.rpartition("/")[2], now=later(600))
        assert "Third" == title_of(shared.document)
    assert third.is_new


def test_the_number_of_the_platform_means_the_newest(desk: Desk) -> None:
    """The corrected record sent again, as a correction or a completion, is the same credential;
    the old content is a conflict that says how to go on."""
    old = desk.issue(numbered_record(1))
    new = fix(desk, old.issuance_id)

    again = fix(desk, old.issuance_id, seconds=300)
    with pytest.raises(ConflictError) as caught:
        desk.issue(numbered_record(1), now=later(300))

    assert (new.issuance_id, new.body, False) == (again.issuance_id, again.body, again.is_new)
    assert IssuerCode.ALREADY_ISSUED is caught.value.code
    assert f"/credentials/{new.issuance_id}/corrections" in caught.value.detail


def test_a_correction_may_have_a_number_of_its_own(desk: Desk) -> None:
    """Then the old number goes on meaning the old record."""
    old = desk.issue(numbered_record(1), share=True)

    fix(desk, old.issuance_id, completion("GB-1-corrected", title=TITLE))

    assert TITLE == title_of(shown(desk, old).document)
    assert old.issuance_id == desk.issue(numbered_record(1), now=later(90)).issuance_id


def test_without_a_status_entry_the_link_alone_tells(store: Store, tmp_path: Path) -> None:
    """Nobody can be told otherwise, and that is no reason to keep the mistake."""
    desk = open_desk(store, tmp_path / "keys", policy=StatusPolicy.NONE)
    old = desk.issue(numbered_record(1), share=True)

    fix(desk, old.issuance_id)

    assert TITLE == title_of(shown(desk, old).document)


def test_what_becomes_of_the_new_one_is_what_the_link_says(desk: Desk) -> None:
    """On hold, withdrawn: of the newest."""
    old = desk.issue(numbered_record(1), share=True)
    new = fix(desk, old.issuance_id)
    act = (desk.office, desk.caller, new.issuance_id)

    lifecycle.suspend(*act, reason=None, now=later(90))
    held = shown(desk, old).state
    lifecycle.revoke(*act, reason=None, now=later(90))

    assert (ShareState.UNDER_REVIEW, ShareState.WITHDRAWN) == (held, shown(desk, old).state)


# --- what may not be corrected ----------------------------------------------------------


def test_only_the_newest_is_corrected(desk: Desk) -> None:
    """So there is never a fork; the answer names the one to correct."""
    old = desk.issue(numbered_record(1))
    new = fix(desk, old.issuance_id)

    with pytest.raises(ConflictError) as caught:
        fix(desk, old.issuance_id, completion(title="Another"))

    assert IssuerCode.ALREADY_SUPERSEDED is caught.value.code
    assert new.issuance_id in caught.value.detail


def test_two_corrections_at_once_make_no_fork(desk: Desk) -> None:
    """One of them is issued; the other is told."""
    old = desk.issue(numbered_record(1))
    outcomes: list[str] = []

    def attempt(title: str) -> None:
        try:
            fix(desk, old.issuance_id, completion(title=title))
            outcomes.append("issued")
        except ConflictError as error:
            outcomes.append(error.code.value)

    threads = [threading.Thread(target=attempt, args=(f"Title {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 == outcomes.count("issued")
    assert set(outcomes) <= {"issued", "ALREADY_SUPERSEDED", "IN_PROGRESS"}


def test_a_correction_is_about_the_same_person(desk: Desk) -> None:
    """Not about somebody else, whatever else it says; a name or an address may change."""
    old = desk.issue(numbered_record(1))
    other, renamed = completion(title=TITLE), completion(title=TITLE)
    other.record["learner"]["identifiers"] = [
        {"type": "emailAddress", "value": "someone.else@school.example", "use": "both"}
    ]
    renamed.record["learner"]["name"] = {"full": "A New Name"}

    assert IssuerCode.OTHER_LEARNER is conflict(desk, old.issuance_id, other)
    assert fix(desk, old.issuance_id, renamed).is_new


def test_what_was_withdrawn_or_is_on_hold_is_not_corrected(desk: Desk) -> None:
    """A correction would undo the one, and answer the question behind the other."""
    old = desk.issue(numbered_record(1))
    act = (desk.office, desk.caller, old.issuance_id)

    lifecycle.suspend(*act, reason=None, now=START)
    held = conflict(desk, old.issuance_id)
    lifecycle.revoke(*act, reason=None, now=START)

    assert IssuerCode.ON_HOLD is held
    assert IssuerCode.ALREADY_REVOKED is conflict(desk, old.issuance_id)


def test_nothing_is_signed_without_the_learners_yes(desk: Desk) -> None:
    """Nor without the host's word; the old one stays as it was."""
    old = desk.issue(numbered_record(1), share=True)
    unattested = completion(title=TITLE)
    unattested.record.pop("attestations")

    with pytest.raises(RefusedError, match="yes"):
        fix(desk, old.issuance_id, completion(title=TITLE, consent=False))
    with pytest.raises(RecordError):
        fix(desk, old.issuance_id, unattested)

    assert not shown(desk, old).was_replaced


def test_supersedes_names_what_the_address_names(desk: Desk) -> None:
    """Or nothing; and a record id that is in use makes no circle."""
    old = desk.issue(numbered_record(1))
    other, circle = completion(title=TITLE), completion(title=TITLE)
    other.record["supersedes"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    circle.record["recordId"] = numbered_record(1).record_id

    with pytest.raises(RefusedError, match="supersedes"):
        fix(desk, old.issuance_id, other)
    assert IssuerCode.NAME_TAKEN is conflict(desk, old.issuance_id, circle)


def test_the_number_of_another_record_is_not_taken(desk: Desk) -> None:
    """A correction takes over the number of what it corrects and no other."""
    old = desk.issue(numbered_record(1))
    desk.issue(numbered_record(2))

    code = conflict(desk, old.issuance_id, completion("GB-2", title=TITLE))

    assert IssuerCode.NAME_TAKEN is code


def test_a_document_of_a_callers_own_is_not_corrected(desk: Desk) -> None:
    """There is no record of it; it is withdrawn, and another one signed."""
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": desk.issuer.did,
        "credentialSubject": {"id": "did:example:subject"},
    }
    issued = issue_document(
        desk.office, desk.caller, document, issuer=desk.issuer, idempotency=None, now=START
    )

    assert IssuerCode.NOT_A_COMPLETION is conflict(desk, issued.issuance_id)


def test_another_tenant_corrects_nothing(store: Store, tmp_path: Path) -> None:
    """Not by number, and not by naming the record."""
    desk = open_desk(store, tmp_path / "keys")
    theirs = open_desk(store, tmp_path / "keys", name="theirs")
    old = desk.issue(numbered_record(1), share=True)
    named = numbered_record(2)
    document = named.document | {"supersedes": numbered_record(1).record_id}

    theirs.issue(replace(named, document=document))

    with pytest.raises(NotFoundError):
        fix(theirs, old.issuance_id)
    with pytest.raises(ForbiddenError):
        fix(without_scopes(desk), old.issuance_id)
    assert not shown(desk, old).was_replaced


# --- crashes ----------------------------------------------------------------------------


class PowerCutError(Exception):
    """What a failpoint of these tests raises."""


def test_a_correction_that_was_cut_off_changed_nothing(desk: Desk) -> None:
    """Until its credential is stored the old one stands; the same call again finishes it."""
    old = desk.issue(numbered_record(1), share=True)

    def cut(place: str) -> None:
        if place == "in-store":
            raise PowerCutError

    broken = replace(desk, office=replace(desk.office, failpoint=cut))
    with pytest.raises(PowerCutError):
        fix(broken, old.issuance_id)
    before = shown(desk, old)
    new = fix(desk, old.issuance_id, seconds=120)

    assert not before.was_replaced
    assert new.body == _text(shown(desk, old).document)
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        assert () == unit.issuances.open_intents()
        issued = unit.issuances.get(old.issuance_id)
    assert issued is not None
    assert IssuanceState.ISSUED is issued.state
