"""A host is asked, answers, or does not: what becomes of the offer and the record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from issuer.attestation import HostAnswer, link_of
from issuer.decisions import finish_agreed
from issuer.errors import ConflictError, IssuerCode, NotFoundError, OwnFaultError
from issuer.hosts_word import answer_question, find_question
from issuer.secret_links import url_of
from issuer.store.mails import MailState
from tests.issuer.web.offers.waiting_room import (
    AGREED_NOW,
    ALL_RIGHT,
    ASKED,
    LEAD,
    OFFERED,
    WRONG_DATES,
    answer,
    credential_of,
    mails,
    offer,
    question,
    row_of,
    standing,
    token,
    told,
    unvouched,
    vouched_by,
)
from tests.issuer.web.site import AGREED, Site, json_of, problem_code
from verifier.strict_json import parse_json_object


def test_a_record_that_nobody_vouched_for_asks_the_host(any_site: Site) -> None:
    """By mail; the address stands in no record and in no answer, the token in no row."""
    site = any_site
    offer_id = offer(site)

    (mail,) = mails(site, offer_id)
    shown = standing(site, offer_id)
    assert (ASKED, False) == (shown["state"], shown["attestation"]["stalled"])
    assert (LEAD, MailState.WAITING) == (mail.recipient, mail.state)
    assert "Please confirm a project" in (mail.subject or "")
    assert token(site, offer_id) not in repr(mail)
    assert LEAD not in json.dumps(shown)
    assert LEAD not in _document(site, offer_id)
    assert [("offer.created", ASKED)] == told(site, offer_id)


def _document(site: Site, offer_id: str) -> str:
    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        found = unit.records.get(row_of(site, offer_id).record_key)
    assert found is not None
    return found.document


def test_confirmed_facts_wait_for_the_learner_alone(any_site: Site) -> None:
    """Then the platform passes on the yes, and the credential says who vouched."""
    site = any_site
    offer_id = offer(site)
    answer(site, offer_id)
    between = standing(site, offer_id)
    issued = site.post(f"/offers/{offer_id}/consent", AGREED | {"share": True})

    document = credential_of(json_of(issued))
    assert OFFERED == between["state"]
    assert 201 == issued.status_code
    assert json_of(issued)["share"]["url"]
    assert ["host"] == vouched_by(document)
    assert "Marketing lead" in json.dumps(document)
    assert site.is_verified(document)
    assert [
        ("offer.created", ASKED),
        ("offer.attested", OFFERED),
        ("offer.accepted", OFFERED),
        ("credential.issued", "issued"),
    ] == told(site, offer_id)
    assert "issued" == standing(site, offer_id)["state"]
    assert question(site, offer_id).email is None


def test_with_consent_in_the_call_the_hosts_word_issues_at_once(site: Site) -> None:
    """Also when the consent came between the two; the learner's choices hold."""
    facets = {"learnerConsent": AGREED | {"facets": {"hours": False}}}
    first = offer(site, unvouched(**facets))
    answer(site, first)
    second = offer(site, unvouched("03"))
    consent = site.post(f"/offers/{second}/consent", AGREED)
    answer(site, second)

    issued = json_of(site.get(standing(site, first)["credential"], key="all"))
    assert 202 == consent.status_code
    assert ASKED == json_of(consent)["state"]
    assert ["issued", "issued"] == [standing(site, it)["state"] for it in (first, second)]
    assert "effort" not in json.dumps(issued)


def test_a_role_and_a_name_are_shown_with_the_persons_consent_alone(site: Site) -> None:
    """Without it a word stands for the role, whatever the platform had written."""
    shy = HostAnswer(objections=(), role=None, name=None, statement="I confirm the facts.")
    open_ = HostAnswer(
        objections=(), role="Head of R", name="Ada Example", statement="I confirm the facts."
    )
    first = offer(site, unvouched(**AGREED_NOW))
    answer(site, first, shy)
    second = offer(site, unvouched("03", **AGREED_NOW))
    answer(site, second, open_)

    texts = [_credential(site, it) for it in (first, second)]
    assert "supervisor" in texts[0]
    assert "Head of R" in texts[1]
    assert "Ada Example" not in texts[1]  # the learner's facet for it is off
    record = parse_json_object(_document(site, second).encode())
    assert {"name": "Ada Example", "nameConsent": True} == {
        name: record["supervisor"][name] for name in ("name", "nameConsent")
    }
    assert not parse_json_object(_document(site, first).encode())["supervisor"]["nameConsent"]


def _credential(site: Site, offer_id: str) -> str:
    return site.get(standing(site, offer_id)["credential"], key="all").get_data(as_text=True)


def test_a_fact_that_is_not_so_goes_back_with_the_hosts_words(site: Site) -> None:
    """To whoever may see the offer, and nowhere else: no event, no credential."""
    offer_id = offer(site, unvouched(**AGREED_NOW))
    answer(site, offer_id, WRONG_DATES)
    shown = standing(site, offer_id)
    corrected = unvouched(email=None, **AGREED_NOW)
    corrected["record"]["engagement"]["endDate"] = "2026-03-19"
    again = json_of(site.post("/completions", corrected))
    asked_again = standing(site, offer_id)
    answer(site, offer_id)

    objection = {"fact": "dates", "answer": "change", "words": "It ended on 19 March, PRIVATE."}
    assert ("held", [objection]) == (shown["state"], shown["attestation"]["objections"])
    assert (offer_id, ASKED) == (again["offerId"], again["state"])
    assert [] == asked_again["attestation"]["objections"]
    assert "issued" == standing(site, offer_id)["state"]
    assert "PRIVATE" not in _credential(site, offer_id)
    assert "PRIVATE" not in site.get("/events", key="all").get_data(as_text=True)


