"""The operation of ``issuer.web.batches``, as a value."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.web.openapi.vocabulary import (
    IDEMPOTENCY_KEY,
    URL,
    and_below_issuer,
    example,
    gives,
    in_query,
    key,
    list_of,
    load_example,
    takes,
    thing,
)
from issuer.web.problems import WebCode
from verifier.errors import Code
from verifier.openapi import Chapter, Operation, ref
from verifier.strict_json import JsonObject

_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}
_INDEX: Final[JsonObject] = {"type": "integer", "minimum": 0, "maximum": limits.BATCH_ITEMS - 1}
_ANSWERED: Final[JsonObject] = {
    "title": "What became of one completion",
    "description": "`status` and the members beside it are those that `POST /completions` would "
    "have answered with; `location` is where the credential is found again. An item that is "
    "`retryable` may be sent again as it is.",
    "type": "object",
    "required": ["index", "status"],
    "properties": {
        "index": _INDEX,
        "status": {"type": "integer"},
        "state": {"enum": ["issued", "offered", "held", "attestationRequested"]},
        "location": URL,
        "retryable": {"type": "boolean"},
        "problem": ref("Problem"),
    },
}
_RESULTS: Final[JsonObject] = {
    "results": [
        {
            "index": 0,
            "status": 201,
            "state": "issued",
            "credentialId": "urn:uuid:5f0c2d1e-8c4b-4d53-9a53-4a7f1d2c9b10",
            "warnings": [],
            "location": "https://issuer.example/credentials/5f0c2d1e8c4b4d539a534a7f1d2c9b10",
        }
    ],
    "summary": {"issued": 1, "waiting": 0, "refused": 0, "retryable": 0},
}

CHAPTER: Final = Chapter(
    name="Batches",
    description="Many finished micro-internships in one call, each with an answer of its own.",
    operations=and_below_issuer(
        Operation(
            method="post",
            path="/completions/batch",
            id="completeMany",
            summary="Send many completed micro-internships",
            description=f"Up to {limits.BATCH_ITEMS:,} completions. One bad item never stops the "
            "others. The call may be repeated without fear.",
            access=key(Scope.ISSUE),
            parameters=(
                in_query(
                    "verifiableCredentials",
                    "`1` puts each signed document into its result.",
                    {"enum": ["0", "1"], "default": "0"},
                ),
                IDEMPOTENCY_KEY,
            ),
            body=takes(
                ref("Batch"),
                example(
                    "One completion", {"completions": [load_example("completion")]}, answers=200
                ),
            ),
            answers=(gives(200, "One result for each item.", ref("BatchResults"), _RESULTS),),
            codes=(IssuerCode.CHOOSE_ISSUER, Code.LIMIT_EXCEEDED, WebCode.TOO_LARGE),
        )
    ),
    schemas={
        "Batch": thing(
            {"completions": {"minItems": 1, **list_of({"type": "object"}, most=limits.BATCH_ITEMS)}}
        ),
        "BatchResult": _ANSWERED,
        "BatchResults": thing(
            {
                "results": list_of(ref("BatchResult")),
                "summary": thing(
                    {"issued": _COUNT, "waiting": _COUNT, "refused": _COUNT, "retryable": _COUNT}
                ),
            }
        ),
    },
)
