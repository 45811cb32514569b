"""OAuth 2.0 client credentials: an API key becomes access tokens that end within the hour.

The client is the API key: its identifier is the key's visible prefix, its secret the whole key.
So nothing new has to be kept, rotated or revoked, and whatever ends a key ends its tokens. A
token opens what its key opens, or less where the client asked for less, on every route in place of
the key (RFC 6750). Like keys, tokens are random, shown once and kept as their SHA-256.

Sources: RFC 6749, sections 2.3.1, 3.3, 4.4, 5; RFC 7009; RFC 8414.
Leaves to others: the form of requests and answers (``issuer.web.oauth``), who a presented token
belongs to (``issuer.api_keys``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.api_keys import (
    TOKEN,
    Identity,
    find_presented,
    identify_key,
    new_secret,
    prefix_of,
    secret_hash,
)
from issuer.callers import Scope
from issuer.errors import UnauthorisedError
from issuer.office import Office
from issuer.store.access import AccessTokenRow
from issuer.store.ports import Store

TOKEN_TYPE: Final = "Bearer"  # noqa: S105  the name of a kind
CLIENT_CREDENTIALS: Final = "client_credentials"


class OAuthCode(StrEnum):
    """The errors of RFC 6749, section 5.2, and RFC 7009, section 2.2.1."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_SCOPE = "invalid_scope"
    UNSUPPORTED_TOKEN_TYPE = "unsupported_token_type"  # noqa: S105  an error code


class OAuthError(Exception):
    """A refusal in the words of OAuth. ``detail`` is plain ASCII without quotes."""

    def __init__(self, code: OAuthCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantedToken:
    """A token that was just made: ``token`` is never seen again; it lasts ``seconds``."""

    token: str = field(repr=False)
    scopes: frozenset[Scope]
    seconds: int


def find_client(store: Store, client_id: str, secret: str, *, now: datetime) -> Identity:
    """The API key that the client is. Raises ``UnauthorisedError``, whatever is wrong."""
    found = identify_key(store, secret, now=now)
    if prefix_of(secret) != client_id:
        raise UnauthorisedError
    return found


def grant_token(
    store: Store, client: Identity, *, scope: str | None, now: datetime
) -> GrantedToken:
    """A token for ``client``, with what ``scope`` names or all that the key has. It ends no
    later than the key.

    Raises ``OAuthError`` (``invalid_scope``).
    """
    scopes = _scopes(scope, client.caller.scopes)
    end = min(now + timedelta(seconds=limits.ACCESS_TOKEN_SECONDS), client.ends)
    prefix, token = new_secret(TOKEN)
    row = AccessTokenRow(
        tenant_id=client.caller.tenant_id,
        id=uuid4().hex,
        key_id=client.key_id,
        prefix=prefix,
        secret_hash=secret_hash(token),
        scopes=frozenset(it.value for it in scopes),
        created=now,
        expires_at=end,
        revoked_at=None,
    )
    with store.begin(row.tenant_id) as unit:
        unit.access_tokens.add(row)
    return GrantedToken(token=token, scopes=scopes, seconds=int((end - now).total_seconds()))


def _scopes(text: str | None, held: frozenset[Scope]) -> frozenset[Scope]:
    """RFC 6749, section 3.3: words with one space between; in any order."""
    if text is None:
        return held
    words = text.split(" ")
    if not set(words) <= {scope.value for scope in held}:
        raise OAuthError(
            OAuthCode.INVALID_SCOPE,
            f"The key has: {' '.join(sorted(scope.value for scope in held))}.",
        )
    return frozenset(Scope(word) for word in words)


def revoke_token(store: Store, client: Identity, token: str, *, now: datetime) -> None:
    """The token opens nothing any more. What is no token of this client is left alone, and the
    answer does not tell (RFC 7009, section 2.2).

    Raises ``OAuthError`` (``unsupported_token_type``) for an API key: keys are revoked as keys.
    """
    presented = find_presented(token)
    if presented is None:
        return
    if presented.kind != TOKEN:
        raise OAuthError(OAuthCode.UNSUPPORTED_TOKEN_TYPE, "An API key is revoked at /apikeys.")
    with store.deployment() as lookup:
        row = lookup.access_token(presented.prefix)
    if row is None or row.key_id != client.key_id or row.secret_hash != secret_hash(token):
        return
    with store.begin(row.tenant_id) as unit:
        unit.access_tokens.revoke(row.id, now)


def forget_tokens(office: Office, now: datetime) -> int:
    """Delete tokens that ended a day ago; how many."""
    with office.store.deployment() as unit:
        tenants = unit.tenants()
    return sum(_forget(office.store, tenant.id, now) for tenant in tenants)


def _forget(store: Store, tenant_id: str, now: datetime) -> int:
    with store.begin(tenant_id) as unit:
        return unit.access_tokens.forget_before(now - timedelta(days=1))
