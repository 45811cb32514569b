"""The console in a real browser: two widths, light and dark, without script, with the keyboard."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from issuer.office import Office
from issuer.settings import Settings
from issuer.store import open_store
from issuer.web.application import create_app
from issuer.web.services import Services
from tests.browser.conftest import WIDTHS, keep_picture, opened, served, violations
from tests.issuer.console.people import PASSWORD, add_person
from tests.issuer.offices import Desk, numbered_record, open_desk
from tests.issuer.web.site import Clock

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """A served issuer with one tenant, whose clock the tests move."""

    url: str
    desk: Desk
    office: Office
    clock: Clock


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    store = open_store(f"sqlite:///{tmp_path / 'issuer.db'}")
    desk = open_desk(store, tmp_path / "keys")
    clock = Clock()
    services = Services(settings=Settings(), office=desk.office, clock=clock, new_uuid=uuid.uuid4)
    for name in ("ada", "bea"):
        add_person(store, name)
    with served(create_app(services)) as url:
        yield Console(url=url, desk=desk, office=desk.office, clock=clock)
    store.close()


def sign_in(page: Page, console: Console, name: str = "ada") -> None:
    """As people do."""
    page.goto(f"{console.url}/console")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()


@contextmanager
def at_console(
    browser: Browser, console: Console, name: str = "ada", width: int = 1280, *, dark: bool = False
) -> Iterator[Page]:
    """A browser of somebody who is signed in, without script."""
    with opened(browser, width, dark=dark, script=False, bypass_csp=True) as page:
        sign_in(page, console, name)
        yield page


def check(page: Page, axe: str, name: str) -> None:
    """A picture, one first heading, nothing that axe-core finds, nothing that sticks out."""
    keep_picture(page, name)
    expect(page.locator("h1")).to_have_count(1)
    assert [] == violations(page, axe)
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0


PAGES = {
    "overview": "/console",
    "reviews": "/console/reviews",
    "credentials": "/console/credentials",
    "tenants": "/console/tenants",
    "tenant": "/console/tenants/{tenant}",
    "audit": "/console/audit?trail={tenant}",
    "sign-out": "/console/sign-out",
    "refused": "/console/audit?trail=nothing",
}


@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, False), (1280, True)])
def test_every_page_can_be_used_by_everybody(
    chromium: Browser, axe: str, console: Console, width: int, dark: bool
) -> None:
    """With an old list and an unfinished signature to tell of."""
    console.desk.issue(numbered_record(1))
    console.clock.move(hours=26)
    shade = "-dark" if dark else ""
    with opened(chromium, width, dark=dark, bypass_csp=True) as page:
        page.goto(f"{console.url}/console")
        check(page, axe, f"console-sign-in-{width}{shade}")
        sign_in(page, console)
        for name, path in PAGES.items():
            page.goto(console.url + path.format(tenant=console.desk.issuer.tenant_id))
            check(page, axe, f"console-{name}-{width}{shade}")


def test_a_wrong_password_is_said_and_nothing_is_kept(
    chromium: Browser, axe: str, console: Console
) -> None:
    """The page says so first, and the password field is empty again."""
    with opened(chromium, 320, bypass_csp=True) as page:
        page.goto(f"{console.url}/console/sign-in")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()

        expect(page.get_by_role("alert")).to_have_text("The name or the password is not right.")
        expect(page.get_by_label("Name")).to_have_value("ada")
        expect(page.get_by_label("Password")).to_have_value("")
        check(page, axe, "console-sign-in-refused-320")


def test_the_keyboard_is_enough(chromium: Browser, console: Console) -> None:
    """Sign in, publish a list, sign out, without a mouse and without script."""
    console.desk.issue(numbered_record(1))
    console.clock.move(hours=26)
    with opened(chromium, 1280, script=False) as page:
        page.goto(f"{console.url}/console/sign-in")
        press(page, "Name")
        page.keyboard.type("ada")
        press(page, "Password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Status list is 26 hours old")).to_be_visible()
        press(page, "Publish now")
        page.keyboard.press("Enter")
        expect(page.get_by_text("hours old")).to_have_count(0)
        press(page, "Sign out")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Sign out")).to_be_visible()
        press(page, "Sign out", role="button")
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def press(page: Page, name: str, role: str | None = None) -> None:
    """Tab until the control with this name has the focus."""
    target = page.get_by_label(name, exact=True).or_(
        page.get_by_role(role or "button", name=name, exact=True)  # type: ignore[arg-type]
    )
    if role is None:
        target = target.or_(page.get_by_role("link", name=name, exact=True))
    page.keyboard.press("Escape")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").and_(target).count():
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard")


def propose(page: Page, console: Console, credential: str) -> None:
    """Ask to withdraw, through the form."""
    page.goto(f"{console.url}/console/credentials")
    form = page.locator("form[action$=withdraw]")
    form.get_by_label("Id of the credential").fill(credential)
    form.get_by_label("Reason, kept inside").select_option("duplicate")
    form.get_by_label("Note for the second person").fill("see the ticket")
    form.get_by_role("button", name="Ask to withdraw").click()


@pytest.mark.parametrize("width", WIDTHS)
def test_two_people_in_two_browsers_withdraw_a_credential(
    chromium: Browser, axe: str, console: Console, width: int
) -> None:
    """One asks and cannot approve; the other one opens the review and does."""
    issued = console.desk.issue(numbered_record(1))
    with (
        at_console(chromium, console, "ada", width) as ada,
        at_console(chromium, console, "bea", width) as bea,
    ):
        propose(ada, console, issued.issuance_id)
        expect(ada.get_by_text("Somebody else has to approve it.")).to_be_visible()
        expect(ada.get_by_role("button", name="Approve and carry out")).to_have_count(0)
        keep_picture(ada, f"console-review-own-{width}")
        bea.goto(f"{console.url}/console")
        expect(bea.locator("dl.counts div", has_text="Reviews open")).to_contain_text("1")
        bea.get_by_role("link", name="Reviews", exact=True).click()
        keep_picture(bea, f"console-reviews-waiting-{width}")
        bea.get_by_role("link", name="Open the review").click()
        keep_picture(bea, f"console-review-{width}")
        bea.get_by_role("button", name="Approve and carry out").click()

        expect(bea.get_by_text("approved")).to_be_visible()
        bea.get_by_role("link", name="All reviews").click()
        expect(bea.get_by_text("Nothing waits for a second person.")).to_be_visible()
        keep_picture(bea, f"console-review-done-{width}")
    with console.office.store.read(console.desk.caller.tenant_id) as unit:
        assert any(entry.is_set for entry in unit.status.entries_of(issued.issuance_id))
    with opened(chromium, width, bypass_csp=True) as page:
        sign_in(page, console)
        page.goto(f"{console.url}/console/reviews")
        page.get_by_role("link", name="Withdraw a credential").click()
        check(page, axe, f"console-review-decided-{width}")


def test_a_credential_is_opened_with_a_reason(
    chromium: Browser, axe: str, console: Console
) -> None:
    """The page shows what it says; the trail shows who looked."""
    issued = console.desk.issue(numbered_record(1))
    with opened(chromium, 320, bypass_csp=True) as page:
        sign_in(page, console)
        page.goto(f"{console.url}/console/credentials")
        form = page.locator("form[action$=open]")
        form.get_by_label("Id of the credential").fill(issued.issuance_id)
        form.get_by_label("Why do you need to see it?").select_option("learnerAsked")
        form.get_by_role("button", name="Open this credential").click()
        expect(page.get_by_role("heading", name="What the credential says")).to_be_visible()
        check(page, axe, "console-credential-320")


def test_a_new_api_key_is_shown_on_its_page(chromium: Browser, axe: str, console: Console) -> None:
    """And the next key of an issuer is proposed below it."""
    with opened(chromium, 320, bypass_csp=True) as page:
        sign_in(page, console)
        page.goto(f"{console.url}/console/tenants/{console.desk.caller.tenant_id}")
        page.get_by_label("What it is for").fill("platform")
        page.get_by_label("issue", exact=True).check()
        page.get_by_role("button", name="Make an API key").click()
        expect(page.get_by_text("It is shown this once.")).to_be_visible()
        check(page, axe, "console-api-key-320")
        page.get_by_text("Sign with a new key").click()
        page.get_by_role("button", name="Publish the next key").click()
        check(page, axe, "console-rotation-320")


def test_the_pages_hold_in_forced_colours(chromium: Browser, console: Console) -> None:
    """A picture to look at: shapes and words carry everything."""
    console.desk.issue(numbered_record(1))
    console.clock.move(hours=26)
    with opened(chromium, 1280) as page:
        page.emulate_media(forced_colors="active")
        sign_in(page, console)
        keep_picture(page, "console-overview-forced")

        expect(page.get_by_role("img", name="Needs you")).to_be_visible()


def test_a_session_that_is_over_asks_to_sign_in(chromium: Browser, console: Console) -> None:
    """After half an hour without use."""
    with at_console(chromium, console) as page:
        console.clock.move(minutes=31)
        page.get_by_role("link", name="Audit trail").click()

        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
