"""``GET /events``: pages, cursors, and the questions that it refuses."""

from __future__ import annotations

import pytest

from tests.issuer.web.site import Site, json_of, problem_code


def test_what_happened_is_read_in_order(any_site: Site) -> None:
    """Issue and revoke; then only what is new."""
    issued = any_site.complete()
    first = json_of(any_site.get("/events", key="read"))
    status = {
        "credentialId": issued["credentialId"],
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        "status": True,
        "reason": "wrongPerson",
    }
    any_site.post("/credentials/status", status)

    second = any_site.get(f"/events?after={first['next']}&limit=5", key="read")

    assert ["credential.issued"] == [event["type"] for event in first["events"]]
    assert {"cursor", "id", "type", "timestamp", "data"} == set(first["events"][0])
    assert ["credential.revoked"] == [event["type"] for event in json_of(second)["events"]]
    assert not json_of(second)["more"]
    assert b"wrongPerson" not in second.data
    assert "no-store" == second.headers["Cache-Control"]


def test_kinds_are_chosen(site: Site) -> None:
    """Several at once; what is left out is passed."""
    site.complete()

    none = json_of(site.get("/events?kind=job.finished&kind=credential.revoked", key="read"))
    one = json_of(site.get("/events?kind=credential.issued", key="read"))

    assert ([], 1) == (none["events"], len(one["events"]))
    assert one["next"] == none["next"]


@pytest.mark.parametrize(
    "query",
    [
        *("limit=0", "limit=501", "limit=x", "limit=-1", "limit=1&limit=2", "limit=%F0%9F%98%80"),
        *("kind=credential", "kind=", "kind=credential.issued,job.finished", "before=1"),
        "&".join(["kind=job.finished"] * 33),
    ],
)
def test_a_question_that_is_not_understood_is_refused(site: Site, query: str) -> None:
    """Nothing is guessed."""
    response = site.get(f"/events?{query}", key="read")

    assert 400 == response.status_code
    assert problem_code(response) in ("MALFORMED_VALUE_ERROR", "LIMIT_EXCEEDED")


def test_a_cursor_that_is_not_here_is_told(site: Site) -> None:
    """410, and how to go on."""
    for cursor in ("1-000000000000", "", "%00", "1"):
        response = site.get(f"/events?after={cursor}", key="read")

        assert (410, "CURSOR_GONE") == (response.status_code, problem_code(response))
