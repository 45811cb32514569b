"""pyoxigraph writes and reads N-Quads, with the escapes that RDFC-1.0, section 5, asks for.

Leaves to others: labels (``verifier.jsonld.oracle.labels``).
"""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from verifier.errors import Code, RefusedError
from verifier.jsonld.statements import Blank, Iri, Node, Statement, Term


def parse_nquads(text: str) -> ox.Dataset:
    """Raises ``RefusedError`` (``PARSING_ERROR``)."""
    try:
        return ox.Dataset(ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise RefusedError(Code.PARSING_ERROR, "This is not N-Quads.") from error


def build_dataset(quads: Iterable[Statement]) -> ox.Dataset:
    """Raises ``RefusedError`` for an IRI or language that RDF does not admit."""
    try:
        return ox.Dataset(_quad(quad) for quad in quads)
    except ValueError as error:
        raise _malformed_term(error) from error


def _malformed_term(error: ValueError) -> RefusedError:
    """An IRI or a language that passed our rules, but not RDF's."""
    return RefusedError(
        Code.MALFORMED_VALUE_ERROR, f"An identifier or language is malformed: {error}."
    )


def _quad(quad: Statement) -> ox.Quad:
    graph = ox.DefaultGraph() if quad.graph is None else _node(quad.graph)
    predicate = ox.NamedNode(quad.predicate.value)
    return ox.Quad(_node(quad.subject), predicate, _term(quad.object), graph)


def _node(node: Node) -> ox.NamedNode | ox.BlankNode:
    return ox.NamedNode(node.value) if isinstance(node, Iri) else ox.BlankNode(node.label)


def _term(term: Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, Iri | Blank):
        return _node(term)
    if term.language is not None:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))


def write_statements(quads: Iterable[Statement]) -> list[str]:
    """The line of each statement in canonical N-Quads (RDFC-1.0, section 5), in the order
    given, with its labels as they are and a line feed at the end. Raises ``RefusedError``
    for an IRI or language that RDF does not admit."""
    try:
        return [f"{_quad(quad)} .\n" for quad in quads]
    except ValueError as error:
        raise _malformed_term(error) from error
