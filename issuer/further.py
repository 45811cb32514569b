"""Further credentials: what the issuer builds itself beside a completion, in the same nine steps.

A skill, academic credit, an endorsement, a host's quality: each is a credential of its own, with
its own status, so that it can be shown and withdrawn alone (domain §2.1). One exists for each
meaning (tenant, kind, what it is about, natural key) while it stands: asked again, it is found;
with other content it is a conflict; withdrawn, it gives way to a new one. Nothing is built on a
credential that was withdrawn.

What we build must be verified in every respect, as a completion must. A crash is settled as one
of a completion is.

Leaves to others: the steps (``issuer.issue``), what a kind says and who asked for it (a module of
its own for each kind).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from issuer.callers import Caller, Scope
from issuer.errors import IssuerCode, RequestRefusedError
from issuer.idempotency import Idempotency
from issuer.intent import OwnIntent
from issuer.issue import Issued, authorise, carry_out
from issuer.office import Office
from issuer.projection import Birth, IssuerProfile
from issuer.reservation import Meaning, Wish
from issuer.signing.formats import format_named
from issuer.store.rows import FurtherKind, IssuerRow
from verifier.strict_json import JsonObject

__all__ = ["Birth", "OwnWish", "issue_own"]

_SCOPES: Final = {FurtherKind.ACADEMIC_CREDIT: Scope.CREDIT}
"""The right that a kind needs; ``ISSUE`` for the others."""
_SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWish:
    """One further credential that is wanted, if there is none.

    ``about`` is the issuance it belongs to; ``natural_key`` tells it from others of its kind about
    the same; ``said`` is what may not change without another credential. ``build`` makes the
    unsigned document, without ``credentialStatus``; it is called once. ``mandatory`` are JSON
    Pointers to what a holder can never leave out (ecdsa-sd-2023). ``agreed_at`` is when the one
    whom it is about said yes, which is kept. ``share`` asks for a link.
    """

    kind: FurtherKind
    about: str | None
    natural_key: str
    said: JsonObject = field(repr=False)
    build: Callable[[Birth], JsonObject]
    mandatory: tuple[str, ...] | None = None
    agreed_at: datetime | None = None
    share: bool = False


def issue_own(
    office: Office,
    caller: Caller,
    wish: OwnWish,
    *,
    issuer: IssuerRow,
    now: datetime,
    idempotency: Idempotency | None = None,
) -> Issued:
    """Issue ``wish``, or find the credential that an earlier call of this meaning made.

    Raises ``ForbiddenError``, ``NotFoundError`` (no such issuer, nothing that it is about),
    ``ConflictError`` (``ALREADY_ISSUED`` with other content, ``ALREADY_REVOKED`` where what it is
    about was withdrawn), ``RequestRefusedError`` (``FORMAT_UNFIT``), ``InProgressError``,
    ``IdempotencyConflictError``, ``OwnFaultError``.
    """
    authorise(caller, issuer, scope=_SCOPES.get(wish.kind, Scope.ISSUE))  # step 1
    if format_named(issuer.proof_format).is_for_records:
        raise RequestRefusedError(
            IssuerCode.FORMAT_UNFIT,
            f"{issuer.proof_format} is made of completions only. Name another issuer.",
        )
    birth = _birth(issuer, now)
    intent = OwnIntent(
        document=wish.build(birth),
        created=birth.created,
        share_id=uuid4().hex if wish.share else None,
        mandatory=wish.mandatory,
        agreed_at=wish.agreed_at,
    )
    reserved = Wish(
        issuer=issuer,
        intent=intent.to_text(),
        credential_id=birth.credential_id,
        record=None,
        has_status=True,
        meaning=_meaning(wish),
    )
    return carry_out(office, caller, reserved, idempotency, now)


def _birth(issuer: IssuerRow, now: datetime) -> Birth:
    return Birth(
        credential_id=uuid4().urn,
        created=now.replace(microsecond=0),
        issuer=IssuerProfile(id=issuer.did, name=issuer.profile_name, url=issuer.profile_url),
        salt=lambda: secrets.token_hex(_SALT_BYTES),
    )


def _meaning(wish: OwnWish) -> Meaning:
    return Meaning(
        kind=wish.kind,
        about=wish.about,
        key=_hash([wish.kind.value, wish.about, wish.natural_key]),
        said_hash=_hash(wish.said),
    )


def _hash(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
