"""Why a call did not succeed: one class for each way to react to it.

``ProblemError`` and its kin hold the problem document (RFC 9457) of the service; the others say
that there is none. ``code`` is a promise of the service (``/problems/CODE`` explains it),
``detail`` a courtesy.

Leaves to others: when to try again (``transport``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.strict_json import JsonObject, JsonValue

_MOST: Final = 200
"""Findings that are read of one answer; the service sends fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that the rules say about a record: a stable code, a JSON Pointer into the record,
    a sentence."""

    code: str
    pointer: str
    sentence: str
    value: str | None = field(default=None, repr=False)


def findings_of(value: JsonValue) -> tuple[Finding, ...]:
    """The findings in a list of them; what is none is left out."""
    items = value if isinstance(value, list) else []
    return tuple(_finding(item) for item in items[:_MOST] if isinstance(item, dict))


def _finding(item: JsonObject) -> Finding:
    value = item.get("value")
    return Finding(
        code=str(item.get("code", "")),
        pointer=str(item.get("pointer", "")),
        sentence=str(item.get("sentence", "")),
        value=value if isinstance(value, str) else None,
    )


class ClientError(Exception):
    """A call that did not succeed."""


class NoAnswerError(ClientError):
    """No answer came, however often it was tried. Whether the call did something is not known:
    call again with the same ``idempotency_key`` to find out. It does nothing twice."""

    def __init__(self, cause: str, idempotency_key: str) -> None:
        super().__init__(f"No answer: {cause}")
        self.idempotency_key = idempotency_key


class UnreadableAnswerError(ClientError):
    """The answer is not one of this service: another program answers at the address, perhaps."""


class ProblemError(ClientError):
    """The service said no."""

    def __init__(self, status: int, problem: JsonObject, request_id: str) -> None:
        self.status = status
        self.problem = problem
        self.request_id = request_id
        super().__init__(f"{status} {self.code}: {self.detail}")

    @property
    def type(self) -> str:
        """The address that explains it."""
        return str(self.problem.get("type", "about:blank"))

    @property
    def code(self) -> str:
        """The stable name at the end of the type."""
        return self.type.replace("#", "/").rpartition("/")[2]

    @property
    def detail(self) -> str:
        """One plain sentence."""
        return str(self.problem.get("detail", self.problem.get("title", "")))

    @property
    def pointer(self) -> str:
        """The JSON Pointer of the member at fault; empty where none is named."""
        return str(self.problem.get("pointer", ""))


class RequestRefusedError(ProblemError):
    """The request has to be changed (400, 413, 415, 422)."""


class RecordRefusedError(RequestRefusedError):
    """The rules refuse the record (422): ``findings`` says why."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, in the order of the codes."""
        return findings_of(self.problem.get("findings"))


class UnauthorisedError(ProblemError):
    """The API key is not known, or has ended (401)."""


class ForbiddenError(ProblemError):
    """The API key lacks the scope (403)."""


class NotFoundError(ProblemError):
    """There is no such thing for this tenant (404, 410)."""


class ConflictError(ProblemError):
    """It contradicts what is there, such as a record that was issued with other content (409)."""


class TryLaterError(ProblemError):
    """Too much, or a fault of the service, also after every try (429, 5xx, a call that still
    runs). ``retry_after`` are the seconds that the service asks for, where it does."""

    retry_after: float | None = None


_BY_STATUS: Final[Mapping[int, type[ProblemError]]] = {
    401: UnauthorisedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: NotFoundError,
    429: TryLaterError,
}


def problem_error(status: int, problem: JsonObject, request_id: str) -> ProblemError:
    """The exception for an answer that is no success."""
    if status == 422 and "findings" in problem:
        return RecordRefusedError(status, problem, request_id)
    kind = TryLaterError if status >= 500 else _BY_STATUS.get(status, RequestRefusedError)
    return kind(status, problem, request_id)
