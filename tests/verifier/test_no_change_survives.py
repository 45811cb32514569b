"""No change of a signed credential verifies, and no input makes ``verify`` raise anything else.

The credential is one of our own, with every member it has in life: contexts, status, schema.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.judging import KEY, real, report_of, to_bytes, without
from verifier.errors import CheckError
from verifier.policy import STANDARD, VC_API, Policy
from verifier.proofs.data_integrity import secure
from verifier.proofs.eddsa import EDDSA_RDFC_2022
from verifier.proofs.multikey import KeyType
from verifier.report import Outcome
from verifier.strict_json import JsonObject

REAL = real()
Place = tuple[str | int, ...]


def _paths(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place in a document, contexts included."""
    yield path
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _paths(member, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _paths(item, (*path, number))


def _at(document: Any, path: Place) -> Any:
    for part in path:
        document = document[part]
    return document


PLACES = [path for path in _paths(REAL) if path]
LEAVES = [path for path in PLACES if not isinstance(_at(REAL, path), dict | list)]
OBJECTS = [path for path in _paths(REAL) if isinstance(_at(REAL, path), dict)]


def changed(path: Place, value: Any) -> JsonObject:
    document = copy.deepcopy(REAL)
    _at(document, path[:-1])[path[-1]] = value
    return document


def outcome_of(document: bytes | JsonObject) -> Outcome:
    return report_of(document).outcome


def test_the_document_under_change_verifies() -> None:
    """Else the tests below would prove nothing."""
    assert Outcome.VERIFIED is outcome_of(REAL)


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: "/".join(map(str, path)))
def test_every_single_value_is_covered(path: Place) -> None:
    """Each text one letter longer, each truth the other way round."""
    value = _at(REAL, path)
    other = (not value) if isinstance(value, bool) else f"{value}x"

    assert Outcome.VERIFIED is not outcome_of(changed(path, other))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_a_truth_value_is_not_its_text() -> None:
    """To RDF they are one statement; to a program ``"false"`` is often true."""
    truths = [path for path in LEAVES if isinstance(_at(REAL, path), bool)]
    texts = [json.dumps(_at(REAL, path)) for path in truths]
    outcomes = {outcome_of(changed(*case)) for case in zip(truths, texts, strict=True)}

    assert {Outcome.NOT_VERIFIED} == outcomes


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PLACES), value=_JSON)
def test_no_other_value_in_any_place_verifies(path: Place, value: Any) -> None:
    """A leaf, a list or an object, replaced by anything that is something else."""
    before = _at(REAL, path)
    if _said(value) == _said(before):
        return

    assert Outcome.VERIFIED is not outcome_of(changed(path, value))


def _said(value: Any) -> str:
    """A list of one is the same statement as its item."""
    while isinstance(value, list) and len(value) == 1:
        (value,) = value
    return json.dumps(value)


def _is_said_elsewhere(path: Place) -> bool:
    """Whether another object with the same id says the same: to RDF that is one statement."""
    node, name = _at(REAL, path[:-1]), path[-1]
    if not isinstance(node, dict) or "id" not in node or name == "id":
        return False
    twins = (_at(REAL, other) for other in OBJECTS if other != path[:-1])
    return any((it.get("id"), it.get(name)) == (node["id"], node[name]) for it in twins)


ONCE = [path for path in PLACES if not _is_said_elsewhere(path)]


@pytest.mark.parametrize("path", ONCE, ids=lambda path: "/".join(map(str, path)))
def test_nothing_can_be_left_out(path: Place) -> None:
    """No member of any object and no item of any list, unless it is said twice."""
    document = copy.deepcopy(REAL)
    del _at(document, path[:-1])[path[-1]]

    assert Outcome.VERIFIED is not outcome_of(document)


@settings(max_examples=100, deadline=None)
@given(path=st.sampled_from(OBJECTS), name=st.text(max_size=12), value=_JSON)
def test_nothing_undefined_can_be_put_in(path: Place, name: str, value: Any) -> None:
    """A member that no context defines, in any object, with any value."""
    undefined = f"x{name}"
    if path and path[0] == "@context":
        return

    assert Outcome.VERIFIED is not outcome_of(changed((*path, undefined), value))


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from([path for path in PLACES if isinstance(path[-1], str)]), value=_JSON)
def test_no_member_can_stand_twice(path: Place, value: Any) -> None:
    """Two readers would see two documents, whichever of the two is the signed one."""
    twin = {**copy.deepcopy(_at(REAL, path[:-1])), "\x01": value}
    document = changed(path[:-1], twin) if len(path) > 1 else twin
    text = to_bytes(document).replace(b'"\\u0001"', to_bytes(path[-1]))

    assert Outcome.NOT_VERIFIED is outcome_of(text)


# --- what a signature over RDF leaves open (docs/verification.md) ------------------------


@pytest.mark.parametrize("path", [("evidence", 0, "microInternship", "skillAssertion"), ("type",)])
def test_the_order_of_a_set_is_no_claim(path: Place) -> None:
    """Members that are sets of statements may stand in any order."""
    assert Outcome.VERIFIED is outcome_of(changed(path, _at(REAL, path)[::-1]))


def test_what_is_said_twice_may_be_said_once() -> None:
    """Objects with one id are one thing: who says what about it is no claim."""
    (path, *_) = [path for path in PLACES if _is_said_elsewhere(path) and path[-1] == "url"]
    document = copy.deepcopy(REAL)
    del _at(document, path[:-1])[path[-1]]

    assert Outcome.VERIFIED is outcome_of(document)


# --- no input makes it raise anything else ----------------------------------------------


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_raise_anything_but_an_outcome(data: bytes) -> None:
    """Bytes are refused or left open; nothing else comes out."""
    assert outcome_of(data) in (Outcome.NOT_VERIFIED, Outcome.COULD_NOT_CHECK)


@settings(max_examples=300, deadline=None)
@given(value=_JSON)
def test_no_json_raises_anything_but_an_outcome(value: Any) -> None:
    """Any JSON at all."""
    assert Outcome.NOT_VERIFIED is outcome_of(to_bytes(value))


_NAMES = sorted({str(path[-1]) for path in PLACES} | {"@context", "@id", "@type", "@value", "@set"})


@settings(max_examples=150, deadline=None)
@given(
    members=st.dictionaries(
        st.sampled_from(_NAMES),
        st.recursive(
            st.sampled_from([_at(REAL, path) for path in PLACES]) | _JSON,
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
            ),
            max_leaves=8,
        ),
        max_size=6,
    ),
    policy=st.sampled_from([STANDARD, VC_API]),
)
def test_no_twisted_credential_raises_anything_but_an_outcome(
    members: JsonObject, policy: Policy
) -> None:
    """Members of a real credential with the wrong things in them, signed or not."""
    document = {**copy.deepcopy(REAL), **members}

    assert report_of(to_bytes(document), policy=policy).outcome in Outcome


@settings(max_examples=60, deadline=None)
@given(
    path=st.sampled_from([path for path in PLACES if path[0] not in ("proof", "@context")]),
    value=_JSON,
)
def test_an_issuers_own_nonsense_raises_nothing_but_an_outcome(path: Place, value: Any) -> None:
    """Documents with a good signature come from hostile issuers too."""
    document = without(changed(path, value), "proof")
    options = {"verificationMethod": KEY.verification_method, "proofPurpose": "assertionMethod"}
    try:
        secured = secure(document, options, KEY.sign, EDDSA_RDFC_2022, KeyType.ED25519)
    except CheckError:
        return

    assert report_of(to_bytes(secured)).outcome in Outcome
