"""The slow and certain way from a document to its canonical form, and the judge of any
faster one. The only module that imports PyLD and pyoxigraph.

1. PyLD expands the JSON-LD with no base IRI; a property it drops is an error.
2. ``verifier.jsonld.statements`` turns all of it into statements, or refuses.
3. Where no two unnamed nodes look alike, pyoxigraph labels them (RDFC-1.0).
4. Where some do, PyLD searches for the labels, within a budget: RDFC-1.0, section 6.2, makes a
   defence against poison graphs a MUST. pyoxigraph is not asked there: it counts a node that
   several statements lead to once, the standard and all who sign count it each time, and
   labels come out otherwise.
5. pyoxigraph writes the canonical N-Quads, which PyLD does not: it leaves control characters
   unescaped. What PyLD hashes at first is made of those lines too.

PyLD's caches are not made for threads: each thread has its own.

Leaves to others: which contexts are admitted (``verifier.jsonld.contexts``).
"""

from __future__ import annotations

import copy
import hashlib
import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final, Literal

import pyoxigraph as ox
from cachetools import LRUCache
from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdError, JsonLdProcessor

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.jsonld import contexts, statements
from verifier.jsonld.members import check_members, locate
from verifier.jsonld.null_vocabulary import spell_out_null_vocabulary
from verifier.jsonld.statements import Blank, Iri, Statement
from verifier.policy import InlineContexts
from verifier.strict_json import JsonObject

HashName = Literal["sha256", "sha384"]

_ALGORITHMS: Final[Mapping[str, ox.CanonicalizationAlgorithm]] = {
    "sha256": ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_256,
    "sha384": ox.CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}
_UNAVAILABLE: Final = frozenset({"loading remote context failed", "loading document failed"})


def canonicalize(document: JsonObject, *, hash_name: HashName = "sha256") -> bytes:
    """The canonical N-Quads of ``document``, every line ended by a line feed.

    Raises ``RefusedError``: ``DATA_LOSS_DETECTION_ERROR`` when any part of the document would
    not be in the result (with the JSON Pointer where it can be told),
    ``MALFORMED_VALUE_ERROR``, or ``LIMIT_EXCEEDED``. Raises ``UncheckedError`` for an unknown
    context. An inline context is admitted here as ``InlineContexts.WARN`` admits it. The
    document is not changed.
    """
    return _write(_bridge(build_statements(document)), hash_name)


def build_statements(document: JsonObject) -> tuple[Statement, ...]:
    """The statements that ``document`` makes. Raises as ``canonicalize`` does."""
    expanded = _expand(document, JsonLdProcessor)
    return statements.build_statements(expanded, lambda text: locate(document, text))


def name_nodes(document: JsonObject, name: Callable[[int], str]) -> JsonObject:
    """A copy of ``document`` in which every object that makes a node without a name has the
    next of the names as its ``id`` (ECDSA Cryptosuites 1.0, section 3.4.6, skolemisation).

    Only the contexts tell such an object from a text in several languages, say, so PyLD is
    watched while it expands. The caller holds the result to the original by their canonical
    forms. Raises as ``canonicalize``; ``MALFORMED_VALUE_ERROR`` also for a name of the kind
    ``_:x``, which would have to be followed through the document.
    """
    watched: list[_Watched] = []

    def make(**options: Any) -> JsonLdProcessor:
        watched.append(_Watched(**options))
        return watched[0]

    expanded = _expand(_apart(document), make)
    statements.build_statements(expanded, lambda text: locate(document, text))
    for number, element in enumerate(watched[0].unnamed):
        element["id"] = name(number)
    return watched[0].document


def _apart(value: Any) -> Any:
    """A copy in which no object stands in two places, as it may where a program made it."""
    match value:
        case dict():
            return {name: _apart(member) for name, member in value.items()}
        case list():
            return [_apart(item) for item in value]
        case _:
            return value


# --- expansion --------------------------------------------------------------------------


class _ThreadState(threading.local):
    """PyLD's cache of processed contexts; not safe to share between threads."""

    def __init__(self) -> None:
        self.contexts: LRUCache[str, Any] = LRUCache(maxsize=100)


_STATE: Final = _ThreadState()


