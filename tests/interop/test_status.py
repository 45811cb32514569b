"""Status lists both ways: npm ``@digitalbazaar/vc-bitstring-status-list`` reads ours and we read
theirs; PyPI ``openvc-core`` likewise, and status tokens as well."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc import Ed25519SigningKey
from openvc.status.bitstring import decode_bitstring, new_bitstring, set_status_bit
from openvc.status.issue import (
    build_status_list_credential,
    build_status_list_entry,
    build_status_list_token,
    build_token_status_reference,
    verify_status_list_token,
)
from openvc.status.token_status_list import check_token_status, new_status_list, set_status

from issuer import limits
from issuer.seeds import conformance_seed
from issuer.store import open_store
from tests.fake_network import FakeNetwork
from tests.interop.peers import DigitalBazaar, OpenvcCore
from tests.issuer.web.site import Site, json_of, open_site
from tests.signers import Ed25519TestKey, secure_document
from tests.vectors.cases import badge, bits, entry, status_list
from verifier.date_time_stamp import format_instant
from verifier.dids import resolve
from verifier.errors import Code
from verifier.policy import STANDARD
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import build_jws
from verifier.report import Check, OutcomeError, Report, Result
from verifier.sources import Sources
from verifier.status.bitstring import parse_list, read_bits
from verifier.status.check import EstablishedList, StatusCache, check_status
from verifier.status.token_status_list import MEDIA_TYPE, TokenList, build_payload
from verifier.strict_json import JsonObject, parse_json_object
from verifier.verify import verify

pytestmark = pytest.mark.interop

KEY = Ed25519TestKey.number(1)
LIST_URL = "https://issuer.example/status/1"
ENTRIES = 131_072
INDEXES = [0, 7, 8, 94_567, 131_071]


def ask(peer: DigitalBazaar, **request: object) -> JsonObject:
    """One question to the library of lists."""
    done = subprocess.run(
        [str(peer.node), str(Path(__file__).with_name("status.mjs"))],
        input=json.dumps(request).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return parse_json_object(done.stdout)


def our_list(*indexes: int) -> JsonObject:
    """A list as we sign it."""
    return secure_document(status_list(bits(*indexes)), KEY)


def our_credential(index: int) -> JsonObject:
    return secure_document(badge(credentialStatus=entry(str(index))), KEY)


def judge(credential: JsonObject, found: JsonObject) -> Report:
    """What we say of a credential whose list answers ``found``."""
    sources = Sources(fetch=FakeNetwork({LIST_URL: found}))
    try:
        return verify(credential, now=datetime.now(UTC), sources=sources).report
    except OutcomeError as error:
        return error.report


def codes(report: Report) -> list[Code]:
    return [problem.code for problem in report.problems]


# --- Bitstring Status List --------------------------------------------------------------


def test_digitalbazaar_decodes_our_list(digitalbazaar: DigitalBazaar) -> None:
    """As long, and the same bits set."""
    answer = ask(digitalbazaar, action="decode", encodedList=bits(*INDEXES))

    assert {"length": ENTRIES, "indexes": INDEXES} == answer


@pytest.mark.parametrize("index", [*INDEXES, 1, 94_566])
def test_digitalbazaar_checks_our_credential(digitalbazaar: DigitalBazaar, index: int) -> None:
    """The signature of our list, its issuer, its purpose, and the one bit."""
    credential, found = our_credential(index), our_list(*INDEXES)

    answer = ask(digitalbazaar, action="check", credential=credential, list=found)

    assert (True, [index in INDEXES]) == (answer["verified"], answer["statuses"])


def test_digitalbazaar_refuses_our_list_when_it_was_changed(digitalbazaar: DigitalBazaar) -> None:
    """So the answer above comes from a signature that was verified."""
    found = our_list(5)
    found["credentialSubject"]["encodedList"] = bits()

    answer = ask(digitalbazaar, action="check", credential=our_credential(5), list=found)

    assert answer["verified"] is False


@pytest.mark.parametrize("index", [*INDEXES, 1, 94_566])
def test_we_read_a_list_by_digitalbazaar(digitalbazaar: DigitalBazaar, index: int) -> None:
    """Credential and list are made and signed by them."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    made = ask(
        digitalbazaar,
        action="create",
        url=LIST_URL,
        purpose="revocation",
        indexes=INDEXES,
        length=ENTRIES,
    )
    signed = digitalbazaar.issue({"issuer": "did:example:x"} | made["list"], now=now)
    credential = digitalbazaar.issue(badge(credentialStatus=entry(str(index))), now=now)

    report = judge(credential, signed)

    assert ([Code.REVOKED] if index in INDEXES else []) == codes(report)


