"""People who run the issuer: their accounts, how they sign in, what they may look at.

An operator works for the whole deployment, or for one tenant. A sign-in makes a session with a
token of 256 random bits, of which the store keeps the hash; it ends when it was not used for a
while, at the latest after half a day, and at once on sign-out or when the account is switched
off. Whatever is wrong with a sign-in, the answer and the work are the same.

Leaves to others: hashing (``issuer.passwords``), an identity provider (``issuer.web.console``),
cookies and forms (the web), what needs two people (``issuer.approvals``).
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import (
    IssuerCode,
    IssuerError,
    NotFoundError,
    RequestRefusedError,
    UnauthorisedError,
)
from issuer.office import Office
from issuer.passwords import hash_password, is_outdated, is_password, rehash
from issuer.store.chain import DEPLOYMENT
from issuer.store.operators import OperatorRow, SessionRow
from issuer.store.ports import DeploymentUnit, Store
from issuer.store.rows import EventRow
from issuer.trail import trail_line

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}", re.ASCII)


class SignInRefusedError(IssuerError):
    """Nobody was signed in. It never says what was wrong."""

    def __init__(self) -> None:
        super().__init__(IssuerCode.SIGN_IN_REFUSED, "The name or the password is not right.")


class TooManyTriesError(IssuerError):
    """Too many tries for one account or from one address, right ones too."""

    def __init__(self) -> None:
        minutes = limits.SIGN_IN_WINDOW_SECONDS // 60
        super().__init__(
            IssuerCode.TOO_MANY_TRIES, f"Too many tries. Wait {minutes} minutes, then try again."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody who is signed in. ``tenant_id`` is ``None`` for all tenants."""

    id: str
    name: str
    tenant_id: str | None

    @property
    def actor(self) -> str:
        """The name in the audit trail."""
        return f"operator:{self.name}"

    def may_see(self, tenant_id: str) -> bool:
        """Whether the tenant's things are this operator's work."""
        return self.tenant_id is None or self.tenant_id == tenant_id

    def caller(self, tenant_id: str) -> Caller:
        """The operator as a caller of the tenant. Raises ``NotFoundError`` for others' tenants:
        they are not there."""
        if not self.may_see(tenant_id):
            raise NotFoundError("There is no such tenant.")
        return Caller(tenant_id=tenant_id, actor=self.actor, scopes=frozenset(Scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A sign-in. ``token`` is never seen again."""

    operator: Operator
    token: str = field(repr=False)


# --- accounts -----------------------------------------------------------------------------


def add_operator(
    store: Store,
    *,
    name: str,
    tenant_id: str | None,
    password: str | None,
    subject: str | None = None,
    now: datetime,
) -> OperatorRow:
    """A new account, with a password, a subject of an identity provider, or both.

    Raises ``TakenError``, ``RequestRefusedError`` (``NAME_MALFORMED``, ``PASSWORD_REFUSED``).
    """
    if not _NAME.fullmatch(name):
        raise RequestRefusedError(
            IssuerCode.NAME_MALFORMED,
            "An operator's name has 1 to 64 small letters, digits and . _ @ + -.",
        )
    if password is None and subject is None:
        raise RequestRefusedError(
            IssuerCode.PASSWORD_REFUSED, "An account needs a password or a subject."
        )
    row = OperatorRow(
        id=uuid4().hex,
        name=name,
        tenant_id=tenant_id,
        password_hash=None if password is None else hash_password(password, name=name),
        subject=subject,
        created=now,
        disabled_at=None,
    )
    with store.deployment(write=True) as unit:
        unit.operators.add(row)
        unit.events.add(_event("cli", "operatorAdded", name, now))
    return row


def list_operators(store: Store) -> tuple[OperatorRow, ...]:
    """All accounts, by name."""
    with store.deployment() as unit:
        return unit.operators.all()


def disable_operator(store: Store, name: str, *, now: datetime) -> None:
    """Switch an account off and end its sessions. Raises ``NotFoundError``."""
    with store.deployment(write=True) as unit:
        row = _by_name(unit, name)
        unit.operators.disable(row.id, now)
        unit.operators.end_sessions_of(row.id)
        unit.events.add(_event("cli", "operatorDisabled", name, now))


def set_password(store: Store, name: str, password: str, *, now: datetime) -> None:
    """Give an account another password and end its sessions.

    Raises ``NotFoundError``, ``RequestRefusedError`` (``PASSWORD_REFUSED``).
    """
    password_hash = hash_password(password, name=name)
    with store.deployment(write=True) as unit:
        row = _by_name(unit, name)
        unit.operators.set_password(row.id, password_hash)
        unit.operators.end_sessions_of(row.id)
        unit.events.add(_event("cli", "operatorPasswordSet", name, now))


def _by_name(unit: DeploymentUnit, name: str) -> OperatorRow:
    row = unit.operators.by_name(name)
    if row is None:
        raise NotFoundError(f"There is no operator {name[:60]!r}.")
    return row


# --- sign in and out ----------------------------------------------------------------------


def sign_in(store: Store, name: str, password: str, *, address: str, now: datetime) -> NewSession:
    """A new session for the right name and password. ``address`` is that of the network.

    Raises ``SignInRefusedError``, ``TooManyTriesError``.
    """
    _count_tries(store, name, address, now)
    with store.deployment() as unit:
        row = unit.operators.by_name(name) if _NAME.fullmatch(name) else None
    is_right = is_password(password, row.password_hash if row else None)
    if row is None or not is_right or row.disabled_at is not None:
        raise SignInRefusedError
    newer = rehash(password) if is_outdated(row.password_hash or "") else None
    with store.deployment(write=True) as unit:
        if unit.operators.get(row.id) != row:  # disabled or changed meanwhile
            raise SignInRefusedError
        if newer is not None:
            unit.operators.set_password(row.id, newer)
        unit.operators.forget_tries(_key("account", name))
        return _begin(unit, row, now)


def sign_in_by_subject(store: Store, subject: str, *, now: datetime) -> NewSession:
    """A new session for whom an identity provider vouched. Raises ``SignInRefusedError``."""
    with store.deployment(write=True) as unit:
        row = unit.operators.by_subject(subject)
        if row is None or row.disabled_at is not None:
            raise SignInRefusedError
        return _begin(unit, row, now)


def _begin(unit: DeploymentUnit, row: OperatorRow, now: datetime) -> NewSession:
    token = secrets.token_urlsafe(32)
    unit.operators.add_session(
        SessionRow(
            token_hash=_hash(token),
            operator_id=row.id,
            created=now,
            seen_at=now,
            ends_at=now + timedelta(seconds=limits.SESSION_SECONDS),
        )
    )
    unit.events.add(_event(f"operator:{row.name}", "signedIn", row.name, now))
    return NewSession(operator=_operator(row), token=token)


def _count_tries(store: Store, name: str, address: str, now: datetime) -> None:
    """Each try is counted before it is looked at, so that many at once are no way around."""
    since = now - timedelta(seconds=limits.SIGN_IN_WINDOW_SECONDS)
    with store.deployment(write=True) as unit:
        of_address = unit.operators.count_try(_key("address", address), now, since)
        of_account = unit.operators.count_try(_key("account", name), now, since)
    if of_account > limits.SIGN_IN_TRIES or of_address > limits.SIGN_IN_TRIES_OF_ADDRESS:
        raise TooManyTriesError


def _key(kind: str, value: str) -> str:
    return _hash(f"{kind} {value}")


def admit_operator(store: Store, token: str, *, now: datetime) -> Operator:
    """Whose session this is; it was used now. Raises ``UnauthorisedError``."""
    token_hash = _hash(token)
    with store.deployment() as unit:
        session = unit.operators.session(token_hash)
        row = unit.operators.get(session.operator_id) if session else None
    if session is None or row is None or row.disabled_at is not None or _is_over(session, now):
        raise UnauthorisedError
    if (now - session.seen_at).total_seconds() >= limits.SESSION_SEEN_SECONDS:
        with store.deployment(write=True) as unit:
            unit.operators.see_session(token_hash, now)
    return _operator(row)


def _is_over(session: SessionRow, now: datetime) -> bool:
    idle = timedelta(seconds=limits.SESSION_IDLE_SECONDS)
    return now >= session.ends_at or now - session.seen_at >= idle


def sign_out(store: Store, operator: Operator, token: str, *, now: datetime) -> None:
    """End this session. It cannot be used again."""
    with store.deployment(write=True) as unit:
        unit.operators.end_session(_hash(token))
        unit.events.add(_event(operator.actor, "signedOut", operator.name, now))


def end_session(store: Store, token: str) -> None:
    """End the session of a token that a browser brought to a sign-in, if there is one."""
    with store.deployment(write=True) as unit:
        unit.operators.end_session(_hash(token))


def forget_sessions(office: Office, now: datetime) -> int:
    """Remove sessions that are over and tries that are old; how many (for the worker)."""
    idle_since = now - timedelta(seconds=limits.SESSION_IDLE_SECONDS)
    with office.store.deployment(write=True) as unit:
        return unit.operators.forget_ended(now, idle_since)


def _operator(row: OperatorRow) -> Operator:
    return Operator(id=row.id, name=row.name, tenant_id=row.tenant_id)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _event(actor: str, action: str, subject: str, now: datetime) -> EventRow:
    return trail_line(DEPLOYMENT, actor, action, subject, now=now)
