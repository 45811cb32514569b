"""What a proof format is given to sign.

Leaves to others: the rehearsal that it passed (``issuer.issue``), the formats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsigned:
    """A document that passed the rehearsal, and what the formats need beside it.

    ``vct`` is the address of our type of SD-JWT VC; ``salts`` gives a text of 128 random bits at
    each call; ``mandatory`` are JSON Pointers to what a holder can never leave out, ``None``
    for the usual ones (ecdsa-sd-2023).
    """

    document: JsonObject = field(repr=False)
    created: datetime
    vct: str
    salts: Callable[[], str]
    mandatory: tuple[str, ...] | None = None
