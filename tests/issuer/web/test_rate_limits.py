"""Limits over HTTP: who is told to come back, and who never is."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from issuer.rate_limits import DEFAULT_RULES, Counted, Limiter, RateSettings, Rule
from issuer.web.application import create_app
from tests.issuer.web.site import BASE_URL, Site, completion, json_of, problem_code

WEB = Path(__file__).resolve().parents[3] / "issuer" / "web"


def limited(site: Site, *, proxies: int = 0, **rules: str) -> Site:
    """The same site under the default rules, and ``rules`` as ``COUNT/SECONDS``."""
    changed: Mapping[Counted, Rule] = {
        Counted(name.replace("_", "-")): Rule(
            count=int(rule.partition("/")[0]), seconds=int(rule.partition("/")[2])
        )
        for name, rule in rules.items()
    }
    settings = replace(site.services.settings, rates=RateSettings(trusted_proxies=proxies))
    services = replace(
        site.services, settings=settings, limiter=Limiter(rules={**DEFAULT_RULES, **changed})
    )
    app = create_app(services)
    return replace(site, services=services, app=app, client=app.test_client())


def test_a_flooding_tenant_is_told_when_to_come_back(site: Site) -> None:
    """429 with the seconds, in a problem document; another tenant notices nothing (R19)."""
    busy = limited(site, issue="3/60")

    answers = [busy.post("/completions", {}, key="all") for _ in range(5)]
    other = busy.post("/completions", {}, key="theirs")
    reading = busy.get("/events", key="all")
    busy.clock.move(seconds=int(answers[-1].headers["Retry-After"]))
    later = busy.post("/completions", {}, key="all")

    assert [400, 400, 400, 429, 429] == [answer.status_code for answer in answers]
    assert "RATE_LIMITED" == problem_code(answers[-1])
    assert '"issue";q=3;w=60' == answers[-1].headers["RateLimit-Policy"]
    assert answers[-1].headers["RateLimit"].startswith('"issue";r=0;t=')
    assert [400, 200, 400] == [other.status_code, reading.status_code, later.status_code]


def test_every_key_of_a_tenant_draws_on_the_same_limit(site: Site) -> None:
    """More keys are not more calls; reading counts among the requests as well."""
    busy = limited(site, requests="2/60")

    answers = [busy.get("/events", key=key) for key in ("read", "all", "read")]

    assert [200, 200, 429] == [answer.status_code for answer in answers]


def test_calls_without_the_right_count_too(site: Site) -> None:
    """A key that asks for what it may not have does not ask for ever."""
    busy = limited(site, requests="2/60")

    answers = [busy.post("/completions", {}, key="read") for _ in range(3)]

    assert [403, 403, 429] == [answer.status_code for answer in answers]


def test_an_answer_that_is_only_looked_up_again_counts(site: Site) -> None:
    """It is counted before the body is read. Nothing is lost: it comes when it is asked later."""
    busy = limited(site, issue="2/60")
    body = completion("01")
    calls = [busy.post("/completions", body, Idempotency_Key="k") for _ in range(3)]
    busy.clock.move(seconds=int(calls[-1].headers["Retry-After"]))

    again = busy.post("/completions", body, Idempotency_Key="k")

    assert [201, 201, 429, 201] == [call.status_code for call in (*calls, again)]
    assert calls[0].data == again.data


def test_150_guesses_stop(site: Site) -> None:
    """From one address, whatever they are like; and the key that was meant still works."""
    busy = limited(site)
    key = busy.keys["all"]
    guesses = [f"{key[:-3]}{letters}" for letters in combinations(150)]

    answers = [
        busy.client.get("/events", headers={"Authorization": f"Bearer {guess}"})
        for guess in guesses
    ]
    right = busy.get("/events", key="all")

    assert {401, 429} == {answer.status_code for answer in answers}
    assert 50 == sum(answer.status_code == 401 for answer in answers)
    assert 429 == answers[-1].status_code
    assert answers[-1].headers["Retry-After"]
    assert 200 == right.status_code


def combinations(count: int) -> list[str]:
    """So many different ends of a key, none of which is right."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return [f"{a}{b}1" for a in letters for b in letters][:count]


