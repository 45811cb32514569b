"""How a presentation is verified: the same ten steps, then those of every credential in it.

Steps 1 to 5 establish that a key of the holder signed it. Step 9 compares the challenge and the
domain with what the caller asked for: without that comparison, a copy of an earlier
presentation would do. Then every credential is verified on its own, and the presentation is no
better than the worst of them. Whether the holder is the one the credentials are about is a
statement of its own (``report.Holder``).

An SD-JWT with a key binding token is a presentation and a credential in one (RFC 9901,
section 4): the credential's ten steps run, and the binding is compared in step 9.

Leaves to others: making challenges and using each once, which is the caller's part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from verifier.asked import Asked, check_answers, check_purpose
from verifier.errors import CheckError, Code
from verifier.establish import (
    Established,
    Expected,
    Findings,
    check_signature_periods,
    establish,
    insist_on_signer,
)
from verifier.formats import Token, parse_input, recognise
from verifier.jsonld import one_budget
from verifier.model import Presentation, as_list
from verifier.policy import STANDARD, Policy
from verifier.proofs.embedded_proofs import AUTHENTICATION
from verifier.proofs.key_binding import check_key_binding
from verifier.report import Holder, Outcome, OutcomeError, Report, Step, outcome_error
from verifier.secured import Format, KeyFinder
from verifier.sources import Sources
from verifier.status.check import StatusCache
from verifier.strict_json import JsonObject
from verifier.verify import VerifiedCredential, verify

_BOUND: Final = frozenset({Format.SD_JWT_VC, Format.VC_SD_JWT})
"""Credentials that a holder presents by a key binding of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedPresentation:
    """A presentation whose every check passed. ``document`` is without its proof; ``signers``
    are the identifiers whose keys signed it."""

    document: JsonObject
    signers: frozenset[str]
    credentials: tuple[VerifiedCredential, ...]
    report: Report


@one_budget()
def verify_presentation(
    data: bytes | JsonObject,
    *,
    asked: Asked,
    now: datetime,
    sources: Sources,
    policy: Policy = STANDARD,
    status_cache: StatusCache | None = None,
) -> VerifiedPresentation:
    """Verify one presentation: bytes as received, or an object that the strict loader made.

    Raises ``VerificationError`` or ``UndecidedError``, as ``verifier.verify.verify``.
    """
    if (text := _bound_credential(data)) is not None:
        return _verify_bound(
            text, asked=asked, now=now, sources=sources, policy=policy, status_cache=status_cache
        )
    findings = Findings()
    finder = KeyFinder(fetch=sources.fetch, now=now, relationship=AUTHENTICATION)
    established = establish(data, _PRESENTATION, findings, finder=finder, policy=policy)
    if established is None:
        raise outcome_error(findings.report(now, policy))
    check_signature_periods(established.signatures, findings, now, policy)
    check_answers(established.signatures, asked, findings, relationship=AUTHENTICATION)
    cache = status_cache or StatusCache()

    def verify_one(credential: JsonObject | str) -> VerifiedCredential:
        given = credential.encode() if isinstance(credential, str) else credential
        return verify(given, now=now, sources=sources, policy=policy, status_cache=cache)

    verified, reports = _verify_each(established.content, verify_one)
    return _conclude(established, findings.report(now, policy), verified, reports)


# --- an SD-JWT: credential and presentation in one --------------------------------------


def _bound_credential(data: bytes | JsonObject) -> str | None:
    """The text of the SD-JWT in ``data``, if it is a credential; what cannot be read is no
    such thing here, and reported later."""
    try:
        document = parse_input(data)
        secured = recognise(document)
    except CheckError:
        return None
    if secured.format not in _BOUND:
        return None
    return document.text if isinstance(document, Token) else str(document["id"]).partition(",")[2]


def _verify_bound(
    text: str,
    *,
    asked: Asked,
    now: datetime,
    sources: Sources,
    policy: Policy,
    status_cache: StatusCache | None,
) -> VerifiedPresentation:
    verified: VerifiedCredential | None = None
    try:
        verified = verify(
            text.encode(), now=now, sources=sources, policy=policy, status_cache=status_cache
        )
    except OutcomeError as error:
        report, document = error.report, error.document
    else:
        report, document = verified.report, verified.document
    report = _with_binding(report, text, asked, now)
    if verified is None or report.outcome is not Outcome.VERIFIED:
        raise outcome_error(report, document)
    return VerifiedPresentation(
        document=verified.document,
        signers=frozenset(),
        credentials=(verified,),
        report=replace(report, holder=Holder.SUBJECT),
    )


def _with_binding(report: Report, text: str, asked: Asked, now: datetime) -> Report:
    """Step 9. That a binding is needed is settled here, before the token is looked at."""
    audience = next(iter(asked.domains)) if len(asked.domains) == 1 else None
    findings = Findings()
    check_purpose(asked, findings, AUTHENTICATION)
    with findings.check(Step.POLICY, "key binding"):
        check_key_binding(text, nonce=asked.challenge, audience=audience, now=now, required=True)
    checks = (*report.checks, *findings.checks)
    return replace(report, checks=checks, holder=Holder.NOT_SHOWN)


# --- a presentation with credentials in it ----------------------------------------------


def _bind_to_holder(
    presentation: Presentation, signers: frozenset[str], policy: Policy
) -> tuple[str, ...]:
    """VC Data Model 2.0, section 4.13: a holder need not be named."""
    if presentation.holder is None:
        return ()
    return insist_on_signer(
        presentation.holder, "holder", Code.HOLDER_KEY_MISMATCH, signers=signers, policy=policy
    )


_PRESENTATION: Final = Expected(
    relationship=AUTHENTICATION,
    named=lambda presentation: presentation.holder,
    read=lambda secured, policy: secured.read_presentation(policy),
    bind=_bind_to_holder,
)


def _verify_each(
    presentation: Presentation, verify_one: Callable[[JsonObject | str], VerifiedCredential]
) -> tuple[tuple[VerifiedCredential, ...], tuple[Report, ...]]:
    verified: list[VerifiedCredential] = []
    reports: list[Report] = []
    for credential in presentation.credentials:
        try:
            found = verify_one(credential)
        except OutcomeError as error:
            reports.append(error.report)
        else:
            verified.append(found)
            reports.append(found.report)
    return tuple(verified), tuple(reports)


def _conclude(
    established: Established[Presentation],
    own: Report,
    verified: tuple[VerifiedCredential, ...],
    reports: tuple[Report, ...],
) -> VerifiedPresentation:
    document = established.content.document
    signers = frozenset(signature.controller for signature in established.signatures)
    holder = _holder(signers, verified) if len(verified) == len(reports) else Holder.NOT_SHOWN
    report = replace(own, presented=reports, holder=holder)
    if report.outcome is not Outcome.VERIFIED:
        raise outcome_error(report, document)
    return VerifiedPresentation(
        document=document, signers=signers, credentials=verified, report=report
    )


def _holder(signers: frozenset[str], credentials: tuple[VerifiedCredential, ...]) -> Holder:
    """Whether a signer is the subject of every credential. None at all shows nothing."""
    subjects = [identifier for it in credentials for identifier in _subjects(it.document)]
    if subjects and all(identifier in signers for identifier in subjects):
        return Holder.SUBJECT
    return Holder.NOT_SHOWN


def _subjects(document: JsonObject) -> Iterator[object]:
    for subject in as_list(document.get("credentialSubject")):
        yield subject.get("id") if isinstance(subject, dict) else None
