"""JSON Pointers (RFC 6901), and a walk over a document that says where each value stands.

Leaves to others: what is looked for, and reading pointers that somebody else wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue


def child(pointer: str, name: str) -> str:
    """The pointer of the member ``name`` of the object at ``pointer`` (section 3).

    Raises ``RefusedError`` (``LIMIT_EXCEEDED``) where it would be too long: one long name above
    many values is a megabyte that becomes gigabytes of pointers.
    """
    if len(pointer) + len(name) > limits.POINTER_CHARACTERS:
        raise RefusedError(Code.LIMIT_EXCEEDED, "The names of members are too long.")
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def first_name(pointer: str) -> str:
    """The name of the member of the whole document that ``pointer``, not empty, leads into."""
    return pointer.split("/", 2)[1].replace("~1", "/").replace("~0", "~")


def _anywhere(_pointer: str) -> bool:
    return True


def values_within(
    root: JsonObject, *, below: Callable[[str], bool] = _anywhere
) -> Iterator[tuple[str, JsonValue]]:
    """Every value of ``root`` and itself with its pointer, in the document's order, contexts
    left out. Objects at a pointer for which ``below`` is false are given and not entered.

    Raises ``RefusedError`` (``LIMIT_EXCEEDED``) after ``limits.JSON_VALUES`` values, whatever the
    document is secured with; and as ``child``.
    """
    yield "", root
    count = 0
    ways = [_members("", root, below)]
    while ways:
        for pointer, value in ways[-1]:
            count += 1
            if count > limits.JSON_VALUES:
                raise RefusedError(
                    Code.LIMIT_EXCEEDED, f"There are more than {limits.JSON_VALUES} values."
                )
            yield pointer, value
            if isinstance(value, dict | list):
                ways.append(_members(pointer, value, below))
                break
        else:
            ways.pop()


def _members(
    pointer: str, value: JsonValue, below: Callable[[str], bool]
) -> Iterator[tuple[str, JsonValue]]:
    """One level, a pointer at a time: all of them together could be larger than memory."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield f"{pointer}/{number}", item
    elif below(pointer):
        for name, member in value.items():
            if name != "@context":
                yield child(pointer, name), member


def objects_within(
    root: JsonObject, *, below: Callable[[str], bool] = _anywhere
) -> Iterator[tuple[str, JsonObject]]:
    """The objects among ``values_within``."""
    for pointer, value in values_within(root, below=below):
        if isinstance(value, dict):
            yield pointer, value
