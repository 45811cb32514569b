"""Is this the person that a badge names by an identifier? (Open Badges 3.0, ``IdentityObject``.)

An identity stands in the open, or as ``sha256$`` and the SHA-256 of it and a salt. The standard
compares addresses as they were given; people write them in other ways, so the given form, the
one with the domain in lower case, and the one all in lower case are tried. The salt is public:
a match says that somebody knows the address, never that it is theirs. MD5 matches nothing.

Leaves to others: what is said of a match (``verifier.presentation.match``).
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from verifier.strict_json import JsonObject, JsonValue

_PREFIX = "sha256$"


def matches(identity: JsonObject, given: str) -> bool:
    """Whether ``given`` is what ``identity`` holds, in the open or hashed."""
    expected = _text(identity.get("identityHash"))
    forms = _forms(given)
    if identity.get("hashed") is not True:
        return any(_same(form, expected) for form in forms)
    if not expected.startswith(_PREFIX):
        return False
    salt = _text(identity.get("salt"))
    return any(_same(_hash(form, salt), expected.lower()) for form in forms)


def same_person(one: JsonObject, other: JsonObject) -> bool:
    """Whether two identity objects are of one kind and hold the same: equal as they stand, or
    one is in the open and fits the hash of the other."""
    if one.get("identityType") != other.get("identityType") or not one.get("identityHash"):
        return False
    if one.get("hashed") == other.get("hashed"):
        members = ("identityHash", "salt") if one.get("hashed") is True else ("identityHash",)
        return all(_text(one.get(name)) == _text(other.get(name)) for name in members)
    opened, hashed = (other, one) if one.get("hashed") is True else (one, other)
    return matches(hashed, _text(opened.get("identityHash")))


def normalise_email(address: str) -> str:
    """Trimmed, NFC, the domain in lower case; never the part before the ``@``."""
    local, at, domain = unicodedata.normalize("NFC", address.strip()).rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _forms(given: str) -> tuple[str, ...]:
    trimmed = given.strip()
    return tuple(dict.fromkeys((trimmed, normalise_email(trimmed), trimmed.lower())))


def _hash(form: str, salt: str) -> str:
    return _PREFIX + hashlib.sha256((form + salt).encode("utf-8", "replace")).hexdigest()


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
