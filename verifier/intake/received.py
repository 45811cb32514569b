"""What came in, ready to be judged, and the two ways in which nothing came in.

Leaves to others: how it came in (``links``, ``uploads``, ``pictures``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verifier.errors import UncheckedError
from verifier.strict_json import JsonObject


class NothingToCheckError(UncheckedError):
    """What was given holds nothing to judge: a mistyped link, a picture without a code.

    The person who gave it can put it right; it says nothing about any credential.
    """


class ShareState(StrEnum):
    """What an issuer's own record says of a shared credential, as its JSON form spells it."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    UNDER_REVIEW = "underReview"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The issuer's record of one link: unsigned words of the host ``issuer_host``."""

    issuer_host: str
    state: ShareState
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One document as it came: bytes, or an object from inside a larger JSON document.

    ``link`` is what can be asked again for the same document, where there is such a thing.
    """

    data: bytes | JsonObject
    link: str | None = None
    share: Share | None = None
