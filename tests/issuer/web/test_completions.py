"""``POST /completions``: issued, offered, held, refused, repeated, changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.example_records import EXAMPLES
from tests.issuer.web.site import (
    AGREED,
    BASE_URL,
    START,
    VERIFIER_URL,
    Site,
    completion,
    json_of,
    problem_code,
    submission,
)
from tests.issuer.web.stored import stored_rows
from verifier.date_time_stamp import format_instant
from verifier.report import Outcome
from verifier.strict_json import JsonObject


def findings(response: Any) -> set[tuple[str, str]]:
    """Code and place of everything that the rules have against a record."""
    assert (422, "RECORD_REFUSED") == (response.status_code, problem_code(response))
    return {(item["code"], item["pointer"]) for item in json_of(response)["findings"]}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_becomes_a_credential_that_verifies(site: Site, name: str) -> None:
    """201 with the signed credential, a link, and where to find it again."""
    response = site.post("/completions", completion(name))

    answer = json_of(response)
    assert 201 == response.status_code
    assert "issued" == answer["state"]
    assert answer["verifiableCredential"]["id"] == answer["credentialId"]
    assert Outcome.VERIFIED is site.judge(answer["verifiableCredential"]).outcome
    token = answer["share"]["url"].rpartition("/")[2]
    assert f"{BASE_URL}/s/{token}" == answer["share"]["url"]
    assert f"{VERIFIER_URL}/c/issuer.microintern.example/{token}" == answer["share"]["verifyUrl"]
    assert 200 == site.get(answer["share"]["qr"]).status_code
    again = site.get(response.headers["Location"], key="read")
    assert answer["verifiableCredential"] == json_of(again)


def test_the_main_flow_on_every_database(any_site: Site) -> None:
    """Issue, repeat, share, revoke: what the store does, on SQLite and PostgreSQL."""
    body = completion("01")
    first = any_site.post("/completions", body, Idempotency_Key="k1")
    again = any_site.post("/completions", body, Idempotency_Key="k1")
    credential = json_of(first)["verifiableCredential"]

    assert (201, 201) == (first.status_code, again.status_code)
    assert json_of(first) == json_of(again)
    assert any_site.is_verified(credential)
    assert 200 == any_site.get(json_of(first)["share"]["url"]).status_code
    revoked = any_site.post(
        "/credentials/status",
        {
            "credentialId": credential["id"],
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
            },
            "status": True,
        },
    )
    assert 200 == revoked.status_code
    any_site.clock.move(seconds=31)
    assert Outcome.NOT_VERIFIED is any_site.judge(credential).outcome


def test_a_credential_without_a_link(site: Site) -> None:
    """Nobody gets a link that was not asked for."""
    answer = site.complete(share=False)

    assert "share" not in answer


def test_the_learners_facets_decide(site: Site) -> None:
    """What was switched off is not in the credential."""
    answer = site.complete("01", hours=False, nameForm="none", location="none")

    text = site.get(f"{answer['share']['url']}.json").get_data(as_text=True)
    assert "PT22H" not in text
    assert "Okafor" not in text


@pytest.mark.parametrize("consent", [None, {"given": False}])
def test_without_consent_it_is_an_offer(site: Site, consent: JsonObject | None) -> None:
    """202: nothing is signed before the learner says yes; later consent issues it."""
    body: JsonObject = {"record": submission("01"), "share": True}
    if consent is not None:
        body["learnerConsent"] = consent
    response = site.post("/completions", body)
    again = site.post("/completions", body)

    assert (202, "offered") == (response.status_code, json_of(response)["state"])
    assert json_of(response)["offerId"] == json_of(again)["offerId"]
    assert "Location" not in response.headers
    assert 201 == site.post("/completions", completion("01")).status_code


def test_a_key_stands_for_an_offer_too(site: Site) -> None:
    """The first answer again for the same body, 422 for another one."""
    one, two = ({"record": submission(name)} for name in ("01", "02"))
    first = site.post("/completions", one, Idempotency_Key="k")
    again = site.post("/completions", one, Idempotency_Key="k")
    other = site.post("/completions", two, Idempotency_Key="k")

    assert (202, 202) == (first.status_code, again.status_code)
    assert json_of(first) == json_of(again)
    assert (422, "IDEMPOTENCY_CONFLICT") == (other.status_code, problem_code(other))


def test_without_attestation_the_host_is_asked(site: Site) -> None:
    """202, although the learner agreed."""
    body = completion("01")
    body["record"]["attestations"] = []

    response = site.post("/completions", body)

    assert (202, "attestationRequested") == (response.status_code, json_of(response)["state"])
    assert "H303" in {item["code"] for item in json_of(response)["warnings"]}


def test_a_question_to_the_host_holds_a_record(site: Site) -> None:
    """202 held, with the codes that say what is missing."""
    body = completion("04")
    del body["record"]["engagement"]["compensation"]["unpaidBasis"]

    response = site.post("/completions", body)

    assert (202, "held") == (response.status_code, json_of(response)["state"])
    assert "H301" in {item["code"] for item in json_of(response)["warnings"]}


def test_the_same_record_again_is_the_same_credential(site: Site) -> None:
    """By meaning: the platform's number and the content, however the JSON is written."""
    first = site.complete()
    site.clock.move(days=3)
    turned = dict(reversed(completion().items()))

    again = site.post("/completions", turned)

    assert 201 == again.status_code
    assert first == json_of(again)


