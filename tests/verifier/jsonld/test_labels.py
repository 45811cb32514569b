"""Canonical labels where unnamed nodes look alike: those of the implementations that sign."""

from __future__ import annotations

import copy

from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.jsonld.credentials import credential
from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize
from verifier.jsonld.oracle import canonicalize_nquads, issued_identifiers

_NODES = ["<urn:n>", "_:b0", "_:b1", "_:b2", "_:b3"]
_GRAPHS = ["", *_NODES[1:]]


def _is_plain(parts: tuple[str, str, str, str]) -> bool:
    """PyLD, the other side here, counts a statement twice that has a node in two places."""
    unnamed = [part for part in parts if part.startswith("_:")]
    return len(unnamed) == len(set(unnamed))


def _line(parts: tuple[str, str, str, str]) -> str:
    subject, predicate, value, graph = parts
    return " ".join(part for part in (subject, f"<urn:{predicate}>", value, graph, ".") if part)


_PARTS = st.tuples(
    st.sampled_from(_NODES),
    st.sampled_from(["p", "q"]),
    st.sampled_from([*_NODES, '"text"']),
    st.sampled_from(_GRAPHS),
)

_LINES = _PARTS.map(_line)
_PLAIN_LINES = _PARTS.filter(_is_plain).map(_line)


def _as_others(text: str) -> str:
    options = {"inputFormat": "application/n-quads", "format": "application/n-quads"}
    return str(jsonld.normalize(text, {"algorithm": "URDNA2015", **options}))


@settings(max_examples=100, deadline=None)
@given(st.lists(_PLAIN_LINES, min_size=1, max_size=12))
def test_any_small_graph_gets_the_form_that_others_sign(lines: list[str]) -> None:
    """Also where several statements lead to one node, from subjects, objects and graphs."""
    text = "".join(f"{line}\n" for line in lines)
    try:
        ours = canonicalize_nquads(text).decode()
    except RefusedError as error:
        assert Code.LIMIT_EXCEEDED is error.code  # noqa: PT017 - either answer is right
        return

    assert _as_others(text) == ours


@settings(max_examples=50, deadline=None)
@given(st.lists(_LINES, min_size=1, max_size=8))
def test_the_labels_that_are_told_are_those_that_are_written(lines: list[str]) -> None:
    """Relabelling a graph with the labels that are told for it gives its canonical form."""
    text = "".join(f"{line}\n" for line in lines)
    labels = issued_identifiers(text)
    changed = {line: line for line in lines}
    for line in lines:
        words = [f"_:{labels[it[2:]]}" if it.startswith("_:") else it for it in line.split(" ")]
        changed[line] = " ".join(words)

    assert canonicalize_nquads(text).decode() == "".join(
        sorted({f"{line}\n" for line in changed.values()})
    )


def test_two_alike_endorsements_have_the_form_that_others_sign() -> None:
    """Proofs are graphs of their own, and several statements lead to each: two endorsements
    with like proofs are told apart as other implementations do it."""
    key = Ed25519TestKey.number(1)
    inner = secure_document(credential(), key)
    other = copy.deepcopy(inner)
    other["id"] = "urn:uuid:00000000-0000-4000-8000-000000000001"
    canonical = canonicalize(credential(endorsement=[inner, other])).decode()

    assert _as_others(canonical) == canonical
