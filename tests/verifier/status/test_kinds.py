"""Step 7, type by type: messages, StatusList2021, the lists of 1EdTech."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.status.readings import (
    CREDENTIAL_ID,
    INDEX,
    ISSUER,
    LIST_URL,
    NOW,
    STRANGER,
    Reader,
    bits,
    entry,
    reader,
    status_list,
    told,
)
from verifier import limits
from verifier.errors import CheckError, Code, UncheckedError
from verifier.report import Result
from verifier.status.bitstring import encode_list
from verifier.status.revocation_list import parse_list
from verifier.strict_json import JsonObject

# --- several bits, and messages ---------------------------------------------------------

MESSAGES = [
    {"status": "0x0", "message": "in review"},
    {"status": "0x1", "message": "accepted"},
    {"status": "0x2", "message": "sent back"},
    {"status": "0x3", "message": "lost"},
]


def wide(purpose: str, index: int = 5) -> JsonObject:
    return entry(purpose, index, statusSize=2, statusMessage=MESSAGES)


def wide_list(value: int, purpose: str, index: int = 5) -> JsonObject:
    raw = bytearray(limits.STATUS_LIST_MINIMUM_ENTRIES // 4)
    raw[index // 4] = value << 6 - 2 * (index % 4)
    document = status_list(purpose=purpose)
    document["credentialSubject"]["encodedList"] = encode_list(bytes(raw))
    return document


@pytest.mark.parametrize("value", [0, 1, 2, 3])
def test_a_message_is_told_in_its_words(value: int) -> None:
    """It takes nothing away, and the person reads what the issuer says."""
    found = reader(wide_list(value, "message"))
    (check,) = found.read(wide("message"))

    assert (Result.PASSED, None) == told(check)
    assert MESSAGES[value]["message"] in found.warnings[0]


@pytest.mark.parametrize(("value", "warnings"), [(0, 0), (1, 1)])
def test_one_bit_has_its_message_when_it_is_set(value: int, warnings: int) -> None:
    """A bit that is not set has nothing to tell."""
    found = reader(status_list(*[INDEX] * value, purpose="message"))
    found.read(entry("message", statusMessage=MESSAGES[:2]))

    assert warnings == len(found.warnings)


@pytest.mark.parametrize(
    ("purpose", "value", "expected"),
    [
        ("revocation", 0, (Result.PASSED, None)),
        ("revocation", 2, (Result.FAILED, Code.REVOKED)),
        ("suspension", 1, (Result.FAILED, Code.SUSPENDED)),
        ("https://example.org/held", 0, (Result.PASSED, None)),
        ("https://example.org/held", 3, (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE)),
    ],
)
def test_a_value_of_several_bits_is_bad_unless_it_is_zero(
    purpose: str, value: int, expected: tuple[Result, Code | None]
) -> None:
    """Section 3.2: valid is zero, and nothing else."""
    (check,) = reader(wide_list(value, purpose)).read(wide(purpose))

    assert expected == told(check)


def test_the_reason_of_a_revocation_is_told() -> None:
    """Whoever is refused learns why."""
    (check,) = reader(wide_list(3, "revocation")).read(wide("revocation"))

    assert check.problem is not None
    assert "lost" in check.problem.detail


# --- StatusList2021 ---------------------------------------------------------------------


def old_entry(**members: Any) -> JsonObject:
    return entry(type="StatusList2021Entry", **members)


def old_list(*set_indexes: int) -> JsonObject:
    return status_list() | {
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "credentialSubject": {
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": bits(*set_indexes)[1:],
        },
    }


@pytest.mark.parametrize(
    ("set_indexes", "expected"),
    [((INDEX - 1, INDEX + 1), (Result.PASSED, None)), ((INDEX,), (Result.FAILED, Code.REVOKED))],
)
def test_the_draft_is_read_like_the_standard(
    set_indexes: tuple[int, ...], expected: tuple[Result, Code | None]
) -> None:
    """Several public verifiers skip these entries without a word."""
    (check,) = reader(old_list(*set_indexes)).read(old_entry())

    assert expected == told(check)


@pytest.mark.parametrize(
    ("document", "found"), [(status_list(), old_entry()), (old_list(), entry())]
)
def test_a_list_of_the_other_edition_is_no_answer(document: JsonObject, found: JsonObject) -> None:
    """An entry is read from the kind of list that it names."""
    (check,) = reader(document).read(found)

    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == told(check)


def test_lists_of_two_editions_at_one_address_are_kept_apart() -> None:
    """What was verified as one kind is not read as another."""
    found = reader(status_list())
    found.read()
    found.source.answers[LIST_URL] = old_list(INDEX)
    (check,) = found.read(old_entry())

    assert (Result.FAILED, Code.REVOKED) == told(check)


@pytest.mark.parametrize("kinds", [["StatusList2021Entry", "BitstringStatusListEntry"]])
def test_an_entry_of_two_types_is_no_answer(kinds: list[str]) -> None:
    """Read as one of them, the other would go unread."""
    (check,) = reader(status_list()).read(entry(type=kinds))

    assert (Result.NOT_CHECKED, Code.UNSUPPORTED_STATUS_TYPE) == told(check)


# --- 1EdTechRevocationList --------------------------------------------------------------

OTHER_ID = "urn:uuid:00000000-0000-4000-8000-000000000000"
LISTED: JsonObject = {"id": CREDENTIAL_ID}


def plain_entry(**members: Any) -> JsonObject:
    return {"id": LIST_URL, "type": "1EdTechRevocationList"} | members


def plain_list(*items: object, **members: Any) -> JsonObject:
    return {"id": LIST_URL, "issuer": ISSUER, "revokedCredential": list(items)} | members


@pytest.mark.parametrize(
    "items",
    [
        [LISTED],
        [LISTED | {"revoked": True, "revocationReason": "Issued twice."}],
        [CREDENTIAL_ID],
        [OTHER_ID, f" {CREDENTIAL_ID.replace('-', '%2D')} "],
        [LISTED | {"revoked": False}, LISTED],
    ],
)
@pytest.mark.parametrize("member", ["revokedCredential", "revokedCredentials"])
def test_a_listed_credential_is_revoked(items: list[object], member: str) -> None:
    """Under either name, as an object or an id alone, however the id is escaped."""
    document = {"id": LIST_URL, "issuer": {"id": ISSUER}, member: items}

    (check,) = reader(document).read(plain_entry())

    assert (Result.FAILED, Code.REVOKED) == told(check)


@pytest.mark.parametrize("items", [[], [OTHER_ID], [LISTED | {"revoked": False}]])
def test_a_credential_that_is_not_listed_passes_with_a_warning(items: list[object]) -> None:
    """The list is not signed, and whoever reads the report knows."""
    found = reader(plain_list(*items))
    (check,) = found.read(plain_entry())

    assert (Result.PASSED, LIST_URL, NOW) == (check.result, check.by, check.as_of)
    assert 1 == len(found.warnings)


def test_the_reason_for_a_listing_is_told() -> None:
    """As far as it fits on a page."""
    reason = "Issued twice. " * 100
    (check,) = reader(plain_list(LISTED | {"revocationReason": reason})).read(plain_entry())

    assert check.problem is not None
    assert reason[: limits.STATUS_MESSAGE_CHARACTERS] in check.problem.detail
    assert reason not in check.problem.detail


@pytest.mark.parametrize(
    "answer",
    [
        b"<!doctype html>",
        b"[]",
        plain_list(issuer=STRANGER),
        plain_list(issuer=None),
        {"id": LIST_URL, "revokedCredential": []},
        {"id": LIST_URL, "issuer": ISSUER},
        plain_list(id="https://issuer.example/status/2"),
        plain_list(5),
        plain_list({"revoked": True}),
        plain_list(LISTED | {"revoked": "true"}),
        plain_list(LISTED | {"revocationReason": 5}),
        plain_list(revokedCredential=None),
    ],
)
def test_a_plain_list_that_does_not_count_is_no_answer(answer: JsonObject | bytes) -> None:
    """Somebody else's, for another address, or not readable to the last item."""
    (check,) = reader(answer).read(plain_entry())

    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == told(check)


