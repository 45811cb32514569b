"""The rows of a payload, one at a time, whatever form it has.

A table is read row by row from its stream, with one row in memory; a JSON payload is read
whole, because its members may stand in any order. What a table must have is looked at once,
in its header: a column that every row needs, or nothing is mapped.

Leaves to others: the form of a table (``sheet``), what a row means (``mapping``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from issuer import limits
from issuer.platforms.paths import Path, Row
from issuer.platforms.payload_error import PayloadError
from issuer.platforms.profile import Format, Profile
from issuer.platforms.sheet import Sheet, open_sheet
from verifier.errors import RefusedError
from verifier.strict_json import JsonObject, parse_json_object


def rows_of(
    profile: Profile,
    stream: BinaryIO,
    *,
    max_rows: int = limits.PAYLOAD_ROWS,
    max_bytes: int = limits.PAYLOAD_BYTES,
) -> Iterator[Row]:
    """The rows of the payload in ``stream``, in the profile's format.

    At most ``max_rows``; a JSON payload is at most ``max_bytes`` long (a table's size is the
    caller's to bound). Raises ``PayloadError``, at any row: who wants all or nothing goes
    through the rows once before acting on one. The stream stays open.
    """
    if profile.format is Format.CSV:
        return at_most(open_table(profile, stream).rows, max_rows)
    return payload_rows(profile, _payload(stream, max_bytes), max_rows=max_rows)


def open_table(profile: Profile, stream: BinaryIO) -> Sheet:
    """The table in ``stream``, which has every column that ``profile`` cannot do without.

    Raises ``PayloadError``.
    """
    sheet = open_sheet(stream)
    missing = [name for name in needed_columns(profile) if name not in sheet.columns]
    if missing:
        named = ", ".join(repr(name) for name in missing)
        raise PayloadError(f"The first row has no column {named}.")
    return sheet


def needed_columns(profile: Profile) -> tuple[str, ...]:
    """The columns without which no row could be accepted, in the profile's order."""
    paths: list[Path] = [one.source for one in profile.accept_when if one.absent is not True]
    paths += [profile.unique_by] if profile.unique_by else []
    for field in profile.fields:
        if field.value is not None and field.required:
            paths.append(field.value.sources[0])
    return tuple(dict.fromkeys(str(path) for path in paths))


def payload_rows(
    profile: Profile, payload: JsonObject, *, max_rows: int = limits.PAYLOAD_ROWS
) -> Iterator[Row]:
    """The rows of a JSON payload that was parsed already. Raises ``PayloadError``."""
    listed = Row(members=None, payload=payload).read(profile.records)
    if profile.format is not Format.JSON or not isinstance(listed, list):
        raise PayloadError(f"The payload has no list of rows at {profile.records}.")
    if len(listed) > max_rows:
        raise PayloadError(f"The payload has more than {max_rows} rows.")
    return (
        Row(members=members, payload=payload, number=number)
        for number, members in enumerate(listed, start=1)
    )


def at_most(rows: Iterable[Row], most: int) -> Iterator[Row]:
    """The rows, up to ``most``. Raises ``PayloadError`` at the one too many."""
    for count, row in enumerate(rows, start=1):
        if count > most:
            raise PayloadError(f"The file has more than {most} rows.")
        yield row


def _payload(stream: BinaryIO, max_bytes: int) -> JsonObject:
    try:
        return parse_json_object(stream.read(max_bytes + 1), max_bytes=max_bytes)
    except RefusedError as error:
        raise PayloadError(f"The file is not good JSON: {error.detail}") from error
