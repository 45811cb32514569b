"""Every bound of the issuer, with its unit and its reason. Nothing else holds a limit.

Sizes are bytes and times are seconds unless the name says otherwise. What bounds a
document bounds it in ``verifier.limits`` already.
"""

from __future__ import annotations

from typing import Final

# --- issuance --------------------------------------------------------------------------
LEASE_SECONDS: Final = 15
"""How long one attempt to issue owns its intent. Twenty times what a slow signer needs;
after it, a repeated call may take the intent over (a crash left it)."""
RESERVE_ATTEMPTS: Final = 5
"""Tries of the reserving transaction when another one won the same unique name."""
IDEMPOTENCY_KEY_CHARACTERS: Final = 200
"""A caller's idempotency key; UUIDs are 36."""

CORRECTIONS: Final = 100
"""Corrections of one credential that are followed to the newest."""

# --- status lists ----------------------------------------------------------------------
STATUS_LIST_ENTRIES: Final = 131_072
"""Places in a new list: the smallest that Bitstring Status List 1.0, section 2.1 admits."""
STATUS_LIST_FULL_PERCENT: Final = 80
"""A list is closed here: beyond it random picks collide too often, and the places left
would say who came last."""
STATUS_INDEX_ATTEMPTS: Final = 256
"""Random picks before giving up: at 80 % full all of them fail once in 10^24."""
STATUS_RESIGN_SECONDS: Final = 21_600
"""A list nobody changed is signed again after six hours."""
STATUS_CHANGE_SECONDS: Final = 10
"""Changes of one list are published at most this often; the first one at once."""
STATUS_VALID_SECONDS: Final = 86_400
"""``validUntil`` of a list: a day after ``validFrom``."""
STATUS_MAX_AGE_SECONDS: Final = 20
"""``max-age`` of a list. With STATUS_CHANGE_SECONDS a revocation shows within 30 s."""
STATUS_TOKEN_TTL_SECONDS: Final = 3_600
"""``ttl`` of a status token: how long others may answer from a copy while we are away. The
``max-age`` of the answer is for the usual case."""
STATUS_TOKENS_KEPT: Final = 256
"""Signed status tokens in the memory of one process, each of some 30 kB at most."""
CLOCK_BACK_SECONDS: Final = 60
"""How far the clock may stand before what we signed last (NTP steps)."""

# --- share links -----------------------------------------------------------------------
SHARE_TOKEN_CHARACTERS: Final = 26
"""130 random bits in Crockford's base32."""
SHARE_LABEL_CHARACTERS: Final = 80
SHARE_DAYS: Final = 365
"""A share link ends after a year unless the holder says otherwise."""
SHARES_PER_CREDENTIAL: Final = 100

# --- names, keys, tenants --------------------------------------------------------------
DISPLAY_NAME_CHARACTERS: Final = 200
KEY_FILE_BYTES: Final = 16_384
"""A PKCS#8 file; an Ed25519 one has 400 bytes."""
PASSPHRASE_BYTES: Final = 1_024
API_KEY_CHARACTERS: Final = 128
"""A presented API key is looked at up to here; ours have 69 characters."""
API_KEY_DAYS: Final = 365
API_KEY_WARNING_DAYS: Final = 30
"""So long before its end every answer to a key says when it is."""
SCOPE_CHARACTERS: Final = 40
API_KEYS_PER_TENANT: Final = 200
"""Keys that are good at the same time; who needs more forgets some."""
ACCESS_TOKEN_SECONDS: Final = 3_600
"""Life of an access token (OAuth 2.0)."""
OAUTH_REQUEST_BYTES: Final = 8_192
"""A form with a grant, a scope, a client's secret."""
RATE_COUNT: Final = 1_000_000
"""Calls that a rule of ``ISSUER_RATE_LIMITS`` may admit in its window."""
RATE_SECONDS: Final = 86_400
"""The longest window of a rule: a day."""
TRUSTED_PROXIES: Final = 10
"""Proxies of the operator's own that may stand before the service."""
CREDENTIAL_NAME_CHARACTERS: Final = 150
"""The name of a credential; our schema admits no more. A test credential's has a word before it."""

