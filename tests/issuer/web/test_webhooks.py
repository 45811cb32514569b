"""``/webhooks`` over HTTP: the life of an address, and the bodies that are refused."""

from __future__ import annotations

import pytest

from tests.issuer.web.site import Site, json_of, problem_code
from verifier.strict_json import JsonObject

URL = "https://platform.example/hooks"
SECRET = "whsec_"


def add(site: Site, **members: object) -> JsonObject:
    response = site.post("/webhooks", {"url": URL, **members}, key="all")
    assert 201 == response.status_code, response.get_data(as_text=True)
    return json_of(response)


def test_the_life_of_an_address(any_site: Site) -> None:
    """Made, found, changed, given another secret, removed. Its secret is told twice, in the
    answers that make it, and never again."""
    made = add(any_site, kinds=["credential.revoked", "credential.issued"])
    path = f"/webhooks/{made['id']}"

    listed = any_site.get("/webhooks", key="all")
    changed = any_site.client.patch(
        path, json={"kinds": [], "active": False}, headers=any_site.bearer("all")
    )
    rotated = any_site.post(f"{path}/secret", {"overlapSeconds": 60})
    shown = any_site.get(path, key="all")
    removed = any_site.client.delete(path, headers=any_site.bearer("all"))

    without_secret = {name: value for name, value in made.items() if name != "secret"}
    assert [without_secret] == json_of(listed)["webhooks"]
    assert ([], "off") == (json_of(changed)["kinds"], json_of(changed)["state"])
    assert made["secret"].startswith(SECRET)
    assert json_of(rotated)["secret"].startswith(SECRET)
    assert made["secret"] != json_of(rotated)["secret"]
    assert "2026-12-01T12:01:00Z" == json_of(shown)["overlapUntil"]
    for response in (listed, changed, shown):
        assert SECRET.encode() not in response.data
    assert (204, b"") == (removed.status_code, removed.data)
    assert 404 == any_site.get(path, key="all").status_code


def test_a_test_a_replay_and_what_became_of_them(site: Site) -> None:
    """Taken at once and sent later; nothing was sent yet."""
    site.complete()
    made = add(site)
    path = f"/webhooks/{made['id']}"

    tested = site.post(f"{path}/test", {})
    replayed = site.post(f"{path}/replay", {})
    found = json_of(site.get(f"{path}/deliveries?state=pending&limit=5&before=9", key="all"))

    assert (202, 202) == (tested.status_code, replayed.status_code)
    assert 1 == json_of(replayed)["events"]
    assert [("pending", 0, None)] == [
        (row["state"], row["attempts"], row["outcome"]) for row in found["deliveries"]
    ]


def test_another_tenants_webhook_is_not_there(site: Site) -> None:
    """The same answer as for one that nobody has."""
    path = f"/webhooks/{add(site)['id']}"
    theirs = site.bearer("theirs")

    answers = [
        site.client.get(path, headers=theirs),
        site.client.get(f"{path}/deliveries", headers=theirs),
        site.client.patch(path, json={"active": False}, headers=theirs),
        site.client.delete(path, headers=theirs),
        *(
            site.client.post(f"{path}/{act}", json={}, headers=theirs)
            for act in ("secret", "test", "replay")
        ),
    ]

    assert [404] * 7 == [answer.status_code for answer in answers]
    assert 1 == len(json_of(site.get("/webhooks", key="all"))["webhooks"])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MALFORMED_VALUE_ERROR"),
        ({"url": 1}, "MALFORMED_VALUE_ERROR"),
        ({"url": URL, "secret": "mine"}, "MALFORMED_VALUE_ERROR"),
        ({"url": URL, "kinds": "credential.issued"}, "MALFORMED_VALUE_ERROR"),
        ({"url": URL, "kinds": ["credential"]}, "MALFORMED_VALUE_ERROR"),
        ({"url": URL, "kinds": [1]}, "MALFORMED_VALUE_ERROR"),
        ({"url": URL, "kinds": ["job.finished"] * 33}, "LIMIT_EXCEEDED"),
        ({"url": "http://127.0.0.1:8100/"}, "ADDRESS_NOT_ALLOWED"),
        ({"url": "https://192.168.0.1/"}, "ADDRESS_NOT_ALLOWED"),
    ],
)
def test_a_body_that_is_not_understood_is_refused(site: Site, body: JsonObject, code: str) -> None:
    """And nothing is made."""
    response = site.post("/webhooks", body)

    assert (400, code) == (response.status_code, problem_code(response))
    assert [] == json_of(site.get("/webhooks", key="all"))["webhooks"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("secret", {"overlapSeconds": -1}),
        ("secret", {"overlapSeconds": True}),
        ("secret", {"overlapSeconds": 604_801}),
        ("test", {"kind": "credential.issued"}),
        ("replay", {"from": 1}),
        ("replay", {"after": 1}),
        ("replay", {"after": "1-000000000000", "eventId": "x"}),
    ],
)
def test_an_act_that_is_not_understood_is_refused(site: Site, path: str, body: JsonObject) -> None:
    """400, and nothing changes."""
    made = add(site)

    assert 400 == site.post(f"/webhooks/{made['id']}/{path}", body).status_code


def test_the_same_address_twice_is_told(site: Site) -> None:
    """A call whose answer was lost may be repeated: it says that it was done."""
    add(site)

    response = site.post("/webhooks", {"url": URL})

    assert (409, "NAME_TAKEN") == (response.status_code, problem_code(response))
