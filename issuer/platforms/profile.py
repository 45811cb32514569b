"""A mapping profile as a value: what is read from where, and what must not be read.

Leaves to others: reading it from JSON (``reading``), its guards (``guards``), executing it
(``mapping``), what an operation does (``operations``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from issuer.platforms.operations import Operation, PayFloor
from issuer.platforms.paths import Path
from issuer.skills import SkillTable
from verifier.strict_json import JsonValue

SKIP: Final = "skip"
"""``onFail``: leave the member out and say nothing."""


class ProfileError(Exception):
    """The profile cannot be used. ``place`` is a JSON Pointer into its file."""

    def __init__(self, place: str, detail: str) -> None:
        super().__init__(f"{place or '/'}: {detail}")
        self.place = place
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation with its argument."""

    name: str
    argument: str
    operation: Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A member of an object that a field makes: where it comes from and how it is read."""

    name: str
    sources: tuple[Path, ...]
    steps: tuple[Step, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member of the record. ``target`` is its path in the record; ``appends`` puts the
    value into a list there. ``parts`` make an object, or one for each item (``each``)."""

    target: tuple[str, ...]
    appends: bool = False
    constant: JsonValue = None
    value: Part | None = None
    parts: tuple[Part, ...] = ()
    each: bool = False
    required: bool = False
    required_or: str | None = None
    on_fail: str | None = None

    @property
    def column(self) -> str | None:
        """The sender's own name of the first member that is read."""
        return str(self.value.sources[0]) if self.value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptWhen:
    """Which rows are finished: the others get the code ``otherwise``."""

    source: Path
    words: frozenset[str]
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An action on the platform by which somebody vouched for the work: who, in which role,
    by the first of the instants ``at`` that is there."""

    by: str
    method: str
    role: Path
    at: tuple[Path, ...]
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile that was read and found good. ``records`` leads to the list of rows."""

    name: str
    records: Path
    defaults: Mapping[str, JsonValue]
    accept_when: AcceptWhen
    fields: tuple[Field, ...]
    unread: tuple[Path, ...]
    tables: Mapping[str, Mapping[str, JsonValue]]
    attestation: Attestation | None = None
    pay_floor: PayFloor | None = None
    skill_table: SkillTable | None = None

    def is_unread(self, path: Path) -> bool:
        """Whether the path's value must never be repeated."""
        return any(path.overlaps(one) for one in self.unread)
