"""Logs of did:webvh identifiers, made with numbered test keys: good ones, and bad ones.

Written from the method's text and apart from the code under test, which only verifies.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

import base58
import rfc8785

from tests.signers import Ed25519TestKey
from verifier.strict_json import JsonObject

HOST: Final = "issuer.example"
SCID: Final = "{SCID}"
START: Final = "2026-01-01T00:00:00Z"


def multihash(data: bytes) -> str:
    """SHA-256 as a multihash in base58."""
    return base58.b58encode(b"\x12\x20" + sha256(data).digest()).decode()


def key_hash(key: Ed25519TestKey) -> str:
    """How a key is announced."""
    return multihash(key.multibase.encode())


def did_of(entry: JsonObject) -> str:
    """The identifier that an entry's document has."""
    did: str = entry["state"]["id"]
    return did


def document(did: str, key: Ed25519TestKey, **members: Any) -> JsonObject:
    """A document that lists ``key`` for credentials."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {
                "id": f"{did}#key-1",
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": key.multibase,
            }
        ],
        "assertionMethod": [f"{did}#key-1"],
    } | members


def first(
    key: Ed25519TestKey, *, place: str = HOST, state: JsonObject | None = None, **parameters: Any
) -> JsonObject:
    """The first entry of a log at ``place``, signed by ``key``, whose key it also lists."""
    entry: JsonObject = {
        "versionId": SCID,
        "versionTime": START,
        "parameters": {"method": "did:webvh:1.0", "scid": SCID, "updateKeys": [key.multibase]}
        | parameters,
        "state": state or document(f"did:webvh:{SCID}:{place}", key),
    }
    scid = multihash(rfc8785.dumps(entry))
    named = json.loads(json.dumps(entry).replace(SCID, scid))  # noqa: TID251  our own text
    return seal(named, scid, key, number=1)


def follow(
    before: JsonObject,
    key: Ed25519TestKey,
    *,
    state: JsonObject | None = None,
    time: str | None = None,
    number: int | None = None,
    **parameters: Any,
) -> JsonObject:
    """The entry after ``before``, signed by ``key``."""
    count = int(before["versionId"].partition("-")[0]) + 1
    entry: JsonObject = {
        "versionTime": time or f"2026-01-01T00:{count // 60:02}:{count % 60:02}Z",
        "parameters": parameters,
        "state": state or before["state"],
    }
    return seal(entry, before["versionId"], key, number=number or count)


def seal(entry: JsonObject, previous: str, *keys: Ed25519TestKey, number: int) -> JsonObject:
    """``entry`` with its hash and the proofs of ``keys``."""
    entry_hash = multihash(rfc8785.dumps(entry | {"versionId": previous}))
    sealed = entry | {"versionId": f"{number}-{entry_hash}"}
    return sealed | {"proof": [proof(sealed, key) for key in keys]}


def proof(over: JsonObject, key: Ed25519TestKey, **members: Any) -> JsonObject:
    """An ``eddsa-jcs-2022`` proof."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": key.verification_method,
        "created": START,
        "proofPurpose": "assertionMethod",
    } | members
    hashed = b"".join(sha256(rfc8785.dumps(part)).digest() for part in (options, over))
    return options | {"proofValue": "z" + base58.b58encode(key.sign(hashed)).decode()}


def resealed(entry: JsonObject, previous: str, *keys: Ed25519TestKey, **to: Any) -> JsonObject:
    """``entry`` with other members, hashed and signed again."""
    changed = {name: value for name, value in entry.items() if name != "proof"} | to
    number = int(entry["versionId"].partition("-")[0])
    return seal(changed, previous, *keys, number=number)


def approval(entry: JsonObject, *keys: Ed25519TestKey, **members: Any) -> JsonObject:
    """What the witnesses with ``keys`` publish for ``entry``."""
    over = {"versionId": entry["versionId"]}
    return over | {"proof": [proof(over, key, **members) for key in keys]}


def witnesses(threshold: int, *keys: Ed25519TestKey) -> JsonObject:
    """The parameter that appoints witnesses."""
    return {"threshold": threshold, "witnesses": [{"id": key.did} for key in keys]}


def lines(*entries: JsonObject) -> bytes:
    """The log as it is served."""
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()
