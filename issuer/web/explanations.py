"""What each code of the issuer means, and what the caller can do: the text of ``/problems/CODE``.

What is wrong with a record comes from the sentences of ``issuer.record``; what is wrong with a
document from ``verifier.explanations``.

Leaves to others: titles and statuses (``issuer.web.problems``), the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from issuer.errors import IssuerCode
from issuer.record import SENTENCES
from issuer.web.problems import WebCode
from verifier.explanations import EXPLANATIONS as OF_DOCUMENTS
from verifier.explanations import Explanation

_RETRY: Final = (
    "Nothing was released. Try again after the seconds that `Retry-After` names, with the same "
    "`Idempotency-Key`."
)
_OPERATOR: Final = "The operator of this service has to act; the log says more."

EXPLANATIONS: Final[Mapping[StrEnum, Explanation]] = {
    IssuerCode.UNAUTHORISED: Explanation(
        "The request carries no API key, an unknown one, or one that has ended or was switched "
        "off. Which of these it is, is not told.",
        "Send `Authorization: Bearer KEY` with a current key of your tenant. A new one is made "
        "by `python -m issuer apikey create`.",
    ),
    IssuerCode.FORBIDDEN: Explanation(
        "The key is good and lacks the scope that this call needs.",
        "Use a key with the scope that the documentation names for this call.",
    ),
    IssuerCode.NOT_FOUND: Explanation(
        "There is no such thing among those of your tenant, or this link does not work. Things "
        "of others look the same.",
        "Check the id or the address. Share links end, and their owners can switch them off.",
    ),
    IssuerCode.NAME_TAKEN: Explanation(
        "Something of this kind already has the name.", "Choose another name."
    ),
    IssuerCode.OFFER_ENDED: Explanation(
        "The learner declined this record, or nobody wanted it for 180 days. All that was known of "
        "it was deleted.",
        "Do not offer it again. Should the learner want it after all, send it with their consent, "
        "given after that.",
    ),
    IssuerCode.OFFER_STATE: Explanation(
        "The offer waits for somebody else, or the host has answered already.",
        "Read how it stands, with the host's words. To have other facts confirmed, send the record "
        "again with them.",
    ),
    IssuerCode.TOO_EARLY: Explanation(
        "The host was asked less than 14 days ago, and nobody else confirms in that time.",
        "Wait until the day that is named, or name another supervisor.",
    ),
    IssuerCode.FACTS_CHANGED: Explanation(
        "The platform sent other facts after the page with the facts was opened.",
        "Look at the page again, and answer what it says now.",
    ),
    IssuerCode.ALREADY_ISSUED: Explanation(
        "This record was issued before and now comes with other content. A signed credential "
        "never changes.",
        "To repeat the call send the same content. To correct a fact, send the record as it should "
        "be to `/credentials/{number}/corrections`; links then show the new credential.",
    ),
    IssuerCode.ALREADY_SUPERSEDED: Explanation(
        "This credential was corrected before. A record is replaced once, so that there is one "
        "newest version.",
        "Correct the newest one, which the answer names.",
    ),
    IssuerCode.WINDOW_NEEDED: Explanation(
        "An order for several credentials asked for no time in which it can be undone. A "
        "revocation is final.",
        "Leave `undoWindow` out, or name a number of seconds above 0.",
    ),
    IssuerCode.TOO_LATE: Explanation(
        "The time in which the order could be undone is over.",
        "A revocation is final: issue new credentials for records that were right.",
    ),
    IssuerCode.OTHER_LEARNER: Explanation(
        "The correction has no identifier of the learner in common with the record that it "
        "replaces, so it may be about somebody else.",
        "Keep one identifier, for example your own number for the learner. If the credential was "
        "issued to the wrong person, withdraw it with `wrongPerson` and issue another.",
    ),
    IssuerCode.IN_PROGRESS: Explanation(
        "The first call with this content has not ended yet.",
        "Repeat it, unchanged, after the seconds that `Retry-After` names: it then gives the "
        "first answer.",
    ),
    IssuerCode.IDEMPOTENCY_CONFLICT: Explanation(
        "The same `Idempotency-Key` came before with another body, path or query.",
        "Use one key for one request, and the same key only to repeat it.",
    ),
    IssuerCode.NO_STATUS_ENTRY: Explanation(
        "The credential carries no entry of this purpose, so no verifier could ever see the "
        "change.",
        "Revoke where you wanted to suspend, or let your issuer write both entries from now on.",
    ),
    IssuerCode.ALREADY_REVOKED: Explanation(
        "The credential is revoked. That is final.", "Issue a new credential."
    ),
    IssuerCode.NOT_SUSPENDED: Explanation(
        "Only what is suspended can be reinstated.", "There is nothing to do."
    ),
    IssuerCode.REASON_NOT_ALLOWED: Explanation(
        "The reason is not one of the words for it, or does not belong to this change.",
        "Use a word of the list in the documentation, or leave `reason` out.",
    ),
    IssuerCode.ISSUER_MISMATCH: Explanation(
        "The document names another issuer than the one that is asked to sign. It is never "
        "written over.",
        "Put the DID of your issuer into `issuer`, or ask the issuer that is named there.",
    ),
    IssuerCode.CHOOSE_ISSUER: Explanation(
        "Your tenant has several issuers, or none, and the call names none.",
        "Send it to `/issuers/NAME/…` instead.",
    ),
    IssuerCode.NAME_MALFORMED: Explanation(
        "A name has signs that it may not have, or is too long or empty.",
        "Small letters, digits and hyphens make a good name.",
    ),
    IssuerCode.ALREADY_SECURED: Explanation(
        "The document carries a proof already.", "Send it without `proof`."
    ),
    IssuerCode.STATUS_IS_OURS: Explanation(
        "The document chooses a place in a status list of this service, which only the service "
        "gives out.",
        "Leave `credentialStatus` out: it is added.",
    ),
    IssuerCode.FORMAT_UNFIT: Explanation(
        "The issuer's proof format does not exist, or cannot hold this document.",
        "Ask an issuer with another format, or change the document as the detail says.",
    ),
    IssuerCode.KEY_IS_IDENTITY: Explanation(
        "The identifier of this issuer is its key, so it cannot get another.",
        "Make a new issuer, best with did:web.",
    ),
    IssuerCode.TEST_NOT_SAID: Explanation(
        "The issuer is a sandbox, and a sandbox signs only what says of itself that it is a test.",
        "Add `https://w3id.org/micro-internship/v1#TestCredential` to `type`, or let another "
        "issuer sign it.",
    ),
    IssuerCode.RATE_LIMITED: Explanation(
        "Your tenant, your address or somebody with it has called more often than is admitted. "
        "Nothing was done, and the call was not counted.",
        "Call again after the seconds that `Retry-After` names, with the same `Idempotency-Key`.",
    ),
    IssuerCode.TOO_MANY_KEYS: Explanation(
        "The tenant has as many API keys as it may.",
        "Revoke keys that nobody uses; `lastUsed` tells which.",
    ),
    IssuerCode.FORM_NOT_OURS: Explanation(
        "A form of the console that was not made for this session.",
        "Open the page again and send its form.",
    ),
    IssuerCode.FORM_REFUSED: Explanation(
        "A field of the console's form is empty or holds something else than it asks for.",
        "Go back, change the field that the sentence names, and send it again.",
    ),
    IssuerCode.NOTE_REFUSED: Explanation(
        "The note for the second person is too long or has signs that cannot be kept.",
        "Write a shorter note.",
    ),
    IssuerCode.SECOND_PERSON_NEEDED: Explanation(
        "Whoever asks for something that two people have to agree on cannot approve it.",
        "Ask another operator to open the review.",
    ),
    IssuerCode.ALREADY_DECIDED: Explanation(
        "Somebody approved or rejected the request before.",
        "Open the review to see what was decided.",
    ),
    IssuerCode.APPROVAL_EXPIRED: Explanation(
        "Nobody decided the request within seven days.",
        "Ask again.",
    ),
    IssuerCode.KEY_TOO_NEW: Explanation(
        "The next key has to be published for a day before it signs, because verifiers "
        "may keep an older DID document for as long.",
        "Approve it later, or propose it as urgent.",
    ),
    IssuerCode.PROVIDER_UNAVAILABLE: Explanation(
        "The identity provider through which operators sign in is silent, or its answer is not "
        "that of a provider.",
        _RETRY,
    ),
    IssuerCode.SIGN_IN_REFUSED: Explanation(
        "No account has this name and this password. It is never said which was wrong.",
        "Try again, or ask for another password (python -m issuer operator password).",
    ),
    IssuerCode.TOO_MANY_TRIES: Explanation(
        "There were too many tries for one account or from one address.",
        "Wait a quarter of an hour.",
    ),
    IssuerCode.PASSWORD_REFUSED: Explanation(
        "The password is too short, too long, or holds the name of its account.",
        "Choose another one with at least 12 signs.",
    ),
    IssuerCode.AUDIT_BROKEN: Explanation(
        "Entries of the audit trail were changed, added or taken away after they were written.",
        _OPERATOR,
    ),
    IssuerCode.OWN_OUTPUT_REFUSED: Explanation(
        "What had just been signed did not pass our own verification, and was thrown away.",
        f"{_OPERATOR} Nothing was released.",
    ),
    IssuerCode.SIGNER_UNAVAILABLE: Explanation("The place where the key lives is silent.", _RETRY),
    IssuerCode.CLOCK_WRONG: Explanation(
        "The clock of this service stands before something that was signed already.", _RETRY
    ),
    IssuerCode.EXAMPLE_KEY: Explanation(
        "The issuer has a key that everybody knows, at a public address.", _OPERATOR
    ),
    IssuerCode.SCHEMA_UNKNOWN: Explanation(
        "The database was made by another release of this program.", _OPERATOR
    ),
    IssuerCode.STORE_UNAVAILABLE: Explanation("The database does not answer.", _RETRY),
    IssuerCode.KEYS_UNUSABLE: Explanation("A signing key cannot be opened.", _OPERATOR),
    IssuerCode.SETTINGS_REFUSED: Explanation("The settings are refused.", _OPERATOR),
    IssuerCode.CONSENT_NEEDED: Explanation(
        "A further credential is made with the learner's yes to it, and the call brings none.",
        "Ask the learner, and send what they agreed to.",
    ),
    IssuerCode.NOT_A_COMPLETION: Explanation(
        "The credential was not made from a completed micro-internship, so nothing can be made "
        "of it.",
        "Name the credential of a completion.",
    ),
    IssuerCode.ON_HOLD: Explanation(
        "The credential is suspended, and nothing is built on it for now.",
        "Reinstate it first, or wait until the question is settled.",
    ),
    IssuerCode.SKILL_UNKNOWN: Explanation(
        "The record has no such skill.", "Name one of the skills of the record, counted from 0."
    ),
    IssuerCode.SKILL_NOT_RATED: Explanation(
        "Neither host nor school rated this skill on our scale, so there is nothing to state.",
        "Choose a skill with a level that host or school gave.",
    ),
    IssuerCode.CREDIT_UNKNOWN: Explanation(
        "Neither the call nor the record says anything of credit.", "Send it in `credit`."
    ),
    IssuerCode.CREDIT_PENDING: Explanation(
        "The school has not awarded the credit yet.", "Send it once the registrar has awarded it."
    ),
    IssuerCode.SCHOOL_UNKNOWN: Explanation(
        "The record names no school that could award credit.", "Name the school in the record."
    ),
    IssuerCode.JOB_STATE: Explanation(
        "The job has ended, or stands where this makes no sense.",
        "Ask how it stands, and go on from there. A job that has ended stays as it is.",
    ),
    IssuerCode.CURSOR_GONE: Explanation(
        "The event that the cursor names is not here: too old, or an earlier state was restored.",
        "Ask without a cursor, and take what you know already as known.",
    ),
    WebCode.BAD_REQUEST: Explanation(
        "The request itself cannot be read as HTTP of this kind.",
        "Compare it with the example in the documentation.",
    ),
    WebCode.NO_SUCH_PAGE: Explanation(
        "There is nothing at this address.",
        "Check it letter by letter: no slash at the end, none doubled.",
    ),
    WebCode.METHOD_NOT_ALLOWED: Explanation(
        "The address exists and does not take this kind of request.",
        "The `Allow` header of the answer names the kinds that it takes.",
    ),
    WebCode.NOT_ACCEPTABLE: Explanation(
        "The `Accept` header names no form in which this can be answered.",
        "Ask for `application/json`.",
    ),
    WebCode.TOO_LARGE: Explanation(
        "The body is larger than what is read at this address.",
        "Send less at once. The documentation names the limits.",
    ),
    WebCode.UNSUPPORTED_MEDIA_TYPE: Explanation(
        "The body is not declared as JSON in UTF-8, or is compressed.",
        "Send `Content-Type: application/json` and the body as it is.",
    ),
    WebCode.RECORD_REFUSED: Explanation(
        "The body was read, and the rules refuse the record. Nothing was stored.",
        "`findings` names each place with a code and a sentence. E codes must be mended, H codes "
        "wait for a person, W codes only tell.",
    ),
    WebCode.OUR_FAULT: Explanation(
        "Something of ours broke. The log holds it under the reference in the detail.", _RETRY
    ),
}
"""The issuer's own codes."""

