"""The slow and certain way from a document to its canonical form, and the judge of any
faster one. The only package that imports PyLD and pyoxigraph.

1. PyLD expands the JSON-LD (``expansion``); a property it drops is an error.
2. ``verifier.jsonld.statements`` turns all of it into statements, or refuses.
3. Nodes without a name get canonical labels (``labels``), within a budget.
4. pyoxigraph writes the lines (``nquads``), which are sorted.

Leaves to others: which contexts are admitted (``verifier.jsonld.contexts``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

import pyoxigraph as ox

from verifier.jsonld import statements
from verifier.jsonld.members import locate
from verifier.jsonld.oracle.expansion import expand, expand_and_find_unnamed
from verifier.jsonld.oracle.labels import HashName, find_labels, relabel
from verifier.jsonld.oracle.nquads import build_dataset, parse_nquads, write_statements
from verifier.jsonld.statements import Statement
from verifier.strict_json import JsonObject

__all__ = [
    "HashName",
    "build_statements",
    "canonical_labels",
    "canonicalize",
    "canonicalize_nquads",
    "issued_identifiers",
    "name_nodes",
    "remembering",
    "write_statements",
]


def canonicalize(document: JsonObject, *, hash_name: HashName = "sha256") -> bytes:
    """The canonical N-Quads of ``document``, every line ended by a line feed.

    Raises ``RefusedError``: ``DATA_LOSS_DETECTION_ERROR`` when any part of the document would
    not be in the result (with the JSON Pointer where it can be told),
    ``MALFORMED_VALUE_ERROR``, or ``LIMIT_EXCEEDED``. Raises ``UncheckedError`` for an unknown
    context. An inline context is admitted here as ``InlineContexts.WARN`` admits it. The
    document is not changed.
    """
    known = _REMEMBERED.get()
    if known is None:
        return _canonicalize(document, hash_name)
    key = (hash_name, json.dumps(document, ensure_ascii=False))
    if key not in known:
        known[key] = _canonicalize(document, hash_name)
    return known[key]


def _canonicalize(document: JsonObject, hash_name: HashName) -> bytes:
    return _write(build_dataset(build_statements(document)), hash_name)


_REMEMBERED: Final[ContextVar[dict[tuple[str, str], bytes] | None]] = ContextVar(
    "remembered", default=None
)


@contextmanager
def remembering() -> Iterator[None]:
    """Compute the canonical form of one and the same document once while the block lasts.

    For who signs: a document is looked at, signed and verified within one issuance, and its
    canonical form is a function of every character of it, by which it is known here. Nothing
    is remembered between blocks, nor between threads.
    """
    token = _REMEMBERED.set({})
    try:
        yield
    finally:
        _REMEMBERED.reset(token)


def build_statements(document: JsonObject) -> tuple[Statement, ...]:
    """The statements that ``document`` makes. Raises as ``canonicalize`` does."""
    return statements.build_statements(expand(document), lambda text: locate(document, text))


def name_nodes(document: JsonObject, name: Callable[[int], str]) -> JsonObject:
    """A copy of ``document`` in which every object that makes a node without a name has the
    next of the names as its ``id`` (ECDSA Cryptosuites 1.0, section 3.4.6, skolemisation).

    Only the contexts tell such an object from a text in several languages, say, so PyLD is
    watched while it expands. The caller holds the result to the original by their canonical
    forms. Raises as ``canonicalize``; ``MALFORMED_VALUE_ERROR`` also for a name of the kind
    ``_:x``, which would have to be followed through the document.
    """
    expanded, copied, unnamed = expand_and_find_unnamed(document)
    statements.build_statements(expanded, lambda text: locate(document, text))
    for number, element in enumerate(unnamed):
        element["id"] = name(number)
    return copied


def canonicalize_nquads(text: str, *, hash_name: HashName = "sha256") -> bytes:
    """The canonical form of a dataset written as N-Quads. Raises ``RefusedError``."""
    return _write(parse_nquads(text), hash_name)


def _write(dataset: ox.Dataset, hash_name: HashName) -> bytes:
    return "".join(sorted(f"{quad} .\n" for quad in relabel(dataset, hash_name))).encode()


def canonical_labels(quads: Iterable[Statement]) -> dict[str, str]:
    """The label that canonicalisation gives to each unnamed node of ``quads``, by the label
    that it has there, both without ``_:`` (RDFC-1.0, section 4.3). Raises ``RefusedError``."""
    return find_labels(build_dataset(quads))


def issued_identifiers(text: str, *, hash_name: HashName = "sha256") -> dict[str, str]:
    """``canonical_labels`` of a dataset written as N-Quads."""
    return find_labels(parse_nquads(text), hash_name)
