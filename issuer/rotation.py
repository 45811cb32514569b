"""Another key for an issuer, in two steps: published first, used a day later (security R18).

A key that is proposed stands in the DID document at once and signs nothing, so that verifiers
who keep a copy of the document know it before the first signature. The second person's yes
makes it the one that signs; the old one stays in the document, because credentials signed with
it are still good. Before a day has passed that is refused, unless the proposal says that it is
urgent: then verifiers with an older copy cannot check new credentials for as long.

Leaves to others: the two people (``issuer.approvals``), a rotation at once from the command
line (``issuer.tenants``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from issuer import limits
from issuer.callers import Caller
from issuer.errors import ConflictError, IssuerCode, NotFoundError, RequestRefusedError
from issuer.key_urls import is_its_key
from issuer.office import Office
from issuer.store.ports import Unit
from issuer.store.rows import IssuerRow, KeyRow
from issuer.tenants import new_key_row
from issuer.trail import note
from verifier.proofs.multikey import parse_multikey
from verifier.strict_json import JsonObject


def publish_next_key(office: Office, caller: Caller, issuer: IssuerRow, *, now: datetime) -> KeyRow:
    """A new key of the same kind in the DID document, which signs nothing yet; the one that is
    there already, if nobody used it.

    Raises ``RequestRefusedError`` (``KEY_IS_IDENTITY``) for a did:key, ``OwnFaultError``.
    """
    if is_its_key(issuer.did):
        raise RequestRefusedError(
            IssuerCode.KEY_IS_IDENTITY,
            f"{issuer.name} is its key (did:key). Make another issuer instead.",
        )
    with office.store.read(issuer.tenant_id) as unit:
        keys = unit.keys.of(issuer.id)
    waiting = next((key for key in keys if key.is_next), None)
    if waiting is not None:
        return waiting
    kind = parse_multikey(keys[-1].multikey).key_type
    made = new_key_row(issuer, office.keyring.create(issuer.name, kind), now, is_next=True)
    with office.store.begin(issuer.tenant_id) as unit:
        unit.keys.add(made)
        note(unit, caller.actor, "keyPublished", made.id, now=now)
    return made


def usable_from(key: KeyRow) -> datetime:
    """When every copy of the DID document that may still be used holds the key."""
    return key.created + timedelta(seconds=limits.KEY_OVERLAP_SECONDS)


class Rotation:
    """Sign with the published key from now on. Arguments: ``issuer`` and ``key`` (ids),
    ``urgent`` (``yes`` or ``no``)."""

    def check(self, unit: Unit, arguments: Mapping[str, str], *, now: datetime) -> None:
        """Raises ``NotFoundError``; a day too early is none to propose."""
        _find(unit, arguments)

    def carry_out(
        self, unit: Unit, caller: Caller, arguments: Mapping[str, str], *, now: datetime
    ) -> JsonObject:
        """Raises ``NotFoundError``, ``ConflictError`` (``KEY_TOO_NEW``)."""
        key = _find(unit, arguments)
        if arguments["urgent"] != "yes" and now < usable_from(key):
            raise ConflictError(
                IssuerCode.KEY_TOO_NEW,
                "Verifiers may keep the old DID document for a day. "
                f"Approve this after {usable_from(key):%d %B %Y, %H:%M} UTC.",
            )
        unit.keys.retire_active(key.issuer_id, now)
        unit.keys.activate(key.id)
        note(unit, caller.actor, "keyRotated", key.issuer_id, now=now)
        return {"verificationMethod": key.verification_method}

    def drop(self, unit: Unit, arguments: Mapping[str, str]) -> None:
        """The key goes out of the DID document: nothing was signed with it."""
        unit.keys.forget_next(arguments["key"])


def _find(unit: Unit, arguments: Mapping[str, str]) -> KeyRow:
    for key in unit.keys.of(arguments["issuer"]):
        if key.id == arguments["key"] and key.is_next:
            return key
    raise NotFoundError("There is no such key that waits.")
