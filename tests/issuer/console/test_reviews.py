"""Two people at the console: withdraw, hold, open; and withdrawals through the API that wait."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from issuer import withdrawals
from issuer.callers import Caller, Scope
from tests.issuer.console.people import Person, signed_in, text_of
from tests.issuer.web.site import START, Site, completion, json_of, problem_code
from verifier.strict_json import JsonObject, parse_json_object

REVOKE = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}


def revoke(site: Site, credential: str, reason: str | None = None, **headers: str) -> TestResponse:
    body: JsonObject = {"credentialId": credential, "credentialStatus": REVOKE, "status": True}
    return site.post(
        "/credentials/status", body | ({"reason": reason} if reason else {}), **headers
    )


def tenant(site: Site, name: str = "ours") -> str:
    return site.issuers[name].tenant_id


def ask(person: Person, site: Site, credential: str, reason: str = "duplicate") -> TestResponse:
    return person.post(
        "/console/credentials/withdraw",
        tenant=tenant(site),
        credential=credential,
        reason=reason,
        note="see the ticket",
    )


def test_two_people_withdraw_a_credential(site: Site) -> None:
    """One asks, the other one sees exactly what was asked and agrees; verifiers see it."""
    issued = site.complete()
    ada, bea = signed_in(site, "ada"), signed_in(site, "bea")
    asked = ask(ada, site, issued["credentialId"])
    review = asked.headers["Location"]
    own = text_of(ada.get(review))
    refused = ada.post(review, decision="approve")
    still = site.is_verified(issued["verifiableCredential"])
    others = text_of(bea.get(review))
    done = bea.post(review, decision="approve")
    site.clock.move(seconds=31)

    assert 303 == asked.status_code
    assert "Somebody else has to approve it." in own
    assert (403, True) == (refused.status_code, still)
    for shown in (issued["credentialId"], "duplicate", "operator:ada", "see the ticket"):
        assert shown in others
    assert (303, review) == (done.status_code, done.headers["Location"])
    assert not site.is_verified(issued["verifiableCredential"])
    assert "approved" in text_of(ada.get("/console/reviews"))


def test_what_the_learner_asks_for_needs_nobody_else(site: Site) -> None:
    """It is done at once."""
    issued = site.complete()
    done = ask(signed_in(site, "ada"), site, issued["credentialId"], "holderRequest")
    site.clock.move(seconds=31)

    assert 200 == done.status_code
    assert not site.is_verified(issued["verifiableCredential"])


def test_a_hold_has_an_end_and_can_be_ended(site: Site) -> None:
    """By one operator."""
    site.complete()
    ada = signed_in(site, "ada")
    theirs = site.post("/completions", completion(), key="theirs").get_json()
    where = {"tenant": tenant(site, "theirs"), "credential": theirs["credentialId"]}

    held = ada.post("/console/credentials/hold", **where, days="3")
    site.clock.move(seconds=31)
    during = site.is_verified(theirs["verifiableCredential"])
    ended = ada.post("/console/credentials/end-hold", **where)
    site.clock.move(seconds=31)

    assert (200, False) == (held.status_code, during)
    assert (200, True) == (ended.status_code, site.is_verified(theirs["verifiableCredential"]))


def test_opening_a_credential_needs_a_reason_and_is_written_down(site: Site) -> None:
    """Who, which, why; without a reason of the list nothing is shown."""
    issued = site.complete()
    ada = signed_in(site, "ada")
    where = {"tenant": tenant(site), "credential": issued["credentialId"]}

    without = ada.post("/console/credentials/open", **where, reason="")
    shown = ada.post("/console/credentials/open", **where, reason="learnerAsked")
    trail = text_of(ada.get(f"/console/audit?trail={tenant(site)}&action=opened"))

    title = issued["verifiableCredential"]["credentialSubject"]["achievement"]["name"]
    assert 400 == without.status_code
    assert title not in text_of(without)
    assert title in text_of(shown)
    assert "operator:ada opened" in trail
    assert trail.count("learnerAsked") == 1


def test_an_operator_of_one_tenant_reaches_no_other(site: Site) -> None:
    """Neither its credentials nor its reviews."""
    issued = site.complete()
    ada = signed_in(site, "ada")
    review = ask(ada, site, issued["credentialId"]).headers["Location"]
    theirs = signed_in(site, "thea", tenant_id=tenant(site, "theirs"))
    where = {"tenant": tenant(site), "credential": issued["credentialId"]}

    answers = [
        theirs.get(review),
        theirs.post(review, decision="approve"),
        theirs.post("/console/credentials/open", **where, reason="learnerAsked"),
        theirs.post("/console/credentials/withdraw", **where, reason="duplicate", note=""),
        theirs.post("/console/credentials/hold", **where, days="1"),
        theirs.post("/console/credentials/end-hold", **where),
    ]

    assert [404] * len(answers) == [one.status_code for one in answers]
    assert issued["credentialId"] not in text_of(theirs.get("/console/reviews"))


@pytest.mark.parametrize("days", ["", "0", "15", "-1", "1.5", "\u0661", "99999999999", "x"])
def test_a_hold_of_other_days_is_refused(site: Site, days: str) -> None:
    """One to fourteen."""
    issued = site.complete()

    answer = signed_in(site, "ada").post(
        "/console/credentials/hold",
        tenant=tenant(site),
        credential=issued["credentialId"],
        days=days,
    )

    assert 400 == answer.status_code


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(data=st.data())
def test_no_form_of_a_credential_is_a_fault_of_ours(site: Site, data: Any) -> None:
    """Whatever is typed, the answer is a page that says what is wrong."""
    people = site.app.extensions.setdefault("test people", [])
    if not people:
        people.append(signed_in(site, "ada"))
    names = ["tenant", "credential", "reason", "note", "days", "decision"]
    fields = data.draw(st.dictionaries(st.sampled_from(names), st.text(max_size=60)))
    path = data.draw(st.sampled_from(["open", "withdraw", "hold", "end-hold"]))

    answer = people[0].post(f"/console/credentials/{path}", **fields)

    assert answer.status_code in (400, 404)


# --- through the API ----------------------------------------------------------------------


def two_people(site: Site, on: bool = True) -> None:
    caller = Caller(tenant_id=tenant(site), actor="operator:ada", scopes=frozenset(Scope))
    withdrawals.set_two_people(site.services.store, caller, on, now=site.clock())


def test_a_tenant_can_choose_that_revocations_wait(any_site: Site) -> None:
    """202 with the request's number; the same call again gives the same; one operator agrees."""
    site = any_site
    issued = site.complete()
    two_people(site)
    first = revoke(site, issued["credentialId"], "duplicate", Idempotency_Key="k1")
    again = revoke(site, issued["credentialId"], "duplicate", Idempotency_Key="k1")
    without_key = revoke(site, issued["credentialId"], "duplicate")
    still = site.is_verified(issued["verifiableCredential"])
    number = json_of(first)["approvalId"]
    bea = signed_in(site, "bea")
    bea.get(f"/console/reviews/{tenant(site)}/{number}")
    bea.post(f"/console/reviews/{tenant(site)}/{number}", decision="approve")
    site.clock.move(seconds=31)

    assert [202] * 3 == [one.status_code for one in (first, again, without_key)]
    assert json_of(first) == json_of(again) == json_of(without_key)
    assert "approvalRequested" == json_of(first)["state"]
    assert json_of(first)["status"] is False
    assert "duplicate" not in first.get_data(as_text=True)
    assert still
    assert not site.is_verified(issued["verifiableCredential"])


