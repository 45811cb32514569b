"""A mapping profile as a value: what is read from where, and what must not be read.

Leaves to others: reading it from JSON (``reading``), its guards (``guards``), executing it
(``mapping``), what an operation does (``operations``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from issuer import limits
from issuer.platforms.operations import Operation, PayFloor
from issuer.platforms.paths import Path, Row
from issuer.skills import SkillTable
from verifier.strict_json import JsonObject, JsonValue

SKIP: Final = "skip"
"""``onFail``: leave the member out and say nothing."""


class ProfileError(Exception):
    """The profile cannot be used. ``place`` is a JSON Pointer (RFC 6901) into its file,
    ``detail`` one plain sentence."""

    def __init__(self, place: str, detail: str) -> None:
        super().__init__(f"{place or '/'}: {detail}")
        self.place = place
        self.detail = detail


class Format(StrEnum):
    """What a profile reads."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation with its argument; ``path`` is the argument where that is one."""

    name: str
    argument: str
    operation: Operation
    path: Path | None = None


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
    value into a list there. ``parts`` make an object, or one for each item (``each``).
    ``prefix`` stands before a text that is not empty."""

    target: tuple[str, ...]
    appends: bool = False
    constant: JsonValue = None
    value: Part | None = None
    parts: tuple[Part, ...] = ()
    each: bool = False
    prefix: str = ""
    required: bool = False
    required_or: str | None = None
    on_fail: str | None = None

    @property
    def column(self) -> str | None:
        """The sender's own name of the first member that is read."""
        return str(self.value.sources[0]) if self.value else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must hold of one member: it is one of ``words``, or (``absent``) it is not there or,
    false, it is there. A row for which it does not hold gets the code ``otherwise``."""

    source: Path
    otherwise: str
    words: frozenset[str] = frozenset()
    absent: bool | None = None

    def holds(self, row: Row) -> bool:
        """Whether it holds of ``row``."""
        value = row.read(self.source)
        if self.absent is not None:
            return (value in (None, "")) is self.absent
        is_word = isinstance(value, str) and len(value) <= limits.RECORD_TEXT_CHARACTERS
        return is_word and value.strip() in self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An action on the platform by which somebody vouched for the work: who, in which role,
    by the first of the instants or days ``at`` that is there."""

    by: str
    method: str
    role: Path
    at: tuple[Path, ...]
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile that was read and found good. ``records`` leads to the list of rows of a JSON
    payload. ``defaults`` are members of every record; ``language`` is where the payload tells
    its language. ``unpaid_basis`` are signed unpaid-work checks by course, ``hours_per_credit``
    what a school usually asks for one unit of credit."""

    name: str
    format: Format
    records: Path
    defaults: Mapping[str, JsonValue]
    accept_when: tuple[Condition, ...]
    fields: tuple[Field, ...]
    unread: tuple[Path, ...]
    tables: Mapping[str, Mapping[str, JsonValue]]
    language: Path | None = None
    unique_by: Path | None = None
    warn_unless: tuple[Condition, ...] = ()
    attestation: Attestation | None = None
    pay_floor: PayFloor | None = None
    skill_table: SkillTable | None = None
    unpaid_basis: Mapping[str, JsonObject] = field(default_factory=dict)
    hours_per_credit: Mapping[str, Decimal] = field(default_factory=dict)

    def is_unread(self, path: Path) -> bool:
        """Whether the path's value must never be repeated."""
        return any(path.overlaps(one) for one in self.unread)

    def field_of(self, *target: str) -> Field | None:
        """The field that makes the member at ``target``, if there is one."""
        return next((field for field in self.fields if field.target == target), None)
