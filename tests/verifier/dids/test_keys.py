"""From what a token says about its key to one that the issuer lists, and never to another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fake_network import DOWN, FakeNetwork, Prepared
from tests.signers import EcTestKey, Ed25519TestKey
from verifier import limits
from verifier.dids import retrieve_verification_method
from verifier.dids.issuer_metadata import issuer_metadata_url, parse_jwk_set
from verifier.dids.keys import KeyHint, controller_of, find_key
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.proofs.jwk import build_jwk, thumbprint
from verifier.proofs.multikey import PublicKey
from verifier.secured import KeyFinder
from verifier.strict_json import JsonObject

KEY, OTHER, THIRD = Ed25519TestKey.number(1), Ed25519TestKey.number(2), EcTestKey.number(3)
NOW = datetime(2026, 3, 24, 19, 2, tzinfo=UTC)
ISSUER = "https://issuer.example/tenant/1"
METADATA = "https://issuer.example/.well-known/jwt-vc-issuer/tenant/1"
WEB, WEB_URL = "did:web:issuer.example", "https://issuer.example/.well-known/did.json"
NO_HINT = KeyHint(kid=None)


def _finder(relationship: str = "assertionMethod", **answers: Prepared) -> KeyFinder:
    urls = {"document": ISSUER, "metadata": METADATA, "web": WEB_URL, "uri": f"{ISSUER}/jwks"}
    network = FakeNetwork({urls[name]: answer for name, answer in answers.items()})
    return KeyFinder(fetch=network, now=NOW, relationship=relationship)


def _jwk(key: Ed25519TestKey | EcTestKey = KEY, **members: Any) -> JsonObject:
    return build_jwk(key.public) | members


def _metadata(*keys: JsonObject, **members: Any) -> JsonObject:
    return {"issuer": ISSUER, "jwks": {"keys": list(keys)}} | members


def _document(of: str, *methods: JsonObject, **members: Any) -> JsonObject:
    listed = [f"{of}#{number}" for number, _ in enumerate(methods)]
    return {
        "id": of,
        "verificationMethod": [
            {"id": url, "type": "JsonWebKey", "controller": of} | method
            for url, method in zip(listed, methods, strict=True)
        ],
        "assertionMethod": listed,
    } | members


def _published(key: Ed25519TestKey | EcTestKey = KEY, **members: Any) -> JsonObject:
    return {"publicKeyJwk": _jwk(key)} | members


def _code(act: Callable[[], object], kind: type[CheckError] = RefusedError) -> Code:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


# --- whose key --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kid", "controller"),
    [
        (None, WEB),
        ("key-1", WEB),
        ("#key-1", WEB),
        ("did:web:other.example", WEB),
        ("did:web:other.example#key-1", "did:web:other.example"),
        ("https://other.example/keys#1", "https://other.example/keys"),
    ],
)
def test_an_absolute_kid_names_the_controller(kid: str | None, controller: str) -> None:
    """Only a URL with a fragment can lead to somebody else's document."""
    assert controller == controller_of(KeyHint(kid=kid), WEB)


# --- DID documents ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "kid",
    [
        f"{WEB}#1",
        "#1",
        "1",
        "named",
        thumbprint(OTHER.public),
        f"urn:ietf:params:oauth:jwk-thumbprint:sha-256:{thumbprint(OTHER.public)}",
    ],
)
def test_the_names_of_a_key_in_a_did_document(kid: str) -> None:
    """A DID URL, a fragment, a thumbprint and the JWK's own name all lead to the key."""
    methods = _published(), {"publicKeyJwk": _jwk(OTHER, kid="named")}

    found = find_key(KeyHint(kid=kid), WEB, finder=_finder(web=_document(WEB, *methods)))

    assert OTHER.public == found


@pytest.mark.parametrize("key", [KEY, THIRD])
def test_the_only_key_needs_no_name(key: Ed25519TestKey | EcTestKey) -> None:
    """An issuer with one key, and a did:key always, is found without a hint."""
    assert key.public == find_key(NO_HINT, WEB, finder=_finder(web=_document(WEB, _published(key))))
    assert key.public == find_key(NO_HINT, key.did, finder=_finder())


def test_several_keys_need_a_name() -> None:
    """Which of two keys signed is not for the verifier to try out."""
    finder = _finder(web=_document(WEB, _published(), _published(OTHER)))

    assert Code.ISSUER_KEY_MISMATCH is _code(lambda: find_key(NO_HINT, WEB, finder=finder))


@pytest.mark.parametrize(
    "out_of_use",
    [
        _published(OTHER, revoked="2026-01-01T00:00:00Z"),
        _published(OTHER, expires="2026-01-01T00:00:00Z"),
        {"publicKeyJwk": {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}},
    ],
)
def test_keys_out_of_use_do_not_get_in_the_way(out_of_use: JsonObject) -> None:
    """A key that could not count leaves the other one as the only one."""
    finder = _finder(web=_document(WEB, out_of_use, _published()))

    assert KEY.public == find_key(NO_HINT, WEB, finder=finder)


