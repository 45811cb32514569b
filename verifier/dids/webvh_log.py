"""The log of a did:webvh identifier: a chain of entries from the hash in its name to today.

Follows did:webvh 1.0, sections 3.5 to 3.7. The name holds the hash of the first entry, each
entry the hash of the one before, and each is signed by a key that the log itself appointed.
So whoever runs the host can withhold the log and cut off its end, and nothing else. No entry is
skipped, and nothing of a log counts in which one entry is wrong.

Leaves to others: parameters (``verifier.dids.webvh_parameters``), witnesses
(``verifier.dids.webvh_witness``), fetching (``verifier.dids.webvh``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

import rfc8785

from verifier import limits
from verifier.date_time_stamp import parse_instant
from verifier.dids.webvh_identifier import WebvhIdentifier, parse_webvh
from verifier.dids.webvh_parameters import (
    Parameters,
    first_parameters,
    hash_text,
    invalid,
    next_parameters,
)
from verifier.errors import Code, RefusedError
from verifier.proofs.multikey import decode_base58btc, parse_multikey
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

_MEMBERS: Final = frozenset({"versionId", "versionTime", "parameters", "state", "proof"})
_VERSION_ID = re.compile(r"([1-9][0-9]{0,8})-(Qm[1-9A-HJ-NP-Za-km-z]{44})", re.ASCII)
_PLACEHOLDER: Final = "{SCID}"
_PROOF: Final = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "proofPurpose": "assertionMethod",
}
_PROOF_MEMBERS: Final = frozenset(_PROOF) | {"verificationMethod", "proofValue", "created", "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as received, and read. ``raw`` is without its proof."""

    number: int
    version_id: str
    time: datetime
    raw: JsonObject
    proofs: tuple[JsonObject, ...]

    @property
    def entry_hash(self) -> str:
        """The hash in its version id."""
        return self.version_id.partition("-")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One entry that is verified, and the parameters that hold after it."""

    entry: Entry
    parameters: Parameters
    identifier: WebvhIdentifier

    @property
    def state(self) -> JsonObject:
        """The DID document."""
        state: JsonObject = self.entry.raw["state"]
        return state


def verify_log(body: bytes, identifier: WebvhIdentifier, now: datetime) -> tuple[Version, ...]:
    """Every version of ``identifier``, oldest first. Witnesses are not looked at.

    Raises ``RefusedError``: ``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT`` for any broken rule,
    ``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID`` when it is the log of another identifier,
    ``LIMIT_EXCEEDED``. Raises ``UncheckedError`` for another version of the method.
    """
    versions: list[Version] = []
    for entry in _parse_log(body):
        before = versions[-1] if versions else None
        _check_order(entry, before, now)
        versions.append(_verify_entry(entry, before, identifier))
    if all(version.identifier.did != identifier.did for version in versions):
        raise RefusedError(
            Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
            "The log is that of another identifier.",
        )
    return tuple(versions)


def hash_document(document: JsonObject) -> bytes:
    """What a proof covers of ``document`` (EdDSA Cryptosuites 1.0, section 3.3)."""
    return sha256(rfc8785.dumps(document)).digest()


def verify_proof(document_hash: bytes, proof: JsonObject, keys: Collection[str]) -> str:
    """Check an ``eddsa-jcs-2022`` proof by one of ``keys`` (Multikeys) over what
    ``hash_document`` gave, and return whose it is. Raises ``RefusedError``."""
    name = _signer(proof)
    if name not in keys:
        raise invalid("An entry of the log is signed with a key that may not sign it.")
    options = {member: value for member, value in proof.items() if member != "proofValue"}
    signature = decode_base58btc(
        proof.get("proofValue"),
        max_characters=limits.MULTIBASE_SIGNATURE_CHARACTERS,
        code=Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT,
    )
    try:
        parse_multikey(name).verify(signature, hash_document(options) + document_hash)
    except RefusedError as error:
        raise invalid("A signature in the log does not fit.") from error
    return name


def _signer(proof: JsonObject) -> str:
    """The Multikey of the did:key that signed: body and fragment are one (no resolution)."""
    if not set(proof) <= _PROOF_MEMBERS or _PROOF.items() - _texts(proof).items():
        raise invalid("A proof in the log is not of the one kind that a log has.")
    method = proof.get("verificationMethod")
    did, _, fragment = method.partition("#") if isinstance(method, str) else ("", "", "")
    if did != f"did:key:{fragment}":
        raise invalid("A proof in the log does not name its key.")
    return fragment


def _texts(proof: JsonObject) -> dict[str, str]:
    return {name: value for name, value in proof.items() if isinstance(value, str)}


def _parse_log(body: bytes) -> Iterator[Entry]:
    lines = body.removesuffix(b"\n").split(b"\n")
    if len(lines) > limits.WEBVH_ENTRIES:
        raise RefusedError(
            Code.LIMIT_EXCEEDED, f"The log has more than {limits.WEBVH_ENTRIES} entries."
        )
    for line in lines:
        try:
            raw = parse_json_object(line, max_bytes=limits.DID_DOCUMENT_BYTES)
        except RefusedError as error:
            raise invalid(f"An entry of the log is not usable JSON: {error.detail}") from error
        yield _parse_entry(raw)


def _parse_entry(raw: JsonObject) -> Entry:
    if set(raw) != _MEMBERS:
        raise invalid("An entry of the log has other members than an entry has.")
    match = _VERSION_ID.fullmatch(raw["versionId"]) if isinstance(raw["versionId"], str) else None
    if match is None:
        raise invalid("An entry of the log has a malformed versionId.")
    if not isinstance(raw["parameters"], dict) or not isinstance(raw["state"], dict):
        raise invalid("An entry of the log has no parameters or no document.")
    return Entry(
        number=int(match[1]),
        version_id=raw["versionId"],
        time=_time(raw["versionTime"]),
        raw={name: value for name, value in raw.items() if name != "proof"},
        proofs=parse_proofs(raw["proof"]),
    )


def parse_proofs(value: JsonValue, *, most: int = limits.PROOFS) -> tuple[JsonObject, ...]:
    """A list of 1 to ``most`` proofs. Raises ``RefusedError``."""
    proofs = value if isinstance(value, list) else [value]
    if not 0 < len(proofs) <= most or not all(isinstance(it, dict) for it in proofs):
        raise invalid(f"The log does not have 1 to {most} proofs where it has to.")
    return tuple(proofs)


def _time(value: JsonValue) -> datetime:
    if not isinstance(value, str) or not value.endswith("Z"):
        raise invalid("An entry of the log has no time in UTC.")
    try:
        return parse_instant(value).at
    except RefusedError as error:
        raise invalid("An entry of the log has a malformed time.") from error


def _check_order(entry: Entry, before: Version | None, now: datetime) -> None:
    number, time = (0, None) if before is None else (before.entry.number, before.entry.time)
    if entry.number != number + 1:
        raise invalid("The entries of the log are not numbered one after the other.")
    if time is not None and entry.time <= time:
        raise invalid("An entry of the log is not later than the one before.")
    if entry.time > now + timedelta(seconds=limits.WEBVH_AHEAD_SECONDS):
        raise invalid("An entry of the log is from the future.")


def _verify_entry(entry: Entry, before: Version | None, identifier: WebvhIdentifier) -> Version:
    """The method first: it says how to hash. Then hashes, which cost less than signatures."""
    raw = entry.raw["parameters"]
    if before is None:
        parameters = first_parameters(raw)
        _check_scid(entry, identifier.scid)
    else:
        parameters = next_parameters(before.parameters, raw)
    previous = identifier.scid if before is None else before.entry.version_id
    if hash_text(rfc8785.dumps(entry.raw | {"versionId": previous})) != entry.entry_hash:
        raise invalid("An entry of the log does not follow the one before.")
    signers = _signers(parameters, before)
    document_hash = hash_document(entry.raw)
    for proof in entry.proofs:
        verify_proof(document_hash, proof, signers)
    return Version(
        entry=entry, parameters=parameters, identifier=_identifier(entry, before, parameters)
    )


def _check_scid(entry: Entry, scid: str) -> None:
    """The hash in the name is that of the first entry, with itself left out."""
    if entry.raw["parameters"].get("scid") != scid:
        raise RefusedError(
            Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
            "The log is that of another identifier.",
        )
    text = rfc8785.dumps(entry.raw | {"versionId": _PLACEHOLDER}).decode()
    preliminary = parse_json_object(text.replace(scid, _PLACEHOLDER).encode())
    if hash_text(rfc8785.dumps(preliminary)) != scid:
        raise invalid("The identifier is not the hash of its log.")


def _signers(after: Parameters, before: Version | None) -> Collection[str]:
    """The keys that may sign: those of the entry before, so that nobody appoints himself. With
    pre-rotation those of the entry, which were announced before."""
    if before is None or before.parameters.next_key_hashes:
        return after.update_keys
    return before.parameters.update_keys


def _identifier(entry: Entry, before: Version | None, parameters: Parameters) -> WebvhIdentifier:
    """The identifier that the document is of: always with the same hash, and at another place
    only where the log may move and the old place is named."""
    found = _state_identifier(entry)
    if found.scid != parameters.scid:
        raise invalid("A document of the log has an identifier with another hash.")
    if before is not None and found.did != before.identifier.did:
        known_as = entry.raw["state"].get("alsoKnownAs")
        if not parameters.portable or not isinstance(known_as, list):
            raise invalid("The log moves to another place, which it may not.")
        if before.identifier.did not in known_as:
            raise invalid("The log moves without naming the place where it was.")
    return found


def _state_identifier(entry: Entry) -> WebvhIdentifier:
    did = entry.raw["state"].get("id")
    try:
        return parse_webvh(did if isinstance(did, str) else "")
    except RefusedError as error:
        raise invalid("A document of the log has no did:webvh identifier.") from error
