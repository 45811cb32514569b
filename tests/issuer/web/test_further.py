"""Skills and academic credit over HTTP, and what belongs together."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from issuer import limits
from tests.issuer.web.site import Site, completion, json_of, problem_code
from verifier.errors import Code
from verifier.strict_json import JsonObject

AGREED: JsonObject = {"given": True, "at": "2026-12-01T11:00:00Z"}
NEW_CREDIT: JsonObject = {
    "value": "1.5",
    "unit": "ects",
    "courseCode": "LIS 192",
    "term": "Summer 2026",
    "grade": "B+",
}


def complete(site: Site, name: str = "04", **facets: object) -> tuple[str, JsonObject]:
    """Issue an example: its number and the answer."""
    response = site.post("/completions", completion(name, **facets))
    return response.headers["Location"].rpartition("/")[2], json_of(response)


def ask_skills(site: Site, number: str, *skills: object, **changes: Any) -> TestResponse:
    key, headers = changes.pop("key", "all"), changes.pop("headers", {})
    body = {"skills": list(skills), "learnerConsent": AGREED} | changes
    return site.post(f"/credentials/{number}/skill-assertions", body, key=key, **headers)


def ask_credit(site: Site, number: str, **changes: Any) -> TestResponse:
    key = changes.pop("key", "all")
    body = {"learnerConsent": AGREED} | changes
    return site.post(f"/credentials/{number}/academic-credit", body, key=key)


def issued(response: TestResponse) -> list[JsonObject]:
    """What was issued."""
    assert response.status_code == 201, response.get_data(as_text=True)
    found: list[JsonObject] = json_of(response)["credentials"]
    return found


def test_skills_are_issued_in_the_order_asked_for(site: Site) -> None:
    """By label or by place, each a badge that verifies and points to the completion."""
    number, completed = complete(site)

    made = issued(ask_skills(site, number, 1, "Subject indexing"))

    documents = [it["verifiableCredential"] for it in made]
    assert ["Summarising spoken accounts", "Subject indexing"] == [it["name"] for it in documents]
    assert [completed["credentialId"]] * 2 == [it["evidence"][0]["id"] for it in documents]
    assert all(site.is_verified(it) for it in documents)


def test_a_skill_that_is_asked_for_twice_is_one_badge(site: Site) -> None:
    """In one call and in two."""
    number, _ = complete(site)

    first = issued(ask_skills(site, number, 0, "Subject indexing", share=True))
    again = issued(ask_skills(site, number, 0))

    assert 1 == len(first)
    assert first == again


def test_a_share_link_leads_to_the_badge(site: Site) -> None:
    """Where it was asked for."""
    number, _ = complete(site)

    (made,) = issued(ask_skills(site, number, 0, share=True))

    shared = json_of(site.get(f"{made['share']['url']}.json"))
    assert made["verifiableCredential"] == shared["verifiableCredential"]


def test_a_skill_that_nobody_rated_or_nobody_named_is_refused(site: Site) -> None:
    """Then none is issued, not even those that could be."""
    number, _ = complete(site)
    minimal, _ = complete(site, "12")

    answers = [
        ask_skills(site, number, 0, "Nothing of the kind"),
        ask_skills(site, number, 0, 99),
        ask_skills(site, minimal, 0),
    ]

    assert [(422, "SKILL_UNKNOWN"), (422, "SKILL_UNKNOWN"), (422, "SKILL_NOT_RATED")] == [
        (it.status_code, problem_code(it)) for it in answers
    ]
    assert [] == json_of(site.get(f"/credentials/{number}/related", key="read"))["further"]


def test_the_credit_in_the_record_is_awarded_without_the_grade(site: Site) -> None:
    """Amount, unit, term and course from the registrar's record; the learner shares no grade."""
    number, completed = complete(site)

    (made,) = issued(ask_credit(site, number))

    document = made["verifiableCredential"]
    subject, credit = (
        document["credentialSubject"],
        document["evidence"][0]["microInternship"]["academicCredit"],
    )
    assert (1, "Spring 2026") == (subject["creditsEarned"], subject["term"])
    assert ("semesterHour", "LIS 191") == (credit["creditUnit"], credit["courseCode"])
    assert completed["credentialId"] == document["evidence"][0]["id"]
    assert "result" not in subject
    assert site.is_verified(document)


def test_a_shared_grade_is_told(site: Site) -> None:
    """With a switch of its own in the consent."""
    number, _ = complete(site)

    (made,) = issued(ask_credit(site, number, learnerConsent=AGREED | {"gradeShared": True}))

    assert "A-" == made["verifiableCredential"]["credentialSubject"]["result"][0]["value"]


