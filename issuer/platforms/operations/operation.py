"""What an operation of a mapping profile is: a function, and what a profile must give it.

An operation takes the value so far, its argument (the text after the colon) and the setting
of the row, and gives the next value. Where a member was absent the value is ``None``, and
most operations hand it on. ``OperationError`` names the code when a value cannot be read;
the field may replace the code.

Leaves to others: the operations themselves (the modules beside this one, by theme), which
field reads what (``issuer.platforms.mapping``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from issuer import limits
from issuer.platforms.paths import Path, Row
from issuer.skills import SkillTable
from verifier.strict_json import JsonObject, JsonValue


class OperationError(Exception):
    """A value cannot be read. ``code`` is the finding's code unless the field says another."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class PayFloor:
    """The least pay per hour by currency, of the policy with that id."""

    policy: str
    per_hour: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What operations may look at besides the value: the row and the profile's tables.

    ``path`` is the operation's own argument where that is a path. ``note`` takes a W code
    that the operation has to tell although it could read the value.
    """

    row: Row
    tables: Mapping[str, Mapping[str, JsonValue]]
    note: Callable[[str], None] = field(repr=False)
    path: Path | None = None
    pay_floor: PayFloor | None = None
    skill_table: SkillTable | None = None
    unpaid_basis: Mapping[str, JsonObject] = field(default_factory=dict)

    def beside(self) -> JsonValue:
        """The value at the operation's own path."""
        return None if self.path is None else self.row.read(self.path)


class Argument(Enum):
    """What an operation has after its colon, so that a profile can be checked on load."""

    NONE = "nothing"
    TEXT = "a text"
    PATH = "a path"
    TABLE = "the name of a table of the profile"
    PATTERN = "a date pattern of DD, MM and YYYY"
    WORD = "one of its words"


Run = Callable[[JsonValue, str, Setting], JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the closed list.

    ``words`` are the arguments that it knows. ``sources`` is how many paths a field must read
    for it, where that is not one; before such an operation only those come that are done to
    each text alone (``is_textual``). ``takes`` are the only members that it reads of the objects
    at its first path; such an operation comes first. ``tables`` are the tables of the profile
    that it looks into without naming them.
    """

    run: Run
    argument: Argument = Argument.NONE
    words: tuple[str, ...] = ()
    sources: int | None = None
    is_textual: bool = False
    takes: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def text_of(value: JsonValue) -> str:
    """``value``, which must be a text no longer than one of a record: what stands at the top of
    a payload is read for every row of it. Raises ``OperationError`` (E116)."""
    if not isinstance(value, str) or len(value) > limits.RECORD_TEXT_CHARACTERS:
        raise OperationError("E116")
    return value


def list_of(value: JsonValue) -> list[JsonValue]:
    """``value``, which must be a list no longer than one of a record. Raises
    ``OperationError`` (E116)."""
    if not isinstance(value, list) or len(value) > limits.RECORD_LIST_ITEMS:
        raise OperationError("E116")
    return value


def on_text(change: Callable[[str], str]) -> Run:
    """An operation on a text, or on every text of a list."""

    def run(value: JsonValue, argument: str, setting: Setting) -> JsonValue:
        if isinstance(value, list):
            return [run(item, argument, setting) for item in list_of(value)]
        return value if value is None else change(text_of(value))

    return run


def word_in(table: Mapping[str, JsonValue], value: JsonValue) -> JsonValue:
    """The table's value for the word, or for ``*``. Raises ``OperationError`` (E109) for a word
    that is not listed."""
    found = table.get(text_of(value), table.get("*"))
    if found is None:
        raise OperationError("E109")
    return found
