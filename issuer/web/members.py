"""Members of a request body, read strictly: each known, each of its kind, each within a bound.

Every refusal is ``RefusedError`` with a JSON Pointer. Leaves to others: reading the bytes
(``requests``), what members mean (the blueprints).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeVar

from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

_WORDS: Final = {
    bool: "true or false",
    str: "a text",
    dict: "an object",
    list: "a list",
}
_Kind = TypeVar("_Kind", bool, str, dict, list)  # type: ignore[type-arg]  # JSON values


def only(body: JsonObject, known: Collection[str], place: str = "") -> None:
    """Refuse a member that is not known."""
    for name in body:
        if name not in known:
            raise malformed(f"{name[:80]!r} is not known here.", place)


def member(body: JsonObject, name: str, kind: type[_Kind]) -> _Kind | None:
    """The member ``name`` when it is of ``kind``; ``None`` when it is absent."""
    if name not in body:
        return None
    value = body[name]
    if not isinstance(value, kind):
        raise malformed(f"{name} is {_WORDS[kind]}.", f"/{name}")
    return value


def required(body: JsonObject, name: str, kind: type[_Kind]) -> _Kind:
    """The member ``name``, which must be there."""
    value = member(body, name, kind)
    if value is None:
        raise malformed(f"{name} is missing.", f"/{name}")
    return value


def whole_number(body: JsonObject, name: str, default: int, *, most: int) -> int:
    """A number from 0 to ``most``; ``default`` when it is absent."""
    value: JsonValue = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise malformed(f"{name} is a whole number from 0 to {most}.", f"/{name}")
    return value


def texts(body: JsonObject, name: str, *, most: int, characters: int) -> tuple[str, ...] | None:
    """A list of at most ``most`` texts; ``None`` when it is absent."""
    values = member(body, name, list)
    if values is None:
        return None
    if len(values) > most:
        raise RefusedError(Code.LIMIT_EXCEEDED, f"{name} has at most {most}.", pointer=f"/{name}")
    if not all(isinstance(it, str) and 0 < len(it) <= characters for it in values):
        raise malformed(f"{name} is a list of texts of at most {characters} signs.", f"/{name}")
    return tuple(str(it) for it in values)


def malformed(detail: str, pointer: str) -> RefusedError:
    """The refusal of one member."""
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
