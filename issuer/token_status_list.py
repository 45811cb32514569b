"""Status tokens: the revocation lists once more, in the form that SD-JWT VCs refer to.

The same rows, the same places: a token is made from the list that is published, has its time,
and is signed by the issuer's active key (Token Status List, section 5.1). A value is one bit,
1 for INVALID, so there is a token for lists of revocations only. What goes out is verified
first, like anybody's.

Leaves to others: publishing the list (``issuer.status_list``), the encoding
(``verifier.status.token_status_list``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from issuer import limits
from issuer.errors import IssuerCode, NotFoundError, OwnFaultError
from issuer.office import Office
from issuer.own_sources import no_lists, own_sources
from issuer.signing.proofs import SigningKey, open_key
from issuer.signing.tokens import ALGORITHMS
from issuer.status_list import find_list, list_url, publish
from issuer.store.rows import IssuerRow, PublishedRow, StatusListRow
from verifier.errors import CheckError
from verifier.proofs.embedded_proofs import ASSERTION
from verifier.proofs.jws import build_jws
from verifier.secured import KeyFinder
from verifier.status.bitstring import decode_list
from verifier.status.bodies import parse_body
from verifier.status.token_status_list import (
    TYP,
    build_payload,
    from_leftmost_first,
    verify_token,
)

PURPOSE: Final = "revocation"
"""The one purpose whose set bit is the value 1, INVALID (section 7.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSource:
    """A published list of which a token can be made. ``etag`` is weak: some kinds of keys sign
    the same words in many ways."""

    row: StatusListRow
    published: PublishedRow

    @property
    def etag(self) -> str:
        """The entity tag of the token, as it stands in a header."""
        tag = self.published.etag.strip('"')
        return f'W/"{tag}-jwt"'


def find_token_source(office: Office, list_id: str, *, now: datetime) -> TokenSource:
    """The list as it is to be served at ``now``.

    Raises ``NotFoundError``, also for a list of another purpose, and ``OwnFaultError`` as
    ``publish`` does.
    """
    row = find_list(office, list_id)
    if row.purpose != PURPOSE:
        raise NotFoundError("There is no token for this status list.")
    return TokenSource(row=row, published=publish(office, list_id, now=now))


def sign_status_token(office: Office, source: TokenSource, *, now: datetime) -> str:
    """The token of ``source``, one that was signed before where there is one.

    Raises ``OwnFaultError`` when the key cannot be used, or what was signed does not verify.
    """
    kept = office.signed_tokens.get(source.etag)
    if kept is not None:
        return kept
    with office.store.read(source.row.tenant_id) as unit:
        issuer = unit.issuers.get(source.row.issuer_id)
    if issuer is None:
        raise NotFoundError("There is no such status list.")
    key = open_key(office, issuer, now=now)
    token = _build(office, source, key)
    _check(office, issuer, source, token, now)
    office.signed_tokens.put(source.etag, token)
    return token


def publish_token(office: Office, list_id: str, *, now: datetime) -> str:
    """The token that is served at the address of a list. Raises as the two before."""
    return sign_status_token(office, find_token_source(office, list_id, now=now), now=now)


def _build(office: Office, source: TokenSource, key: SigningKey) -> str:
    published = source.published
    document = parse_body(published.body.encode())
    bits = decode_list(document["credentialSubject"]["encodedList"])
    issued_at = int(published.published_at.timestamp())
    payload = build_payload(
        from_leftmost_first(bits),
        uri=list_url(office.base_url, source.row.id),
        issued_at=issued_at,
        expires=issued_at + limits.STATUS_VALID_SECONDS,
        lifetime=limits.STATUS_TOKEN_TTL_SECONDS,
    )
    header = {"alg": ALGORITHMS[key.key_type], "kid": key.verification_method, "typ": TYP}
    return build_jws(header, payload, key.sign)


def _check(
    office: Office, issuer: IssuerRow, source: TokenSource, token: str, now: datetime
) -> None:
    """Held to the same rules as anybody's token, before it goes out."""
    fetch = own_sources(office, find_list=no_lists).fetch
    try:
        verify_token(
            token,
            uri=list_url(office.base_url, source.row.id),
            issuer=issuer.did,
            signers=frozenset({issuer.did}),
            finder=KeyFinder(fetch=fetch, now=now, relationship=ASSERTION),
        )
    except CheckError as error:
        raise OwnFaultError(
            IssuerCode.OWN_OUTPUT_REFUSED, "The status token that was signed does not verify."
        ) from error
