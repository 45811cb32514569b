"""What is not shown cannot be found: facets, consent and the rules that no choice overrides."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from issuer.projection import project
from issuer.record import Record, parse_record
from tests.example_records import EXAMPLES, example_record
from tests.issuer.projection.test_worked_examples import ISSUER, SALT, STATUS, projected
from verifier.strict_json import JsonObject

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)

HIDDEN_MEMBERS = (
    "/outcome/internalEndedBy",
    "/evaluations",
    "/endorsements",
    "/academicCredit",
    "/school",
    "/lifecycle",
    "/supersedes",
    "/supervisor/checkIns",
    "/supervisor/role",
    "/engagement/modality/region",
    "/engagement/compensation/payFloor/policy",
    "/engagement/compensation/payFloor/checkedBy",
    "/engagement/compensation/unpaidBasis/checklist",
    "/source/receivedAt",
    "/source/mappingProfile",
    "/attestations/0/statement",
)
"""Members that stay with the issuer."""


def project_changed(name: str, **facets: Any) -> JsonObject:
    """The projection of an example with other disclosure choices."""
    document = example_record(name)
    document["disclosure"].update(facets)
    return project_document(document)


def project_document(document: JsonObject) -> JsonObject:
    return project_record(parse_record(document, received_at=NOW))


def project_record(record: Record) -> JsonObject:
    return project(
        record,
        credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
        issuer=ISSUER,
        valid_from=NOW,
        awarded=NOW,
        status=(STATUS,),
        salt=lambda: SALT,
    )


def work_record(credential: JsonObject) -> JsonObject:
    found: JsonObject = credential["evidence"][0]["microInternship"]
    return found


def identity(credential: JsonObject) -> dict[str, str]:
    """Identity type -> shown value."""
    objects = credential["credentialSubject"].get("identifier", [])
    return {one["identityType"]: one["identityHash"] for one in objects}


def without(value: Any, *path: str) -> Any:
    """A copy of ``value`` without the member at ``path``, where there is one."""
    name, *rest = path
    if isinstance(value, list):
        return [without(item, *rest) if str(at) == name else item for at, item in enumerate(value)]
    if not isinstance(value, dict) or name not in value:
        return value
    kept = {key: member for key, member in value.items() if key != name}
    return kept | {name: without(value[name], *rest)} if rest else kept


def unchecked(document: JsonObject) -> Record:
    """A record as if it had been read: hidden members may be missing here."""
    return Record(
        document=document,
        record_id=document["recordId"],
        platform_id=document["platform"]["id"],
        platform_record_id=document["source"]["platformRecordId"],
        content_hash="",
    )


@pytest.mark.parametrize("pointer", HIDDEN_MEMBERS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_stays_with_the_issuer_changes_nothing(name: str, pointer: str) -> None:
    """Without a hidden member the credential is the same: left out and not so look alike."""
    document = example_record(name)
    lacking = without(document, *pointer.split("/")[1:])

    assert project_record(unchecked(lacking)) == project_record(unchecked(document))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_records_own_numbers_are_in_no_credential(name: str) -> None:
    """Neither the record's id nor the platform's number is told, only UUIDs made from them."""
    document = example_record(name)

    text = json.dumps(projected(name))

    assert document["recordId"] not in text
    assert document["source"]["platformRecordId"] not in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_identifier_is_in_clear(name: str) -> None:
    """E-mail addresses, school numbers and system numbers are in no credential."""
    document = example_record(name)
    values = {one["value"] for one in document["learner"]["identifiers"] if one["type"] != "did"}

    credential = json.dumps(projected(name), ensure_ascii=False)

    assert {value for value in values if value in credential} == set()


def test_the_trial_that_ended_tells_nothing_of_its_end() -> None:
    """One day of five, months only, place hidden: no day, no length, no hours, no place."""
    credential = json.dumps(projected("02"), ensure_ascii=False)

    hidden = {"2026-04-13", "P5D", "PT7H30M", "7 h", "Dundee", "Scotland", "Europe/London",
              "trialEndedEarly", "notRecorded", "ended early"}  # fmt: skip
    assert {word for word in hidden if word in credential} == set()
    assert work_record(projected("02"))["period"] == "2026-04"


def test_a_trial_that_ended_and_one_that_ran_are_told_alike() -> None:
    """With the trial outcome off the two have the same members and the same sentences."""
    ended, ran = example_record("02"), example_record("02")
    ran["outcome"] = {"status": "completed", "offerMade": True, "convertedToHire": True}

    assert project_document(ended) == project_document(ran)


def test_a_trial_that_ended_early_never_tells_its_length() -> None:
    """Even with the trial outcome on: the planned length would tell that it was cut short."""
    document = example_record("02")
    document["outcome"]["offerMade"] = True
    document["disclosure"].update(trialOutcome=True, dates="day", hours=True)

    trial = work_record(project_document(document))["trial"]

    assert trial == {"type": ["TrialTerms"], "freeToLeave": True, "paidForTimeWorked": True}


def test_the_outcome_of_a_full_trial_is_told_where_the_learner_says_so() -> None:
    """Length, offer and hire come together, in the members and in the words."""
    entry = projected("03")["evidence"][0]

    trial = entry["microInternship"]["trial"]

    assert (trial["plannedLength"], trial["offerMade"], trial["convertedToHire"]) == (
        "P5D",
        True,
        True,
    )
    assert "The trial of 5 days ran in full." in entry["narrative"]
    assert "plannedLength" not in json.dumps(project_changed("03", trialOutcome=False))


@pytest.mark.parametrize(
    ("name", "dates", "period"),
    [
        ("01", "month", "2026-03"),
        ("01", "year", "2026"),
        ("04", "month", ["2026-02", "2026-05"]),
        ("07", "year", ["2025", "2026"]),
    ],
)
def test_months_and_years_replace_days_everywhere(
    name: str, dates: str, period: str | list[str]
) -> None:
    """No day is left: not in Open Badges' dates, the words, or the attestation."""
    document = example_record(name)
    days = {document["engagement"][member] for member in ("startDate", "endDate")}

    credential = project_changed(name, dates=dates)

    text = json.dumps(credential)
    assert work_record(credential)["period"] == period
    assert not {word for word in (*days, "activityStartDate", "attestedOn") if word in text}