def test_a_plain_list_that_does_not_arrive_is_no_answer() -> None:
    """The public validator has a warning there; not to know is no yes."""
    (check,) = reader(UncheckedError(Code.FETCH_TIMEOUT, "Late.")).read(plain_entry())

    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(check)


def test_a_plain_list_of_too_many_is_no_answer() -> None:
    """The limit is ours."""
    items = [OTHER_ID] * (limits.STATUS_REVOKED_IDS + 1)

    (check,) = reader(plain_list(*items)).read(plain_entry())

    assert (Result.NOT_CHECKED, Code.LIMIT_EXCEEDED) == told(check)


@pytest.mark.parametrize("found", [plain_entry(), entry()])
def test_a_list_of_many_small_values_is_not_read(found: JsonObject) -> None:
    """Megabytes of them would take seconds; they are counted first."""
    values = b"1," * limits.STATUS_REVOKED_VALUES
    (check,) = reader(b'{"issuer": 1, "revokedCredential": [' + values + b"1]}").read(found)

    assert (Result.NOT_CHECKED, Code.LIMIT_EXCEEDED) == told(check)


def test_a_credential_without_an_id_cannot_be_looked_up() -> None:
    """Nothing in the list could name it."""
    found = reader(plain_list())
    found.credential_id = None
    (check,) = found.read(plain_entry())

    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == told(check)


