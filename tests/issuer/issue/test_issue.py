"""The nine steps of issuance, on both databases."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from issuer import lifecycle, shares, tenants
from issuer.errors import (
    ConflictError,
    ForbiddenError,
    IdempotencyConflictError,
    InProgressError,
    IssuerCode,
    NotFoundError,
    OwnFaultError,
    RequestRefusedError,
)
from issuer.idempotency import Idempotency
from issuer.issue import Issued, issue_document
from issuer.offers import Waiting, offer_completion
from issuer.office import Office
from issuer.own_sources import own_sources
from issuer.record import parse_record
from issuer.settlement import Settlement, settle
from issuer.shares import ShareState
from issuer.signing.signer import Keyring, NewKey, Signer
from issuer.status_list import publish
from issuer.store import Store
from issuer.store.rows import OfferState, StatusPolicy
from tests.example_records import example_record
from tests.issuer.offices import (
    START,
    Desk,
    later,
    numbered_record,
    open_desk,
    without_scopes,
)
from verifier.errors import CheckError, Code
from verifier.proofs.multikey import KeyType
from verifier.report import OutcomeError
from verifier.strict_json import JsonObject
from verifier.verify import verify


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return open_desk(store, tmp_path / "keys")


def codes(desk: Desk, document: JsonObject, now: datetime = START) -> list[str]:
    """What the verifier has against ``document`` at ``now``; nothing when it is verified."""
    sources = own_sources(
        desk.office, find_list=lambda list_id: publish(desk.office, list_id, now=now)
    )
    try:
        verify(document, now=now, sources=sources)
    except OutcomeError as error:
        return [problem.code.value for problem in error.report.problems]
    return []


def vc(desk: Desk, **members: object) -> JsonObject:
    """A platform's own document."""
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": desk.issuer.did,
        "credentialSubject": {"id": "did:example:somebody"},
        **members,
    }


def sign(desk: Desk, document: JsonObject, key: Idempotency | None = None) -> Issued:
    return issue_document(
        desk.office, desk.caller, document, issuer=desk.issuer, idempotency=key, now=START
    )


def rows(desk: Desk) -> tuple[int, int]:
    """How many intents are open, and how many places of all lists are taken."""
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        lists = [
            unit.status.open_list(desk.issuer.id, purpose)
            for purpose in desk.issuer.status_policy.purposes
        ]
        taken = sum(found.allocated for found in lists if found)
        return len(unit.issuances.open_intents()), taken


def test_a_record_becomes_a_credential_that_verifies(desk: Desk) -> None:
    """Signed, with status entries, verified by the public verifier, told as new."""
    issued = desk.issue(numbered_record(1))

    assert issued.is_new
    assert codes(desk, issued.document) == []
    assert [entry["statusPurpose"] for entry in issued.document["credentialStatus"]] == [
        "revocation",
        "suspension",
    ]


def test_the_same_record_again_gives_the_same_credential(desk: Desk) -> None:
    """A retry costs nothing and changes nothing, the share link included."""
    first = desk.issue(numbered_record(1), share=True)
    second = desk.issue(numbered_record(1), share=True, now=later(3600))

    assert second == replace(first, is_new=False)
    assert rows(desk) == (0, 2)


def test_other_content_for_an_issued_record_is_a_conflict(desk: Desk) -> None:
    """The platform is told, and the credential stays as it is."""
    desk.issue(numbered_record(1))

    with pytest.raises(ConflictError) as caught:
        desk.issue(numbered_record(1, title="Another title"))

    assert caught.value.code is IssuerCode.ALREADY_ISSUED


