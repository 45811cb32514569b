"""The catalogue of interface words."""

# ruff: noqa: RUF001  the words of pages hold typographic quotation marks and other scripts
from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.presentation.verdict import State
from verifier.presentation.words import LANGUAGES, choose_language, words

_VERIFIER_PAGES = ("verdict.", "outcome.", "step.", "check.", "unchecked.", "heading.", "says.")
_MORE_VERIFIER_PAGES = ("more.", "match.", "verifier.", "match.")


def _slots(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


def test_arabic_has_every_word_of_the_facts_and_the_share_page() -> None:
    """The share page never falls back to English in the middle of an Arabic page."""
    verifier_only = (*_VERIFIER_PAGES, *_MORE_VERIFIER_PAGES)
    shared = {key for key in words("en").entries if not key.startswith(verifier_only)}
    arabic = set(words("ar").entries)

    assert set() == shared - arabic


def test_both_languages_fill_the_same_slots() -> None:
    """A sentence loses nothing in translation; plural forms may leave their number out."""
    english, arabic = words("en").entries, words("ar").entries
    plural = re.compile(r"(hours|minutes|days|credit\.\w+)\.")
    common = [key for key in arabic if key in english and not plural.match(key)]

    assert common
    assert {key: _slots(english[key]) for key in common} == {
        key: _slots(arabic[key]) for key in common
    }


def test_no_word_that_is_never_said() -> None:
    """Nothing is called valid, authentic, safe, certified, trusted or tampered with."""
    never = re.compile(r"\b(valid|authentic|safe|certified|trusted|tampered)\b", re.IGNORECASE)
    said = {k: v for k, v in words("en").entries.items() if never.search(v)}

    assert {"gate.Q6": "Safe work, for adults"} == said


@pytest.mark.parametrize(
    "state",
    [
        state
        for state in State
        if state.value not in ("not_verified", "could_not_check", "read_not_checked")
    ],
)
def test_every_state_has_its_words(state: State) -> None:
    """A state without a reason of its own has word, headline and next sentence."""
    entries = words("en").entries

    assert {"word", "headline", "next"} <= {
        key.removeprefix(f"verdict.{state}.")
        for key in entries
        if key.startswith(f"verdict.{state}.")
    }


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("", "en"),
        ("ar", "ar"),
        ("ar-EG,ar;q=0.9,en;q=0.8", "ar"),
        ("en-GB,en;q=0.9,ar;q=0.8", "en"),
        ("fr,ar;q=0.5", "ar"),
        ("fr;q=0.9,de", "en"),
        ("ar;q=0", "en"),
        ("ar;q=zz", "en"),
        ("AR", "ar"),
    ],
)
def test_the_best_language_is_chosen(header: str | None, expected: str) -> None:
    """The reader's first language that we have; English otherwise."""
    assert expected == choose_language(header)


@given(st.text(max_size=300))
def test_any_header_gives_a_language(header: str) -> None:
    """No header makes the choice fail."""
    assert choose_language(header) in LANGUAGES


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("en", 1, "1 hour"),
        ("en", 22, "22 hours"),
        ("ar", 1, "ساعة واحدة"),
        ("ar", 2, "ساعتين"),
        ("ar", 3, "٣ ساعات"),
        ("ar", 28, "٢٨ ساعة"),
        ("ar", 100, "١٠٠ ساعة"),
        ("ar", 103, "١٠٣ ساعات"),
    ],
)
def test_counts_follow_the_plural_rules(language: str, number: int, expected: str) -> None:
    """Arabic has six plural forms; digits are those of the language."""
    assert expected == words(language).count("hours", number)


def test_countries_are_named_in_both_languages() -> None:
    """A code that is no country is shown as it is."""
    assert "Egypt" == words("en").country("EG")
    assert "مصر" == words("ar").country("EG")
    assert "ZZ" == words("en").country("ZZ")
