"""The cases of the corpus, as data: what is built, what it shows, what must be answered."""

from __future__ import annotations

import copy
import gzip
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.example_records import example_projected
from tests.signers import Ed25519TestKey, secure_document
from verifier.jsonld import canonicalize
from verifier.proofs.multikey import encode_base58btc
from verifier.proofs.suite import decode_proof_value
from verifier.status.bitstring import encode_list
from verifier.strict_json import JsonObject

V2: Final = "https://www.w3.org/ns/credentials/v2"
OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
KEY: Final = Ed25519TestKey.number(1)
STRANGER: Final = Ed25519TestKey.number(2)
SITE: Final = "https://issuer.example"
WEB: Final = "did:web:issuer.example"
LIST_URL: Final = f"{SITE}/status/1"
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""The order of Ed25519's group (RFC 8032, section 5.1)."""

Answers = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One directory. ``expected`` has outcome, code and step; ``api`` where the VC-API profile
    answers otherwise. ``network`` is what each address answers; any other one is not there.
    ``build`` makes a document, a token as text, or bytes that are neither."""

    title: str
    why: str
    build: Callable[[], JsonObject | str | bytes]
    expected: JsonObject
    network: Callable[[], Answers] | None = None


# --- building blocks --------------------------------------------------------------------


def badge(**members: Any) -> JsonObject:
    """A small Open Badges 3.0 credential by the test key; ``...`` leaves a member out."""
    document: JsonObject = {
        "@context": [V2, OB],
        "id": "urn:uuid:9a4f7f88-d1b0-54ca-88e5-f1ad9726008f",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": KEY.did, "type": ["Profile"], "name": "Test issuer"},
        "validFrom": "2026-03-23T20:31:06Z",
        "name": "Competitor brief",
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:afdb0dd6-5771-5b36-9a7c-92903320e804",
                "type": ["Achievement"],
                "name": "Competitor brief",
                "description": "Find 25 refill shops and compare their prices.",
                "criteria": {"narrative": "The host confirms the work."},
            },
        },
    }
    document |= members
    return {name: value for name, value in document.items() if value is not ...}


def signed(document: JsonObject | None = None, **proof: Any) -> JsonObject:
    """A document with the test key's proof."""
    return secure_document(document or badge(), KEY, **proof)


def web_signed(document: JsonObject, key: Ed25519TestKey = KEY, **proof: Any) -> JsonObject:
    """A document with a proof by a key of the did:web issuer."""
    return secure_document(document, key, **{"verificationMethod": f"{WEB}#key-1"} | proof)


def web_badge(**members: Any) -> JsonObject:
    """A badge by the did:web issuer."""
    return badge(issuer={"id": WEB, "type": ["Profile"], "name": "Test issuer"}, **members)


