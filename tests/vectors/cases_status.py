"""The cases of status lists beyond one bit: messages, the lists of 1EdTech, status tokens."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tests.signers import Ed25519TestKey
from tests.vectors.cases import (
    KEY,
    LIST_URL,
    OB,
    STRANGER,
    V2,
    Answers,
    Case,
    badge,
    bits,
    entry,
    refused,
    served,
    signed,
    status_list,
    undecided,
    with_list,
)
from verifier.proofs.jose_build import build_vc_jwt
from verifier.proofs.jws import build_jws, encode_base64url
from verifier.proofs.sd_jwt_issue import build_sd_jwt
from verifier.status.token_status_list import TokenList, build_claim
from verifier.strict_json import JsonObject

EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
V1: Final = "https://www.w3.org/2018/credentials/v1"
DRAFT: Final = "https://w3id.org/vc/status-list/2021/v1"
UNVERIFIED: Final = undecided("STATUS_VERIFICATION_ERROR", 7)
MESSAGES: Final = [
    {"status": "0x0", "message": "in force"},
    {"status": "0x1", "message": "withdrawn at the learner's wish"},
    {"status": "0x2", "message": "issued by mistake"},
    {"status": "0x3", "message": "replaced"},
]
MALFORMED: Final = refused("MALFORMED_VALUE_ERROR", 7)
ENTRY: Final = "Bitstring Status List 1.0, section 2.1."


# --- entries of several bits ------------------------------------------------------------


def wide(index: str = "5", purpose: str = "revocation", **members: Any) -> JsonObject:
    """An entry of two bits; ``...`` leaves a member out."""
    found = entry(index, purpose, statusSize=2, statusMessage=MESSAGES) | members
    return {name: value for name, value in found.items() if value is not ...}


def two_bits(*pairs: tuple[int, int], purpose: str = "revocation") -> JsonObject:
    """A list of two-bit entries with some values set."""
    flat = [2 * at + bit for at, value in pairs for bit in (0, 1) if value >> (1 - bit) & 1]
    return signed(status_list(bits(*flat, entries=262_144), purpose))


def _wide() -> Iterator[tuple[str, Case]]:
    yield (
        "status-two-bits-revoked",
        with_list(
            "An entry of two bits whose value is 2",
            "Read as one bit, the entry is another credential's, and not set. " + ENTRY,
            refused("REVOKED", 7),
            lambda: two_bits((5, 2)),
            wide(),
        ),
    )
    yield (
        "status-two-bits-without-messages",
        with_list(
            "An entry of two bits without messages",
            "What the values mean must be said. " + ENTRY,
            MALFORMED,
            two_bits,
            wide(statusMessage=...),
        ),
    )
    yield (
        "status-two-bits-message-missing",
        with_list(
            "An entry of two bits with three messages",
            "One of the values would have no meaning. " + ENTRY,
            MALFORMED,
            two_bits,
            wide(statusMessage=MESSAGES[:3]),
        ),
    )
    yield (
        "status-two-bits-message-twice",
        with_list(
            "An entry of two bits with two messages for one value",
            "Readers would tell different messages. " + ENTRY,
            MALFORMED,
            two_bits,
            wide(statusMessage=[*MESSAGES[:3], {"status": "0x02", "message": "in force"}]),
        ),
    )
    yield (
        "status-too-wide",
        with_list(
            "An entry of nine bits",
            "The limit of this verifier is eight, so what it means stays open.",
            undecided("LIMIT_EXCEEDED", 7),
            two_bits,
            wide(statusSize=9),
        ),
    )
    yield (
        "status-size-zero",
        with_list("An entry of no bits", ENTRY, MALFORMED, two_bits, wide(statusSize=0)),
    )
    yield (
        "status-two-bits-list-too-short",
        with_list(
            "A list that is long enough for one bit to an entry, but not for two",
            "The least number is one of entries, not of bits. Section 3.2.",
            undecided("STATUS_LIST_LENGTH_ERROR", 7),
            lambda: signed(status_list(bits())),
            wide(),
        ),
    )


# --- entries of one bit -----------------------------------------------------------------


def _one_bit() -> Iterator[tuple[str, Case]]:
    yield (
        "status-first-bit",
        with_list(
            "The first bit of a list",
            "Index 0 is the left-most bit. A reader from the right finds index 7 revoked "
            "instead. Section 3.2.",
            refused("REVOKED", 7),
            lambda: signed(status_list(bits(0))),
            entry("0"),
        ),
    )
    yield (
        "status-of-unknown-purpose",
        with_list(
            "A set bit of a purpose that is not known here",
            "It may mean anything, so it cannot be passed over.",
            undecided("UNSUPPORTED_STATUS_TYPE", 7),
            lambda: signed(status_list(bits(5), "https://example.org/recalled")),
            entry("5", "https://example.org/recalled"),
        ),
    )
    yield (
        "status-entry-called-like-its-list",
        with_list(
            "A status entry with the id of its list",
            "Two things with one name are one thing to RDF. " + ENTRY,
            MALFORMED,
            lambda: signed(status_list(bits())),
            entry(id=LIST_URL),
        ),
    )
    for name, index in (("leading-zero", "007"), ("arabic", "\u0661"), ("space", " 5")):
        yield (
            f"status-index-{name}",
            with_list(
                f"A status index that is {index!r}",
                "One number has one spelling; readers differ in what they make of others. " + ENTRY,
                MALFORMED,
                lambda: signed(status_list(bits())),
                entry(index, id=f"{LIST_URL}#odd"),
            ),
        )


def _lists() -> Iterator[tuple[str, Case]]:
    raw = bytes(16_384)
    forms = {
        "zlib": ("A list in a zlib file", "u" + encode_base64url(zlib.compress(raw))),
        "two-files": (
            "A list of two gzip files, one after the other",
            "u" + encode_base64url(gzip.compress(raw, mtime=0) * 2),
        ),
        "padded": ("A list with padding at its end", bits() + "="),
    }
    for name, (title, encoded) in forms.items():
        yield (
            f"status-list-{name}",
            with_list(
                title,
                "One list has one spelling: readers differ in what they make of others.",
                UNVERIFIED,
                lambda encoded=encoded: signed(status_list(encoded)),
            ),
        )
    yield (
        "status-list-from-the-future",
        with_list(
            "A status list that does not start yet",
            "It says what will be, not what is.",
            UNVERIFIED,
            lambda: signed(status_list(bits(), validFrom="2026-07-01T00:00:00Z")),
        ),
    )
    yield (
        "status-list-2021-by-context",
        Case(
            title="A status of the draft before Bitstring Status List",
            why="Its context is not held here, so its words have no meaning here. Several public "
            "verifiers skip such a status, and the revoked credential passes.",
            build=lambda: signed(badge(credentialStatus=entry())) | {"@context": [V2, OB, DRAFT]},
            expected=undecided("UNKNOWN_CONTEXT", 3),
        ),
    )


def old_token(claims: JsonObject) -> str:
    """A credential of data model 1.1 in the claim ``vc`` of a token."""
    vc = {"@context": [V1], "issuer": KEY.did, "issuanceDate": "2026-03-01T00:00:00Z"} | claims
    payload = {"iss": KEY.did, "nbf": 1772323200, "vc": vc}
    header = {"alg": "EdDSA", "typ": "JWT", "kid": KEY.verification_method}
    return build_jws(header, json.dumps(payload).encode(), KEY.sign)


def draft_badge() -> str:
    """A token with a status of the draft: without JSON-LD it needs no context of its own."""
    status = entry("5", type="StatusList2021Entry")
    subject = {"id": "did:example:learner"}
    return old_token(
        {
            "type": ["VerifiableCredential"],
            "credentialSubject": subject,
            "credentialStatus": status,
        }
    )


def draft_list(*set_indexes: int) -> str:
    return old_token(
        {
            "id": LIST_URL,
            "type": ["VerifiableCredential", "StatusList2021Credential"],
            "credentialSubject": {
                "id": f"{LIST_URL}#list",
                "type": "StatusList2021",
                "statusPurpose": "revocation",
                "encodedList": bits(*set_indexes).removeprefix("u"),
            },
        }
    )


def list_token(encoded: str, key: Ed25519TestKey = KEY) -> str:
    """A list credential secured as a token."""
    return build_vc_jwt(
        status_list(encoded, issuer=key.did),
        algorithm="EdDSA",
        kid=key.verification_method,
        sign=key.sign,
    )


def _list_tokens() -> Iterator[tuple[str, Case]]:
    how = "A list may be secured like credentials of any kind. "
    yield (
        "status-list-as-token-revoked",
        with_list(
            "A list credential as a token, with the bit set",
            how + "A reader of JSON alone would find no list.",
            refused("REVOKED", 7),
            lambda: list_token(bits(94567)),
        ),
    )
    yield (
        "status-list-as-token-by-a-stranger",
        with_list(
            "A list credential as a token that somebody else signed",
            how + "Whose list it is, is asked of each kind.",
            UNVERIFIED,
            lambda: list_token(bits(), STRANGER),
        ),
    )
    yield (
        "status-list-as-token-changed",
        with_list(
            "A list credential as a token, with another signature",
            how + "What holds for proofs holds for tokens.",
            UNVERIFIED,
            lambda: (
                f"{list_token(bits()).rpartition('.')[0]}."
                f"{list_token(bits(94567)).rpartition('.')[2]}"
            ),
        ),
    )


def _drafts() -> Iterator[tuple[str, Case]]:
    yield (
        "status-list-2021-revoked",
        Case(
            title="A token whose status is in a list of the draft, and set",
            why="Several public verifiers skip such a status, and the revoked credential passes.",
            build=draft_badge,
            expected=refused("REVOKED", 7),
            network=served(lambda: draft_list(5)),
        ),
    )
    yield (
        "status-list-2021-with-prefix",
        Case(
            title="A list of the draft with the prefix of the standard",
            why="The draft has no multibase: whoever drops the first letter reads other bits.",
            build=draft_badge,
            expected=UNVERIFIED,
            network=served(
                lambda: old_token(
                    {
                        "id": LIST_URL,
                        "type": ["VerifiableCredential", "StatusList2021Credential"],
                        "credentialSubject": {
                            "type": "StatusList2021",
                            "statusPurpose": "revocation",
                            "encodedList": bits(),
                        },
                    }
                )
            ),
        ),
    )


# --- 1EdTech revocation lists -----------------------------------------------------------


def plain(*items: object, **members: Any) -> JsonObject:
    """A list of revoked credentials as 1EdTech has it: no signature."""
    return {"id": LIST_URL, "issuer": KEY.did, "revokedCredential": list(items)} | members


def plain_badge() -> JsonObject:
    status = {"id": LIST_URL, "type": "1EdTechRevocationList"}
    return signed(badge(**{"@context": [V2, OB, EXTENSIONS]}, credentialStatus=status))


def _plain(title: str, why: str, expected: JsonObject, answer: Any) -> Case:
    network = None if answer is None else served(lambda: answer)
    return Case(title=title, why=why, build=plain_badge, expected=expected, network=network)


ID: Final = badge()["id"]
UNSIGNED: Final = "The list is not signed, so it must at least name the credential's issuer. "


def _plain_lists() -> Iterator[tuple[str, Case]]:
    revoked = refused("REVOKED", 7)
    yield (
        "plain-list-revoked",
        _plain(
            "A credential in a list of revoked ones",
            "What is listed is revoked, also without `revoked: true`. Open Badges 3.0.",
            revoked,
            plain({"id": "urn:uuid:0"}, {"id": ID, "revocationReason": "Issued twice."}),
        ),
    )
    yield (
        "plain-list-revoked-by-id-alone",
        _plain(
            "A list under its other name, with plain ids",
            "Some issuers write `revokedCredentials`; whoever reads one name alone finds nothing.",
            revoked,
            {"id": LIST_URL, "issuer": {"id": KEY.did}, "revokedCredentials": [ID]},
        ),
    )
    yield (
        "plain-list-by-a-stranger",
        _plain("A list of another issuer", UNSIGNED, UNVERIFIED, plain(issuer=STRANGER.did)),
    )
    yield (
        "plain-list-by-nobody",
        _plain("A list that names no issuer", UNSIGNED, UNVERIFIED, plain(issuer=None)),
    )
    yield (
        "plain-list-not-there",
        _plain(
            "A list that does not answer",
            "Not to know is neither a yes nor a no.",
            undecided("STATUS_RETRIEVAL_ERROR", 7),
            None,
        ),
    )
    yield (
        "plain-list-of-nothing",
        _plain(
            "An empty object in the place of a list",
            "An error page in JSON must not read as *nothing is revoked*.",
            UNVERIFIED,
            {"issuer": KEY.did, "error": "try again"},
        ),
    )
    yield (
        "plain-list-half-readable",
        _plain(
            "A list with an item that is not read",
            "The item may be this very credential.",
            UNVERIFIED,
            plain({"id": ID, "revoked": "true"}),
        ),
    )


# --- status tokens ----------------------------------------------------------------------

ISSUED: Final = int(datetime(2026, 5, 31, 12, tzinfo=UTC).timestamp())
"""A day before the corpus is judged."""
DAY: Final = 86_400
TOKEN: Final = "Token Status List, section 8.3."


def holder_token(status: object = ..., **members: Any) -> str:
    """A small SD-JWT VC with a place in a status token."""
    place = {"status_list": {"idx": 5, "uri": LIST_URL}} if status is ... else status
    claims = {
        "iss": KEY.did,
        "iat": 1774297866,
        "vct": "https://issuer.example/types/badge",
        "name": "Maya",
        "status": place,
    }
    header = {"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": KEY.verification_method}
    return build_sd_jwt(claims | members, (), header=header, sign=KEY.sign, salts=lambda: "none")


def status_claim(value: int, width: int = 4) -> JsonObject:
    """A list of 1,024 bytes with one value at index 5."""
    values = bytearray(1_024)
    values[5 * width // 8] = value << 5 * width % 8
    return build_claim(TokenList(bits=width, values=bytes(values)))


def status_token(
    value: int = 0, key: Ed25519TestKey = KEY, typ: str = "statuslist+jwt", **members: Any
) -> str:
    """The token at the list's address; ``...`` leaves a claim out."""
    claims = {
        "sub": LIST_URL,
        "iat": ISSUED,
        "exp": ISSUED + 7 * DAY,
        "status_list": status_claim(value),
    } | members
    kept = {name: it for name, it in claims.items() if it is not ...}
    header = {"alg": "EdDSA", "typ": typ, "kid": key.verification_method}
    return build_jws(header, json.dumps(kept).encode(), key.sign)


