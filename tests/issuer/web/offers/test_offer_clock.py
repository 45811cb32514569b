"""What time does: reminders, a stalled question, the end."""

from __future__ import annotations

import pytest

from issuer.delivery.mail import MailKind
from issuer.offer_clock import close_due, remind_due
from tests.issuer.web.offers.test_offers_over_http import everything
from tests.issuer.web.offers.waiting_room import (
    AGREED_NOW,
    answer,
    mails,
    offer,
    question,
    standing,
    told,
    unvouched,
    vouched,
)
from tests.issuer.web.site import AGREED, Site

REMINDER = MailKind.ATTESTATION_REMINDER.value


def pass_days(site: Site, days: int) -> list[int]:
    """Let days pass one by one, and the task run twice each day: what it did."""
    done = []
    for _ in range(days):
        site.clock.move(days=1)
        done.append(sum(remind_due(site.services.office, site.clock()) for _ in range(2)))
    return done


def test_a_host_is_reminded_twice_and_then_the_platform_is_told(any_site: Site) -> None:
    """After five, ten and 14 days; then the address is forgotten and the link still works."""
    site = any_site
    offer_id = offer(site)
    done = pass_days(site, 20)

    kinds = [mail.kind for mail in mails(site, offer_id)]
    assert [5, 10, 14] == [day for day, number in enumerate(done, 1) if number]
    assert ["attestation", REMINDER, REMINDER] == sorted(kinds)
    assert ("offer.stalled", "attestationRequested") == told(site, offer_id)[-1]
    assert 1 == sum(kind == "offer.stalled" for kind, _ in told(site, offer_id))
    assert question(site, offer_id).email is None
    assert standing(site, offer_id)["attestation"]["stalled"]
    answer(site, offer_id)
    assert "offered" == standing(site, offer_id)["state"]


def test_nobody_is_reminded_who_answered(site: Site) -> None:
    """And nothing stalls."""
    offer_id = offer(site)
    answer(site, offer_id)

    assert 0 == sum(pass_days(site, 20))
    assert 1 == len(mails(site, offer_id))


def test_without_an_address_the_platform_is_told_after_14_days(site: Site) -> None:
    """There is nobody to remind."""
    offer_id = offer(site, unvouched(email=None))

    assert [14] == [day for day, number in enumerate(pass_days(site, 20), 1) if number]
    assert () == mails(site, offer_id)


def test_reminders_that_a_worker_slept_through_are_not_made_up_for(site: Site) -> None:
    """One mail, not two at once."""
    offer_id = offer(site)
    site.clock.move(days=12)
    office = site.services.office

    assert [1, 0] == [remind_due(office, site.clock()) for _ in range(2)]
    assert 2 == len(mails(site, offer_id))


@pytest.mark.parametrize("state", ["attestationRequested", "held", "offered"])
def test_after_180_days_an_offer_ends_and_takes_everything_along(site: Site, state: str) -> None:
    """Whatever it waited for; and the same record is not offered again."""
    body = unvouched() if state == "attestationRequested" else vouched()
    if state == "held":
        body["record"]["engagement"]["objectives"] = []
    offer_id = offer(site, body)
    office = site.services.office
    site.clock.move(days=180)
    too_early = close_due(office, site.clock())
    site.clock.move(seconds=1)
    before = everything(site)
    closed = [close_due(office, site.clock()) for _ in range(2)]

    assert 0 == too_early
    assert [1, 0] == closed
    assert "closed" == standing(site, offer_id)["state"]
    assert ("offer.closed", "closed") == told(site, offer_id)[-1]
    assert "Maya" in before
    assert "Maya" not in everything(site)
    assert 409 == site.post("/completions", body).status_code


def test_what_was_issued_never_ends(site: Site) -> None:
    """A fact about the past does not expire, and neither does its record."""
    offer_id = offer(site, unvouched(**AGREED_NOW))
    answer(site, offer_id)
    other = offer(site, vouched("02"))
    site.post(f"/offers/{other}/consent", AGREED)
    site.clock.move(days=200)

    assert 0 == close_due(site.services.office, site.clock())
    assert ["issued"] * 2 == [standing(site, it)["state"] for it in (offer_id, other)]
