"""Share links: the page, its JSON form, its code; on, ended, off, withdrawn, replaced."""

from __future__ import annotations

import io
import re
from typing import Final

import pytest
import zxingcpp
from PIL import Image

from issuer.callers import Caller, Scope
from issuer.shares import switch_off
from tests.issuer.web.site import BASE_URL, VERIFIER_URL, Site, completion, json_of, problem_code
from verifier.report import Outcome
from verifier.strict_json import JsonObject

TOKEN: Final = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
NEVER: Final = ("verified", "valid", "authentic", "trusted", "certified", "tampered")


def path_of(answer: JsonObject) -> str:
    return str(answer["share"]["url"])


def revoke(site: Site, answer: JsonObject) -> None:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    body = {"credentialId": answer["credentialId"], "credentialStatus": entry, "status": True}
    assert 200 == site.post("/credentials/status", body).status_code


def end_link(site: Site, answer: JsonObject) -> None:
    """The holder switches the link off."""
    tenant = site.issuers["ours"].tenant_id
    caller = Caller(tenant_id=tenant, actor="test", scopes=frozenset(Scope))
    with site.services.store.read(tenant) as unit:
        (issuance,) = unit.issuances.of_credential(answer["credentialId"])
        (share,) = unit.shares.of_issuance(issuance.id)
    switch_off(site.services.office, caller, share.id, now=site.clock())


def test_the_page_says_what_the_credential_says(site: Site) -> None:
    """Name, project, host, skills, hand-over, who vouched."""
    page = site.get(path_of(site.complete("01"))).get_data(as_text=True)

    for said in (
        "Maya Okafor-Reyes",
        "Full Circle Refill Co.",
        "Competitor research",
        "Competent",
        "2 March",
        "20 March 2026",
        "GigBridge",
    ):
        assert said in page
    assert 1 == page.count("<h1")


def test_the_page_is_no_check_and_says_so(site: Site) -> None:
    """No word of a verdict, no tick; one button to the verifier."""
    answer = site.complete("01")
    page = site.get(path_of(answer)).get_data(as_text=True)

    text = re.sub(r"https?://\S+", "", page).lower()
    assert [] == [word for word in NEVER if re.search(rf"\b{word}\b", text)]
    assert "It is not the check." in page
    assert f'<a class="btn" href="{answer["share"]["verifyUrl"]}">' in page


def test_the_page_keeps_the_name_out_of_previews(site: Site) -> None:
    """Chat apps copy titles: they stay generic."""
    page = site.get(path_of(site.complete("01"))).get_data(as_text=True)
    head = page.partition("</head>")[0]

    assert "Okafor" not in head
    assert "Full Circle" not in head
    assert '<meta property="og:title" content="A micro-internship credential">' in head
    assert "<title>A micro-internship credential</title>" in head


def test_the_page_works_without_script_and_loads_nothing_from_elsewhere(site: Site) -> None:
    """No script, no inline style, no foreign address but the verifier's and the evidence's."""
    response = site.get(path_of(site.complete("01")))
    page = response.get_data(as_text=True)

    assert "<script" not in page
    assert "style=" not in page
    sources = re.findall(r'(?:src|rel="stylesheet" href|rel="icon" href)="([^"]+)"', page)
    assert all(source.startswith("/") for source in sources)
    assert "script-src" not in response.headers["Content-Security-Policy"]
    assert "no-store" == response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("02", ["internalEndedBy", "P5D"]),
        ("04", ["unpaid", "academicCreditOnly"]),
        ("12", ["notDelivered", "not delivered"]),
    ],
)
def test_what_was_left_out_is_nowhere(site: Site, name: str, hidden: list[str]) -> None:
    """Neither on the page nor in its JSON form."""
    url = path_of(site.complete(name))

    text = (site.get(url).data + site.get(f"{url}.json").data).decode().lower()
    assert [] == [word for word in hidden if word.lower() in text]


def test_a_name_that_was_left_out(site: Site) -> None:
    """The page has a heading all the same."""
    page = site.get(path_of(site.complete("01", nameForm="none"))).get_data(as_text=True)

    assert "Okafor" not in page
    assert 1 == page.count("<h1")


def test_the_interface_speaks_the_readers_language(site: Site) -> None:
    """English and Arabic; the content stays in its own language and direction."""
    url = path_of(site.complete("05"))

    arabic = site.get(url, Accept_Language="ar-EG,ar;q=0.9,en;q=0.5").get_data(as_text=True)
    english = site.get(url, Accept_Language="de,en;q=0.5").get_data(as_text=True)

    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<html lang="en" dir="ltr">' in english
    for page in (arabic, english):
        assert '<bdi lang="ar" dir="rtl">ليلى عبد الرحمن الشناوي</bdi>' in page
    assert '<a href="?lang=en" lang="en" hreflang="en" dir="ltr">English</a>' in arabic
    assert '<html lang="ar"' in site.get(f"{url}?lang=ar").get_data(as_text=True)
    assert '<html lang="en"' in site.get(f"{url}?lang=xx").get_data(as_text=True)


