"""The learner's yes to a further credential, as it arrives beside what is asked for.

Nothing is signed before the learner says yes (domain §0, point 1), and a yes to the completion is
none to what comes after it. Whoever asks states it anew: given, when, and with which switches on.

Leaves to others: what is asked for (``issuer.skill_assertions``, ``issuer.academic_credit``), the
consent beside a completion (``issuer.completion``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from issuer.errors import IssuerCode, RequestRefusedError
from verifier import limits
from verifier.date_time_stamp import parse_instant
from verifier.errors import Code, RefusedError
from verifier.json_pointer import child
from verifier.strict_json import JsonObject

_SKEW: Final = timedelta(seconds=limits.CLOCK_SKEW_SECONDS)
_PLACE: Final = "/learnerConsent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """When the learner agreed, and the switches that they turned on."""

    at: datetime
    switches: frozenset[str] = frozenset()


def parse_agreement(
    body: JsonObject, *, now: datetime, switches: Collection[str] = ()
) -> Agreement:
    """Read ``learnerConsent``: ``{"given": true, "at": instant}`` and ``switches`` (true or false,
    false where absent).

    Raises ``RequestRefusedError`` (``CONSENT_NEEDED``) where it was not given, ``RefusedError``
    where it is malformed.
    """
    consent = body.get("learnerConsent", {})
    if not isinstance(consent, dict):
        raise malformed("learnerConsent is an object.", _PLACE)
    refuse_others(consent, {"given", "at", *switches}, _PLACE)
    if not read_flag(consent, "given", _PLACE):
        raise RequestRefusedError(
            IssuerCode.CONSENT_NEEDED,
            "The learner has to agree to this credential: learnerConsent.given is true, and at "
            "says when.",
        )
    return Agreement(
        at=_past(consent.get("at"), now),
        switches=frozenset(name for name in switches if read_flag(consent, name, _PLACE)),
    )


def _past(value: object, now: datetime) -> datetime:
    at = parse_instant(value, pointer=f"{_PLACE}/at").at
    if at > now + _SKEW:
        raise RefusedError(
            Code.RANGE_ERROR, "Consent cannot be given later.", pointer=f"{_PLACE}/at"
        )
    return at


def read_flag(members: JsonObject, name: str, place: str = "") -> bool:
    """The member ``name``, true or false; false where it is absent. Raises ``RefusedError``."""
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise malformed(f"{name} is true or false.", child(place, name))
    return value


def refuse_others(members: JsonObject, known: Collection[str], place: str = "") -> None:
    """Raises ``RefusedError`` for a member that is not ``known``: nothing is taken that nobody
    reads."""
    for name in members:
        if name not in known:
            raise malformed(f"Nothing here is called {name[:60]!r}.", place)


def malformed(detail: str, pointer: str) -> RefusedError:
    """What is wrong with the form of a request, and where."""
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
