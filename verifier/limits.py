"""Every bound of the verifier, with its unit and its reason. Nothing else holds a limit.

Sizes are bytes and times are seconds unless the name says otherwise.
"""

from __future__ import annotations

from typing import Final

# --- JSON (strict_json) ---------------------------------------------------------------
CREDENTIAL_BYTES: Final = 1_048_576
"""One credential. The largest real ones are 22 kB; a page with an embedded picture fits."""
REQUEST_BYTES: Final = 2_097_152
"""One API request: a credential and the envelope around it."""
JSON_DEPTH: Final = 64
"""Nesting. Credentials use under 12; deeper input only exhausts stacks."""
POINTER_CHARACTERS: Final = 4_096
"""A JSON Pointer to a value: the names of the members on the way to it. Ours have under 100."""
INTEGER_MAX: Final = 2**53 - 1
"""I-JSON (RFC 7493, section 2.2): beyond it two readers see two numbers."""

# --- JSON-LD and RDF (jsonld) ---------------------------------------------------------
JSON_VALUES: Final = 20_000
"""Objects, lists and plain values in one document: bounds its expansion, and every walk."""
VALUES_IN_ALL: Final = 25_000
"""Values that are expanded in one verification, each as often as it is: once for each proof, and
again for a credential inside. This many take about a second."""
QUADS: Final = 20_000
"""Statements in one document. Our largest record makes 623."""
BLANK_NODES: Final = 2_000
"""Unnamed nodes in one document: bounds the first-degree hashing."""
N_DEGREE_CALLS: Final = 500
"""Hash N-Degree Quads calls (RDFC-1.0, section 4.8). The heaviest honest test of the
W3C suite needs 468; a poison graph needs factorially many."""
N_DEGREE_WORK: Final = 100_000
"""Statements read and permutations tried, each times the labels it copies. The heaviest
honest test of the W3C suite needs 21,240."""
CONTEXTS: Final = 16
"""Entries in one ``@context``."""
INLINE_CONTEXT_BYTES: Final = 32_768
"""Inline context objects, where policy admits them at all."""
SCOPED_DEFINITIONS: Final = 50_000
"""Words in contexts that stand inside of inline ones, times the objects of the document: a
processor defines ten thousand of them in a tenth of a second. Examples have some hundreds."""
PREFIXES_OF_PREFIXES: Final = 4
"""Prefixes of an inline context that are written with another: a processor follows them by
calling itself, and a tower of a thousand exhausts its stack."""

EMBEDDED_CREDENTIALS: Final = 16
"""Credentials in one presentation or record of learning; each is verified on its own."""

CHALLENGE_CHARACTERS: Final = 1_024
"""A challenge or nonce that a caller gives; those in use have under 100."""
ASKED_DOMAINS: Final = 8
"""Domains or audiences that a caller names for one presentation."""

