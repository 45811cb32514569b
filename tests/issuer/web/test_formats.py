"""Every proof format over VC-API, as a conformance client sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from issuer.seeds import conformance_seed
from tests.issuer.web.site import Site, json_of, problem_code
from tests.issuer.web.stored import stored_rows
from verifier.proofs.jws import decode_base64url
from verifier.report import Outcome
from verifier.strict_json import JsonObject, parse_json_object

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
GONE = object()
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


UNUSUAL: dict[str, JsonObject] = {
    "already ended": {"validFrom": "2020-01-01T00:00:00Z", "validUntil": "2023-01-01T00:00:00Z"},
    "not begun": {"validFrom": "2090-01-01T00:00:00.5+02:00"},
    "a caller's own status": {"credentialStatus": {"id": "urn:x:1", "type": "SomeOtherStatus"}},
    "an inline context": {
        "@context": [V2, {"@protected": True, "favourite": "https://x.example/favourite"}],
        "favourite": "tea",
    },
    "an issuer with a name": {
        "issuer": {"name": [{"@value": "N", "@language": "en", "@direction": "ltr"}]}
    },
    "neither id nor date": {"id": GONE, "validFrom": GONE},
}


@pytest.mark.parametrize("case", UNUSUAL)
@pytest.mark.parametrize("name", [*WITH_PROOF, "ecdsa-sd-2023:P-256", "enveloping"])
def test_unusual_documents_are_signed_in_every_format(seeded: Seeded, name: str, case: str) -> None:
    """What a credential says of its time or status is the caller's to know."""
    members = dict(UNUSUAL[case])
    if "issuer" in members:
        members["issuer"] = {"id": seeded.issuers[name]["id"], **members["issuer"]}
    document = seeded.document(name, **members)

    signed = seeded.issue(
        name, {member: value for member, value in document.items() if value is not GONE}
    )

    assert {"@context", "type"} <= set(signed)


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


# --- enveloped --------------------------------------------------------------------------


def test_a_token_stands_in_an_envelope(seeded: Seeded) -> None:
    """The envelope of the data model, a kid that is the key's URL, and nothing else inside."""
    document = seeded.document("enveloping")

    enveloped = seeded.issue("enveloping", document)

    media_type, _, token = enveloped["id"].removeprefix("data:").partition(",")
    header = parse_json_object(decode_base64url(token.split(".")[0]))
    assert {"@context": V2, "type": "EnvelopedVerifiableCredential"} == {
        name: value for name, value in enveloped.items() if name != "id"
    }
    assert "application/vc+jwt" == media_type
    assert header["kid"].startswith(f"{document['issuer']}#")
    assert document == parse_json_object(decode_base64url(token.split(".")[1]))
    assert seeded.site.is_verified(enveloped)


def test_the_token_itself_is_there_for_who_asks(seeded: Seeded) -> None:
    """By its media type, when it is issued and later; otherwise JSON."""
    body = {"credential": seeded.document("enveloping")}
    path = f"{seeded.issuers['enveloping']['path']}/credentials/issue"
    site = seeded.site

    bare = site.post(path, body, key="conformance", Accept="application/vc+jwt")
    usual = site.post(path, body, key="conformance", Accept="*/*")
    again = site.get(bare.headers["Location"], key="conformance", Accept="application/vc+jwt")

    assert (201, "application/vc+jwt") == (bare.status_code, bare.content_type)
    assert 2 == bare.data.count(b".")
    assert bare.data == again.data
    assert "application/json" == usual.content_type
    assert site.judge(bare.data).outcome is Outcome.VERIFIED


@pytest.mark.parametrize(
    "change",
    [
        {"@context": [V2], "gpa": 4},
        {"iss": "did:example:other"},
        {"vc": {}},
        {"@context": [V1], "issuanceDate": "2020-03-16T22:37:26Z"},
    ],
)
def test_what_a_token_cannot_hold_is_400_and_leaves_nothing(
    seeded: Seeded, change: JsonObject
) -> None:
    """Undefined terms are refused although JSON would carry them; so is the old data model."""
    document = seeded.document("enveloping") | change
    if document["@context"] == [V1]:
        del document["validFrom"]
    before = stored_rows(seeded.site)

    response = seeded.post("enveloping", "issue", {"credential": document})

    assert 400 == response.status_code
    assert before == stored_rows(seeded.site)


# --- selective disclosure ---------------------------------------------------------------

SD = "ecdsa-sd-2023:P-256"


