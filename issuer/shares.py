"""Share links: what a holder of a link gets, and what the issuer itself knows of it.

A token is 130 bits that only this deployment can derive from the link's id, so that a retried
call gets the same link and the store keeps only its hash. A link that is off, ended, unknown
or mistyped is one and the same "not found". Nothing here changes a credential, and a link
that ends does not end the credential (domain §6.1, §6.3).

Leaves to others: the page (``issuer.web``), the verdict (the verifier).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import uuid4

from issuer import limits, secret_links
from issuer.callers import Caller
from issuer.errors import ConflictError, IssuerCode, NotFoundError
from issuer.office import Office
from issuer.secret_links import LinkKind, SecretLink, hash_of
from issuer.shown import reveal
from issuer.store.ports import Unit
from issuer.store.rows import IssuanceRow, IssuanceState, ShareRow
from issuer.supersession import newest_of
from issuer.trail import note
from verifier.strict_json import JsonObject, parse_json_object

PATH: Final = "s"


class ShareState(StrEnum):
    """The issuer's own record of a shared credential, in the words that the public gets."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    UNDER_REVIEW = "underReview"


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCredential:
    """What a holder of a link gets: the signed document, all of it, in the form that verifiers
    take, and the issuer's own record of it. Where the credential that the link was made for
    ``was_replaced``, this is the newest one."""

    url: str
    token: str = field(repr=False)
    document: JsonObject = field(repr=False)
    state: ShareState
    was_replaced: bool

    def to_json(self) -> JsonObject:
        """The JSON form that verifiers read (design §10.8)."""
        return {
            "verifiableCredential": self.document,
            "state": self.state.value,
            "supersededBy": None,  # the newest one is the one that is here
        }


def token_of(office: Office, share_id: str) -> str:
    """The token of a link: 26 signs, the same each time."""
    return secret_links.token_of(office, SecretLink(kind=LinkKind.SHARE, id=share_id))


def share_url(office: Office, share_id: str) -> str:
    """The address of a link."""
    return secret_links.url_of(office, SecretLink(kind=LinkKind.SHARE, id=share_id))


def add_share(
    unit: Unit, office: Office, issuance_id: str, *, share_id: str, label: str, now: datetime
) -> None:
    """Make a link in this transaction; it ends after ``limits.SHARE_DAYS``.

    Raises ``ConflictError`` when the credential has too many.
    """
    if len(unit.shares.of_issuance(issuance_id)) >= limits.SHARES_PER_CREDENTIAL:
        raise ConflictError(IssuerCode.NAME_TAKEN, "This credential has too many links already.")
    row = ShareRow(
        tenant_id=unit.tenant_id,
        id=share_id,
        issuance_id=issuance_id,
        token_hash=hash_of(token_of(office, share_id)),
        label=label[: limits.SHARE_LABEL_CHARACTERS],
        created=now,
        ends_at=now + timedelta(days=limits.SHARE_DAYS),
        off_at=None,
    )
    unit.shares.add(row)


def create_share(
    office: Office, caller: Caller, issuance_id: str, *, label: str, now: datetime
) -> str:
    """Make a link to an issued credential of the caller's tenant; its address.

    Raises ``NotFoundError``, ``ConflictError``.
    """
    share_id = uuid4().hex
    with office.store.begin(caller.tenant_id) as unit:
        found = unit.issuances.get(issuance_id)
        if found is None or found.state is not IssuanceState.ISSUED:
            raise NotFoundError("There is no such credential.")
        add_share(unit, office, issuance_id, share_id=share_id, label=label, now=now)
        note(unit, caller.actor, "shared", issuance_id, now=now)
    return share_url(office, share_id)


def switch_off(office: Office, caller: Caller, share_id: str, *, now: datetime) -> None:
    """The link stops working. Raises ``NotFoundError``."""
    with office.store.begin(caller.tenant_id) as unit:
        if not unit.shares.switch_off(share_id, now):
            raise NotFoundError("There is no such link.")
        note(unit, caller.actor, "linkSwitchedOff", share_id, now=now)


def look_up(office: Office, token: str, *, now: datetime) -> SharedCredential:
    """What is behind ``token`` (26 signs in small letters) at ``now``. Raises ``NotFoundError``."""
    with office.store.deployment() as lookup:
        share = lookup.share(hash_of(token))
    if share is None or not _works(share, now):
        raise NotFoundError("This link does not work.")
    with office.store.read(share.tenant_id) as unit:
        shared = unit.issuances.get(share.issuance_id)
        found = newest_of(unit, shared) if shared else None
        if found is None or found.signed is None:
            raise NotFoundError("This link does not work.")
        issuer = unit.issuers.get(found.issuer_id)
        if issuer is None:
            raise NotFoundError("This link does not work.")
        return SharedCredential(
            url=f"{office.base_url}/{PATH}/{token}",
            token=token,
            document=reveal(issuer, parse_json_object(found.signed.encode())),
            state=_state(unit, found),
            was_replaced=found.id != share.issuance_id,
        )


def _works(share: ShareRow, now: datetime) -> bool:
    return share.off_at is None and (share.ends_at is None or now < share.ends_at)


def _state(unit: Unit, found: IssuanceRow) -> ShareState:
    set_purposes = {entry.purpose for entry in unit.status.entries_of(found.id) if entry.is_set}
    if "revocation" in set_purposes:
        return ShareState.WITHDRAWN
    return ShareState.UNDER_REVIEW if "suspension" in set_purposes else ShareState.ISSUED
