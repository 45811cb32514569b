"""Damaged input at every door: whatever comes in, the only errors are our own.

Each door is a parser or a whole verification, and each is fed input that was good and then was
damaged. ``make fuzz`` runs the same with many more examples (``FUZZ_EXAMPLES``).
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import damaged_json, damaged_text
from tests.signers import EcTestKey, Ed25519TestKey
from tests.vectors.cases import did_document, entry, signed, status_list
from verifier.asked import Asked
from verifier.dids import resolve, retrieve_verification_method
from verifier.dids.document import parse_did_document
from verifier.errors import CheckError, Code, MissingError
from verifier.model import parse_credential, parse_presentation
from verifier.policy import VC_API
from verifier.proofs.data_integrity import parse_proofs
from verifier.proofs.jwk import build_jwk, parse_jwk
from verifier.proofs.jws import parse_jws
from verifier.proofs.multikey import KeyType, parse_multikey
from verifier.proofs.sd_jwt import open_payload, parse_sd_jwt
from verifier.report import OutcomeError
from verifier.sources import Fetched, Sources
from verifier.status import bitstring, revocation_list, token_status_list
from verifier.strict_json import parse_json, parse_json_object
from verifier.verify import verify
from verifier.verify_presentation import verify_presentation

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "40"))
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
CORPUS = Path(__file__).resolve().parents[1] / "vectors"
KEYS = (
    Ed25519TestKey.number(1),
    EcTestKey.number(2),
    EcTestKey.number(3, KeyType.P384),
)

fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
)


def _corpus(pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(CORPUS.glob(f"*/*/{pattern}"))]


def _objects() -> tuple[Any, ...]:
    return tuple(parse_json_object(data) for data in _corpus("input.json"))


DOCUMENTS = _objects()
"""Every document of the corpus, the good and the bad."""
TOKENS = tuple(data.decode() for data in _corpus("input.txt")) or ("e30.e30.e30",)
"""Every token of the corpus."""


def _no_network(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
    raise MissingError(Code.FETCH_FAILED, "There is nothing there.")


SOURCES = Sources(fetch=_no_network)


def _verify(data: Any) -> None:
    with contextlib.suppress(OutcomeError):
        verify(data, now=NOW, sources=SOURCES, policy=VC_API)


def _verify_presentation(data: Any) -> None:
    asked = Asked(challenge="c", domains=frozenset({"d"}))
    with contextlib.suppress(OutcomeError):
        verify_presentation(data, asked=asked, now=NOW, sources=SOURCES, policy=VC_API)


def _resolve(did: str) -> None:
    resolve(did, fetch=_no_network, now=NOW)


def _retrieve(url: str) -> None:
    retrieve_verification_method(url, relationship="assertionMethod", fetch=_no_network, now=NOW)


def _open_sd_jwt(text: str) -> None:
    token = parse_sd_jwt(text)
    open_payload(token.unverified_payload, token.disclosures)


Door = tuple[Callable[[Any], object], tuple[Any, ...]]

TEXTS: dict[str, Door] = {
    "verify a token": (lambda text: _verify(text.encode("utf-8", "replace")), TOKENS),
    "present a token": (lambda text: _verify_presentation(text.encode("utf-8", "replace")), TOKENS),
    "jws": (parse_jws, TOKENS),
    "sd-jwt": (_open_sd_jwt, TOKENS),
    "multikey": (parse_multikey, tuple(key.multibase for key in KEYS)),
    "did": (_resolve, (*(key.did for key in KEYS), "did:web:a.example:b", "did:jwk:eyJ9")),
    "did url": (_retrieve, tuple(key.verification_method for key in KEYS)),
    "encoded list": (
        bitstring.decode_list,
        (str(status_list("uH4sIAAAA")["credentialSubject"]["encodedList"]),),
    ),
}

OBJECTS: dict[str, Door] = {
    "verify": (_verify, DOCUMENTS),
    "present": (_verify_presentation, DOCUMENTS),
    "credential": (parse_credential, DOCUMENTS),
    "presentation": (parse_presentation, DOCUMENTS),
    "proofs": (parse_proofs, (signed(),)),
    "did document": (
        lambda body: parse_did_document(body, "did:web:issuer.example"),
        (did_document(),),
    ),
    "jwk": (parse_jwk, tuple(build_jwk(key.public) for key in KEYS)),
    "status entry": (bitstring.parse_entry, (entry(),)),
    "token status entry": (
        token_status_list.parse_entry,
        ({"type": "TokenStatusList", "idx": 0, "uri": "https://issuer.example/status/1"},),
    ),
    "revocation list entry": (
        revocation_list.parse_entry,
        ({"id": "https://issuer.example/status/1", "type": "1EdTechRevocationList"},),
    ),
}


@pytest.mark.parametrize("name", TEXTS)
@fuzzed
@given(data=st.data())
def test_damaged_text(name: str, data: st.DataObject) -> None:
    """It is read, or refused with an error of ours."""
    read, seeds = TEXTS[name]
    text = data.draw(damaged_text(seeds))

    with contextlib.suppress(CheckError):
        read(text)


@pytest.mark.parametrize("name", OBJECTS)
@fuzzed
@given(data=st.data())
def test_damaged_objects(name: str, data: st.DataObject) -> None:
    """The same for JSON, which enters through the strict loader as everything does."""
    read, seeds = OBJECTS[name]
    document = data.draw(damaged_json(seeds))

    with contextlib.suppress(CheckError):
        read(parse_json_object(json.dumps(document).encode()))


@fuzzed
@given(data=st.data())
def test_damaged_bytes(data: st.DataObject) -> None:
    """JSON that is cut, doubled or spoilt is refused by the loader and by nothing after it."""
    text = data.draw(damaged_text(tuple(json.dumps(document) for document in DOCUMENTS)))

    with contextlib.suppress(CheckError):
        parse_json(text.encode("utf-8", "surrogatepass"))
