"""Jobs over HTTP: send a file, see where it stands, pause, go on, try again, give up.

``POST /jobs`` takes ``multipart/form-data`` with two parts: ``order`` (JSON, what holds for every
row) and ``file``, which goes to disk as it comes and from there into rows. It answers 202 once
every row is kept; from then on nothing of it is lost.

Leaves to others: every decision (``issuer.jobs``, ``issuer.job_intake``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, jsonify, make_response

from issuer import jobs, limits
from issuer.callers import Caller, Scope
from issuer.errors import IssuerCode
from issuer.job_intake import parse_wanted, take_in
from issuer.jobs import Progress
from issuer.office import Office
from issuer.platforms.sheet import write_row
from issuer.store.job_rows import FAILED, JobLineRow, JobState, LineState
from issuer.tenants import choose_issuer
from issuer.web.answers import credential_url
from issuer.web.gate import admitted
from issuer.web.paging import link_next
from issuer.web.problems import problem_json, type_url_of
from issuer.web.requests import (
    check_query,
    idempotency_of,
    number_in_query,
    read_file_form,
    word_in_query,
)
from issuer.web.services import services
from verifier.date_time_stamp import format_instant
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, parse_json_object

blueprint: Final = Blueprint("jobs", __name__)

_COLUMNS: Final = ("row", "state", "record", "codes", "columns")

Move = Callable[..., Progress]


@blueprint.post("/jobs")
@blueprint.post("/issuers/<name:issuer_name>/jobs")
def begin(issuer_name: str | None = None) -> Response:
    """A file of many rows."""
    web = services()
    now = web.clock()
    caller = admitted(Scope.ISSUE, now=now)
    issuer = choose_issuer(web.store, caller.tenant_id, issuer_name)
    order, stream, digest = read_file_form(limits.JOB_BYTES, limits.JOB_ORDER_BYTES)
    members = parse_json_object(order, max_bytes=limits.JOB_ORDER_BYTES)
    wanted = parse_wanted(members, catalogue=web.office.catalogue, now=now)
    job_id = take_in(
        web.office,
        caller,
        wanted,
        stream,
        issuer=issuer,
        idempotency=idempotency_of(order + digest),
        now=now,
    )
    response = make_response(
        jsonify(_job_json(jobs.read_progress(web.office, caller, job_id), now))
    )
    response.status_code = 202
    response.headers["Location"] = f"{web.settings.base_url}/jobs/{job_id}"
    return response


@blueprint.get("/jobs")
def newest() -> Response:
    """The last jobs."""
    caller, now = _admitted()
    check_query()
    found = jobs.newest_jobs(services().office, caller)
    listed = [it for it in found if it.job.state is not JobState.RECEIVING]
    return jsonify({"jobs": [_job_json(progress, now) for progress in listed]})


@blueprint.get("/jobs/<name:job_id>")
def show(job_id: str) -> Response:
    """Where one stands."""
    caller, now = _admitted()
    check_query()
    return jsonify(_job_json(jobs.read_progress(services().office, caller, job_id), now))


@blueprint.post("/jobs/<name:job_id>/pause")
def pause(job_id: str) -> Response:
    """Take no further portion."""
    return _moved(jobs.pause, job_id)


@blueprint.post("/jobs/<name:job_id>/resume")
def resume(job_id: str) -> Response:
    """Go on."""
    return _moved(jobs.resume, job_id)


@blueprint.post("/jobs/<name:job_id>/retry")
def retry(job_id: str) -> Response:
    """Try the failed rows again."""
    return _moved(jobs.retry, job_id)


@blueprint.post("/jobs/<name:job_id>/cancel")
def cancel(job_id: str) -> Response:
    """Give up what is not done."""
    return _moved(jobs.cancel, job_id)


def _admitted() -> tuple[Caller, datetime]:
    now = services().clock()
    return admitted(Scope.ISSUE, now=now), now


def _moved(move: Move, job_id: str) -> Response:
    caller, now = _admitted()
    return jsonify(_job_json(move(services().office, caller, job_id, now=now), now))


@blueprint.get("/jobs/<name:job_id>/rows")
def rows(job_id: str) -> Response:
    """What became of the rows, a page at a time."""
    caller, _ = _admitted()
    check_query("state", "after", "limit")
    limit = number_in_query("limit", limits.JOB_LINES_PAGE, most=limits.JOB_LINES_PAGE_MAX)
    after = number_in_query("after", 0, most=2**31 - 1)
    states = _states(word_in_query("state"))
    found = jobs.read_lines(
        services().office, caller, job_id, states=states, after=after, limit=limit
    )
    following = found[-1].number if len(found) == limit else None
    answer = jsonify({"rows": [_line_json(line) for line in found], "next": following})
    return link_next(answer, None if following is None else str(following))


def _states(word: str | None) -> tuple[LineState, ...]:
    """One state, ``failed`` for all that may be tried again, or every state."""
    if word is None:
        return tuple(LineState)
    if word == "failed":
        return FAILED
    if word not in [state.value for state in LineState]:
        detail = f"state is failed or one of {', '.join(LineState)}."
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, detail)
    return (LineState(word),)


@blueprint.get("/jobs/<name:job_id>/failed.csv")
def failed(job_id: str) -> Response:
    """The failed rows as a table, for people."""
    caller, _ = _admitted()
    check_query()
    office = services().office
    jobs.read_progress(office, caller, job_id)  # 404 before the first byte
    response = Response(_failed_csv(office, caller, job_id), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="failed-{job_id}.csv"'
    return response


def _failed_csv(office: Office, caller: Caller, job_id: str) -> Iterator[str]:
    yield write_row(_COLUMNS)
    after = 0
    while True:
        found = jobs.read_lines(
            office, caller, job_id, states=FAILED, after=after, limit=limits.JOB_LINES_PAGE_MAX
        )
        if not found:
            return
        yield "".join(write_row(_cells(line)) for line in found)
        after = found[-1].number


def _cells(line: JobLineRow) -> tuple[str, ...]:
    told = _told(line)
    codes = sorted({finding["code"] for finding in told["findings"]})
    columns = sorted({finding.get("column") or finding["pointer"] for finding in told["findings"]})
    problem = [told["problem"]] if "problem" in told else []
    return (
        str(line.number),
        line.state.value,
        told["record"],
        " ".join([*codes, *problem]),
        " ".join(columns),
    )


# --- as JSON ----------------------------------------------------------------------------


def _job_json(progress: Progress, now: datetime) -> JsonObject:
    job = progress.job
    order = parse_json_object(job.order.encode())
    times = {"created": job.created, "started": job.started_at, "finished": job.finished_at}
    return {
        "id": job.id,
        "state": job.state.value,
        "dryRun": job.is_dry_run,
        **({"profile": order["profile"]} if "profile" in order else {}),
        **{name: format_instant(at) for name, at in times.items() if at is not None},
        "rows": progress.rows,
        "done": progress.done,
        "failed": progress.failed,
        "counts": {state.value: count for state, count in sorted(progress.counts.items())},
        **_rate(progress, now),
    }


def _rate(progress: Progress, now: datetime) -> JsonObject:
    """Rows for each second since the first one, and how long the rest takes at that rate."""
    job = progress.job
    if job.started_at is None:
        return {}
    seconds = ((job.finished_at or now) - job.started_at).total_seconds()
    if seconds <= 0 or not progress.done:
        return {}
    rate = progress.done / seconds
    rest = progress.rows - progress.done
    left = {"secondsLeft": round(rest / rate)} if rest and job.state is JobState.RUNNING else {}
    return {"rowsPerSecond": round(rate, 1), **left}


def _told(line: JobLineRow) -> JsonObject:
    if line.outcome is None:
        return {"record": "", "findings": []}
    return parse_json_object(line.outcome.encode())


def _line_json(line: JobLineRow) -> JsonObject:
    told = _told(line)
    findings = [{"type": type_url_of(it["code"]), **it} for it in told["findings"]]
    answer = {
        "row": line.number,
        "state": line.state.value,
        "record": told["record"],
        "codes": sorted({finding["code"] for finding in findings}),
        "findings": findings,
    }
    for name in ("credentialId", "offerId"):
        if name in told:
            answer[name] = told[name]
    if "issuanceId" in told:
        answer["location"] = credential_url(told["issuanceId"])
    return answer | ({"problem": _problem(told["problem"])} if "problem" in told else {})


def _problem(name: str) -> JsonObject:
    code = Code(name) if name in Code.__members__ else IssuerCode(name)
    return problem_json(code, "Send this row alone to learn more.")
