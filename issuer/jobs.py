"""Jobs: one file of many rows, worked off by any number of workers.

A file becomes rows in the database before anybody is told that it was taken. From there each
row goes its own way through ``issuer.completion``, as one call would: a job adds nothing to what
a completion is, and a row that is worked twice (its worker was killed before it could say what
became of it) gets the one credential that its record has.

Rows are claimed in small portions with a lease. Whose portion is next is decided anew each
time: of the tenant that was served longest ago, so that nobody waits for another's whole file.

A fault of ours that concerns everything (database, signer, clock) puts the job off for a while
and costs no row anything; one that concerns a row is that row's, and several of them in a row put
the job off as well. What people sent is forgotten
with the row that is done; refused rows keep theirs for ``limits.JOB_INPUT_DAYS``, for another
try. What became of a row is kept as ids and codes.

Leaves to others: reading files (``issuer.job_intake``), HTTP (``issuer.web.jobs``), when turns
are taken (``issuer.worker``).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final
from uuid import uuid4

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.completion import (
    Completion,
    Terms,
    parse_completion,
    parse_import,
    read_record,
    receive_completion,
)
from issuer.errors import (
    ConflictError,
    InProgressError,
    IssuerCode,
    IssuerError,
    NotFoundError,
    OwnFaultError,
)
from issuer.events import Kind, tell
from issuer.issue import Issued
from issuer.offers import Waiting
from issuer.office import Office
from issuer.platforms import (
    Format,
    PayloadError,
    Profile,
    Row,
    map_rows,
    payload_rows,
)
from issuer.record import Disposition, Finding, RecordError
from issuer.store.job_rows import FAILED, UNDER_WAY, JobLineRow, JobRow, JobState, LineState
from issuer.store.ports import Unit
from issuer.store.rows import IssuerRow
from issuer.trail import note
from verifier.errors import CheckError, Code
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

_LOG: Final = logging.getLogger(__name__)
Clock = Callable[[], datetime]
_OURS: Final = frozenset(
    {
        IssuerCode.STORE_UNAVAILABLE,
        IssuerCode.SIGNER_UNAVAILABLE,
        IssuerCode.KEYS_UNUSABLE,
        IssuerCode.CLOCK_WRONG,
    }
)
"""Faults that a row has no part in: the next row would meet them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOrder:
    """What holds for every row. Without ``profile`` each row is a completion of its own, with
    its own terms. ``text`` is the order as JSON, as it is stored."""

    profile: str | None
    terms: Terms
    text: str = field(repr=False)


def parse_stored_order(text: str, *, now: datetime) -> JobOrder:
    """An order as it was stored, or as ``issuer.job_intake`` has read it.

    Raises ``RefusedError`` and ``RecordError``, as ``parse_import``.
    """
    members = parse_json_object(text.encode())
    profile = members.pop("profile", None)
    return JobOrder(
        profile=profile,
        terms=parse_import({"payload": {}} | members, now=now).terms,
        text=text,
    )


# --- one turn ---------------------------------------------------------------------------


def take_turn(office: Office, clock: Clock) -> int:
    """Work off one portion of the job whose turn it is; how many rows that were."""
    now = clock()
    with office.store.deployment() as unit:
        found = unit.next_job(now)
    return 0 if found is None else work_on(office, *found, clock)


def work_on(office: Office, tenant_id: str, job_id: str, clock: Clock) -> int:
    """Work off one portion of this job; how many rows that were."""
    now = clock()
    with office.store.begin(tenant_id) as unit:
        job = unit.jobs.lock(job_id)
        if job is None or not _may_run(job, now):
            return 0
        lines = unit.job_lines.claim(
            job_id,
            limit=limits.JOB_PORTION,
            lease_until=now + timedelta(seconds=limits.JOB_LEASE_SECONDS),
            now=now,
        )
        issuer = unit.issuers.get(job.issuer_id)
        unit.jobs.replace(_served(job, now))
    if issuer is None:
        raise NotFoundError("There is no such issuer.")
    _work(_Bench(office=office, job=job, issuer=issuer), lines, clock)
    return len(lines)


