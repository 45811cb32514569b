"""Operations on what came of the work: deliverables and academic credit.

Credit is kept as pending, whatever the platform says: a registrar attests it, in a credential
of its own (domain §0.10).

Leaves to others: whether enough was accepted (``issuer.record.rules``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.platforms.operations.operation import (
    Argument,
    Operation,
    OperationError,
    Setting,
    list_of,
    text_of,
)
from verifier.strict_json import JsonObject, JsonValue

_STATES: Final = {
    "accepted": "accepted",
    "accepted with changes": "acceptedWithChanges",
    "delivered": "delivered",
    "not delivered": "notDelivered",
}
"""What platforms write, in small letters and with spaces."""
_UNITS: Final = ("semesterHour", "quarterHour", "ects", "cats", "other")
_VALUE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", re.ASCII)
_CODE_CHARACTERS: Final = 40


def _acceptance(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """From a flag and a number of rounds. Not accepted says nothing of what was handed over."""
    accepted, rounds = list_of(value)
    if accepted is not True:
        return "notDelivered"
    changed = isinstance(rounds, int) and rounds > 0
    return "acceptedWithChanges" if changed else "accepted"


def _deliverables_split(value: JsonValue, separator: str, _: Setting) -> JsonValue:
    """Names in one text, and one state for all of them."""
    names, state = list_of(value)
    parts = (part.strip() for part in text_of(names or "").split(separator))
    return _deliverables([part for part in parts if part], state)


def _deliverables_with_state(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """A list of names, and one state for all of them elsewhere in the payload."""
    return _deliverables([text_of(name) for name in list_of(value or [])], setting.beside())


def _deliverables(names: list[str], state: JsonValue) -> JsonValue:
    if not names:
        return []
    acceptance = _STATES.get(re.sub(r"[\s_-]+", " ", text_of(state or "")).strip().casefold())
    if acceptance is None:
        raise OperationError("E109")
    return [{"name": name, "acceptance": acceptance} for name in names]


def _credit_if_posted(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """From ``{"value", "unit", "posted"}``, the course's name and the term. A course's name that
    starts with a code (a word with a digit in it) is told as code and title."""
    credit, course, term = list_of(value)
    if not isinstance(credit, dict) or credit.get("posted") is not True:
        return None
    unit = text_of(credit.get("unit")).casefold()
    units = {known.casefold(): known for known in _UNITS}
    if unit not in units:
        raise OperationError("E109")
    return _credit(credit.get("value"), units[unit], _course(course), term)


def _course(name: JsonValue) -> JsonObject:
    if name is None:
        return {}
    text = text_of(name).strip()
    code, _, title = text.partition(" ")
    if title and any(sign.isdigit() for sign in code):
        return {"courseCode": code, "courseTitle": title.strip()}
    return {"courseCode": text} if len(text) <= _CODE_CHARACTERS else {"courseTitle": text}


def _credit_from_csv(value: JsonValue, unit: str, _: Setting) -> JsonValue:
    """From a number, a yes or no of whether it was posted, a course code and a term. Both kinds
    are pending here: whether it was posted is the registrar's to say."""
    number, _posted, course, term = list_of(value)
    if number is None:
        return None
    return _credit(number, unit, {} if course is None else {"courseCode": text_of(course)}, term)


def _credit(number: JsonValue, unit: str, course: JsonObject, term: JsonValue) -> JsonObject:
    told = {} if term is None else {"term": text_of(term)}
    return {"value": _decimal(number), "unit": unit, **course, **told, "status": "pending"}


def _decimal(number: JsonValue) -> str:
    """A decimal text; a whole number has no point (domain §1.5)."""
    if isinstance(number, int | float) and not isinstance(number, bool):
        number = str(number)
    match = _VALUE.fullmatch(text_of(number).strip())
    if match is None:
        raise OperationError("E116")
    fraction = (match[2] or "").rstrip("0")
    return f"{int(match[1])}.{fraction}" if fraction else str(int(match[1]))


OUTCOMES: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "acceptance": Operation(run=_acceptance, sources=2),
        "deliverablesSplit": Operation(run=_deliverables_split, argument=Argument.TEXT, sources=2),
        "deliverablesWithState": Operation(run=_deliverables_with_state, argument=Argument.PATH),
        "creditIfPosted": Operation(run=_credit_if_posted, sources=3),
        "creditFromCsv": Operation(
            run=_credit_from_csv, argument=Argument.WORD, words=_UNITS, sources=4
        ),
    }
)
