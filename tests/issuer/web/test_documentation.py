"""The documentation for people, the pages of problem types, and what holds for every answer."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from issuer.record import SENTENCES
from issuer.web.explanations import explain
from issuer.web.openapi import describe
from issuer.web.problems import TITLES
from tests.issuer.web.openapi.example_calls import calls
from tests.issuer.web.site import BASE_URL, Site, completion, json_of
from verifier.strict_json import parse_json_object

CODES = [*map(str, TITLES), *SENTENCES]


def test_the_page_tells_every_operation(site: Site) -> None:
    """With its address and its id as a place in the page."""
    page = site.get("/docs", Accept="text/html").get_data(as_text=True)

    for operation in describe(BASE_URL).operations:
        assert operation.path in page
        assert operation.twin_of or f'id="{operation.id}"' in page


def test_every_example_of_the_page_can_be_fetched(site: Site) -> None:
    """As the file that the command beside it sends."""
    page = site.get("/docs", Accept="text/html").get_data(as_text=True)
    files = set(re.findall(r'href="(/docs/examples/[^"]+)"', page))
    bodies = [parse_json_object(site.get(file).data) for file in files]

    assert len(files) >= 4
    assert all(body in bodies for body in (call.example.value for call in calls()[:2]))
    assert 404 == site.get("/docs/examples/nothing.json").status_code


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(site: Site, code: str) -> None:
    """What it means and what to do: a page for people, the same for programs."""
    page = site.get(f"/problems/{code}", Accept="text/html")
    told = json_of(site.get(f"/problems/{code}"))
    explanation = explain(code)

    assert explanation is not None
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.content_type)
    assert 'href="/docs"' in page.get_data(as_text=True)
    assert (explanation.meaning, explanation.remedy) == (told["meaning"], told["remedy"])
    assert code == told["code"]


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/credentials/x", "/s/nothing"])
def test_every_answer_names_its_request(site: Site, path: str) -> None:
    """By the caller's own name if it is a plain one, else by ours."""
    ours = site.get(path).headers["X-Request-Id"]

    assert re.fullmatch(r"[0-9a-f]{32}", ours)
    assert "run-7.a_b" == site.get(path, X_Request_Id="run-7.a_b").headers["X-Request-Id"]
    for strange in ("", "a b", "é", "x" * 65, '"><'):
        assert strange != site.get(path, X_Request_Id=strange).headers["X-Request-Id"]


def test_a_list_leads_to_its_next_page(site: Site) -> None:
    """While there is one; the rest of the query stays."""
    for name in ("01", "02"):
        assert 201 == site.post("/completions", completion(name)).status_code
    query = "limit=1&kind=credential.issued"
    told, addresses = [], [f"{BASE_URL}/events?{query}"]
    while len(addresses) <= 4:
        page = site.get(addresses[-1], key="all")
        told += json_of(page)["events"]
        link = re.fullmatch(r'<([^>]+)>; rel="next"', page.headers.get("Link", ""))
        if link is None:
            break
        addresses.append(link[1])
    cursor = told[0]["cursor"]

    assert 2 == len({event["id"] for event in told}) == len(told)
    assert f"{query}&after={cursor}" == urlsplit(addresses[1]).query
    assert "Link" not in page.headers
