"""Every route times every kind of caller, generated from the URL map."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Final

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from issuer.callers import Scope
from issuer.office import Office
from issuer.settings import Settings
from issuer.web.application import create_app
from issuer.web.services import Services
from tests.issuer.web.site import BASE_URL, Clock, Site, completion, json_of, problem_code
from verifier.strict_json import parse_json

PUBLIC: Final = {
    "attest.show",
    "attest.take",
    "oauth.metadata",
    "oauth.revoke",
    "oauth.token",
    "documentation.example",
    "documentation.explain_problem",
    "documentation.openapi",
    "documentation.reference",
    "public.context",
    "public.credential_type",
    "public.did_document",
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
    "revocations.order": (Scope.REVOKE, "/revocations"),
    "revocations.show": (Scope.REVOKE, "/revocations/some-number"),
    "revocations.take_back": (Scope.REVOKE, "/revocations/some-number/undo"),
    "corrections.add": (Scope.ISSUE, "/credentials/some-number/corrections"),
    "completions.complete": (Scope.ISSUE, "/completions"),
    "batches.complete_many": (Scope.ISSUE, "/completions/batch"),
    "imports.import_payload": (Scope.ISSUE, "/imports/gigbridge-1"),
    "vc_api.issue": (Scope.ISSUE, "/credentials/issue"),
    "vc_api.derive_from": (Scope.READ, "/credentials/derive"),
    "vc_api.change_status": (Scope.REVOKE, "/credentials/status"),
    "keys.list_keys": (Scope.ADMIN, "/apikeys"),
    "keys.make_key": (Scope.ADMIN, "/apikeys"),
    "keys.end_key": (Scope.ADMIN, "/apikeys/some-number"),
    "vc_api.fetch": (Scope.READ, "/credentials/some-number"),
    "further.assert_skills": (Scope.ISSUE, "/credentials/some-number/skill-assertions"),
    "further.award_credit": (Scope.CREDIT, "/credentials/some-number/academic-credit"),
    "further.related": (Scope.READ, "/credentials/some-number/related"),
    "offers.show_all": (Scope.READ, "/offers"),
    "offers.show": (Scope.READ, "/offers/some-number"),
    "offers.consent": (Scope.ISSUE, "/offers/some-number/consent"),
    "offers.decline": (Scope.ISSUE, "/offers/some-number/decline"),
    "offers.attest": (Scope.ISSUE, "/offers/some-number/attest"),
    "offers.name_supervisor": (Scope.ISSUE, "/offers/some-number/supervisor"),
    "jobs.begin": (Scope.ISSUE, "/jobs"),
    "jobs.cancel": (Scope.ISSUE, "/jobs/some-number/cancel"),
    "jobs.failed": (Scope.ISSUE, "/jobs/some-number/failed.csv"),
    "jobs.newest": (Scope.ISSUE, "/jobs"),
    "jobs.pause": (Scope.ISSUE, "/jobs/some-number/pause"),
    "jobs.resume": (Scope.ISSUE, "/jobs/some-number/resume"),
    "jobs.retry": (Scope.ISSUE, "/jobs/some-number/retry"),
    "jobs.rows": (Scope.ISSUE, "/jobs/some-number/rows"),
    "jobs.show": (Scope.ISSUE, "/jobs/some-number"),
    "events.read": (Scope.READ, "/events"),
    "webhooks.add": (Scope.ADMIN, "/webhooks"),
    "webhooks.list_all": (Scope.ADMIN, "/webhooks"),
    "webhooks.show": (Scope.ADMIN, "/webhooks/some-number"),
    "webhooks.change": (Scope.ADMIN, "/webhooks/some-number"),
    "webhooks.remove": (Scope.ADMIN, "/webhooks/some-number"),
    "webhooks.rotate": (Scope.ADMIN, "/webhooks/some-number/secret"),
    "webhooks.send_test": (Scope.ADMIN, "/webhooks/some-number/test"),
    "webhooks.replay": (Scope.ADMIN, "/webhooks/some-number/replay"),
    "webhooks.deliveries": (Scope.ADMIN, "/webhooks/some-number/deliveries"),
}
"""The scope that each route needs, and an address of it."""
ARGUMENTS: Final = {"issuer_name": "ours", "profile_name": "gigbridge-1"}
"""What stands in an address for an argument; ``some-number`` for others."""
PAYLOAD: Final = Path(__file__).resolve().parents[3] / "deploy" / "demo_payload.json"
FOR_EVERY_KEY: Final = {"keys.who_am_i"}
"""What every key that is good may ask, whatever its scopes (``test_keys``)."""
_NOTHING: Final = object()


def route_rules() -> list[Rule]:
    """The rules of the application, which do not depend on its services."""
    services = Services(
        settings=Settings(),
        office=Office(store=_NOTHING, keyring=_NOTHING, base_url=BASE_URL),  # type: ignore[arg-type]
        clock=Clock(),
        new_uuid=uuid.uuid4,
    )
    return list(create_app(services).url_map.iter_rules())


def _address(rule: Rule) -> str:
    return re.sub(
        r"<(?:[^:<>]+:)?([^<>]+)>", lambda it: ARGUMENTS.get(it[1], "some-number"), rule.rule
    )


NO_KEY: Final = [None, "unknown", "garbage", "expired", "revoked"]
"""Callers who are nobody. That a key has ended or was revoked is not told either."""
ROUTES: Final = [
    (rule.endpoint, method, _address(rule))
    for rule in route_rules()
    if rule.endpoint in GUARDED
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
]
"""Every guarded route with each of its methods, from the URL map itself."""


def heads(response: TestResponse) -> list[tuple[str, str]]:
    """The headers, without the name of the request."""
    return [it for it in response.headers if it[0] != "X-Request-Id"]


def call(site: Site, method: str, path: str, key: str | None) -> TestResponse:
    """The route with an empty but well-formed request."""
    body = None if method in ("GET", "DELETE") else {}
    return site.client.open(path, method=method, json=body, headers=site.bearer(key))


def test_every_route_is_known_here(site: Site) -> None:
    """A new route must say whether it is public or which scope it needs."""
    endpoints = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if not rule.endpoint.startswith("console")
    }

    assert PUBLIC | set(GUARDED) | FOR_EVERY_KEY == endpoints


@pytest.mark.parametrize(("endpoint", "method", "path"), ROUTES)
def test_nobody_without_a_good_key(site: Site, endpoint: str, method: str, path: str) -> None:
    """No key, a wrong one, a malformed one, one that has ended or was revoked: one 401, to the
    last header."""
    responses = [call(site, method, path, key) for key in NO_KEY]

    for response in responses:
        assert (401, "UNAUTHORISED") == (response.status_code, problem_code(response))
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert (responses[0].data, heads(responses[0])) == (
            response.data,
            heads(response),
        )


@pytest.mark.parametrize(("endpoint", "method", "path"), ROUTES)
def test_nobody_without_the_scope(site: Site, endpoint: str, method: str, path: str) -> None:
    """A key does what its scope says and nothing else."""
    needed = GUARDED[endpoint][0]
    for scope in Scope:
        response = call(site, method, path, scope.value)

        if scope is needed:
            assert response.status_code not in (401, 403)
        else:
            assert (403, "FORBIDDEN") == (response.status_code, problem_code(response))


@pytest.mark.parametrize(
    ("endpoint", "method", "path"), [route for route in ROUTES if "/issuers/ours" in route[2]]
)
def test_an_issuer_of_another_tenant_is_not_there(
    site: Site, endpoint: str, method: str, path: str
) -> None:
    """Below its address everything answers as below a name that nobody has."""
    body = well_formed(endpoint)
    other, nothing = (
        site.client.open(there, method=method, json=body, headers=site.bearer("theirs"))
        for there in (path, path.replace("/issuers/ours", "/issuers/nobody"))
    )

    assert (404, "NOT_FOUND") == (other.status_code, problem_code(other))
    assert (nothing.status_code, nothing.data) == (other.status_code, other.data)
    assert heads(nothing) == heads(other)


def well_formed(endpoint: str) -> object:
    """A body that is refused for nothing but its issuer, where an empty one would be."""
    bodies = {
        "completions.complete": completion(),
        "batches.complete_many": {"completions": [completion()]},
        "imports.import_payload": {
            "payload": parse_json(PAYLOAD.read_bytes()),
            "learnerConsent": {"given": False},
        },
    }
    return bodies.get(endpoint, {})


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
        assert (json_of(nothing), heads(nothing)) == (json_of(other), heads(other))
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
