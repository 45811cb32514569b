"""What everybody may read: health, DID documents, our context and schemas, problem types."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
import rfc8785

import schemas
from issuer.errors import IssuerCode
from issuer.record import SENTENCES
from issuer.web.problems import STATUSES, TITLES, WebCode
from tests.issuer.web.site import BASE_URL, Site, json_of, problem_code
from verifier.dids import resolve
from verifier.errors import Code
from verifier.type_metadata import parse_type_metadata


def test_health(site: Site) -> None:
    """The process answers, and so does its database."""
    assert (200, {"status": "ok"}) == (
        site.get("/healthz").status_code,
        json_of(site.get("/healthz")),
    )
    assert (200, {"status": "ok"}) == (
        site.get("/readyz").status_code,
        json_of(site.get("/readyz")),
    )


def test_the_did_document_is_where_did_web_looks(site: Site) -> None:
    """The verifier resolves the issuer's DID to it."""
    did = site.issuers["ours"].did

    found = resolve(did, fetch=site.fetch, now=datetime(2026, 3, 24, tzinfo=UTC))

    assert "did:web:issuer.microintern.example:issuers:ours" == did == found.id
    response = site.get("/issuers/ours/did.json")
    assert "json" in response.content_type
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert "public, max-age=300" == response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["nobody", "..", "%2e%2e", "OURS", "x" * 3000])
def test_there_is_no_did_document_of_nobody(site: Site, name: str) -> None:
    """Unknown and malformed names are 404."""
    assert 404 == site.get(f"/issuers/{name}/did.json").status_code


def test_the_context_is_served_as_it_is_pinned(site: Site) -> None:
    """The same meaning (RFC 8785), for every origin, for ever."""
    response = site.get("/contexts/micro-internship/v1")

    served = hashlib.sha256(rfc8785.dumps(json_of(response))).digest()
    assert (
        hashlib.sha256(rfc8785.dumps(schemas.load_context(schemas.CONTEXT_URL))).digest() == served
    )
    assert "application/ld+json" == response.content_type
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert "public, max-age=31536000, immutable" == response.headers["Cache-Control"]


def test_the_type_of_plain_credentials(site: Site) -> None:
    """JSON at its own address, for every origin and for good (SD-JWT VC, section 5)."""
    response = site.get("/types/micro-internship/v1")

    address = f"{BASE_URL}/types/micro-internship/v1"
    metadata = parse_type_metadata(response.data, vct=address, integrity=None)
    assert "Micro-internship" == metadata.name
    assert ("credentialSubject", "identifier", None) in {it.path for it in metadata.claims}
    assert "application/json" == response.content_type
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert "public, max-age=31536000, immutable" == response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["micro-internship-completion-1.0", "micro-internship-credential-1.0"]
)
def test_schemas(site: Site, name: str) -> None:
    """Both of ours."""
    response = site.get(f"/schemas/{name}.json")

    assert schemas.load_schema(name) == json_of(response)
    assert "*" == response.headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("name", ["nothing", "..%2fprofiles%2fgigbridge-1", "gigbridge-1"])
def test_nothing_else_of_the_package_is_served(site: Site, name: str) -> None:
    """Names are looked up, never joined to a path."""
    assert 404 == site.get(f"/schemas/{name}.json").status_code


@pytest.mark.parametrize("code", [*Code, *IssuerCode, *WebCode, *SENTENCES])
def test_every_code_is_explained(site: Site, code: str) -> None:
    """At its own address, for programs and for people."""
    as_json = site.get(f"/problems/{code}")
    as_page = site.get(f"/problems/{code}", Accept="text/html")

    assert 200 == as_json.status_code
    assert code == json_of(as_json)["code"]
    assert json_of(as_json)["title"]
    assert code in as_page.get_data(as_text=True)


def test_an_unknown_code_is_not_explained(site: Site) -> None:
    """404."""
    assert (404, "NO_SUCH_PAGE") == (
        site.get("/problems/NOTHING").status_code,
        problem_code(site.get("/problems/NOTHING")),
    )


def test_every_code_has_a_status_and_a_title() -> None:
    """The table is complete."""
    assert {*IssuerCode, *WebCode} == set(STATUSES)
    assert {*Code, *IssuerCode, *WebCode} == set(TITLES)


def test_a_status_list_is_a_credential_that_verifies(site: Site) -> None:
    """Open to everybody, kept for at most thirty seconds, with an ETag that is understood."""
    entry = site.complete()["verifiableCredential"]["credentialStatus"]

    response = site.get(entry["statusListCredential"])

    document = json_of(response)
    assert site.is_verified(document)
    assert entry["statusListCredential"].startswith(f"{BASE_URL}/status/")
    assert isinstance(document["issuer"], str)
    assert "json" in response.content_type
    assert "*" == response.headers["Access-Control-Allow-Origin"]
    assert 30 >= int(response.headers["Cache-Control"].rpartition("=")[2])
    again = site.get(entry["statusListCredential"], If_None_Match=response.headers["ETag"])
    assert (304, b"") == (again.status_code, again.data)
    assert response.headers["ETag"] == again.headers["ETag"]


def test_a_status_list_as_application_vc(site: Site) -> None:
    """For those who ask by that name, the same bytes."""
    url = site.complete()["verifiableCredential"]["credentialStatus"]["statusListCredential"]

    response = site.get(url, Accept="application/vc")

    assert "application/vc" == response.content_type
    assert site.get(url).data == response.data


@pytest.mark.parametrize("list_id", ["nothing", "0" * 32, "x" * 3000, "%00"])
def test_an_unknown_list_is_404(site: Site, list_id: str) -> None:
    """Whatever is asked for."""
    assert 404 == site.get(f"/status/{list_id}").status_code


def test_files_of_the_pages(site: Site) -> None:
    """Sheets and icons under names that change with their content; nothing else."""
    page = site.get("/s/nothing").get_data(as_text=True)
    path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]

    response = site.get(path)

    assert "text/css; charset=utf-8" == response.content_type
    assert "public, max-age=31536000, immutable" == response.headers["Cache-Control"]
    assert 404 == site.get("/static/0000000000000000/base.css").status_code
    assert 404 == site.get("/static/../wsgi.py").status_code
