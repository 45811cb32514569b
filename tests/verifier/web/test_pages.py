"""The pages and ``/check``, over HTTP, with judgements made by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.verifier.intake.pictures_of_codes import code_picture
from tests.verifier.web.states import STATES, fake_services
from verifier.errors import Code, UncheckedError
from verifier.report import Outcome
from verifier.sources import Fetched, Sources
from verifier.strict_json import parse_json_object
from verifier.web.application import create_app

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
JSON = {"Accept": "application/json"}
TOKEN = "7k3m9qx2fd8rw5vhn0cyt4bg6z"
SHARE_URL = f"https://issuer.microintern.example/s/{TOKEN}.json"
CHECK_PATH = f"/c/issuer.microintern.example/{TOKEN}"


@pytest.fixture
def client() -> FlaskClient:
    return create_app(fake_services()).test_client()


def check(client: FlaskClient, state: str, headers: dict[str, str], **fields: Any) -> TestResponse:
    data = {"text": json.dumps({"state": state}), **fields}
    return client.post("/check", data=data, headers=headers, content_type="multipart/form-data")


def serving(bodies: dict[str, object]) -> FlaskClient:
    """A client of a verifier whose network holds these documents."""

    def fetch(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
        body = bodies.get(url)
        if body is None:
            raise UncheckedError(Code.FETCH_TIMEOUT, "It did not answer in time.")
        return Fetched(url=url, content_type="application/json", body=json.dumps(body).encode())

    @contextmanager
    def open_sources() -> Iterator[Sources]:
        yield Sources(fetch=fetch)

    return create_app(replace(fake_services(), open_sources=open_sources)).test_client()


def share(state: str, **changes: Any) -> dict[str, object]:
    answer = {"verifiableCredential": {"state": state}, "state": "issued", "supersededBy": None}
    return {SHARE_URL: {**answer, **changes}}


def test_the_first_page_asks_for_a_link_a_file_or_text(client: FlaskClient) -> None:
    """Three forms that work without script."""
    page = client.get("/", headers=HTML).text

    assert ["link", "file", "text"] == re.findall(r'<(?:input|textarea) id="(\w+)"', page)
    assert "<script" not in page


@pytest.mark.parametrize("state", STATES)
def test_a_page_answers_200_once_it_has_judged(client: FlaskClient, state: str) -> None:
    """Whatever the verdict: the word is on the page, and first in its title."""
    response = check(client, state, HTML)
    word = re.search(r'<span class="word">([^<]+)</span>', response.text)

    assert 200 == response.status_code
    assert word is not None
    assert f"<title>{word[1]}: " in response.text


@pytest.mark.parametrize("state", STATES)
def test_json_answers_200_for_verified_alone(client: FlaskClient, state: str) -> None:
    """Programs look at the status; the body holds the whole report."""
    response = check(client, state, JSON)
    outcome = STATES[state].report.outcome
    body = parse_json_object(response.data)

    assert (200 if outcome is Outcome.VERIFIED else 400) == response.status_code
    assert (outcome is Outcome.VERIFIED, outcome.value) == (body["verified"], body["outcome"])
    assert {"state", "word", "headline", "next"} == set(body["verdict"])
    assert body["checks"]


def test_a_client_that_names_no_kind_gets_json(client: FlaskClient) -> None:
    """Browsers always name HTML."""
    assert "json" in check(client, "verified", {}).content_type
    assert "json" in check(client, "verified", {"Accept": "*/*"}).content_type
    assert "html" in check(client, "verified", HTML).content_type


@pytest.mark.parametrize("state", ["changed", "malformed", "cannot_confirm", "withdrawn"])
def test_no_claim_is_shown_of_a_document_that_failed(client: FlaskClient, state: str) -> None:
    """Neither on the page nor in JSON; a withdrawn one shows its title and signer only."""
    for headers in (HTML, JSON):
        assert "Maya Okafor-Reyes" not in check(client, state, headers).text


def test_every_answer_carries_the_headers_of_safety(client: FlaskClient) -> None:
    """Pages, JSON, errors and files alike; no cookie anywhere."""
    answers = [
        client.get("/", headers=HTML),
        check(client, "verified", HTML),
        check(client, "changed", JSON),
        client.get("/nothing", headers=HTML),
        client.get("/static/x"),
        client.get("/healthz"),
    ]

    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "nosniff" == answer.headers["X-Content-Type-Options"]
        assert "no-referrer" == answer.headers["Referrer-Policy"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "no-store" == answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


def test_a_public_verifier_asks_for_https_for_ever() -> None:
    """And one on loopback does not."""
    public = create_app(fake_services("https://verify.example")).test_client()
    local = create_app(fake_services()).test_client()

    assert "Strict-Transport-Security" in public.get("/").headers
    assert "Strict-Transport-Security" not in local.get("/").headers


def test_files_of_the_pages_may_be_kept_for_ever(client: FlaskClient) -> None:
    """Their names change with their content."""
    page = client.get("/", headers=HTML).text
    paths = set(re.findall(r'href="(/static/[^"]+)"', page))
    answers = [client.get(path) for path in paths]

    assert 3 == len(answers)
    assert {200} == {answer.status_code for answer in answers}
    assert all("immutable" in answer.headers["Cache-Control"] for answer in answers)


def test_the_address_of_a_code_is_judged() -> None:
    """The share is fetched from the issuer that the address names."""
    client = serving(share("verified"))
    response = client.get(CHECK_PATH, headers=HTML)

    assert 200 == response.status_code
    assert '<span class="word">Verified</span>' in response.text


@pytest.mark.parametrize(
    "path",
    [
        CHECK_PATH,
        f"/c/issuer.example/{TOKEN[:-1]}",
        "/c/issuer.example/x",
        f"/c/bad_host/{TOKEN}",
        f"/c/a%2Fb/{TOKEN}",
    ],
)
def test_links_that_do_not_work_are_not_told_apart(client: FlaskClient, path: str) -> None:
    """Switched off, ended, unknown, mistyped: one same page, 404."""
    response = client.get(path, headers=HTML)

    if path != f"/c/a%2Fb/{TOKEN}":
        assert "This link does not work" in response.text
    assert 404 == response.status_code
    assert 404 == client.get(path, headers=JSON).status_code


def test_an_issuer_that_does_not_answer_is_could_not_check() -> None:
    """Never a 404, never a no."""
    client = serving({})
    page, answer = client.get(CHECK_PATH, headers=HTML), client.get(CHECK_PATH, headers=JSON)

    assert 200 == page.status_code
    assert '<span class="word">Could not check</span>' in page.text
    assert "Try again" in page.text
    assert (400, "could_not_check") == (
        answer.status_code,
        parse_json_object(answer.data)["outcome"],
    )


def test_a_picture_of_a_code_is_judged() -> None:
    """Decoded for real, then followed."""
    client = serving(share("verified"))
    picture = code_picture(f"http://127.0.0.1:8200{CHECK_PATH}")
    data = {"file": (BytesIO(picture), "photo.json")}  # the name is never looked at
    response = client.post("/check", data=data, headers=HTML)

    assert '<span class="word">Verified</span>' in response.text


def test_a_code_for_another_site_is_named_and_not_opened(client: FlaskClient) -> None:
    """In the words of the domain."""
    picture = code_picture(f"https://evil.example/c/issuer.example/{TOKEN}")
    response = client.post("/check", data={"file": (BytesIO(picture), "x")}, headers=HTML)

    assert "This code points to another site: evil.example. We did not open it." in response.text
    assert '<span class="word">Could not check</span>' in response.text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"link": ""}, "link"),
        ({}, "link"),
        ({"link": "not a link"}, "link"),
        ({"text": "https://["}, "text"),
        ({"link": "https://a.example/", "text": "{}"}, "text"),
        ({"file": (BytesIO(b"\x89PNG\r\n\x1a\nxx"), "x.png")}, "file"),
    ],
)
def test_what_cannot_be_read_is_asked_for_again(
    client: FlaskClient, fields: dict[str, Any], field: str
) -> None:
    """The first page with the fault beside its field, and 400; JSON says the same."""
    page = client.post("/check", data=fields, headers=HTML, content_type="multipart/form-data")

    assert 400 == page.status_code
    assert f'href="#{field}"' in page.text
    assert f'id="{field}-e"' in page.text


def test_a_mistyped_link_stays_in_its_field(client: FlaskClient) -> None:
    """Nobody types 60 signs twice; and it stays text."""
    page = client.post("/check", data={"link": 'x "><b>'}, headers=HTML).text

    assert 'value="x &#34;&gt;&lt;b&gt;"' in page


def test_a_name_is_compared_without_script_and_forgotten(client: FlaskClient) -> None:
    """The page carries what was judged; the answer stands in the page."""
    page = check(client, "verified", HTML).text
    again = re.search(r'name="text" value="([^"]+)"', page)
    same = check(client, "verified", HTML, given="maya okafor reyes").text
    differs = check(client, "verified", HTML, given="<b>Maya</b>").text

    assert again is not None
    assert "Looks the same." in same
    assert "Differs." in differs
    assert "<b>Maya" not in differs
    assert "Maya Reyes" not in page


def test_a_share_carries_its_link_for_the_comparison() -> None:
    """Nothing is stored between the two requests."""
    client = serving(share("verified"))
    page = client.get(CHECK_PATH, headers=HTML).text
    link = re.search(r'name="link" value="([^"]+)"', page)

    assert link is not None
    assert f"http://127.0.0.1:8200{CHECK_PATH}" == link[1]
    answer = client.post("/check", data={"link": link[1], "given": "Maya Reyes"}, headers=HTML)
    assert "Differs." in answer.text


def test_a_link_of_a_stranger_is_switched_off(client: FlaskClient) -> None:
    """A known issuer's evidence may be followed, with the host named beside it."""
    assert 'href="https://portfolio.example' in check(client, "verified", HTML).text
    assert 'href="https://portfolio.example' not in check(client, "signed", HTML).text
    assert "portfolio.example" in check(client, "signed", HTML).text


