"""Whether a part that nobody vouches for says more about something outside of it.

To RDF two objects with one id are one thing, and a signature over statements does not say in
which of them a member stood. So whoever holds a badge with an endorsement in it could move
members there: a mark from the learner to the endorsement of the learner, an end from the badge
to the endorsement of the badge. An endorsement that verifies on its own is as its endorser
signed it. One that does not, and is passed over for that, must not be where members are moved.

Leaves to others: verifying endorsements (``verifier.contents``), what a document says about
itself elsewhere (``verifier.model``).
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from verifier.embedded import is_embedded
from verifier.json_pointer import objects_within, values_within
from verifier.model import as_list
from verifier.strict_json import JsonObject

_SAYS_NOTHING: Final = frozenset({"@context", "id", "type", "endorsementComment"})
"""What an endorsement's subject has (Open Badges 3.0, ``EndorsementSubject``)."""
_KINDS: Final = frozenset({"EndorsementSubject", "Profile"})
"""The types of an endorsement's subject and issuer. Any other could be the badge's own, which
tells by what rules it is read."""


def named_outside(document: JsonObject) -> frozenset[str]:
    """Every text of ``document`` outside of the credentials in it, ids and references among
    them."""
    walk = values_within(document, below=lambda pointer: not is_embedded(pointer))
    return frozenset(value for _, value in walk if isinstance(value, str))


def find_repeated(part: JsonObject, named: Set[str]) -> str | None:
    """The JSON Pointer, in ``part``, of an object that is named outside as well and says more
    than that it is endorsed; ``None`` when there is none."""
    for pointer, node in objects_within(part):
        identifier = node.get("id")
        if isinstance(identifier, str) and identifier in named and _says_more(node):
            return pointer
    return None


def _says_more(node: JsonObject) -> bool:
    types = as_list(node.get("type", []))
    return bool(node.keys() - _SAYS_NOTHING) or any(it not in tuple(_KINDS) for it in types)
