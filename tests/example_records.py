"""The project's own example records and payloads, read anew for each caller."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from verifier.date_time_stamp import parse_instant
from verifier.strict_json import JsonObject, parse_json_object

DATA: Final = Path(__file__).resolve().parent / "data"
EXAMPLES: Final = tuple(sorted(path.stem for path in (DATA / "records").glob("*.json")))
PROJECTED: Final = tuple(
    sorted(path.name.split(".")[0] for path in (DATA / "projected").glob("*.json"))
)


def read_data(*path: str) -> JsonObject:
    """One JSON file below ``tests/data``."""
    return parse_json_object(DATA.joinpath(*path).read_bytes())


def example_record(name: str) -> JsonObject:
    """The record ``name`` or the one whose name starts with it (``"01"``)."""
    full = next(example for example in EXAMPLES if example.startswith(name))
    return read_data("records", f"{full}.json")


def example_projected(name: str) -> JsonObject:
    """The worked projection of the record ``name``."""
    full = next(example for example in PROJECTED if example.startswith(name))
    return read_data("projected", f"{full}.unsigned.json")


def arrival(record: JsonObject) -> datetime:
    """When the example arrived at its issuer."""
    return parse_instant(record["source"]["receivedAt"]).at
