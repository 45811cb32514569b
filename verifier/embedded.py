"""Credentials that stand inside another document: in a presentation, a CLR, an endorsement.

Each has contexts and a proof of its own, and is verified on its own. The document around it
signs it as a part, and vouches for no more than that it belongs there.

Leaves to others: verifying them (``verifier.verify``), which of them a document must have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.json_pointer import values_within
from verifier.strict_json import JsonObject, JsonValue

_PLACES: Final = (
    re.compile(r"/verifiableCredential(?:/\d+)?"),
    re.compile(r"/credentialSubject(?:/\d+)?/verifiableCredential(?:/\d+)?"),
    re.compile(r"/(?:.+/)?endorsement(?:/\d+)?"),
)
"""VC Data Model 2.0, section 4.13; CLR 2.0, ``ClrSubject``; Open Badges 3.0, ``endorsement``."""
_TOKENS: Final = (*_PLACES, re.compile(r"/(?:.+/)?endorsementJwt(?:/\d+)?"))
_ENDORSES: Final = re.compile(r"/(?:.+/)?endorsement(?:Jwt)?(?:/\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """One credential where it stands: an object with a proof, or a token as text."""

    pointer: str
    value: JsonValue
    is_endorsement: bool


def is_embedded(pointer: str) -> bool:
    """Whether an object at ``pointer`` is a credential of its own."""
    return any(place.fullmatch(pointer) for place in _PLACES)


def find_embedded(document: JsonObject) -> tuple[Embedded, ...]:
    """The credentials that stand in ``document``, in its order, not those that stand in them."""
    return tuple(_find(document))


def _find(document: JsonObject) -> Iterator[Embedded]:
    for pointer, value in values_within(document, below=lambda at: not is_embedded(at)):
        is_token = isinstance(value, str) and any(it.fullmatch(pointer) for it in _TOKENS)
        if is_token or (isinstance(value, dict) and is_embedded(pointer)):
            yield Embedded(
                pointer=pointer, value=value, is_endorsement=bool(_ENDORSES.fullmatch(pointer))
            )
