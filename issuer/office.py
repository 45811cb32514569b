"""What issuing, publishing and withdrawing need: the store, the keys, the public address.

No clock: every procedure takes ``now`` once. Leaves to others: closing the store again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from issuer.delivery.smtp import Mailer, SmtpMailer
from issuer.errors import IssuerError
from issuer.failpoint import Failpoint, no_failpoint, unsafe_failpoint
from issuer.platforms import Catalogue, open_catalogue
from issuer.settings import Settings
from issuer.signed_tokens import SignedTokens
from issuer.signing.keyring import open_keyring, refuse_example_keys
from issuer.signing.signer import Keyring
from issuer.store import open_store
from issuer.store.ports import Store
from verifier.fetch import FetchSettings, GuardedFetch
from verifier.status.check import StatusCache

_AGENT: Final = "micro-internship-issuer"


def open_door(*, loopback_origins: frozenset[str] = frozenset()) -> GuardedFetch:
    """The issuer's one way out: https to public addresses, plain http to listed loopback ones."""
    return GuardedFetch(FetchSettings(loopback_origins=loopback_origins, agent=_AGENT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """``base_url`` is the public address, without a slash at its end. ``randbelow`` gives a
    random whole number below its argument; tests hand in their own. ``door`` is the way out."""

    store: Store
    keyring: Keyring
    base_url: str
    failpoint: Failpoint = no_failpoint
    randbelow: Callable[[int], int] = secrets.randbelow
    status_cache: StatusCache = field(default_factory=StatusCache)
    signed_tokens: SignedTokens = field(default_factory=SignedTokens)
    mailer: Mailer | None = None
    """What takes mails; without it they wait."""
    catalogue: Catalogue = field(default_factory=Catalogue)
    door: GuardedFetch = field(default_factory=open_door)


def open_office(settings: Settings) -> Office:
    """Open the database and the keys that ``settings`` name; both are made on first use.

    Raises ``RefusedStartError`` (another release's database, an example key off loopback, a
    mapping profile that is not good) and ``OwnFaultError``.
    """
    catalogue = open_catalogue(settings.profiles)
    store = open_store(settings.database_url)
    try:
        keyring = _open_keys(store, settings)
    except IssuerError:
        store.close()
        raise
    return Office(
        store=store,
        keyring=keyring,
        base_url=settings.base_url,
        failpoint=unsafe_failpoint(settings.failpoint) if settings.failpoint else no_failpoint,
        mailer=SmtpMailer(settings.smtp) if settings.smtp else None,
        catalogue=catalogue,
        door=open_door(loopback_origins=settings.loopback_origins),
    )


def _open_keys(store: Store, settings: Settings) -> Keyring:
    with store.deployment() as unit:
        refuse_example_keys(settings.base_url, (key.multikey for key in unit.all_keys()))
    return open_keyring(settings.keys, passphrase_file=settings.passphrase_file)
