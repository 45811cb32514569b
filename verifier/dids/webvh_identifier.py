"""The identifiers of did:webvh, and where their logs stand (did:webvh 1.0, section 3).

``did:webvh:SCID:HOST[%3APORT][:SEGMENT…]`` is a did:web identifier with a hash before the host.
Host and path follow the rules of ``verifier.dids.web``, whose one spelling leaves nothing to
decode twice; a host has at least two labels and is never an address, not even loopback.

Leaves to others: the log (``verifier.dids.webvh_log``), the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from verifier import limits
from verifier.dids.web import did_web_url
from verifier.errors import Code, RefusedError

_PREFIX: Final = "did:webvh:"
_FORM = re.compile(r"did:webvh:(?P<scid>Qm[1-9A-HJ-NP-Za-km-z]{44}):(?P<place>[^#?/\s]+)")
_DOCUMENT: Final = "/did.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebvhIdentifier:
    """A did:webvh identifier: ``scid`` is the hash of the first entry of its log. ``log_url``
    and ``witness_url`` are where the log and the proofs of its witnesses stand."""

    did: str
    scid: str
    log_url: str
    witness_url: str


def parse_webvh(did: str) -> WebvhIdentifier:
    """Read ``did``. Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL``)."""
    match = _FORM.fullmatch(did) if len(did) <= limits.DID_CHARACTERS else None
    if match is None:
        raise _invalid("The did:webvh identifier does not name its log by a hash and a host.")
    if "." not in match["place"].partition(":")[0].partition("%")[0]:
        raise _invalid("The did:webvh identifier does not name a host with a domain.")
    url = did_web_url(f"did:web:{match['place']}")
    if not url.startswith("https:"):
        raise _invalid("The did:webvh identifier names an address and not a host.")
    folder = url.removesuffix(_DOCUMENT)
    return WebvhIdentifier(
        did=did,
        scid=match["scid"],
        log_url=f"{folder}/did.jsonl",
        witness_url=f"{folder}/did-witness.json",
    )


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD_URL, detail)
