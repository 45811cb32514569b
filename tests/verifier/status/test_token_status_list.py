"""Token Status List: the token, its signer, its times, and the values in it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.signers import EcTestKey, Ed25519TestKey, Signing
from tests.verifier.status.readings import NOW, Reader, Source, told
from verifier import limits
from verifier.errors import CheckError, Code, RefusedError, UncheckedError
from verifier.policy import STANDARD, Policy
from verifier.proofs.jwk import build_jwk
from verifier.proofs.jws import build_jws, encode_base64url
from verifier.proofs.multikey import KeyType
from verifier.report import Check, Result
from verifier.status.token_status_list import (
    TokenList,
    build_claim,
    build_payload,
    from_leftmost_first,
    parse_entry,
    parse_status_list,
    read_value,
)
from verifier.strict_json import JsonObject, parse_json_object

KEY = Ed25519TestKey.number(1)
STRANGER = Ed25519TestKey.number(2)
URI = "https://issuer.example/status/7"
SECONDS = int(NOW.timestamp())
INDEX = 5


def entry(index: object = INDEX, uri: object = URI) -> JsonObject:
    return {"type": "TokenStatusList", "idx": index, "uri": uri}


def claim(value: int = 0, *, bits: int = 1, index: int = INDEX) -> JsonObject:
    """A list of 1,024 bytes with one value set."""
    place = index * bits
    values = bytearray(1_024)
    values[place // 8] = value << place % 8
    return build_claim(TokenList(bits=bits, values=bytes(values)))


def claims(value: int = 0, **members: Any) -> JsonObject:
    """What a token says; ``...`` leaves a member out."""
    found = {"sub": URI, "iat": SECONDS, "exp": SECONDS + 3_600, "status_list": claim(value)}
    return {name: it for name, it in (found | members).items() if it is not ...}


def token(payload: JsonObject, key: Signing = KEY, **header: Any) -> bytes:
    """``payload`` signed by ``key``; ``...`` leaves a parameter of the header out."""
    algorithms = {KeyType.ED25519: "EdDSA", KeyType.P256: "ES256", KeyType.P384: "ES384"}
    head = {
        "alg": algorithms[key.public.key_type],
        "kid": key.verification_method,
        "typ": "statuslist+jwt",
    } | header
    kept = {name: it for name, it in head.items() if it is not ...}
    return build_jws(kept, json.dumps(payload).encode(), key.sign).encode()


def reader(answer: bytes | UncheckedError, policy: Policy = STANDARD) -> Reader:
    return Reader(source=Source(answers={URI: answer}), policy=policy, issuer=KEY.did)


def read(answer: bytes, policy: Policy = STANDARD, index: int = INDEX) -> Check:
    (check,) = reader(answer, policy).read(entry(index))
    return check


# --- what a value means -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, (Result.PASSED, None)),
        (1, (Result.FAILED, Code.REVOKED)),
        (2, (Result.FAILED, Code.SUSPENDED)),
        (3, (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE)),
        (11, (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE)),
        (15, (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE)),
    ],
)
def test_a_value_means_what_the_standard_says(
    value: int, expected: tuple[Result, Code | None]
) -> None:
    """Values of applications, and those kept for later, leave the question open."""
    check = read(token(claims(status_list=claim(value, bits=4))))

    assert expected == told(check)
    assert (URI, NOW) == (check.by, check.as_of)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("index", [0, 1, 2, 3, 7, 8, 1_000])
def test_the_first_value_is_in_the_lowest_bits(bits: int, index: int) -> None:
    """Section 4: the other way round than Bitstring Status List."""
    highest = (1 << bits) - 1
    found = parse_status_list(claim(highest, bits=bits, index=index))

    read_values = [read_value(found, at) for at in range(1_024)]

    assert [highest if at == index else 0 for at in range(1_024)] == read_values


@pytest.mark.parametrize("index", [8_192, 2**53 - 1])
def test_an_index_past_the_end_is_no_answer(index: int) -> None:
    """Section 8.3: an index that is out of bounds."""
    check = read(token(claims()), index=index)

    assert (Result.NOT_CHECKED, Code.RANGE_ERROR) == told(check)


@pytest.mark.parametrize(
    "found",
    [entry(-1), entry("5"), entry(5.0), entry(True), entry(None), entry(uri="list"), entry(uri=5)],
)
def test_a_malformed_entry_fails(found: JsonObject) -> None:
    """It is the credential that is wrong."""
    (check,) = reader(token(claims())).read(found)

    assert (Result.FAILED, Code.MALFORMED_VALUE_ERROR) == told(check)


# --- who signed -------------------------------------------------------------------------


@pytest.mark.parametrize("key", [EcTestKey.number(1), EcTestKey.number(1, KeyType.P384)])
def test_every_kind_of_key_signs(key: EcTestKey) -> None:
    """ES256 and ES384 beside EdDSA."""
    found = reader(token(claims(1), key))
    found.issuer = key.did
    (check,) = found.read(entry())

    assert (Result.FAILED, Code.REVOKED) == told(check)


@pytest.mark.parametrize(
    "header",
    [
        {"kid": ...},
        {"kid": f"#{KEY.multibase}"},
        {"kid": KEY.multibase},
        {"kid": ..., "jwk": build_jwk(KEY.public)},
        {"typ": "application/statuslist+jwt"},
    ],
)
def test_the_issuers_own_document_says_which_key_is_meant(header: JsonObject) -> None:
    """By a short name, by the key itself, or because there is only one."""
    assert Result.PASSED is read(token(claims(), **header)).result


@pytest.mark.parametrize(
    "answer",
    [
        lambda: token(claims(), STRANGER),
        lambda: token(claims(), STRANGER, kid=KEY.verification_method),
        lambda: token(claims(), STRANGER, kid=...),
        lambda: token(claims(), STRANGER, kid=..., jwk=build_jwk(STRANGER.public)),
        lambda: token(claims(), kid=5),
        lambda: token(claims(), jwk="key"),
        lambda: token(claims(iss=STRANGER.did)),
        lambda: token(claims(sub=URI + "0")),
        lambda: token(claims(sub=...)),
        lambda: token(claims(), typ="JWT"),
        lambda: token(claims(), typ=...),
        lambda: token(claims(), typ="vc+jwt"),
        lambda: token(claims(), alg="none"),
        lambda: token(claims(), alg="HS256"),
        lambda: token(claims(), crit=["exp"]),
        lambda: token(claims(iat=...)),
        lambda: token(claims(iat="now")),
        lambda: token(claims(exp=True)),
        lambda: token(claims(ttl=0)),
        lambda: token(claims(ttl=-5)),
        lambda: token(claims(ttl="5")),
        lambda: token(claims(ttl=True)),
        lambda: token(claims(iat=SECONDS + 61)),
        lambda: token(claims(exp=SECONDS - 61)),
        lambda: token(claims(nbf=SECONDS + 61)),
        lambda: token(claims(nbf="later")),
        lambda: token(claims(status_list=...)),
        lambda: token(claims(status_list=claim() | {"bits": 3})),
        lambda: token(claims(status_list=claim() | {"bits": True})),
        lambda: token(claims(status_list=claim() | {"bits": "1"})),
        lambda: token(claims(status_list=claim() | {"lst": None})),
        lambda: token(claims(status_list=claim() | {"lst": claim()["lst"] + "="})),
        lambda: token(claims(status_list=claim() | {"lst": encode_base64url(bytes(9))})),
        lambda: token(claims())[:-4] + b"AAAA",
        lambda: token(claims()).replace(b".", b"", 1),
        lambda: json.dumps(claims()).encode(),
        lambda: "\u0661.\u0662.\u0663".encode(),
        lambda: b"",
    ],
)
def test_a_token_that_does_not_count_is_no_answer(answer: Callable[[], bytes]) -> None:
    """By somebody else, of another type, for another address or time, or malformed: it is the
    list that is wrong, and the credential stays open."""
    check = read(answer())

    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == told(check)


def test_a_delegate_counts_where_the_policy_names_it() -> None:
    """Whose lists count beside the issuer's is the operator's decision."""
    policy = Policy(trusted_status_issuers=frozenset({STRANGER.did}))

    assert (Result.FAILED, Code.REVOKED) == told(read(token(claims(1), STRANGER), policy))


def test_a_bomb_is_opened_no_further_than_the_limit() -> None:
    """As for every other list."""
    packed = zlib.compress(bytes(limits.STATUS_LIST_INFLATED_BYTES + 1))
    check = read(token(claims(status_list={"bits": 8, "lst": encode_base64url(packed)})))

    assert (Result.NOT_CHECKED, Code.LIMIT_EXCEEDED) == told(check)


# --- how long it is good for ------------------------------------------------------------

GONE = UncheckedError(Code.FETCH_FAILED, "Down.")


@pytest.mark.parametrize("members", [{"exp": SECONDS + 600 - 60}, {"exp": ..., "ttl": 600}])
def test_a_kept_token_ends_with_its_own_time(members: JsonObject) -> None:
    """Its ``exp``, with the allowance for clocks, or its ``ttl``, where its source is silent."""
    found = reader(token(claims(**members)))
    found.read(entry())
    found.source.answers[URI] = GONE
    in_time, too_late = (
        found.read(entry(), after=timedelta(seconds=seconds))[0] for seconds in (599, 601)
    )

    assert (Result.PASSED, NOW) == (in_time.result, in_time.as_of)
    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(too_late)


def test_an_older_token_replayed_keeps_the_newer_one() -> None:
    """By ``iat``; the report says so."""
    found = reader(token(claims(1)))
    found.read(entry())
    found.source.answers[URI] = token(claims(iat=SECONDS - 60))
    (check,) = found.read(entry(), after=timedelta(minutes=1))

    assert (Result.FAILED, Code.REVOKED) == told(check)
    assert 1 == len(found.warnings)


def test_a_kept_token_does_not_count_for_another_issuer() -> None:
    """Whose list it is, is asked every time."""
    found = reader(token(claims()))
    found.read(entry())
    found.issuer = STRANGER.did
    (check,) = found.read(entry())

    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == told(check)


def test_a_stranger_who_lists_the_issuers_key_does_not_keep_the_list_from_it() -> None:
    """A token that names no key counts for either of them, and for each on its own."""
    found = reader(token(claims(), kid=...))
    stranger = "did:web:stranger.example"
    found.source.answers["https://stranger.example/.well-known/did.json"] = {
        "id": stranger,
        "verificationMethod": [
            {
                "id": f"{stranger}#1",
                "type": "Multikey",
                "controller": stranger,
                "publicKeyMultibase": KEY.multibase,
            }
        ],
        "assertionMethod": [f"{stranger}#1"],
    }
    results = []
    for found.issuer in (stranger, KEY.did):
        results += [check.result for check in found.read(entry())]

    assert [Result.PASSED, Result.PASSED] == results


# --- building ---------------------------------------------------------------------------


@given(bits=st.binary(min_size=1, max_size=200))
@settings(max_examples=50)
def test_a_list_of_bits_is_the_same_list_turned_round(bits: bytes) -> None:
    """The value at every index is the bit at that index from the left."""
    turned = parse_status_list(build_claim(from_leftmost_first(bits)))

    expected = [int(bit) for byte in bits for bit in f"{byte:08b}"]
    assert expected == [read_value(turned, at) for at in range(len(bits) * 8)]


def test_what_is_built_is_read() -> None:
    """The token that an issuer signs, from the claims that it builds."""
    payload = build_payload(
        TokenList(bits=1, values=b"\x20"),
        uri=URI,
        issued_at=SECONDS,
        expires=SECONDS + 9,
        lifetime=5,
    )

    assert (Result.FAILED, Code.REVOKED) == told(read(token(parse_json_object(payload))))


# --- whatever comes ---------------------------------------------------------------------

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@given(found=st.fixed_dictionaries({}, optional={"idx": VALUES, "uri": VALUES}))
@settings(max_examples=100)
def test_no_entry_raises_anything_else(found: JsonObject) -> None:
    """Whatever stands in it."""
    try:
        parse_entry(found)
    except RefusedError:
        return


@given(
    found=VALUES
    | st.fixed_dictionaries(
        {"bits": st.sampled_from([1, 2, 4, 8]) | VALUES, "lst": st.text(max_size=9) | VALUES}
    )
)
@settings(max_examples=100)
def test_no_list_raises_anything_else(found: object) -> None:
    """Every value is a list or no answer."""
    try:
        parse_status_list(found)
    except CheckError:
        return


@given(
    members=st.dictionaries(
        st.sampled_from(["sub", "iat", "exp", "ttl", "iss", "status_list"]), VALUES, max_size=3
    ),
    header=st.dictionaries(st.sampled_from(["typ", "alg", "kid", "jwk"]), VALUES, max_size=2),
)
@settings(max_examples=100)
def test_no_token_raises_anything_else(members: JsonObject, header: JsonObject) -> None:
    """Whatever it says, one check is the answer."""
    check = read(token(claims(1) | members, **header))

    assert check.result in {Result.FAILED, Result.NOT_CHECKED}
