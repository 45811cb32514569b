"""API keys: making and revoking them, and who a presented one belongs to.

An API key is ``mic_`` + a visible prefix + ``_`` + 260 random bits. It is shown once; the
store keeps the SHA-256 of the whole, which needs no slow hash because nobody can guess it.
Whatever is wrong with a presented key, the answer is the same.

Leaves to others: reading the header (the web), what each scope opens (whoever asks for it).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import IssuerCode, NotFoundError, RequestRefusedError, UnauthorisedError
from issuer.store.ports import Store
from issuer.store.rows import ApiKeyRow
from issuer.tenants import display_name, operators_event

_PREFIX: Final = "mic_"
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_PREFIX_SIGNS: Final = 12
_SECRET_SIGNS: Final = 52
"""52 signs of 5 bits each: 260 random bits."""
_PRESENTED = re.compile(rf"{_PREFIX}[a-z2-7]{{{_PREFIX_SIGNS}}}_[a-z2-7]{{{_SECRET_SIGNS}}}")

_MEANT = re.compile(rf"{_PREFIX}([a-z2-7]{{{_PREFIX_SIGNS}}})_")


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
    days: int,
    now: datetime,
    actor: str = "cli",
) -> NewApiKey:
    """A new API key of the tenant that ends after ``days``. Raises ``RequestRefusedError``."""
    if not 1 <= days <= limits.API_KEY_DAYS:
        raise RequestRefusedError(
            IssuerCode.NAME_MALFORMED, f"A key lasts 1 to {limits.API_KEY_DAYS} days."
        )
    prefix = _random_signs(_PREFIX_SIGNS)
    secret = f"{_PREFIX}{prefix}_{_random_signs(_SECRET_SIGNS)}"
    row = ApiKeyRow(
        tenant_id=tenant_id,
        id=uuid4().hex,
        label=display_name(label),
        prefix=prefix,
        secret_hash=_hash(secret),
        scopes=frozenset(scope.value for scope in scopes),
        created=now,
        expires_at=now + timedelta(days=days),
        revoked_at=None,
    )
    with store.begin(tenant_id) as unit:
        unit.api_keys.add(row)
        unit.events.add(operators_event(tenant_id, "apiKeyCreated", prefix, now, actor=actor))
    return NewApiKey(row=row, secret=secret)


def revoke_api_key(
    store: Store, tenant_id: str, prefix: str, *, now: datetime, actor: str = "cli"
) -> None:
    """The key opens nothing any more. Raises ``NotFoundError``."""
    with store.begin(tenant_id) as unit:
        if not unit.api_keys.revoke(prefix, now):
            raise NotFoundError("There is no such key.")
        unit.events.add(operators_event(tenant_id, "apiKeyRevoked", prefix, now, actor=actor))


def admit(store: Store, presented: str, scope: Scope, *, now: datetime) -> Caller:
    """Whose key this is, if it allows ``scope`` (step 1 of ``docs/issuance.md``).

    Raises ``UnauthorisedError``, the same whatever is wrong, and ``ForbiddenError``.
    """
    caller = identify(store, presented, now=now)
    caller.require(scope)
    return caller


def identify(store: Store, presented: str, *, now: datetime) -> Caller:
    """Whose key this is, whatever it allows. Raises ``UnauthorisedError``."""
    if len(presented) > limits.API_KEY_CHARACTERS or not _PRESENTED.fullmatch(presented):
        raise UnauthorisedError
    prefix = presented[len(_PREFIX) : len(_PREFIX) + _PREFIX_SIGNS]
    with store.deployment() as unit:
        row = unit.api_key(prefix)
    is_right = hmac.compare_digest(_hash(presented), row.secret_hash if row else "")
    if row is None or not is_right or row.revoked_at is not None or now >= row.expires_at:
        raise UnauthorisedError
    return Caller(
        tenant_id=row.tenant_id,
        actor=f"apikey:{prefix}",
        scopes=frozenset(Scope(name) for name in row.scopes),
    )


def meant_prefix(text: str) -> str | None:
    """The prefix of the key that somebody seems to try, if it looks like one of ours."""
    found = _MEANT.search(text[: 2 * limits.API_KEY_CHARACTERS])
    return found[1] if found else None


def _random_signs(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