# --- proofs and keys ------------------------------------------------------------------
PROOFS: Final = 8
"""Proofs in a set or chain; each costs a canonical form."""
MULTIBASE_KEY_CHARACTERS: Final = 200
"""A multibase key. base58 decoding is quadratic, so length is checked before decoding."""
MULTIBASE_SIGNATURE_CHARACTERS: Final = 200
"""A multibase signature; 64 bytes take 88 characters, 96 take 132."""
SD_PROOF_VALUE_CHARACTERS: Final = 300_000
"""A proof of ecdsa-sd-2023: a signature of 66 bytes for each statement, and labels of 36."""
SD_STATEMENTS: Final = 2_000
"""Statements that are signed one by one; each costs a tenth of a millisecond. Our largest
record makes 623."""
SD_POINTERS: Final = 256
"""JSON Pointers of one choice; our largest record has under 200 values worth choosing."""
SD_POINTER_CHARACTERS: Final = 1_024
"""One JSON Pointer."""
RSA_BITS_MINIMUM: Final = 2_048
"""Shorter keys can be broken (NIST SP 800-131A)."""
RSA_BITS_MAXIMUM: Final = 4_096
"""Longer keys cost time and are in no use here."""
TOKEN_CHARACTERS: Final = 1_400_000
"""A compact JWS: a credential of ``CREDENTIAL_BYTES`` in base64url, its header and signature."""
TOKEN_HEADER_CHARACTERS: Final = 16_384
"""The first part of a compact JWS. One with a chain of certificates has some 6,000."""
TOKEN_SIGNATURE_CHARACTERS: Final = 700
"""The last part of a compact JWS: 512 bytes of RSA take 683."""
DISCLOSURES: Final = 1_024
"""Disclosures of one SD-JWT. The largest of the published examples has 24."""
DISCLOSURE_DIGESTS: Final = 8_192
"""Digests in the payload and the disclosures of one SD-JWT, decoys included."""
KEY_BINDING_AGE_SECONDS: Final = 300
"""How long before or after now a key binding token may say that it was made."""
VCT_ALIASES: Final = 16
"""Other types that one SD-JWT VC counts as (``aka_vcts``)."""
TYPE_METADATA_BYTES: Final = 262_144
"""One document of type metadata; those published have under 10 kB."""
TYPE_METADATA_CHAIN: Final = 8
"""Documents of type metadata that extend one another."""
TYPE_CHECK_STEPS: Final = 500_000
"""Values of a credential times the steps of the paths in its type: bounds looking them up. A
credential of 300 values under 40 rules needs 36,000."""
DID_CHARACTERS: Final = 2_048
"""A DID or DID URL; did:jwk with an RSA key is the longest in use."""
DID_DOCUMENT_BYTES: Final = 262_144
VERIFICATION_METHODS: Final = 64
"""Methods in one controlled identifier document."""
WEBVH_LOG_BYTES: Final = 262_144
"""The log of a did:webvh identifier: ten years of monthly entries of 2 kB. This many bytes of
nothing but signatures take a quarter of a second, and a document may name several logs."""
WEBVH_ENTRIES: Final = 256
"""Entries in one log: each costs two canonical forms and a signature."""
WEBVH_KEYS: Final = 16
"""Keys, announced keys, witnesses or watchers that one entry states."""
WEBVH_WITNESS_BYTES: Final = 262_144
WEBVH_WITNESS_PROOFS: Final = 256
"""Proofs of witnesses for one log. One for the newest entry approves all before."""
WEBVH_AHEAD_SECONDS: Final = 300
"""How far the time of an entry may be ahead of our clock (did:webvh 1.0, section 3.6.2)."""

# --- status lists ---------------------------------------------------------------------
STATUS_ENTRIES: Final = 8
"""``credentialStatus`` entries of one credential; every one is fetched and read."""
STATUS_LIST_BYTES: Final = 12_582_912
"""A status list credential on the wire: 8 MiB of bits that do not compress, in base64url."""
STATUS_LIST_INFLATED_BYTES: Final = 8_388_608
"""A status list opened: 2^26 entries. Inflation stops one byte later."""
STATUS_LIST_MINIMUM_ENTRIES: Final = 131_072
"""Bitstring Status List 1.0, section 2.1: smaller lists tell who is who."""
STATUS_SIZE_BITS: Final = 8
"""``statusSize``: bits of one entry, hence 256 messages; the published examples have 2."""
STATUS_MESSAGE_CHARACTERS: Final = 500
"""One message or reason that a status list gives; it is shown to people."""
STATUS_REVOKED_IDS: Final = 50_000
"""Items of one 1EdTech revocation list, each the id of a credential."""
STATUS_REVOKED_VALUES: Final = 200_000
"""Commas in such a list, three to an item and some in its reasons: bounds the time to read it,
which is half a second."""
STATUS_CACHE_ENTRIES: Final = 256
STATUS_REVALIDATE_SECONDS: Final = 30
"""A cached list older than this is asked for again (If-None-Match)."""
STATUS_MAX_AGE_SECONDS: Final = 86_400
"""A list without an earlier ``validUntil`` counts as stale after a day."""

