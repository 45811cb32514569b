"""What a profile may never read comes out nowhere: marker words, sent through every guarded path.

They are looked for in every answer, in the table of rows to mend, in what the command line
prints, in the logs down to DEBUG, in the bytes of the database, in credentials and on pages.
"""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

import schemas
from issuer.__main__ import main
from issuer.platforms import Catalogue, Format, Profile, load_profile, open_catalogue
from issuer.platforms.paths import Path as MemberPath
from issuer.store import open_store
from issuer.web.application import create_app
from tests.example_records import read_data
from tests.issuer.platforms.payloads import (
    CAREER_CENTRE,
    GIGBRIDGE,
    IMPORTED_AT,
    TEAMLEARN,
    Payload,
)
from tests.issuer.web.site import Site, json_of, open_site
from tests.issuer.web.uploads import send_form, send_table
from verifier.strict_json import JsonObject, parse_json

MARKER: Final = "XMARKERWORDX"
AMOUNT: Final = 7_654_321
CONSENT: Final = {"given": True, "at": "2026-05-15T09:00:00Z", "facets": {}}
OWN: Final = "guarded-csv-1"
NOTES: Final = ("private note", "for.the student")


def own_profile(folder: Path) -> Catalogue:
    """A profile of tables that guards two columns, beside those of the package."""
    document = deepcopy(schemas.load_profile(CAREER_CENTRE.profile))
    document |= {
        "profile": "guarded-csv/1",
        "never": [NOTES[0]],
        "offeredToLearnerOnly": [NOTES[1]],
    }
    folder.mkdir()
    (folder / f"{OWN}.json").write_text(json.dumps(document), "utf-8")
    return open_catalogue(folder)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A deployment in May that knows that profile too."""
    database = f"sqlite:///{tmp_path / 'issuer.db'}"
    store = open_store(database)
    made = open_site(store, database, tmp_path / "keys", start=IMPORTED_AT)
    office = replace(made.services.office, catalogue=own_profile(tmp_path / "profiles"))
    services = replace(made.services, office=office)
    app = create_app(services)
    yield replace(made, services=services, app=app, client=app.test_client())
    store.close()


def plant(value: Any, parts: tuple[str, ...], marker: object) -> int:
    """Put a marker at a path, in every item of a list on the way: how many were put."""
    if isinstance(value, list):
        return sum(plant(item, parts, marker) for item in value)
    if not isinstance(value, dict):
        return 0
    name, *rest = parts
    if rest and value.get(name) is not None:
        return plant(value[name], tuple(rest), marker)
    value[name] = {rest[0]: marker} if rest else marker
    return 1


def marker_of(path: MemberPath) -> object:
    """A word, or for an amount of money a number that is nowhere else."""
    return AMOUNT if path.parts[-1] == "amount_cents" else f"{MARKER} {path.parts[-1]}"


def marked(profile: Profile, payload: JsonObject) -> JsonObject:
    """The payload with a marker in every guarded path of the document and of each row."""
    rows = payload
    for name in profile.records.parts:
        rows = rows[name]
    for path in profile.unread:
        assert plant(payload if path.from_top else rows, path.parts, marker_of(path)) > 0
    return payload


def spoiled(payload: JsonObject, rows: list[JsonObject]) -> JsonObject:
    """The same with rows that are refused, one for each way of being so."""
    fee = {"amount_cents": str(AMOUNT), "currency": MARKER}
    rows += [{}, deepcopy(rows[0]) | {"email": "x", "project_id": "GB-1"}]
    rows.append(deepcopy(rows[0]) | {"fixed_fee": fee, "project_id": "GB-2"})
    return payload


def answers_to_json(site: Site, payload: Payload) -> list[str]:
    """Everything that is answered: dry, real, again, without consent, damaged."""
    profile = load_profile(payload.profile)
    whole = marked(profile, parse_json(payload.data()))
    rows = whole["projects"] if payload is GIGBRIDGE else whole["team"]["members"]
    path, body = f"/imports/{payload.profile}", {"payload": spoiled(whole, rows), "share": True}
    agreed = body | {"learnerConsent": CONSENT}
    responses = [
        site.post(f"{path}?dryRun=1", body),
        site.post(path, body),
        site.post(path, agreed),
        site.post(path, agreed, Idempotency_Key=payload.profile),
        site.post(path, agreed | {"unknown": 1}),
        site.post(path, {"payload": {"projects": whole}}),
    ]
    return [response.get_data(as_text=True) for response in responses]


def guarded_table() -> bytes:
    """The career centre's table with two more columns."""
    rows = list(csv.reader(io.StringIO(CAREER_CENTRE.data().decode("utf-8-sig"), newline="")))
    text = io.StringIO(newline="")
    marks = [f"{MARKER} {note}" for note in NOTES]
    csv.writer(text).writerows([rows[0] + list(NOTES), *(row + marks for row in rows[1:])])
    csv.writer(text).writerow(["short", *marks])
    return text.getvalue().encode()


