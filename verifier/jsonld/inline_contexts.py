"""What an inline context may say where a caller's policy admits one at all.

A context is not covered by an rdfc signature: only the IRIs are. Whoever may add a context
may therefore rename members of a signed document, for example ``validUntil``, without
breaking the signature, and a reader who looks for ``validUntil`` finds none. So an inline
context may name *new* things only: no IRI that a pinned context already names, unless by that
very name; no name of the pinned contexts beside it for another IRI; no keyword under another
name, no base, no import. It may take the vocabulary away (``"@vocab": null``): what is
undefined then is refused as lost. It may stand in an object with nothing but an ``@context``
around it, which JSON-LD processors look through.

Follows JSON-LD 1.1, section 9.15, and leaves out what is not needed here. The processor
itself refuses to redefine protected terms.

Leaves to others: whether inline contexts are admitted (``verifier.policy``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.json_pointer import objects_within, values_within
from verifier.strict_json import JsonObject, JsonValue

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_TERM = re.compile(r"[^\s@:/#?\"<>{}|\\^`][^\s:/#?\"<>{}|\\^`]*")
_DEPTH: Final = 6
_PINNED_WORDS: Final = 200
"""As many words as the largest pinned context has at its top, about."""
_ALIASES: Final = {"id": "@id", "type": "@type"}
_DEFINITION_MEMBERS: Final = frozenset(
    {"@id", "@type", "@container", "@language", "@protected", "@context"}
)
_COERCIONS: Final = frozenset({"@id", "@vocab", "@json", "@none"})
_CONTAINERS: Final = frozenset({"@set", "@list", "@language"})

_SCHEMES: Final = frozenset({"http", "https", "urn", "did", "tag", "data", "mailto"})
"""Schemes of identifiers. As a prefix, any of them would turn identifiers into others."""

Known = Callable[[str], bool]
Defined = Mapping[str, frozenset[str]]
"""Every IRI that the pinned contexts name, with the names that they give to it."""
Names = Mapping[str, frozenset[str]]
"""Every name that the pinned contexts of a document give, with the IRIs that it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pinned:
    """What the pinned contexts say, as in ``check_inline_context``."""

    known: Known
    defined: Defined
    listed: Names


def check_inline_context(
    context: JsonObject, pointer: str, *, known: Known, defined: Defined, listed: Names
) -> None:
    """Refuse an inline context that could change the meaning of what is signed.

    ``known`` tells the URLs of pinned contexts; ``defined`` is ``defined_iris`` of them, and
    ``listed`` is ``defined_names`` of those that stand beside this one.
    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``, or ``LIMIT_EXCEEDED`` beyond
    ``limits.INLINE_CONTEXT_BYTES``), ``UncheckedError`` for a scoped context by an unknown URL.
    """
    if len(json.dumps(context)) > limits.INLINE_CONTEXT_BYTES:
        raise RefusedError(Code.LIMIT_EXCEEDED, "An inline context is too large.", pointer=pointer)
    inner = context["@context"] if set(context) == {"@context"} else context
    if not isinstance(inner, dict):
        _refuse("An inline context is an object.", pointer)
    pinned = _Pinned(known=known, defined=defined, listed=listed)
    _check_context(inner, pointer, pinned, prefixes={}, depth=0)


def check_no_compact_values(document: JsonObject, contexts: Iterable[JsonValue]) -> None:
    """Refuse a value that is written with a prefix of an inline context: the address of a
    status list, or of a schema, would be another text and the same statement.

    ``contexts`` passed ``check_inline_context``, where they are inline. Raises
    ``RefusedError`` (``MALFORMED_VALUE_ERROR``).
    """
    prefixes = {prefix for context in contexts for prefix in _all_prefixes(context)}
    for pointer, value in values_within(document) if prefixes else ():
        prefix, colon, rest = value.partition(":") if isinstance(value, str) else ("", "", "")
        if colon and prefix in prefixes and not rest.startswith("//"):
            _refuse("Write the whole address instead of one with a prefix.", pointer)


