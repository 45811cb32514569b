"""Instants as the specifications write them: ``xsd:dateTimeStamp`` (XML Schema 1.1, 3.4.28).

``YYYY-MM-DDThh:mm:ss(.s+)?(Z|[+-]hh:mm)``. A value without an offset is read as UTC, as
VC Data Model 2.0 section 4.9 asks, and says so, so that the caller can warn.

Leaves to others: what an instant is compared with, and the allowance for clocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from verifier import limits
from verifier.errors import Code, RefusedError

_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time (aware, UTC) and whether the text named its offset."""

    at: datetime
    has_offset: bool


def parse_instant(value: object, *, pointer: str = "") -> Instant:
    """Read one ``xsd:dateTimeStamp``.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for anything else: another form, a
    day that does not exist, a leap second, a year outside 0001 to 9999.
    """
    match = (
        _FORM.fullmatch(value)
        if isinstance(value, str) and len(value) <= limits.TIMESTAMP_CHARACTERS
        else None
    )
    if match is None:
        raise _malformed(value, pointer)
    try:
        return Instant(_moment(match), match[8] is not None)
    except (ValueError, OverflowError) as error:
        raise _malformed(value, pointer) from error


def _moment(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(match[n]) for n in range(1, 7))
    microsecond = int(((match[7] or "") + "000000")[:6])
    extra = timedelta()
    if (hour, minute, second, microsecond) == (24, 0, 0, 0):  # XSD 1.1: the end of the day
        hour, extra = 0, timedelta(days=1)
    local = datetime(year, month, day, hour, minute, second, microsecond, _offset(match[8]))
    return local.astimezone(UTC) + extra


def _offset(text: str | None) -> timezone:
    if text in (None, "Z"):
        return UTC
    assert text is not None  # noqa: S101  for the type checker
    hours, minutes = int(text[1:3]), int(text[4:6])
    total = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or total > timedelta(hours=14):
        raise ValueError("offset out of range")
    return timezone(-total if text[0] == "-" else total)


def _malformed(value: object, pointer: str) -> RefusedError:
    shown = repr(value)[:60]
    return RefusedError(
        Code.MALFORMED_VALUE_ERROR,
        f"{shown} is not a date and time such as 2026-03-23T20:31:06Z.",
        pointer=pointer,
    )


def format_instant(at: datetime) -> str:
    """Write ``at`` (aware) in UTC with whole seconds, as we sign it."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
