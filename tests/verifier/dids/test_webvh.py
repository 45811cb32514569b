"""did:webvh: a log counts as a whole, signed by keys that it appointed itself, or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import webvh_logs as logs
from tests.fake_network import DOWN, FakeNetwork, Prepared
from tests.signers import Ed25519TestKey
from verifier import limits
from verifier.dids import resolve, retrieve_verification_method
from verifier.dids.document import DeactivatedError, DidDocument
from verifier.dids.webvh_identifier import parse_webvh
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.strict_json import JsonObject

KEY, NEXT, STRANGER = (Ed25519TestKey.number(number) for number in (1, 2, 3))
W1, W2, W3 = (Ed25519TestKey.number(number) for number in (11, 12, 13))
NOW = datetime(2026, 3, 24, 19, 2, tzinfo=UTC)
MALFORMED = Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT
LOG_URL = "https://issuer.example/.well-known/did.jsonl"
WITNESS_URL = "https://issuer.example/.well-known/did-witness.json"


def _resolve(
    *entries: JsonObject, did: str | None = None, witness: Prepared | None = None
) -> DidDocument:
    network = FakeNetwork({LOG_URL: logs.lines(*entries)})
    if witness is not None:
        network.answers[WITNESS_URL] = witness
    return resolve(did or logs.did_of(entries[0]), fetch=network, now=NOW)


def _approvals(*items: JsonObject) -> bytes:
    return json.dumps(items).encode()


def _code(act: Callable[[], object], kind: type[CheckError] = RefusedError) -> Code:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def _changed(entry: JsonObject, **to: Any) -> JsonObject:
    """``entry`` with members set after it was signed; ``...`` takes one away."""
    return {name: value for name, value in (entry | to).items() if value is not ...}


# --- good logs --------------------------------------------------------------------------


def test_a_key_of_the_newest_document_is_found() -> None:
    """A credential's key is looked for in the document of the newest entry."""
    one = logs.first(KEY)
    did = logs.did_of(one)
    two = logs.follow(one, KEY, state=logs.document(did, NEXT))
    network = FakeNetwork({LOG_URL: logs.lines(one, two)})

    found = retrieve_verification_method(
        f"{did}#key-1", relationship="assertionMethod", fetch=network, now=NOW
    )

    assert (NEXT.public, [LOG_URL]) == (found.key, network.urls)


def test_metadata_of_a_log() -> None:
    """Times and numbers of the first and the newest entry, and what holds after it."""
    one = logs.first(KEY, portable=True, ttl=60, watchers=["https://watcher.example"])
    two = logs.follow(one, KEY)

    assert {
        "versionId": two["versionId"],
        "versionNumber": 2,
        "versionTime": "2026-01-01T00:00:02Z",
        "created": "2026-01-01T00:00:00Z",
        "updated": "2026-01-01T00:00:02Z",
        "scid": parse_webvh(logs.did_of(one)).scid,
        "portable": True,
        "deactivated": False,
        "witness": {},
        "watchers": ["https://watcher.example"],
        "ttl": "60",
    } == _resolve(one, two).metadata


def test_keys_are_handed_on() -> None:
    """New keys are appointed by the old ones and sign from the next entry on."""
    one = logs.first(KEY)
    two = logs.follow(one, KEY, updateKeys=[NEXT.multibase])
    three = logs.follow(two, NEXT)

    assert 3 == _resolve(one, two, three).metadata["versionNumber"]


def test_announced_keys_sign_at_once() -> None:
    """With pre-rotation an entry is signed by the keys that the one before announced."""
    one = logs.first(KEY, nextKeyHashes=[logs.key_hash(NEXT)])
    two = logs.follow(one, NEXT, updateKeys=[NEXT.multibase], nextKeyHashes=[])
    three = logs.follow(two, NEXT, updateKeys=[KEY.multibase])

    assert 3 == _resolve(one, two, three).metadata["versionNumber"]


def test_a_log_that_may_move() -> None:
    """A portable log is resolved under its new name, and names the old one."""
    one = logs.first(KEY, place="old.example", portable=True)
    old = logs.did_of(one)
    new = old.replace("old.example", logs.HOST)
    two = logs.follow(one, KEY, state=logs.document(new, KEY, alsoKnownAs=[old]))

    assert new == _resolve(one, two, did=new).id