def test_the_registrar_can_award_what_the_record_does_not_have(site: Site) -> None:
    """Another course is another badge; the same one with other content is a conflict."""
    number, _ = complete(site)
    (first,) = issued(ask_credit(site, number))

    (second,) = issued(ask_credit(site, number, credit=NEW_CREDIT))
    conflict = ask_credit(site, number, credit=NEW_CREDIT | {"value": "2"})

    assert 1.5 == second["verifiableCredential"]["credentialSubject"]["creditsEarned"]
    assert first["issuanceId"] != second["issuanceId"]
    assert (409, "ALREADY_ISSUED") == (conflict.status_code, problem_code(conflict))


def test_only_the_registrar_awards(site: Site) -> None:
    """A key to issue is none to award; the registrar's key is enough, and enough for no more."""
    number, _ = complete(site)

    refused = ask_credit(site, number, key="issue")
    other = ask_skills(site, number, 0, key="credit")

    assert (403, "FORBIDDEN") == (refused.status_code, problem_code(refused))
    assert (403, "FORBIDDEN") == (other.status_code, problem_code(other))
    assert 1 == len(issued(ask_credit(site, number, key="credit")))


@pytest.mark.parametrize(
    ("name", "change", "status", "code"),
    [
        ("04", {"credit": NEW_CREDIT | {"status": "pending"}}, 409, "CREDIT_PENDING"),
        ("04", {"credit": NEW_CREDIT | {"value": "0"}}, 400, Code.RANGE_ERROR),
        ("04", {"credit": NEW_CREDIT | {"value": "1,5"}}, 422, "RECORD_REFUSED"),
        ("04", {"credit": NEW_CREDIT | {"unit": "hours"}}, 422, "RECORD_REFUSED"),
        ("04", {"credit": NEW_CREDIT | {"note": "x"}}, 422, "RECORD_REFUSED"),
        ("04", {"credit": {"value": "1"}}, 422, "RECORD_REFUSED"),
        ("04", {"credit": {}}, 422, "RECORD_REFUSED"),
        ("04", {"credit": "1"}, 400, Code.MALFORMED_VALUE_ERROR),
        ("04", {"learnerConsent": AGREED | {"gradeShared": 1}}, 400, Code.MALFORMED_VALUE_ERROR),
        ("11", {"credit": NEW_CREDIT}, 422, "SCHOOL_UNKNOWN"),
    ],
)
def test_a_credit_that_is_none_is_refused(
    site: Site, name: str, change: JsonObject, status: int, code: str
) -> None:
    """With a code that says why, and nothing issued."""
    number, _ = complete(site, name)

    answer = ask_credit(site, number, **change)

    assert (status, code) == (answer.status_code, problem_code(answer))
    assert [] == json_of(site.get(f"/credentials/{number}/related", key="read"))["further"]


def test_a_record_without_credit_has_none_to_award(site: Site) -> None:
    """Unless the call brings it."""
    body = completion("04")
    del body["record"]["academicCredit"]
    number = site.post("/completions", body).headers["Location"].rpartition("/")[2]

    answer = ask_credit(site, number)

    assert (422, "CREDIT_UNKNOWN") == (answer.status_code, problem_code(answer))
    assert 1 == len(issued(ask_credit(site, number, credit=NEW_CREDIT)))


def test_credit_that_is_pending_in_the_record_is_no_credit(site: Site) -> None:
    """The registrar awards it first."""
    body = completion("04")
    body["record"]["academicCredit"]["status"] = "pending"
    number = site.post("/completions", body).headers["Location"].rpartition("/")[2]

    answer = ask_credit(site, number)

    assert (409, "CREDIT_PENDING") == (answer.status_code, problem_code(answer))


CONSENTS: list[tuple[JsonObject, int, str]] = [
    ({}, 422, "CONSENT_NEEDED"),
    ({"given": False}, 422, "CONSENT_NEEDED"),
    ({"given": "yes", "at": AGREED["at"]}, 400, Code.MALFORMED_VALUE_ERROR),
    ({"given": True}, 400, Code.MALFORMED_VALUE_ERROR),
    ({"given": True, "at": "2026-12-02T12:00:00Z"}, 400, Code.RANGE_ERROR),
    (AGREED | {"facets": {}}, 400, Code.MALFORMED_VALUE_ERROR),
]


@pytest.mark.parametrize(("consent", "status", "code"), CONSENTS)
def test_nothing_is_issued_before_the_learner_says_yes(
    site: Site, consent: JsonObject, status: int, code: str
) -> None:
    """The yes to the completion is none to this."""
    number, _ = complete(site)

    answers = [
        ask_skills(site, number, 0, learnerConsent=consent),
        ask_credit(site, number, learnerConsent=consent),
    ]

    assert [(status, code)] * 2 == [(it.status_code, problem_code(it)) for it in answers]
    assert [] == json_of(site.get(f"/credentials/{number}/related", key="read"))["further"]


def test_a_call_without_consent_says_so(site: Site) -> None:
    """Not that it is malformed."""
    number, _ = complete(site)

    answer = site.post(f"/credentials/{number}/skill-assertions", {"skills": [0]})

    assert (422, "CONSENT_NEEDED") == (answer.status_code, problem_code(answer))


