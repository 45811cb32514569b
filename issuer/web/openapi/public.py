"""The operations of ``issuer.web.public`` and ``issuer.web.shares``, as values."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from issuer.errors import IssuerCode
from issuer.projection import vct
from issuer.shares import ShareState
from issuer.web.answers import VC
from issuer.web.openapi.vocabulary import (
    TEXT,
    gives,
    gives_file,
    in_path,
    in_query,
    thing,
)
from verifier.openapi import HTML, Answer, Chapter, Content, Operation, ref
from verifier.presentation.words import LANGUAGES
from verifier.status.token_status_list import MEDIA_TYPE

_TOKEN: Final = in_path("token", "The 26 signs of a share link.", schema=TEXT)
_HEALTH: Final = thing({"status": {"enum": ["ok", "waiting"]}})


def _read(path: str, id: str, summary: str, answer: Answer, **more: object) -> Operation:  # noqa: A002
    """Something that everybody may read."""
    operation = Operation(method="get", path=path, id=id, summary=summary, answers=(answer,))
    return replace(operation, **more)  # type: ignore[arg-type]  # members of an operation


def _json_file(description: str, media_type: str) -> Answer:
    return Answer(
        status=200,
        description=description,
        contents=(Content(schema={"type": "object"}, media_type=media_type),),
    )


_STATUS_LIST: Final = Answer(
    status=200,
    description="The list, signed.",
    contents=(
        Content(schema=ref("SignedDocument")),
        Content(schema=ref("SignedDocument"), media_type=VC),
        Content(schema=TEXT, media_type=MEDIA_TYPE),
    ),
    headers={"ETag": "Changes when the list does."},
)
_UNCHANGED: Final = Answer(status=304, description="Not changed since the copy you have.")

SHARES: Final = Chapter(
    name="Share links",
    description="What the learner gives away: a page, its form for programs, its square code. "
    "A link that was switched off, has ended or never existed is one and the same 404.",
    operations=(
        _read(
            "/s/{token}",
            "readSharePage",
            "The share page",
            gives_file(200, "The page.", HTML),
            parameters=(
                _TOKEN,
                in_query("lang", "The language of the page.", {"enum": sorted(LANGUAGES)}),
            ),
            codes=(IssuerCode.NOT_FOUND, IssuerCode.RATE_LIMITED),
        ),
        _read(
            "/s/{token}.json",
            "readShare",
            "The shared credential, for programs",
            gives(200, "The credential and the issuer's own record of it.", ref("Shared")),
            parameters=(_TOKEN,),
            codes=(IssuerCode.NOT_FOUND, IssuerCode.RATE_LIMITED),
        ),
        _read(
            "/s/{token}/qr.svg",
            "readCodeForPrint",
            "The square code of the check's address, for print",
            gives_file(200, "The picture.", "image/svg+xml"),
            parameters=(_TOKEN,),
            codes=(IssuerCode.NOT_FOUND, IssuerCode.RATE_LIMITED),
        ),
        _read(
            "/s/{token}/qr.png",
            "readCodeForScreens",
            "The same for screens",
            gives_file(200, "The picture.", "image/png"),
            parameters=(_TOKEN,),
            codes=(IssuerCode.NOT_FOUND, IssuerCode.RATE_LIMITED),
        ),
    ),
    schemas={
        "Shared": thing(
            {
                "verifiableCredential": ref("SignedDocument"),
                "state": {"enum": [state.value for state in ShareState]},
                "supersededBy": {"type": "null"},
            }
        )
    },
)

CHAPTER: Final = Chapter(
    name="Open to everybody",
    description="Files that verifiers read, pages that explain, health.",
    operations=(
        _read(
            "/status/{list}",
            "readStatusList",
            "A status list",
            _STATUS_LIST,
            answers=(_STATUS_LIST, _UNCHANGED),
            parameters=(in_path("list", "The number of the list, from a status entry."),),
            codes=(IssuerCode.NOT_FOUND, IssuerCode.SIGNER_UNAVAILABLE, IssuerCode.CLOCK_WRONG),
        ),
        _read(
            "/issuers/{issuer}/did.json",
            "readDidDocument",
            "The DID document of an issuer",
            _json_file("The keys of `did:web:HOST:issuers:NAME`.", "application/did+json"),
            parameters=(in_path("issuer", "The name of an issuer."),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
        _read(
            "/contexts/micro-internship/v1",
            "readContext",
            "Our JSON-LD context",
            _json_file("It never changes.", "application/ld+json"),
        ),
        _read(
            f"/{vct.PATH}",
            "readCredentialType",
            "The type metadata of our SD-JWT VCs",
            gives(200, "What the claims mean.", {"type": "object"}),
        ),
        _read(
            "/schemas/{name}.json",
            "readSchema",
            "Our JSON Schemas",
            _json_file("The schema.", "application/schema+json"),
            parameters=(
                in_path(
                    "name",
                    "`micro-internship-completion-1.0` or `micro-internship-credential-1.0`.",
                    schema=TEXT,
                ),
            ),
        ),
        _read("/healthz", "isAlive", "The process answers", gives(200, "It does.", _HEALTH)),
        _read(
            "/readyz",
            "isReady",
            "The process and its database answer",
            gives(200, "They do.", _HEALTH),
            answers=(gives(200, "They do.", _HEALTH), gives(503, "Not yet.", _HEALTH)),
        ),
        _read(
            "/static/{file}",
            "readFile",
            "Sheets and icons of our pages",
            gives_file(200, "The file.", "text/css", "image/svg+xml"),
            parameters=(in_path("file", "A name that changes with its content.", schema=TEXT),),
        ),
    ),
)
