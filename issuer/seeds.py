"""Ready-made tenants: one to try things with, one to point a conformance suite at.

Both may be made again: tenant and issuers stay, the API key is a new one each time.

Leaves to others: making tenants and issuers (``issuer.tenants``), the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from issuer import api_keys, did_document, tenants
from issuer.callers import Scope
from issuer.did_document import DidMethod
from issuer.errors import IssuerCode, NotFoundError, RequestRefusedError
from issuer.office import Office
from issuer.signing.formats import DEFAULT_FORMAT
from issuer.store.rows import IssuerRow, StatusPolicy, TenantRow
from verifier.strict_json import JsonObject

_DAYS: Final = 30
"""How long the API keys of these tenants last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """An issuer of a ready-made tenant."""

    name: str
    profile_name: str = "Example Micro-Internship Issuer"
    proof_format: str = DEFAULT_FORMAT
    key_type: str | None = None
    did_method: DidMethod = DidMethod.KEY
    status_policy: StatusPolicy = StatusPolicy.NONE


_DEMO: Final = _Kind(name="demo", did_method=DidMethod.WEB, status_policy=StatusPolicy.REVOCATION)
_PREFIX: Final = "conformance-"
"""Names of issuers are unique in a deployment, and somebody may want to be called ``default``."""


def _kind(name: str, proof_format: str, key_type: str | None = None) -> _Kind:
    return _Kind(name=f"{_PREFIX}{name}", proof_format=proof_format, key_type=key_type)


_CONFORMANCE: Final = {
    "default": _kind("default", DEFAULT_FORMAT),
    "status": replace(_kind("status", DEFAULT_FORMAT), status_policy=StatusPolicy.REVOCATION),
    "eddsa-rdfc-2022": _kind("eddsa-rdfc-2022", "eddsa-rdfc-2022"),
    "eddsa-jcs-2022": _kind("eddsa-jcs-2022", "eddsa-jcs-2022"),
    "ecdsa-rdfc-2019:P-256": _kind("ecdsa-rdfc-2019-p-256", "ecdsa-rdfc-2019", "P-256"),
    "ecdsa-rdfc-2019:P-384": _kind("ecdsa-rdfc-2019-p-384", "ecdsa-rdfc-2019", "P-384"),
    "ecdsa-jcs-2019:P-256": _kind("ecdsa-jcs-2019-p-256", "ecdsa-jcs-2019", "P-256"),
    "ecdsa-jcs-2019:P-384": _kind("ecdsa-jcs-2019-p-384", "ecdsa-jcs-2019", "P-384"),
    "ecdsa-sd-2023:P-256": _kind("ecdsa-sd-2023-p-256", "ecdsa-sd-2023", "P-256"),
    "ed25519signature2020": _kind("ed25519signature2020", "Ed25519Signature2020"),
    "enveloping": _kind("enveloping", "vc+jwt"),
}
"""By the name that is printed: the cryptosuite and, where it has several, the kind of key."""


def demo_seed(office: Office, *, now: datetime) -> JsonObject:
    """A tenant to try things with: ``{"apiKey", "issuer": {"id", "name"}}``.

    On loopback alone: nobody wants a demo tenant in a real deployment.
    """
    if not office.base_url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise RequestRefusedError(
            IssuerCode.SETTINGS_REFUSED, f"{office.base_url} is public: no demo tenant there."
        )
    tenant = _find_or_add_tenant(office, "Demo platform", now)
    issuer = _find_or_add_issuer(office, tenant, _DEMO, now)
    return {
        "apiKey": _new_api_key(office, tenant, "demo", now),
        "issuer": {"id": issuer.did, "name": issuer.profile_name},
    }


def conformance_seed(office: Office, *, now: datetime) -> JsonObject:
    """A tenant with a did:key issuer for each proof format and kind of key, and one that
    attaches a status: ``{"apiKey", "issuers": {NAME: {"id", "path"}}}``.

    ``path`` is what stands before ``/credentials/issue`` in an address of this service.
    """
    tenant = _find_or_add_tenant(office, "Conformance", now)
    rows = {
        name: _find_or_add_issuer(office, tenant, kind, now) for name, kind in _CONFORMANCE.items()
    }
    return {
        "apiKey": _new_api_key(office, tenant, "conformance", now),
        "issuers": {
            name: {"id": row.did, "path": f"/{did_document.PATH}/{row.name}"}
            for name, row in rows.items()
        },
    }


def _find_or_add_tenant(office: Office, name: str, now: datetime) -> TenantRow:
    try:
        return tenants.find_tenant(office.store, name)
    except NotFoundError:
        return tenants.add_tenant(office.store, name=name, now=now)


def _find_or_add_issuer(office: Office, tenant: TenantRow, kind: _Kind, now: datetime) -> IssuerRow:
    try:
        return tenants.choose_issuer(office.store, tenant.id, kind.name)
    except NotFoundError:
        return tenants.add_issuer(
            office.store,
            tenant,
            name=kind.name,
            profile_name=kind.profile_name,
            profile_url=None,
            status_policy=kind.status_policy,
            base_url=office.base_url,
            keyring=office.keyring,
            key_uri=None,
            now=now,
            proof_format=kind.proof_format,
            key_type=kind.key_type,
            did_method=kind.did_method,
        )


def _new_api_key(office: Office, tenant: TenantRow, label: str, now: datetime) -> str:
    made = api_keys.create_api_key(
        office.store, tenant.id, label=label, scopes=Scope, days=_DAYS, now=now
    )
    return made.secret
