"""Every route times every kind of caller, generated from the URL map."""

from __future__ import annotations

from typing import Final

import pytest
from werkzeug.test import TestResponse

from issuer.callers import Scope
from tests.issuer.web.site import Site, json_of, problem_code

PUBLIC: Final = {
    "public.context",
    "public.credential_type",
    "public.did_document",
    "public.explain_problem",
    "public.healthz",
    "public.readyz",
    "public.schema",
    "public.static_file",
    "public.status_list",
    "shares.as_json",
    "shares.code_as_png",
    "shares.code_as_svg",
    "shares.show",
}
GUARDED: Final = {
    "completions.complete": (Scope.ISSUE, "/completions"),
    "completions.import_payload": (Scope.ISSUE, "/imports/gigbridge-1"),
    "vc_api.issue": (Scope.ISSUE, "/credentials/issue"),
    "vc_api.derive_from": (Scope.READ, "/credentials/derive"),
    "vc_api.change_status": (Scope.REVOKE, "/credentials/status"),
    "vc_api.fetch": (Scope.READ, "/credentials/some-number"),
}
"""The scope that each route needs, and an address of it."""
NO_KEY = [None, "unknown", "garbage", "expired"]


def call(site: Site, endpoint: str, key: str | None) -> TestResponse:
    """The route with an empty but well-formed request."""
    path = GUARDED[endpoint][1]
    return site.get(path, key=key) if endpoint == "vc_api.fetch" else site.post(path, {}, key=key)


def test_every_route_is_known_here(site: Site) -> None:
    """A new route must say whether it is public or which scope it needs."""
    endpoints = {rule.endpoint for rule in site.app.url_map.iter_rules()}

    assert PUBLIC | set(GUARDED) == endpoints


@pytest.mark.parametrize("key", NO_KEY)
@pytest.mark.parametrize("endpoint", GUARDED)
def test_nobody_without_a_good_key(site: Site, endpoint: str, key: str | None) -> None:
    """No key, a wrong one, a malformed one, one that has ended: one and the same 401."""
    response = call(site, endpoint, key)

    assert 401 == response.status_code
    assert "UNAUTHORISED" == problem_code(response)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert json_of(call(site, endpoint, None)) == json_of(response)


@pytest.mark.parametrize("endpoint", GUARDED)
def test_nobody_without_the_scope(site: Site, endpoint: str) -> None:
    """A key does what its scope says and nothing else."""
    needed = GUARDED[endpoint][0]
    for key in ("issue", "revoke", "read"):
        response = call(site, endpoint, key)

        if key == needed.value:
            assert response.status_code not in (401, 403)
        else:
            assert (403, "FORBIDDEN") == (response.status_code, problem_code(response))


def test_another_tenants_things_are_not_there(site: Site) -> None:
    """The same answer as for things that nobody has."""
    issued = site.complete()
    number = site.post("/completions", {}, key="all")
    assert 400 == number.status_code
    location = site.post(
        "/credentials/issue", {"credential": _credential(site)}, key="all"
    ).headers["Location"]
    status = {
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        "status": True,
    }
    asked = [
        (site.get(location, key="theirs"), site.get(f"{location}0", key="theirs")),
        (
            site.post(
                "/credentials/status",
                status | {"credentialId": issued["credentialId"]},
                key="theirs",
            ),
            site.post("/credentials/status", status | {"credentialId": "urn:x:1"}, key="theirs"),
        ),
        (
            site.post("/issuers/ours/credentials/issue", {"credential": {}}, key="theirs"),
            site.post("/issuers/nobody/credentials/issue", {"credential": {}}, key="theirs"),
        ),
    ]

    for other, nothing in asked:
        assert 404 == other.status_code
        assert json_of(nothing) == json_of(other)
    assert 200 == site.get(location, key="all").status_code
    assert site.is_verified(issued["verifiableCredential"])


def _credential(site: Site) -> dict[str, object]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": site.issuers["ours"].did,
        "credentialSubject": {"id": "did:example:subject"},
    }


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/completions", {"POST", "OPTIONS"}),
        ("PUT", "/issuers/ours/credentials/issue", {"POST", "OPTIONS"}),
        ("DELETE", "/credentials/some-number", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/healthz", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_other_methods_are_405(site: Site, method: str, path: str, allowed: set[str]) -> None:
    """With the methods that are taken."""
    response = site.client.open(path, method=method)

    assert (405, "METHOD_NOT_ALLOWED") == (response.status_code, problem_code(response))
    assert allowed == set(response.headers["Allow"].split(", "))


def test_an_unknown_address_is_404_in_the_form_that_is_asked_for(site: Site) -> None:
    """A problem document for programs, a page for people."""
    for_program = site.get("/nothing")
    for_person = site.get("/nothing", Accept="text/html")

    assert (404, "NO_SUCH_PAGE") == (for_program.status_code, problem_code(for_program))
    assert 404 == for_person.status_code
    assert "text/html; charset=utf-8" == for_person.content_type


def test_no_answer_redirects(site: Site) -> None:
    """Clients of VC-API do not follow."""
    for path in ("/healthz/", "/completions/", "//healthz", "/credentials/issue/", "/s//x"):
        response = site.client.open(path, method="POST" if "c" in path else "GET")

        assert 404 == response.status_code


@pytest.mark.parametrize("path", ["/healthz", "/nothing", "/s/nothing", "/problems/E101"])
def test_every_answer_has_the_headers(site: Site, path: str) -> None:
    """Errors too."""
    response = site.get(path)

    assert "nosniff" == response.headers["X-Content-Type-Options"]
    assert "no-referrer" == response.headers["Referrer-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "no-store" == response.headers["Cache-Control"]
    assert "Set-Cookie" not in response.headers
    assert response.headers["Strict-Transport-Security"]


def test_the_host_header_is_never_believed(site: Site) -> None:
    """Every address in an answer is the public one of the settings."""
    response = site.client.post(
        "/completions", json={}, headers=site.bearer("all") | {"Host": "evil.example"}
    )

    assert b"evil.example" not in response.data
    assert response.get_json()["type"].startswith("https://")
