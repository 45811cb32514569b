"""A tenant and its keys over HTTP: who am I, make, list, rotate, revoke."""

from __future__ import annotations

import pytest

from issuer import limits
from issuer.callers import Scope
from tests.issuer.web.site import Site, json_of, problem_code
from verifier.strict_json import JsonObject, JsonValue


def make(site: Site, *, key: str = "all", **members: JsonValue) -> JsonObject:
    """A new key, made by the one that is called ``key``."""
    body = {"label": "nightly", "scopes": ["issue"], "days": 90} | members
    response = site.post("/apikeys", body, key=key)
    assert 201 == response.status_code, response.get_data(as_text=True)
    return json_of(response)


def listed(site: Site, key: str = "all") -> dict[str, JsonObject]:
    """The keys of a tenant by their prefixes."""
    answer = json_of(site.get("/apikeys", key=key))
    return {one["prefix"]: one for one in answer["apiKeys"]}


def delete(site: Site, prefix: str, key: str = "all") -> int:
    """Revoke a key: the status."""
    headers = site.bearer(key)
    return site.client.delete(f"/apikeys/{prefix}", headers=headers).status_code


@pytest.mark.parametrize("key", [scope.value for scope in Scope])
def test_every_key_is_told_whose_it_is(site: Site, key: str) -> None:
    """The tenant, its own scopes, its end, the issuers; nothing of other tenants."""
    answer = json_of(site.get("/tenant", key=key))

    assert ("ours", [key], "2027-12-01T12:00:00Z") == (
        answer["tenant"],
        answer["scopes"],
        answer["ends"],
    )
    assert site.keys[key].split("_")[1] == answer["key"]
    assert [("ours", False)] == [(it["name"], it["sandbox"]) for it in answer["issuers"]]


@pytest.mark.parametrize("key", [None, "unknown", "garbage", "expired", "revoked"])
def test_nobody_else_is_told_anything(site: Site, key: str | None) -> None:
    """As on every route."""
    response = site.get("/tenant", key=key)

    assert (401, "UNAUTHORISED") == (response.status_code, problem_code(response))


def test_a_key_is_made_once_and_works(site: Site) -> None:
    """Its secret is in the answer, and in no list."""
    made = make(site)
    site.keys = {**site.keys, "made": made["apiKey"]}

    works = site.post("/completions", {}, key="made")
    everything = site.get("/apikeys", key="all").get_data(as_text=True)

    assert 400 == works.status_code
    assert (["issue"], "active", "2027-03-01T12:00:00Z") == (
        made["scopes"],
        made["state"],
        made["ends"],
    )
    assert made["prefix"] in everything
    assert made["apiKey"].split("_")[2] not in everything


def test_keys_are_rotated_with_an_overlap(site: Site) -> None:
    """Both are good until the first is revoked; then it opens nothing."""
    first, second = make(site, scopes=["read"]), make(site, scopes=["read"])
    site.keys = {**site.keys, "first": first["apiKey"], "second": second["apiKey"]}

    both = [site.get("/events", key=key).status_code for key in ("first", "second")]
    gone = delete(site, first["prefix"])
    after = [site.get("/events", key=key).status_code for key in ("first", "second")]

    assert ([200, 200], 204, [401, 200]) == (both, gone, after)
    assert "revoked" == listed(site)[first["prefix"]]["state"]


def test_a_key_of_another_tenant_is_not_there(site: Site) -> None:
    """The same answer as for one that nobody has, and it goes on working."""
    prefix = site.keys["read"].split("_")[1]

    other, nothing = delete(site, prefix, "theirs"), delete(site, "aaaaaaaaaaaa", "theirs")

    assert (404, 404) == (other, nothing)
    assert 200 == site.get("/events", key="read").status_code
    assert prefix not in listed(site, "theirs")


def test_a_key_gives_no_more_than_it_has(site: Site) -> None:
    """Whoever looks after keys does not thereby get to issue."""
    response = site.post("/apikeys", {"label": "x", "scopes": ["issue"]}, key="admin")

    assert (403, "FORBIDDEN") == (response.status_code, problem_code(response))
    assert ["admin"] == make(site, key="admin", scopes=["admin"])["scopes"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"label": "x"},
        {"scopes": ["issue"]},
        {"label": "x", "scopes": []},
        {"label": "x", "scopes": ["everything"]},
        {"label": "x", "scopes": "issue"},
        {"label": "x", "scopes": [1]},
        {"label": "", "scopes": ["issue"]},
        {"label": "x\ny", "scopes": ["issue"]},
        {"label": "x", "scopes": ["issue"], "days": 0},
        {"label": "x", "scopes": ["issue"], "days": 366},
        {"label": "x", "scopes": ["issue"], "days": "9"},
        {"label": "x", "scopes": ["issue"], "secret": "mine"},
        {"label": "x", "scopes": ["issue"], "tenant": "theirs"},
    ],
)
def test_a_wish_that_is_none_is_refused(site: Site, body: JsonObject) -> None:
    """400, and no key."""
    before = listed(site)

    response = site.post("/apikeys", body)

    assert 400 == response.status_code
    assert before.keys() == listed(site).keys()


def test_there_are_not_endlessly_many(site: Site) -> None:
    """Keys that have ended do not count."""
    missing = limits.API_KEYS_PER_TENANT - sum(
        one["state"] == "active" for one in listed(site).values()
    )
    made = [make(site, days=1) for _ in range(missing)]

    refused = site.post("/apikeys", {"label": "x", "scopes": ["read"]})
    delete(site, made[0]["prefix"])
    again = site.post("/apikeys", {"label": "x", "scopes": ["read"]})

    assert (409, "TOO_MANY_KEYS", 201) == (
        refused.status_code,
        problem_code(refused),
        again.status_code,
    )


def test_the_day_of_the_last_use_is_known_and_no_more(site: Site) -> None:
    """Written once a day, for operators who look for keys that nobody uses."""
    prefix = site.keys["read"].split("_")[1]
    before = listed(site)[prefix]["lastUsed"]
    site.get("/events", key="read")
    site.clock.move(hours=2)
    site.get("/events", key="read")
    today = listed(site)[prefix]["lastUsed"]
    site.clock.move(days=1)
    site.get("/events", key="read")

    assert (None, "2026-12-01", "2026-12-02") == (
        before,
        today,
        listed(site)[prefix]["lastUsed"],
    )


def test_a_key_that_ends_soon_says_so(site: Site) -> None:
    """For thirty days, on every answer, refusals too; never to anybody else."""
    early = site.get("/events", key="read")
    site.clock.move(days=336)
    late = [site.get("/events", key="read"), site.post("/completions", {}, key="read")]
    nobody = site.get("/events")

    assert "API-Key-Ends" not in early.headers
    assert ["2027-12-01T12:00:00Z"] * 2 == [it.headers["API-Key-Ends"] for it in late]
    assert [200, 403] == [it.status_code for it in late]
    assert "API-Key-Ends" not in nobody.headers


def test_who_made_a_key_stands_in_the_trail(site: Site) -> None:
    """The key that asked for it, not the operator."""
    made = make(site)
    site.clock.move(seconds=1)
    delete(site, made["prefix"])
    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        lines = unit.events.of(made["prefix"])

    actor = f"apikey:{site.keys['all'].split('_')[1]}"
    assert [(actor, "apiKeyCreated"), (actor, "apiKeyRevoked")] == [
        (line.actor, line.action) for line in lines
    ]
