"""Offers over HTTP: consent, decline, repeats, lists, bodies that are refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from issuer.completion import parse_attester, parse_decision
from issuer.errors import ForbiddenError
from issuer.record import RecordError
from issuer.rights import RIGHTS, Action, Role, require
from issuer.store.tables import METADATA
from tests.issuer.web.offers.waiting_room import (
    AGREED_NOW,
    OFFERED,
    answer,
    credential_of,
    mails,
    offer,
    row_of,
    standing,
    told,
    unvouched,
    vouched,
)
from tests.issuer.web.site import AGREED, START, Site, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from verifier.errors import RefusedError


def test_consent_issues_when_nothing_else_is_missing(any_site: Site) -> None:
    """Once: repeated with the same choices it gives the same credential, with others a conflict."""
    site = any_site
    offer_id = offer(site, vouched())
    path = f"/offers/{offer_id}/consent"
    said = AGREED | {"facets": {"nameForm": "none"}, "share": True}
    first, second = (site.post(path, said) for _ in range(2))
    other = site.post(path, AGREED)

    assert [201, 201] == [it.status_code for it in (first, second)]
    assert json_of(first) == json_of(second)
    assert "share" in json_of(first)
    assert "Maya" not in json.dumps(credential_of(json_of(first)))
    assert (409, "ALREADY_ISSUED") == (other.status_code, problem_code(other))


def test_the_same_body_gives_the_same_answer_and_another_one_replaces(site: Site) -> None:
    """Until the credential is issued; then another body is told how to correct."""
    body = vouched()
    first, again = offer(site, body), offer(site, body)
    body["record"]["engagement"]["title"] = "Another title"
    replaced = offer(site, body)
    issued = site.post(f"/offers/{first}/consent", AGREED)
    repeated = site.post("/completions", body)
    body["record"]["engagement"]["title"] = "A third title"
    late = site.post("/completions", body)

    assert first == again == replaced
    assert "Another title" == credential_of(json_of(issued))["name"]
    assert (201, json_of(issued)["credentialId"]) == (
        repeated.status_code,
        json_of(repeated)["credentialId"],
    )
    assert (409, "ALREADY_ISSUED") == (late.status_code, problem_code(late))
    assert "supersedes" in json_of(late)["detail"]


def test_the_same_record_with_consent_completes_its_offer(site: Site) -> None:
    """After the host's word, which it does not ask for again."""
    offer_id = offer(site)
    answer(site, offer_id)

    response = site.post("/completions", unvouched(**AGREED_NOW))

    assert 201 == response.status_code
    assert "issued" == standing(site, offer_id)["state"]


def everything(site: Site) -> str:
    """All that the database holds, but the line that is kept of requests."""
    engine = create_engine(site.database)
    with engine.connect() as connection:
        found = repr(
            [tuple(row) for it in METADATA.sorted_tables for row in connection.execute(select(it))]
        )
    engine.dispose()
    return found


def test_a_declined_offer_is_gone_with_all_that_it_held(site: Site) -> None:
    """No name, no fact, no address, no mail; no reason in the event; asked twice, one answer."""
    offer_id = offer(site)
    before = everything(site)
    answers = [site.post(f"/offers/{offer_id}/decline", {}) for _ in range(2)]
    after = everything(site)

    assert [{"offerId": offer_id, "state": "declined"}] * 2 == [json_of(it) for it in answers]
    for word in ("Maya", "refill", "lead@fullcircle.example", "GB-48213"):
        assert word in before
        assert word not in after
    assert () == mails(site, offer_id)
    assert ("offer.declined", "declined") == told(site, offer_id)[-1]
    assert "declined" == standing(site, offer_id)["state"]


