"""The ten steps: their order, what stops them, what is handed on, and that no change survives.

The other modules are tested each on its own; here they are together, as a caller has them.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import hostile_server as hostile
from tests.example_records import PROJECTED, example_projected
from tests.fake_network import DOWN, FakeNetwork
from tests.hostile_server import Behaviour, serve
from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.judging import (
    GOOD_LIST,
    KEY,
    LIST_URL,
    NOW,
    REGISTER,
    REVOKING_LIST,
    SCHEMA,
    SECOND_KEY,
    STRANGER,
    badge,
    codes,
    entry,
    judge,
    real,
    report_of,
    signed,
    status_list,
    to_bytes,
    without,
)
from verifier import limits
from verifier.date_time_stamp import format_instant
from verifier.errors import CheckError, Code
from verifier.fetch import FetchSettings, GuardedFetch
from verifier.policy import KNOWN_ISSUERS, SOFT, STANDARD, UNSAFE_VECTORS, VC_API
from verifier.report import (
    Outcome,
    Result,
    Step,
    UndecidedError,
    VerificationError,
)
from verifier.sources import Sources
from verifier.status.check import StatusCache
from verifier.strict_json import JsonObject
from verifier.trust.registry import FileRegistry
from verifier.verify import VerifiedCredential, lint, verify

SECOND = timedelta(seconds=1)


# --- verified ---------------------------------------------------------------------------


def test_the_steps_run_in_their_order() -> None:
    """What is in the report is what ``docs/verification.md`` says, with the same numbers."""
    report = report_of(real())
    expected = [
        (1, "parse"),
        (2, "format"),
        (3, "shape"),
        (4, "issuer"),
        (4, "key"),
        (5, "proof"),
        (6, "validity"),
        (6, "proof validity"),
        (7, "status"),
        (8, "schema"),
        (8, "open badges"),
        (9, "policy"),
    ]

    assert expected == [(int(check.step), check.name) for check in report.checks]
    assert {Result.PASSED} == {check.result for check in report.checks}
    assert (Outcome.VERIFIED, (), NOW) == (report.outcome, report.warnings, report.checked_at)


@pytest.mark.parametrize("name", PROJECTED)
def test_what_is_handed_on_is_what_was_signed(name: str) -> None:
    """The document without its proof, and the issuer that signed it."""
    document = real(name)
    found = judge(to_bytes(document))
    unsecured = {member: value for member, value in document.items() if member != "proof"}

    assert isinstance(found, VerifiedCredential)
    assert (unsecured, KEY.did) == (found.document, found.issuer)


def test_bytes_and_parsed_objects_are_one_to_the_verifier() -> None:
    """An object from inside a larger document gets the same report; it is not changed."""
    document = real()
    before = copy.deepcopy(document)

    assert report_of(to_bytes(document)) == report_of(document)
    assert before == document


def test_a_report_has_no_truth_value() -> None:
    """Whoever writes ``if report`` has lost one of three outcomes."""
    with pytest.raises(TypeError):
        bool(report_of(signed()))


def test_without_status_and_schema_there_is_nothing_to_check() -> None:
    """That is said, and is neither a pass nor a failure; nothing is fetched."""
    network = FakeNetwork()
    report = report_of(signed(), network=network)
    results = {check.name: check.result for check in report.checks}

    assert Outcome.VERIFIED is report.outcome
    assert {Result.NOT_APPLICABLE} == {results["status"], results["schema"]}
    assert [] == network.asked


# --- steps 1 to 5 stop ------------------------------------------------------------------


def _stops() -> Iterator[tuple[str, bytes | JsonObject, Step, Code, Result]]:
    good, no, open_ = signed(), Result.FAILED, Result.NOT_CHECKED
    yield "not JSON", b"{", Step.PARSE, Code.PARSING_ERROR, no
    yield "a list", b"[]", Step.PARSE, Code.PARSING_ERROR, no
    yield (
        "two members",
        to_bytes(good).replace(b'"name"', b'"id"', 1),
        Step.PARSE,
        Code.PARSING_ERROR,
        no,
    )
    size = limits.CREDENTIAL_BYTES + 1
    yield "too large", b" " * size, Step.PARSE, Code.LIMIT_EXCEEDED, no
    yield (
        "a token",
        b"eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl",
        Step.FORMAT,
        Code.MALFORMED_VALUE_ERROR,
        no,
    )
    yield "no proof", badge(), Step.FORMAT, Code.PARSING_ERROR, no
    envelope = {**good, "type": "EnvelopedVerifiableCredential"}
    yield "envelope with claims", envelope, Step.FORMAT, Code.MALFORMED_VALUE_ERROR, no
    presentation = {**good, "type": "VerifiablePresentation"}
    yield "presentation", presentation, Step.SHAPE, Code.UNSUPPORTED_FORMAT, open_
    for shape in (None, [], {}, [None], [{}], "z", [good["proof"], None]):
        yield f"proof {shape}"[:20], {**good, "proof": shape}, Step.SHAPE, Code.PARSING_ERROR, no
    unknown = [*good["@context"], "https://example.org/context/v1"]
    yield "context", {**good, "@context": unknown}, Step.SHAPE, Code.UNKNOWN_CONTEXT, open_
    yield "no issuer", without(good, "issuer"), Step.SHAPE, Code.MALFORMED_VALUE_ERROR, no
    yield (
        "another issuer",
        {**good, "issuer": "did:web:uni.example"},
        Step.KEY,
        Code.ISSUER_KEY_MISMATCH,
        no,
    )
    for method, code, result in (
        (f"{KEY.did}#{STRANGER.multibase}", Code.INVALID_VERIFICATION_METHOD_URL, no),
        (KEY.did, Code.INVALID_VERIFICATION_METHOD_URL, no),
    ):
        proof = good["proof"] | {"verificationMethod": method}
        yield method[-20:], {**good, "proof": proof}, Step.KEY, code, result
    suite = good["proof"] | {"cryptosuite": "eddsa-rdfc-2099"}
    yield "suite", {**good, "proof": suite}, Step.PROOF, Code.UNSUPPORTED_CRYPTOSUITE, open_
    yield "changed", {**good, "name": "B"}, Step.PROOF, Code.PROOF_VERIFICATION_ERROR, no
    yield "added", {**good, "gpa": 4}, Step.PROOF, Code.DATA_LOSS_DETECTION_ERROR, no


_STOPS = list(_stops())


@pytest.mark.parametrize(
    ("data", "step", "code", "result"),
    [case[1:] for case in _STOPS],
    ids=[case[0] for case in _STOPS],
)
def test_the_first_failure_of_steps_1_to_5_is_the_last_check(
    data: bytes | JsonObject, step: Step, code: Code, result: Result
) -> None:
    """Nothing after it is looked at, nothing is handed on, nobody is vouched for."""
    found = judge(data, registries=(REGISTER,))
    checks = found.report.checks
    kind = VerificationError if result is Result.FAILED else UndecidedError

    assert isinstance(found, kind)
    assert (step, result, [code]) == (checks[-1].step, checks[-1].result, codes(found.report))
    assert {Result.PASSED} >= {check.result for check in checks[:-1]}
    assert None is found.document
    assert None is found.report.trust.issuer


def test_whose_key_it_is_is_settled_before_anybody_is_asked() -> None:
    """A stranger's document cannot make the verifier fetch the stranger's pages."""
    network = FakeNetwork()
    proof = {"verificationMethod": "did:web:stranger.example#key-1"}
    report = report_of(signed(proof=proof, credentialStatus=entry()), network=network)

    assert [Code.ISSUER_KEY_MISMATCH] == codes(report)
    assert [] == network.asked


def test_a_key_that_cannot_be_fetched_leaves_the_question_open() -> None:
    """Neither verified nor refused: nobody knows whose signature it is."""
    did = "did:web:uni.example"
    document = secure_document(badge(issuer=did), KEY, verificationMethod=f"{did}#key-1")
    found = judge(document, network=FakeNetwork({"https://uni.example/.well-known/did.json": DOWN}))

    assert isinstance(found, UndecidedError)
    assert [Code.KEY_UNAVAILABLE] == codes(found.report)


def test_every_proof_has_its_check_even_after_one_failed() -> None:
    """One bad proof ends step 5, and the others are still told."""
    document = secure_document(secure_document(badge(), KEY), SECOND_KEY)
    document["proof"][0]["created"] = "2026-03-25T00:00:00Z"
    report = report_of(document)
    proofs = [check for check in report.checks if check.step is Step.PROOF]

    assert [Result.FAILED, Result.PASSED] == [check.result for check in proofs]
    assert Step.PROOF is report.checks[-1].step


# --- steps 6 to 9 all run ---------------------------------------------------------------


def test_steps_6_to_9_are_reported_together() -> None:
    """Ended, revoked, against its schema, against the rules: all four are said."""
    document = signed(
        validUntil="2026-03-25T00:00:00Z", credentialStatus=entry(), credentialSchema=SCHEMA
    )
    network = FakeNetwork({LIST_URL: REVOKING_LIST})
    found = judge(document, network=network, policy=KNOWN_ISSUERS, registries=())
    expected = [Code.EXPIRED, Code.REVOKED, Code.SCHEMA_VALIDATION_ERROR, Code.POLICY_NOT_MET]
    failed = [check.step for check in found.report.checks if check.result is Result.FAILED]

    assert isinstance(found, VerificationError)
    assert expected == codes(found.report)
    assert [Step.VALIDITY, Step.STATUS, Step.SCHEMA, Step.POLICY] == failed


def test_what_was_signed_is_handed_on_with_a_refusal() -> None:
    """A page may show what was revoked: every proof over it verified."""
    document = signed(credentialStatus=entry())
    found = judge(document, network=FakeNetwork({LIST_URL: REVOKING_LIST}))

    assert isinstance(found, VerificationError)
    assert without(document, "proof") == found.document


@pytest.mark.parametrize(
    ("valid_until", "answer", "outcome"),
    [
        ("2027-01-01T00:00:00Z", GOOD_LIST, Outcome.VERIFIED),
        ("2027-01-01T00:00:00Z", REVOKING_LIST, Outcome.NOT_VERIFIED),
        ("2027-01-01T00:00:00Z", DOWN, Outcome.COULD_NOT_CHECK),
        ("2026-03-25T00:00:00Z", GOOD_LIST, Outcome.NOT_VERIFIED),
        ("2026-03-25T00:00:00Z", DOWN, Outcome.NOT_VERIFIED),
    ],
)
def test_a_no_outweighs_an_open_question(valid_until: str, answer: Any, outcome: Outcome) -> None:
    """And an open question outweighs a yes."""
    document = signed(validUntil=valid_until, credentialStatus=entry())
    found = judge(document, network=FakeNetwork({LIST_URL: answer}))
    kinds = {
        Outcome.VERIFIED: VerifiedCredential,
        Outcome.NOT_VERIFIED: VerificationError,
        Outcome.COULD_NOT_CHECK: UndecidedError,
    }

    assert isinstance(found, kinds[outcome])
    assert outcome is found.report.outcome


# --- step 4: whose signature ------------------------------------------------------------


@pytest.mark.parametrize("issuer", [KEY.did, {"id": KEY.did, "type": ["Profile"]}])
def test_an_issuer_is_named_as_text_or_object(issuer: Any) -> None:
    """Both forms of the data model bind in the same way."""
    assert Outcome.VERIFIED is report_of(secure_document(badge(issuer=issuer), KEY)).outcome


@pytest.mark.parametrize("issuer", [KEY.did.upper(), KEY.did + "#", KEY.did[:-1], STRANGER.did])
def test_an_issuer_is_compared_letter_by_letter(issuer: str) -> None:
    """No reader's idea of sameness makes a stranger the issuer."""
    report = report_of(secure_document(badge(issuer=issuer), KEY))

    assert [Code.ISSUER_KEY_MISMATCH] == codes(report)


