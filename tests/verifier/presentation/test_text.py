"""Pieces of sentences."""

from __future__ import annotations

import pytest

from verifier import limits
from verifier.presentation.text import Address, Text, direction_of, fill, plain, text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", "rtl"),
        ("ar-EG", "rtl"),
        ("ar-Latn", "ltr"),
        ("he", "rtl"),
        ("ur-Arab-PK", "rtl"),
        ("pa-Arab", "rtl"),
        ("en", "ltr"),
        ("ja", "ltr"),
    ],
)
def test_direction_follows_from_the_language_and_its_script(language: str, expected: str) -> None:
    """A script outweighs the language."""
    assert expected == direction_of(language)


def test_characters_that_turn_the_reading_direction_are_dropped() -> None:
    """A name must not make the words after it read backwards; its own letters stay."""
    assert "Mayalive" == text("Maya\u202eliv\u2066e\u0007").value
    assert "نيم‌فاصله" == text("نيم‌فاصله").value  # a zero-width non-joiner is a letter


def test_a_text_has_a_bounded_length() -> None:
    """A page stays a page."""
    assert limits.SHOWN_TEXT_CHARACTERS == len(text("x" * 1_000_000).value)


def test_an_unusable_language_is_dropped() -> None:
    """It would end in an attribute."""
    assert Text(value="a") == text("a", 'en" onclick="x')
    assert Text(value="a") == text("a", "x" * 500)


def test_slots_keep_their_kind() -> None:
    """What others wrote stays marked as such inside our sentence."""
    sentence = fill("Open {host} and {name}.", host=Address(value="a.example"), name=text("{host}"))

    assert ("Open ", Address(value="a.example"), " and ", Text(value="{host}"), ".") == sentence
    assert "Open a.example and {host}." == plain(sentence)