# --- database --------------------------------------------------------------------------
BUSY_SECONDS: Final = 10.0
"""How long a unit waits for a lock (SQLite's one write lock, a row of PostgreSQL) or for a
connection before the caller is told to come back."""
CONNECTIONS: Final = 16
"""Connections of one process: twice its threads, each of which uses one at a time. PostgreSQL
admits 100 by default: six processes."""

# --- audit trail -----------------------------------------------------------------------
AUDIT_LINES_SHOWN: Final = 100
"""Lines of the audit trail on one page of the console."""
AUDIT_PAGE: Final = 1_000
"""Lines of the audit trail that are read at a time."""

# --- operators -------------------------------------------------------------------------
PASSWORD_CHARACTERS: Final = 12
"""The shortest password of an operator."""
PASSWORD_CHARACTERS_MAX: Final = 256
"""More is not hashed."""
SESSION_IDLE_SECONDS: Final = 1_800
"""A session that was not used for half an hour is over."""
SESSION_SECONDS: Final = 43_200
"""A session is over after twelve hours, used or not."""
SESSION_SEEN_SECONDS: Final = 60
"""That a session was used is written down at most once a minute."""
SIGN_IN_WINDOW_SECONDS: Final = 900
"""Tries to sign in are counted for a quarter of an hour."""
SIGN_IN_TRIES: Final = 10
"""Tries for one account in that time; somebody who forgot needs five."""
SIGN_IN_TRIES_OF_ADDRESS: Final = 50
"""Tries from one address: an office of operators behind one gateway."""
ATTESTATION_DAYS: Final = 14
"""A host that has not confirmed the facts by then has stalled (domain §1.9)."""
STATUS_WARN_HOURS: Final = 24
"""Verifiers warn about a list that is older."""
STATUS_LIST_TELL_PERCENT: Final = 75
"""How full a list is when the console tells of it."""
APPROVAL_DAYS: Final = 7
"""A request that nobody decided by then is over."""
SUSPENSION_DAYS: Final = 14
"""A credential is on hold for this long at most, then reinstated by itself (domain §2.4)."""
EARLY_END_DAYS: Final = 90
"""For so long after a trial ended early a host's request to withdraw goes to a person."""
KEY_OVERLAP_SECONDS: Final = 86_400
"""How long a new key is published before it signs: as long as others keep a DID document."""
NOTE_CHARACTERS: Final = 1_000
"""A note for the second person."""
REVIEWS_SHOWN: Final = 50
"""Decided requests on one page."""
CREDENTIAL_ID_CHARACTERS: Final = 2_048
"""The id of a credential, as it is typed into a form."""
OIDC_BYTES: Final = 262_144
"""One answer of the identity provider: its description, its keys, a token."""
OIDC_CHARACTERS: Final = 2_048
"""One value of the query that comes back from it."""
OIDC_LEEWAY_SECONDS: Final = 60
"""How far its clock may stand from ours."""
FORM_BYTES: Final = 65_536
"""A form of the console; the longest note has some thousand signs."""

# --- records and platform payloads -----------------------------------------------------
RECORD_VALUES: Final = 5_000
"""Values in one record or one payload row. The largest honest record has about 500."""
RECORD_DEPTH: Final = 12
"""Nesting of a record; the schema needs 6."""
RECORD_LIST_ITEMS: Final = 200
"""Items of one list, before the schema compares them with each other."""
RECORD_TEXT_CHARACTERS: Final = 8_000
"""One text; the longest that the schema admits has 3,000."""
HOLDER_ID_CHARACTERS: Final = 320
"""The holder's identifier, which becomes one of the record's: a did:jwk with a key of P-384 has
some 250."""
RECORD_EFFORT_MINUTES: Final = 24_000
"""400 hours of work: more is no micro-internship (E108)."""
FINDINGS: Final = 50
"""Findings told about one record: who sends worse reads the documentation first."""
FINDING_VALUE_CHARACTERS: Final = 40
FINDING_POINTER_CHARACTERS: Final = 200
"""A pointer can hold a member name that the sender chose."""
PAYLOAD_ROWS: Final = 10_000
"""Rows of one platform payload that is answered at once."""

