"""What descriptions of operations are written with: access, parameters, schemas, examples.

Leaves to others: the operations (the modules beside this one), the form of the document
(``verifier.openapi``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

import schemas
from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from verifier.errors import Code
from verifier.openapi import (
    Access,
    Answer,
    Content,
    Example,
    Operation,
    Parameter,
    Place,
    lift,
    ref,
)
from verifier.strict_json import JsonObject, JsonValue

API_KEY: Final = "apiKey"
"""The security scheme of tenants."""

TEXT: Final[JsonObject] = {"type": "string"}
NAME: Final[JsonObject] = {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"}
INSTANT: Final[JsonObject] = {"type": "string", "format": "date-time"}
URL: Final[JsonObject] = {"type": "string", "format": "uri"}

IDEMPOTENCY_KEY: Final = Parameter(
    name="Idempotency-Key",
    place=Place.HEADER,
    description="A name of your own for this call. Sent again with the same body it gives the "
    "first answer, so that a call whose answer was lost may be repeated without fear.",
    schema={
        "type": "string",
        "minLength": 1,
        "maxLength": limits.IDEMPOTENCY_KEY_CHARACTERS,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
)
NEXT_PAGE: Final[Mapping[str, str]] = {"Link": 'The next page (`rel="next"`), if there is one.'}
LOCATION: Final[Mapping[str, str]] = {"Location": "Where the credential is found again."}

DOCUMENT_CODES: Final = (
    Code.PARSING_ERROR,
    Code.MALFORMED_VALUE_ERROR,
    Code.RANGE_ERROR,
    Code.DATA_LOSS_DETECTION_ERROR,
    Code.UNKNOWN_CONTEXT,
    Code.PROOF_GENERATION_ERROR,
    Code.PROOF_TRANSFORMATION_ERROR,
    Code.SCHEMA_VALIDATION_ERROR,
    Code.RESOURCE_MISMATCH,
    Code.WEAK_KEY,
    Code.LIMIT_EXCEEDED,
)
"""What can be wrong with a document that somebody wants signed or derived."""
SIGNING_CODES: Final = (
    IssuerCode.CHOOSE_ISSUER,
    IssuerCode.FORMAT_UNFIT,
    IssuerCode.OWN_OUTPUT_REFUSED,
    IssuerCode.SIGNER_UNAVAILABLE,
    IssuerCode.CLOCK_WRONG,
    IssuerCode.KEYS_UNUSABLE,
)
"""What can stand in the way of a signature."""


def key(scope: Scope) -> Access:
    """An API key with this scope."""
    return Access(scheme=API_KEY, roles=(scope.value,))


def in_path(
    name: str, description: str, *, schema: JsonObject = NAME, example: JsonValue = None
) -> Parameter:
    """A parameter of the path. One without an example is something that you were given."""
    return Parameter(
        name=name, place=Place.PATH, description=description, schema=schema, example=example
    )


def in_query(
    name: str, description: str, schema: JsonObject, *, example: JsonValue = None
) -> Parameter:
    """A parameter of the query."""
    return Parameter(
        name=name, place=Place.QUERY, description=description, schema=schema, example=example
    )


def page_parameters(
    *, usual: int, most: int, cursor: JsonObject = TEXT
) -> tuple[Parameter, Parameter]:
    """``after`` and ``limit`` of a list (``issuer.web.paging``)."""
    number: JsonObject = {"type": "integer", "minimum": 1, "maximum": most, "default": usual}
    return (
        in_query("after", "Where to go on: the last `next`.", cursor),
        in_query("limit", "How many at most.", number),
    )


def thing(required: Mapping[str, JsonObject], **optional: JsonObject) -> JsonObject:
    """The schema of an object with these members and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": {**required, **optional},
    }


def list_of(schema: JsonObject, *, most: int | None = None) -> JsonObject:
    """The schema of a list."""
    bound = {} if most is None else {"maxItems": most}
    return {"type": "array", "items": schema, **bound}