def test_only_a_policy_named_unsafe_lets_a_strangers_key_pass() -> None:
    """Published test vectors need it; the report says what is missing."""
    document = secure_document(badge(issuer="did:web:uni.example"), KEY)
    report = report_of(document, policy=UNSAFE_VECTORS)

    assert (Outcome.VERIFIED, 1) == (report.outcome, len(report.warnings))


def _proof(key: Ed25519TestKey, *, good: bool = True) -> JsonObject:
    proof: JsonObject = dict(secure_document(badge(), key)["proof"])
    return proof if good else proof | {"created": "2026-03-24T12:00:01Z"}


_OWN, _OWN_BAD = _proof(KEY), _proof(KEY, good=False)
_OTHER, _OTHER_BAD = _proof(STRANGER), _proof(STRANGER, good=False)


@pytest.mark.parametrize(
    ("proofs", "expected"),
    [
        ((_OWN,), None),
        ((_OWN, _OTHER), None),
        ((_OWN, _OWN), None),
        ((_OWN, _OTHER_BAD), Code.PROOF_VERIFICATION_ERROR),
        ((_OWN_BAD, _OTHER), Code.PROOF_VERIFICATION_ERROR),
        ((_OWN_BAD, _OWN), Code.PROOF_VERIFICATION_ERROR),
        ((_OWN, _OTHER, _OTHER_BAD), Code.PROOF_VERIFICATION_ERROR),
        ((_OTHER,), Code.ISSUER_KEY_MISMATCH),
        ((_OTHER, _OTHER_BAD), Code.ISSUER_KEY_MISMATCH),
    ],
)
def test_every_proof_of_a_set_verifies_and_one_is_the_issuers(
    proofs: tuple[JsonObject, ...], expected: Code | None
) -> None:
    """In whatever order they stand: one good proof does not excuse a bad one."""
    for order in itertools.permutations(proofs):
        report = report_of({**badge(), "proof": list(order)})

        assert {expected} - {None} == set(codes(report))
        assert (expected is None) == (report.outcome is Outcome.VERIFIED)