# --- tables and mapping profiles -------------------------------------------------------
TABLE_COLUMNS: Final = 200
"""Columns of a table. A row of more is no row of people."""
TABLE_CELL_CHARACTERS: Final = 8_000
"""One cell: as much as one text of a record."""
TABLE_LINE_CHARACTERS: Final = 1_048_576
"""One line of a table's file, read at a time: 200 cells of 5,000 signs."""
PAYLOAD_FORM_BYTES: Final = 65_536
"""What stands around the file in a form: the consent, the boundaries."""
PAYLOAD_FORM_PARTS: Final = 8
PROFILE_BYTES: Final = 262_144
"""A mapping profile; ours have 6 kB."""
PROFILE_FIELDS: Final = 200
PROFILE_STEPS: Final = 20
"""Operations of one field; five are enough for ours."""
PROFILE_RATE: Final = 1_000_000
"""A pay floor or the hours for one credit stay below this."""
PROFILES: Final = 200
"""An operator's own mapping profiles."""

# --- documents -------------------------------------------------------------------------
QR_CHARACTERS: Final = 512
"""An address in a square code; ours have about 90. More makes modules too small for paper."""
QR_MODULE_PIXELS: Final = 8
"""Pixels for each module of a PNG: a code of ours is 456 pixels wide."""
QR_MODULE_PIXELS_MAX: Final = 32

# --- events ----------------------------------------------------------------------------
EVENTS_PAGE: Final = 100
"""Events in one answer unless the reader asks for another number, up to EVENTS_PAGE_MAX."""
EVENTS_PAGE_MAX: Final = 500
EVENT_KINDS_ASKED: Final = 32
"""Kinds named in one question; there are fewer."""
EVENTS_NUMBERED: Final = 1_000
"""Events that one unit gives positions to: some 50 ms of work."""
EVENT_DAYS: Final = 90
"""Events are kept this long for those who read or replay."""
EVENT_ID_CHARACTERS: Final = 80
"""An id in an event: hexadecimal, or a UUID as a URN."""

# --- background work -------------------------------------------------------------------
WORKER_TICK_SECONDS: Final = 1.0
"""How often a worker looks whether a task is due."""
WORKER_IDLE_SECONDS: Final = 0.5
"""How long a thread with nothing to do waits before it looks again."""
WORKER_THREADS: Final = 2
"""Threads of one worker: one may wait for somebody else's server while the other signs."""
WORKER_THREADS_MAX: Final = 16
"""As many as one process has connections to its database (CONNECTIONS)."""
WORKER_RESTART_SECONDS: Final = 5.0
"""How long ``serve`` waits before it starts a worker again that ended by itself."""
STOP_SECONDS: Final = 15.0
"""What is under way is finished within this time after SIGTERM, or left to its lease."""
QUEUE_MESSAGE_BYTES: Final = 4_096
"""A message names a task; ours have about 100 bytes."""
QUEUE_MESSAGES: Final = 1_000
"""Waiting messages that are looked through for one of the same name."""
IDEMPOTENCY_HOURS: Final = 48
"""How long a caller's key is remembered: twice the day that is promised."""

