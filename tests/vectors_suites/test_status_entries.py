"""The status entries in the published credentials of the other suites: of known types, and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fake_network import FakeNetwork
from tests.vectors_suites.reading import read
from verifier.errors import Code, RefusedError
from verifier.json_pointer import objects_within
from verifier.model import as_list
from verifier.policy import STANDARD
from verifier.report import Check, Result
from verifier.status import bitstring, revocation_list
from verifier.status.bodies import parse_body
from verifier.status.check import EstablishedList, StatusCache, check_status
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors

FILES = {
    "vc-jose-cose/spec-examples/018-a-revocable-credential-with-multiple-subjects.json": 1,
    "open-badges-3.0/validator-samples/valid/complete.json": 6,
    "open-badges-3.0/spec-examples/endorsement.json": 1,
    "open-badges-3.0/spec-examples/fullOpenBadge.json": 6,
}
"""With the number of entries, those of embedded credentials included."""
READERS: dict[str, Callable[[JsonObject], object]] = {
    bitstring.ENTRY_TYPE: bitstring.parse_entry,
    bitstring.STATUS_LIST_2021.entry_type: bitstring.parse_entry,
    revocation_list.ENTRY_TYPE: revocation_list.parse_entry,
}


def entries_in(document: JsonObject) -> Iterator[JsonObject]:
    for _, node in objects_within(document):
        if "credentialStatus" in node:
            yield from as_list(node["credentialStatus"])


@pytest.mark.parametrize("name", FILES)
def test_every_entry_is_of_a_known_type_and_read(vectors_dir: Path, name: str) -> None:
    """Its form is that of the standard that its type names."""
    document = read(vectors_dir / name)
    assert isinstance(document, dict)

    found = [READERS[entry["type"]](entry) for entry in entries_in(document)]

    assert FILES[name] == len(found)


def test_an_entry_without_a_list_is_malformed(vectors_dir: Path) -> None:
    """The sample has an index in no list: what it says cannot be looked up anywhere."""
    document = read(vectors_dir / "vc-jose-cose" / "test-suite" / "credential-full.json")
    assert isinstance(document, dict)
    (entry,) = entries_in(document)

    with pytest.raises(RefusedError) as caught:
        READERS[entry["type"]](entry)

    assert caught.value.pointer == "/credentialStatus/statusListCredential"


def check_sample(vectors_dir: Path, index: object, *, has_own_id: bool = False) -> Check:
    """The sample credential against the list that is published with it, read without its proof.

    The list's ``id`` is not the address where it stands, unless ``has_own_id``.
    """
    folder = vectors_dir / "open-badges-3.0" / "validator-samples" / "valid"
    credential = read(folder / "bitstring-credential-status-revoked.json")
    published = (folder / "bitstring-testlist").read_bytes()
    (entry,) = as_list(credential["credentialStatus"])

    def unsigned_list(body: bytes) -> EstablishedList:
        document = parse_body(body)
        return EstablishedList(
            document=document | ({"id": url} if has_own_id else {}),
            issuer=document["issuer"],
            valid_from=None,
            valid_until=None,
        )

    url = entry["statusListCredential"]
    (check,), _ = check_status(
        (entry | {"statusListIndex": index},),
        issuer=parse_body(published)["issuer"],
        now=datetime(2026, 6, 1, tzinfo=UTC),
        policy=STANDARD,
        fetch=FakeNetwork({url: published}),
        verify_list=unsigned_list,
        cache=StatusCache(),
    )
    return check


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("23", (Result.FAILED, Code.REVOKED)),
        ("22", (Result.PASSED, None)),
        ("24", (Result.PASSED, None)),
        (23, (Result.FAILED, Code.MALFORMED_VALUE_ERROR)),
    ],
)
def test_the_sample_credential_is_revoked_in_the_list_beside_it(
    vectors_dir: Path, index: object, expected: tuple[Result, Code | None]
) -> None:
    """Once its index is written as text, and the list has the id that it should have; as the
    number that it is, the index is malformed."""
    check = check_sample(vectors_dir, index, has_own_id=True)

    assert expected == (check.result, check.problem.code if check.problem else None)


def test_the_list_beside_it_names_another_address(vectors_dir: Path) -> None:
    """The standard only recommends that they are the same; a list that says that it is another
    one is no answer here."""
    check = check_sample(vectors_dir, "22")

    assert check.problem is not None
    assert (Result.NOT_CHECKED, Code.STATUS_VERIFICATION_ERROR) == (
        check.result,
        check.problem.code,
    )
