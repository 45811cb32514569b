"""The one JSON loader for every byte that enters.

Accepts I-JSON (RFC 7493) and nothing more: UTF-8 without a byte order mark, no duplicate
member names, no NaN or Infinity, integers within 2^53-1, finite numbers, no lone
surrogates, no NUL, bounded size and depth. What two parsers could read differently is
refused here, so that the bytes that were signed and the values that are shown are the same.

Leaves to others: what the members mean.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from itertools import chain
from typing import Any, NoReturn, TypeAlias

from verifier import limits
from verifier.errors import Code, RefusedError

JsonValue: TypeAlias = Any
"""``None``, ``bool``, ``int``, ``float``, ``str``, ``list`` or ``dict`` of these."""
JsonObject: TypeAlias = dict[str, Any]


def parse_json(data: bytes, *, max_bytes: int = limits.CREDENTIAL_BYTES) -> JsonValue:
    """Parse ``data`` strictly.

    Raises ``RefusedError``: ``LIMIT_EXCEEDED`` when it is larger than ``max_bytes`` or
    deeper than ``limits.JSON_DEPTH``, ``PARSING_ERROR`` for everything else.
    """
    if len(data) > max_bytes:
        raise RefusedError(Code.LIMIT_EXCEEDED, f"The document is larger than {max_bytes} bytes.")
    value = _load(_decode(data))
    _check_values(value)
    return value


def parse_json_object(data: bytes, *, max_bytes: int = limits.CREDENTIAL_BYTES) -> JsonObject:
    """Parse ``data`` strictly and insist on an object. Raises as ``parse_json``."""
    value = parse_json(data, max_bytes=max_bytes)
    if not isinstance(value, dict):
        _refuse("The document is not a JSON object.")
    return value


def _refuse(detail: str, pointer: str = "") -> NoReturn:
    raise RefusedError(Code.PARSING_ERROR, detail, pointer=pointer)


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(Code.PARSING_ERROR, "The document is not UTF-8 text.") from error
    if text.startswith("\ufeff"):
        _refuse("The document starts with a byte order mark.")
    return text


def _load(text: str) -> JsonValue:
    try:
        return json.loads(  # noqa: TID251  the one place
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=lambda name: _refuse(f"{name} is not a JSON number."),
        )
    except RecursionError as error:
        raise RefusedError(Code.LIMIT_EXCEEDED, "The document is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise RefusedError(
            Code.PARSING_ERROR, f"Not JSON: {error.msg} (line {error.lineno})."
        ) from error


def _object(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse(f"The member {_first_twice(pairs)[:80]!r} appears twice in one object.")
    return members


def _first_twice(pairs: list[tuple[str, JsonValue]]) -> str:
    """The first name that stands there again, in one pass: an object may have 10^5 members."""
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            return name
        seen.add(name)
    raise ValueError("every name stands there once")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > limits.INTEGER_MAX:
        _refuse("An integer is beyond 2^53-1, where readers disagree about its value.")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _refuse("A number is too large for a double.")
    return value


def _check_values(root: JsonValue) -> None:
    """Walk without recursion: depth, and characters no reader agrees about. What is neither text
    nor holds anything is not looked at twice: a document may have 10^5 of those."""
    stack: list[tuple[Iterable[JsonValue], int]] = [((root,), 1)]
    while stack:
        values, depth = stack.pop()
        for value in values:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, dict | list):
                if depth > limits.JSON_DEPTH:
                    raise RefusedError(Code.LIMIT_EXCEEDED, "The document is nested too deeply.")
                if value:
                    stack.append((_inside(value), depth + 1))


def _inside(value: dict[str, JsonValue] | list[JsonValue]) -> Iterable[JsonValue]:
    """Names and members, or items."""
    return value if isinstance(value, list) else chain(value, value.values())


def _check_text(text: str) -> None:
    if "\x00" in text:
        _refuse("A text holds the character U+0000.")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise RefusedError(Code.PARSING_ERROR, "A text holds half a character.") from error