def test_a_proof_that_is_not_supported_leaves_a_set_open() -> None:
    """A set is only as good as the proof that nobody here can read."""
    other = _OTHER | {"cryptosuite": "eddsa-rdfc-2099"}
    report = report_of({**badge(), "proof": [_OWN, other]})

    assert Outcome.COULD_NOT_CHECK is report.outcome


def chain() -> JsonObject:
    """The issuer's proof, and a stranger's endorsement over it."""
    first = secure_document(badge(), KEY, id="urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544")
    previous = first["proof"]["id"]
    return secure_document(first, STRANGER, previousProof=previous)


def test_a_chain_verifies() -> None:
    """The later proof covers the earlier one."""
    assert Outcome.VERIFIED is report_of(chain()).outcome


def test_a_later_proof_of_a_chain_does_not_stand_alone() -> None:
    """Without what it covers, or with something else in its place, it is worth nothing."""
    document = chain()
    first, second = document["proof"]
    replaced = secure_document(badge(), KEY, id=first["id"], created="2026-03-25T12:00:00Z")
    cases = ([second], [second, replaced["proof"]], [first, second | {"previousProof": "urn:x"}])
    outcomes = {report_of({**document, "proof": proofs}).outcome for proofs in cases}

    assert {Outcome.NOT_VERIFIED} == outcomes


