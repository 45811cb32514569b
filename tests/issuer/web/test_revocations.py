"""``/revocations`` over HTTP: ordered, shown, undone; and the bodies that are refused."""

from __future__ import annotations

import pytest

from tests.issuer.web.site import Site, json_of, problem_code
from verifier.strict_json import JsonObject


def test_the_life_of_an_order(site: Site) -> None:
    """Looked at, ordered, found, undone."""
    issued = site.complete()
    body = {"credentials": [issued["credentialId"]], "reason": "issuedInError"}

    tried = site.post("/revocations", body | {"dryRun": True})
    ordered = site.post("/revocations", body, Idempotency_Key="once")
    again = site.post("/revocations", body, Idempotency_Key="once")
    path = f"/revocations/{json_of(ordered)['id']}"
    undone = site.post(f"{path}/undo", {})

    assert (200, "dryRun", 1) == (
        tried.status_code,
        json_of(tried)["state"],
        json_of(tried)["count"],
    )
    assert (202, "pending", "2026-12-01T12:15:00Z") == (
        ordered.status_code,
        json_of(ordered)["state"],
        json_of(ordered)["undoUntil"],
    )
    assert json_of(ordered) == json_of(again)
    assert ordered.headers["Location"].endswith(path)
    assert "undone" == json_of(undone)["state"]
    assert json_of(undone) == json_of(site.get(path, key="all"))
    assert b"issuedInError" not in ordered.data
    assert 404 == site.get(path, key="theirs").status_code


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"credentials": []},
        {"credentials": ["x"], "filter": {"issuer": "ours"}},
        {"filter": {}},
        {"filter": {"name": "Ada"}},
        {"filter": {"issuedFrom": "yesterday"}},
        {"filter": {"issuer": 1}},
        {"credentials": "x"},
        {"credentials": [1]},
        {"credentials": ["x"] * 1001},
        {"credentials": ["x"], "undoWindow": -1},
        {"credentials": ["x"], "undoWindow": 604_801},
        {"credentials": ["x"], "why": "because"},
        {"credentials": ["x"], "reason": "they left"},
    ],
)
def test_a_body_that_is_not_understood_is_refused(site: Site, body: JsonObject) -> None:
    """Nothing is guessed."""
    response = site.post("/revocations", body)

    assert 400 == response.status_code
    assert problem_code(response)
