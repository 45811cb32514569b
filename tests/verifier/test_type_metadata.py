"""Types of SD-JWT VCs: what is well formed, what extends what, and what a credential owes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sd_jwts import issued
from verifier import limits
from verifier.credential_type import check_credential_type, counts_as
from verifier.errors import CheckError, Code, MissingError, RefusedError
from verifier.proofs.sd_jwt import Opened, open_payload, parse_sd_jwt
from verifier.proofs.sd_jwt_present import present
from verifier.type_metadata import (
    Disclosability,
    check_integrity,
    parse_type_metadata,
    resolve_type,
)

CHILD = "https://types.example/child"
PARENT = "https://types.example/parent"


def encoded(vct: str = CHILD, **members: Any) -> bytes:
    return json.dumps({"vct": vct, **members}).encode()


def sri(data: bytes, algorithm: str = "sha256") -> str:
    hashed = hashlib.new(algorithm, data).digest()
    return f"{algorithm}-{base64.b64encode(hashed).decode()}"


def loader(*documents: bytes) -> Callable[[str], bytes]:
    """A load that knows these documents by their ``vct``."""
    known = {_vct(data): data for data in documents}

    def load(vct: str) -> bytes:
        if vct not in known:
            raise MissingError(Code.FETCH_FAILED, "There is no such type.")
        return known[vct]

    return load


def _vct(data: bytes) -> str:
    return str(data.split(b'"')[3].decode())


def refusal(act: Callable[[], object]) -> Code:
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value.code


def claim(*path: Any, **members: Any) -> dict[str, Any]:
    return {"path": list(path), **members}


def rules(*claims: dict[str, Any]) -> bytes:
    return encoded(claims=list(claims))


def test_a_type_with_everything() -> None:
    """Known members are read, unknown ones are left alone."""
    data = encoded(
        name="Child",
        description="A type",
        display=[{"locale": "en", "name": "Child", "rendering": {}}],
        claims=[claim("a", None, 0, mandatory=True, sd="always", svg_id="a_1")],
        else_=1,
    )

    found = parse_type_metadata(data, vct=CHILD, integrity=sri(data))

    assert ("Child", "A type", (CHILD,)) == (found.name, found.description, found.chain)
    assert ("a", None, 0) == found.claims[0].path
    assert Disclosability.ALWAYS is found.claims[0].disclosability


BAD = {
    "another type": encoded(PARENT),
    "no type": b"{}",
    "a name that is no text": encoded(name=1),
    "display that is no list": encoded(display={}),
    "display without a locale": encoded(display=[{"name": "x"}]),
    "display of text": encoded(display=["x"]),
    "claims of text": encoded(claims=["a"]),
    "a claim without a path": encoded(claims=[{}]),
    "an empty path": rules(claim()),
    "a path with a negative place": rules(claim("a", -1)),
    "a path with a truth value": rules(claim("a", True)),
    "a path with an object": rules(claim({})),
    "one path twice": rules(claim("a"), claim("a")),
    "an unknown sd": rules(claim("a", sd="sometimes")),
    "sd that is a list": rules(claim("a", sd=["always"])),
    "mandatory as text": rules(claim("a", mandatory="true")),
    "svg_id with a bracket": rules(claim("a", svg_id="{{x}}")),
    "one svg_id twice": rules(claim("a", svg_id="x"), claim("b", svg_id="x")),
    "an empty extends": encoded(extends=""),
}


@pytest.mark.parametrize("case", BAD)
def test_malformed_metadata(case: str) -> None:
    """What is malformed is refused, not passed over."""
    assert Code.MALFORMED_VALUE_ERROR is refusal(
        lambda: parse_type_metadata(BAD[case], vct=CHILD, integrity=None)
    )


def test_integrity_is_over_the_raw_bytes() -> None:
    """One space more is another document; of several hashes the strongest decides."""
    data = encoded()
    weak_only = f"{sri(data)} {sri(b'other', 'sha384')}"

    check_integrity(data, f"{sri(b'other')} {sri(data, 'sha512')}?ct=application/json")
    check_integrity(data, f"{sri(b'other')} {sri(data)}")
    for expected in (sri(data + b" "), "md5-AAAA", "", "sha256", "sha256-@", weak_only):
        assert Code.RESOURCE_MISMATCH is refusal(lambda it=expected: check_integrity(data, it))


def test_a_child_takes_over_and_may_ask_for_more() -> None:
    """Rules of one path are put together member by member, the child's first."""
    parent = encoded(
        PARENT,
        display=[{"locale": "en", "name": "Parent"}],
        claims=[
            claim("a", mandatory=True, sd="always", svg_id="a"),
            claim("b", display=[{"locale": "en", "label": "B"}]),
            claim("c"),
        ],
    )
    child = encoded(
        **{"extends": PARENT, "extends#integrity": sri(parent)},
        claims=[claim("a"), claim("b", sd="never", mandatory=True), claim("d")],
    )

    found = resolve_type(CHILD, sri(child), load=loader(child, parent))

    by_path = {it.path: it for it in found.claims}
    a, b = by_path["a",], by_path["b",]
    assert (CHILD, PARENT) == found.chain
    assert {("a",), ("b",), ("c",), ("d",)} == set(by_path)
    assert (True, Disclosability.ALWAYS, "a") == (a.mandatory, a.disclosability, a.svg_id)
    assert (True, Disclosability.NEVER, "B") == (
        b.mandatory,
        b.disclosability,
        b.display[0]["label"],
    )
    assert "Parent" == found.display[0]["name"]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ({"mandatory": True}, {"mandatory": False}),
        ({"sd": "always"}, {"sd": "allowed"}),
        ({"sd": "always"}, {"sd": "never"}),
        ({"sd": "never"}, {"sd": "always"}),
    ],
)
def test_a_child_does_not_ask_for_less(above: Any, below: Any) -> None:
    """What a type settled stays settled in those that extend it."""
    parent = encoded(PARENT, claims=[claim("a", **above)])
    child = encoded(extends=PARENT, claims=[claim("a", **below)])

    assert Code.MALFORMED_VALUE_ERROR is refusal(
        lambda: resolve_type(CHILD, None, load=loader(child, parent))
    )


