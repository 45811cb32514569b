"""https URLs as identifiers: a controlled identifier document at its own address.

Follows Controlled Identifiers 1.0, section 3.3: the URL without its fragment is asked for, and
the document there says that URL as its ``id``. One spelling of an address is admitted: a host
in lower case, no user, no IP address, no dot segments, no escaped characters that readers
undo differently. Plain ``http`` is for loopback; whether that may be visited is decided at the
guarded door.

Leaves to others: the network (a ``Fetch``), the document (``verifier.dids.document``), keys
that an issuer lists elsewhere (``verifier.dids.issuer_metadata``).
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from verifier import limits
from verifier.dids.document import DidDocument, parse_did_document
from verifier.dids.retrieval import fetch_body
from verifier.dids.web import LOOPBACK, is_public_name
from verifier.errors import Code, RefusedError, UncheckedError
from verifier.sources import Fetch
from verifier.strict_json import parse_json_object

ACCEPT: Final = "application/cid, application/json, application/ld+json"

_URL = re.compile(
    r"(https?)://(?P<host>[a-z0-9.-]+|\[::1\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~!$&'()*+,;=:@-]*)*)(?P<query>\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?",
    re.ASCII,
)


def is_https(identifier: str) -> bool:
    """Whether ``identifier`` is an address and not a DID."""
    return identifier.startswith(("https:", "http:"))


def parse_https(url: str) -> re.Match[str]:
    """The parts of an address that may identify somebody, named as in RFC 3986.

    Raises ``RefusedError`` (``INVALID_VERIFICATION_METHOD_URL``) for any other spelling.
    """
    match = _URL.fullmatch(url) if len(url) <= limits.URL_CHARACTERS else None
    if match is None or int(match["port"] or 443) > 65535:
        raise _invalid("The identifier is not a plain https address.")
    is_loopback = match["host"] in LOOPBACK.values()
    if not is_loopback and (match[1] != "https" or not is_public_name(match["host"])):
        raise _invalid("The identifier is not an https address with the name of a host.")
    if {".", ".."} & set(match["path"].split("/")):
        raise _invalid("The identifier has a path that is not admitted.")
    return match


def resolve_https(url: str, fetch: Fetch, _now: datetime) -> DidDocument:
    """Fetch and read the document of ``url``, which has no fragment.

    Raises ``RefusedError`` for a wrong document, ``UncheckedError`` when it could not be had
    (``KEY_UNAVAILABLE``), also when what the address answers is not JSON: a page for people
    is no wrong document.
    """
    parse_https(url)
    body = fetch_body(url, fetch, accept=ACCEPT)
    try:
        document = parse_json_object(body, max_bytes=limits.DID_DOCUMENT_BYTES)
    except RefusedError as error:
        raise UncheckedError(
            Code.KEY_UNAVAILABLE, "The issuer's address does not answer with a key document."
        ) from error
    return parse_did_document(document, url)


def _invalid(detail: str) -> RefusedError:
    return RefusedError(Code.INVALID_VERIFICATION_METHOD_URL, detail)
