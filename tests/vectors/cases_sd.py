"""Cases of selective disclosure: derived proofs of ecdsa-sd-2023 that must not be accepted.

The secrets of every base proof are fixed bytes that everybody can read, and signatures are
deterministic, so that the directories are the same in every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import cbor2

from tests.signers import EcTestKey, secure_document
from tests.vectors.cases import (
    Case,
    badge,
    bits,
    changed,
    entry,
    refused,
    served,
    status_list,
)
from verifier.proofs.ecdsa_sd import ECDSA_SD_2023, WHOLE, create_base, derive
from verifier.proofs.ecdsa_sd_cbor import (
    DerivedProof,
    format_derived_proof,
    parse_derived_proof,
)
from verifier.proofs.ecdsa_sd_keys import draw_secrets
from verifier.proofs.jws import decode_base64url, encode_base64url
from verifier.proofs.multikey import KeyType, encode_base58btc
from verifier.strict_json import JsonObject

SD_KEY: Final = EcTestKey.number(23)
STRANGER: Final = EcTestKey.number(24)
P384: Final = EcTestKey.number(23, KeyType.P384)
MANDATORY: Final = ("/issuer", "/validFrom", "/validUntil", "/credentialStatus")
SHOWN: Final = (
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria",
)
_HEADER_BYTES: Final = 3
_WHY_ONE_TEXT: Final = (
    "A proof has one text. What two decoders may read in two ways is refused before anything is "
    "made of it. Data Integrity ECDSA Cryptosuites 1.0, section 3.5.8."
)


def _fixed(length: int) -> bytes:
    return bytes(range(length))


# --- building blocks --------------------------------------------------------------------


def sd_badge(**members: Any) -> JsonObject:
    """A badge by the P-256 key."""
    issuer = {"id": SD_KEY.did, "type": ["Profile"], "name": "Test issuer"}
    return badge(issuer=issuer, **members)


def base(document: JsonObject | None = None, *mandatory: str, **proof: Any) -> JsonObject:
    """A badge with a base proof."""
    known = document or sd_badge()
    there = [it for it in mandatory or MANDATORY if it[1:] in known]
    suite = replace(ECDSA_SD_2023, random=_fixed, mandatory_pointers=tuple(there))
    return secure_document(known, SD_KEY, suite, **proof)


def derived(document: JsonObject | None = None, *pointers: str) -> JsonObject:
    """A derived badge that shows its achievement and not its name."""
    return derive(base(document), pointers or SHOWN)


def with_parts(document: JsonObject, **parts: Any) -> JsonObject:
    """A derived document with parts of its proof replaced."""
    proof = replace(proof_of(document), **parts)
    return changed(document, "proof", "proofValue", to=format_derived_proof(proof))


def proof_of(document: JsonObject) -> DerivedProof:
    return parse_derived_proof(document["proof"]["proofValue"])


def with_members(change: Callable[[list[Any]], Any]) -> JsonObject:
    """A derived document whose array of CBOR was changed, in its types too."""

    def rewrite(body: bytes) -> bytes:
        members = cbor2.loads(body)
        change(members)
        return cbor2.dumps(members)

    return with_bytes(rewrite)


def with_bytes(change: Callable[[bytes], bytes]) -> JsonObject:
    """A derived document whose CBOR was changed as bytes."""
    document = derived()
    data = decode_base64url(document["proof"]["proofValue"][1:])
    body = data[:_HEADER_BYTES] + change(data[_HEADER_BYTES:])
    return changed(document, "proof", "proofValue", to=f"u{encode_base64url(body)}")


def _unfit(title: str, why: str, build: Callable[[], JsonObject]) -> Case:
    return Case(title=title, why=why, build=build, expected=refused("PROOF_VERIFICATION_ERROR", 5))


def _set(place: int, value: Any) -> Callable[[list[Any]], None]:
    def change(members: list[Any]) -> None:
        members[place] = value

    return change


# --- the refused ------------------------------------------------------------------------


def _kinds() -> Iterator[tuple[str, Case]]:
    yield (
        "sd-base-proof",
        _unfit(
            "A base proof where a derived one is needed",
            "It is the holder's own. Whoever is shown it can derive what the holder did not mean "
            "to show, and link all that is ever derived. Section 3.5.7.",
            base,
        ),
    )
    yield (
        "sd-proof-key-as-issuer",
        _unfit(
            "The issuer's part is signed with the key that came along in the proof",
            "Anybody can make such a key. The text of the standard can be read as if it were "
            "the right one for the whole; then anybody could issue in anybody's name.",
            _signed_by_its_own_key,
        ),
    )
    yield (
        "sd-p384-key",
        _unfit(
            "A proof that names a P-384 key",
            "The suite knows P-256 only; with another curve other hashes would be needed, which "
            "nobody has defined.",
            lambda: changed(
                changed(derived(), "proof", "verificationMethod", to=P384.verification_method),
                *("issuer", "id"),
                to=P384.did,
            ),
        ),
    )
    yield (
        "sd-other-issuer",
        Case(
            title="Another issuer is named, and the proof is good",
            why="A signature by somebody says nothing about who is named beside it.",
            build=lambda: derive(
                base(sd_badge() | {"issuer": {"id": STRANGER.did, "type": ["Profile"]}}), SHOWN
            ),
            expected=refused("ISSUER_KEY_MISMATCH", 4),
        ),
    )


def _signed_by_its_own_key() -> JsonObject:
    forger = draw_secrets(_fixed)
    options = {
        "verificationMethod": SD_KEY.verification_method,
        "proofPurpose": "assertionMethod",
        "created": "2026-03-24T12:00:00Z",
    }
    document = sd_badge()
    proof = create_base(document, options, KeyType.P256, forger.sign, proof_secrets=forger)
    return derive({**document, "proof": proof}, WHOLE)


def _claims() -> Iterator[tuple[str, Case]]:
    yield (
        "sd-changed-claim",
        _unfit(
            "A claim that is shown was changed",
            "Each statement has a signature of its own, and that one does not fit another.",
            lambda: changed(
                derived(),
                *("credentialSubject", "achievement", "name"),
                to="Competitor brief, with distinction",
            ),
        ),
    )
    yield (
        "sd-changed-mandatory-claim",
        _unfit(
            "A claim that must be shown was changed",
            "The mandatory statements are signed together by the issuer's key.",
            lambda: changed(derived(), "issuer", "name", to="A famous university"),
        ),
    )
    yield (
        "sd-added-claim",
        _unfit(
            "A claim was added",
            "There are then more statements than signatures.",
            lambda: derived() | {"description": "Very good work."},
        ),
    )
    yield (
        "sd-added-claim-with-signature",
        _unfit(
            "A claim was added, and a signature from another credential of the issuer",
            "The key of a proof signs the statements of one credential only.",
            _mixed,
        ),
    )
    yield (
        "sd-undefined-term",
        Case(
            title="A member that no context defines was added to what is shown",
            why="It makes no statement, so there is none to miss a signature. VC Data Integrity "
            "1.0, section 2.4.3.",
            build=lambda: derived() | {"gpa": "4.0"},
            expected=refused("DATA_LOSS_DETECTION_ERROR", 5),
        ),
    )
    yield (
        "sd-changed-option",
        _unfit(
            "The time of the proof was changed",
            "The options of the proof are part of what the issuer's key signs.",
            lambda: changed(derived(), "proof", "created", to="2026-03-24T12:00:01Z"),
        ),
    )


def _mixed() -> JsonObject:
    """The second credential shares nothing with the first but its issuer."""
    other = replace(ECDSA_SD_2023, random=lambda n: bytes(range(n, 0, -1)))
    document = sd_badge(description="Very good work.")
    second = derive(secure_document(document, SD_KEY, other), ["/description"])
    first = derived()
    signatures = (*proof_of(first).signatures, proof_of(second).signatures[0])
    return with_parts(first, signatures=signatures) | {"description": "Very good work."}


def _hidden() -> Iterator[tuple[str, Case]]:
    late = {"validUntil": "2026-05-01T00:00:00Z"}
    yield (
        "sd-status-taken-out",
        _unfit(
            "The mandatory status entry was taken out of a derived credential",
            "Nobody would ask whether it was revoked. What is mandatory is signed as a whole.",
            _without_status,
        ),
    )
    yield (
        "sd-revoked",
        Case(
            title="A derived credential that was revoked",
            why="What a holder chooses to show changes nothing about the status.",
            build=lambda: derived(sd_badge(credentialStatus=entry())),
            expected=refused("REVOKED", 7),
            network=served(
                lambda: secure_document(status_list(bits(94567), issuer=SD_KEY.did), SD_KEY)
            ),
        ),
    )
    yield (
        "sd-expired",
        Case(
            title="A derived credential that has ended",
            why="The end of validity is mandatory, so it is there to be read.",
            build=lambda: derived(sd_badge(**late)),
            expected=refused("EXPIRED", 6),
        ),
    )
    yield (
        "sd-end-taken-out",
        _unfit(
            "The mandatory end of validity was taken out",
            "A credential that has ended would be good for ever.",
            lambda: {k: v for k, v in derived(sd_badge(**late)).items() if k != "validUntil"},
        ),
    )


def _without_status() -> JsonObject:
    document = derived(sd_badge(credentialStatus=entry()))
    proof = proof_of(document)
    left = {name: value for name, value in document.items() if name != "credentialStatus"}
    return with_parts(left, mandatory_indexes=proof.mandatory_indexes[:-4])


def _counts() -> Iterator[tuple[str, Case]]:
    yield (
        "sd-signature-too-many",
        _unfit(
            "One signature more than statements",
            "A verifier that stops at the last statement would not notice. Section 3.5.7.",
            lambda: with_parts(
                derived(), signatures=(*proof_of(derived()).signatures, bytes([1] * 64))
            ),
        ),
    )
    yield (
        "sd-signature-missing",
        _unfit(
            "One signature fewer than statements",
            "A verifier that stops at the last signature would accept a statement without one.",
            lambda: with_parts(derived(), signatures=proof_of(derived()).signatures[:-1]),
        ),
    )
    yield (
        "sd-no-signatures",
        _unfit(
            "No signatures for what was chosen",
            "A loop over nothing must not end in a yes.",
            lambda: with_parts(derived(), signatures=()),
        ),
    )
    yield (
        "sd-index-twice",
        _unfit(
            "A mandatory index appears twice",
            "Counted twice, a statement makes room for another that nobody signed.",
            lambda: with_members(lambda it: it[4].append(it[4][0])),
        ),
    )
    yield (
        "sd-index-out-of-range",
        _unfit(
            "A mandatory index beyond the last statement",
            "It would name no statement, or in some languages the last one.",
            lambda: with_members(lambda it: it[4].append(900)),
        ),
    )
    yield (
        "sd-index-negative",
        _unfit(
            "A negative mandatory index",
            "In some languages it counts from the end.",
            lambda: with_members(lambda it: it[4].append(-1)),
        ),
    )
    yield (
        "sd-index-moved",
        _unfit(
            "A statement that was not mandatory is said to be",
            "It would need no signature of its own.",
            lambda: with_members(lambda it: (it[4].append(_not_mandatory(it[4])), it[2].pop())),
        ),
    )


def _not_mandatory(indexes: list[int]) -> int:
    return next(n for n in range(len(indexes) + 1) if n not in indexes)


def _labels() -> Iterator[tuple[str, Case]]:
    first = bytes([7] * 32)
    yield (
        "sd-label-collision",
        _unfit(
            "Two unnamed nodes get one label",
            "They would become one node, which says what neither of the two said.",
            lambda: with_members(_set(3, {0: first, 1: first})),
        ),
    )
    yield (
        "sd-label-missing",
        _unfit(
            "An unnamed node has no label",
            "Its statements cannot be what was signed.",
            lambda: with_parts(derived(), labels={}),
        ),
    )
    yield (
        "sd-label-unneeded",
        _unfit(
            "A label for a node that is not there",
            "Every part of a proof is needed, or two texts would be one proof.",
            lambda: with_parts(derived(), labels={**proof_of(derived()).labels, 9: first}),
        ),
    )
    yield (
        "sd-label-short",
        _unfit(
            "A label of 31 bytes",
            "Labels are the 32 bytes of an HMAC.",
            lambda: with_members(lambda it: it[3].update({0: it[3][0][:-1]})),
        ),
    )


def _bytes() -> Iterator[tuple[str, Case]]:
    yield (
        "sd-signature-short",
        _unfit(
            "A base signature of 63 bytes",
            "Lengths are exact; a missing byte must not be taken for a zero.",
            lambda: with_members(lambda it: it.__setitem__(0, it[0][:-1])),
        ),
    )
    yield (
        "sd-signature-der",
        _unfit(
            "A base signature as DER",
            "The suite writes r and s side by side; a second form would be a second text.",
            lambda: with_members(_set(0, SD_KEY.sign_der(b""))),
        ),
    )
    yield (
        "sd-signature-zero",
        _unfit(
            "A base signature of zeros",
            "Verifiers have accepted r = s = 0 for every message (CVE-2022-21449).",
            lambda: with_members(_set(0, bytes(64))),
        ),
    )
    yield (
        "sd-key-too-long",
        _unfit(
            "A public key of 36 bytes",
            "The standard says 36 in one place; a compressed P-256 key with its prefix has 35.",
            lambda: with_members(lambda it: it.__setitem__(1, it[1] + b"\x00")),
        ),
    )
    yield (
        "sd-key-other-curve",
        _unfit(
            "A public key with the prefix of another curve",
            "The key of the proof is a P-256 key.",
            lambda: with_members(lambda it: it.__setitem__(1, b"\x81\x24" + it[1][2:])),
        ),
    )
    yield (
        "sd-key-no-point",
        _unfit(
            "A public key that is not on the curve",
            "Keys are checked before they are used.",
            lambda: with_members(_set(1, b"\x80\x24\x02" + bytes([255] * 32))),
        ),
    )
    yield (
        "sd-cbor-tagged",
        _unfit(
            "A byte string with a tag in front", _WHY_ONE_TEXT, lambda: with_bytes(_tag_signature)
        ),
    )
    yield (
        "sd-cbor-indefinite",
        _unfit(
            "An array of indefinite length",
            _WHY_ONE_TEXT,
            lambda: with_bytes(lambda body: b"\x9f" + body[1:] + b"\xff"),
        ),
    )
    yield (
        "sd-cbor-long-head",
        _unfit(
            "A length that is written longer than it needs to be",
            _WHY_ONE_TEXT,
            lambda: with_bytes(lambda body: b"\x98\x05" + body[1:]),
        ),
    )
    yield (
        "sd-cbor-trailing",
        _unfit(
            "A byte behind the end", _WHY_ONE_TEXT, lambda: with_bytes(lambda body: body + b"\x00")
        ),
    )
    yield (
        "sd-cbor-map-key-twice",
        _unfit(
            "A label that is given twice",
            "One reader takes the first, another the last.",
            lambda: with_bytes(_double_label),
        ),
    )
    yield (
        "sd-cbor-promise",
        _unfit(
            "An array that promises more items than there are atoms",
            "Memory is taken for what is there, not for what is promised.",
            lambda: with_bytes(lambda _body: b"\x9b" + b"\xff" * 8),
        ),
    )
    yield (
        "sd-cbor-deep",
        _unfit(
            "Fifty thousand arrays in each other",
            "Nesting is bounded, or the stack of the reader ends it.",
            lambda: with_bytes(lambda _body: b"\x81" * 50_000),
        ),
    )
    yield (
        "sd-multibase-base58",
        _unfit(
            "A proof value in base58",
            "This suite writes base64url with a u in front, and nothing else.",
            _in_base58,
        ),
    )


def _tag_signature(body: bytes) -> bytes:
    return body[:1] + b"\xd8\x40" + body[1:]


def _double_label(body: bytes) -> bytes:
    """``a1 00 58 20 …`` becomes ``a2 00 58 20 … 00 58 20 …``."""
    at = body.index(b"\xa1\x00\x58\x20")
    label = body[at + 1 : at + 36]
    return body[:at] + b"\xa2" + label + label + body[at + 36 :]


def _in_base58() -> JsonObject:
    document = derived()
    data = decode_base64url(document["proof"]["proofValue"][1:])
    return changed(document, "proof", "proofValue", to=encode_base58btc(data))


_ROOMS: Final = (_kinds, _claims, _hidden, _counts, _labels, _bytes)
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


ACCEPTED: Final[Mapping[str, Case]] = {
    "sd-part": _good("A derived credential that shows some of its claims", derived),
    "sd-whole": _good("A derived credential that shows everything", lambda: derived(None, *WHOLE)),
    "sd-with-status": _good(
        "A derived credential with its mandatory status entry",
        lambda: derived(sd_badge(credentialStatus=entry())),
        served(lambda: secure_document(status_list(bits(1), issuer=SD_KEY.did), SD_KEY)),
    ),
}