def test_a_revoked_key_is_no_key_under_any_name() -> None:
    """A token that names a revoked key is refused for that."""
    revoked = _published(revoked="2026-01-01T00:00:00Z")
    finder = _finder(web=_document(WEB, revoked, _published(OTHER)))

    for kid in (f"{WEB}#0", "#0", "0"):
        code = _code(lambda kid=kid: find_key(KeyHint(kid=kid), WEB, finder=finder))
        assert Code.INVALID_VERIFICATION_METHOD is code


def test_unsupported_keys_leave_the_question_open() -> None:
    """A key that is named and of an unknown kind is could not check."""
    unknown = {"publicKeyJwk": {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}}
    finder = _finder(web=_document(WEB, unknown, _published()))

    code = _code(lambda: find_key(KeyHint(kid="0"), WEB, finder=finder), UncheckedError)

    assert Code.UNSUPPORTED_CRYPTOSUITE is code


def test_only_keys_for_the_purpose_count() -> None:
    """A key for authentication does not sign credentials, under any name."""
    document = _document(WEB, _published(), assertionMethod=[], authentication=[f"{WEB}#0"])

    for hint in (NO_HINT, KeyHint(kid="0"), KeyHint(kid=None, jwk=KEY.public)):
        code = _code(lambda hint=hint: find_key(hint, WEB, finder=_finder(web=document)))
        assert Code.ISSUER_KEY_MISMATCH is code
    assert KEY.public == find_key(NO_HINT, WEB, finder=_finder("authentication", web=document))


# --- a key in the header ----------------------------------------------------------------


def test_a_key_in_the_header_counts_when_it_is_listed() -> None:
    """The issuer's own list decides; the header only says which."""
    finder = _finder(web=_document(WEB, _published(), _published(OTHER)))

    assert OTHER.public == find_key(KeyHint(kid=None, jwk=OTHER.public), WEB, finder=finder)


@pytest.mark.parametrize("kid", [None, "0", "#0", f"{WEB}#0", "elsewhere"])
def test_a_key_in_the_header_that_is_not_listed(kid: str | None) -> None:
    """A stranger's key in the header proves nothing, whatever it is called."""
    finder = _finder(web=_document(WEB, _published()))

    code = _code(lambda: find_key(KeyHint(kid=kid, jwk=OTHER.public), WEB, finder=finder))

    assert Code.ISSUER_KEY_MISMATCH is code


# --- https issuers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        (ISSUER, METADATA),
        ("https://issuer.example", "https://issuer.example/.well-known/jwt-vc-issuer"),
        ("https://issuer.example/", "https://issuer.example/.well-known/jwt-vc-issuer"),
        ("https://a.example:8443/b/", "https://a.example:8443/.well-known/jwt-vc-issuer/b"),
        ("http://127.0.0.1:81/b", "http://127.0.0.1:81/.well-known/jwt-vc-issuer/b"),
    ],
)
def test_where_issuer_metadata_stands(issuer: str, url: str) -> None:
    """The well-known part goes between the host and the path."""
    assert url == issuer_metadata_url(issuer)


@pytest.mark.parametrize(
    "issuer",
    [
        "http://issuer.example",
        "https://issuer.example?a",
        "https://issuer.example#a",
        "https://",
        "https:issuer.example",
        "https://user@issuer.example",
        "https://Issuer.example",
        "https://10.0.0.1/a",
        "https://issuer.example/../a",
        "https://issuer.example/%2e%2e/a",
        "https://issuer.example:0",
        "https://issuer.example:99999",
        "ftp://issuer.example",
    ],
)
def test_other_addresses_identify_nobody(issuer: str) -> None:
    """One spelling of an https address, or the document is refused before anything is asked."""
    finder = _finder()

    code = _code(lambda: find_key(NO_HINT, issuer, finder=finder))

    assert Code.INVALID_VERIFICATION_METHOD_URL is code


@pytest.mark.parametrize("kid", ["b", thumbprint(OTHER.public)])
def test_issuer_metadata_lists_keys(kid: str) -> None:
    """The keys stand in the metadata, or where it says."""
    keys = _jwk(KEY, kid="a"), _jwk(OTHER, kid="b")
    elsewhere = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}

    inside = _finder(metadata=_metadata(*keys))
    outside = _finder(metadata=elsewhere, uri={"keys": list(keys)})

    assert OTHER.public == find_key(KeyHint(kid=kid), ISSUER, finder=inside)
    assert OTHER.public == find_key(KeyHint(kid=kid), ISSUER, finder=outside)


def test_keys_for_encryption_are_not_meant() -> None:
    """The one key for signatures is the only one."""
    finder = _finder(metadata=_metadata(_jwk(THIRD, use="enc"), _jwk(KEY)))

    assert KEY.public == find_key(NO_HINT, ISSUER, finder=finder)
    assert Code.ISSUER_KEY_MISMATCH is _code(
        lambda: find_key(KeyHint(kid=None, jwk=THIRD.public), ISSUER, finder=finder)
    )


