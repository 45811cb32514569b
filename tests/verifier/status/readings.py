"""A verifier of status entries with a network of prepared answers, for the tests of step 7."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from verifier import limits
from verifier.errors import Code, MissingError, RefusedError, UncheckedError
from verifier.policy import STANDARD, Policy
from verifier.report import Check, Report, Result, Step, check_from_error, outcome_error
from verifier.sources import Fetched
from verifier.status.bitstring import encode_list
from verifier.status.bodies import parse_body
from verifier.status.check import EstablishedList, StatusCache, check_status
from verifier.status.kept import CacheKey
from verifier.strict_json import JsonObject

NOW = datetime(2026, 3, 24, 19, 2, tzinfo=UTC)
ISSUER = "did:web:issuer.example"
STRANGER = "did:web:stranger.example"
LIST_URL = "https://issuer.example/status/1"
INDEX = 94_567
CREDENTIAL_ID = "urn:uuid:9a4f7f88-d1b0-54ca-88e5-f1ad9726008f"


def entry(purpose: str = "revocation", index: int = INDEX, **members: Any) -> JsonObject:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": LIST_URL,
    } | members


def bits(*set_indexes: int) -> str:
    raw = bytearray(limits.STATUS_LIST_MINIMUM_ENTRIES // 8)
    for index in set_indexes:
        raw[index // 8] |= 0x80 >> index % 8
    return encode_list(bytes(raw))


def status_list(*set_indexes: int, purpose: Any = "revocation", **members: Any) -> JsonObject:
    """A list as it is served; the fake verifier reads issuer and times from it."""
    return {
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER,
        "validFrom": NOW.isoformat(),
        "credentialSubject": {
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bits(*set_indexes),
        },
    } | members


def verify_list(body: bytes) -> EstablishedList:
    """Stands for steps 1 to 6: a list that calls itself changed does not verify."""
    document = parse_body(body)
    if document.get("changed"):
        error = RefusedError(Code.PROOF_VERIFICATION_ERROR, "The signature does not fit.")
        checks = (check_from_error(Step.PROOF, "proof", error),)
        raise outcome_error(Report(checks=checks, checked_at=NOW, policy="standard"))
    start, end = (document.get(name) for name in ("validFrom", "validUntil"))
    return EstablishedList(
        document=document,
        issuer=document["issuer"],
        valid_from=datetime.fromisoformat(start) if start else None,
        valid_until=datetime.fromisoformat(end) if end else None,
    )


@dataclass(slots=True)
class Source:
    """The network: what each address answers. ``asked`` notes the ETag of each request, and
    ``accepted`` what it was asked for."""

    answers: dict[str, JsonObject | bytes | UncheckedError] = field(default_factory=dict)
    etag: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    def __call__(
        self, url: str, *, accept: str, max_bytes: int, etag: str | None = None
    ) -> Fetched:
        self.asked.append((url, etag))
        self.accepted.append(accept)
        answer = self.answers.get(url, MissingError(Code.FETCH_FAILED, "There is nothing."))
        if isinstance(answer, UncheckedError):
            raise answer
        if etag is not None and etag == self.etag:
            return Fetched(url=url, content_type="", body=b"", etag=etag, is_unchanged=True)
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return Fetched(url=url, content_type="application/vc", body=body, etag=self.etag)


@dataclass(slots=True)
class Reader:
    """A verifier that keeps its lists between readings, at the times it is told."""

    source: Source
    policy: Policy = STANDARD
    cache: StatusCache = field(default_factory=StatusCache)
    warnings: list[str] = field(default_factory=list)
    credential_id: str | None = CREDENTIAL_ID
    issuer: str = ISSUER

    def read(self, *entries: JsonObject, after: timedelta = timedelta()) -> list[Check]:
        checks, self.warnings = check_status(
            entries or (entry(),),
            issuer=self.issuer,
            credential_id=self.credential_id,
            now=NOW + after,
            policy=self.policy,
            fetch=self.source,
            verify_list=verify_list,
            cache=self.cache,
        )
        return checks


def reader(answer: JsonObject | bytes | UncheckedError, policy: Policy = STANDARD) -> Reader:
    return Reader(source=Source(answers={LIST_URL: answer}), policy=policy)


def key(url: str, policy: Policy = STANDARD) -> CacheKey:
    return CacheKey("BitstringStatusListCredential", url, ISSUER, policy)


def told(check: Check) -> tuple[Result, Code | None]:
    return check.result, check.problem.code if check.problem else None
