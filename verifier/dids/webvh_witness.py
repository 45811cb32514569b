"""Witnesses of a did:webvh log: others who approve its entries (did:webvh 1.0, section 3.7.8).

A proof for one entry approves all that came before. Witnesses are did:key identifiers, whose
keys are read from the log and nowhere else; proofs of strangers, or for entries that are not in
the log, count for nothing.

Leaves to others: the log (``verifier.dids.webvh_log``), fetching (``verifier.dids.webvh``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from verifier import limits
from verifier.dids.webvh_log import Version, hash_document, parse_proofs, verify_proof
from verifier.dids.webvh_parameters import Witnesses, invalid
from verifier.errors import Code, RefusedError
from verifier.strict_json import JsonObject, JsonValue


def witnesses_of(versions: Sequence[Version]) -> tuple[Witnesses | None, ...]:
    """Who has to approve each version: those appointed before it, because a controller must not
    choose more lenient ones for the same entry; the first ones count at once."""
    found: list[Witnesses | None] = []
    before: Witnesses | None = None
    for version in versions:
        found.append(before or version.parameters.witnesses)
        before = version.parameters.witnesses
    return tuple(found)


def check_witnesses(value: JsonValue, versions: Sequence[Version]) -> None:
    """Insist that every version is approved, by the content of ``did-witness.json``.

    Raises ``RefusedError`` (``INVALID_CONTROLLED_IDENTIFIER_DOCUMENT``, ``LIMIT_EXCEEDED``).
    """
    needed = witnesses_of(versions)
    approved = _approvals(value, versions, needed)
    for number, witnesses in enumerate(needed, start=1):
        if witnesses is None:
            continue
        count = sum(approved.get(key, 0) >= number for key in witnesses.keys)
        if count < witnesses.threshold:
            raise invalid("The log has an entry that too few of its witnesses approve.")


def _approvals(
    value: JsonValue, versions: Sequence[Version], needed: Sequence[Witnesses | None]
) -> dict[str, int]:
    """The highest version number that each witness approves."""
    numbers = {version.entry.version_id: version.entry.number for version in versions}
    keys = {key for witnesses in needed if witnesses is not None for key in witnesses.keys}
    found: dict[str, int] = {}
    for version_id, proof in _proofs(value, numbers):
        witness = _verified(version_id, proof, keys)
        if witness is not None:
            found[witness] = max(found.get(witness, 0), numbers[version_id])
    return found


def _proofs(value: JsonValue, published: Collection[str]) -> Iterator[tuple[str, JsonObject]]:
    """Each proof with the version that it is over, for the entries that are in the log."""
    if not isinstance(value, list):
        raise invalid("The proofs of the witnesses are no list.")
    left = limits.WEBVH_WITNESS_PROOFS
    for item in value:
        if not isinstance(item, dict) or set(item) != {"versionId", "proof"}:
            raise invalid("A proof of a witness is malformed.")
        proofs = parse_proofs(item["proof"], most=limits.WEBVH_KEYS)
        left -= len(proofs)
        if left < 0:
            raise RefusedError(
                Code.LIMIT_EXCEEDED, f"More than {limits.WEBVH_WITNESS_PROOFS} proofs of witnesses."
            )
        if isinstance(item["versionId"], str) and item["versionId"] in published:
            yield from ((item["versionId"], proof) for proof in proofs)


def _verified(version_id: str, proof: JsonObject, keys: Collection[str]) -> str | None:
    """Who signed, or nobody: what does not verify approves nothing."""
    try:
        return verify_proof(hash_document({"versionId": version_id}), proof, keys)
    except RefusedError:
        return None
