"""The closed list of operations of mapping profiles (domain §3.1), each one function.

An operation takes the value so far, its argument (the text after the colon) and the setting
of the row, and gives the next value. Where a member was absent the value is ``None``, and
most operations hand it on. ``OperationError`` names the code when a value cannot be read;
the field may replace the code. A new operation is a new line of ``OPERATIONS``.

Leaves to others: which field reads what, what is required, what a draft must be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from issuer import limits
from issuer.platforms.paths import Row, parse_path
from issuer.record.identity import normal_email
from issuer.record.rules import civil_date, is_time_zone
from issuer.skills import SkillTable
from verifier.date_time_stamp import parse_instant
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, JsonValue

_BULLET = re.compile(r"^[\s\-*\u2022\u2013]+")
_HOURS = re.compile(r"(\d{1,4})(?:\.(\d{1,4})|h([0-5]\d)?)?", re.ASCII)
"""``45``, ``20.5``, ``12h``, ``12h30``. ``1,5`` may be one and a half or fifteen."""


class OperationError(Exception):
    """A value cannot be read. ``code`` is the finding's code unless the field says another."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class PayFloor:
    """The least pay per hour by currency, of the policy with that id."""

    policy: str
    per_hour: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What operations may look at besides the value: the row and the profile's tables."""

    row: Row
    tables: Mapping[str, Mapping[str, JsonValue]]
    pay_floor: PayFloor | None = None
    skill_table: SkillTable | None = None


class Argument(Enum):
    """What an operation has after its colon, so that a profile can be checked on load."""

    NONE = "nothing"
    TEXT = "a text"
    PATH = "a path"
    TABLE = "the name of a table of the profile"


Run = Callable[[JsonValue, str, Setting], JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the closed list. ``sources`` is how many paths a field must read for
    it, where that is not one; such an operation comes first."""

    run: Run
    argument: Argument = Argument.NONE
    sources: int | None = None


def _on_text(change: Callable[[str], str]) -> Run:
    """An operation on a text, or on every text of a list."""

    def run(value: JsonValue, argument: str, setting: Setting) -> JsonValue:
        if isinstance(value, list):
            return [run(item, argument, setting) for item in value]
        return value if value is None else change(_text(value))

    return run


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise OperationError("E116")
    return value


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise OperationError("E116")
    return value


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _join_non_empty(value: JsonValue, glue: str, _: Setting) -> JsonValue:
    """``Maya`` and ``Okafor``; either may be empty, because many people have one name."""
    parts = (_text(part).strip() for part in _list(value) if part is not None)
    return (glue or " ").join(part for part in parts if part) or None


def _bullet_lines(value: JsonValue, _: str, __: Setting) -> JsonValue:
    lines = _text(value or "").splitlines()
    return [line for line in (_BULLET.sub("", line).strip() for line in lines) if line]


def _bool(value: JsonValue, _: str, __: Setting) -> JsonValue:
    if value is not None and not isinstance(value, bool):
        raise OperationError("E109")
    return value


def _table(value: JsonValue, name: str, setting: Setting) -> JsonValue:
    """The table's value for the word, or for ``*``; a word that is not listed is refused."""
    if value is None:
        return None
    table = setting.tables[name]
    found = table.get(_text(value), table.get("*"))
    if found is None:
        raise OperationError("E109")
    return dict(found) if isinstance(found, dict) else found


def _instant_to_civil_date(value: JsonValue, zone_path: str, setting: Setting) -> JsonValue:
    """The day on which it was in the host's zone (domain §1.6): never the day in UTC."""
    if value is None:
        return None
    zone = setting.row.read(parse_path(zone_path))
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
    minutes = int((_hours(value) * 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if not 0 < minutes <= limits.RECORD_EFFORT_MINUTES:
        raise OperationError("E108")
    hours, rest = divmod(minutes, 60)
    return f"PT{f'{hours}H' if hours else ''}{f'{rest}M' if rest else ''}"


def _hours(value: JsonValue) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = format(Decimal(str(value)), "f")
    match = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise OperationError("E108")
    return Decimal(f"{match[1]}.{match[2] or 0}") + Decimal(match[3] or 0) / 60


def _effort(value: JsonValue, basis: str, _: Setting) -> JsonValue:
    return {"duration": value, "basis": basis}


def _email_domain_lower(value: JsonValue, _: str, __: Setting) -> JsonValue:
    return value if value is None else normal_email(_text(value))


def _identifier(value: JsonValue, kind: str, _: Setting) -> JsonValue:
    """An identifier that may be used to claim and, hashed, be shown."""
    return None if not value else {"type": kind, "value": _text(value), "use": "both"}


def _acceptance(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """From a flag and a number of rounds. Not accepted says nothing of what was handed over."""
    accepted, rounds = _list(value)
    if accepted is not True:
        return "notDelivered"
    changed = isinstance(rounds, int) and rounds > 0
    return "acceptedWithChanges" if changed else "accepted"


def _pay_from_fee(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """Whether it was paid and whether the floor was met. The amount goes no further."""
    cents, currency, hours = _list(value)
    if cents is None:
        return None
    if not isinstance(cents, int) or isinstance(cents, bool) or cents < 0:
        raise OperationError("E116")
    if cents == 0:
        return {"paid": False, "kind": "none"}
    return {"paid": True, "kind": "fixedFee"} | _floor(cents, currency, hours, setting.pay_floor)


def _floor(cents: int, currency: JsonValue, hours: JsonValue, floor: PayFloor | None) -> JsonObject:
    rate = floor.per_hour.get(currency) if floor and isinstance(currency, str) else None
    worked = _known_hours(hours)
    if floor is None or rate is None or not worked:
        return {}  # not known is not "below"
    met = Decimal(cents) / 100 >= rate * worked
    return {"payFloor": {"met": met, "policy": floor.policy, "checkedBy": "platform"}}


def _known_hours(hours: JsonValue) -> Decimal | None:
    try:
        return _hours(hours)
    except (OperationError, InvalidOperation):
        return None


def _skill_table(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    texts = [_text(text).strip() for text in _list(value or [])]
    if setting.skill_table is None:
        raise OperationError("E116")
    return [setting.skill_table.skill(text) for text in texts if text]


def _assessed_by(value: JsonValue, role: str, _: Setting) -> JsonValue:
    skills = _list(value)
    if not all(isinstance(skill, dict) for skill in skills):
        raise OperationError("E116")
    return [skill | {"assessedBy": [role]} for skill in skills]


OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "trim": Operation(run=_on_text(str.strip)),
        "nfc": Operation(run=_on_text(_nfc)),
        "lower": Operation(run=_on_text(str.lower)),
        "joinNonEmpty": Operation(run=_join_non_empty, argument=Argument.TEXT),
        "bulletLines": Operation(run=_bullet_lines),
        "bool": Operation(run=_bool),
        "table": Operation(run=_table, argument=Argument.TABLE),
        "instantToCivilDate": Operation(run=_instant_to_civil_date, argument=Argument.PATH),
        "hoursToDuration": Operation(run=_hours_to_duration),
        "effort": Operation(run=_effort, argument=Argument.TEXT),
        "emailDomainLower": Operation(run=_email_domain_lower),
        "identifier": Operation(run=_identifier, argument=Argument.TEXT),
        "acceptance": Operation(run=_acceptance, sources=2),
        "payFromFee": Operation(run=_pay_from_fee, sources=3),
        "skillTable": Operation(run=_skill_table),
        "assessedBy": Operation(run=_assessed_by, argument=Argument.TEXT),
    }
)
"""Every operation that a profile may name."""
