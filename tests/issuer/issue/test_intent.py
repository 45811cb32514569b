"""What is written down before anything is built, and read again after a crash."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.intent import DocumentIntent, OwnIntent, RecordIntent, parse_intent
from tests.issuer.offices import START

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=9)
DOCUMENTS = st.dictionaries(TEXTS, TEXTS | st.integers(-9, 9) | st.lists(TEXTS))
"""What the strict loader lets in: no half of a character, no NUL."""


@given(
    document=DOCUMENTS,
    mandatory=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
)
def test_a_document_and_its_pointers_are_read_as_they_were_written(
    document: dict[str, object], mandatory: tuple[str, ...] | None
) -> None:
    """None, no pointer and some pointers are three different things."""
    intent = DocumentIntent(document=document, created=START, mandatory=mandatory)

    assert intent == parse_intent(intent.to_text())


@given(
    document=DOCUMENTS,
    mandatory=st.none() | st.lists(TEXTS, max_size=3).map(tuple),
    share_id=st.none() | st.just("0" * 32),
    agreed_at=st.none() | st.just(START),
)
def test_what_we_build_beside_a_completion_is_read_as_it_was_written(
    document: dict[str, object],
    mandatory: tuple[str, ...] | None,
    share_id: str | None,
    agreed_at: datetime | None,
) -> None:
    """The learner's yes is kept with it."""
    intent = OwnIntent(
        document=document,
        created=START,
        share_id=share_id,
        mandatory=mandatory,
        agreed_at=agreed_at,
    )

    assert intent == parse_intent(intent.to_text())


@pytest.mark.parametrize("share_id", [None, "0" * 32])
def test_a_record_is_read_as_it_was_written(share_id: str | None) -> None:
    """With the seed of its salts, so that the same document is built again."""
    intent = RecordIntent(
        credential_id="urn:uuid:1", created=START, seed="ab" * 32, share_id=share_id
    )

    found = parse_intent(intent.to_text())

    assert intent == found
    assert isinstance(found, RecordIntent)
    first, second = intent.salts(), found.salts()
    assert [first(), first()] == [second(), second()]


def test_an_intent_of_an_earlier_release_is_read() -> None:
    """It named no pointers."""
    found = parse_intent('{"kind": "document", "created": "2026-12-01T12:00:00Z", "document": {}}')

    assert DocumentIntent(document={}, created=START) == found
