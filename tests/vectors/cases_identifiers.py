"""Identifiers that must not lead to a key: forged, private, for something else, somebody else's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tests import webvh_logs as logs
from tests.signers import EcTestKey, Ed25519TestKey, Signing, secure_document
from tests.vectors.cases import (
    KEY,
    SITE,
    STRANGER,
    Answers,
    Case,
    badge,
    refused,
    undecided,
)
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import build_jws, encode_base64url
from verifier.proofs.multikey import KeyType, encode_base58btc
from verifier.strict_json import JsonObject

WITNESS, OTHER_WITNESS = Ed25519TestKey.number(11), Ed25519TestKey.number(12)
P256: Final = EcTestKey.number(1)
LOG_URL: Final = f"{SITE}/.well-known/did.jsonl"
WITNESS_URL: Final = f"{SITE}/.well-known/did-witness.json"
HTTPS: Final = f"{SITE}/tenant/1"
METADATA_URL: Final = f"{SITE}/.well-known/jwt-vc-issuer/tenant/1"

MALFORMED: Final = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT"
ANOTHER: Final = "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID"
BAD_KEY: Final = "INVALID_VERIFICATION_METHOD"
BAD_URL: Final = "INVALID_VERIFICATION_METHOD_URL"
BAD_PURPOSE: Final = "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD"


def _by(did: str, fragment: str, key: Signing = KEY) -> JsonObject:
    """A badge by ``did`` with a proof by ``key`` under the name ``did#fragment``."""
    return secure_document(badge(issuer=did), key, verificationMethod=f"{did}#{fragment}")


# --- identifiers that are keys -----------------------------------------------------------


def _did_key(key_type: KeyType, raw: bytes) -> str:
    return f"did:key:{encode_base58btc(key_type.prefix + raw)}"


def _own_key(did: str) -> JsonObject:
    return _by(did, did.removeprefix("did:key:"), P256)


def _uncompressed() -> bytes:
    x, y = P256.public.coordinates()
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def _did_jwk(**members: Any) -> str:
    jwk = build_jwk(KEY.public) | members
    return f"did:jwk:{encode_base64url(json.dumps(jwk).encode())}"


def _keys() -> Iterator[tuple[str, Case]]:
    point = "Arithmetic with a point that is on another curve gives answers that leak or forge."
    for name, title, did in (
        (
            "did-key-off-its-curve",
            "A did:key whose point is not on its curve",
            _did_key(KeyType.P256, b"\x02" + b"\xff" * 32),
        ),
        (
            "did-key-uncompressed",
            "A did:key with an uncompressed point",
            _did_key(KeyType.P256, _uncompressed()),
        ),
        (
            "did-key-of-another-length",
            "A did:key with one byte too many",
            _did_key(KeyType.P256, P256.public.raw + b"\x00"),
        ),
        (
            "did-key-ed25519-named-p-256",
            "An Ed25519 key under the prefix of P-256",
            _did_key(KeyType.P256, KEY.public.raw),
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why=f"{point} One form of each key is read (Controlled Identifiers 1.0, 2.2.2).",
                build=lambda did=did: _own_key(did),
                expected=refused(BAD_KEY, 4),
            ),
        )
    yield (
        "did-key-for-agreement",
        Case(
            title="A did:key of X25519 as a signer",
            why="A key for agreement signs nothing, although its bytes are those of a point.",
            build=lambda: _own_key(_did_key(KeyType.X25519, KEY.public.raw)),
            expected=refused(BAD_PURPOSE, 4),
        ),
    )
    yield (
        "did-key-with-a-version",
        Case(
            title="A did:key with a version in its name",
            why="Two spellings of one identifier are two identifiers to whoever compares texts.",
            build=lambda: _by(f"did:key:1.1:{KEY.multibase}", KEY.multibase),
            expected=refused(BAD_URL, 4),
        ),
    )
    for name, title, why, did, fragment, code in (
        (
            "did-jwk-private",
            "A did:jwk that holds a private key",
            "Everybody who reads the credential can sign with it.",
            _did_jwk(d=encode_base64url(KEY.seed)),
            "0",
            BAD_KEY,
        ),
        (
            "did-jwk-symmetric",
            "A did:jwk of a symmetric key",
            "Whoever can check such a signature can make one.",
            _did_jwk(kty="oct", k="AAAA"),
            "0",
            BAD_KEY,
        ),
        (
            "did-jwk-for-encryption",
            "A did:jwk of a key for encryption",
            "Its owner said that it is not for signatures (did:jwk, section on use).",
            _did_jwk(use="enc"),
            "0",
            BAD_PURPOSE,
        ),
        (
            "did-jwk-with-another-fragment",
            "A did:jwk whose key is named #1",
            "The one key is always #0; a second name would be a second identity.",
            _did_jwk(),
            "1",
            BAD_URL,
        ),
        (
            "did-jwk-with-padding",
            "A did:jwk in a second spelling of base64url",
            "The exact text is the identity, so bits that say nothing must be zero.",
            f"{_did_jwk()}%3D",
            "0",
            BAD_URL,
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why=why,
                build=lambda did=did, fragment=fragment: _by(did, fragment),
                expected=refused(code, 4),
            ),
        )