def answers_to_table(site: Site) -> list[str]:
    data, path = guarded_table(), f"/imports/{OWN}"
    responses = [
        send_table(site, data, path=f"{path}?dryRun=1"),
        send_table(site, data, path=f"{path}?dryRun=1", Accept="text/csv"),
        send_table(site, data, path=path),
        send_form(site, data, path=path, consent=CONSENT),
        send_table(site, data.replace(b'"', b'"x"', 1), path=path),
    ]
    assert [200] * 4 == [response.status_code for response in responses[:4]]
    return [response.get_data(as_text=True) for response in responses]


def pages(site: Site, answers: list[str]) -> list[str]:
    """Credentials, share pages and events that came of it."""
    urls = {
        row["share"]["url"]
        for answer in answers
        if answer.startswith("{")
        for row in parse_json(answer.encode(), max_bytes=len(answer) * 4).get("rows", [])
        if "share" in row
    }
    found = [site.get(f"{url}{end}") for url in urls for end in ("", ".json")]
    found.append(site.get("/events", key="all"))
    assert all(response.status_code == 200 for response in found)
    return [response.get_data(as_text=True) for response in found]


def printed(folder: Path) -> str:
    """What ``profile test`` prints of the marked files."""
    told = io.StringIO()
    whole = marked(load_profile("gigbridge-1"), read_data("platforms", GIGBRIDGE.file))
    (folder / "marked.json").write_text(json.dumps(whole), "utf-8")
    (folder / "marked.csv").write_bytes(guarded_table())
    for name, file in (("gigbridge-1", "marked.json"), (OWN, "marked.csv")):
        code = main(
            ("profile", "test", name, str(folder / file)),
            environ={"ISSUER_PROFILES": str(folder / "profiles")},
            stdout=told,
            stderr=told,
            clock=lambda: IMPORTED_AT,
        )
        assert 1 == code
    return told.getvalue()


def stored(site: Site, folder: Path) -> bytes:
    """Every byte that the database keeps on disk."""
    return b"".join(path.read_bytes() for path in folder.glob("issuer.db*"))


def test_marker_words_come_out_nowhere(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Of no profile: not from JSON, not from a table, not from rows that fail."""
    for name in ("", *logging.Logger.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)

    answers = answers_to_json(site, GIGBRIDGE) + answers_to_json(site, TEAMLEARN)
    answers += answers_to_table(site)
    told = [*answers, *pages(site, answers), printed(tmp_path), caplog.text]
    kept = stored(site, tmp_path)

    assert sum('"issued"' in answer for answer in answers) >= 4
    assert b"GB-48213" in kept
    assert caplog.text
    for word in (MARKER, str(AMOUNT)):
        assert [] == [text[:80] for text in told if word in text]
        assert word.encode() not in kept


def test_the_markers_would_be_found(site: Site, tmp_path: Path) -> None:
    """The same search finds a word that is read: a title."""
    body = {"payload": read_data("platforms", GIGBRIDGE.file), "learnerConsent": CONSENT}
    body["payload"]["projects"][0]["title"] = f"{MARKER} title"

    answer = site.post("/imports/gigbridge-1", body).get_data(as_text=True)

    assert MARKER in answer
    assert MARKER.encode() in stored(site, tmp_path)


def test_every_profile_that_guards_something_is_tried() -> None:
    """A profile of the package that gets a ``never`` of its own belongs into the test above."""
    guarded = {profile.name for profile in Catalogue().profiles() if profile.unread}

    assert {"gigbridge/1", "teamlearn/1"} == guarded
    assert Format.CSV is load_profile(CAREER_CENTRE.profile).format


def test_the_fee_is_compared_all_the_same(site: Site) -> None:
    """The one exception: the amount says that the floor was met, and is gone."""
    whole = marked(load_profile("gigbridge-1"), read_data("platforms", GIGBRIDGE.file))
    whole["projects"][0]["fixed_fee"]["currency"] = "USD"
    site.post("/imports/gigbridge-1", {"payload": whole, "learnerConsent": CONSENT})

    with site.services.store.read(site.issuers["ours"].tenant_id) as unit:
        record = unit.records.of_platform("https://gigbridge.example/", "GB-48213")

    assert record
    assert (
        parse_json(record.document.encode())["engagement"]["compensation"]["payFloor"]["met"]
        is True
    )
    assert str(AMOUNT) not in record.document


def test_answers_are_json(site: Site) -> None:
    """Of a payload with markers as of any other: each row has an outcome."""
    whole = marked(load_profile("teamlearn-1"), parse_json(TEAMLEARN.data()))
    answer = json_of(site.post("/imports/teamlearn-1", {"payload": whole}))

    assert [one["disposition"] for one in TEAMLEARN.expected()] == [
        row["disposition"] for row in answer["rows"]
    ]
