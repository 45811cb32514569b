"""Cases of what a document says: the data model, related resources, badges, records of learning.

Leaves to others: building blocks and every other room (``cases.py``, ``cases_*.py``).
"""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Callable
from typing import Any, Final

from tests.signers import Ed25519TestKey, secure_document
from tests.tokens import vc_jwt
from tests.vectors.cases import KEY, OB, STRANGER, V2, Case, badge, refused, signed, undecided
from verifier.jsonld.contexts import KNOWN
from verifier.strict_json import JsonObject

CLR: Final = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
ENDORSER: Final = Ed25519TestKey.number(5)
LEARNER: Final = "did:example:learner"


# --- building blocks --------------------------------------------------------------------


def with_subject(**members: Any) -> JsonObject:
    """A signed badge whose subject has ``members``; ``...`` leaves one out."""
    subject = copy.deepcopy(badge()["credentialSubject"]) | members
    return signed(badge(credentialSubject={k: v for k, v in subject.items() if v is not ...}))


def with_achievement(**members: Any) -> JsonObject:
    """A signed badge whose achievement has ``members``."""
    achievement = badge()["credentialSubject"]["achievement"] | members
    return with_subject(achievement={k: v for k, v in achievement.items() if v is not ...})


def record(*inner: Any, **members: Any) -> JsonObject:
    """A signed record of learning with ``inner`` in it."""
    document: JsonObject = {
        "@context": [V2, CLR, OB],
        "id": "urn:uuid:0b6a3b6e-6c1a-4f0e-8a54-7f4c9d1b2a3c",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": {"id": KEY.did, "type": ["Profile"], "name": "Test school"},
        "validFrom": "2026-03-24T08:00:00Z",
        "name": "Record of learning",
        "credentialSubject": {
            "id": LEARNER,
            "type": ["ClrSubject"],
            "verifiableCredential": list(inner),
        },
    }
    return signed(document | members)


def endorsement(about: str = KEY.did) -> JsonObject:
    """A signed endorsement by a third key."""
    document: JsonObject = {
        "@context": [V2, OB],
        "id": "urn:uuid:4d1c9a0e-58f7-4c47-a6a3-0c7c1f0b9d52",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER.did, "type": ["Profile"], "name": "Test agency"},
        "validFrom": "2026-03-20T00:00:00Z",
        "name": "Endorsement",
        "credentialSubject": {
            "id": about,
            "type": ["EndorsementSubject"],
            "endorsementComment": "A good school.",
        },
    }
    return secure_document(document, ENDORSER)


def digest_of_v2(name: str) -> str:
    """``digestSRI`` of the base context as it is published."""
    value = hashlib.new(name, KNOWN[V2].read()).digest()
    return f"{name}-{base64.b64encode(value).decode()}"


def _shape(title: str, why: str, build: Callable[[], JsonObject]) -> Case:
    return Case(title=title, why=why, build=build, expected=refused("MALFORMED_VALUE_ERROR", 3))


def _rule(title: str, why: str, build: Callable[[], JsonObject | str]) -> Case:
    return Case(title=title, why=why, build=build, expected=refused("MALFORMED_VALUE_ERROR", 8))


# --- the data model ---------------------------------------------------------------------

_TYPED: Final = "VC Data Model 2.0, sections 4.11, 5.4 to 5.6 and 5.10: nobody can read it without."

_MODEL: dict[str, Case] = {
    "data-url-as-id": _shape(
        "A credential whose id is the content of something else",
        "Only an envelope has a data: URL for its id; a reader could take it for the signed "
        "token. VC Data Model 2.0, section 4.13.1.",
        lambda: signed(badge()) | {"id": "data:application/vc+jwt,eyJhbGciOiJub25lIn0.e30.AA"},
    ),
    "terms-without-type": _shape(
        "Terms of use without a type",
        _TYPED,
        lambda: signed() | {"termsOfUse": {"id": "https://issuer.example/terms"}},
    ),
    "evidence-without-type": _shape(
        "Evidence without a type", _TYPED, lambda: signed() | {"evidence": [{"name": "A report"}]}
    ),
    "refresh-service-without-type": _shape(
        "A refresh service without a type",
        _TYPED,
        lambda: signed() | {"refreshService": {"id": "https://issuer.example/refresh"}},
    ),
    "confidence-method-without-type": _shape(
        "A confidence method without a type",
        _TYPED,
        lambda: signed() | {"confidenceMethod": {"id": "did:example:learner#key"}},
    ),
    "language-with-more": _shape(
        "A text with a language and with something else",
        "A value object has a value, a language and a direction, and no room for more. VC Data "
        "Model 2.0, section 11.1.",
        lambda: signed() | {"name": {"@value": "Brief", "@language": "en", "note": "unsigned"}},
    ),
    "resource-named-twice": _shape(
        "One related resource with two entries",
        "Two entries could hold two digests, and each reader would follow another one. VC Data "
        "Model 2.0, section 5.3.",
        lambda: (
            signed() | {"relatedResource": [{"id": V2, "digestSRI": digest_of_v2("sha256")}] * 2}
        ),
    ),
}