# --- the issuer's own lists -------------------------------------------------------------


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A whole issuer in this process, at the time that it is: the peers have no other clock."""
    database = f"sqlite:///{tmp_path / 'issuer.db'}"
    store = open_store(database)
    made = open_site(store, database, tmp_path / "keys")
    made.clock.now = datetime.now(UTC) - timedelta(minutes=5)
    yield made
    store.close()


@pytest.fixture
def credential(site: Site) -> JsonObject:
    """One by a did:key issuer with a status entry."""
    seeded = conformance_seed(site.services.office, now=site.clock())
    site.keys = {**site.keys, "conformance": seeded["apiKey"]}
    issuer = seeded["issuers"]["status"]
    document = badge(issuer=issuer["id"], validFrom=format_instant(site.clock()))
    path = f"{issuer['path']}/credentials/issue"
    answer = json_of(site.post(path, {"credential": document}, key="conformance"))
    issued: JsonObject = answer["verifiableCredential"]
    return issued


def revoke(site: Site, credential: JsonObject) -> None:
    status = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    body = {"credentialId": credential["id"], "credentialStatus": status, "status": True}
    assert 200 == site.post("/credentials/status", body, key="conformance").status_code
    site.clock.move(seconds=limits.STATUS_CHANGE_SECONDS)


def test_digitalbazaar_follows_our_issuer(
    digitalbazaar: DigitalBazaar, site: Site, credential: JsonObject
) -> None:
    """Issued, then revoked: the list that is served says so to them."""
    answers = []
    url = credential["credentialStatus"]["statusListCredential"]
    for act in (lambda: None, lambda: revoke(site, credential)):
        act()
        found = json_of(site.get(url))
        answers.append(ask(digitalbazaar, action="check", credential=credential, list=found))

    assert [(True, [False]), (True, [True])] == [
        (answer["verified"], answer["statuses"]) for answer in answers
    ]


def test_openvc_follows_our_issuer(site: Site, credential: JsonObject) -> None:
    """The same by the status token, under the key that the issuer's did:key is."""
    entry_of = credential["credentialStatus"]
    url, index = entry_of["statusListCredential"], int(entry_of["statusListIndex"])
    key = resolve(credential["issuer"], fetch=site.fetch, now=site.clock())
    (method,) = key.listed["assertionMethod"]
    jwk = build_jwk(key.method(method, "assertionMethod", site.clock()).key)
    values = []
    for act in (lambda: None, lambda: revoke(site, credential)):
        act()
        token = site.get(url, Accept=MEDIA_TYPE).get_data(as_text=True)
        claims = verify_status_list_token(token, public_key_jwk=jwk, expected_uri=url)
        found = check_token_status(
            build_token_status_reference(uri=url, index=index),
            resolve_status_list_token=lambda _uri, claims=claims: claims,
        )
        values.append(found and found.status)

    assert [0, 1] == values


# --- openvc-core ------------------------------------------------------------------------


def test_openvc_decodes_our_list() -> None:
    """The same bits set."""
    raw = decode_bitstring(bits(*INDEXES))

    assert INDEXES == [at for at in range(len(raw) * 8) if read_bits(raw, at)]


