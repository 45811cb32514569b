"""The address in a QR code: ``{verifier}/c/{issuer-host}/{token}``.

It leads a recruiter to the verifier, never to the issuer's own copy, and names the issuer's
host in letters. The token is a share's: 26 signs of Crockford's base 32 (130 bits), read
alike in upper and lower case, with O for 0 and I and L for 1. The host keeps its colon and
port (``127.0.0.1:8100``): RFC 3986 allows a colon in a path, and people read it.

A code for another site is not opened: a look-alike page that says "genuine" is the danger.
Leaves to others: drawing a code (``issuer.documents.qr``), reading one from a picture
(``verifier.intake``), fetching the share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from verifier import limits
from verifier.errors import Code, RefusedError, UncheckedError

TOKEN_SIGNS = 26
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_TOKEN = re.compile(rf"[{_ALPHABET}]{{{TOKEN_SIGNS}}}")
_LOOK_ALIKES = str.maketrans("oil", "011")
_VISIBLE = re.compile(r"[!-~]+")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*)(?::[1-9]\d{{0,4}})?", re.ASCII)
_CHECK_PATH = re.compile(r"/c/([^/]+)/([^/]+)")
_SHARE_PATH = re.compile(r"/s/([^/.]+)(?:\.json)?")
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAddress:
    """What a check address says: ``issuer_host`` is ``host`` or ``host:port`` in lower case,
    ``token`` has 26 signs in lower case."""

    issuer_host: str
    token: str

    @property
    def path(self) -> str:
        """``/c/{issuer-host}/{token}``."""
        return f"/c/{self.issuer_host}/{self.token}"

    @property
    def share_url(self) -> str:
        """The share's JSON form at the issuer. Plain http for loopback hosts alone; whether
        such a host may be visited at all is for the guarded door to say."""
        scheme = "http" if self.issuer_host.partition(":")[0] in _LOOPBACK else "https"
        return f"{scheme}://{self.issuer_host}/s/{self.token}.json"


def check_address(verifier_base_url: str, share_url: str) -> str:
    """The address that checks the share at ``share_url`` (``https://issuer/s/{token}``).

    Raises ``RefusedError`` when ``share_url`` is not a share's.
    """
    share = parse_share_url(share_url)
    if share is None:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, f"{share_url[:80]!r} is not a share link.")
    return verifier_base_url.rstrip("/") + share.path


def parse_check_address(text: str, verifier_base_url: str) -> CheckAddress:
    """Read an address of this verifier, as scanned or typed.

    Raises ``UncheckedError`` (``ADDRESS_NOT_ALLOWED``) for an address of another site and
    ``RefusedError`` (``MALFORMED_VALUE_ERROR``) for one of ours that is mistyped.
    """
    parts = split_address(text)
    if not is_same_site(parts, verifier_base_url):
        raise UncheckedError(Code.ADDRESS_NOT_ALLOWED, other_site(parts))
    base_path = urlsplit(verifier_base_url).path.rstrip("/")
    match = _CHECK_PATH.fullmatch(parts.path.removeprefix(base_path))
    if match is None or parts.query:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, "This is not the address of a credential.")
    return CheckAddress(issuer_host=parse_issuer_host(match[1]), token=parse_token(match[2]))


def parse_any_check_address(text: str) -> CheckAddress | None:
    """Read an address of any verifier, for one who will not open it but ask the issuer
    that it names; ``None`` when it does not look like one."""
    try:
        match = _CHECK_PATH.fullmatch(split_address(text).path)
        if match is None:
            return None
        return CheckAddress(issuer_host=parse_issuer_host(match[1]), token=parse_token(match[2]))
    except RefusedError:
        return None


def parse_share_url(text: str) -> CheckAddress | None:
    """Read an issuer's share link; ``None`` when it does not look like one."""
    parts = split_address(text)
    match = _SHARE_PATH.fullmatch(parts.path)
    loopback = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if match is None or parts.query or not (parts.scheme == "https" or loopback):
        return None
    try:
        return CheckAddress(
            issuer_host=parse_issuer_host(parts.netloc), token=parse_token(match[1])
        )
    except RefusedError:
        return None


def parse_issuer_host(text: str) -> str:
    """``host`` or ``host:port``, in lower case. Raises ``RefusedError``."""
    host = unquote(text[:512]).lower()
    if len(host) > 261 or not _HOST.fullmatch(host):
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, f"{text[:80]!r} is not the name of a host.")
    return host


def parse_token(text: str) -> str:
    """A share token in its one spelling. Raises ``RefusedError``."""
    token = text[:64].lower().translate(_LOOK_ALIKES)
    if not _TOKEN.fullmatch(token):
        raise RefusedError(
            Code.MALFORMED_VALUE_ERROR, f"The last part of the address has {TOKEN_SIGNS} signs."
        )
    return token


def split_address(text: str) -> SplitResult:
    """Split an http(s) address. Raises ``RefusedError`` for anything that is none."""
    address = text.strip()
    if len(address) > limits.URL_CHARACTERS or not _VISIBLE.fullmatch(address):
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, "This is not an address.")
    try:
        parts = urlsplit(address)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, "This is not an address.") from error
    if parts.scheme not in ("http", "https") or not named or "@" in parts.netloc:
        raise RefusedError(Code.MALFORMED_VALUE_ERROR, "This is not an address.")
    return parts


def is_same_site(parts: SplitResult, base_url: str) -> bool:
    """Whether scheme, host and port are those of ``base_url``."""
    base = urlsplit(base_url)
    return (parts.scheme, parts.netloc.lower()) == (base.scheme, base.netloc.lower())


def other_site(parts: SplitResult) -> str:
    """The sentence for a code that leads somewhere else."""
    return f"This code points to another site: {parts.netloc[:260]}. We did not open it."
