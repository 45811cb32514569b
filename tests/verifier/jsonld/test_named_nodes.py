"""What selective disclosure needs of linked data: names for nodes, labels, single lines."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.example_records import PROJECTED, example_projected
from verifier.errors import Code, RefusedError
from verifier.jsonld.oracle import (
    build_statements,
    canonical_labels,
    canonicalize,
    name_nodes,
    write_statements,
)
from verifier.jsonld.statements import Blank, Iri, Statement
from verifier.strict_json import JsonObject

V2 = "https://www.w3.org/ns/credentials/v2"
NAME = Iri("https://schema.org/name")


def _document(**members: Any) -> JsonObject:
    return {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:learner"},
    } | members


def test_every_node_without_a_name_gets_one() -> None:
    """Objects without an id get one, whether alone or in a list; all else stays as it is."""
    document = _document(
        name={"@value": "n", "@language": "en"},
        credentialStatus=[{"type": "BitstringStatusListEntry"}, {"id": "urn:uuid:1", "type": []}],
    )
    before = copy.deepcopy(document)

    named = name_nodes(document, lambda number: f"urn:name:{number}")

    expected = copy.deepcopy(document)
    expected["credentialStatus"][0]["id"] = "urn:name:0"
    expected["id"] = "urn:name:1"
    assert expected == named
    assert before == document


def test_a_blank_label_in_the_document_is_refused() -> None:
    """``_:x`` would have to be followed through the document."""
    document = _document(credentialSubject={"id": "_:x"})

    with pytest.raises(RefusedError) as refused:
        name_nodes(document, str)

    assert (Code.MALFORMED_VALUE_ERROR, "/credentialSubject/id") == (
        refused.value.code,
        refused.value.pointer,
    )


@pytest.mark.parametrize("example", PROJECTED)
def test_labels_and_lines_make_the_canonical_form(example: str) -> None:
    """The lines of the statements, with the labels that were told, are the canonical form."""
    document = example_projected(example)
    found = build_statements(document)
    labels = canonical_labels(found)

    lines = write_statements(_renamed(statement, labels) for statement in found)

    assert canonicalize(document).decode() == "".join(sorted(lines))


def _renamed(statement: Statement, labels: dict[str, str]) -> Statement:
    def rename(term: Any) -> Any:
        return Blank(labels[term.label]) if isinstance(term, Blank) else term

    subject, predicate, value, graph = statement
    return Statement(rename(subject), predicate, rename(value), rename(graph))


def test_labels_of_nodes_that_look_alike() -> None:
    """Where looks do not tell, the search does: a ring of three, and one apart."""
    ring = [
        Statement(Blank(a), NAME, Blank(b), None) for a, b in (("x", "y"), ("y", "z"), ("z", "x"))
    ]
    alone = Statement(Blank("w"), NAME, Iri("urn:uuid:1"), None)

    labels = canonical_labels([*ring, alone])

    assert {"w", "x", "y", "z"} == set(labels)
    assert {"c14n0", "c14n1", "c14n2", "c14n3"} == set(labels.values())