def test_what_was_declined_is_not_offered_again(site: Site) -> None:
    """Nor issued on a yes from before; a later yes counts."""
    offer_id = offer(site, vouched())
    site.post(f"/offers/{offer_id}/decline", {})
    again = site.post("/completions", vouched())
    older_yes = site.post("/completions", vouched(**AGREED_NOW))
    site.clock.move(days=1)
    later = AGREED | {"at": "2026-12-02T11:00:00Z"}
    newer_yes = site.post("/completions", vouched(learnerConsent=later))

    assert [(409, "OFFER_ENDED")] * 2 == [
        (it.status_code, problem_code(it)) for it in (again, older_yes)
    ]
    assert 201 == newer_yes.status_code


def test_an_issued_credential_is_not_declined(site: Site) -> None:
    """It can be revoked."""
    offer_id = offer(site, vouched())
    site.post(f"/offers/{offer_id}/consent", AGREED)

    response = site.post(f"/offers/{offer_id}/decline", {})

    assert (409, "ALREADY_ISSUED") == (response.status_code, problem_code(response))


def test_facets_that_there_are_not_change_nothing(site: Site) -> None:
    """The rules of records hold for what a learner chooses, too."""
    offer_id = offer(site, vouched())

    response = site.post(f"/offers/{offer_id}/consent", AGREED | {"facets": {"dates": "hour"}})

    assert (422, "RECORD_REFUSED") == (response.status_code, problem_code(response))
    assert OFFERED == standing(site, offer_id)["state"]
    assert row_of(site, offer_id).agreed_at is None


def test_offers_are_listed_in_pages_by_state(any_site: Site) -> None:
    """Oldest first, each once."""
    site = any_site
    names = ("01", "02", "03", "05", "06")
    waiting = []
    for name in names:
        waiting.append(offer(site, vouched(name)))
        site.clock.move(seconds=1)
    asked = offer(site, unvouched("07"))
    pages, after = [], ""
    for _ in range(3):
        page = json_of(site.get(f"/offers?state=offered&limit=2{after}", key="all"))
        pages.append(page)
        after = f"&after={page['next']}"
    whole = json_of(site.get("/offers", key="all"))
    theirs = json_of(site.get("/offers", key="theirs"))
    linked = site.get("/offers?state=offered&limit=2", key="all").headers["Link"]

    assert f"/offers?state=offered&limit=2&after={pages[0]['next']}>" in linked
    assert waiting == [it["offerId"] for page in pages for it in page["offers"]]
    assert [True, True, False] == [page["more"] for page in pages]
    assert [*waiting, asked] == [it["offerId"] for it in whole["offers"]]
    assert {"offers": [], "next": None, "more": False} == theirs


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("state=gone", "MALFORMED_VALUE_ERROR"),
        ("limit=0", "MALFORMED_VALUE_ERROR"),
        ("limit=201", "MALFORMED_VALUE_ERROR"),
        ("x=1", "MALFORMED_VALUE_ERROR"),
        ("after=nobody", "NOT_FOUND"),
        ("after=%00", "NOT_FOUND"),
    ],
)
def test_a_query_that_is_not_understood_is_refused(site: Site, query: str, code: str) -> None:
    """Nothing is guessed."""
    response = site.get(f"/offers?{query}", key="all")

    assert code == problem_code(response)


REFUSED: Mapping[str, list[Any]] = {
    "consent": [
        {},
        {"given": False},
        {"given": True},
        {"given": True, "at": "yesterday"},
        {"given": True, "at": "2027-01-01T00:00:00Z"},
        {"given": "yes", "at": "2026-12-01T11:00:00Z"},
        AGREED | {"facets": []},
        AGREED | {"share": "yes"},
        AGREED | {"reason": "x"},
    ],
    "decline": [{"reason": "They rated me badly."}],
    "attest": [{"statement": "x"}],
    "supervisor": [
        {},
        {"email": 1},
        {"email": "nobody"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"email": "a@b.example", "language": "not a language"},
        {"email": "a@b.example", "name": "x"},
    ],
}


