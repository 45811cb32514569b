"""The host's page in a real browser: two widths, both directions of writing, keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from issuer.store import open_store
from issuer.web.application import create_app
from tests.browser.conftest import WIDTHS, keep_picture, opened, served, violations
from tests.issuer.web.offers.waiting_room import offer, standing, token, unvouched
from tests.issuer.web.site import Site, open_site

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A site that is really served, and where."""

    site: Site
    address: str

    def ask(self, name: str = "01") -> tuple[str, str]:
        """An offer whose host is asked: its id, and the address of the host's page."""
        offer_id = offer(self.site, unvouched(name))
        return offer_id, f"{self.address}/attest/{token(self.site, offer_id)}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = f"sqlite:///{tmp_path / 'issuer.db'}"
    store = open_store(database)
    site = open_site(store, database, tmp_path / "keys")
    plain = replace(site.services.settings, base_url="http://127.0.0.1")
    app = create_app(replace(site.services, settings=plain))
    with served(app) as address:
        yield Desk(site=site, address=address)
    store.close()


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return max(0, found)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("name", "language"), [("01", "en"), ("05", "ar"), ("02", "en")])
def test_the_page_is_readable_and_accessible(
    chromium: Browser, desk: Desk, axe: str, width: int, name: str, language: str
) -> None:
    """At both widths, in both directions, with faults and after the answer."""
    _, url = desk.ask(name)
    with opened(chromium, width, bypass_csp=True) as page:
        page.goto(f"{url}?lang={language}")
        keep_picture(page, f"attest-{name}-{language}-{width}")
        fresh = violations(page, axe), sideways(page)
        page.locator("#f-dates-change").check()
        page.locator("button[value=confirm]").click()
        keep_picture(page, f"attest-faults-{name}-{language}-{width}")
        faulty = violations(page, axe), sideways(page)

        assert ([], 0) == fresh
        assert ([], 0) == faulty
        expect(page.locator("#t-dates")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")


def test_a_host_answers_with_the_keyboard_alone(chromium: Browser, desk: Desk, axe: str) -> None:
    """Without a script, without a mouse; a mistake first, then thanks."""
    offer_id, url = desk.ask()
    with opened(chromium, 1280, script=False) as page:
        page.goto(url)
        for fact in page.locator("input[type=radio][value=right]").all():
            fact.focus()
            page.keyboard.press("Space")
        page.locator("#f-dates-right").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#t-dates")).to_be_visible()
        page.locator("button[value=confirm]").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("There is something to fix")
        page.get_by_role("link", name="Dates: Write what it should say.").focus()
        page.keyboard.press("Enter")
        page.locator("#t-dates").focus()
        page.keyboard.type("It ended on 19 March 2026.")
        page.locator("#c-none").focus()
        page.keyboard.press("Space")
        page.locator("button[value=confirm]").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. Your answer is in")
        keep_picture(page, "attest-done-1280")

    shown = standing(desk.site, offer_id)
    assert "held" == shown["state"]
    assert ["It ended on 19 March 2026."] == [
        it["words"] for it in shown["attestation"]["objections"]
    ]


def test_a_link_that_ended_says_what_to_do(chromium: Browser, desk: Desk, axe: str) -> None:
    """In one calm page."""
    with opened(chromium, 320, bypass_csp=True) as page:
        page.goto(f"{desk.address}/attest/{'0' * 26}")
        keep_picture(page, "attest-gone-320")

        expect(page.get_by_role("status")).to_contain_text("newest mail")
        assert [] == violations(page, axe)
        assert 0 == sideways(page)
