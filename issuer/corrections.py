"""Correcting a credential that was issued: the same steps again, for a new record.

Whoever corrects names the credential and sends the whole record as it should have been, with
the learner's yes to the new one. Nothing is signed without it (domain §2.3), so a correction that
lacks it, or lacks somebody's word, is refused and changes nothing.

Leaves to others: what may replace what (``issuer.supersession``), the nine steps
(``issuer.issue``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from issuer.callers import Caller, Scope
from issuer.completed import find_completed
from issuer.completion import Completion, read_record
from issuer.idempotency import Idempotency
from issuer.issue import Issued, issue_completion
from issuer.office import Office
from issuer.record import Disposition, RecordError, disposition_of
from verifier.errors import Code, RefusedError


def correct(
    office: Office,
    caller: Caller,
    issuance_id: str,
    completion: Completion,
    *,
    idempotency: Idempotency | None,
    new_uuid: Callable[[], UUID],
    now: datetime,
) -> Issued:
    """Issue ``completion`` in the place of an issued one, with the same issuer.

    The same correction again gives the same credential. Raises ``NotFoundError``,
    ``ConflictError`` (``NOT_A_COMPLETION``, and as ``supersession.check_may_replace``),
    ``RefusedError`` (no consent, or another ``supersedes``), ``RecordError``, and what
    ``issue_completion`` raises.
    """
    caller.require(Scope.ISSUE)
    old = find_completed(office, caller, issuance_id)
    if completion.terms.consent is None:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            "A correction is signed with the learner's yes to it.",
            pointer="/learnerConsent",
        )
    record = read_record(
        _superseding(completion, old.document["recordId"]),
        record_id=f"urn:uuid:{new_uuid()}",
        now=now,
    )
    if disposition_of(record.warnings) is Disposition.HELD:
        raise RecordError(record.warnings)
    return issue_completion(
        office,
        caller,
        record,
        issuer=old.issuer,
        idempotency=idempotency,
        share=completion.terms.share,
        now=now,
    )


def _superseding(completion: Completion, record_id: str) -> Completion:
    if completion.record.get("supersedes", record_id) != record_id:
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR,
            "supersedes names another record than the address does. Leave it out.",
            pointer="/record/supersedes",
        )
    return replace(completion, record=completion.record | {"supersedes": record_id})
