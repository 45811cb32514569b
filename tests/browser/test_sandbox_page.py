"""The share page of a test credential in a real browser: it says so first, and without colour."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from issuer.store import open_store
from tests.browser.conftest import WIDTHS, keep_picture, opened, served, violations
from tests.issuer.web.site import BASE_URL, completion, json_of, open_site
from tests.issuer.web.test_sandbox import add_sandbox

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("language", "says"), [("en", "it proves nothing"), ("ar", "لا تثبت شيئًا")]
)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_share_page_of_a_test_says_so_first(
    chromium: Browser, axe: str, tmp_path: Path, width: int, language: str, says: str
) -> None:
    """In words, above everything that the credential says."""
    database = f"sqlite:///{tmp_path / 'issuer.db'}"
    store = open_store(database)
    site = open_site(store, database, tmp_path / "keys")
    add_sandbox(site, "eddsa-rdfc-2022")
    answer = json_of(site.post("/completions", completion("01"), key="sandbox"))
    path = answer["share"]["url"].removeprefix(BASE_URL)

    with served(site.app) as address, opened(chromium, width, bypass_csp=True) as page:
        page.goto(f"{address}{path}?lang={language}")
        keep_picture(page, f"share-test-{language}-{width}")

        first = page.locator("main > *").first
        expect(first).to_contain_text(says)
        expect(first).to_have_attribute("role", "status")
        assert [] == violations(page, axe)
    store.close()