def _token(
    title: str,
    why: str,
    expected: JsonObject,
    answer: Callable[[], Any] | None,
    status: object = ...,
) -> Case:
    def network() -> Answers:
        return {LIST_URL: answer()} if answer else {}

    return Case(
        title=title,
        why=why,
        build=lambda: holder_token(status),
        expected=expected,
        network=network,
    )


def _values() -> Iterator[tuple[str, Case]]:
    yield (
        "token-status-revoked",
        _token(
            "An SD-JWT VC whose status is INVALID",
            "The issuer has taken it back. Token Status List, section 7.1.",
            refused("REVOKED", 7),
            lambda: status_token(1),
        ),
    )
    yield (
        "token-status-suspended",
        _token(
            "An SD-JWT VC whose status is SUSPENDED",
            "The issuer has put it on hold. Token Status List, section 7.1.",
            refused("SUSPENDED", 7),
            lambda: status_token(2),
        ),
    )
    yield (
        "token-status-of-an-application",
        _token(
            "An SD-JWT VC with a status of some application",
            "Only the application knows what 0x0C means; it is not *valid*.",
            undecided("UNSUPPORTED_STATUS_TYPE", 7),
            lambda: status_token(12),
        ),
    )
    yield (
        "token-status-past-the-end",
        _token(
            "An index past the end of a status token",
            f"What is not in the list is not known. {TOKEN}",
            undecided("RANGE_ERROR", 7),
            status_token,
            {"status_list": {"idx": 2_048, "uri": LIST_URL}},
        ),
    )
    yield (
        "token-status-beside-an-unknown-one",
        _token(
            "A status of an unknown kind beside a good one",
            "Every mechanism in the claim is read; one that is skipped would count as valid.",
            undecided("UNSUPPORTED_STATUS_TYPE", 7),
            status_token,
            {"status_list": {"idx": 5, "uri": LIST_URL}, "attestation": {"uri": LIST_URL}},
        ),
    )


