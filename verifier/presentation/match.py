"""Does what a person gave match what the credential names? "Looks the same" or "differs".

A name is compared by NFKC and casefold, without spaces and punctuation; an e-mail address
by the salted hash that the credential may hold (OB 3.0, ``IdentityObject``: ``sha256$`` and
the hash of address and salt). It never says "fake": people have several names.

Leaves to others: hashes (``verifier.identity``), forgetting what was given (the page keeps
nothing).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from verifier import limits
from verifier.identity import matches
from verifier.presentation.members import claimed_name, first_string, items, node, nodes
from verifier.presentation.text import Sentence, text
from verifier.presentation.words import Words
from verifier.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """``same`` is ``None`` when the credential holds nothing to compare with."""

    same: bool | None
    word: str
    detail: Sentence


def compare(given: str, document: JsonObject, words: Words) -> Match | None:
    """Compare ``given`` with the names and e-mail hashes of a verified ``document``.

    ``None`` when nothing was given.
    """
    shown = given.strip()[: limits.COMPARED_CHARACTERS]
    if not shown:
        return None
    if "@" in shown:
        return _compare_email(shown, document, words)
    return _compare_name(shown, document, words)


def holds_email(document: JsonObject) -> bool:
    """Whether there is an e-mail hash to compare with."""
    return any(identity.get("hashed") is True for identity in _identities(document, "emailAddress"))


def _compare_name(given: str, document: JsonObject, words: Words) -> Match:
    names = [
        name
        for identity in _identities(document, "name")
        if identity.get("hashed") is False and (name := first_string(identity.get("identityHash")))
    ]
    claimed = claimed_name(document)
    names += [claimed] if claimed else []
    if not names:
        return _answer(None, words.say("match.cannot.name"), words)
    same = [name for name in names if _name_key(name) == _name_key(given) != ""]
    if same:
        detail = words.say("match.same.name", given=text(given), name=text(same[0]))
        return _answer(True, detail, words)
    return _answer(False, words.say("match.differs.name", given=text(given)), words)


def _compare_email(given: str, document: JsonObject, words: Words) -> Match:
    if not holds_email(document):
        return _answer(None, words.say("match.cannot.email"), words)
    same = any(
        matches(identity, given)
        for identity in _identities(document, "emailAddress")
        if identity.get("hashed") is True
    )
    key = "match.same.email" if same else "match.differs.email"
    return _answer(same, words.say(key, given=text(given)), words)


def _answer(same: bool | None, detail: Sentence, words: Words) -> Match:
    key = {True: "match.same", False: "match.differs", None: "match.cannot"}[same]
    return Match(same=same, word=words[key], detail=detail)


def _identities(document: JsonObject, kind: str) -> list[JsonObject]:
    subject = node(next(iter(items(document.get("credentialSubject"))), None))
    return [item for item in nodes(subject.get("identifier")) if item.get("identityType") == kind]


def _name_key(name: str) -> str:
    """Letters and digits only, so that hyphens, spaces and dots do not matter."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LNM")
