"""Is a file that a credential relies on the one that was meant? Digests of what is held here.

Follows VC Data Model 2.0, section 5.3. The files held are the pinned contexts and what the
operator supplied; nothing is fetched, so of any other resource nothing is known, which is a
warning. A context has had several published texts under one address; the digest of any of
them that is known here is good, and any other is not.

Leaves to others: the shape of the member (``verifier.model``), where files come from.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifier import limits
from verifier.errors import Code, RefusedError
from verifier.json_pointer import child
from verifier.jsonld.contexts import KNOWN
from verifier.proofs.jws import decode_base64url
from verifier.proofs.multikey import decode_base58btc
from verifier.sources import HeldSchemas
from verifier.strict_json import JsonObject

_SRI = re.compile(r"(sha256|sha384|sha512)-([A-Za-z0-9+/]{43,86}={0,2})")
_LENGTHS: Final[Mapping[str, int]] = {"sha256": 32, "sha384": 48, "sha512": 64}
_MULTIHASH: Final[Mapping[bytes, str]] = {
    b"\x12\x20": "sha256",
    b"\x20\x30": "sha384",
    b"\x13\x40": "sha512",
}
"""Code and length before a digest (multicodec table), by the hash they name."""
_PUBLISHED: Final[Mapping[str, tuple[Mapping[str, str], ...]]] = {
    "https://www.w3.org/2018/credentials/v1": (
        {"sha256": "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc"},
    ),
    "https://www.w3.org/ns/credentials/v2": (
        {
            "sha256": "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
            "sha384": "35239c36999d2155312091af194a1edb61634d6ad789a5e5"
            "b19f2aebdd762dd9d1dcaada40eda7ef921c6b8c0ae107a0",
        },
    ),
}
"""Digests that are published, of texts that no installed package holds as they were: data
model 1.1, appendix B.1; and the context of 2.0 as it stood at its address from July 2024 to
February 2025, whose digests the W3C's own test suite lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One digest of a file: the name of the hash, the bytes, and where it stands."""

    algorithm: str
    value: bytes
    pointer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One published text of a resource: its digests by the name of the hash, as far as known."""

    digests: Mapping[str, bytes] = field(default_factory=dict)


def check_related_resources(
    resources: Sequence[JsonObject], held: HeldSchemas, *, name: str = "relatedResource"
) -> tuple[str, ...]:
    """Compare the digests of each resource with what is held; return the warnings.

    Raises ``RefusedError``: ``RESOURCE_MISMATCH`` when a held file is another one,
    ``MALFORMED_VALUE_ERROR`` for a digest that is none.
    """
    warnings: list[str] = []
    for resource in resources:
        url = str(resource["id"])
        found = [
            _compare(digest, _revisions(url, held))
            for digest in parse_digests(resource, f"/{name}")
        ]
        if not all(found):
            warnings.append(f"The related resource {url} was not checked.")
    return tuple(warnings)


def parse_digests(resource: JsonObject, pointer: str) -> tuple[Digest, ...]:
    """The digests in ``digestSRI`` and ``digestMultibase``, those that are there.

    Raises ``RefusedError`` (``MALFORMED_VALUE_ERROR``).
    """
    return tuple(
        digest
        for name, parse in _FORMS.items()
        if name in resource
        for digest in parse(resource[name], child(pointer, name))
    )


def _compare(digest: Digest, revisions: tuple[Revision, ...]) -> bool:
    """Whether it is one of the texts; ``False`` where that cannot be told from here."""
    known = [it.digests[digest.algorithm] for it in revisions if digest.algorithm in it.digests]
    if any(hmac.compare_digest(value, digest.value) for value in known):
        return True
    if known and len(known) == len(revisions):
        raise RefusedError(
            Code.RESOURCE_MISMATCH,
            "The digest of a related resource does not fit the file that is known here.",
            pointer=digest.pointer,
        )
    return False


def _revisions(url: str, held: HeldSchemas) -> tuple[Revision, ...]:
    return tuple(_find_revisions(url, held))


def _find_revisions(url: str, held: HeldSchemas) -> Iterator[Revision]:
    pin = KNOWN.get(url)
    if pin is not None and pin.published_sha256 is not None:
        yield _revision_of(pin.read())
    for known in _PUBLISHED.get(url, ()):
        yield Revision(digests={name: bytes.fromhex(text) for name, text in known.items()})
    if url in held:
        yield _revision_of(held[url].body)


def _revision_of(body: bytes) -> Revision:
    return Revision(digests={name: hashlib.new(name, body).digest() for name in _LENGTHS})


def _parse_sri(value: object, pointer: str) -> Iterator[Digest]:
    """Subresource Integrity, section 3.5: hash, hyphen, base64 with its padding."""
    match = _SRI.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _malformed("digestSRI is such as sha256-… with base64.", pointer)
    data = base64.b64decode(match[2] + "=" * (-len(match[2]) % 4))
    if len(data) != _LENGTHS[match[1]] or base64.b64encode(data).decode() != match[2]:
        raise _malformed("digestSRI does not have the length of its hash.", pointer)
    yield Digest(algorithm=match[1], value=data, pointer=pointer)


def _parse_multibase(value: object, pointer: str) -> Iterator[Digest]:
    """Controlled Identifiers 1.0, sections 2.4 and 2.5: a multihash in base58-btc or base64url.
    A bare digest without the header of a multihash is in use as well; its length tells."""
    text = value if isinstance(value, str) else ""
    decode = _BASES.get(text[:1])
    if decode is None or len(text) > limits.MULTIBASE_SIGNATURE_CHARACTERS:
        raise _malformed("digestMultibase is base64url or base58-btc.", pointer)
    try:
        data = decode(text)
    except RefusedError as error:
        raise _malformed("digestMultibase cannot be read.", pointer) from error
    algorithm = _MULTIHASH.get(data[:2])
    if algorithm is not None and len(data) == 2 + _LENGTHS[algorithm]:
        yield Digest(algorithm=algorithm, value=data[2:], pointer=pointer)
        return
    by_length = {length: name for name, length in _LENGTHS.items()}
    if len(data) not in by_length:
        raise _malformed("digestMultibase holds no digest that is known here.", pointer)
    yield Digest(algorithm=by_length[len(data)], value=data, pointer=pointer)


def _base58btc(text: str) -> bytes:
    return decode_base58btc(
        text,
        max_characters=limits.MULTIBASE_SIGNATURE_CHARACTERS,
        code=Code.MALFORMED_VALUE_ERROR,
    )


_BASES: Final[Mapping[str, Callable[[str], bytes]]] = {
    "u": lambda text: decode_base64url(text[1:]),
    "z": _base58btc,
}
_FORMS: Final[Mapping[str, Callable[[object, str], Iterator[Digest]]]] = {
    "digestSRI": _parse_sri,
    "digestMultibase": _parse_multibase,
}


def _malformed(detail: str, pointer: str) -> RefusedError:
    return RefusedError(Code.MALFORMED_VALUE_ERROR, detail, pointer=pointer)
