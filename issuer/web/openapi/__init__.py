"""The issuer's HTTP interface, described as our own data: ``/openapi.json`` and ``/docs``.

**To describe a new operation** write an ``Operation`` into the module here that is called like
the module of its route (or a new one, with its ``CHAPTER`` in ``CHAPTERS`` below)::

    Operation(
        method="post",
        path="/things/{thing}",          # names of parameters are yours to choose
        id="changeThing",                # never changes once released
        summary="Change a thing",
        access=key(Scope.ISSUE),         # left out: open to everybody
        parameters=(in_path("thing", "Its number."), IDEMPOTENCY_KEY),
        body=takes(ref("ThingChange"), example("Make it blue", {"blue": True}, answers=200)),
        answers=(gives(200, "Changed.", ref("Thing"), {"id": "7", "blue": True}),),
        codes=(IssuerCode.NOT_FOUND, …), # reasons of its own to refuse
    )

and the schemas that it names into ``schemas`` of its chapter: ``thing({"id": TEXT}, blue=…)``
is an object with a required and an optional member and no others. Reasons that follow from the
form of an operation (no key, no scope, not JSON, too large, a reused idempotency key, a fault of
ours) are added here. ``and_below_issuer(…)`` gives the twin below ``/issuers/{issuer}``.

``tests/issuer/web/openapi`` holds every description to the routes, the table of statuses and
the schemas, and sends every example to a real service.

Leaves to others: serving and rendering it (``issuer.web.documentation``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from itertools import chain
from typing import Final

from issuer.errors import IssuerCode
from issuer.web.openapi import (
    batches,
    completions,
    corrections,
    documentation,
    events,
    further,
    jobs,
    keys,
    oauth,
    offers,
    public,
    revocations,
    vc_api,
    webhooks,
)
from issuer.web.openapi.vocabulary import API_KEY, IDEMPOTENCY_KEY, common_schemas
from issuer.web.problems import STATUSES, TITLES, WebCode, type_url_at
from verifier.errors import Code
from verifier.openapi import Chapter, Interface, Operation, Place, ProblemKind

TITLE: Final = "Micro-internship Credentials: issuer"
VERSION: Final = "0.1.0"
"""The version of the distribution."""
_DESCRIPTION: Final = (
    "From a finished micro-internship to a signed credential (W3C Verifiable Credential, Open "
    "Badges 3.0). Bodies are JSON in UTF-8 without duplicate members. Every refusal is a problem "
    "document (RFC 9457) whose `type` explains it."
)
_SECURITY_SCHEMES: Final = {
    API_KEY: {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key of your tenant: `Authorization: Bearer mic_…`. Its scopes "
        "say what it may do.",
    }
}

CHAPTERS: Final = (
    completions.CHAPTER,
    corrections.CHAPTER,
    batches.CHAPTER,
    further.CHAPTER,
    jobs.CHAPTER,
    vc_api.CHAPTER,
    offers.CHAPTER,
    revocations.CHAPTER,
    events.CHAPTER,
    webhooks.CHAPTER,
    public.SHARES,
    public.CHAPTER,
    keys.CHAPTER,
    oauth.CHAPTER,
    documentation.CHAPTER,
)
"""In the order of the documentation."""

_ALWAYS: Final = (WebCode.OUR_FAULT, IssuerCode.STORE_UNAVAILABLE)
_WITH_A_KEY: Final = (IssuerCode.UNAUTHORISED, IssuerCode.FORBIDDEN, IssuerCode.RATE_LIMITED)
_WITH_A_BODY: Final = (
    Code.PARSING_ERROR,
    Code.MALFORMED_VALUE_ERROR,
    Code.LIMIT_EXCEEDED,
    WebCode.TOO_LARGE,
    WebCode.UNSUPPORTED_MEDIA_TYPE,
)
_WITH_A_NAME_IN_THE_PATH: Final = (WebCode.NO_SUCH_PAGE,)
_WITH_AN_IDEMPOTENCY_KEY: Final = (
    Code.MALFORMED_VALUE_ERROR,
    IssuerCode.IN_PROGRESS,
    IssuerCode.IDEMPOTENCY_CONFLICT,
)
_WITH_A_QUERY: Final = (Code.MALFORMED_VALUE_ERROR,)


def describe(base_url: str) -> Interface:
    """The interface of the service at ``base_url`` (without a slash at its end)."""
    return Interface(
        title=TITLE,
        version=VERSION,
        description=_DESCRIPTION,
        base_url=base_url,
        chapters=tuple(_with_common_codes(chapter) for chapter in CHAPTERS),
        security_schemes=_SECURITY_SCHEMES,
        schemas=common_schemas(),
        problem_of=lambda code: problem_kind(code, base_url),
    )


def problem_kind(code: str, base_url: str) -> ProblemKind:
    """A code of this service over HTTP. Raises ``KeyError`` for one that it never answers."""
    known = _CODES[code]
    return ProblemKind(
        code=code,
        type_url=type_url_at(base_url, known),
        title=TITLES[known],
        status=400 if isinstance(known, Code) else STATUSES[known],
        has_page=isinstance(known, WebCode),
    )


_CODES: Final[dict[str, StrEnum]] = {str(code): code for code in TITLES}


def _with_common_codes(chapter: Chapter) -> Chapter:
    operations = (
        replace(it, codes=_once(chain(it.codes, common_codes(it)))) for it in chapter.operations
    )
    return replace(chapter, operations=tuple(operations))


def common_codes(operation: Operation) -> Iterable[str]:
    """The reasons that follow from the form of an operation."""
    places = {parameter.place for parameter in operation.parameters}
    if operation.access is not None and operation.access.scheme == API_KEY:
        yield from _WITH_A_KEY
    if any("json" in content.media_type for content in operation.body):
        yield from _WITH_A_BODY
    if operation.path_parameters:
        yield from _WITH_A_NAME_IN_THE_PATH
    if Place.QUERY in places and operation.access is not None:
        yield from _WITH_A_QUERY
    if IDEMPOTENCY_KEY in operation.parameters:
        yield from _WITH_AN_IDEMPOTENCY_KEY
    yield from _ALWAYS


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(code) for code in codes))
