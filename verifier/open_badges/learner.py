"""Who and what a credential inside another one is about.

CLR 2.0: every credential of a record is about its learner, by the same ``id`` or by a matching
identifier. Open Badges 3.0: an endorsement is about something that is in what it stands in,
or it could be moved from one badge to another.

Leaves to others: verifying them, and what follows from the answer (``verifier.contents``).
"""

from __future__ import annotations

from verifier.embedded import is_embedded
from verifier.errors import Code, RefusedError
from verifier.identity import same_person
from verifier.json_pointer import objects_within
from verifier.model import as_list
from verifier.strict_json import JsonObject, JsonValue


def is_about(inner: JsonObject, record: JsonObject) -> bool:
    """Whether every subject of ``inner`` is the learner of ``record``; both are verified."""
    learners = _subjects(record)
    subjects = _subjects(inner)
    return bool(subjects) and all(
        any(_is_same(subject, learner) for learner in learners) for subject in subjects
    )


def _subjects(document: JsonObject) -> list[JsonObject]:
    return [it for it in as_list(document.get("credentialSubject")) if isinstance(it, dict)]


def _is_same(subject: JsonObject, learner: JsonObject) -> bool:
    if "id" in subject and subject["id"] == learner.get("id"):
        return True
    return any(
        same_person(one, other) for one in _identities(subject) for other in _identities(learner)
    )


def _identities(subject: JsonObject) -> list[JsonObject]:
    return [it for it in as_list(subject.get("identifier")) if isinstance(it, dict)]


def check_endorses(endorsement: JsonObject, document: JsonObject) -> None:
    """Insist that a verified ``endorsement`` is one, and is about something in ``document``.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``).
    """
    if "EndorsementCredential" not in as_list(endorsement.get("type")):
        raise _no("It is a credential of another kind.")
    named = _ids(document)
    about = [subject.get("id") for subject in _subjects(endorsement)]
    if not all(isinstance(it, str) and it in named for it in about):
        raise _no("It is about something that is not in here.")


def _ids(document: JsonObject) -> frozenset[JsonValue]:
    """What is in the document, without what is only in the credentials inside it."""
    nodes = objects_within(document, below=lambda at: not is_embedded(at))
    own = {
        node["id"]
        for pointer, node in nodes
        if not is_embedded(pointer) and isinstance(node.get("id"), str)
    }
    issuer = document.get("issuer")
    return frozenset(own | ({issuer} if isinstance(issuer, str) else set()))


def _no(detail: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer="/credentialSubject")