def test_calls_that_run_together_make_one_credential(desk: Desk) -> None:
    """Of many calls for one record one issues; the others get it, or are told to come back."""
    answers: list[str] = []

    def call() -> None:
        try:
            answers.append(desk.issue(numbered_record(1)).body)
        except InProgressError:
            answers.append("in progress")

    threads = [threading.Thread(target=call) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 12
    assert len(set(answers) - {"in progress"}) == 1
    assert rows(desk) == (0, 2)


def test_the_first_calls_of_an_issuer_may_run_together(desk: Desk) -> None:
    """None of them fails because another one opened the first status list, and no two get the
    same place."""
    with ThreadPoolExecutor(8) as pool:
        issued = list(pool.map(desk.issue, [numbered_record(number) for number in range(8)]))

    places = {
        (entry["statusListCredential"], entry["statusListIndex"])
        for one in issued
        for entry in one.document["credentialStatus"]
    }
    assert len(places) == 16
    assert rows(desk) == (0, 16)


def test_a_list_that_is_four_fifths_full_is_followed_by_a_new_one(
    store: Store, tmp_path: Path
) -> None:
    """The full one takes nobody any more; the next one has the next number."""
    desk = open_desk(store, tmp_path / "keys", policy=StatusPolicy.REVOCATION)
    desk.issue(numbered_record(1))
    with store.begin(desk.caller.tenant_id) as unit:
        first = unit.status.open_list(desk.issuer.id, "revocation")
        assert first is not None
        unit.status.close_list(first.id)
        fresh = replace(first, version=0, published=None, etag=None, published_at=None)
        unit.status.add_list(replace(fresh, id="nearly-full", number=2, allocated=104_857))

    lists = [
        desk.issue(numbered_record(number)).document["credentialStatus"]["statusListCredential"]
        for number in (2, 3)
    ]

    with store.read(desk.caller.tenant_id) as unit:
        third = unit.status.open_list(desk.issuer.id, "revocation")
    assert third is not None
    assert (third.number, third.allocated) == (3, 1)
    assert [url.rpartition("/")[2] for url in lists] == ["nearly-full", third.id]


def test_the_longest_names_fit_into_both_databases(desk: Desk) -> None:
    """What the rules admit can be stored and indexed: bad input is refused, never our fault."""
    chance = random.Random(1)  # PostgreSQL compresses what is regular before it measures
    document = example_record("01")
    document["platform"]["id"] = "https://a.example/" + "".join(chance.choices("abcdef0", k=982))
    document["supersedes"] = "urn:x:" + "".join(chance.choices("abcdef0", k=194))
    name = "".join(chr(chance.randrange(0x20000, 0x2A000)) for _ in range(200))
    document["source"]["platformRecordId"] = name

    assert desk.issue(parse_record(document, received_at=START)).is_new


def test_an_idempotency_key_stands_for_its_first_body(desk: Desk) -> None:
    """Same key and body: the first answer. Same key, other body: refused."""
    key = Idempotency(key="k1", request_hash="a" * 64)
    first = sign(desk, vc(desk), key)
    second = sign(desk, vc(desk), key)

    assert second.issuance_id == first.issuance_id
    with pytest.raises(IdempotencyConflictError):
        sign(desk, vc(desk, id="urn:uuid:other"), replace(key, request_hash="b" * 64))


def test_a_key_stands_for_an_offer_too(desk: Desk) -> None:
    """Nothing was signed, and still the first answer holds, whatever became of the offer."""

    def offer(number: int, request_hash: str) -> Waiting:
        return offer_completion(
            desk.office,
            desk.caller,
            numbered_record(number),
            issuer=desk.issuer,
            state=OfferState.OFFERED,
            idempotency=Idempotency(key="k", request_hash=request_hash),
            now=START,
        )

    first = offer(1, "one")
    desk.issue(numbered_record(1))

    assert offer(1, "one") == first
    with pytest.raises(IdempotencyConflictError):
        offer(2, "two")


def test_a_key_stands_for_a_change_of_status_too(desk: Desk) -> None:
    """A retry that arrives late does not suspend again what was reinstated meanwhile."""
    one, two = (desk.issue(numbered_record(number)) for number in (1, 2))

    def suspend(issued: Issued, request_hash: str) -> tuple[str, ...]:
        return lifecycle.suspend(
            desk.office,
            desk.caller,
            issued.document["id"],
            reason=None,
            now=START,
            idempotency=Idempotency(key="k", request_hash=request_hash),
        )

    first = suspend(one, "one")
    lifecycle.reinstate(desk.office, desk.caller, one.issuance_id, now=START)

    assert first == suspend(one, "one") == (one.issuance_id,)
    assert codes(desk, one.document) == []
    with pytest.raises(IdempotencyConflictError):
        suspend(two, "two")


def test_a_document_without_a_key_is_signed_each_time(desk: Desk) -> None:
    """Ids are the caller's and need not be unique: every call is an issuance of its own."""
    first, second = (sign(desk, vc(desk, id="urn:uuid:same")) for _ in range(2))

    assert first.issuance_id != second.issuance_id
    assert first.document["id"] == second.document["id"] == "urn:uuid:same"


def test_a_document_is_signed_as_it_was_sent(desk: Desk) -> None:
    """Only proof and status are added; a status that the caller sent is kept."""
    plain = sign(desk, vc(desk)).document
    sent = vc(desk, credentialStatus={"type": "https://example.org/SomeStatus"})
    own = sign(desk, sent).document

    assert {k: v for k, v in plain.items() if k not in ("proof", "credentialStatus")} == vc(desk)
    assert {name: value for name, value in own.items() if name != "proof"} == sent


def test_an_old_document_gets_no_status_and_the_context_of_its_proof(desk: Desk) -> None:
    """Data model 1.1 does not know our status entries, nor the words of the proof."""
    old = {
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiableCredential"],
        "issuer": desk.issuer.did,
        "issuanceDate": "2020-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:somebody"},
    }

    document = sign(desk, old).document

    assert "credentialStatus" not in document
    assert codes(desk, document) == []


