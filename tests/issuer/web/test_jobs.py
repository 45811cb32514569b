"""``/jobs``: a file of many rows, from the upload to the last row, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from werkzeug.test import TestResponse

from issuer import jobs, limits
from issuer.errors import IssuerCode, OwnFaultError
from issuer.store.row_security import show_deployment
from issuer.store.tables import JOB_ROWS
from tests.example_records import DATA, read_data
from tests.issuer.web.site import AGREED, Site, completion, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from tests.issuer.web.test_faults import with_keyring
from verifier.strict_json import JsonObject

CSV_PROFILE = "career-centre-csv-1"
CSV_FILE = DATA / "platforms" / "career-centre.csv"


def numbered(number: object, **members: object) -> JsonObject:
    """A completion under a number of its own."""
    body = completion("01", share=False)
    body["record"]["source"]["platformRecordId"] = f"GB-{number}"
    return body | members


def lines(items: Iterable[object]) -> bytes:
    """One JSON document a line."""
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def send(
    site: Site,
    data: bytes,
    *,
    key: str = "all",
    path: str = "/jobs",
    order: object = None,
    **more: str,
) -> TestResponse:
    """POST a file."""
    headers = site.bearer(key) | {name.replace("_", "-"): value for name, value in more.items()}
    text = json.dumps({} if order is None else order)
    return post_form(site, {"order": text.encode(), "file": data}, headers, path)


def post_form(
    site: Site, parts: dict[str, bytes], headers: dict[str, str], path: str = "/jobs"
) -> TestResponse:
    """POST a form, written by hand; the part ``file`` has a name as files have."""
    body = b""
    for name, data in parts.items():
        of_file = '; filename="rows"' if name != "order" else ""
        body += f'--x\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'.encode()
        body += data + b"\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    return site.client.post(path, data=body + b"--x--\r\n", headers=headers | kind)


def begun(site: Site, data: bytes, **how: object) -> str:
    """POST a file that is taken: the path of its job."""
    response = send(site, data, **how)  # type: ignore[arg-type]
    assert 202 == response.status_code, response.get_data(as_text=True)
    return f"/jobs/{json_of(response)['id']}"


def work(site: Site, turns: int = 10_000) -> int:
    """Let a worker take turns until nothing is left; how many rows it worked."""
    done = 0
    for _ in range(turns):
        rows = jobs.take_turn(site.services.office, site.clock)
        if not rows:
            break
        done += rows
    return done


def shown(site: Site, job: str, key: str = "all") -> JsonObject:
    return json_of(site.get(job, key=key))


def rows_of(site: Site, job: str, query: str = "") -> list[JsonObject]:
    found: list[JsonObject] = json_of(site.get(f"{job}/rows{query}", key="all"))["rows"]
    return found


def kept_inputs(site: Site) -> list[int]:
    """The numbers of the rows of which the database still has what was sent."""
    engine = create_engine(site.database)
    try:
        with engine.connect() as connection:
            show_deployment(connection)
            query = select(JOB_ROWS.c.number).where(JOB_ROWS.c.input.is_not(None))
            return sorted(connection.execute(query).scalars())
    finally:
        engine.dispose()


def test_every_line_has_its_outcome(any_site: Site) -> None:
    """Issued, offered, refused, no JSON, no text: one bad row stops no other, and only rows that
    may be tried again keep what was sent."""
    data = (
        lines([numbered(1), numbered(2, learnerConsent={"given": False})])
        + lines([numbered(3, record={"source": {"platformRecordId": "GB-3"}})])
        + b"{not json\n\xff\n\n"
        + lines([numbered(7)])
    )

    job = begun(any_site, data)
    queued = shown(any_site, job)
    worked = work(any_site)

    rows = rows_of(any_site, job)
    progress = shown(any_site, job)
    assert ("queued", 6, 1) == (queued["state"], queued["rows"], queued["done"])
    assert 5 == worked
    assert [(row["row"], row["state"]) for row in rows] == [
        (1, "issued"),
        (2, "offered"),
        (3, "refused"),
        (4, "refused"),
        (5, "refused"),
        (7, "issued"),
    ]
    assert ("finished", 6, 3) == (progress["state"], progress["done"], progress["failed"])
    assert progress["counts"] == {"issued": 2, "offered": 1, "refused": 3}
    assert "GB-3" == rows[2]["record"]
    assert "E101" in rows[2]["codes"]
    assert rows[3]["problem"]["type"].endswith("PARSING_ERROR")
    assert [3, 4] == kept_inputs(any_site)
    found = json_of(any_site.get(rows[5]["location"], key="all"))
    assert any_site.is_verified(found)
    assert "Okafor" not in json.dumps(rows)


def test_a_table_is_mapped_row_by_row(any_site: Site) -> None:
    """As for the whole payload at once; the numbers of the rows are those of the sheet."""
    expected = read_data("platforms", "expected.json")["results"]["career-centre.csv"]
    order = {"profile": CSV_PROFILE, "learnerConsent": AGREED, "share": True}

    job = begun(any_site, CSV_FILE.read_bytes(), order=order)
    work(any_site)

    rows = rows_of(any_site, job)
    wanted = {it["record"].removeprefix("row ").partition(": ")[0]: it for it in expected}
    refused = {number for number, it in wanted.items() if it["disposition"] == "refused"}
    assert "finished" == shown(any_site, job)["state"]
    assert set(wanted) == {str(row["row"]) for row in rows}
    assert refused <= {str(row["row"]) for row in rows if row["state"] == "refused"}
    assert {row["state"] for row in rows} <= {"issued", "refused", "held", "attestationRequested"}
    assert any(row["state"] == "attestationRequested" for row in rows)
    assert [{"code": "E107"}] == [{"code": finding["code"]} for finding in rows[14]["findings"]]


def test_each_line_may_be_a_payload_of_one_row(site: Site) -> None:
    """For profiles of JSON payloads; a line with two rows, or none, is refused alone."""
    payload = read_data("platforms", "gigbridge-completions.json")
    single = [payload | {"projects": [project]} for project in payload["projects"]]
    order = {"profile": "gigbridge-1", "learnerConsent": AGREED}

    job = begun(site, lines([*single, payload, payload | {"projects": []}]), order=order)
    work(site)

    rows = rows_of(site, job)
    states = {row["record"]: row["state"] for row in rows}
    assert ["issued", "issued", "refused", "held", "refused", "refused"] == [
        row["state"] for row in rows
    ]
    assert "issued" == states["GB-48213"]


def test_a_dry_run_issues_nothing(site: Site) -> None:
    """It says what would become of each row; beside the job itself nothing is stored."""
    order = {"profile": CSV_PROFILE, "learnerConsent": AGREED, "dryRun": True}
    before = stored_rows(site)

    job = begun(site, CSV_FILE.read_bytes(), order=order)
    also = begun(site, lines([numbered(1), numbered(2, record={})]), order={"dryRun": True})
    work(site)

    after = stored_rows(site)
    changed = {name for name in after if after[name] != before[name]}
    assert {"jobs", "job_rows", "events", "outbox"} >= changed
    assert shown(site, job)["dryRun"]
    assert {"accepted", "refused", "held"} >= {row["state"] for row in rows_of(site, job)}
    assert ["accepted", "refused"] == [row["state"] for row in rows_of(site, also)]


def test_a_job_is_paused_and_resumed(any_site: Site) -> None:
    """In between no row is worked; asking twice changes nothing."""
    job = begun(any_site, lines(numbered(n) for n in range(30)))
    work(any_site, turns=1)

    paused = [json_of(any_site.post(f"{job}/pause", None)) for _ in range(2)]
    while_paused = work(any_site)
    resumed = json_of(any_site.post(f"{job}/resume", None))
    rest = work(any_site)

    assert ["paused", "paused"] == [answer["state"] for answer in paused]
    assert (0, "queued", 5) == (while_paused, resumed["state"], rest)
    assert {"issued": 30} == shown(any_site, job)["counts"]


def test_a_cancelled_job_keeps_what_is_done(any_site: Site) -> None:
    """And forgets what was sent for the rest; it cannot be begun again."""
    job = begun(any_site, lines(numbered(n) for n in range(30)))
    work(any_site, turns=1)

    cancelled = json_of(any_site.post(f"{job}/cancel", None))
    again = [any_site.post(f"{job}/{verb}", None) for verb in ("pause", "resume", "retry")]

    assert ("cancelled", {"issued": 25, "cancelled": 5}) == (
        cancelled["state"],
        cancelled["counts"],
    )
    assert [(409, "JOB_STATE")] * 3 == [(it.status_code, problem_code(it)) for it in again]
    assert 0 == work(any_site)
    assert [] == kept_inputs(any_site)


def test_only_failed_rows_are_tried_again(any_site: Site) -> None:
    """A row that contradicted what was issued is refused again; nothing that is done is redone."""
    changed = numbered(1)
    changed["record"]["engagement"]["title"] = "Another title"
    job = begun(any_site, lines([numbered(1), changed, numbered(2)]))
    work(any_site)
    before = rows_of(any_site, job)

    retried = json_of(any_site.post(f"{job}/retry", None))
    worked = work(any_site)

    assert ["issued", "conflict", "issued"] == [row["state"] for row in before]
    assert before[1]["problem"]["type"].endswith("ALREADY_ISSUED")
    assert "GB-1" == before[1]["record"]
    assert ("queued", 2, 1) == (retried["state"], retried["done"], worked)
    assert before == rows_of(any_site, job)
    assert "finished" == shown(any_site, job)["state"]


def test_a_signer_that_is_away_costs_no_row_anything(site: Site) -> None:
    """The job waits, and goes on when the signer is back."""
    error = OwnFaultError(IssuerCode.SIGNER_UNAVAILABLE, "The signer does not answer.")
    broken = with_keyring(site, error)
    job = begun(site, lines(numbered(n) for n in range(3)))

    away = [jobs.take_turn(broken.services.office, site.clock) for _ in range(2)]
    meanwhile = shown(site, job)
    site.clock.move(seconds=limits.JOB_PUT_OFF_SECONDS)
    work(site)

    assert [3, 0] == away
    assert ("running", 0, 0) == (meanwhile["state"], meanwhile["done"], meanwhile["failed"])
    assert {"issued": 3} == shown(site, job)["counts"]


def test_a_row_at_which_something_unforeseen_breaks_is_its_own(site: Site) -> None:
    """Our fault at one row is told as ours; the others go on, and it may be tried again."""
    broken = with_keyring(site, RuntimeError("Maya Okafor"))
    job = begun(site, lines([numbered(1), numbered(2, record={})]))

    jobs.take_turn(broken.services.office, site.clock)
    failed = rows_of(site, job)
    site.clock.move(seconds=60)
    site.post(f"{job}/retry", None)
    work(site)

    assert ["fault", "refused"] == [row["state"] for row in failed]
    assert 500 == failed[0]["problem"]["status"]
    assert ["issued", "refused"] == [row["state"] for row in rows_of(site, job)]


def test_faults_row_after_row_put_the_job_off(site: Site) -> None:
    """What breaks everything is not tried at every row: places in status lists would be burnt."""
    broken = with_keyring(site, RuntimeError("everything is set up wrongly"))
    job = begun(site, lines(numbered(n) for n in range(10)))

    turns = [jobs.take_turn(broken.services.office, site.clock) for _ in range(2)]
    meanwhile = shown(site, job)
    site.clock.move(seconds=60)
    site.post(f"{job}/retry", None)
    work(site)

    assert [10, 0] == turns
    assert {"fault": limits.JOB_FAULTS, "open": 10 - limits.JOB_FAULTS} == meanwhile["counts"]
    assert {"issued": 10} == shown(site, job)["counts"]


def test_tenants_take_turns(any_site: Site) -> None:
    """Whoever sends ten rows after another has sent a hundred waits for one portion of them."""
    large = begun(any_site, lines(numbered(n) for n in range(100)))
    any_site.clock.move(seconds=1)
    work(any_site, turns=1)
    any_site.clock.move(seconds=1)
    small = begun(any_site, lines(numbered(n) for n in range(10)), key="theirs")
    for _ in range(2):
        any_site.clock.move(seconds=1)
        work(any_site, turns=1)

    assert "finished" == shown(any_site, small, key="theirs")["state"]
    assert 50 == shown(any_site, large)["done"]


def test_a_row_that_ends_its_worker_again_and_again_is_given_up(site: Site) -> None:
    """After twenty claims without a result it is a fault of ours; the others were issued."""
    begun(site, lines([numbered(1)]))
    now = site.clock()
    with site.services.store.deployment() as unit:
        found = unit.next_job(now)
    assert found is not None
    for _ in range(limits.JOB_ROW_TRIES):
        with site.services.store.begin(found[0]) as unit:
            unit.job_lines.claim(found[1], limit=1, lease_until=now, now=now)

    work(site)

    assert ["fault"] == [row["state"] for row in rows_of(site, f"/jobs/{found[1]}")]


def test_the_same_call_has_one_job(any_site: Site) -> None:
    """Under one key; another file with it is refused and leaves nothing."""
    data = lines([numbered(1)])
    first = begun(any_site, data, Idempotency_Key="monday")
    stored = stored_rows(any_site)

    second = begun(any_site, data, Idempotency_Key="monday")
    other = send(any_site, lines([numbered(2)]), Idempotency_Key="monday")

    assert first == second
    assert (422, "IDEMPOTENCY_CONFLICT") == (other.status_code, problem_code(other))
    assert stored == stored_rows(any_site)


def test_a_file_sent_twice_doubles_nothing(site: Site) -> None:
    """Without a key it is another job, whose rows have the credentials that are there."""
    data = lines(numbered(n) for n in range(3))
    first, second = begun(site, data), begun(site, data)

    work(site)

    ids = [[row["credentialId"] for row in rows_of(site, job)] for job in (first, second)]
    assert ids[0] == ids[1]
    assert 3 == stored_rows(site)["issuances"]


@pytest.mark.parametrize(
    ("data", "order", "answer"),
    [
        (b"", {}, (400, "MALFORMED_VALUE_ERROR")),
        (b"\n\n", {}, (400, "MALFORMED_VALUE_ERROR")),
        (b"{" + b" " * limits.JOB_ROW_BYTES + b"}", {}, (400, "MALFORMED_VALUE_ERROR")),
        (b"a,b\n1,2\n", {"profile": CSV_PROFILE}, (400, "MALFORMED_VALUE_ERROR")),
        (b"{}\n", {"profile": "no-such-1"}, (404, "NOT_FOUND")),
        (b"{}\n", {"profile": 1}, (400, "MALFORMED_VALUE_ERROR")),
        (b"{}\n", {"share": True}, (400, "MALFORMED_VALUE_ERROR")),
        (b"{}\n", {"dryRun": "yes"}, (400, "MALFORMED_VALUE_ERROR")),
        (b"{}\n", {"tenant": "theirs"}, (422, "RECORD_REFUSED")),
        (b"{}\n", [], (400, "PARSING_ERROR")),
        (b"{}\n" * (limits.JOB_ROWS + 1), {}, (400, "MALFORMED_VALUE_ERROR")),
    ],
    ids=range(11),
)
def test_what_is_no_job_leaves_nothing(
    site: Site, data: bytes, order: object, answer: tuple[int, str]
) -> None:
    """Refused as a whole, before one row is stored."""
    stored = stored_rows(site)

    response = send(site, data, order=order)

    assert answer == (response.status_code, problem_code(response))
    assert stored == stored_rows(site)


def test_other_forms_are_refused(site: Site) -> None:
    """No form, another part, a part twice, an order that is too long, a file that is too large."""
    key = site.bearer("all")
    answers = [
        site.post("/jobs", {}),
        post_form(site, {"order": b"{}"}, key),
        post_form(site, {"order": b"{}", "rows": b"{}"}, key),
        send(site, b"{}", order={"profile": "x" * limits.JOB_ORDER_BYTES}),
        send(site, b" " * (limits.JOB_BYTES + 2 * limits.JOB_ORDER_BYTES)),
    ]

    assert [(415, "UNSUPPORTED_MEDIA_TYPE"), *[(400, "MALFORMED_VALUE_ERROR")] * 2] == [
        (it.status_code, problem_code(it)) for it in answers[:3]
    ]
    assert [(400, "LIMIT_EXCEEDED"), (413, "TOO_LARGE")] == [
        (it.status_code, problem_code(it)) for it in answers[3:]
    ]


def test_rows_come_in_pages(site: Site) -> None:
    """Each row once, whatever the state that is asked for."""
    items = [numbered(n) if n % 3 else numbered(n, record={}) for n in range(9)]
    job = begun(site, lines(items))
    work(site)

    seen, after = [], ""
    while True:
        response = site.get(f"{job}/rows?limit=2&state=issued{after}", key="all")
        page = json_of(response)
        seen += [row["row"] for row in page["rows"]]
        linked = response.headers.get("Link", "")
        assert (f"after={page['next']}>" in linked) is (page["next"] is not None)
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert [2, 3, 5, 6, 8, 9] == seen
    assert [1, 4, 7] == [row["row"] for row in rows_of(site, job, "?state=failed")]
    for query in ("state=none", "limit=0", "limit=1001", "after=x", "page=2"):
        assert 400 == site.get(f"{job}/rows?{query}", key="all").status_code


def test_failed_rows_as_a_table_hold_no_formula(site: Site) -> None:
    """For people and their spreadsheets."""
    evil = numbered(1, record={"source": {"platformRecordId": '=HYPERLINK("x")'}})
    job = begun(site, lines([evil, numbered(2)]))
    work(site)

    response = site.get(f"{job}/failed.csv", key="all")

    head, row, *rest = response.get_data(as_text=True).split("\r\n")
    assert "text/csv; charset=utf-8" == response.content_type
    assert "row,state,record,codes,columns" == head
    assert row.startswith('1,refused,"\'=HYPERLINK(""x"")",E101')
    assert [""] == rest


def test_jobs_are_their_tenants_alone(site: Site) -> None:
    """For another tenant every address of a job answers as for one that nobody has."""
    job = begun(site, lines([numbered(1)]))

    for method, place in (
        ("GET", ""),
        ("GET", "/rows"),
        ("GET", "/failed.csv"),
        ("POST", "/cancel"),
    ):
        other, nothing = (
            site.client.open(f"{path}{place}", method=method, headers=site.bearer("theirs"))
            for path in (job, "/jobs/0123456789abcdef0123456789abcdef")
        )
        assert 404 == other.status_code
        assert json_of(nothing) == json_of(other)
    assert [] == json_of(site.get("/jobs", key="theirs"))["jobs"]
    assert [job] == [f"/jobs/{it['id']}" for it in json_of(site.get("/jobs", key="all"))["jobs"]]


def test_what_was_sent_is_forgotten(site: Site) -> None:
    """After a week also of rows that failed; then there is nothing to try again."""
    job = begun(site, lines([numbered(1, record={}), numbered(2)]))
    work(site)
    kept = kept_inputs(site)

    early = jobs.forget_inputs(site.services.office, site.clock())
    site.clock.move(days=limits.JOB_INPUT_DAYS + 1)
    in_time = jobs.forget_inputs(site.services.office, site.clock())
    retried = json_of(site.post(f"{job}/retry", None))

    assert [1] == kept
    assert (0, 1) == (early, in_time)
    assert [] == kept_inputs(site)
    assert "finished" == retried["state"]


def test_the_end_of_a_job_is_told(site: Site) -> None:
    """As an event, with counts and no data."""
    begun(site, lines([numbered(1), numbered(2, record={})]))
    work(site)

    events = json_of(site.get("/events?kind=job.finished", key="all"))["events"]

    assert [{"rows": 2, "issued": 1, "failed": 1, "state": "finished"}] == [
        {name: value for name, value in event["data"].items() if name != "jobId"}
        for event in events
    ]


@given(data=st.lists(st.binary(max_size=60), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_whatever_is_in_a_file_it_is_refused_and_no_more(site: Site, data: list[bytes]) -> None:
    """As a whole or row by row; no bytes make the service or a worker fail."""
    response = send(site, b"\n".join(data))
    work(site)

    assert response.status_code in (202, 400)
    if response.status_code == 202:
        progress = shown(site, f"/jobs/{json_of(response)['id']}")
        assert ("finished", {"refused": progress["rows"]}) == (
            progress["state"],
            progress["counts"],
        )
