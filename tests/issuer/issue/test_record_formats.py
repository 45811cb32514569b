"""Work records in every proof format: issued, verified by strangers, shared, withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from issuer import tenants
from issuer.did_document import DidMethod, find_did_document
from issuer.errors import IssuerCode, RequestRefusedError
from issuer.lifecycle import revoke
from issuer.own_sources import own_sources
from issuer.projection.vct import build_type_metadata
from issuer.shares import SharedCredential, look_up
from issuer.shown import derive_document, read_out
from issuer.signed_tokens import SignedTokens
from issuer.signing.formats import KEY_TYPES, PROOF_FORMATS
from issuer.signing.tokens import envelope, token_within
from issuer.status_list import publish
from issuer.store import Store, open_store
from issuer.store.rows import StatusPolicy
from issuer.token_status_list import publish_token
from tests.issuer.offices import START, Desk, later, numbered_record, open_desk
from verifier.credential_type import check_credential_type
from verifier.errors import Code
from verifier.proofs.jwk import parse_jwk, thumbprint
from verifier.proofs.jws import decode_base64url
from verifier.proofs.multikey import KeyType, parse_multikey
from verifier.proofs.sd_jwt import open_payload, parse_sd_jwt
from verifier.proofs.sd_jwt_present import present
from verifier.report import Outcome, OutcomeError, Report
from verifier.strict_json import JsonObject, parse_json_object
from verifier.type_metadata import parse_type_metadata
from verifier.verify import verify

KINDS = [
    (name, key_type)
    for name, found in PROOF_FORMATS.items()
    for key_type in ("Ed25519", "P-256", "P-384")
    if KEY_TYPES[key_type] in found.key_types
]


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'issuer.db'}")
    yield store
    store.close()


def desk_of(
    store: Store, tmp_path: Path, name: str, key_type: str, *, now: datetime = START
) -> Desk:
    """A desk whose issuer signs in this format with a key of this kind, made at ``now``."""
    base = open_desk(store, tmp_path / "keys", name="base")
    issuer = tenants.add_issuer(
        store,
        tenants.find_tenant(store, "base"),
        name="other",
        profile_name="Another issuer",
        profile_url=None,
        status_policy=StatusPolicy.REVOCATION,
        base_url=base.office.base_url,
        keyring=base.office.keyring,
        key_uri=None,
        now=now,
        proof_format=name,
        key_type=key_type,
    )
    return Desk(office=base.office, caller=base.caller, issuer=issuer)


def judge(desk: Desk, document: JsonObject | bytes, seconds: float) -> Report:
    """What a verifier says that can reach nothing but this issuer."""
    now = later(seconds)
    sources = own_sources(
        desk.office,
        find_list=lambda list_id: publish(desk.office, list_id, now=now),
        find_token=lambda list_id: publish_token(desk.office, list_id, now=now),
    )
    try:
        return verify(document, now=now, sources=sources).report
    except OutcomeError as error:
        return error.report


def shared(desk: Desk, url: str, seconds: float) -> SharedCredential:
    return look_up(desk.office, url.rpartition("/")[2], now=later(seconds))


@pytest.mark.parametrize(("name", "key_type"), KINDS)
def test_a_record_in_every_format(
    sqlite_store: Store, tmp_path: Path, name: str, key_type: str
) -> None:
    """What a link gives verifies, says what the work was, and is withdrawn within the minute."""
    desk = desk_of(sqlite_store, tmp_path, name, key_type)
    record = numbered_record(1)

    issued = desk.issue(record, share=True)

    given = shared(desk, str(issued.share_url), 1).document
    assert judge(desk, given, 1).outcome is Outcome.VERIFIED
    words = read_out(given)
    title = record.document["engagement"]["title"]
    assert title == words["credentialSubject"]["achievement"]["name"]
    assert str(issued.credential_id).startswith("urn:uuid:")

    revoke(desk.office, desk.caller, str(issued.credential_id), reason=None, now=later(60))

    report = judge(desk, given, 90)
    assert (report.outcome, [it.code for it in report.problems]) == (
        Outcome.NOT_VERIFIED,
        [Code.REVOKED],
    )


@pytest.mark.parametrize("name", ["vc+sd-jwt", "dc+sd-jwt"])
def test_a_holder_shows_less_and_it_still_verifies(
    sqlite_store: Store, tmp_path: Path, name: str
) -> None:
    """Without supervisor, dates and results; one of the learner's names stays."""
    desk = desk_of(sqlite_store, tmp_path, name, "P-256")
    issued = desk.issue(numbered_record(1))
    media_type, token = token_within(issued.document) or ("", "")

    least = present(token, ["/credentialSubject/identifier/0"])

    words = read_out(envelope(media_type, least))
    assert judge(desk, least.encode(), 1).outcome is Outcome.VERIFIED
    assert 1 == len(words["credentialSubject"]["identifier"])
    assert {"type", "identifier", "source", "achievement"} == set(words["credentialSubject"])
    work = words["evidence"][0]["microInternship"]
    assert not {"supervisorName", "attestation", "startDate", "endDate"} & set(work)
    assert "project" in work


