"""One request, tried until there is an answer: when to try again, and how long to wait.

Tried again are calls without an answer, and answers that say *later*: a call of the same kind
that still runs (409 ``IN_PROGRESS``), 429, 500, 502, 503, 504. ``Retry-After`` is honoured, within
a bound; otherwise the wait doubles, with a random part so that many clients do not come back
together. Every try of one call is the same bytes under the same ``Idempotency-Key``.

The key of the tenant goes to the one origin that was named, never after a redirect, and stands
in no ``repr``, message or log of ours. Answers are read up to a bound.

Leaves to others: what is sent and what answers mean (``calls``, ``answers``).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import httpx

from issuer.client.problems import (
    NoAnswerError,
    ProblemError,
    TryLaterError,
    UnreadableAnswerError,
    problem_error,
)
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, parse_json_object

Query: TypeAlias = Mapping[str, str | int | list[str]]
"""What follows the path; a list names one thing several times."""

NOTHING: Final[Query] = MappingProxyType({})

ANSWER_BYTES: Final = 64 * 1024 * 1024
"""The largest answer that is read: a batch of a thousand signed documents has some 20 MB."""
FIRST_WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 60.0
_LATER: Final = frozenset({429, 500, 502, 503, 504})
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A successful answer: its body, and the headers that matter."""

    status: int
    body: JsonObject
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often and how long one call is tried. ``sleep`` waits, ``jitter`` gives 0 to 1."""

    attempts: int
    sleep: Callable[[float], None]
    jitter: Callable[[], float] = random.random

    def wait_before(self, attempt: int, retry_after: float | None) -> float:
        """Seconds before try number ``attempt`` (the second one is 1)."""
        if retry_after is not None:
            return min(max(retry_after, 0.0), LONGEST_WAIT_SECONDS)
        doubled = FIRST_WAIT_SECONDS * 2.0 ** (attempt - 1)
        return min(doubled, LONGEST_WAIT_SECONDS) * (0.5 + self.jitter() / 2)


class Transport:
    """The door to one issuer."""

    def __init__(self, base_url: str, api_key: str, *, timeout: float, patience: Patience) -> None:
        self._base_url = check_base_url(base_url)
        if not _KEY.fullmatch(api_key):
            raise ValueError("an API key has 1 to 128 printable characters without spaces")
        self._patience = patience
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {api_key}", "Accept": "application/json"},
            timeout=timeout,
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"Transport({self._base_url!r})"

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, query: Query = NOTHING) -> Answered:
        """Ask. Raises ``ClientError``."""
        return self._call("GET", path, query, None, "")

    def post(
        self,
        path: str,
        body: bytes,
        *,
        idempotency_key: str,
        query: Query = NOTHING,
    ) -> Answered:
        """Send a JSON body under a key of its own. Raises ``ClientError``."""
        return self._call("POST", path, query, body, idempotency_key)

    def _call(
        self,
        method: str,
        path: str,
        query: Query,
        body: bytes | None,
        idempotency_key: str,
    ) -> Answered:
        headers = {} if body is None else {"Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        request = self._http.build_request(
            method, self._base_url + path, params=dict(query), content=body, headers=headers
        )
        for attempt in range(1, self._patience.attempts):
            try:
                return self._try(request, idempotency_key)
            except NoAnswerError:
                self._patience.sleep(self._patience.wait_before(attempt, None))
            except TryLaterError as error:
                self._patience.sleep(self._patience.wait_before(attempt, error.retry_after))
        return self._try(request, idempotency_key)

    def _try(self, request: httpx.Request, idempotency_key: str) -> Answered:
        """One try. Raises ``NoAnswerError`` when the connection or the answer breaks off."""
        try:
            response = self._http.send(request, stream=True)
            try:
                data = _read(response)
            finally:
                response.close()
        except httpx.RequestError as error:
            raise NoAnswerError(type(error).__name__, idempotency_key) from error
        return _understand(response, data)


def check_base_url(value: str) -> str:
    """The origin of a service, without a slash at its end.

    Raises ``ValueError`` unless it is https, or plain http on this machine: a key travels there.
    """
    parts = urlsplit(value)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not is_safe or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("the address of an issuer starts with https://")
    return value.rstrip("/")


def _read(response: httpx.Response) -> bytes:
    """The whole body, up to a bound. Raises ``UnreadableAnswerError``."""
    data = bytearray()
    for piece in response.iter_bytes():
        data += piece
        if len(data) > ANSWER_BYTES:
            raise UnreadableAnswerError("The answer is larger than what is read.")
    return bytes(data)


def _understand(response: httpx.Response, data: bytes) -> Answered:
    """A success, or the exception that the answer is. A redirect is not followed."""
    if response.is_success:
        return Answered(
            status=response.status_code,
            body=_body(data),
            location=response.headers.get("Location", ""),
        )
    if response.is_error:
        raise _refusal(response, data)
    raise UnreadableAnswerError(f"A service of ours never answers {response.status_code}.")


def _body(data: bytes) -> JsonObject:
    try:
        return parse_json_object(data, max_bytes=ANSWER_BYTES)
    except RefusedError as error:
        raise UnreadableAnswerError("The answer is not the JSON of this service.") from error


def _refusal(response: httpx.Response, data: bytes) -> ProblemError:
    is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
    problem = _body(data) if is_problem else {"title": f"status {response.status_code}"}
    request_id = response.headers.get("X-Request-Id", "")
    error = problem_error(response.status_code, problem, request_id)
    if response.status_code not in _LATER and error.code != "IN_PROGRESS":
        return error
    later = TryLaterError(response.status_code, problem, request_id)
    later.retry_after = _seconds(response.headers.get("Retry-After", ""))
    return later


def _seconds(value: str) -> float | None:
    """Whole seconds (RFC 9110, section 10.2.3); a date is not one of ours, and is passed over."""
    return float(value) if re.fullmatch(r"[0-9]{1,6}", value) else None
