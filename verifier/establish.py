"""Steps 1 to 5: from bytes to a document that its signatures cover.

The steps stop at the first failure, because each relies on the one before. They are the same
for credentials, for presentations and for the lists that tell a credential's status, and the
same for every securing mechanism.

Leaves to others: what holds the steps together (``verifier.verify``), every rule itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic

from verifier.date_time_stamp import Instant, format_instant
from verifier.errors import CheckError, Code, RefusedError
from verifier.formats import parse_input, recognise
from verifier.policy import Binding, Policy
from verifier.proofs.multikey import PublicKey
from verifier.report import NO_TRUST, Check, Report, Result, Step, Trust, check_from_error
from verifier.secured import Content, Format, KeyFinder, Reading, Secured, Signature
from verifier.strict_json import JsonObject


@dataclass(slots=True)
class Findings:
    """What the steps append to while they run."""

    checks: list[Check] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    says_test: bool = False

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
        """Whether nothing failed and nothing stayed open."""
        return all(check.result is Result.PASSED for check in self.checks)

    def report(self, now: datetime, policy: Policy, trust: Trust = NO_TRUST) -> Report:
        """The findings as a report."""
        return Report(
            checks=tuple(self.checks),
            checked_at=now,
            policy=policy.name,
            trust=trust,
            warnings=tuple(dict.fromkeys(self.warnings)),
            says_test=self.says_test,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected(Generic[Content]):
    """What a caller wants to establish: how it is read, whose signature it needs."""

    relationship: str
    named: Callable[[Content], str | None]
    """The identifier that the content names as its signer, for the report."""
    read: Callable[[Secured, Policy], Reading[Content]]
    bind: Callable[[Content, frozenset[str], Policy], tuple[str, ...]]
    """Insist on the signers, whose identifiers it is given; returns warnings (step 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Established(Generic[Content]):
    """Steps 1 to 5 are passed: the content is what the keys signed."""

    content: Content
    signatures: tuple[Signature, ...]
    format: Format


def establish(
    data: bytes | JsonObject,
    expected: Expected[Content],
    findings: Findings,
    *,
    finder: KeyFinder,
    policy: Policy,
) -> Established[Content] | None:
    """Run steps 1 to 5; ``None`` when one of them failed, which ``findings`` tells."""
    secured = _recognise(data, findings)
    if secured is None:
        return None
    reading = _read(secured, expected, findings, policy)
    if reading is None:
        return None
    keys = _find_keys(reading, expected, findings, finder, policy)
    if not findings.all_passed:
        return None
    for signature, key in zip(reading.signatures, keys, strict=True):
        with findings.check(Step.PROOF, "proof", signature.by):
            signature.verify(key)
    if not findings.all_passed:
        return None
    return Established(
        content=reading.content, signatures=reading.signatures, format=secured.format
    )


def _recognise(data: bytes | JsonObject, findings: Findings) -> Secured | None:
    with findings.check(Step.PARSE, "parse"):
        document = parse_input(data)
    if not findings.all_passed:
        return None
    with findings.check(Step.FORMAT, "format"):
        return recognise(document)
    return None


def _read(
    secured: Secured, expected: Expected[Content], findings: Findings, policy: Policy
) -> Reading[Content] | None:
    """Step 3. Something must have signed: an empty list of requirements is not a pass."""
    with findings.check(Step.SHAPE, "shape"):
        reading = expected.read(secured, policy)
        if not reading.signatures:
            raise RefusedError(Code.PARSING_ERROR, "There is no proof to check.", pointer="/proof")
        findings.warnings.extend(reading.warnings)
        return reading
    return None


def _find_keys(
    reading: Reading[Content],
    expected: Expected[Content],
    findings: Findings,
    finder: KeyFinder,
    policy: Policy,
) -> tuple[PublicKey, ...]:
    """Step 4: one key for each signature. Whose keys they are is settled before any is
    fetched."""
    signers = frozenset(signature.controller for signature in reading.signatures)
    with findings.check(Step.KEY, "issuer", expected.named(reading.content)):
        findings.warnings.extend(expected.bind(reading.content, signers, policy))
    if not findings.all_passed:
        return ()
    keys: list[PublicKey] = []
    for signature in reading.signatures:
        with findings.check(Step.KEY, "key", signature.by):
            keys.append(signature.find_key(finder))
    return tuple(keys)


def insist_on_signer(
    identifier: str, role: str, code: Code, *, signers: frozenset[str], policy: Policy
) -> tuple[str, ...]:
    """Data Integrity 1.0 leaves it to us: at least one signature is by the one who is named.

    ``role`` is the member that names them (``issuer``, ``holder``). Returns warnings; raises
    ``RefusedError`` with ``code``.
    """
    if identifier in signers:
        return ()
    if policy.binding is Binding.UNSAFE_WARN:
        return (f"The key is not shown to belong to the {role} {identifier}.",)
    raise RefusedError(
        code,
        f"It names its {role}, but was signed with somebody else's key.",
        pointer=f"/{role}",
    )


def check_period(
    start: Instant | None, end: Instant | None, now: datetime, skew: timedelta
) -> None:
    """VC Data Model 2.0, section 4.9: both ends are inside the period.

    The allowance is put on ``now``: a document may end with the last second of time. Raises
    ``RefusedError`` (``NOT_YET_VALID``, ``EXPIRED``).
    """
    if start is not None and now + skew < start.at:
        raise RefusedError(Code.NOT_YET_VALID, f"It starts on {format_instant(start.at)}.")
    if end is not None and now - skew > end.at:
        raise RefusedError(Code.EXPIRED, f"It ended on {format_instant(end.at)}.")


def check_signature_periods(
    signatures: tuple[Signature, ...], findings: Findings, now: datetime, policy: Policy
) -> None:
    """Step 6 for the signatures that name times of their own."""
    for signature in signatures:
        if signature.start is not None or signature.end is not None:
            with findings.check(Step.VALIDITY, "proof validity", signature.by):
                check_period(signature.start, signature.end, now, policy.clock_skew)
