"""What a verification found: ten numbered steps, one outcome of three, trust apart.

The outcome is derived, never set: a failed check makes it *not verified*; otherwise a check
that could not be finished makes it *could not check*; otherwise it is *verified*. A report
refuses to be used as a boolean, because a reader who writes ``if report:`` has lost one of
the three.

Leaves to others: words for people (``verifier.presentation``), HTTP (the edges).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final, NoReturn

from verifier.date_time_stamp import format_instant
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.problems import problem_document
from verifier.strict_json import JsonObject

TEST_NOTICE: Final = "TEST_CREDENTIAL"
"""The code in the member ``notices`` of a report about a test credential."""


class Step(IntEnum):
    """The steps of ``docs/verification.md``; the same numbers there, here and in tests."""

    PARSE = 1
    FORMAT = 2
    SHAPE = 3
    KEY = 4
    PROOF = 5
    VALIDITY = 6
    STATUS = 7
    SCHEMA = 8
    POLICY = 9
    REPORT = 10


class Outcome(StrEnum):
    """The three answers."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    COULD_NOT_CHECK = "could_not_check"


class Holder(StrEnum):
    """Whether the one who presents was shown to be the one whom the credentials are about.
    A statement of its own, like trust."""

    NOT_ASKED = "not_asked"
    """A credential came alone: whoever has a copy can show it."""
    SUBJECT = "subject"
    """A key of the subject of every credential signed this presentation."""
    NOT_SHOWN = "not_shown"
    """Somebody signed the presentation, or nobody did, but not every credential's subject."""