def test_what_has_ended_is_signed_all_the_same(desk: Desk) -> None:
    """The dates of a document are the caller's to know."""
    document = sign(desk, vc(desk, validUntil="2023-01-01T00:00:00Z")).document

    assert codes(desk, document) == [Code.EXPIRED]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"gpa": 4}, Code.DATA_LOSS_DETECTION_ERROR),
        ({"type": ["VerifiableCredential", "Unheard"]}, Code.DATA_LOSS_DETECTION_ERROR),
        ({"@context": ["https://example.org/unknown"]}, Code.MALFORMED_VALUE_ERROR),
        ({"credentialSubject": {}}, Code.MALFORMED_VALUE_ERROR),
        ({"credentialSubject": {"id": "../x"}}, Code.MALFORMED_VALUE_ERROR),
    ],
)
def test_a_document_that_breaks_the_rules_leaves_nothing(
    desk: Desk, members: JsonObject, code: Code
) -> None:
    """Refused before anything is reserved: no intent, no place in a list."""
    with pytest.raises(CheckError) as caught:
        sign(desk, vc(desk, **members))

    assert caught.value.code is code
    assert rows(desk) == (0, 0)


def test_an_issuer_signs_as_itself_alone(desk: Desk) -> None:
    """Another issuer in the document, or a proof in it, is refused."""
    for document, code in (
        (vc(desk, issuer="did:web:victim.example"), IssuerCode.ISSUER_MISMATCH),
        (vc(desk, proof={"type": "DataIntegrityProof"}), IssuerCode.ALREADY_SECURED),
    ):
        with pytest.raises(RequestRefusedError) as caught:
            sign(desk, document)
        assert caught.value.code is code
    assert rows(desk) == (0, 0)


