"""Paths of a profile: dotted member names, from the row or, with ``/``, from the payload.

Leaves to others: which paths may be read (``profile``).
"""

from __future__ import annotations

from dataclasses import dataclass

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


def parse_path(text: str) -> Path:
    """Read a path. Raises ``ValueError`` when a name in it is empty."""
    parts = tuple(text.removeprefix("/").split("."))
    if not all(parts):
        raise ValueError(f"{text!r} is not a path of member names with dots between them")
    return Path(parts=parts, from_top=text.startswith("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a payload: ``members`` is the row, ``payload`` the whole document."""

    members: JsonValue
    payload: JsonObject

    def read(self, path: Path) -> JsonValue:
        """The value at ``path``, or ``None`` where a member is absent."""
        value: JsonValue = self.payload if path.from_top else self.members
        for name in path.parts:
            value = value.get(name) if isinstance(value, dict) else None
        return value