# --- network (fetch) ------------------------------------------------------------------
FETCHES: Final = 12
"""Requests to the network in one verification: nobody uses us as an amplifier."""
FETCHED_BYTES: Final = 25_165_824
"""All bodies of one verification together: two of the largest status lists, which take nearly a
second to read. A dozen honest ones have under a megabyte."""
NETWORK_SECONDS: Final = 10.0
"""All requests of one verification together: eight lists that never answer keep nobody
waiting longer than one does."""
CONNECT_SECONDS: Final = 3.0
CONNECT_ATTEMPTS: Final = 2
"""Addresses of one name that are tried, each for ``CONNECT_SECONDS``."""
TOTAL_SECONDS: Final = 8.0
"""One request from name look-up to last byte; not a read time-out that drips renew."""
URL_CHARACTERS: Final = 2_048
ETAG_CHARACTERS: Final = 256
"""An entity tag, kept with a list and sent back; those in use have under 70 characters."""

# --- trust ----------------------------------------------------------------------------
REGISTRY_BYTES: Final = 16_777_216
"""A register of known issuers: the operator's own file, a hundred thousand issuers."""

# --- time -----------------------------------------------------------------------------
CLOCK_SKEW_SECONDS: Final = 60
"""How far two honest clocks may differ."""
TIMESTAMP_CHARACTERS: Final = 64

# --- intake ---------------------------------------------------------------------------
UPLOAD_BYTES: Final = 5_242_880
"""What a person drops on the page: a photo, a file."""
IMAGE_PIXELS: Final = 50_000_000
"""Width times height, read from the header before any pixel is decoded."""
INTAKE_SECONDS: Final = 5
"""CPU time of the child process that decodes a picture."""
INTAKE_PICTURES_AT_ONCE: Final = 2
"""Child processes at one time: pictures must not take the machine from everybody else."""
INTAKE_CODES: Final = 16
"""Square codes read from one picture."""
FORM_PARTS: Final = 8
"""Parts of one multipart form; ours have at most four."""
INTAKE_MEMORY_BYTES: Final = 1_073_741_824
PASTED_TEXT_CHARACTERS: Final = 1_048_576

# --- presentation ---------------------------------------------------------------------
SHOWN_TEXT_CHARACTERS: Final = 4_000
"""One text on a page. Our longest, a project brief, has at most 3,000 characters."""
SHOWN_ITEMS: Final = 60
"""Skills, deliverables, links and the like in one list on a page; our schema allows 20."""
COMPARED_CHARACTERS: Final = 320
"""A name or an e-mail address typed to be compared; the longest address has 320."""

# --- schemas --------------------------------------------------------------------------
HELD_SCHEMA_BYTES: Final = 1_048_576
"""One schema that an operator supplies; those of Open Badges have 60 kB."""
HELD_SCHEMAS: Final = 1_000
"""Schemas in an operator's folder."""
SCHEMA_STEPS: Final = 25_000
"""Keywords applied in one validation, lists and texts counted by what they hold. Our largest
record takes 2,900, the complete sample of Open Badges 1,400; this many take half a second."""
PATTERN_CHARACTERS: Final = 1_000
"""One regular expression in a schema."""
PATTERN_BYTES: Final = 1_048_576
"""Memory of one compiled pattern: bounds what a count such as ``{1,999}`` unfolds to."""
PATTERNS: Final = 256
"""Compiled patterns that are kept."""
EMBEDDED_DEPTH: Final = 2
"""Credentials inside credentials that are followed: a record of learning with a badge with
an endorsement."""
EMBEDDED_CREDENTIALS_IN_ALL: Final = 64
"""Embedded credentials verified for one document, at every depth together."""
