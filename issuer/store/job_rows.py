"""The rows of jobs (``issuer.jobs``), as frozen values. Instants are aware and in UTC.

Leaves to others: how they are kept (``issuer.store.tables``) and asked for (``_rooms.jobs``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands."""

    RECEIVING = "receiving"
    """Its file is being written down; nothing is done yet."""
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """What became of one row of the file."""

    OPEN = "open"
    """Not done yet."""
    ISSUED = "issued"
    OFFERED = "offered"
    HELD = "held"
    ATTESTATION_REQUESTED = "attestationRequested"
    ACCEPTED = "accepted"
    """In a dry run: it would be taken."""
    REFUSED = "refused"
    """The rules refuse it."""
    CONFLICT = "conflict"
    """It contradicts what is there."""
    FAULT = "fault"
    """Something of ours broke at it."""
    CANCELLED = "cancelled"


UNDER_WAY = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)
"""Jobs that are not done yet."""

FAILED = (LineState.REFUSED, LineState.CONFLICT, LineState.FAULT)
"""What another try may be asked for; these rows keep their input for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One file of many rows. ``order`` is JSON: what holds for every row. ``served_at`` is when
    it last had a turn (at first, when it came), ``not_before`` when it may have the next."""

    tenant_id: str
    id: str
    issuer_id: str
    actor: str
    order: str = field(repr=False)
    is_dry_run: bool
    state: JobState
    created: datetime
    started_at: datetime | None
    finished_at: datetime | None
    served_at: datetime
    not_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLineRow:
    """One row of the file under the number by which its sender finds it. ``input`` is as it came
    and gone once the row is done; ``outcome`` is JSON and holds ids and codes. ``tries`` counts
    claims, ``lease_until`` ends the last one."""

    tenant_id: str
    job_id: str
    number: int
    state: LineState
    input: str | None = field(repr=False)
    outcome: str | None
    tries: int
    lease_until: datetime