# --- step 6: time -----------------------------------------------------------------------

START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2027, 5, 1, tzinfo=UTC)
SKEW = timedelta(seconds=limits.CLOCK_SKEW_SECONDS)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (START - SKEW - SECOND, Code.NOT_YET_VALID),
        (START - SKEW, None),
        (START, None),
        (END, None),
        (END + SKEW, None),
        (END + SKEW + SECOND, Code.EXPIRED),
    ],
)
@pytest.mark.parametrize("where", ["credential", "proof"])
def test_both_ends_are_inside_with_a_minute_for_clocks(
    now: datetime, code: Code | None, where: str
) -> None:
    """For the credential's period and for the one that its proof names."""
    start, end = format_instant(START), format_instant(END)
    if where == "credential":
        document = signed(validFrom=start, validUntil=end, proof={"created": None})
    else:
        document = signed(
            validFrom="2026-02-01T00:00:00Z", proof={"created": start, "expires": end}
        )

    assert [code] if code else [] == codes(report_of(document, now=now))


@pytest.mark.parametrize("now", [NOW, START - timedelta(days=999), END + timedelta(days=9999)])
def test_the_allowance_is_the_policys(now: datetime) -> None:
    """No allowance means to the second; a long one admits everything."""
    document = signed(validFrom=format_instant(START), validUntil=format_instant(END))
    exact = replace(STANDARD, clock_skew=timedelta())
    lenient = replace(STANDARD, clock_skew=timedelta(days=20_000))
    is_inside = START <= now <= END

    assert is_inside == (report_of(document, now=now, policy=exact).outcome is Outcome.VERIFIED)
    assert Outcome.VERIFIED is report_of(document, now=now, policy=lenient).outcome


@pytest.mark.parametrize(
    "members",
    [
        {"validFrom": "0001-01-01T00:00:00Z"},
        {"validUntil": "9999-12-31T23:59:59Z"},
        {"validFrom": "0001-01-01T00:00:00Z", "validUntil": "9999-12-31T23:59:59.999999Z"},
    ],
)
def test_a_period_may_reach_to_the_ends_of_time(members: dict[str, str]) -> None:
    """Many issuers write the last second of the calendar for *no end*."""
    assert Outcome.VERIFIED is report_of(signed(**members)).outcome