@pytest.mark.parametrize(
    "skills", [None, [], "Subject indexing", [True], [None], [1.5], [[]], [0] * 21]
)
def test_a_malformed_list_of_skills_is_refused(site: Site, skills: object) -> None:
    """Each entry is a text or a whole number, and there are at most twenty."""
    number, _ = complete(site)
    body = {"skills": skills, "learnerConsent": AGREED}

    answer = site.post(f"/credentials/{number}/skill-assertions", body)

    too_many = isinstance(skills, list) and len(skills) > limits.SKILLS_ASKED
    assert 400 == answer.status_code
    assert problem_code(answer) == (Code.LIMIT_EXCEEDED if too_many else Code.MALFORMED_VALUE_ERROR)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            name: st.recursive(
                st.none() | st.booleans() | st.integers(-2, 30) | st.text(max_size=5),
                lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=5), it),
                max_leaves=5,
            )
            for name in ("skills", "credit", "share", "learnerConsent", "other")
        },
    ),
    agreed=st.booleans(),
)
def test_any_body_gets_a_problem_or_credentials(site: Site, body: JsonObject, agreed: bool) -> None:
    """Never a fault of ours."""
    number, _ = complete(site)
    sent = body | ({"learnerConsent": AGREED} if agreed else {})

    for path in ("skill-assertions", "academic-credit"):
        answer = site.post(f"/credentials/{number}/{path}", sent)

        assert answer.status_code in (201, 400, 409, 422), answer.get_data(as_text=True)


def test_nothing_is_built_on_what_was_withdrawn(site: Site) -> None:
    """The tenant is told why."""
    number, _ = complete(site)
    revoke(site, number)

    answers = [ask_skills(site, number, 0), ask_credit(site, number)]

    assert [(409, "ALREADY_REVOKED")] * 2 == [(it.status_code, problem_code(it)) for it in answers]


def revoke(site: Site, number: str, purpose: str = "revocation", *, key: str = "all") -> None:
    change = {
        "credentialId": number,
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": purpose},
        "status": True,
    }
    assert 200 == site.post("/credentials/status", change, key=key).status_code


def test_nothing_is_built_on_what_is_on_hold(site: Site) -> None:
    """The question about it is settled first."""
    response = site.post("/completions", completion("04"), key="theirs")
    number = response.headers["Location"].rpartition("/")[2]
    revoke(site, number, "suspension", key="theirs")

    answer = ask_skills(site, number, 0, key="theirs")

    assert (409, "ON_HOLD") == (answer.status_code, problem_code(answer))


def test_another_tenants_completion_is_not_there(site: Site) -> None:
    """Nor is a document that was made from no record one."""
    number, _ = complete(site)
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": site.issuers["ours"].did,
        "credentialSubject": {"id": "did:example:x"},
    }
    signed = site.post("/credentials/issue", {"credential": document})

    other = ask_skills(site, number, 0, key="theirs")
    none = ask_skills(site, signed.headers["Location"].rpartition("/")[2], 0)
    related = site.get(f"/credentials/{number}/related", key="theirs")

    assert (404, "NOT_FOUND") == (other.status_code, problem_code(other))
    assert (409, "NOT_A_COMPLETION") == (none.status_code, problem_code(none))
    assert (404, "NOT_FOUND") == (related.status_code, problem_code(related))


def test_what_belongs_together_is_found_from_both_sides(site: Site) -> None:
    """The completion knows what was issued beside it and how that stands; each of those knows
    the completion."""
    number, completed = complete(site)
    (skill,) = issued(ask_skills(site, number, 0))
    (credit,) = issued(ask_credit(site, number))
    revoke(site, skill["issuanceId"])

    found = json_of(site.get(f"/credentials/{number}/related", key="read"))
    back = json_of(site.get(f"/credentials/{credit['issuanceId']}/related", key="read"))

    assert {
        (skill["credentialId"], "skillAssertion", "withdrawn"),
        (credit["credentialId"], "academicCredit", "issued"),
    } == {(it["credentialId"], it["kind"], it["state"]) for it in found["further"]}
    assert found["about"] is None
    assert (completed["credentialId"], []) == (back["about"]["credentialId"], back["further"])


def test_an_idempotency_key_gives_the_first_answer_and_no_other(site: Site) -> None:
    """Another body under the key is refused, whatever skills it asks for."""
    number, _ = complete(site)
    key = {"headers": {"Idempotency_Key": "k"}}

    first = ask_skills(site, number, 0, 1, **key)
    again = ask_skills(site, number, 0, 1, **key)
    other = ask_skills(site, number, 2, **key)

    assert issued(first) == issued(again)
    assert (422, "IDEMPOTENCY_CONFLICT") == (other.status_code, problem_code(other))
