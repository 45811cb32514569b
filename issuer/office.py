"""What issuing, publishing and withdrawing need: the store, the keys, the public address.

No clock: every procedure takes ``now`` once. Leaves to others: making one (the edges).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from issuer.failpoint import Failpoint, no_failpoint
from issuer.signing.signer import Keyring
from issuer.store.ports import Store
from verifier.status.check import StatusCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """``base_url`` is the public address, without a slash at its end. ``randbelow`` gives a
    random whole number below its argument; tests hand in their own."""

    store: Store
    keyring: Keyring
    base_url: str
    failpoint: Failpoint = no_failpoint
    randbelow: Callable[[int], int] = secrets.randbelow
    status_cache: StatusCache = field(default_factory=StatusCache)
