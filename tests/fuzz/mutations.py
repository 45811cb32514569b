"""Damage done to good input: to text and to JSON, as hypothesis strategies.

Random bytes seldom get past the first check of a parser. Input that was good until a moment ago
gets to the last.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from verifier.strict_json import JsonValue

ODD_TEXTS = ("", "0", "-1", "\x00", "é", "\u202e", "z", "u", "~", ".", "#", "%2F", "x" * 300)
ODD_NUMBERS = (0, -1, 1, 2**53 - 1, -(2**53) + 1, 1.5, 1e300)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from(ODD_NUMBERS)
    | st.sampled_from(ODD_TEXTS)
    | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def damaged_text(draw: st.DrawFn, seeds: tuple[str, ...]) -> str:
    """A good text with one to three pieces cut out, doubled, or put in."""
    text = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 8)))
        piece = draw(st.sampled_from((*ODD_TEXTS, text[start:end] * 2)) | st.text(max_size=6))
        text = text[:start] + piece + text[end:]
    return text


@st.composite
def damaged_json(draw: st.DrawFn, seeds: tuple[Any, ...]) -> Any:
    """A good document with one to three values replaced, removed, doubled or moved."""
    document = copy.deepcopy(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(document))
        if not places:
            break
        container, key = draw(st.sampled_from(places))
        match draw(st.sampled_from(("replace", "remove", "double", "add", "move"))):
            case "replace":
                container[key] = draw(json_values)
            case "remove":
                del container[key]
            case "double":
                container[key] = [container[key], copy.deepcopy(container[key])]
            case "add" if isinstance(container, dict):
                container[draw(st.text(max_size=8))] = draw(json_values)
            case _:
                other, place = draw(st.sampled_from(places))
                container[key] = copy.deepcopy(other[place])
    return document


def _places(value: JsonValue) -> Iterator[tuple[Any, Any]]:
    """Every member and every item, as its container and its key."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, member in list(items):
        yield value, key
        yield from _places(member)
