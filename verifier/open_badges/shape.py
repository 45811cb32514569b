"""Holds an object to its class in the table, with everything in it.

A single value may stand alone or as a list of one, which JSON-LD does not tell apart.
Credentials inside (endorsements, a record's credentials) are no members of the table.

Leaves to others: the table (``classes``), rules across objects (``rules``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from verifier.date_time_stamp import parse_instant
from verifier.errors import Code, RefusedError
from verifier.json_pointer import child
from verifier.model import as_list, is_absolute_url
from verifier.open_badges.classes import CLASSES, Class, Kind, Member
from verifier.strict_json import JsonObject, JsonValue

_ALWAYS: Final = frozenset({"type"})


def check_object(value: JsonValue, name: str, pointer: str) -> None:
    """Insist that ``value`` is an object of the class called ``name``.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``, with the place).
    """
    found = CLASSES[name]
    if not isinstance(value, dict):
        refuse(f"This is an object of the class {name}.", pointer)
    if found.type is not None and found.type not in as_list(value.get("type")):
        refuse(f"The type of this is {found.type}.", child(pointer, "type"))
    if found.is_closed:
        _check_closed(value, found, name, pointer)
    for member, rule in found.members.items():
        if member in value:
            _check_member(value[member], rule, child(pointer, member))
        elif rule.is_needed:
            refuse(f"{name} needs {member}.", child(pointer, member))


def refuse(detail: str, pointer: str) -> NoReturn:
    """The one error of these rules."""
    raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)


def _check_closed(value: JsonObject, found: Class, name: str, pointer: str) -> None:
    if as_list(value.get("type")) != [found.type]:
        refuse(f"The type of this is {found.type} and nothing else.", child(pointer, "type"))
    for member in value:
        if member not in found.members and member not in _ALWAYS:
            refuse(f"{name} has no other members.", child(pointer, member))


def _check_member(value: JsonValue, rule: Member, pointer: str) -> None:
    items = as_list(value)
    if not items or (len(items) > 1 and not rule.is_list):
        refuse("Exactly one value stands here.", pointer)
    for number, item in enumerate(items):
        _check_value(item, rule, f"{pointer}/{number}" if isinstance(value, list) else pointer)


def _check_value(value: JsonValue, rule: Member, pointer: str) -> None:
    for kind in rule.kinds:
        if isinstance(kind, str) and (isinstance(value, dict) or len(rule.kinds) == 1):
            check_object(value, kind, pointer)
            return
        if isinstance(kind, Kind) and _KINDS[kind](value):
            _check_words(value, rule, pointer)
            return
    expected = " or ".join(it.name.lower() if isinstance(it, Kind) else it for it in rule.kinds)
    refuse(f"This is {expected}.", pointer)


def _check_words(value: JsonValue, rule: Member, pointer: str) -> None:
    if not rule.words:
        return
    if not isinstance(value, str) or not (value in rule.words or value.startswith("ext:")):
        refuse(f"{str(value)[:60]!r} is not a word that is known here.", pointer)


def _is_text(value: JsonValue) -> bool:
    """Text, or text with a language, which the data model has looked at."""
    return isinstance(value, str) or (isinstance(value, dict) and "@value" in value)


def _is_resource(value: JsonValue) -> bool:
    return is_absolute_url(value) or (isinstance(value, str) and value.startswith("data:"))


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_instant(value: JsonValue) -> bool:
    try:
        parse_instant(value)
    except RefusedError:
        return False
    return True


_KINDS: Final[Mapping[Kind, Callable[[JsonValue], bool]]] = {
    Kind.TEXT: _is_text,
    Kind.URL: is_absolute_url,
    Kind.RESOURCE: _is_resource,
    Kind.NUMBER: _is_number,
    Kind.TRUTH: lambda value: isinstance(value, bool),
    Kind.INSTANT: _is_instant,
}
