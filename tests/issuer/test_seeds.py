"""The tenant that conformance suites are pointed at, as operators and outside programs get it."""

from __future__ import annotations

from pathlib import Path

import pytest

from issuer import api_keys
from issuer.callers import Scope
from issuer.office import Office
from issuer.seeds import conformance_seed
from issuer.store import Store
from tests.issuer.offices import START, later, open_desk

KEYS_OF_NAMES = {"": "z6Mk", "P-256": "zDna", "P-384": "z82L"}


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    return open_desk(store, tmp_path / "keys").office


def test_each_name_has_a_did_of_its_kind_and_a_path(office: Office) -> None:
    """did:key issuers of the kind of key that their name says, each with an address."""
    issuers = conformance_seed(office, now=START)["issuers"]

    for name, issuer in issuers.items():
        did_start = f"did:key:{KEYS_OF_NAMES[name.partition(':')[2]]}"
        assert issuer["id"].startswith(did_start), name
        assert issuer["path"].startswith("/issuers/")
        assert set(issuer) == {"id", "path"}
    assert len({issuer["id"] for issuer in issuers.values()}) == len(issuers)
    assert list(issuers) == [
        "default",
        "status",
        "eddsa-rdfc-2022",
        "eddsa-jcs-2022",
        "ecdsa-rdfc-2019:P-256",
        "ecdsa-rdfc-2019:P-384",
        "ecdsa-jcs-2019:P-256",
        "ecdsa-jcs-2019:P-384",
        "ecdsa-sd-2023:P-256",
        "ed25519signature2020",
        "enveloping",
    ]


def test_it_can_be_made_again(office: Office) -> None:
    """The same issuers, another key, and both keys open."""
    first = conformance_seed(office, now=START)
    second = conformance_seed(office, now=later(60))

    assert first["issuers"] == second["issuers"]
    assert first["apiKey"] != second["apiKey"]
    admitted = {
        api_keys.admit(office.store, answer["apiKey"], scope, now=later(61)).tenant_id
        for answer in (first, second)
        for scope in Scope
    }
    assert len(admitted) == 1
