"""``python -m issuer import``: a file from this machine, with the operator watching.

The same job as ``POST /jobs`` makes; this process works on it, and workers that run beside it
share. The same file with the same order is the same job for two days, so that a command that was
interrupted, or whose machine went down, is simply given again: it goes on, and rows that failed
are tried once more.

Leaves to others: the words of the command line (``issuer.__main__``), the job (``issuer.jobs``).
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from issuer import limits
from issuer.callers import Caller
from issuer.errors import NotFoundError
from issuer.idempotency import Idempotency
from issuer.job_intake import parse_wanted, take_in
from issuer.jobs import Progress, read_progress, retry, work_on
from issuer.office import Office
from issuer.store.job_rows import JobState
from issuer.store.rows import IssuerRow
from verifier.strict_json import JsonObject, parse_json_object


def read_order(
    *, profile: str | None, consent: Path | None, share: bool, is_dry_run: bool
) -> JsonObject:
    """What holds for every row, from the words of the command line. Without a file with a
    consent the learners are asked. Raises ``NotFoundError``, ``RefusedError``."""
    order: JsonObject = {"dryRun": is_dry_run}
    if profile is not None:
        order |= {"profile": profile, "share": share}
    if consent is not None:
        data = _read(consent, limits.JOB_ORDER_BYTES)
        order["learnerConsent"] = parse_json_object(data, max_bytes=limits.JOB_ORDER_BYTES)
    return order


def import_file(
    office: Office,
    caller: Caller,
    order: JsonObject,
    path: Path,
    *,
    issuer: IssuerRow,
    clock: Callable[[], datetime],
    show: Callable[[Progress], None],
    stop: threading.Event,
) -> Progress:
    """Import the file at ``path``, telling ``show`` after each portion; where the job stands at
    the end, which comes early when ``stop`` is set.

    Raises what ``take_in`` raises, and ``ConflictError`` (``JOB_STATE``) for a job that somebody
    cancelled.
    """
    job_id, is_known = _take_in(office, caller, order, path, issuer, clock())
    if is_known and read_progress(office, caller, job_id).failed:
        retry(office, caller, job_id, now=clock())
    while True:
        progress = read_progress(office, caller, job_id)
        show(progress)
        if stop.is_set() or progress.job.state in (JobState.FINISHED, JobState.CANCELLED):
            return progress
        if not work_on(office, caller.tenant_id, job_id, clock):
            stop.wait(limits.WORKER_IDLE_SECONDS)


def _take_in(
    office: Office,
    caller: Caller,
    order: JsonObject,
    path: Path,
    issuer: IssuerRow,
    now: datetime,
) -> tuple[str, bool]:
    """The job's id, and whether it was there before."""
    wanted = parse_wanted(order, catalogue=office.catalogue, now=now)
    try:
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            idempotency = _key_of(digest, order, issuer)
            with office.store.read(caller.tenant_id) as unit:
                is_known = unit.idempotency.get(idempotency.key) is not None
            job_id = take_in(
                office,
                caller,
                wanted,
                stream,
                issuer=issuer,
                idempotency=idempotency,
                now=now,
            )
    except OSError as error:
        raise NotFoundError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
    return job_id, is_known


def _key_of(digest: str, order: JsonObject, issuer: IssuerRow) -> Idempotency:
    asked = json.dumps([digest, order, issuer.id], sort_keys=True)
    key = hashlib.sha256(asked.encode()).hexdigest()
    return Idempotency(key=f"import file {key}", request_hash=key)


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(most + 1)
    except OSError as error:
        raise NotFoundError(f"{str(path)!r} cannot be read: {error.strerror}.") from error
