"""A whole issuer behind a test client: real memory, real keys, a clock that tests move.

Two tenants, each with one issuer, and API keys that lack something. Nothing here listens on a
port: what a verifier would fetch is asked of the application itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from issuer import api_keys, tenants
from issuer.callers import Scope
from issuer.office import Office
from issuer.settings import Settings
from issuer.signing.keyring import open_keyring
from issuer.store.ports import Store
from issuer.store.rows import IssuerRow, StatusPolicy
from issuer.web.application import create_app
from issuer.web.services import Services
from tests.example_records import example_record
from verifier.errors import Code, MissingError, UncheckedError
from verifier.report import Outcome, OutcomeError, Report
from verifier.sources import Fetched, Sources
from verifier.strict_json import JsonObject, parse_json, parse_json_object
from verifier.verify import verify

BASE_URL: Final = "https://issuer.microintern.example"
VERIFIER_URL: Final = "https://verify.microintern.example"
START: Final = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
"""After every example has ended."""
AGREED: Final[JsonObject] = {"given": True, "at": "2026-12-01T11:00:00Z", "facets": {}}


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass(slots=True, kw_only=True)
class Site:
    """One deployment. ``keys`` are presented API keys by what they are like; the issuer of
    the tenant *theirs* can suspend too."""

    database: str
    services: Services
    app: Flask
    client: FlaskClient
    clock: Clock
    issuers: Mapping[str, IssuerRow]
    keys: Mapping[str, str]

    def post(
        self, path: str, body: object, *, key: str | None = "all", **headers: str
    ) -> TestResponse:
        """POST JSON with the named API key. Underscores in header names become hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, json=body, headers=self.bearer(key) | named)

    def get(self, path: str, *, key: str | None = None, **headers: str) -> TestResponse:
        """GET a path or an address of this site."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path.removeprefix(BASE_URL), headers=self.bearer(key) | named)

    def bearer(self, key: str | None) -> dict[str, str]:
        """The header that presents a key."""
        return {} if key is None else {"Authorization": f"Bearer {self.keys[key]}"}

    def complete(self, name: str = "01", *, share: bool = True, **facets: object) -> JsonObject:
        """Issue an example record: the answer."""
        body = completion(name, share=share, **facets)
        response = self.post("/completions", body)
        assert response.status_code == 201, response.get_data(as_text=True)
        return json_of(response)

    def judge(self, document: JsonObject | bytes) -> Report:
        """What the verifier says, fetching from this site alone."""
        try:
            found = verify(document, now=self.clock(), sources=Sources(fetch=self.fetch))
        except OutcomeError as error:
            return error.report
        return found.report

    def fetch(self, url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
        """The verifier's door to the network, which leads nowhere but here."""
        if not url.startswith(f"{BASE_URL}/"):
            raise UncheckedError(Code.ADDRESS_NOT_ALLOWED, url)
        response = self.client.get(urlsplit(url).path, headers={"Accept": accept})
        if response.status_code != 200:
            raise MissingError(Code.FETCH_FAILED, url)
        return Fetched(
            url=url,
            content_type=response.content_type,
            body=response.data,
            etag=response.headers.get("ETag"),
        )

    def is_verified(self, document: JsonObject) -> bool:
        """Whether the answer is *verified*."""
        return self.judge(document).outcome is Outcome.VERIFIED


def open_site(store: Store, database: str, folder: Path, *, start: datetime = START) -> Site:
    """A deployment on ``store``, with its keys in ``folder``, that opens at ``start``."""
    clock = Clock(now=start)
    keyring = open_keyring(f"file:{folder}", passphrase_file=None)
    services = Services(
        settings=replace(Settings(), base_url=BASE_URL, verifier_url=VERIFIER_URL),
        office=Office(store=store, keyring=keyring, base_url=BASE_URL),
        clock=clock,
        new_uuid=uuid.uuid4,
    )
    ours = _tenant(services, "ours", StatusPolicy.REVOCATION)
    theirs = _tenant(services, "theirs", StatusPolicy.REVOCATION_AND_SUSPENSION)
    app = create_app(services)
    return Site(
        database=database,
        services=services,
        app=app,
        client=app.test_client(),
        clock=clock,
        issuers={"ours": ours, "theirs": theirs},
        keys=_api_keys(services, ours, theirs),
    )


def _tenant(services: Services, name: str, policy: StatusPolicy) -> IssuerRow:
    now = services.clock()
    return tenants.add_issuer(
        services.store,
        tenants.add_tenant(services.store, name=name, now=now),
        name=name,
        profile_name="Example Micro-Internship Issuer",
        profile_url=f"{BASE_URL}/",
        status_policy=policy,
        base_url=BASE_URL,
        keyring=services.office.keyring,
        key_uri=None,
        now=now,
    )


def _api_keys(services: Services, ours: IssuerRow, theirs: IssuerRow) -> dict[str, str]:
    long_ago = services.clock() - timedelta(days=30)
    wanted: dict[str, tuple[IssuerRow, set[Scope], dict[str, Any]]] = {
        "all": (ours, set(Scope), {}),
        **{scope.value: (ours, {scope}, {}) for scope in Scope},
        "revoked": (ours, set(Scope), {}),
        "expired": (ours, set(Scope), {"now": long_ago, "days": 1}),
        "theirs": (theirs, set(Scope), {}),
    }
    keys = {name: _api_key(services, *what) for name, what in wanted.items()}
    prefix = keys["revoked"].split("_")[1]
    api_keys.revoke_api_key(services.store, ours.tenant_id, prefix, now=services.clock())
    unknown = keys["all"][:-4] + ("aaaa" if not keys["all"].endswith("aaaa") else "bbbb")
    return keys | {"unknown": unknown, "garbage": "mic_nothing"}


def _api_key(
    services: Services, issuer: IssuerRow, scopes: set[Scope], change: dict[str, Any]
) -> str:
    arguments: dict[str, Any] = {"label": "test", "days": 365, "now": services.clock()} | change
    made = api_keys.create_api_key(
        services.store, issuer.tenant_id, scopes=frozenset(scopes), **arguments
    )
    return made.secret


def submission(name: str) -> JsonObject:
    """An example record as a platform sends it: without what only the issuer knows."""
    record = example_record(name)
    for ours in ("recordId", "quality", "disclosure", "lifecycle"):
        record.pop(ours, None)
    record["source"].pop("receivedAt")
    return record


def completion(name: str = "01", *, share: bool = True, **facets: object) -> JsonObject:
    """The body of ``POST /completions`` for an example record."""
    consent = AGREED | {"facets": facets}
    return {"record": submission(name), "learnerConsent": consent, "share": share}


def json_of(response: TestResponse) -> JsonObject:
    """The body, read strictly."""
    return parse_json_object(response.data)


def problem_code(response: TestResponse) -> str:
    """The code at the end of the problem's type."""
    assert response.content_type == "application/problem+json"
    kind = parse_json(response.data)["type"]
    return str(kind).replace("#", "/").rpartition("/")[2]
