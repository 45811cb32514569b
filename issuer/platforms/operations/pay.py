"""Operations on pay: that it was paid, of what kind, whether the floor was met.

``pay_from_fee`` is the one place where an amount is read at all: it is compared with the floor
and dropped (domain §0.5). No value that leaves this module holds it, and no error names it.

Leaves to others: what unpaid work needs (``issuer.record.shape``), the floors (the profile).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from issuer.platforms.operations.operation import (
    Operation,
    OperationError,
    PayFloor,
    Setting,
    list_of,
    word_in,
)
from issuer.platforms.operations.times import hours_of
from verifier.strict_json import JsonObject, JsonValue

PAY_FROM_FEE: Final = "payFromFee"
"""The one operation that may read what stands under ``never``."""
_YES_NO: Final = "yesNo"
_PAY_TYPE: Final = "payType"


def _pay_from_fee(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """Whether it was paid and whether the floor was met. The amount goes no further."""
    cents, currency, hours = list_of(value)
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
        return hours_of(hours)
    except (OperationError, InvalidOperation):
        return None


def _pay_from_flags(value: JsonValue, _: str, setting: Setting) -> JsonValue:
    """From a yes or no, a kind and a course. Unpaid work of a course whose unpaid-work check was
    signed carries that check; without one it is held (H301)."""
    paid_word, kind_word, course = list_of(value)
    if paid_word is None:
        return None
    paid = word_in(setting.tables[_YES_NO], paid_word)
    kind = word_in(setting.tables[_PAY_TYPE], "none" if kind_word is None else kind_word)
    basis = setting.unpaid_basis.get(course) if isinstance(course, str) else None
    if paid is True or basis is None:
        return {"paid": paid, "kind": kind}
    return {"paid": paid, "kind": kind, "unpaidBasis": deepcopy(basis)}


PAY: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        PAY_FROM_FEE: Operation(run=_pay_from_fee, sources=3),
        "payFromFlags": Operation(run=_pay_from_flags, sources=3, tables=(_YES_NO, _PAY_TYPE)),
    }
)
