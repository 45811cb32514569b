"""Everything that somebody outside can read of one issued credential, as texts by name.

The issuer's own answers and pages, the verifier's page and report, its command line, every table
but the one that keeps the record, and the log at its most talkative.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select

from issuer.shown import read_out
from issuer.store.row_security import show_deployment
from issuer.store.tables import METADATA
from tests.issuer.web.site import Site, json_of
from tests.verifier.web.states import fake_services
from verifier.intake.received import Received
from verifier.judgement import judge
from verifier.policy import STANDARD
from verifier.presentation.answer import build_text
from verifier.presentation.words import words
from verifier.sources import Sources
from verifier.status.check import StatusCache
from verifier.strict_json import JsonObject
from verifier.web.application import create_app
from verifier.web.services import Services

_KEEPS_RECORDS = "records"
"""The table whose rows are the records themselves; they never leave the issuer."""


def verifier_of(site: Site) -> FlaskClient:
    """The verifier's application, whose network leads to ``site`` and nowhere else."""

    @contextmanager
    def open_sources() -> Iterator[Sources]:
        yield Sources(fetch=site.fetch)

    fake = fake_services()
    services = Services(
        settings=fake.settings,
        clock=site.clock,
        open_sources=open_sources,
        judge=partial(judge, status_cache=StatusCache()),
        judge_presentation=fake.judge_presentation,
        read_codes=fake.read_codes,
    )
    return create_app(services).test_client()


def pages_of(site: Site, share_url: str) -> dict[str, str]:
    """What holders of the link and readers of the credential see."""
    shared = json_of(site.get(f"{share_url}.json"))
    document = shared["verifiableCredential"]
    return {
        "share page": site.get(share_url, Accept="text/html").get_data(as_text=True),
        "share page, Arabic": site.get(f"{share_url}?lang=ar").get_data(as_text=True),
        "share link as JSON": site.get(f"{share_url}.json").get_data(as_text=True),
        "words of the credential": str(read_out(document)),
        **_verifier_pages(site, document),
    }


def _verifier_pages(site: Site, document: JsonObject) -> dict[str, str]:
    client = verifier_of(site)
    text = site.app.json.dumps(document)
    form = {"text": text}
    return {
        f"verifier, {kind}": client.post("/check", data=form, headers={"Accept": kind}).get_data(
            as_text=True
        )
        for kind in ("text/html", "application/json")
    } | {"verifier, command line": _command_line(site, document)}


def _command_line(site: Site, document: JsonObject) -> str:
    judged = judge(
        Received(data=document),
        now=site.clock(),
        policy=STANDARD,
        sources=Sources(fetch=site.fetch),
    )
    return build_text(judged, words("en"))


def tables_of(site: Site) -> dict[str, str]:
    """Every row of every table but the records': audit trail, outbox, answers, links."""
    engine = create_engine(site.database)
    with engine.connect() as connection:
        show_deployment(connection)
        rows = {
            f"table {table.name}": str([tuple(it) for it in connection.execute(select(table))])
            for table in METADATA.sorted_tables
            if table.name != _KEEPS_RECORDS
        }
    engine.dispose()
    return rows


@contextmanager
def listening(caplog: pytest.LogCaptureFixture) -> Iterator[dict[str, str]]:
    """The log of all loggers at DEBUG, filled when the block has ended."""
    heard: dict[str, str] = {}
    with caplog.at_level(logging.DEBUG):
        yield heard
    heard["log"] = "\n".join(f"{it.getMessage()} {it.exc_text or ''}" for it in caplog.records)
