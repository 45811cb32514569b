"""Bitstring Status List 1.0: the examples of the specification, and a published list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vectors_suites.reading import read
from verifier.errors import CheckError, Code, RefusedError
from verifier.status.bitstring import parse_entry, parse_list, read_bits
from verifier.strict_json import JsonObject

pytestmark = pytest.mark.vectors


def example(vectors_dir: Path, number: str) -> JsonObject:
    (path,) = (vectors_dir / "bitstring-status-list" / "spec-examples").glob(f"{number}-*.json")
    document: JsonObject = read(path)
    return document


def entries(document: JsonObject) -> list[JsonObject]:
    status = document["credentialStatus"]
    return status if isinstance(status, list) else [status]


@pytest.mark.parametrize("number", ["003", "005", "000"])
def test_every_entry_of_the_examples_is_read(vectors_dir: Path, number: str) -> None:
    """Purpose, place and list are those of the example."""
    for entry in entries(example(vectors_dir, number)):
        parsed = parse_entry(entry)

        assert parsed.purpose == entry["statusPurpose"]
        assert str(parsed.index) == entry["statusListIndex"]
        assert parsed.list_url == entry["statusListCredential"]


@pytest.mark.parametrize("number", ["002", "004"])
def test_the_example_lists_open(vectors_dir: Path, number: str) -> None:
    """A list of the smallest size, for revocation."""
    found = parse_list(example(vectors_dir, number))

    assert len(found.bits) * 8 == 131_072
    assert "revocation" in found.purposes


@pytest.fixture
def samples(vectors_dir: Path) -> Path:
    return vectors_dir / "open-badges-3.0" / "validator-samples" / "valid"


def test_the_published_list_has_one_bit_set(samples: Path) -> None:
    """Index 23 from the left, in 131,072."""
    found = parse_list(read(samples / "bitstring-testlist"))

    set_bits = [index for index in range(len(found.bits) * 8) if read_bits(found.bits, index)]

    assert (len(found.bits) * 8, set_bits) == (131_072, [23])


def test_an_index_that_is_a_number_is_malformed(samples: Path) -> None:
    """The sample writes its index as a JSON number; the standard asks for text."""
    (entry,) = entries(read(samples / "bitstring-credential-status-revoked.json"))

    with pytest.raises(RefusedError) as caught:
        parse_entry(entry)
    as_text = parse_entry(entry | {"statusListIndex": str(entry["statusListIndex"])})

    assert caught.value.code is Code.MALFORMED_VALUE_ERROR
    assert as_text.index == 23
    assert issubclass(RefusedError, CheckError)
