"""Which part of a document some JSON Pointers choose (ECDSA Cryptosuites 1.0, section 3.4.11
to 3.4.13, selection; RFC 6901 for the pointers).

The chosen part is a document of its own: it keeps ``@context``, and every object on the way to
a chosen value keeps its ``id`` and ``type``, without which the value would speak of something
else. Items of lists close up. A pointer that chooses nothing is an error and not a smaller
choice: a typing mistake in a mandatory pointer would make optional what must be shown.

Leaves to others: what is done with the parts (``verifier.proofs.ecdsa_sd``).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Final, TypeAlias

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_ALWAYS: Final = ("@context", "id", "type")

_Chosen: TypeAlias = "dict[str, _Chosen] | None"
"""What is chosen of a value: all of it (``None``), or parts of some members or items."""


def select(document: JsonObject, pointers: Sequence[str]) -> JsonObject:
    """The part of ``document`` that ``pointers`` choose, at least one; ``""`` is all of it.

    Raises ``RefusedError``: ``PROOF_GENERATION_ERROR`` with the pointer at fault, or for no
    pointer at all; ``LIMIT_EXCEEDED`` beyond ``limits.SD_POINTERS``.
    """
    if not pointers:
        raise _unselectable("Nothing of the document is chosen.", "")
    if len(pointers) > limits.SD_POINTERS:
        raise RefusedError(Code.LIMIT_EXCEEDED, f"More than {limits.SD_POINTERS} pointers.")
    chosen: _Chosen = {}
    for pointer in pointers:
        chosen = _merge(chosen, _path(document, pointer))
    return dict(_project(document, chosen))


def parse_pointer(text: str) -> tuple[str, ...]:
    """The names and indexes of a JSON Pointer (RFC 6901, sections 3 and 4).

    Raises ``RefusedError`` (``PROOF_GENERATION_ERROR``).
    """
    if len(text) > limits.SD_POINTER_CHARACTERS or _POINTER.fullmatch(text) is None:
        raise _unselectable("This is no JSON Pointer.", text[: limits.SD_POINTER_CHARACTERS])
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def _path(document: JsonObject, pointer: str) -> _Chosen:
    """The choice of one pointer, which leads to a value that is there."""
    value: JsonValue = document
    parts = parse_pointer(pointer)
    for part in parts:
        value = _step(value, part)
    if value is None or parts[:1] == ("@context",):
        raise _unselectable("Nothing stands here that could be shown.", pointer)
    chosen: _Chosen = None
    for part in reversed(parts):
        chosen = {part: chosen}
    return chosen


def _step(value: JsonValue, part: str) -> JsonValue:
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and _INDEX.fullmatch(part) and int(part) < len(value):
        return value[int(part)]
    return None


def _merge(one: _Chosen, other: _Chosen) -> _Chosen:
    """Both choices. The whole of a value holds every part of it."""
    if one is None or other is None:
        return None
    merged = dict(one)
    for name, chosen in other.items():
        merged[name] = _merge(merged[name], chosen) if name in merged else chosen
    return merged


def _project(value: JsonValue, chosen: _Chosen) -> JsonValue:
    if chosen is None:
        return copy.deepcopy(value)
    if isinstance(value, list):
        numbered = ((str(n), item) for n, item in enumerate(value))
        return [_project(item, chosen[n]) for n, item in numbered if n in chosen]
    return {
        name: _project(member, None if name in _ALWAYS else chosen[name])
        for name, member in value.items()
        if name in _ALWAYS or name in chosen
    }


def _unselectable(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.PROOF_GENERATION_ERROR, detail, pointer=pointer)