@pytest.mark.parametrize(
    ("act", "body"), [(act, body) for act, bodies in REFUSED.items() for body in bodies]
)
def test_a_body_that_is_not_understood_changes_nothing(site: Site, act: str, body: Any) -> None:
    """A clear problem document, and the same rows as before."""
    offer_id = offer(site)
    before = stored_rows(site)

    response = site.post(f"/offers/{offer_id}/{act}", body)

    assert response.status_code in (400, 422)
    assert problem_code(response) in ("MALFORMED_VALUE_ERROR", "RANGE_ERROR", "RECORD_REFUSED")
    assert before == stored_rows(site)


@pytest.mark.parametrize("act", ["", "/consent", "/decline", "/attest", "/supervisor"])
def test_another_tenants_offer_is_not_there(site: Site, act: str) -> None:
    """The same answer as for one that nobody has."""
    offer_id = offer(site, vouched())
    bodies = {"/consent": AGREED, "/supervisor": {"email": "a@b.example"}}
    answers = []
    for number in (offer_id, "0" * 32):
        path = f"/offers/{number}{act}"
        got = site.get(path, key="theirs") if not act else None
        answers.append(got or site.post(path, bodies.get(act, {}), key="theirs"))

    assert [404, 404] == [it.status_code for it in answers]
    assert json_of(answers[0]) == json_of(answers[1])


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_MEMBER = st.sampled_from(["given", "at", "facets", "share", "email", "language"]) | st.text()


@given(st.dictionaries(_MEMBER, _JSON))
def test_no_body_raises_anything_but_its_own_error(body: dict[str, Any]) -> None:
    """Of decisions and of addresses."""
    for read in (
        lambda: parse_decision(body, now=START),
        lambda: parse_attester(body, "/attester"),
    ):
        try:
            read()
        except (RefusedError, RecordError):
            continue


def test_nobody_may_do_what_the_table_does_not_say() -> None:
    """The learner alone decides; the host alone confirms; who passes on is not who decides."""
    denied = {
        (action, role)
        for action in Action
        for role in Role
        if role not in RIGHTS[action] and _is_denied(role, action)
    }

    assert {(action, role) for action in Action for role in set(Role) - RIGHTS[action]} == denied
    assert frozenset({Role.LEARNER}) == RIGHTS[Action.DECIDE]
    assert frozenset({Role.HOST}) == RIGHTS[Action.ATTEST]
    assert Role.HOST not in RIGHTS[Action.SEE_OFFER]


def _is_denied(role: Role, action: Action) -> bool:
    try:
        require(role, action)
    except ForbiddenError:
        return True
    return False


def test_an_idempotency_key_gives_the_first_answer(site: Site) -> None:
    """Also after the offer moved on."""
    body = unvouched()
    first = site.post("/completions", body, Idempotency_Key="k1")
    answer(site, json_of(first)["offerId"])
    second = site.post("/completions", body, Idempotency_Key="k1")

    assert 202 == second.status_code
    assert json_of(first) == json_of(second)
    assert timedelta(0) == site.clock() - START


def test_a_decision_with_a_key_is_carried_out_once(site: Site) -> None:
    """Repeated, it does nothing again and answers how the offer stands; another body is refused."""
    offer_id = offer(site, unvouched(email=None))
    path = f"/offers/{offer_id}/supervisor"
    named = [site.post(path, {"email": "a@b.example"}, Idempotency_Key="n") for _ in range(2)]
    other = site.post(path, {"email": "c@b.example"}, Idempotency_Key="n")
    site.clock.move(days=14)
    attested = [site.post(f"/offers/{offer_id}/attest", {}, Idempotency_Key="a") for _ in range(2)]
    agreed = [
        site.post(f"/offers/{offer_id}/consent", AGREED, Idempotency_Key="c") for _ in range(2)
    ]

    assert [200, 200, 422] == [it.status_code for it in (*named, other)]
    assert 1 == len(mails(site, offer_id))
    assert [202, 202] == [it.status_code for it in attested]
    assert json_of(attested[0]) == json_of(attested[1])
    assert [201, 201] == [it.status_code for it in agreed]
    assert json_of(agreed[0]) == json_of(agreed[1])