def test_a_holder_of_a_base_proof_shows_less(sqlite_store: Store, tmp_path: Path) -> None:
    """What the work was and for whom stays; by which name it was done is the holder's to show,
    and a badge that is nobody's is none."""
    desk = desk_of(sqlite_store, tmp_path, "ecdsa-sd-2023", "P-256")
    issued = desk.issue(numbered_record(1))

    least = derive_document(issued.document, ())
    named = derive_document(issued.document, ("/credentialSubject/identifier/0",))

    assert Outcome.VERIFIED is judge(desk, named, 1).outcome
    assert Outcome.NOT_VERIFIED is judge(desk, least, 1).outcome
    assert "identifier" not in least["credentialSubject"]
    assert 1 == len(named["credentialSubject"]["identifier"])
    assert {"source", "achievement"} <= set(least["credentialSubject"])
    assert {"evidence", "credentialSchema"}.isdisjoint(least)
    assert issued.document["credentialStatus"] == least["credentialStatus"]


@pytest.mark.parametrize(
    ("name", "key_type"), [("vc+jwt", "P-384"), ("dc+sd-jwt", "Ed25519"), ("ob-jwt", "P-256")]
)
def test_a_token_names_its_key_as_readers_of_tokens_look_for_it(
    sqlite_store: Store, tmp_path: Path, name: str, key_type: str
) -> None:
    """A ``JsonWebKey`` of the DID document, called by its thumbprint; after a rotation too."""
    desk = desk_of(sqlite_store, tmp_path, name, key_type)
    first = desk.issue(numbered_record(1))
    tenants.rotate_key(sqlite_store, desk.issuer, keyring=desk.office.keyring, now=later(1))
    second = desk.issue(numbered_record(2), now=later(2))

    document = find_did_document(sqlite_store, "other")

    methods = {it["id"]: it for it in document["verificationMethod"]}
    kids = [kid_in(issued.document) for issued in (first, second)]
    assert 2 == len(set(kids))
    assert 4 == len(methods)
    for kid in kids:
        key = parse_jwk(methods[kid]["publicKeyJwk"])
        assert f"{desk.issuer.did}#{thumbprint(key)}" == kid
        assert kid in document["assertionMethod"]
    for issued in (first, second):
        assert Outcome.VERIFIED is judge(desk, issued.document, 3).outcome


@pytest.mark.parametrize("name", PROOF_FORMATS)
def test_another_process_issues_with_the_new_key_on_lists_from_before_it(
    sqlite_store: Store, tmp_path: Path, name: str
) -> None:
    """A list goes on as it was published; only the clock is held against the age of a key."""
    desk = desk_of(sqlite_store, tmp_path, name, "P-256" if name.startswith("ecdsa") else "Ed25519")
    first = desk.issue(numbered_record(1))
    tenants.rotate_key(sqlite_store, desk.issuer, keyring=desk.office.keyring, now=later(300))
    other = replace(desk, office=replace(desk.office, signed_tokens=SignedTokens()))

    second = other.issue(numbered_record(2), now=later(301))

    for issued in (first, second):
        shown = PROOF_FORMATS[name].reveal(issued.document)
        assert Outcome.VERIFIED is judge(other, shown, 302).outcome


def kid_in(enveloped: JsonObject) -> str:
    """The ``kid`` of the token in an envelope."""
    _, token = token_within(enveloped) or ("", "")
    return str(parse_json_object(decode_base64url(token.split(".")[0]))["kid"])