def _may_run(job: JobRow, now: datetime) -> bool:
    return job.state in (JobState.QUEUED, JobState.RUNNING) and job.not_before <= now


def _served(job: JobRow, now: datetime) -> JobRow:
    started = job.started_at or now
    return replace(job, state=JobState.RUNNING, started_at=started, served_at=now)


def _work(bench: _Bench, lines: tuple[JobLineRow, ...], clock: Clock) -> None:
    """Work the rows in turn, then write down what became of them, all in one transaction: a
    crash before it lets them be worked again, which changes nothing."""
    done: list[JobLineRow] = []
    put_off = False
    for line in lines:
        try:
            done.append(bench.work(line, clock()))
        except _PutOffError as error:
            _LOG.warning("a job is put off: %s", error.code)
            put_off = True
            break
        if _is_everything(done):
            _LOG.warning("a job is put off: faults row after row")
            put_off = True
            break
    now = clock()
    rest = [replace(line, lease_until=now) for line in lines[len(done) :]]
    _settle(bench.office, bench.job, [*done, *rest], put_off, now)


def _is_everything(done: list[JobLineRow]) -> bool:
    """Whether the last rows all met a fault of ours: then the next ones would meet it too."""
    last = done[-limits.JOB_FAULTS :]
    return len(last) == limits.JOB_FAULTS and all(it.state is LineState.FAULT for it in last)


def _settle(
    office: Office, job: JobRow, lines: list[JobLineRow], put_off: bool, now: datetime
) -> None:
    """Workers that end their portions together wait for each other here, so that the last one
    sees that nothing is left."""
    with office.store.begin(job.tenant_id) as unit:
        current = unit.jobs.lock(job.id)
        if current is None:
            return
        for line in lines:
            unit.job_lines.settle(line)
        if put_off:
            later = now + timedelta(seconds=limits.JOB_PUT_OFF_SECONDS)
            unit.jobs.replace(replace(current, not_before=later))
        elif current.state is JobState.RUNNING:
            finish_if_done(unit, current, now)


def finish_if_done(unit: Unit, job: JobRow, now: datetime) -> None:
    """End the job when no row of it is left, and tell so. The job is locked, or new."""
    if unit.job_lines.has_open(job.id):
        return
    unit.jobs.replace(replace(job, state=JobState.FINISHED, finished_at=now))
    counts = unit.job_lines.counts(job.id)
    told: dict[str, str | int] = {
        "jobId": job.id,
        "state": JobState.FINISHED.value,
        "rows": sum(counts.values()),
        "issued": counts.get(LineState.ISSUED, 0),
        "failed": sum(counts.get(state, 0) for state in FAILED),
    }
    tell(unit, Kind.JOB_FINISHED, subject=job.id, data=told, now=now)
    note(unit, "system", "jobFinished", job.id, now=now)


