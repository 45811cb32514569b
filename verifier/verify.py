"""How a credential is verified: the ten steps of ``docs/verification.md``.

``verify`` returns a ``VerifiedCredential``, which is made in step 10 and nowhere else, or
raises ``VerificationError`` (a decision) or ``UndecidedError`` (no decision). ``lint`` runs
the rules that need no signature, for the issuer's rehearsal.

Leaves to others: every rule itself. This module holds the order, and what a failure of each
step means for the steps after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import schemas
from verifier.date_time_stamp import Instant, format_instant
from verifier.dids import retrieve_verification_method
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.jsonld import canonicalize, check_contexts
from verifier.model import Credential, as_list, parse_credential
from verifier.policy import STANDARD, Binding, Policy
from verifier.proofs.data_integrity import Proof, parse_proofs, verify_proof
from verifier.proofs.multikey import PublicKey
from verifier.report import (
    NO_TRUST,
    Check,
    Outcome,
    Report,
    Result,
    Step,
    Trust,
    check_from_error,
    outcome_error,
)
from verifier.schema import check_schemas, related_resource_warnings
from verifier.sources import Sources, state_trust
from verifier.status.check import EstablishedList, StatusCache, check_status
from verifier.strict_json import JsonObject, parse_json_object

ASSERTION: Final = "assertionMethod"
_COMPACT_TOKEN = re.compile(rb"\s*[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(~|\s*$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCredential:
    """A credential whose every check passed. Only ``verify`` makes one.

    ``document`` is the verified document, without its proof: the only thing to show or use.
    ``issuer`` is the DID that signed and that the credential names as its issuer.
    """

    document: JsonObject
    issuer: str
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class _Established:
    """Steps 1 to 5 are passed: the document is what the keys signed."""

    credential: Credential
    proofs: tuple[Proof, ...]


@dataclass(slots=True)
class _Findings:
    """What the steps append to while they run."""

    checks: list[Check] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @contextmanager
    def check(self, step: Step, name: str, by: str | None = None) -> Iterator[None]:
        """Append how the enclosed check ended; what went wrong goes no further than here."""
        try:
            yield
        except CheckError as error:
            self.checks.append(check_from_error(step, name, error, by))
        else:
            self.checks.append(Check(step=step, name=name, result=Result.PASSED, by=by))

    @property
    def all_passed(self) -> bool:
        return all(check.result is Result.PASSED for check in self.checks)


def verify(
    data: bytes | JsonObject,
    *,
    now: datetime,
    sources: Sources,
    policy: Policy = STANDARD,
    status_cache: StatusCache | None = None,
) -> VerifiedCredential:
    """Verify one credential: bytes as received, or an object that the strict loader made.

    ``now`` is aware and is the only time used. Raises ``VerificationError`` or
    ``UndecidedError``, whose ``report`` says why and whose ``document`` is set once every
    proof verified.
    """
    findings = _Findings()
    established = _establish(data, findings, now=now, policy=policy, sources=sources)
    if established is None:
        raise outcome_error(_report(findings, NO_TRUST, now, policy))
    credential = established.credential
    _check_validity(established, findings, now=now, policy=policy)
    _check_status(credential, findings, now, policy, sources, status_cache or StatusCache())
    _check_schemas(credential, findings, policy)
    trust = _check_policy(credential, findings, policy, sources)
    report = _report(findings, trust, now, policy)
    if report.outcome is not Outcome.VERIFIED:
        raise outcome_error(report, credential.document)
    return VerifiedCredential(document=credential.document, issuer=credential.issuer, report=report)


def lint(document: JsonObject, *, policy: Policy = STANDARD) -> Credential:
    """Hold an unsecured document to steps 3 and 5: shape, contexts, no member lost.

    What passes can be signed without a verifier refusing it for its form. Raises as the
    rooms do: ``RefusedError`` or ``UncheckedError``.
    """
    check_contexts(document, inline=policy.inline_contexts)
    credential = parse_credential(document)
    canonicalize(credential.document)
    return credential


def _report(findings: _Findings, trust: Trust, now: datetime, policy: Policy) -> Report:
    return Report(
        checks=tuple(findings.checks),
        checked_at=now,
        policy=policy.name,
        trust=trust,
        warnings=tuple(dict.fromkeys(findings.warnings)),
    )


# --- steps 1 to 5: stop at the first failure --------------------------------------------


def _establish(
    data: bytes | JsonObject,
    findings: _Findings,
    *,
    now: datetime,
    policy: Policy,
    sources: Sources,
) -> _Established | None:
    document = _parse(data, findings)
    if document is None:
        return None
    with findings.check(Step.FORMAT, "format"):
        _check_format(document)
    if not findings.all_passed:
        return None
    established = _read_shape(document, findings, policy)
    if established is None:
        return None
    keys = _find_keys(established, findings, now=now, policy=policy, sources=sources)
    if not findings.all_passed:
        return None
    _check_proofs(established, keys, findings)
    return established if findings.all_passed else None


def _parse(data: bytes | JsonObject, findings: _Findings) -> JsonObject | None:
    """Step 1. An object was parsed by the strict loader already, as part of a request."""
    if isinstance(data, bytes) and _COMPACT_TOKEN.match(data):
        findings.checks.append(Check(step=Step.PARSE, name="parse", result=Result.PASSED))
        with findings.check(Step.FORMAT, "format"):
            raise UncheckedError(
                Code.UNSUPPORTED_FORMAT, "This is a signed token (JWT), not supported yet."
            )
        return None
    with findings.check(Step.PARSE, "parse"):
        return parse_json_object(data) if isinstance(data, bytes) else data
    return None


def _check_format(document: JsonObject) -> None:
    """Step 2. Only embedded Data Integrity proofs are supported so far."""
    types = as_list(document.get("type"))
    for enveloped in ("EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"):
        if enveloped in types:
            raise UncheckedError(Code.UNSUPPORTED_FORMAT, f"{enveloped} is not supported yet.")
    if "VerifiablePresentation" in types:
        raise UncheckedError(
            Code.UNSUPPORTED_FORMAT, "This is a presentation, not a credential: not supported yet."
        )
    if "proof" not in document:
        raise RefusedError(Code.PARSING_ERROR, "The document has no proof.", pointer="/proof")


def _read_shape(document: JsonObject, findings: _Findings, policy: Policy) -> _Established | None:
    """Step 3: contexts, the credential's members, the form of every proof."""
    with findings.check(Step.SHAPE, "shape"):
        findings.warnings.extend(check_contexts(document, inline=policy.inline_contexts))
        credential = parse_credential(document)
        findings.warnings.extend(credential.warnings)
        return _Established(credential=credential, proofs=parse_proofs(document, purpose=ASSERTION))
    return None