def derive(seeded: Seeded, base: JsonObject, *pointers: str) -> JsonObject:
    """Derive and insist on success: the derived credential."""
    body = {"verifiableCredential": base, "options": {"selectivePointers": list(pointers)}}
    response = seeded.post(SD, "derive", body)
    assert response.status_code == 201, response.get_data(as_text=True)
    return json_of(response)["verifiableCredential"]  # type: ignore[no-any-return]


def test_a_holder_shows_a_part(seeded: Seeded) -> None:
    """The base proof is for the holder alone; what is derived from it verifies."""
    base = seeded.issue(SD, seeded.document(SD))

    derived = derive(seeded, base, "/credentialSubject/name")
    least = derive(seeded, base)

    assert not seeded.site.is_verified(base)
    assert seeded.site.is_verified(derived)
    assert seeded.site.is_verified(least)
    assert "Ünïcødé" == derived["credentialSubject"]["name"]
    assert "name" not in least["credentialSubject"]


def test_the_caller_says_what_is_mandatory(seeded: Seeded) -> None:
    """What is named stays in everything that is derived, also of the old data model."""
    base = seeded.issue(
        SD, seeded.document(SD), mandatoryPointers=["/issuer", "/credentialSubject/name"]
    )
    old = seeded.issue(SD, seeded.old_document(SD), mandatoryPointers=["/issuer"])

    derived = derive(seeded, base, "/validFrom")

    assert "name" in derived["credentialSubject"]
    assert seeded.site.is_verified(derived)
    assert seeded.site.is_verified(derive(seeded, old, "/credentialSubject", "/issuanceDate"))


@pytest.mark.parametrize(
    "pointers",
    [["/nothing"], ["credentialSubject"], [4], "x", None, {}, ["/a~2"], ["/x"] * 300, [None]],
)
def test_pointers_that_choose_nothing_are_400_and_leave_nothing(
    seeded: Seeded, pointers: object
) -> None:
    """In both calls; and nobody gets a credential with less in it than was asked."""
    base = seeded.issue(SD, seeded.document(SD))
    before = stored_rows(seeded.site)
    body = {
        "credential": seeded.document(SD),
        "options": {"mandatoryPointers": pointers},
    }

    issued = seeded.post(SD, "issue", body)
    derived = seeded.post(
        SD,
        "derive",
        {"verifiableCredential": base, "options": {"selectivePointers": pointers}},
    )

    assert (400, 400) == (issued.status_code, derived.status_code)
    assert before == stored_rows(seeded.site)


def test_only_a_base_proof_can_be_derived_from(seeded: Seeded) -> None:
    """Another suite, a derived proof, a changed document, no proof."""
    base = seeded.issue(SD, seeded.document(SD))
    plain = seeded.issue("default", seeded.document("default"))
    changed = base | {"credentialSubject": {"id": "did:example:subject", "name": "Other"}}
    unsigned = {name: value for name, value in base.items() if name != "proof"}

    for document in (plain, derive(seeded, base), changed, unsigned, {}):
        response = seeded.post(
            SD,
            "derive",
            {
                "verifiableCredential": document,
                "options": {"selectivePointers": ["/credentialSubject/name"]},
            },
        )
        assert 400 == response.status_code, document
        assert "json" in response.content_type


def test_derive_and_status_are_not_public(seeded: Seeded) -> None:
    """A key is asked for, and another tenant's addresses are not there."""
    site, path = seeded.site, seeded.issuers[SD]["path"]

    for what in ("issue", "derive", "status"):
        assert 401 == site.post(f"{path}/credentials/{what}", {}, key=None).status_code
        assert 404 == site.post(f"{path}/credentials/{what}", {}, key="theirs").status_code


_NAMES = [
    *("credential", "verifiableCredential", "options", "selectivePointers", "mandatoryPointers"),
    *("@context", "type", "issuer", "id", "proof", "x"),
]
_BODIES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=_BODIES)
def test_no_malformed_body_is_anything_but_400(seeded: Seeded, body: object) -> None:
    """Whatever JSON is sent to be signed or derived from."""
    for name in (SD, "enveloping", "default"):
        for what in ("issue", "derive"):
            response = seeded.site.client.post(
                f"{seeded.issuers[name]['path']}/credentials/{what}",
                data=json.dumps(body),
                content_type="application/json",
                headers=seeded.site.bearer("conformance"),
            )

            assert 400 == response.status_code, response.get_data(as_text=True)
            assert "json" in response.content_type
