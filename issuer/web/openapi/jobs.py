"""The operations of ``issuer.web.jobs``, as values."""

from __future__ import annotations

from typing import Final

from issuer import limits
from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.store.job_rows import JobState, LineState
from issuer.web.openapi.vocabulary import (
    IDEMPOTENCY_KEY,
    INSTANT,
    NAME,
    NEXT_PAGE,
    TEXT,
    URL,
    and_below_issuer,
    gives,
    gives_file,
    in_path,
    in_query,
    key,
    list_of,
    thing,
)
from issuer.web.problems import WebCode
from verifier.errors import Code
from verifier.openapi import Chapter, Content, Operation, Parameter, ref
from verifier.strict_json import JsonObject

_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}
_STATES: Final = [state.value for state in LineState]
_JOB_ID: Final[Parameter] = in_path("job", "The job's id, from `Location`.")
_EXAMPLE: Final[JsonObject] = {
    "id": "9f3c2a1b77d04c0e8f1d2b3a4c5d6e7f",
    "state": "running",
    "dryRun": False,
    "profile": "career-centre-csv-1",
    "created": "2026-12-01T12:00:00Z",
    "started": "2026-12-01T12:00:01Z",
    "rows": 100_000,
    "done": 25_000,
    "failed": 3,
    "counts": {"open": 75_000, "issued": 24_997, "refused": 3},
    "rowsPerSecond": 50.0,
    "secondsLeft": 1_500,
}
_ROWS: Final[JsonObject] = {
    "rows": [
        {
            "row": 17,
            "state": "refused",
            "record": "CC-2026SP-0016",
            "codes": ["E106"],
            "findings": [
                {
                    "type": "https://issuer.example/problems/E106",
                    "code": "E106",
                    "pointer": "/outcome/status",
                    "column": "status",
                }
            ],
        }
    ],
    "next": None,
}


def _move(name: str, summary: str, description: str) -> Operation:
    return Operation(
        method="post",
        path=f"/jobs/{{job}}/{name}",
        id=f"{name}Job",
        summary=summary,
        description=description,
        access=key(Scope.ISSUE),
        parameters=(_JOB_ID,),
        answers=(gives(200, "Where it stands now.", ref("Job"), _EXAMPLE),),
        codes=(IssuerCode.NOT_FOUND, IssuerCode.JOB_STATE),
    )


