"""JSON Pointers (RFC 6901), and a walk over a document that says where each value stands.

Leaves to others: what is looked for, and reading pointers that somebody else wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier.strict_json import JsonObject, JsonValue


def child(pointer: str, name: str) -> str:
    """The pointer of the member ``name`` of the object at ``pointer`` (section 3)."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def _anywhere(_pointer: str) -> bool:
    return True


def values_within(
    root: JsonObject, *, below: Callable[[str], bool] = _anywhere
) -> Iterator[tuple[str, JsonValue]]:
    """Every value of ``root`` and itself with its pointer, in the document's order, contexts
    left out. Objects at a pointer for which ``below`` is false are given and not entered."""
    stack: list[tuple[str, JsonValue]] = [("", root)]
    while stack:
        pointer, value = stack.pop()
        yield pointer, value
        if isinstance(value, dict) and below(pointer):
            members = ((child(pointer, n), v) for n, v in value.items() if n != "@context")
            stack.extend(reversed(list(members)))
        elif isinstance(value, list):
            items = ((f"{pointer}/{n}", item) for n, item in enumerate(value))
            stack.extend(reversed(list(items)))


def objects_within(
    root: JsonObject, *, below: Callable[[str], bool] = _anywhere
) -> Iterator[tuple[str, JsonObject]]:
    """The objects among ``values_within``."""
    for pointer, value in values_within(root, below=below):
        if isinstance(value, dict):
            yield pointer, value
