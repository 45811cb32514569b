"""The operations of ``issuer.web.documentation``, as values."""

from __future__ import annotations

from typing import Final

from issuer.web.openapi.vocabulary import TEXT, URL, gives, gives_file, in_path, thing
from verifier.openapi import HTML, Answer, Chapter, Content, Operation, ref

CHAPTER: Final = Chapter(
    name="Documentation",
    description="This interface, told by the service itself.",
    operations=(
        Operation(
            method="get",
            path="/openapi.json",
            id="readOpenapi",
            summary="The interface, for programs",
            answers=(gives(200, "An OpenAPI 3.1 document.", {"type": "object"}),),
        ),
        Operation(
            method="get",
            path="/docs",
            id="readDocumentation",
            summary="The interface, for people",
            answers=(gives_file(200, "A page.", HTML),),
        ),
        Operation(
            method="get",
            path="/docs/examples/{name}.json",
            id="readExample",
            summary="The body of an example, to be sent as it is",
            parameters=(in_path("name", "The name of the example.", example="complete-1"),),
            answers=(gives(200, "A body.", {"type": "object"}),),
        ),
        Operation(
            method="get",
            path="/problems/{code}",
            id="explainProblem",
            summary="What a problem type means, and what to do",
            parameters=(
                in_path(
                    "code",
                    "The code at the end of a problem's `type`, or of a finding.",
                    schema=TEXT,
                    example="E102",
                ),
            ),
            answers=(
                Answer(
                    status=200,
                    description="The explanation.",
                    contents=(
                        Content(schema=ref("Explanation")),
                        Content(schema=TEXT, media_type=HTML),
                    ),
                ),
            ),
        ),
    ),
    schemas={
        "Explanation": thing(
            {"type": URL, "code": TEXT, "title": TEXT, "meaning": TEXT, "remedy": TEXT}
        )
    },
)