def _find_keys(
    established: _Established,
    findings: _Findings,
    *,
    now: datetime,
    policy: Policy,
    sources: Sources,
) -> tuple[PublicKey, ...]:
    """Step 4: one key for each proof. Whose keys they are is settled before any is fetched."""
    keys: list[PublicKey] = []
    with findings.check(Step.KEY, "issuer", established.credential.issuer):
        findings.warnings.extend(_bind_to_issuer(established, policy))
    if not findings.all_passed:
        return ()
    for proof in established.proofs:
        with findings.check(Step.KEY, "key", proof.verification_method):
            method = retrieve_verification_method(
                proof.verification_method,
                relationship=proof.purpose,
                fetch=sources.fetch,
                now=now,
            )
            keys.append(method.key)
    return tuple(keys)


def _bind_to_issuer(established: _Established, policy: Policy) -> tuple[str, ...]:
    """Data Integrity 1.0 leaves it to us: at least one proof is by the ``issuer``."""
    issuer = established.credential.issuer
    signers = {proof.verification_method.partition("#")[0] for proof in established.proofs}
    if issuer in signers:
        return ()
    if policy.binding is Binding.UNSAFE_WARN:
        return (f"The key is not shown to belong to the issuer {issuer}.",)
    raise RefusedError(
        Code.ISSUER_KEY_MISMATCH,
        "It names an issuer, but was signed with somebody else's key.",
        pointer="/issuer",
    )


