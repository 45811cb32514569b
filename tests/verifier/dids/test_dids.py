"""From a DID URL to one usable key, and every way in which that must not succeed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signers import Ed25519TestKey
from verifier import limits
from verifier.dids import resolve, retrieve_verification_method
from verifier.dids.document import VerificationMethod, parse_did_document
from verifier.dids.key import did_key
from verifier.dids.web import did_web, did_web_url
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.sources import Fetched
from verifier.strict_json import JsonObject

KEY, OTHER = Ed25519TestKey.number(1), Ed25519TestKey.number(2)
NOW = datetime(2026, 3, 24, 19, 2, tzinfo=UTC)
DID = "did:web:uni.example"
URL = f"{DID}#key-1"


@dataclass
class FakeWeb:
    """A web of prepared bodies, or of one error; remembers what was asked for."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    error: UncheckedError | None = None
    asked: list[str] = field(default_factory=list)

    def __call__(self, url: str, *, accept: str, max_bytes: int) -> Fetched:
        self.asked.append(url)
        if self.error is not None:
            raise self.error
        if url not in self.bodies:
            raise UncheckedError(Code.FETCH_FAILED, "404")
        return Fetched(url=url, content_type="application/json", body=self.bodies[url])


def _method(**changes: Any) -> JsonObject:
    method = {
        "id": URL,
        "type": "Multikey",
        "controller": DID,
        "publicKeyMultibase": KEY.multibase,
        **changes,
    }
    return {name: value for name, value in method.items() if value is not None}


def _document(**changes: Any) -> JsonObject:
    document = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [_method()],
        "assertionMethod": [URL],
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def _retrieve(
    document: JsonObject | bytes, url: str = URL, relationship: str = "assertionMethod"
) -> VerificationMethod:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    web = FakeWeb({"https://uni.example/.well-known/did.json": body})
    return retrieve_verification_method(url, relationship=relationship, fetch=web, now=NOW)


def _code(act: Callable[[], object], kind: type[CheckError] = RefusedError) -> Code:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


# --- retrieval --------------------------------------------------------------------------


def test_listed_keys_are_found() -> None:
    """A key of the issuer's document, listed for the relationship, is usable."""
    found = _retrieve(_document())

    assert VerificationMethod(id=URL, controller=DID, key=KEY.public) == found


@pytest.mark.parametrize(
    "document",
    [
        _document(verificationMethod=[_method(id="#key-1")]),
        _document(assertionMethod=["#key-1"]),
        _document(verificationMethod=None, assertionMethod=[_method()]),
        _document(verificationMethod=None, assertionMethod=[_method(id="#key-1")]),
        _document(verificationMethod=[_method(type="Ed25519VerificationKey2020")]),
        _document(verificationMethod=[_method(), {"id": "#rsa", "type": "RsaKey2018"}]),
        _document(verificationMethod=[_method(expires="2027-01-01T00:00:00Z")]),
        _document(verificationMethod=[_method(revoked="2027-01-01T00:00:00Z")]),
    ],
)
def test_other_ways_to_list_a_key(document: JsonObject) -> None:
    """Relative ids, embedded methods, older types and unknown neighbours are read."""
    assert KEY.public == _retrieve(document).key


