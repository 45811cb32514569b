"""Nothing private is read anywhere: pages, reports, answers, audit trail, outbox, log.

Each example goes through the real service with marker words in all of its texts, with a skill and
credit beside it; then everything that somebody can read is searched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from issuer.store import open_store
from tests.example_records import EXAMPLES, example_record
from tests.issuer.leaks.planted import Planted, credit_of, plant, unspeakable
from tests.issuer.leaks.reading import read_markers
from tests.issuer.leaks.surfaces import listening, pages_of, tables_of
from tests.issuer.web.site import AGREED, Site, json_of, open_site
from verifier.strict_json import JsonObject

_ISSUERS_OWN = ("recordId", "disclosure")
_YES: JsonObject = {"given": True, "at": AGREED["at"]}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    database = f"sqlite:///{tmp_path / 'issuer.db'}"
    store = open_store(database)
    yield open_site(store, database, tmp_path / "keys")
    store.close()


def planted(name: str, **facets: object) -> Planted:
    document = example_record(name)
    document["disclosure"] |= facets
    return plant(document)


def sent(found: Planted) -> JsonObject:
    """The planted record as a platform sends it, with the learner's choices."""
    record = {key: it for key, it in found.document.items() if key not in _ISSUERS_OWN}
    record["source"] = {k: v for k, v in record["source"].items() if k != "receivedAt"}
    facets = found.document["disclosure"]
    return {"record": record, "learnerConsent": AGREED | {"facets": facets}, "share": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was issued of one record: documents with their share links, and the refusals."""

    completion: JsonObject
    beside: tuple[JsonObject, ...]
    refusals: str


def tell(site: Site, found: Planted) -> Told:
    """Issue the completion, every rated skill and the credit; and be refused in every way."""
    response = site.post("/completions", sent(found))
    assert response.status_code == 201, response.get_data(as_text=True)
    path = response.headers["Location"].removeprefix(site.services.settings.base_url)
    beside: list[JsonObject] = []
    refusals = []
    for place in range(len(found.document["skills"])):
        body = {"skills": [place], "learnerConsent": _YES, "share": True}
        answer = site.post(f"{path}/skill-assertions", body)
        if answer.status_code == 201:
            beside += json_of(answer)["credentials"]
        refusals.append(answer)
    credit = {"credit": credit_of(found.document), "learnerConsent": _YES, "share": True}
    answer = site.post(f"{path}/academic-credit", credit)
    if answer.status_code == 201:
        beside += json_of(answer)["credentials"]
    refusals += [answer, *_refusals(site, found, path)]
    texts = [it.get_data(as_text=True) for it in refusals if it.status_code != 201]
    assert len(texts) >= 6
    return Told(completion=json_of(response), beside=tuple(beside), refusals="\n".join(texts))


def _refusals(site: Site, found: Planted, path: str) -> list[object]:
    other = sent(found)
    other["record"]["engagement"]["role"] = "Another role"
    revoking = {
        "credentialId": path.rpartition("/")[2],
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "suspension"},
        "status": True,
    }
    return [
        site.post("/completions", other),
        site.post("/completions", sent(found), key="read"),
        site.post("/credentials/status", revoking),
        site.post("/credentials/status", revoking | {"reason": "unhappy"}),
        site.get(path, key="theirs"),
        site.post(f"{path}/skill-assertions", {"skills": [99], "learnerConsent": _YES}),
    ]


CHOICES: dict[str, dict[str, object]] = {
    "as in the example": {},
    "everything off": {
        **dict.fromkeys(
            ("hours", "results", "compensation", "supervisorName", "aiAssistance", "trialOutcome"),
            False,
        ),
        "dates": "year",
        "location": "none",
    },
}


CASES = [(name, "as in the example") for name in EXAMPLES] + [
    (name, "everything off") for name in ("01", "03", "07")
]


@pytest.mark.parametrize(("name", "choice"), CASES)
def test_nothing_private_is_read_anywhere(
    site: Site, caplog: pytest.LogCaptureFixture, name: str, choice: str
) -> None:
    """Of each credential a page tells at most what is in it; of persons the log tells nothing."""
    found = planted(name, **CHOICES[choice])
    with listening(caplog) as heard:
        told = tell(site, found)
        pages = pages_of(site, told.completion["share"]["url"])
        looked_at = (*told.beside[:1], *told.beside[-1:])  # a skill, and the credit if there is one
        others = [(it, pages_of(site, it["share"]["url"])) for it in looked_at]
        tables = tables_of(site)

    words = json.dumps(told.completion["verifiableCredential"], ensure_ascii=False)
    assert set(found.shown) == read_markers(words)
    assert {} == _too_much(pages, set(found.shown))
    assert [] == _spoken(pages | tables_without_documents(tables), unspeakable(found.document))
    for one, seen in others:
        assert {} == _too_much(seen, read_markers(json.dumps(one["verifiableCredential"])))
    issued = read_markers(json.dumps([it["verifiableCredential"] for it in told.beside]))
    warned = read_markers(json.dumps(told.completion["warnings"]))  # the sender's own words
    assert {} == _too_much(tables, set(found.shown) | issued | warned)
    number = read_markers(found.document["source"]["platformRecordId"])  # told to its sender
    assert (number, set()) == (read_markers(told.refusals), read_markers(heard["log"]))


def tables_without_documents(tables: dict[str, str]) -> dict[str, str]:
    """Those that hold no signed document and no answer of ours."""
    own = ("issuances", "idempotency", "status_lists", "offers", "further")
    return {name: text for name, text in tables.items() if name.split()[1] not in own}


def _too_much(surfaces: dict[str, str], allowed: set[str]) -> dict[str, set[str]]:
    read = {name: read_markers(text) - allowed for name, text in surfaces.items()}
    return {name: markers for name, markers in read.items() if markers}


def _spoken(surfaces: dict[str, str], words: set[str]) -> list[tuple[str, str]]:
    return [(name, it) for name, text in surfaces.items() for it in sorted(words) if it in text]


@pytest.mark.parametrize("name", ["01", "05", "12"])
def test_the_search_really_reads_the_pages(site: Site, name: str) -> None:
    """Title and host stand on each of them, so an empty page could not pass for a silent one."""
    found = planted(name)
    answer = json_of(site.post("/completions", sent(found)))

    pages = pages_of(site, answer["share"]["url"])

    title, host = (
        read_markers(found.document[room]["title" if room == "engagement" else "name"]).pop()
        for room in ("engagement", "host")
    )
    assert {} == {name: {title, host} - read_markers(text) for name, text in pages.items()
                  if {title, host} - read_markers(text)}  # fmt: skip
    assert "zq" in "".join(tables_of(site).values()).lower()
