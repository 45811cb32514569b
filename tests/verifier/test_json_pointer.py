"""Walking a document: every value once, in order, with its pointer, and within bounds."""

from __future__ import annotations

import tracemalloc

import pytest

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.json_pointer import child, first_name, objects_within, values_within


def test_the_order_and_the_pointers() -> None:
    """A value comes before what is in it, members and items in the document's order."""
    document = {"a": [1, {"b/c": {"~": 2}}], "@context": {"x": 1}, "d": {}}

    assert [
        ("", document),
        ("/a", document["a"]),
        ("/a/0", 1),
        ("/a/1", {"b/c": {"~": 2}}),
        ("/a/1/b~1c", {"~": 2}),
        ("/a/1/b~1c/~0", 2),
        ("/d", {}),
    ] == list(values_within(document))


@pytest.mark.parametrize("name", ["a", "b/c", "~", "~1", "", "vct#integrity"])
def test_the_first_name(name: str) -> None:
    """What was escaped is read back."""
    assert name == first_name(child("", name)) == first_name(child(child("", name), "x/y"))


def test_what_is_not_entered() -> None:
    """An object is given and its members are not, where the caller says so."""
    document = {"a": {"b": {"c": {}}}, "d": [{"e": {}}]}

    found = [at for at, _ in objects_within(document, below=lambda at: at not in ("/a", "/d/0"))]

    assert ["", "/a", "/d/0"] == found


def test_a_name_that_is_too_long() -> None:
    """One long name above many values would be copied for each of them."""
    with pytest.raises(RefusedError) as caught:
        child("", "x" * (limits.POINTER_CHARACTERS + 1))

    assert Code.LIMIT_EXCEEDED is caught.value.code


def test_the_walk_does_not_hold_every_pointer_at_once() -> None:
    """Many items under the longest admitted name take no more memory than a few."""
    document = {"x" * limits.POINTER_CHARACTERS: [0] * (limits.JSON_VALUES - 1)}
    tracemalloc.start()

    count = sum(1 for _ in values_within(document))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert limits.JSON_VALUES + 1 == count
    assert peak < 1_000_000


def test_too_many_values() -> None:
    """A walk ends after a bounded number of steps."""
    document = {"x": [0] * limits.JSON_VALUES}

    with pytest.raises(RefusedError) as caught:
        list(values_within(document))

    assert Code.LIMIT_EXCEEDED is caught.value.code
