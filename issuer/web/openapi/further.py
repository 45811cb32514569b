"""The operations of ``issuer.web.further``, as values."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.store.rows import FurtherKind
from issuer.web.openapi.vocabulary import (
    IDEMPOTENCY_KEY,
    INSTANT,
    SIGNING_CODES,
    TEXT,
    URL,
    example,
    gives,
    in_path,
    key,
    list_of,
    load_example,
    takes,
    thing,
)
from issuer.web.problems import WebCode
from verifier.errors import Code
from verifier.openapi import Chapter, Operation, ref
from verifier.strict_json import JsonObject

_NUMBER: Final = in_path(
    "number",
    "The last part of a credential's `Location`.",
    example="0f8c2d7e5b9a4c16a3d1e2f4b6c8d0e1",
)
_AGREED: Final[JsonObject] = {"given": True, "at": "2026-12-01T11:00:00Z"}
_CODES: Final = (
    *(code for code in SIGNING_CODES if code is not IssuerCode.CHOOSE_ISSUER),
    IssuerCode.NOT_FOUND,
    IssuerCode.CONSENT_NEEDED,
    IssuerCode.NOT_A_COMPLETION,
    IssuerCode.ALREADY_ISSUED,
    IssuerCode.ALREADY_REVOKED,
    IssuerCode.ON_HOLD,
    Code.RANGE_ERROR,
)
_CONSENT: Final = {
    "title": "What the learner said to this credential",
    "description": "A yes to the completion is none to what comes after it.",
}
_WITH: Final[JsonObject] = {"enum": [kind.value for kind in FurtherKind]}
_STATE: Final[JsonObject] = {"enum": ["issued", "underReview", "withdrawn"]}

CHAPTER: Final = Chapter(
    name="Beside a completion",
    description="Credentials of their own that belong to a completion, so that a learner can show "
    "a skill or academic credit and nothing of the work.",
    operations=(
        Operation(
            method="post",
            path="/credentials/{number}/skill-assertions",
            id="assertSkills",
            summary="Make badges of a completion's skills",
            description="One badge for each skill that the host or the school rated. It tells the "
            "level, who rated, the frameworks, and of the work nothing but the id of the "
            "completion. The same skill again gives the same badge.",
            access=key(Scope.ISSUE),
            parameters=(_NUMBER, IDEMPOTENCY_KEY),
            body=takes(
                ref("SkillsWish"),
                example(
                    "Two skills, by label and by place",
                    {
                        "skills": ["Subject indexing", 1],
                        "learnerConsent": _AGREED,
                        "share": True,
                    },
                    answers=201,
                ),
            ),
            answers=(
                gives(
                    201,
                    "Issued, in the order asked for.",
                    ref("FurtherIssued"),
                    load_example("skills"),
                ),
            ),
            codes=(*_CODES, IssuerCode.SKILL_UNKNOWN, IssuerCode.SKILL_NOT_RATED),
        ),
        Operation(
            method="post",
            path="/credentials/{number}/academic-credit",
            id="awardCredit",
            summary="Make a badge of academic credit",
            description="The registrar's word. The credit stands in the call or in the record; "
            "its unit is never converted. A grade is told only where the learner shares it.",
            access=key(Scope.CREDIT),
            parameters=(_NUMBER, IDEMPOTENCY_KEY),
            body=takes(
                ref("CreditWish"),
                example(
                    "The credit in the record, without the grade",
                    {"learnerConsent": _AGREED},
                    answers=201,
                ),
                example(
                    "Credit that the record does not have, with the grade",
                    {
                        "credit": {
                            "value": "1.5",
                            "unit": "semesterHour",
                            "courseCode": "LIS 192",
                            "term": "Summer 2026",
                            "grade": "B+",
                        },
                        "learnerConsent": _AGREED | {"gradeShared": True},
                    },
                    answers=201,
                ),
            ),
            answers=(gives(201, "Issued.", ref("FurtherIssued"), load_example("credit")),),
            codes=(
                *_CODES,
                IssuerCode.CREDIT_UNKNOWN,
                IssuerCode.CREDIT_PENDING,
                IssuerCode.SCHOOL_UNKNOWN,
                WebCode.RECORD_REFUSED,
            ),
        ),
        Operation(
            method="get",
            path="/credentials/{number}/related",
            id="findRelated",
            summary="Find what belongs together",
            access=key(Scope.READ),
            parameters=(_NUMBER,),
            answers=(gives(200, "What belongs to it.", ref("Related"), load_example("related")),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
    ),
    schemas={
        "SkillsWish": thing(
            {
                "skills": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": limits.SKILLS_ASKED,
                    "items": {"anyOf": [TEXT, {"type": "integer", "minimum": 0}]},
                    "description": "Labels of the record's skills, or their places, from 0.",
                },
                "learnerConsent": thing({"given": {"const": True}, "at": INSTANT}) | _CONSENT,
            },
            share={"type": "boolean"},
        ),
        "CreditWish": thing(
            {
                "learnerConsent": thing(
                    {"given": {"const": True}, "at": INSTANT}, gradeShared={"type": "boolean"}
                )
                | _CONSENT,
            },
            credit={
                "type": "object",
                "description": "In the form of the record's `academicCredit`; `status` is "
                "`awarded` unless you say otherwise.",
            },
            share={"type": "boolean"},
        ),
        "FurtherIssued": thing(
            {
                "credentials": list_of(
                    thing(
                        {
                            "kind": _WITH,
                            "issuanceId": TEXT,
                            "credentialId": TEXT,
                            "location": URL,
                            "verifiableCredential": ref("SignedDocument"),
                        },
                        share=ref("Share"),
                    )
                )
            }
        ),
        "RelatedCredential": thing(
            {"issuanceId": TEXT, "credentialId": TEXT, "state": _STATE, "location": URL},
            kind=_WITH,
        ),
        "Related": thing(
            {
                "about": {"anyOf": [ref("RelatedCredential"), {"type": "null"}]},
                "further": list_of(ref("RelatedCredential")),
            }
        ),
    },
)
