"""The share page in a real browser, and the whole story with both services running.

Two widths, both directions of writing, light and dark; and a recruiter who uploads a picture
of the code before and after the credential is withdrawn.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.services import Pair, free_port, running_pair
from tests.browser.conftest import WIDTHS, keep_picture, opened, violations
from tests.issuer.web.site import submission
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.browser
PATIENCE_SECONDS = 45
CONSENT = {"given": True, "at": "2026-08-01T11:00:00Z", "facets": {"results": True}}


@dataclass(frozen=True, slots=True)
class Issuer:
    """The running issuer, as a platform sees it."""

    pair: Pair

    def post(self, path: str, body: JsonObject) -> JsonObject:
        """POST with the demo key; insist on success."""
        return parse_json_object(self.send(path, body).content)

    def send(self, path: str, body: JsonObject) -> httpx.Response:
        """The same: the whole answer."""
        response = httpx.post(
            f"{self.pair.issuer_url}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.pair.api_key}"},
            timeout=30,
            trust_env=False,
        )
        assert response.is_success, response.text
        return response

    def share(self, name: str, **changes: Any) -> JsonObject:
        """Issue an example record with a share link: the answer."""
        record = submission(name) | changes
        return self.post(
            "/completions", {"record": record, "learnerConsent": CONSENT, "share": True}
        )

    def share_beside(self, kind: str, **body: Any) -> str:
        """A link to a badge beside the completion of an example record."""
        consent = {"given": True, "at": CONSENT["at"]}
        completion = {"record": submission("04"), "learnerConsent": CONSENT}
        number = self.send("/completions", completion).headers["Location"].rpartition("/")[2]
        asked = {"learnerConsent": consent, "share": True} | body
        answer = self.post(f"/credentials/{number}/{kind}", asked)
        return str(answer["credentials"][0]["share"]["url"])

    def revoke(self, credential_id: str) -> None:
        """Withdraw for good."""
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
        self.post(
            "/credentials/status",
            {"credentialId": credential_id, "credentialStatus": entry, "status": True},
        )


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    folder = tmp_path_factory.mktemp("pair")
    with running_pair(folder, issuer_port=free_port(), verifier_port=free_port()) as pair:
        yield Issuer(pair)


def sideways(page: Page) -> int:
    """Pixels that stick out of the page."""
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert isinstance(width, int)
    return max(0, width)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("name", "language"),
    [("01", "en"), ("05", "ar"), ("05", "en"), ("02", "en"), ("08", "en"), ("09", "en"),
     ("12", "en")],
)  # fmt: skip
def test_the_share_page_can_be_used_by_everybody(
    chromium: Browser, axe: str, issuer: Issuer, name: str, language: str, width: int, dark: bool
) -> None:
    """axe-core finds nothing, nothing sticks out, one heading of the first order."""
    url = issuer.share(name)["share"]["url"]
    with opened(chromium, width, dark=dark, bypass_csp=True) as page:
        page.goto(f"{url}?lang={language}")
        keep_picture(page, f"share-{name}-{language}-{width}{'-dark' if dark else ''}")

        expect(page.locator("h1")).to_have_count(1)
        assert ("rtl" if language == "ar" else "ltr") == page.evaluate("document.dir")
        assert [] == violations(page, axe)
        assert 0 == sideways(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        ("skill-assertions", {"skills": [0]}, "Subject indexing"),
        ("academic-credit", {}, "Prairie River College"),
    ],
)
def test_the_page_of_a_badge_beside_a_completion(
    chromium: Browser,
    axe: str,
    issuer: Issuer,
    kind: str,
    body: JsonObject,
    said: str,
    language: str,
    width: int,
) -> None:
    """The same care; and of the work it says nothing."""
    url = issuer.share_beside(kind, **body)
    with opened(chromium, width, bypass_csp=True) as page:
        page.goto(f"{url}?lang={language}")
        keep_picture(page, f"share-{kind}-{language}-{width}")

        expect(page.locator("h1")).to_have_count(1)
        expect(page.get_by_text(said).first).to_be_visible()
        expect(page.get_by_text("Oral history")).to_have_count(0)
        assert [] == violations(page, axe)
        assert 0 == sideways(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_of_a_dead_link(
    chromium: Browser, axe: str, issuer: Issuer, language: str, width: int
) -> None:
    """The same care for the page that says no."""
    with opened(chromium, width, bypass_csp=True) as page:
        response = page.goto(f"{issuer.pair.issuer_url}/s/{'0' * 26}?lang={language}")
        keep_picture(page, f"share-gone-{language}-{width}")

        assert response is not None
        assert 404 == response.status
        assert [] == violations(page, axe)
        assert 0 == sideways(page)


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_kept(
    chromium: Browser, issuer: Issuer
) -> None:
    """No foreign request, no cookie, no complaint of the browser; without script too."""
    url = issuer.share("01")["share"]["url"]
    for script in (True, False):
        with opened(chromium, 1280, script=script) as page:
            asked: list[str] = []
            complaints: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("console", lambda message, said=complaints: said.append(message.text))
            page.goto(url)

            assert all(address.startswith(issuer.pair.issuer_url) for address in asked)
            assert [] == complaints
            assert [] == page.context.cookies()
            expect(page.locator("img.qr")).to_be_visible()
            assert 0 < page.locator("img.qr").bounding_box()["width"]  # type: ignore[index]


def test_a_keyboard_reaches_the_check_early(chromium: Browser, issuer: Issuer) -> None:
    """Skip link, language, the links of the sheet, the check."""
    url = issuer.share("01")["share"]["url"]
    with opened(chromium, 1280) as page:
        page.goto(url)
        reached = []
        for _ in range(4):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.innerText.trim()"))

        assert "Skip to the content" == reached[0]
        assert "العربية" == reached[1]
        assert "Check this credential" == reached[-1]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_withdrawn_credential_says_so_first(
    chromium: Browser, axe: str, issuer: Issuer, language: str, width: int
) -> None:
    """Before the name, without the looks of a verdict, and for everybody."""
    source = submission("01")["source"] | {"platformRecordId": f"GB-W-{language}-{width}"}
    answer = issuer.share("01", source=source)
    issuer.revoke(answer["credentialId"])
    with opened(chromium, width, bypass_csp=True) as page:
        page.goto(f"{answer['share']['url']}?lang={language}")
        keep_picture(page, f"share-withdrawn-{language}-{width}")

        line, name = (page.locator(it).first.bounding_box() for it in ("[role=status]", "h1"))
        assert line is not None
        assert name is not None
        assert line["y"] < name["y"]
        assert [] == violations(page, axe)
        assert 0 == sideways(page)


def check_picture(page: Page, issuer: Issuer, picture: Path) -> str:
    """Upload a picture of a code on the verifier's page: the verdict's heading."""
    page.goto(issuer.pair.verifier_url)
    page.get_by_label("A file, or a photo of the square code").set_input_files(picture)
    page.get_by_role("button", name="Check this file").click()
    return page.get_by_role("heading", level=1).inner_text()


def test_the_whole_story(chromium: Browser, issuer: Issuer, tmp_path: Path) -> None:
    """Share page, picture of its code, the verifier says *verified*; withdrawn, it says so."""
    record = submission("01")
    record["source"]["platformRecordId"] = "GB-STORY"
    answer = issuer.share("01", source=record["source"])
    picture = tmp_path / "code.png"
    with opened(chromium, 1280, script=False) as page:
        page.goto(answer["share"]["url"])
        page.locator("img.qr").screenshot(path=str(picture))
        page.get_by_role("link", name="Check this credential").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Verified Genuine and current")
        assert "Verified\nGenuine and current" == check_picture(page, issuer, picture)

        issuer.revoke(answer["credentialId"])

        deadline = time.monotonic() + PATIENCE_SECONDS
        while "Withdrawn" not in (said := check_picture(page, issuer, picture)):
            assert time.monotonic() < deadline, said
            time.sleep(1)
        keep_picture(page, "story-withdrawn-1280")
        page.goto(answer["share"]["url"])
        expect(page.get_by_text("own record: withdrawn")).to_be_visible()
        keep_picture(page, "share-withdrawn-1280")