def test_after_an_objection_nobody_confirms_in_the_hosts_place(site: Site) -> None:
    """A host that said no has answered."""
    offer_id = offer(site)
    answer(site, offer_id, WRONG_DATES)
    site.clock.move(days=20)

    response = site.post(f"/offers/{offer_id}/attest", {})

    assert (409, "OFFER_STATE") == (response.status_code, problem_code(response))


def test_after_14_days_the_platform_may_confirm_and_the_credential_says_so(site: Site) -> None:
    """Not a moment earlier, and never as the host."""
    offer_id = offer(site, unvouched(**AGREED_NOW))
    site.clock.move(days=14, seconds=-1)
    early = site.post(f"/offers/{offer_id}/attest", {})
    site.clock.move(seconds=1)
    late = site.post(f"/offers/{offer_id}/attest", {})
    repeated = site.post("/completions", unvouched(**AGREED_NOW))

    assert (409, "TOO_EARLY") == (early.status_code, problem_code(early))
    assert "2026-12-15" in json_of(early)["detail"]
    assert 201 == late.status_code
    assert ["platform"] == vouched_by(credential_of(json_of(late)))
    assert (201, json_of(late)["credentialId"]) == (
        repeated.status_code,
        json_of(repeated)["credentialId"],
    )


def test_a_platforms_own_word_does_not_stand_for_the_host_on_the_first_day(site: Site) -> None:
    """Whatever it writes into the record: the host is asked."""
    body = unvouched(**AGREED_NOW)
    said = {
        "by": "platform",
        "role": "platform",
        "method": "platformAction",
        "at": "2026-04-01T12:00:00Z",
        "statement": "We say so.",
    }
    body["record"]["attestations"] = [said]

    response = site.post("/completions", body)

    assert (202, ASKED) == (response.status_code, json_of(response)["state"])


def test_another_person_gets_another_link_and_the_first_one_ends(site: Site) -> None:
    """And the 14 days begin anew: this person was not asked before."""
    offer_id = offer(site, unvouched(email=None))
    nobody = mails(site, offer_id)
    first_link = token(site, offer_id)
    site.clock.move(days=13)
    named = site.post(
        f"/offers/{offer_id}/supervisor", {"email": "other@host.example", "language": "ar-EG"}
    )
    second_link = token(site, offer_id)
    site.clock.move(days=2)
    early = site.post(f"/offers/{offer_id}/attest", {})

    (mail,) = mails(site, offer_id)
    assert () == nobody
    assert 200 == named.status_code
    assert ("other@host.example", "ar") == (mail.recipient, mail.language)
    assert "TOO_EARLY" == problem_code(early)
    assert find_question(site.services.office, second_link).is_open
    with pytest.raises(NotFoundError):
        find_question(site.services.office, first_link)


def test_a_repeated_call_writes_to_nobody_again(site: Site) -> None:
    """The same facts, the same address: one mail."""
    first = [offer(site) for _ in range(3)]

    assert 1 == len(set(first))
    assert 1 == len(mails(site, first[0]))


def test_an_answer_counts_once_and_only_about_the_facts_that_were_shown(site: Site) -> None:
    """The second changes nothing; one about facts that have changed is refused."""
    offer_id, office = offer(site), site.services.office
    link = token(site, offer_id)
    with pytest.raises(ConflictError) as caught:
        answer_question(office, link, ALL_RIGHT, facts_hash="0" * 64, now=site.clock())
    answer(site, offer_id)
    before = row_of(site, offer_id)
    answer(site, offer_id, WRONG_DATES)

    assert IssuerCode.FACTS_CHANGED is caught.value.code
    assert before == row_of(site, offer_id)
    assert not find_question(office, link).is_open


@pytest.mark.parametrize("link", ["", "x", "0" * 26, "ü" * 26, "\x00"])
def test_a_link_that_never_was_finds_nothing(site: Site, link: str) -> None:
    """Like one that was replaced."""
    offer(site)

    with pytest.raises(NotFoundError):
        find_question(site.services.office, link)


def test_the_link_of_the_mail_is_the_one_that_works(site: Site) -> None:
    """And it is on our own address."""
    offer_id = offer(site)

    url = url_of(site.services.office, link_of(question(site, offer_id).link_id))

    assert url.startswith("https://issuer.microintern.example/attest/")
    assert find_question(site.services.office, url.rpartition("/")[2]).is_open


def test_what_waits_when_the_signer_is_away_is_issued_later(site: Site) -> None:
    """The host's word is kept, and asked of nobody again."""

    def fail(place: str) -> None:
        if place == "after-rehearse":
            raise OwnFaultError(IssuerCode.SIGNER_UNAVAILABLE, "away")

    offer_id = offer(site, unvouched(**AGREED_NOW))
    office, link = site.services.office, token(site, offer_id)
    facts_hash = find_question(office, link).facts_hash
    away = replace(office, failpoint=fail)
    answer_question(away, link, ALL_RIGHT, facts_hash=facts_hash, now=site.clock())
    between = row_of(site, offer_id)
    finished = [finish_agreed(it, site.clock()) for it in (away, office, office)]

    assert OFFERED == between.state.value
    assert between.agreed_at is not None
    assert [0, 1, 0] == finished
    assert "issued" == standing(site, offer_id)["state"]
