"""Rows to put into a store, one of each kind, for the tests beside this module."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from issuer.store import Store
from issuer.store.access import AccessTokenRow
from issuer.store.asking import AttestationRow, EndedOfferRow, Ending
from issuer.store.job_rows import JobLineRow, JobRow, JobState, LineState
from issuer.store.mails import MailRow, MailState
from issuer.store.ports import Unit
from issuer.store.reviews import ApprovalRow, ApprovalState, RuleRow, SuspensionRow
from issuer.store.revocations import RevocationItemRow, RevocationRow, RevocationState
from issuer.store.rows import (
    ApiKeyRow,
    EventRow,
    FurtherKind,
    FurtherRow,
    IdempotencyRow,
    IssuanceRow,
    IssuanceState,
    IssuerRow,
    KeyRow,
    KeyState,
    OfferRow,
    OfferState,
    PublishedRow,
    RecordRow,
    ShareRow,
    StatusEntryRow,
    StatusListRow,
    StatusPolicy,
    TenantRow,
)
from issuer.store.telling import DeliveryRow, DeliveryState, ToldRow, WebhookRow, WebhookState

NOW: Final = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def add_tenant(store: Store, name: str) -> str:
    """A tenant with one issuer; the tenant's id."""
    with store.deployment(write=True) as unit:
        unit.add_tenant(TenantRow(id=f"t-{name}", name=name, created=NOW))
    with store.begin(f"t-{name}") as own:
        own.issuers.add(issuer(f"t-{name}", name))
    return f"t-{name}"


def issuer(tenant_id: str, name: str) -> IssuerRow:
    return IssuerRow(
        tenant_id=tenant_id,
        id=f"i-{name}",
        name=name,
        did=f"did:web:issuer.example:issuers:{name}",
        profile_name=name,
        profile_url=None,
        proof_format="eddsa-rdfc-2022",
        status_policy=StatusPolicy.REVOCATION,
        created=NOW,
    )


def issuer_id(tenant_id: str) -> str:
    """The id of the issuer that ``add_tenant`` made."""
    return tenant_id.replace("t-", "i-")


def key(tenant_id: str, key_id: str = "k1") -> KeyRow:
    return KeyRow(
        tenant_id=tenant_id,
        id=key_id,
        issuer_id=issuer_id(tenant_id),
        verification_method=f"did:web:issuer.example#{key_id}",
        signer_uri="file:x",
        multikey="z6Mk",
        state=KeyState.ACTIVE,
        created=NOW,
        retired_at=None,
    )


def api_key(tenant_id: str) -> ApiKeyRow:
    return ApiKeyRow(
        tenant_id=tenant_id,
        id="a1",
        label="x",
        prefix="prefix",
        secret_hash="0" * 64,
        scopes=frozenset({"issue", "read"}),
        created=NOW,
        expires_at=NOW + timedelta(days=1),
        revoked_at=None,
    )


def access_token(tenant_id: str) -> AccessTokenRow:
    return AccessTokenRow(
        tenant_id=tenant_id,
        id="t1",
        key_id="a1",
        prefix="token",
        secret_hash="0" * 64,
        scopes=frozenset({"issue"}),
        created=NOW,
        expires_at=NOW + timedelta(hours=1),
        revoked_at=None,
    )


def record(tenant_id: str) -> RecordRow:
    return RecordRow(
        tenant_id=tenant_id,
        id="r1",
        record_id="urn:uuid:r",
        platform_id="p",
        platform_record_id="x",
        content_hash="0" * 64,
        document="{}",
        supersedes="old",
        received_at=NOW,
    )


def issuance(tenant_id: str, number: int) -> IssuanceRow:
    return IssuanceRow(
        tenant_id=tenant_id,
        id=f"n{number}",
        issuer_id=issuer_id(tenant_id),
        record_key=None,
        credential_id=f"urn:uuid:{number}",
        state=IssuanceState.SIGNING,
        intent="{}",
        signed=None,
        answer=None,
        attempt=1,
        lease_until=NOW,
        created=NOW + timedelta(seconds=number),
        settled_at=None,
    )


