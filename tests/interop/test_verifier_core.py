"""npm ``@digitalcredentials/verifier-core``, the verifier of the Digital Credentials Consortium.

It does not say *verified*: it gives a log of steps, so the log is what is compared here. Its
clock is the machine's, so what it reads has begun and not ended.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

import schemas
from tests.interop.peers import DigitalBazaar
from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.judging import LIST_URL, badge, entry, real, status_list
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.interop

BEGUN = "2026-01-01T00:00:00Z"
KEY = Ed25519TestKey.number(1)
ENTRY = entry() | {"id": f"{LIST_URL}#7"}
ALL_WELL = {"valid_signature": True, "expiration": True, "revocation_status": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierCore:
    """Node with the package; its network is what it is handed."""

    node: Path

    def ask(self, credential: JsonObject, documents: JsonObject) -> JsonObject:
        done = subprocess.run(
            [str(self.node), str(Path(__file__).with_name("verifier_core.mjs"))],
            input=json.dumps({"credential": credential, "documents": documents}).encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )
        return parse_json_object(done.stdout)

    def log(self, credential: JsonObject, documents: JsonObject) -> JsonObject:
        """Each step and whether it is valid, but for its registers of issuers."""
        entries = self.ask(credential, documents)["log"]
        return {it["id"]: it["valid"] for it in entries if it["id"] != "registered_issuer"}


@pytest.fixture
def core(digitalbazaar: DigitalBazaar) -> VerifierCore:
    return VerifierCore(node=digitalbazaar.node)


def network(*set_bytes: int) -> JsonObject:
    """Our status list and our context, as they are served."""
    return {
        LIST_URL: status_list(*set_bytes, validFrom=BEGUN),
        schemas.CONTEXT_URL: schemas.load_context(schemas.CONTEXT_URL),
    }


def test_it_finds_our_own_credential_good(core: VerifierCore) -> None:
    """A completed micro-internship with every member it has in life, and its status list."""
    document = {k: v for k, v in real().items() if k != "proof"}
    document |= {"validFrom": BEGUN, "credentialStatus": ENTRY}

    assert ALL_WELL == core.log(secure_document(document, KEY), network())


def test_it_sees_that_we_revoked(core: VerifierCore) -> None:
    """The bit that our list sets is the bit that it reads."""
    document = secure_document(badge(validFrom=BEGUN, credentialStatus=ENTRY), KEY)

    assert ALL_WELL == core.log(document, network())
    assert ALL_WELL | {"revocation_status": False} == core.log(document, network(0b0000_0001))


def test_it_sees_the_end(core: VerifierCore) -> None:
    """``validUntil`` means the same to both."""
    document = secure_document(badge(validFrom=BEGUN, validUntil="2026-02-01T00:00:00Z"), KEY)

    assert not core.log(document, network())["expiration"]


def test_it_refuses_a_changed_word(core: VerifierCore) -> None:
    """Then there is no log at all, only an error."""
    document = secure_document(badge(validFrom=BEGUN), KEY) | {"name": "Something else"}

    answer = core.ask(document, network())

    assert ["invalid_signature"] == [error["name"] for error in answer["errors"]]
    assert "log" not in answer