def test_dates_are_noon_and_the_hosts_days() -> None:
    """The civil dates of New Zealand stay the 21st and the 28th for every viewer."""
    credential = projected("11")

    subject = credential["credentialSubject"]
    assert (subject["activityStartDate"], subject["activityEndDate"]) == (
        "2026-09-21T12:00:00Z",
        "2026-09-28T12:00:00Z",
    )
    assert work_record(credential)["attestation"][0]["attestedOn"] == "2026-09-28"


def test_hours_pay_place_ai_and_results_go_when_they_are_switched_off() -> None:
    """Every facet that is off takes its facts out of members and words."""
    credential = project_changed(
        "01", hours=False, compensation=False, location="none", aiAssistance=False, results=False
    )

    text = json.dumps(credential)
    hidden = {"PT22H", "22 h", "fixedFee", "Paid: yes", '"US"', "America/Chicago", "AI help",
              "aiAssistance", "Exceeds expectations"}  # fmt: skip
    assert {word for word in hidden if word in text} == set()


def test_the_town_is_told_only_with_the_locality_facet() -> None:
    """``country`` tells the country, ``locality`` the town too; a region is never told."""
    country = work_record(project_changed("07", location="country"))["modality"]
    locality = work_record(project_changed("07", location="locality"))["modality"]

    assert country == {"type": ["Modality"], "mode": "hybrid", "countryCode": "DE"}
    assert locality == country | {"locality": "Elbtal"}