_MEND: Final = "Mend the value at the pointer and send the record again."
_TELL: Final = "Nothing must be done: the record is accepted as it is."
OF_RECORDS: Final[Mapping[str, str]] = {
    "E101": "Fill the field at the pointer and send the record again.",
    "E102": "Write dates as 2026-03-20 and instants as 2026-03-20T17:00:00Z.",
    "E103": "Look which of the two dates is right, and send the record again.",
    "E104": "Ask the learner for an address that works. None is ever guessed.",
    "E105": "Send the record once the host has accepted a deliverable.",
    "E106": "Send the record once the project is finished, for those who stayed.",
    "E107": "Give each record a number of its own.",
    "E108": "Write the hours as one duration, such as PT22H.",
    "E109": "Use a word of the list in the schema of the record.",
    "E110": "Confirm that the person is an adult, or take the way for minors with their guardian.",
    "E113": "Look at the end date, and send the record when that day has come.",
    "E114": "Export the text as UTF-8 and send it again. It is never repaired here.",
    "E115": "Take the field out. A comment that is meant for one reader only belongs elsewhere.",
    "E116": _MEND,
    "H301": "Let the school or the operator sign the unpaid-work check.",
    "H302": "Ask the host for at least one objective, and send the record again.",
    "H303": "Wait for the host's word, or send it in `attestations`.",
    "W201": f"{_TELL} Send the hours if you want them stated.",
    "W202": f"{_TELL} Add an alignment to a framework if the skill has one.",
    "W204": f"{_TELL} Ask the school whether the credit is right.",
    "W209": f"{_TELL} The first one is kept.",
    "W211": f"{_TELL} The host can raise the pay next time.",
    "W212": f"{_TELL} Send a brief if there is one.",
    "W213": f"{_TELL} A skill that the host confirms says more.",
    "W214": f"{_TELL} Ask the host and the learner for their feedback next time.",
    "W215": f"{_TELL} Compare the two addresses before offers go out.",
}
"""What to do about each finding."""


def explain(code: str) -> Explanation | None:
    """The explanation of a code by its name, records' codes too; ``None`` for an unknown one."""
    if code in OF_RECORDS:
        return Explanation(SENTENCES[code], OF_RECORDS[code])
    named: Mapping[str, Explanation] = {
        **{str(name): text for name, text in OF_DOCUMENTS.items()},
        **{str(name): text for name, text in EXPLANATIONS.items()},
    }
    return named.get(code)