# --- related resources ------------------------------------------------------------------


def _mismatch() -> JsonObject:
    wrong = base64.b64encode(hashlib.sha256(b"another text").digest()).decode()
    return signed(badge(relatedResource=[{"id": V2, "digestSRI": f"sha256-{wrong}"}]))


def _base64url_digest() -> JsonObject:
    value = base64.urlsafe_b64encode(b"\xfb" * 32).decode()
    return signed(badge(relatedResource=[{"id": V2, "digestSRI": f"sha256-{value}"}]))


_RESOURCES: dict[str, Case] = {
    "resource-of-another-digest": Case(
        title="A related resource that is not the file that was meant",
        why="The issuer signed over another text of the base context than the published one, so "
        "the words may mean something else. VC Data Model 2.0, section 5.3.",
        build=_mismatch,
        expected=refused("RESOURCE_MISMATCH", 8),
    ),
    "digest-in-another-alphabet": _rule(
        "A digest in an alphabet that is not the form's",
        "digestSRI is base64, not base64url: what some readers decode and others skip is not "
        "compared by all. Subresource Integrity, section 3.5.",
        _base64url_digest,
    ),
}


# --- badges -----------------------------------------------------------------------------

_DESCRIPTION: Final[JsonObject] = {
    "id": "urn:uuid:6126a557-0241-5e8f-aa99-f4c6bb07c265",
    "type": ["ResultDescription"],
    "name": "Care",
    "resultType": "LetterGrade",
}


def _foreign_result() -> JsonObject:
    achievement = badge()["credentialSubject"]["achievement"]
    return with_subject(
        achievement=achievement | {"resultDescription": [_DESCRIPTION]},
        result=[
            {
                "type": ["Result"],
                "resultDescription": "urn:uuid:00000000-0000-4000-8000-000000000000",
                "value": "A",
            }
        ],
    )


def _md5_identity() -> JsonObject:
    digest = hashlib.md5(b"maya@uni.example", usedforsecurity=False).hexdigest()
    return with_subject(
        identifier=[
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": f"md5${digest}",
                "identityType": "emailAddress",
            }
        ]
    )


def _two_subjects() -> JsonObject:
    subject = badge()["credentialSubject"]
    other = subject | {"id": "did:example:another"}
    return signed(badge(credentialSubject=[subject, other]))


_BADGES: dict[str, Case] = {
    "badge-of-nobody": _rule(
        "A badge with neither an id nor an identifier of its learner",
        "It would be everybody's who holds the file. Open Badges 3.0, AchievementSubject.",
        lambda: with_subject(id=...),
    ),
    "badge-of-two": _rule(
        "A badge with two learners",
        "Each of them could show it as their own, and a page shows one. Open Badges 3.0, "
        "AchievementCredential.",
        _two_subjects,
    ),
    "badge-without-achievement": _rule(
        "A badge for nothing",
        "Open Badges 3.0, AchievementSubject: the achievement is what a badge is about.",
        lambda: with_subject(achievement=...),
    ),
    "badge-without-criteria": _rule(
        "An achievement that does not say what it takes",
        "Open Badges 3.0, Achievement: criteria are needed, or the badge proves nothing.",
        lambda: with_achievement(criteria=...),
    ),
    "badge-since-never": _rule(
        "A badge that does not say since when it is valid",
        "The data model leaves validFrom out, Open Badges 3.0 does not.",
        lambda: signed(badge(validFrom=...)),
    ),
    "badge-with-a-picture-as-text": _rule(
        "A picture that is only an address",
        "Open Badges 3.0, Image: an object, so that every reader finds the address in one place.",
        lambda: with_achievement(image="https://issuer.example/badge.png"),
    ),
    "issuer-of-another-class": _rule(
        "An issuer that is no profile",
        "Open Badges 3.0, Profile: the issuer of a badge is one.",
        lambda: signed(badge(issuer={"id": KEY.did, "type": ["Achievement"], "name": "x"})),
    ),
    "result-of-another-achievement": _rule(
        "A grade that was given for something else",
        "A result names a description of the achievement in the same badge, or a grade of one "
        "course could be shown under another. Open Badges 3.0, Result.",
        _foreign_result,
    ),
    "identity-by-md5": _rule(
        "An identity hashed with MD5",
        "Two addresses with one MD5 can be made. Open Badges 3.0, IdentityHash, knows it; we "
        "refuse it.",
        _md5_identity,
    ),
}