@pytest.mark.parametrize("kept", [(1, 2), (2,), (2, 1)])
def test_witnesses_approve_all_that_came_before(kept: tuple[int, ...]) -> None:
    """A proof for an entry stands for the earlier ones too."""
    one = logs.first(KEY, witness=logs.witnesses(2, W1, W2, W3))
    two = logs.follow(one, KEY)
    entries = {1: one, 2: two}
    witness = _approvals(*[logs.approval(entries[number], W1, W3) for number in kept])

    document = _resolve(one, two, witness=witness)

    assert logs.witnesses(2, W1, W2, W3) == document.metadata["witness"]


def test_strangers_and_unknown_versions_do_not_disturb_witnesses() -> None:
    """Proofs that count for nothing take nothing away."""
    one = logs.first(KEY, witness=logs.witnesses(1, W1))
    unpublished = logs.follow(one, STRANGER)
    witness = _approvals(
        logs.approval(unpublished, W1), logs.approval(one, STRANGER, W1), logs.approval(one, W2)
    )

    assert 1 == _resolve(one, witness=witness).metadata["versionNumber"]


def test_witnesses_may_be_dismissed_with_their_approval() -> None:
    """The entry that dismisses them needs them; later ones do not."""
    one = logs.first(KEY, witness=logs.witnesses(1, W1))
    two = logs.follow(one, KEY, witness={})
    three = logs.follow(two, KEY)

    assert (
        3
        == _resolve(one, two, three, witness=_approvals(logs.approval(two, W1))).metadata[
            "versionNumber"
        ]
    )
    assert MALFORMED is _code(
        lambda: _resolve(one, two, three, witness=_approvals(logs.approval(one, W1)))
    )


# --- bad logs ---------------------------------------------------------------------------


