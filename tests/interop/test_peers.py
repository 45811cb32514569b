"""What we sign, others verify; what others sign, we verify; and both sides refuse changes."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from issuer.projection import IssuerProfile, project
from issuer.record import parse_record
from tests.example_records import EXAMPLES, arrival, example_record
from tests.interop.peers import DigitalBazaar, Peer
from tests.signers import Ed25519TestKey, secure_document
from verifier.errors import Code
from verifier.report import Report, VerificationError
from verifier.sources import Fetched, Sources
from verifier.strict_json import JsonObject
from verifier.verify import verify

pytestmark = pytest.mark.interop

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
CREDENTIAL_ID = "urn:uuid:5e1f3f4c-6f0e-4a62-9d0e-2f6c5b1a7d10"
SALT = "00112233445566778899aabbccddeeff"
KEY = Ed25519TestKey(seed=bytes([7] * 32))


def _no_network(url: str, *, accept: str, max_bytes: int) -> Fetched:
    raise AssertionError(f"nothing here needs the network: {url} ({accept}, {max_bytes})")


SOURCES = Sources(fetch=_no_network)


def _unsigned(example: str) -> JsonObject:
    """The projection of an example record, for our test key, without a status list."""
    record = example_record(example)
    return project(
        parse_record(record, received_at=arrival(record)),
        credential_id=CREDENTIAL_ID,
        issuer=IssuerProfile(id=KEY.did, name="Example Issuer", url="https://issuer.example"),
        valid_from=NOW - timedelta(days=1),
        awarded=NOW - timedelta(days=1),
        status=(),
        salt=lambda: SALT,
    )


def _change_name(credential: JsonObject) -> None:
    credential["name"] += "!"


def _change_achievement(credential: JsonObject) -> None:
    credential["credentialSubject"]["achievement"]["description"] = "Something else."


def _change_evidence(credential: JsonObject) -> None:
    credential["evidence"][0]["narrative"] += " And led the team."


def _add_unsigned_member(credential: JsonObject) -> None:
    credential["credentialSubject"]["gradeOfHonour"] = "A+"


def _change_proof_time(credential: JsonObject) -> None:
    credential["proof"]["created"] = "2020-01-01T00:00:00Z"


CHANGES = [
    _change_name,
    _change_achievement,
    _change_evidence,
    _add_unsigned_member,
    _change_proof_time,
]
Change = Callable[[JsonObject], None]


def _changed(credential: JsonObject, change: Change) -> JsonObject:
    changed = copy.deepcopy(credential)
    change(changed)
    return changed


def _refusal_of_ours(credential: JsonObject) -> Report:
    with pytest.raises(VerificationError) as refused:
        verify(credential, now=NOW, sources=SOURCES)
    return refused.value.report


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_peer_accepts_what_we_sign(peer: Peer, example: str) -> None:
    """Every example record, projected and signed here, is verified by every peer."""
    secured = secure_document(_unsigned(example), KEY)

    assert peer.refusal(secured, now=NOW) is None


@pytest.mark.parametrize("change", CHANGES)
def test_a_peer_refuses_a_change_to_what_we_signed(peer: Peer, change: Change) -> None:
    """A changed claim, an added word and a changed proof are seen by every peer."""
    secured = secure_document(_unsigned("01"), KEY)

    assert peer.refusal(_changed(secured, change), now=NOW) is not None


@pytest.mark.parametrize("example", EXAMPLES)
def test_we_accept_what_a_peer_signs(peer: Peer, example: str) -> None:
    """Every example record, signed by a peer with its own key, is verified here."""
    issued = peer.issue(_unsigned(example), now=NOW)

    verified = verify(issued, now=NOW, sources=SOURCES)

    assert verified.document == {key: value for key, value in issued.items() if key != "proof"}
    assert verified.issuer == issued["issuer"]["id"] != KEY.did


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_change_name, Code.PROOF_VERIFICATION_ERROR),
        (_change_achievement, Code.PROOF_VERIFICATION_ERROR),
        (_change_evidence, Code.PROOF_VERIFICATION_ERROR),
        (_add_unsigned_member, Code.DATA_LOSS_DETECTION_ERROR),
        (_change_proof_time, Code.PROOF_VERIFICATION_ERROR),
    ],
)
def test_we_refuse_a_change_to_what_a_peer_signed(peer: Peer, change: Change, code: Code) -> None:
    """The same changes to a peer's credential are refused here, each with its code."""
    issued = peer.issue(_unsigned("01"), now=NOW)

    report = _refusal_of_ours(_changed(issued, change))

    assert code == report.problems[0].code


def test_a_control_character_divides_older_verifiers_from_the_rest(peer: Peer) -> None:
    """RDFC-1.0 escapes U+0007, and so do we; openvc-core's older canonical form does not,
    so it refuses what we sign. That difference is in ``docs/standards.md``."""
    document = _unsigned("01")
    document["name"] = "Bell\u0007"
    secured = secure_document(document, KEY)

    accepted = peer.refusal(secured, now=NOW) is None

    assert accepted == (type(peer).__name__ == "DigitalBazaar")


def test_a_text_with_a_direction_is_signed_alike(digitalbazaar: DigitalBazaar) -> None:
    """The direction of a right-to-left name is covered, in the same way on both sides.
    (openvc-core does not accept directions at all.)"""
    document = _unsigned("05")
    document["name"] = {"@value": "شهادة", "@language": "ar", "@direction": "rtl"}
    document.pop("credentialSchema")  # our own profile has plain texts

    issued = digitalbazaar.issue(document, now=NOW)

    assert verify(issued, now=NOW, sources=SOURCES).document["name"] == document["name"]
    assert digitalbazaar.refusal(secure_document(document, KEY), now=NOW) is None