def test_the_newer_version_is_one_button_away(client: FlaskClient) -> None:
    """On our own site, where it is checked again."""
    assert f'href="{CHECK_PATH}"' in check(client, "replaced", HTML).text
    assert "Open the newer version" not in check(client, "replaced-not-shared", HTML).text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/c/x", 404),
        ("GET", "/problems/NO_SUCH_CODE", 404),
        ("GET", "/static/../wsgi.py", 404),
        ("PUT", "/check", 405),
        ("GET", "/credentials/verify", 405),
        ("POST", "/check", 415),
    ],
)
def test_errors_are_problem_documents_or_pages(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    """By what the client asks for."""
    answer = client.open(path, method=method, headers=JSON, data=b"x", content_type="text/plain")
    page = client.open(path, method=method, headers=HTML, data=b"x", content_type="text/plain")

    assert (status, status) == (answer.status_code, page.status_code)
    assert "application/problem+json" == answer.content_type
    assert {"type", "title", "status", "detail"} == set(parse_json_object(answer.data))
    assert "<h1>" in page.text


def multipart(fields: dict[str, bytes], file_name: str | None = None) -> dict[str, Any]:
    """A form body as bytes: the test client would spool large ones to files it leaves open."""
    name_of_file = f'; filename="{file_name}"' if file_name else ""
    parts = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"{name_of_file}\r\n\r\n'.encode()
        + value
        + b"\r\n"
        for name, value in fields.items()
    )
    return {"data": parts + b"--b--\r\n", "content_type": "multipart/form-data; boundary=b"}


