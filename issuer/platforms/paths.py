"""Paths of a profile, and the rows that they are read from.

In a JSON payload a path is member names with dots between them, from the row or, with ``/``,
from the top of the payload. In a table a path is the name of a column, as it stands there:
with its dots and spaces.

Leaves to others: which paths may be read (``guards``), where rows come from (``rows``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from verifier.strict_json import JsonObject, JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """``micro_intern.email`` reads from the row, ``/team.state`` from the whole payload."""

    parts: tuple[str, ...]
    from_top: bool = False

    def __str__(self) -> str:
        return f"{'/' if self.from_top else ''}{'.'.join(self.parts)}"

    def below(self, parent: Path) -> Path:
        """This path, read from inside ``parent`` unless it starts at the top."""
        if self.from_top:
            return self
        return Path(parts=parent.parts + self.parts, from_top=parent.from_top)

    def overlaps(self, other: Path) -> bool:
        """Whether reading one of the two tells something of the other."""
        shorter = min(len(self.parts), len(other.parts))
        same_root = self.from_top == other.from_top
        return same_root and self.parts[:shorter] == other.parts[:shorter]


def parse_path(text: str, *, is_column: bool = False) -> Path:
    """Read a path; ``is_column`` for the name of a column, which is one name whatever is in it.

    Raises ``ValueError`` when a name in it is empty.
    """
    from_top = text.startswith("/") and not is_column
    parts = (text.strip(),) if is_column else tuple(text.removeprefix("/").split("."))
    if not all(parts):
        raise ValueError(f"{text[:80]!r} is not a path of member names with dots between them.")
    return Path(parts=parts, from_top=from_top)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: ``members`` is the row, ``payload`` the whole document (empty for a table).

    ``number`` is where the sender finds it: the place in the list from 1, or the row of the
    sheet, whose first row is the header. ``cells`` are a sheet's row as it was written.
    ``fault`` is one sentence where the row could not be taken apart.
    """

    members: JsonValue = field(repr=False)
    payload: JsonObject = field(repr=False)
    number: int = 1
    cells: tuple[str, ...] = field(default=(), repr=False)
    fault: str | None = None

    def read(self, path: Path) -> JsonValue:
        """The value at ``path``, or ``None`` where a member is absent."""
        value: JsonValue = self.payload if path.from_top else self.members
        for name in path.parts:
            value = value.get(name) if isinstance(value, dict) else None
        return value
