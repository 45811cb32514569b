"""SD-JWT itself: what is well formed, what disclosures open, and that nothing is overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sd_jwts import KEY, hashed, issued, raw, token
from verifier import limits
from verifier.errors import CheckError, Code, RefusedError
from verifier.proofs.jws import encode_base64url
from verifier.proofs.sd_jwt import (
    Disclosure,
    check_always_disclosed,
    digest,
    open_payload,
    parse_disclosure,
    parse_sd_jwt,
)
from verifier.proofs.sd_jwt_issue import ALWAYS_DISCLOSED
from verifier.proofs.sd_jwt_present import bind, present, receive

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def opened(text: str) -> dict[str, Any]:
    parsed = parse_sd_jwt(text)
    return open_payload(parsed.unverified_payload, parsed.disclosures).claims


def refusal(text: str) -> Code:
    with pytest.raises(RefusedError) as caught:
        opened(text)
    return caught.value.code


CLAIMS: dict[str, Any] = {
    "iss": "did:example:1",
    "name": "Maya",
    "address": {"city": "Leipzig", "country": "DE"},
    "skills": ["a", "b", ["c", {"d": 1}]],
    "nothing": {},
}


def test_what_was_hidden_comes_back() -> None:
    """With every disclosure the claims are those that were put in."""
    text = issued(CLAIMS, "/name", "/address", "/address/city", "/skills/1", "/skills/2/1/d")

    assert CLAIMS == opened(text)


def test_what_is_not_disclosed_leaves_no_trace() -> None:
    """Without disclosures neither names nor places nor reserved members are left."""
    text = issued(CLAIMS, "/name", "/address/city", "/skills/0", "/skills/2/1/d", decoys=3)

    shown = present(text, [])

    expected = {**CLAIMS, "address": {"country": "DE"}, "skills": ["b", ["c", {}]]}
    del expected["name"]
    assert expected == opened(shown)


def test_a_holder_shows_a_claim_with_what_stands_around_it() -> None:
    """A claim hidden in a hidden one brings the outer one along, but not its siblings."""
    text = issued(CLAIMS, "/address", "/address/city", "/address/country", "/skills/1", "/skills")

    shown = opened(present(text, ["/address/city", "/skills/1"]))

    assert {"city": "Leipzig"} == shown["address"]
    assert ["a", "b", ["c", {"d": 1}]] == shown["skills"]


def test_digests_are_sorted_and_decoys_are_among_them() -> None:
    """The order of digests tells nothing, nor does their number."""
    text = issued(CLAIMS, "/name", "/nothing", decoys=4)

    payload = parse_sd_jwt(text).unverified_payload

    assert sorted(payload["_sd"]) == payload["_sd"]
    assert (6, 2) == (len(payload["_sd"]), len(parse_sd_jwt(text).disclosures))


@pytest.mark.parametrize("pointer", ["/iss", "/missing", "/skills/9", "", "/address/x", "name"])
def test_what_cannot_be_hidden(pointer: str) -> None:
    """Registered claims stay in the open; a pointer to nothing is a mistake."""
    with pytest.raises(RefusedError) as caught:
        issued(CLAIMS, pointer)

    assert Code.MALFORMED_VALUE_ERROR is caught.value.code


@pytest.mark.parametrize("name", ["_sd", "...", "_sd_alg"])
def test_reserved_names_are_not_issued(name: str) -> None:
    """Claims with reserved names would be read as something else."""
    with pytest.raises(RefusedError):
        issued({"iss": "did:example:1", "deep": [{name: 1}]})


def test_a_pointer_to_something_that_is_not_hidden_is_not_presented() -> None:
    """A holder who asks to show what cannot be chosen is told so."""
    with pytest.raises(RefusedError):
        present(issued(CLAIMS, "/name"), ["/address"])


def test_the_hash_is_over_the_text_as_received() -> None:
    """Another spelling of the same disclosure has another digest (section 4.2.3)."""
    spaced = encode_base64url(b'["s",  "name","Maya"]')

    assert {"name": "Maya"} == opened(token({"_sd": [hashed(spaced)]}, spaced))
    assert Code.PARSING_ERROR is refusal(token({"_sd": [hashed(spaced)]}, raw("s", "name", "Maya")))


@pytest.mark.parametrize("name", ["sha-256", "sha-384", "sha-512"])
def test_each_accepted_hash(name: str) -> None:
    """The three hashes of the table open a disclosure."""
    item = raw("s", "a", 1)

    assert {"a": 1} == opened(token({"_sd": [digest(item, name)], "_sd_alg": name}, item))


@pytest.mark.parametrize(
    "name", ["sha-1", "SHA-256", "md5", "", None, 1, ["sha-256"], "sha-256-32"]
)
def test_no_other_hash(name: object) -> None:
    """A weak or unknown hash is refused, also when nothing is disclosed."""
    assert Code.UNSUPPORTED_ALGORITHM is refusal(token({"_sd_alg": name}))


A, B, E = raw("s", "a", 1), raw("t", "a", 2), raw("s", 1)
NESTED = raw("s", "b", {"_sd": [hashed(A)]})
MISUSES = {
    "a disclosure that nothing asks for": token({}, A),
    "a disclosure twice": token({"_sd": [hashed(A)]}, A, A),
    "a digest twice in one list": token({"_sd": [hashed(A), hashed(A)]}, A),
    "a digest twice in two places": token({"_sd": [hashed(A)], "b": {"_sd": [hashed(A)]}}),
    "a digest in payload and disclosure": token({"_sd": [hashed(A), hashed(NESTED)]}, A, NESTED),
    "two disclosures of one name": token({"_sd": [hashed(A), hashed(B)]}, A, B),
    "a member that is there": token({"_sd": [hashed(A)], "a": 0}, A),
    "an element in an object": token({"_sd": [hashed(E)]}, E),
    "a member in a list": token({"l": [{"...": hashed(A)}]}, A),
    "_sd that is text": token({"_sd": hashed(A)}),
    "_sd with a number": token({"_sd": [1]}),
    "_sd as null": token({"_sd": None}),
    "... in an object": token({"o": {"...": hashed(E)}}, E),
    "... beside another member": token({"l": [{"...": hashed(E), "x": 1}]}, E),
    "... that is no text": token({"l": [{"...": 1}]}),
    "_sd_alg inside": token({"o": {"_sd_alg": "sha-256"}}),
    "a disclosure that is nested unseen": token({"_sd": [hashed(NESTED)]}, A),
}


@pytest.mark.parametrize("case", MISUSES)
def test_misuses_of_the_reserved_members(case: str) -> None:
    """RFC 9901, section 7.1: reject, never skip."""
    assert Code.PARSING_ERROR is refusal(MISUSES[case])


BAD_DISCLOSURES = {
    "_sd": raw("s", "_sd", []),
    "...": raw("s", "...", 1),
    "_sd_alg": raw("s", "_sd_alg", "sha-256"),
    "a name that is no text": raw("s", 1, 1),
    "a salt that is no text": raw(1, "a", 1),
    "one part": raw("s"),
    "four parts": raw("s", "a", 1, 2),
    "an object": encode_base64url(b'{"s": 1}'),
    "padding": A + "=",
    "a second spelling": A[:-1] + chr(ord(A[-1]) + 1) if len(A) % 4 else A + "A",
    "white space": A[:4] + "\n" + A[4:],
    "two members of one name": encode_base64url(b'["s","a",{"x":1,"x":2}]'),
}


@pytest.mark.parametrize("case", BAD_DISCLOSURES)
def test_malformed_disclosures(case: str) -> None:
    """A disclosure has one form and one spelling."""
    with pytest.raises(RefusedError) as caught:
        parse_disclosure(BAD_DISCLOSURES[case])

    assert Code.PARSING_ERROR is caught.value.code


@pytest.mark.parametrize("change", ["missing-tilde", "empty-part", "no-token", "jwt-only"])
def test_the_tildes(change: str) -> None:
    """Section 4: a tilde after every part, also after the last disclosure."""
    text = issued(CLAIMS, "/name")
    changed = {
        "missing-tilde": text.removesuffix("~"),
        "empty-part": text.replace("~", "~~", 1),
        "no-token": "~" + text.partition("~")[2],
        "jwt-only": text.partition("~")[0],
    }[change]

    assert Code.PARSING_ERROR is refusal(changed)


def test_a_disclosure_in_a_disclosure_is_bounded() -> None:
    """A tower of disclosures is no way around the limit on depth."""
    below: Any = 1
    disclosures: list[str] = []
    for _ in range(limits.JSON_DEPTH + 1):
        disclosures.append(raw("s", "a", below))
        below = {"_sd": [hashed(disclosures[-1])]}

    assert Code.LIMIT_EXCEEDED is refusal(token(below, *disclosures))


def test_too_many_parts() -> None:
    """The number of disclosures is bounded before any is read."""
    assert Code.LIMIT_EXCEEDED is refusal("a.b.c" + "~x" * (limits.DISCLOSURES + 2) + "~")


def test_too_many_digests_and_values() -> None:
    """Decoys and values are bounded too."""
    decoys = [str(number) for number in range(limits.DISCLOSURE_DIGESTS + 1)]

    assert Code.LIMIT_EXCEEDED is refusal(token({"_sd": decoys}))
    assert Code.LIMIT_EXCEEDED is refusal(token({"l": [0] * limits.JSON_VALUES}))


def _always(payload: dict[str, Any], *disclosures: Disclosure) -> None:
    check_always_disclosed(payload, open_payload(payload, disclosures), {"status", "a"})


def test_what_must_always_be_seen() -> None:
    """Neither a disclosure nor a hidden part may stand there."""
    part = raw("s", "uri", "https://x.example")
    inside = {"status": {"list": {"_sd": [hashed(part)]}}}

    for payload, disclosures in (
        ({"_sd": [hashed(A)]}, [parse_disclosure(A)]),
        (inside, [parse_disclosure(part)]),
        (inside, []),
        ({"status": ["x", {"...": "y"}]}, []),
    ):
        with pytest.raises(RefusedError):
            _always(payload, *disclosures)
    _always({"status": {"list": 1}, "b": {"_sd": ["x"]}})


def test_a_holder_does_not_take_a_bound_token() -> None:
    """Section 7.2: an issuer binds nothing for its holder."""
    text = issued(CLAIMS, "/name")
    bound = bind(
        text, audience="https://v.example", nonce="1", now=NOW, algorithm="EdDSA", sign=KEY.sign
    )

    for act in (receive, lambda it: present(it, [])):
        with pytest.raises(RefusedError) as caught:
            act(bound)
        assert Code.INVALID_KEY_BINDING is caught.value.code


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        | st.fixed_dictionaries({"_sd": inner | st.just([hashed(A), hashed(NESTED)])})
        | st.just({"...": hashed(E)})
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(["_sd", "...", "_sd_alg", "a", "b"]), VALUES, max_size=4),
    st.lists(st.sampled_from([A, B, E, NESTED]), max_size=4),
)
def test_no_payload_makes_it_fail_otherwise(payload: Any, disclosures: list[str]) -> None:
    """Every payload is opened, with nothing reserved left in it, or is refused."""
    with suppress(CheckError):
        text = json.dumps(opened(token(payload, *disclosures)))
        assert '"_sd"' not in text
        assert '"..."' not in text


@settings(max_examples=150)
@given(st.text(alphabet="eyJhbGciOiJFZERTQSJ9.~-_=A", max_size=80) | st.text(max_size=30))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    """Every text is a token or is refused."""
    with suppress(CheckError):
        parse_sd_jwt(text)
    with suppress(CheckError):
        parse_disclosure(text)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6)
NAMES = TEXTS.filter(lambda name: name not in ("_sd", "...", "_sd_alg"))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=150)
@given(st.dictionaries(NAMES, PLAIN, max_size=4), st.data())
def test_hiding_and_opening_are_inverse(claims: dict[str, Any], data: st.DataObject) -> None:
    """Whatever is hidden, with all disclosures the claims come back as they were."""
    places = [
        at for at in _places(claims, "") if at.split("/")[1] not in ALWAYS_DISCLOSED["dc+sd-jwt"]
    ]
    hidden = data.draw(st.sets(st.sampled_from(places))) if places else set()

    text = issued(claims, *hidden, decoys=1)

    assert claims == opened(text)
    assert hidden == set(open_payload(*_parts(text)).disclosed)


def _parts(text: str) -> tuple[dict[str, Any], tuple[Disclosure, ...]]:
    parsed = parse_sd_jwt(text)
    return parsed.unverified_payload, parsed.disclosures


def _places(value: Any, pointer: str) -> Iterator[str]:
    items: Any = ()
    if isinstance(value, dict):
        items = [(n.replace("~", "~0").replace("/", "~1"), it) for n, it in value.items()]
    elif isinstance(value, list):
        items = enumerate(value)
    for name, inner in items:
        yield f"{pointer}/{name}"
        yield from _places(inner, f"{pointer}/{name}")