def test_a_date_without_a_zone_is_a_warning() -> None:
    """It is read as UTC, and somebody may have meant another."""
    report = report_of(signed(validUntil="2027-01-01T00:00:00"))

    assert (Outcome.VERIFIED, 1) == (report.outcome, len(report.warnings))


# --- step 7: status, through the real steps ---------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (GOOD_LIST, None),
        (REVOKING_LIST, Code.REVOKED),
        (without(GOOD_LIST, "proof"), Code.STATUS_VERIFICATION_ERROR),
        (GOOD_LIST | {"validFrom": "2026-11-29T00:00:00Z"}, Code.STATUS_VERIFICATION_ERROR),
        (status_list(key=STRANGER), Code.STATUS_VERIFICATION_ERROR),
        (status_list(validUntil="2026-12-01T00:00:00Z"), Code.STATUS_VERIFICATION_ERROR),
        (status_list(validFrom="2027-01-01T00:00:00Z"), Code.STATUS_VERIFICATION_ERROR),
        (status_list(id="https://issuer.example/2"), Code.STATUS_VERIFICATION_ERROR),
        (signed(), Code.STATUS_VERIFICATION_ERROR),
        (DOWN, Code.STATUS_RETRIEVAL_ERROR),
    ],
)
def test_a_list_is_verified_like_a_credential(answer: Any, code: Code | None) -> None:
    """Unsigned, changed, a stranger's, ended, not begun: no answer, and never a pass."""
    report = report_of(signed(credentialStatus=entry()), network=FakeNetwork({LIST_URL: answer}))
    outcome = {None: Outcome.VERIFIED, Code.REVOKED: Outcome.NOT_VERIFIED}.get(
        code, Outcome.COULD_NOT_CHECK
    )

    assert ([code] if code else [], outcome) == (codes(report), report.outcome)


def test_the_status_of_a_list_is_not_followed() -> None:
    """A list that needs a list, and that one the first again, would never end."""
    looping = status_list(credentialStatus=entry())
    network = FakeNetwork({LIST_URL: looping})
    report = report_of(signed(credentialStatus=entry()), network=network)

    assert (Outcome.VERIFIED, [LIST_URL]) == (report.outcome, network.urls)


def test_one_revoked_entry_of_several_is_enough() -> None:
    """Every entry is read; the last one as well."""
    statuses = [entry(0), entry(1), entry(7)]
    report = report_of(
        signed(credentialStatus=statuses), network=FakeNetwork({LIST_URL: REVOKING_LIST})
    )
    results = [check.result for check in report.checks if check.step is Step.STATUS]

    assert [Result.PASSED, Result.PASSED, Result.FAILED] == results


def test_a_soft_policy_says_what_it_let_pass() -> None:
    """Verified with a warning, under a name that is in the report."""
    network = FakeNetwork({LIST_URL: DOWN})
    report = report_of(signed(credentialStatus=entry()), network=network, policy=SOFT)

    assert (Outcome.VERIFIED, "soft", 1) == (report.outcome, report.policy, len(report.warnings))


@pytest.mark.parametrize(
    "behaviour",
    [
        hostile.hang,
        hostile.hang_up,
        hostile.drip_headers,
        hostile.drip_body,
        hostile.endless_body,
        hostile.endless_headers,
        hostile.gibberish,
        hostile.cut_short,
        hostile.compressed,
        hostile.redirect("/status/2"),
        hostile.answer(b"not here", status=404),
        hostile.answer(b"our fault", status=500),
        hostile.answer(status=204),
        hostile.answer(b""),
        hostile.answer(b"<!doctype html>", content_type="text/html"),
        hostile.answer(to_bytes(without(GOOD_LIST, "proof"))),
    ],
)
def test_no_server_makes_a_credential_pass(behaviour: Behaviour) -> None:
    """Whatever the list's server does, through the real door: *could not check*, in time."""
    origin = "https://issuer.example"
    with serve(
        {"/status/1": behaviour, "/status/2": hostile.answer(to_bytes(GOOD_LIST))}
    ) as server:
        mapped = FetchSettings(
            origin_map={origin: server.url().rstrip("/")}, verification_seconds=0.5
        )
        sources = Sources(fetch=GuardedFetch(mapped).budget())
        with pytest.raises(UndecidedError) as caught:
            verify(signed(credentialStatus=entry()), now=NOW, sources=sources)

    assert 1 == len(codes(caught.value.report))
    assert ["/status/1"] == server.paths()