def further(tenant_id: str, issuance_id: str = "n1") -> FurtherRow:
    return FurtherRow(
        tenant_id=tenant_id,
        id=issuance_id,
        kind=FurtherKind.SKILL_ASSERTION,
        about="n1",
        meaning="0" * 64,
        said_hash="1" * 64,
    )


def status_list(tenant_id: str, number: int = 1) -> StatusListRow:
    return StatusListRow(
        tenant_id=tenant_id,
        id=f"l{number}",
        issuer_id=issuer_id(tenant_id),
        purpose="revocation",
        number=number,
        size=131_072,
        allocated=0,
        is_open=True,
        revision=0,
        published_revision=0,
        version=0,
        published=None,
        etag=None,
        published_at=None,
        change_published_at=None,
    )


def entry(tenant_id: str, index: int, issuance_id: str) -> StatusEntryRow:
    return StatusEntryRow(
        tenant_id=tenant_id,
        list_id="l1",
        index=index,
        purpose="revocation",
        issuance_id=issuance_id,
        is_set=False,
    )


def published(revision: int = 0) -> PublishedRow:
    return PublishedRow(
        body="{}",
        etag='"x"',
        revision=revision,
        published_at=NOW,
        change_published_at=None,
    )


def idempotency(tenant_id: str, response: str | None = None) -> IdempotencyRow:
    return IdempotencyRow(
        tenant_id=tenant_id,
        key="k",
        request_hash="0" * 64,
        response=response,
        issuance_id=None,
        created=NOW,
    )


def offer(tenant_id: str) -> OfferRow:
    return OfferRow(
        tenant_id=tenant_id,
        id="o1",
        record_key="r1",
        issuer_id=issuer_id(tenant_id),
        state=OfferState.OFFERED,
        created=NOW,
        changed_at=NOW,
    )


def attestation(tenant_id: str) -> AttestationRow:
    return AttestationRow(
        tenant_id=tenant_id,
        id="o1",
        link_id="l1",
        token_hash="0" * 64,
        email="a@b.example",
        language="en",
        asked_at=NOW,
        reminders=0,
        due=NOW,
        stalled_at=None,
        answered_at=None,
        answers=None,
    )


def ended(tenant_id: str) -> EndedOfferRow:
    return EndedOfferRow(
        tenant_id=tenant_id, id="o0", fingerprint="f0", ending=Ending.CLOSED, ended_at=NOW
    )


def share(tenant_id: str) -> ShareRow:
    return ShareRow(
        tenant_id=tenant_id,
        id="s1",
        issuance_id="n1",
        token_hash="0" * 64,
        label="",
        created=NOW,
        ends_at=None,
        off_at=None,
    )


def event(tenant_id: str) -> EventRow:
    return EventRow(
        tenant_id=tenant_id,
        id="e1",
        at=NOW,
        actor="cli",
        action="issued",
        subject="n1",
        reason=None,
    )


def told(tenant_id: str, number: int = 1) -> ToldRow:
    return ToldRow(
        tenant_id=tenant_id,
        id=f"{number:032x}",
        position=None,
        kind="credential.issued",
        subject="n1",
        data="{}",
        created=NOW,
    )


def mail(tenant_id: str) -> MailRow:
    return MailRow(
        tenant_id=tenant_id,
        id="m1",
        kind="attestation",
        subject_id="o1",
        recipient="a@b.example",
        language="en",
        subject="x",
        body="x",
        link=None,
        state=MailState.WAITING,
        attempts=0,
        due=NOW,
        created=NOW,
        settled_at=None,
    )


def webhook(tenant_id: str, webhook_id: str = "w1") -> WebhookRow:
    return WebhookRow(
        tenant_id=tenant_id,
        id=webhook_id,
        url=f"https://platform.example/{webhook_id}",
        kinds=("credential.issued",),
        generation=1,
        overlap_until=None,
        state=WebhookState.ACTIVE,
        note=None,
        position=0,
        failures=0,
        failing_since=None,
        resting_until=NOW,
        leased_until=NOW,
        created=NOW,
    )