def test_guesses_of_many_keys_stop_by_their_address(site: Site) -> None:
    """From elsewhere nothing has changed."""
    busy = limited(site)

    for number in range(120):
        answer = busy.client.get("/events", headers={"Authorization": f"Bearer x{number}"})
    elsewhere = busy.client.get(
        "/events",
        headers={"Authorization": "Bearer x"},
        environ_base={"REMOTE_ADDR": "192.0.2.77"},
    )

    assert (429, 401) == (answer.status_code, elsewhere.status_code)


def test_who_brings_no_key_guesses_nothing(site: Site) -> None:
    """The answer stays 401."""
    busy = limited(site, guesses_by_address="2/60")

    assert {401} == {busy.get("/events").status_code for _ in range(20)}


def test_share_links_are_not_tried_in_a_row(site: Site) -> None:
    """Each look counts, found or not; a person is told on a page."""
    busy = limited(site, shares="3/60")
    url = busy.complete()["share"]["url"]

    found = [busy.get(path).status_code for path in (url, f"{url}.json", f"{url}/qr.png")]
    program = busy.get("/s/00000000000000000000000000.json")
    person = busy.get(url, Accept="text/html")
    did = busy.get("/issuers/ours/did.json")

    assert [200, 200, 200] == found
    assert (429, "RATE_LIMITED") == (program.status_code, problem_code(program))
    assert (429, "text/html; charset=utf-8") == (person.status_code, person.content_type)
    assert person.headers["Retry-After"]
    assert 200 == did.status_code


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted_as"),
    [
        (0, ["203.0.113.1"], "127.0.0.1"),
        (1, [], "127.0.0.1"),
        (1, ["203.0.113.1"], "203.0.113.1"),
        (1, ["198.51.100.9, 203.0.113.1"], "203.0.113.1"),
        (1, ["198.51.100.9", "203.0.113.1"], "203.0.113.1"),
        (2, ["198.51.100.9, 203.0.113.1, 192.0.2.1"], "203.0.113.1"),
        (2, ["203.0.113.1"], "127.0.0.1"),
        (1, ["not an address"], "127.0.0.1"),
        (1, ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
        (1, [","], "127.0.0.1"),
    ],
)
def test_an_address_is_believed_from_the_operators_proxies_alone(
    site: Site, proxies: int, forwarded: list[str], counted_as: str
) -> None:
    """What a client writes into the header itself stands further left, and counts for nothing."""
    busy = limited(site, proxies=proxies, shares="1/60")
    path = "/s/00000000000000000000000000"
    headers = [("X-Forwarded-For", value) for value in forwarded]

    busy.client.get(path, headers=headers)
    again = busy.client.get(path, headers=headers)
    keys = [key for key in busy.services.limiter.storage.storage if "|shares|" in key]  # type: ignore[attr-defined]

    assert 429 == again.status_code
    assert [counted_as] == [key.split("|")[2] for key in keys]


def test_two_neighbours_are_two_and_one_network_is_one(site: Site) -> None:
    """A customer of an IPv6 provider has more addresses than anybody can count."""
    busy = limited(site, proxies=1, shares="1/60")
    path = "/s/00000000000000000000000000"

    answers = [
        busy.client.get(path, headers={"X-Forwarded-For": address}).status_code
        for address in (
            "2001:db8::1",
            "2001:db8::2",
            "2001:db8:0:1::1",
            "203.0.113.1",
            "203.0.113.2",
        )
    ]

    assert [404, 429, 404, 404, 404] == answers


def test_every_route_comes_in_through_the_gate() -> None:
    """A module of the web that admits callers by itself would pass by the limits."""
    passing_by = {
        path.name
        for path in WEB.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "issuer.api_keys"
        if path.name != "gate.py" and {name.name for name in node.names} & {"admit", "identify"}
    }

    assert set() == passing_by


def test_the_default_limits_admit_a_platform_at_the_end_of_a_term(site: Site) -> None:
    """Five hundred at once, then fifty a second."""
    rule = DEFAULT_RULES[Counted.ISSUE]

    assert (500, 50) == (rule.count, rule.count / rule.seconds)
    assert 0 == rule.wait(now=0, current=499, previous=0)
    assert BASE_URL == site.services.settings.base_url
    assert "urn:uuid:" in str(json_of(limited(site).post("/completions", completion("01"))))