def _bad_entries() -> dict[str, list[JsonObject]]:
    one = logs.first(KEY)
    did = logs.did_of(one)
    two = logs.follow(one, KEY)
    other = did.replace(logs.HOST, "elsewhere.example")
    portable = logs.first(KEY, portable=True)
    announced = logs.first(KEY, nextKeyHashes=[logs.key_hash(NEXT)])
    ended = logs.follow(one, KEY, deactivated=True)
    unsigned = {name: value for name, value in two.items() if name != "proof"}
    foreign = parse_webvh(logs.did_of(logs.first(NEXT))).did
    return {
        "no proof": [_changed(one, proof=...)],
        "empty proof": [one, _changed(two, proof=[])],
        "one more member": [_changed(one, more=1)],
        "changed document": [_changed(one, state=logs.document(did, STRANGER))],
        "signed by a stranger": [one, logs.follow(one, STRANGER)],
        "signed by a key that the entry appoints itself": [
            one,
            logs.follow(one, NEXT, updateKeys=[NEXT.multibase]),
        ],
        "one good and one bad proof": [
            one,
            unsigned | {"proof": [logs.proof(unsigned, KEY), logs.proof(unsigned, STRANGER)]},
        ],
        "signature over something else": [
            one,
            unsigned | {"proof": [logs.proof(unsigned | {"state": {}}, KEY)]},
        ],
        **{
            f"proof with {name} {value}": [
                one,
                unsigned | {"proof": [logs.proof(unsigned, KEY, **{name: value})]},
            ]
            for name, value in (
                ("cryptosuite", "eddsa-rdfc-2022"),
                ("cryptosuite", "ecdsa-jcs-2019"),
                ("type", "Ed25519Signature2020"),
                ("proofPurpose", "authentication"),
                ("expires", "2027-01-01T00:00:00Z"),
                ("@context", ["https://www.w3.org/ns/credentials/v2"]),
                ("verificationMethod", KEY.did),
                ("verificationMethod", f"{STRANGER.did}#{KEY.multibase}"),
                ("verificationMethod", f"{KEY.did}#{STRANGER.multibase}"),
                ("verificationMethod", f"{did}#key-1"),
                ("verificationMethod", 1),
            )
        },
        "an entry left out": [one, logs.follow(two, KEY)],
        "an entry left out, and the next one renumbered": [one, logs.follow(two, KEY, number=2)],
        "entries in another order": [two, one],
        "an entry twice": [one, two, two],
        "a wrong number": [one, logs.follow(one, KEY, number=3)],
        "a later first entry": [logs.resealed(one, "1", KEY)],
        "the same time": [one, logs.follow(one, KEY, time=logs.START)],
        "an earlier time": [one, logs.follow(one, KEY, time="2025-12-31T23:59:59Z")],
        "a time from the future": [one, logs.follow(one, KEY, time="2026-03-24T19:07:01Z")],
        "a time without offset": [one, logs.follow(one, KEY, time="2026-01-02T00:00:00")],
        "a time elsewhere": [one, logs.follow(one, KEY, time="2026-01-02T00:00:00+01:00")],
        "a document of another log": [
            one,
            logs.follow(one, KEY, state=logs.document(foreign, KEY)),
        ],
        "a document without id": [one, logs.follow(one, KEY, state={"service": []})],
        "a move that is not allowed": [
            one,
            logs.follow(one, KEY, state=logs.document(other, KEY, alsoKnownAs=[did])),
        ],
        "a move that does not name the old place": [
            portable,
            logs.follow(
                portable,
                KEY,
                state=logs.document(
                    logs.did_of(portable).replace(logs.HOST, "elsewhere.example"), KEY
                ),
            ),
        ],
        "a move that names another old place": [
            portable,
            logs.follow(
                portable,
                KEY,
                state=logs.document(
                    logs.did_of(portable).replace(logs.HOST, "elsewhere.example"),
                    KEY,
                    alsoKnownAs=[did, "did:web:issuer.example"],
                ),
            ),
        ],
        "an entry after the last key was taken away": [
            one,
            logs.follow(one, KEY, updateKeys=[]),
            logs.follow(logs.follow(one, KEY, updateKeys=[]), KEY),
        ],
        "portable too late": [one, logs.follow(one, KEY, portable=True)],
        "an entry after the end": [one, ended, logs.follow(ended, KEY)],
        "the hash stated again": [one, logs.follow(one, KEY, scid=parse_webvh(did).scid)],
        "a key that was not announced": [
            announced,
            logs.follow(announced, KEY, updateKeys=[KEY.multibase], nextKeyHashes=[]),
        ],
        "one key of two announced": [
            announced,
            logs.follow(
                announced,
                NEXT,
                updateKeys=[NEXT.multibase, STRANGER.multibase],
                nextKeyHashes=[],
            ),
        ],
        "announced keys that do not come": [announced, logs.follow(announced, NEXT)],
        "nothing announced any more, and not said": [
            announced,
            logs.follow(announced, NEXT, updateKeys=[NEXT.multibase]),
        ],
        **{
            f"first entry with {name} {value}": [logs.first(KEY, **{name: value})]
            for name, value in (
                ("method", "webvh"),
                ("method", None),
                ("updateKeys", []),
                ("updateKeys", None),
                ("updateKeys", KEY.multibase),
                ("updateKeys", ["z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"]),
                ("updateKeys", [KEY.multibase] * (limits.WEBVH_KEYS + 1)),
                ("nextKeyHashes", ["z"]),
                ("nextKeyHashes", [1]),
                ("portable", "true"),
                ("deactivated", 1),
                ("ttl", "60"),
                ("ttl", -1),
                ("ttl", True),
                ("watchers", {}),
                ("unheard", "of"),
                ("witness", []),
                ("witness", logs.witnesses(0, W1)),
                ("witness", logs.witnesses(2, W1)),
                ("witness", logs.witnesses(1)),
                ("witness", logs.witnesses(2, W1, W1)),
                ("witness", logs.witnesses(1, W1) | {"more": 1}),
                ("witness", {"threshold": 1, "witnesses": [W1.did]}),
                ("witness", {"threshold": 1, "witnesses": [{"id": W1.multibase}]}),
                ("witness", {"threshold": 1, "witnesses": [{"id": W1.did, "weight": 5}]}),
                ("witness", {"threshold": True, "witnesses": [{"id": W1.did}]}),
                ("witness", {"threshold": 1, "witnesses": [{"id": "did:web:w.example"}]}),
            )
        },
    }


BAD = _bad_entries()


@pytest.mark.parametrize("name", sorted(BAD))
def test_logs_that_break_a_rule(name: str) -> None:
    """Nothing counts of a log in which one entry is wrong."""
    assert MALFORMED is _code(lambda: _resolve(*BAD[name]))