class _Watched(JsonLdProcessor):  # type: ignore[misc]  # PyLD has no types
    """Remembers PyLD's own copy of the document, and the objects in it that became nodes
    without a name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.document: JsonObject = {}
        self.unnamed: list[JsonObject] = []

    def _expand(
        self, active_ctx: Any, active_property: Any, element: Any, *rest: Any, **options: Any
    ) -> Any:
        self.document = self.document or element  # the first call is for the whole
        expanded = super()._expand(active_ctx, active_property, element, *rest, **options)
        if isinstance(element, dict) and isinstance(expanded, dict):
            self._remember(element, expanded)
        return expanded

    def _remember(self, element: JsonObject, expanded: JsonObject) -> None:
        if str(expanded.get("@id", "")).startswith("_:"):
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR,
                "Leave the id out, or write one that is a URL.",
                pointer=locate(self.document, str(expanded["@id"])),
            )
        if expanded.keys().isdisjoint({"@id", "@value", "@list"}):
            self.unnamed.append(element)


def _expand(document: JsonObject, processor: Callable[..., JsonLdProcessor]) -> list[Any]:
    # Whatever the policy was, PyLD only ever sees contexts that were looked at: on others it
    # raises KeyError, TypeError or ValueError of its own making.
    contexts.check_contexts(document, inline=InlineContexts.WARN, in_proofs=False)
    contexts.check_inner_contexts(document)
    check_members(document)

    def refuse(name: str | None) -> None:
        raise RefusedError(
            Code.DATA_LOSS_DETECTION_ERROR,
            f"No context defines {name[:80] if name else 'a member'!r}: it is not covered.",
            pointer=locate(document, name),
        )

    readable = spell_out_null_vocabulary(document)
    options = {
        "base": None,
        "documentLoader": _load_context,
        "contextResolver": ContextResolver(
            _STATE.contexts, _load_context, max_context_urls=limits.CONTEXTS
        ),
    }
    try:
        expanded: list[Any] = processor(on_property_dropped=refuse).expand(readable, options)
    except JsonLdError as error:
        raise _translated(error) from error
    return expanded


def _load_context(url: str, _options: object) -> dict[str, Any]:
    """A copy, because PyLD writes into what it is given. ``static`` lets it keep the result."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": copy.deepcopy(contexts.load(url)),
        "tag": "static",
    }


def _translated(error: JsonLdError) -> RefusedError | UncheckedError:
    """PyLD's error in our words; a context that could not be had may be deep inside it."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, UncheckedError):
            return inner
        if isinstance(inner, JsonLdError) and inner.code in _UNAVAILABLE:
            return UncheckedError(
                Code.UNKNOWN_CONTEXT, "A context is not known here.", pointer="/@context"
            )
        inner = inner.__cause__
    reason = error.code or error.type
    return RefusedError(Code.MALFORMED_VALUE_ERROR, f"This is not valid JSON-LD: {reason}.")


# --- canonical form ---------------------------------------------------------------------


def canonicalize_nquads(text: str, *, hash_name: HashName = "sha256") -> bytes:
    """The canonical form of a dataset written as N-Quads. Raises ``RefusedError``."""
    return _write(_parse_nquads(text), hash_name)


def _parse_nquads(text: str) -> ox.Dataset:
    try:
        return ox.Dataset(ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise RefusedError(Code.PARSING_ERROR, "This is not N-Quads.") from error


def _bridge(quads: Iterable[Statement]) -> ox.Dataset:
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


def _node(node: statements.Node) -> ox.NamedNode | ox.BlankNode:
    return ox.NamedNode(node.value) if isinstance(node, Iri) else ox.BlankNode(node.label)


def _term(term: statements.Term) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, Iri | Blank):
        return _node(term)
    if term.language is not None:
        return ox.Literal(term.value, language=term.language)
    return ox.Literal(term.value, datatype=ox.NamedNode(term.datatype))


def _write(dataset: ox.Dataset, hash_name: HashName) -> bytes:
    _check_size(dataset)
    views = _views(dataset)
    if _have_look_alikes(views):
        labels = _searched_labels(dataset, views, hash_name)
        dataset = ox.Dataset(_changed(quad, labels.__getitem__) for quad in dataset)
    else:
        dataset.canonicalize(_ALGORITHMS[hash_name])
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


# --- labels -----------------------------------------------------------------------------


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
        self.work -= len(self.blank_node_info[id_]["quads"])
        self._check()
        return super().hash_n_degree_quads(id_, issuer)

    def create_hash_to_related(self, id_: str, issuer: Any) -> Any:
        """RDFC-1.0, section 4.8.3, step 3: every group is tried in every order, and each
        try copies the labels issued so far."""
        related = super().create_hash_to_related(id_, issuer)
        for group in related.values():
            self.work -= math.factorial(min(len(group), 12)) * (1 + len(issuer.order))
        self._check()
        return related

    def _check(self) -> None:
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


# --- labels, and lines one by one -------------------------------------------------------


def write_statements(quads: Iterable[Statement]) -> list[str]:
    """The line of each statement in canonical N-Quads (RDFC-1.0, section 5), in the order
    given, with its labels as they are and a line feed at the end. Raises ``RefusedError``
    for an IRI or language that RDF does not admit."""
    try:
        return [f"{_quad(quad)} .\n" for quad in quads]
    except ValueError as error:
        raise _malformed_term(error) from error


def canonical_labels(quads: Iterable[Statement]) -> dict[str, str]:
    """The label that canonicalisation gives to each unnamed node of ``quads``, by the label
    that it has there, both without ``_:`` (RDFC-1.0, section 4.3). Raises ``RefusedError``."""
    return _labels(_bridge(quads))


def issued_identifiers(text: str) -> dict[str, str]:
    """``canonical_labels`` of a dataset written as N-Quads."""
    return _labels(_parse_nquads(text))


def _labels(dataset: ox.Dataset) -> dict[str, str]:
    """pyoxigraph does not tell its map. Where no two nodes look alike, their looks tell."""
    _check_size(dataset)
    views = _views(dataset)
    if _have_look_alikes(views):
        return _searched_labels(dataset, views, "sha256")
    canonical = ox.Dataset(dataset)
    canonical.canonicalize(_ALGORITHMS["sha256"])
    after = {tuple(view): label for label, view in _views(canonical).items()}
    return {label: after[tuple(view)] for label, view in views.items()}