def _tokens() -> Iterator[tuple[str, Case]]:
    yield (
        "token-status-not-there",
        _token(
            "A status token that does not answer",
            "Not to know is neither a yes nor a no.",
            undecided("STATUS_RETRIEVAL_ERROR", 7),
            None,
        ),
    )
    answers: dict[str, tuple[str, str, Callable[[], Any]]] = {
        "by-a-stranger": (
            "A status token that somebody else signed",
            "Only the issuer, or whom the operator names, says what was withdrawn.",
            lambda: status_token(0, STRANGER),
        ),
        "changed": (
            "A status token that was changed",
            "Other claims under an old signature.",
            lambda: ".".join(
                [
                    status_token(1).split(".")[0],
                    status_token(0).split(".")[1],
                    status_token(1).split(".")[2],
                ]
            ),
        ),
        "for-another-address": (
            "The status token of another address",
            f"`sub` is the address that was asked. {TOKEN}",
            lambda: status_token(sub=f"{LIST_URL}0"),
        ),
        "of-another-type": (
            "A token of another type in the place of a status token",
            "A good token for one purpose is none for another (RFC 8725, section 3.11).",
            lambda: status_token(typ="JWT"),
        ),
        "ended": (
            "A status token that has ended",
            "An old list, replayed, hides a revocation.",
            lambda: status_token(exp=ISSUED + 3_600),
        ),
        "from-the-future": (
            "A status token that is made tomorrow",
            "It says what will be, not what is.",
            lambda: status_token(iat=ISSUED + 2 * DAY),
        ),
        "without-a-time": (
            "A status token that does not say when it was made",
            "Without it, an old one and a new one are the same. Section 5.1.",
            lambda: status_token(iat=...),
        ),
        "in-gzip": (
            "A status token whose list is a gzip file",
            "This list is a zlib file; the list of the W3C is a gzip file. Section 4.1.",
            lambda: status_token(
                status_list={
                    "bits": 1,
                    "lst": encode_base64url(gzip.compress(bytes(1_024), mtime=0)),
                }
            ),
        ),
        "of-three-bits": (
            "A status token with three bits to a value",
            "Values of three bits lie across bytes, and readers differ. Section 4.1.",
            lambda: status_token(status_list=status_claim(0) | {"bits": 3}),
        ),
        "unsigned": (
            "The claims of a status token without a signature",
            "Anybody on the way could have written them.",
            lambda: {"sub": LIST_URL, "iat": ISSUED, "status_list": status_claim(0)},
        ),
        "that-is-a-credential": (
            "A list credential in the place of a status token",
            "A good list of another kind counts its places the other way round.",
            lambda: signed(status_list(bits())),
        ),
    }
    for name, (title, why, answer) in answers.items():
        yield f"token-status-{name}", _token(title, why, UNVERIFIED, answer)
    yield (
        "token-status-bomb",
        _token(
            "A status token that opens to sixty-four megabytes",
            "A few bytes must not fill the memory: opening stops at a limit.",
            undecided("LIMIT_EXCEEDED", 7),
            lambda: status_token(
                status_list={
                    "bits": 8,
                    "lst": encode_base64url(zlib.compress(bytes(64 * 1024 * 1024))),
                }
            ),
        ),
    )


