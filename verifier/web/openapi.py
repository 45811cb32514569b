"""The verifier's HTTP interface, described as our own data: ``/openapi.json``.

Verdicts are answers here, not problems: 200 says *verified* and nothing else does; 400 holds the
whole report. ``tests/verifier/web/test_openapi.py`` holds the description to the routes.

Leaves to others: the form of the document (``verifier.openapi``), serving it (``api``).
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Final

from verifier.dids.resolution import DOCUMENT_TYPE
from verifier.errors import Code
from verifier.openapi import (
    HTML,
    Answer,
    Chapter,
    Content,
    Example,
    Interface,
    Operation,
    Parameter,
    Place,
    ProblemKind,
    ref,
)
from verifier.report import Holder, Outcome, Result
from verifier.strict_json import JsonObject, JsonValue
from verifier.web.problems import SENTENCES
from verifier.web.resolver import RESULT_TYPE

VERSION: Final = "0.1.0"
"""The version of the distribution."""
_DESCRIPTION: Final = (
    "Whether a credential is genuine and current. Everybody may ask; there is no account and no "
    "key. Three outcomes: verified, not verified, could not check. The status is 200 for "
    "`verified` and 400 for everything else that was judged or could not be judged."
)
_TEXT: Final[JsonObject] = {"type": "string"}
_INSTANT: Final[JsonObject] = {"type": "string", "format": "date-time"}
_ALWAYS: Final = ("503",)


@cache
def _load(name: str) -> JsonValue:
    text = (files("verifier.web") / "examples" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)  # noqa: TID251  a file of this package


def _list_of(schema: JsonObject) -> JsonObject:
    return {"type": "array", "items": schema}


def _enum(*words: str) -> JsonObject:
    return {"enum": list(words)}


def _thing(required: JsonObject, **optional: JsonObject) -> JsonObject:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
    }


_PROBLEM: Final = _thing({"type": _TEXT, "title": _TEXT}, detail=_TEXT, pointer=_TEXT)
_SCHEMAS: Final[dict[str, JsonObject]] = {
    "Problem": _thing(
        {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": _TEXT,
        }
    ),
    "Reason": _PROBLEM | {"title": "Why it is not verified, or could not be checked"},
    "Check": _thing(
        {
            "step": {"type": "integer", "minimum": 1, "maximum": 10},
            "name": _TEXT,
            "result": _enum(*Result),
        },
        by=_TEXT,
        problem=ref("Reason"),
        as_of=_INSTANT,
    ),
    "Trust": _thing(
        {
            "issuer": {"anyOf": [_TEXT, {"type": "null"}]},
            "name": {"anyOf": [_TEXT, {"type": "null"}]},
            "registries": _list_of(_TEXT),
            "statement": _TEXT,
        }
    ),
    "Report": _thing(
        {
            "verified": {"type": "boolean"},
            "outcome": _enum(*Outcome),
            "checks": _list_of(ref("Check")),
            "trust": ref("Trust"),
            "holder": _enum(*Holder),
            "warnings": _list_of(_TEXT),
            "errors": _list_of(ref("Reason")),
            "problemDetails": _list_of(ref("Reason")),
            "policy": _TEXT,
            "checked_at": _INSTANT,
        },
        notices=_list_of(_TEXT),
        credentials=_list_of(ref("Report")),
        verdict=_thing({"state": _TEXT, "word": _TEXT, "headline": _TEXT, "next": _TEXT}),
        credential={"type": "object"},
        presentation={"type": "object"},
    ),
    "Options": {
        "type": "object",
        "properties": {
            "challenge": {"type": "string", "minLength": 1},
            "domain": {"anyOf": [_TEXT, _list_of(_TEXT)]},
            "expectedProofPurpose": {"type": "string", "minLength": 1},
            "returnCredential": {"type": "boolean"},
            "returnPresentation": {"type": "boolean"},
        },
        "description": "No option takes a check away.",
    },
    "Resolution": _thing({"@context": {}, "didDocument": {}, "didDocumentMetadata": {}}),
}
_DOCUMENT: Final[JsonObject] = {
    "anyOf": [{"type": "object"}, {"type": "string"}],
    "description": "A document with its proof, an envelope, or a token as text.",
}


def _told(schema: JsonObject) -> tuple[Content, ...]:
    return (Content(schema=schema),)


_REPORTS: Final = (
    Answer(status=200, description="Verified.", contents=_told(ref("Report"))),
    Answer(
        status=400,
        description="Not verified, or it could not be checked: `outcome` says which.",
        contents=_told(ref("Report")),
    ),
)
_PAGES: Final = (
    Answer(
        status=200,
        description="Verified. As a page: judged, whatever the verdict.",
        contents=(Content(schema=ref("Report")), Content(schema=_TEXT, media_type=HTML)),
    ),
    Answer(
        status=400,
        description="Not verified, or it could not be checked.",
        contents=(Content(schema=ref("Report")), Content(schema=_TEXT, media_type=HTML)),
    ),
)


def _verify(kind: str, *, profile: bool) -> Operation:
    """One of VC-API's verify endpoints, of a credential or a presentation."""
    member = f"verifiable{kind.capitalize()}"
    asked = (
        {}
        if kind == "credential"
        else {"options": {"challenge": "3q7fM0uKzN8", "domain": "recruiter.example"}}
    )
    example = Example(title="A badge", value={member: _load(kind), **asked}, status=200)
    name = Parameter(
        name="name",
        place=Place.PATH,
        description="A profile of rules: `unsafe-vectors`, for published test vectors alone.",
        schema=_TEXT,
        example="unsafe-vectors",
    )
    below = "/profiles/{name}" if profile else ""
    return Operation(
        method="post",
        path=f"{below}/{kind}s/verify",
        id=f"verify{kind.capitalize()}{'ByProfile' if profile else ''}",
        summary=f"Verify a {kind}",
        description="What the holder was asked to sign goes into `options`.",
        parameters=(name,) if profile else (),
        body=(
            Content(
                schema=_thing({member: _DOCUMENT}, options=ref("Options")), examples=(example,)
            ),
        ),
        answers=_REPORTS,
        codes=("413", *(("404",) if profile else ())),
        twin_of=f"verify{kind.capitalize()}" if profile else "",
    )


