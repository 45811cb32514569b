"""Whatever the rules let in can be signed: a record is refused, or its credential holds.

A record that is let in and cannot be issued would be told to its sender as a fault of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from issuer.projection import project
from issuer.record import RecordError, parse_record
from tests.example_records import arrival, example_record
from tests.issuer.projection.test_worked_examples import ISSUER, SALT, STATUS
from verifier.schema import SchemaSources, check_schemas
from verifier.strict_json import JsonObject
from verifier.verify import lint


def no_other_schema(_body: bytes) -> JsonObject:
    """Our credentials name our own schema alone."""
    raise AssertionError("a schema inside a credential was asked for")


OURS_ALONE: Final = SchemaSources(held={}, verify_credential=no_other_schema)
TEXTS: Final = (
    "",
    "\x7f",
    "\u00a0 ",
    "\u0958" * 60,  # normalising makes it longer
    "x" * 400,
    "https://host.example/" + "a" * 2100,
    "urn:x:" + "a" * 900,
    "2026-03-23t20:31:06z",
    "2026-06-30T23:59:60Z",
    "9999-12-31",
    "P400DT1H",
    "en-x-private",
    "\U000e0041\u2028<script>",
)


def texts_of(value: Any, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Where the texts of ``value`` are; of a list, the first item stands for all."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from texts_of(member, *path, name)
    elif isinstance(value, list) and value:
        yield from texts_of(value[0], *path, 0)


def with_text(name: str, path: tuple[str | int, ...], text: str) -> JsonObject:
    document = example_record(name)
    node: Any = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = text
    return document


def check_credential(name: str, document: JsonObject) -> None:
    """Raises what makes the record or its credential unfit."""
    received = arrival(example_record(name))
    credential = project(
        parse_record(document, received_at=received),
        credential_id="urn:uuid:6a0d4b9e-3b1f-4c55-8f6b-0d6f2f0f8a11",
        issuer=ISSUER,
        valid_from=received,
        awarded=received,
        status=(STATUS,),
        salt=lambda: SALT,
    )
    check_schemas(lint(credential), sources=OURS_ALONE, demand=True)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
@pytest.mark.parametrize("name", ["01", "07"])
def test_any_text_anywhere_is_refused_or_can_be_signed(name: str, text: str) -> None:
    """Every text of the record in turn is replaced by an unlikely one."""
    refused = 0
    for path in texts_of(example_record(name)):
        try:
            check_credential(name, with_text(name, path, text))
        except RecordError:
            refused += 1

    assert refused > 0
