"""The operations of ``issuer.web.completions``, as values."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.web.openapi.vocabulary import (
    IDEMPOTENCY_KEY,
    INSTANT,
    LOCATION,
    SIGNING_CODES,
    TEXT,
    URL,
    and_below_issuer,
    example,
    gives,
    in_path,
    in_query,
    key,
    list_of,
    load_example,
    takes,
    thing,
)
from issuer.web.problems import WebCode
from verifier.errors import Code
from verifier.openapi import Chapter, Content, Operation, ref
from verifier.strict_json import JsonObject

_COMPLETION: Final[JsonObject] = load_example("completion")
_RECORD: Final[JsonObject] = _COMPLETION["record"]

_CONSENT: Final = thing({"given": {"type": "boolean"}}, at=INSTANT, facets={"type": "object"}) | {
    "title": "What the learner said",
    "description": "`at` is needed where consent was given; `facets` are the learner's choices "
    "of what to show.",
}
_SHARE: Final = thing({"url": URL, "verifyUrl": URL, "qr": URL}) | {
    "title": "A share link, the address that checks it, its square code"
}
_ISSUED: Final = thing(
    {
        "state": {"const": "issued"},
        "credentialId": TEXT,
        "verifiableCredential": {
            "anyOf": [ref("MicroInternshipCredential"), ref("EnvelopedCredential")]
        },
        "warnings": list_of(ref("Finding")),
    },
    share=ref("Share"),
)
_WAITING: Final = thing(
    {
        "state": {"enum": ["offered", "held", "attestationRequested"]},
        "offerId": TEXT,
        "warnings": list_of(ref("Finding")),
    }
)
_ROW: Final[JsonObject] = {
    "title": "What became of one row",
    "description": "`state` and what follows it stand in a real run alone: the members of what "
    "`POST /completions` would have answered, or `conflict` with a `problem`.",
    "type": "object",
    "required": ["row", "record", "disposition", "codes", "findings"],
    "properties": {
        "row": {"type": "integer", "minimum": 1},
        "record": TEXT,
        "disposition": {"enum": ["accepted", "accepted-with-warnings", "held", "refused"]},
        "codes": list_of(TEXT),
        "findings": list_of(ref("Finding")),
        "state": {
            "enum": ["issued", "offered", "held", "attestationRequested", "conflict", "refused"]
        },
        "problem": ref("Problem"),
    },
}

_CSV: Final = "text/csv"
_IN_ROWS: Final = gives(200, "One outcome for each row.", ref("Imported"), load_example("rows"))
_ROWS: Final = replace(
    _IN_ROWS, contents=(*_IN_ROWS.contents, Content(schema=TEXT, media_type=_CSV))
)

CHAPTER: Final = Chapter(
    name="Completions",
    description="Finished micro-internships: one, or a payload of many in your own form.",
    operations=(
        *and_below_issuer(
            Operation(
                method="post",
                path="/completions",
                id="complete",
                summary="Send a completed micro-internship",
                description="With the learner's consent and the host's word the credential is "
                "signed at once. Without one of them the record waits, and the answer says for "
                "whom. The same record sent again gives the same credential.",
                access=key(Scope.ISSUE),
                parameters=(IDEMPOTENCY_KEY,),
                body=takes(
                    ref("Completion"),
                    example("With consent, and a share link", _COMPLETION, answers=201),
                    example(
                        "The learner is still to be asked",
                        {"record": _RECORD, "learnerConsent": {"given": False}},
                        answers=202,
                    ),
                ),
                answers=(
                    gives(201, "Issued.", ref("Issued"), load_example("issued"), headers=LOCATION),
                    gives(
                        202,
                        "Kept until somebody says yes or adds what is missing.",
                        ref("Waiting"),
                        load_example("waiting"),
                    ),
                ),
                codes=(
                    *SIGNING_CODES,
                    IssuerCode.ALREADY_ISSUED,
                    IssuerCode.OFFER_ENDED,
                    WebCode.RECORD_REFUSED,
                    Code.RANGE_ERROR,
                    Code.WEAK_KEY,
                    Code.INVALID_VERIFICATION_METHOD,
                ),
            )
        ),
        *and_below_issuer(
            Operation(
                method="post",
                path="/imports/{profile}",
                id="importPayload",
                summary="Send many, in your platform's own form",
                description="A mapping profile reads each row. One bad row never stops the "
                "others: every row has an outcome of its own. The same payload sent again issues "
                "nothing twice. A profile of tables takes `text/csv`, or a form with the `file` "
                "and the consent; on its dry run `Accept: text/csv` gives the rows that somebody "
                "must mend, with a last column that says what to fix.",
                access=key(Scope.ISSUE),
                parameters=(
                    in_path("profile", "The mapping profile.", example="gigbridge-1"),
                    in_query(
                        "dryRun",
                        "`1` says what would become of each row and stores nothing.",
                        {"enum": ["0", "1"], "default": "0"},
                    ),
                    IDEMPOTENCY_KEY,
                ),
                body=(
                    *takes(
                        ref("Import"),
                        example("One project", load_example("import"), answers=200),
                    ),
                    Content(schema=TEXT, media_type=_CSV),
                    Content(schema=ref("ImportForm"), media_type="multipart/form-data"),
                ),
                answers=(_ROWS,),
                codes=(
                    *SIGNING_CODES,
                    IssuerCode.NOT_FOUND,
                    WebCode.NOT_ACCEPTABLE,
                    WebCode.RECORD_REFUSED,
                    Code.RANGE_ERROR,
                ),
            )
        ),
    ),
    schemas={
        "Consent": _CONSENT,
        "Share": _SHARE,
        "Completion": thing(
            {"record": ref("Record")},
            learnerConsent=ref("Consent"),
            holder=thing({"id": {"type": "string", "maxLength": 320, "pattern": "^did:"}}),
            share={"type": "boolean"},
            attester=ref("Attester"),
        ),
        "Import": thing(
            {"payload": {"type": "object"}},
            learnerConsent=ref("Consent"),
            share={"type": "boolean"},
        ),
        "ImportForm": thing(
            {"file": TEXT},
            learnerConsent=ref("Consent"),
            share={"type": "boolean"},
        ),
        "Issued": _ISSUED,
        "Waiting": _WAITING,
        "Row": _ROW,
        "Imported": thing(
            {
                "dryRun": {"type": "boolean"},
                "summary": {
                    "description": "How many rows ended in each disposition.",
                    "type": "object",
                    "additionalProperties": {"type": "integer", "minimum": 1},
                },
                "rows": list_of(ref("Row")),
            }
        ),
    },
)