def _read(path: str, id: str, summary: str, *contents: Content, **more: str) -> Operation:  # noqa: A002
    """Something that is there to be read; ``more`` are parameters of the path."""
    parameters = tuple(
        Parameter(name=name, place=Place.PATH, description=says, schema=_TEXT)
        for name, says in more.items()
    )
    return Operation(
        method="get",
        path=path,
        id=id,
        summary=summary,
        parameters=parameters,
        answers=(Answer(status=200, description="It is there.", contents=contents),),
        codes=("404",) if parameters else (),
    )


_FORM: Final[JsonObject] = {
    "type": "object",
    "properties": {
        "link": _TEXT,
        "text": _TEXT,
        "file": {"type": "string", "format": "binary"},
        "given": _TEXT,
    },
    "description": "One of `link`, `text` and `file`.",
}
_CHECK: Final = Operation(
    method="post",
    path="/check",
    id="check",
    summary="Check a link, a text or a file",
    description="What the page's form sends; `Accept: application/json` gives the report.",
    body=tuple(
        Content(schema=_FORM, media_type=it)
        for it in ("multipart/form-data", "application/x-www-form-urlencoded")
    ),
    answers=_PAGES,
    codes=("404", "413", "415"),
)
_SHARE: Final = Operation(
    method="get",
    path="/c/{issuer_host}/{token}",
    id="checkShare",
    summary="Check the share that a QR code names",
    parameters=(
        Parameter(
            name="issuer_host",
            place=Place.PATH,
            description="Where the share is.",
            schema=_TEXT,
            example="issuer.example",
        ),
        Parameter(
            name="token", place=Place.PATH, description="The signs of the link.", schema=_TEXT
        ),
    ),
    answers=_PAGES,
    codes=("404",),
)


def _resolved(status: int, description: str) -> Answer:
    content = Content(schema=ref("Resolution"), media_type=RESULT_TYPE)
    return Answer(status=status, description=description, contents=(content,))