def test_a_log_of_another_identifier() -> None:
    """The hash in the identifier is that of its own log, and so is the place."""
    mine, other = logs.first(KEY), logs.first(NEXT)
    elsewhere = logs.first(KEY, place="elsewhere.example")
    here = logs.did_of(elsewhere).replace("elsewhere.example", logs.HOST)

    for entry, did in ((other, logs.did_of(mine)), (elsewhere, here)):
        code = _code(lambda entry=entry, did=did: _resolve(entry, did=did))
        assert Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID is code


def test_the_old_place_of_a_log_that_moved() -> None:
    """The document is that of the new name, and not of the old one."""
    one = logs.first(KEY, portable=True)
    old = logs.did_of(one)
    new = old.replace(logs.HOST, "new.example")
    two = logs.follow(one, KEY, state=logs.document(new, KEY, alsoKnownAs=[old]))

    code = _code(lambda: _resolve(one, two, did=old))

    assert Code.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID is code


def test_an_identifier_that_is_given_up() -> None:
    """Its keys sign nothing any more, and its metadata says why."""
    one = logs.first(KEY)
    two = logs.follow(one, KEY, deactivated=True, updateKeys=[])

    with pytest.raises(DeactivatedError) as caught:
        _resolve(one, two)

    assert Code.INVALID_VERIFICATION_METHOD is caught.value.code
    assert (True, 2) == (
        caught.value.metadata["deactivated"],
        caught.value.metadata["versionNumber"],
    )


def test_another_version_of_the_method_is_undecided() -> None:
    """Rules that are not known are not guessed."""
    one = logs.first(KEY)
    upgraded = logs.follow(one, KEY, method="did:webvh:2.0")

    for entries in ([logs.first(KEY, method="did:webvh:0.5")], [one, upgraded]):
        code = _code(lambda entries=entries: _resolve(*entries), UncheckedError)
        assert Code.UNSUPPORTED_DID_METHOD is code


# --- witnesses that do not approve -------------------------------------------------------


def _witnessed() -> tuple[JsonObject, JsonObject]:
    one = logs.first(KEY, witness=logs.witnesses(2, W1, W2))
    return one, logs.follow(one, KEY)


ONE, TWO = _witnessed()


@pytest.mark.parametrize(
    "witness",
    [
        _approvals(),
        _approvals(logs.approval(ONE, W1, W2)),
        _approvals(logs.approval(TWO, W1)),
        _approvals(logs.approval(TWO, W1, W1)),
        _approvals(logs.approval(TWO, W1), logs.approval(TWO, W1)),
        _approvals(logs.approval(TWO, W1, W3)),
        _approvals(logs.approval(TWO, W1, KEY)),
        _approvals(logs.approval(TWO, W1), logs.approval(TWO, W2, proofPurpose="authentication")),
        _approvals(logs.approval(TWO, W1), logs.approval(TWO, W2, cryptosuite="eddsa-rdfc-2022")),
        _approvals(
            logs.approval(TWO, W1), logs.approval(ONE, W2) | {"versionId": TWO["versionId"]}
        ),
        _approvals(logs.approval(TWO, W1, W2) | {"more": 1}),
        _approvals({"versionId": TWO["versionId"], "proof": []}),
        _approvals({"versionId": TWO["versionId"], "proof": [1]}),
        b"{}",
        b"[1]",
        b"[",
    ],
)
def test_too_few_witnesses(witness: bytes) -> None:
    """An entry that is not approved by enough of them does not count, and nor does the log."""
    assert MALFORMED is _code(lambda: _resolve(ONE, TWO, witness=witness))


def test_witnesses_cannot_be_swapped_in_the_entry_that_needs_them() -> None:
    """The witnesses before an entry approve it, not those that it appoints."""
    one = logs.first(KEY, witness=logs.witnesses(1, W1))
    two = logs.follow(one, KEY, witness=logs.witnesses(1, W2))
    only_new = _approvals(logs.approval(one, W1), logs.approval(two, W2))

    assert MALFORMED is _code(lambda: _resolve(one, two, witness=only_new))


@pytest.mark.parametrize("answer", [None, DOWN])
def test_witness_proofs_that_do_not_arrive(answer: Prepared | None) -> None:
    """Without them the question stays open."""
    code = _code(lambda: _resolve(ONE, TWO, witness=answer), UncheckedError)

    assert Code.KEY_UNAVAILABLE is code


# --- bounds -----------------------------------------------------------------------------