# --- steps 8 and 9 ----------------------------------------------------------------------


def test_a_schema_that_is_not_held_is_a_warning_or_an_open_question() -> None:
    """As the policy says; it is not fetched."""
    document = signed(credentialSchema={"id": "https://uni.example/s.json", "type": "JsonSchema"})
    demanding = replace(STANDARD, require_held_schema=True)
    network = FakeNetwork()
    standard, strict = (
        report_of(document, policy=policy, network=network) for policy in (STANDARD, demanding)
    )

    assert (Outcome.VERIFIED, 1) == (standard.outcome, len(standard.warnings))
    assert [Code.UNKNOWN_SCHEMA] == codes(strict)
    assert Outcome.COULD_NOT_CHECK is strict.outcome
    assert [] == network.asked


def test_our_own_schema_is_checked() -> None:
    """A document with a good signature that does not keep to our form is refused."""
    document = example_projected("01")
    document["issuer"]["id"] = KEY.did
    document |= {"credentialSchema": SCHEMA, "credentialStatus": entry(), "name": ""}
    report = report_of(secure_document(document, KEY))

    assert ([Code.SCHEMA_VALIDATION_ERROR], "/name") == (
        codes(report),
        report.problems[0].pointer,
    )


@pytest.mark.parametrize(
    ("registries", "outcome", "name"),
    [
        ((REGISTER,), Outcome.VERIFIED, "Uni of tests"),
        ((FileRegistry(name="Empty", names={}),), Outcome.NOT_VERIFIED, None),
        ((), Outcome.NOT_VERIFIED, None),
    ],
)
def test_a_policy_may_demand_a_known_issuer(
    registries: tuple[FileRegistry, ...], outcome: Outcome, name: str | None
) -> None:
    """The name is the register's, never the credential's; without the demand nothing fails."""
    demanding = report_of(signed(), registries=registries, policy=KNOWN_ISSUERS)
    standard = report_of(signed(), registries=registries)

    assert (outcome, name) == (demanding.outcome, demanding.trust.name)
    assert (Outcome.VERIFIED, demanding.trust) == (standard.outcome, standard.trust)


def test_words_of_ones_own_are_admitted_by_one_policy_alone() -> None:
    """An inline context leaves the question open, but for the VC-API, which is warned."""
    context = [*badge()["@context"], {"gpa": "https://uni.example/terms#gpa"}]
    document = signed(**{"@context": context, "gpa": "4.0"})
    standard, vc_api = (report_of(document, policy=policy) for policy in (STANDARD, VC_API))

    assert ([Code.UNKNOWN_CONTEXT], Outcome.COULD_NOT_CHECK) == (codes(standard), standard.outcome)
    assert (Outcome.VERIFIED, 1) == (vc_api.outcome, len(vc_api.warnings))


def test_lists_are_kept_between_verifications() -> None:
    """With a cache of the caller's; without one every verification asks."""
    network, cache = FakeNetwork({LIST_URL: GOOD_LIST}), StatusCache()
    document = signed(credentialStatus=entry())
    for kept in (cache, cache, None, None):
        judge(document, network=network, cache=kept)

    assert 3 == len(network.asked)


# --- the issuer's rehearsal -------------------------------------------------------------


@pytest.mark.parametrize("name", PROJECTED)
def test_our_projections_can_be_signed(name: str) -> None:
    """``lint`` passes what a verifier would not refuse for its form."""
    document = example_projected(name)

    assert document == lint(document).document


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"gpa": 4}, Code.DATA_LOSS_DETECTION_ERROR),
        ({"validFrom": "yesterday"}, Code.MALFORMED_VALUE_ERROR),
        ({"id": "../relative"}, Code.MALFORMED_VALUE_ERROR),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, Code.DATA_LOSS_DETECTION_ERROR),
        ({"@context": [*badge()["@context"], "https://x.example/"]}, Code.UNKNOWN_CONTEXT),
    ],
)
def test_what_a_verifier_would_refuse_is_not_signed(members: JsonObject, code: Code) -> None:
    """The same rules at issue as at verification."""
    with pytest.raises(CheckError) as caught:
        lint(badge() | members)

    assert code is caught.value.code
