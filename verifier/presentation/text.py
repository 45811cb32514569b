"""Pieces of a sentence that a page can write safely, and their plain form.

A ``Sentence`` mixes our own words (``str``) with what others wrote (``Text``), points in
time (``Moment``) and addresses (``Address``). The templates give each its element:
``<bdi lang dir>``, ``<time datetime>``, ``<bdi class="url" dir="ltr">``. Nothing here is markup.

Leaves to others: which words (``words``), which facts (``facts``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import ClassVar, Final, TypeAlias

from verifier import limits

_RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
)
_RIGHT_TO_LEFT_SCRIPTS: Final = frozenset({"adlm", "arab", "hebr", "nkoo", "syrc", "thaa"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# Controls, and the characters that turn the direction of what follows: a name that holds
# them could make the words after it read backwards.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words that somebody else wrote. ``language`` is a BCP 47 tag, ``direction`` is ``ltr``
    or ``rtl``; both are ``None`` when unknown."""

    element: ClassVar[str] = "bdi"

    value: str
    language: str | None = None
    direction: str | None = None

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date or time: ``machine`` for the ``datetime`` attribute, ``shown`` in words."""

    element: ClassVar[str] = "time"

    machine: str
    shown: str

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A host name, URL or identifier; always left to right."""

    element: ClassVar[str] = "address"

    value: str

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Strong:
    """The same words with weight, for the one name that a sentence is about."""

    element: ClassVar[str] = "strong"

    value: Text | str

    def __str__(self) -> str:
        return str(self.value)


Part: TypeAlias = str | Text | Moment | Address | Strong
Sentence: TypeAlias = tuple[Part, ...]


def text(value: str, language: str | None = None, direction: str | None = None) -> Text:
    """Make a ``Text`` of bounded length without unseen characters.

    An unusable language tag is dropped; the direction follows from the language if not given.
    """
    shown = _UNSEEN.sub("", value[: limits.SHOWN_TEXT_CHARACTERS])
    tag = language if language and _LANGUAGE.fullmatch(language[:35]) else None
    known = direction if direction in ("ltr", "rtl") else None
    return Text(value=shown, language=tag, direction=known or (direction_of(tag) if tag else None))


def direction_of(language: str) -> str:
    """``rtl`` or ``ltr`` for a BCP 47 tag; a script subtag outweighs the language."""
    subtags = language.lower().split("-")
    script = next((part for part in subtags[1:] if len(part) == 4 and part.isalpha()), None)
    if script is not None:
        return "rtl" if script in _RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if subtags[0] in _RIGHT_TO_LEFT else "ltr"


def fill(pattern: str, **slots: Part | Sentence) -> Sentence:
    """Put ``slots`` into the ``{names}`` of ``pattern``; slots may be sentences themselves."""
    parts: list[Part] = []
    for words, name, _, _ in Formatter().parse(pattern):
        if words:
            parts.append(words)
        if name is not None:
            value = slots[name]
            parts.extend(value if isinstance(value, tuple) else (value,))
    return tuple(parts)


def join(sentences: list[Sentence] | tuple[Sentence, ...], between: str = " ") -> Sentence:
    """One sentence after the other, with ``between`` between them."""
    parts: list[Part] = []
    for sentence in sentences:
        parts.extend((between, *sentence) if parts else sentence)
    return tuple(parts)


def plain(sentence: Sentence | Part | None) -> str:
    """The sentence as one line of text, for the command line and for attributes."""
    if sentence is None:
        return ""
    if isinstance(sentence, tuple):
        return "".join(str(part) for part in sentence)
    return str(sentence)
