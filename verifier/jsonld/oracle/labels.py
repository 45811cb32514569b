"""Canonical labels for the nodes without a name (RDFC-1.0, section 4).

Where no two of them look alike, pyoxigraph labels them. Where some do, PyLD searches for the
labels, within a budget: section 6.2 makes a defence against poison graphs a MUST. pyoxigraph is not
asked there: it counts a node that several statements lead to once, the standard and all who sign
count it each time, and labels come out otherwise. What PyLD hashes at first is made of
pyoxigraph's lines, because PyLD leaves control characters unescaped.

Leaves to others: reading and writing lines (``verifier.jsonld.oracle.nquads``).
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Literal

import pyoxigraph as ox
from pyld.canon import URDNA2015

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.jsonld.budget import spend_search

_CALL: Final = 40
"""What one step of the search costs beyond the statements that it reads."""
HashName = Literal["sha256", "sha384"]

_ALGORITHMS: Final[Mapping[str, ox.CanonicalizationAlgorithm]] = {
    "sha256": ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_256,
    "sha384": ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}


def relabel(dataset: ox.Dataset, hash_name: HashName) -> ox.Dataset:
    """``dataset`` with its canonical labels. It may be changed.

    Raises ``RefusedError`` (``LIMIT_EXCEEDED``).
    """
    _check_size(dataset)
    views = _views(dataset)
    if _have_look_alikes(views):
        labels = _searched_labels(dataset, views, hash_name)
        return ox.Dataset(_changed(quad, labels.__getitem__) for quad in dataset)
    dataset.canonicalize(_ALGORITHMS[hash_name])
    return dataset


def find_labels(dataset: ox.Dataset, hash_name: HashName = "sha256") -> dict[str, str]:
    """The canonical label of each unnamed node by the one that it has, without ``_:``.
    pyoxigraph does not tell its map; where no two nodes look alike, their looks do. Raises as
    ``relabel``."""
    _check_size(dataset)
    views = _views(dataset)
    if _have_look_alikes(views):
        return _searched_labels(dataset, views, hash_name)
    canonical = ox.Dataset(dataset)
    canonical.canonicalize(_ALGORITHMS[hash_name])
    after = {tuple(view): label for label, view in _views(canonical).items()}
    return {label: after[tuple(view)] for label, view in views.items()}


def _check_size(dataset: ox.Dataset) -> None:
    if len(dataset) > limits.QUADS:
        raise RefusedError(Code.LIMIT_EXCEEDED, f"More than {limits.QUADS} statements.")


def _have_look_alikes(views: Mapping[str, list[str]]) -> bool:
    if len(views) > limits.BLANK_NODES:
        raise RefusedError(Code.LIMIT_EXCEEDED, f"More than {limits.BLANK_NODES} unnamed nodes.")
    return len({tuple(view) for view in views.values()}) < len(views)


def _views(dataset: ox.Dataset) -> dict[str, list[str]]:
    """What each unnamed node looks like from close by (RDFC-1.0, section 4.6): its
    statements in canonical N-Quads and in order, with itself as ``a`` and every other unnamed
    node as ``z``. When no two look alike, labelling needs no search."""
    views: defaultdict[str, list[str]] = defaultdict(list)
    for quad in dataset:
        parts = (quad.subject, quad.object, quad.graph_name)
        for label in {part.value for part in parts if isinstance(part, ox.BlankNode)}:
            views[label].append(f"{_changed(quad, partial(_seen, label))} .\n")
    return {label: sorted(view) for label, view in views.items()}


def _seen(reference: str, label: str) -> str:
    return "a" if label == reference else "z"


def _changed(quad: ox.Quad, change: Callable[[str], str]) -> ox.Quad:
    """``quad`` with other labels."""

    def term(it: Any) -> Any:
        return ox.BlankNode(change(it.value)) if isinstance(it, ox.BlankNode) else it

    return ox.Quad(term(quad.subject), quad.predicate, term(quad.object), term(quad.graph_name))


class _Once(list[Any]):
    """The statements of one node. PyLD adds a statement for each place that the node has in it;
    RDFC-1.0, section 4.4.3, step 2.1, and the others add it once."""

    def append(self, item: Any) -> None:
        """Add ``item``, unless it was the last to be added."""
        if not self or self[-1] is not item:
            super().append(item)


class _Labelling(URDNA2015):  # type: ignore[misc]  # PyLD has no types
    """PyLD's labelling over first hashes that are made here, with the hash of the caller's
    choice, and with a limit on the calls and on the permutations it tries."""

    def __init__(self, views: Mapping[str, list[str]], hash_name: HashName) -> None:
        super().__init__()
        self.hash_name = hash_name
        self.calls = limits.N_DEGREE_CALLS
        self.work = limits.N_DEGREE_WORK
        for label, view in views.items():
            digest = hashlib.new(hash_name, "".join(view).encode()).hexdigest()
            self.blank_node_info[f"_:{label}"] = {"quads": _Once(), "hash": digest}

    def create_hash(self) -> Any:
        """The hash of every step but the first."""
        return hashlib.new(self.hash_name)

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:
        """RDFC-1.0, section 4.8."""
        self.calls -= 1
        self._spend(len(self.blank_node_info[id_]["quads"]))
        spend_search(_CALL)
        return super().hash_n_degree_quads(id_, issuer)

    def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
        """RDFC-1.0, section 4.8.3, step 3: every group is tried in every order, and each
        try copies the labels issued so far."""
        related = super().create_hash_to_related(id_, issuer)
        for group in related.values():
            self._spend(math.factorial(min(len(group), 12)) * (1 + len(issuer.order)))
        return related

    def _spend(self, work: int) -> None:
        self.work -= work
        spend_search(work)
        if self.calls < 0 or self.work < 0:
            raise RefusedError(
                Code.LIMIT_EXCEEDED, "Too many parts of the document look alike to be told apart."
            )


def _searched_labels(
    dataset: ox.Dataset, views: Mapping[str, list[str]], hash_name: HashName
) -> dict[str, str]:
    labelling = _Labelling(views, hash_name)
    labelling.main(_pyld_dataset(dataset), {"format": "application/n-quads"})
    return {
        old.removeprefix("_:"): new.removeprefix("_:")
        for old, new in labelling.canonical_issuer.existing.items()
    }


def _pyld_dataset(dataset: ox.Dataset) -> dict[str, list[dict[str, Any]]]:
    graphs: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for quad in dataset:
        name = quad.graph_name
        key = "@default" if isinstance(name, ox.DefaultGraph) else _pyld_term(name)["value"]
        graphs[key].append(
            {
                "subject": _pyld_term(quad.subject),
                "predicate": _pyld_term(quad.predicate),
                "object": _pyld_term(quad.object),
            }
        )
    return dict(graphs)


def _pyld_term(term: Any) -> dict[str, str]:
    match term:
        case ox.NamedNode():
            return {"type": "IRI", "value": term.value}
        case ox.BlankNode():
            return {"type": "blank node", "value": f"_:{term.value}"}
        case _:
            literal = {"type": "literal", "value": term.value, "datatype": term.datatype.value}
            return literal | ({"language": term.language} if term.language else {})
