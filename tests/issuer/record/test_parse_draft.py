"""A record that may wait for somebody is read as strictly as one to be issued."""

from __future__ import annotations

import pytest

from issuer.record import RecordError, parse_draft, parse_record
from tests.example_records import arrival, example_record


def test_a_held_record_is_a_draft() -> None:
    """Without attestations a record waits for the host: it is read, with what it waits for."""
    record = example_record("01") | {"attestations": []}

    draft = parse_draft(record, received_at=arrival(record))

    assert "H303" in {finding.code for finding in draft.warnings}
    assert record["recordId"] == draft.record_id
    with pytest.raises(RecordError) as caught:
        parse_record(record, received_at=arrival(record))
    assert draft.warnings == caught.value.findings


def test_a_refused_record_is_no_draft() -> None:
    """E findings stop it."""
    record = example_record("01") | {"salary": 480}

    with pytest.raises(RecordError) as caught:
        parse_draft(record, received_at=arrival(record))

    assert "E115" in {finding.code for finding in caught.value.findings}


def test_a_good_record_is_the_same_read_either_way() -> None:
    """Nothing but the H codes makes a difference."""
    record = example_record("01")

    assert parse_record(record, received_at=arrival(record)) == parse_draft(
        record, received_at=arrival(record)
    )
