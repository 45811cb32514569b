"""The documentation page as frozen values: what the template only has to write down.

Everything comes from the description of the interface; nothing is said here that is not in
``/openapi.json``. Each request example is a file that can be fetched, so that the commands
beside it work as they stand.

Leaves to others: the words around it and the look (the template), the routes (``documentation``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from verifier.openapi import (
    Answer,
    Chapter,
    Interface,
    Operation,
    Parameter,
    Place,
    ProblemKind,
)
from verifier.strict_json import JsonObject, JsonValue

_REF: Final = "#/components/schemas/"
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_PLACES: Final = {Place.PATH: "path", Place.QUERY: "query", Place.HEADER: "header"}
_KINDS: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "array": "list",
    "null": "null",
}
_FORMATS: Final = {"date-time": "instant", "date": "day", "uri": "address"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One row of a table. ``anchor`` leads to the schema that the kind names, if it names one;
    ``place`` is where a parameter stands."""

    name: str
    kind: str
    is_required: bool
    description: str
    anchor: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One way to call an operation, with what it answers. ``file`` is the name of the body."""

    title: str
    file: str
    body: str
    curl: str
    python: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer: its forms, and an example of the first one."""

    status: int
    description: str
    media_types: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    schema: Member | None
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One operation, with the addresses that do the same."""

    operation: Operation
    also_at: tuple[str, ...]
    scope: str
    parameters: tuple[Member, ...]
    body: Member | None
    calls: tuple[Call, ...]
    answers: tuple[Given, ...]
    problems: tuple[tuple[int, tuple[ProblemKind, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A chapter."""

    chapter: Chapter
    anchor: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A schema among the components."""

    name: str
    anchor: str
    title: str
    description: str
    members: tuple[Member, ...]


def build_parts(interface: Interface) -> tuple[Part, ...]:
    """The chapters in order; an operation that does the same as another is a line of that one."""
    twins: dict[str, list[str]] = {}
    for operation in interface.operations:
        if operation.twin_of:
            twins.setdefault(operation.twin_of, []).append(operation.path)
    return tuple(
        Part(
            chapter=chapter,
            anchor=anchor_of(chapter.name),
            entries=tuple(
                _entry(interface, operation, tuple(twins.get(operation.id, ())))
                for operation in chapter.operations
                if not operation.twin_of
            ),
        )
        for chapter in interface.chapters
    )


def build_shapes(interface: Interface) -> tuple[Shape, ...]:
    """Every schema that has members of its own."""
    shapes = (
        Shape(
            name=name,
            anchor=_schema_anchor(name),
            title=str(schema.get("title", "")),
            description=str(schema.get("description", "")),
            members=tuple(_members(schema)),
        )
        for name, schema in interface.all_schemas.items()
    )
    return tuple(shapes)


def example_files(interface: Interface) -> dict[str, str]:
    """The bodies of all request examples by the name of their file."""
    return {
        call.file: call.body
        for operation in interface.operations
        for call in _calls(operation)
        if call.file
    }


def anchor_of(text: str) -> str:
    """A heading as the name of a place in the page."""
    return _NO_WORD.sub("-", text.lower()).strip("-")


def _schema_anchor(name: str) -> str:
    return f"schema-{name}"


def _entry(interface: Interface, operation: Operation, also_at: tuple[str, ...]) -> Entry:
    return Entry(
        operation=operation,
        also_at=also_at,
        scope=", ".join(operation.access.roles) if operation.access else "",
        parameters=tuple(_parameter(it) for it in operation.parameters),
        body=_member("", operation.body[0].schema, is_required=True) if operation.body else None,
        calls=tuple(_calls(operation)),
        answers=tuple(_given(it) for it in operation.answers),
        problems=tuple(interface.problems_of(operation).items()),
    )


def _parameter(parameter: Parameter) -> Member:
    kind, _ = kind_of(parameter.schema)
    return Member(
        name=parameter.name,
        kind=kind,
        is_required=parameter.place is Place.PATH,
        description=parameter.description,
        place=_PLACES[parameter.place],
    )


def _given(answer: Answer) -> Given:
    first = answer.contents[0] if answer.contents else None
    examples = first.examples if first else ()
    return Given(
        status=answer.status,
        description=answer.description,
        media_types=tuple(it.media_type for it in answer.contents),
        headers=tuple(answer.headers.items()),
        schema=_member("", first.schema, is_required=True) if first else None,
        example=_pretty(examples[0].value) if examples else "",
    )


# --- schemas ----------------------------------------------------------------------------


def _members(schema: JsonObject) -> Iterator[Member]:
    required = schema.get("required", [])
    for name, value in schema.get("properties", {}).items():
        told = value if isinstance(value, dict) else {}  # true: anything
        yield _member(name, told, is_required=name in required)


def _member(name: str, schema: JsonObject, *, is_required: bool) -> Member:
    kind, anchor = kind_of(schema)
    return Member(
        name=name,
        kind=kind,
        is_required=is_required,
        description=str(schema.get("description", "")),
        anchor=anchor,
    )


def kind_of(schema: JsonObject) -> tuple[str, str]:
    """What a value is, in a few words, and the place in the page that says more."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(_REF)
        return name, _schema_anchor(name)
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False), ""
    if "enum" in schema:
        words = (json.dumps(it, ensure_ascii=False) for it in schema["enum"])
        return f"one of {', '.join(words)}", ""
    if "anyOf" in schema:
        parts = [kind_of(it) for it in schema["anyOf"]]
        return " or ".join(kind for kind, _ in parts), next((at for _, at in parts if at), "")
    if "items" in schema and isinstance(schema["items"], dict):
        kind, anchor = kind_of(schema["items"])
        return f"list of {kind}", anchor
    plain = _FORMATS.get(schema.get("format", "")) or _KINDS.get(str(schema.get("type")))
    return plain or "anything", ""


