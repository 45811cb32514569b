"""The host's page over HTTP: what it shows, what it takes, what it refuses."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from issuer import limits
from issuer.web.attest_form import NOTHING_TYPED, FormError, read_answer, read_form
from tests.issuer.web.offers.waiting_room import (
    ASKED,
    answer,
    offer,
    row_of,
    standing,
    token,
    unvouched,
)
from tests.issuer.web.site import AGREED, Site
from tests.issuer.web.stored import stored_rows
from verifier.errors import RefusedError

CHECKED = r"<input[^>]* checked"
FACTS = ("person", "title", "dates")


def page_of(site: Site, offer_id: str, query: str = "") -> str:
    response = site.get(f"/attest/{token(site, offer_id)}{query}")
    assert 200 == response.status_code
    return response.get_data(as_text=True)


def filled(page: str, **changes: str) -> dict[str, str]:
    """The form of ``page``, with everything right."""
    facts = re.findall(r'name="f-([a-z]+)" value="right"', page)
    hidden = re.findall(r'name="facts" value="([0-9a-f]{64})"', page)
    assert facts
    right = {f"f-{fact}": "right" for fact in facts}
    form = right | {"facts": hidden[0], "act": "confirm", "c": "none", "role": "Marketing lead"}
    return form | {name.replace("_", "-"): value for name, value in changes.items()}


def send(site: Site, offer_id: str, form: dict[str, str]) -> TestResponse:
    return site.client.post(f"/attest/{token(site, offer_id)}", data=form)


def test_the_page_says_the_facts_and_confirming_them_counts(any_site: Site) -> None:
    """One by one, nothing preselected; then thanks, also when it is loaded or sent again."""
    site = any_site
    offer_id = offer(site)
    page = page_of(site, offer_id)
    form = filled(page, show_role="1")
    taken = send(site, offer_id, form)
    thanks = site.get(taken.headers["Location"])
    again = send(site, offer_id, form)

    for words in (
        "Maya Okafor-Reyes",
        "2 March",
        "22 hours",
        "Yes, a fixed fee",
        "Remove anything",
    ):
        assert words in page
    assert not re.search(CHECKED, page)
    assert [303, 200, 303] == [it.status_code for it in (taken, thanks, again)]
    assert "Thank you" in thanks.get_data(as_text=True)
    assert "offered" == standing(site, offer_id)["state"]


def test_looking_changes_nothing(site: Site) -> None:
    """Link previews and mail scanners look too."""
    offer_id = offer(site)
    before = stored_rows(site), row_of(site, offer_id)
    for query in ("", "?lang=ar", "?act=confirm&f-person=right"):
        page_of(site, offer_id, query)

    assert before == (stored_rows(site), row_of(site, offer_id))


def test_the_page_does_not_say_whether_the_learner_has_answered(site: Site) -> None:
    """With and without a consent it is the same, and so is the page of thanks."""
    first = offer(site, unvouched("03"))
    before = page_of(site, first)
    site.post(f"/offers/{first}/consent", AGREED)
    after = page_of(site, first)
    second = offer(site, unvouched("05"))
    for offer_id in (first, second):
        answer(site, offer_id)
    thanks = [page_of(site, it, "?lang=en") for it in (first, second)]

    assert before == after
    assert thanks[0] == thanks[1]
    assert ["issued", "offered"] == [standing(site, it)["state"] for it in (first, second)]


def test_what_is_not_so_goes_back_in_the_hosts_words(site: Site) -> None:
    """A change, a denial, and what is confidential: each with its own words."""
    offer_id = offer(site)
    form = filled(
        page_of(site, offer_id),
        f_dates="change",
        t_dates="It ended on 19 March.",
        f_effort="deny",
        t_effort="We kept no\r\nlog.",
        c="some",
        t_confidential="The name of the customer.",
    )
    taken = send(site, offer_id, form)

    shown = standing(site, offer_id)
    assert 303 == taken.status_code
    assert "held" == shown["state"]
    assert [
        ("dates", "change", "It ended on 19 March."),
        ("effort", "deny", "We kept no log."),
        ("confidential", "change", "The name of the customer."),
    ] == [(it["fact"], it["answer"], it["words"]) for it in shown["attestation"]["objections"]]


def test_a_host_that_knows_nothing_of_it_says_so_without_more(site: Site) -> None:
    """No fact needs an answer then."""
    offer_id = offer(site)
    page = page_of(site, offer_id)
    facts = filled(page)["facts"]
    send(site, offer_id, {"facts": facts, "act": "unknown", "t-everything": "Not us."})

    shown = standing(site, offer_id)
    assert "held" == shown["state"]
    assert [{"fact": "everything", "answer": "deny", "words": "Not us."}] == shown["attestation"][
        "objections"
    ]


def test_what_was_forgotten_is_told_beside_its_field_and_what_was_typed_stays(site: Site) -> None:
    """In plain words, with a list on top that leads there; nothing is stored."""
    offer_id = offer(site)
    form = filled(page_of(site, offer_id), f_dates="change", show_name="1", role="<b>Chief</b>")
    del form["f-title"], form["c"]
    response = send(site, offer_id, form)

    page = response.get_data(as_text=True)
    assert 422 == response.status_code
    assert 5 <= page.count("Error: ") + page.count('<li><a href="#')
    for place in ('href="#f-title-right"', 'href="#t-dates"', 'href="#c-none"', 'href="#name"'):
        assert place in page
    assert "&lt;b&gt;Chief&lt;/b&gt;" in page
    assert re.search(r'id="f-dates-change"[^>]* checked', page)
    assert ASKED == standing(site, offer_id)["state"]


def test_facts_that_changed_meanwhile_are_shown_again(site: Site) -> None:
    """Nobody confirms what they have not seen."""
    offer_id = offer(site)
    form = filled(page_of(site, offer_id))
    body = unvouched(email=None)
    body["record"]["engagement"]["title"] = "Quite another title"
    offer(site, body)
    response = send(site, offer_id, form)

    page = response.get_data(as_text=True)
    assert 409 == response.status_code
    assert "Quite another title" in page
    assert "changed a fact" in page
    assert not re.search(CHECKED, page)


@pytest.mark.parametrize(
    "change",
    [{"f-salary": "right"}, {"f-person": ["right", "deny"]}, {"csrf": "1"}, {"role": ["a", "b"]}],
)
def test_a_field_that_the_page_does_not_have_is_refused(site: Site, change: dict[str, str]) -> None:
    """Or that comes twice: nothing is taken from such a form."""
    offer_id = offer(site)
    response = send(site, offer_id, filled(page_of(site, offer_id)) | change)

    assert 400 == response.status_code
    assert ASKED == standing(site, offer_id)["state"]


def test_other_kinds_of_bodies_are_refused(site: Site) -> None:
    """JSON is what another site could send; so is a form that is too large."""
    offer_id = offer(site)
    form = filled(page_of(site, offer_id))
    path = f"/attest/{token(site, offer_id)}"
    large = urlencode(form | {"t-dates": "x" * limits.ATTEST_FORM_BYTES})
    answers = [
        site.client.post(path, json=form),
        site.client.post(path, data=form, content_type="text/plain"),
        site.client.post(path, data=form, content_type="multipart/form-data"),
        site.client.post(path, data=large, content_type="application/x-www-form-urlencoded"),
    ]

    assert [415, 415, 415, 413] == [it.status_code for it in answers]
    assert ASKED == standing(site, offer_id)["state"]


@pytest.mark.parametrize("link", ["0" * 26, "x", "%00", "a" * 300])
def test_a_link_that_never_was_is_one_page(site: Site, link: str) -> None:
    """For looking and for sending."""
    offer(site)
    looked, sent = site.get(f"/attest/{link}"), site.client.post(f"/attest/{link}", data={"a": "b"})

    assert [404, 404] == [it.status_code for it in (looked, sent)]
    assert "This link does not work" in looked.get_data(as_text=True)


def test_a_link_ends_with_its_offer(site: Site) -> None:
    """And when the host's place was taken."""
    declined, taken = offer(site), offer(site, unvouched("03"))
    links = [token(site, it) for it in (declined, taken)]
    site.post(f"/offers/{declined}/decline", {})
    site.clock.move(days=14)
    site.post(f"/offers/{taken}/attest", {})

    assert [404, 404] == [site.get(f"/attest/{it}").status_code for it in links]


