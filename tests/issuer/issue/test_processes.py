"""Several processes issue from one database, as the workers of a service do."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from pathlib import Path

from issuer.errors import InProgressError
from issuer.store import Store, open_store
from tests.issuer.offices import numbered_record, open_desk
from verifier.strict_json import JsonObject, parse_json_object

PROCESSES = 4
OWN_RECORDS = 6


def work(database_url: str, keys: Path, number: int) -> list[tuple[str, str]]:
    """One process: issue records of its own and one that every process issues."""
    store = open_store(database_url)
    desk = open_desk(store, keys)
    answers = []
    for record in [0, *range(1 + number * OWN_RECORDS, 1 + (number + 1) * OWN_RECORDS)]:
        try:
            answers.append((str(record), desk.issue(numbered_record(record)).body))
        except InProgressError:
            assert record == 0
    store.close()
    return answers


def places_of(document: JsonObject) -> list[tuple[str, str]]:
    return [
        (entry["statusListCredential"], entry["statusListIndex"])
        for entry in document["credentialStatus"]
    ]


def test_processes_that_issue_together_share_no_place(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    """Every record has one credential, whoever issued it, and every place one credential."""
    open_desk(store, tmp_path / "keys")
    tasks = [(database_url, tmp_path / "keys", number) for number in range(PROCESSES)]

    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        answers = {answer for found in pool.starmap(work, tasks) for answer in found}

    assert len(answers) == 1 + PROCESSES * OWN_RECORDS
    assert len({record for record, _ in answers}) == len(answers)
    documents = [parse_json_object(body.encode()) for _, body in answers]
    assert set(Counter(place for one in documents for place in places_of(one)).values()) == {1}
