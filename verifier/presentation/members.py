"""Reading members of a document whose inner shape nobody promised.

The data model checks the outer shape; a badge of another issuer may hold anything further
in. These readers answer "nothing" for what is not of the expected kind, so that a page
shows less instead of failing. They never raise.

Leaves to others: what the members mean (``facts``, ``skills``).
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier import limits
from verifier.presentation.text import Text, text
from verifier.strict_json import JsonObject, JsonValue


def node(value: JsonValue, *path: str) -> JsonObject:
    """The object at ``path`` below ``value``, or an empty one."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def items(value: JsonValue) -> list[JsonValue]:
    """One value or a list of values, as a bounded list; nothing for ``None``."""
    if value is None:
        return []
    return value[: limits.SHOWN_ITEMS] if isinstance(value, list) else [value]


def nodes(value: JsonValue) -> Iterator[JsonObject]:
    """The objects among ``items``."""
    return (item for item in items(value) if isinstance(item, dict))


def strings(value: JsonValue) -> list[str]:
    """The texts among ``items``."""
    return [item for item in items(value) if isinstance(item, str)]


def first_string(value: JsonValue) -> str | None:
    """The first text among ``items``, if it holds more than white space."""
    return next((item for item in strings(value) if item.strip()), None)


def claimed_name(document: JsonObject) -> str | None:
    """A person's name among plain claims (SD-JWT VC): OpenID Connect Core 1.0, section 5.1, as
    ``given_name`` and ``family_name``. ``name`` may be anything's there."""
    if "vct" not in document or "credentialSubject" in document:
        return None
    parts = (first_string(document.get(claim)) for claim in ("given_name", "family_name"))
    return " ".join(part for part in parts if part) or None


def read_text(value: JsonValue, language: str | None = None) -> Text | None:
    """Text, or a language value object (VC Data Model 2.0, section 11.1), or a list of them.

    ``language`` is the language of the surrounding document, for text that names none.
    """
    for item in items(value):
        if isinstance(item, str) and item.strip():
            return text(item, language)
        if isinstance(item, dict) and isinstance(item.get("@value"), str):
            own = first_string(item.get("@language")) or language
            return text(item["@value"], own, first_string(item.get("@direction")))
    return None


def read_texts(value: JsonValue, language: str | None = None) -> tuple[Text, ...]:
    """Every text among ``items``."""
    found = (read_text(item, language) for item in items(value))
    return tuple(item for item in found if item is not None)
