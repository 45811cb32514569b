"""Operations on texts: letters, lines, parts, names of people.

Leaves to others: what letters a record keeps and refuses (``issuer.record.letters``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.platforms.operations.operation import (
    Argument,
    Operation,
    OperationError,
    Setting,
    list_of,
    on_text,
    text_of,
)
from issuer.record.letters import is_damaged
from verifier.strict_json import JsonValue

_BULLET = re.compile(r"^[\s\-*\u2022\u2013]+")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _nfc_list(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """A list of texts, each in NFC and trimmed; empty ones are left out."""
    texts = (_nfc(text_of(item)).strip() for item in list_of(value or []))
    return [text for text in texts if text]


def _split(value: JsonValue, separator: str, _: Setting) -> JsonValue:
    """The trimmed parts of a text; empty ones are left out."""
    parts = (part.strip() for part in text_of(value or "").split(separator))
    return [part for part in parts if part]


def _bullet_lines(value: JsonValue, _: str, __: Setting) -> JsonValue:
    lines = text_of(value or "").splitlines()
    return [line for line in (_BULLET.sub("", line).strip() for line in lines) if line]


def _dedupe(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """A list without repeats, whatever their case; the first spelling is kept, and told."""
    texts = [text_of(item) for item in list_of(value or [])]
    kept: dict[str, str] = {}
    for text in texts:
        kept.setdefault(_nfc(text).casefold(), text)
    if len(kept) < len(texts):
        setting.note("W209")
    return list(kept.values())


def _join_non_empty(value: JsonValue, glue: str, _: Setting) -> JsonValue:
    """``Maya`` and ``Okafor``; either may be empty, because many people have one name."""
    parts = (text_of(part).strip() for part in list_of(value) if part is not None)
    return (glue or " ").join(part for part in parts if part) or None


def _flip_comma(text: str) -> str:
    """``Family, Given`` as it is said. With no comma, or with several, the order is not known
    and the name stays as it is."""
    parts = [part.strip() for part in text.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else text


def _reject_mojibake(text: str) -> str:
    if is_damaged(text):
        raise OperationError("E114")
    return text


TEXTS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "trim": Operation(run=on_text(str.strip), is_textual=True),
        "nfc": Operation(run=on_text(_nfc), is_textual=True),
        "nfcList": Operation(run=_nfc_list),
        "lower": Operation(run=on_text(str.lower), is_textual=True),
        "split": Operation(run=_split, argument=Argument.TEXT),
        "bulletLines": Operation(run=_bullet_lines),
        "dedupe": Operation(run=_dedupe),
        "joinNonEmpty": Operation(run=_join_non_empty, argument=Argument.TEXT),
        "flipComma": Operation(run=on_text(_flip_comma), is_textual=True),
        "rejectMojibake": Operation(run=on_text(_reject_mojibake), is_textual=True),
    }
)