def test_other_content_of_an_issued_record_is_a_conflict(site: Site) -> None:
    """409, which says how to correct it; the credential stays as it was."""
    first = site.complete()
    changed = completion()
    changed["record"]["engagement"]["title"] = "Another title"

    response = site.post("/completions", changed)

    assert (409, "ALREADY_ISSUED") == (response.status_code, problem_code(response))
    assert "supersede" in json_of(response)["detail"]
    assert first == json_of(site.post("/completions", completion()))


def test_two_tenants_may_send_the_same_record(site: Site) -> None:
    """A platform's number belongs to its tenant."""
    ours = site.complete()

    theirs = json_of(site.post("/completions", completion(), key="theirs"))

    assert ours["credentialId"] != theirs["credentialId"]
    assert site.issuers["theirs"].did == theirs["verifiableCredential"]["issuer"]["id"]


def test_an_idempotency_key_used_with_another_body_is_refused(site: Site) -> None:
    """422: one key is one request."""
    site.post("/completions", completion("01"), Idempotency_Key="k1")

    response = site.post("/completions", completion("02"), Idempotency_Key="k1")

    assert (422, "IDEMPOTENCY_CONFLICT") == (response.status_code, problem_code(response))
    assert 201 == site.post("/completions", completion("02"), Idempotency_Key="k2").status_code
    theirs = site.post("/completions", completion("02"), key="theirs", Idempotency_Key="k1")
    assert 201 == theirs.status_code


def test_a_malformed_idempotency_key_is_400(site: Site) -> None:
    """Before anything is stored."""
    before = stored_rows(site)

    response = site.post("/completions", completion(), Idempotency_Key="x" * 201)

    assert (400, "MALFORMED_VALUE_ERROR") == (response.status_code, problem_code(response))
    assert before == stored_rows(site)


def _without(name: str, *path: str) -> JsonObject:
    body = completion()
    holder = body["record"]
    for part in path:
        holder = holder[part]
    del holder[name]
    return body


def _with(value: object, *path: str) -> JsonObject:
    body = completion()
    holder = body
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return body


