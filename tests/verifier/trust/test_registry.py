"""Registers in files: read strictly, compared exactly, never believed beyond their size."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier import limits
from verifier.sources import state_trust
from verifier.trust.registry import RegistryError, parse_registry

DID = "did:web:issuer.example:issuers:north"
NORTH = {"id": DID, "name": "North School"}


def register(*issuers: Any, **members: Any) -> bytes:
    return json.dumps({"name": "Register", "issuers": list(issuers), **members}).encode()


def test_a_register_names_the_issuers_it_lists() -> None:
    """The name shown for an issuer is the register's."""
    found = parse_registry(register(NORTH))

    assert "Register" == found.name
    assert "North School" == found.issuer_name(DID)


def test_https_issuers_may_be_listed() -> None:
    """An issuer may be known by its address."""
    listed = parse_registry(register({"id": "https://issuer.example", "name": "North"}))

    assert "North" == listed.issuer_name("https://issuer.example")


@pytest.mark.parametrize("did", ["did:web:other.example", DID.upper(), f"{DID}#key-1", f"{DID} "])
def test_identifiers_are_compared_exactly(did: str) -> None:
    """A look-alike of a known issuer is not known."""
    assert parse_registry(register(NORTH)).issuer_name(did) is None


def test_an_empty_register_knows_nobody() -> None:
    """It is a register all the same: the statement says that it was asked."""
    trust = state_trust(DID, (parse_registry(register()),))

    assert ("not in any registry you use", None) == (trust.statement, trust.name)


def test_every_register_that_knows_the_issuer_is_stated() -> None:
    """The name is that of the first one."""
    first = parse_registry(register(NORTH))
    second = parse_registry(register({"id": DID, "name": "N. School"}, name="Second"))

    trust = state_trust(DID, (first, second))

    assert (("Register", "Second"), "North School") == (trust.registries, trust.name)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"name": "a"}',
        b'{"name": "a", "name": "b", "issuers": []}',
        b'{"name": "a", "issuers": {}}',
        b'{"name": "a", "issuers": null}',
        b'{"name": "", "issuers": []}',
        b'{"name": " ", "issuers": []}',
        b'{"name": 1, "issuers": []}',
        register(NORTH, extra=True),
        register(NORTH, NORTH),
        register("did:web:issuer.example"),
        register({"id": DID}),
        register(NORTH | {"url": "http://issuer.example"}),
        register({"id": "http://issuer.example", "name": "North"}),
        register({"id": DID, "name": "x" * 2_049}),
        register({"id": DID, "name": None}),
    ],
)
def test_anything_else_is_an_error(data: bytes) -> None:
    """A register that is half read would know the wrong issuers."""
    with pytest.raises(RegistryError):
        parse_registry(data)


def test_a_register_beyond_its_bound_is_not_read() -> None:
    """The bound holds for the operator's own files too."""
    with pytest.raises(RegistryError):
        parse_registry(b" " * (limits.REGISTRY_BYTES + 1))


@given(data=st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Every file is a register or a ``RegistryError``."""
    try:
        parse_registry(data)
    except RegistryError:
        return