# --- addresses ---------------------------------------------------------------------------


def _web_names() -> Iterator[tuple[str, Case]]:
    why = "An identifier names one document at one place; no reader may end up at another."
    for name, title, did in (
        ("did-web-with-a-way-up", "A did:web with two dots", "did:web:issuer.example:..:admin"),
        (
            "did-web-with-a-hidden-slash",
            "A did:web with an escaped slash",
            "did:web:issuer.example%2Fadmin",
        ),
        (
            "did-web-with-a-hidden-way-up",
            "A did:web with escaped dots",
            "did:web:issuer.example:%2e%2e:admin",
        ),
        (
            "did-web-with-a-port-that-is-none",
            "A did:web with a port that is a name",
            "did:web:issuer.example%3Aadmin",
        ),
        (
            "did-web-with-a-user",
            "A did:web with a user in front of its host",
            "did:web:issuer.example%40other.example",
        ),
        (
            "webvh-at-an-address",
            "A did:webvh at an IP address, escaped",
            f"did:webvh:{'Qm' + '1' * 44}:127%2E0%2E0%2E1",
        ),
        (
            "webvh-on-loopback",
            "A did:webvh on loopback",
            f"did:webvh:{'Qm' + '1' * 44}:localhost%3A8200",
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why=why,
                build=lambda did=did: _by(did, "key-1"),
                expected=refused(BAD_URL, 4),
            ),
        )


def _https_document(**members: Any) -> JsonObject:
    return {"@context": "https://www.w3.org/ns/cid/v1"} | logs.document(HTTPS, KEY, **members)


def _https_badge() -> JsonObject:
    return _by(HTTPS, "key-1")


def _token(key: Ed25519TestKey = KEY, kid: str = "key-1") -> str:
    header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": kid}
    return build_jws(header, json.dumps(badge(issuer=HTTPS)).encode(), key.sign)


def _metadata(*keys: JsonObject, **members: Any) -> JsonObject:
    return {"issuer": HTTPS, "jwks": {"keys": list(keys)}} | members


def _jwk(key: Ed25519TestKey = KEY, **members: Any) -> JsonObject:
    return build_jwk(key.public) | {"kid": "key-1"} | members