def test_without_metadata_the_document_at_the_address_counts() -> None:
    """An https issuer may publish a controlled identifier document instead."""
    finder = _finder(document=_document(ISSUER, _published()))

    assert KEY.public == find_key(NO_HINT, ISSUER, finder=finder)
    assert KEY.public == find_key(KeyHint(kid=f"{ISSUER}#0"), ISSUER, finder=finder)
    assert KEY.public == find_key(KeyHint(kid="#0"), ISSUER, finder=finder)


@pytest.mark.parametrize(
    "metadata", [DOWN, b"<html>", _metadata(issuer="https://other.example"), _metadata()]
)
def test_no_failure_leads_to_another_document(metadata: Prepared) -> None:
    """Metadata that does not arrive, is none, or does not list the key ends the search."""
    finder = _finder(metadata=metadata, document=_document(ISSUER, _published()))

    with pytest.raises(CheckError):
        find_key(NO_HINT, ISSUER, finder=finder)
    assert [(METADATA, None)] == finder.fetch.asked  # type: ignore[attr-defined]  # our fake


def test_metadata_is_for_credentials_only() -> None:
    """What a holder answers with is listed for authentication, which metadata cannot say."""
    finder = _finder("authentication", metadata=_metadata(_jwk()))

    code = _code(lambda: find_key(NO_HINT, ISSUER, finder=finder), UncheckedError)

    assert Code.KEY_UNAVAILABLE is code


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ({}, UncheckedError, Code.KEY_UNAVAILABLE),
        ({"metadata": DOWN}, UncheckedError, Code.KEY_UNAVAILABLE),
        ({"metadata": b"{"}, UncheckedError, Code.KEY_UNAVAILABLE),
        ({"metadata": b"[]"}, UncheckedError, Code.KEY_UNAVAILABLE),
        ({"document": b"<html>"}, UncheckedError, Code.KEY_UNAVAILABLE),
        (
            {"metadata": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}},
            UncheckedError,
            Code.KEY_UNAVAILABLE,
        ),
        (
            {"metadata": _metadata(issuer=f"{ISSUER}/")},
            RefusedError,
            Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
        ),
        (
            {"document": _document("https://other.example", _published())},
            RefusedError,
            Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID,
        ),
        *[
            ({"metadata": metadata}, RefusedError, Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT)
            for metadata in (
                {"issuer": ISSUER},
                _metadata(jwks_uri=f"{ISSUER}/jwks"),
                _metadata(jwks=[]),
                _metadata(jwks={"keys": {}}),
                _metadata(_jwk(d="AA")),
                _metadata(_jwk(), {"kty": "oct", "k": "AA"}),
                _metadata(_jwk(kid="a"), _jwk(OTHER, kid="a")),
                _metadata(_jwk(kid=1)),
                _metadata({"kid": "a"}),
                {"issuer": ISSUER, "jwks_uri": 1},
            )
        ],
        (
            {"metadata": _metadata(*[_jwk()] * (limits.VERIFICATION_METHODS + 1))},
            RefusedError,
            Code.LIMIT_EXCEEDED,
        ),
        ({"metadata": _metadata()}, RefusedError, Code.ISSUER_KEY_MISMATCH),
        (
            {"metadata": _metadata(_jwk(), _jwk(OTHER))},
            RefusedError,
            Code.ISSUER_KEY_MISMATCH,
        ),
    ],
)
def test_https_issuers_without_a_usable_key(
    answers: dict[str, Prepared], kind: type[CheckError], code: Code
) -> None:
    """What does not arrive is could not check; what arrives and is wrong is refused."""
    finder = _finder(**answers)

    assert code is _code(lambda: find_key(NO_HINT, ISSUER, finder=finder), kind)


def test_one_key_twice_is_one_key() -> None:
    """The same key without names in a set is not ambiguous."""
    finder = _finder(metadata=_metadata(_jwk(), _jwk()))

    assert KEY.public == find_key(NO_HINT, ISSUER, finder=finder)


def test_https_documents_are_documents_like_any_other() -> None:
    """Controlled Identifiers 1.0, section 3.3: the same retrieval, also with a query."""
    url = "https://issuer.example/keys?v=1"
    network = FakeNetwork({url: _document(url, _published())})

    found = retrieve_verification_method(
        f"{url}#0", relationship="assertionMethod", fetch=network, now=NOW
    )

    assert (KEY.public, url, [url]) == (found.key, found.controller, network.urls)


# --- anything ---------------------------------------------------------------------------

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["keys", "kty", "kid", "crv", "x", "y", "use", "alg", "key_ops", "n"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=100)
@given(value=_json, kid=st.none() | st.text(max_size=20))
def test_any_key_set_ends_in_a_key_or_our_own_error(value: Any, kid: str | None) -> None:
    """No key set and no kid make it raise anything else."""
    try:
        parse_jwk_set(value)
        found = find_key(KeyHint(kid=kid), ISSUER, finder=_finder(metadata=_metadata(jwks=value)))
    except CheckError:
        return
    assert isinstance(found, PublicKey)
