"""``"@vocab": null`` written so that PyLD understands it.

A context may take away the vocabulary of the contexts before it (JSON-LD 1.1, section 4.1.2).
PyLD 3 fails with a ``KeyError`` where there is none to take away. So one is put there first: a
context of one vocabulary right before each that takes it away again. The meaning is the same.

Leaves to others: which contexts are admitted (``verifier.jsonld.contexts``).
"""

from __future__ import annotations

from typing import Final

from verifier.strict_json import JsonObject, JsonValue

_SOME_VOCABULARY: Final = {"@vocab": "https://vocabulary.invalid/"}


def spell_out_null_vocabulary(document: JsonObject) -> JsonObject:
    """``document`` with such contexts, wherever they stand; itself when it has none."""
    return _changed(document) if _takes_away(document) else document


def _takes_away(value: JsonValue) -> bool:
    if isinstance(value, dict):
        is_one = "@vocab" in value and value["@vocab"] is None
        return is_one or any(_takes_away(member) for member in value.values())
    return isinstance(value, list) and any(_takes_away(item) for item in value)


def _changed(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_changed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _context(member) if name == "@context" else _changed(member)
        for name, member in value.items()
    }


def _context(context: JsonValue) -> JsonValue:
    """``context`` as a list, with what is needed before its entries, and inside of them."""
    entries: list[JsonValue] = []
    for entry in context if isinstance(context, list) else [context]:
        plain = entry["@context"] if isinstance(entry, dict) and "@context" in entry else entry
        if isinstance(plain, dict) and plain.get("@vocab", "") is None:
            entries.append(_SOME_VOCABULARY)
        entries.append(_changed(plain))
    return entries
