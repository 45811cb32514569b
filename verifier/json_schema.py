"""One JSON Schema and one document: does it fit? Within bounds, and without any network.

Knows the dialects 2020-12, 2019-09 and draft 7 (VC JSON Schema 1.0, section 2.1). A schema is
an operator's file, yet the document it meets comes from anybody, so the work of one validation
is counted: every keyword that is applied costs, and lists and patterns cost what they hold.
Patterns are matched in linear time or not at all. ``format`` is asserted for ``date-time``,
``uri`` and ``email``; the dialects leave that to the validator.

Leaves to others: which schema it is (``verifier.schema``), patterns (``verifier.pattern``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jsonschema import Draft7Validator, Draft201909Validator, Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import SchemaRegistry

from verifier import limits
from verifier.date_time_stamp import parse_instant
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.json_pointer import child, objects_within
from verifier.model import is_absolute_url
from verifier.pattern import compile_pattern
from verifier.strict_json import JsonObject, JsonValue

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")

Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


@dataclass(slots=True)
class _Budget:
    """Steps left in one validation."""

    steps: int

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise _undecided(Code.LIMIT_EXCEEDED, "The schema takes too much work to apply.")


_BUDGET: ContextVar[_Budget] = ContextVar("budget of one validation")


def validate(
    schema: JsonObject,
    document: JsonObject,
    *,
    dialects: Mapping[str, Any] | None = None,
    is_checked: bool = False,
) -> None:
    """Insist that ``document`` fits ``schema``; ``dialects`` are those that may be used.
    ``is_checked``: the schema passed ``check_schema`` before, which takes longer than this.

    Raises ``RefusedError`` (``SCHEMA_VALIDATION_ERROR``, with the place) when it does not fit
    or when the schema is none, ``UncheckedError`` for an unknown dialect, a reference that
    leads elsewhere, a pattern that is not admitted, or too much work.
    """
    found = _find_dialect(schema, DIALECTS if dialects is None else dialects)
    if not is_checked:
        check_schema(schema)
    token = _BUDGET.set(_Budget(limits.SCHEMA_STEPS))
    try:
        _validate(schema, document, _bounded(found))
    except RecursionError as error:
        raise _undecided(Code.LIMIT_EXCEEDED, "The schema refers to itself without end.") from error
    except Unresolvable as error:
        raise _undecided(Code.UNKNOWN_SCHEMA, "The schema refers to one not held here.") from error
    finally:
        _BUDGET.reset(token)


def _check_names(schema: JsonObject) -> None:
    """To find what was evaluated, the library matches patterns in its own way, which can be
    made to take for ever."""
    names = {name for _, node in objects_within(schema) for name in node}
    if {"patternProperties", "unevaluatedProperties"} <= names:
        raise _undecided(
            Code.UNKNOWN_SCHEMA, "Patterns and unevaluatedProperties are not matched together."
        )


def _find_dialect(schema: JsonObject, dialects: Mapping[str, Any]) -> Any:
    found = dialects.get(_dialect_of(schema))
    if found is None:
        raise _undecided(Code.UNKNOWN_SCHEMA, "The schema is written in a dialect not known here.")
    return found


def check_schema(schema: JsonObject) -> None:
    """Insist that ``schema`` is well formed by its own dialect. Raises as ``validate``."""
    dialect = _find_dialect(schema, DIALECTS)
    _check_names(schema)
    try:
        dialect.check_schema(schema)
    except SchemaError as error:
        raise _unfit(f"The schema itself is malformed: {error.message[:200]}", ()) from error
    except RecursionError as error:
        raise _undecided(Code.LIMIT_EXCEEDED, "The schema is nested too deeply.") from error


def _validate(schema: JsonObject, document: JsonObject, dialect: Any) -> None:
    registry: SchemaRegistry = Registry()
    validator = dialect(schema, registry=registry, format_checker=_FORMATS)
    worst = best_match(validator.iter_errors(document))
    if worst is not None:
        raise _unfit(
            f"The credential does not fit its schema: {worst.message[:200]}", worst.absolute_path
        )


def _dialect_of(schema: JsonObject) -> str:
    """Draft 7 names itself with http and an empty fragment; both spellings occur."""
    value = schema.get("$schema")
    name = value.removesuffix("#") if isinstance(value, str) else ""
    return name.replace("http://", "https://", 1) if name.startswith("http://") else name


# --- dialects, bounded ------------------------------------------------------------------


@cache
def _bounded(dialect: Any) -> Any:
    """The dialect with its keywords counted and its patterns matched in linear time."""
    keywords: dict[str, Keyword] = {**dialect.VALIDATORS, **_PATTERN_KEYWORDS}
    counted = {name: _counted(name, check) for name, check in keywords.items()}
    return extend(dialect, counted)  # type: ignore[no-untyped-call]  # it has no types


def _counted(name: str, check: Keyword) -> Keyword:
    def counted(
        validator: Any, value: Any, instance: Any, schema: Any
    ) -> Iterator[ValidationError] | None:
        _BUDGET.get().spend(_cost(name, value, instance))
        return check(validator, value, instance, schema)

    return counted


def _cost(name: str, value: JsonValue, instance: JsonValue) -> int:
    if name == "uniqueItems" and isinstance(instance, list):
        return 1 + len(instance) ** 2
    if name == "enum" and isinstance(value, list):
        return 1 + len(value) // 16
    return 1


def _pattern(validator: Any, value: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _matches(value, instance):
        yield ValidationError(f"{instance[:80]!r} does not match {value[:80]!r}")


def _pattern_properties(
    validator: Any, value: JsonObject, instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, subschema in value.items():
        for name, member in instance.items():
            if _matches(pattern, name):
                yield from validator.descend(member, subschema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, value: Any, instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    named = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    for name, member in instance.items():
        if name in named or any(_matches(pattern, name) for pattern in patterns):
            continue
        if value is False:
            yield ValidationError(f"The member {name[:80]!r} is not admitted.")
        else:
            yield from validator.descend(member, value, path=name)


def _matches(pattern: str, text: str) -> bool:
    _BUDGET.get().spend(len(text) // 16)
    return compile_pattern(pattern).search(text)


_PATTERN_KEYWORDS: Final[Mapping[str, Keyword]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
}

DRAFT_2019_09: Final[Mapping[str, Any]] = {
    "https://json-schema.org/draft/2019-09/schema": Draft201909Validator,
}
DIALECTS: Final[Mapping[str, Any]] = {
    "https://json-schema.org/draft/2020-12/schema": Draft202012Validator,
    **DRAFT_2019_09,
    "https://json-schema.org/draft-07/schema": Draft7Validator,
}


# --- formats ----------------------------------------------------------------------------


def _is_date_time(value: object) -> bool:
    try:
        return not isinstance(value, str) or parse_instant(value).has_offset
    except RefusedError:
        return False


def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or is_absolute_url(value)


def _is_email(value: object) -> bool:
    return not isinstance(value, str) or _EMAIL.fullmatch(value) is not None


def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, check in (("date-time", _is_date_time), ("uri", _is_uri), ("email", _is_email)):
        checker.checks(name)(check)
    return checker


_FORMATS: Final = _formats()


def _unfit(detail: str, path: Sequence[str | int]) -> RefusedError:
    pointer = ""
    for part in path:
        pointer = child(pointer, str(part))
    return RefusedError(Code.SCHEMA_VALIDATION_ERROR, detail, pointer=pointer)


def _undecided(code: Code, detail: str) -> UncheckedError:
    return UncheckedError(code, detail, pointer="/credentialSchema")