def _https() -> Iterator[tuple[str, Case]]:
    section = "Controlled Identifiers 1.0, section 3.3."
    for name, title, why, document, code in (
        (
            "https-document-of-another",
            "A key document of another address",
            f"The id in the document is the address that was asked for. {section}",
            _https_document(id=f"{SITE}/tenant/2"),
            ANOTHER,
        ),
        (
            "https-document-without-the-key",
            "A key document that does not list the key",
            f"The proof names a key that its issuer does not publish. {section}",
            _https_document(verificationMethod=[], assertionMethod=[]),
            BAD_KEY,
        ),
        (
            "https-key-for-signing-in",
            "A key at an https address that is for signing in",
            f"A key counts for what its document lists it for. {section}",
            _https_document(assertionMethod=[], authentication=[f"{HTTPS}#key-1"]),
            BAD_PURPOSE,
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why=why,
                build=_https_badge,
                expected=refused(code, 4),
                network=lambda document=document: {HTTPS: document},
            ),
        )
    yield (
        "https-address-without-tls",
        Case(
            title="An issuer at a plain http address",
            why="Whoever is in between would choose the key.",
            build=lambda: _by("http://issuer.example/tenant/1", "key-1"),
            expected=refused(BAD_URL, 4),
        ),
    )
    yield (
        "https-address-with-a-page",
        Case(
            title="An issuer whose address answers with a page for people",
            why="It may have keys elsewhere; nothing here says that it did not sign.",
            build=_https_badge,
            expected=undecided("KEY_UNAVAILABLE", 4),
            network=lambda: {HTTPS: "<html>"},
        ),
    )


def _metadata_cases() -> Iterator[tuple[str, Case]]:
    mine, strangers = _jwk(), _jwk(STRANGER)
    for name, title, why, metadata, code in (
        (
            "issuer-metadata-without-the-key",
            "A token by a key that the issuer's key set does not have",
            "A name for a key is not the key.",
            _metadata(_jwk(STRANGER, kid="key-2")),
            "ISSUER_KEY_MISMATCH",
        ),
        (
            "issuer-metadata-of-another",
            "Metadata of another issuer at the place for this one",
            "SD-JWT VC, section 4: the issuer in it is the one that was asked for.",
            _metadata(mine, issuer=f"{SITE}/tenant/2"),
            ANOTHER,
        ),
        (
            "issuer-metadata-with-a-private-key",
            "A key set with a private key in it",
            "Everybody can sign with it.",
            _metadata(_jwk(d=encode_base64url(KEY.seed))),
            MALFORMED,
        ),
        (
            "issuer-metadata-with-one-name-for-two-keys",
            "A key set with two keys of one name",
            "Which of the two counts would depend on the reader.",
            _metadata(mine, strangers),
            MALFORMED,
        ),
        (
            "issuer-metadata-with-two-key-sets",
            "Metadata with a key set in it and another one elsewhere",
            "SD-JWT VC, section 4: exactly one of jwks and jwks_uri.",
            _metadata(mine, jwks_uri=f"{SITE}/jwks"),
            MALFORMED,
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why=why,
                build=_token,
                expected=refused(code, 4),
                network=lambda metadata=metadata: {METADATA_URL: metadata},
            ),
        )


# --- logs --------------------------------------------------------------------------------

ONE: Final = logs.first(KEY)
DID: Final = logs.did_of(ONE)
TWO: Final = logs.follow(ONE, KEY)
HANDED_ON: Final = logs.document(DID, STRANGER)
WITNESSED: Final = logs.first(KEY, witness=logs.witnesses(2, WITNESS, OTHER_WITNESS))
ANNOUNCED: Final = logs.first(KEY, nextKeyHashes=[logs.key_hash(OTHER_WITNESS)])
PORTABLE: Final = logs.first(KEY, portable=True)


def _served(*entries: JsonObject, witness: JsonObject | None = None) -> Callable[[], Answers]:
    """A network with this log, and what its witnesses publish."""
    answers: Answers = {LOG_URL: logs.lines(*entries).decode()}
    if witness is not None:
        answers[WITNESS_URL] = json.dumps([witness])
    return lambda: answers


def _log(
    title: str, why: str, code: str, *entries: JsonObject, key: Ed25519TestKey = STRANGER
) -> Case:
    """A badge by the newest document of a log in which something is wrong."""
    did = logs.did_of(entries[0])
    return Case(
        title=title,
        why=why,
        build=lambda: _by(did, "key-1", key),
        expected=refused(code, 4),
        network=_served(*entries),
    )


