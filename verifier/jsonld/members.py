"""Members of a document that no signature over RDF could cover, found before any processing.

An rdfc signature covers statements, not JSON. Two spellings of one statement are one to the
signature and two to a program that looks for ``credentialStatus`` or ``validUntil``: a member
renamed to its full IRI would keep the signature and lose its meaning. So one spelling is
admitted: plain terms. The same holds for types that a pinned context names. What JSON-LD
silently drops (a language or direction without a text, an index) is refused as well.

Works on the document as received, so that a refusal can point at the member.

Leaves to others: whether a term is defined (``verifier.jsonld.oracle``), and what is left
after expansion (``verifier.jsonld.statements``).
"""

from __future__ import annotations

from typing import Final, NoReturn

from verifier.errors import Code, RefusedError
from verifier.json_pointer import child, values_within
from verifier.jsonld.contexts import known_iris
from verifier.strict_json import JsonObject, JsonValue

_NAMES_OF_TYPES: Final = frozenset({"Criteria", "GeoCoordinates", "Image"})
"""Open Badges defines these types with the IRIs of the members ``criteria``, ``geo`` and
``image``: as member names they would be second spellings of those."""


def check_members(document: JsonObject) -> int:
    """Refuse what cannot be covered, whatever the contexts say. Returns the number of values.

    Raises ``RefusedError``: ``MALFORMED_VALUE_ERROR`` for a member that is not a plain term,
    ``DATA_LOSS_DETECTION_ERROR`` for a value that would vanish, ``LIMIT_EXCEEDED`` for more
    than ``limits.JSON_VALUES`` values.
    """
    count = 0
    for pointer, value in values_within(document):
        count += 1
        if isinstance(value, dict):
            for name in value:
                _check_name(name, pointer)
            _check_value_object(value, pointer)
            _check_types(value.get("type"), pointer)
    return count


def locate(document: JsonObject, text: str | None) -> str:
    """The JSON Pointer of the one member named ``text`` or the one value equal to it; empty
    when there is none or more than one."""
    found: list[str] = []
    for pointer, value in values_within(document):
        if isinstance(value, dict) and text in value:
            found.append(child(pointer, str(text)))
        elif value == text and isinstance(value, str):
            found.append(pointer)
    return found[0] if len(found) == 1 else ""


def _check_name(name: str, pointer: str) -> None:
    if ":" in name or name in _NAMES_OF_TYPES:
        _refuse(
            Code.MALFORMED_VALUE_ERROR,
            f"Write the plain name of the member instead of {name[:80]!r}.",
            child(pointer, name),
        )
    if name == "@index":
        _refuse(
            Code.DATA_LOSS_DETECTION_ERROR,
            f"{name} is not covered by the signature.",
            child(pointer, name),
        )


def _check_types(types: JsonValue, pointer: str) -> None:
    """A badge whose type is written as an address is a badge to the signature, and none to a
    program that would hold it to the rules of badges."""
    for item in types if isinstance(types, list) else (types,):
        if isinstance(item, str) and ":" in item and item in known_iris():
            _refuse(
                Code.MALFORMED_VALUE_ERROR,
                f"Write the plain name of the type instead of {item[:80]!r}.",
                child(pointer, "type"),
            )


def _check_value_object(value: JsonObject, pointer: str) -> None:
    """JSON-LD 1.1, section 5.2.2 drops these without a word."""
    is_json = value.get("@type") == "@json"
    if "@value" not in value and not value.keys().isdisjoint({"@language", "@direction"}):
        _refuse(
            Code.DATA_LOSS_DETECTION_ERROR,
            "A language or direction without a text is not covered by the signature.",
            pointer,
        )
    if "@value" in value and value["@value"] is None and not is_json and len(value) > 1:
        _refuse(
            Code.DATA_LOSS_DETECTION_ERROR,
            "A value that is null is not covered by the signature.",
            pointer,
        )


def _refuse(code: Code, detail: str, pointer: str) -> NoReturn:
    raise RefusedError(code, detail, pointer=pointer)