REFUSED: dict[str, tuple[JsonObject, tuple[str, str]]] = {
    "unknown member of the record": (_with(480, "record", "salary"), ("E115", "/salary")),
    "unknown member deep inside": (
        _with("1990", "record", "learner", "birthDate"),
        ("E115", "/learner/birthDate"),
    ),
    "unknown member of the request": (_with(1, "tenant"), ("E115", "/tenant")),
    "unknown facet": (
        _with({"photo": True}, "learnerConsent", "facets"),
        ("E115", "/disclosure/photo"),
    ),
    "missing member": (_without("title", "engagement"), ("E101", "/engagement/title")),
    "no record at all": (_with({}, "record"), ("E101", "/learner")),
    "a date that does not exist": (
        _with("2026-02-30", "record", "engagement", "endDate"),
        ("E102", "/engagement/endDate"),
    ),
    "a date of another form": (
        _with("03/04/2026", "record", "engagement", "startDate"),
        ("E102", "/engagement/startDate"),
    ),
    "end before start": (
        _with("2026-03-01", "record", "engagement", "endDate"),
        ("E103", "/engagement/endDate"),
    ),
    "end after arrival": (
        _with("2026-12-09", "record", "engagement", "endDate"),
        ("E113", "/engagement/endDate"),
    ),
    "a word of no list": (
        _with("gig", "record", "engagement", "form"),
        ("E109", "/engagement/form"),
    ),
    "no adult": (
        _with(False, "record", "learner", "adultConfirmed"),
        ("E110", "/learner/adultConfirmed"),
    ),
    "damaged letters": (
        _with("Caf\ufffd rota", "record", "engagement", "title"),
        ("E114", "/engagement/title"),
    ),
    "another kind of value": (_with([1], "record", "host"), ("E116", "/host")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_record_that_the_rules_refuse_is_422_and_leaves_nothing(site: Site, case: str) -> None:
    """With code and place, and not one row."""
    body, expected = REFUSED[case]
    before = stored_rows(site)

    response = site.post("/completions", body)

    assert expected in findings(response)
    assert before == stored_rows(site)


def test_findings_do_not_repeat_private_values(site: Site) -> None:
    """Answers get logged."""
    body = _with("nobody at nowhere", "record", "learner", "name", "full")
    body["record"]["learner"]["identifiers"][0]["value"] = "secret-number@"

    response = site.post("/completions", body)

    assert 422 == response.status_code
    assert "secret-number" not in response.get_data(as_text=True)


MALFORMED: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "PARSING_ERROR"),
    "two members of one name": (b'{"record": {}, "record": {}}', "PARSING_ERROR"),
    "NaN": (b'{"record": NaN}', "PARSING_ERROR"),
    "a list": (b"[]", "PARSING_ERROR"),
    "empty": (b"", "PARSING_ERROR"),
    "not UTF-8": (b'{"record": "\xff"}', "PARSING_ERROR"),
    "NUL": (b'{"record": "\\u0000"}', "PARSING_ERROR"),
    "half a character": (b'{"record": "\\ud800"}', "PARSING_ERROR"),
    "too deep": (b'{"record": ' + b"[" * 70 + b"]" * 70 + b"}", "LIMIT_EXCEEDED"),
    "record is a text": (b'{"record": "x"}', "MALFORMED_VALUE_ERROR"),
    "no record": (b"{}", "MALFORMED_VALUE_ERROR"),
    "consent is a text": (b'{"record": {}, "learnerConsent": "yes"}', "MALFORMED_VALUE_ERROR"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_body_is_400_and_leaves_nothing(site: Site, case: str) -> None:
    """On every route that takes a body."""
    body, code = MALFORMED[case]
    before = stored_rows(site)
    headers = site.bearer("all") | {"Content-Type": "application/json"}

    response = site.client.post("/completions", data=body, headers=headers)

    assert (400, code) == (response.status_code, problem_code(response))
    assert before == stored_rows(site)


def test_consent_of_tomorrow_is_refused(site: Site) -> None:
    """Nobody agrees in advance of the call."""
    tomorrow = format_instant(START + timedelta(days=1))
    body = completion() | {"learnerConsent": AGREED | {"at": tomorrow}}

    response = site.post("/completions", body)

    assert (400, "RANGE_ERROR") == (response.status_code, problem_code(response))
    assert "/learnerConsent/at" == json_of(response)["pointer"]


@pytest.mark.parametrize(
    "path",
    [
        "/completions",
        "/imports/gigbridge-1",
        "/credentials/issue",
        "/issuers/ours/credentials/issue",
        "/credentials/status",
    ],
)
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_other_content_is_415(site: Site, path: str, content_type: str) -> None:
    """A form on somebody's page cannot post here."""
    headers = site.bearer("all") | {"Content-Type": content_type}

    response = site.client.post(path, data=b"{}", headers=headers)

    assert (415, "UNSUPPORTED_MEDIA_TYPE") == (response.status_code, problem_code(response))


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/completions", 262_144),
        ("/imports/gigbridge-1", 5_242_880),
        ("/credentials/issue", 1_114_112),
        ("/credentials/status", 16_384),
    ],
)
def test_more_than_the_bound_is_413(site: Site, path: str, most: int) -> None:
    """Each route has its own."""
    body = b'{"x": "' + b"a" * most + b'"}'
    headers = site.bearer("all") | {"Content-Type": "application/json"}

    response = site.client.post(path, data=body, headers=headers)

    assert (413, "TOO_LARGE") == (response.status_code, problem_code(response))


def test_a_bigger_record_than_any_honest_one_is_refused(site: Site) -> None:
    """Within the bytes, but with too many values."""
    body = completion()
    body["record"]["evidence"] = [{"name": "x"}] * 10_000

    response = site.post("/completions", body)

    assert 422 == response.status_code