def test_a_caller_without_scope_or_of_another_tenant_gets_nothing(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    """No scope, no credential; another tenant's issuer is not there."""
    other = open_desk(store, tmp_path / "keys", name="theirs")

    with pytest.raises(ForbiddenError):
        without_scopes(desk).issue(numbered_record(1))
    with pytest.raises(NotFoundError):
        replace(desk, caller=other.caller).issue(numbered_record(1))


class Interrupt(Exception):
    """A stand-in for a process that ends, for tests in one process."""


def ending_at(place: str) -> Callable[[str], None]:
    def end(passed: str) -> None:
        if passed == place:
            raise Interrupt

    return end


PLACES = (
    "after-reserve",
    "after-build",
    "after-rehearse",
    "after-sign",
    "after-verify",
    "in-store",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_call_repeated_after_a_crash_finishes_the_same_intent(
    desk: Desk, store: Store, tmp_path: Path, place: str
) -> None:
    """Same id, same places, same bytes as the crashed call would have given; before the
    lease is over the caller is told to come back."""
    crashing = open_desk(store, tmp_path / "keys", failpoint=ending_at(place))
    with pytest.raises(Interrupt):
        crashing.issue(numbered_record(1))
    with pytest.raises(InProgressError) as caught:
        desk.issue(numbered_record(1), now=later(1))

    issued = desk.issue(numbered_record(1), now=later(60))

    assert caught.value.retry_after > 1
    assert issued.document["validFrom"] == "2026-12-01T12:00:00Z"
    assert rows(desk) == (0, 2)


def test_a_call_repeated_after_a_crash_and_a_new_key_finishes_too(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    """The dates are those of the first call, the signature is by the key of today."""
    crashing = open_desk(store, tmp_path / "keys", failpoint=ending_at("after-build"))
    with pytest.raises(Interrupt):
        crashing.issue(numbered_record(1))
    key = tenants.rotate_key(store, desk.issuer, keyring=desk.office.keyring, now=later(300))

    issued = desk.issue(numbered_record(1), now=later(301))

    assert "2026-12-01T12:00:00Z" == issued.document["validFrom"]
    assert key.verification_method == issued.document["proof"]["verificationMethod"]


def test_settling_finishes_records_and_voids_documents(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    """A record can be asked for again, a document cannot; what may still run is left alone."""
    crashing = open_desk(store, tmp_path / "keys", failpoint=ending_at("after-sign"))
    for call in (lambda: crashing.issue(numbered_record(1)), lambda: sign(crashing, vc(desk))):
        with pytest.raises(Interrupt):
            call()
    tenant_id = desk.caller.tenant_id

    early = settle(desk.office, tenant_id, now=later(1))
    settled = settle(desk.office, tenant_id, now=later(60))

    assert {one.outcome for one in early} == {Settlement.LEFT}
    assert sorted(one.outcome for one in settled) == [Settlement.ISSUED, Settlement.VOID]
    assert not desk.issue(numbered_record(1), now=later(70)).is_new


def test_an_attempt_that_lost_its_intent_releases_nothing(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    """Two attempts sign; the one that took over stores, the slow one is told so."""

    def take_over(passed: str) -> None:
        if passed == "after-verify":
            desk.issue(numbered_record(1), now=later(60))

    slow = open_desk(store, tmp_path / "keys", failpoint=take_over)

    with pytest.raises(InProgressError):
        slow.issue(numbered_record(1))
    assert rows(desk) == (0, 2)


class WrongSigner:
    """A signer whose signatures are wrong, as a broken device's may be."""

    def __init__(self, signer: Signer) -> None:
        self.public_key = signer.public_key

    def sign(self, data: bytes) -> bytes:
        return bytes(64)


class WrongKeyring:
    """A keyring of such signers."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def create(self, name: str, key_type: KeyType) -> NewKey:
        return self._keyring.create(name, key_type)

    def signer(self, uri: str) -> WrongSigner:
        return WrongSigner(self._keyring.signer(uri))

    def secret(self, purpose: str) -> bytes:
        return self._keyring.secret(purpose)


def with_wrong_signer(office: Office) -> Office:
    """The same office, whose signer is broken."""
    return replace(office, keyring=WrongKeyring(office.keyring))


def test_a_wrong_signature_is_never_released(desk: Desk) -> None:
    """Our own output is verified before anybody gets it, and its places stay burnt."""
    broken = replace(desk, office=with_wrong_signer(desk.office))

    with pytest.raises(OwnFaultError) as caught:
        broken.issue(numbered_record(1))

    assert caught.value.code is IssuerCode.OWN_OUTPUT_REFUSED
    assert isinstance(caught.value.__cause__, OutcomeError)  # the log can say why
    assert rows(desk) == (0, 2)
    assert desk.issue(numbered_record(1), now=later(1)).is_new


def test_an_offer_is_found_again_and_settled_by_issuing(desk: Desk) -> None:
    """The same record waits once; its credential ends the waiting; it is not offered again."""

    def offer() -> Waiting:
        return offer_completion(
            desk.office,
            desk.caller,
            numbered_record(1),
            issuer=desk.issuer,
            state=OfferState.OFFERED,
            idempotency=None,
            now=START,
        )

    first, second = offer(), offer()
    issued = desk.issue(numbered_record(1))
    third = offer()

    assert first == second
    assert not first.is_ready
    assert issued.is_new
    assert (first.offer_id, OfferState.ISSUED) == (third.offer_id, third.state)
    assert third.is_ready


# --- status -----------------------------------------------------------------------------


def withdraw(desk: Desk, act: str, credential_id: str, now: datetime = START) -> tuple[str, ...]:
    match act:
        case "revoke":
            return lifecycle.revoke(desk.office, desk.caller, credential_id, reason=None, now=now)
        case "suspend":
            return lifecycle.suspend(desk.office, desk.caller, credential_id, reason=None, now=now)
        case _:
            return lifecycle.reinstate(desk.office, desk.caller, credential_id, now=now)


def test_a_revocation_shows_in_the_signed_list(desk: Desk) -> None:
    """Verified before, revoked within the promised time after, for good."""
    document = desk.issue(numbered_record(1)).document
    before = codes(desk, document)

    withdraw(desk, "revoke", document["id"], later(100))
    withdraw(desk, "revoke", document["id"], later(101))

    assert before == []
    assert codes(desk, document, later(130)) == [Code.REVOKED]
    with pytest.raises(ConflictError) as caught:
        withdraw(desk, "suspend", document["id"])
    assert caught.value.code is IssuerCode.ALREADY_REVOKED


def test_a_suspension_ends(desk: Desk) -> None:
    """On hold, then good again; ending what is not on hold is a conflict."""
    document = desk.issue(numbered_record(1)).document
    withdraw(desk, "suspend", document["id"])
    held = codes(desk, document, later(60))
    withdraw(desk, "reinstate", document["id"])

    assert held == [Code.SUSPENDED]
    assert codes(desk, document, later(120)) == []
    with pytest.raises(ConflictError) as caught:
        withdraw(desk, "reinstate", document["id"])
    assert caught.value.code is IssuerCode.NOT_SUSPENDED


def test_a_change_by_credential_id_concerns_every_issuance(desk: Desk) -> None:
    """Ids are the caller's: all documents with that id are withdrawn."""
    two = [sign(desk, vc(desk, id="urn:uuid:same")) for _ in range(2)]

    concerned = withdraw(desk, "revoke", "urn:uuid:same")

    assert sorted(concerned) == sorted(issued.issuance_id for issued in two)


def test_a_suspension_of_some_ends_by_the_id_of_all(desk: Desk) -> None:
    """What was issued after the suspension is no obstacle to ending it."""
    first = sign(desk, vc(desk, id="urn:uuid:same"))
    lifecycle.suspend(desk.office, desk.caller, "urn:uuid:same", reason=None, now=START)
    sign(desk, vc(desk, id="urn:uuid:same"))

    concerned = lifecycle.reinstate(desk.office, desk.caller, "urn:uuid:same", now=START)

    assert len(concerned) == 2
    assert codes(desk, first.document) == []


def test_nobody_withdraws_another_tenants_credential(
    desk: Desk, store: Store, tmp_path: Path
) -> None:
    """It is simply not there, by either of its ids."""
    issued = desk.issue(numbered_record(1))
    other = open_desk(store, tmp_path / "keys", name="theirs")

    for name in (issued.document["id"], issued.issuance_id):
        with pytest.raises(NotFoundError):
            withdraw(other, "revoke", name)


def test_what_cannot_be_told_is_a_conflict(store: Store, tmp_path: Path) -> None:
    """Without a status entry nobody would learn of it, so it is refused."""
    desk = open_desk(store, tmp_path / "keys", policy=StatusPolicy.REVOCATION)
    document = desk.issue(numbered_record(1)).document

    with pytest.raises(ConflictError) as caught:
        withdraw(desk, "suspend", document["id"])

    assert isinstance(document["credentialStatus"], dict)
    assert caught.value.code is IssuerCode.NO_STATUS_ENTRY


@pytest.mark.parametrize("reason", ["leftTheTrial", "underReview", ""])
def test_only_the_listed_reasons_revoke(desk: Desk, reason: str) -> None:
    """Being unhappy with a person is none."""
    document = desk.issue(numbered_record(1)).document

    with pytest.raises(RequestRefusedError) as caught:
        lifecycle.revoke(desk.office, desk.caller, document["id"], reason=reason, now=START)

    assert caught.value.code is IssuerCode.REASON_NOT_ALLOWED


def test_a_list_is_signed_anew_only_when_due(desk: Desk) -> None:
    """At once after a change, then at most every ten seconds, otherwise every six hours; each
    one strictly newer than the one before."""
    one, two = (desk.issue(numbered_record(number)).document for number in (1, 2))
    list_id = one["credentialStatus"][0]["statusListCredential"].rpartition("/")[2]

    def served(seconds: float) -> str:
        return publish(desk.office, list_id, now=later(seconds)).etag

    first = [served(1), served(3600)]
    withdraw(desk, "revoke", one["id"])
    changed = [served(3601), served(3602)]
    withdraw(desk, "revoke", two["id"])
    again = [served(3603), served(3612), served(3612 + 6 * 3600)]

    assert first[0] == first[1] != changed[0]
    assert changed[0] == changed[1] == again[0]
    assert len({changed[0], again[1], again[2]}) == 3


def changed_list(desk: Desk) -> tuple[str, datetime]:
    """A list that was signed 1,000 seconds after the start and has changed since; its id and
    the time in it."""
    document = desk.issue(numbered_record(1)).document
    list_id = document["credentialStatus"][0]["statusListCredential"].rpartition("/")[2]
    signed = publish(desk.office, list_id, now=later(1000)).published_at
    withdraw(desk, "revoke", document["id"])
    return list_id, signed


def test_a_clock_that_steps_back_still_gives_a_newer_list(desk: Desk) -> None:
    """Verifiers keep the newest list, so a small step of the clock must not hide a change."""
    list_id, signed = changed_list(desk)

    assert publish(desk.office, list_id, now=later(990)).published_at > signed


def test_a_clock_that_is_wrong_signs_nothing(desk: Desk) -> None:
    """An hour behind what was signed already is no step but a fault."""
    list_id, _ = changed_list(desk)

    with pytest.raises(OwnFaultError) as caught:
        publish(desk.office, list_id, now=later(1000 - 3600))

    assert caught.value.code is IssuerCode.CLOCK_WRONG


def test_a_list_is_served_on_while_the_signer_is_down(desk: Desk) -> None:
    """For as long as it tells every change and has not ended; then there is no list."""
    document = desk.issue(numbered_record(1)).document
    list_id = document["credentialStatus"][0]["statusListCredential"].rpartition("/")[2]
    broken = with_wrong_signer(desk.office)
    out = publish(desk.office, list_id, now=START)

    assert publish(broken, list_id, now=later(7 * 3600)) == out
    with pytest.raises(OwnFaultError):
        publish(broken, list_id, now=later(25 * 3600))
    withdraw(desk, "revoke", document["id"])
    with pytest.raises(OwnFaultError):
        publish(broken, list_id, now=later(7 * 3600))


# --- share links ------------------------------------------------------------------------


def state_of(desk: Desk, url: str, now: datetime = START) -> ShareState:
    return shares.look_up(desk.office, url.rpartition("/")[2], now=now).state


def test_a_share_link_gives_the_signed_document(desk: Desk) -> None:
    """The holder of a link gets the very document, and the issuer's own record of it."""
    issued = desk.issue(numbered_record(1), share=True)
    assert issued.share_url is not None

    shared = shares.look_up(desk.office, issued.share_url.rpartition("/")[2], now=START)

    assert shared.document == issued.document
    assert shared.to_json()["state"] == "issued"


def test_the_state_of_a_shared_credential_follows(desk: Desk) -> None:
    """On hold, then withdrawn."""
    issued = desk.issue(numbered_record(1), share=True)
    assert issued.share_url is not None

    withdraw(desk, "suspend", issued.issuance_id)
    held = state_of(desk, issued.share_url)
    withdraw(desk, "reinstate", issued.issuance_id)
    withdraw(desk, "revoke", issued.issuance_id)

    assert (held, state_of(desk, issued.share_url)) == (
        ShareState.UNDER_REVIEW,
        ShareState.WITHDRAWN,
    )


def test_a_link_that_is_off_ended_or_unknown_is_not_there(desk: Desk) -> None:
    """Three causes, one answer."""
    issued = desk.issue(numbered_record(1), share=True)
    assert issued.share_url is not None
    with desk.office.store.read(desk.caller.tenant_id) as unit:
        (share,) = unit.shares.of_issuance(issued.issuance_id)
    ended = later(366 * 24 * 3600)

    with pytest.raises(NotFoundError):
        state_of(desk, issued.share_url, ended)
    with pytest.raises(NotFoundError):
        state_of(desk, "x/00000000000000000000000000")
    shares.switch_off(desk.office, desk.caller, share.id, now=START)
    with pytest.raises(NotFoundError):
        state_of(desk, issued.share_url)


def test_the_link_of_a_replaced_credential_shows_the_newer_one(desk: Desk) -> None:
    """It keeps working, whether the newer one has a link of its own or not."""
    old = desk.issue(numbered_record(1), share=True)
    assert old.share_url is not None
    newer = numbered_record(2)
    document = newer.document | {"supersedes": numbered_record(1).record_id}

    new = desk.issue(replace(newer, document=document), share=True)

    shared = shares.look_up(desk.office, old.share_url.rpartition("/")[2], now=START)
    assert (shared.state, shared.was_replaced) == (ShareState.ISSUED, True)
    assert shared.document == new.document


def test_a_link_made_later_is_another_one(desk: Desk) -> None:
    """Each link can be switched off alone; nobody else's credential gets one."""
    issued = desk.issue(numbered_record(1), share=True)

    url = shares.create_share(
        desk.office, desk.caller, issued.issuance_id, label="Acme, June", now=START
    )

    assert url != issued.share_url
    assert state_of(desk, url) is ShareState.ISSUED
    stranger = replace(desk.caller, tenant_id="somebody")
    with pytest.raises(NotFoundError):
        shares.create_share(desk.office, stranger, issued.issuance_id, label="", now=START)


def test_every_caller_is_named_in_the_audit_trail(desk: Desk) -> None:
    """Who issued and who revoked is written in the same transaction."""
    issued = desk.issue(numbered_record(1))
    withdraw(desk, "revoke", issued.issuance_id, later(5))

    with desk.office.store.read(desk.caller.tenant_id) as unit:
        trail = [(event.action, event.actor) for event in unit.events.of(issued.issuance_id)]

    assert trail == [("issued", "cli"), ("revoked", "cli")]