def _logs() -> Iterator[tuple[str, Case]]:
    host = "Whoever runs the host, or took it over, must not be able to appoint a key."
    yield (
        "webvh-changed-document",
        _log("A log whose document was exchanged", host, MALFORMED, ONE | {"state": HANDED_ON}),
    )
    yield (
        "webvh-entry-by-a-stranger",
        _log(
            "A log that goes on with an entry by a stranger",
            host,
            MALFORMED,
            ONE,
            logs.follow(ONE, STRANGER, state=HANDED_ON),
        ),
    )
    yield (
        "webvh-key-that-appoints-itself",
        _log(
            "An entry that is signed by the key that it appoints",
            f"{host} An entry is signed by the keys of the one before (did:webvh 1.0, 3.7.5).",
            MALFORMED,
            ONE,
            logs.follow(ONE, STRANGER, state=HANDED_ON, updateKeys=[STRANGER.multibase]),
        ),
    )
    yield (
        "webvh-other-log",
        Case(
            title="A complete log, but of another identifier",
            why=f"{host} The identifier is the hash of its log's first entry.",
            build=lambda: _by(DID, "key-1", STRANGER),
            expected=refused(ANOTHER, 4),
            network=_served(logs.first(STRANGER)),
        ),
    )
    yield (
        "webvh-hash-that-is-none",
        Case(
            title="A log that claims the hash of another",
            why=f"{host} The hash is computed, not believed.",
            build=lambda: _by(DID, "key-1", STRANGER),
            expected=refused(MALFORMED, 4),
            network=_served(
                logs.resealed(
                    ONE,
                    DID.split(":")[2],
                    STRANGER,
                    state=HANDED_ON,
                    parameters=ONE["parameters"] | {"updateKeys": [STRANGER.multibase]},
                )
            ),
        ),
    )
    yield (
        "webvh-entry-left-out",
        _log(
            "A log in which an entry is missing",
            "What was left out may have taken a key away.",
            MALFORMED,
            ONE,
            logs.follow(TWO, KEY),
            key=KEY,
        ),
    )
    yield (
        "webvh-time-that-goes-back",
        _log(
            "A log whose times go back",
            "The history of keys would depend on who reads it (did:webvh 1.0, 3.6.2).",
            MALFORMED,
            ONE,
            logs.follow(ONE, KEY, time="2025-12-31T23:59:59Z"),
            key=KEY,
        ),
    )
    yield (
        "webvh-key-that-was-not-announced",
        _log(
            "A log that goes on with a key that it did not announce",
            "Pre-rotation: whoever stole today's key must not appoint tomorrow's.",
            MALFORMED,
            ANNOUNCED,
            logs.follow(ANNOUNCED, KEY, updateKeys=[KEY.multibase], nextKeyHashes=[]),
            key=KEY,
        ),
    )
    yield from _moves_and_ends()
    yield from _witnesses()


def _moves_and_ends() -> Iterator[tuple[str, Case]]:
    moved = DID.replace(logs.HOST, "elsewhere.example")
    yield (
        "webvh-move-that-is-not-allowed",
        _log(
            "A log that moves although it may not",
            "Only a log that said so in its first entry may change its place.",
            MALFORMED,
            ONE,
            logs.follow(ONE, KEY, state=logs.document(moved, KEY, alsoKnownAs=[DID])),
            key=KEY,
        ),
    )
    other = logs.did_of(PORTABLE).replace(logs.did_of(PORTABLE).split(":")[2], "Qm" + "2" * 44)
    yield (
        "webvh-hash-that-changes",
        _log(
            "A log that moves to another hash",
            "A log may change its place, never the hash that is its identity.",
            MALFORMED,
            PORTABLE,
            logs.follow(
                PORTABLE,
                KEY,
                state=logs.document(other, KEY, alsoKnownAs=[logs.did_of(PORTABLE)]),
            ),
            key=KEY,
        ),
    )
    yield (
        "webvh-given-up",
        _log(
            "An identifier that its owner gave up",
            "Its keys sign nothing any more (did:webvh 1.0, 3.6.4).",
            BAD_KEY,
            ONE,
            logs.follow(ONE, KEY, deactivated=True),
            key=KEY,
        ),
    )
    yield (
        "webvh-of-another-version",
        Case(
            title="A log of a later version of did:webvh",
            why="Its rules are not known here, and must not be taken for those that are.",
            build=lambda: _by(logs.did_of(logs.first(KEY, method="did:webvh:2.0")), "key-1"),
            expected=undecided("UNSUPPORTED_DID_METHOD", 4),
            network=_served(logs.first(KEY, method="did:webvh:2.0")),
        ),
    )


