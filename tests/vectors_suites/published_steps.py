"""The published steps of one Data Integrity suite: one folder, from document to signature."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import rfc8785

from tests.signers import Signing
from tests.vectors_suites.reading import read
from verifier.jsonld import canonicalize
from verifier.proofs.data_integrity import parse_proofs, secure, verify_proof
from verifier.proofs.jcs import JcsSuite
from verifier.proofs.multikey import KeyType, encode_base58btc, parse_multikey
from verifier.proofs.suite import HASH_NAMES, Suite
from verifier.strict_json import JsonObject


class Hashing(Suite, Protocol):
    """A suite that shows what it signs."""

    def hash_data(self, document: JsonObject, options: JsonObject, key_type: KeyType) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """``folder`` holds ``canonDoc{suffix}.txt`` and the rest, made by ``suite`` and ``key``."""

    folder: Path
    suffix: str
    suite: Hashing
    key: Signing

    @property
    def unsigned(self) -> JsonObject:
        """The published document without its proof, with the suite's own contexts."""
        signed = self.signed
        del signed["proof"]
        return signed

    @property
    def signed(self) -> JsonObject:
        return dict(read(self.folder / f"signed{self.suffix}.json"))

    @property
    def config(self) -> JsonObject:
        return dict(read(self.folder / f"proofConfig{self.suffix}.json"))

    def published(self) -> dict[str, bytes]:
        """Each step, by its name."""
        names = ("canonDoc", "proofCanon", "docHash", "proofHash", "combinedHash")
        return {
            name: (self.folder / f"{name}{self.suffix}.txt").read_bytes()
            for name in (*names, "sigHex", "sigBTC58")
        }

    def computed(self) -> dict[str, bytes]:
        """The same, as our code makes them."""
        key_type = self.key.public.key_type
        hash_name = HASH_NAMES[key_type]
        signs_json = isinstance(self.suite, JcsSuite)
        config = self.config
        options = {n: v for n, v in config.items() if signs_json or n != "@context"}
        data = self.suite.hash_data(self.unsigned, options, key_type)
        signature = self.key.sign(data)
        forms = [
            rfc8785.dumps(it) if signs_json else canonicalize(it, hash_name=hash_name)
            for it in (self.unsigned, config)
        ]
        texts = [hashlib.new(hash_name, form).hexdigest() for form in forms]
        texts += [data.hex(), signature.hex(), encode_base58btc(signature)]
        return dict(
            zip(self.published(), [*forms, *(text.encode() for text in texts)], strict=True)
        )

    def created(self) -> JsonObject:
        """The unsigned document, secured by our code."""
        options = {name: value for name, value in self.config.items() if name != "@context"}
        return secure(self.unsigned, options, self.key.sign, self.suite, self.key.public.key_type)


def verify_proofs(document: JsonObject) -> None:
    """Verify every proof with the key that its did:key names."""
    proofs = parse_proofs(document)
    for proof in proofs:
        key = parse_multikey(proof.verification_method.partition("#")[2])
        verify_proof(proof, document, proofs, key)


def tampered(document: JsonObject, path: tuple[str, ...], to: Any) -> JsonObject:
    """A copy of ``document`` with another value in one place."""
    copied = copy.deepcopy(document)
    place = copied
    for step in path[:-1]:
        place = place[step]
    assert place.get(path[-1]) != to
    place[path[-1]] = to
    return copied


TAMPERS: dict[tuple[str, ...], Any] = {
    ("credentialSubject", "alumniOf"): "The School of Other Examples",
    ("credentialSubject", "id"): "did:example:other",
    ("issuer",): "https://vc.example/issuers/5679",
    ("validFrom",): "2024-01-01T00:00:00Z",
    ("name",): "Other credential",
    ("description",): None,
    ("type",): ["VerifiableCredential"],
    ("extra",): "member",
    ("@context",): ["https://www.w3.org/ns/credentials/v2"],
    ("proof", "created"): "2024-02-24T23:36:38Z",
    ("proof", "proofPurpose"): "authentication",
    ("proof", "expires"): "2099-01-01T00:00:00Z",
    ("proof", "cryptosuite"): "eddsa-2022",
    ("proof", "type"): "Ed25519Signature2018",
    ("proof", "nonce"): "n",
    ("proof", "extra"): "member",
    ("proof", "proofValue"): "z" + "1" * 64,
}
"""One change each, anywhere in the document or in the proof."""
