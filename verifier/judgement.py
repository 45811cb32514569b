"""One judgement as a value, for the edges: the report, what may be read, what replaced it.

``verify`` raises for two of its three outcomes, which is right for callers who must not
miss one. A page, an API answer and a command line show all three, so they want a value.
An issuer's own record of a link (unsigned) may make an answer worse, never better, and
only if the record comes from the host that the verified issuer names.

Leaves to others: the ten steps (``verifier.verify``), words (``verifier.presentation``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from verifier.asked import NOTHING, Asked
from verifier.errors import CheckError, Code, MissingError
from verifier.intake.received import Received, Share, ShareState
from verifier.policy import Policy
from verifier.presentation.checks import SHARE_CHECK
from verifier.presentation.signer import signer_host
from verifier.presentation.verdict import Replacement
from verifier.report import (
    Check,
    Outcome,
    OutcomeError,
    Problem,
    Report,
    Result,
    Step,
    check_from_error,
)
from verifier.sources import Sources
from verifier.status.check import StatusCache
from verifier.strict_json import JsonObject
from verifier.verify import VerifiedCredential, verify
from verifier.verify_presentation import VerifiedPresentation, verify_presentation

_STATEMENTS: Final[Mapping[ShareState, tuple[Code, str]]] = {
    ShareState.WITHDRAWN: (Code.REVOKED, "The issuer's own record says that it is withdrawn."),
    ShareState.UNDER_REVIEW: (Code.SUSPENDED, "The issuer's own record says: under review."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """``document`` is the document without its proof, once every proof over it verified;
    before that it is ``None``, and nothing of what came in may be shown. ``is_missing``:
    there is nothing behind the link, which is no answer about a credential."""

    report: Report
    document: JsonObject | None = None
    replaced: Replacement | None = None
    is_missing: bool = False


def judge(
    received: Received,
    *,
    now: datetime,
    policy: Policy,
    sources: Sources,
    asked: Asked = NOTHING,
    status_cache: StatusCache | None = None,
) -> Judgement:
    """Verify what came in, and add what the issuer's record of the link says."""
    judgement = _as_value(
        lambda: verify(
            received.data,
            now=now,
            sources=sources,
            policy=policy,
            asked=asked,
            status_cache=status_cache,
        )
    )
    return _with_share(judgement, received.share) if received.share else judgement


def judge_presentation(
    data: bytes | JsonObject,
    *,
    asked: Asked,
    now: datetime,
    policy: Policy,
    sources: Sources,
    status_cache: StatusCache | None = None,
) -> Judgement:
    """Verify a presentation and every credential in it."""
    return _as_value(
        lambda: verify_presentation(
            data, asked=asked, now=now, sources=sources, policy=policy, status_cache=status_cache
        )
    )


def _as_value(run: Callable[[], VerifiedCredential | VerifiedPresentation]) -> Judgement:
    try:
        verified = run()
    except OutcomeError as error:
        return Judgement(report=error.report, document=error.document)
    return Judgement(report=verified.report, document=verified.document)


def unreceived(error: CheckError, *, now: datetime, policy: Policy) -> Judgement:
    """The judgement where nothing came in to be verified: the report names the reason."""
    check = check_from_error(Step.PARSE, "intake", error)
    return Judgement(
        report=Report(checks=(check,), checked_at=now, policy=policy.name),
        is_missing=isinstance(error, MissingError),
    )


def _with_share(judgement: Judgement, share: Share) -> Judgement:
    """Hear the record only where it can be the issuer's own: same host, good signature."""
    report = judgement.report
    if judgement.document is None or signer_host(report.trust.issuer) != share.issuer_host:
        return judgement
    if share.state is ShareState.REPLACED:
        return replace(judgement, replaced=Replacement(check_path=share.superseded_by))
    statement = _STATEMENTS.get(share.state)
    if statement is None or report.outcome is Outcome.NOT_VERIFIED:
        return judgement
    check = Check(
        step=Step.STATUS,
        name=SHARE_CHECK,
        result=Result.FAILED,
        by=share.issuer_host,
        problem=Problem(code=statement[0], detail=statement[1]),
        as_of=report.checked_at,
    )
    return replace(judgement, report=replace(report, checks=(*report.checks, check)))
