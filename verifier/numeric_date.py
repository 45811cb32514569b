"""Instants as tokens write them: ``NumericDate`` (RFC 7519, section 2), seconds since 1970.

Leaves to others: which claim means what, and the allowance for clocks.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from verifier.date_time_stamp import Instant
from verifier.errors import Code, RefusedError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST: Final = 253_402_300_799
"""The last second of the year 9999, the last that a ``datetime`` holds."""


def parse_numeric_date(value: object, *, pointer: str = "", exclusive: bool = False) -> Instant:
    """Read a number of seconds, whole or not. ``exclusive`` gives the last moment before it,
    because a token has ended when its ``exp`` is reached (section 4.1.4).

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for text, a truth value, a number below
    zero or after the year 9999.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            f"{repr(value)[:60]} is not a number of seconds since 1970.",
            pointer=pointer,
        )
    before = timedelta(microseconds=1) if exclusive and value > 0 else timedelta()
    return Instant(_EPOCH + timedelta(seconds=value) - before, True)
