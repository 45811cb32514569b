"""Work records bound to the learner's own key: issued, presented, and shown by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from issuer.own_sources import own_sources
from issuer.record import Record, parse_record
from issuer.settlement import Settlement, settle
from issuer.shown import read_out
from issuer.signing.formats import PROOF_FORMATS
from issuer.signing.tokens import token_within
from issuer.status_list import publish
from issuer.store import Store, open_store
from issuer.token_status_list import publish_token
from tests.example_records import example_record
from tests.issuer.issue.test_issue import Interrupt, ending_at
from tests.issuer.issue.test_record_formats import KINDS, desk_of, judge
from tests.issuer.offices import START, Desk, later
from tests.signers import EcTestKey, Ed25519TestKey, Signing
from verifier.asked import Asked
from verifier.errors import Code
from verifier.proofs.jwk import build_jwk
from verifier.proofs.multikey import KeyType
from verifier.proofs.sd_jwt import open_payload, parse_sd_jwt
from verifier.proofs.sd_jwt_present import bind, present
from verifier.report import Holder, Outcome, OutcomeError, Report
from verifier.strict_json import JsonObject
from verifier.verify_presentation import verify_presentation

LEARNER, STRANGER = EcTestKey.number(51), EcTestKey.number(52)
HOLDERS: tuple[tuple[Signing, str], ...] = (
    (Ed25519TestKey.number(53), "EdDSA"),
    (LEARNER, "ES256"),
    (EcTestKey.number(54, KeyType.P384), "ES384"),
)
AUDIENCE, NONCE = "https://verifier.example", "a-nonce"
SD_JWTS = ("vc+sd-jwt", "dc+sd-jwt")
every_sd_jwt = pytest.mark.parametrize("name", SD_JWTS)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'issuer.db'}")
    yield store
    store.close()


def record_of(identifier: str) -> Record:
    """The everyday record, whose learner shows ``identifier``."""
    document = example_record("01")
    shown = {"type": "did", "value": identifier, "use": "credential"}
    document["learner"]["identifiers"].append(shown)
    return parse_record(document, received_at=START)


def token_for(desk: Desk, identifier: str) -> str:
    """The SD-JWT that the learner ``identifier`` gets."""
    _, token = token_within(desk.issue(record_of(identifier)).document) or ("", "")
    return token


def claims_in(token: str) -> JsonObject:
    """Everything that a token says, by the word of nobody but itself."""
    parsed = parse_sd_jwt(token)
    return open_payload(parsed.unverified_payload, parsed.disclosures).claims


def presented(desk: Desk, token: str, *, nonce: str = NONCE) -> Report:
    """What a verifier says that asked for this nonce, and reaches this issuer alone."""
    sources = own_sources(
        desk.office,
        find_list=lambda list_id: publish(desk.office, list_id, now=later(1)),
        find_token=lambda list_id: publish_token(desk.office, list_id, now=later(1)),
    )
    asked = Asked(challenge=nonce, domains=frozenset({AUDIENCE}))
    try:
        return verify_presentation(
            token.encode(), asked=asked, now=later(1), sources=sources
        ).report
    except OutcomeError as error:
        return error.report


def bound(token: str, key: Signing, algorithm: str = "ES256") -> str:
    """The least of it, bound by ``key``."""
    return bind(
        present(token, []),
        audience=AUDIENCE,
        nonce=NONCE,
        now=later(1),
        algorithm=algorithm,
        sign=key.sign,
    )


def codes(report: Report) -> set[Code]:
    return {problem.code for problem in report.problems}


@every_sd_jwt
@pytest.mark.parametrize(("key", "algorithm"), HOLDERS, ids=[name for _, name in HOLDERS])
def test_the_learner_presents_what_was_issued(
    sqlite_store: Store, tmp_path: Path, name: str, key: Signing, algorithm: str
) -> None:
    """With nothing shown that can be left out, it verifies and is the learner's own."""
    desk = desk_of(sqlite_store, tmp_path, name, "P-256")
    token = token_for(desk, key.did)

    report = presented(desk, bound(token, key, algorithm))

    assert (Outcome.VERIFIED, Holder.SUBJECT) == (report.outcome, report.holder)
    assert {"jwk": build_jwk(key.public)} == claims_in(token)["cnf"]
    assert key.did == claims_in(present(token, []))["credentialSubject"]["id"]
    assert "cnf" not in read_out(desk.issue(record_of(key.did)).document) or name == "dc+sd-jwt"


