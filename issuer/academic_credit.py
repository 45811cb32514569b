"""Academic credit for a completion: what the registrar says, and issuing it.

The registrar's word, on a key with the scope ``credit``: no platform and no host says it (domain
§2.3). It stands in the call or in the record, and it was awarded: what is pending is no credit.
Credit and grade come from the education record, so they leave it with the student's consent alone,
and the grade only with a switch of its own (domain §5.4, §7).

Leaves to others: what such a badge says (``issuer.projection.academic_credit``), issuing
(``issuer.further``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from issuer.agreement import Agreement, malformed, parse_agreement, read_flag, refuse_others
from issuer.callers import Caller, Scope
from issuer.completed import Completed, find_completed
from issuer.errors import ConflictError, IssuerCode, RequestRefusedError
from issuer.further import Birth, OwnWish, issue_own
from issuer.idempotency import Idempotency
from issuer.issue import Issued
from issuer.office import Office
from issuer.projection.academic_credit import MANDATORY, Credit, build_academic_credit
from issuer.record import parse_draft
from issuer.store.rows import FurtherKind
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject

_GRADE_SHARED: Final = "gradeShared"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditWish:
    """``credit`` takes the place of the record's ``academicCredit`` and is held to the same rules;
    ``None`` for what stands in the record."""

    credit: JsonObject | None = field(repr=False)
    agreement: Agreement
    share: bool


def parse_credit_wish(body: JsonObject, *, now: datetime) -> CreditWish:
    """Read ``{"credit"?, "learnerConsent", "share"?}``; the consent may say ``gradeShared``.

    Raises ``RefusedError``, ``RequestRefusedError`` (``CONSENT_NEEDED``).
    """
    refuse_others(body, {"credit", "learnerConsent", "share"})
    credit = body.get("credit")
    if "credit" in body and not isinstance(credit, dict):
        raise malformed("credit is an object.", "/credit")
    return CreditWish(
        credit=credit,
        agreement=parse_agreement(body, now=now, switches=(_GRADE_SHARED,)),
        share=read_flag(body, "share"),
    )


def issue_credit(
    office: Office,
    caller: Caller,
    issuance_id: str,
    wish: CreditWish,
    *,
    idempotency: Idempotency | None,
    now: datetime,
) -> Issued:
    """Issue the badge of one credit; the same course and term give the same one.

    Raises ``ForbiddenError``, ``NotFoundError``, ``ConflictError`` (``NOT_A_COMPLETION``,
    ``CREDIT_PENDING``, and as ``issue_own``), ``RequestRefusedError`` (``CREDIT_UNKNOWN``,
    ``SCHOOL_UNKNOWN``), ``RecordError`` and ``RefusedError`` for a credit that is none, and as
    ``issue_own``.
    """
    caller.require(Scope.CREDIT)
    about = find_completed(office, caller, issuance_id)
    credit = choose_credit(about, wish)
    own = _own_wish(about, credit, wish)
    return issue_own(office, caller, own, issuer=about.issuer, now=now, idempotency=idempotency)


def choose_credit(about: Completed, wish: CreditWish) -> Credit:
    """The credit of the call, or of the record. Raises as ``issue_credit``."""
    if "school" not in about.document:
        raise RequestRefusedError(
            IssuerCode.SCHOOL_UNKNOWN, "The record names no school that could award it."
        )
    sent = wish.credit
    told = about.document.get("academicCredit") if sent is None else _read(about, sent)
    if told is None:
        raise RequestRefusedError(
            IssuerCode.CREDIT_UNKNOWN, "The record says nothing of credit. Send it in credit."
        )
    if told["status"] != "awarded":
        raise ConflictError(IssuerCode.CREDIT_PENDING, "The credit is pending: it is not awarded.")
    if not Decimal(told["value"]):
        raise RefusedError(Code.RANGE_ERROR, "No credit is none.", pointer="/credit/value")
    shared = _GRADE_SHARED in wish.agreement.switches
    return Credit(
        value=told["value"],
        unit=told["unit"],
        course_code=told["courseCode"],
        course_title=told.get("courseTitle"),
        term=told["term"],
        grade=told.get("grade") if shared else None,
    )


def _read(about: Completed, credit: JsonObject) -> JsonObject:
    """Who sends it says that it was awarded, unless they say otherwise. Raises ``RecordError``."""
    sent = {"status": "awarded"} | credit
    record = parse_draft(about.document | {"academicCredit": sent}, received_at=about.received_at)
    told: JsonObject = record.document["academicCredit"]
    return told


def _own_wish(about: Completed, credit: Credit, wish: CreditWish) -> OwnWish:
    def build(birth: Birth) -> JsonObject:
        return build_academic_credit(
            about.document, credit, birth, completion_id=about.credential_id
        )

    return OwnWish(
        kind=FurtherKind.ACADEMIC_CREDIT,
        about=about.issuance_id,
        natural_key=json.dumps([credit.course_code, credit.term]),
        said=asdict(credit),
        build=build,
        mandatory=MANDATORY,
        agreed_at=wish.agreement.at,
        share=wish.share,
    )
