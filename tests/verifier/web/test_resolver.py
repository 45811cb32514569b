"""``GET /1.0/identifiers/{did}``: documents and keys, or the reason in the body and the status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import webvh_logs as logs
from tests.fake_network import DOWN, FakeNetwork
from tests.signers import EcTestKey, Ed25519TestKey, RsaTestKey
from tests.verifier.web.states import fake_services
from verifier.dids.resolution import ErrorName
from verifier.proofs.jwk import build_jwk
from verifier.proofs.multikey import encode_base58btc
from verifier.sources import Sources
from verifier.strict_json import JsonObject, parse_json_object
from verifier.web.application import create_app
from verifier.web.resolver import STATUSES

KEY, P256 = Ed25519TestKey.number(1), EcTestKey.number(2)
WEB = "did:web:issuer.example"
SUITE_ACCEPT = 'application/ld+json;profile="https://w3id.org/did-resolution"'


@dataclass(frozen=True, slots=True)
class Resolver:
    """The service over a network of prepared answers."""

    client: FlaskClient
    network: FakeNetwork

    def get(
        self, identifier: str, accept: str = SUITE_ACCEPT, **query: str
    ) -> tuple[int, JsonObject]:
        response = self.client.get(
            f"/1.0/identifiers/{quote(identifier, safe='')}",
            query_string=query,
            headers={"Accept": accept},
        )
        assert "json" in response.content_type
        assert "*" == response.headers["Access-Control-Allow-Origin"]
        return response.status_code, parse_json_object(response.data)


@pytest.fixture
def resolver() -> Resolver:
    network = FakeNetwork()

    @contextmanager
    def open_sources() -> Iterator[Sources]:
        yield Sources(fetch=network)

    app = create_app(replace(fake_services(), open_sources=open_sources))
    return Resolver(app.test_client(), network)


def _error(body: JsonObject) -> Any:
    told = body.get("didDereferencingMetadata") or body["didResolutionMetadata"]
    assert {} == body["didDocument"]
    return told["error"]


# --- documents and keys -----------------------------------------------------------------


def test_the_document_of_a_did_key(resolver: Resolver) -> None:
    """All members of the result, and a document with one key for all but agreement."""
    status, body = resolver.get(KEY.did)

    document = body["didDocument"]
    assert (200, "https://w3id.org/did-resolution/v1") == (status, body["@context"])
    assert {"@context", "didDocument", "didDocumentMetadata", "didResolutionMetadata"} == set(body)
    assert [
        {
            "id": KEY.verification_method,
            "type": "Multikey",
            "controller": KEY.did,
            "publicKeyMultibase": KEY.multibase,
        }
    ] == document["verificationMethod"]
    for name in ("authentication", "assertionMethod", "capabilityInvocation"):
        assert [KEY.verification_method] == document[name]
    assert "keyAgreement" not in document
    assert [] == resolver.network.asked


def test_the_key_of_a_did_url(resolver: Resolver) -> None:
    """A fragment gives the key with its controller, under metadata of another name."""
    status, body = resolver.get(KEY.verification_method)

    assert (200, KEY.did) == (status, body["didDocument"]["controller"])
    assert KEY.verification_method == body["didDocument"]["id"]
    assert "didDereferencingMetadata" in body
    assert "didResolutionMetadata" not in body


@pytest.mark.parametrize(
    ("public_key_format", "member", "value"),
    [
        ("Multikey", "publicKeyMultibase", KEY.multibase),
        ("Ed25519VerificationKey2020", "publicKeyMultibase", KEY.multibase),
        ("JsonWebKey", "publicKeyJwk", build_jwk(KEY.public)),
        ("JsonWebKey2020", "publicKeyJwk", build_jwk(KEY.public)),
    ],
)
def test_formats_of_keys(
    resolver: Resolver, public_key_format: str, member: str, value: object
) -> None:
    """The key of a did:key is written as the client asks, in the document and by itself."""
    _, document = resolver.get(KEY.did, publicKeyFormat=public_key_format)
    _, key = resolver.get(KEY.verification_method, publicKeyFormat=public_key_format)

    for method in (document["didDocument"]["verificationMethod"][0], key["didDocument"]):
        assert (public_key_format, value) == (method["type"], method[member])
        assert KEY.verification_method == method["id"]
        assert len({"publicKeyJwk", "publicKeyMultibase"} & set(method)) == 1


def test_other_methods(resolver: Resolver) -> None:
    """did:jwk, did:web and did:webvh are resolved with what their methods tell."""
    rsa = RsaTestKey.number(3)
    log = logs.first(KEY)
    resolver.network.answers = {
        "https://issuer.example/.well-known/did.json": logs.document(WEB, KEY, service=[]),
        "https://issuer.example/.well-known/did.jsonl": logs.lines(log),
    }

    assert rsa.did == resolver.get(rsa.did)[1]["didDocument"]["id"]
    assert logs.document(WEB, KEY, service=[]) == resolver.get(WEB)[1]["didDocument"]
    assert KEY.multibase == resolver.get(f"{WEB}#key-1")[1]["didDocument"]["publicKeyMultibase"]
    _, body = resolver.get(logs.did_of(log))
    assert (log["state"], log["versionId"]) == (
        body["didDocument"],
        body["didDocumentMetadata"]["versionId"],
    )


def test_an_identifier_that_is_given_up(resolver: Resolver) -> None:
    """410, no document, and the metadata that says so."""
    one = logs.first(KEY)
    ended = logs.lines(one, logs.follow(one, KEY, deactivated=True))
    resolver.network.answers = {"https://issuer.example/.well-known/did.jsonl": ended}

    status, body = resolver.get(logs.did_of(one))

    assert (410, {}, True) == (
        status,
        body["didDocument"],
        body["didDocumentMetadata"]["deactivated"],
    )


@pytest.mark.parametrize("accept", ["application/did+json", "application/did+ld+json"])
def test_the_document_alone(resolver: Resolver, accept: str) -> None:
    """A client that asks for a document gets it without the result around it."""
    status, body = resolver.get(KEY.did, accept=accept)

    assert (200, KEY.did) == (status, body["id"])
    assert (400, "invalidDid") == (
        resolver.get("did:key:@", accept=accept)[0],
        _error(resolver.get("did:key:@", accept=accept)[1]),
    )


def test_how_long_answers_are_kept(resolver: Resolver) -> None:
    """An identifier that is its key never changes; one on the web may, and errors are not kept."""
    resolver.network.answers = {
        "https://issuer.example/.well-known/did.json": logs.document(WEB, KEY)
    }

    kept = [
        resolver.client.get(f"/1.0/identifiers/{did}").headers["Cache-Control"]
        for did in (KEY.did, WEB, "did:key:a")
    ]

    assert ["public, max-age=86400", "public, max-age=60", "no-store"] == kept


# --- errors -----------------------------------------------------------------------------

_SHORT = f"did:key:{encode_base58btc(KEY.public.key_type.prefix + KEY.public.raw[:-1])}"
_OFF = P256.public.key_type.prefix + b"\x02" + b"\xff" * 32
_OFF_CURVE = f"did:key:{encode_base58btc(_OFF)}"
_SECP256K1 = "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"


@pytest.mark.parametrize(
    ("identifier", "error"),
    [
        (f"not{KEY.did}", "invalidDid"),
        ("key", "invalidDid"),
        ("https:key:abc", "invalidDid"),
        ("did:key:@", "invalidDid"),
        ("did:key:", "invalidDid"),
        ("did:", "invalidDid"),
        (f"did:key:-4:{KEY.multibase}", "invalidDid"),
        (f"did:key:1.1:{KEY.multibase}", "invalidDid"),
        (f"did:key:u{KEY.multibase[1:]}", "invalidDid"),
        (f"did:key:{KEY.multibase[1:]}", "invalidDid"),
        (f"did:key:{'z' * 3000}", "invalidDid"),
        ("did:jwk:AA", "invalidDid"),
        ("did:web:10.0.0.1", "invalidDid"),
        ("did:ion:abc", "methodNotSupported"),
        (_SHORT, "invalidPublicKeyLength"),
        (_OFF_CURVE, "invalidPublicKey"),
        (_SECP256K1, "unsupportedPublicKeyType"),
        (f"{KEY.did}#{P256.multibase}", "invalidDidUrl"),
        (f"{KEY.did}#", "invalidDidUrl"),
        (f"{KEY.did}/^bar^/?query=`#{KEY.multibase}", "invalidDidUrl"),
        (f"not{KEY.did}#{KEY.multibase}", "invalidDidUrl"),
        (f"{KEY.did}?service=files", "featureNotSupported"),
        (f"{KEY.did}/path", "featureNotSupported"),
        (f"{RsaTestKey.number(3).did}#1", "invalidDidUrl"),
        ("did:ion:abc#a", "methodNotSupported"),
        ("did:web:nowhere.example", "notFound"),
        ("did:web:down.example", "internalError"),
        ("did:web:other.example", "invalidDidDocument"),
        ("did:web:page.example", "invalidDidDocument"),
        (f"{WEB}#unheard-of", "notFound"),
        ("did:webvh:QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE:page.example", "invalidDid"),
    ],
)
def test_why_there_is_no_document(resolver: Resolver, identifier: str, error: str) -> None:
    """The name of the error in the body, and its status."""
    resolver.network.answers = {
        "https://issuer.example/.well-known/did.json": logs.document(WEB, KEY),
        "https://down.example/.well-known/did.json": DOWN,
        "https://other.example/.well-known/did.json": logs.document(WEB, KEY),
        "https://page.example/.well-known/did.json": b"<html>",
        "https://page.example/.well-known/did.jsonl": b"<html>",
    }

    status, body = resolver.get(identifier)

    assert (error, STATUSES[ErrorName(error)]) == (_error(body), status)
    assert ("didDereferencingMetadata" in body) == any(mark in identifier for mark in "#?/")


@pytest.mark.parametrize(
    ("identifier", "query", "error"),
    [
        (KEY.did, {"publicKeyFormat": "unknown"}, "unsupportedPublicKeyType"),
        (KEY.did, {"publicKeyFormat": ""}, "unsupportedPublicKeyType"),
        (P256.did, {"publicKeyFormat": "Ed25519VerificationKey2020"}, "invalidPublicKeyType"),
        (
            KEY.verification_method,
            {
                "publicKeyFormat": "Ed25519VerificationKey2018",
                "enableExperimentalPublicKeyTypes": "false",
            },
            "invalidPublicKeyType",
        ),
        (
            KEY.verification_method,
            {
                "publicKeyFormat": "Ed25519VerificationKey2018",
                "enableExperimentalPublicKeyTypes": "true",
            },
            "unsupportedPublicKeyType",
        ),
    ],
)
def test_formats_that_are_not_to_be_had(
    resolver: Resolver, identifier: str, query: dict[str, str], error: str
) -> None:
    """A format that is unknown, experimental, or does not fit the key."""
    status, body = resolver.get(identifier, **query)

    assert (error, STATUSES[ErrorName(error)]) == (_error(body), status)


def test_representations_that_are_not_to_be_had(resolver: Resolver) -> None:
    """A client that takes no JSON is told so, in JSON."""
    status, body = resolver.get(KEY.did, accept="application/cbor")

    assert (406, "representationNotSupported") == (status, _error(body))


def test_every_error_has_a_status() -> None:
    """None of them is 2xx, and none is a fault of ours."""
    assert set(ErrorName) == set(STATUSES)
    assert all(400 <= status < 600 and status not in (500, 503) for status in STATUSES.values())


_CLOSED = create_app(fake_services()).test_client()


@settings(max_examples=100)
@given(
    identifier=st.text(min_size=1, max_size=40).map(lambda text: f"did:key:{text}")
    | st.text(min_size=1, max_size=40),
    query=st.dictionaries(
        st.sampled_from(["publicKeyFormat", "enableExperimentalPublicKeyTypes"]),
        st.text(max_size=5),
    ),
)
def test_any_identifier_ends_in_an_answer(identifier: str, query: dict[str, str]) -> None:
    """No identifier and no option is a fault of ours."""
    client = create_app(fake_services()).test_client()

    response = client.get(f"/1.0/identifiers/{quote(identifier, safe='')}", query_string=query)

    assert response.status_code not in (500, 503)
