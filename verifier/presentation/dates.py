"""Dates, times and durations in words: the month always a word, the digits of the language.

Never ``03/04``: half of the world reads it the other way round. Times are UTC and say so.
Leaves to others: which dates to show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias

from verifier.presentation.text import Moment, Sentence
from verifier.presentation.words import Words

_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,4})M)?", re.ASCII)
_DAYS = re.compile(r"P(\d{1,3})D", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month of a year, as ``xsd:gYearMonth`` writes it: a date told less exactly."""

    year: int
    month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year, as ``xsd:gYear`` writes it."""

    year: int


Day: TypeAlias = date
Calendar: TypeAlias = date | Month | Year


def parse_calendar(value: object) -> Calendar | None:
    """``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``; ``None`` for anything else."""
    if not isinstance(value, str):
        return None
    try:
        if match := _DATE.fullmatch(value):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _MONTH.fullmatch(value):
            return _month(date(int(match[1]), int(match[2]), 1))
    except ValueError:
        return None
    return Year(year=int(value)) if _YEAR.fullmatch(value) else None


def parse_minutes(value: object) -> int | None:
    """Minutes of an ``xsd:duration`` in hours and minutes, such as ``PT22H30M``."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0) if match else 0
    return minutes or None


def parse_days(value: object) -> int | None:
    """Days of an ``xsd:duration`` in days, such as ``P5D``."""
    match = _DAYS.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None


def moment(value: Calendar, words: Words) -> Moment:
    """The date in full, as far as it is told: ``20 March 2026``, ``March 2026``, ``2026``."""
    year = words.digits(f"{value.year:04}")
    match value:
        case date():
            shown = words["date.day"].format(
                day=words.number(value.day), month=words[f"month.{value.month}"], year=year
            )
            return Moment(machine=value.isoformat(), shown=shown)
        case Month():
            shown = words["date.month"].format(month=words[f"month.{value.month}"], year=year)
            return Moment(machine=f"{value.year:04}-{value.month:02}", shown=shown)
        case Year():
            return Moment(machine=f"{value.year:04}", shown=year)


def instant(at: datetime, words: Words) -> Moment:
    """``24 March 2026, 19:02 UTC``."""
    utc = at.astimezone(UTC)
    shown = words["date.instant"].format(
        date=moment(utc.date(), words).shown, time=words.digits(f"{utc:%H:%M}")
    )
    return Moment(machine=f"{utc:%Y-%m-%dT%H:%MZ}", shown=shown)


def day_of(at: datetime, words: Words) -> Moment:
    """The day of an instant, in UTC: ``24 March 2026``."""
    return moment(at.astimezone(UTC).date(), words)


def span(start: Calendar | None, end: Calendar | None, words: Words) -> Sentence:
    """``2 March to 20 March 2026``; one date when only one is known or both are the same."""
    first = start if start is not None else end
    last = end if end is not None else start
    if first is None or last is None:
        return ()
    if first == last:
        return (moment(first, words),)
    return words.say("date.span", start=_first_of_span(first, last, words), end=moment(last, words))


def months(start: Calendar | None, end: Calendar | None, words: Words) -> Sentence:
    """The same, no finer than months: ``March 2026``."""
    return span(_month_or_coarser(start), _month_or_coarser(end), words)


def _first_of_span(first: Calendar, last: Calendar, words: Words) -> Moment:
    """Without the year where the end of the span says it."""
    whole = moment(first, words)
    if first.year != last.year or isinstance(first, Year):
        return whole
    name = words[f"month.{first.month}"]
    if isinstance(first, date):
        day = words.number(first.day)
        return Moment(
            machine=whole.machine, shown=words["date.day_of_month"].format(day=day, month=name)
        )
    return Moment(machine=whole.machine, shown=name)


def _month(value: date) -> Month:
    return Month(year=value.year, month=value.month)


def _month_or_coarser(value: Calendar | None) -> Calendar | None:
    return _month(value) if isinstance(value, date) else value
