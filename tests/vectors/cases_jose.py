"""Tokens that must be refused although most of them are well signed, and some that must verify."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from tests.signers import EcTestKey, RsaTestKey
from tests.tokens import enveloped, header_of, jwt, vc_jwt, vp_jwt
from tests.vectors.cases import (
    KEY,
    OB,
    SITE,
    STRANGER,
    V2,
    WEB,
    Case,
    badge,
    did_document,
    refused,
    undecided,
)
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import build_jws, encode_base64url
from verifier.proofs.multikey import KeyType
from verifier.strict_json import JsonObject

EC: Final = EcTestKey.number(1, KeyType.P256)
RSA: Final = RsaTestKey.number(1)
WEAK_RSA: Final = RsaTestKey.number(2, 1024)
DOCUMENT_URL: Final = f"{SITE}/.well-known/did.json"
V1: Final = "https://www.w3.org/2018/credentials/v1"

_TYP: Final = (
    "A good signature on a token says what it was signed for; RFC 8725, section 3.11: tokens of "
    "one kind must not pass for another."
)
_HEADER_KEY: Final = (
    "What a header says about its key comes from whoever made the token. A key counts when the "
    "issuer's own document lists it (CVE-2018-0114)."
)
_TWICE: Final = (
    "A reader of the claim and a reader of the member would see two credentials (VC-JOSE-COSE, "
    "section 3; Open Badges 3.0, verification of a VC-JWT)."
)
_ONE_FORM: Final = "Only compact tokens of three parts in one spelling are read (RFC 7515, 7.1)."
_EXTENSION: Final = "A header that changes how a token is read is not understood here (RFC 7515)."

Build = Callable[[], JsonObject | str | bytes]


def _case(title: str, why: str, expected: JsonObject, build: Build, network: Any = None) -> Case:
    return Case(title=title, why=why, build=build, expected=expected, network=network)


def _plain(**members: Any) -> JsonObject:
    """A badge whose issuer is named by its identifier alone."""
    return badge(issuer=KEY.did, **members)


def _open_badge(**claims: Any) -> JsonObject:
    """The payload of an Open Badges token; ``...`` leaves a claim out."""
    document = _plain()
    payload = document | {
        "iss": KEY.did,
        "jti": document["id"],
        "nbf": 1774297866,
        "sub": document["credentialSubject"]["id"],
    }
    return {name: value for name, value in (payload | claims).items() if value is not ...}


def _wrapped(**claims: Any) -> JsonObject:
    """The payload of a token of data model 1.1 with every claim."""
    document = {
        "@context": [V1],
        "id": "urn:uuid:9a4f7f88-d1b0-54ca-88e5-f1ad9726008f",
        "type": ["VerifiableCredential"],
        "issuer": KEY.did,
        "issuanceDate": "2026-03-23T20:31:06Z",
        "credentialSubject": {"id": "did:example:learner"},
    }
    claimed = {"iss": KEY.did, "jti": document["id"], "nbf": 1774297866}
    return {"vc": document} | claimed | {"sub": "did:example:learner"} | claims


def _unsigned(algorithm: str, signature: str = "") -> str:
    """A token without a signature under a header that says so."""
    header = {"alg": algorithm, "typ": "vc+jwt"}
    parts = (json.dumps(it, separators=(",", ":")).encode() for it in (header, _plain()))
    return f"{'.'.join(encode_base64url(part) for part in parts)}.{signature}"


def _with_mac(secret: bytes) -> str:
    """A token with a symmetric signature whose secret everybody can know."""
    header = header_of(KEY, alg="HS256", typ="vc+jwt")
    payload = json.dumps(_plain()).encode()
    return build_jws(header, payload, lambda data: hmac.digest(secret, data, "sha256"))


def _with_header(text: str) -> str:
    """A signed token with exactly this header."""
    signing_input = (
        f"{encode_base64url(text.encode())}.{encode_base64url(json.dumps(_plain()).encode())}"
    )
    return f"{signing_input}.{encode_base64url(KEY.sign(signing_input.encode()))}"


def _good_token() -> str:
    return vc_jwt(_plain(), KEY)


def _respelled() -> str:
    """A good token whose last letter has a spare bit set."""
    token = _good_token()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


def _flattened() -> JsonObject:
    header, payload, signature = _good_token().split(".")
    return {"protected": header, "payload": payload, "signature": signature}


def _changed_payload() -> str:
    """Another payload under the signature of a good token."""
    header, _, signature = _good_token().split(".")
    other = json.dumps(_plain(name="Competitor brief, with distinction")).encode()
    return f"{header}.{encode_base64url(other)}.{signature}"


def _deep() -> str:
    inner = b'{"a":' * 1000 + b"1" + b"}" * 1000
    return jwt(inner, KEY, typ="vc+jwt")


def _rsa_document(key: RsaTestKey) -> JsonObject:
    """The web issuer's document with an RSA key; made by hand, because a weak one is refused."""
    numbers = key.private.public_key().public_numbers()
    length = (numbers.n.bit_length() + 7) // 8
    jwk = {"kty": "RSA", "e": "AQAB", "n": encode_base64url(numbers.n.to_bytes(length, "big"))}
    listed = {"id": f"{WEB}#key-1", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": jwk}
    return did_document(verificationMethod=[listed])


def _rs256(key: RsaTestKey) -> str:
    header = {"alg": "RS256", "kid": f"{WEB}#key-1", "typ": "vc+jwt"}
    return build_jws(header, json.dumps(badge(issuer=WEB)).encode(), key.sign)


# --- the refused ------------------------------------------------------------------------

_NO_SIGNATURE: Final = "Whoever can check such a token can make one (RFC 8725, section 3.1)."


def _algorithms() -> Iterator[tuple[str, Case]]:
    never = refused("UNSUPPORTED_ALGORITHM", 2)
    yield (
        "jwt-alg-none",
        _case(
            "A token that says it has no signature", _NO_SIGNATURE, never, lambda: _unsigned("none")
        ),
    )
    yield (
        "jwt-alg-none-odd-case",
        _case(
            "A token that says so in odd letters, with some signature",
            "A list of forbidden spellings would miss one; the list is of the admitted ones.",
            never,
            lambda: _unsigned("nOnE", "AAAA"),
        ),
    )
    yield (
        "jwt-signature-stripped",
        _case(
            "A token whose signature was cut off",
            "Nothing is left that shows who signed.",
            refused("PARSING_ERROR", 2),
            lambda: _good_token().rpartition(".")[0] + ".",
        ),
    )
    yield (
        "jwt-hs256-with-the-public-key",
        _case(
            "A symmetric signature with the issuer's public key as its secret",
            "Everybody has the public key (CVE-2024-37568, CVE-2024-33663). Symmetric algorithms "
            "do not exist here.",
            never,
            lambda: _with_mac(KEY.public.raw),
        ),
    )
    yield (
        "jwt-hs256-with-the-key-as-text",
        _case(
            "A symmetric signature with the text of the issuer's key as its secret",
            "As above: the secret is what a careless library would have at hand.",
            never,
            lambda: _with_mac(json.dumps(build_jwk(KEY.public)).encode()),
        ),
    )
    yield (
        "jwt-unknown-algorithm",
        _case(
            "An algorithm that this verifier does not know",
            "It may be good, and it cannot be checked here: that is not a no.",
            undecided("UNSUPPORTED_ALGORITHM", 2),
            lambda: vc_jwt(_plain(), KEY, alg="ES256K"),
        ),
    )
    yield (
        "jwt-algorithm-of-another-key",
        _case(
            "An algorithm that does not fit the key",
            "The algorithm belongs to one kind of key (RFC 8725, section 3.1).",
            refused("PROOF_VERIFICATION_ERROR", 5),
            lambda: vc_jwt(badge(issuer=EC.did), EC, alg="ES384"),
        ),
    )


def _signatures() -> Iterator[tuple[str, Case]]:
    unfit = refused("PROOF_VERIFICATION_ERROR", 5)
    yield (
        "jwt-changed-payload",
        _case(
            "A word of the credential was changed after signing",
            "The signature covers the payload byte for byte (RFC 7515, section 5.2).",
            unfit,
            _changed_payload,
        ),
    )
    yield (
        "jwt-der-signature",
        _case(
            "An ECDSA signature written as DER",
            "JOSE has r and s side by side (RFC 7518, section 3.4).",
            unfit,
            lambda: build_jws(
                header_of(EC, typ="vc+jwt"),
                json.dumps(badge(issuer=EC.did)).encode(),
                EC.sign_der,
            ),
        ),
    )
    yield (
        "jwt-zero-signature",
        _case(
            "An ECDSA signature of zeros",
            "r and s of zero fit every text in a careless library (CVE-2022-21449).",
            unfit,
            lambda: build_jws(
                header_of(EC, typ="vc+jwt"),
                json.dumps(badge(issuer=EC.did)).encode(),
                lambda _data: bytes(64),
            ),
        ),
    )
    yield (
        "jwt-weak-rsa",
        _case(
            "An RSA key of 1024 bits",
            "Such keys can be broken, so what they sign proves nothing (NIST SP 800-131A).",
            refused("WEAK_KEY", 4),
            lambda: _rs256(WEAK_RSA),
            lambda: {DOCUMENT_URL: _rsa_document(WEAK_RSA)},
        ),
    )


def _keys() -> Iterator[tuple[str, Case]]:
    stranger = refused("ISSUER_KEY_MISMATCH", 4)
    unfit = refused("PROOF_VERIFICATION_ERROR", 5)
    yield (
        "jwt-jwk-in-the-header",
        _case(
            "The stranger's key, sent along in the header",
            _HEADER_KEY,
            stranger,
            lambda: vc_jwt(_plain(), STRANGER, kid=..., jwk=build_jwk(STRANGER.public)),
        ),
    )
    yield (
        "jwt-jwk-beside-the-victims-kid",
        _case(
            "The stranger's key in the header, under the name of the issuer's key",
            _HEADER_KEY,
            stranger,
            lambda: vc_jwt(
                _plain(), STRANGER, kid=KEY.verification_method, jwk=build_jwk(STRANGER.public)
            ),
        ),
    )
    yield (
        "jwt-jku-and-x5u",
        _case(
            "Addresses of the stranger's keys in the header",
            "They are never visited: a verifier that fetched them could also be led anywhere.",
            unfit,
            lambda: vc_jwt(
                _plain(),
                STRANGER,
                kid=...,
                jku=f"{SITE}/stranger/jwks.json",
                x5u=f"{SITE}/stranger/chain.pem",
            ),
            lambda: {f"{SITE}/stranger/jwks.json": {"keys": [build_jwk(STRANGER.public)]}},
        ),
    )
    yield (
        "jwt-kid-of-a-stranger",
        _case(
            "Signed by a stranger, who names the own key, with somebody else as the issuer",
            "Anyone can sign; the key must be the issuer's.",
            stranger,
            lambda: vc_jwt(_plain(), STRANGER),
        ),
    )
    yield (
        "jwt-kid-of-the-victim",
        _case(
            "Signed by a stranger under the name of the issuer's key",
            "The key comes from the issuer's document, and the signature does not fit it.",
            unfit,
            lambda: vc_jwt(_plain(), STRANGER, kid=KEY.verification_method),
        ),
    )
    yield (
        "jwt-kid-as-a-path",
        _case(
            "A key name that is a path",
            "A name is compared, and never opened or run.",
            stranger,
            lambda: vc_jwt(_plain(), STRANGER, kid="../../../../dev/null"),
        ),
    )
    yield (
        "jwt-kid-as-an-object",
        _case(
            "A key name that is an object",
            "A name is a text (RFC 7515, section 4.1.4).",
            refused("MALFORMED_VALUE_ERROR", 2),
            lambda: vc_jwt(_plain(), KEY, kid={"$ne": None}),
        ),
    )
    yield (
        "jwt-key-for-logging-in",
        _case(
            "A key that its owner lists for logging in, not for issuing",
            "Controlled Identifiers 1.0, section 3.3: the relationship counts in tokens too.",
            refused("INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD", 4),
            lambda: vc_jwt(badge(issuer=WEB), KEY, kid=f"{WEB}#key-1"),
            lambda: {
                DOCUMENT_URL: did_document(assertionMethod=[], authentication=[f"{WEB}#key-1"])
            },
        ),
    )


def _types() -> Iterator[tuple[str, Case]]:
    other = refused("MALFORMED_VALUE_ERROR", 2)
    kinds = {
        "access": ("at+jwt", "An access token"),
        "key-binding": ("kb+jwt", "A key binding"),
        "status-list": ("statuslist+jwt", "A status list"),
        "wallet-proof": ("openid4vci-proof+jwt", "A wallet's proof of its key"),
        "request": ("oauth-authz-req+jwt", "A request to log in"),
        "draft": ("vc+ld+jwt", "A type of an abandoned draft"),
        "unknown": ("bad+typ", "A type that nobody knows"),
    }
    for name, (typ, title) in kinds.items():
        yield (
            f"jwt-type-{name}",
            _case(
                f"{title} with a credential in it",
                _TYP,
                other,
                partial(vc_jwt, _plain(), KEY, typ=typ),
            ),
        )
    yield (
        "jwt-content-type",
        _case(
            "A token that says it holds something else",
            "cty names what the payload is (VC-JOSE-COSE, section 3.1).",
            other,
            lambda: vc_jwt(_plain(), KEY, cty="bad+cty"),
        ),
    )
    yield (
        "jwt-presentation-as-credential",
        _case(
            "A presentation where a credential is expected",
            "What its holder says about himself would pass for what an issuer said.",
            refused("MALFORMED_VALUE_ERROR", 3),
            lambda: vp_jwt(
                {"@context": [V2], "type": ["VerifiablePresentation"], "holder": KEY.did}, KEY
            ),
        ),
    )


def _claims() -> Iterator[tuple[str, Case]]:
    contradiction = refused("MALFORMED_VALUE_ERROR", 3)
    claims: dict[str, tuple[str, JsonObject]] = {
        "issuer": ("issuer", {"iss": STRANGER.did}),
        "id": ("id", {"jti": "urn:uuid:00000000-0000-4000-8000-000000000000"}),
        "subject": ("subject", {"sub": "did:example:somebody-else"}),
    }
    for name, (title, claim) in claims.items():
        yield (
            f"jwt-other-{name}",
            _case(
                f"A claim that names another {title} than the credential",
                _TWICE,
                contradiction,
                partial(vc_jwt, _plain() | claim, KEY),
            ),
        )
    yield (
        "jwt-vc-claim",
        _case(
            "A second credential in the claim vc",
            "The payload is the credential; one beside it would be read by some (VC-JOSE-COSE, "
            "section 3).",
            contradiction,
            lambda: vc_jwt(_plain() | {"vc": _plain(name="Another")}, KEY),
        ),
    )
    yield (
        "jwt-two-shapes",
        _case(
            "A token that is a credential and wraps one",
            "Without a type the shape decides, and here there are two.",
            refused("MALFORMED_VALUE_ERROR", 2),
            lambda: jwt(_open_badge(vc=_wrapped()["vc"]), KEY, typ="JWT"),
        ),
    )
    yield (
        "jwt-open-badge-date-differs",
        _case(
            "An Open Badges token whose nbf is another date than validFrom",
            _TWICE,
            contradiction,
            lambda: jwt(_open_badge(nbf=1774297867), KEY, typ="JWT"),
        ),
    )
    yield (
        "jwt-open-badge-end-in-claim-only",
        _case(
            "An Open Badges token that ends, around a badge that does not",
            _TWICE,
            contradiction,
            lambda: jwt(_open_badge(exp=1893456000), KEY, typ="JWT"),
        ),
    )
    yield (
        "jwt-open-badge-without-id",
        _case(
            "An Open Badges token that leaves out the claim jti",
            "What must be compared must be there.",
            contradiction,
            lambda: jwt(_open_badge(jti=...), KEY, typ="JWT"),
        ),
    )
    yield (
        "jwt-wrapped-issuer-differs",
        _case(
            "A token of data model 1.1 whose iss is not the credential's issuer",
            "Neither is silently preferred (data model 1.1, section 6.3.1).",
            contradiction,
            lambda: jwt(_wrapped(iss=STRANGER.did), KEY, typ="JWT"),
        ),
    )
    yield (
        "jwt-end-as-text",
        _case(
            "An end written as text",
            "A NumericDate is a number (RFC 7519, section 2); skipped, it would never end.",
            contradiction,
            lambda: vc_jwt(_plain() | {"exp": "1577836800"}, KEY),
        ),
    )
    yield (
        "jwt-ended",
        _case(
            "A token that has ended, around a credential that has not",
            "exp ends what the signature says (RFC 7519, section 4.1.4).",
            refused("EXPIRED", 6),
            lambda: vc_jwt(_plain() | {"exp": 1777593600}, KEY),
        ),
    )
    yield (
        "jwt-status-of-unknown-kind",
        _case(
            "A claim with a kind of status that nobody here knows",
            "It may say that the token is withdrawn; passing it over would make a yes of that.",
            undecided("UNSUPPORTED_STATUS_TYPE", 7),
            lambda: vc_jwt(_plain() | {"status": {"withdrawn_by": {"idx": 1}}}, KEY),
        ),
    )
    yield (
        "jwt-secured-twice",
        _case(
            "A token around a document with a proof of its own",
            "The proof would go unread, and a reader might take it for checked.",
            undecided("UNSUPPORTED_FORMAT", 3),
            lambda: vc_jwt(_plain() | {"proof": {"type": "DataIntegrityProof"}}, KEY),
        ),
    )


def _forms() -> Iterator[tuple[str, Case]]:
    unreadable = refused("PARSING_ERROR", 2)
    yield (
        "jwt-flattened",
        _case("A token in its JSON form", _ONE_FORM, unreadable, _flattened),
    )
    yield (
        "jwt-five-parts",
        _case("A token of five parts", _ONE_FORM, unreadable, lambda: f"{_good_token()}.AAAA.AAAA"),
    )
    yield (
        "jwt-padding",
        _case(
            "A token with padding",
            _ONE_FORM,
            refused("PARSING_ERROR", 1),
            lambda: f"{_good_token()}==",
        ),
    )
    yield (
        "jwt-spare-bits",
        _case("A token in a second spelling", _ONE_FORM, unreadable, _respelled),
    )
    yield (
        "jwt-crit",
        _case(
            "A token with a critical extension",
            f"{_EXTENSION} Section 4.1.11: then it must be refused.",
            unreadable,
            lambda: vc_jwt(_plain(), KEY, crit=["b64"], b64=False),
        ),
    )
    yield (
        "jwt-unencoded-payload",
        _case(
            "A token that says its payload is not encoded",
            f"{_EXTENSION} With b64, two readers see two payloads (RFC 7797).",
            unreadable,
            lambda: vc_jwt(_plain(), KEY, b64=False),
        ),
    )
    yield (
        "jwt-compressed",
        _case(
            "A token that says its payload is compressed",
            f"{_EXTENSION} Compression belongs to encrypted tokens, and brings bombs.",
            unreadable,
            lambda: vc_jwt(_plain(), KEY, zip="DEF"),
        ),
    )
    yield (
        "jwt-header-member-twice",
        _case(
            "A header with two algorithms",
            "One reader sees the first, another the last (RFC 7515, section 4).",
            unreadable,
            lambda: _with_header('{"alg":"none","alg":"EdDSA","typ":"vc+jwt"}'),
        ),
    )
    yield (
        "jwt-payload-member-twice",
        _case(
            "A payload with two names",
            "Well signed, and still two readers would see two credentials.",
            unreadable,
            lambda: jwt(
                json.dumps(_plain()).encode().replace(b'"name"', b'"name": "Other", "name"', 1),
                KEY,
                typ="vc+jwt",
            ),
        ),
    )
    yield (
        "jwt-deep-payload",
        _case(
            "A payload nested a thousand times",
            "Deep nesting exhausts the stacks of readers; the bound is 64.",
            refused("LIMIT_EXCEEDED", 2),
            _deep,
        ),
    )


def _envelopes() -> Iterator[tuple[str, Case]]:
    malformed = refused("MALFORMED_VALUE_ERROR", 2)
    nothing = "An envelope says nothing of its own (VC Data Model 2.0, section 4.13.1)."
    yield (
        "envelope-with-a-name",
        _case(
            "An envelope with a member that nobody signed",
            f"{nothing} What it says would be shown without a signature.",
            malformed,
            lambda: enveloped(_good_token()) | {"name": "Doctor of everything"},
        ),
    )
    yield (
        "envelope-other-context",
        _case(
            "An envelope with a second context",
            nothing,
            malformed,
            lambda: enveloped(_good_token()) | {"@context": [V2, OB]},
        ),
    )
    yield (
        "envelope-without-data-url",
        _case(
            "An envelope whose id is the bare token",
            "The id is a data: URL that names the kind of token.",
            malformed,
            lambda: enveloped(_good_token()) | {"id": _good_token()},
        ),
    )
    yield (
        "envelope-of-another-kind",
        _case(
            "An envelope that names another kind of token than it holds",
            "The kind decides what is checked, so the two must not differ.",
            malformed,
            lambda: enveloped(_good_token(), media_type="application/jwt"),
        ),
    )
    yield (
        "envelope-of-a-presentation",
        _case(
            "A credential in the envelope of a presentation",
            "Who is asked for a credential must get one that says it is.",
            malformed,
            lambda: enveloped(_good_token(), "Presentation"),
        ),
    )
    yield (
        "envelope-with-two-types",
        _case(
            "An envelope that is said to be a credential as well",
            nothing,
            malformed,
            lambda: (
                enveloped(_good_token())
                | {"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]}
            ),
        ),
    )
    yield (
        "envelope-of-cose",
        _case(
            "An envelope with a token in COSE",
            "That kind is not read here: no answer, rather than a no.",
            undecided("UNSUPPORTED_FORMAT", 2),
            lambda: (
                enveloped(_good_token())
                | {"id": "data:application/vc+cose;base64,0oRYVqQBJgNuYXBwbGljYXRpb24vdmM="}
            ),
        ),
    )


_ROOMS: Final = (_algorithms, _signatures, _keys, _types, _claims, _forms, _envelopes)
REFUSED: Final[Mapping[str, Case]] = dict(pair for room in _ROOMS for pair in room())


# --- the accepted -----------------------------------------------------------------------


def _good(title: str, build: Build, network: Any = None) -> Case:
    why = "It must verify: a verifier that refuses everything is of no use."
    return _case(title, why, {"outcome": "verified"}, build, network)


ACCEPTED: Final[Mapping[str, Case]] = {
    "jwt-ed25519": _good("A vc+jwt by a did:key", _good_token),
    "jwt-p256": _good("A vc+jwt by a P-256 key", lambda: vc_jwt(badge(issuer=EC.did), EC)),
    "jwt-rs256": _good(
        "A vc+jwt with RS256 by a did:web",
        lambda: _rs256(RSA),
        lambda: {DOCUMENT_URL: _rsa_document(RSA)},
    ),
    "jwt-listed-jwk": _good(
        "A vc+jwt with a key in its header that the issuer lists",
        lambda: vc_jwt(_plain(), KEY, kid=..., jwk=build_jwk(KEY.public)),
    ),
    "jwt-open-badge": _good(
        "The token of Open Badges 3.0", lambda: jwt(_open_badge(), KEY, typ="JWT")
    ),
    "jwt-wrapped": _good("A token of data model 1.1", lambda: jwt(_wrapped(), KEY, typ="JWT")),
    "jwt-enveloped": _good("A vc+jwt in its envelope", lambda: enveloped(_good_token())),
}
