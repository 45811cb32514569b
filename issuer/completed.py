"""A completion that was issued, read back so that something further can be said about it.

Leaves to others: whether it still stands (``issuer.reservation`` looks when it reserves), what is
said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from issuer.callers import Caller
from issuer.errors import ConflictError, IssuerCode, NotFoundError
from issuer.office import Office
from issuer.record import parse_draft
from issuer.store.ports import Unit
from issuer.store.rows import IssuanceState, IssuerRow
from verifier.strict_json import JsonObject, parse_json_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """``document`` is the record that the completion was made from, which arrived at
    ``received_at``."""

    issuance_id: str
    credential_id: str
    document: JsonObject = field(repr=False)
    received_at: datetime
    issuer: IssuerRow


def find_completed(office: Office, caller: Caller, issuance_id: str) -> Completed:
    """The completion that was issued under this number.

    Raises ``NotFoundError``, ``ConflictError`` (``NOT_A_COMPLETION``).
    """
    with office.store.read(caller.tenant_id) as unit:
        return _find(unit, issuance_id)


def _find(unit: Unit, issuance_id: str) -> Completed:
    issuance = unit.issuances.get(issuance_id)
    issuer = unit.issuers.get(issuance.issuer_id) if issuance else None
    if issuance is None or issuer is None or issuance.state is not IssuanceState.ISSUED:
        raise NotFoundError("There is no such credential.")
    stored = unit.records.get(issuance.record_key) if issuance.record_key else None
    if stored is None or issuance.credential_id is None:
        raise ConflictError(
            IssuerCode.NOT_A_COMPLETION, "It was not made from a completed micro-internship."
        )
    document = parse_json_object(stored.document.encode())
    record = parse_draft(document, received_at=stored.received_at)
    return Completed(
        issuance_id=issuance.id,
        credential_id=issuance.credential_id,
        document=record.document,
        received_at=stored.received_at,
        issuer=issuer,
    )
