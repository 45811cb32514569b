"""What belongs together: a completion and the credentials that were issued beside it.

For the tenant alone. A holder shows which of them they like; no page of one tells of another.

Leaves to others: the credentials themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from issuer.callers import Caller, Scope
from issuer.errors import NotFoundError
from issuer.office import Office
from issuer.store.ports import Unit
from issuer.store.rows import FurtherKind, IssuanceState


class Standing(StrEnum):
    """How an issued credential stands today."""

    ISSUED = "issued"
    UNDER_REVIEW = "underReview"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedCredential:
    """One issued credential. ``kind`` is ``None`` for what is no further credential."""

    issuance_id: str
    credential_id: str | None
    kind: FurtherKind | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """``about`` is what a further credential belongs to, ``further`` what belongs to it."""

    about: RelatedCredential | None
    further: tuple[RelatedCredential, ...]


def find_related(office: Office, caller: Caller, issuance_id: str) -> Related:
    """What belongs to the credential under this number, oldest first.

    Raises ``ForbiddenError``, ``NotFoundError``.
    """
    caller.require(Scope.READ)
    with office.store.read(caller.tenant_id) as unit:
        if _find(unit, issuance_id) is None:
            raise NotFoundError("There is no such credential.")
        own = unit.further.get(issuance_id)
        found = [_find(unit, row.id) for row in unit.further.about(issuance_id)]
        return Related(
            about=_find(unit, own.about) if own and own.about else None,
            further=tuple(it for it in found if it is not None),
        )


def _find(unit: Unit, issuance_id: str) -> RelatedCredential | None:
    row = unit.issuances.get(issuance_id)
    if row is None or row.state is not IssuanceState.ISSUED:
        return None
    further = unit.further.get(issuance_id)
    return RelatedCredential(
        issuance_id=row.id,
        credential_id=row.credential_id,
        kind=further.kind if further else None,
        standing=_standing(unit, issuance_id),
    )


def _standing(unit: Unit, issuance_id: str) -> Standing:
    purposes = {entry.purpose for entry in unit.status.entries_of(issuance_id) if entry.is_set}
    if "revocation" in purposes:
        return Standing.WITHDRAWN
    return Standing.UNDER_REVIEW if "suspension" in purposes else Standing.ISSUED
