"""Skills of a completion as badges of their own: which are asked for, and issuing them.

All that are asked for are looked at before the first one is issued. Each is then issued for itself:
after a crash the same call finds those that are there and makes the others.

Leaves to others: what such a badge says (``issuer.projection.skill_assertion``), issuing
(``issuer.further``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from issuer import limits
from issuer.agreement import Agreement, malformed, parse_agreement, read_flag, refuse_others
from issuer.callers import Caller, Scope
from issuer.completed import Completed, find_completed
from issuer.errors import IssuerCode, RequestRefusedError
from issuer.further import Birth, OwnWish, issue_own
from issuer.idempotency import Idempotency
from issuer.issue import Issued
from issuer.office import Office
from issuer.projection.skill_assertion import MANDATORY, build_skill_assertion, rated_skills
from issuer.store.rows import FurtherKind
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillsWish:
    """``skills`` are labels or places in the record's list, from 0. ``share`` asks for a link to
    each badge."""

    skills: tuple[str | int, ...] = field(repr=False)
    agreement: Agreement
    share: bool


def parse_skills_wish(body: JsonObject, *, now: datetime) -> SkillsWish:
    """Read ``{"skills": [label or number, …], "learnerConsent", "share"?}``.

    Raises ``RefusedError``, ``RequestRefusedError`` (``CONSENT_NEEDED``).
    """
    refuse_others(body, {"skills", "learnerConsent", "share"})
    return SkillsWish(
        skills=tuple(_parse_skills(body.get("skills"))),
        agreement=parse_agreement(body, now=now),
        share=read_flag(body, "share"),
    )


def _parse_skills(value: JsonValue) -> Iterator[str | int]:
    if not isinstance(value, list) or not value:
        raise malformed("skills is a list of at least one.", "/skills")
    if len(value) > limits.SKILLS_ASKED:
        raise RefusedError(
            Code.LIMIT_EXCEEDED,
            f"One call asks for at most {limits.SKILLS_ASKED} skills.",
            pointer="/skills",
        )
    for number, item in enumerate(value):
        if isinstance(item, bool) or not isinstance(item, str | int):
            raise malformed("A skill is named by its label or its place.", f"/skills/{number}")
        yield item


def issue_skills(
    office: Office,
    caller: Caller,
    issuance_id: str,
    wish: SkillsWish,
    *,
    idempotency: Idempotency | None,
    now: datetime,
) -> tuple[Issued, ...]:
    """Issue a badge for each skill that is asked for, in that order; each once.

    Raises ``NotFoundError``, ``ConflictError`` (``NOT_A_COMPLETION``, and as ``issue_own``),
    ``RequestRefusedError`` (``SKILL_UNKNOWN``, ``SKILL_NOT_RATED``), and as ``issue_own``.
    """
    caller.require(Scope.ISSUE)
    about = find_completed(office, caller, issuance_id)
    places = choose_skills(about.document, wish.skills)
    return tuple(
        issue_own(
            office,
            caller,
            _own_wish(about, place, wish),
            issuer=about.issuer,
            now=now,
            idempotency=_key_of(idempotency, number),
        )
        for number, place in enumerate(places)
    )


def choose_skills(document: JsonObject, skills: tuple[str | int, ...]) -> tuple[int, ...]:
    """The places in the record of what is asked for, each once.

    Raises ``RequestRefusedError`` (``SKILL_UNKNOWN``, ``SKILL_NOT_RATED``).
    """
    rated = {place for place, _ in rated_skills(document)}
    places = (_choose(document, asked, rated, at) for at, asked in enumerate(skills))
    return tuple(dict.fromkeys(places))


def _choose(document: JsonObject, asked: str | int, rated: set[int], at: int) -> int:
    named = {
        place
        for place, skill in enumerate(document["skills"])
        if asked == (place if isinstance(asked, int) else skill["label"])
    }
    if not named:
        raise RequestRefusedError(
            IssuerCode.SKILL_UNKNOWN, f"The record has no such skill as number {at} of this call."
        )
    if not named & rated:
        raise RequestRefusedError(
            IssuerCode.SKILL_NOT_RATED,
            f"Neither host nor school rated number {at} of this call on the scale mi-4.",
        )
    return min(named & rated)


def _own_wish(about: Completed, place: int, wish: SkillsWish) -> OwnWish:
    def build(birth: Birth) -> JsonObject:
        return build_skill_assertion(
            about.document, place, birth, completion_id=about.credential_id
        )

    return OwnWish(
        kind=FurtherKind.SKILL_ASSERTION,
        about=about.issuance_id,
        natural_key=f"skill {place}",
        said={},
        build=build,
        mandatory=MANDATORY,
        agreed_at=wish.agreement.at,
        share=wish.share,
    )


def _key_of(idempotency: Idempotency | None, number: int) -> Idempotency | None:
    """The caller's key covers the whole call; each badge gets a key of its own from it, the first
    one the same whatever is asked for, so that another call under the key is found out."""
    if idempotency is None:
        return None
    digest = hashlib.sha256(f"{number} {idempotency.key}".encode()).hexdigest()
    return Idempotency(key=f"skills {digest}", request_hash=idempotency.request_hash)
