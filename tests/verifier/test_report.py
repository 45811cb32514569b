"""Reports: three outcomes, derived, and never a truth value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.problems import LIBRARY_BASE, TITLES, problem_type
from verifier.report import (
    Check,
    Outcome,
    Problem,
    Report,
    Result,
    Step,
    UndecidedError,
    VerificationError,
    check_from_error,
    outcome_error,
    worst,
)

NOW = datetime(2026, 3, 24, 19, 2, tzinfo=UTC)
PASSED = Check(step=Step.PROOF, name="proof", result=Result.PASSED)
NOT_NEEDED = Check(step=Step.STATUS, name="status", result=Result.NOT_APPLICABLE)
FAILED = check_from_error(
    Step.STATUS, "status", RefusedError(Code.REVOKED, "It was.", pointer="/credentialStatus")
)
OPEN = check_from_error(
    Step.STATUS, "status", UncheckedError(Code.STATUS_RETRIEVAL_ERROR, "No answer.")
)


def _report(*checks: Check) -> Report:
    return Report(checks=checks, checked_at=NOW, policy="standard")


@pytest.mark.parametrize(
    ("checks", "outcome"),
    [
        ((PASSED,), Outcome.VERIFIED),
        ((PASSED, NOT_NEEDED), Outcome.VERIFIED),
        ((PASSED, OPEN), Outcome.COULD_NOT_CHECK),
        ((PASSED, FAILED), Outcome.NOT_VERIFIED),
        ((PASSED, OPEN, FAILED), Outcome.NOT_VERIFIED),
        ((FAILED, OPEN), Outcome.NOT_VERIFIED),
        ((), Outcome.COULD_NOT_CHECK),
        ((NOT_NEEDED,), Outcome.COULD_NOT_CHECK),
    ],
)
def test_the_outcome_is_derived(checks: tuple[Check, ...], outcome: Outcome) -> None:
    """A no outweighs an unknown, an unknown outweighs a yes, and nothing checked is no yes."""
    assert outcome is _report(*checks).outcome


def test_reports_are_no_truth_values() -> None:
    """Using a report as a condition is an error."""
    with pytest.raises(TypeError):
        bool(_report(PASSED))


def test_problems_list_refusals_first() -> None:
    """The reasons for a no come before the questions left open."""
    codes = [problem.code for problem in _report(PASSED, OPEN, FAILED).problems]

    assert [Code.REVOKED, Code.STATUS_RETRIEVAL_ERROR] == codes


def test_errors_carry_the_report() -> None:
    """A no and an unknown are raised as different errors; a yes is none."""
    refused, undecided = _report(FAILED), _report(PASSED, OPEN)

    assert isinstance(outcome_error(refused), VerificationError)
    assert isinstance(outcome_error(undecided), UndecidedError)
    assert undecided is outcome_error(undecided).report
    with pytest.raises(ValueError, match="no error"):
        outcome_error(_report(PASSED))


def test_only_the_two_kinds_of_error_are_taken() -> None:
    """An error that is neither a no nor an unknown is a fault of the program."""
    with pytest.raises(TypeError):
        check_from_error(Step.PROOF, "proof", CheckError(Code.REVOKED, "?"))


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        ([Outcome.VERIFIED, Outcome.VERIFIED], Outcome.VERIFIED),
        ([Outcome.VERIFIED, Outcome.COULD_NOT_CHECK], Outcome.COULD_NOT_CHECK),
        ([Outcome.COULD_NOT_CHECK, Outcome.NOT_VERIFIED], Outcome.NOT_VERIFIED),
    ],
)
def test_the_worst_counts(outcomes: list[Outcome], outcome: Outcome) -> None:
    """Several documents are as good as the worst of them."""
    assert outcome is worst(outcomes)


def test_the_worst_of_nothing_is_an_error() -> None:
    """No document at all is not verified by default."""
    with pytest.raises(ValueError, match="no outcome"):
        worst([])


def test_the_json_form() -> None:
    """The JSON of a report has the members of ``docs/verification.md``."""
    problem = {
        "type": f"{LIBRARY_BASE}/problems/REVOKED",
        "title": TITLES[Code.REVOKED],
        "detail": "It was.",
        "pointer": "/credentialStatus",
    }
    expected = {
        "verified": False,
        "outcome": "not_verified",
        "checks": [
            {"step": 5, "name": "proof", "result": "passed"},
            {"step": 7, "name": "status", "result": "failed", "problem": problem},
        ],
        "trust": {
            "issuer": None,
            "name": None,
            "registries": [],
            "statement": "not established",
        },
        "holder": "not_asked",
        "warnings": [],
        "errors": [problem],
        "problemDetails": [problem],
        "policy": "standard",
        "checked_at": "2026-03-24T19:02:00Z",
    }

    assert expected == _report(PASSED, FAILED).to_json(LIBRARY_BASE)


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_title_and_a_type(code: Code) -> None:
    """Every code can be shown, under an absolute URL that ends with it."""
    url = problem_type(code, "https://verify.example")

    assert TITLES[code]
    assert url.startswith("https://")
    assert url.endswith(code)


def test_w3c_codes_keep_their_home() -> None:
    """A code that a specification defines keeps that specification's URL."""
    url = problem_type(Code.PROOF_VERIFICATION_ERROR, "https://verify.example")

    assert url == "https://w3id.org/security#PROOF_VERIFICATION_ERROR"


def test_problems_keep_their_pointer() -> None:
    """A problem says where in the document it stands."""
    expected = Problem(code=Code.REVOKED, detail="It was.", pointer="/credentialStatus")

    assert expected == FAILED.problem