def did_document(**members: Any) -> JsonObject:
    """The did:web issuer's document with the test key."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": WEB,
        "verificationMethod": [method()],
        "assertionMethod": [f"{WEB}#key-1"],
    } | members


def method(**members: Any) -> JsonObject:
    return {
        "id": f"{WEB}#key-1",
        "type": "Multikey",
        "controller": WEB,
        "publicKeyMultibase": KEY.multibase,
    } | members


def changed(document: JsonObject, *path: str | int, to: Any) -> JsonObject:
    """A copy of ``document`` with one value set after the fact."""
    copied = copy.deepcopy(document)
    *way, last = path
    place: Any = copied
    for part in way:
        place = place[part]
    place[last] = to
    return copied


def refused(code: str, step: int, **api: Any) -> JsonObject:
    return _expected("not_verified", code, step, api)


def undecided(code: str, step: int, **api: Any) -> JsonObject:
    return _expected("could_not_check", code, step, api)


def _expected(outcome: str, code: str, step: int, api: JsonObject) -> JsonObject:
    expected: JsonObject = {"outcome": outcome, "code": code, "step": step}
    return expected | ({"api": api} if api else {})


# --- status -----------------------------------------------------------------------------


def entry(index: Any = "94567", purpose: str = "revocation", **members: Any) -> JsonObject:
    return {
        "id": f"{LIST_URL}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": LIST_URL,
    } | members


def bits(*set_indexes: int, entries: int = 131_072) -> str:
    """An encoded list with some bits set."""
    raw = bytearray(entries // 8)
    for index in set_indexes:
        raw[index // 8] |= 0x80 >> index % 8
    return encode_list(bytes(raw))


def status_list(encoded: str, purpose: Any = "revocation", **members: Any) -> JsonObject:
    return {
        "@context": [V2],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": KEY.did,
        "validFrom": "2026-03-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded,
        },
    } | members


def served(document: Any) -> Callable[[], Answers]:
    """A network where only the status list answers."""
    return lambda: {LIST_URL: document() if callable(document) else document}


def with_list(
    title: str,
    why: str,
    expected: JsonObject,
    list_document: Callable[[], Any],
    status: Any = None,
) -> Case:
    """A good badge with one status entry, and what its list answers."""
    return Case(
        title=title,
        why=why,
        build=lambda: signed(badge(credentialStatus=status or entry())),
        expected=expected,
        network=served(list_document),
    )


def bomb() -> str:
    """A list that opens to a gigabyte, from about a megabyte."""
    return (
        "u"
        + urlsafe_b64encode(gzip.compress(bytes(64 * 1024 * 1024), mtime=0)).rstrip(b"=").decode()
    )


# --- the refused ------------------------------------------------------------------------


def _lost(title: str, why: str, build: Callable[[], JsonObject]) -> Case:
    return Case(title=title, why=why, build=build, expected=refused("DATA_LOSS_DETECTION_ERROR", 5))


def _shape(title: str, why: str, build: Callable[[], JsonObject | bytes], **api: Any) -> Case:
    return Case(
        title=title, why=why, build=build, expected=refused("MALFORMED_VALUE_ERROR", 3, **api)
    )


_CONTEXT: Final = "VC Data Model 2.0, section 4.3."
_LOSS: Final = (
    "Nothing that no context defines is part of the signed statements, so anybody could have "
    "added it. VC Data Integrity 1.0, section 2.4.3."
)


def _changes() -> Iterator[tuple[str, Case]]:
    yield (
        "changed-name",
        Case(
            title="A word of the credential was changed after signing",
            why="The signature covers every word. VC Data Integrity 1.0, section 4.4.",
            build=lambda: changed(signed(), "name", to="Competitor brief, with distinction"),
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )
    yield (
        "changed-issuer-name",
        Case(
            title="The issuer's name was changed after signing",
            why="A name is a claim like any other; it must not be swapped under a good proof.",
            build=lambda: changed(signed(), "issuer", "name", to="A famous university"),
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )
    yield (
        "removed-member",
        Case(
            title="A member was taken out after signing",
            why="What was left out would read as if it had never been said.",
            build=lambda: {k: v for k, v in signed().items() if k != "name"},
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )


def _losses() -> Iterator[tuple[str, Case]]:
    yield (
        "undefined-term",
        _lost(
            "A member that no context defines, at the top", _LOSS, lambda: signed() | {"gpa": "4.0"}
        ),
    )
    yield (
        "undefined-term-in-subject",
        _lost(
            "A member that no context defines, in the subject",
            _LOSS,
            lambda: changed(signed(), "credentialSubject", "gpa", to="4.0"),
        ),
    )
    yield (
        "undefined-term-in-achievement",
        _lost(
            "A member that no context defines, deep inside",
            _LOSS,
            lambda: changed(signed(), "credentialSubject", "achievement", "honours", to=True),
        ),
    )
    yield (
        "undefined-term-in-proof",
        _lost(
            "A member that no context defines, in the proof",
            "The proof's own options are signed too, so the same rule holds for them.",
            lambda: changed(signed(), "proof", "approvedBy", to="everybody"),
        ),
    )
    yield (
        "undefined-type",
        _lost(
            "A type that no context defines",
            "A relative type vanishes from the statements without a word (JSON-LD 1.1, 4.1.2).",
            lambda: changed(signed(), "type", to=[*badge()["type"], "DoctoralDegree"]),
        ),
    )
    yield (
        "relative-id",
        _lost(
            "An id that is no absolute IRI",
            "A node with a relative id is dropped with everything it says.",
            lambda: changed(signed(), "credentialSubject", "achievement", "id", to="../x"),
        ),
    )
    yield (
        "turned-text",
        Case(
            title="The direction of a text was turned round after signing",
            why="Turned round, words can read as other words. JSON-LD 1.1, section 10.2.1.",
            build=lambda: changed(
                signed(badge(name=_directed("ltr"))), "name", "@direction", to="rtl"
            ),
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )
    yield (
        "truth-as-text",
        Case(
            title="A truth value was made a text after signing",
            why='To RDF `false` and `"false"` are one statement, so the signature fits both; to '
            "a program that asks whether the value is empty they are opposites. JSON-LD 1.1 API, "
            "section 8.2.2.",
            build=lambda: changed(
                signed(badge(credentialSubject=_identified(False))),
                *("credentialSubject", "identifier", "hashed"),
                to="false",
            ),
            expected=refused("MALFORMED_VALUE_ERROR", 5),
        ),
    )


def _identified(hashed: object) -> JsonObject:
    identity = {
        "type": "IdentityObject",
        "hashed": hashed,
        "identityHash": "Maya Okafor-Reyes",
        "identityType": "name",
    }
    return {**badge()["credentialSubject"], "identifier": identity}


def _directed(direction: str) -> JsonObject:
    return {"@value": "Competitor brief", "@language": "en", "@direction": direction}


def _contexts() -> Iterator[tuple[str, Case]]:
    unknown = undecided("UNKNOWN_CONTEXT", 3)
    yield (
        "unknown-context",
        Case(
            title="A context that this verifier does not hold",
            why="Contexts are never fetched; without one, the words have no meaning here.",
            build=lambda: signed() | {"@context": [V2, OB, "https://example.org/context"]},
            expected=unknown,
        ),
    )
    yield (
        "context-trailing-slash",
        Case(
            title="A context URL with a slash more",
            why="URLs of contexts are compared exactly: a look-alike is another document.",
            build=lambda: signed() | {"@context": [V2, f"{OB}/"]},
            expected=unknown,
        ),
    )
    yield (
        "context-by-http",
        Case(
            title="The base context by plain http",
            why=f"The first context is the base context, spelled exactly. {_CONTEXT}",
            build=lambda: signed() | {"@context": [V2.replace("https", "http"), OB]},
            expected=unknown,
        ),
    )
    yield (
        "context-order",
        _shape(
            "The contexts in another order",
            f"The base context comes first, because later ones may add to it. {_CONTEXT}",
            lambda: signed() | {"@context": [OB, V2]},
        ),
    )
    yield (
        "no-context",
        _shape(
            "No context at all",
            _CONTEXT,
            lambda: {k: v for k, v in signed().items() if k != "@context"},
        ),
    )
    yield (
        "inline-context",
        Case(
            title="An inline context that gives two words each other's meaning",
            why="With the meanings swapped, swapped values carry the same statements, so the "
            "proof would hold. The VC-API profile admits inline contexts, but not ones that give "
            "words of known contexts another meaning.",
            build=lambda: (
                signed() | {"@context": [V2, OB, {"humanCode": "https://schema.org/name"}]}
            ),
            expected=undecided("UNKNOWN_CONTEXT", 3) | {"api": refused("MALFORMED_VALUE_ERROR", 3)},
        ),
    )
    yield (
        "context-in-subtree",
        Case(
            title="A context inside the subject",
            why="A context deep in the tree changes the meaning of what is below it.",
            build=lambda: changed(signed(), "credentialSubject", "@context", to=EXAMPLES),
            expected=undecided("UNKNOWN_CONTEXT", 3),
        ),
    )


def _shapes() -> Iterator[tuple[str, Case]]:
    yield (
        "id-beside-at-id",
        _shape(
            "id and @id side by side",
            "One reader sees one of them, another reader the other.",
            lambda: signed() | {"@id": "urn:uuid:other"},
        ),
    )
    yield (
        "type-beside-at-type",
        _shape(
            "type and @type side by side",
            "As with id: which of the two counts depends on the reader.",
            lambda: changed(signed(), "credentialSubject", "@type", to="Person"),
        ),
    )
    yield (
        "prefixed-member",
        Case(
            title="A member under its full IRI",
            why="The statements stay the same, but a program that looks for the short name is "
            "blind: validUntil could be hidden in this way.",
            build=lambda: {
                ("https://schema.org/name" if k == "name" else k): v for k, v in signed().items()
            },
            expected=refused("MALFORMED_VALUE_ERROR", 5),
        ),
    )
    yield (
        "empty-subject",
        _shape(
            "A subject that says nothing",
            "VC Data Model 2.0, section 4.8: a subject has claims.",
            lambda: changed(signed(), "credentialSubject", to={}),
        ),
    )
    yield (
        "date-that-does-not-exist",
        _shape(
            "30 February",
            "XML Schema 1.1, 3.4.28: the day does not exist.",
            lambda: changed(signed(), "validFrom", to="2026-02-30T00:00:00Z"),
        ),
    )
    yield (
        "ends-before-it-starts",
        _shape(
            "An end before the start",
            "VC Data Model 2.0, section 4.9.",
            lambda: signed(badge(validUntil="2020-01-01T00:00:00Z")),
        ),
    )
    yield (
        "old-member-names",
        _shape(
            "Dates under the names of the older data model",
            "issuanceDate in a 2.0 document would be read by some and ignored by others.",
            lambda: signed() | {"issuanceDate": "2026-03-23T20:31:06Z"},
        ),
    )
    yield (
        "not-a-credential",
        _shape(
            "A document of another type",
            "VC Data Model 2.0, section 4.5.",
            lambda: changed(signed(), "type", to=["Diploma"]),
        ),
    )


def _json() -> Iterator[tuple[str, Case]]:
    parsing = refused("PARSING_ERROR", 1)
    yield (
        "duplicate-member",
        Case(
            title="One member twice",
            why="One parser takes the first, another the last: signed and shown would differ. "
            "RFC 7493, section 2.3.",
            build=lambda: b'{"id": "urn:a:b", "id": "urn:a:c"}',
            expected=parsing,
        ),
    )
    yield (
        "not-a-number",
        Case(
            title="NaN",
            why="JSON has no such number (RFC 8259, section 6).",
            build=lambda: b'{"id": NaN}',
            expected=parsing,
        ),
    )
    yield (
        "integer-beyond-doubles",
        Case(
            title="An integer beyond 2^53",
            why="Two readers see two numbers (RFC 7493, section 2.2).",
            build=lambda: b'{"id": 9007199254740993}',
            expected=parsing,
        ),
    )
    yield (
        "half-a-character",
        Case(
            title="A lone surrogate",
            why="Half a character cannot be written in UTF-8; libraries replace it differently.",
            build=lambda: b'{"id": "\\ud800"}',
            expected=parsing,
        ),
    )
    yield (
        "nested-too-deeply",
        Case(
            title="A document nested a hundred thousand deep",
            why="It exhausts the stack of careless parsers.",
            build=lambda: b"[" * 100_000,
            expected=refused("LIMIT_EXCEEDED", 1),
        ),
    )


def _proof_shapes() -> Iterator[tuple[str, Case]]:
    for name, value in (
        ("null", None),
        ("empty-list", []),
        ("empty-object", {}),
        ("list-of-null", [None]),
    ):
        yield (
            f"proof-{name}",
            Case(
                title=f"A proof that is {name.replace('-', ' ')}",
                why="A check of no proofs must not count as a check that passed.",
                build=lambda value=value: changed(signed(), "proof", to=value),  # type: ignore[misc]
                expected=refused("PARSING_ERROR", 3),
            ),
        )
    yield (
        "no-proof",
        Case(
            title="No proof",
            why="Anybody could have written it.",
            build=badge,
            expected=refused("PARSING_ERROR", 2),
        ),
    )
    yield (
        "purpose-authentication",
        Case(
            title="A proof made for signing in",
            why="A proof says what it is for; one for authentication asserts nothing. "
            "VC Data Integrity 1.0, section 4.4, step 4.",
            build=lambda: signed(proofPurpose="authentication"),
            expected=refused("PROOF_VERIFICATION_ERROR", 3),
        ),
    )
    yield (
        "key-in-the-proof",
        Case(
            title="A verification method that is a key instead of a URL",
            why="Whoever sends the key can sign anything with it.",
            build=lambda: changed(signed(), "proof", "verificationMethod", to=method()),
            expected=refused("INVALID_VERIFICATION_METHOD_URL", 3),
        ),
    )
    for name, value in _signatures().items():
        yield (
            f"signature-{name}",
            Case(
                title=f"A signature that is {name.replace('-', ' ')}",
                why="One signature has one spelling and one length. Data Integrity EdDSA 1.0, 3.2.",
                build=lambda value=value: changed(signed(), "proof", "proofValue", to=value),  # type: ignore[misc]
                expected=refused("PROOF_VERIFICATION_ERROR", 5),
            ),
        )


def _signatures() -> dict[str, str]:
    good = str(signed()["proof"]["proofValue"])
    raw = decode_proof_value(good)
    s = int.from_bytes(raw[32:], "little") + ORDER
    return {
        "cut-short": good[:-1],
        "in-another-base": "u" + urlsafe_b64encode(raw).rstrip(b"=").decode(),
        "padded": f"{good}=",
        "all-zero": encode_base58btc(bytes(64)),
        "not-reduced": encode_base58btc(raw[:32] + s.to_bytes(32, "little")),
        "very-long": "z" + "2" * 20_000,
    }


def _keys() -> Iterator[tuple[str, Case]]:
    yield (
        "other-issuer",
        Case(
            title="Signed by one, issued by another",
            why="Anybody can sign; the signature must be by a key of the issuer that is named.",
            build=lambda: signed(badge(issuer="did:web:university.example")),
            expected=refused("ISSUER_KEY_MISMATCH", 4),
        ),
    )
    yield (
        "did-key-with-a-stranger-s-fragment",
        Case(
            title="The victim's did:key with the attacker's key as fragment",
            why="A resolver that reads the key out of the fragment lets anybody sign as anybody.",
            build=lambda: secure_document(
                badge(), STRANGER, verificationMethod=f"{KEY.did}#{STRANGER.multibase}"
            ),
            expected=refused("INVALID_VERIFICATION_METHOD_URL", 4),
        ),
    )
    yield (
        "weak-key",
        Case(
            title="A key under which one signature fits many messages",
            why="Points of small order make signatures that prove nothing, and libraries accept "
            "them (RFC 8032, section 5.1.7).",
            build=_weak,
            expected=refused("WEAK_KEY", 4),
        ),
    )
    yield (
        "unknown-did-method",
        Case(
            title="An identifier of an unknown method",
            why="Who is behind it cannot be found out here: no answer.",
            build=lambda: secure_document(
                badge(issuer="did:example:issuer"),
                KEY,
                verificationMethod="did:example:issuer#key-1",
            ),
            expected=undecided("UNSUPPORTED_DID_METHOD", 4),
        ),
    )
    yield (
        "unknown-cryptosuite",
        Case(
            title="A cryptosuite in another case",
            why="Names of suites are compared exactly; an unknown one is no answer.",
            build=lambda: changed(signed(), "proof", "cryptosuite", to="EDDSA-RDFC-2022"),
            expected=undecided("UNSUPPORTED_CRYPTOSUITE", 5),
        ),
    )
    yield (
        "unknown-proof-type",
        Case(
            title="A proof of an unknown type",
            why="Neither good nor bad: this verifier cannot tell.",
            build=lambda: changed(signed(), "proof", "type", to="SomeSignature2031"),
            expected=undecided("UNSUPPORTED_CRYPTOSUITE", 5),
        ),
    )


def _weak() -> JsonObject:
    weak = encode_base58btc(b"\xed\x01" + b"\x01" + bytes(31))
    did = f"did:key:{weak}"
    return signed(badge(issuer=did), verificationMethod=f"{did}#{weak}")


def _web_keys() -> Iterator[tuple[str, Case]]:
    url = f"{SITE}/.well-known/did.json"

    def case(title: str, why: str, code: str, document: Callable[[], Any]) -> Case:
        return Case(
            title=title,
            why=why,
            build=lambda: web_signed(web_badge()),
            expected=refused(code, 4),
            network=lambda: {url: document()},
        )

    section = "Controlled Identifiers 1.0, section 3.3."
    yield (
        "key-not-for-assertions",
        case(
            "A key that is listed for another purpose",
            f"A key for signing in must not sign credentials. {section}",
            "INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD",
            lambda: did_document(assertionMethod=[], authentication=[f"{WEB}#key-1"]),
        ),
    )
    yield (
        "key-of-another-controller",
        case(
            "A key that another controller owns",
            f"A document may not lend its name to somebody else's key. {section}",
            "INVALID_VERIFICATION_METHOD",
            lambda: did_document(verificationMethod=[method(controller="did:web:other.example")]),
        ),
    )
    yield (
        "did-document-of-another",
        case(
            "The DID document of somebody else",
            f"The id in the document is the DID that was asked for. {section}",
            "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID",
            lambda: did_document(id="did:web:other.example"),
        ),
    )
    yield (
        "two-keys-under-one-id",
        case(
            "Two keys under one id",
            "Which of the two counts would depend on the reader.",
            "INVALID_VERIFICATION_METHOD",
            lambda: did_document(
                verificationMethod=[method(), method(publicKeyMultibase=STRANGER.multibase)]
            ),
        ),
    )
    yield (
        "private-key-in-the-open",
        case(
            "A DID document that publishes a private key",
            "Everybody can sign with it.",
            "INVALID_CONTROLLED_IDENTIFIER_DOCUMENT",
            lambda: did_document(verificationMethod=[method(secretKeyMultibase="z3u2")]),
        ),
    )
    yield (
        "revoked-key",
        case(
            "A key that its controller revoked",
            f"It must not be used after that moment. {section}",
            "INVALID_VERIFICATION_METHOD",
            lambda: did_document(verificationMethod=[method(revoked="2026-01-01T00:00:00Z")]),
        ),
    )
    yield (
        "key-that-cannot-be-had",
        Case(
            title="An issuer whose key document is not there",
            why="The key may exist; nobody answered. No answer, and no word about forgery.",
            build=lambda: web_signed(web_badge()),
            expected=undecided("KEY_UNAVAILABLE", 4),
        ),
    )
    yield (
        "did-web-at-an-ip-address",
        Case(
            title="A did:web at an IP address",
            why="An identifier must not lead the verifier into somebody's network.",
            build=lambda: secure_document(
                badge(issuer="did:web:169.254.169.254"),
                KEY,
                verificationMethod="did:web:169.254.169.254#key-1",
            ),
            expected=refused("INVALID_VERIFICATION_METHOD_URL", 4),
        ),
    )


def _sets() -> Iterator[tuple[str, Case]]:
    why = "All proofs of a set must verify. VC Data Integrity 1.0, section 2.1.1; ours is strict."
    bad = {"created": "2026-03-24T12:00:01Z"}
    yield (
        "set-good-then-bad",
        Case(
            title="A good proof and a bad one",
            why=why,
            build=lambda: changed(signed(signed()), "proof", 1, "created", to=bad["created"]),
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )
    yield (
        "set-bad-then-good",
        Case(
            title="A bad proof and a good one",
            why=why,
            build=lambda: changed(signed(signed()), "proof", 0, "created", to=bad["created"]),
            expected=refused("PROOF_VERIFICATION_ERROR", 5),
        ),
    )
    yield (
        "chain-that-runs-in-a-circle",
        Case(
            title="Two proofs that each follow the other",
            why="A chain has a beginning. VC Data Integrity 1.0, section 2.1.2.",
            build=_circle,
            expected=refused("PROOF_VERIFICATION_ERROR", 3),
        ),
    )
    yield (
        "chain-without-its-beginning",
        Case(
            title="A proof that follows one that is not there",
            why="What it signed cannot be put together again.",
            build=lambda: changed(signed(), "proof", "previousProof", to="urn:uuid:not-there"),
            expected=refused("PROOF_VERIFICATION_ERROR", 3),
        ),
    )


def _circle() -> JsonObject:
    one, two = "urn:uuid:0001", "urn:uuid:0002"
    document = signed(signed(id=one), id=two, previousProof=one)
    return changed(document, "proof", 0, "previousProof", to=two)


def _work() -> Iterator[tuple[str, Case]]:
    yield (
        "poison-graph",
        Case(
            title="Unnamed nodes that all look alike",
            why="Telling them apart takes factorially many tries. RDF Dataset Canonicalization "
            "1.0, section 7.1, makes a limit a MUST.",
            build=_poison,
            expected=refused("LIMIT_EXCEEDED", 5),
        ),
    )


def _poison() -> JsonObject:
    nodes = [f"_:n{number}" for number in range(9)]
    clique = [
        {"id": node, "knows": [{"id": other} for other in nodes if other != node]} for node in nodes
    ]
    document = badge()
    document["@context"] = [V2, OB, EXAMPLES]
    document["credentialSubject"]["knows"] = clique
    proof = signed()["proof"]
    return document | {"proof": proof}


def _times() -> Iterator[tuple[str, Case]]:
    yield (
        "ended",
        Case(
            title="A credential that has ended",
            why="Past its validUntil it is not to be relied on. VC Data Model 2.0, section 4.9.",
            build=lambda: signed(badge(validUntil="2026-03-30T00:00:00Z")),
            expected=refused("EXPIRED", 6),
        ),
    )
    yield (
        "not-yet-valid",
        Case(
            title="A credential that has not started",
            why="Before its validFrom it is not to be relied on.",
            build=lambda: signed(badge(validFrom="2126-01-01T00:00:00Z")),
            expected=refused("NOT_YET_VALID", 6),
        ),
    )
    yield (
        "ended-proof",
        Case(
            title="A proof that has ended",
            why="VC Data Integrity 1.0, section 2.1, expires.",
            build=lambda: signed(expires="2026-03-30T00:00:00Z"),
            expected=refused("EXPIRED", 6),
        ),
    )
    yield (
        "schema-not-met",
        Case(
            title="A credential that does not fit the schema it names",
            why="VC JSON Schema 1.0, section 4: a schema held here is a promise that is checked.",
            build=lambda: signed(
                badge(
                    credentialSchema={
                        "id": "https://w3id.org/micro-internship/schemas/"
                        "micro-internship-credential-1.0.json",
                        "type": "JsonSchema",
                    }
                )
            ),
            expected=refused("SCHEMA_VALIDATION_ERROR", 8),
        ),
    )


def _status_entries() -> Iterator[tuple[str, Case]]:
    def good() -> Any:
        return signed(status_list(bits()))

    for name, index in (("word", "abc"), ("number", 94567), ("negative", "-1"), ("float", "1e3")):
        yield (
            f"status-index-{name}",
            with_list(
                f"A status index that is {index!r}",
                "Bitstring Status List 1.0, section 2.1: a whole number, written as text. Read "
                "carelessly it becomes NaN, which is not 1, which is not revoked.",
                refused("MALFORMED_VALUE_ERROR", 7),
                good,
                entry(index),
            ),
        )
    yield (
        "status-index-past-the-end",
        with_list(
            "A status index past the end of its list",
            "What is not in the list is not known. Bitstring Status List 1.0, section 3.2, step 8.",
            undecided("RANGE_ERROR", 7),
            good,
            entry("131072"),
        ),
    )
    yield (
        "status-of-unknown-type",
        with_list(
            "A status of an unknown type",
            "Skipped, it would count as not revoked.",
            undecided("UNSUPPORTED_STATUS_TYPE", 7),
            good,
            {"id": f"{LIST_URL}#1", "type": "https://example.org/OtherStatus"},
        ),
    )
    yield (
        "status-second-entry-revoked",
        with_list(
            "Two status entries, the second one set",
            "Every entry is read, not the first alone.",
            refused("REVOKED", 7),
            lambda: signed(status_list(bits(5))),
            [entry("4"), entry("5")],
        ),
    )
    yield (
        "status-at-a-metadata-address",
        Case(
            title="A status list at an address inside a cloud",
            why="A verifier fetches for strangers; it must not fetch from inside.",
            build=lambda: signed(
                badge(
                    credentialStatus=entry(
                        statusListCredential="https://169.254.169.254/latest/meta-data"
                    )
                )
            ),
            expected=undecided("ADDRESS_NOT_ALLOWED", 7),
        ),
    )


def _status_lists() -> Iterator[tuple[str, Case]]:
    verification = undecided("STATUS_VERIFICATION_ERROR", 7)
    yield (
        "revoked",
        with_list(
            "A revoked credential",
            "The issuer has taken it back.",
            refused("REVOKED", 7),
            lambda: signed(status_list(bits(94567))),
        ),
    )
    yield (
        "suspended",
        with_list(
            "A suspended credential",
            "The issuer has put it on hold.",
            refused("SUSPENDED", 7),
            lambda: signed(status_list(bits(94567), "suspension")),
            entry(purpose="suspension"),
        ),
    )
    yield (
        "status-list-not-there",
        Case(
            title="A status list that does not answer",
            why="Not to know is neither a yes nor a no: never *not revoked*, and never *revoked*.",
            build=lambda: signed(badge(credentialStatus=entry())),
            expected=undecided("STATUS_RETRIEVAL_ERROR", 7),
        ),
    )
    yield (
        "status-list-unsigned",
        with_list(
            "A status list without a proof",
            "Anybody on the way could have written it.",
            verification,
            lambda: status_list(bits()),
        ),
    )
    yield (
        "status-list-changed",
        with_list(
            "A status list that was changed",
            "One bit turned under an old proof would bring a revoked credential back.",
            verification,
            lambda: changed(
                signed(status_list(bits(94567))), "credentialSubject", "encodedList", to=bits()
            ),
        ),
    )
    yield (
        "status-list-by-a-stranger",
        with_list(
            "A status list that somebody else signed",
            "Only the issuer, or whom the operator names, says what was withdrawn.",
            verification,
            lambda: secure_document(status_list(bits(), issuer=STRANGER.did), STRANGER),
        ),
    )
    yield (
        "status-list-of-another-address",
        with_list(
            "The status list of another address",
            "A good list in the wrong place answers another question.",
            verification,
            lambda: signed(status_list(bits(), id=f"{SITE}/status/2")),
        ),
    )
    yield (
        "status-list-for-another-purpose",
        with_list(
            "A list for another purpose",
            "Not suspended does not mean not revoked.",
            verification,
            lambda: signed(status_list(bits(), "suspension")),
        ),
    )
    yield (
        "status-list-ended",
        with_list(
            "A status list that has ended",
            "An old list, replayed, hides a revocation.",
            verification,
            lambda: signed(status_list(bits(), validUntil="2026-03-02T00:00:00Z")),
        ),
    )
    yield (
        "status-list-too-short",
        with_list(
            "A list of eight entries",
            "So short a list tells who is who. Bitstring Status List 1.0, section 2.1.",
            undecided("STATUS_LIST_LENGTH_ERROR", 7),
            lambda: signed(status_list(encode_list(b"\x00"))),
        ),
    )
    yield (
        "status-list-bomb",
        with_list(
            "A list that opens to sixty-four megabytes",
            "A few bytes must not fill the memory: opening stops at a limit.",
            undecided("LIMIT_EXCEEDED", 7),
            lambda: signed(status_list(bomb())),
        ),
    )
    yield (
        "status-list-not-json",
        with_list(
            "A page instead of a list",
            "Login pages and error pages answer 200 too.",
            verification,
            lambda: "<!doctype html><title>Sign in</title>",
        ),
    )
    yield (
        "status-list-in-another-alphabet",
        with_list(
            "A list in base64 instead of base64url",
            "One list has one spelling.",
            verification,
            lambda: signed(status_list("z" + bits()[1:])),
        ),
    )


_ROOMS: Final = (
    _changes,
    _losses,
    _contexts,
    _shapes,
    _json,
    _proof_shapes,
    _keys,
    _web_keys,
    _sets,
    _work,
    _times,
    _status_entries,
    _status_lists,
)
REFUSED: Final[Mapping[str, Case]] = dict(pair for room in _ROOMS for pair in room())


# --- the accepted -----------------------------------------------------------------------


def _good(title: str, build: Callable[[], JsonObject], network: Any = None) -> Case:
    return Case(
        title=title,
        why="It must verify: a verifier that refuses everything is of no use.",
        build=build,
        expected={"outcome": "verified"},
        network=network,
    )


def _old() -> JsonObject:
    return signed(
        {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential"],
            "issuer": KEY.did,
            "issuanceDate": "2020-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:example:learner"},
        }
    )


def _micro_internship() -> JsonObject:
    document = example_projected("01")
    document["issuer"]["id"] = KEY.did
    document["credentialStatus"] = entry()
    return signed(document)


def _bell() -> JsonObject:
    """A control character, which some canonicalisers write differently."""
    document = signed(badge(name="Bell \u0007 and delete \u007f"))
    assert canonicalize(badge(name="Bell \u0007"))
    return document


ACCEPTED: Final[Mapping[str, Case]] = {
    "badge": _good("An Open Badges 3.0 credential by a did:key", signed),
    "old-data-model": _good("A credential of data model 1.1", _old),
    "micro-internship": _good(
        "A completed micro-internship with its status list",
        _micro_internship,
        served(lambda: signed(status_list(bits(94566, 94568)))),
    ),
    "did-web": _good(
        "A credential by a did:web",
        lambda: web_signed(web_badge()),
        lambda: {f"{SITE}/.well-known/did.json": did_document()},
    ),
    "two-proofs": _good("Two proofs by the issuer", lambda: signed(signed())),
    "two-signers": _good(
        "A proof by the issuer and one by somebody else",
        lambda: secure_document(signed(), STRANGER),
    ),
    "chain": _good(
        "A proof over the document and its first proof",
        lambda: signed(signed(id="urn:uuid:0001"), previousProof="urn:uuid:0001"),
    ),
    "two-purposes": _good(
        "Not revoked and not suspended, in one list for both",
        lambda: signed(badge(credentialStatus=[entry("1"), entry("1", "suspension")])),
        served(lambda: signed(status_list(bits(0, 2), ["revocation", "suspension"]))),
    ),
    "control-characters": _good("Control characters in a name", _bell),
    "until-the-end-of-time": _good(
        "A credential that ends later",
        lambda: signed(badge(validUntil="9999-12-31T23:59:59Z")),
    ),
}
