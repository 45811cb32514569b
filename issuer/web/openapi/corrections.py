"""The operation of ``issuer.web.corrections``, as a value."""

from __future__ import annotations

from typing import Final

from issuer.callers import Scope
from issuer.errors import IssuerCode
from issuer.web.openapi.vocabulary import (
    IDEMPOTENCY_KEY,
    LOCATION,
    SIGNING_CODES,
    gives,
    in_path,
    key,
    load_example,
    takes,
)
from issuer.web.problems import WebCode
from verifier.errors import Code
from verifier.openapi import Chapter, Operation, ref

CHAPTER: Final = Chapter(
    name="Corrections",
    description="A fact was wrong: a new credential takes the place of the old one.",
    operations=(
        Operation(
            method="post",
            path="/credentials/{number}/corrections",
            id="correctCredential",
            summary="Correct a credential",
            description="The whole record as it should have been, with the learner's consent to "
            "it; the platform's number may be the same. Links to the old credential show the new "
            "one, and files of the old one are revoked. Only the newest one is corrected.",
            access=key(Scope.ISSUE),
            parameters=(
                in_path("number", "The last part of the credential's `Location`."),
                IDEMPOTENCY_KEY,
            ),
            body=takes(ref("Completion")),
            answers=(
                gives(201, "Issued.", ref("Issued"), load_example("issued"), headers=LOCATION),
            ),
            codes=(
                *SIGNING_CODES,
                IssuerCode.NOT_FOUND,
                IssuerCode.NOT_A_COMPLETION,
                IssuerCode.ALREADY_ISSUED,
                IssuerCode.ALREADY_SUPERSEDED,
                IssuerCode.ALREADY_REVOKED,
                IssuerCode.ON_HOLD,
                IssuerCode.OTHER_LEARNER,
                IssuerCode.NAME_TAKEN,
                WebCode.RECORD_REFUSED,
                Code.RANGE_ERROR,
                Code.WEAK_KEY,
                Code.INVALID_VERIFICATION_METHOD,
            ),
        ),
    ),
)
