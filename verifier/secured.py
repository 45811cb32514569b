"""What every securing mechanism has in common: a document, and the signatures over it.

Data Integrity proofs, JOSE tokens and SD-JWTs each have a module that makes a ``Secured`` in
step 2. From there on the procedure does not know which of them it holds: step 3 reads the
document and its signatures, step 4 finds a key for each signature, step 5 verifies it.

Leaves to others: the mechanisms (``verifier.proofs``), the order (``verifier.establish``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

from verifier.date_time_stamp import Instant
from verifier.model import Credential, Presentation
from verifier.policy import Policy
from verifier.proofs.multikey import PublicKey
from verifier.sources import Fetch

Content = TypeVar("Content", Credential, Presentation)

WITHHELD: Final = "The holder chose which claims to show; there may be others."
"""The warning about a document that is, or may be, a part of what was signed."""


class Format(StrEnum):
    """How a document is secured, by the name of its media type or mechanism."""

    DATA_INTEGRITY = "data-integrity"
    VC_JWT = "vc+jwt"
    VP_JWT = "vp+jwt"
    JWT = "jwt"
    """Data model 1.1 and Open Badges 3.0, which say no more than ``JWT``."""
    VC_SD_JWT = "vc+sd-jwt"
    VP_SD_JWT = "vp+sd-jwt"
    SD_JWT_VC = "dc+sd-jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFinder:
    """What step 4 needs: the door to the network, the one time, and what the key is for."""

    fetch: Fetch
    now: datetime
    relationship: str
    """``assertionMethod`` for credentials, ``authentication`` for presentations."""


class Signature(Protocol):
    """One signature over one document. ``start`` and ``end`` are its own times, if any."""

    @property
    def by(self) -> str:
        """The verification method as it is named, for the report."""
        ...

    @property
    def controller(self) -> str:
        """The identifier whose document must list the key (a DID, or an https URL)."""
        ...

    @property
    def start(self) -> Instant | None:
        """When the signature says that it was made."""
        ...

    @property
    def end(self) -> Instant | None:
        """When the signature says that it ends."""
        ...

    @property
    def nonce(self) -> str | None:
        """The challenge that a holder answered (``challenge``, ``nonce``); else ``None``."""
        ...

    @property
    def audience(self) -> tuple[str, ...]:
        """Whom a holder answered (``domain``, ``aud``); empty when nobody is named."""
        ...

    def find_key(self, finder: KeyFinder) -> PublicKey:
        """Step 4. Raises ``RefusedError`` and ``UncheckedError``."""
        ...

    def verify(self, key: PublicKey) -> None:
        """Step 5, over everything that the document says. Raises as ``find_key``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Generic[Content]):
    """Step 3: the content, well formed and not yet to be relied on, and its signatures."""

    content: Content
    signatures: tuple[Signature, ...]
    warnings: tuple[str, ...] = ()


class Secured(Protocol):
    """A document that names its securing mechanism (step 2)."""

    @property
    def format(self) -> Format:
        """The mechanism."""
        ...

    def read_credential(self, policy: Policy) -> Reading[Credential]:
        """Step 3 for a credential. Raises ``RefusedError`` and ``UncheckedError``."""
        ...

    def read_presentation(self, policy: Policy) -> Reading[Presentation]:
        """Step 3 for a presentation. Raises ``RefusedError`` and ``UncheckedError``."""
        ...
