"""The interface words, by language, as data: ``words/*.json``.

English is complete. Arabic covers what the issuer's share page and the facts need; it
needs a native reader before it is used for real people. A record's own text is never
translated here.

Leaves to others: which words to use when (``facts``, ``verdict``, ``checks``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from verifier.presentation.text import Part, Sentence, direction_of, fill, join
from verifier.strict_json import JsonObject, parse_json_object

LANGUAGES: Final = ("en", "ar")
"""The languages of the interface, the default first."""
_EASTERN_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_PREFERENCE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language of the interface. A missing key is a ``KeyError``: a fault of ours."""

    language: str
    entries: Mapping[str, str]

    @property
    def direction(self) -> str:
        """``ltr`` or ``rtl``."""
        return direction_of(self.language)

    def __getitem__(self, key: str) -> str:
        return self.entries[key]

    def say(self, key: str, **slots: Part | Sentence) -> Sentence:
        """The sentence ``key`` with ``slots`` filled in."""
        return fill(self.entries[key], **slots)

    def number(self, number: int) -> str:
        """A number in the digits of the language."""
        return self.digits(str(number))

    def digits(self, value: str) -> str:
        """The same text with the digits of the language; codes and addresses keep theirs."""
        return value.translate(_EASTERN_DIGITS) if self.language == "ar" else value

    def count(self, key: str, number: int) -> str:
        """``number`` of something, in the right plural form."""
        form = _plural_form(self.language, number)
        pattern = self.entries.get(f"{key}.{form}") or self.entries[f"{key}.other"]
        return pattern.format(n=self.number(number))

    def enumerate(self, items: list[Sentence]) -> Sentence:
        """``a``; ``a and b``; ``a, b and c``."""
        if len(items) < 2:
            return items[0] if items else ()
        head = join(items[:-1], self.entries["list.comma"])
        return (*head, self.entries["list.last"], *items[-1])

    def country(self, code: str) -> str:
        """The name of an ISO 3166-1 alpha-2 code; the code itself when it is none."""
        return str(_countries().get(code, {}).get(self.language, code))


@cache
def words(language: str) -> Words:
    """The catalogue of ``language``, one of ``LANGUAGES``."""
    if language not in LANGUAGES:
        raise ValueError(f"no interface words in {language!r}")
    return Words(language=language, entries=_read(f"{language}.json"))


def choose_language(accept_language: str | None) -> str:
    """The best of ``LANGUAGES`` for an ``Accept-Language`` header (RFC 9110, section 12.5.4)."""
    best, best_weight = LANGUAGES[0], 0.0
    for entry in (accept_language or "")[:200].split(","):
        match = _PREFERENCE.fullmatch(entry)
        if match and match[1].lower() in LANGUAGES:
            weight = float(match[2] or 1)
            if weight > best_weight:
                best, best_weight = match[1].lower(), weight
    return best


def _plural_form(language: str, number: int) -> str:
    """The category of the Unicode plural rules for whole numbers in our two languages."""
    if number == 1:
        return "one"
    if language != "ar":
        return "other"
    last_two = number % 100
    if number == 2:
        return "two"
    if 3 <= last_two <= 10:
        return "few"
    return "many" if last_two >= 11 else "other"


@cache
def _countries() -> JsonObject:
    return _read("countries.json")


def _read(name: str) -> JsonObject:
    return parse_json_object((files(__package__) / "words" / name).read_bytes())
