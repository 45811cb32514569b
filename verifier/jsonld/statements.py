"""From expanded JSON-LD to RDF statements, with nothing left over.

Follows JSON-LD 1.1 API, section 8 (deserialise to RDF), but where that algorithm skips what
it cannot express, this one refuses: VC Data Integrity 1.0, section 2.4.3, makes lost data an
error. Statements are a set, so nodes need no merging first.

Leaves to others: expansion (``verifier.jsonld.oracle``) and canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

import rfc8785

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.jsonld.budget import spend_values
from verifier.strict_json import JsonObject, JsonValue

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f-\xa0]*")
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_VALUE_MEMBERS: Final = frozenset({"@value", "@type", "@language", "@direction"})
_I18N: Final = "https://www.w3.org/ns/i18n#"
"""Datatypes of texts with a direction (JSON-LD 1.1, section 10.2.1): VC Data Model 2.0 uses
``@direction``, and implementations of ``eddsa-rdfc-2022`` sign it in this form."""
_TRUTH_VALUES: Final = frozenset({f"{_XSD}boolean", "https://www.w3.org/2001/XMLSchema#boolean"})
"""The second is a slip of the pen in the Open Badges contexts since 3.0.2."""


class Iri(NamedTuple):
    """An absolute IRI."""

    value: str


class Blank(NamedTuple):
    """A node without a name; ``label`` tells it apart within one document."""

    label: str


class Literal(NamedTuple):
    """Text with a datatype, and a language when the datatype is ``rdf:langString``."""

    value: str
    datatype: str
    language: str | None


Node: TypeAlias = Iri | Blank
Term: TypeAlias = Iri | Blank | Literal


class Statement(NamedTuple):
    """One statement; ``graph`` is ``None`` in the default graph."""

    subject: Node
    predicate: Iri
    object: Term
    graph: Node | None


_TYPE: Final = Iri(f"{_RDF}type")
_FIRST: Final = Iri(f"{_RDF}first")
_REST: Final = Iri(f"{_RDF}rest")
_NIL: Final = Iri(f"{_RDF}nil")

_UNNAMED: Final = 2
"""How many values a node without a name costs: it has to be labelled as well."""

Locate = Callable[[str | None], str]


def build_statements(expanded: list[Any], locate: Locate) -> tuple[Statement, ...]:
    """Every statement of ``expanded`` (one node object), each once, in document order.

    ``locate`` gives the JSON Pointer of a name or text. Raises ``RefusedError``:
    ``DATA_LOSS_DETECTION_ERROR`` for whatever RDF cannot express, ``MALFORMED_VALUE_ERROR``
    for a malformed IRI or language, ``LIMIT_EXCEEDED`` beyond ``limits.QUADS`` statements or
    ``limits.BLANK_NODES`` unnamed nodes.
    """
    builder = _Builder(locate=locate)
    if len(expanded) != 1:
        raise _lost("The document is not one object that says something.")
    builder.add_root(expanded[0], None)
    return tuple(builder.statements)


def is_iri(value: object) -> bool:
    """Whether ``value`` is an absolute IRI that N-Quads can hold."""
    return isinstance(value, str) and _IRI.fullmatch(value) is not None


@dataclass(slots=True, kw_only=True)
class _Builder:
    locate: Locate
    statements: dict[Statement, None] = field(default_factory=dict)
    blanks: int = 0
    labels: dict[str, Blank] = field(default_factory=dict)

    def add_root(self, item: JsonValue, graph: Node | None) -> None:
        """A node that nothing refers to: it has to say something, or it vanishes."""
        if not isinstance(item, dict) or "@value" in item or "@list" in item:
            raise _lost("A value stands where an object is needed.")
        before = len(self.statements)
        self.add_node(item, graph)
        if len(self.statements) == before and set(item) - {"@graph"}:
            raise _lost("An object says nothing about itself.", self.locate(item.get("@id")))

    def add_node(self, node: JsonObject, graph: Node | None) -> Node:
        subject = self._subject(node)
        for name, values in node.items():
            if name == "@type":
                for value in values:
                    self._add(subject, _TYPE, self._iri(value, "type"), graph)
            elif name == "@graph":
                for item in values:
                    self.add_root(item, subject)
            elif name != "@id":
                predicate = self._predicate(name)
                for value in values:
                    self._add(subject, predicate, self._object(value, graph), graph)
        return subject

    def _add(self, subject: Node, predicate: Iri, value: Term, graph: Node | None) -> None:
        self.statements[Statement(subject, predicate, value, graph)] = None
        if len(self.statements) > limits.QUADS:
            raise RefusedError(
                Code.LIMIT_EXCEEDED, f"The document makes more than {limits.QUADS} statements."
            )

    def _subject(self, node: JsonObject) -> Node:
        if "@id" not in node:
            return self._fresh()
        identifier = node["@id"]
        if isinstance(identifier, str) and identifier.startswith("_:"):
            if identifier not in self.labels:
                self.labels[identifier] = self._fresh()
            return self.labels[identifier]
        return self._iri(identifier, "id")

    def _fresh(self) -> Blank:
        self.blanks += 1
        spend_values(_UNNAMED)
        if self.blanks > limits.BLANK_NODES:
            raise RefusedError(
                Code.LIMIT_EXCEEDED,
                f"The document has more than {limits.BLANK_NODES} objects without an id.",
            )
        return Blank(f"b{self.blanks}")

    def _predicate(self, name: str) -> Iri:
        if name.startswith(("@", "_:")):
            raise _lost(f"{name[:80]!r} is not covered by the signature.", self.locate(name))
        return self._iri(name, "name of a member")

    def _iri(self, value: object, role: str) -> Iri:
        if is_iri(value):
            return Iri(str(value))
        shown = repr(value)[:80]
        pointer = self.locate(value if isinstance(value, str) else None)
        if isinstance(value, str) and ":" in value and not value.startswith("_:"):
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR, f"{shown} is not a valid {role}.", pointer=pointer
            )
        raise _lost(f"{shown} is no absolute IRI: this {role} is not covered.", pointer)

    def _object(self, value: JsonValue, graph: Node | None) -> Term:
        if not isinstance(value, dict):
            raise _lost("A value has no meaning of its own here.")
        if "@value" in value:
            return self._literal(value)
        if "@list" in value:
            return self._list(value, graph)
        return self.add_node(value, graph)

    def _list(self, value: JsonObject, graph: Node | None) -> Node:
        if set(value) != {"@list"}:
            raise _lost("A list has members that are not covered by the signature.")
        head: Node = _NIL
        for item in reversed(value["@list"]):
            cell = self._fresh()
            self._add(cell, _FIRST, self._object(item, graph), graph)
            self._add(cell, _REST, head, graph)
            head = cell
        return head

    def _literal(self, value: JsonObject) -> Literal:
        if not set(value) <= _VALUE_MEMBERS:
            extra = sorted(set(value) - _VALUE_MEMBERS)[0]
            raise _lost(f"{extra!r} is not covered by the signature.", self.locate(extra))
        if "@direction" in value:
            return self._directed(value)
        if "@language" in value:
            return self._tagged(value)
        return self._typed(value["@value"], value.get("@type"))

    def _directed(self, value: JsonObject) -> Literal:
        """The datatype names language and direction; without a language its place is empty."""
        tagged = self._tagged({"@language": "und"} | value)
        language = tagged.language if "@language" in value else ""
        return Literal(tagged.value, f"{_I18N}{language}_{value['@direction']}", None)

    def _tagged(self, value: JsonObject) -> Literal:
        text, language = value["@value"], value["@language"]
        if not isinstance(text, str) or not _is_language(language):
            raise RefusedError(
                Code.MALFORMED_VALUE_ERROR,
                f"{str(language)[:40]!r} is not a language tag of a text.",
                pointer=self.locate(language if isinstance(language, str) else None),
            )
        return Literal(text, f"{_RDF}langString", language.lower())

    def _typed(self, value: JsonValue, datatype: JsonValue) -> Literal:
        if datatype == "@json":
            return Literal(_json_text(value), f"{_RDF}JSON", None)
        kind = None if datatype is None else self._iri(datatype, "datatype").value
        match value:
            case bool():
                return Literal("true" if value else "false", kind or f"{_XSD}boolean", None)
            case int() | float():
                return _number(value, kind)
            case str():
                if kind in _TRUTH_VALUES:
                    raise _truth_as_text(value, self.locate(value))
                if kind == f"{_XSD}double":
                    _check_double_text(value, self.locate(value))
                if kind == f"{_RDF}langString":
                    raise _lost("A text with a language names its language.")
                if kind is not None and kind.startswith(_I18N):
                    raise _lost("A text with a direction names its direction.")
                return Literal(value, kind or f"{_XSD}string", None)
            case _:
                raise _lost("A value is neither text, nor a number, nor true or false.")


def _is_language(value: object) -> bool:
    return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


def _json_text(value: JsonValue) -> str:
    try:
        return rfc8785.dumps(value).decode()
    except rfc8785.CanonicalizationError as error:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, "A JSON literal has no canonical form."
        ) from error


def _number(value: int | float, kind: str | None) -> Literal:
    """JSON-LD 1.1 API, section 8.2.2, steps 8 to 10."""
    if float(value).is_integer() and abs(value) < 10**21 and kind != f"{_XSD}double":
        return Literal(str(int(value)), kind or f"{_XSD}integer", None)
    text = canonical_double(float(value))
    if float(text) != value:
        # Sixteen digits, as the standard asks, tell fewer numbers apart than JSON does.
        raise _lost(f"{value!r} has more digits than a signature can cover.")
    return Literal(text, kind or f"{_XSD}double", None)


def canonical_double(value: float) -> str:
    """The canonical lexical form of ``xsd:double`` for a finite ``value``: ``1.5E0``."""
    mantissa, exponent = f"{value:.15E}".split("E")
    whole, fraction = mantissa.split(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}"


def _check_double_text(text: str, pointer: str) -> None:
    """Processors differ: some rewrite the text of a double before signing, some do not."""
    try:
        is_canonical = canonical_double(float(text)) == text
    except ValueError:
        is_canonical = False
    if not is_canonical:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            f"Write {text[:40]!r} as a number, or in the canonical form of a double.",
            pointer=pointer,
        )


def _truth_as_text(value: str, pointer: str) -> RefusedError:
    """``false`` and ``"false"`` are one statement, and to many programs the second is true."""
    return RefusedError(
        Code.MALFORMED_VALUE_ERROR,
        f"Write true or false instead of the text {value[:40]!r}.",
        pointer=pointer,
    )


def _lost(detail: str, pointer: str = "") -> RefusedError:
    return RefusedError(Code.DATA_LOSS_DETECTION_ERROR, detail, pointer=pointer)
