"""The statements of a document one by one, and the lines that ecdsa-sd-2023 signs (ECDSA
Cryptosuites 1.0, sections 3.4.2 to 3.4.14 and 3.5.1).

A part of a document makes a part of its statements, if one can tell which unnamed node of the
part is which of the whole. So every unnamed node first gets a name in the document itself
(skolemisation); parts of that document make statements about the same names. The lines that are
signed carry other labels: the HMAC of the canonical label, from which nobody can tell how many
nodes are not shown.

The nodes of a list are not in the document, nor is the graph that a proof inside it is. They are
named after the place and the content of their list or graph, which is shown whole or not at all.

Leaves to others: which parts are chosen (``verifier.proofs.ecdsa_sd_select``), signatures.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import rfc8785

from verifier.errors import Code, RefusedError
from verifier.jsonld import canonicalize
from verifier.jsonld.oracle import (
    build_statements,
    canonical_labels,
    name_nodes,
    write_statements,
)
from verifier.jsonld.statements import Blank, Iri, Literal, Node, Statement, Term
from verifier.proofs.jws import encode_base64url
from verifier.strict_json import JsonObject

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FIRST: Final = Iri(f"{_RDF}first")
_REST: Final = Iri(f"{_RDF}rest")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDocument:
    """A document whose unnamed nodes have names that begin with ``prefix``, and the statements
    of the whole, in which they are unnamed again: ``Blank`` with the rest of the name."""

    document: JsonObject
    prefix: str
    statements: tuple[Statement, ...]

    def statements_of(self, part: JsonObject) -> tuple[Statement, ...]:
        """The statements of a part of ``document``, about the same nodes.

        Raises ``RefusedError`` (``PROOF_GENERATION_ERROR``) when the whole does not make them:
        half a list is another list, and half a text in some language another text.
        """
        found = _unnamed(build_statements(part), self.prefix)
        if not set(found) <= set(self.statements):
            raise RefusedError(
                Code.PROOF_GENERATION_ERROR,
                "A pointer cuts through something that can only be shown whole.",
            )
        return found


def name_document(document: JsonObject) -> NamedDocument:
    """Give names to the unnamed nodes of ``document`` (section 3.4.6).

    Raises ``RefusedError`` and ``UncheckedError`` as ``canonicalize`` does, and
    ``PROOF_TRANSFORMATION_ERROR`` when names would change what the document says.
    """
    digest = hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    prefix = f"urn:bnid:{digest}:"  # no document can hold its own digest
    named = name_nodes(document, lambda number: f"{prefix}n{number}")
    found = _unnamed(build_statements(named), prefix)
    lines = write_statements(relabel(found, canonical_labels(found)))
    if "".join(sorted(lines)).encode() != canonicalize(document):
        raise _unfit("The parts of the document cannot be told apart.")
    return NamedDocument(document=named, prefix=prefix, statements=found)


def relabel(statements: Iterable[Statement], labels: Mapping[str, str]) -> list[Statement]:
    """``statements`` with the labels of their unnamed nodes replaced, all of which ``labels``
    must have."""
    return _changed(
        statements, lambda node: Blank(labels[node.label]) if isinstance(node, Blank) else node
    )


def signed_labels(canonical: Mapping[str, str], hmac_key: bytes) -> dict[str, bytes]:
    """From the label of an unnamed node to the 32 bytes of the label that is signed: the HMAC
    of its canonical label (section 3.4.4), which is written without ``_:``."""
    return {
        label: hmac.digest(hmac_key, name.encode("ascii"), "sha256")
        for label, name in canonical.items()
    }


def signed_lines(statements: Iterable[Statement], labels: Mapping[str, bytes]) -> list[str]:
    """The line of each statement as it is signed, in the order given, with a line feed."""
    written = {label: f"u{encode_base64url(data)}" for label, data in labels.items()}
    return write_statements(relabel(statements, written))


# --- from names back to nodes without one -----------------------------------------------


def _changed(statements: Iterable[Statement], change: Callable[[Node], Node]) -> list[Statement]:
    """``statements`` with every node replaced by what ``change`` makes of it."""

    def term(it: Term) -> Term:
        return it if isinstance(it, Literal) else change(it)

    return [
        Statement(change(it.subject), it.predicate, term(it.object), it.graph and change(it.graph))
        for it in statements
    ]


def _unnamed(statements: tuple[Statement, ...], prefix: str) -> tuple[Statement, ...]:
    hidden = _names_of_hidden(statements)

    def change(node: Node) -> Node:
        if isinstance(node, Blank):
            return Blank(hidden[node.label])
        if node.value.startswith(prefix):
            return Blank(node.value.removeprefix(prefix))
        return node

    return tuple(_changed(statements, change))


# --- nodes that the document does not hold: of lists and graphs -------------------------


def _names_of_hidden(statements: tuple[Statement, ...]) -> dict[str, str]:
    """A name for each node of each list, and for each graph (the proof of an endorsement, say):
    the same in every part that holds the whole list or graph."""
    graphs = _names_of_graphs(statements)
    names = graphs | _names_of_cells(statements, graphs)
    _check_all_named(statements, names)
    return names


def _names_of_graphs(statements: tuple[Statement, ...]) -> dict[str, str]:
    inside: defaultdict[str, list[str]] = defaultdict(list)
    for it in statements:
        if isinstance(it.graph, Blank):
            value = None if isinstance(it.object, Blank) else it.object
            inside[it.graph.label].append(repr((it.subject, it.predicate, value)))
    return {
        it.object.label: f"g{_digest((it.subject, it.predicate, sorted(inside[it.object.label])))}"
        for it in statements
        if isinstance(it.object, Blank) and it.object.label in inside and it.graph is None
    }


def _names_of_cells(statements: tuple[Statement, ...], graphs: Mapping[str, str]) -> dict[str, str]:
    firsts = {it.subject: it.object for it in statements if it.predicate == _FIRST}
    rests = {it.subject: it.object for it in statements if it.predicate == _REST}
    names: dict[str, str] = {}
    for it in statements:
        if isinstance(it.object, Blank) and it.object in firsts and it.predicate != _REST:
            graph = graphs.get(it.graph.label) if isinstance(it.graph, Blank) else it.graph
            cells = _cells(it.object, rests)
            digest = _digest((it.subject, it.predicate, graph, [firsts[cell] for cell in cells]))
            names |= {cell.label: f"l{digest}x{number}" for number, cell in enumerate(cells)}
    return names


def _cells(head: Blank, rests: Mapping[Node, Term]) -> list[Blank]:
    cells: list[Blank] = []
    cell: Term = head
    while isinstance(cell, Blank) and cell in rests and len(cells) < len(rests):
        cells.append(cell)
        cell = rests[cell]
    return cells


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def _check_all_named(statements: tuple[Statement, ...], names: Mapping[str, str]) -> None:
    """Lists in lists, graphs in graphs, and two that are equal in one place are not told
    apart."""
    terms = {term for it in statements for term in (it.subject, it.object, it.graph)}
    blanks = {term.label for term in terms if isinstance(term, Blank)}
    nested = any(
        isinstance(it.subject, Blank) and isinstance(it.object, Blank)
        for it in statements
        if it.predicate == _FIRST
    )
    if nested or blanks - names.keys() or len(set(names.values())) != len(names):
        raise _unfit("The document has lists or graphs whose parts cannot be told apart.")


def _unfit(detail: str) -> RefusedError:
    return RefusedError(Code.PROOF_TRANSFORMATION_ERROR, detail)