def delivery(tenant_id: str, delivery_id: str = "d1") -> DeliveryRow:
    return DeliveryRow(
        tenant_id=tenant_id,
        id=delivery_id,
        webhook_id="w1",
        event_id=told(tenant_id).id,
        position=1,
        subject="n1",
        state=DeliveryState.PENDING,
        attempts=0,
        next_at=NOW,
        outcome=None,
        status=None,
        changed_at=NOW,
    )


def job(tenant_id: str, job_id: str = "j1") -> JobRow:
    return JobRow(
        tenant_id=tenant_id,
        id=job_id,
        issuer_id=issuer_id(tenant_id),
        actor="cli",
        order="{}",
        is_dry_run=False,
        state=JobState.FINISHED,
        created=NOW,
        started_at=NOW,
        finished_at=NOW,
        served_at=NOW,
        not_before=NOW,
    )


def job_line(tenant_id: str, number: int, state: LineState = LineState.OPEN) -> JobLineRow:
    return JobLineRow(
        tenant_id=tenant_id,
        job_id="j1",
        number=number,
        state=state,
        input="{}",
        outcome=None,
        tries=0,
        lease_until=NOW,
    )


def approval(tenant_id: str) -> ApprovalRow:
    return ApprovalRow(
        tenant_id=tenant_id,
        id="q1",
        action="revoke",
        arguments="{}",
        note="",
        state=ApprovalState.PENDING,
        proposed_by="operator:ada",
        proposed_at=NOW,
        expires_at=NOW,
        decided_by=None,
        decided_at=None,
        result=None,
    )


def rule(tenant_id: str) -> RuleRow:
    return RuleRow(tenant_id=tenant_id, id="rule", value="on")


def suspension(tenant_id: str) -> SuspensionRow:
    return SuspensionRow(tenant_id=tenant_id, id="n1", ends_at=NOW)


def next_key(tenant_id: str) -> KeyRow:
    return replace(key(tenant_id, "k-next"), state=KeyState.RETIRED)


def revocation(tenant_id: str, revocation_id: str = "v1") -> RevocationRow:
    return RevocationRow(
        tenant_id=tenant_id,
        id=revocation_id,
        state=RevocationState.PENDING,
        reason=None,
        actor="cli",
        window=900,
        due_at=NOW,
        created=NOW,
        settled_at=None,
    )


def revocation_item(tenant_id: str) -> RevocationItemRow:
    return RevocationItemRow(
        tenant_id=tenant_id, id="vi1", revocation_id="v1", issuance_id="n1", outcome=None
    )


def fill(unit: Unit) -> None:
    """One thing of each kind, in a tenant that has an issuer and nothing else."""
    tenant_id = unit.tenant_id
    unit.keys.add(key(tenant_id))
    unit.api_keys.add(api_key(tenant_id))
    unit.access_tokens.add(access_token(tenant_id))
    unit.records.add(record(tenant_id))
    unit.issuances.add(replace(issuance(tenant_id, 1), record_key="r1"))
    unit.further.add(further(tenant_id))
    unit.status.add_list(status_list(tenant_id))
    unit.status.try_index(entry(tenant_id, 7, "n1"))
    unit.idempotency.add(idempotency(tenant_id))
    unit.offers.add(offer(tenant_id))
    unit.attestations.add(attestation(tenant_id))
    unit.ended_offers.add(ended(tenant_id))
    unit.shares.add(share(tenant_id))
    unit.events.add(event(tenant_id))
    unit.keys.add(next_key(tenant_id))
    unit.approvals.add(approval(tenant_id))
    unit.approvals.add(
        replace(approval(tenant_id), id="q2", state=ApprovalState.REJECTED, decided_at=NOW)
    )
    unit.suspensions.add(suspension(tenant_id))
    unit.rules.add(rule(tenant_id))
    unit.outbox.add(told(tenant_id))
    unit.mails.add(mail(tenant_id))
    unit.webhooks.add(webhook(tenant_id))
    unit.deliveries.add(delivery(tenant_id))

    unit.jobs.add(job(tenant_id))
    unit.job_lines.add([job_line(tenant_id, 1), job_line(tenant_id, 2, LineState.REFUSED)])
    unit.revocations.add(revocation(tenant_id))
    unit.revocation_items.add(revocation_item(tenant_id))