def test_an_upload_that_is_too_large_is_413(client: FlaskClient) -> None:
    """Said before it is read."""
    upload = multipart({"file": b"x" * 6_000_000}, "x")

    assert 413 == client.post("/check", headers=JSON, **upload).status_code


def test_an_upload_as_large_as_allowed_is_judged(client: FlaskClient) -> None:
    """Nearly 5 MB of anything is an answer and no error."""
    upload = multipart({"file": b"x" * 5_200_000}, "x")

    assert 400 == client.post("/check", headers=JSON, **upload).status_code


def test_too_many_parts_or_too_long_text_is_413(client: FlaskClient) -> None:
    """A form has few parts, and none is longer than a credential."""
    many = {f"field{n}": b"x" for n in range(50)}

    for fields in (many, {"text": b"x" * 3_000_000}):
        assert 413 == client.post("/check", headers=JSON, **multipart(fields)).status_code


@pytest.mark.parametrize("code", Code)
def test_every_problem_type_of_ours_is_explained_at_its_address(
    client: FlaskClient, code: Code
) -> None:
    """The type is a URL that a person may open."""
    answer = parse_json_object(client.get(f"/problems/{code}", headers=JSON).data)

    assert code.value == answer["code"]
    assert str(answer["title"]) in client.get(f"/problems/{code}", headers=HTML).text.replace(
        "&#39;", "'"
    )


def test_a_fault_of_ours_is_503_and_says_nothing_of_the_inside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A reference that finds it in the log, and when to try again."""

    def broken(*_: object, **__: object) -> Any:
        raise RuntimeError("secret inside")

    client = create_app(replace(fake_services(), judge=broken)).test_client()
    page, answer = check(client, "verified", HTML), check(client, "verified", JSON)

    assert (503, 503) == (page.status_code, answer.status_code)
    assert '<span class="word">Our fault</span>' in page.text
    assert "secret" not in page.text + answer.text
    assert "Retry-After" in page.headers
    reference = re.search(r"Reference (\w+)", page.text)
    assert reference is not None
    assert reference[1] in caplog.text