def test_the_page_keeps_to_itself(site: Site) -> None:
    """No cache, no referrer, no cookie, no index, no script, forms to ourselves alone."""
    response = site.get(f"/attest/{token(site, offer(site))}")

    assert "no-store" == response.headers["Cache-Control"]
    assert "no-referrer" == response.headers["Referrer-Policy"]
    assert "form-action 'self'" in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers
    assert "<script" not in response.get_data(as_text=True)
    title = re.findall("<title>(.*?)</title>", response.get_data(as_text=True))
    assert ["Please confirm a project"] == title


def test_no_pay_amount_reason_or_private_matter_is_on_the_page(site: Site) -> None:
    """What a host sees of a trial that ended early is what everybody would."""
    body = unvouched("02")
    page = page_of(site, offer(site, body))

    for word in ("internalEndedBy", "trialEndedEarly", "ended early", "@", "checklist"):
        assert word not in page
    assert "Paid trial. Either side may end it" in page


@pytest.mark.parametrize("name", ["02", "03", "05", "06", "07", "08", "09", "11", "12"])
def test_every_example_can_be_confirmed(site: Site, name: str) -> None:
    """In every script, with and without hours, team and trial."""
    offer_id = offer(site, unvouched(name))
    page = page_of(site, offer_id)
    taken = send(site, offer_id, filled(page))

    assert 303 == taken.status_code
    assert "offered" == standing(site, offer_id)["state"]


_FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["f-person", "t-person", "c", "act", "role", "show-role", "facts"])
        | st.text(),
        st.sampled_from(["right", "deny", "change", "none", "confirm"]) | st.text(),
    )
)


@given(_FIELDS)
def test_no_form_raises_anything_but_its_own_error(fields: list[tuple[str, str]]) -> None:
    """And what was taken can be stored: one line, no sign that nobody sees."""
    try:
        typed = read_form(fields, FACTS)
        said = read_answer(typed, FACTS, statement="I confirm.")
    except (RefusedError, FormError):
        return

    assert all(it.words.isprintable() for it in said.objections)


def test_nothing_is_confirmed_by_not_looking() -> None:
    """An empty form has something to mend in every line."""
    with pytest.raises(FormError) as caught:
        read_answer(NOTHING_TYPED, FACTS, statement="I confirm.")

    assert {"f-person", "f-title", "f-dates", "c", "act"} == set(caught.value.faults)
