"""The closed list of operations of mapping profiles (domain §3.1), by theme.

No expressions, no code, no patterns of users: what a platform needs and the list does not
have is a new function here, and a new line of ``docs/profiles.md``.

Leaves to others: which field reads what, what is required, what a draft must be.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from issuer.platforms.operations.operation import (
    Argument,
    Operation,
    OperationError,
    PayFloor,
    Setting,
    list_of,
)
from issuer.platforms.operations.outcomes import OUTCOMES
from issuer.platforms.operations.parties import PARTIES
from issuer.platforms.operations.pay import PAY, PAY_FROM_FEE
from issuer.platforms.operations.skills import SKILLS
from issuer.platforms.operations.texts import TEXTS
from issuer.platforms.operations.times import TIMES, is_date_pattern
from issuer.platforms.operations.words import WORDS

OPERATIONS: Final[Mapping[str, Operation]] = MappingProxyType(
    {**TEXTS, **WORDS, **TIMES, **PARTIES, **OUTCOMES, **PAY, **SKILLS}
)
"""Every operation that a profile may name."""

__all__ = [
    "OPERATIONS",
    "PAY_FROM_FEE",
    "Argument",
    "Operation",
    "OperationError",
    "PayFloor",
    "Setting",
    "is_date_pattern",
    "list_of",
]
