"""Members of JSON whose form nobody has promised yet.

Rules say all that is wrong with a record at once, so they also look at records that do not
fit the schema. These readers answer ``None`` or nothing where a member is absent or of
another kind: what is wrong with its form is told by the schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from verifier.strict_json import JsonObject, JsonValue


def value_at(root: JsonValue, *path: str) -> JsonValue:
    """The member at ``path``, or ``None``."""
    value = root
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text_at(root: JsonValue, *path: str) -> str | None:
    """The text at ``path``, or ``None``."""
    value = value_at(root, *path)
    return value if isinstance(value, str) else None


def objects_at(root: JsonValue, *path: str) -> Iterator[tuple[int, JsonObject]]:
    """The objects in the list at ``path``, each with its index in the list."""
    value = value_at(root, *path)
    if isinstance(value, list):
        yield from ((index, item) for index, item in enumerate(value) if isinstance(item, dict))


def texts_at(root: JsonValue, *path: str) -> tuple[str, ...]:
    """The texts in the list at ``path``."""
    value = value_at(root, *path)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def date_at(root: JsonValue, *path: str) -> date | None:
    """The civil date ``YYYY-MM-DD`` at ``path``, or ``None``."""
    text = text_at(root, *path)
    if text is None or len(text) != len("YYYY-MM-DD"):
        return None  # date.fromisoformat also reads week dates and forms without hyphens
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
