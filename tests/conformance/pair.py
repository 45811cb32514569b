"""A running pair as a client from outside meets it: seeded issuers, one verifier, public https.

The issuer is made by its own ``conformance-seed``. Nothing listens on a port: what the verifier
fetches from the issuer's public address is asked of the issuer's application.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from flask.testing import FlaskClient

from issuer.__main__ import main
from issuer.office import open_office
from issuer.settings import Settings as IssuerSettings
from issuer.web.application import create_app as create_issuer
from issuer.web.services import Services as IssuerServices
from verifier.errors import Code, MissingError, UncheckedError
from verifier.judgement import judge, judge_presentation
from verifier.settings import Settings as VerifierSettings
from verifier.sources import Fetched, Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.web.application import create_app as create_verifier
from verifier.web.services import Services as VerifierServices

ISSUER_URL: Final = "https://issuer.conformance.example"
VERIFIER_URL: Final = "https://verifier.conformance.example"
NOW: Final = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
V1: Final = "https://www.w3.org/2018/credentials/v1"
V2: Final = "https://www.w3.org/ns/credentials/v2"
INJECTED: Final = "https://w3id.org/security/data-integrity/v2"
"""What an issuer adds to data model 1.1, where the words of proofs are not defined."""
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
ACCEPT: Final = {"Accept": "application/ld+json, application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A status and the JSON beside it; a body that is not JSON would be no answer."""

    status: int
    body: JsonObject


@dataclass(slots=True, kw_only=True)
class Pair:
    """``seed`` is what ``conformance-seed`` printed."""

    seed: JsonObject
    issuer: FlaskClient
    verifier: FlaskClient
    fetched: list[str] = field(default_factory=list)

    def did(self, name: str) -> str:
        """The DID of one seeded issuer."""
        return str(self.seed["issuers"][name]["id"])

    def issue(self, name: str, body: Any) -> Answer:
        """POST to the issue endpoint of one seeded issuer."""
        path = f"{self.seed['issuers'][name]['path']}/credentials/issue"
        return self._post(self.issuer, path, body, {"Authorization": f"Bearer {self.key}"})

    def post_issuer(self, path: str, body: Any) -> Answer:
        """POST to another endpoint of the issuer."""
        return self._post(self.issuer, path, body, {"Authorization": f"Bearer {self.key}"})

    def issued(self, name: str, document: JsonObject, **options: Any) -> JsonObject:
        """What one seeded issuer answers to a document that it must sign."""
        answer = self.issue(name, {"credential": document, "options": options})
        assert answer.status == 201, answer.body
        secured: JsonObject = answer.body["verifiableCredential"]
        return secured

    def verdict(self, document: Any, *, profile: str | None = None, **options: Any) -> int:
        """The status of the answer about a credential: what clients look at."""
        body = {"verifiableCredential": document, "options": options}
        return self.verify(body, profile=profile).status

    @property
    def key(self) -> str:
        """The API key."""
        return str(self.seed["apiKey"])

    def verify(self, body: Any, *, profile: str | None = None) -> Answer:
        """POST to ``/credentials/verify``."""
        prefix = f"/profiles/{profile}" if profile else ""
        return self._post(self.verifier, f"{prefix}/credentials/verify", body, {})

    def verify_presentation(self, body: Any) -> Answer:
        """POST to ``/presentations/verify``."""
        return self._post(self.verifier, "/presentations/verify", body, {})

    def resolve(self, did: str, query: str = "") -> Answer:
        """GET of the resolver."""
        response = self.verifier.get(
            f"/1.0/identifiers/{quote(did, safe='')}{query}", headers=ACCEPT
        )
        return Answer(status=response.status_code, body=parse_json_object(response.data))

    def _post(
        self, client: FlaskClient, path: str, body: Any, headers: Mapping[str, str]
    ) -> Answer:
        response = client.post(
            path,
            data=json.dumps(body),
            content_type="application/json",
            headers={**ACCEPT, **headers},
        )
        assert "json" in response.content_type, response.content_type
        return Answer(status=response.status_code, body=parse_json_object(response.data))


def open_pair(folder: Path) -> Pair:
    """Seed an issuer below ``folder`` and put a verifier beside it."""
    environ = {
        "ISSUER_BASE_URL": ISSUER_URL,
        "ISSUER_VERIFIER_URL": VERIFIER_URL,
        "ISSUER_DATABASE_URL": f"sqlite:///{folder / 'issuer.db'}",
        "ISSUER_KEYS": f"file:{folder / 'keys'}",
    }
    settings = IssuerSettings.from_env(environ)
    issuer = create_issuer(
        IssuerServices(
            settings=settings,
            office=open_office(settings),
            clock=lambda: NOW,
            new_uuid=uuid4,
        )
    ).test_client()
    pair = Pair(seed=seed(environ), issuer=issuer, verifier=issuer)
    pair.verifier = create_verifier(
        VerifierServices(
            settings=VerifierSettings(base_url=VERIFIER_URL),
            clock=lambda: NOW,
            open_sources=lambda: _sources(pair),
            judge=judge,
            judge_presentation=judge_presentation,
            read_codes=lambda data: (),
        )
    ).test_client()
    return pair


def seed(environ: Mapping[str, str]) -> JsonObject:
    """What ``python -m issuer conformance-seed`` prints."""
    stdout, stderr = io.StringIO(), io.StringIO()
    code = main(
        ["conformance-seed"], environ=environ, stdout=stdout, stderr=stderr, clock=lambda: NOW
    )
    assert (code, stderr.getvalue()) == (0, "")
    return parse_json_object(stdout.getvalue().encode())


@contextmanager
def _sources(pair: Pair) -> Any:
    yield Sources(fetch=_fetch_from(pair))


def _fetch_from(pair: Pair) -> Any:
    def fetch(url: str, *, accept: str, max_bytes: int, etag: str | None = None) -> Fetched:
        if not url.startswith(f"{ISSUER_URL}/"):
            raise UncheckedError(Code.ADDRESS_NOT_ALLOWED, "Only the issuer beside is there.")
        pair.fetched.append(url)
        response = pair.issuer.get(url.removeprefix(ISSUER_URL), headers={"Accept": accept})
        if response.status_code != 200:
            raise MissingError(Code.FETCH_FAILED, "There is nothing there.")
        return Fetched(url=url, content_type=response.content_type, body=response.data)

    return fetch
