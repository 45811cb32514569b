"""An HTTP interface as frozen values, and the OpenAPI 3.1 document that they become.

An interface is a list of chapters, a chapter a list of operations. An operation names the codes
it may refuse with; what each code means, and its status, stand in one table of the service and
are never repeated here. Nothing is derived from running code, and nothing that comes from
outside is ever read with these values: they only tell.

Follows OpenAPI 3.1.0, with JSON Schema 2020-12. Leaves to others: what an operation says (the web
side of each service), rendering it for people (the same), whether it is true (tests).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from verifier.strict_json import JsonObject, JsonValue

OPENAPI: Final = "3.1.0"
JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
HTML: Final = "text/html"
_COMPONENTS: Final = "#/components/schemas/"
_PATH_PARAMETER: Final = re.compile(r"\{(\w+)\}")


class Place(StrEnum):
    """Where a parameter stands (OpenAPI, Parameter Object, ``in``)."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One value beside the body. Those in the path are required, the others are not."""

    name: str
    place: Place
    description: str
    schema: JsonObject
    example: JsonValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A body. ``status`` is what a request with it is answered; ``None`` in an answer."""

    title: str
    value: JsonValue
    status: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """One form of a body: its media type, what it holds, and examples."""

    schema: JsonObject
    media_type: str = JSON
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes back when all is well. ``headers`` are names with what they say."""

    status: int
    description: str
    contents: tuple[Content, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a caller must show: a security scheme of the interface, and roles in it."""

    scheme: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method at one path. ``access`` is ``None`` where everybody may ask; ``body`` holds the
    forms a body may have, none where there is no body; ``codes`` are the reasons to refuse;
    ``twin_of`` is the id of an operation that does the same at a shorter address."""

    method: str
    path: str
    id: str
    summary: str
    description: str = ""
    access: Access | None = None
    parameters: tuple[Parameter, ...] = ()
    body: tuple[Content, ...] = ()
    answers: tuple[Answer, ...]
    codes: tuple[str, ...] = ()
    twin_of: str = ""

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names in the path, in order."""
        return tuple(_PATH_PARAMETER.findall(self.path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Operations that belong together, and the schemas they speak of, by name."""

    name: str
    description: str
    operations: tuple[Operation, ...]
    schemas: Mapping[str, JsonObject] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """What a code is over HTTP. ``has_page``: a browser gets it as a page."""

    code: str
    type_url: str
    title: str
    status: int
    has_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """The whole. ``base_url`` has no slash at its end; ``problem_of`` is the service's own table
    of codes and raises ``KeyError`` for one that it does not hold."""

    title: str
    version: str
    description: str
    base_url: str
    chapters: tuple[Chapter, ...]
    security_schemes: Mapping[str, JsonObject]
    schemas: Mapping[str, JsonObject]
    problem_of: Callable[[str], ProblemKind]

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the order of the chapters."""
        return tuple(operation for chapter in self.chapters for operation in chapter.operations)

    @property
    def all_schemas(self) -> dict[str, JsonObject]:
        """The schemas of the interface and of its chapters, by name."""
        found = dict(self.schemas)
        for chapter in self.chapters:
            found |= chapter.schemas
        return found

    def problems_of(self, operation: Operation) -> dict[int, tuple[ProblemKind, ...]]:
        """What ``operation`` may refuse with, by status."""
        kinds = [self.problem_of(code) for code in operation.codes]
        statuses = sorted({kind.status for kind in kinds})
        return {
            status: tuple(kind for kind in kinds if kind.status == status) for status in statuses
        }


def ref(name: str) -> JsonObject:
    """A schema by its name among the components."""
    return {"$ref": f"{_COMPONENTS}{name}"}


def lift(name: str, schema: JsonObject) -> dict[str, JsonObject]:
    """A JSON Schema file as components: itself as ``name``, each of its ``$defs`` beside it as
    ``name.def``. Its identifier goes, so that every reader of OpenAPI finds the parts."""
    parts = {name: {key: value for key, value in schema.items() if not key.startswith("$")}}
    parts |= {f"{name}.{key}": value for key, value in schema.get("$defs", {}).items()}
    return {key: _with_new_refs(value, name) for key, value in parts.items()}


def _with_new_refs(value: JsonValue, name: str) -> JsonValue:
    if isinstance(value, list):
        return [_with_new_refs(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: item.replace("#/$defs/", f"{_COMPONENTS}{name}.")
        if key == "$ref"
        else _with_new_refs(item, name)
        for key, item in value.items()
    }


def build_openapi(interface: Interface) -> JsonObject:
    """The OpenAPI document. Raises ``KeyError`` for a code that the interface does not hold."""
    paths: JsonObject = {}
    for chapter in interface.chapters:
        for operation in chapter.operations:
            methods = paths.setdefault(operation.path, {})
            methods[operation.method] = _operation(interface, chapter, operation)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": interface.title,
            "version": interface.version,
            "description": interface.description,
        },
        "servers": [{"url": interface.base_url}],
        "tags": [{"name": it.name, "description": it.description} for it in interface.chapters],
        "paths": paths,
        "components": {
            "schemas": interface.all_schemas,
            "examples": _problem_examples(interface),
            "securitySchemes": dict(interface.security_schemes),
        },
    }


def problem_example(kind: ProblemKind) -> JsonObject:
    """A problem document (RFC 9457) of one code; the detail differs from case to case."""
    return {
        "type": kind.type_url,
        "title": kind.title,
        "status": kind.status,
        "detail": "One plain sentence about this case.",
    }


def _problem_examples(interface: Interface) -> JsonObject:
    codes = sorted({code for operation in interface.operations for code in operation.codes})
    kinds = [interface.problem_of(code) for code in codes]
    return {kind.code: {"summary": kind.title, "value": problem_example(kind)} for kind in kinds}


def _operation(interface: Interface, chapter: Chapter, operation: Operation) -> JsonObject:
    told: JsonObject = {
        "operationId": operation.id,
        "tags": [chapter.name],
        "summary": operation.summary,
        "description": operation.description,
        "security": _security(operation.access),
        "parameters": [_parameter(it) for it in operation.parameters],
        "responses": _responses(interface, operation),
    }
    if operation.body:
        told["requestBody"] = {"required": True, "content": _contents(operation.body)}
    return {name: value for name, value in told.items() if value or name == "security"}


def _security(access: Access | None) -> list[JsonValue]:
    """Nothing is said by leaving it out: an operation open to everybody says so."""
    return [] if access is None else [{access.scheme: list(access.roles)}]


def _parameter(parameter: Parameter) -> JsonObject:
    told: JsonObject = {
        "name": parameter.name,
        "in": parameter.place.value,
        "description": parameter.description,
        "required": parameter.place is Place.PATH,
        "schema": parameter.schema,
    }
    return told if parameter.example is None else told | {"example": parameter.example}


def _contents(contents: Iterable[Content]) -> JsonObject:
    return {content.media_type: _content(content) for content in contents}


def _content(content: Content) -> JsonObject:
    if not content.examples:
        return {"schema": content.schema}
    named = {
        f"example-{number}": {"summary": example.title, "value": example.value}
        for number, example in enumerate(content.examples, start=1)
    }
    return {"schema": content.schema, "examples": named}


def _responses(interface: Interface, operation: Operation) -> JsonObject:
    answers = {str(answer.status): _answer(answer) for answer in operation.answers}
    for status, kinds in interface.problems_of(operation).items():
        refusal, answer = _refusal(kinds), answers.get(str(status))
        answers[str(status)] = refusal if answer is None else _together(answer, refusal)
    return dict(sorted(answers.items()))


def _answer(answer: Answer) -> JsonObject:
    told: JsonObject = {"description": answer.description}
    if answer.headers:
        told["headers"] = {
            name: {"description": says, "schema": {"type": "string"}}
            for name, says in answer.headers.items()
        }
    return told | ({"content": _contents(answer.contents)} if answer.contents else {})


def _refusal(kinds: tuple[ProblemKind, ...]) -> JsonObject:
    """One status, all reasons for it: each with the address that explains it."""
    lines = [f"* {_named(kind)}: {kind.title}" for kind in kinds]
    examples = {kind.code: {"$ref": f"#/components/examples/{kind.code}"} for kind in kinds}
    content: JsonObject = {PROBLEM_JSON: {"schema": ref("Problem"), "examples": examples}}
    if any(kind.has_page for kind in kinds):
        content[HTML] = {"schema": {"type": "string"}}
    return {
        "description": "\n".join(lines),
        "content": content,
        "x-problem-codes": [kind.code for kind in kinds],
    }


def _named(kind: ProblemKind) -> str:
    """The code, with the address that explains it where there is one."""
    is_address = not kind.type_url.startswith("about:")
    return f"[`{kind.code}`]({kind.type_url})" if is_address else f"`{kind.code}`"


def _together(answer: JsonObject, refusal: JsonObject) -> JsonObject:
    """An answer and a refusal with the same status."""
    return {
        **answer,
        **refusal,
        "description": f"{answer['description']}\n\n{refusal['description']}",
        "content": answer.get("content", {}) | refusal["content"],
    }
