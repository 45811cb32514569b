"""What a holder may leave out of a credential, and a credential as plain claims.

What the work was, who hosted it and who vouches in which role always shows; who the learner is,
when it was, how it went and under whose name it was confirmed is the learner's to show. Dates go
together and, unless the token is bound to the learner's key, one of the learner's names stays, or
the credential does not fit its own schema: that is for the holder to see to.

An SD-JWT VC keeps the words of the credential; only what has a registered claim of its own
(``iss``, ``nbf``, ``exp``, ``jti``, ``vct``, ``status``) is said there and nowhere else.

Leaves to others: making the token (``verifier.proofs.sd_jwt_issue``), the page about the type
(``issuer.projection.vct``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.date_time_stamp import parse_instant
from verifier.json_pointer import child
from verifier.model import as_list
from verifier.strict_json import JsonObject, JsonValue
from verifier.test_credential import TEST_CREDENTIAL

_SUBJECT_SHOWN: Final = frozenset({"type", "achievement", "source", "identifier"})
"""Members of a subject that no holder leaves out; of the identifiers each one can be."""
_BOUND_SHOWN: Final = _SUBJECT_SHOWN - {"identifier"} | {"id"}
"""The same of a subject whose ``id`` is the key to which the token is bound."""
_POINTS: Final = {
    "Competency": frozenset({"result"}),
    "Course": frozenset({"creditsEarned", "term"}),
}
"""Members of the subject without which a badge of that kind of achievement says nothing."""
WORK_HIDDEN: Final = (
    "startDate",
    "endDate",
    "period",
    "timeZone",
    "compensation",
    "aiAssistance",
    "supervisorName",
    "attestation",
    "localized",
    "learnerName",
)
"""Members of a work record that a holder may leave out."""
MANDATORY_OF_RECORDS: Final = (
    "/issuer",
    "/validFrom",
    "/name",
    "/credentialSubject/source",
    "/credentialSubject/achievement",
)
"""JSON Pointers to what always shows of a work record under ecdsa-sd-2023, beside its status."""
_KEPT: Final = ("name", "description", "awardedDate", "credentialSubject", "evidence")


def disclosable(document: JsonObject) -> tuple[str, ...]:
    """JSON Pointers to what a holder of ``document`` (any credential, as claims of an SD-JWT) may
    leave out.

    Where the token is bound to the holder's key (``cnf``), the subject's ``id`` stays: it is that
    very key, which everybody sees anyhow, and without it nothing would say that the one who
    presents is the one whom the credential is about. So the names can all be left out there.
    """
    return tuple(sorted({*_of_subjects(document), *_of_work(document)}))


def _of_subjects(document: JsonObject) -> Iterator[str]:
    shown = _BOUND_SHOWN if "cnf" in document else _SUBJECT_SHOWN
    for place, subject in _nodes(document.get("credentialSubject"), "/credentialSubject"):
        kept = shown | _point_of(subject)
        yield from (child(place, name) for name in subject if name not in kept)
        identifiers = subject.get("identifier")
        if isinstance(identifiers, list):
            yield from (f"{place}/identifier/{number}" for number in range(len(identifiers)))


def _point_of(subject: JsonObject) -> frozenset[str]:
    """What a badge of this kind is there to say."""
    achievement = subject.get("achievement")
    kind = achievement.get("achievementType") if isinstance(achievement, dict) else None
    return _POINTS.get(kind, frozenset()) if isinstance(kind, str) else frozenset()


def _of_work(document: JsonObject) -> Iterator[str]:
    for place, evidence in _nodes(document.get("evidence"), "/evidence"):
        work = evidence.get("microInternship")
        if isinstance(work, dict):
            yield from (f"{place}/microInternship/{it}" for it in WORK_HIDDEN if it in work)


def _nodes(value: JsonValue, place: str) -> Iterator[tuple[str, JsonObject]]:
    """The objects of one value or a list of values, each with its pointer."""
    items = enumerate(value) if isinstance(value, list) else [("", value)]
    for number, item in items:
        if isinstance(item, dict):
            yield (place if number == "" else f"{place}/{number}"), item


def as_claims(document: JsonObject, vct: str) -> JsonObject:
    """The claims of an SD-JWT VC of the type ``vct`` that say what ``document`` says.

    ``document`` is a work record of ours (``issuer.projection.project``), so its members are
    there. Times are whole seconds since 1970. A test credential counts as one by ``aka_vcts``,
    which nobody can leave out.
    """
    issuer = document["issuer"]
    return {
        "iss": issuer["id"],
        "vct": vct,
        **({"aka_vcts": [TEST_CREDENTIAL]} if TEST_CREDENTIAL in document["type"] else {}),
        "jti": document["id"],
        "nbf": _seconds(document["validFrom"]),
        **({"exp": _seconds(document["validUntil"])} if "validUntil" in document else {}),
        **_status(document.get("credentialStatus")),
        "issuer": {name: value for name, value in issuer.items() if name != "id"},
        **{name: document[name] for name in _KEPT if name in document},
    }


def _seconds(text: str) -> int:
    return int(parse_instant(text).at.timestamp())


def _status(entries: JsonValue) -> JsonObject:
    """The same place of the same list, as the IETF writes it (Token Status List, section 6.2).

    One entry only: an issuer of such tokens has no other (``issuer.signing.formats``).
    """
    found = [entry for entry in as_list(entries) if isinstance(entry, dict)]
    if not found:
        return {}
    (entry,) = found
    place = {"idx": int(entry["statusListIndex"]), "uri": entry["statusListCredential"]}
    return {"status": {"status_list": place}}
