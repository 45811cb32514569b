"""Who may do what (domain §2.3), in one table. What is not in it nobody may.

*On behalf* is an action of its own: a platform that passes on what a learner said decides
nothing itself, and one that confirms in a host's place is marked as such.

Leaves to others: who somebody is (API keys, the host's link), what a key may be used for
(``issuer.callers.Scope``), when an action is possible (its own module).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from issuer.errors import ForbiddenError, IssuerCode


class Role(StrEnum):
    """In what part somebody acts."""

    PLATFORM = "platform"
    HOST = "host"
    LEARNER = "learner"
    SCHOOL = "school"
    OPERATOR = "operator"


class Action(StrEnum):
    """What can be done to an offer."""

    SEND = "send a record, or another in its place"
    NAME_ATTESTER = "say who confirms the work"
    ATTEST = "confirm the work"
    ATTEST_ON_BEHALF = "confirm the work in the host's place"
    CREDIT = "confirm academic credit"
    DECIDE = "choose what is shown, accept, decline"
    RELAY_DECISION = "pass on what the learner decided"
    SEE_OFFER = "see how an offer stands"


_PLATFORM, _OPERATOR = Role.PLATFORM, Role.OPERATOR
RIGHTS: Final[Mapping[Action, frozenset[Role]]] = {
    Action.SEND: frozenset({_PLATFORM, Role.SCHOOL, _OPERATOR}),
    Action.NAME_ATTESTER: frozenset({_PLATFORM, Role.SCHOOL, _OPERATOR}),
    Action.ATTEST: frozenset({Role.HOST}),
    Action.ATTEST_ON_BEHALF: frozenset({_PLATFORM, Role.SCHOOL}),
    Action.CREDIT: frozenset({Role.SCHOOL}),
    Action.DECIDE: frozenset({Role.LEARNER}),
    Action.RELAY_DECISION: frozenset({_PLATFORM, Role.SCHOOL, _OPERATOR}),
    Action.SEE_OFFER: frozenset({_PLATFORM, Role.SCHOOL, _OPERATOR, Role.LEARNER}),
}


def require(role: Role, action: Action) -> None:
    """Raises ``ForbiddenError`` when nobody in the part ``role`` may do ``action``."""
    if role not in RIGHTS.get(action, frozenset()):
        raise ForbiddenError(IssuerCode.FORBIDDEN, f"A {role.value} does not {action.value} here.")
