"""The classes of Open Badges 3.0 and CLR 2.0 as a table: members, which are needed, what kind.

Follows Open Badges 3.0, section "Data Models", and CLR 2.0, section "Data Models". Classes that
the standards close admit no other member; the others may be extended, by words that a context
defines. Lists of words that the standards may lengthen at any time (kinds of achievement, of
targets) are not held against a badge.

Leaves to others: applying the table (``shape``), rules across objects (``rules``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What one value is, where it is no object of a class."""

    TEXT = auto()
    URL = auto()
    RESOURCE = auto()
    """A URL, or a ``data:`` URL of any length."""
    NUMBER = auto()
    TRUTH = auto()
    INSTANT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """``kinds``: what a value may be; text names a class. ``is_list``: several may stand."""

    kinds: tuple[Kind | str, ...]
    is_needed: bool = False
    is_list: bool = False
    words: frozenset[str] = frozenset()
    """The words that the standard knows, besides those that start with ``ext:``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """``type`` is the word among the types of an object, ``None`` where it needs none."""

    type: str | None
    members: Mapping[str, Member]
    is_closed: bool = False


def _one(*kinds: Kind | str, words: frozenset[str] = frozenset()) -> Member:
    return Member(kinds=kinds, words=words)


def _needed(*kinds: Kind | str, words: frozenset[str] = frozenset()) -> Member:
    return Member(kinds=kinds, is_needed=True, words=words)


def _many(*kinds: Kind | str) -> Member:
    return Member(kinds=kinds, is_list=True)


TEXT, URL = Kind.TEXT, Kind.URL

IDENTITY_TYPES: Final = frozenset(
    [
        "name",
        "sourcedId",
        "systemId",
        "productId",
        "userName",
        "accountId",
        "emailAddress",
        "nationalIdentityNumber",
        "isbn",
        "issn",
        "lisSourcedId",
        "oneRosterSourcedId",
        "sisSourcedId",
        "ltiContextId",
        "ltiDeploymentId",
        "ltiToolId",
        "ltiPlatformId",
        "ltiUserId",
        "identifier",
    ]
)
RESULT_TYPES: Final = frozenset(
    [
        "GradePointAverage",
        "LetterGrade",
        "Percent",
        "PerformanceLevel",
        "PredictedScore",
        "RawScore",
        "Result",
        "RubricCriterion",
        "RubricCriterionLevel",
        "RubricScore",
        "ScaledScore",
        "Status",
    ]
)
RESULT_STATUSES: Final = frozenset(
    ["Completed", "Enrolled", "Failed", "InProgress", "OnHold", "Provisional", "Withdrew"]
)
ASSOCIATION_TYPES: Final = frozenset(
    [
        "exactMatchOf",
        "isChildOf",
        "isParentOf",
        "isPartOf",
        "isPeerOf",
        "isRelatedTo",
        "precedes",
        "replacedBy",
    ]
)

_CREDENTIAL: Final[Mapping[str, Member]] = {
    "id": _needed(URL),
    "issuer": _needed("Profile", URL),
    "name": _one(TEXT),
    "description": _one(TEXT),
    "image": _one("Image"),
    "awardedDate": _one(Kind.INSTANT),
    "evidence": _many("Evidence"),
}
_PROFILE: Final[Mapping[str, Member]] = {
    "id": _needed(URL),
    "url": _one(URL),
    "image": _one("Image"),
    "address": _one("Address"),
    "otherIdentifier": _many("IdentifierEntry"),
    "parentOrg": _one("Profile"),
    **{
        name: _one(TEXT)
        for name in (
            *("name", "phone", "description", "email", "official", "familyName", "givenName"),
            *("additionalName", "patronymicName", "honorificPrefix", "honorificSuffix"),
            *("familyNamePrefix", "dateOfBirth"),
        )
    },
}
_ACHIEVEMENT: Final[Mapping[str, Member]] = {
    "id": _needed(URL),
    "name": _needed(TEXT),
    "description": _needed(TEXT),
    "criteria": _needed("Criteria"),
    "achievementType": _one(TEXT),
    "alignment": _many("Alignment"),
    "creator": _one("Profile", URL),
    "creditsAvailable": _one(Kind.NUMBER),
    "fieldOfStudy": _one(TEXT),
    "humanCode": _one(TEXT),
    "image": _one("Image"),
    "inLanguage": _one(TEXT),
    "otherIdentifier": _many("IdentifierEntry"),
    "related": _many("Related"),
    "resultDescription": _many("ResultDescription"),
    "specialization": _one(TEXT),
    "tag": _many(TEXT),
    "version": _one(TEXT),
}
_ACHIEVEMENT_SUBJECT: Final[Mapping[str, Member]] = {
    "id": _one(URL),
    "achievement": _needed("Achievement"),
    "identifier": _many("IdentityObject"),
    "activityStartDate": _one(Kind.INSTANT),
    "activityEndDate": _one(Kind.INSTANT),
    "creditsEarned": _one(Kind.NUMBER),
    "image": _one("Image"),
    "licenseNumber": _one(TEXT),
    "narrative": _one(TEXT),
    "result": _many("Result"),
    "role": _one(TEXT),
    "source": _one("Profile", URL),
    "term": _one(TEXT),
}

CLASSES: Final[Mapping[str, Class]] = {
    "AchievementCredential": Class(
        type=None,
        members={**_CREDENTIAL, "credentialSubject": _needed("AchievementSubject")},
    ),
    "EndorsementCredential": Class(
        type=None,
        members={**_CREDENTIAL, "credentialSubject": _needed("EndorsementSubject")},
    ),
    "ClrCredential": Class(
        type=None,
        members={
            **_CREDENTIAL,
            "name": _needed(TEXT),
            "issuer": _needed("Profile"),
            "credentialSubject": _needed("ClrSubject"),
            "partial": _one(Kind.TRUTH),
        },
    ),
    "AchievementSubject": Class(type="AchievementSubject", members=_ACHIEVEMENT_SUBJECT),
    "EndorsementSubject": Class(
        type="EndorsementSubject",
        members={"id": _needed(URL), "endorsementComment": _one(TEXT)},
    ),
    "ClrSubject": Class(
        type="ClrSubject",
        members={
            "id": _one(URL),
            "identifier": _many("IdentityObject"),
            "achievement": _many("Achievement"),
            "association": _many("Association"),
        },
    ),
    "Association": Class(
        type="Association",
        is_closed=True,
        members={
            "associationType": _needed(TEXT, words=ASSOCIATION_TYPES),
            "sourceId": _needed(URL),
            "targetId": _needed(URL),
        },
    ),
    "Achievement": Class(type="Achievement", members=_ACHIEVEMENT),
    "Criteria": Class(type=None, members={"id": _one(URL), "narrative": _one(TEXT)}),
    "Alignment": Class(
        type="Alignment",
        members={
            "targetName": _needed(TEXT),
            "targetUrl": _needed(URL),
            "targetCode": _one(TEXT),
            "targetDescription": _one(TEXT),
            "targetFramework": _one(TEXT),
            "targetType": _one(TEXT),
        },
    ),
    "Result": Class(
        type="Result",
        members={
            "resultDescription": _one(URL),
            "achievedLevel": _one(URL),
            "status": _one(TEXT, words=RESULT_STATUSES),
            "value": _one(TEXT),
            "alignment": _many("Alignment"),
        },
    ),
    "ResultDescription": Class(
        type="ResultDescription",
        members={
            "id": _needed(URL),
            "name": _needed(TEXT),
            "resultType": _needed(TEXT, words=RESULT_TYPES),
            "alignment": _many("Alignment"),
            "allowedValue": _many(TEXT),
            "requiredLevel": _one(URL),
            "requiredValue": _one(TEXT),
            "rubricCriterionLevel": _many("RubricCriterionLevel"),
            "valueMin": _one(TEXT),
            "valueMax": _one(TEXT),
        },
    ),
    "RubricCriterionLevel": Class(
        type="RubricCriterionLevel",
        members={
            "id": _needed(URL),
            "name": _needed(TEXT),
            "alignment": _many("Alignment"),
            "description": _one(TEXT),
            "level": _one(TEXT),
            "points": _one(TEXT),
        },
    ),
    "Evidence": Class(
        type="Evidence",
        members={
            "id": _one(Kind.RESOURCE),
            **{it: _one(TEXT) for it in ("narrative", "name", "description", "genre", "audience")},
        },
    ),
    "Profile": Class(type="Profile", members=_PROFILE),
    "Address": Class(
        type="Address",
        members={
            "geo": _one("GeoCoordinates"),
            **{
                name: _one(TEXT)
                for name in (
                    *("addressCountry", "addressCountryCode", "addressRegion", "addressLocality"),
                    *("streetAddress", "postOfficeBoxNumber", "postalCode"),
                )
            },
        },
    ),
    "GeoCoordinates": Class(
        type="GeoCoordinates",
        members={"latitude": _needed(Kind.NUMBER), "longitude": _needed(Kind.NUMBER)},
    ),
    "Image": Class(
        type="Image",
        is_closed=True,
        members={"id": _needed(Kind.RESOURCE), "caption": _one(TEXT)},
    ),
    "IdentifierEntry": Class(
        type="IdentifierEntry",
        is_closed=True,
        members={
            "identifier": _needed(TEXT),
            "identifierType": _needed(TEXT, words=IDENTITY_TYPES),
        },
    ),
    "IdentityObject": Class(
        type="IdentityObject",
        is_closed=True,
        members={
            "hashed": _needed(Kind.TRUTH),
            "identityHash": _needed(TEXT),
            "identityType": _needed(TEXT, words=IDENTITY_TYPES),
            "salt": _one(TEXT),
        },
    ),
    "Related": Class(
        type="Related",
        members={"id": _needed(URL), "inLanguage": _one(TEXT), "version": _one(TEXT)},
    ),
}
"""Every class by its name in the standards."""
