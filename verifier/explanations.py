"""What each code means in plain words, and what whoever meets it can do.

Shown at ``/problems/CODE`` by both services. A title says it in a few words
(``verifier.problems``); here are the two sentences that follow.

Leaves to others: the issuer's own codes (``issuer.web.explanations``), the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.errors import Code


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, and what to do about it."""

    meaning: str
    remedy: str


_AGAIN: Final = "Try again later. Until then nothing is decided: neither yes nor no."
_ASK_ISSUER: Final = "Ask whoever gave it to you for the original, or the issuer for a new one."

EXPLANATIONS: Final[Mapping[Code, Explanation]] = {
    Code.PARSING_ERROR: Explanation(
        "It is not what it should be at all: not JSON, not UTF-8, a member named twice, or a "
        "body without the member that is needed.",
        "Compare the body with the example in the documentation. Send JSON that a strict reader "
        "takes: no duplicate names, no NaN, no byte order mark.",
    ),
    Code.MALFORMED_VALUE_ERROR: Explanation(
        "A member is there and its value is not of the form that it must have.",
        "The pointer names the member. Mend its value and send it again.",
    ),
    Code.RANGE_ERROR: Explanation(
        "A value has the right form and lies outside of what makes sense, such as a date in the "
        "future or a place past the end of a list.",
        "The pointer names the member. Mend its value and send it again.",
    ),
    Code.CRYPTOGRAPHIC_SECURITY_ERROR: Explanation(
        "The mechanism that secures the document cannot be relied on.", _ASK_ISSUER
    ),
    Code.PROOF_GENERATION_ERROR: Explanation(
        "The proof cannot be made as it was asked for, for example with a pointer that chooses "
        "nothing.",
        "Change the options that concern the proof, and send it again.",
    ),
    Code.PROOF_VERIFICATION_ERROR: Explanation(
        "The document is not the one that was signed: a word was changed, added or taken away.",
        _ASK_ISSUER,
    ),
    Code.PROOF_TRANSFORMATION_ERROR: Explanation(
        "The document cannot be brought into the one form over which signatures are made.",
        "The detail says what stands in the way. The issuer has to mend the document.",
    ),
    Code.DATA_LOSS_DETECTION_ERROR: Explanation(
        "A member or a type is defined by no context, so a signature would not cover it.",
        "Add the context that defines it, or take it out.",
    ),
    Code.INVALID_DOMAIN_ERROR: Explanation(
        "The holder signed this for somebody else than you.",
        "Ask the holder to present it to you. Do not accept it as it is.",
    ),
    Code.INVALID_CHALLENGE_ERROR: Explanation(
        "The holder signed this for another occasion; it may be a copy.",
        "Give out a new challenge and ask for a new presentation.",
    ),
    Code.INVALID_VERIFICATION_METHOD: Explanation(
        "The key that the proof names is not usable: not there, retired, or of an unknown kind.",
        _ASK_ISSUER,
    ),
    Code.INVALID_VERIFICATION_METHOD_URL: Explanation(
        "The proof does not name a key by an address that can be followed.", _ASK_ISSUER
    ),
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT: Explanation(
        "The document that should hold the issuer's keys is malformed.",
        "The issuer has to mend it. Tell them what the detail says.",
    ),
    Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID: Explanation(
        "The document found at the issuer's address belongs to somebody else.",
        "Do not rely on the credential. Ask the issuer.",
    ),
    Code.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD: Explanation(
        "The key exists and its owner does not use it to make statements of this kind.",
        "Do not rely on the credential. Ask the issuer.",
    ),
    Code.STATUS_RETRIEVAL_ERROR: Explanation(
        "Whether the credential was withdrawn stands in a list that could not be fetched.", _AGAIN
    ),
    Code.STATUS_VERIFICATION_ERROR: Explanation(
        "The list of withdrawn credentials was fetched and cannot be trusted.", _AGAIN
    ),
    Code.STATUS_LIST_LENGTH_ERROR: Explanation(
        "The list of withdrawn credentials is shorter than the standard admits.",
        "The issuer has to mend it. Until then nothing is decided.",
    ),
    Code.UNKNOWN_CONTEXT: Explanation(
        "The document names a vocabulary that is not held here, and none is ever fetched.",
        "Use the contexts that the documentation lists, by exactly their addresses.",
    ),
    Code.UNSUPPORTED_FORMAT: Explanation(
        "This kind of document or file cannot be judged here.",
        "Bring a credential as JSON, as a token, or as a link to a share page.",
    ),
    Code.UNSUPPORTED_CRYPTOSUITE: Explanation(
        "The proof is of a kind that is not known here. Nothing is said about the credential.",
        "Ask the issuer for one with a proof of a supported kind.",
    ),
    Code.UNSUPPORTED_ALGORITHM: Explanation(
        "The signature uses an algorithm that is not on the list of safe ones.",
        "Ask the issuer for one that is signed with an accepted algorithm.",
    ),
    Code.UNSUPPORTED_STATUS_TYPE: Explanation(
        "The credential says in an unknown way where its status stands.",
        "Ask the issuer whether it is still good: it cannot be found out here.",
    ),
    Code.UNSUPPORTED_DID_METHOD: Explanation(
        "The issuer's identifier is of a kind that cannot be looked up here.",
        "did:key, did:jwk, did:web, did:webvh and https addresses are looked up.",
    ),
    Code.UNKNOWN_SCHEMA: Explanation(
        "The credential names a schema that is not held here, and none is fetched.",
        "An operator can add it to the verifier's folder of schemas.",
    ),
    Code.SCHEMA_VALIDATION_ERROR: Explanation(
        "The credential does not have the form that its own schema asks for.",
        "The pointer names the place. The issuer has to mend it.",
    ),
    Code.ISSUER_KEY_MISMATCH: Explanation(
        "The signature is sound and was not made with a key of the issuer that is named.",
        "Do not rely on it. Ask the issuer that is named.",
    ),
    Code.HOLDER_KEY_MISMATCH: Explanation(
        "Whoever presents it signed with a key that is not the holder's.",
        "Do not accept it from this person.",
    ),
    Code.KEY_BINDING_REQUIRED: Explanation(
        "The credential is bound to a key, and whoever presents it did not show that they have it.",
        "Ask the holder to present it with their wallet.",
    ),
    Code.INVALID_KEY_BINDING: Explanation(
        "The signature of the holder's key does not belong to this presentation.",
        "Ask for a new presentation, with a new challenge.",
    ),
    Code.RESOURCE_MISMATCH: Explanation(
        "A file that the credential vouches for by its digest is another one.",
        "Ask the issuer for the file that was meant.",
    ),
    Code.WEAK_KEY: Explanation(
        "The key is known, too short or of a broken kind: others could sign with it.",
        "Whoever owns it has to make a new one.",
    ),
    Code.KEY_UNAVAILABLE: Explanation("The issuer's key could not be looked up just now.", _AGAIN),
    Code.ADDRESS_NOT_ALLOWED: Explanation(
        "Finding out would mean to visit an address inside a private network or of a wrong kind.",
        "Use public https addresses.",
    ),
    Code.FETCH_FAILED: Explanation("An address gave no answer that could be used.", _AGAIN),
    Code.FETCH_TIMEOUT: Explanation("An address did not answer in time.", _AGAIN),
    Code.LIMIT_EXCEEDED: Explanation(
        "It is larger, deeper or longer than what is looked at here, or would take too much work.",
        "Send less at once. The documentation names the limits.",
    ),
    Code.REVOKED: Explanation(
        "The issuer has withdrawn it, for good.",
        "Do not rely on it. Its holder can ask the issuer why.",
    ),
    Code.SUSPENDED: Explanation(
        "The issuer is looking into a question and asks not to rely on it for now.",
        "Check it again in some days, or ask the issuer.",
    ),
    Code.EXPIRED: Explanation("Its last day has passed.", "Ask its holder for a current one."),
    Code.NOT_YET_VALID: Explanation(
        "Its first day has not come yet.", "Check it again on that day."
    ),
    Code.POLICY_NOT_MET: Explanation(
        "It is sound and does not meet the rules that the caller asked for.",
        "Look at the rules; with the usual ones it may be accepted.",
    ),
}
"""One for each code."""