def takes(schema: JsonObject, *examples: Example) -> tuple[Content, ...]:
    """A JSON body. Each example says which status it is answered with."""
    return (Content(schema=schema, examples=examples),)


def example(title: str, value: JsonValue, *, answers: int) -> Example:
    """A request body that is answered with the status ``answers``; a test sends it."""
    return Example(title=title, value=value, status=answers)


def gives(
    status: int,
    description: str,
    schema: JsonObject,
    *values: JsonValue,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A JSON answer; ``values`` are examples of it."""
    examples = tuple(Example(title=description, value=value) for value in values)
    content = Content(schema=schema, examples=examples)
    return Answer(
        status=status, description=description, contents=(content,), headers=headers or {}
    )


def gives_file(status: int, description: str, *media_types: str) -> Answer:
    """An answer that is not JSON."""
    contents = tuple(Content(schema=TEXT, media_type=it) for it in media_types)
    return Answer(status=status, description=description, contents=contents)


ISSUER_NAME: Final = in_path("issuer", "The name of one of your issuers.", example="yours")


def and_below_issuer(operation: Operation) -> tuple[Operation, Operation]:
    """The operation, and the same below ``/issuers/{issuer}`` for tenants with several issuers."""
    below = replace(
        operation,
        path=f"/issuers/{{issuer}}{operation.path}",
        id=f"{operation.id}WithIssuer",
        summary=f"{operation.summary}, with one of several issuers",
        parameters=(ISSUER_NAME, *operation.parameters),
        codes=(*operation.codes, IssuerCode.NOT_FOUND),
        twin_of=operation.id,
    )
    return operation, below


@cache
def load_example(name: str) -> JsonValue:
    """``examples/{name}.json`` of this package, data that we invented. Shared: do not change."""
    text = (files(__package__) / "examples" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)  # noqa: TID251  a file of this package


def _as_sent(record: JsonObject) -> JsonObject:
    """The schema of a record without what only the issuer knows, and without what may be added
    later by somebody else (design §10.1)."""
    ours = ("recordId", "quality", "disclosure", "attestations")
    source = record["properties"]["source"]
    sent = source | {"required": [it for it in source["required"] if it != "receivedAt"]}
    return record | {
        "title": "A completed micro-internship, as a platform sends it",
        "required": [it for it in record["required"] if it not in ours],
        "properties": record["properties"] | {"source": sent},
    }


def common_schemas() -> dict[str, JsonObject]:
    """The schemas that several chapters speak of."""
    record = schemas.load_schema("micro-internship-completion-1.0")
    credential = schemas.load_schema("micro-internship-credential-1.0")
    return {
        **lift("Record", _as_sent(record)),
        **lift("MicroInternshipCredential", credential),
        "EnvelopedCredential": _ENVELOPED,
        "SignedDocument": _SIGNED,
        "Finding": _FINDING,
        "Problem": _PROBLEM,
    }


_ENVELOPED: Final[JsonObject] = {
    "title": "A token in its envelope",
    "type": "object",
    "required": ["@context", "id", "type"],
    "properties": {
        "id": {"type": "string", "pattern": "^data:application/"},
        "type": {"const": "EnvelopedVerifiableCredential"},
    },
}
_SIGNED: Final[JsonObject] = {
    "title": "A signed document, or a token in its envelope",
    "type": "object",
    "required": ["@context", "type"],
}
_FINDING: Final[JsonObject] = thing(
    {"type": URL, "code": {"type": "string", "pattern": "^[EHW][0-9]{3}$"}, "pointer": TEXT},
    sentence=TEXT,
    value=TEXT,
    column=TEXT,
) | {"title": "One thing to say about a record", "description": "`pointer` is a JSON Pointer."}
_PROBLEM: Final[JsonObject] = {
    "title": "A problem document (RFC 9457)",
    "description": "`type` is an address that explains the code. Further members tell more: "
    "`pointer` names the member at fault, `findings` what the rules have against a record.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": URL,
        "title": TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": TEXT,
        "pointer": TEXT,
        "findings": list_of(ref("Finding")),
    },
}