def check_scoped_work(document: JsonObject, contexts: Iterable[JsonValue]) -> None:
    """Bound what a processor does with contexts inside of definitions: it takes up each of them
    anew, word by word, wherever its property or type is used (JSON-LD 1.1, section 4.1.8).

    Raises ``RefusedError`` (``LIMIT_EXCEEDED``).
    """
    words = sum(_scoped_words(context) for context in contexts)
    objects = sum(1 for _ in objects_within(document)) if words else 0
    if words * objects > limits.SCOPED_DEFINITIONS:
        raise RefusedError(
            Code.LIMIT_EXCEEDED,
            "Contexts inside of an inline context are used too often.",
            pointer="/@context",
        )


def count_words(document: JsonObject) -> int:
    """The words that the inline contexts in ``document`` define, at every depth of it."""
    contexts = [node["@context"] for _, node in objects_within(document) if "@context" in node]
    entries = [entry for it in contexts for entry in (it if isinstance(it, list) else [it])]
    return sum(len(it) + _scoped_words(it) for it in entries if isinstance(it, dict))


def _scoped_words(context: JsonValue) -> int:
    """The words that are defined below the first level of ``context``."""
    inner = context.get("@context", context) if isinstance(context, dict) else {}
    definitions = inner.values() if isinstance(inner, dict) else ()
    below = [it["@context"] for it in definitions if isinstance(it, dict) and "@context" in it]
    return sum(_words_of(it) + _scoped_words(it) for it in below)


def _words_of(context: JsonValue) -> int:
    return len(context) if isinstance(context, dict) else _PINNED_WORDS


def _all_prefixes(context: JsonValue) -> Iterator[str]:
    if isinstance(context, dict):
        yield from _prefixes(context)
        for value in context.values():
            yield from _all_prefixes(value)


def _check_context(
    context: JsonValue,
    pointer: str,
    pinned: _Pinned,
    prefixes: Mapping[str, str],
    depth: int,
) -> None:
    if isinstance(context, str):
        if not pinned.known(context):
            raise UncheckedError(
                Code.UNKNOWN_CONTEXT, "A scoped context is not known here.", pointer=pointer
            )
        return
    if not isinstance(context, dict) or depth > _DEPTH:
        _refuse("A scoped context is an object or a known URL.", pointer)
    _check_no_towers(context, pointer)
    prefixes = {**prefixes, **_prefixes(context)}
    for name, value in context.items():
        place = f"{pointer}/{name}"
        if name.startswith("@"):
            _check_keyword(name, value, place, pinned.defined)
        else:
            _check_term(name, value, place, pinned, prefixes)
            if isinstance(value, dict) and "@context" in value:
                _check_context(value["@context"], place, pinned, prefixes, depth + 1)


def _prefixes(context: JsonObject) -> dict[str, str]:
    return {
        name: value
        for name, value in context.items()
        if isinstance(value, str) and value[-1:] in {"#", "/", ":", "?"}
    }


def _check_no_towers(context: JsonObject, pointer: str) -> None:
    """A processor that defines a word defines its prefix first, by calling itself."""
    below = {name: _prefix_of(value) for name, value in context.items()}
    for name in context:
        reached: str | None = name
        for _ in range(limits.PREFIXES_OF_PREFIXES + 1):
            reached = below.get(reached or "")
        if reached in below:
            _refuse("Prefixes are written with prefixes too often.", f"{pointer}/{name}")


def _prefix_of(value: JsonValue) -> str | None:
    iri = value.get("@id") if isinstance(value, dict) else value
    return iri.partition(":")[0] if isinstance(iri, str) else None


def _check_keyword(name: str, value: JsonValue, pointer: str, defined: Defined) -> None:
    match name:
        case "@version" if value == 1.1:
            return
        case "@protected" if isinstance(value, bool):
            return
        case "@language" if isinstance(value, str):
            return
        case "@vocab" if value is None:
            return
        case "@vocab" if isinstance(value, str) and _ABSOLUTE.fullmatch(value):
            # Not by a prefix, which another context may have defined.
            is_plain = value.partition(":")[0] in _SCHEMES
            if not is_plain or any(iri.startswith(value) for iri in defined):
                _refuse("This vocabulary overlaps one that is known here.", pointer)
        case _:
            _refuse(f"An inline context may not use {name!r} like this.", pointer)