@pytest.mark.parametrize("url", [None, "", "list", 5, ["https://a.example"]])
def test_an_entry_needs_the_address_of_its_list(url: object) -> None:
    """It is the credential that is malformed."""
    (check,) = reader(plain_list()).read(plain_entry(id=url))

    assert (Result.FAILED, Code.MALFORMED_VALUE_ERROR) == told(check)


def test_a_plain_list_is_kept_and_ages_like_any_other() -> None:
    """It has no times of its own, so our own limit ends it."""
    found: Reader = reader(plain_list())
    found.read(plain_entry())
    found.source.answers[LIST_URL] = UncheckedError(Code.FETCH_FAILED, "Down.")
    old = timedelta(seconds=limits.STATUS_MAX_AGE_SECONDS)
    aged, ended = (
        found.read(plain_entry(), after=after)[0] for after in (old, old + timedelta(seconds=1))
    )

    assert (Result.PASSED, NOW) == (aged.result, aged.as_of)
    assert (Result.NOT_CHECKED, Code.STATUS_RETRIEVAL_ERROR) == told(ended)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5) | st.just(LIST_URL),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "issuer", "revoked", "revokedCredential", "revocationReason"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(document=JSON)
@settings(max_examples=100)
def test_no_plain_list_raises_anything_else(document: object) -> None:
    """Every JSON value is a list or no answer."""
    try:
        parse_list(json.dumps(document).encode(), LIST_URL)
    except CheckError:
        return


# --- what is asked for ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "forms"),
    [
        (entry(), {"application/vc", "application/vc+jwt", "application/json"}),
        (old_entry(), {"application/vc", "application/vc+jwt", "application/json"}),
        (plain_entry(), {"application/json"}),
        (
            {"type": "TokenStatusList", "idx": 5, "uri": LIST_URL},
            {"application/statuslist+jwt"},
        ),
    ],
)
def test_each_kind_is_asked_for_by_its_media_types(found: JsonObject, forms: set[str]) -> None:
    """One address may have several forms of a list."""
    asked = reader(status_list())
    asked.read(found)

    (accepted,) = asked.source.accepted
    assert forms <= set(accepted.split(", "))
    assert ("statuslist" in accepted) == ("application/statuslist+jwt" in forms)
