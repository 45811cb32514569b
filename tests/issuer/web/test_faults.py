"""Our own faults, and whatever else comes in: 5xx only for us, and never with internals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuer.errors import IssuerCode, OwnFaultError
from issuer.signing.signer import Keyring, NewKey, Signer
from issuer.store.ports import Store, StoreUnavailableError
from issuer.web.application import create_app
from tests.issuer.web.site import Site, completion, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject


class BrokenKeyring:
    """A keyring whose signers do not answer, or break in a way nobody thought of."""

    def __init__(self, real: Keyring, error: Exception) -> None:
        self._real, self._error = real, error

    def create(self, name: str, key_type: KeyType) -> NewKey:
        return self._real.create(name, key_type)

    def signer(self, uri: str) -> Signer:
        raise self._error

    def secret(self, purpose: str) -> bytes:
        return self._real.secret(purpose)


class BrokenStore:
    """A store whose database is gone."""

    def __getattr__(self, name: str) -> Any:
        @contextmanager
        def unavailable(*_: object, **__: object) -> Iterator[None]:
            raise StoreUnavailableError
            yield

        return unavailable

    def is_ready(self) -> bool:
        return False


def with_keyring(site: Site, error: Exception) -> Site:
    """The same site with a keyring that breaks."""
    office = replace(
        site.services.office, keyring=BrokenKeyring(site.services.office.keyring, error)
    )
    services = replace(site.services, office=office)
    app = create_app(services)
    return replace(site, services=services, app=app, client=app.test_client())


def with_store(site: Site, store: Store) -> Site:
    services = replace(site.services, office=replace(site.services.office, store=store))
    app = create_app(services)
    return replace(site, services=services, app=app, client=app.test_client())


def test_a_signer_that_does_not_answer_is_503(site: Site) -> None:
    """Come back later; then the same call gets one credential."""
    error = OwnFaultError(IssuerCode.SIGNER_UNAVAILABLE, "The signer does not answer.")
    broken = with_keyring(site, error)

    response = broken.post("/completions", completion())

    assert (503, "SIGNER_UNAVAILABLE") == (response.status_code, problem_code(response))
    assert response.headers["Retry-After"].isdecimal()
    site.clock.move(seconds=60)
    assert site.is_verified(site.complete()["verifiableCredential"])


def test_a_fault_nobody_thought_of_is_500_with_a_reference(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer names a reference, the log names the cause; no internals go out."""
    broken = with_keyring(site, ZeroDivisionError("secret internals"))

    response = broken.post("/completions", completion())

    reference = json_of(response)["detail"].split()[1].rstrip(".")
    assert (500, "OUR_FAULT") == (response.status_code, problem_code(response))
    assert "internals" not in response.get_data(as_text=True)
    assert f"fault {reference}" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert response.headers["Retry-After"].isdecimal()


def test_the_log_of_a_fault_holds_no_share_link(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """A link is a key."""
    url = site.complete()["share"]["url"]
    token = url.rpartition("/")[2]
    broken = with_keyring(site, ZeroDivisionError())
    broken.app.extensions["issuer"] = replace(broken.services, clock=lambda: 1 // 0)

    response = broken.get(url)

    assert 500 == response.status_code
    assert token not in caplog.text
    assert token not in response.get_data(as_text=True)


def test_a_database_that_is_gone_is_503(site: Site) -> None:
    """On every route that needs it; the process itself is well."""
    broken = with_store(site, BrokenStore())  # type: ignore[arg-type]  # breaks on purpose

    answers = [
        broken.post("/completions", completion()),
        broken.get("/issuers/ours/did.json"),
        broken.get("/status/some-list"),
        broken.get(f"/s/{'0' * 26}.json"),
    ]

    for response in answers:
        assert (503, "STORE_UNAVAILABLE") == (response.status_code, problem_code(response))
        assert response.headers["Retry-After"].isdecimal()
    assert (200, 503) == (broken.get("/healthz").status_code, broken.get("/readyz").status_code)


PATHS = st.sampled_from(
    ["/completions", "/imports/gigbridge-1", "/imports/gigbridge-1?dryRun=1", "/credentials/issue",
     "/issuers/ours/credentials/issue", "/credentials/status"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=20,
)
ANY_TEST = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ANY_TEST
@given(path=PATHS, body=st.binary(max_size=200))
def test_no_bytes_break_it(site: Site, path: str, body: bytes) -> None:
    """Arbitrary bytes are 400 and leave nothing."""
    headers = site.bearer("all") | {"Content-Type": "application/json"}

    response = site.client.post(path, data=body, headers=headers)

    assert response.status_code in (400, 422)


@ANY_TEST
@given(
    path=PATHS,
    inner=JSON,
    member=st.sampled_from(
        ["record", "payload", "credential", "credentialId", "credentialStatus", "learnerConsent"]
    ),
)
def test_no_json_breaks_it(site: Site, path: str, inner: Any, member: str) -> None:
    """Arbitrary JSON in the right envelope is a 4xx, or an answer row by row."""
    response = site.client.post(path, json={member: inner}, headers=site.bearer("all"))

    assert response.status_code < 500


def leaves(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of every value in a JSON document."""
    found = [place] if place else []
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += leaves(inner, (*place, name))
    return found


WHOLE = completion("01")
PLACES = leaves(WHOLE)


@ANY_TEST
@given(place=st.sampled_from(PLACES), value=JSON)
def test_no_change_of_a_good_record_breaks_it(
    site: Site, place: tuple[Any, ...], value: Any
) -> None:
    """Any value in any place: issued, waiting, refused or a conflict, never a fault of ours."""
    body = put(completion("01"), place, value)
    before = stored_rows(site)

    response = site.client.post("/completions", json=body, headers=site.bearer("all"))

    assert response.status_code in (201, 202, 400, 409, 422)
    if response.status_code >= 400:
        assert before == stored_rows(site)


def put(document: JsonObject, place: tuple[Any, ...], value: Any) -> JsonObject:
    """``document`` with ``value`` in that place."""
    holder: Any = document
    for name in place[:-1]:
        holder = holder[name]
    holder[place[-1]] = value
    return document


ODD = ["%00", "a%00b", "%ff", "%ed%a0%80", "'", "%25", "%2e%2e%2f", "x" * 4000, "%F0%9F%98%80"]


@pytest.mark.parametrize("name", ODD)
def test_no_name_in_an_address_breaks_it(any_site: Site, name: str) -> None:
    """NUL, half characters, quotes, endless names: 404 on either database."""
    answers = [
        any_site.get(f"/status/{name}"),
        any_site.get(f"/issuers/{name}/did.json"),
        any_site.get(f"/s/{name}"),
        any_site.get(f"/s/{name}.json"),
        any_site.get(f"/schemas/{name}.json"),
        any_site.get(f"/problems/{name}"),
        any_site.get(f"/static/{name}"),
        any_site.get(f"/credentials/{name}", key="read"),
        any_site.post(f"/imports/{name}", {}),
        any_site.post(f"/issuers/{name}/credentials/issue", {"credential": {}}),
    ]

    assert [404] * len(answers) == [answer.status_code for answer in answers]