# --- batches and jobs ------------------------------------------------------------------
BATCH_ITEMS: Final = 1_000
"""Completions in one call; at some 30 ms each that is half a minute."""
BATCH_BYTES: Final = 10_485_760
"""One batch: a usual completion has 8 kB."""
JOB_ROWS: Final = 200_000
"""Rows of one job (design §10.16)."""
JOB_BYTES: Final = 52_428_800
"""One file of a job: 50 MB."""
JOB_ROW_BYTES: Final = 262_144
"""One row of a job, as one completion."""
JOB_ORDER_BYTES: Final = 16_384
"""What holds for all rows: a profile, a consent, two switches."""
FORM_BUFFER_BYTES: Final = 262_144
"""What a form may hold in memory while its file goes to disk: a few pieces of the network's."""
JOB_INTAKE_ROWS: Final = 500
"""Rows written in one transaction while a file is received: others write in between."""
JOB_PORTION: Final = 25
"""Rows that a worker claims at a time: about a second of work."""
JOB_LEASE_SECONDS: Final = 30
"""How long a portion belongs to its worker: thirty times what it needs. It ends after
LEASE_SECONDS, so that what a killed worker began can be taken over."""
JOB_ROW_TRIES: Final = 20
"""Claims of one row without a result, each of which a crash ended: it is the row's doing."""
JOB_ROW_ALONE: Final = 2
"""Claims without a result after which a row is worked alone."""
JOB_PUT_OFF_SECONDS: Final = 10
"""How long a job waits when database or signer are away."""
JOB_FAULTS: Final = 3
"""Faults of ours at rows that follow each other, after which the job waits as well: something is
wrong with everything, and each try uses up a place in a status list."""
JOB_INPUT_DAYS: Final = 7
"""How long refused rows keep what was sent, for another try."""
JOB_RECEIVING_HOURS: Final = 24
"""A file that is still not received after a day never will be."""
JOB_LINES_PAGE: Final = 100
JOB_LINES_PAGE_MAX: Final = 1_000
"""Rows of a job in one answer."""
JOBS_LISTED: Final = 50
BATCH_FAULTS: Final = 3
"""Faults of ours in a row after which the rest of a batch is answered without a try."""

# --- withdrawing many ------------------------------------------------------------------
REVOCATION_NAMED: Final = 1_000
"""Credentials that one order names one by one."""
REVOCATION_ITEMS: Final = 10_000
"""Credentials of one order: some seconds of work to write down."""
REVOCATION_PORTION: Final = 100
"""Credentials that one transaction withdraws."""
REVOCATION_BYTES: Final = 262_144
"""An order with a thousand ids of 200 letters."""
UNDO_SECONDS: Final = 900
"""How long an order can be undone unless the caller says otherwise."""
UNDO_SECONDS_MAX: Final = 604_800

# --- webhooks --------------------------------------------------------------------------
WEBHOOKS: Final = 20
"""Addresses of one tenant."""
WEBHOOK_URL_CHARACTERS: Final = 1_000
WEBHOOK_BODY_BYTES: Final = 16_384
"""A request about a webhook: an address and some kinds."""
WEBHOOK_WAITS: Final = (5, 30, 120, 600, 3_600, 21_600, 86_400)
"""Seconds before the second attempt to deliver an event, the third and so on, each shortened by
up to half by chance. After the last one fails, the event is given up for this address."""
WEBHOOK_FAILURES: Final = 3
"""Attempts in a row that may fail before an address is left alone for a while."""
WEBHOOK_REST_SECONDS: Final = 900
"""The longest that an address is left alone; it grows with its failures from five seconds."""
WEBHOOK_FAILING_DAYS: Final = 5
"""An address that took nothing for this long is switched off."""
WEBHOOK_OVERLAP_SECONDS: Final = 86_400
"""How long an old secret signs beside a new one unless the caller says otherwise."""
WEBHOOK_OVERLAP_SECONDS_MAX: Final = 604_800
WEBHOOK_THREADS: Final = 8
"""Addresses that one worker sends to at the same time. Each waits for its own only."""
WEBHOOK_TURN_SECONDS: Final = 2.0
"""After which an address with more to send lets another one have its turn."""
WEBHOOK_ROUND_SECONDS: Final = 6.0
"""After which a round of sending begins nothing new. With one more request (``TOTAL_SECONDS`` of
the verifier's limits, 8) it is over before a worker that is stopped is given up."""
WEBHOOK_LEASE_SECONDS: Final = 60
"""How long one worker alone sends to an address; when it is killed, another waits this long."""
WEBHOOK_BATCH: Final = 50
DELIVERIES_PAGE: Final = 100

