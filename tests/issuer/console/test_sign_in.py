"""Who gets in, how long they stay, and what is told to those who do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from issuer import limits, operators
from issuer.errors import IssuerError, RequestRefusedError, UnauthorisedError
from issuer.operators import SignInRefusedError, TooManyTriesError
from issuer.passwords import hash_password, is_outdated, is_password
from issuer.store import Store
from tests.issuer.console.people import PASSWORD, add_person, person, signed_in, text_of
from tests.issuer.offices import START, later, open_desk
from tests.issuer.web.site import Site


def address_of(rule: Rule) -> str:
    """An address of the route, with names that nothing has."""
    return re.sub(r"<[^>]*>", "some-number", rule.rule)


def sign_in(store: Store, name: str = "ada", password: str = PASSWORD, **where: str) -> str:
    """The token of a new session at the start."""
    return operators.sign_in(
        store, name, password, address=where.get("address", "192.0.2.1"), now=START
    ).token


def test_a_session_belongs_to_the_account(store: Store) -> None:
    """On both databases; the trail tells of the sign-in."""
    add_person(store, "ada")
    found = operators.admit_operator(store, sign_in(store), now=START)

    with store.deployment() as unit:
        actions = [one.event.action for one in unit.events.links(0, 9)]

    assert (found.name, found.tenant_id, found.actor) == ("ada", None, "operator:ada")
    assert actions == ["operatorAdded", "signedIn"]


def test_a_session_ends_when_it_is_not_used(store: Store) -> None:
    """After half an hour; use prolongs it."""
    add_person(store, "ada")
    token = sign_in(store)
    for minutes in (29, 58):
        operators.admit_operator(store, token, now=later(60 * minutes))

    with pytest.raises(UnauthorisedError):
        operators.admit_operator(store, token, now=later(60 * 88))


def test_a_session_ends_after_half_a_day_however_it_is_used(store: Store) -> None:
    """Used every twenty minutes."""
    add_person(store, "ada")
    token = sign_in(store)
    for seconds in range(0, limits.SESSION_SECONDS, 1200):
        operators.admit_operator(store, token, now=later(seconds))

    with pytest.raises(UnauthorisedError):
        operators.admit_operator(store, token, now=later(limits.SESSION_SECONDS))


def test_an_account_that_is_switched_off_is_out_at_once(store: Store) -> None:
    """Its sessions too, and the right password opens nothing."""
    add_person(store, "ada")
    token = sign_in(store)
    operators.disable_operator(store, "ada", now=START)

    with pytest.raises(UnauthorisedError):
        operators.admit_operator(store, token, now=START)
    with pytest.raises(SignInRefusedError):
        sign_in(store)


def test_another_password_ends_the_sessions(store: Store) -> None:
    """And the old password."""
    add_person(store, "ada")
    token = sign_in(store)
    operators.set_password(store, "ada", "another one entirely", now=START)

    with pytest.raises(UnauthorisedError):
        operators.admit_operator(store, token, now=START)
    with pytest.raises(SignInRefusedError):
        sign_in(store)
    assert sign_in(store, password="another one entirely")


def test_tries_are_counted_for_the_account(store: Store) -> None:
    """The right password is refused too, until the time is over; others get in."""
    add_person(store, "ada")
    add_person(store, "bea")
    for number in range(limits.SIGN_IN_TRIES):
        with pytest.raises(SignInRefusedError):
            sign_in(store, password="wrong", address=f"192.0.2.{number}")

    with pytest.raises(TooManyTriesError):
        sign_in(store, address="198.51.100.1")
    assert sign_in(store, "bea", address="198.51.100.1")
    assert operators.sign_in(
        store, "ada", PASSWORD, address="x", now=later(limits.SIGN_IN_WINDOW_SECONDS + 1)
    )


def test_tries_are_counted_for_the_address(store: Store) -> None:
    """Whatever accounts are tried, those that do not exist too."""
    add_person(store, "ada")
    with store.deployment(write=True) as unit:
        for _ in range(limits.SIGN_IN_TRIES_OF_ADDRESS):
            unit.operators.count_try(operators._key("address", "192.0.2.1"), START, later(-60))

    with pytest.raises(TooManyTriesError):
        sign_in(store)
    assert sign_in(store, address="192.0.2.2")


def test_what_is_over_is_forgotten(store: Store, tmp_path: Path) -> None:
    """Sessions and tries leave nothing behind."""
    add_person(store, "ada")
    sign_in(store)
    with pytest.raises(SignInRefusedError):
        sign_in(store, password="wrong")

    office = open_desk(store, tmp_path / "keys").office
    early = operators.forget_sessions(office, later(60))
    late = operators.forget_sessions(office, later(86_400))

    assert (early, late) == (0, 3)


def test_a_hash_with_other_parameters_is_renewed(store: Store) -> None:
    """At the next sign-in with the right password."""
    from argon2 import PasswordHasher

    add_person(store, "ada")
    weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with store.deployment(write=True) as unit:
        row = unit.operators.by_name("ada")
        assert row is not None
        unit.operators.set_password(row.id, weak)
    sign_in(store)

    with store.deployment() as unit:
        after = unit.operators.by_name("ada")
    assert after is not None
    assert after.password_hash is not None
    assert is_outdated(weak)
    assert not is_outdated(after.password_hash)
    assert is_password(PASSWORD, after.password_hash)


@pytest.mark.parametrize("password", ["", "short", "x" * 257, "my name is ADA, really"])
def test_passwords_that_are_not_taken(password: str) -> None:
    """Too short, too long, or with the name in it."""
    with pytest.raises(IssuerError) as caught:
        hash_password(password, name="ada")

    assert caught.value.code == "PASSWORD_REFUSED"


@settings(max_examples=20)
@given(st.text(max_size=300))
def test_every_password_is_hashed_or_refused(password: str) -> None:
    """Marks, NUL, very long ones: what was taken is right afterwards."""
    try:
        kept = hash_password(password, name="ada")
    except RequestRefusedError:
        kept = None

    assert (kept is not None) == is_password(password, kept)


# --- over HTTP ----------------------------------------------------------------------------


def test_the_way_in_and_out(site: Site) -> None:
    """Sign in, look, sign out: then the cookie opens nothing, also where it was kept."""
    ada = signed_in(site, "ada")
    kept = ada.cookie()
    twin = person(site)
    twin.client.set_cookie("__Host-operator", kept or "", secure=True)
    inside = twin.get("/console")
    out = ada.post("/console/sign-out")
    thief = person(site)
    assert kept is not None
    thief.client.set_cookie("__Host-operator", kept, secure=True)
    after = thief.get("/console")

    assert 200 == inside.status_code
    assert (303, "/console/sign-in") == (out.status_code, out.headers["Location"])
    assert (303, "/console/sign-in") == (after.status_code, after.headers["Location"])


def test_the_cookie_is_out_of_reach(site: Site) -> None:
    """For scripts, for other hosts, for plain http; and it changes at sign-in."""
    add_person(site.services.store, "ada")
    ada = person(site)
    before = ada.get("/console/sign-in").headers["Set-Cookie"]
    response = ada.sign_in("ada")
    after = response.headers["Set-Cookie"]

    for cookie in (before, after):
        assert cookie.startswith("__Host-operator=")
        parts = {part.strip() for part in cookie.split(";")[1:]}
        assert parts == {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"}
    assert before.split(";")[0] != after.split(";")[0]


def test_a_wrong_name_and_a_wrong_password_look_the_same(site: Site) -> None:
    """Word for word, and nothing says which."""
    add_person(site.services.store, "ada")
    answers = []
    for name, password in (("ada", "wrong"), ("nobody", PASSWORD), ("\x00", "x"), ("", "")):
        somebody = person(site)
        response = somebody.sign_in(name, password)
        answers.append((response.status_code, text_of(response)))

    assert {answers[0]} == set(answers)
    assert 401 == answers[0][0]
    assert "The name or the password is not right." in answers[0][1]


def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    """No token, a stranger's token, the token of before the sign-in, another site's page."""
    ada = signed_in(site, "ada")
    stranger = person(site)
    stranger.get("/console/sign-in")
    own = ada.tokens[-1]

    for token in ("", "0" * 64, stranger.tokens[-1], ada.tokens[0]):
        response = ada.client.post("/console/sign-out", data={"form": token})
        assert 403 == response.status_code
    crossed = ada.client.post(
        "/console/sign-out", data={"form": own}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    twice = ada.client.post("/console/sign-out", data={"form": [own, own]})
    more = ada.client.post("/console/sign-out", data={"form": own, "x": "y"})

    assert [403, 403, 400] == [one.status_code for one in (crossed, twice, more)]
    assert 200 == ada.get("/console").status_code


def test_a_sign_in_from_another_site_is_refused(site: Site) -> None:
    """Nobody is signed in to an account that a stranger chose."""
    add_person(site.services.store, "ada")
    victim = person(site)

    response = victim.client.post("/console/sign-in", data={"name": "ada", "password": PASSWORD})

    assert 403 == response.status_code


def test_every_page_and_every_form_needs_a_session(site: Site) -> None:
    """Generated from the URL map: whoever is not signed in is sent to the sign-in."""
    open_to_all = {"console.ask_sign_in", "console.do_sign_in"}
    open_to_all |= {"console_provider.leave", "console_provider.come_back"}
    rules = [
        (method, rule)
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("console") and rule.endpoint not in open_to_all
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]

    assert rules
    for method, rule in rules:
        path = address_of(rule)
        response = person(site).client.open(path, method=method)
        assert (303, "/console/sign-in") == (response.status_code, response.headers["Location"])


def test_every_form_needs_its_token(site: Site) -> None:
    """Generated from the URL map: no change happens without the form of this session."""
    ada = signed_in(site, "ada")
    rules = [
        rule
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.startswith("console") and "POST" in (rule.methods or set())
    ]

    assert rules
    for rule in rules:
        path = address_of(rule)
        assert 403 == ada.client.post(path, data={"form": ""}).status_code, rule.rule


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(fields=st.dictionaries(st.text(max_size=20), st.text(max_size=200), max_size=6))
def test_no_form_is_a_fault_of_ours(site: Site, fields: dict[str, str]) -> None:
    """Whatever is sent to the sign-in, the answer is a page that says no."""
    response = site.client.post("/console/sign-in", data={"form": ""} | fields)

    assert 403 == response.status_code