class _PutOffError(Exception):
    """Everything would fail just now."""

    def __init__(self, code: IssuerCode) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class _Bench:
    """One job, ready to be worked on: what its rows have in common is read once."""

    office: Office
    job: JobRow
    issuer: IssuerRow

    @cached_property
    def order(self) -> JobOrder:
        return parse_stored_order(self.job.order, now=self.job.created)

    @cached_property
    def profile(self) -> Profile | None:
        return (
            None if self.order.profile is None else self.office.catalogue.find(self.order.profile)
        )

    @cached_property
    def caller(self) -> Caller:
        return Caller(
            tenant_id=self.job.tenant_id, actor=self.job.actor, scopes=frozenset({Scope.ISSUE})
        )

    def work(self, line: JobLineRow, now: datetime) -> JobLineRow:
        """The row with what became of it. Raises ``_PutOffError``."""
        if line.tries >= limits.JOB_ROW_TRIES:
            return _failed(line, LineState.FAULT, IssuerCode.OWN_OUTPUT_REFUSED)
        try:
            return self._worked(line, now)
        except InProgressError as error:
            return replace(line, lease_until=now + timedelta(seconds=error.retry_after))
        except RecordError as error:
            return _refused(line, error.findings, record=self._number_in(line))
        except PayloadError:
            return _failed(line, LineState.REFUSED, Code.MALFORMED_VALUE_ERROR)
        except (IssuerError, CheckError) as error:
            if isinstance(error, OwnFaultError) and error.code in _OURS:
                raise _PutOffError(error.code) from error
            return _failed(line, _state_after(error), error.code, self._number_in(line))
        except Exception as error:  # noqa: BLE001  one row's fault is not the others'
            _LOG.error("a row of the job %s failed with %s", self.job.id, type(error).__name__)
            return _failed(line, LineState.FAULT, IssuerCode.OWN_OUTPUT_REFUSED)

    def _number_in(self, line: JobLineRow) -> str:
        """The sender's number of a row that failed, as far as it can be read."""
        try:
            data = _data_of(line)
            if self.profile is None:
                return _number_of(data.get("record"))
            row = self._row(line, data)
            (outcome,) = map_rows(self.profile, [row], received_at=self.job.created)
        except (CheckError, PayloadError):
            return ""
        return outcome.record

    def _worked(self, line: JobLineRow, now: datetime) -> JobLineRow:
        data = _data_of(line)
        if self.profile is None:
            return self._received(line, parse_completion(data, now=now), (), now)
        row = self._row(line, data)
        (outcome,) = map_rows(self.profile, [row], received_at=self.job.created)
        if outcome.draft is None:
            return _refused(line, outcome.findings, record=outcome.record)
        completion = Completion(record=outcome.draft, terms=self.order.terms)
        if self.job.is_dry_run and outcome.disposition is Disposition.HELD:
            return _done(line, LineState.HELD, outcome.record, findings=outcome.findings)
        return self._received(line, completion, outcome.findings, now)

    def _row(self, line: JobLineRow, data: JsonObject) -> Row:
        """One row of a table, or of a payload that has this one alone. Raises ``PayloadError``."""
        if self.profile is None or self.profile.format is Format.CSV:
            members, fault = data.get("members"), data.get("fault")
            return Row(members=members, payload={}, number=line.number, fault=fault)
        rows = tuple(payload_rows(self.profile, data, max_rows=1))
        if not rows:
            raise PayloadError("The line has no row.")
        return replace(rows[0], number=line.number)

    def _received(
        self,
        line: JobLineRow,
        completion: Completion,
        findings: tuple[Finding, ...],
        now: datetime,
    ) -> JobLineRow:
        record = _number_of(completion.record)
        if self.job.is_dry_run:
            judged = read_record(completion, record_id=uuid4().urn, now=now)
            return _done(line, LineState.ACCEPTED, record, findings=(*findings, *judged.warnings))
        outcome = receive_completion(
            self.office,
            self.caller,
            completion,
            issuer=self.issuer,
            idempotency=None,
            new_uuid=uuid4,
            now=now,
        )
        return _done(
            line,
            _state_of(outcome),
            record,
            findings=(*findings, *outcome.findings),
            **_ids_of(outcome),
        )


def _state_of(outcome: Issued | Waiting) -> LineState:
    return LineState.ISSUED if isinstance(outcome, Issued) else LineState(outcome.state.value)


def _ids_of(outcome: Issued | Waiting) -> dict[str, str | None]:
    if isinstance(outcome, Waiting):
        return {"offerId": outcome.offer_id}
    return {"credentialId": outcome.credential_id, "issuanceId": outcome.issuance_id}


def _state_after(error: IssuerError | CheckError) -> LineState:
    if isinstance(error, OwnFaultError):
        return LineState.FAULT
    return LineState.CONFLICT if isinstance(error, ConflictError) else LineState.REFUSED


