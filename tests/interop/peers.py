"""Two foreign implementations of Data Integrity, each able to issue and to verify.

They share no code with the verifier: one is JavaScript (npm ``@digitalbazaar/vc``), the other
is PyPI ``openvc-core``. Both are handed our own context and nothing else of ours.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc import Ed25519SigningKey, OpenvcError
from openvc.did.base import DidDocument, parse_did_document
from openvc.proof.data_integrity import DataIntegrityProofSuite

import schemas
from verifier.date_time_stamp import format_instant
from verifier.jsonld import contexts
from verifier.strict_json import JsonObject, parse_json_object

OUR_CONTEXT = "https://w3id.org/micro-internship/v1"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SEED = bytes(range(32))
"""The key of the peers. Everybody knows it."""


class Peer(Protocol):
    """A foreign issuer and verifier."""

    def issue(self, credential: JsonObject, *, now: datetime) -> JsonObject:
        """``credential`` with the peer's did:key as issuer, secured by the peer."""
        ...

    def refusal(
        self, credential: JsonObject, *, now: datetime, documents: Sequence[JsonObject] = ()
    ) -> str | None:
        """Why the peer does not accept ``credential``, or ``None`` when it does.

        ``documents`` are DID documents, for issuers that are no did:key.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalBazaar:
    """npm ``@digitalbazaar/vc`` with the suites of the same house, run by Node."""

    node: Path

    def issue(self, credential: JsonObject, *, now: datetime) -> JsonObject:
        """See ``Peer``."""
        answer = self._ask(
            action="issue", credential=credential, seed=SEED.hex(), now=format_instant(now)
        )
        return dict(answer["issued"])

    def refusal(
        self, credential: JsonObject, *, now: datetime, documents: Sequence[JsonObject] = ()
    ) -> str | None:
        """See ``Peer``."""
        answer = self._ask(
            action="verify", credential=credential, now=format_instant(now), documents=[*documents]
        )
        return None if answer["verified"] else "; ".join(answer["reasons"])

    def issue_with(
        self, credential: JsonObject, *, suite: str, curve: str | None, now: datetime
    ) -> JsonObject:
        """``credential`` by a new did:key of theirs (``curve`` for ECDSA), with a named suite."""
        answer = self._ask(
            action="issueWith",
            credential=credential,
            suite=suite,
            curve=curve,
            now=format_instant(now),
        )
        return dict(answer["issued"])

    def _ask(self, **request: object) -> JsonObject:
        ours = {OUR_CONTEXT: schemas.load_context(OUR_CONTEXT)}
        script = Path(__file__).with_name("digitalbazaar.mjs")
        done = subprocess.run(
            [str(self.node), str(script)],
            input=json.dumps({**request, "contexts": ours}).encode(),
            capture_output=True,
            check=True,
            timeout=60,
        )
        return parse_json_object(done.stdout)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenvcCore:
    """PyPI ``openvc-core``, whose bundle of contexts needs those of Open Badges and ours."""

    def issue(self, credential: JsonObject, *, now: datetime) -> JsonObject:
        """See ``Peer``."""
        key = _openvc_key()
        method = f"{key.kid}#{key.kid.removeprefix('did:key:')}"
        mine = {**credential, "issuer": _with_id(credential["issuer"], key.kid)}
        return DataIntegrityProofSuite().add_proof(
            mine,
            signing_key=key,
            verification_method=method,
            created=now,
            extra_contexts=_extra_contexts(),
        )

    def refusal(
        self, credential: JsonObject, *, now: datetime, documents: Sequence[JsonObject] = ()
    ) -> str | None:
        """See ``Peer``."""
        known = _Known(documents={str(document["id"]): document for document in documents})
        try:
            DataIntegrityProofSuite().verify(
                credential, now=now, resolver=known, extra_contexts=_extra_contexts()
            )
        except OpenvcError as error:
            return f"{type(error).__name__}: {error}"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A resolver of openvc-core that knows the documents it was given."""

    documents: Mapping[str, JsonObject]

    def supports(self, did: str) -> bool:
        return did in self.documents

    def resolve(self, did: str) -> DidDocument:
        return parse_did_document(self.documents[did])


def _openvc_key() -> Ed25519SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(SEED)
    multicodec = b"\xed\x01" + private.public_key().public_bytes_raw()
    return Ed25519SigningKey(private, kid="did:key:z" + base58.b58encode(multicodec).decode())


def _extra_contexts() -> dict[str, JsonObject]:
    return {url: contexts.load(url) for url in (OPEN_BADGES, OUR_CONTEXT)}


def _with_id(issuer: str | JsonObject, did: str) -> str | JsonObject:
    return {**issuer, "id": did} if isinstance(issuer, dict) else did
