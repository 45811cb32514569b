"""Operations on days and hours (domain §1.6).

A day is the host's day. The order of day and month is never guessed: the profile states it.
Hours that can be read two ways are refused, and nothing is rounded beyond the minute.

Leaves to others: which day came first, how many hours are too many for a record
(``issuer.record.rules``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from issuer import limits
from issuer.platforms.operations.operation import (
    Argument,
    Operation,
    OperationError,
    Setting,
    list_of,
    text_of,
)
from issuer.record.rules import civil_date, is_time_zone
from verifier.date_time_stamp import parse_instant
from verifier.errors import RefusedError
from verifier.strict_json import JsonValue

_HOURS = re.compile(r"(\d{1,4})(?:\.(\d{1,4})|h([0-5]\d)?)?", re.ASCII)
"""``45``, ``20.5``, ``12h``, ``12h30``. ``1,5`` may be one and a half or fifteen."""
_PATTERN = re.compile(r"(DD|MM|YYYY)([-./ ]?)(DD|MM|YYYY)\2(DD|MM|YYYY)")
_DIGITS: Final = {"DD": r"(?P<day>\d{2})", "MM": r"(?P<month>\d{2})", "YYYY": r"(?P<year>\d{4})"}


def is_date_pattern(pattern: str) -> bool:
    """Whether ``pattern`` names day, month and year once each: ``MM/DD/YYYY``."""
    match = _PATTERN.fullmatch(pattern)
    return match is not None and len({match[1], match[3], match[4]}) == len(_DIGITS)


@cache
def _form(pattern: str) -> re.Pattern[str]:
    form = re.escape(pattern)
    for name, digits in _DIGITS.items():
        form = form.replace(name, digits)
    return re.compile(form, re.ASCII)


def _civil_date(value: JsonValue, pattern: str, _: Setting) -> JsonValue:
    """A day in the one form that the profile states; another form is not tried."""
    if value is None:
        return None
    match = _form(pattern).fullmatch(text_of(value).strip())
    if match is None:
        raise OperationError("E102")
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError as error:  # 31 April
        raise OperationError("E102") from error
    return day.isoformat()


def _instant_to_civil_date(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """The day on which it was in the host's zone: never the day in UTC."""
    if value is None:
        return None
    zone = setting.beside()
    try:
        instant = parse_instant(value)
    except RefusedError as error:
        raise OperationError("E102") from error
    if not instant.has_offset or not is_time_zone(zone):
        raise OperationError("E102")
    try:
        return civil_date(instant.at, ZoneInfo(zone)).isoformat()
    except OverflowError as error:  # the first and the last day of the calendar
        raise OperationError("E102") from error


def _hours_to_duration(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """``PTnHnM`` of hours; none, zero, too many or two-way readable ones are refused."""
    return _duration(int((hours_of(value) * 60).quantize(Decimal(1), rounding=ROUND_HALF_UP)))


def _minutes_to_duration(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """``PTnHnM`` of whole minutes."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise OperationError("E108")
    return _duration(value)


def _duration(minutes: int) -> str:
    if not 0 < minutes <= limits.RECORD_EFFORT_MINUTES:
        raise OperationError("E108")
    hours, rest = divmod(minutes, 60)
    return f"PT{f'{hours}H' if hours else ''}{f'{rest}M' if rest else ''}"


def hours_of(value: JsonValue) -> Decimal:
    """Hours as a number or as a text. Raises ``OperationError`` (E108)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = format(Decimal(str(value)), "f")
    match = _HOURS.fullmatch(text_of(value).strip()) if isinstance(value, str) else None
    if match is None:
        raise OperationError("E108")
    return Decimal(f"{match[1]}.{match[2] or 0}") + Decimal(match[3] or 0) / 60


def _sum(value: JsonValue, name: str, _: Setting) -> JsonValue:
    """The sum of one whole number of every object in a list; an entry without it is refused,
    because a sum without it would say too little."""
    if value is None:
        return None
    total = 0
    for entry in list_of(value):
        number = entry.get(name) if isinstance(entry, dict) else None
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise OperationError("E108")
        total += number
    return total


def _effort(value: JsonValue, basis: str, _: Setting) -> JsonValue:
    """How long, and whether that was logged, estimated or agreed."""
    return {"duration": value, "basis": basis}


TIMES: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "civilDate": Operation(run=_civil_date, argument=Argument.PATTERN),
        "instantToCivilDate": Operation(run=_instant_to_civil_date, argument=Argument.PATH),
        "hoursToDuration": Operation(run=_hours_to_duration),
        "minutesToDuration": Operation(run=_minutes_to_duration),
        "sum": Operation(run=_sum, argument=Argument.TEXT),
        "effort": Operation(
            run=_effort, argument=Argument.WORD, words=("logged", "estimated", "contracted")
        ),
    }
)
