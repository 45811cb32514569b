"""What is known of a credential only when it is made: its id, its time, its issuer, its salts.

Leaves to others: when that is (``issuer.issue``, ``issuer.further``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerProfile:
    """The issuer as the credential names it: ``id`` is its DID, ``url`` a web address."""

    id: str
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """``credential_id`` is a ``urn:uuid:``; ``created`` the time of this signature, in whole
    seconds; ``salt`` gives 32 new hex digits (128 random bits) at each call."""

    credential_id: str
    created: datetime
    issuer: IssuerProfile
    salt: Callable[[], str]
