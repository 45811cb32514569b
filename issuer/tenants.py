"""Tenants, their issuers, and the issuers' keys.

Leaves to others: which formats and keys there are (``issuer.signing``), API keys
(``issuer.api_keys``), the command line and the web, which call this.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from issuer import limits, sandbox
from issuer.did_document import DidMethod, check_name, did_of
from issuer.errors import IssuerCode, NotFoundError, RequestRefusedError
from issuer.key_urls import is_its_key, verification_method_of
from issuer.signing.formats import DEFAULT_FORMAT, format_named
from issuer.signing.keyring import refuse_example_keys
from issuer.signing.signer import Keyring, NewKey
from issuer.store.ports import Store
from issuer.store.rows import (
    IssuerRow,
    KeyRow,
    KeyState,
    StatusPolicy,
    TenantRow,
)
from issuer.trail import note
from verifier.proofs.multikey import format_multikey, parse_multikey
from verifier.strict_json import JsonObject


def add_tenant(store: Store, *, name: str, now: datetime) -> TenantRow:
    """A new tenant. Raises ``TakenError``, ``RequestRefusedError`` (``NAME_MALFORMED``)."""
    row = TenantRow(id=uuid4().hex, name=display_name(name), created=now)
    with store.deployment(write=True) as unit:
        unit.add_tenant(row)
    return row


def find_tenant(store: Store, name: str) -> TenantRow:
    """The tenant called ``name``. Raises ``NotFoundError``."""
    with store.deployment() as unit:
        row = unit.tenant_by_name(name)
    if row is None:
        raise NotFoundError(f"There is no tenant {name[:60]!r}.")
    return row


def add_issuer(
    store: Store,
    tenant: TenantRow,
    *,
    name: str,
    profile_name: str,
    profile_url: str | None,
    status_policy: StatusPolicy,
    base_url: str,
    keyring: Keyring,
    key_uri: str | None,
    now: datetime,
    proof_format: str = DEFAULT_FORMAT,
    key_type: str | None = None,
    did_method: DidMethod = DidMethod.WEB,
    is_sandbox: bool = False,
) -> IssuerRow:
    """A new issuer with its first key: a new one, or the one at ``key_uri`` in the keyring.

    ``proof_format`` and ``key_type`` are names of ``issuer.signing.formats``; a sandbox is one
    for good (``issuer.sandbox``). Raises
    ``TakenError``, ``RequestRefusedError`` (``NAME_MALFORMED``, ``FORMAT_UNFIT``),
    ``RefusedStartError`` for a key that everybody knows, ``OwnFaultError``.
    """
    check_name(name)
    chosen = format_named(proof_format)
    chosen.check_status(status_policy)
    wanted = chosen.choose_key_type(key_type)
    made = _existing(keyring, key_uri) if key_uri else keyring.create(name, wanted)
    chosen.check_key_type(made.public_key.key_type, only=wanted if key_type else None)
    row = IssuerRow(
        tenant_id=tenant.id,
        id=uuid4().hex,
        name=name,
        did=did_of(did_method, base_url, name, made.public_key),
        profile_name=_profile_name(profile_name, is_sandbox=is_sandbox),
        profile_url=profile_url,
        proof_format=chosen.name,
        status_policy=status_policy,
        created=now,
        is_sandbox=is_sandbox,
    )
    key = new_key_row(row, made, now)
    refuse_example_keys(base_url, [key.multikey])
    with store.begin(tenant.id) as unit:
        unit.issuers.add(row)
        unit.keys.add(key)
        note(unit, "cli", "issuerAdded", row.id, now=now)
    return row


def _profile_name(name: str, *, is_sandbox: bool) -> str:
    shown = display_name(name)
    return sandbox.profile_name_of(shown) if is_sandbox else shown


def rotate_key(store: Store, issuer: IssuerRow, *, keyring: Keyring, now: datetime) -> KeyRow:
    """A new key of the same kind signs from now on; the old one stays in the DID document.

    Raises ``RequestRefusedError`` (``KEY_IS_IDENTITY``) for a did:key, ``OwnFaultError``.
    """
    if is_its_key(issuer.did):
        raise RequestRefusedError(
            IssuerCode.KEY_IS_IDENTITY,
            f"{issuer.name} is its key (did:key). Make another issuer instead.",
        )
    with store.read(issuer.tenant_id) as unit:
        key_type = parse_multikey(unit.keys.of(issuer.id)[-1].multikey).key_type
    key = new_key_row(issuer, keyring.create(issuer.name, key_type), now)
    with store.begin(issuer.tenant_id) as unit:
        unit.keys.retire_active(issuer.id, now)
        unit.keys.add(key)
        note(unit, "cli", "keyRotated", issuer.id, now=now)
    return key


def _existing(keyring: Keyring, uri: str) -> NewKey:
    return NewKey(uri=uri, public_key=keyring.signer(uri).public_key)


def new_key_row(issuer: IssuerRow, made: NewKey, now: datetime, *, is_next: bool = False) -> KeyRow:
    """A new key of ``issuer``: the one that signs, or one that is published to sign later."""
    return KeyRow(
        tenant_id=issuer.tenant_id,
        id=uuid4().hex,
        issuer_id=issuer.id,
        verification_method=verification_method_of(issuer.did, made.public_key),
        signer_uri=made.uri,
        multikey=format_multikey(made.public_key),
        state=KeyState.RETIRED if is_next else KeyState.ACTIVE,
        created=now,
        retired_at=None,
    )


def choose_issuer(store: Store, tenant_id: str, name: str | None) -> IssuerRow:
    """The tenant's issuer called ``name``, or its one issuer.

    Raises ``NotFoundError``, ``RequestRefusedError`` (``CHOOSE_ISSUER``).
    """
    with store.read(tenant_id) as unit:
        found = unit.issuers.by_name(name) if name is not None else None
        every = unit.issuers.all() if name is None else ()
    if found is not None:
        return found
    if name is not None:
        raise NotFoundError("There is no such issuer.")
    if len(every) != 1:
        raise RequestRefusedError(
            IssuerCode.CHOOSE_ISSUER,
            f"The tenant has {len(every)} issuers: name the one that signs.",
        )
    return every[0]


def choose_issuer_of(store: Store, tenant_id: str, credential: JsonObject) -> IssuerRow:
    """The tenant's issuer that a caller's document names, or its one issuer, which then says
    for itself that it is not the one named.

    Raises ``RequestRefusedError`` (``ISSUER_MISMATCH``) when the document names none of several,
    ``NotFoundError`` when there is none.
    """
    named = credential.get("issuer")
    did = named.get("id") if isinstance(named, dict) else named
    with store.read(tenant_id) as unit:
        every = unit.issuers.all()
    if not every:
        raise NotFoundError("The tenant has no issuer.")
    found = every if len(every) == 1 else [row for row in every if row.did == did]
    if not found:
        raise RequestRefusedError(
            IssuerCode.ISSUER_MISMATCH, "The document names none of the tenant's issuers."
        )
    return found[0]


def display_name(name: str) -> str:
    """A name for people: one line, not empty. Raises ``RequestRefusedError``."""
    if not name.strip() or not name.isprintable() or len(name) > limits.DISPLAY_NAME_CHARACTERS:
        raise RequestRefusedError(
            IssuerCode.NAME_MALFORMED,
            f"A name has 1 to {limits.DISPLAY_NAME_CHARACTERS} printable characters.",
        )
    return name.strip()
