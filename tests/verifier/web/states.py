"""One judgement for every state that a page can be in, made by hand.

The reports are those that ``verify`` makes; the pages do not care who made them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from verifier.asked import NOTHING, Asked
from verifier.contents import EMBEDDED_CHECK, OPEN_BADGES_CHECK
from verifier.errors import Code, MissingError, RefusedError, UncheckedError
from verifier.intake.pictures import PictureReader
from verifier.intake.received import Received
from verifier.judgement import Judgement, judge_presentation
from verifier.policy import Policy
from verifier.presentation.verdict import Replacement
from verifier.report import Check, Report, Result, Step, Trust, check_from_error
from verifier.secured import WITHHELD
from verifier.settings import Settings
from verifier.sources import Fetched, Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.test_credential import TEST_WARNING
from verifier.web.services import Services

NOW = datetime(2026, 3, 24, 19, 2, tzinfo=UTC)
ISSUER = "did:web:issuer.microintern.example"
BASE_URL = "http://127.0.0.1:8200"
_PROJECTED = Path(__file__).parents[2] / "data" / "projected"
_BESIDE = _PROJECTED.parent / "beside"

KNOWN = Trust(
    issuer=ISSUER,
    name="Example Micro-Internship Issuer",
    registries=("Example Issuer Register",),
    statement="known: in Example Issuer Register as Example Micro-Internship Issuer",
)
STRANGER = Trust(issuer="did:web:kredensial-kita.example", statement="not in any registry you use")


def document(name: str = "01-standard-paid-remote") -> JsonObject:
    """A projected credential, by the name of its example."""
    return parse_json_object((_PROJECTED / f"{name}.unsigned.json").read_bytes())


def beside(name: str) -> JsonObject:
    """A badge beside a completion, by the name of its worked example."""
    return parse_json_object((_BESIDE / f"{name}.unsigned.json").read_bytes())


ENDORSEMENT: JsonObject = {
    "@context": document()["@context"],
    "id": "urn:uuid:0b0c9c6e-9f56-4d2c-8a4a-1f1f3b0a7c56",
    "type": ["VerifiableCredential", "EndorsementCredential"],
    "name": "Endorsement by the marketing lead",
    "issuer": document()["issuer"],
    "validFrom": "2026-03-24T12:00:00Z",
    "credentialSubject": {
        "id": document()["id"],
        "type": ["EndorsementSubject"],
        "endorsementComment": "Maya asked good questions and her brief is in use.",
    },
}


def passed(step: Step, name: str, by: str | None = None) -> Check:
    return Check(step=step, name=name, result=Result.PASSED, by=by)


FIRST = (
    passed(Step.PARSE, "parse"),
    passed(Step.FORMAT, "format"),
    passed(Step.SHAPE, "shape"),
    passed(Step.KEY, "key", ISSUER + "#key-1"),
    passed(Step.PROOF, "proof", ISSUER + "#key-1"),
)
VALIDITY = passed(Step.VALIDITY, "validity")
STATUS = Check(
    step=Step.STATUS, name="status", result=Result.PASSED, by="https://s.example/1", as_of=NOW
)
LAST = (
    Check(step=Step.SCHEMA, name="schema", result=Result.NOT_APPLICABLE),
    passed(Step.POLICY, "policy", "standard"),
)
GOOD = (*FIRST, VALIDITY, STATUS, *LAST)


def refused(step: Step, code: Code, pointer: str = "") -> Check:
    return check_from_error(
        step, step.name.lower(), RefusedError(code, f"{code}.", pointer=pointer)
    )


def unchecked(step: Step, code: Code) -> Check:
    return check_from_error(step, step.name.lower(), UncheckedError(code, f"{code}."))


def report(*checks: Check, trust: Trust = KNOWN) -> Report:
    return Report(checks=checks, checked_at=NOW, policy="standard", trust=trust)


def stopped(check: Check) -> Judgement:
    """A judgement that ended at one of the first five steps: nothing may be shown."""
    before = tuple(item for item in FIRST if item.step < check.step)
    return Judgement(report=report(*before, check, trust=Trust(issuer=None, statement="-")))


def with_status(check: Check, trust: Trust = KNOWN) -> Judgement:
    return Judgement(
        report=report(*FIRST, VALIDITY, check, *LAST, trust=trust), document=document()
    )


def with_validity(check: Check, **members: str) -> Judgement:
    return Judgement(
        report=report(*FIRST, check, STATUS, *LAST), document={**document(), **members}
    )


def _verified(name: str = "01-standard-paid-remote", trust: Trust = KNOWN) -> Judgement:
    return Judgement(report=report(*GOOD, trust=trust), document=document(name))


def _of(found: JsonObject, trust: Trust = KNOWN) -> Judgement:
    return Judgement(report=report(*GOOD, trust=trust), document=found)


CLAIMS: JsonObject = {
    "iss": "https://issuer.example",
    "vct": f"https://credentials.example/types/{'a-long-word' * 8}",
    "given_name": "Ana",
}
INSIDE = tuple(
    Check(
        step=Step.SCHEMA,
        name=EMBEDDED_CHECK,
        result=Result.PASSED,
        by=f"/credentialSubject/verifiableCredential/{place}",
    )
    for place in range(2)
)
NOBODY_S = replace(refused(Step.SCHEMA, Code.MALFORMED_VALUE_ERROR), name=OPEN_BADGES_CHECK)


def _part(found: Judgement) -> Judgement:
    """The same where the holder chose what is there to see."""
    return replace(found, report=replace(found.report, warnings=(WITHHELD, "Something else.")))


def _as_test(found: Judgement) -> Judgement:
    """The same for a credential that says of itself that it is a test."""
    warned = (TEST_WARNING, *found.report.warnings)
    return replace(found, report=replace(found.report, says_test=True, warnings=warned))


_REVOKED = refused(Step.STATUS, Code.REVOKED)
_NEWER = Replacement(check_path="/c/issuer.microintern.example/7k3m9qx2fd8rw5vhn0cyt4bg6z")

STATES: Mapping[str, Judgement] = {
    "verified": _verified(),
    "verified-arabic": _verified("05-arabic-right-to-left"),
    "verified-trial": _verified("02-reverse-one-day-ended-early"),
    "verified-twelve-skills": _verified("09-twelve-skills-ai-required"),
    "skill": _of(beside("04-skill")),
    "skill-arabic": _of(beside("05-skill")),
    "skill-of-a-stranger": _of(beside("04-skill"), STRANGER),
    "skill-withdrawn": replace(with_status(_REVOKED), document=beside("04-skill")),
    "credit": _of(beside("07-credit")),
    "credit-with-a-grade": _of(beside("04-credit")),
    "endorsement": _of(ENDORSEMENT),
    "verified-part": _part(_verified()),
    "signed": _verified(trust=STRANGER),
    "claims-of-a-stranger": replace(_verified(trust=STRANGER), document=CLAIMS),
    "collection": replace(_verified(trust=STRANGER), report=report(*GOOD, *INSIDE)),
    "test": _as_test(_verified()),
    "test-of-a-stranger": _as_test(_verified(trust=STRANGER)),
    "test-replaced": _as_test(replace(_verified(), replaced=_NEWER)),
    "test-could_not_check": _as_test(
        with_status(unchecked(Step.STATUS, Code.STATUS_RETRIEVAL_ERROR))
    ),
    "part-without-a-name": _part(
        Judgement(report=report(*GOOD, NOBODY_S, trust=KNOWN), document=document())
    ),
    "replaced": replace(with_status(_REVOKED), replaced=_NEWER),
    "replaced-not-shared": replace(with_status(_REVOKED), replaced=Replacement()),
    "refreshed": replace(_verified(), replaced=_NEWER),
    "on_hold": with_status(refused(Step.STATUS, Code.SUSPENDED)),
    "withdrawn": with_status(_REVOKED),
    "ended": with_validity(refused(Step.VALIDITY, Code.EXPIRED), validUntil="2026-03-24T00:00:00Z"),
    "not-yet": with_validity(
        refused(Step.VALIDITY, Code.NOT_YET_VALID), validFrom="2026-06-01T00:00:00Z"
    ),
    "changed": stopped(refused(Step.PROOF, Code.PROOF_VERIFICATION_ERROR)),
    "proof-value": stopped(refused(Step.PROOF, Code.PROOF_VERIFICATION_ERROR, "/proof/proofValue")),
    "added": stopped(refused(Step.PROOF, Code.DATA_LOSS_DETECTION_ERROR, "/gpa")),
    "unsigned": stopped(refused(Step.FORMAT, Code.PARSING_ERROR, "/proof")),
    "malformed": stopped(refused(Step.PARSE, Code.PARSING_ERROR)),
    "other-signer": stopped(refused(Step.KEY, Code.ISSUER_KEY_MISMATCH)),
    "could_not_check": with_status(unchecked(Step.STATUS, Code.STATUS_RETRIEVAL_ERROR)),
    "could_not_check-stranger": with_status(
        unchecked(Step.STATUS, Code.STATUS_RETRIEVAL_ERROR), trust=STRANGER
    ),
    "unknown-suite": stopped(unchecked(Step.SHAPE, Code.UNSUPPORTED_CRYPTOSUITE)),
    "cannot_confirm": stopped(unchecked(Step.KEY, Code.KEY_UNAVAILABLE)),
    "read_not_checked": with_status(unchecked(Step.STATUS, Code.ADDRESS_NOT_ALLOWED)),
}
"""By a name that tests put into the address of a document."""


def no_network(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
    """A door behind which there is nothing."""
    raise MissingError(Code.FETCH_FAILED, f"{url} does not exist.")


@contextmanager
def closed_sources() -> Iterator[Sources]:
    yield Sources(fetch=no_network)


def fake_services(base_url: str = BASE_URL) -> Services:
    """Services whose judge answers by the ``state`` member of the document it is given."""

    def judge(
        received: Received,
        *,
        now: datetime,
        policy: Policy,
        sources: Sources,
        asked: Asked = NOTHING,
    ) -> Judgement:
        data = received.data
        try:
            given = parse_json_object(data) if isinstance(data, bytes) else data
        except RefusedError:
            return STATES["malformed"]
        return STATES.get(str(given.get("state")), STATES["malformed"])

    return Services(
        settings=Settings(base_url=base_url),
        clock=lambda: NOW,
        open_sources=closed_sources,
        judge=judge,
        judge_presentation=judge_presentation,
        read_codes=PictureReader().read_codes,
    )