def _witnesses() -> Iterator[tuple[str, Case]]:
    did = logs.did_of(WITNESSED)
    why = "Witnesses bind whoever holds the keys; too few of them, or one twice, do not."
    for name, title, approval in (
        ("webvh-too-few-witnesses", "A log that one of two witnesses approves", [WITNESS]),
        ("webvh-one-witness-twice", "A log that one witness approves twice", [WITNESS] * 2),
        (
            "webvh-witness-that-nobody-appointed",
            "A log that a stranger approves in the place of a witness",
            [WITNESS, STRANGER],
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why=why,
                build=lambda: _by(did, "key-1"),
                expected=refused(MALFORMED, 4),
                network=_served(WITNESSED, witness=logs.approval(WITNESSED, *approval)),
            ),
        )
    listed_twice = logs.first(KEY, witness=logs.witnesses(2, WITNESS, WITNESS))
    yield (
        "webvh-witness-listed-twice",
        Case(
            title="A log that lists one witness twice",
            why="One approval would count for two.",
            build=lambda: _by(logs.did_of(listed_twice), "key-1"),
            expected=refused(MALFORMED, 4),
            network=_served(listed_twice, witness=logs.approval(listed_twice, WITNESS)),
        ),
    )
    yield (
        "webvh-witnesses-that-do-not-answer",
        Case(
            title="A log whose witnesses' proofs are not there",
            why="They may have approved it; nobody answered.",
            build=lambda: _by(did, "key-1"),
            expected=undecided("KEY_UNAVAILABLE", 4),
            network=_served(WITNESSED),
        ),
    )


REFUSED: Final[Mapping[str, Case]] = dict(
    case for cases in (_keys, _web_names, _https, _metadata_cases, _logs) for case in cases()
)


def _good(
    title: str, build: Callable[[], JsonObject | str], network: Callable[[], Answers] | None = None
) -> Case:
    return Case(
        title=title,
        why="It must verify.",
        build=build,
        expected={"outcome": "verified"},
        network=network,
    )


ACCEPTED: Final[Mapping[str, Case]] = {
    "did-jwk": _good("A credential by a did:jwk", lambda: _by(_did_jwk(), "0")),
    "https-issuer": _good(
        "A credential by an https address", _https_badge, lambda: {HTTPS: _https_document()}
    ),
    "issuer-metadata": _good(
        "A token whose key is in the issuer's metadata",
        _token,
        lambda: {METADATA_URL: _metadata(_jwk(STRANGER, kid="key-2"), _jwk())},
    ),
    "webvh": _good(
        "A credential by a did:webvh whose key was handed on",
        lambda: _by(DID, "key-1", STRANGER),
        _served(ONE, TWO, logs.follow(TWO, KEY, state=HANDED_ON)),
    ),
    "webvh-with-witnesses": _good(
        "A credential by a did:webvh with witnesses",
        lambda: _by(logs.did_of(WITNESSED), "key-1"),
        _served(WITNESSED, witness=logs.approval(WITNESSED, WITNESS, OTHER_WITNESS)),
    ),
}