@pytest.mark.parametrize("index", [*INDEXES, 1])
def test_we_read_a_list_by_openvc(index: int) -> None:
    """Entry, list and signatures are made by them."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    peer, raw = OpenvcCore(), new_bitstring(ENTRIES)
    for at in INDEXES:
        set_status_bit(raw, at, 1)
    made = build_status_list_credential(
        id=LIST_URL, issuer="did:example:x", bitstring=raw, valid_from=now, ttl=60_000
    )
    theirs = build_status_list_entry(
        status_list_credential=LIST_URL, index=index, status_purpose="revocation"
    )

    report = judge(peer.issue(badge(credentialStatus=theirs), now=now), peer.issue(made, now=now))

    assert ([Code.REVOKED] if index in INDEXES else []) == codes(report)
    assert 60 == _lifetime(made)


def _lifetime(document: JsonObject) -> float:
    lifetime = parse_list(document).lifetime
    assert lifetime is not None
    return lifetime.total_seconds()


# --- Token Status List ------------------------------------------------------------------

VALUES = {0: 1, 5: 2, 6: 1, 1_000: 3}


def _never(_body: bytes) -> EstablishedList:
    raise AssertionError("a token is no list credential")


def check_token(token: str, index: int) -> Check:
    """What we read at one place of a token at the list's address."""
    (found,), _ = check_status(
        ({"type": "TokenStatusList", "idx": index, "uri": LIST_URL},),
        issuer=KEY.did,
        now=datetime.now(UTC),
        policy=STANDARD,
        fetch=FakeNetwork({LIST_URL: token.encode()}),
        verify_list=_never,
        cache=StatusCache(),
    )
    return found


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, (Result.FAILED, Code.REVOKED)),
        (1, (Result.PASSED, None)),
        (5, (Result.FAILED, Code.SUSPENDED)),
        (6, (Result.FAILED, Code.REVOKED)),
        (1_000, (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE)),
    ],
)
@pytest.mark.parametrize("width", [2, 4, 8])
def test_we_read_a_token_by_openvc(
    width: int, index: int, expected: tuple[Result, Code | None]
) -> None:
    """Packed and signed by them, with the issuer that their own reader asks for."""
    packed = new_status_list(8_192, bits=width)
    for at, value in VALUES.items():
        set_status(packed, at, value, bits=width)
    private = Ed25519PrivateKey.from_private_bytes(KEY.seed)
    token = build_status_list_token(
        signing_key=Ed25519SigningKey(private, kid=KEY.verification_method),
        uri=LIST_URL,
        status_list=packed,
        bits=width,
        ttl=60,
        expires=datetime.now(UTC) + timedelta(hours=1),
        issuer=KEY.did,
    )

    check = check_token(token, index)

    assert expected == (check.result, check.problem.code if check.problem else None)


@pytest.mark.parametrize("index", [0, 1, 5, 6, 1_000])
def test_openvc_reads_our_token(index: int) -> None:
    """Signature, type, address, times and the value."""
    values = bytearray(8_192)
    for at, value in VALUES.items():
        values[at // 4] |= value << 2 * (at % 4)
    now = int(datetime.now(UTC).timestamp())
    payload = build_payload(
        TokenList(bits=2, values=bytes(values)),
        uri=LIST_URL,
        issued_at=now,
        expires=now + 60,
        lifetime=30,
    )
    header: dict[str, Any] = {
        "alg": "EdDSA",
        "typ": "statuslist+jwt",
        "kid": KEY.verification_method,
    }
    token = build_jws(header, payload, KEY.sign)

    claims = verify_status_list_token(
        token, public_key_jwk=build_jwk(KEY.public), expected_uri=LIST_URL
    )
    found = check_token_status(
        build_token_status_reference(uri=LIST_URL, index=index),
        resolve_status_list_token=lambda _uri: claims,
    )

    assert found is not None
    assert VALUES.get(index, 0) == found.status