_FOUND: Final = Answer(
    status=200,
    description="The result; the bare document where that alone is asked for.",
    contents=(
        Content(schema=ref("Resolution"), media_type=RESULT_TYPE),
        Content(schema={"type": "object"}, media_type="application/did+json"),
        Content(schema={"type": "object"}, media_type=DOCUMENT_TYPE),
    ),
)
_RESOLVE: Final = Operation(
    method="get",
    path="/1.0/identifiers/{identifier}",
    id="resolveIdentifier",
    summary="Look up a DID, or the key that a DID URL names",
    parameters=(
        Parameter(
            name="identifier",
            place=Place.PATH,
            description="A DID or a DID URL.",
            schema=_TEXT,
            example="did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
        ),
        Parameter(
            name="publicKeyFormat",
            place=Place.QUERY,
            description="The form of the keys of a did:key.",
            schema=_TEXT,
        ),
        Parameter(
            name="enableExperimentalPublicKeyTypes",
            place=Place.QUERY,
            description="`true` admits forms that are not standard.",
            schema=_TEXT,
        ),
    ),
    answers=(
        _FOUND,
        _resolved(400, "Not a DID, or a key that is none."),
        _resolved(404, "There is no such DID or key."),
        _resolved(406, "None of the forms that are asked for."),
        _resolved(410, "The DID was deactivated."),
        _resolved(501, "A kind of DID or key that is not supported."),
        _resolved(502, "The place where the document should be failed."),
    ),
    codes=("404",),
)
CHAPTERS: Final = (
    Chapter(
        name="Verify",
        description="VC-API: a report for programs.",
        operations=(
            _verify("credential", profile=False),
            _verify("presentation", profile=False),
            _verify("credential", profile=True),
            _verify("presentation", profile=True),
        ),
    ),
    Chapter(
        name="Check",
        description="What people bring: a link, a text, a file, a code.",
        operations=(
            _read("/", "home", "The page", Content(schema=_TEXT, media_type=HTML)),
            _CHECK,
            _SHARE,
        ),
    ),
    Chapter(name="Identifiers", description="DID resolution.", operations=(_RESOLVE,)),
    Chapter(
        name="Open to everybody",
        description="Pages that explain, health, this description.",
        operations=(
            _read(
                "/problems/{code}",
                "explainProblem",
                "What a problem type means, and what to do",
                Content(
                    schema=_thing(
                        {
                            "type": _TEXT,
                            "code": _enum(*Code),
                            "title": _TEXT,
                            "meaning": _TEXT,
                            "remedy": _TEXT,
                        }
                    )
                ),
                Content(schema=_TEXT, media_type=HTML),
                code="The code at the end of a problem's `type`.",
            ),
            _read(
                "/openapi.json",
                "readOpenapi",
                "This interface, for programs",
                Content(schema={"type": "object"}),
            ),
            _read(
                "/healthz",
                "isAlive",
                "The process answers",
                Content(schema=_thing({"status": {"const": "ok"}})),
            ),
            _read(
                "/static/{file}",
                "readFile",
                "Sheets and icons of our pages",
                Content(schema=_TEXT, media_type="text/css"),
                Content(schema=_TEXT, media_type="image/svg+xml"),
                file="A name that changes with its content.",
            ),
        ),
    ),
)


def describe(base_url: str) -> Interface:
    """The interface of the verifier at ``base_url`` (without a slash at its end)."""
    return Interface(
        title="Micro-internship Credentials: verifier",
        version=VERSION,
        description=_DESCRIPTION,
        base_url=base_url,
        chapters=tuple(_with_faults(chapter) for chapter in CHAPTERS),
        security_schemes={},
        schemas=_SCHEMAS,
        problem_of=problem_kind,
    )


def problem_kind(code: str) -> ProblemKind:
    """A problem by its status: those of the verifier have no other name. Raises ``KeyError``."""
    status = int(code)
    title = "Something failed on our side" if code == "503" else SENTENCES[status][0]
    return ProblemKind(code=code, type_url="about:blank", title=title, status=status, has_page=True)


def _with_faults(chapter: Chapter) -> Chapter:
    operations = (replace(it, codes=(*it.codes, *_ALWAYS)) for it in chapter.operations)
    return replace(chapter, operations=tuple(operations))
