"""Taking in the file of a job: CSV or one JSON object a line, up to 200,000 rows.

The file is gone through twice, with a row in memory at a time. The first time nothing is kept:
a file that is no good is refused as a whole, before one row of it is stored. The second time
its rows are written down in portions, so that others may write in between; only when the last
one is there does the job exist for anybody.

A row is kept as it came. What is in it is looked at when it is worked (``issuer.jobs``), where
one bad row is its own misfortune. Leaves to others: the form of a table (``issuer.platforms``),
what happens to the rows (``issuer.jobs``).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final
from uuid import uuid4

from issuer import limits
from issuer.callers import Caller, Scope
from issuer.errors import NotFoundError
from issuer.idempotency import Idempotency, first_answer, keep_answer
from issuer.jobs import JobOrder, finish_if_done, parse_stored_order
from issuer.office import Office
from issuer.platforms import Catalogue, Format, PayloadError, Profile, Row, rows_of
from issuer.record import RecordError
from issuer.record.findings import found, pointer_to
from issuer.store.job_rows import JobLineRow, JobRow, JobState, LineState
from issuer.store.ports import TakenError
from issuer.store.rows import IssuerRow
from issuer.trail import note
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject

_NO_TEXT: Final[JsonObject] = {"record": "", "findings": [], "problem": Code.PARSING_ERROR.value}
_KEY_BYTES: Final = 12
"""Of what must not come twice: 200,000 of them collide once in 10^18."""
_MEMBERS: Final = frozenset({"profile", "learnerConsent", "share", "dryRun"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants done with a file."""

    order: JobOrder
    profile: Profile | None
    is_dry_run: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One row of the file: what is kept of it, or why it is refused unread (``refused`` is an
    outcome as ``issuer.jobs`` writes it)."""

    number: int
    text: str | None
    refused: JsonObject | None = None


def parse_wanted(body: JsonObject, *, catalogue: Catalogue, now: datetime) -> Wanted:
    """Read ``{"profile"?, "learnerConsent"?, "share"?, "dryRun"?}``. Without a profile the file
    has completions, one a line, each of which says for itself what its learner agreed to.

    Raises ``RefusedError``, ``RecordError`` (E115), ``NotFoundError`` for an unknown profile.
    """
    unknown = [name for name in body if name not in _MEMBERS][: limits.FINDINGS]
    if unknown:
        raise RecordError(tuple(found("E115", pointer_to(name)) for name in unknown))
    is_dry_run, profile = body.get("dryRun", False), body.get("profile")
    if not isinstance(is_dry_run, bool):
        raise _malformed("dryRun is true or false.", "/dryRun")
    if profile is None and ("learnerConsent" in body or "share" in body):
        raise _malformed("Without a profile each line has its own learnerConsent and share.", "")
    kept = {name: body[name] for name in body if name != "dryRun" and body[name] is not None}
    text = json.dumps(kept, ensure_ascii=False)
    return Wanted(
        order=parse_stored_order(text, now=now),
        profile=_find_profile(profile, catalogue),
        is_dry_run=is_dry_run,
    )


def _find_profile(name: object, catalogue: Catalogue) -> Profile | None:
    if name is None or isinstance(name, str):
        return None if name is None else catalogue.find(name)
    raise _malformed("profile is the name of a mapping profile.", "/profile")


def _malformed(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)


def take_in(
    office: Office,
    caller: Caller,
    wanted: Wanted,
    stream: BinaryIO,
    *,
    issuer: IssuerRow,
    idempotency: Idempotency | None,
    now: datetime,
) -> str:
    """Keep every row of the file in ``stream`` (which can be wound back); the job's id.

    Raises ``PayloadError`` for a file that cannot be taken, ``IdempotencyConflictError``,
    ``ForbiddenError``, ``NotFoundError``.
    """
    caller.require(Scope.ISSUE)
    if issuer.tenant_id != caller.tenant_id:
        raise NotFoundError("There is no such issuer.")
    known = _known(office, caller, idempotency)
    if known is not None:
        return known
    _check_file(wanted.profile, stream)
    job = _new_job(caller, wanted, issuer, now)
    _write(office, job, _lines(wanted.profile, stream))
    try:
        _let_begin(office, job, idempotency, now)
    except TakenError:  # the same call, at the same moment: the first one's job is the answer
        return _known(office, caller, idempotency) or job.id
    return job.id


def _known(office: Office, caller: Caller, idempotency: Idempotency | None) -> str | None:
    with office.store.read(caller.tenant_id) as unit:
        answer = first_answer(unit, idempotency)
    return None if answer is None else str(answer["jobId"])


def _new_job(caller: Caller, wanted: Wanted, issuer: IssuerRow, now: datetime) -> JobRow:
    return JobRow(
        tenant_id=caller.tenant_id,
        id=uuid4().hex,
        issuer_id=issuer.id,
        actor=caller.actor,
        order=wanted.order.text,
        is_dry_run=wanted.is_dry_run,
        state=JobState.RECEIVING,
        created=now,
        started_at=None,
        finished_at=None,
        served_at=now,
        not_before=now,
    )


def _write(office: Office, job: JobRow, lines: Iterator[_Line]) -> None:
    with office.store.begin(job.tenant_id) as unit:
        unit.jobs.add(job)
    while portion := [_row_of(job, line) for line in islice(lines, limits.JOB_INTAKE_ROWS)]:
        with office.store.begin(job.tenant_id) as unit:
            unit.job_lines.add(portion)


def _let_begin(office: Office, job: JobRow, idempotency: Idempotency | None, now: datetime) -> None:
    """From here on the job is there for its owner and for workers. Raises ``TakenError``."""
    with office.store.begin(job.tenant_id) as unit:
        queued = replace(job, state=JobState.QUEUED)
        unit.jobs.replace(queued)
        note(unit, job.actor, "jobQueued", job.id, now=now)
        keep_answer(unit, idempotency, {"jobId": job.id}, now=now)
        finish_if_done(unit, queued, now)


def _row_of(job: JobRow, line: _Line) -> JobLineRow:
    return JobLineRow(
        tenant_id=job.tenant_id,
        job_id=job.id,
        number=line.number,
        state=LineState.OPEN if line.refused is None else LineState.REFUSED,
        input=line.text,
        outcome=None if line.refused is None else json.dumps(line.refused),
        tries=0,
        lease_until=job.created,
    )


# --- reading ----------------------------------------------------------------------------


def _check_file(profile: Profile | None, stream: BinaryIO) -> None:
    """Go through it once. Raises ``PayloadError``."""
    if stream.seek(0, os.SEEK_END) > limits.JOB_BYTES:
        raise PayloadError(f"The file is larger than {limits.JOB_BYTES} bytes.")
    rows = sum(1 for _ in _lines(profile, stream))
    if not rows:
        raise PayloadError("The file has no rows.")
    if rows > limits.JOB_ROWS:
        raise PayloadError(f"The file has more than {limits.JOB_ROWS} rows.")


def _lines(profile: Profile | None, stream: BinaryIO) -> Iterator[_Line]:
    """The rows from the start of the file. Raises ``PayloadError`` at any of them."""
    stream.seek(0)
    if profile is None or profile.format is not Format.CSV:
        return _json_lines(stream)
    return _table_lines(profile, rows_of(profile, stream, max_rows=limits.JOB_ROWS))


def _table_lines(profile: Profile, rows: Iterator[Row]) -> Iterator[_Line]:
    """A record number that comes again is refused here (E107), as the whole table is seen
    nowhere else; hashes stand for the numbers, so that memory stays small."""
    seen: set[bytes] = set()
    for row in rows:
        value = row.read(profile.unique_by) if profile.unique_by else None
        name = value.strip() if isinstance(value, str) else ""
        key = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES]
        if name and key in seen:
            yield _Line(number=row.number, text=None, refused=_repeated(name))
            continue
        seen.add(key)
        yield _Line(number=row.number, text=_plain(row))


def _repeated(name: str) -> JsonObject:
    finding = {"code": "E107", "pointer": "/source/platformRecordId"}
    return {"record": name[: limits.FINDING_POINTER_CHARACTERS], "findings": [finding]}


def _plain(row: Row) -> str:
    told = {"members": row.members, "fault": row.fault}
    known = {name: value for name, value in told.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))


def _json_lines(stream: BinaryIO) -> Iterator[_Line]:
    for number, line in enumerate(_bounded(stream), start=1):
        if line.strip():
            text = _text(line)
            yield _Line(number=number, text=text, refused=_NO_TEXT if text is None else None)


def _bounded(stream: BinaryIO) -> Iterable[bytes]:
    while line := stream.readline(limits.JOB_ROW_BYTES + 2):
        if len(line.rstrip(b"\r\n")) > limits.JOB_ROW_BYTES:
            raise PayloadError(f"A line is longer than {limits.JOB_ROW_BYTES} bytes.")
        yield line


def _text(line: bytes) -> str | None:
    """``None`` for what is no UTF-8, or holds a NUL, which no database keeps."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.strip()