class Result(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason: a stable code, a plain sentence, the JSON Pointer of the member."""

    code: Code
    detail: str
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of one step. ``by`` names what it was checked with (a key, a list);
    ``as_of`` is when the source of the answer was last known to be true."""

    step: Step
    name: str
    result: Result
    by: str | None = None
    problem: Problem | None = None
    as_of: datetime | None = None

    def to_json(self, problems_base: str) -> JsonObject:
        """The check in the form of ``docs/verification.md``."""
        document: JsonObject = {
            "step": int(self.step),
            "name": self.name,
            "result": self.result.value,
        }
        if self.by is not None:
            document["by"] = self.by
        if self.problem is not None:
            document["problem"] = _problem_json(self.problem, problems_base)
        if self.as_of is not None:
            document["as_of"] = format_instant(self.as_of)
        return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Who vouches for the issuer: a statement of its own, never part of the outcome.

    ``issuer`` is the DID that the signature proves; ``name`` comes from a register, never
    from the credential. ``registries`` lists the registers that know the issuer.
    """

    issuer: str | None
    statement: str
    name: str | None = None
    registries: tuple[str, ...] = ()

    def to_json(self) -> JsonObject:
        """The statement in the form of ``docs/verification.md``."""
        return {
            "issuer": self.issuer,
            "name": self.name,
            "registries": list(self.registries),
            "statement": self.statement,
        }


NO_TRUST = Trust(issuer=None, statement="not established")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that one verification found. ``policy`` is the name of the rules used.
    ``presented`` has a report for each credential of a presentation, in its order."""

    checks: tuple[Check, ...]
    checked_at: datetime
    policy: str
    trust: Trust = NO_TRUST
    holder: Holder = Holder.NOT_ASKED
    warnings: tuple[str, ...] = ()
    presented: tuple[Report, ...] = ()
    says_test: bool = False
    """Whether what was signed says of itself that it is a test (``verifier.test_credential``)."""

    def __bool__(self) -> NoReturn:
        raise TypeError("A report has three outcomes: read .outcome, not its truth value.")

    @property
    def outcome(self) -> Outcome:
        """Derived from the checks: a no outweighs an unknown, an unknown outweighs a yes. A
        presentation is no better than the worst credential in it."""
        return worst([self._own_outcome(), *(report.outcome for report in self.presented)])

    def _own_outcome(self) -> Outcome:
        results = {check.result for check in self.checks}
        if Result.FAILED in results:
            return Outcome.NOT_VERIFIED
        if Result.NOT_CHECKED in results or Result.PASSED not in results:
            return Outcome.COULD_NOT_CHECK
        return Outcome.VERIFIED

    @property
    def is_test(self) -> bool:
        """Whether this, or anything presented in it, is a test credential: it proves nothing,
        whatever the outcome."""
        return self.says_test or any(report.is_test for report in self.presented)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of failed checks first, then of checks that were not finished; those of
        presented credentials stand among them, with pointers into the presentation."""
        return tuple(
            problem
            for result in (Result.FAILED, Result.NOT_CHECKED)
            for problem in self._problems(result)
        )

    def _problems(self, result: Result) -> Iterator[Problem]:
        for check in self.checks:
            if check.result is result and check.problem is not None:
                yield check.problem
        for number, report in enumerate(self.presented):
            for problem in report._problems(result):
                yield replace(problem, pointer=f"/verifiableCredential/{number}{problem.pointer}")

    def to_json(self, problems_base: str) -> JsonObject:
        """The report as JSON. ``problems_base`` is the URL before ``/problems/CODE``."""
        problems = [_problem_json(problem, problems_base) for problem in self.problems]
        presented = [report.to_json(problems_base) for report in self.presented]
        return {
            "verified": self.outcome is Outcome.VERIFIED,
            "outcome": self.outcome.value,
            "checks": [check.to_json(problems_base) for check in self.checks],
            "trust": self.trust.to_json(),
            "holder": self.holder.value,
            "warnings": list(self.warnings),
            "errors": problems,
            "problemDetails": problems,
            "policy": self.policy,
            "checked_at": format_instant(self.checked_at),
            **({"notices": [TEST_NOTICE]} if self.is_test else {}),
        } | ({"credentials": presented} if presented else {})


class OutcomeError(Exception):
    """A verification that did not end in *verified*. ``report`` says everything.

    ``document`` is the document without its proof if every proof over it verified, else
    ``None``: what nobody signed is not handed on.
    """

    def __init__(self, report: Report, document: JsonObject | None = None) -> None:
        first = report.problems[0]
        super().__init__(f"{report.outcome}: {first.code}: {first.detail}")
        self.report = report
        self.document = document


class VerificationError(OutcomeError):
    """Not verified: a decision. Do not rely on the document."""


class UndecidedError(OutcomeError):
    """Could not check: no decision was reached."""


def check_from_error(step: Step, name: str, error: CheckError, by: str | None = None) -> Check:
    """The check that ``error`` ended: failed for a refusal, not checked otherwise."""
    match error:
        case RefusedError():
            result = Result.FAILED
        case UncheckedError():
            result = Result.NOT_CHECKED
        case _:
            raise TypeError(f"{type(error).__name__} is neither a refusal nor an open question")
    problem = Problem(code=error.code, detail=error.detail, pointer=error.pointer)
    return Check(step=step, name=name, result=result, by=by, problem=problem)


def outcome_error(report: Report, document: JsonObject | None = None) -> OutcomeError:
    """The exception that carries ``report``, by its outcome."""
    match report.outcome:
        case Outcome.NOT_VERIFIED:
            return VerificationError(report, document)
        case Outcome.COULD_NOT_CHECK:
            return UndecidedError(report, document)
        case Outcome.VERIFIED:
            raise ValueError("a verified report is no error")


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The overall outcome of several documents: a no first, then an unknown, then a yes."""
    found = set(outcomes)
    for outcome in (Outcome.NOT_VERIFIED, Outcome.COULD_NOT_CHECK, Outcome.VERIFIED):
        if outcome in found:
            return outcome
    raise ValueError("no outcome at all is not a verified one")


def _problem_json(problem: Problem, problems_base: str) -> JsonObject:
    document = problem_document(problem.code, problem.detail, problems_base)
    if problem.pointer:
        document["pointer"] = problem.pointer
    return document
