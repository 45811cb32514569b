"""Rules of Open Badges 3.0 and CLR 2.0 that the table of classes cannot say.

A badge has one subject, who can be told from others; a result is of a description in the same
achievement; a hash of an identity is SHA-256. A record of learning holds at least one
credential, and its associations join achievements that are in it.

Leaves to others: members and kinds (``shape``), credentials inside (``verifier.contents``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from verifier.embedded import is_embedded
from verifier.hidden_members import OF_SUBJECTS
from verifier.json_pointer import child, objects_within
from verifier.model import Credential, DataModel, as_list
from verifier.open_badges.shape import check_object, refuse
from verifier.strict_json import JsonObject, JsonValue

_OB_CONTEXT: Final = re.compile(
    r"https://purl\.imsglobal\.org/spec/ob/v3p0/context(-3\.\d\.\d)?\.json", re.ASCII
)
_CLR_CONTEXT: Final = re.compile(
    r"https://purl\.imsglobal\.org/spec/clr/v2p0/context(-2\.\d\.\d)?\.json", re.ASCII
)
_OF_RESULTS: Final = frozenset({"achievedLevel", "status", "value"})
"""What a result says; a reader looks for it in the result."""
_SHA256: Final = re.compile(r"sha256\$[0-9a-fA-F]{64}", re.ASCII)


def is_open_badge(credential: Credential) -> bool:
    """Whether one of its types is of these standards. Those of other data models (an SD-JWT
    VC) are names of another kind."""
    return bool(_rules_of(credential))


def _rules_of(credential: Credential) -> tuple[str, ...]:
    if credential.data_model not in (DataModel.V1_1, DataModel.V2_0):
        return ()
    return tuple(dict.fromkeys(name for name in credential.types if name in _RULES))


def check_open_badges(credential: Credential) -> tuple[str, ...]:
    """Hold the credential to the rules of each of its types; return warnings.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``, with the place).
    """
    warnings: list[str] = []
    for name in _rules_of(credential):
        warnings.extend(_RULES[name](credential))
    return tuple(warnings)


# --- badges -----------------------------------------------------------------------------


def _check_badge(credential: Credential) -> Iterator[str]:
    _check_credential(credential, "AchievementCredential", _OB_CONTEXT)
    subject, pointer = _subject_of(credential)
    _check_learner(subject, pointer)
    _check_results(subject, pointer)
    _check_said_of_the_subject(credential.document, subject)
    yield from ()


def _check_credential(credential: Credential, name: str, context: re.Pattern[str]) -> None:
    document = credential.document
    check_object(document, name, "")
    if credential.valid_from is None:
        refuse("It does not say since when it is valid.", "/validFrom")
    urls = [it for it in as_list(document.get("@context")) if isinstance(it, str)]
    if not any(context.fullmatch(url) for url in urls):
        refuse("No context of the standard gives this type its meaning.", "/@context")


def _subject_of(credential: Credential) -> tuple[JsonObject, str]:
    """The one subject, which the table has insisted on, and where it stands."""
    value = credential.document["credentialSubject"]
    if isinstance(value, list):
        return value[0], "/credentialSubject/0"
    return value, "/credentialSubject"


def _check_learner(subject: JsonObject, pointer: str) -> None:
    """Open Badges 3.0, AchievementSubject: an id or an identifier, and hashes that hold."""
    if "id" not in subject and "identifier" not in subject:
        refuse("Nobody can tell whose badge this is: it has neither id nor identifier.", pointer)
    for where, identity in _objects(subject, "identifier", pointer):
        is_hashed = _first(identity["hashed"]) is True
        if is_hashed and not _is_sha256(_first(identity["identityHash"])):
            refuse("A hash of an identity is sha256$ and 64 digits.", child(where, "identityHash"))


def _check_said_of_the_subject(document: JsonObject, subject: JsonObject) -> None:
    """Two objects with one id are one thing to RDF: where a badge names its learner or a result
    a second time, a bad result could be moved there under the same signature."""
    places = [(subject, OF_SUBJECTS)]
    places += [(result, _OF_RESULTS) for _, result in _objects(subject, "result", "")]
    named = {str(it["id"]): (it, members) for it, members in places if "id" in it}
    for pointer, node in objects_within(document, below=lambda at: not is_embedded(at)):
        place, members = named.get(str(node.get("id")), (node, OF_SUBJECTS))
        moved = sorted(node.keys() & members)
        if node is not place and moved and not is_embedded(pointer):
            refuse("What is said about the learner stands elsewhere.", child(pointer, moved[0]))


def _is_sha256(value: JsonValue) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None


def _check_results(subject: JsonObject, pointer: str) -> None:
    """Open Badges 3.0, Result: each one is of a description in the achievement of the badge."""
    achievement = _first(subject["achievement"])
    descriptions = {str(it["id"]): it for _, it in _objects(achievement, "resultDescription", "")}
    levels = {
        str(level["id"])
        for description in descriptions.values()
        for _, level in _objects(description, "rubricCriterionLevel", "")
    }
    for where, result in _objects(subject, "result", pointer):
        named = _first(result.get("resultDescription"))
        if named is not None and named not in descriptions:
            refuse("This result is of another achievement.", child(where, "resultDescription"))
        if "achievedLevel" in result and _first(result["achievedLevel"]) not in levels:
            refuse("This level is of another achievement.", child(where, "achievedLevel"))
        if _needs_status(descriptions.get(str(named))) and "status" not in result:
            refuse("This result says a status, and has none.", child(where, "status"))


def _needs_status(description: JsonObject | None) -> bool:
    return description is not None and _first(description["resultType"]) == "Status"


# --- endorsements -----------------------------------------------------------------------


def _check_endorsement(credential: Credential) -> Iterator[str]:
    _check_credential(credential, "EndorsementCredential", _OB_CONTEXT)
    if "name" not in credential.document and credential.data_model is DataModel.V2_0:
        refuse("An endorsement needs a name.", "/name")
    yield from ()


# --- records of learning ----------------------------------------------------------------


def _check_record(credential: Credential) -> Iterator[str]:
    _check_credential(credential, "ClrCredential", _CLR_CONTEXT)
    subject, pointer = _subject_of(credential)
    _check_learner(subject, pointer)
    held = as_list(subject.get("verifiableCredential"))
    if not held or not all(isinstance(item, dict | str) and item for item in held):
        refuse("A record of learning holds credentials.", child(pointer, "verifiableCredential"))
    _check_said_of_the_subject(credential.document, subject)
    known = _achievements(subject)
    for where, association in _objects(subject, "association", pointer):
        for name in ("sourceId", "targetId"):
            if _first(association[name]) not in known:
                yield f"The association at {where} names an achievement that is not in the record."


def _achievements(subject: JsonObject) -> frozenset[JsonValue]:
    """The ids of everything in the record that is called an achievement."""
    return frozenset(
        node["id"]
        for _, node in objects_within(subject)
        if "Achievement" in as_list(node.get("type")) and isinstance(node.get("id"), str)
    )


# --- reading what the table has looked at -----------------------------------------------


def _objects(node: JsonObject, name: str, pointer: str) -> Iterator[tuple[str, JsonObject]]:
    """The objects in a member, each with its place."""
    if name not in node:
        return
    value, where = node[name], child(pointer, name)
    for number, item in enumerate(as_list(value)):
        yield (f"{where}/{number}" if isinstance(value, list) else where), item


def _first(value: JsonValue) -> JsonValue:
    return value[0] if isinstance(value, list) and value else value


_RULES: Final[Mapping[str, Callable[[Credential], Iterator[str]]]] = {
    "OpenBadgeCredential": _check_badge,
    "AchievementCredential": _check_badge,
    "EndorsementCredential": _check_endorsement,
    "ClrCredential": _check_record,
}
