"""Every proof format over VC-API, as a conformance client sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from issuer.seeds import conformance_seed
from tests.issuer.web.site import Site, json_of, problem_code
from verifier.strict_json import JsonObject

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
WITH_PROOF = [
    "default",
    "status",
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019:P-256",
    "ecdsa-rdfc-2019:P-384",
    "ecdsa-jcs-2019:P-256",
    "ecdsa-jcs-2019:P-384",
    "ed25519signature2020",
]


@dataclass(frozen=True, slots=True)
class Seeded:
    """A site with the tenant of the conformance suites."""

    site: Site
    issuers: Mapping[str, JsonObject]

    def post(self, name: str, what: str, body: object) -> TestResponse:
        """POST to a VC-API address of the issuer with this name."""
        path = f"{self.issuers[name]['path']}/credentials/{what}"
        return self.site.post(path, body, key="conformance")

    def issue(self, name: str, document: JsonObject, **options: object) -> JsonObject:
        """Issue, insist on success: the signed credential."""
        response = self.post(name, "issue", {"credential": document, "options": options})
        assert response.status_code == 201, response.get_data(as_text=True)
        return json_of(response)["verifiableCredential"]  # type: ignore[no-any-return]

    def document(self, name: str, **members: object) -> JsonObject:
        """A small credential of data model 2.0 that this issuer may sign."""
        return {
            "@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"],
            "id": "urn:uuid:8f7a1d1e-2e4c-4a5b-9a43-0e0e0e0e0e0e",
            "type": ["VerifiableCredential"],
            "issuer": self.issuers[name]["id"],
            "validFrom": "2026-03-24T12:00:00Z",
            "credentialSubject": {"id": "did:example:subject", "name": "Ünïcødé"},
        } | members

    def old_document(self, name: str) -> JsonObject:
        """The same of data model 1.1, with a date of the past."""
        return {
            "@context": [V1],
            "id": "urn:uuid:8f7a1d1e-2e4c-4a5b-9a43-0e0e0e0e0e0f",
            "type": ["VerifiableCredential"],
            "issuer": self.issuers[name]["id"],
            "issuanceDate": "2020-03-16T22:37:26Z",
            "credentialSubject": {"id": "did:example:subject"},
        }


@pytest.fixture
def seeded(site: Site) -> Seeded:
    made = conformance_seed(site.services.office, now=site.clock())
    site.keys = {**site.keys, "conformance": made["apiKey"]}
    return Seeded(site, made["issuers"])


@pytest.mark.parametrize("name", WITH_PROOF)
def test_a_document_of_either_data_model_is_signed_and_verifies(seeded: Seeded, name: str) -> None:
    """Nothing is changed but the proof, and what a proof of data model 1.1 needs."""
    new, old = seeded.document(name), seeded.old_document(name)

    signed = [seeded.issue(name, document) for document in (new, old)]

    for document, credential in zip((new, old), signed, strict=True):
        kept = {name: value for name, value in credential.items() if name in document}
        assert document == kept | {"@context": document["@context"]}
        assert credential["proof"]["verificationMethod"].startswith(document["issuer"])
        assert seeded.site.is_verified(credential)
    assert 2 == len(signed[1]["@context"])
    assert ("credentialStatus" in signed[0]) is (name == "status")


@pytest.mark.parametrize("name", ["default", "ecdsa-rdfc-2019:P-384"])
def test_another_issuer_of_the_tenant_is_not_named(seeded: Seeded, name: str) -> None:
    """Each address signs as its own DID and as nobody else."""
    document = seeded.document("eddsa-rdfc-2022")

    response = seeded.post(name, "issue", {"credential": document})

    assert (400, "ISSUER_MISMATCH") == (response.status_code, problem_code(response))


def test_a_did_key_has_no_document_here(seeded: Seeded) -> None:
    """Nobody should come to believe that it does."""
    response = seeded.site.get(f"{seeded.issuers['default']['path']}/did.json")

    assert 404 == response.status_code
