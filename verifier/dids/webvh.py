"""did:webvh: an identifier on the web with a history that nobody can rewrite (did:webvh 1.0).

Resolved is the newest version, after the whole log is verified. Documents of older versions are
not asked for: a signature carries no time that could be trusted, so the keys of today decide.
An identifier whose log has moved elsewhere is resolved under its new name only.

Leaves to others: identifiers, parameters, the log, witnesses (``verifier.dids.webvh_*``), the
network (a ``Fetch``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from verifier import limits
from verifier.dids.document import DeactivatedError, DidDocument, parse_did_document
from verifier.dids.retrieval import fetch_body
from verifier.dids.webvh_identifier import WebvhIdentifier, parse_webvh
from verifier.dids.webvh_log import Version, verify_log
from verifier.dids.webvh_parameters import invalid
from verifier.dids.webvh_witness import check_witnesses, witnesses_of
from verifier.errors import RefusedError
from verifier.sources import Fetch
from verifier.strict_json import JsonObject, parse_json

_ACCEPT_LOG: Final = "text/jsonl, application/jsonl, */*;q=0.1"
_ACCEPT_WITNESS: Final = "application/json"


def resolve_did_webvh(did: str, fetch: Fetch, now: datetime) -> DidDocument:
    """Fetch and verify the log of ``did``; its newest document, with ``metadata``.

    Raises ``RefusedError`` as ``parse_webvh``, ``verify_log``, ``check_witnesses`` and
    ``parse_did_document`` do, ``DeactivatedError`` when the identifier is given up.
    Raises ``UncheckedError`` (``KEY_UNAVAILABLE``) when the log or the proofs of its witnesses
    could not be had, and for another version of the method.
    """
    identifier = parse_webvh(did)
    body = fetch_body(
        identifier.log_url, fetch, accept=_ACCEPT_LOG, max_bytes=limits.WEBVH_LOG_BYTES
    )
    versions = verify_log(body, identifier, now)
    if any(witnesses_of(versions)):
        _check_witnesses(versions, identifier, fetch)
    newest = versions[-1]
    metadata = build_metadata(versions)
    if newest.parameters.deactivated:
        raise DeactivatedError(metadata)
    return parse_did_document(newest.state, did, metadata)


def _check_witnesses(
    versions: Sequence[Version], identifier: WebvhIdentifier, fetch: Fetch
) -> None:
    body = fetch_body(
        identifier.witness_url,
        fetch,
        accept=_ACCEPT_WITNESS,
        max_bytes=limits.WEBVH_WITNESS_BYTES,
    )
    try:
        value = parse_json(body, max_bytes=limits.WEBVH_WITNESS_BYTES)
    except RefusedError as error:
        raise invalid("The proofs of the witnesses are not JSON.") from error
    check_witnesses(value, versions)


def build_metadata(versions: Sequence[Version]) -> JsonObject:
    """DID document metadata (did:webvh 1.0, section 3.6.2) for the newest of ``versions``."""
    first, newest = versions[0].entry, versions[-1].entry
    parameters = versions[-1].parameters
    witnesses, ttl = parameters.witnesses, parameters.ttl
    return {
        "versionId": newest.version_id,
        "versionNumber": newest.number,
        "versionTime": newest.raw["versionTime"],
        "created": first.raw["versionTime"],
        "updated": newest.raw["versionTime"],
        "scid": parameters.scid,
        "portable": parameters.portable,
        "deactivated": parameters.deactivated,
        "witness": {} if witnesses is None else witnesses.to_json(),
        "watchers": list(parameters.watchers),
    } | ({} if ttl is None else {"ttl": str(ttl)})
