"""Operations on people and organisations: addresses, identifiers, teams.

Leaves to others: whether an address is usable, what of it is ever shown (``issuer.record``).
"""

from __future__ import annotations

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
from issuer.record.identity import normal_email
from verifier.strict_json import JsonValue

_USES: Final = {
    "emailAddress": "both",
    "did": "both",
    "sisSourcedId": "claim",
    "systemId": "claim",
}
"""A school's or platform's number may be used to claim, never shown (domain §1.1)."""


def _email_domain_lower(value: JsonValue, _: str, __: Setting) -> JsonValue:
    return value if value is None else normal_email(text_of(value))


def _identifier(value: JsonValue, kind: str, _: Setting) -> JsonValue:
    """An identifier of the learner, and what it may be used for."""
    return None if not value else {"type": kind, "value": text_of(value), "use": _USES[kind]}


def _org_from_pair(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """An organisation from its name and its web address; the address is what tells it apart."""
    name, address = (None if part is None else text_of(part).strip() for part in list_of(value))
    if not name and not address:
        return None
    return {key: told for key, told in (("name", name), ("id", address), ("url", address)) if told}


def _team_facts(value: JsonValue, _: str, __: Setting) -> JsonValue:
    """The team, the learner's part in it, and who confirmed that. Who left is not counted; one
    person is no team."""
    members, contribution, confirmed = list_of(value)
    stayed = [one for one in list_of(members or []) if not _has_left(one)]
    if len(stayed) < 2:
        return None
    facts = {"size": len(stayed), "assessedAs": "team"}
    if not contribution:
        return facts
    by = "teammates" if confirmed is True else "learnerOnly"
    return facts | {"contribution": text_of(contribution), "contributionConfirmedBy": by}


def _has_left(member: JsonValue) -> bool:
    if not isinstance(member, dict):
        raise OperationError("E116")
    return member.get("left_on") is not None


PARTIES: Final[Mapping[str, Operation]] = MappingProxyType(
    {
        "emailDomainLower": Operation(run=_email_domain_lower),
        "identifier": Operation(run=_identifier, argument=Argument.WORD, words=tuple(_USES)),
        "orgFromPair": Operation(run=_org_from_pair, sources=2),
        "teamFacts": Operation(run=_team_facts, sources=3, takes=("left_on",)),
    }
)