# --- commands ---------------------------------------------------------------------------


def _calls(operation: Operation) -> Iterator[Call]:
    """The examples of an operation; one without a body has one call if it is for programs."""
    examples = [example for content in operation.body for example in content.examples]
    for number, example in enumerate(examples, start=1):
        file = f"{operation.id}-{number}.json"
        yield Call(
            title=example.title,
            file=file,
            body=_pretty(example.value),
            curl=_curl(operation, file),
            python=_python(operation, file),
            status=example.status,
        )
    if not operation.body and operation.access is not None:
        yield Call(
            title="",
            file="",
            body="",
            curl=_curl(operation, ""),
            python=_python(operation, ""),
            status=None,
        )


def _headers(operation: Operation, *, with_body: bool, key: str) -> dict[str, str]:
    names = {parameter.name for parameter in operation.parameters}
    headers = {"Authorization": f"Bearer {key}"} if operation.access else {}
    if with_body:
        headers["Content-Type"] = operation.body[0].media_type
    if "Idempotency-Key" in names:
        headers["Idempotency-Key"] = "a-name-of-your-own"
    return headers


def _address(operation: Operation, variable: str) -> str:
    """The path with examples in it; what you were given stands there as a variable."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place is Place.PATH:
            value = parameter.example or variable.format(parameter.name.upper())
            path = path.replace(f"{{{parameter.name}}}", str(value))
    return path


def _curl(operation: Operation, file: str) -> str:
    method = operation.method.upper()
    verb = "" if method == ("POST" if file else "GET") else f"-X {method} "
    fetched = [f'curl -sSO "$ISSUER/docs/examples/{file}"'] if file else []
    lines = [f'curl -sS {verb}"$ISSUER{_address(operation, "${}")}"']
    headers = _headers(operation, with_body=bool(file), key="$KEY")
    lines += [f'-H "{name}: {value}"' for name, value in headers.items()]
    lines += [f"--data-binary @{file}"] if file else []
    return "\n".join([*fetched, " \\\n  ".join(lines)])


def _python(operation: Operation, file: str) -> str:
    headers = _headers(operation, with_body=bool(file), key="")
    headers.pop("Authorization", None)
    told = ['"Authorization": "Bearer " + os.environ["KEY"]'] if operation.access else []
    told += [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in headers.items()]
    address = _address(operation, '" + os.environ["{}"] + "')
    lines = [
        "import os",
        *(["from pathlib import Path"] if file else []),
        "import httpx",
        "",
        "answer = httpx.request(",
        f'    "{operation.method.upper()}",',
        f'    os.environ["ISSUER"] + "{address}",'.replace(' + ""', ""),
        "    headers={",
        *(f"        {line}," for line in told),
        "    },",
        *([f'    content=Path("{file}").read_bytes(),'] if file else []),
        ")",
        "print(answer.status_code, answer.text)",
    ]
    return "\n".join(lines)


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