_ROOMS: Final = (_wide, _one_bit, _lists, _list_tokens, _drafts, _plain_lists, _values, _tokens)
REFUSED: Final[Mapping[str, Case]] = dict(pair for room in _ROOMS for pair in room())


# --- the accepted -----------------------------------------------------------------------


def _good(title: str, build: Callable[[], JsonObject | str], answer: Callable[[], Any]) -> Case:
    return Case(
        title=title,
        why="It must verify: a verifier that refuses everything is of no use.",
        build=build,
        expected={"outcome": "verified"},
        network=served(answer),
    )


ACCEPTED: Final[Mapping[str, Case]] = {
    "status-message-of-two-bits": _good(
        "A credential about which its issuer has a message",
        lambda: signed(badge(credentialStatus=wide(purpose="message"))),
        lambda: two_bits((4, 3), (5, 1), (6, 3), purpose="message"),
    ),
    "status-list-with-a-status": _good(
        "A status list that names a status list for itself, which is not followed",
        lambda: signed(badge(credentialStatus=entry("5"))),
        lambda: signed(status_list(bits(4, 6), credentialStatus=entry("5"))),
    ),
    "status-list-as-token": _good(
        "A credential whose list is secured as a token",
        lambda: signed(badge(credentialStatus=entry())),
        lambda: list_token(bits(94566, 94568)),
    ),
    "status-list-2021": _good(
        "A token whose status is in a list of the draft, and not set",
        draft_badge,
        lambda: draft_list(4, 6),
    ),
    "plain-list": _good(
        "A credential that a list of revoked ones does not name",
        plain_badge,
        lambda: plain({"id": "urn:uuid:0"}, {"id": ID, "revoked": False}),
    ),
    "token-status": _good(
        "An SD-JWT VC that its status token says is valid", holder_token, status_token
    ),
}
