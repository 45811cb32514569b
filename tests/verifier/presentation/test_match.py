"""Comparing what a person gave with what the credential names."""

# ruff: noqa: RUF001  the words of pages hold typographic quotation marks and other scripts
from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verifier.web.states import document
from verifier.identity import normalise_email
from verifier.presentation.match import compare, holds_email
from verifier.presentation.words import words
from verifier.strict_json import JsonObject

ENGLISH = words("en")


def _with_email(address: str) -> JsonObject:
    changed = document()
    salt = "e44d777c6fcb9f4dee1bbad1aa541c20"
    digest = hashlib.sha256((address + salt).encode()).hexdigest()
    changed["credentialSubject"]["identifier"][1].update(identityHash=f"sha256${digest}", salt=salt)
    return changed


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("Maya Okafor-Reyes", True),
        ("maya okafor reyes", True),
        ("MAYA OKAFORREYES", True),
        ("  Maya  Okafor‑Reyes ", True),
        ("Ｍａｙａ Okafor-Reyes", True),
        ("Maya Reyes", False),
        ("Mayá Okafor-Reyes", False),
        ("-", False),
    ],
)
def test_names_are_compared_without_case_spaces_and_punctuation(
    given_name: str, expected: bool
) -> None:
    """NFKC and casefold; an accent is a letter of its own."""
    found = compare(given_name, document(), ENGLISH)

    assert found is not None
    assert expected is found.same


def test_an_e_mail_address_is_compared_by_its_salted_hash() -> None:
    """As it is given, with its domain in lower case, and all in lower case."""
    credential = _with_email("maya@uni.example")

    assert True is compare("maya@UNI.example", credential, ENGLISH).same  # type: ignore[union-attr]
    assert True is compare("Maya@uni.example", credential, ENGLISH).same  # type: ignore[union-attr]
    assert False is compare("may@uni.example", credential, ENGLISH).same  # type: ignore[union-attr]


def test_a_credential_without_the_thing_says_that_there_is_nothing_to_compare() -> None:
    """That is neither the same nor different."""
    changed = document()
    changed["credentialSubject"]["identifier"] = []

    assert None is compare("Maya", changed, ENGLISH).same  # type: ignore[union-attr]
    assert None is compare("a@b.example", changed, ENGLISH).same  # type: ignore[union-attr]
    assert not holds_email(changed)


def test_nothing_given_is_no_comparison() -> None:
    """An empty box has no answer."""
    assert None is compare("  ", document(), ENGLISH)


def test_addresses_are_normalised_as_the_issuer_does() -> None:
    """Trim, NFC, lower-case domain only."""
    assert "Jose\u0301@uni.example" != normalise_email(" Jose\u0301@UNI.Example ")
    assert "Jos\u00e9@uni.example" == normalise_email(" Jose\u0301@UNI.Example ")


@given(st.text(max_size=400))
def test_nothing_given_makes_the_comparison_fail(given_text: str) -> None:
    """Whatever was typed."""
    found = compare(given_text, document(), ENGLISH)

    assert found is None or found.word
