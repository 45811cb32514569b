"""``POST /imports/{profile}``: a platform's own payload, row by row."""

from __future__ import annotations

import pytest

from tests.example_records import read_data
from tests.issuer.web.site import AGREED, Site, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from verifier.strict_json import JsonObject

PATH = "/imports/gigbridge-1"


def payload() -> JsonObject:
    """What the marketplace exports: four projects, each of another kind."""
    return read_data("platforms", "gigbridge-completions.json")


def order(**members: object) -> JsonObject:
    return {"payload": payload(), "learnerConsent": AGREED, "share": True} | members


def by_record(rows: list[JsonObject]) -> dict[str, JsonObject]:
    return {row["record"]: row for row in rows}


def test_every_row_has_its_outcome(site: Site) -> None:
    """Two are issued, one is held, one is refused; one bad row stops nothing."""
    response = site.post(PATH, order())

    answer = json_of(response)
    assert 200 == response.status_code
    assert answer["dryRun"] is False
    expected = read_data("platforms", "expected.json")["results"]["gigbridge-completions.json"]
    found = {row["record"]: row["disposition"] for row in answer["rows"]}
    assert {row["record"]: row["disposition"] for row in expected} == found
    states = {row["record"]: row.get("state") for row in answer["rows"]}
    assert {
        "GB-48213": "issued",
        "GB-48377": "issued",
        "GB-48401": None,
        "GB-48460": "held",
    } == states
    issued = by_record(answer["rows"])["GB-48213"]
    assert site.is_verified(issued["verifiableCredential"])
    assert 200 == site.get(issued["share"]["url"]).status_code


def test_a_dry_run_stores_nothing(site: Site) -> None:
    """The same outcomes, not one row, no credential."""
    before = stored_rows(site)

    response = site.post(f"{PATH}?dryRun=1", order())

    assert json_of(response)["dryRun"] is True
    assert {"accepted-with-warnings", "held", "refused"} == {
        row["disposition"] for row in json_of(response)["rows"]
    }
    assert all("state" not in row for row in json_of(response)["rows"])
    assert before == stored_rows(site)


def test_a_repeated_import_gives_the_same_credentials(site: Site) -> None:
    """By meaning, and by the caller's key."""
    first = json_of(site.post(PATH, order(), Idempotency_Key="k"))
    site.clock.move(hours=1)

    assert first == json_of(site.post(PATH, order(), Idempotency_Key="k"))
    assert first == json_of(site.post(PATH, order()))


def test_another_payload_under_the_same_key_is_refused(site: Site) -> None:
    """As a whole: not one row of the second payload is looked at under the key of the first."""
    site.post(PATH, order(), Idempotency_Key="k")
    before = stored_rows(site)
    changed = payload()
    changed["projects"][0]["project_id"] = "GB-1"

    response = site.post(PATH, order(payload=changed), Idempotency_Key="k")

    assert (422, "IDEMPOTENCY_CONFLICT") == (response.status_code, problem_code(response))
    assert before == stored_rows(site)


def test_changed_content_of_one_row_is_a_conflict_of_that_row(site: Site) -> None:
    """The others are as before."""
    site.post(PATH, order())
    changed = payload()
    changed["projects"][0]["title"] = "Another title"

    rows = by_record(json_of(site.post(PATH, order(payload=changed)))["rows"])

    assert rows["GB-48213"]["problem"]["type"].endswith("/problems/ALREADY_ISSUED")
    assert 409 == rows["GB-48213"]["problem"]["status"]
    assert "issued" == rows["GB-48377"]["state"]


def test_without_consent_rows_become_offers(site: Site) -> None:
    """Nothing is signed."""
    body = order()
    del body["learnerConsent"]

    rows = by_record(json_of(site.post(PATH, body))["rows"])

    assert "offered" == rows["GB-48213"]["state"]
    assert "verifiableCredential" not in rows["GB-48213"]


def test_private_comments_and_amounts_are_nowhere(site: Site) -> None:
    """Not in the answer, not in the store: they were never read."""
    response = site.post(PATH, order())

    text = response.get_data(as_text=True)
    stored = "".join(_texts(site))
    for hidden in ("Could speak up sooner", "48000", "would_hire_again", "dana@"):
        assert hidden not in text
        assert hidden not in stored


def _texts(site: Site) -> list[str]:
    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        record = unit.records.of_platform("https://gigbridge.example/", "GB-48213")
        found = [] if record is None else [record.document]
        found += [row.signed or "" for row in unit.issuances.of_record(record.id)] if record else []
    assert 2 == len(found)
    return found


@pytest.mark.parametrize("name", ["nothing-1", "gigbridge", "..%2fgigbridge-1", "x" * 3000])
def test_an_unknown_profile_is_404(site: Site, name: str) -> None:
    """Profiles are looked up among those that are installed."""
    assert 404 == site.post(f"/imports/{name}", order()).status_code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MALFORMED_VALUE_ERROR"),
        ({"payload": []}, "MALFORMED_VALUE_ERROR"),
        ({"payload": {}}, "MALFORMED_VALUE_ERROR"),
        ({"payload": {"projects": {}}}, "MALFORMED_VALUE_ERROR"),
    ],
)
def test_a_payload_without_rows_is_400(site: Site, body: JsonObject, code: str) -> None:
    """There is nothing to answer row by row."""
    response = site.post(PATH, body)

    assert (400, code) == (response.status_code, problem_code(response))


def test_unknown_members_are_e115(site: Site) -> None:
    """Around the payload; inside it belongs to the platform."""
    response = site.post(PATH, order(tenant="other"))

    assert (422, "RECORD_REFUSED") == (response.status_code, problem_code(response))


def test_an_unclear_dry_run_is_refused(site: Site) -> None:
    """A guess would import for real."""
    before = stored_rows(site)

    response = site.post(f"{PATH}?dryRun=true", order())

    assert 400 == response.status_code
    assert before == stored_rows(site)


def test_an_empty_export_is_no_error(site: Site) -> None:
    """No rows, no outcomes."""
    response = site.post(PATH, order(payload=payload() | {"projects": []}))

    assert (200, []) == (response.status_code, json_of(response)["rows"])