def test_markup_in_a_record_is_text_on_the_page(site: Site) -> None:
    """Whoever writes a title writes no HTML."""
    body = completion("01")
    body["record"]["engagement"]["title"] = "<script>alert(1)</script><b>x</b>"
    answer = json_of(site.post("/completions", body))

    page = site.get(path_of(answer)).get_data(as_text=True)

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_json_form_is_what_the_verifier_reads(site: Site) -> None:
    """The signed document, the issuer's own record, and what replaced it."""
    answer = site.complete("01")
    response = site.get(f"{path_of(answer)}.json")

    assert {
        "verifiableCredential": answer["verifiableCredential"],
        "state": "issued",
        "supersededBy": None,
    } == json_of(response)
    assert "application/json" == response.content_type
    assert "no-store" == response.headers["Cache-Control"]


def test_the_code_says_the_verifiers_address(site: Site) -> None:
    """Not the issuer's own copy: PNG, and the SVG on the page with the address in letters."""
    answer = site.complete("01")
    png = site.get(f"{path_of(answer)}/qr.png")
    svg = site.get(f"{path_of(answer)}/qr.svg")

    with Image.open(io.BytesIO(png.data)) as picture:
        (found,) = zxingcpp.read_barcodes(picture)
    assert answer["share"]["verifyUrl"] == found.text
    assert found.text.startswith(f"{VERIFIER_URL}/c/issuer.microintern.example/")
    assert ("image/png", "image/svg+xml; charset=utf-8") == (png.content_type, svg.content_type)
    page = site.get(path_of(answer)).get_data(as_text=True)
    assert f'alt="Square code that opens {found.text}"' in page
    assert f'<bdi class="url" dir="ltr">{found.text}</bdi>' in page


def test_a_token_is_read_in_any_case(site: Site) -> None:
    """People type."""
    url = path_of(site.complete("01"))
    token = url.rpartition("/")[2]

    assert TOKEN.fullmatch(token)
    assert 200 == site.get(url.replace(token, token.upper())).status_code


def test_a_withdrawn_credential_says_so(site: Site) -> None:
    """In the issuer's own line; the link goes on working, and no reason is given."""
    answer = site.complete("01")
    revoke(site, answer)

    page = site.get(path_of(answer)).get_data(as_text=True)

    assert "own record: withdrawn. Do not rely on it." in page
    assert "withdrawn" == json_of(site.get(f"{path_of(answer)}.json"))["state"]


def test_a_credential_under_review_says_so_until_it_is_reinstated(site: Site) -> None:
    """On hold is not a finding, and the verifier hears of both changes."""
    answer = json_of(site.post("/completions", completion("01"), key="theirs"))
    credential = answer["verifiableCredential"]
    seen = []
    for value in (True, False):
        site.clock.move(seconds=60)
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"}
        body = {
            "credentialId": answer["credentialId"],
            "credentialStatus": entry,
            "status": value,
        }
        assert 200 == site.post("/credentials/status", body, key="theirs").status_code
        site.clock.move(seconds=60)
        state = json_of(site.get(f"{path_of(answer)}.json"))["state"]
        page = site.get(path_of(answer)).get_data(as_text=True)
        seen.append((state, "This is not a finding" in page, site.judge(credential).outcome))

    assert [
        ("underReview", True, Outcome.NOT_VERIFIED),
        ("issued", False, Outcome.VERIFIED),
    ] == seen


def test_the_link_of_a_corrected_credential_shows_the_newer_one(site: Site) -> None:
    """The page says so in words, a verifier that follows the link finds the new credential, and
    the old file no longer verifies."""
    body = completion("01")
    first = site.post("/completions", body)
    old = json_of(first)
    body["record"]["engagement"]["title"] = "A corrected title"
    site.clock.move(seconds=60)
    corrected = site.post(f"{first.headers['Location'].removeprefix(BASE_URL)}/corrections", body)
    site.clock.move(seconds=60)

    shared = json_of(site.get(f"{path_of(old)}.json"))
    page = site.get(path_of(old)).get_data(as_text=True)

    assert 201 == corrected.status_code, corrected.get_data(as_text=True)
    assert json_of(corrected)["verifiableCredential"] == shared["verifiableCredential"]
    assert ("issued", None) == (shared["state"], shared["supersededBy"])
    assert "was replaced by a newer version" in page
    assert "A corrected title" in page
    assert Outcome.VERIFIED is site.judge(shared["verifiableCredential"]).outcome
    assert Outcome.NOT_VERIFIED is site.judge(old["verifiableCredential"]).outcome


def test_links_that_are_off_ended_or_unknown_are_one_and_the_same(site: Site) -> None:
    """404, the same page and the same problem: nobody learns which."""
    off, ended = site.complete("01"), site.complete("02")
    end_link(site, off)
    unknown = path_of(off).rpartition("/")[0] + "/" + "0" * 26
    paths = [path_of(off), unknown, path_of(off)[:-1], f"{path_of(off)}é"]
    site.clock.move(days=366)
    paths.append(path_of(ended))

    for suffix in ("", ".json", "/qr.svg", "/qr.png"):
        answers = [site.get(f"{path}{suffix}") for path in paths]

        assert {404} == {answer.status_code for answer in answers}
        assert 1 == len({answer.data for answer in answers})
    page = site.get(paths[0]).get_data(as_text=True)
    assert "This link does not work" in page
    assert "NOT_FOUND" == problem_code(site.get(f"{paths[0]}.json"))


def test_the_page_of_a_dead_link_speaks_arabic_too(site: Site) -> None:
    """Right to left."""
    page = site.get("/s/nothing", Accept_Language="ar").get_data(as_text=True)

    assert '<html lang="ar" dir="rtl">' in page
    assert "هذا الرابط لا يعمل" in page
