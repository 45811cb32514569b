"""All twelve examples through the service, as platforms send them; then what their stories say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.example_records import EXAMPLES, example_record
from tests.issuer.web.site import AGREED, Site, json_of, submission
from verifier.errors import Code
from verifier.report import Outcome
from verifier.strict_json import JsonObject


def body_of(name: str, **members: Any) -> JsonObject:
    """An example with its own choices, and with its own id where a later record names it."""
    choices = {"facets": example_record(name)["disclosure"]}
    record = submission(name) | members
    return {"record": record, "learnerConsent": AGREED | choices, "share": True}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_comes_out_verified(any_site: Site, name: str) -> None:
    """With the learner's consent and the host's word nothing is left to wait for."""
    answer = any_site.post("/completions", body_of(name))

    assert 201 == answer.status_code, answer.get_data(as_text=True)
    issued = json_of(answer)
    assert any_site.is_verified(issued["verifiableCredential"])
    shared = json_of(any_site.get(f"{issued['share']['url']}.json"))
    assert (issued["verifiableCredential"], "issued") == (
        shared["verifiableCredential"],
        shared["state"],
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_waits_for_its_learner(site: Site, name: str) -> None:
    """Without consent each is offered, and nothing is signed."""
    body = body_of(name) | {"learnerConsent": {"given": False}}

    answer = site.post("/completions", body)

    assert (202, "offered") == (answer.status_code, json_of(answer)["state"])


def change(site: Site, credential_id: str, purpose: str, value: bool, **reason: str) -> None:
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
    body = {"credentialId": credential_id, "credentialStatus": entry, "status": value, **reason}
    answer = site.post("/credentials/status", body, key="theirs")
    assert 200 == answer.status_code, answer.get_data(as_text=True)
    site.clock.move(seconds=60)


def test_the_wrong_person(site: Site) -> None:
    """Example 10: issued, shared, on hold while somebody looks, withdrawn for good. The reason is
    told to nobody."""
    issued = json_of(site.post("/completions", body_of("10"), key="theirs"))
    document, link = issued["verifiableCredential"], issued["share"]["url"]
    seen = []
    for purpose, reason in (("", ""), ("suspension", "underReview"), ("revocation", "wrongPerson")):
        if purpose:
            change(site, issued["credentialId"], purpose, True, reason=reason)
        shared = site.get(f"{link}.json")
        assert b"wrongPerson" not in shared.data
        assert b"wrongPerson" not in site.get(link).data
        report = site.judge(document)
        seen.append((report.outcome, [it.code for it in report.problems], json_of(shared)["state"]))

    assert [
        (Outcome.VERIFIED, [], "issued"),
        (Outcome.NOT_VERIFIED, [Code.SUSPENDED], "underReview"),
        (Outcome.NOT_VERIFIED, [Code.REVOKED, Code.SUSPENDED], "withdrawn"),
    ] == [(outcome, sorted(codes), state) for outcome, codes, state in seen]


def test_the_corrected_record(site: Site) -> None:
    """Example 12 replaces an earlier record: the old link leads to the new credential, and a copy
    of the old one is withdrawn."""
    earlier = body_of("12", recordId=example_record("12")["supersedes"])
    earlier["record"]["source"]["platformRecordId"] = "an-earlier-one"
    del earlier["record"]["supersedes"]
    old = json_of(site.post("/completions", earlier))
    site.clock.move(seconds=60)

    new = json_of(site.post("/completions", body_of("12")))

    site.clock.move(seconds=60)
    shared = json_of(site.get(f"{old['share']['url']}.json"))
    assert (new["verifiableCredential"], "issued") == (
        shared["verifiableCredential"],
        shared["state"],
    )
    assert site.is_verified(new["verifiableCredential"])
    report = site.judge(old["verifiableCredential"])
    assert [Code.REVOKED] == [it.code for it in report.problems]
