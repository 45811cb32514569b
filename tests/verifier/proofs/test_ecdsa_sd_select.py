"""Choosing parts of a document by JSON Pointers, and what cannot be chosen."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import limits
from verifier.errors import CheckError, Code, RefusedError
from verifier.json_pointer import values_within
from verifier.proofs.ecdsa_sd_select import parse_pointer, select
from verifier.strict_json import JsonObject

DOCUMENT: JsonObject = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:1",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": "did:example:issuer",
    "credentialSubject": {
        "id": "did:example:learner",
        "type": "AchievementSubject",
        "name": None,
        "a/b": 1,
        "m~n": 2,
        "": 3,
        "items": [
            {"id": "urn:uuid:2", "name": "first", "more": "…"},
            {"type": ["Thing"], "name": "second"},
            {"name": "third"},
        ],
        "nested": [[1, 2], [3]],
    },
}
ROOT = {name: DOCUMENT[name] for name in ("@context", "id", "type")}
SUBJECT = {"id": "did:example:learner", "type": "AchievementSubject"}


def _subject(**members: Any) -> JsonObject:
    return {**ROOT, "credentialSubject": {**SUBJECT, **members}}


@pytest.mark.parametrize(
    ("pointers", "chosen"),
    [
        (["/issuer"], {**ROOT, "issuer": "did:example:issuer"}),
        (["/credentialSubject/id"], _subject()),
        (["/credentialSubject/a~1b", "/credentialSubject/m~0n"], _subject(**{"a/b": 1, "m~n": 2})),
        (["/credentialSubject/"], _subject(**{"": 3})),
        (
            ["/credentialSubject/items/0/name"],
            _subject(items=[{"id": "urn:uuid:2", "name": "first"}]),
        ),
        (
            ["/credentialSubject/items/2", "/credentialSubject/items/1/name"],
            _subject(items=[{"type": ["Thing"], "name": "second"}, {"name": "third"}]),
        ),
        (["/credentialSubject/nested/1/0"], _subject(nested=[[3]])),
        (["/credentialSubject"], {**ROOT, "credentialSubject": DOCUMENT["credentialSubject"]}),
        (
            ["/credentialSubject/id", "/credentialSubject", "/credentialSubject/items/1"],
            {**ROOT, "credentialSubject": DOCUMENT["credentialSubject"]},
        ),
        (["/type/0"], ROOT),
        (["/id"], ROOT),
        ([""], DOCUMENT),
        (["/issuer", ""], DOCUMENT),
    ],
)
def test_what_is_chosen(pointers: list[str], chosen: JsonObject) -> None:
    """The chosen values, the ids and types of what they belong to, in the document's order."""
    before = copy.deepcopy(DOCUMENT)

    assert chosen == select(DOCUMENT, pointers)
    assert chosen == select(DOCUMENT, pointers[::-1])
    assert before == DOCUMENT


def test_the_choice_is_a_copy() -> None:
    """Whoever changes the part does not change the whole."""
    part = select(DOCUMENT, ["/credentialSubject/nested"])
    part["credentialSubject"]["nested"][0].append(4)

    assert [[1, 2], [3]] == DOCUMENT["credentialSubject"]["nested"]


@pytest.mark.parametrize(
    "pointer",
    [
        "issuer",
        "/ issuer",
        "/Issuer",
        "/issuer/",
        "/issuer/0",
        "/issuer/id",
        "/nowhere",
        "/credentialSubject/name",
        "/credentialSubject/items/3",
        "/credentialSubject/items/-",
        "/credentialSubject/items/-1",
        "/credentialSubject/items/00",
        "/credentialSubject/items/01",
        "/credentialSubject/items/+1",
        "/credentialSubject/items/1e0",
        "/credentialSubject/items/\u0661",
        "/credentialSubject/items/99999999999999999999",
        "/credentialSubject/items/name",
        "/credentialSubject/a/b",
        "/credentialSubject/m~n",
        "/credentialSubject/m~2n",
        "/credentialSubject~",
        "#/issuer",
        "/@context",
        "/@context/0",
        "/__class__",
        "/proof",
        "/" + "x" * limits.SD_POINTER_CHARACTERS,
    ],
)
def test_a_pointer_that_chooses_nothing_is_refused(pointer: str) -> None:
    """Never a smaller choice: the error names the pointer."""
    with pytest.raises(RefusedError) as refused:
        select(DOCUMENT, ["/issuer", pointer])

    expected = pointer[: limits.SD_POINTER_CHARACTERS]
    assert (Code.PROOF_GENERATION_ERROR, expected) == (refused.value.code, refused.value.pointer)


def test_no_choice_at_all_is_refused() -> None:
    """An empty list of pointers would show nothing and prove nothing."""
    with pytest.raises(RefusedError) as refused:
        select(DOCUMENT, [])

    assert Code.PROOF_GENERATION_ERROR is refused.value.code


def test_the_number_of_pointers_is_bounded() -> None:
    """One more than the limit is refused before any is followed."""
    with pytest.raises(RefusedError) as refused:
        select(DOCUMENT, ["/nowhere"] * (limits.SD_POINTERS + 1))

    assert Code.LIMIT_EXCEEDED is refused.value.code


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["a", "b", "id", "type", "/", "~", ""]), inner, max_size=4
        )
    ),
    max_leaves=12,
)
_DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "id", "type", "~1"]), _JSON, max_size=5)


def _leaves(document: JsonObject) -> Iterator[str]:
    for pointer, value in values_within(document):
        if pointer and value is not None and not isinstance(value, dict | list):
            yield pointer


@settings(max_examples=100)
@given(document=_DOCUMENTS)
def test_all_leaves_together_are_the_document_without_what_is_empty(document: JsonObject) -> None:
    """Every value that a walk finds can be chosen by its pointer, and is then in the part."""
    pointers = [*_leaves(document)][: limits.SD_POINTERS]
    part = select(document, pointers) if pointers else {}

    whole = sorted(str(value) for _, value in values_within(document) if _is_leaf(value))
    chosen = sorted(str(value) for _, value in values_within(part) if _is_leaf(value))
    assert whole == chosen


def _is_leaf(value: object) -> bool:
    return value is not None and not isinstance(value, dict | list)


@settings(max_examples=100)
@given(document=_DOCUMENTS, pointers=st.lists(st.text(alphabet="/~01ab-id", max_size=8)))
def test_no_pointer_raises_anything_else(document: JsonObject, pointers: list[str]) -> None:
    """Whatever the pointers are: a part, or an error of ours."""
    with suppress(CheckError):
        select(document, pointers)


@settings(max_examples=100)
@given(names=st.lists(st.text(max_size=5), max_size=5))
def test_pointers_are_read_as_they_are_written(names: list[str]) -> None:
    """Escaping and splitting undo each other, for every name."""
    text = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)

    assert tuple(names) == parse_pointer(text)