def test_jwks_are_read_too() -> None:
    """A key published as a JSON Web Key is the same key."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "TLWr9q15-_WrvMr8wmnYXNJlHtS4hbWGnyQa7fCluik"}
    method = _method(type="JsonWebKey", publicKeyMultibase=None, publicKeyJwk=jwk)

    assert KEY.public == _retrieve(_document(verificationMethod=[method])).key


METHOD = Code.INVALID_VERIFICATION_METHOD
DOCUMENT = Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT
DOCUMENT_ID = Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID
RELATIONSHIP = Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD
JWK = {"kty": "OKP", "crv": "Ed25519", "x": "TLWr9q15-_WrvMr8wmnYXNJlHtS4hbWGnyQa7fCluik"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (_document(id="did:web:other.example"), DOCUMENT_ID),
        (_document(id="did:web:UNI.example"), DOCUMENT_ID),
        (_document(id=None), DOCUMENT),
        (_document(id=[DID]), DOCUMENT),
        (_document(verificationMethod=_method()), DOCUMENT),
        (_document(verificationMethod=[URL]), DOCUMENT),
        (_document(verificationMethod=[_method(id=7)]), DOCUMENT),
        (_document(assertionMethod=URL), DOCUMENT),
        (_document(assertionMethod=[7]), DOCUMENT),
        (_document(authentication=[None]), DOCUMENT),
        (_document(verificationMethod=[]), METHOD),
        (_document(verificationMethod=None), METHOD),
        (_document(verificationMethod=[_method(id=f"{DID}#key-2")]), METHOD),
        (_document(verificationMethod=[_method(id="did:web:other.example#key-1")]), METHOD),
        (_document(verificationMethod=[_method(controller="did:web:other.example")]), METHOD),
        (_document(verificationMethod=[_method(controller=[DID])]), METHOD),
        (_document(verificationMethod=[_method(controller=None)]), METHOD),
        (_document(verificationMethod=[_method(), _method()]), METHOD),
        (_document(verificationMethod=[_method(), _method(id="#key-1")]), METHOD),
        (_document(authentication=[_method()]), METHOD),
        (_document(verificationMethod=[_method(type=None)]), METHOD),
        (_document(verificationMethod=[_method(type=["Multikey"])]), METHOD),
        (_document(verificationMethod=[_method(type={})]), METHOD),
        (_document(verificationMethod=[_method(publicKeyMultibase=None)]), METHOD),
        (_document(verificationMethod=[_method(publicKeyMultibase="z0OIl")]), METHOD),
        (_document(verificationMethod=[_method(publicKeyJwk=JWK)]), METHOD),
        (_document(verificationMethod=[_method(type="JsonWebKey")]), METHOD),
        (_document(verificationMethod=[_method(revoked="2026-03-24T19:02:00Z")]), METHOD),
        (_document(verificationMethod=[_method(expires="2026-03-24T19:02:00Z")]), METHOD),
        (_document(verificationMethod=[_method(expires="tomorrow")]), METHOD),
        (_document(verificationMethod=[_method(revoked=False)]), METHOD),
        (_document(assertionMethod=None), RELATIONSHIP),
        (_document(assertionMethod=[]), RELATIONSHIP),
        (_document(assertionMethod=[f"{DID}#key-2"]), RELATIONSHIP),
        (_document(assertionMethod=None, authentication=[URL]), RELATIONSHIP),
        (
            _document(verificationMethod=None, assertionMethod=None, authentication=[_method()]),
            RELATIONSHIP,
        ),
        (_document(verificationMethod=[_method(secretKeyMultibase="z3u2")]), DOCUMENT),
        (_document(service=[{"privateKeyJwk": {}}]), DOCUMENT),
        (_document(service=[{"publicKeyJwk": {**JWK, "d": "AA"}}]), DOCUMENT),
        (b"<html></html>", DOCUMENT),
        (b"[]", DOCUMENT),
        (b'{"id": "did:web:uni.example", "id": "did:web:uni.example"}', DOCUMENT),
        (b"", DOCUMENT),
    ],
)
def test_wrong_documents_are_refused(document: JsonObject | bytes, code: Code) -> None:
    """A document that does not publish this key for this use, under this id, is refused."""
    assert code is _code(lambda: _retrieve(document))


def test_weak_keys_are_refused() -> None:
    """A key of small order is refused by its own code."""
    weak = "z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP"  # 32 zero bytes

    assert Code.WEAK_KEY is _code(
        lambda: _retrieve(_document(verificationMethod=[_method(publicKeyMultibase=weak)]))
    )


def test_unknown_key_types_are_undecided() -> None:
    """A key in a form that is not supported is could not check, but only when it is needed."""
    document = _document(verificationMethod=[_method(type="Ed25519VerificationKey2018")])

    assert Code.UNSUPPORTED_CRYPTOSUITE is _code(lambda: _retrieve(document), UncheckedError)


def test_key_agreement_is_not_signing() -> None:
    """A key for agreement is not usable for assertions."""
    document = _document(assertionMethod=None, keyAgreement=[URL])

    assert RELATIONSHIP is _code(lambda: _retrieve(document))


def test_too_many_keys_are_refused() -> None:
    """The number of keys in a document is bounded."""
    many = [_method(id=f"#key-{n}") for n in range(limits.VERIFICATION_METHODS + 1)]

    assert Code.LIMIT_EXCEEDED is _code(lambda: _retrieve(_document(verificationMethod=many)))


# --- the network ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (Code.FETCH_FAILED, Code.KEY_UNAVAILABLE),
        (Code.FETCH_TIMEOUT, Code.KEY_UNAVAILABLE),
        (Code.LIMIT_EXCEEDED, Code.KEY_UNAVAILABLE),
        (Code.ADDRESS_NOT_ALLOWED, Code.ADDRESS_NOT_ALLOWED),
    ],
)
def test_unreachable_documents_are_undecided(cause: Code, code: Code) -> None:
    """A document that cannot be had is could not check, never a no."""
    web = FakeWeb(error=UncheckedError(cause, "down"))

    assert code is _code(lambda: resolve(DID, fetch=web, now=NOW), UncheckedError)


# --- syntax -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "key-1",
        "#key-1",
        "urn:uuid:1#key-1",
        "did:web:uni.example",
        "did:web:uni.example#",
        "did:web:uni.example#a#b",
        "did:web:uni.example/path#key-1",
        "did:web:uni.example?versionId=1#key-1",
        "did:web:#key-1",
        "did:web:uni.example:#key-1",
        "DID:web:uni.example#key-1",
        "did:WEB:uni.example#key-1",
        "did::uni.example#key-1",
        "did:web:uni.example\n#key-1",
        "did:web:" + "a" * limits.DID_CHARACTERS + "#key-1",
    ],
)
def test_malformed_method_urls_are_refused(url: str) -> None:
    """A verification method is a DID with a fragment, nothing else; nothing is fetched."""
    web = FakeWeb()
    code = _code(
        lambda: retrieve_verification_method(
            url, relationship="assertionMethod", fetch=web, now=NOW
        )
    )

    assert code is Code.INVALID_VERIFICATION_METHOD_URL
    assert web.asked == []


@pytest.mark.parametrize("url", ["did:ion:abc#key-1", "did:https:abc#key-1"])
def test_other_methods_are_undecided(url: str) -> None:
    """A DID method that is not supported is could not check; nothing is fetched."""
    web = FakeWeb()
    code = _code(
        lambda: retrieve_verification_method(
            url, relationship="assertionMethod", fetch=web, now=NOW
        ),
        UncheckedError,
    )

    assert code is Code.UNSUPPORTED_DID_METHOD
    assert web.asked == []


# --- did:key ----------------------------------------------------------------------------


def test_did_keys_need_no_network() -> None:
    """A did:key is its own document."""
    found = retrieve_verification_method(
        KEY.verification_method, relationship="assertionMethod", fetch=FakeWeb(), now=NOW
    )

    assert KEY.public == found.key
    assert KEY.did == found.controller == did_key(KEY.public)


@pytest.mark.parametrize(
    "url",
    [
        f"{KEY.did}#{OTHER.multibase}",
        f"{KEY.did}#key-1",
        f"did:key:1.1:{KEY.multibase}#{KEY.multibase}",
    ],
)
def test_the_fragment_of_a_did_key_is_its_key(url: str) -> None:
    """A did:key with another key in its fragment, or in another form, is refused."""
    with pytest.raises(CheckError) as caught:
        retrieve_verification_method(url, relationship="assertionMethod", fetch=FakeWeb(), now=NOW)

    assert caught.value.code in {Code.INVALID_VERIFICATION_METHOD_URL, METHOD}


# --- did:web ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:uni.example", "https://uni.example/.well-known/did.json"),
        ("did:web:uni.example:issuers:a-b_c.d", "https://uni.example/issuers/a-b_c.d/did.json"),
        ("did:web:uni.example%3A8443", "https://uni.example:8443/.well-known/did.json"),
        ("did:web:xn--nxasmq6b.example", "https://xn--nxasmq6b.example/.well-known/did.json"),
        ("did:web:127.0.0.1%3A8100:issuers:a", "http://127.0.0.1:8100/issuers/a/did.json"),
        ("did:web:localhost%3A8100", "http://localhost:8100/.well-known/did.json"),
        ("did:web:%5B%3A%3A1%5D%3A8100", "http://[::1]:8100/.well-known/did.json"),
        ("did:web:%5B%3A%3A1%5D", "http://[::1]/.well-known/did.json"),
    ],
)
def test_did_web_addresses(did: str, url: str) -> None:
    """Each did:web stands for one address, and loopback ones for plain http."""
    assert url == did_web_url(did)


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:web:Uni.example",
        "did:web:uni..example",
        "did:web:.example",
        "did:web:uni.example.",
        "did:web:-uni.example",
        "did:web:uni_x.example",
        "did:web:uni.example:",
        "did:web:uni.example::a",
        "did:web:uni.example:..:a",
        "did:web:uni.example:.",
        "did:web:uni.example:a%2Fb",
        "did:web:uni.example:%2e%2e",
        "did:web:uni.example:a/b",
        "did:web:uni.example%2Fa",
        "did:web:uni.example%3A",
        "did:web:uni.example%3Aabc",
        "did:web:uni.example%3A0",
        "did:web:uni.example%3A080",
        "did:web:uni.example%3A65536",
        "did:web:uni.example%3a8443",
        "did:web:user%40uni.example",
        "did:web:10.0.0.1",
        "did:web:127.0.0.2",
        "did:web:127.1",
        "did:web:2130706433",
        "did:web:0x7f000001",
        "did:web:0x7f.1",
        "did:web:169.254.169.254",
        "did:web:%5B%3A%3A2%5D",
        "did:web:%5B%3A%3Affff%3A7f00%3A1%5D",
        "did:web:uni.example?x",
        "did:web:uni.example#x",
        "did:web:üni.example",
        "did:web:" + "a." * 130 + "example",
    ],
)
def test_other_spellings_of_did_web_are_refused(did: str) -> None:
    """One spelling per address: no IP address, no encoding, no dots, no empty parts."""
    assert Code.INVALID_VERIFICATION_METHOD_URL is _code(lambda: did_web_url(did))


@pytest.mark.parametrize(
    ("origin", "path", "did"),
    [
        ("https://uni.example", (), "did:web:uni.example"),
        ("https://uni.example:8443/", ("issuers", "a"), "did:web:uni.example%3A8443:issuers:a"),
        ("http://127.0.0.1:8100", ("issuers", "a"), "did:web:127.0.0.1%3A8100:issuers:a"),
        ("http://[::1]:8100", (), "did:web:%5B%3A%3A1%5D%3A8100"),
    ],
)
def test_did_web_of_an_origin(origin: str, path: tuple[str, ...], did: str) -> None:
    """An origin and a path give the did:web whose document is served there."""
    assert did == did_web(origin, *path)


@pytest.mark.parametrize(
    ("origin", "path"),
    [
        ("http://uni.example", ()),
        ("https://127.0.0.1", ()),
        ("https://10.0.0.1", ()),
        ("https://uni.example/path", ()),
        ("https://uni.example", ("..",)),
        ("https://uni.example", ("a/b",)),
        ("uni.example", ()),
    ],
)
def test_origins_without_did_web(origin: str, path: tuple[str, ...]) -> None:
    """An origin that no did:web reaches is an error of the caller."""
    with pytest.raises(ValueError, match=r"did:web|origin"):
        did_web(origin, *path)


# --- any input --------------------------------------------------------------------------

_ANY: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.text(max_size=5), st.just(DID)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "type", "controller", "publicKeyMultibase", "publicKeyJwk"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


@given(
    name=st.sampled_from(["verificationMethod", "assertionMethod", "keyAgreement", "id"]),
    value=_ANY,
    inside=st.sampled_from(["id", "type", "controller", "publicKeyMultibase", "expires"]),
    member=_ANY,
)
def test_no_document_raises_anything_else(name: str, value: Any, inside: str, member: Any) -> None:
    """Arbitrary documents give a key or one of our errors."""
    for document in (
        {**_document(), name: value},
        _document(verificationMethod=[{**_method(), inside: member}]),
    ):
        try:
            parse_did_document(copy.deepcopy(document), DID).method(URL, "assertionMethod", NOW)
        except CheckError:
            continue


@given(
    text=st.text(max_size=40)
    | st.from_regex(r"did:(web|key|jwk):.{0,30}", fullmatch=True)
    | st.from_regex(r"did:webvh:Qm[1-9A-Za-km-z]{44}:.{0,30}", fullmatch=True)
    | st.from_regex(r"https?://.{0,30}#a", fullmatch=True)
)
def test_no_identifier_raises_anything_else(text: str) -> None:
    """Arbitrary texts give a key or one of our errors."""
    try:
        retrieve_verification_method(text, relationship="assertionMethod", fetch=FakeWeb(), now=NOW)
    except CheckError:
        return