def test_a_log_at_its_bounds_is_quick() -> None:
    """The dearest log that is let in costs less than a second."""
    entries = [logs.first(KEY)]
    while len(entries) * 4_000 < limits.WEBVH_LOG_BYTES:
        entries.append(logs.follow(entries[-1], KEY))
    many = [entry | {"proof": entry["proof"] * limits.PROOFS} for entry in entries]

    started = time.process_time()
    document = _resolve(*many)
    taken = time.process_time() - started

    assert len(entries) == document.metadata["versionNumber"]
    assert 0.8 < len(logs.lines(*many)) / limits.WEBVH_LOG_BYTES <= 1
    assert taken < 1


def test_too_many_entries_or_proofs() -> None:
    """More than the bound is refused before it is read."""
    one = logs.first(KEY)
    many = [one] * (limits.WEBVH_ENTRIES + 1)
    approvals = [logs.approval(TWO, *[W1] * 16)] * (limits.WEBVH_WITNESS_PROOFS // 16 + 1)

    assert Code.LIMIT_EXCEEDED is _code(lambda: _resolve(*many))
    assert Code.LIMIT_EXCEEDED is _code(lambda: _resolve(ONE, TWO, witness=_approvals(*approvals)))
    assert MALFORMED is _code(lambda: _resolve(_changed(one, proof=one["proof"] * 9)))


# --- identifiers ------------------------------------------------------------------------

_HASH = "QmdmPkUdYzbr9txmx8gM2rsHPgr5L6m3gHjJGAf4vUFoGE"


@pytest.mark.parametrize(
    ("place", "folder"),
    [
        ("uni.example", "https://uni.example/.well-known/"),
        ("uni.example%3A8443", "https://uni.example:8443/.well-known/"),
        ("uni.example:dids:a-b_c.d", "https://uni.example/dids/a-b_c.d/"),
    ],
)
def test_where_a_log_stands(place: str, folder: str) -> None:
    """As for did:web, with other names of files."""
    found = parse_webvh(f"did:webvh:{_HASH}:{place}")

    assert (f"{folder}did.jsonl", f"{folder}did-witness.json") == (
        found.log_url,
        found.witness_url,
    )


@pytest.mark.parametrize(
    "did",
    [
        f"did:webvh:{_HASH}:{place}"
        for place in (
            "localhost",
            "localhost%3A8080",
            "127.0.0.1",
            "%5B%3A%3A1%5D",
            "127%2E0%2E0%2E1",
            "2130706433",
            "0x7f.1",
            "uni",
            "Uni.example",
            "uni.example%3a80",
            "uni.example%3A0",
            "uni.example:",
            "uni.example::a",
            "uni.example:..:a",
            "uni.example:%2E%2E:a",
            "uni.example:a%2Fb",
            "uni.example:a/b",
            "uni.example?a",
            "user@uni.example",
        )
    ]
    + [
        f"did:webvh:{_HASH}",
        f"did:webvh:{_HASH[:-1]}:uni.example",
        f"did:webvh:{_HASH}1:uni.example",
        f"did:webvh:Qm{'0' * 44}:uni.example",
        "did:webvh:{SCID}:uni.example",
        "did:webvh:uni.example",
    ],
)
def test_identifiers_that_lead_nowhere(did: str) -> None:
    """Any other spelling is refused before anything is asked."""
    network = FakeNetwork()

    for act in (lambda: resolve(did, fetch=network, now=NOW), lambda: parse_webvh(did)):
        assert Code.INVALID_VERIFICATION_METHOD_URL is _code(act)
    assert [] == network.asked


# --- anything ---------------------------------------------------------------------------

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "witnesses", "threshold", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=100)
@given(
    place=st.sampled_from(["versionId", "versionTime", "parameters", "state", "proof"]),
    parameter=st.sampled_from(["witness", "updateKeys", "nextKeyHashes", "ttl", "method"]),
    value=_json,
    line=st.binary(max_size=40),
)
def test_any_log_ends_in_a_document_or_our_own_error(
    place: str, parameter: str, value: Any, line: bytes
) -> None:
    """No member, no parameter and no line make it raise anything else."""
    one = logs.first(KEY)
    did = logs.did_of(one)
    bodies = (
        logs.lines(_changed(one, **{place: value})),
        logs.lines(logs.first(KEY, **{parameter: value})),
        logs.lines(one) + line,
    )
    for body in bodies:
        try:
            resolve(did, fetch=FakeNetwork({LOG_URL: body, WITNESS_URL: line}), now=NOW)
        except CheckError:
            continue
