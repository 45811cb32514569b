"""Which signs of the learner a credential may show (domain §1.3).

Decides by the disclosure choices alone: a controlled DID, a name in the chosen form, a salted
hash of an e-mail address. Identifiers for claiming, school numbers and system numbers are
never shown, whatever they are marked with. A name is never split to make a shorter one.

Leaves to others: making the identity objects (``issuer.projection``), proving a claim.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Final

from issuer.record.members import objects_at, text_at
from verifier.strict_json import JsonObject

SHOWN_USES: Final = ("credential", "both")


def shown_name(learner: JsonObject, name_form: str | None) -> str | None:
    """The name in the form ``full``, ``givenAndInitial`` or ``none`` (``None``).

    ``givenAndInitial`` needs a given name that was told apart from the family name; where it
    was not, no name is shown, because showing it whole is what the learner did not choose.
    """
    if name_form == "full":
        return text_at(learner, "name", "full")
    given, family = text_at(learner, "name", "given"), text_at(learner, "name", "family")
    if name_form != "givenAndInitial" or not given:
        return None
    return f"{given} {_initial(family)}." if family else given


def _initial(family: str) -> str:
    """The first letter with the marks that combine with it."""
    end = 1
    while end < len(family) and unicodedata.combining(family[end]):
        end += 1
    return family[:end]


def shown_did(learner: JsonObject) -> str | None:
    """The DID that the learner controls and lets be shown, or ``None``."""
    return next(_shown_values(learner, "did"), None)


def shown_email(learner: JsonObject) -> str | None:
    """The address whose salted hash is shown, or ``None``: a DID makes the hash needless."""
    return None if shown_did(learner) else next(_shown_values(learner, "emailAddress"), None)


def _shown_values(learner: JsonObject, kind: str) -> Iterator[str]:
    for _, identifier in objects_at(learner, "identifiers"):
        value = text_at(identifier, "value")
        if identifier.get("type") == kind and identifier.get("use") in SHOWN_USES and value:
            yield value


def has_shown_identity(learner: JsonObject, name_form: str | None) -> bool:
    """Whether anything is left to tell whose credential it is (OB 3.0 needs one)."""
    signs = (shown_did(learner), shown_name(learner, name_form), shown_email(learner))
    return any(sign is not None for sign in signs)


def normal_email(address: str) -> str:
    """The address as it is hashed: trimmed, NFC, the domain in lower case, never the rest."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    return f"{local}{at}{domain.lower()}"


def hash_identity(identity: str, salt: str) -> str:
    """Open Badges 3.0 ``IdentityHash``: ``sha256$`` and the hex digest of identity and salt."""
    return f"sha256${hashlib.sha256((identity + salt).encode()).hexdigest()}"


def shows_full_name(document: JsonObject) -> bool:
    """Whether the learner shows the whole name, and with it how it is written elsewhere."""
    return bool(document["disclosure"]["nameForm"] == "full")