# --- requests --------------------------------------------------------------------------
RECORD_BYTES: Final = 262_144
"""One completion: a record and the consent. The largest example has 20 kB."""
PAYLOAD_BYTES: Final = 5_242_880
"""One platform payload that is answered at once."""
STATUS_REQUEST_BYTES: Final = 16_384
"""A change of one status: an id and four words."""
FURTHER_REQUEST_BYTES: Final = 16_384
"""What to say beside a completion: twenty skills, or one credit, and the consent."""
SKILLS_ASKED: Final = 20
"""Skills in one call; a record has no more."""
DOCUMENT_REQUEST_BYTES: Final = 1_114_112
"""A credential to sign (at most 1 MiB) and the envelope around it."""
DID_DOCUMENT_MAX_AGE_SECONDS: Final = 300
"""``max-age`` of a DID document: a retired or new key is known within five minutes."""
SCHEMA_MAX_AGE_SECONDS: Final = 86_400

# --- documentation ---------------------------------------------------------------------
REQUEST_ID_CHARACTERS: Final = 64
"""A caller's own name for a request; a UUID has 36."""
OPENAPI_MAX_AGE_SECONDS: Final = 300
"""``max-age`` of ``/openapi.json``: a new release is known within five minutes."""
# --- offers ----------------------------------------------------------------------------
REMINDER_DAYS: Final = (5, 10)
"""After how many days a host who does not answer is reminded."""
STALLED_DAYS: Final = 14
"""After how many days somebody else may confirm in the host's place."""
OFFER_DAYS: Final = 180
"""An offer that nobody moves for as long ends, and everything about it is deleted."""
OFFERS_AT_ONCE: Final = 200
"""Offers that one run of a task looks at. The next run goes on."""
OFFERS_PAGE: Final = 50
OFFERS_PAGE_MAX: Final = 200
OFFER_REQUEST_BYTES: Final = 16_384
"""A decision about an offer: facets, or an address."""
LANGUAGE_CHARACTERS: Final = 35
"""A BCP 47 tag (RFC 5646, section 4.4.1)."""
ATTEST_FORM_BYTES: Final = 65_536
"""A host's answer: a dozen facts with a few sentences each."""
ATTEST_FORM_FIELDS: Final = 80
ATTEST_WORDS_CHARACTERS: Final = 1_000
"""What a host writes about one fact."""

# --- mail ------------------------------------------------------------------------------
MAIL_ADDRESS_CHARACTERS: Final = 254
"""RFC 5321, section 4.5.3.1.3, without the angle brackets."""
MAIL_SUBJECT_CHARACTERS: Final = 200
MAIL_BODY_CHARACTERS: Final = 10_000
"""Ours have some 1,500."""
MAILS_AT_ONCE: Final = 50
"""Mails of one round. The next one goes on."""
MAIL_ATTEMPTS: Final = 14
"""Tries before a mail is dead: with the waits below about two days."""
MAIL_WAIT_SECONDS: Final = 21_600
"""The longest wait between two tries."""
MAIL_LEASE_SECONDS: Final = 1_800
"""How long one process owns a mail that it sends: longer than a round of a slow server."""
SMTP_SECONDS: Final = 20.0
"""How long a mail server may take for one answer."""
SMTP_PASSWORD_BYTES: Final = 1_024