def _data_of(line: JobLineRow) -> JsonObject:
    """What the sender wrote. Raises ``RefusedError``."""
    return parse_json_object((line.input or "").encode(), max_bytes=limits.JOB_ROW_BYTES)


def _number_of(record: JsonValue) -> str:
    """The platform's own number, as far as it is one."""
    source = record.get("source") if isinstance(record, dict) else None
    number = source.get("platformRecordId") if isinstance(source, dict) else None
    return number[: limits.FINDING_POINTER_CHARACTERS] if isinstance(number, str) else ""


def _done(
    line: JobLineRow,
    state: LineState,
    record: str,
    *,
    findings: tuple[Finding, ...],
    **ids: str | None,
) -> JobLineRow:
    """Done, and what the sender wrote is forgotten."""
    told = {"record": record, "findings": _places(findings)}
    known = {name: value for name, value in ids.items() if value is not None}
    return replace(line, state=state, input=None, outcome=json.dumps(told | known))


def _refused(line: JobLineRow, findings: tuple[Finding, ...], *, record: str) -> JobLineRow:
    told = {"record": record, "findings": _places(findings)}
    return replace(line, state=LineState.REFUSED, outcome=json.dumps(told))


def _failed(line: JobLineRow, state: LineState, code: StrEnum, record: str = "") -> JobLineRow:
    told = {"record": record, "findings": [], "problem": code.value}
    return replace(line, state=state, outcome=json.dumps(told))


def _places(findings: tuple[Finding, ...]) -> list[JsonObject]:
    """Codes and places. Values stay out: they are what somebody wrote of a person."""
    seen: dict[tuple[str, str, str | None], JsonObject] = {}
    for one in findings:
        told = {"code": one.code, "pointer": one.pointer}
        column = {"column": one.column} if one.column else {}
        seen.setdefault((one.code, one.pointer, one.column), told | column)
    return list(seen.values())