def test_unpaid_is_never_said() -> None:
    """With the pay facet on, an unpaid project has no word about pay (domain §0, point 2)."""
    credential = json.dumps(project_changed("04", compensation=True))

    hidden = ("compensation", "Paid", "paid", "academicCreditOnly", "primaryBeneficiary")
    assert [word for word in hidden if word in credential] == []


def test_credit_and_the_registrar_stay_out() -> None:
    """A school attests credit in a credential of its own."""
    text = json.dumps(projected("04"))

    hidden = ("LIS 191", "semesterHour", "registrarRecord", "Registrar", "A-")
    assert [word for word in hidden if word in text] == []


@pytest.mark.parametrize(
    ("name", "form", "expected"),
    [
        ("01", "full", "Maya Okafor-Reyes"),
        ("01", "givenAndInitial", "Maya O."),
        ("05", "givenAndInitial", "ليلى ا."),  # noqa: RUF001  an alif
        ("06", "givenAndInitial", None),
        ("01", "none", None),
    ],
)
def test_the_name_is_shown_in_the_chosen_form(name: str, form: str, expected: str | None) -> None:
    """A name that was never told apart is not split to make it shorter: it is left out."""
    assert identity(project_changed(name, nameForm=form)).get("name") == expected


def test_a_withheld_name_is_withheld_in_every_form() -> None:
    """No Latin form and no name hint where the name is not shown in full."""
    text = json.dumps(project_changed("05", nameForm="none"), ensure_ascii=False)

    assert [word for word in ("ليلى", "Layla", "learnerName") if word in text] == []


def test_a_did_makes_the_hash_needless() -> None:
    """With a DID in the credential there is no e-mail hash, even if the address may be shown."""
    document = example_record("03")
    document["learner"]["identifiers"][0]["use"] = "both"

    credential = project_document(document)

    assert set(identity(credential)) == {"name"}
    assert credential["credentialSubject"]["id"] == document["learner"]["identifiers"][1]["value"]


def test_the_hash_is_over_the_normal_form_of_the_address() -> None:
    """The domain in lower case, the rest as given, so that two spellings of one address match."""
    document = example_record("01")
    shouted = example_record("01")
    shouted["learner"]["identifiers"][0]["value"] = "maya.okafor-reyes@STUDENT.Example"

    assert identity(project_document(shouted)) == identity(project_document(document))


def test_the_supervisors_name_needs_two_consents() -> None:
    """The learner's choice alone does not show the supervisor's name."""
    refused = example_record("03")
    refused["supervisor"]["nameConsent"] = False
    refused.pop("endorsements")

    assert work_record(projected("03"))["supervisorName"] == "Tomasz Zieliński"
    assert "Zieliński" not in json.dumps(project_document(refused), ensure_ascii=False)
    assert "Zieliński" not in json.dumps(
        project_changed("03", supervisorName=False), ensure_ascii=False
    )


def test_what_was_not_delivered_is_left_out() -> None:
    """Work in part tells the part that was done, and does not call it completed."""
    credential = projected("12")

    text = json.dumps(credential)
    assert "Counts for shelves A and B" in text
    assert [
        word for word in ("shelves C and D;", "notDelivered", "completed") if word in text
    ] == []
    assert credential["description"] == "Work on a micro-internship for Spoke & Chain Repair."


def test_a_contribution_that_only_the_learner_claims_stays_out() -> None:
    """Somebody else must have confirmed an own part before it is signed."""
    document = example_record("07")
    contribution = document["engagement"]["team"]["contribution"]
    document["engagement"]["team"]["contributionConfirmedBy"] = "learnerOnly"

    assert contribution in json.dumps(projected("07"), ensure_ascii=False)
    assert contribution not in json.dumps(project_document(document), ensure_ascii=False)


