"""Canonical forms that are remembered while a credential is issued are those that are computed."""

from __future__ import annotations

import threading

from tests.example_records import example_projected
from verifier.jsonld.oracle import canonicalize, remembering


def test_one_document_is_looked_at_once_within_a_block() -> None:
    """The same bytes; outside of blocks, and in the next one, they are computed again."""
    document = example_projected("01")
    fresh = canonicalize(document)

    with remembering():
        first, second = canonicalize(document), canonicalize({**document})
    with remembering():
        third = canonicalize(document)

    assert first is second
    assert first is not third
    assert fresh == first == third


def test_no_document_is_taken_for_another() -> None:
    """One letter, the order of a list, a number for its text, the hash: each has its own form."""
    document = example_projected("01")
    others = [document | {"name": "Another"}, document | {"name": "another"}]

    with remembering():
        forms = [canonicalize(one) for one in (document, *others)]
        again = [canonicalize(one) for one in (document, *others)]
        longer = canonicalize(document, hash_name="sha384")

    assert forms == again == [canonicalize(one) for one in (document, *others)]
    assert len(forms) == len(set(forms))
    assert longer == canonicalize(document, hash_name="sha384")


def test_a_document_that_was_changed_is_another_one() -> None:
    """It is known by what is in it, not by its place in memory."""
    document = example_projected("01")

    with remembering():
        before = canonicalize(document)
        document["name"] = "Changed in place"
        after = canonicalize(document)

    assert before != after
    assert after == canonicalize(document)


def test_threads_remember_for_themselves() -> None:
    """What one issues is nothing to another."""
    document, seen = example_projected("01"), []

    with remembering():
        mine = canonicalize(document)
        other = threading.Thread(target=lambda: seen.append(canonicalize(document)))
        other.start()
        other.join()

    assert seen == [mine]
    assert seen[0] is not mine