# --- records of learning ----------------------------------------------------------------


def _stranger_s_badge() -> JsonObject:
    return secure_document(badge(), STRANGER)


def _unsigned_record(inner: object) -> JsonObject:
    document = {name: value for name, value in record().items() if name != "proof"}
    subject = document["credentialSubject"] | {"verifiableCredential": inner}
    return document | {"credentialSubject": subject}


def _three_deep() -> JsonObject:
    return record(record(record(signed())))


_RECORDS: dict[str, Case] = {
    "record-of-nothing": _rule(
        "A record of learning without a credential in it",
        "CLR 2.0, ClrSubject: at least one. An empty list of requirements is not a pass.",
        lambda: record(),
    ),
    "record-of-something-else": _rule(
        "A record of learning with a word where its credentials stand",
        "Nothing there could be verified, so nothing was, and the record passed. Found by giving "
        "it any JSON.",
        lambda: vc_jwt(_unsigned_record(True), KEY),
    ),
    "record-with-a-changed-badge": Case(
        title="A badge that was changed before it was put into a record",
        why="The school's signature covers the changed badge; that of the badge's issuer does "
        "not. The record vouches for the collection, not for what is claimed inside. CLR 2.0.",
        build=lambda: record(signed() | {"name": "Doctorate"}),
        expected=refused("PROOF_VERIFICATION_ERROR", 8),
    ),
    "record-with-an-unsigned-badge": Case(
        title="A badge without a proof in a record",
        why="Nobody but the collector says it. CLR 2.0 asks for signed credentials.",
        build=lambda: record(badge()),
        expected=refused("PARSING_ERROR", 8),
    ),
    "record-with-a-stranger-s-badge": Case(
        title="A badge in a record, signed with a key that is not its issuer's",
        why="Each credential inside is verified like one that came alone.",
        build=lambda: record(_stranger_s_badge()),
        expected=refused("ISSUER_KEY_MISMATCH", 8),
    ),
    "record-with-an-ended-badge": Case(
        title="A badge in a record that has ended",
        why="Collecting a badge does not prolong it.",
        build=lambda: record(signed(badge(validUntil="2026-04-01T00:00:00Z"))),
        expected=refused("EXPIRED", 8),
    ),
    "record-with-another-s-badge": _rule(
        "Somebody else's badge in a record",
        "Everything in a record is about its learner, or anybody could collect what others "
        "achieved. CLR 2.0, ClrSubject.",
        lambda: record(
            signed(
                badge(
                    credentialSubject=badge()["credentialSubject"] | {"id": "did:example:another"}
                )
            )
        ),
    ),
    "record-in-a-record-in-a-record": Case(
        title="Records in records, deeper than anybody uses them",
        why="Each level costs signatures and requests, so it is not followed for ever; what was "
        "not looked at is never a yes.",
        build=_three_deep,
        expected=undecided("LIMIT_EXCEEDED", 8),
    ),
}


REFUSED: dict[str, Case] = _MODEL | _RESOURCES | _BADGES | _RECORDS

_VERIFIED: Final[JsonObject] = {"outcome": "verified"}

ACCEPTED: dict[str, Case] = {
    "record-of-learning": Case(
        title="A record of learning with a badge about its learner",
        why="Two signatures, both good.",
        build=lambda: record(signed()),
        expected=_VERIFIED,
    ),
    "badge-with-endorsements": Case(
        title="A badge with a good endorsement and with one about something else",
        why="The second is a warning: the badge is as good as without it.",
        build=lambda: signed(
            badge(endorsement=[endorsement(), endorsement("did:example:somebody-else")])
        ),
        expected=_VERIFIED,
    ),
    "resource-that-fits": Case(
        title="A related resource with the digest of the published file",
        why="SHA-384 of the base context. VC Data Model 2.0, section 5.3.",
        build=lambda: signed(
            badge(relatedResource=[{"id": V2, "digestSRI": digest_of_v2("sha384")}])
        ),
        expected=_VERIFIED,
    ),
}
