"""Tenants, issuers, keys, and who a presented API key belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer import api_keys, tenants
from issuer.callers import Scope
from issuer.did_document import build_did_document, find_did_document
from issuer.errors import (
    ForbiddenError,
    IssuerCode,
    NotFoundError,
    RequestRefusedError,
    UnauthorisedError,
)
from issuer.office import Office
from issuer.store import Store, open_store
from issuer.store.ports import TakenError
from issuer.store.rows import KeyState, StatusPolicy, TenantRow
from tests.issuer.offices import START, later, numbered_record, open_desk
from verifier.dids.document import parse_did_document


@dataclass(frozen=True, slots=True)
class Place:
    office: Office
    tenant: TenantRow


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Place:
    office = open_desk(store, tmp_path / "keys").office
    return Place(office, tenants.find_tenant(store, "ours"))


def new_key(place: Place, *scopes: Scope, days: int = 30) -> api_keys.NewApiKey:
    return api_keys.create_api_key(
        place.office.store, place.tenant.id, label="test", scopes=scopes, days=days, now=START
    )


def test_a_key_admits_its_tenant_to_its_scopes(place: Place) -> None:
    """The right key gives the tenant and its name in the audit trail; a lacking scope is told."""
    made = new_key(place, Scope.ISSUE)

    caller = api_keys.admit(place.office.store, made.secret, Scope.ISSUE, now=later(1))

    assert (caller.tenant_id, caller.actor) == (place.tenant.id, f"apikey:{made.row.prefix}")
    with pytest.raises(ForbiddenError):
        api_keys.admit(place.office.store, made.secret, Scope.REVOKE, now=later(1))


def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(place: Place) -> None:
    """Unknown, altered, ended, revoked, malformed: nobody learns which."""
    store, good = place.office.store, new_key(place, Scope.ISSUE)
    revoked = new_key(place, Scope.ISSUE)
    api_keys.revoke_api_key(store, place.tenant.id, revoked.row.prefix, now=START)
    altered = good.secret[:-1] + ("a" if good.secret[-1] != "a" else "b")
    unknown = "mic_" + "a" * 12 + good.secret[16:]
    presented = [altered, unknown, revoked.secret, "", "mic_", good.secret.upper(), "x" * 500]

    answers = []
    for secret in presented:
        with pytest.raises(UnauthorisedError) as caught:
            api_keys.admit(store, secret, Scope.ISSUE, now=later(1))
        answers.append(str(caught.value))
    with pytest.raises(UnauthorisedError) as caught:
        api_keys.admit(store, good.secret, Scope.ISSUE, now=START + timedelta(days=30))

    assert {*answers, str(caught.value)} == {answers[0]}


def test_a_key_is_not_kept(place: Place, database_url: str, tmp_path: Path) -> None:
    """Not in the database, not in the representation of what was made."""
    made = new_key(place, Scope.ISSUE)
    secret = made.secret.rpartition("_")[2]

    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert secret not in repr(made)
    assert secret.encode() not in kept
    with place.office.store.read(place.tenant.id) as unit:
        (row,) = unit.api_keys.all()
    assert secret not in str(row)


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_key_lasts_a_year_at_most(place: Place, days: int) -> None:
    """A key that never ends is found in a repository one day."""
    with pytest.raises(RequestRefusedError):
        new_key(place, Scope.ISSUE, days=days)


def test_a_rotated_key_leaves_old_credentials_good(place: Place, tmp_path: Path) -> None:
    """The new key signs, the old one stays in the document, both verify."""
    desk = open_desk(place.office.store, tmp_path / "keys")
    old = desk.issue(numbered_record(1)).document

    tenants.rotate_key(place.office.store, desk.issuer, keyring=place.office.keyring, now=later(5))
    new = desk.issue(numbered_record(2), now=later(10)).document

    document = find_did_document(place.office.store, "ours")
    methods = parse_did_document(document, desk.issuer.did)
    used = [credential["proof"]["verificationMethod"] for credential in (old, new)]
    assert len(set(used)) == 2
    for method in used:
        assert methods.method(method, "assertionMethod", later(20)).id == method
    with place.office.store.read(place.tenant.id) as unit:
        states = [key.state for key in unit.keys.of(desk.issuer.id)]
    assert states == [KeyState.RETIRED, KeyState.ACTIVE]


@pytest.mark.parametrize(
    "name", ["", "Upper", "a b", "a/b", "-a", "a-", "ä", "a" * 41, "a:b", ".."]
)
def test_a_name_that_cannot_stand_in_a_did_is_refused(place: Place, name: str) -> None:
    """Names stand in DIDs and paths, so their form is narrow."""
    with pytest.raises(RequestRefusedError) as caught:
        add_issuer(place, name)

    assert caught.value.code is IssuerCode.NAME_MALFORMED


def add_issuer(place: Place, name: str) -> None:
    tenants.add_issuer(
        place.office.store,
        place.tenant,
        name=name,
        profile_name="Another",
        profile_url=None,
        status_policy=StatusPolicy.NONE,
        base_url=place.office.base_url,
        keyring=place.office.keyring,
        key_uri=None,
        now=START,
    )


def test_the_issuer_is_chosen_by_name_where_there_are_several(place: Place) -> None:
    """One issuer needs no name; of several one is named; a name that is taken is told."""
    store, tenant_id = place.office.store, place.tenant.id
    only = tenants.choose_issuer(store, tenant_id, None)
    add_issuer(place, "second")

    assert only.name == "ours"
    assert tenants.choose_issuer(store, tenant_id, "second").name == "second"
    with pytest.raises(RequestRefusedError) as caught:
        tenants.choose_issuer(store, tenant_id, None)
    assert caught.value.code is IssuerCode.CHOOSE_ISSUER
    with pytest.raises(NotFoundError):
        tenants.choose_issuer(store, tenant_id, "third")
    with pytest.raises(TakenError):
        add_issuer(place, "second")


def test_the_did_document_lists_keys_for_assertions_alone(place: Place) -> None:
    """Multikey methods of the DID itself, each listed once, and nothing secret."""
    issuer = tenants.choose_issuer(place.office.store, place.tenant.id, None)
    with place.office.store.read(place.tenant.id) as unit:
        keys = unit.keys.of(issuer.id)

    document = build_did_document(issuer, keys)

    assert document["id"] == "did:web:127.0.0.1%3A8100:issuers:ours"
    assert document["assertionMethod"] == [keys[0].verification_method]
    assert set(document) == {"@context", "id", "verificationMethod", "assertionMethod"}


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=140))
def test_no_presented_text_is_anything_but_unauthorised(text: str) -> None:
    """Whatever is presented, the answer is the same and nothing breaks."""
    with pytest.raises(UnauthorisedError):
        api_keys.admit(_EMPTY, text, Scope.ISSUE, now=START)


_EMPTY = open_store("sqlite://")
