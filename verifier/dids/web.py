"""did:web: an identifier that is an address on the web (did:web method, draft of May 2026).

``did:web:HOST[%3APORT][:SEGMENT…]`` stands for ``https://HOST[:PORT][/SEGMENT…]/did.json``,
or ``/.well-known/did.json`` without segments. One spelling is admitted: a lower-case host
name, no IP address, no percent-encoding but that of the port. Loopback hosts stand for plain
``http``; whether they may be visited at all is decided at the guarded door.

Leaves to others: the network (a ``Fetch``), the document (``verifier.dids.document``).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from verifier import limits
from verifier.dids.document import DidDocument, parse_did_document
from verifier.dids.retrieval import fetch_body
from verifier.errors import Code, RefusedError
from verifier.sources import Fetch
from verifier.strict_json import parse_json_object

ACCEPT: Final = "application/did+json, application/did+ld+json, application/json"

_PREFIX: Final = "did:web:"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
"""What some reader takes for an IPv4 address: the last label is a number (WHATWG URL)."""
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_SEGMENT = re.compile(r"[A-Za-z0-9._-]+")
LOOPBACK: Final = {"localhost": "localhost", "127.0.0.1": "127.0.0.1", "%5B%3A%3A1%5D": "[::1]"}
"""Loopback hosts: as a DID writes them, and as a URL does."""


def did_web_url(did: str) -> str:
    """The address of the document of ``did``.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL``) for any other spelling.
    """
    authority, *segments = did.removeprefix(_PREFIX).split(":")
    if not did.startswith(_PREFIX) or not all(_is_segment(segment) for segment in segments):
        raise _invalid("The did:web identifier has a path that is not admitted.")
    name, port = _split_port(authority)
    host = LOOPBACK.get(name, name)
    if name not in LOOPBACK and not is_public_name(name):
        raise _invalid("The did:web identifier does not name a host in lower case.")
    scheme = "http" if name in LOOPBACK else "https"
    path = "/".join(segments) or ".well-known"
    return f"{scheme}://{host}{port}/{path}/did.json"


def _split_port(authority: str) -> tuple[str, str]:
    """``HOST%3APORT`` to the host as written and ``:PORT``, or an empty text."""
    name, encoded_colon, port = authority.rpartition("%3A")
    if not encoded_colon or authority in LOOPBACK:
        return authority, ""
    if _PORT.fullmatch(port) is None or int(port) > 65535:
        raise _invalid("The did:web identifier has a port that is not a number.")
    return name, f":{port}"


def is_public_name(name: str) -> bool:
    """Whether ``name`` is the name of a host in lower case, and no address."""
    return (
        len(name) <= 253 and _NAME.fullmatch(name) is not None and _ADDRESS.fullmatch(name) is None
    )


def _is_segment(segment: str) -> bool:
    return segment not in {".", ".."} and _SEGMENT.fullmatch(segment) is not None


def did_web(origin: str, *path: str) -> str:
    """The did:web identifier for ``origin`` (``https://host[:port]``) and path segments.

    Raises ``ValueError`` when there is none.
    """
    parts = urlsplit(origin)
    if parts.hostname is None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"not an origin: {origin!r}")
    names = {url_name: did_name for did_name, url_name in LOOPBACK.items()}
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f"%3A{parts.port}" if parts.port is not None else ""
    did = _PREFIX + ":".join((f"{names.get(host, host)}{port}", *path))
    try:
        url = did_web_url(did)
    except RefusedError as error:
        raise ValueError(f"no did:web for {origin!r} and {path!r}: {error.detail}") from error
    if not url.startswith(f"{parts.scheme}://"):
        raise ValueError(f"did:web does not reach {origin!r}")
    return did


def resolve_did_web(did: str, fetch: Fetch, _now: datetime) -> DidDocument:
    """Fetch and read the document of ``did``.

    Raises ``RefusedError`` for a wrong document, ``UncheckedError`` when it could not be had:
    ``KEY_UNAVAILABLE``, or ``ADDRESS_NOT_ALLOWED`` as the door said.
    """
    body = fetch_body(did_web_url(did), fetch, accept=ACCEPT)
    try:
        document = parse_json_object(body, max_bytes=limits.DID_DOCUMENT_BYTES)
    except RefusedError as error:
        raise RefusedError(
            Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT, "The issuer's key document is not JSON."
        ) from error
    return parse_did_document(document, did)


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD_URL, detail)