# --- what their owners do with jobs --------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A job and how many of its rows are in each state."""

    job: JobRow
    counts: dict[LineState, int]

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those that wait for nothing more."""
        return self.rows - self.counts.get(LineState.OPEN, 0)

    @property
    def failed(self) -> int:
        """Those that may be tried again."""
        return sum(self.counts.get(state, 0) for state in FAILED)


def read_progress(office: Office, caller: Caller, job_id: str) -> Progress:
    """Where a job stands. Raises ``NotFoundError``, ``ForbiddenError``."""
    caller.require(Scope.ISSUE)
    with office.store.read(caller.tenant_id) as unit:
        return _progress(unit, _found(unit.jobs.get(job_id)))


def newest_jobs(office: Office, caller: Caller) -> tuple[Progress, ...]:
    """The last ``limits.JOBS_LISTED`` jobs, newest first. Raises ``ForbiddenError``."""
    caller.require(Scope.ISSUE)
    with office.store.read(caller.tenant_id) as unit:
        return tuple(_progress(unit, job) for job in unit.jobs.newest(limits.JOBS_LISTED))


def _progress(unit: Unit, job: JobRow) -> Progress:
    return Progress(job=job, counts=unit.job_lines.counts(job.id))


def _found(job: JobRow | None) -> JobRow:
    if job is None or job.state is JobState.RECEIVING:
        raise NotFoundError("There is no such job.")
    return job


def pause(office: Office, caller: Caller, job_id: str, *, now: datetime) -> Progress:
    """Let no further portion be taken; the one under way is finished. Raises ``ConflictError``
    (``JOB_STATE``) for a job that has ended."""
    return _move(office, caller, job_id, now, since=UNDER_WAY, to=JobState.PAUSED)


def resume(office: Office, caller: Caller, job_id: str, *, now: datetime) -> Progress:
    """Go on with a paused job. Raises ``ConflictError`` (``JOB_STATE``) for one that ended."""
    return _move(office, caller, job_id, now, since=UNDER_WAY, to=JobState.QUEUED)


def cancel(office: Office, caller: Caller, job_id: str, *, now: datetime) -> Progress:
    """End a job: what is not done is forgotten, what is done stays. The portion under way is
    finished. Raises ``ConflictError`` (``JOB_STATE``) for one that has finished."""
    return _move(office, caller, job_id, now, since=UNDER_WAY, to=JobState.CANCELLED)


def retry(office: Office, caller: Caller, job_id: str, *, now: datetime) -> Progress:
    """Try the failed rows once more, and no others, as far as their input is still there.
    Raises ``ConflictError`` (``JOB_STATE``) for a cancelled job."""
    return _move(
        office,
        caller,
        job_id,
        now,
        since=(*UNDER_WAY, JobState.FINISHED),
        to=JobState.QUEUED,
        again=True,
    )


def _move(
    office: Office,
    caller: Caller,
    job_id: str,
    now: datetime,
    *,
    since: tuple[JobState, ...],
    to: JobState,
    again: bool = False,
) -> Progress:
    """Asking again for what is so already changes nothing."""
    caller.require(Scope.ISSUE)
    with office.store.begin(caller.tenant_id) as unit:
        job = _found(unit.jobs.lock(job_id))
        if job.state is to and not again:
            return _progress(unit, job)
        if job.state not in since:
            detail = f"The job is {job.state.value}."
            raise ConflictError(IssuerCode.JOB_STATE, detail)
        reopened = unit.job_lines.reopen(job.id, now) if again else 0
        if again and not reopened:
            return _progress(unit, job)
        moved = replace(job, state=to, finished_at=now if to is JobState.CANCELLED else None)
        unit.jobs.replace(moved)
        note(unit, caller.actor, _ACTIONS[to, again], job.id, now=now)
        if to is JobState.CANCELLED:
            unit.job_lines.cancel(job.id, now)
            unit.job_lines.forget(job.id)
        return _progress(unit, moved)


_ACTIONS: Final = {
    (JobState.PAUSED, False): "jobPaused",
    (JobState.QUEUED, False): "jobResumed",
    (JobState.QUEUED, True): "jobRetried",
    (JobState.CANCELLED, False): "jobCancelled",
}


def read_lines(
    office: Office,
    caller: Caller,
    job_id: str,
    *,
    states: tuple[LineState, ...],
    after: int,
    limit: int,
) -> tuple[JobLineRow, ...]:
    """Rows of a job in these states with a number above ``after``. Raises ``NotFoundError``,
    ``ForbiddenError``."""
    caller.require(Scope.ISSUE)
    with office.store.read(caller.tenant_id) as unit:
        _found(unit.jobs.get(job_id))
        return unit.job_lines.listed(job_id, states=states, after=after, limit=limit)


# --- tidying ----------------------------------------------------------------------------


def forget_inputs(office: Office, now: datetime) -> int:
    """Forget what is still kept of rows that nobody will try again, and end files whose sender
    went away half way; how many rows (for ``issuer.worker``)."""
    with office.store.deployment() as lookup:
        tenants = lookup.tenants()
    return sum(_forget(office, tenant.id, now) for tenant in tenants)


def _forget(office: Office, tenant_id: str, now: datetime) -> int:
    with office.store.begin(tenant_id) as unit:
        stuck = unit.jobs.left_before(now - timedelta(hours=limits.JOB_RECEIVING_HOURS))
        late = now - timedelta(days=limits.JOB_INPUT_DAYS)
        return sum(_forget_one(unit, job, late, now) for job in stuck)


def _forget_one(unit: Unit, job: JobRow, late: datetime, now: datetime) -> int:
    if job.state is JobState.FINISHED:
        is_late = job.finished_at is not None and job.finished_at < late
        return unit.job_lines.forget(job.id) if is_late else 0
    if job.state is JobState.RECEIVING:
        unit.jobs.replace(replace(job, state=JobState.CANCELLED, finished_at=now))
    unit.job_lines.cancel(job.id, now)
    return unit.job_lines.forget(job.id)