def test_circles_and_long_chains() -> None:
    """A type that extends itself, on whatever way, and a chain without end are refused."""
    circle = loader(encoded(extends=PARENT), encoded(PARENT, extends=CHILD))
    chain = loader(*(encoded(f"t:{n}", extends=f"t:{n + 1}") for n in range(20)))

    assert Code.MALFORMED_VALUE_ERROR is refusal(
        lambda: resolve_type(CHILD, None, load=loader(encoded(extends=CHILD)))
    )
    assert Code.MALFORMED_VALUE_ERROR is refusal(lambda: resolve_type(CHILD, None, load=circle))
    assert Code.LIMIT_EXCEEDED is refusal(lambda: resolve_type("t:0", None, load=chain))


def test_a_parent_that_is_not_what_was_meant() -> None:
    """``extends#integrity`` is compared as well, and a type that is not there is no yes."""
    child = encoded(**{"extends": PARENT, "extends#integrity": sri(b"{}")})

    assert Code.RESOURCE_MISMATCH is refusal(
        lambda: resolve_type(CHILD, None, load=loader(child, encoded(PARENT)))
    )
    with pytest.raises(MissingError):
        resolve_type(CHILD, None, load=loader(child))


def test_too_large() -> None:
    """Metadata has a bound."""
    data = encoded(name="x" * limits.TYPE_METADATA_BYTES)

    assert Code.LIMIT_EXCEEDED is refusal(
        lambda: parse_type_metadata(data, vct=CHILD, integrity=None)
    )


# --- a credential and its type ------------------------------------------------------------

CLAIMS: dict[str, Any] = {
    "iss": "did:example:1",
    "vct": CHILD,
    "a": {"b": 1},
    "list": [{"x": 1}, {"x": 2}],
}


