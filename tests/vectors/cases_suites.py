"""Cases of the corpus for the cryptosuites: hashes, curves, signatures, and signed contexts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.signers import EcTestKey, Ed25519TestKey, secure_document
from tests.vectors.cases import KEY, OB, V2, Case, badge, changed, refused, undecided
from verifier.proofs.ecdsa import ECDSA_JCS_2019, ECDSA_RDFC_2019
from verifier.proofs.ed25519_2020 import ED25519_SIGNATURE_2020
from verifier.proofs.eddsa import EDDSA_JCS_2022, EDDSA_RDFC_2022
from verifier.proofs.jcs import JcsSuite
from verifier.proofs.multikey import KeyType, decode_base58btc, encode_base58btc
from verifier.proofs.rdfc import RdfcSuite
from verifier.proofs.suite import Suite
from verifier.strict_json import JsonObject

P256: Final = EcTestKey.number(1, KeyType.P256)
P384: Final = EcTestKey.number(1, KeyType.P384)
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"
TERMS: Final = "https://terms.example/"
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve's group (SEC 2, section 2.4.2)."""


def by(key: EcTestKey | Ed25519TestKey, **members: Any) -> JsonObject:
    """The badge, issued by ``key``."""
    issuer = {"id": key.did, "type": ["Profile"], "name": "Test issuer"}
    return badge(**{"issuer": issuer, **members})


def signed_with(suite: Suite, key: EcTestKey | Ed25519TestKey, **members: Any) -> JsonObject:
    return secure_document(by(key, **members), key, suite)


def with_proof(document: JsonObject, **members: Any) -> JsonObject:
    """``document`` with members of its proof set after signing; ``...`` takes one away."""
    proof = {**document["proof"], **members}
    kept = {name: value for name, value in proof.items() if value is not ...}
    return {**document, "proof": kept}


def raw_signature(document: JsonObject) -> bytes:
    return decode_base58btc(document["proof"]["proofValue"], max_characters=200)


def with_signature(document: JsonObject, signature: bytes) -> JsonObject:
    return with_proof(document, proofValue=encode_base58btc(signature))


def hashed(document: JsonObject, suite: RdfcSuite | JcsSuite, key_type: KeyType) -> bytes:
    """What ``suite`` would sign with a key of ``key_type``."""
    options = {name: it for name, it in document["proof"].items() if name != "proofValue"}
    unsecured = {name: it for name, it in document.items() if name != "proof"}
    return suite.hash_data(unsecured, options, key_type)


def _under_the_api(code: str) -> JsonObject:
    """No answer where inline contexts are not admitted, and a no where they are."""
    return undecided("UNKNOWN_CONTEXT", 3) | {"api": refused(code, 3)}


# --- ECDSA ------------------------------------------------------------------------------


def _short_hash(suite: RdfcSuite | JcsSuite) -> JsonObject:
    """P-384 over SHA-256 digests, as by a program with one hash for all curves."""
    document = signed_with(suite, P384)
    return with_signature(document, P384.sign(hashed(document, suite, KeyType.P256)))


def _der() -> JsonObject:
    document = signed_with(ECDSA_RDFC_2019, P256)
    return with_signature(document, P256.sign_der(hashed(document, ECDSA_RDFC_2019, KeyType.P256)))


def _twin() -> JsonObject:
    document = signed_with(ECDSA_RDFC_2019, P256)
    raw = raw_signature(document)
    s = P256_ORDER - int.from_bytes(raw[32:], "big")
    return with_signature(document, raw[:32] + s.to_bytes(32, "big"))


def _beyond_the_order() -> JsonObject:
    """A small ``r`` written as ``r + n`` would still be 32 bytes; most are not small."""
    document = signed_with(ECDSA_RDFC_2019, P256)
    return with_signature(document, raw_signature(document)[:32] + P256_ORDER.to_bytes(32, "big"))


