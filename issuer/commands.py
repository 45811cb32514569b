"""The issuer's commands: each takes the office and its options, and returns what to print.

Leaves to others: the words of the command line (``issuer.__main__``), every decision.
"""

from __future__ import annotations

import re
import uuid
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from issuer import (
    api_keys,
    audit,
    completion,
    events,
    lifecycle,
    limits,
    operators,
    seeds,
    settlement,
    tenants,
    webhooks,
)
from issuer.callers import Caller, Scope
from issuer.delivery import mail
from issuer.did_document import DidMethod
from issuer.errors import NotFoundError
from issuer.offers import Waiting
from issuer.office import Office
from issuer.store.chain import Head
from issuer.store.rows import IssuerRow, StatusPolicy, TenantRow
from verifier.date_time_stamp import format_instant, parse_instant
from verifier.strict_json import JsonObject, JsonValue, parse_json_object

Command = Callable[[Office, Namespace, datetime], JsonValue | Iterator[JsonObject]]
"""Gives what to print: one value, or one for each line."""


def _caller(office: Office, options: Namespace) -> Caller:
    """The operator acts for the tenant that is named, with every scope."""
    tenant = tenants.find_tenant(office.store, options.tenant)
    return Caller(tenant_id=tenant.id, actor="cli", scopes=frozenset(Scope))


