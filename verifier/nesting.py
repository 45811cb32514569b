"""Verifying what stands inside: credentials in a record of learning, endorsements, schemas.

Each is verified on its own by the same ten steps, with the same sources and the same rules.
How deep and how many are bounded, because every one of them costs signatures and requests.

Leaves to others: finding them (``verifier.embedded``), the steps (``verifier.verify``), what a
bad one means for the document around it (``verifier.contents``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from verifier import limits
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.report import Outcome, OutcomeError
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """A verified credential, without its proof, what its report warns of, and whether it is a
    test credential (``verifier.test_credential``)."""

    document: JsonObject
    warnings: tuple[str, ...]
    is_test: bool


VerifyInside = Callable[["bytes | JsonObject", "Nesting"], Inside]
"""Verifies one credential; raises ``OutcomeError``."""


@dataclass(slots=True)
class _Count:
    left: int = limits.EMBEDDED_CREDENTIALS_IN_ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Nesting:
    """Where in a document we are: ``depth`` 0 is the document that somebody brought."""

    verify: VerifyInside
    depth: int = 0
    count: _Count = field(default_factory=_Count)

    def verify_inside(self, data: bytes | JsonObject) -> Inside:
        """The verified credential. Raises ``RefusedError`` and ``UncheckedError`` with the first
        problem of its report, and ``UncheckedError`` (``LIMIT_EXCEEDED``) beyond the bounds."""
        if self.depth >= limits.EMBEDDED_DEPTH or self.count.left <= 0:
            raise UncheckedError(Code.LIMIT_EXCEEDED, "Too many credentials in one another.")
        self.count.left -= 1
        inside = Nesting(verify=self.verify, depth=self.depth + 1, count=self.count)
        try:
            return self.verify(data, inside)
        except OutcomeError as error:
            raise _as_check_error(error) from error


def was_signed(error: CheckError) -> bool:
    """Whether every proof of the credential verified that ``verify_inside`` raised ``error`` for,
    so that it stands as it was signed."""
    cause = error.__cause__
    return isinstance(cause, OutcomeError) and cause.document is not None


def _as_check_error(error: OutcomeError) -> CheckError:
    problem = error.report.problems[0]
    is_no = error.report.outcome is Outcome.NOT_VERIFIED
    kind = RefusedError if is_no else UncheckedError
    return kind(problem.code, problem.detail, pointer=problem.pointer)
