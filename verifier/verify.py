"""How a credential is verified: the ten steps of ``docs/verification.md``.

``verify`` returns a ``VerifiedCredential``, which is made in step 10 and nowhere else, or
raises ``VerificationError`` (a decision) or ``UndecidedError`` (no decision). ``lint`` runs
the rules that need no signature, for the issuer's rehearsal.

Leaves to others: every rule itself. This module holds the order, and what a failure of each
step means for the steps after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from verifier.asked import NOTHING, Asked, check_given
from verifier.contents import check_contents
from verifier.errors import Code, RefusedError
from verifier.establish import (
    Established,
    Expected,
    Findings,
    check_period,
    check_signature_periods,
    establish,
    insist_on_signer,
)
from verifier.formats import is_token
from verifier.jsonld import canonicalize, check_contexts, one_budget
from verifier.model import Credential, parse_credential
from verifier.nesting import Inside, Nesting
from verifier.open_badges import check_open_badges
from verifier.policy import STANDARD, Policy
from verifier.proofs.embedded_proofs import ASSERTION
from verifier.related_resource import check_related_resources
from verifier.report import Check, Outcome, Report, Result, Step, Trust, outcome_error
from verifier.secured import Format, KeyFinder
from verifier.sources import Sources, state_trust
from verifier.status.bodies import parse_body
from verifier.status.check import EstablishedList, StatusCache, VerifyList, check_status
from verifier.status.entries import lint_entries
from verifier.strict_json import JsonObject
from verifier.test_credential import TEST_WARNING, is_test


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCredential:
    """A credential whose every check passed. Only ``verify`` makes one.

    ``document`` is the verified document, without its proof: the only thing to show or use.
    ``issuer`` is the DID that signed and that the credential names as its issuer.
    """

    document: JsonObject
    issuer: str
    report: Report


@one_budget()
def verify(
    data: bytes | JsonObject,
    *,
    now: datetime,
    sources: Sources,
    policy: Policy = STANDARD,
    asked: Asked = NOTHING,
    status_cache: StatusCache | None = None,
) -> VerifiedCredential:
    """Verify one credential: bytes as received, or an object that the strict loader made.

    ``now`` is aware and is the only time used. ``asked`` holds for the credential itself, not for
    those inside it. Raises ``VerificationError`` or
    ``UndecidedError``, whose ``report`` says why and whose ``document`` is set once every
    proof verified.
    """
    cache = status_cache or StatusCache()

    def verify_inside(inner: bytes | JsonObject, nesting: Nesting) -> Inside:
        verified = _verify(inner, now, sources, policy, NOTHING, cache, nesting)
        return Inside(
            document=verified.document,
            warnings=verified.report.warnings,
            is_test=verified.report.is_test,
        )

    return _verify(data, now, sources, policy, asked, cache, Nesting(verify=verify_inside))


def _verify(
    data: bytes | JsonObject,
    now: datetime,
    sources: Sources,
    policy: Policy,
    asked: Asked,
    cache: StatusCache,
    nesting: Nesting,
) -> VerifiedCredential:
    findings = Findings()
    established = _establish(data, findings, now=now, policy=policy, sources=sources)
    if established is None:
        raise outcome_error(findings.report(now, policy))
    credential = established.content
    _note_test(credential, findings)
    _check_validity(established, findings, now=now, policy=policy)
    _check_status(credential, findings, now, policy, sources, cache)
    check_contents(
        credential,
        findings,
        policy=policy,
        sources=sources,
        nesting=nesting,
        is_merged=established.format is Format.DATA_INTEGRITY,
    )
    check_given(established.signatures, asked, findings, relationship=ASSERTION)
    trust = _check_policy(credential, findings, policy, sources)
    report = findings.report(now, policy, trust)
    if report.outcome is not Outcome.VERIFIED:
        raise outcome_error(report, credential.document)
    return VerifiedCredential(document=credential.document, issuer=credential.issuer, report=report)


def _note_test(credential: Credential, findings: Findings) -> None:
    """What it says of itself is told before anything else, and changes no outcome."""
    if is_test(credential):
        findings.says_test = True
        findings.warnings.insert(0, TEST_WARNING)


def lint(document: JsonObject, *, policy: Policy = STANDARD) -> Credential:
    """Hold an unsecured document to steps 3, 5, 7 and 8: shape, contexts, the form of status
    entries, the digests and rules that need no network, no member lost.

    What passes can be signed without a verifier refusing it for its form. Raises as the
    rooms do: ``RefusedError`` or ``UncheckedError``.
    """
    check_contexts(document, inline=policy.inline_contexts)
    credential = parse_credential(document)
    canonicalize(credential.document)
    lint_entries(credential.statuses)
    check_related_resources(credential.related_resources, {})
    check_open_badges(credential)
    return credential


# --- steps 1 to 5: stop at the first failure --------------------------------------------


def _establish(
    data: bytes | JsonObject,
    findings: Findings,
    *,
    now: datetime,
    policy: Policy,
    sources: Sources,
) -> Established[Credential] | None:
    finder = KeyFinder(fetch=sources.fetch, now=now, relationship=ASSERTION)
    return establish(data, _CREDENTIAL, findings, finder=finder, policy=policy)


def _bind_to_issuer(
    credential: Credential, signers: frozenset[str], policy: Policy
) -> tuple[str, ...]:
    return insist_on_signer(
        credential.issuer, "issuer", Code.ISSUER_KEY_MISMATCH, signers=signers, policy=policy
    )


_CREDENTIAL: Final = Expected(
    relationship=ASSERTION,
    named=lambda credential: credential.issuer,
    read=lambda secured, policy: secured.read_credential(policy),
    bind=_bind_to_issuer,
)


# --- steps 6 to 9: all run, reported together -------------------------------------------


def _check_validity(
    established: Established[Credential], findings: Findings, *, now: datetime, policy: Policy
) -> None:
    """Step 6, for the credential and for each signature that names times of its own."""
    credential = established.content
    with findings.check(Step.VALIDITY, "validity"):
        check_period(credential.valid_from, credential.valid_until, now, policy.clock_skew)
    check_signature_periods(established.signatures, findings, now, policy)


def _check_status(
    credential: Credential,
    findings: Findings,
    now: datetime,
    policy: Policy,
    sources: Sources,
    cache: StatusCache,
) -> None:
    """Step 7: every entry, through lists that are verified like credentials."""
    if not credential.statuses:
        findings.checks.append(Check(step=Step.STATUS, name="status", result=Result.NOT_APPLICABLE))
        return
    checks, warnings = check_status(
        credential.statuses,
        issuer=credential.issuer,
        credential_id=credential.id,
        now=now,
        policy=policy,
        fetch=sources.fetch,
        verify_list=_list_verifier(now=now, policy=policy, sources=sources),
        cache=cache,
    )
    findings.checks.extend(checks)
    findings.warnings.extend(warnings)


def _list_verifier(*, now: datetime, policy: Policy, sources: Sources) -> VerifyList:
    """Steps 1 to 6 for a status list credential, JSON or a token. Its own status is not
    followed: a list that needs a list could be a loop."""

    def verify_list(body: bytes) -> EstablishedList:
        findings = Findings()
        document = body if is_token(body) else parse_body(body)
        established = _establish(document, findings, now=now, policy=policy, sources=sources)
        if established is not None:
            _check_validity(established, findings, now=now, policy=policy)
        if established is None or not findings.all_passed:
            raise outcome_error(findings.report(now, policy))
        credential = established.content
        return EstablishedList(
            document=credential.document,
            issuer=credential.issuer,
            valid_from=credential.valid_from.at if credential.valid_from else None,
            valid_until=credential.valid_until.at if credential.valid_until else None,
        )

    return verify_list


def _check_policy(
    credential: Credential, findings: Findings, policy: Policy, sources: Sources
) -> Trust:
    """Step 9: trust is stated in every case, and demanded only where the policy says so."""
    trust = state_trust(credential.issuer, sources.registries)
    with findings.check(Step.POLICY, "policy", policy.name):
        if policy.require_known_issuer and not trust.registries:
            raise RefusedError(
                Code.POLICY_NOT_MET, "The rules ask for an issuer in one of your registers."
            )
    return trust
