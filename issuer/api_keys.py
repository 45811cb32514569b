"""API keys: making and revoking them, and who a presented one belongs to.

An API key is ``mic_`` + a visible prefix + ``_`` + 260 random bits. It is shown once; the
store keeps the SHA-256 of the whole, which needs no slow hash because nobody can guess it.
Whatever is wrong with a presented key, the answer is the same. An access token (``mat_``) stands
for its key, with no more than what the key allows and no longer than the key is good.

Leaves to others: reading the header (the web), what each scope opens (whoever asks for it),
giving access tokens (``issuer.oauth``).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import (
    ConflictError,
    IssuerCode,
    NotFoundError,
    RequestRefusedError,
    UnauthorisedError,
)
from issuer.store.access import AccessTokenRow
from issuer.store.ports import Store
from issuer.store.rows import ApiKeyRow
from issuer.tenants import display_name
from issuer.trail import note

KEY: Final = "mic"
TOKEN: Final = "mat"  # noqa: S105  what tokens begin with
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PREFIX_SIGNS: Final = 12
_SECRET_SIGNS: Final = 52
"""52 signs of 5 bits each: 260 random bits."""
_PRESENTED = re.compile(
    rf"({KEY}|{TOKEN})_([a-z2-7]{{{_PREFIX_SIGNS}}})_[a-z2-7]{{{_SECRET_SIGNS}}}"
)
_MEANT = re.compile(rf"(?:{KEY}|{TOKEN})_([a-z2-7]{{{_PREFIX_SIGNS}}})_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What somebody presents, if it has the form of a key or of a token. Nothing is known yet."""

    kind: str
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A caller, and the API key behind: its id, and when it ends."""

    caller: Caller
    key_id: str
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey:
    """A key that was just made. ``secret`` is the whole key, and is never seen again."""

    row: ApiKeyRow
    secret: str = field(repr=False)


def create_api_key(
    store: Store,
    tenant_id: str,
    *,
    label: str,
    scopes: Iterable[Scope],
    days: int = limits.API_KEY_DAYS,
    ends: datetime | None = None,
    now: datetime,
    actor: str = "cli",
) -> NewApiKey:
    """A new API key of the tenant that ends after ``days``, or at the instant ``ends``.

    Raises ``RequestRefusedError`` (``NAME_MALFORMED``), ``ConflictError`` (``TOO_MANY_KEYS``).
    """
    end = _end(days, ends, now)
    prefix, secret = new_secret(KEY)
    row = ApiKeyRow(
        tenant_id=tenant_id,
        id=uuid4().hex,
        label=display_name(label),
        prefix=prefix,
        secret_hash=secret_hash(secret),
        scopes=frozenset(scope.value for scope in scopes),
        created=now,
        expires_at=end,
        revoked_at=None,
    )
    with store.begin(tenant_id) as unit:
        if sum(_is_good(one, now) for one in unit.api_keys.all()) >= limits.API_KEYS_PER_TENANT:
            raise ConflictError(
                IssuerCode.TOO_MANY_KEYS, "Revoke keys that nobody uses before making more."
            )
        unit.api_keys.add(row)
        note(unit, actor, "apiKeyCreated", prefix, now=now)
    return NewApiKey(row=row, secret=secret)


def _end(days: int, ends: datetime | None, now: datetime) -> datetime:
    last = now + timedelta(days=limits.API_KEY_DAYS)
    if days < 1 or days > limits.API_KEY_DAYS or (ends is not None and not now < ends <= last):
        raise RequestRefusedError(
            IssuerCode.NAME_MALFORMED, f"A key lasts 1 to {limits.API_KEY_DAYS} days."
        )
    return now + timedelta(days=days) if ends is None else ends


def revoke_api_key(
    store: Store, tenant_id: str, prefix: str, *, now: datetime, actor: str = "cli"
) -> None:
    """The key opens nothing any more. Raises ``NotFoundError``."""
    with store.begin(tenant_id) as unit:
        if not unit.api_keys.revoke(prefix, now):
            raise NotFoundError("There is no such key.")
        note(unit, actor, "apiKeyRevoked", prefix, now=now)


def admit(store: Store, presented: str, scope: Scope, *, now: datetime) -> Caller:
    """Whose key this is, if it allows ``scope`` (step 1 of ``docs/issuance.md``).

    Raises ``UnauthorisedError``, the same whatever is wrong, and ``ForbiddenError``.
    """
    caller = identify(store, presented, now=now).caller
    caller.require(scope)
    return caller


def identify(store: Store, presented: str, *, now: datetime) -> Identity:
    """Whose key or access token this is, whatever it allows. Raises ``UnauthorisedError``."""
    found = find_presented(presented)
    if found is not None and found.kind == TOKEN:
        return _identify_token(store, presented, found.prefix, now)
    return identify_key(store, presented, now=now)


def identify_key(store: Store, presented: str, *, now: datetime) -> Identity:
    """The same for API keys alone. Raises ``UnauthorisedError``."""
    found = find_presented(presented)
    if found is None or found.kind != KEY:
        raise UnauthorisedError
    with store.deployment() as unit:
        row = unit.api_key(found.prefix)
    is_right = hmac.compare_digest(secret_hash(presented), row.secret_hash if row else "")
    if row is None or not is_right or not _is_good(row, now):
        raise UnauthorisedError
    _note_use(store, row, now)
    return _identity(row, row.scopes)


def _identify_token(store: Store, presented: str, prefix: str, now: datetime) -> Identity:
    """A token is as good as its key, and no longer than its hour."""
    with store.deployment() as unit:
        row = unit.access_token(prefix)
        key = unit.api_key_of(row) if row else None
    is_right = hmac.compare_digest(secret_hash(presented), row.secret_hash if row else "")
    if row is None or key is None or not is_right or not _is_good(key, now):
        raise UnauthorisedError
    if not _is_good(row, now):
        raise UnauthorisedError
    return _identity(key, row.scopes & key.scopes)


def _is_good(row: ApiKeyRow | AccessTokenRow, now: datetime) -> bool:
    return row.revoked_at is None and now < row.expires_at


def _identity(key: ApiKeyRow, scopes: frozenset[str]) -> Identity:
    caller = Caller(
        tenant_id=key.tenant_id,
        actor=f"apikey:{key.prefix}",
        scopes=frozenset(Scope(name) for name in scopes),
    )
    return Identity(caller=caller, key_id=key.id, ends=key.expires_at)


def _note_use(store: Store, row: ApiKeyRow, now: datetime) -> None:
    """The day, once a day: who was busy when is nobody's business."""
    today = now.astimezone(UTC).date()
    if row.last_used_on is None or row.last_used_on < today:
        with store.begin(row.tenant_id) as unit:
            unit.api_keys.use(row.prefix, today)


def find_presented(text: str) -> Presented | None:
    """What ``text`` could be; ``None`` for what cannot be ours."""
    found = _PRESENTED.fullmatch(text) if len(text) <= limits.API_KEY_CHARACTERS else None
    return Presented(kind=found[1], prefix=found[2]) if found else None


def prefix_of(text: str) -> str | None:
    """The visible prefix of a key or token."""
    found = find_presented(text)
    return found.prefix if found else None


def meant_prefix(text: str) -> str | None:
    """The prefix of the key that somebody seems to try, if it looks like one of ours."""
    found = _MEANT.search(text[: 2 * limits.API_KEY_CHARACTERS])
    return found[1] if found else None


def new_secret(kind: str) -> tuple[str, str]:
    """A new visible prefix, and the whole key or token around it."""
    prefix = _random_signs(_PREFIX_SIGNS)
    return prefix, f"{kind}_{prefix}_{_random_signs(_SECRET_SIGNS)}"


def _random_signs(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def secret_hash(secret: str) -> str:
    """What is kept of a key or token: its SHA-256 (hex)."""
    return hashlib.sha256(secret.encode()).hexdigest()