def _key_type_swapped() -> JsonObject:
    """An Ed25519 signature under the name of an ECDSA suite."""
    document = signed_with(EDDSA_RDFC_2022, KEY)
    renamed = with_proof(document, cryptosuite="ecdsa-rdfc-2019")
    return with_signature(renamed, KEY.sign(hashed(renamed, ECDSA_RDFC_2019, KeyType.P256)))


def _ecdsa() -> Iterator[tuple[str, Case]]:
    one_hash = (
        "For a key on P-384 every hash is SHA-384: a verifier that takes the shorter one can be "
        "led to it. Data Integrity ECDSA 1.0, section 3."
    )
    for name, suite in (("rdfc", ECDSA_RDFC_2019), ("jcs", ECDSA_JCS_2019)):
        yield (
            f"suite-p384-hashed-with-sha256-{name}",
            Case(
                title=f"A P-384 proof over SHA-256 digests ({suite.cryptosuite})",
                why=one_hash,
                build=lambda suite=suite: _short_hash(suite),  # type: ignore[misc]
                expected=refused("PROOF_VERIFICATION_ERROR", 5),
            ),
        )
    for name, title, build in (
        ("suite-der-signature", "A signature in DER", _der),
        (
            "suite-zero-ecdsa-signature",
            "An ECDSA signature of two zeros, which broken libraries take for good",
            lambda: with_signature(signed_with(ECDSA_RDFC_2019, P256), bytes(64)),
        ),
        ("suite-s-beyond-the-order", "An ECDSA signature whose s is the order", _beyond_the_order),
        (
            "suite-p384-signature-of-64-bytes",
            "A P-384 signature cut to the length of P-256",
            lambda: with_signature(
                document := signed_with(ECDSA_RDFC_2019, P384), raw_signature(document)[:64]
            ),
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why="A signature is r and s side by side, each in its range and of the length of "
                "the curve. Data Integrity ECDSA 1.0, section 3.2.7; CVE-2022-21449.",
                build=build,
                expected=refused("PROOF_VERIFICATION_ERROR", 5),
            ),
        )
    yield (
        "suite-ed25519-key-under-an-ecdsa-name",
        Case(
            title="An Ed25519 key and signature under the name of an ECDSA suite",
            why="A suite has its own kinds of key; the name must not choose how a key is used.",
            build=_key_type_swapped,
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )


# --- JCS --------------------------------------------------------------------------------


def _added(*contexts: Any) -> JsonObject:
    return changed(signed_with(EDDSA_JCS_2022, KEY), "@context", to=[V2, OB, *contexts])


def _undefined_signed() -> JsonObject:
    """Signed by a program that does not look: the signature itself is good."""
    document = by(KEY, gpa="4.0")
    options = {
        "@context": [V2, OB],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2026-03-24T12:00:00Z",
        "verificationMethod": KEY.verification_method,
        "proofPurpose": "assertionMethod",
    }
    signature = KEY.sign(_jcs_hash(options) + _jcs_hash(document))
    return {**document, "proof": {**options, "proofValue": encode_base58btc(signature)}}


def _jcs_hash(value: JsonObject) -> bytes:
    """A document without a context is hashed without a look at its terms."""
    return EDDSA_JCS_2022.hash_data({}, value, KeyType.ED25519)[:32]


def _two_contexts() -> JsonObject:
    one = signed_with(EDDSA_JCS_2022, KEY)
    two = secure_document({**by(KEY), "@context": [V2, OB, MULTIKEY]}, KEY, EDDSA_JCS_2022)
    return {**two, "proof": [one["proof"], two["proof"]]}


def _json() -> Iterator[tuple[str, Case]]:
    contexts = (
        "The proof says which contexts were signed. Others, or another order, give the signed "
        "words other meanings. Data Integrity EdDSA 1.0, section 3.3.2."
    )
    for name, title, build, expected in (
        (
            "suite-jcs-inline-context-added",
            "A context put behind the signed ones that is not pinned",
            lambda: _added({"extra": f"{TERMS}extra"}),
            _under_the_api("PROOF_VERIFICATION_ERROR"),
        ),
        (
            "suite-jcs-unknown-context-added",
            "An unknown context put behind the signed ones",
            lambda: _added("https://terms.example/v1"),
            undecided("UNKNOWN_CONTEXT", 3),
        ),
        (
            "suite-jcs-context-put-between",
            "A context put between the signed ones",
            lambda: changed(signed_with(EDDSA_JCS_2022, KEY), "@context", to=[V2, MULTIKEY, OB]),
            refused("PROOF_VERIFICATION_ERROR", 3),
        ),
        (
            "suite-jcs-context-taken-away",
            "A signed context taken away",
            lambda: changed(signed_with(EDDSA_JCS_2022, KEY), "@context", to=[V2]),
            refused("PROOF_VERIFICATION_ERROR", 3),
        ),
        (
            "suite-jcs-context-changed-in-both-places",
            "A context added to the document and to the proof",
            lambda: changed(_added(MULTIKEY), "proof", "@context", to=[V2, OB, MULTIKEY]),
            refused("PROOF_VERIFICATION_ERROR", 5),
        ),
        (
            "suite-jcs-proofs-with-different-contexts",
            "Two proofs that signed different contexts",
            _two_contexts,
            refused("PROOF_VERIFICATION_ERROR", 3),
        ),
    ):
        yield name, Case(title=title, why=contexts, build=build, expected=expected)
    yield (
        "suite-jcs-changed-member",
        Case(
            title="A member changed under a signature over JSON",
            why="Every member is signed.",
            build=lambda: changed(signed_with(EDDSA_JCS_2022, KEY), "name", to="Other brief"),
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )
    yield (
        "suite-jcs-undefined-term",
        Case(
            title="A term that no context defines, under a good signature over JSON",
            why="Readers of linked data drop the member, others show it: one credential would "
            "say two things.",
            build=_undefined_signed,
            expected=refused("DATA_LOSS_DETECTION_ERROR", 5),
        ),
    )


# --- names, and the older kind ----------------------------------------------------------


def _names() -> Iterator[tuple[str, Case]]:
    why = "Names of suites are exact; another spelling is another suite, and none that we know."
    for name, members in (
        ("suite-cryptosuite-in-capitals", {"cryptosuite": "EDDSA-RDFC-2022"}),
        ("suite-draft-name", {"cryptosuite": "eddsa-2022"}),
        ("suite-type-in-small-letters", {"type": "dataintegrityproof"}),
        ("suite-ed25519signature2018", {"type": "Ed25519Signature2018", "cryptosuite": ...}),
    ):
        yield (
            name,
            Case(
                title=f"A proof that calls itself {next(iter(members.values()))}",
                why=why,
                build=lambda members=members: with_proof(  # type: ignore[misc]
                    signed_with(EDDSA_RDFC_2022, KEY), **members
                ),
                expected=undecided("UNSUPPORTED_CRYPTOSUITE", 5),
            ),
        )
    yield (
        "suite-multibase-u",
        Case(
            title="A signature of ecdsa-rdfc-2019 in base64url",
            why="These suites write signatures in base58 alone; a second alphabet is a second "
            "spelling.",
            build=lambda: with_proof(signed_with(ECDSA_RDFC_2019, P256), proofValue="u" + "A" * 86),
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )


def _without_context() -> JsonObject:
    document = signed_with(ED25519_SIGNATURE_2020, KEY)
    return changed(document, "@context", to=[V2, OB])


def _older() -> Iterator[tuple[str, Case]]:
    for name, title, build, step in (
        (
            "suite-2020-without-created",
            "An Ed25519Signature2020 that does not say when it was made",
            lambda: with_proof(signed_with(ED25519_SIGNATURE_2020, KEY), created=...),
            5,
        ),
        (
            "suite-2020-without-its-context",
            "An Ed25519Signature2020 in a document that does not name its context",
            _without_context,
            5,
        ),
        (
            "suite-2020-with-a-cryptosuite",
            "An Ed25519Signature2020 with the name of a suite put in",
            lambda: with_proof(
                signed_with(ED25519_SIGNATURE_2020, KEY), cryptosuite="eddsa-rdfc-2022"
            ),
            5,
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why="The older kind has its time and its context, and no suite.",
                build=build,
                expected=refused("PROOF_VERIFICATION_ERROR", step),
            ),
        )


# --- inline contexts --------------------------------------------------------------------


def _inline(context: JsonObject, **members: Any) -> JsonObject:
    """A good proof over ``members``, and then a context that gives one another name."""
    document = signed_with(EDDSA_RDFC_2022, KEY, **members)
    return changed(document, "@context", to=[V2, OB, context])


def _renamed(context: JsonObject) -> JsonObject:
    """``validUntil``, signed and over, becomes ``until``, which nobody looks at."""
    document = _inline(context, validUntil="2026-04-01T00:00:00Z")
    document["until"] = document.pop("validUntil")
    return document


def _contexts() -> Iterator[tuple[str, Case]]:
    dated = {"@type": "http://www.w3.org/2001/XMLSchema#dateTime"}
    for name, title, context in (
        (
            "inline-prefix-of-a-prefix",
            "A known word renamed by a prefix that is written with a prefix",
            {
                "a": "https://www.w3.org/",
                "b": "a:2018/",
                "until": {"@id": "b:credentials#validUntil", **dated},
            },
        ),
        (
            "inline-object-around-a-context",
            "A known word renamed in a context with an object around it",
            {
                "@context": {
                    "until": {"@id": "https://www.w3.org/2018/credentials#validUntil", **dated}
                }
            },
        ),
    ):
        yield (
            name,
            Case(
                title=title,
                why="The statements stay the same and the signature good, but a reader who looks "
                "for the end of the credential finds none.",
                build=lambda context=context: _renamed(context),  # type: ignore[misc]
                expected=_under_the_api("MALFORMED_VALUE_ERROR"),
            ),
        )


REFUSED: Final[Mapping[str, Case]] = {
    name: case for cases in (_ecdsa, _json, _names, _older, _contexts) for name, case in cases()
}


def _good(title: str, build: Any) -> Case:
    return Case(
        title=title,
        why="It must verify: a verifier that refuses everything is of no use.",
        build=build,
        expected={"outcome": "verified"},
    )


ACCEPTED: Final[Mapping[str, Case]] = {
    **{
        f"suite-{suite.cryptosuite}-{key.public.key_type.name}".lower(): _good(
            f"A credential with {suite.cryptosuite} by a key of the kind "
            f"{key.public.key_type.name}",
            lambda suite=suite, key=key: signed_with(suite, key),
        )
        for suite, key in (
            (EDDSA_JCS_2022, KEY),
            (ED25519_SIGNATURE_2020, KEY),
            (ECDSA_RDFC_2019, P256),
            (ECDSA_RDFC_2019, P384),
            (ECDSA_JCS_2019, P256),
            (ECDSA_JCS_2019, P384),
        )
    },
    "suite-chain-begun-by-somebody-else": _good(
        "A chain whose first proof is by another key than the issuer's",
        lambda: secure_document(
            secure_document(badge(), P256, ECDSA_RDFC_2019, id="urn:uuid:0001"),
            KEY,
            previousProof="urn:uuid:0001",
        ),
    ),
    "suite-twin-of-an-ecdsa-signature": _good(
        "The other good value of s: the standards admit both", _twin
    ),
    "suite-jcs-pinned-context-added": _good(
        "A pinned context put behind the signed ones: the document counts without it",
        lambda: _added(MULTIKEY),
    ),
}
