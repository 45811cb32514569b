"""The way in: who is calling, and whether they may call just now.

Every guarded route asks ``admitted`` for its caller, and nothing else does. A key that is good is
never turned away for what others tried: guesses are counted where a key is no good, by address
and by the key that was meant, and once there were too many the answer is 429 instead of 401.
(Nobody guesses 260 random bits; the limit keeps the noise down and tells operators' alarms.)

A tenant's calls are counted before their body is read, so a call whose answer is only looked up
again, by its ``Idempotency-Key``, counts like any other. ``Retry-After`` says when to come back.

The address is that of the connection. ``X-Forwarded-For`` can be written by anybody, so it is
read only where the operator says how many proxies of theirs stand before the service.

Leaves to others: counting (``issuer.rate_limits``), keys (``issuer.api_keys``).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from flask import Request, Response, g, request

from issuer import limits
from issuer.api_keys import Identity, identify, meant_prefix
from issuer.callers import Caller, Scope
from issuer.errors import RateLimitedError, UnauthorisedError
from issuer.rate_limits import Counted
from issuer.web.requests import presented_key
from issuer.web.services import services
from verifier.date_time_stamp import format_instant

_SIGNING: Final = frozenset({Scope.ISSUE, Scope.CREDIT})
_WARNING: Final = timedelta(days=limits.API_KEY_WARNING_DAYS)
_SAFE: Final = frozenset({"GET", "HEAD"})
_IPV6_NETWORK: Final = 64
"""Bits of an IPv6 address that one household or server has to itself."""


def admitted(scope: Scope, *, now: datetime) -> Caller:
    """The caller of this request, who has ``scope``.

    Raises ``UnauthorisedError``, ``ForbiddenError``, ``RateLimitedError``.
    """
    caller = recognised(now=now).caller
    caller.require(scope)
    if scope in _SIGNING and request.method not in _SAFE:
        services().limiter.take(Counted.ISSUE, caller.tenant_id, now=now)
    return caller


def recognised(*, now: datetime) -> Identity:
    """Who this request is from, whatever they may do.

    Raises ``UnauthorisedError``, ``RateLimitedError``.
    """
    web = services()
    try:
        found = identify(web.store, presented_key(), now=now)
    except UnauthorisedError as error:
        if "Authorization" in request.headers:
            count_guess(request.headers["Authorization"], now=now, because=error)
        raise
    g.key_ends_soon = found.ends if found.ends - now <= _WARNING else None
    web.limiter.take(Counted.REQUESTS, found.caller.tenant_id, now=now)
    return found


def warn_of_end(response: Response) -> Response:
    """In its last days every answer to a key says when it ends (``API-Key-Ends``, an instant).

    ``Sunset`` (RFC 8594) is about a resource, which stays; it is the key that goes.
    """
    ends = g.get("key_ends_soon")
    if ends is not None:
        response.headers["API-Key-Ends"] = format_instant(ends)
    return response


def count_guess(presented: str, *, now: datetime, because: Exception) -> None:
    """Count a key or secret that was no good. Raises ``RateLimitedError`` after too many."""
    limiter = services().limiter
    try:
        limiter.take(Counted.GUESSES_BY_ADDRESS, client_address(request), now=now)
        prefix = meant_prefix(presented)
        if prefix is not None:
            limiter.take(Counted.GUESSES_BY_PREFIX, prefix, now=now)
    except RateLimitedError as error:
        raise error from because


def count_share() -> None:
    """Count a look at a share link. Raises ``RateLimitedError``."""
    web = services()
    web.limiter.take(Counted.SHARES, client_address(request), now=web.clock())


def client_address(asked: Request) -> str:
    """The address of whoever is calling; of IPv6 the network, which is one customer's.

    With ``trusted_proxies`` of the operator's own, each adds one entry to ``X-Forwarded-For``:
    the one that the outermost of them wrote is the client. Fewer entries than proxies, or one
    that is no address, and the connection's own address counts.
    """
    hops = services().settings.rates.trusted_proxies
    peer = asked.remote_addr or "unknown"
    if hops == 0:
        return _network(peer)
    named = [part.strip() for part in ",".join(asked.headers.getlist("X-Forwarded-For")).split(",")]
    return (
        _network(named[-hops])
        if len(named) >= hops and _is_address(named[-hops])
        else (_network(peer))
    )


def _is_address(text: str) -> bool:
    return re.fullmatch(r"[0-9A-Fa-f:.]{2,45}", text) is not None and _parse(text) is not None


def _parse(text: str) -> object:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> str:
    address = _parse(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _IPV6_NETWORK), strict=False))
    return text
