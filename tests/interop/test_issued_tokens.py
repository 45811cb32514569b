"""The tokens that the issuer makes of a work record, read by implementations that are not ours.

Each peer gets the key from the issuer's DID document, where its own users would look for it. One of
them reads the clock by itself, so the records are issued at the time of the day.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from openvc.type_metadata import validate_type_metadata

from deploy.setup_test_machine import NODE_MODULES, find_node
from issuer.did_document import find_did_document
from issuer.projection.vct import build_type_metadata, vct_of
from issuer.shown import read_out
from issuer.signing.tokens import token_within
from issuer.store import Store, open_store
from tests.issuer.issue.test_record_formats import desk_of, kid_in
from tests.issuer.offices import numbered_record
from verifier.date_time_stamp import format_instant
from verifier.proofs.sd_jwt_present import present
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.interop
KINDS = [("Ed25519", "EdDSA"), ("P-256", "ES256"), ("P-384", "ES384")]
every_kind = pytest.mark.parametrize(("key_type", "algorithm"), KINDS)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'issuer.db'}")
    yield store
    store.close()


def issue(store: Store, folder: Path, name: str, key_type: str) -> tuple[JsonObject, str, Any]:
    """What was issued, the token in it, and the public JWK that the DID document has for it."""
    now = datetime.now(UTC)
    desk = desk_of(store, folder, name, key_type, now=now)
    issued = desk.issue(numbered_record(1), now=now).document
    _, token = token_within(issued) or ("", "")
    methods = find_did_document(store, "other")["verificationMethod"]
    (jwk,) = [it["publicKeyJwk"] for it in methods if it["id"] == kid_in(issued)]
    return issued, token, jwk


def ask_jose(**request: Any) -> JsonObject:
    node = find_node()
    if node is None or not (NODE_MODULES / "jose").is_dir():
        pytest.skip("no Node with the packages of package-lock.json: run `make test`")
    done = subprocess.run(
        [str(node), str(Path(__file__).with_name("jose.mjs"))],
        input=json.dumps(
            {"action": "verify", "now": format_instant(datetime.now(UTC)), **request}
        ).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    return parse_json_object(done.stdout)


@every_kind
@pytest.mark.parametrize(("name", "typ"), [("vc+jwt", "vc+jwt"), ("ob-jwt", "JWT")])
def test_jose_verifies_the_token_of_a_record(
    sqlite_store: Store, tmp_path: Path, name: str, typ: str, key_type: str, algorithm: str
) -> None:
    """Signature, type and times; the payload is the document that we read in it."""
    issued, token, jwk = issue(sqlite_store, tmp_path, name, key_type)

    answer = ask_jose(token=token, jwk=jwk, typ=typ, algorithm=algorithm)

    words = read_out(issued)
    assert words == {it: value for it, value in answer["payload"].items() if it in words}
    assert words["issuer"]["id"] == answer["payload"].get("iss", words["issuer"]["id"])


@every_kind
@pytest.mark.parametrize("name", ["dc+sd-jwt", "vc+sd-jwt"])
def test_openvc_core_reads_the_sd_jwt_of_a_record(
    sqlite_store: Store, tmp_path: Path, name: str, key_type: str, algorithm: str
) -> None:
    """Whole, and with all kept back that can be, it reads what we read."""
    issued, token, jwk = issue(sqlite_store, tmp_path, name, key_type)
    media_type = issued["id"].partition(",")[0]

    for text in (token, present(token, ["/credentialSubject/identifier/0"])):
        found = SdJwtVcProofSuite().verify(text, public_key_jwk=jwk, require_key_binding=False)

        assert read_out(issued | {"id": f"{media_type},{text}"}) == dict(found.claims)


def test_openvc_core_holds_a_record_to_its_type(sqlite_store: Store, tmp_path: Path) -> None:
    """The page at the address in ``vct`` is type metadata to others as well."""
    issued, _, _ = issue(sqlite_store, tmp_path, "dc+sd-jwt", "P-256")
    claims = read_out(issued)
    base_url = claims["vct"].removesuffix("/types/micro-internship/v1")
    page = json.dumps(build_type_metadata(base_url)).encode()

    validate_type_metadata(claims, vct=vct_of(base_url), resolve={claims["vct"]: page}.__getitem__)