@pytest.mark.parametrize("assessed_by", [["learner"], ["automated"], ["learner", "automated"]])
def test_a_skill_that_nobody_else_confirmed_stays_out(assessed_by: list[str]) -> None:
    """Only-learner and only-machine skills belong on a résumé, not in a credential."""
    document = example_record("01")
    document["skills"][0]["assessedBy"] = assessed_by

    assert "Competitor research" not in json.dumps(project_document(document)["credentialSubject"])


def test_only_cleared_evidence_is_listed() -> None:
    """Confidential work and work that the host did not clear are not named."""
    document = example_record("01")
    document["evidence"] += [
        {"name": "Price table", "access": "confidential", "hostCleared": True,
         "url": "https://host.example/prices"},
        {"name": "Raw notes", "access": "onRequest"},
        {"name": "Recording", "access": "onRequest", "hostCleared": True,
         "url": "https://host.example/recording"},
    ]  # fmt: skip

    listed = [(one["name"], one.get("id")) for one in project_document(document)["evidence"][1:]]

    assert listed == [
        ("Six-page brief (public summary)", "https://portfolio.example/maya/refill-brief-summary"),
        ("Recording", None),
    ]


def test_unknown_and_missed_gates_look_the_same() -> None:
    """Only met gates are listed; without any there is no statement at all."""
    document = example_record("12")
    document["quality"]["gates"] = [{"code": "Q3", "result": "notMet"}]

    assert "quality" not in work_record(project_document(document))


def test_two_status_entries_are_a_list_and_none_is_absent() -> None:
    """One entry is one object, as Open Badges wants it; a tenant with suspension gets a list."""
    document = example_record("01")
    record = parse_record(document, received_at=NOW)
    made = [
        project(record, credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
                issuer=ISSUER, valid_from=NOW, awarded=NOW, status=status, salt=lambda: SALT)
        for status in ((), (STATUS,), (STATUS, STATUS))
    ]  # fmt: skip

    assert [one.get("credentialStatus") for one in made] == [None, STATUS, [STATUS, STATUS]]


@pytest.mark.parametrize(
    ("name", "description"),
    [
        ("01", "A completed micro-internship for Full Circle Refill Co."),
        ("02", "A paid trial (reverse micro-internship) for Harbour Helpdesk Ltd."),
        ("05", "تدريب مصغّر مكتمل لدى تعاونية عيش."),
        ("06", "Magang mikro yang telah diselesaikan untuk Kain Lestari."),
    ],
)
def test_the_description_is_in_the_records_language(name: str, description: str) -> None:
    """No description mixes two languages, and none ends in two full stops."""
    assert projected(name)["description"] == description


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr", "id"])
@pytest.mark.parametrize("name", ["01", "02", "12"])
def test_every_kind_of_work_is_described_in_every_language(name: str, language: str) -> None:
    """Completed, a trial, and work in part; a trial that ended early as one that ran in full."""
    document, full = example_record(name), example_record(name)
    document["inLanguage"] = full["inLanguage"] = language
    if name == "02":
        full["outcome"] = {"status": "completed"}

    described, others = (project_document(it)["description"] for it in (document, full))

    assert described == others
    assert document["host"]["name"].rstrip(".") in described
    assert described != document["engagement"]["title"]
    if name != "01":
        whole = ("completed", "abgeschlossen", "completada", "mené à bien", "مكتمل", "diselesaikan")
        assert [] == [word for word in whole if word in described]


def test_a_language_without_a_template_repeats_the_title() -> None:
    """Rather the title twice than a sentence in another language."""
    document = example_record("11")
    document["inLanguage"] = "ja"

    assert project_document(document)["description"] == document["engagement"]["title"]


def test_the_achievement_is_the_same_for_everybody_of_one_project() -> None:
    """Its id comes from platform and project alone (design §10.12)."""
    other = example_record("01")
    other["recordId"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    other["learner"]["name"]["full"] = "Somebody Else"

    achievements = [
        credential["credentialSubject"]["achievement"]["id"]
        for credential in (projected("01"), project_document(other))
    ]

    assert len(set(achievements)) == 1
