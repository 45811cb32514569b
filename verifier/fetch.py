"""The one guarded door to the network: nothing else in the program opens a connection.

https to port 443 of public addresses only. A name is resolved once, every address it has is
checked, and the connection goes to the checked one, so that a name cannot change its answer
in between. No redirects, no cookies, no proxies, no compressed bodies; a bounded body, and
one clock for the whole request, name look-up included, that a slow sender cannot restart.
All requests of one verification share a number and a time.

Two exceptions, both listed by the operator: an origin map leads a public origin to an address
inside, and plain http goes to listed loopback origins.

What is read in a verification is asked for with ``get``. ``post`` is for whoever tells others
something (the issuer's webhooks), through the same door.

Leaves to others: what the body means; refusing loopback lists in production (``settings``).
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import certifi
import httpcore
from ssrfguard import Policy as AddressPolicy
from ssrfguard import Resolver, SSRFGuardError
from ssrfguard.httpx import SafeBackend

from verifier import limits
from verifier.errors import Code, MissingError, UncheckedError
from verifier.sources import Fetched

_AGENT: Final = "micro-internship-verifier"
_PUBLIC: Final = AddressPolicy(
    allowed_schemes=frozenset({"https"}),
    allowed_ports=frozenset({443}),
    max_url_length=limits.URL_CHARACTERS,
    max_connection_attempts=limits.CONNECT_ATTEMPTS,
)
_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]*"')
_EVERYWHERE: Final = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """``origin_map``: public origin (``https://issuer.example``) to origin inside
    (``http://10.0.0.5:8100``). ``loopback_origins``: ``host:port`` for plain http. ``resolver``
    stands in for the system's, in tests; what it answers is checked all the same. The seconds
    are those of one request and of all requests of one verification. ``agent`` is who asks."""

    origin_map: Mapping[str, str] = field(default_factory=dict)
    loopback_origins: frozenset[str] = frozenset()
    resolver: Resolver = socket.getaddrinfo
    request_seconds: float = limits.TOTAL_SECONDS
    verification_seconds: float = limits.NETWORK_SECONDS
    agent: str = _AGENT


class GuardedFetch:
    """The door. One for a process; ``budget`` gives the ``Fetch`` of one verification."""

    def __init__(
        self, settings: FetchSettings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._monotonic = monotonic

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Read when it is first needed: many who hold a door never go through."""
        return ssl.create_default_context(cafile=certifi.where())

    def budget(self) -> BudgetedFetch:
        """A ``Fetch`` for one verification: ``limits.FETCHES`` requests in its seconds."""
        return BudgetedFetch(self)

    def start_clock(self) -> Deadline:
        """The time that all requests of one verification share, from now on."""
        ends = self._monotonic() + self._settings.verification_seconds
        return Deadline(ends, self._monotonic)

    def get(
        self, url: str, headers: Mapping[str, str], max_bytes: int, overall: Deadline
    ) -> Fetched:
        """One request. Raises as ``sources.Fetch`` says."""
        with self._opened(url, overall) as (pool, target):
            sent = self._own_headers(target) | dict(headers)
            return _request(pool, url, target, sent, max_bytes)

    def check(self, url: str) -> None:
        """Refuse an address that would never be visited, as far as its letters tell. Raises
        ``UncheckedError`` (``ADDRESS_NOT_ALLOWED``)."""
        target, policy = self._target(url)
        try:
            policy.check_url(target)
        except SSRFGuardError as error:
            raise _not_allowed("It leads to an address that must not be visited.") from error

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send ``body``; the status of the answer, of which nothing more is read.

        Raises ``UncheckedError`` (``ADDRESS_NOT_ALLOWED``, ``FETCH_TIMEOUT``,
        ``FETCH_FAILED``) when there was no answer.
        """
        with self._opened(url, self.start_clock()) as (pool, target):
            sent = self._own_headers(target) | {"content-length": str(len(body))} | dict(headers)
            with pool.stream("POST", target, headers=[*sent.items()], content=body) as response:
                return response.status

    def exchange(
        self, url: str, headers: Mapping[str, str], body: bytes, max_bytes: int
    ) -> tuple[int, bytes]:
        """Send ``body``; the status and the body of the answer (an issuer's identity provider).

        Raises as ``post``, and ``UncheckedError`` (``LIMIT_EXCEEDED``).
        """
        with self._opened(url, self.start_clock()) as (pool, target):
            sent = self._own_headers(target) | {"content-length": str(len(body))} | dict(headers)
            with pool.stream("POST", target, headers=[*sent.items()], content=body) as response:
                return response.status, _read(response.iter_stream(), max_bytes)

    def _own_headers(self, target: str) -> dict[str, str]:
        return {
            "host": urlsplit(target).netloc,
            "user-agent": self._settings.agent,
            "accept-encoding": "identity",
        }

    @contextmanager
    def _opened(self, url: str, overall: Deadline) -> Iterator[tuple[httpcore.ConnectionPool, str]]:
        """A connection to be made through the guard, and the address to ask."""
        target, policy = self._target(url)
        deadline = overall.no_later_than(self._monotonic() + self._settings.request_seconds)
        try:
            policy.check_url(target)
            with httpcore.ConnectionPool(
                ssl_context=self._tls,
                max_connections=1,
                network_backend=_DeadlineBackend(policy, self._settings.resolver, deadline),
            ) as pool:
                yield pool, target
        except SSRFGuardError as error:
            raise _not_allowed("It leads to an address that must not be visited.") from error
        except httpcore.TimeoutException as error:
            raise UncheckedError(Code.FETCH_TIMEOUT, "It did not answer in time.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise UncheckedError(
                Code.FETCH_FAILED, "No connection could be made, or it broke."
            ) from error

    def _target(self, url: str) -> tuple[str, AddressPolicy]:
        """The address to ask, which the origin map may change, and what it may lead to."""
        parts = _split(url)
        inside = self._settings.origin_map.get(f"{parts.scheme}://{parts.netloc}")
        if inside is not None:
            origin = urlsplit(inside)
            return _with_origin(parts, origin), _listed(origin)
        if parts.scheme == "http" and parts.netloc in self._settings.loopback_origins:
            return _with_origin(parts, parts), _listed(parts)
        return _with_origin(parts, parts), _PUBLIC


def _split(url: str) -> SplitResult:
    """The parts of ``url``, with the origin in lower case. Non-ASCII addresses are refused:
    readers differ in how they encode them."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _not_allowed("It is not an address.") from error
    if not url.isascii() or len(url) > limits.URL_CHARACTERS or not parts.hostname or port == 0:
        raise _not_allowed("It is not an address that can be visited.")
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower())


def _with_origin(parts: SplitResult, origin: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return f"{origin.scheme}://{origin.netloc}{parts.path or '/'}{query}"


def _listed(origin: SplitResult) -> AddressPolicy:
    """An origin that the operator listed: exactly this host and port, wherever it is."""
    port = origin.port or (443 if origin.scheme == "https" else 80)
    return AddressPolicy(
        allowed_schemes=frozenset({origin.scheme}),
        allowed_ports=frozenset({port}),
        allowed_networks=_EVERYWHERE,
        max_url_length=limits.URL_CHARACTERS,
        max_connection_attempts=limits.CONNECT_ATTEMPTS,
    )


def _not_allowed(detail: str) -> UncheckedError:
    return UncheckedError(Code.ADDRESS_NOT_ALLOWED, detail)


# --- one request ------------------------------------------------------------------------


def _request(
    pool: httpcore.ConnectionPool,
    url: str,
    target: str,
    headers: Mapping[str, str],
    max_bytes: int,
) -> Fetched:
    with pool.stream("GET", target, headers=[*headers.items()]) as response:
        received = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        unchanged = response.status == 304 and "if-none-match" in headers
        if not unchanged:
            _check_answer(response.status, received)
        return Fetched(
            url=url,
            content_type=received.get("content-type", ""),
            body=b"" if unchanged else _read(response.iter_stream(), max_bytes),
            etag=_read_etag(received.get("etag", "")),
            is_unchanged=unchanged,
        )


def _check_answer(status: int, headers: Mapping[str, str]) -> None:
    if status in (404, 410):
        raise MissingError(Code.FETCH_FAILED, "There is nothing at that address.")
    if status != 200:
        raise UncheckedError(Code.FETCH_FAILED, f"It answered with HTTP {status}.")
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise UncheckedError(Code.FETCH_FAILED, "It sent a compressed body, unasked.")


def _read_etag(value: str) -> str | None:
    """An entity tag that can be sent back as it came (RFC 9110, section 8.8.3), or none."""
    is_usable = len(value) <= limits.ETAG_CHARACTERS and _ETAG.fullmatch(value)
    return value if is_usable else None


def _read(chunks: Iterable[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise UncheckedError(Code.LIMIT_EXCEEDED, f"It sent more than {max_bytes} bytes.")
    return bytes(body)


# --- the clock of one request -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deadline:
    """One span of time, however many reads it takes. ``ends`` is on the ``monotonic`` clock."""

    ends: float
    monotonic: Callable[[], float]

    def no_later_than(self, ends: float) -> Deadline:
        """The same clock, ending at ``ends`` unless it ends before."""
        return Deadline(min(self.ends, ends), self.monotonic)

    def left(self, error: type[httpcore.TimeoutException]) -> float:
        """Seconds left. Raises ``error`` when there are none."""
        seconds = self.ends - self.monotonic()
        if seconds <= 0:
            raise error("the request took too long")
        return seconds


class _DeadlineBackend(httpcore.NetworkBackend):
    """Connects through the guard, and puts the clock on what comes of it."""

    def __init__(self, policy: AddressPolicy, resolver: Resolver, deadline: Deadline) -> None:
        self._guard = SafeBackend(policy=policy, resolver=_in_time(resolver, deadline))
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect within ``limits.CONNECT_SECONDS`` and the request's own time."""
        left = self._deadline.left(httpcore.ConnectTimeout)
        stream = self._guard.connect_tcp(
            host, port, min(limits.CONNECT_SECONDS, left), local_address, socket_options
        )
        return _DeadlineStream(stream, self._deadline)


def _in_time(resolver: Resolver, deadline: Deadline) -> Resolver:
    """``resolver`` with the request's clock. The system's takes no time-out, so it is waited
    for on a thread that ends by itself when the answer comes too late."""

    def look_up(*question: Any) -> Iterable[Any]:
        answer: Future[Iterable[Any]] = Future()
        threading.Thread(target=_settle, args=(answer, resolver, question), daemon=True).start()
        return answer.result(timeout=deadline.left(httpcore.ConnectTimeout))

    return look_up


def _settle(answer: Future[Iterable[Any]], resolver: Resolver, question: tuple[Any, ...]) -> None:
    try:
        answer.set_result(resolver(*question))
    except OSError as error:
        answer.set_exception(error)
    except UnicodeError as error:  # a label that is no label, by the resolver's own codec
        answer.set_exception(OSError(str(error)))


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose every read and write ends with the request's time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there within the time left."""
        return self._stream.read(max_bytes, self._deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within the time left."""
        self._stream.write(buffer, self._deadline.left(httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Secure the connection; the name to check comes from httpcore, not from us."""
        left = self._deadline.left(httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, left)
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the connection."""
        return self._stream.get_extra_info(info)


# --- the budget of one verification -----------------------------------------------------


class BudgetedFetch:
    """The ``Fetch`` of one verification: a bounded number of requests and of bytes, none asked for
    twice, all within one span of time that starts with the first of them."""

    def __init__(self, door: GuardedFetch) -> None:
        self._door = door
        self._left = limits.FETCHES
        self._bytes_left = limits.FETCHED_BYTES
        self._overall: Deadline | None = None
        self._answers: dict[tuple[str, str, str | None], Fetched | UncheckedError] = {}
        self._lock = threading.Lock()

    def __call__(
        self, url: str, *, accept: str, max_bytes: int, etag: str | None = None
    ) -> Fetched:
        """GET ``url``. Raises as ``sources.Fetch`` says; what failed once is not tried again."""
        request = (url, accept, etag)
        with self._lock:
            if request not in self._answers:
                headers = {"accept": accept} | ({"if-none-match": etag} if etag else {})
                self._answers[request] = self._ask(url, headers, max_bytes)
            answer = self._answers[request]
        if isinstance(answer, UncheckedError):
            raise answer
        return answer

    def _ask(
        self, url: str, headers: Mapping[str, str], max_bytes: int
    ) -> Fetched | UncheckedError:
        if self._left == 0:
            return UncheckedError(
                Code.LIMIT_EXCEEDED, f"It takes more than {limits.FETCHES} requests to check."
            )
        self._left -= 1
        self._overall = self._overall or self._door.start_clock()
        most = min(max_bytes, self._bytes_left)
        try:
            answer = self._door.get(url, headers, most, self._overall)
        except UncheckedError as error:
            if error.code is Code.LIMIT_EXCEEDED:
                self._bytes_left -= most
            return error
        self._bytes_left -= len(answer.body)
        return answer
