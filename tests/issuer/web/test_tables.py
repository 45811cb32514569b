"""``POST /imports/{profile}`` with a table, and every example payload over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuer.store import open_store
from tests.issuer.platforms.payloads import (
    CAREER_CENTRE,
    IMPORTED_AT,
    PAYLOADS,
    Payload,
    table,
)
from tests.issuer.web.site import AGREED, Site, json_of, open_site, problem_code
from tests.issuer.web.stored import stored_rows
from tests.issuer.web.uploads import PATH, send_form, send_table, table_of
from verifier.strict_json import JsonObject, parse_json

CONSENT = {"given": True, "at": "2026-05-15T09:00:00Z", "facets": {}}


@pytest.fixture
def in_may(tmp_path: Path) -> Iterator[Site]:
    """A deployment on the day on which the examples were imported."""
    database = f"sqlite:///{tmp_path / 'may.db'}"
    store = open_store(database)
    yield open_site(store, database, tmp_path / "may-keys", start=IMPORTED_AT)
    store.close()


def send(site: Site, payload: Payload, *, dry: bool) -> JsonObject:
    """An example payload in the form that its profile takes: the answer."""
    path = f"/imports/{payload.profile}{'?dryRun=1' if dry else ''}"
    if payload.file.endswith(".csv"):
        response = send_form(site, payload.data(), path=path, consent=CONSENT)
    else:
        body = {"payload": parse_json(payload.data()), "learnerConsent": CONSENT}
        response = site.post(path, body)
    assert 200 == response.status_code, response.get_data(as_text=True)
    return json_of(response)


def told(row: JsonObject, payload: Payload) -> JsonObject:
    record = f"row {row['row']}: {row['record']}" if payload is CAREER_CENTRE else row["record"]
    return {"record": record, "disposition": row["disposition"], "codes": row["codes"]}


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.file)
@pytest.mark.parametrize("dry", [True, False], ids=["dry", "real"])
def test_every_example_ends_as_expected(in_may: Site, payload: Payload, dry: bool) -> None:
    """Row by row, codes and dispositions; nothing is stored on a dry run."""
    before = stored_rows(in_may)

    answer = send(in_may, payload, dry=dry)

    assert payload.expected() == [told(row, payload) for row in answer["rows"]]
    assert dry is (before == stored_rows(in_may))


@pytest.mark.parametrize(
    ("payload", "states"),
    [
        (PAYLOADS[0], {"issued": 2, "held": 1}),
        (PAYLOADS[1], {"issued": 3}),
        (PAYLOADS[2], {"attestationRequested": 11, "held": 2}),
    ],
    ids=lambda one: getattr(one, "file", ""),
)
def test_what_is_accepted_goes_its_way(
    in_may: Site, payload: Payload, states: dict[str, int]
) -> None:
    """Issued where somebody vouched; where nobody did, the host is asked. What is issued
    verifies."""
    rows = send(in_may, payload, dry=False)["rows"]

    found = [row["state"] for row in rows if "state" in row]
    assert states == {state: found.count(state) for state in found}
    issued = [row["verifiableCredential"] for row in rows if row.get("state") == "issued"]
    assert all(in_may.is_verified(credential) for credential in issued)


def test_a_file_that_comes_again_issues_nothing_twice(in_may: Site) -> None:
    """Each row tells what became of it, and not one row is written."""
    first = [send(in_may, payload, dry=False) for payload in PAYLOADS]
    before = stored_rows(in_may)

    again = [send(in_may, payload, dry=False) for payload in PAYLOADS]

    assert first == again
    assert before == stored_rows(in_may)


def test_a_file_goes_on_where_it_stopped(in_may: Site) -> None:
    """Half of it first, then all of it: the first half is found, the rest is new."""
    rows = [
        {"record_no": f"CC-{number}", "email": f"p{number}@school.example"} for number in (1, 2)
    ]
    half = json_of(send_table(in_may, table(rows[0])))["rows"]

    whole = json_of(send_table(in_may, table(*rows)))["rows"]

    assert half[0]["offerId"] == whole[0]["offerId"] != whole[1]["offerId"]


def test_a_file_alone_asks_the_people(site: Site) -> None:
    """Without a consent beside it nothing is signed."""
    (row,) = json_of(send_table(site, table({})))["rows"]

    assert ("attestationRequested", 2) == (row["state"], row["row"])
    assert "verifiableCredential" not in row


def test_consent_and_share_are_fields_of_the_form(site: Site) -> None:
    """Each holds what the member of the JSON body holds."""
    good = send_form(site, table({}), fields={"share": "true"})
    refused = [
        send_form(site, table({}), consent={"given": "yes"}),
        send_form(site, table({}), fields={"share": "yes"}),
        send_form(site, table({}), fields={"share": ["true", "false"]}),
        send_form(site, table({}), consent={"given": True, "at": "2030-01-01T00:00:00Z"}),
    ]

    assert 200 == good.status_code
    assert [400] * 4 == [one.status_code for one in refused]


def test_a_field_that_is_not_known_is_e115(site: Site) -> None:
    """As a member that is not known is."""
    response = send_form(site, table({}), fields={"tenant": "1"})

    assert (422, "RECORD_REFUSED") == (response.status_code, problem_code(response))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"file": "not a file"},
        {"sheet": (b"a", "x.csv")},
    ],
)
def test_a_form_has_one_file(site: Site, form: JsonObject) -> None:
    """Named ``file``."""
    response = site.client.post(
        PATH, data=form, headers=site.bearer("all"), content_type="multipart/form-data"
    )

    assert 400 == response.status_code


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        table({}).replace(b"record_no", b"email", 1),
        table({}).replace(b"record_no", b"number", 1),
        table({}).replace(b'"Nguyen, Linh"', b'"Nguyen, Linh'),
        table({}).replace(b"Python", b"Pyt\0on"),
        b"a" * 200 + b"," * 300,
    ],
)
def test_a_damaged_file_is_refused_with_one_sentence(site: Site, data: bytes) -> None:
    """A problem document; nothing is stored, and no row is repeated in it."""
    before = stored_rows(site)

    response = send_table(site, data)

    assert (400, "MALFORMED_VALUE_ERROR") == (response.status_code, problem_code(response))
    assert json_of(response)["detail"].endswith(".")
    assert "Linh" not in response.get_data(as_text=True)
    assert before == stored_rows(site)


def test_the_bounds_of_a_file(site: Site) -> None:
    """5 MB and 10,000 rows; more belong into a job."""
    large = table({}) + b"x" * 5_242_880
    many = table({}) + table({}).partition(b"\r\n")[2].replace(b"CC-1", b"CC-2") * 10_000

    assert 413 == send_table(site, large).status_code
    assert 413 == send_form(site, large).status_code
    assert (len(many) < 5_242_880, 400) == (True, send_table(site, many).status_code)


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "text/csv; charset=latin-1", "application/vnd.ms-excel"],
)
def test_a_table_comes_as_one(site: Site, content_type: str) -> None:
    """In UTF-8, as text/csv or in a form."""
    response = send_table(site, table({}), Content_Type=content_type)

    assert (415, "UNSUPPORTED_MEDIA_TYPE") == (response.status_code, problem_code(response))


def test_a_table_is_not_taken_by_a_profile_of_json(site: Site) -> None:
    """Nor a form."""
    path = "/imports/gigbridge-1"

    assert [415, 415] == [
        send_table(site, table({}), path=path).status_code,
        send_form(site, table({}), path=path).status_code,
    ]


def test_one_key_stands_for_one_file(site: Site) -> None:
    """However the client divides its form; another file under the key is a conflict."""
    first, again = (json_of(send_form(site, table({}), Idempotency_Key="k")) for _ in range(2))
    other = send_form(site, table({"record_no": "CC-2"}), Idempotency_Key="k")

    assert first == again
    assert (422, "IDEMPOTENCY_CONFLICT") == (other.status_code, problem_code(other))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode),
    kind=st.sampled_from(["text/csv", "multipart/form-data; boundary=b", "multipart/form-data"]),
    around=st.booleans(),
)
def test_no_body_is_a_fault_of_ours(site: Site, data: bytes, kind: str, around: bool) -> None:
    """Whatever arrives where a table is expected: refused in one form, and nothing is stored."""
    before = stored_rows(site)
    if around:
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        data = head + data + b"\r\n--b--\r\n"

    response = send_table(site, data, Content_Type=kind)

    assert response.status_code in (400, 413, 415)
    assert problem_code(response)
    assert before == stored_rows(site)


def test_a_table_is_kept_on_each_database(any_site: Site) -> None:
    """The same on SQLite and on PostgreSQL: kept once, found again."""
    first, again = (json_of(send_form(any_site, table({}))) for _ in range(2))

    assert first == again
    assert "attestationRequested" == first["rows"][0]["state"]


# --- the rows that somebody must mend -------------------------------------------------------


def bad_rows(site: Site, data: bytes) -> list[dict[str, str]]:
    return table_of(send_table(site, data, path=f"{PATH}?dryRun=1", Accept="text/csv"))


def test_the_bad_rows_come_back_with_what_to_fix(in_may: Site) -> None:
    """Refused and held ones alone, as they were written, with one more column."""
    rows = bad_rows(in_may, CAREER_CENTRE.data())

    expected = [
        one["record"].rpartition(" ")[2]
        for one in CAREER_CENTRE.expected()
        if one["disposition"] in ("held", "refused")
    ]
    assert expected == [row["record_no"] for row in rows]
    april = next(row for row in rows if row["record_no"] == "CC-2026SP-0009")
    assert ("31/04/2026", "Walker, Tom") == (april["start"], april["student_name"])
    assert april["what to fix"].startswith("start: The date cannot be read")


def test_a_ragged_row_comes_back_with_its_place(site: Site) -> None:
    """As it was written, where no column is guarded."""
    data = table({}, {"record_no": "CC-2"}).replace(b"CC-2,", b"CC-2,more,")

    (row,) = bad_rows(site, data)

    assert ("CC-2", "more") == (row["record_no"], row["student_name"])
    assert row["what to fix"].startswith("Row 3 of the file that was sent. This row has 23 cells")


def test_a_mended_file_can_be_sent_as_it_is(site: Site) -> None:
    """The last column is passed over, and the next answer has it once."""
    response = send_table(
        site, table({"start": "2026-03-02"}), path=f"{PATH}?dryRun=1", Accept="text/csv"
    )

    mended = response.data.replace(b"2026-03-02", b"03/02/2026")
    assert "refused" not in json_of(send_table(site, mended))["summary"]
    assert ["what to fix"] == [name for name in bad_rows(site, response.data)[0] if "fix" in name]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(site: Site, sign: str) -> None:
    """Each gets an apostrophe, the header too; sent again it is what it was."""
    cell = f"{sign}HYPERLINK(1)"
    data = table({"project_title": f'"{cell}"', "start": "x"}).replace(b"term,", b"=term,", 1)

    (row,) = bad_rows(site, data)

    assert f"'{cell}" == row["project_title"]
    assert "'=term" in row
    again = send_table(site, data, path=f"{PATH}?dryRun=1", Accept="text/csv").data
    assert row == bad_rows(site, again)[0]


def test_a_table_of_bad_rows_is_for_dry_runs_of_tables(site: Site) -> None:
    """Elsewhere 406 before anything is done, unless JSON will do as well."""
    before = stored_rows(site)
    body = {"payload": {"projects": []}, "learnerConsent": AGREED}

    refused = [
        send_table(site, table({}), Accept="text/csv"),
        site.post("/imports/gigbridge-1?dryRun=1", body, Accept="text/csv"),
    ]

    assert [406, 406] == [one.status_code for one in refused]
    assert before == stored_rows(site)
    assert 200 == send_table(site, table({}), Accept="text/csv, application/json;q=0.1").status_code
