"""Who the learner is, as Open Badges says it: the same signs in every credential about them.

Domain §1.3: a DID, a name in the chosen form, a salted hash of an e-mail address.

Leaves to others: which signs are shown (``issuer.record.identity``).
"""

from __future__ import annotations

from collections.abc import Callable

from issuer.record.identity import (
    hash_identity,
    normal_email,
    shown_did,
    shown_email,
    shown_name,
)
from verifier.strict_json import JsonObject


def signs_of(document: JsonObject, salt: Callable[[], str]) -> JsonObject:
    """``id`` and ``identifier`` of the subject, as the record's learner chose; each ``None`` or
    empty where there is none."""
    return {
        "id": shown_did(document["learner"]),
        "identifier": _identity_objects(document, salt),
    }


def _identity_objects(document: JsonObject, salt: Callable[[], str]) -> list[JsonObject]:
    learner = document["learner"]
    objects = []
    if name := shown_name(learner, document["disclosure"]["nameForm"]):
        objects.append(_identity_object("name", name))
    if email := shown_email(learner):
        grain = salt()
        hashed = hash_identity(normal_email(email), grain)
        objects.append(_identity_object("emailAddress", hashed, salt=grain))
    return objects


def _identity_object(kind: str, value: str, *, salt: str | None = None) -> JsonObject:
    """An ``IdentityObject``; its type is one text, the only node that Open Badges wants so."""
    plain = {"type": "IdentityObject", "hashed": salt is not None, "identityHash": value}
    return plain | {"identityType": kind} | ({"salt": salt} if salt is not None else {})
