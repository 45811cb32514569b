"""Rules of Open Badges 3.0 and CLR 2.0, broken one by one."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example_records import PROJECTED, example_projected
from tests.verifier.judging import badge, codes, judge, signed
from verifier.errors import Code, RefusedError
from verifier.model import parse_credential
from verifier.open_badges import check_open_badges, is_open_badge
from verifier.report import Outcome, Step
from verifier.strict_json import JsonObject
from verifier.verify import lint

PROFILE = {"id": "did:web:issuer.example", "type": "Profile"}
IDENTITY = {
    "type": "IdentityObject",
    "hashed": True,
    "identityHash": "sha256$" + "0" * 64,
    "identityType": "emailAddress",
    "salt": "x",
}
IMAGE = {"id": "https://files.example/a.png", "type": "Image"}
LEVEL = {"id": "urn:x:level", "type": ["RubricCriterionLevel"], "name": "Good"}
DESCRIPTION = {
    "id": "urn:x:description",
    "type": ["ResultDescription"],
    "name": "Care",
    "resultType": "RubricCriterionLevel",
    "rubricCriterionLevel": [LEVEL],
}
RESULT = {"type": ["Result"], "resultDescription": "urn:x:description", "value": "A"}
ALIGNMENT = {"type": "Alignment", "targetName": "Skill", "targetUrl": "https://skills.example/1"}


def with_parts(**parts: Any) -> JsonObject:
    """A badge with parts replaced: ``subject_x``, ``achievement_x``, or a member; ``...``
    leaves one out."""
    document = copy.deepcopy(badge())
    subject = document["credentialSubject"]
    places = {"subject": subject, "achievement": subject["achievement"]}
    for name, value in parts.items():
        prefix, _, member = name.partition("_")
        place = places.get(prefix, document)
        member = member if prefix in places else name
        if value is ...:
            place.pop(member, None)
        else:
            place[member] = value
    return document


def check(document: JsonObject) -> tuple[str, ...]:
    return check_open_badges(parse_credential(document))


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"issuer": "did:web:issuer.example"},
        {"subject_identifier": ..., "subject_id": "did:web:learner.example"},
        {"subject_identifier": [IDENTITY]},
        {"subject_identifier": IDENTITY | {"hashed": False, "identityHash": "a@b.example"}},
        {"subject_identifier": [IDENTITY | {"identityType": "ext:badge-number"}]},
        {"subject_image": IMAGE | {"id": "data:image/png;base64," + "A" * 5_000}},
        {"subject_source": PROFILE, "achievement_creator": "did:web:host.example"},
        {"achievement_alignment": ALIGNMENT, "achievement_tag": "one"},
        {"achievement_resultDescription": [DESCRIPTION], "subject_result": [RESULT]},
        {
            "achievement_resultDescription": DESCRIPTION,
            "subject_result": RESULT | {"achievedLevel": "urn:x:level", "status": "Completed"},
        },
        {"achievement_criteria": {"id": "https://criteria.example/"}},
        {"subject_creditsEarned": 3.5, "evidence": {"type": ["Evidence", "urn:x:own"]}},
        {"type": ["VerifiableCredential", "AchievementCredential"]},
    ],
)
def test_what_the_standard_admits_passes(parts: dict[str, Any]) -> None:
    """One value alone or in a list, extensions, links that hold."""
    assert () == check(with_parts(**parts))


@pytest.mark.parametrize(
    ("parts", "pointer"),
    [
        ({"id": ...}, "/id"),
        ({"validFrom": ...}, "/validFrom"),
        ({"issuer": PROFILE | {"type": "InvalidProfile"}}, "/issuer/type"),
        ({"issuer": {"id": "did:web:issuer.example"}}, "/issuer/type"),
        ({"issuer": PROFILE | {"url": "not a url"}}, "/issuer/url"),
        ({"issuer": PROFILE | {"parentOrg": {"type": "Profile"}}}, "/issuer/parentOrg/id"),
        ({"image": "https://files.example/a.png"}, "/image"),
        ({"image": IMAGE | {"alt": "x"}}, "/image/alt"),
        ({"image": IMAGE | {"type": ["Image", "Other"]}}, "/image/type"),
        ({"image": IMAGE | {"id": "a.png"}}, "/image/id"),
        ({"awardedDate": "yesterday"}, "/awardedDate"),
        ({"evidence": [{"type": "Proof"}]}, "/evidence/0/type"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "/@context"),
        ({"credentialSubject": [badge()["credentialSubject"]] * 2}, "/credentialSubject"),
        ({"subject_type": ["Person"]}, "/credentialSubject/type"),
        ({"subject_identifier": ...}, "/credentialSubject"),
        ({"subject_identifier": []}, "/credentialSubject/identifier"),
        ({"subject_achievement": ...}, "/credentialSubject/achievement"),
        ({"subject_achievement": "urn:x:1"}, "/credentialSubject/achievement"),
        ({"subject_creditsEarned": "42"}, "/credentialSubject/creditsEarned"),
        ({"subject_creditsEarned": True}, "/credentialSubject/creditsEarned"),
        ({"achievement_id": ...}, "/credentialSubject/achievement/id"),
        ({"achievement_type": "Award"}, "/credentialSubject/achievement/type"),
        ({"achievement_name": ...}, "/credentialSubject/achievement/name"),
        ({"achievement_name": 4}, "/credentialSubject/achievement/name"),
        ({"achievement_description": ...}, "/credentialSubject/achievement/description"),
        ({"achievement_criteria": ...}, "/credentialSubject/achievement/criteria"),
        ({"achievement_criteria": "work"}, "/credentialSubject/achievement/criteria"),
        (
            {"achievement_alignment": [ALIGNMENT, ALIGNMENT | {"targetUrl": "x"}]},
            "/credentialSubject/achievement/alignment/1/targetUrl",
        ),
        (
            {"achievement_otherIdentifier": {"type": "IdentifierEntry", "identifier": "1"}},
            "/credentialSubject/achievement/otherIdentifier/identifierType",
        ),
        (
            {"achievement_resultDescription": [DESCRIPTION | {"resultType": "Guess"}]},
            "/credentialSubject/achievement/resultDescription/0/resultType",
        ),
    ],
)
def test_what_the_standard_does_not_admit_is_refused(parts: dict[str, Any], pointer: str) -> None:
    """With the place of what is missing or wrong."""
    with pytest.raises(RefusedError) as caught:
        check(with_parts(**parts))

    assert (Code.MALFORMED_VALUE_ERROR, pointer) == (caught.value.code, caught.value.pointer)


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"hashed": "true"}, "/hashed"),
        ({"hashed": ...}, "/hashed"),
        ({"identityHash": ...}, "/identityHash"),
        ({"identityHash": "md5$" + "0" * 32}, "/identityHash"),
        ({"identityHash": "0" * 64}, "/identityHash"),
        ({"identityHash": "sha256$" + "0" * 63}, "/identityHash"),
        ({"hashed": [True], "identityHash": ["md5$0"]}, "/identityHash"),
        ({"identityType": ...}, "/identityType"),
        ({"identityType": "shoeSize"}, "/identityType"),
        ({"type": ["IdentityObject", "Person"]}, "/type"),
        ({"name": "Maya"}, "/name"),
        ({"salt": 4}, "/salt"),
    ],
)
def test_an_identity_has_exactly_its_members(members: dict[str, Any], pointer: str) -> None:
    """A hash is SHA-256: MD5 can be made to fit another person."""
    identity = {k: v for k, v in (IDENTITY | members).items() if v is not ...}

    with pytest.raises(RefusedError) as caught:
        check(with_parts(subject_identifier=[identity]))

    assert f"/credentialSubject/identifier/0{pointer}" == caught.value.pointer


@pytest.mark.parametrize(
    ("result", "pointer"),
    [
        (RESULT | {"resultDescription": "urn:x:foreign"}, "/resultDescription"),
        (RESULT | {"achievedLevel": "urn:x:foreign"}, "/achievedLevel"),
        (RESULT | {"resultDescription": "urn:x:status"}, "/status"),
        (RESULT | {"status": "Excellent"}, "/status"),
        (RESULT | {"value": 4}, "/value"),
    ],
)
def test_a_result_is_of_a_description_in_the_achievement(result: JsonObject, pointer: str) -> None:
    """Or a grade of one course could be shown under another."""
    status = DESCRIPTION | {"id": "urn:x:status", "resultType": "Status"}
    document = with_parts(
        achievement_resultDescription=[DESCRIPTION, status], subject_result=[result]
    )

    with pytest.raises(RefusedError) as caught:
        check(document)

    assert f"/credentialSubject/result/0{pointer}" == caught.value.pointer


def test_a_broken_rule_is_told_beside_a_good_signature() -> None:
    """In step 8, so that the report says as well that the signature fits."""
    document = with_parts(subject_identifier=...)
    report = judge(signed(credentialSubject=document["credentialSubject"])).report
    failed = [check for check in report.checks if check.problem]

    assert (Outcome.NOT_VERIFIED, [Code.MALFORMED_VALUE_ERROR]) == (report.outcome, codes(report))
    assert [(Step.SCHEMA, "open badges")] == [(check.step, check.name) for check in failed]
    with pytest.raises(RefusedError):
        lint(document)


def test_other_credentials_are_left_alone() -> None:
    """What is no badge by its types has no achievement."""
    other = parse_credential(badge(type=["VerifiableCredential"], credentialSubject={"id": "a:b"}))

    assert False is is_open_badge(other)
    assert () == check_open_badges(other)


@pytest.mark.parametrize("name", PROJECTED)
def test_our_own_credentials_keep_the_rules(name: str) -> None:
    """Each of the worked examples."""
    assert () == check(example_projected(name[:2]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=6) | st.just("urn:x:1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
PARTS = (
    *("issuer", "image", "evidence", "validFrom", "credentialSubject", "subject_identifier"),
    *("subject_achievement", "subject_result", "achievement_resultDescription"),
    *("achievement_alignment", "achievement_criteria", "type"),
)


@given(name=st.sampled_from(PARTS), value=JSON | st.fixed_dictionaries({"type": JSON, "id": JSON}))
@settings(max_examples=200)
def test_no_value_raises_anything_else(name: str, value: Any) -> None:
    """Whatever a member holds: it fits, or it is refused."""
    document = with_parts(**{name: value})
    with contextlib.suppress(RefusedError):
        assert isinstance(check(document), tuple)
