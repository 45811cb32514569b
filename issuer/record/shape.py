"""The form of a record: its JSON Schema, with each refusal turned into a code and a place.

Formats (dates, instants, URIs) are really checked: the checkers that ``format`` needs are
installed with the package, and without them nothing is read. An instant is what can be signed
as one (RFC 3339 also knows leap seconds and small letters). The schema is ours and has no
remote reference, so nothing is fetched.

Leaves to others: what a schema cannot say (``issuer.record.rules``).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

import schemas
from issuer.record.findings import Finding, found, pointer_to
from verifier.date_time_stamp import parse_instant
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject

SCHEMA: Final = "micro-internship-completion-1.0"
_FORMATS: Final = frozenset({"date", "uri"})

_BY_PLACE: Final = {
    ("required", "/engagement/objectives"): "H302",
    ("minItems", "/engagement/objectives"): "H302",
    ("required", "/engagement/compensation/unpaidBasis"): "H301",
    ("required", "/attestations"): "H303",
    ("minItems", "/attestations"): "H303",
    ("minLength", "/engagement/effort/duration"): "E108",
    ("pattern", "/engagement/effort/duration"): "E108",
}
"""Where a keyword has a meaning of its own. Looked up before ``_BY_KEYWORD``."""

_BY_KEYWORD: Final = {
    "enum": "E109",
    "const": "E109",
}
_BY_FORMAT: Final = {"date": "E102", "date-time": "E102"}

_NO_TRIAL: Final = "Only the reverse form has a trial."


def check_shape(document: JsonObject) -> Iterator[Finding]:
    """Every way in which ``document`` differs from the schema of the record."""
    for error in _checker().iter_errors(document):
        yield from _findings(error)


@cache
def _checker() -> Draft202012Validator:
    schema = schemas.load_schema(SCHEMA)
    try:
        formats = FormatChecker(_FORMATS)
    except KeyError as error:
        raise RuntimeError(f"the package that checks the format {error} is missing") from error
    formats.checks("date-time", raises=RefusedError)(_is_instant)
    return Draft202012Validator(schema, format_checker=formats)


def _is_instant(value: object) -> bool:
    """Raises ``RefusedError`` for a text that is none; what is no text has no format."""
    return not isinstance(value, str) or parse_instant(value).has_offset


def _findings(error: ValidationError) -> Iterator[Finding]:
    path = tuple(error.absolute_path)
    match error.validator:
        case "additionalProperties" if error.validator_value is False:
            yield from (found("E115", pointer_to(*path, name)) for name in _unknown(error))
        case "required":
            places = (pointer_to(*path, name) for name in _missing(error))
            yield from (found(_BY_PLACE.get(("required", at), "E101"), at) for at in places)
        case "not":  # the schema's one negation
            yield found("E116", pointer_to(*path, "trial"), sentence=_NO_TRIAL)
        case _:
            pointer = pointer_to(*path)
            yield found(_code(error, pointer), pointer, value=error.instance)


def _unknown(error: ValidationError) -> list[str]:
    schema: Any = error.schema
    instance: Any = error.instance
    return [name for name in instance if name not in schema["properties"]]


def _missing(error: ValidationError) -> list[str]:
    names: Any = error.validator_value
    instance: Any = error.instance
    return [name for name in names if name not in instance]


def _code(error: ValidationError, pointer: str) -> str:
    keyword = str(error.validator)
    if keyword == "format":
        return _BY_FORMAT.get(str(error.validator_value), "E116")
    is_empty = keyword in ("minLength", "minItems") and not error.instance
    default = "E101" if is_empty else _BY_KEYWORD.get(keyword, "E116")
    return _BY_PLACE.get((keyword, pointer), default)