def _check_proofs(
    established: _Established, keys: tuple[PublicKey, ...], findings: _Findings
) -> None:
    """Step 5: every proof of a set or chain, over the document as received."""
    for proof, key in zip(established.proofs, keys, strict=True):
        with findings.check(Step.PROOF, "proof", proof.verification_method):
            verify_proof(proof, established.credential.document, established.proofs, key)


# --- steps 6 to 9: all run, reported together -------------------------------------------


def _check_validity(
    established: _Established, findings: _Findings, *, now: datetime, policy: Policy
) -> None:
    """Step 6, for the credential and for each proof that names times of its own."""
    credential = established.credential
    with findings.check(Step.VALIDITY, "validity"):
        _check_period(credential.valid_from, credential.valid_until, now, policy.clock_skew)
    for proof in established.proofs:
        if proof.created is not None or proof.expires is not None:
            with findings.check(Step.VALIDITY, "proof validity", proof.verification_method):
                _check_period(proof.created, proof.expires, now, policy.clock_skew)


def _check_period(
    start: Instant | None, end: Instant | None, now: datetime, skew: timedelta
) -> None:
    """VC Data Model 2.0, section 4.9: both ends are inside the period.

    The allowance is put on ``now``: a document may end with the last second of time.
    """
    if start is not None and now + skew < start.at:
        raise RefusedError(Code.NOT_YET_VALID, f"It starts on {format_instant(start.at)}.")
    if end is not None and now - skew > end.at:
        raise RefusedError(Code.EXPIRED, f"It ended on {format_instant(end.at)}.")


def _check_status(
    credential: Credential,
    findings: _Findings,
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
        now=now,
        policy=policy,
        fetch=sources.fetch,
        verify_list=_list_verifier(now=now, policy=policy, sources=sources),
        cache=cache,
    )
    findings.checks.extend(checks)
    findings.warnings.extend(warnings)


def _list_verifier(
    *, now: datetime, policy: Policy, sources: Sources
) -> Callable[[JsonObject], EstablishedList]:
    """Steps 1 to 6 for a status list credential. Its own status is not followed: a list
    that needs a list could be a loop."""

    def verify_list(document: JsonObject) -> EstablishedList:
        findings = _Findings()
        established = _establish(document, findings, now=now, policy=policy, sources=sources)
        if established is not None:
            _check_validity(established, findings, now=now, policy=policy)
        if established is None or not findings.all_passed:
            raise outcome_error(_report(findings, NO_TRUST, now, policy))
        credential = established.credential
        return EstablishedList(
            document=credential.document,
            issuer=credential.issuer,
            valid_from=credential.valid_from.at if credential.valid_from else None,
            valid_until=credential.valid_until.at if credential.valid_until else None,
        )

    return verify_list


def _check_schemas(credential: Credential, findings: _Findings, policy: Policy) -> None:
    """Step 8."""
    findings.warnings.extend(related_resource_warnings(credential))
    if not credential.schemas and not policy.require_held_schema:
        findings.checks.append(Check(step=Step.SCHEMA, name="schema", result=Result.NOT_APPLICABLE))
        return
    with findings.check(Step.SCHEMA, "schema"):
        findings.warnings.extend(
            check_schemas(credential, held=schemas.schema_by_id, demand=policy.require_held_schema)
        )


def _check_policy(
    credential: Credential, findings: _Findings, policy: Policy, sources: Sources
) -> Trust:
    """Step 9: trust is stated in every case, and demanded only where the policy says so."""
    trust = state_trust(credential.issuer, sources.registries)
    with findings.check(Step.POLICY, "policy", policy.name):
        if policy.require_known_issuer and not trust.registries:
            raise RefusedError(
                Code.POLICY_NOT_MET, "The rules ask for an issuer in one of your registers."
            )
    return trust
