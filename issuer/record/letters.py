"""Text in all scripts: what is taken out, what is kept, what is refused (domain §3.3).

Kept as given: case, accents, apostrophes, hyphens, ZWJ and ZWNJ, the direction marks U+200E
and U+200F. Normalised to NFC, so that one word has one signature. Taken out: control
characters and the bidi embeddings, overrides and isolates (U+202A to U+202E, U+2066 to
U+2069), which can make a page show other words than were signed. Refused, not repaired:
U+FFFD, and the pair of signs that UTF-8 leaves when it was read as Latin-1.

Leaves to others: how long a text may be (the schema), how it is shown (the pages).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from issuer import limits
from issuer.record.findings import Finding, found, pointer_to
from verifier.strict_json import JsonObject, JsonValue

_BREAKS = re.compile(r"[ \t]*[\n\r\x0b\x0c\x85\u2028\u2029][\s]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_DAMAGE = re.compile(r"\ufffd|Ã[\x80-\xbf]|[\ud800-\udfff]")
_LONG_TEXTS: Final = frozenset(
    {"brief", "description", "statement", "contribution", "comment", "note", "basis"}
)
"""Members that may have several lines; all others are one line."""


def clean_text(text: str, *, lines: bool) -> str:
    """``text`` in NFC, without controls and bidi overrides; one line unless ``lines``."""
    if not lines:
        text = _BREAKS.sub(" ", text).replace("\t", " ")
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", unified)).strip()


def is_damaged(text: str) -> bool:
    """Whether ``text`` shows the traces of a wrong text encoding."""
    return _DAMAGE.search(text) is not None


def check_bounds(root: JsonObject) -> Iterator[Finding]:
    """Refuse what is too large to be a record, before anything else looks at it.

    Walks without recursion. At most one finding: how large it is does not matter.
    """
    stack: list[tuple[JsonValue, int]] = [(root, 1)]
    seen = 0
    while stack:
        value, depth = stack.pop()
        seen += 1
        if seen > limits.RECORD_VALUES or _is_oversized(value, depth):
            yield found("E116", "", sentence="The record is too large, too deep or too long.")
            return
        if isinstance(value, dict):
            stack.extend((member, depth + 1) for member in value.values())
        elif isinstance(value, list):
            stack.extend((item, depth + 1) for item in value)


def _is_oversized(value: JsonValue, depth: int) -> bool:
    if depth > limits.RECORD_DEPTH:
        return True
    if isinstance(value, str):
        return len(value) > limits.RECORD_TEXT_CHARACTERS
    return isinstance(value, dict | list) and len(value) > limits.RECORD_LIST_ITEMS


def clean_record(value: JsonValue, name: str = "") -> JsonValue:
    """A copy of ``value`` with clean texts and whole numbers as integers.

    ``name`` is the member that holds it. Bounded by ``check_bounds``, hence recursion.
    """
    if isinstance(value, str):
        return clean_text(value, lines=name in _LONG_TEXTS)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # 4.0 and 4 are one value; only one of them is ever signed
    if isinstance(value, dict):
        return {key: clean_record(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [clean_record(item, name) for item in value]
    return value


def find_damage(value: JsonValue, *path: str | int) -> Iterator[Finding]:
    """E114 for every text below ``value`` that looks damaged."""
    if isinstance(value, str) and is_damaged(value):
        yield found("E114", pointer_to(*path), value=value)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from find_damage(member, *path, name)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_damage(item, *path, index)
