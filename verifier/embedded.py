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

_HOLDERS: Final = re.compile(r"(?:/credentialSubject(?:/\d+)?)?", re.ASCII)
"""What holds ``verifiableCredential``: a presentation (VC Data Model 2.0, section 4.13), the
subject of a record (CLR 2.0, ``ClrSubject``)."""
_ENDORSEMENTS: Final = frozenset({"endorsement", "endorsementJwt"})
"""Members of several classes (Open Badges 3.0); only the second holds nothing but tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """One credential where it stands: an object with a proof, or a token as text."""

    pointer: str
    value: JsonValue
    is_endorsement: bool


def is_embedded(pointer: str) -> bool:
    """Whether an object at ``pointer`` is a credential of its own."""
    holder, name = _member_of(pointer)
    if name == "verifiableCredential":
        return _HOLDERS.fullmatch(holder) is not None
    return name == "endorsement"


def is_inside(pointer: str) -> bool:
    """Whether ``pointer`` is that of such a credential, or leads into one."""
    names = pointer.split("/")
    return any(is_embedded("/".join(names[:end])) for end in range(2, len(names) + 1))


def _member_of(pointer: str) -> tuple[str, str]:
    """The pointer of the object and the name of its member, whether or not that is a list, or
    lists in a list, which JSON-LD takes for one."""
    holder, _, name = pointer.rpartition("/")
    while name.isascii() and name.isdigit():
        holder, _, name = holder.rpartition("/")
    return holder, name


def find_embedded(document: JsonObject) -> tuple[Embedded, ...]:
    """The credentials that stand in ``document``, in its order, not those that stand in them."""
    return tuple(_find(document))


def _find(document: JsonObject) -> Iterator[Embedded]:
    for pointer, value in values_within(document, below=lambda at: not is_embedded(at)):
        if isinstance(value, dict | str):
            _, name = _member_of(pointer)
            is_token = isinstance(value, str) and name == "endorsementJwt"
            if is_token or is_embedded(pointer):
                yield Embedded(pointer=pointer, value=value, is_endorsement=name in _ENDORSEMENTS)