def test_the_learners_request_never_waits(site: Site) -> None:
    """Nor does anything once the tenant chose otherwise."""
    first = site.complete()
    two_people(site)
    by_learner = revoke(site, first["credentialId"], "holderRequest")
    two_people(site, on=False)
    second = site.complete("04")
    other = revoke(site, second["credentialId"], "duplicate")

    assert [200, 200] == [by_learner.status_code, other.status_code]


def test_what_cannot_be_revoked_is_said_at_once(site: Site) -> None:
    """Not a week later."""
    site.complete()
    two_people(site)

    unknown = revoke(site, "urn:uuid:nobody", "duplicate")
    not_one = revoke(site, "urn:uuid:nobody", "rude")

    assert [(404, "NOT_FOUND"), (400, "REASON_NOT_ALLOWED")] == [
        (one.status_code, problem_code(one)) for one in (unknown, not_one)
    ]


def trial(site: Site, *, days_ago: int) -> JsonObject:
    """A trial that ended early so many days before the tests' start."""
    end = (START - timedelta(days=days_ago)).date().isoformat()
    body = parse_json_object(json.dumps(completion("02")).replace("2026-04-13", end).encode())
    response = site.post("/completions", body)
    assert 201 == response.status_code, response.get_data(as_text=True)
    return json_of(response)


@pytest.mark.parametrize("days", [0, 6, 90])
def test_a_host_that_takes_its_word_back_after_an_early_end_waits(site: Site, days: int) -> None:
    """Within 90 days a person looks at it, who is told how long ago the trial ended; whoever
    asked is not told why it waits."""
    issued = trial(site, days_ago=days)
    answer = revoke(site, issued["credentialId"], "attestationWithdrawn")
    ada = signed_in(site, "ada")
    page = text_of(ada.get(f"/console/reviews/{tenant(site)}/{json_of(answer)['approvalId']}"))
    overview = text_of(ada.get("/console"))

    assert 202 == answer.status_code
    assert f"A host asks to withdraw a trial credential {days} days after" in overview
    assert "Reviews open 1" in overview
    assert "early" not in answer.get_data(as_text=True)
    assert (
        f"A host asks to withdraw a trial credential {days} days after an early end. "
        "This needs a review by a person who does not handle this host."
    ) in page
    assert site.is_verified(issued["verifiableCredential"])


def test_other_withdrawals_of_a_trial_do_not_wait(site: Site) -> None:
    """Another reason, a trial that ran, more than 90 days after."""
    wishes = [
        (trial(site, days_ago=6), "issuedInError"),
        (site.complete("03"), "attestationWithdrawn"),
    ]
    answers = [revoke(site, one["credentialId"], reason) for one, reason in wishes]

    assert [200, 200] == [one.status_code for one in answers]


def test_after_ninety_days_a_trial_is_like_any_other(site: Site) -> None:
    """The early end is history then."""
    issued = trial(site, days_ago=91)

    assert 200 == revoke(site, issued["credentialId"], "attestationWithdrawn").status_code