def _check_term(
    name: str,
    value: JsonValue,
    pointer: str,
    pinned: _Pinned,
    prefixes: Mapping[str, str],
) -> None:
    definition = {"@id": value} if isinstance(value, str) else value
    if not _TERM.fullmatch(name) or name in _SCHEMES or not isinstance(definition, dict):
        _refuse("This is not a definition of a word.", pointer)
    if not set(definition) <= _DEFINITION_MEMBERS or "@id" not in definition:
        _refuse("A definition here has an @id and only simple members.", pointer)
    _check_iri(name, definition["@id"], pointer, pinned, prefixes)
    _check_details(definition, pointer, prefixes)


def _check_iri(
    name: str, iri: JsonValue, pointer: str, pinned: _Pinned, prefixes: Mapping[str, str]
) -> None:
    if isinstance(iri, str) and iri.startswith("@"):
        if _ALIASES.get(name) != iri:
            _refuse("A keyword may not get another name.", pointer)
        return
    if not isinstance(iri, str) or not _ABSOLUTE.fullmatch(iri):
        _refuse("A word is defined by an absolute IRI.", pointer)
    expanded = _expand(iri, prefixes)
    if pinned.defined.get(expanded, {name}) != {name}:
        _refuse("This gives a second name to a word that is known here.", pointer)
    if expanded not in pinned.listed.get(name, {expanded}):
        # A context below a property may redefine what is protected (JSON-LD 1.1, 4.1.11).
        _refuse("This gives a second meaning to a word of the document's contexts.", pointer)


def _expand(iri: str, prefixes: Mapping[str, str]) -> str:
    """The IRI that a processor makes of ``iri``; ``""`` when that cannot be told here. A prefix
    may be written with another one."""
    for _ in range(len(prefixes) + 1):
        prefix, _, rest = iri.partition(":")
        if prefix not in prefixes or rest.startswith("//"):
            # A prefix of a pinned context could hide behind a scheme that is none of these.
            return iri if rest.startswith("//") or prefix in _SCHEMES else ""
        iri = prefixes[prefix] + rest
    return ""  # prefixes that lead to each other


def _check_details(definition: JsonObject, pointer: str, prefixes: Mapping[str, str]) -> None:
    coercion = definition.get("@type", "@none")
    if not isinstance(coercion, str):
        _refuse("The type of a word is text.", pointer)
    if coercion not in _COERCIONS and not _ABSOLUTE.fullmatch(coercion):
        _refuse("The type of a word is an absolute IRI.", pointer)
    container = definition.get("@container", "@set")
    containers = container if isinstance(container, list) else [container]
    if not all(isinstance(item, str) and item in _CONTAINERS for item in containers):
        _refuse("This container is not supported in an inline context.", pointer)
    if not isinstance(definition.get("@language", ""), str):
        _refuse("A language is text.", pointer)
    if not isinstance(definition.get("@protected", True), bool):
        _refuse("@protected is true or false.", pointer)


def _refuse(detail: str, pointer: str) -> NoReturn:
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)


# --- the IRIs that pinned contexts name -------------------------------------------------


def defined_iris(documents: Iterable[JsonObject]) -> Defined:
    """Every IRI that a term of ``documents`` (context documents) stands for, with those terms,
    and ``""``, which stands for an IRI that cannot be told and has no name."""
    found: dict[str, set[str]] = {"": set()}
    for document in documents:
        for iri, name in _named_in(document["@context"], {}):
            found.setdefault(iri, set()).add(name)
    return {iri: frozenset(names) for iri, names in found.items()}


def defined_names(documents: Iterable[JsonObject]) -> Names:
    """Every name in ``documents`` (context documents) with the IRIs that it stands for there."""
    found: dict[str, set[str]] = {}
    for document in documents:
        for iri, name in _named_in(document["@context"], {}):
            found.setdefault(name, set()).add(iri)
    return {name: frozenset(iris) for name, iris in found.items()}


def _named_in(context: Any, prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if isinstance(context, list):
        for entry in context:
            yield from _named_in(entry, prefixes)
    if not isinstance(context, dict):
        return
    prefixes = {**prefixes, **_prefixes(context)}
    for name, value in context.items():
        definition = {"@id": value} if isinstance(value, str) else value
        if not isinstance(definition, dict):
            continue
        iri = definition.get("@id")
        if isinstance(iri, str) and not iri.startswith("@"):
            prefix, _, rest = iri.partition(":")
            yield prefixes[prefix] + rest if prefix in prefixes else iri, name
        yield from _named_in(definition.get("@context"), prefixes)
