"""Instants: one form, one meaning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.date_time_stamp import format_instant, parse_instant
from verifier.errors import Code, RefusedError

AT = datetime(2026, 3, 23, 20, 31, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-23T20:31:06Z", AT),
        ("2026-03-23T20:31:06+00:00", AT),
        ("2026-03-23T20:31:06-00:00", AT),
        ("2026-03-24T10:31:06+14:00", AT),
        ("2026-03-23T06:31:06-14:00", AT),
        ("2026-03-24T02:01:06+05:30", AT),
        ("2026-03-23T20:31:06.5Z", AT + timedelta(milliseconds=500)),
        ("2026-03-23T20:31:06.000000000000000000000000000009Z", AT),
        ("2026-03-23T24:00:00Z", datetime(2026, 3, 24, tzinfo=UTC)),
        ("2026-12-31T24:00:00Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_instants_are_read(text: str, at: datetime) -> None:
    """Every form of XML Schema 1.1 gives its instant."""
    instant = parse_instant(text)

    assert at == instant.at
    assert instant.has_offset


def test_instants_without_offset_are_utc_and_say_so() -> None:
    """Without an offset the text is read as UTC, and the caller is told."""
    instant = parse_instant("2026-03-23T20:31:06")

    assert AT == instant.at
    assert not instant.has_offset


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        True,
        {},
        ["2026-03-23T20:31:06Z"],
        "",
        "2026-03-23",
        "2026-03-23T20:31Z",
        "2026-03-23 20:31:06Z",
        "2026-03-23t20:31:06z",
        "20260323T203106Z",
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-03-23T24:00:01Z",
        "2026-03-23T25:00:00Z",
        "2026-03-23T20:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-03-23T20:31:06.Z",
        "2026-03-23T20:31:06,5Z",
        "2026-03-23T20:31:06+14:01",
        "2026-03-23T20:31:06+05:60",
        "2026-03-23T20:31:06+0530",
        "2026-03-23T20:31:06UTC",
        "10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T24:00:00Z",
        " 2026-03-23T20:31:06Z",
        "2026-03-23T20:31:06Z\n",
        "٢٠٢٦-03-23T20:31:06Z",
        "2026-03-23T20:31:06." + "1" * 64 + "Z",
    ],
)
def test_other_values_are_malformed(value: Any) -> None:
    """Another form, or a moment that does not exist, is malformed; the member is named."""
    with pytest.raises(RefusedError) as caught:
        parse_instant(value, pointer="/validFrom")

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR
    assert caught.value.pointer == "/validFrom"


@given(text=st.one_of(st.text(), st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")))
def test_no_text_raises_anything_else(text: str) -> None:
    """Arbitrary text is an instant or a refusal."""
    try:
        instant = parse_instant(text)
    except RefusedError:
        return

    assert instant.at.tzinfo is UTC


@given(at=st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_back(at: datetime) -> None:
    """An instant is written in UTC with whole seconds, and read back as that."""
    assert at.replace(microsecond=0) == parse_instant(format_instant(at)).at