def add_tenant(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``tenant add NAME``."""
    row = tenants.add_tenant(office.store, name=options.name, now=now)
    return {"tenant": row.name}


def list_tenants(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``tenant list``."""
    with office.store.deployment() as unit:
        return [
            {"tenant": row.name, "since": format_instant(row.created)} for row in unit.tenants()
        ]


def add_issuer(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``issuer add NAME``."""
    row = tenants.add_issuer(
        office.store,
        tenants.find_tenant(office.store, options.tenant),
        name=options.name,
        profile_name=options.profile_name,
        profile_url=options.profile_url,
        status_policy=StatusPolicy(options.status),
        base_url=office.base_url,
        keyring=office.keyring,
        key_uri=options.key,
        now=now,
        proof_format=options.format,
        key_type=options.key_type,
        did_method=DidMethod(options.did_method),
        is_sandbox=options.sandbox,
    )
    return _issuer_json(row)


def list_issuers(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``issuer list``."""
    with office.store.read(_caller(office, options).tenant_id) as unit:
        return [_issuer_json(row) for row in unit.issuers.all()]


def _issuer_json(row: IssuerRow) -> JsonObject:
    return {
        "name": row.name,
        "id": row.did,
        "format": row.proof_format,
        "status": row.status_policy.value,
        "profileName": row.profile_name,
        "sandbox": row.is_sandbox,
    }


def list_keys(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``key list``: public halves only."""
    issuer = _issuer(office, options)
    with office.store.read(issuer.tenant_id) as unit:
        keys = unit.keys.of(issuer.id)
    return [
        {
            "verificationMethod": key.verification_method,
            "state": key.state.value,
            "since": format_instant(key.created),
        }
        for key in keys
    ]


def rotate_key(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``key rotate``: a new key signs from now on."""
    issuer = _issuer(office, options)
    key = tenants.rotate_key(office.store, issuer, keyring=office.keyring, now=now)
    return {"verificationMethod": key.verification_method}


def _issuer(office: Office, options: Namespace) -> IssuerRow:
    tenant = tenants.find_tenant(office.store, options.tenant)
    return tenants.choose_issuer(office.store, tenant.id, options.issuer)


def create_api_key(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``apikey create``: the only time that the key is shown."""
    made = api_keys.create_api_key(
        office.store,
        _caller(office, options).tenant_id,
        label=options.label,
        scopes=[Scope(name) for name in options.scope],
        days=options.days,
        ends=_expiry(options.expires),
        now=now,
    )
    return {"apiKey": made.secret, "ends": format_instant(made.row.expires_at)}


def _expiry(text: str | None) -> datetime | None:
    """A day, which it does not outlive, or an instant."""
    if text is None:
        return None
    written = f"{text}T00:00:00Z" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else text
    return parse_instant(written).at


def list_api_keys(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``apikey list``: prefixes only."""
    with office.store.read(_caller(office, options).tenant_id) as unit:
        rows = unit.api_keys.all()
    return [
        {
            "prefix": row.prefix,
            "label": row.label,
            "scopes": sorted(row.scopes),
            "ends": format_instant(row.revoked_at or row.expires_at),
            "revoked": row.revoked_at is not None,
            "lastUsed": row.last_used_on.isoformat() if row.last_used_on else None,
        }
        for row in rows
    ]


def revoke_api_key(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``apikey revoke PREFIX``."""
    caller = _caller(office, options)
    api_keys.revoke_api_key(office.store, caller.tenant_id, options.prefix, now=now)
    return {"revoked": options.prefix}


def add_webhook(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``webhook add URL``: the only time that its secret is shown."""
    kinds = [events.Kind(name) for name in options.kind]
    made = webhooks.add_webhook(
        office, _caller(office, options), url=options.url, kinds=kinds, now=now
    )
    return {"webhook": made.webhook.id, "secret": made.text}


def list_webhooks(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``webhook list``."""
    rows = webhooks.list_webhooks(office, _caller(office, options))
    return [
        {
            "webhook": row.id,
            "url": row.url,
            "kinds": list(row.kinds),
            "state": row.state.value,
            "note": row.note,
        }
        for row in rows
    ]


def remove_webhook(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``webhook remove ID``."""
    webhooks.remove_webhook(office, _caller(office, options), options.id, now=now)
    return {"removed": options.id}


def issue_file(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``issue FILE``: the body of ``POST /completions``, from a file."""
    caller = _caller(office, options)
    body = parse_json_object(_read(options.file), max_bytes=limits.RECORD_BYTES)
    outcome = completion.receive_completion(
        office,
        caller,
        completion.parse_completion(body, now=now),
        issuer=tenants.choose_issuer(office.store, caller.tenant_id, options.issuer),
        idempotency=None,
        new_uuid=uuid.uuid4,
        now=now,
    )
    warnings = [finding.to_json() for finding in outcome.findings]
    if isinstance(outcome, Waiting):
        return {"state": outcome.state.value, "offerId": outcome.offer_id, "warnings": warnings}
    share = {"share": outcome.share_url} if outcome.share_url else {}
    return {
        "state": "issued",
        "issuanceId": outcome.issuance_id,
        "verifiableCredential": outcome.document,
        **share,
        "warnings": warnings,
    }


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(limits.RECORD_BYTES + 1)
    except OSError as error:
        raise NotFoundError(f"{str(path)!r} cannot be read: {error.strerror}.") from error


def revoke(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``revoke ID``: for good."""
    caller = _caller(office, options)
    return {"revoked": lifecycle.revoke(office, caller, options.id, reason=options.reason, now=now)}


def suspend(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``suspend ID``: until reinstated."""
    caller = _caller(office, options)
    found = lifecycle.suspend(office, caller, options.id, reason=options.reason, now=now)
    return {"suspended": found}


def reinstate(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``reinstate ID``: end a suspension."""
    found = lifecycle.reinstate(office, _caller(office, options), options.id, now=now)
    return {"reinstated": found}


def self_check(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``self-check``: the intents that a crash left, and with ``--settle`` what became of them."""
    with office.store.deployment() as unit:
        every = unit.tenants()
    found = [entry for tenant in every for entry in _intents(office, tenant, options.settle, now)]
    return {"intents": found}


def _intents(office: Office, tenant: TenantRow, settle: bool, now: datetime) -> list[JsonObject]:
    if settle:
        return [
            {"tenant": tenant.name, "issuance": one.issuance_id, "outcome": one.outcome.value}
            for one in settlement.settle(office, tenant.id, now=now)
        ]
    with office.store.read(tenant.id) as unit:
        rows = unit.issuances.open_intents()
    return [
        {"tenant": tenant.name, "issuance": row.id, "since": format_instant(row.created)}
        for row in rows
    ]


def verify_audit(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``audit verify``: every line of every chain, and the heads that were kept elsewhere."""
    anchors = frozenset(options.head or ())
    found = audit.verify_trails(office.store, options.tenant, anchors=anchors)
    return [_head_json(one.chain, one.head) for one in found]


def show_heads(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``audit head``: the ends of the chains, to be kept elsewhere."""
    return [_head_json(*found) for found in audit.heads(office.store, options.tenant)]


def _head_json(chain: audit.Chain, head: Head) -> JsonObject:
    return {"trail": chain.name, "lines": head.position, "head": head.hash}


def export_audit(office: Office, options: Namespace, now: datetime) -> Iterator[JsonObject]:
    """``audit export``: one line each."""
    return audit.export_trail(office.store, options.tenant)


def list_mails(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``mail list``: how many wait, were sent, cannot be delivered; no addresses."""
    with office.store.deployment() as unit:
        names = {row.id: row.name for row in unit.tenants()}
        counts = unit.mail_counts()
    can_send = office.mailer is not None
    return {
        "server": "configured" if can_send else "none: mails wait until ISSUER_SMTP_URL is set",
        "mails": [
            {
                "tenant": names[count.tenant_id],
                "kind": count.kind,
                "state": count.state.value,
                "number": count.number,
            }
            for count in counts
        ],
    }


def send_mails(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``mail send``: what is due, now."""
    return {"sent": mail.send_due(office, office.mailer, now)}


def retry_mails(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``mail retry``: those that no server took wait again."""
    with office.store.deployment() as deployment:
        every = deployment.tenants()
    waiting = 0
    for tenant in every:
        with office.store.begin(tenant.id) as unit:
            waiting += unit.mails.revive(now)
    return {"waiting": waiting}


def add_operator(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``operator add NAME``: of all tenants, or of one."""
    tenant = tenants.find_tenant(office.store, options.tenant) if options.tenant else None
    row = operators.add_operator(
        office.store,
        name=options.name,
        tenant_id=tenant.id if tenant else None,
        password=None if options.subject else options.ask_password(),
        subject=options.subject,
        now=now,
    )
    return {"operator": row.name, "tenant": options.tenant}


def list_operators(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``operator list``."""
    with office.store.deployment() as unit:
        names = {row.id: row.name for row in unit.tenants()}
    return [
        {
            "operator": row.name,
            "tenant": names.get(row.tenant_id or ""),
            "since": format_instant(row.created),
            "disabled": row.disabled_at is not None,
        }
        for row in operators.list_operators(office.store)
    ]


def disable_operator(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``operator disable NAME``: sessions end at once."""
    operators.disable_operator(office.store, options.name, now=now)
    return {"disabled": options.name}


def set_operator_password(office: Office, options: Namespace, now: datetime) -> JsonValue:
    """``operator password NAME``: sessions end at once."""
    operators.set_password(office.store, options.name, options.ask_password(), now=now)
    return {"password": options.name}


COMMANDS: Final[Mapping[tuple[str, ...], Command]] = {
    ("tenant", "add"): add_tenant,
    ("tenant", "list"): list_tenants,
    ("issuer", "add"): add_issuer,
    ("issuer", "list"): list_issuers,
    ("key", "list"): list_keys,
    ("key", "rotate"): rotate_key,
    ("apikey", "create"): create_api_key,
    ("apikey", "list"): list_api_keys,
    ("apikey", "revoke"): revoke_api_key,
    ("webhook", "add"): add_webhook,
    ("webhook", "list"): list_webhooks,
    ("webhook", "remove"): remove_webhook,
    ("issue",): issue_file,
    ("revoke",): revoke,
    ("suspend",): suspend,
    ("reinstate",): reinstate,
    ("self-check",): self_check,
    ("operator", "add"): add_operator,
    ("operator", "list"): list_operators,
    ("operator", "disable"): disable_operator,
    ("operator", "password"): set_operator_password,
    ("audit", "verify"): verify_audit,
    ("audit", "head"): show_heads,
    ("audit", "export"): export_audit,
    ("mail", "list"): list_mails,
    ("mail", "send"): send_mails,
    ("mail", "retry"): retry_mails,
    ("demo-seed",): lambda office, _options, now: seeds.demo_seed(office, now=now),
    ("conformance-seed",): lambda office, _options, now: seeds.conformance_seed(office, now=now),
}
"""Every command but ``serve``, by its words."""
