"""The verifier's pages in a real browser: every state, two widths, light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDTHS, keep_picture, opened, served, violations
from tests.verifier.intake.pictures_of_codes import code_picture
from tests.verifier.web.states import STATES, fake_services
from verifier.web.application import create_app

pytestmark = pytest.mark.browser
GONE = "/c/issuer.example/7k3m9qx2fd8rw5vhn0cyt4bg6z"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(create_app(fake_services())) as address:
        yield address


def paste(page: Page, site: str, text: str) -> None:
    """Paste a credential as a person does."""
    page.goto(site)
    page.get_by_text("Or paste a credential").click()
    page.get_by_label("The text of a credential").fill(text)
    page.get_by_role("button", name="Check this text").click()


def sideways(page: Page) -> int:
    """Pixels that stick out of the page, which a person would have to scroll to."""
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert isinstance(width, int)
    return max(0, width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("state", STATES)
def test_every_verdict_can_be_used_by_everybody(
    chromium: Browser, axe: str, site: str, state: str, width: int
) -> None:
    """axe-core finds nothing, nothing sticks out, and the verdict is the first heading."""
    with opened(chromium, width, bypass_csp=True) as page:
        paste(page, site, f'{{"state": "{state}"}}')
        keep_picture(page, f"verifier-{state}-{width}")

        expect(page.locator("h1")).to_have_count(1)
        expect(page.get_by_role("status").first).to_be_visible()
        assert [] == violations(page, axe)
        assert 0 == sideways(page)


def test_a_reader_meets_the_holder_s_choice_before_the_facts(chromium: Browser, site: str) -> None:
    """On a phone: verdict, name, that it is a part, and only then what it says."""
    with opened(chromium, 320) as page:
        paste(page, site, '{"state": "verified-part"}')

        boxes = [
            page.get_by_text(said, exact=exact).first.bounding_box()
            for said, exact in (
                ("Genuine and current", False),
                ("The holder chose which parts to show.", False),
                ("Project", True),
            )
        ]
        places = [box["y"] for box in boxes if box is not None]
        assert 3 == len(places)
        assert sorted(places) == places


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/", GONE, "/nothing", "/problems/REVOKED"])
def test_every_other_page_can_be_used_by_everybody(
    chromium: Browser, axe: str, site: str, path: str, width: int, dark: bool
) -> None:
    """The first page, a dead link, an error, an explanation; light and dark."""
    with opened(chromium, width, dark=dark, bypass_csp=True) as page:
        page.goto(site + path)
        name = path.strip("/").split("/")[0] or "home"
        keep_picture(page, f"verifier-page-{name}-{width}{'-dark' if dark else ''}")

        assert [] == violations(page, axe)
        assert 0 == sideways(page)


@pytest.mark.parametrize("state", ["verified", "signed", "withdrawn", "could_not_check"])
def test_verdicts_in_the_dark(chromium: Browser, axe: str, site: str, state: str) -> None:
    """Contrast holds in both schemes."""
    with opened(chromium, 320, dark=True, bypass_csp=True) as page:
        paste(page, site, f'{{"state": "{state}"}}')
        keep_picture(page, f"verifier-{state}-320-dark")

        assert [] == violations(page, axe)


def test_a_fault_in_a_form_is_told_beside_its_field(chromium: Browser, axe: str, site: str) -> None:
    """With a summary that leads to it."""
    with opened(chromium, 320, bypass_csp=True) as page:
        page.goto(site)
        page.get_by_label("Link").fill("not a link")
        page.get_by_role("button", name="Check", exact=True).click()
        keep_picture(page, "verifier-fault-320")

        expect(page.get_by_role("alert")).to_contain_text("There is 1 thing to fix")
        described = page.get_by_label("Link").get_attribute("aria-describedby")
        assert "link-h link-e" == described
        assert [] == violations(page, axe)


def test_everything_works_without_script(chromium: Browser, site: str) -> None:
    """A photo of a code, the verdict, the comparison of a name: forms alone."""
    with opened(chromium, 320, script=False) as page:
        page.goto(site)
        picture = {
            "name": "photo.png",
            "mimeType": "image/png",
            "buffer": code_picture('{"state": "verified"}'),
        }
        page.get_by_label("A file, or a photo of the square code").set_input_files(picture)
        page.get_by_role("button", name="Check this file").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Verified Genuine and current")

        page.get_by_label("Name or e-mail address they gave you").fill("maya okafor reyes")
        page.get_by_role("button", name="Compare").click()
        expect(page.get_by_text("Looks the same.")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Verified Genuine and current")


def test_a_keyboard_reaches_everything_in_the_order_of_reading(
    chromium: Browser, site: str
) -> None:
    """Skip link, wordmark, navigation, then the forms from the top; each focus is visible."""
    with opened(chromium, 1280) as page:
        page.goto(site)
        reached = []
        for _ in range(8):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "document.activeElement.id || document.activeElement.innerText.trim()"
                )
            )
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert "none" != outline

        assert [
            "Skip to the content",
            "127.0.0.1:8200",
            "How it works",
            "link",
            "Check",
            "file",
            "Check this file",
            "Or paste a credential",
        ] == reached


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_kept(chromium: Browser, site: str) -> None:
    """No request leaves our origin, no cookie comes back, nothing breaks the policy."""
    with opened(chromium, 1280) as page:
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        paste(page, site, '{"state": "verified"}')

        assert all(url.startswith(site + "/") for url in asked)
        assert [] == page.context.cookies()
        assert [] == complaints