def opened(*disclosable: str, reveal: tuple[str, ...] | None = None) -> Opened:
    text = issued(CLAIMS, *disclosable)
    token = parse_sd_jwt(text if reveal is None else present(text, reveal))
    return open_payload(token.unverified_payload, token.disclosures)


def held_to(found: Opened, *claims: dict[str, Any]) -> None:
    metadata = parse_type_metadata(rules(*claims), vct=CHILD, integrity=None)
    check_credential_type(found, metadata)


def test_a_credential_that_keeps_to_its_type() -> None:
    """Claims that must be there are; what must and must not be hidden is and is not."""
    found = opened("/a", "/list/0")

    held_to(
        found,
        claim("a", mandatory=True, sd="always"),
        claim("a", "b", mandatory=True, sd="never"),
        claim("list", None, "x", sd="never", mandatory=True),
        claim("list", 0, sd="always"),
        claim("missing", sd="always"),
    )

    assert found.claims == CLAIMS


@pytest.mark.parametrize(
    "rule",
    [
        claim("missing", mandatory=True),
        claim("a", "missing", mandatory=True),
        claim("a", 0),
        claim("a", None),
        claim("list", "x"),
        claim("list", 7, mandatory=True),
        claim("list", None, "y", mandatory=True),
        claim("a", sd="always"),
        claim("list", None, sd="always"),
        claim("a", "b", sd="never"),
        claim("list", 0, "x", sd="never"),
    ],
)
def test_a_credential_that_does_not(rule: dict[str, Any]) -> None:
    """A claim that is missing, stands in the open, or was hidden, against the type."""
    found = opened("/a/b", "/list/0/x", "/list/1/x")

    assert Code.SCHEMA_VALIDATION_ERROR is refusal(lambda: held_to(found, rule))


@pytest.mark.parametrize("path", [("a",), ("a", "b"), ("list", 1), ("list", None, "x")])
def test_what_was_kept_back_is_not_missing(path: tuple[Any, ...]) -> None:
    """Nothing is concluded from the absence of a claim that the holder may have kept back."""
    hidden = opened("/a", "/list/1", "/list/0", "/list", reveal=())

    held_to(hidden, claim(*path, mandatory=True))

    assert {""} == hidden.withheld


def test_looking_up_is_bounded() -> None:
    """Ten thousand rules over ten thousand claims end before they begin."""
    many = {"vct": CHILD, "list": [{"x": 1}] * 5_000}
    found = Opened(claims=many, disclosed={}, withheld=frozenset())
    wanted = [claim("list", None, f"x{number}") for number in range(2_000)]

    assert Code.LIMIT_EXCEEDED is refusal(lambda: held_to(found, *wanted))


def test_a_credential_of_another_type() -> None:
    """The type is the credential's own, one that it names, or one that its own extends."""
    metadata = resolve_type(CHILD, None, load=loader(encoded(extends=PARENT), encoded(PARENT)))
    other = {"vct": "urn:other", "aka_vcts": ["urn:alias"]}

    assert counts_as(CLAIMS, CHILD)
    assert not counts_as(CLAIMS, PARENT)
    assert counts_as(CLAIMS, PARENT, metadata)
    assert counts_as(other, "urn:alias")
    assert not counts_as(other, PARENT, metadata)
    with pytest.raises(RefusedError):
        check_credential_type(Opened(claims=other, disclosed={}, withheld=frozenset()), metadata)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["a", "always", CHILD, ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["path", "sd", "mandatory", "display", "locale", "label", "svg_id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(["name", "extends", "extends#integrity", "display", "claims"]), VALUES
    )
)
def test_no_metadata_makes_it_fail_otherwise(members: dict[str, Any]) -> None:
    """Every document is read and applied, or refused."""
    with suppress(CheckError):
        metadata = resolve_type(CHILD, None, load=loader(encoded(**members)))
        check_credential_type(opened("/a"), metadata)
