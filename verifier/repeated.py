"""Whether a part that nobody vouches for says more about something outside of it.

To RDF two objects with one id are one thing, and a signature over statements does not say in
which of them a member stood. So whoever holds a badge with an endorsement in it could move
members there: a mark from the learner to the endorsement of the learner, an end from the badge
to the endorsement of the badge. An endorsement that verifies on its own is as its endorser
signed it. One that does not, and is passed over for that, must not be where members are moved:
of what is named outside it says nothing that is not said there as well.

Leaves to others: verifying endorsements (``verifier.contents``), what a document says about
itself elsewhere (``verifier.model``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.embedded import is_embedded
from verifier.json_pointer import objects_within, values_within
from verifier.model import as_list
from verifier.strict_json import JsonObject

_SAYS_NOTHING: Final = frozenset({"@context", "id", "type", "endorsementComment"})
"""What an endorsement's subject has (Open Badges 3.0, ``EndorsementSubject``)."""
_OWN_TYPES: Final = ("EndorsementSubject", "Profile")
"""The types of an endorsement's subject and issuer. Any other could be the badge's own, which
tells by what rules it is read."""


_MOST: Final = 16
"""Objects with one id that are compared with one inside. An issuer is named some five times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A document without the credentials in it: every text, ids and references among them, and
    the objects by their ids."""

    texts: frozenset[str]
    objects: Mapping[str, Sequence[JsonObject]]


def read_outside(document: JsonObject) -> Outside:
    """What ``document`` says itself."""
    texts: set[str] = set()
    objects: dict[str, list[JsonObject]] = {}
    for pointer, value in values_within(document, below=lambda at: not is_embedded(at)):
        if isinstance(value, str):
            texts.add(value)
        elif isinstance(value, dict) and not is_embedded(pointer) and "id" in value:
            objects.setdefault(str(value["id"]), []).append(value)
    return Outside(texts=frozenset(texts), objects=objects)


def find_repeated(part: JsonObject, outside: Outside) -> str | None:
    """The JSON Pointer, in ``part``, of an object that is named outside as well and says of it
    what is not said there; ``None`` when there is none."""
    for pointer, node in objects_within(part):
        name = node.get("id")
        if not isinstance(name, str) or name not in outside.texts:
            continue
        if _says_more(node, outside.objects.get(name, ())):
            return pointer
    return None


def _says_more(node: JsonObject, others: Sequence[JsonObject]) -> bool:
    if len(others) > _MOST:
        return True
    types = [it for other in others for it in as_list(other.get("type"))]
    return any(
        it not in types and it not in _OWN_TYPES for it in as_list(node.get("type", []))
    ) or any(
        not any(name in other and other[name] == node[name] for other in others)
        for name in node.keys() - _SAYS_NOTHING
    )