def test_plain_claims_keep_to_their_type(sqlite_store: Store, tmp_path: Path) -> None:
    """The metadata at the address in ``vct`` is about this very token, shown whole or in part."""
    desk = desk_of(sqlite_store, tmp_path, "dc+sd-jwt", "Ed25519")
    issued = desk.issue(numbered_record(1))
    _, token = token_within(issued.document) or ("", "")
    page = json.dumps(build_type_metadata(desk.office.base_url)).encode()

    claims = read_out(issued.document)

    metadata = parse_type_metadata(page, vct=claims["vct"], integrity=None)
    assert claims["vct"] == f"{desk.office.base_url}/types/micro-internship/v1"
    assert desk.issuer.did == claims["iss"]
    for text in (token, present(token, [])):
        parsed = parse_sd_jwt(text)
        check_credential_type(open_payload(parsed.unverified_payload, parsed.disclosures), metadata)


@pytest.mark.parametrize(
    ("name", "key_type", "policy"),
    [
        ("no-such-format", None, StatusPolicy.NONE),
        ("eddsa-rdfc-2022", "P-256", StatusPolicy.NONE),
        ("ecdsa-rdfc-2019", "Ed25519", StatusPolicy.NONE),
        ("ecdsa-sd-2023", "P-384", StatusPolicy.NONE),
        ("Ed25519Signature2020", "P-256", StatusPolicy.NONE),
        ("vc+jwt", "P-521", StatusPolicy.NONE),
        ("dc+sd-jwt", None, StatusPolicy.REVOCATION_AND_SUSPENSION),
    ],
)
def test_what_does_not_fit_together_is_refused(
    sqlite_store: Store, tmp_path: Path, name: str, key_type: str | None, policy: StatusPolicy
) -> None:
    """When the issuer is made, before there is a key or a row."""
    base = open_desk(sqlite_store, tmp_path / "keys", name="base")
    keys = set(tmp_path.rglob("*.pem"))

    with pytest.raises(RequestRefusedError) as caught:
        tenants.add_issuer(
            sqlite_store,
            tenants.find_tenant(sqlite_store, "base"),
            name="other",
            profile_name="Another issuer",
            profile_url=None,
            status_policy=policy,
            base_url=base.office.base_url,
            keyring=base.office.keyring,
            key_uri=None,
            now=START,
            proof_format=name,
            key_type=key_type,
        )

    assert caught.value.code is IssuerCode.FORMAT_UNFIT
    assert keys == set(tmp_path.rglob("*.pem"))


@pytest.mark.parametrize(
    ("name", "key_type"), [("ecdsa-sd-2023", None), ("ecdsa-rdfc-2019", "P-256")]
)
def test_an_existing_key_must_fit(
    sqlite_store: Store, tmp_path: Path, name: str, key_type: str | None
) -> None:
    """A key of the keyring is held to the format, and to the kind that was named."""
    base = open_desk(sqlite_store, tmp_path / "keys", name="base")
    key = base.office.keyring.create("other", KeyType.P384)

    with pytest.raises(RequestRefusedError) as caught:
        tenants.add_issuer(
            sqlite_store,
            tenants.find_tenant(sqlite_store, "base"),
            name="other",
            profile_name="Another issuer",
            profile_url=None,
            status_policy=StatusPolicy.NONE,
            base_url=base.office.base_url,
            keyring=base.office.keyring,
            key_uri=key.uri,
            now=START,
            proof_format=name,
            key_type=key_type,
        )

    assert caught.value.code is IssuerCode.FORMAT_UNFIT


def test_a_did_key_is_not_rotated_and_other_keys_keep_their_kind(
    sqlite_store: Store, tmp_path: Path
) -> None:
    """The key is the identity; where it is not, the new one is of the same kind."""
    web = desk_of(sqlite_store, tmp_path, "ecdsa-rdfc-2019", "P-384")
    key = tenants.add_issuer(
        sqlite_store,
        tenants.find_tenant(sqlite_store, "base"),
        name="third",
        profile_name="A third issuer",
        profile_url=None,
        status_policy=StatusPolicy.NONE,
        base_url=web.office.base_url,
        keyring=web.office.keyring,
        key_uri=None,
        now=START,
        did_method=DidMethod.KEY,
    )

    with pytest.raises(RequestRefusedError) as caught:
        tenants.rotate_key(sqlite_store, key, keyring=web.office.keyring, now=later(1))
    fresh = tenants.rotate_key(sqlite_store, web.issuer, keyring=web.office.keyring, now=later(1))

    assert caught.value.code is IssuerCode.KEY_IS_IDENTITY
    assert KeyType.P384 is parse_multikey(fresh.multikey).key_type
