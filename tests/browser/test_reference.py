"""The documentation of the issuer in a real browser: two widths, light and dark, the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from issuer.store import open_store
from tests.browser.conftest import WIDTHS, keep_picture, opened, served, violations
from tests.issuer.web.site import open_site

pytestmark = pytest.mark.browser
NARROW, WIDE = WIDTHS
PAGES = {"docs": "/docs", "problem": "/problems/ALREADY_ISSUED", "finding": "/problems/E102"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("reference")
    database = f"sqlite:///{folder / 'issuer.db'}"
    store = open_store(database)
    with served(open_site(store, database, folder / "keys").app) as base:
        yield base
    store.close()


@pytest.mark.parametrize(
    ("name", "width", "dark"),
    [
        ("docs", NARROW, False),
        ("docs", WIDE, True),
        ("problem", NARROW, True),
        ("problem", WIDE, False),
        ("finding", NARROW, False),
    ],
)
def test_the_page_is_accessible_and_fits(
    chromium: Browser, axe: str, address: str, name: str, width: int, dark: bool
) -> None:
    """Without a script of its own, at phone width too."""
    with opened(chromium, width, dark=dark, bypass_csp=True) as page:
        response = page.goto(f"{address}{PAGES[name]}")
        keep_picture(page, f"{name}-{width}-{'dark' if dark else 'light'}", whole=name != "docs")
        sideways = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

        assert response is not None
        assert 200 == response.status
        assert [] == violations(page, axe)
        assert sideways <= 0


def test_every_entry_of_the_contents_leads_somewhere(chromium: Browser, address: str) -> None:
    """Each link inside the page names a place in it, and each name is there once."""
    with opened(chromium, 1280) as page:
        page.goto(f"{address}/docs")
        targets = page.eval_on_selector_all(
            "a[href^='#']", "links => links.map(it => it.hash.slice(1))"
        )
        ids = page.eval_on_selector_all("[id]", "places => places.map(it => it.id)")

        assert len(ids) == len(set(ids))
        assert set() == set(targets) - set(ids)
        assert len(targets) > 50


def test_a_command_is_reached_and_scrolled_with_the_keyboard(
    chromium: Browser, address: str
) -> None:
    """Everything that scrolls takes the focus."""
    with opened(chromium, 320) as page:
        page.goto(f"{address}/docs#complete")
        page.locator("pre").first.focus()
        focused = page.evaluate("document.activeElement.tagName")
        blocks = page.locator("pre").count()

        assert "PRE" == focused
        assert blocks == page.locator("pre[tabindex='0'][role='region'][aria-label]").count()
        assert blocks > 10
