"""A caller's idempotency key: one key, one request, one answer (design §7).

The key is written in the same transaction as what it stands for. A key that comes again with
another request is refused; with the same request it gives the first answer, which is kept
here, or belongs to the issuance that the key points to (``issuer.reservation``).

Leaves to others: reading the header (the web), what is answered.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from issuer import limits
from issuer.errors import IdempotencyConflictError
from issuer.office import Office
from issuer.store.ports import Store, TakenError, Unit
from issuer.store.rows import IdempotencyRow
from verifier.strict_json import JsonObject, parse_json_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """A caller's ``Idempotency-Key``, and the hash (hex) of the request it came with."""

    key: str
    request_hash: str


def known_key(unit: Unit, idempotency: Idempotency | None) -> IdempotencyRow | None:
    """What is known of the key. Raises ``IdempotencyConflictError`` for another request."""
    known = unit.idempotency.get(idempotency.key) if idempotency else None
    if known and idempotency and known.request_hash != idempotency.request_hash:
        raise IdempotencyConflictError
    return known


def take_key(
    store: Store, tenant_id: str, idempotency: Idempotency | None, *, now: datetime
) -> None:
    """Let the key stand for a request of many parts, each with a key of its own
    (``key_of_part``), so that another request with this key is refused as a whole.

    Raises ``IdempotencyConflictError``.
    """
    if idempotency is None:
        return
    try:
        with store.begin(tenant_id) as unit:
            if known_key(unit, idempotency) is None:
                unit.idempotency.add(_row(unit, idempotency, now))
    except TakenError:
        with store.read(tenant_id) as unit:
            known_key(unit, idempotency)


def key_of_part(idempotency: Idempotency | None, kind: str, number: int) -> Idempotency | None:
    """The key of one part of a request, which no caller can have written themselves by chance."""
    if idempotency is None:
        return None
    digest = hashlib.sha256(f"{number} {idempotency.key}".encode()).hexdigest()
    return Idempotency(key=f"{kind} {digest}", request_hash=idempotency.request_hash)


def first_answer(unit: Unit, idempotency: Idempotency | None) -> JsonObject | None:
    """The answer that was kept for this key and request. Raises ``IdempotencyConflictError``."""
    known = known_key(unit, idempotency)
    if known is None or known.response is None:
        return None
    return parse_json_object(known.response.encode())


def keep_answer(
    unit: Unit, idempotency: Idempotency | None, answer: JsonObject, *, now: datetime
) -> None:
    """Keep ``answer`` for a key that is new. Raises ``TakenError`` when another call was
    faster."""
    if idempotency is not None:
        text = json.dumps(answer, ensure_ascii=False)
        unit.idempotency.add(_row(unit, idempotency, now, response=text))


def point_key_to(
    unit: Unit, idempotency: Idempotency | None, issuance_id: str, *, now: datetime
) -> None:
    """Let the key stand for an issuance. Raises ``TakenError`` when another call was faster."""
    if idempotency is None:
        return
    known = unit.idempotency.get(idempotency.key)
    if known is None:
        unit.idempotency.add(_row(unit, idempotency, now, issuance_id=issuance_id))
    elif known.issuance_id != issuance_id:
        unit.idempotency.point_to(idempotency.key, issuance_id)


def forget_old(office: Office, now: datetime) -> int:
    """Forget the keys of all tenants that nobody can expect us to know; how many."""
    with office.store.deployment() as unit:
        tenants = unit.tenants()
    return sum(_forget(office, tenant.id, now) for tenant in tenants)


def _forget(office: Office, tenant_id: str, now: datetime) -> int:
    with office.store.begin(tenant_id) as unit:
        return unit.idempotency.forget_before(now - timedelta(hours=limits.IDEMPOTENCY_HOURS))


def _row(
    unit: Unit,
    idempotency: Idempotency,
    now: datetime,
    *,
    response: str | None = None,
    issuance_id: str | None = None,
) -> IdempotencyRow:
    return IdempotencyRow(
        tenant_id=unit.tenant_id,
        key=idempotency.key,
        request_hash=idempotency.request_hash,
        response=response,
        issuance_id=issuance_id,
        created=now,
    )
