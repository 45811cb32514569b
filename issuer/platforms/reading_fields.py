"""Read the fields of a profile: which member of the record, from where, by which operations.

``Place`` is an object of the file together with where it stands, so that every refusal can
say where it is.

Leaves to others: the rest of a profile (``reading``), what may be read (``guards``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn

from issuer import limits
from issuer.platforms.operations import OPERATIONS, Argument, Operation, is_date_pattern
from issuer.platforms.paths import Path, parse_path
from issuer.platforms.profile import SKIP, Field, Part, ProfileError, Step
from issuer.record.findings import SENTENCES, pointer_to
from verifier.strict_json import JsonObject, JsonValue

_FIELD_MEMBERS: Final = frozenset(
    {"to", "from", "const", "fromDefault", "ops", "required", "requiredOr", "requiredWith",
     "onFail", "each", "each1", "prefix", "note"}
)  # fmt: skip
_SOURCES: Final = ("from", "const", "fromDefault")
_TARGET = re.compile(r"[A-Za-z]{1,60}(?:\.[A-Za-z]{1,60}){0,5}(?:\[\])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An object of the profile, and the JSON Pointer to it. Every reader raises
    ``ProfileError`` with the pointer of the member that is wrong."""

    document: JsonObject = field(repr=False)
    pointer: str = ""
    is_table: bool = False

    def refuse(self, name: str, detail: str) -> NoReturn:
        """Refuse the member ``name``, or the object itself where it is empty."""
        raise ProfileError(self.at(name), detail)

    def at(self, name: str) -> str:
        """The JSON Pointer of the member ``name``, or of the object itself where it is empty."""
        return self.pointer + (pointer_to(name) if name else "")

    def only(self, members: Collection[str]) -> None:
        """Refuse members that are not known."""
        for name in sorted(set(self.document) - set(members)):
            self.refuse(name, "This is not a member of a profile.")

    def inside(self, name: str) -> Place:
        """The object at ``name``."""
        value = self.document.get(name)
        if not isinstance(value, dict):
            self.refuse(name, "This is not an object.")
        return replace(self, document=value, pointer=self.at(name))

    def items(self, name: str) -> Iterator[Place]:
        """The objects in the list at ``name``, which is not empty."""
        listed = self.document.get(name)
        if not isinstance(listed, list) or not listed or len(listed) > limits.PROFILE_FIELDS:
            self.refuse(name, f"This is not a list of 1 to {limits.PROFILE_FIELDS} objects.")
        for at, item in enumerate(listed):
            pointer = self.pointer + pointer_to(name, at)
            if not isinstance(item, dict):
                raise ProfileError(pointer, "This is not an object.")
            yield replace(self, document=item, pointer=pointer)

    def text(self, name: str) -> str:
        """The text at ``name``."""
        value = self.document.get(name)
        return value if isinstance(value, str) else self.refuse(name, "This is not a text.")

    def texts(self, name: str) -> tuple[str, ...]:
        """The text or the list of texts at ``name``."""
        value = self.document.get(name)
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not texts or not all(_is_text(one) for one in texts):
            self.refuse(name, "This is neither a text nor a list of texts.")
        return tuple(texts)

    def word(self, name: str, allowed: Collection[str], *, default: str | None = None) -> str:
        """The text at ``name``, one of ``allowed``."""
        if default is not None and name not in self.document:
            return default
        text = self.text(name)
        if text not in allowed:
            self.refuse(name, f"{text[:80]!r} is not one of {', '.join(allowed)}.")
        return text

    def matching(self, name: str, form: re.Pattern[str], expected: str) -> str:
        """The text at ``name``, which has a form."""
        text = self.text(name)
        if form.fullmatch(text) is None:
            self.refuse(name, f"{text[:80]!r} is not {expected}.")
        return text

    def flag(self, name: str, *, default: bool = False) -> bool:
        """The boolean at ``name``."""
        value = self.document.get(name, default)
        return value if isinstance(value, bool) else self.refuse(name, "This is not a boolean.")

    def code(self, name: str, letters: str = "EHW") -> str:
        """The code of a finding at ``name``, of one of some severities."""
        text = self.text(name)
        if text not in SENTENCES or text[0] not in letters:
            self.refuse(name, f"{text[:80]!r} is not a code that can stand here.")
        return text

    def path_of(self, text: str, name: str) -> Path:
        """The path in ``text``, which stands at ``name``."""
        try:
            return parse_path(text, is_column=self.is_table)
        except ValueError as error:
            raise ProfileError(self.at(name), str(error)) from error

    def path(self, name: str) -> Path:
        """The path at ``name``."""
        return self.path_of(self.text(name), name)

    def paths(self, name: str) -> tuple[Path, ...]:
        """The paths in the list at ``name``, which may be empty or absent."""
        listed = self.document.get(name, [])
        if not isinstance(listed, list):
            self.refuse(name, "This is not a list.")
        texts = self.texts(name) if listed else ()
        return tuple(self.path_of(text, name) for text in texts)


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str)