CHAPTER: Final = Chapter(
    name="Jobs",
    description="One file of many rows, worked off in the background.",
    operations=(
        *and_below_issuer(
            Operation(
                method="post",
                path="/jobs",
                id="beginJob",
                summary="Send a file of many rows",
                description=f"A form of two parts, in this order: `order`, which is JSON, and "
                f"`file`, at most {limits.JOB_ROWS:,} rows and {limits.JOB_BYTES // 2**20} MB. "
                "With a profile of tables the file is CSV; with a profile of payloads each line is "
                "a payload with one row; without a profile each line is what `POST /completions` "
                "takes. The answer means that every row is kept.",
                access=key(Scope.ISSUE),
                parameters=(IDEMPOTENCY_KEY,),
                body=(Content(schema=ref("JobForm"), media_type="multipart/form-data"),),
                answers=(
                    gives(
                        202,
                        "Every row is kept.",
                        ref("Job"),
                        _EXAMPLE,
                        headers={"Location": "Where the job is found again."},
                    ),
                ),
                codes=(
                    IssuerCode.CHOOSE_ISSUER,
                    IssuerCode.NOT_FOUND,
                    WebCode.RECORD_REFUSED,
                    WebCode.TOO_LARGE,
                    WebCode.UNSUPPORTED_MEDIA_TYPE,
                    Code.PARSING_ERROR,
                    Code.MALFORMED_VALUE_ERROR,
                    Code.LIMIT_EXCEEDED,
                    Code.RANGE_ERROR,
                ),
            )
        ),
        Operation(
            method="get",
            path="/jobs",
            id="listJobs",
            summary=f"The last {limits.JOBS_LISTED} jobs, newest first",
            access=key(Scope.ISSUE),
            answers=(
                gives(
                    200,
                    "The jobs.",
                    thing({"jobs": list_of(ref("Job"), most=limits.JOBS_LISTED)}),
                    {"jobs": [_EXAMPLE]},
                ),
            ),
            codes=(Code.MALFORMED_VALUE_ERROR,),
        ),
        Operation(
            method="get",
            path="/jobs/{job}",
            id="showJob",
            summary="Where a job stands",
            access=key(Scope.ISSUE),
            parameters=(_JOB_ID,),
            answers=(gives(200, "Where it stands.", ref("Job"), _EXAMPLE),),
            codes=(IssuerCode.NOT_FOUND, Code.MALFORMED_VALUE_ERROR),
        ),
        Operation(
            method="get",
            path="/jobs/{job}/rows",
            id="listJobRows",
            summary="What became of the rows of a job",
            description="Ids and codes; what was sent is not repeated.",
            access=key(Scope.ISSUE),
            parameters=(
                _JOB_ID,
                in_query(
                    "state",
                    "Rows in this state; `failed` are all that may be tried again.",
                    {"enum": ["failed", *_STATES]},
                ),
                in_query(
                    "after",
                    "The number you reached: the last `next`.",
                    {"type": "integer", "minimum": 1},
                ),
                in_query(
                    "limit",
                    "How many at most.",
                    {
                        "type": "integer",
                        "minimum": 1,
                        "maximum": limits.JOB_LINES_PAGE_MAX,
                        "default": limits.JOB_LINES_PAGE,
                    },
                ),
            ),
            answers=(gives(200, "The rows.", ref("JobRows"), _ROWS, headers=NEXT_PAGE),),
            codes=(IssuerCode.NOT_FOUND,),
        ),
        Operation(
            method="get",
            path="/jobs/{job}/failed.csv",
            id="failedJobRows",
            summary="The failed rows as a table, for people",
            access=key(Scope.ISSUE),
            parameters=(_JOB_ID,),
            answers=(gives_file(200, "Number, state, record, codes, columns.", "text/csv"),),
            codes=(IssuerCode.NOT_FOUND, Code.MALFORMED_VALUE_ERROR),
        ),
        _move("pause", "Pause a job", "The portion under way is finished."),
        _move("resume", "Go on with a paused job", "Where it was."),
        _move(
            "retry",
            "Try the failed rows again",
            f"And no others, as long as they keep what was sent: {limits.JOB_INPUT_DAYS} days.",
        ),
        _move("cancel", "Give up what is not done", "What is done stays as it is."),
    ),
    schemas={
        "JobOrder": thing(
            {},
            profile=NAME,
            learnerConsent=ref("Consent"),
            share={"type": "boolean"},
            dryRun={"type": "boolean"},
        )
        | {"title": "What holds for every row"},
        "JobForm": thing(
            {
                "order": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": ref("JobOrder"),
                },
                "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            }
        ),
        "Job": thing(
            {
                "id": TEXT,
                "state": {"enum": [it.value for it in JobState if it is not JobState.RECEIVING]},
                "dryRun": {"type": "boolean"},
                "created": INSTANT,
                "rows": _COUNT,
                "done": _COUNT,
                "failed": _COUNT,
                "counts": {"type": "object", "additionalProperties": _COUNT},
            },
            profile=NAME,
            started=INSTANT,
            finished=INSTANT,
            rowsPerSecond={"type": "number", "minimum": 0},
            secondsLeft=_COUNT,
        ),
        "JobRow": thing(
            {
                "row": {"type": "integer", "minimum": 1},
                "state": {"enum": _STATES},
                "record": TEXT,
                "codes": list_of(TEXT),
                "findings": list_of(ref("Finding")),
            },
            credentialId=TEXT,
            offerId=TEXT,
            location=URL,
            problem=ref("Problem"),
        ),
        "JobRows": thing(
            {"rows": list_of(ref("JobRow")), "next": {"anyOf": [_COUNT, {"type": "null"}]}}
        ),
    },
)
