"""Operations on words, flags and whole numbers. A word that is not listed is refused.

Leaves to others: the lists themselves, which stand in the profile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.platforms.operations.operation import (
    Argument,
    Operation,
    OperationError,
    Setting,
    text_of,
    word_in,
)
from verifier.strict_json import JsonValue

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)


def _bool(value: JsonValue, _: str, __: Setting) -> JsonValue:
    if value is not None and not isinstance(value, bool):
        raise OperationError("E109")
    return value


def _int(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """A whole number from 0, written with digits alone: ``1,000`` may be one or a thousand."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    text = text_of(value).strip()
    if not _WHOLE.fullmatch(text):
        raise OperationError("E116")
    return int(text)


def _table(value: JsonValue, name: str, setting: Setting) -> JsonValue:
    if value is None:
        return None
    found = word_in(setting.tables[name], value)
    return dict(found) if isinstance(found, dict) else found


def _must_be_true(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """Nothing but a clear yes: for what nobody may be without."""
    if value is not True:
        raise OperationError("E110")
    return value


WORDS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "bool": Operation(run=_bool),
        "int": Operation(run=_int),
        "table": Operation(run=_table, argument=Argument.TABLE),
        "mustBeTrue": Operation(run=_must_be_true),
    }
)
