"""Members that a signature over statements covers and that a reader of JSON would not see.

Such a signature covers what is said, not where and under which name. A second spelling of ``id``
or ``type``, a list inside of ``@set``, or an end or status that stands in another object with the
document's id keeps every statement and is overlooked by whoever looks in the usual place. So one
spelling and one place are admitted.

Leaves to others: members' own rules (``verifier.model``), names that are full IRIs
(``verifier.jsonld.members``), what is said twice (``verifier.repeated``).
"""

from __future__ import annotations

from typing import Final

from verifier.embedded import is_inside
from verifier.errors import Code, RefusedError
from verifier.json_pointer import objects_within
from verifier.strict_json import JsonObject, JsonValue

_VALUE_OBJECT_KEYWORDS: Final = frozenset({"@value", "@language", "@direction", "@type"})
_ALLOWED_KEYWORDS: Final = frozenset({"@context", "@list"}) | _VALUE_OBJECT_KEYWORDS
OF_CREDENTIALS: Final = frozenset(
    {
        "confidenceMethod",
        "credentialSchema",
        "credentialStatus",
        "credentialSubject",
        "evidence",
        "expirationDate",
        "issuanceDate",
        "issuer",
        "refreshService",
        "relatedResource",
        "renderMethod",
        "termsOfUse",
        "validFrom",
        "validUntil",
    }
)
"""What a credential says about itself; a reader looks for it at the top."""
OF_SUBJECTS: Final = frozenset(
    {"achievement", "association", "identifier", "result", "verifiableCredential"}
)
"""What a badge or a record of learning says about its learner; a reader looks for it there."""
_ALWAYS_THERE: Final = frozenset(
    {
        "@context",
        "achievement",
        "credentialSubject",
        "criteria",
        "description",
        "endorsementComment",
        "id",
        "issuer",
        "name",
        "type",
        "validFrom",
    }
)
"""What a badge, its subject and its achievement have themselves, whoever repeats it; and the one
thing that an endorsement says (Open Badges 3.0, ``EndorsementSubject``)."""
_TYPES_OF_CREDENTIALS: Final = frozenset(
    {
        "AchievementCredential",
        "ClrCredential",
        "EndorsementCredential",
        "OpenBadgeCredential",
        "VerifiableCredential",
        "VerifiablePresentation",
    }
)
"""They tell by what rules a document is read, so they stand at its top as well."""


def check_nothing_hidden(root: JsonObject) -> None:
    """Look at every object of ``root``. Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``)."""
    for pointer, node in objects_within(root):
        _check_keywords(node, pointer)
        if pointer:
            _check_is_said_at_the_top(node, root, pointer)


def _check_keywords(node: JsonObject, pointer: str) -> None:
    """Refuse the second spellings of ``id`` and ``type``: one reader would see one of them. The
    same holds for a list inside of ``@set``."""
    keywords = {name for name in node if name.startswith("@")}
    if not keywords <= _ALLOWED_KEYWORDS or ("@type" in keywords and "@value" not in keywords):
        name = sorted(keywords)[0]
        raise _hidden(f"Write the plain name instead of {name!r}.", f"{pointer}/{name}")


def _check_is_said_at_the_top(node: JsonObject, root: JsonObject, pointer: str) -> None:
    """Two objects with one id are one thing to RDF. Wherever the document refers to itself, an
    end or a status could be moved there from the top, under the same signature, or the type
    that tells by what rules it is read. Credentials inside are for ``verifier.contents``."""
    if is_inside(pointer) or not _is_same(node, root):
        return
    moved = sorted(node.keys() & OF_CREDENTIALS) or (["type"] if _moved_types(node, root) else [])
    if moved:
        raise _hidden(
            "What the document says about itself stands elsewhere.", f"{pointer}/{moved[0]}"
        )


def find_said_of(part: JsonObject, document: JsonObject) -> str | None:
    """The JSON Pointer, in ``part``, of what it says for ``document``, its subject or its
    achievement; ``None`` when there is nothing of the kind.

    Two things are looked for. What decides and is not said outside as well may have been taken
    away from there: an endorser who knew beforehand when a badge ends could say so in an
    endorsement of it. What is said outside in the same words may have been taken from here: a
    mark that an endorser gave would be shown as one by the issuer.
    """
    told = _things(document)
    for pointer, node in objects_within(part):
        for thing, members in told:
            if _is_same(node, thing) and (_says_more(node, thing, members) or _lends(node, thing)):
                return pointer
    return None


def _things(document: JsonObject) -> list[tuple[JsonObject, frozenset[str]]]:
    """Whom and what the document is about, with the members that decide."""
    subjects = _objects(document.get("credentialSubject"))
    achievements = [it for subject in subjects for it in _objects(subject.get("achievement"))]
    return [
        (document, OF_CREDENTIALS),
        *((subject, _of_subject(subject)) for subject in subjects),
        *((achievement, frozenset()) for achievement in achievements),
    ]


def _objects(value: JsonValue) -> list[JsonObject]:
    return [it for it in (value if isinstance(value, list) else [value]) if isinstance(it, dict)]


def _lends(node: JsonObject, thing: JsonObject) -> bool:
    """Whether a member that ``thing`` need not have stands in both."""
    return any(
        any(it in _items(thing[name]) for it in _items(node[name]))
        for name in (node.keys() & thing.keys()) - _ALWAYS_THERE
    )


def _items(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _of_subject(subject: JsonObject) -> frozenset[str]:
    """The subject of a badge has exactly one achievement, so none can be taken away."""
    return OF_SUBJECTS - ({"achievement"} if "AchievementSubject" in _types(subject) else set())


def _says_more(node: JsonObject, thing: JsonObject, members: frozenset[str]) -> bool:
    names = node.keys() & members
    return any(name not in thing or thing[name] != node[name] for name in names) or bool(
        _moved_types(node, thing)
    )


def _is_same(node: JsonObject, thing: JsonObject) -> bool:
    return "id" in node and node["id"] == thing.get("id")


def _moved_types(node: JsonObject, thing: JsonObject) -> list[str]:
    """Types of credentials that ``node`` has and ``thing`` has not."""
    own = _types(thing)
    return [it for it in _types(node) if it in _TYPES_OF_CREDENTIALS and it not in own]


def _types(node: JsonObject) -> list[str]:
    types = node.get("type")
    return [it for it in (types if isinstance(types, list) else [types]) if isinstance(it, str)]


def _hidden(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
