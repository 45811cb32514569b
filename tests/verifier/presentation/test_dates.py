"""Dates in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.presentation import dates
from verifier.presentation.dates import Month, Year
from verifier.presentation.text import plain
from verifier.presentation.words import words


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-03-02", "2026-03-20", "2 March to 20 March 2026"),
        ("2025-11-03", "2026-01-23", "3 November 2025 to 23 January 2026"),
        ("2026-04-16", "2026-04-16", "16 April 2026"),
        ("2026-03", "2026-03", "March 2026"),
        ("2026-06", "2026-07", "June to July 2026"),
        ("2025-12", "2026-01", "December 2025 to January 2026"),
        ("2026", "2026", "2026"),
        ("2025", "2026", "2025 to 2026"),
        ("2026-03-02", None, "2 March 2026"),
        (None, None, ""),
    ],
)
def test_a_span_says_the_year_once(start: str | None, end: str | None, expected: str) -> None:
    """The month is a word and nothing is said twice."""
    span = dates.span(dates.parse_calendar(start), dates.parse_calendar(end), words("en"))

    assert expected == plain(span)


def test_arabic_dates_use_the_digits_of_the_language() -> None:
    """As on the Arabic share page."""
    span = dates.span(date(2026, 6, 21), date(2026, 7, 9), words("ar"))

    assert "من ٢١ يونيو إلى ٩ يوليو ٢٠٢٦" == plain(span)


def test_when_is_no_finer_than_months() -> None:
    """The short list says the month; days are further down."""
    assert "March 2026" == plain(dates.months(date(2026, 3, 2), date(2026, 3, 20), words("en")))


def test_an_instant_is_told_in_utc() -> None:
    """Wherever it was written."""
    at = datetime(2026, 3, 24, 22, 2, tzinfo=timezone(timedelta(hours=3)))

    assert "24 March 2026, 19:02 UTC" == dates.instant(at, words("en")).shown
    assert "2026-03-24T19:02Z" == dates.instant(at, words("en")).machine
    assert "24 March 2026" == dates.day_of(at.astimezone(UTC), words("en")).shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-02-30", None),
        ("2026-13", None),
        ("2026-03", Month(year=2026, month=3)),
        ("2026", Year(year=2026)),
        ("0000", Year(year=0)),
        ("٢٠٢٦", None),
        ("26", None),
        (20260302, None),
    ],
)
def test_only_iso_dates_are_read(value: object, expected: object) -> None:
    """Anything else is no date, and no error."""
    assert expected == dates.parse_calendar(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("PT22H", 1320),
        ("PT12H30M", 750),
        ("PT45M", 45),
        ("PT0H", None),
        ("PT", None),
        ("P5D", None),
        (5, None),
    ],
)
def test_durations_are_hours_and_minutes(value: object, expected: int | None) -> None:
    """Zero is not told."""
    assert expected == dates.parse_minutes(value)


@given(st.text(max_size=30))
def test_reading_a_date_never_fails(value: str) -> None:
    """And what was read can be said."""
    found = dates.parse_calendar(value)

    assert found is None or dates.moment(found, words("ar")).shown