@every_sd_jwt
def test_nobody_else_presents_it(sqlite_store: Store, tmp_path: Path, name: str) -> None:
    """Another key, no key, another occasion, and the learner's signature on more claims."""
    desk = desk_of(sqlite_store, tmp_path, name, "Ed25519")
    token = token_for(desk, LEARNER.did)
    good = bound(token, LEARNER)
    binding = good.rpartition("~")[2]

    reports = [
        presented(desk, bound(token, STRANGER)),
        presented(desk, token),
        presented(desk, good, nonce="another"),
        presented(desk, token + binding),
    ]

    assert Outcome.VERIFIED is presented(desk, good).outcome
    assert {Outcome.NOT_VERIFIED} == {report.outcome for report in reports}
    assert {Holder.NOT_SHOWN} == {report.holder for report in reports}
    assert [
        {Code.INVALID_KEY_BINDING},
        {Code.KEY_BINDING_REQUIRED},
        {Code.INVALID_CHALLENGE_ERROR},
        {Code.INVALID_KEY_BINDING},
    ] == [codes(report) for report in reports]


@every_sd_jwt
@pytest.mark.parametrize("place", ["after-reserve", "after-sign", "in-store"])
def test_what_a_crash_left_is_settled_for_the_same_holder(
    sqlite_store: Store, tmp_path: Path, name: str, place: str
) -> None:
    """By itself, from what was written down; the call repeated then gives that very token."""
    desk = desk_of(sqlite_store, tmp_path, name, "P-256")
    crashing = replace(desk, office=replace(desk.office, failpoint=ending_at(place)))
    with pytest.raises(Interrupt):
        crashing.issue(record_of(LEARNER.did))

    settled = settle(desk.office, desk.caller.tenant_id, now=later(60))

    again = desk.issue(record_of(LEARNER.did), now=later(70))
    _, token = token_within(again.document) or ("", "")
    assert [Settlement.ISSUED] == [one.outcome for one in settled]
    assert not again.is_new
    assert {"jwk": build_jwk(LEARNER.public)} == claims_in(token)["cnf"]
    assert LEARNER.did == claims_in(token)["credentialSubject"]["id"]
    assert "2026-12-01T12:00:00Z" == claims_in(token)["awardedDate"]


@every_sd_jwt
@pytest.mark.parametrize("identifier", ["did:web:learner.example", "did:example:learner"])
def test_an_identifier_that_is_no_key_binds_nobody(
    sqlite_store: Store, tmp_path: Path, name: str, identifier: str
) -> None:
    """It can be left out as before, and what is shown still verifies as a credential."""
    desk = desk_of(sqlite_store, tmp_path, name, "P-256")
    token = token_for(desk, identifier)

    shown = present(token, ["/credentialSubject/id", "/credentialSubject/identifier/0"])

    assert "cnf" not in claims_in(token)
    assert identifier == claims_in(shown)["credentialSubject"]["id"]
    assert "id" not in claims_in(present(token, []))["credentialSubject"]
    assert Outcome.VERIFIED is judge(desk, shown.encode(), 1).outcome
    assert Code.INVALID_KEY_BINDING in codes(presented(desk, bound(token, LEARNER)))


@pytest.mark.parametrize(
    ("name", "key_type"), [(name, kind) for name, kind in KINDS if name not in SD_JWTS]
)
def test_every_other_format_names_the_learner_and_no_key(
    sqlite_store: Store, tmp_path: Path, name: str, key_type: str
) -> None:
    """Their presentations are signed by the identifier itself."""
    desk = desk_of(sqlite_store, tmp_path, name, key_type)

    issued = desk.issue(record_of(LEARNER.did)).document

    assert LEARNER.did == read_out(issued)["credentialSubject"]["id"]
    assert "cnf" not in read_out(issued)
    assert Outcome.VERIFIED is judge(desk, PROOF_FORMATS[name].reveal(issued), 1).outcome
