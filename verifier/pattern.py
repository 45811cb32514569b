"""Regular expressions of JSON Schemas, matched in a time that grows with the text and no faster.

A backtracking matcher can be led into years of work by thirty letters; this one follows all
ways at once (a Thompson automaton whose steps are remembered). It reads what both dialects of
JSON Schema recommend (2020-12, section 6.4: a subset of ECMA-262): letters, classes, groups,
alternatives, repetitions, ``^`` and ``$``. What needs backtracking (look-around, references
to what was matched) is not admitted.

Leaves to others: who may bring a pattern, and counting the work (``verifier.json_schema``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias

from verifier import limits
from verifier.errors import Code, UncheckedError

Ranges: TypeAlias = tuple[tuple[int, int], ...]

_LAST: Final = 0x10FFFF
_DIGIT: Final[Ranges] = ((48, 57),)
_WORD: Final[Ranges] = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACE: Final[Ranges] = (
    *((9, 13), (32, 32), (160, 160), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029)),
    *((0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)),
)
_NOT_LINE_END: Final[Ranges] = ((0, 9), (11, 12), (14, 0x2027), (0x202A, _LAST))


def _others(ranges: Ranges) -> Ranges:
    found: list[tuple[int, int]] = []
    low = 0
    for start, end in sorted(ranges):
        if start > low:
            found.append((low, start - 1))
        low = max(low, end + 1)
    return (*found, (low, _LAST)) if low <= _LAST else tuple(found)


_CLASSES: Final[dict[str, Ranges]] = {
    "d": _DIGIT,
    "w": _WORD,
    "s": _SPACE,
    "D": _others(_DIGIT),
    "W": _others(_WORD),
    "S": _others(_SPACE),
}
_CONTROLS: Final = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "0": 0}
_HEXADECIMAL: Final = {"x": 2, "u": 4}
_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/-")


# --- the automaton ----------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class _State:
    """Reads one character of ``ranges``; or, without any, leads on for nothing, where
    ``only_at`` (``^``, ``$``) may say at which end of the text. ``is_end``: it matched."""

    ways: list[_State] = field(default_factory=list)
    ranges: Ranges = ()
    only_at: str = ""
    is_end: bool = False

    def reads(self, code: int) -> bool:
        return any(low <= code <= high for low, high in self.ranges)


_Set: TypeAlias = frozenset[_State]


def _reach(states: Iterable[_State], *, ends: str) -> _Set:
    """Where ``states`` lead without reading; ``ends`` are the ends of the text that are here."""
    found: set[_State] = set()
    waiting = list(states)
    while waiting:
        state = waiting.pop()
        if state in found or (state.only_at and state.only_at not in ends):
            if state.only_at == "$":
                found.add(state)  # it may turn out to be the end
            continue
        found.add(state)
        if not state.ranges:
            waiting.extend(state.ways)
    return frozenset(found)


@dataclass(slots=True)
class Pattern:
    """A compiled pattern. Its memory of steps is bounded, and emptied when it is full."""

    start: _State
    steps: dict[tuple[_Set, str], _Set] = field(default_factory=dict)

    def search(self, text: str) -> bool:
        """Whether any part of ``text`` matches (JSON Schema: patterns are not anchored)."""
        current = _reach([self.start], ends="^")
        for character in text:
            if any(state.is_end for state in current):
                return True
            current = self._step(current, character)
        last = "^$" if not text else "$"
        return any(state.is_end for state in _finish(current, last))

    def _step(self, current: _Set, character: str) -> _Set:
        key = (current, character)
        known = self.steps.get(key)
        if known is None:
            code = ord(character)
            reached = (way for it in current if it.reads(code) for way in it.ways)
            known = _reach([*reached, self.start], ends="")
            if len(self.steps) >= limits.PATTERN_STEPS_KEPT:
                self.steps.clear()
            self.steps[key] = known
        return known


def _finish(states: _Set, ends: str) -> _Set:
    return _reach(states, ends=ends) if states else states


@lru_cache(maxsize=256)
def compile_pattern(text: str) -> Pattern:
    """Read a pattern. Raises ``UncheckedError`` (``UNKNOWN_SCHEMA``) for one that is too long
    or that holds what is not admitted."""
    if len(text) > limits.PATTERN_CHARACTERS:
        raise _not_admitted("It is too long.")
    return Pattern(start=_Reader(text).read())


# --- reading ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Node:
    """A piece of syntax: one of ``chars``, ``at`` (an end), ``all`` (one after the other),
    ``any`` (alternatives), or a repetition of ``parts[0]``."""

    kind: str
    parts: tuple[_Node, ...] = ()
    ranges: Ranges = ()
    end: str = ""
    least: int = 1
    most: int | None = 1


@dataclass(slots=True)
class _Reader:
    text: str
    place: int = 0
    states: int = 0

    def read(self) -> _State:
        node = self._alternatives()
        if self.place < len(self.text):
            raise _not_admitted("A group ends that was never opened.")
        return self._build(node, self._state(is_end=True))

    # syntax

    def _peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def _take(self) -> str:
        character = self._peek()
        if not character:
            raise _not_admitted("It ends too soon.")
        self.place += 1
        return character

    def _alternatives(self) -> _Node:
        parts = [self._sequence()]
        while self._peek() == "|":
            self.place += 1
            parts.append(self._sequence())
        return _Node("any", tuple(parts))

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._atom()))
        return _Node("all", tuple(parts))

    def _atom(self) -> _Node:
        character = self._take()
        match character:
            case "(":
                return self._group()
            case "[":
                return _Node("chars", ranges=self._class())
            case "^" | "$":
                return _Node("at", end=character)
            case ".":
                return _Node("chars", ranges=_NOT_LINE_END)
            case "\\":
                return _Node("chars", ranges=self._escape())
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise _not_admitted(f"{character!r} stands where it means nothing.")
        return _Node("chars", ranges=_one(ord(character)))

    def _group(self) -> _Node:
        if self._peek() == "?":
            if self.text[self.place : self.place + 2] != "?:":
                raise _not_admitted("It looks around itself.")
            self.place += 2
        node = self._alternatives()
        if self._take() != ")":
            raise _not_admitted("A group does not end.")
        return node

    def _repeated(self, atom: _Node) -> _Node:
        bounds = self._bounds()
        if bounds is None:
            return atom
        if atom.kind == "at" or self._peek() in ("*", "+", "{"):
            raise _not_admitted("A repetition of nothing.")
        if self._peek() == "?":
            self.place += 1  # how much is taken first does not matter to whether it matches
        return _Node("repeat", (atom,), least=bounds[0], most=bounds[1])

    def _bounds(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        character = self._peek()
        if character in simple:
            self.place += 1
            return simple[character]
        if character != "{":
            return None
        inside, brace, _ = self.text[self.place + 1 :].partition("}")
        least, comma, most = inside.partition(",")
        if not brace or not _is_count(least) or (most and not _is_count(most)):
            raise _not_admitted("A count is no number.")
        self.place += len(inside) + 2
        if not comma:
            return int(least), int(least)
        return int(least), int(most) if most else None

    def _class(self) -> Ranges:
        negated = self._peek() == "^"
        self.place += negated
        found: list[tuple[int, int]] = []
        while self._peek() != "]":
            found.extend(self._class_item())
        self.place += 1
        return _others(tuple(found)) if negated else tuple(found)

    def _class_item(self) -> Ranges:
        first = self._class_character()
        if self._peek() != "-" or self.text[self.place + 1 : self.place + 2] in ("", "]"):
            return first
        self.place += 1
        last = self._class_character()
        if len(first) != 1 or len(last) != 1 or first[0][0] > last[0][1]:
            raise _not_admitted("A range of characters is none.")
        return ((first[0][0], last[0][1]),)

    def _class_character(self) -> Ranges:
        character = self._take()
        return self._escape() if character == "\\" else _one(ord(character))

    def _escape(self) -> Ranges:
        character = self._take()
        if character in _CLASSES:
            return _CLASSES[character]
        if character in _CONTROLS:
            return _one(_CONTROLS[character])
        if character in _HEXADECIMAL:
            digits = self.text[self.place : self.place + _HEXADECIMAL[character]]
            self.place += _HEXADECIMAL[character]
            if len(digits) != _HEXADECIMAL[character] or not _is_hexadecimal(digits):
                raise _not_admitted("An escape has too few digits.")
            return _one(int(digits, 16))
        if character not in _SYNTAX:
            raise _not_admitted(f"\\{character} is not admitted.")
        return _one(ord(character))

    # states, from the end to the beginning

    def _state(
        self,
        *,
        ranges: Ranges = (),
        only_at: str = "",
        is_end: bool = False,
        then: tuple[_State, ...] = (),
    ) -> _State:
        self.states += 1
        if self.states > limits.PATTERN_STATES:
            raise _not_admitted("It repeats too much.")
        return _State(ways=list(then), ranges=ranges, only_at=only_at, is_end=is_end)

    def _build(self, node: _Node, then: _State) -> _State:
        match node.kind:
            case "chars":
                return self._state(ranges=node.ranges or ((-1, -1),), then=(then,))
            case "at":
                return self._state(only_at=node.end, then=(then,))
            case "any":
                return self._state(then=tuple(self._build(part, then) for part in node.parts))
            case "all":
                for part in reversed(node.parts):
                    then = self._build(part, then)
                return then
        return self._build_repetition(node, then)

    def _build_repetition(self, node: _Node, then: _State) -> _State:
        (part,) = node.parts
        if node.most is None:
            loop = self._state(then=(then,))
            loop.ways.append(self._build(part, loop))
            then = loop
        else:
            for _ in range(node.most - node.least):
                then = self._state(then=(then, self._build(part, then)))
        for _ in range(node.least):
            then = self._build(part, then)
        return then


def _one(code: int) -> Ranges:
    return ((code, code),)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4


def _is_hexadecimal(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)


def _not_admitted(detail: str) -> UncheckedError:
    return UncheckedError(
        Code.UNKNOWN_SCHEMA,
        f"The schema holds a pattern that is not matched here. {detail}",
        pointer="/credentialSchema",
    )