def fields_of(root: Place) -> Iterator[Field]:
    """The fields of the profile. Raises ``ProfileError``."""
    for place in root.items("fields"):
        place.only(_FIELD_MEMBERS)
        yield _field(place, root)


def _field(place: Place, root: Place) -> Field:
    target = place.matching("to", _TARGET, "the path of a member of the record")
    given = [name for name in _SOURCES if name in place.document]
    if len(given) != 1:
        place.refuse("", "A field has one of from, const and fromDefault.")
    return Field(
        target=tuple(target.removesuffix("[]").split(".")),
        appends=target.endswith("[]"),
        constant=_constant(place, root, given[0]),
        value=_part("", place) if given == ["from"] else None,
        parts=_parts(place),
        each="each" in place.document,
        prefix=place.text("prefix") if "prefix" in place.document else "",
        required=place.flag("required"),
        required_or=place.code("requiredOr") if "requiredOr" in place.document else None,
        on_fail=_on_fail(place),
    )


def _constant(place: Place, root: Place, given: str) -> JsonValue:
    if given != "fromDefault":
        return place.document.get("const")
    name = place.text("fromDefault")
    defaults = root.inside("defaults").document
    if name not in defaults:
        place.refuse("fromDefault", f"There is no default {name[:80]!r}.")
    return defaults[name]


def _on_fail(place: Place) -> str | None:
    if "onFail" not in place.document:
        return None
    return SKIP if place.document["onFail"] == SKIP else place.code("onFail")


def _part(name: str, place: Place) -> Part:
    sources = place.texts("from")
    beside = place.texts("requiredWith") if "requiredWith" in place.document else ()
    part = Part(
        name=name,
        sources=tuple(place.path_of(text, "from") for text in sources + beside),
        steps=tuple(_steps(place)),
        is_list=isinstance(place.document["from"], list) or bool(beside),
    )
    _check_order(part, place)
    return part


def _check_order(part: Part, place: Place) -> None:
    """An operation that reads several members, or some members of objects, comes before all that
    change what it is given."""
    before: list[Operation] = []
    for at, step in enumerate(part.steps):
        wanted, takes = step.operation.sources, step.operation.takes
        is_first = all(one.is_textual for one in before) and not (takes and before)
        has_sources = wanted is None or (part.is_list and len(part.sources) == wanted)
        if (wanted is not None or takes) and not (is_first and has_sources):
            many = f" and reads {wanted} members" if wanted else ""
            refused = f"{place.pointer}/ops/{at}"
            raise ProfileError(refused, f"{step.name} comes first{many}.")
        before.append(step.operation)


def _parts(place: Place) -> tuple[Part, ...]:
    name = next((one for one in ("each", "each1") if one in place.document), None)
    if name is None:
        return ()
    alone = {"to", "from", name, "required", "requiredOr", "onFail", "note"}
    if not alone.issuperset(place.document) or not isinstance(place.document.get("from"), str):
        place.refuse(name, "This stands beside one from, and not beside const, ops and the like.")
    parts = place.inside(name)
    return tuple(_subpart(part, parts) for part in parts.document)


def _subpart(name: str, parts: Place) -> Part:
    part = parts.inside(name)
    part.only({"from", "ops"})
    return _part(name, part)


def _steps(place: Place) -> Iterator[Step]:
    listed = place.document.get("ops", [])
    texts = place.texts("ops") if listed != [] else ()
    if len(texts) > limits.PROFILE_STEPS:
        place.refuse("ops", f"These are more than {limits.PROFILE_STEPS} operations.")
    for at, text in enumerate(texts):
        yield _step(text, replace(place, pointer=f"{place.pointer}/ops/{at}"))


def _step(text: str, place: Place) -> Step:
    name, colon, argument = text.partition(":")
    operation = OPERATIONS.get(name)
    if operation is None:
        place.refuse("", f"{name[:80]!r} is not an operation.")
    fault = _fault(operation, argument if colon else None)
    if fault is not None:
        place.refuse("", f"{name} has {fault} after a colon.")
    path = place.path_of(argument, "") if operation.argument is Argument.PATH else None
    return Step(name=name, argument=argument, operation=operation, path=path)


def _fault(operation: Operation, argument: str | None) -> str | None:
    """What should stand after the colon, where something else does."""
    kind = operation.argument
    if (argument is None) is not (kind is Argument.NONE) or argument == "":
        return kind.value
    if kind is Argument.WORD and argument not in operation.words:
        return f"one of {', '.join(operation.words)}"
    is_pattern = kind is not Argument.PATTERN or is_date_pattern(argument or "")
    return None if is_pattern else kind.value
