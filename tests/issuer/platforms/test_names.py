"""Names in all scripts, from a platform's file to the record (domain §3.3)."""

# ruff: noqa: RUF001  letters of all scripts, on purpose

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.platforms import RowOutcome, load_profile, map_payload
from issuer.record import complete_submission, parse_draft
from tests.example_records import read_data
from tests.issuer.platforms.payloads import IMPORTED_AT, codes_of, map_table, table

NAMES = {
    "Latin with accents": "Máire Ní Dhomhnaill-O'Brien",
    "one name": "Suharti",
    "one letter": "O",
    "Arabic": "نور حدّاد",
    "Hebrew": "איתן בר־לב",
    "Persian with a non-joiner": "علی\u200cرضا پورمحمدی",
    "Hindi with a joiner": "श्री क्\u200dष",
    "Tamil": "கவிதா",
    "Thai": "สมชาย ใจดี",
    "Chinese": "张 宇",
    "Japanese": "髙橋 さくら",
    "Korean": "박민준",
    "Amharic": "ሰላማዊት ተስፋዬ",
    "Cyrillic": "Ґалаґан Їжакевич",
    "Greek": "Ελένη Παπαδοπούλου",
    "Georgian": "თამარ ბერიძე",
    "astral": "𐐀𐐁 𝒜",
    "apostrophes": "Ng\u02bbethe N\u2019Diaye",
}


def stored(outcome: RowOutcome) -> str:
    """The name as the record keeps it."""
    assert outcome.draft is not None, outcome.findings
    whole = complete_submission(
        outcome.draft,
        {},
        record_id="urn:uuid:5c1ab0a2-6f4c-4e0b-9d6e-1f2a3b4c5d6e",
        received_at=IMPORTED_AT,
    )
    return str(parse_draft(whole, received_at=IMPORTED_AT).document["learner"]["name"]["full"])


def in_json(name: str) -> RowOutcome:
    """The outcome of a member of a team with that name."""
    payload = read_data("platforms", "teamlearn-experience.json")
    payload["team"]["members"][1]["name"] = name
    return map_payload(load_profile("teamlearn-1"), payload, received_at=IMPORTED_AT)[1]


def in_a_table(name: str) -> RowOutcome:
    quoted = name.replace('"', '""')
    return map_table(table({"student_name": f'"{quoted}"'}))[0]


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_is_kept_as_it_was_given(name: str) -> None:
    """In NFC, in JSON and in a table: letters, joiners, apostrophes, hyphens, spaces."""
    expected = unicodedata.normalize("NFC", name)

    assert expected == stored(in_json(name)) == stored(in_a_table(name))
    assert expected == stored(in_json(unicodedata.normalize("NFD", name)))


@pytest.mark.parametrize(
    "sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x01\x7f"]
)
def test_what_would_turn_a_page_is_taken_out(sign: str) -> None:
    """Controls, bidi embeddings, overrides and isolates; the letters stay."""
    assert "Ana Lima" == stored(in_json(f"{sign}Ana {sign}Lima{sign}"))


@pytest.mark.parametrize("name", ["Mu\ufffdoz", "MuÃ±oz", "Ã\x81na", "JosÃ©"])
@pytest.mark.parametrize("send", [in_json, in_a_table])
def test_damaged_letters_are_refused_and_never_repaired(name: str, send: object) -> None:
    """E114, in whatever form it came; the name is not repeated."""
    outcome = send(name)  # type: ignore[operator]  # one of the two functions

    assert "E114" in codes_of(outcome)
    assert all(finding.value is None for finding in outcome.findings if finding.code == "E114")


@pytest.mark.parametrize(
    ("name", "direction"),
    [
        ("نور حدّاد", "rtl"),
        ("(نور) Haddad", "rtl"),
        ("איתן", "rtl"),
        ("Nour نور", None),
        ("3 نور", "rtl"),
        ("张宇", None),
        ("Suharti", None),
    ],
)
def test_the_first_letter_says_the_direction(name: str, direction: str | None) -> None:
    """Digits and brackets say nothing."""
    draft = in_json(name).draft

    assert draft
    assert direction == draft["learner"]["name"].get("direction")


@given(st.text(st.characters(categories=("L", "M", "N")), min_size=1, max_size=60))
def test_any_letters_are_kept(name: str) -> None:
    """Whatever somebody is called, it is what they were called, in NFC."""
    outcome = in_json(name)

    if "E114" not in codes_of(outcome):
        assert unicodedata.normalize("NFC", name).strip() == stored(outcome)
