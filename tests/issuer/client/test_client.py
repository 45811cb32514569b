"""The client against the real service over HTTP: its values, its exceptions, its patience."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deploy.services import ROOT
from issuer.client import (
    ConflictError,
    Consent,
    ForbiddenError,
    Issued,
    IssuerClient,
    NoAnswerError,
    NotFoundError,
    RecordRefusedError,
    RequestRefusedError,
    TryLaterError,
    UnauthorisedError,
    UnreadableAnswerError,
    Waiting,
    completion_body,
)
from issuer.store import open_store
from tests.browser.conftest import served
from tests.issuer.client.flapping import flapping
from tests.issuer.web.site import Site, open_site, submission
from verifier.strict_json import parse_json_object

AGREED = Consent(at=datetime(2026, 12, 1, 11, tzinfo=UTC), facets={"results": True})
PAYLOAD = parse_json_object((ROOT / "deploy" / "demo_payload.json").read_bytes())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    database = f"sqlite:///{tmp_path / 'issuer.db'}"
    store = open_store(database)
    yield open_site(store, database, tmp_path / "keys")
    store.close()


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with served(site.app) as base:
        yield base


def client_of(site: Site, address: str, key: str = "all", attempts: int = 5) -> IssuerClient:
    """A client that does not really wait."""
    return IssuerClient(address, site.keys[key], attempts=attempts, sleep=lambda seconds: None)


# --- values -----------------------------------------------------------------------------


def test_a_completion_becomes_a_credential(site: Site, address: str) -> None:
    """With a share link; the credential verifies, and is found again."""
    with client_of(site, address) as issuer:
        issued = issuer.complete(submission("01"), consent=AGREED, share=True)
        assert isinstance(issued, Issued)
        found = issuer.fetch(issued.issuance_id)

    assert site.is_verified(issued.credential)
    assert issued.credential == found
    assert issued.share is not None
    assert issued.share.verify_url.startswith("https://verify.microintern.example/c/")


def test_a_completion_without_consent_waits(site: Site, address: str) -> None:
    """And says for whom."""
    with client_of(site, address) as issuer:
        waiting = issuer.complete(submission("01"))

    assert isinstance(waiting, Waiting)
    assert "offered" == waiting.state


def test_the_learners_own_identifier_becomes_the_subject(site: Site, address: str) -> None:
    """The key of a wallet."""
    did = "did:key:zDnaebF1hR8GKp1NxCkowBWeSxKMGbjx7Spd4L6nt9uANST3S"
    with client_of(site, address) as issuer:
        issued = issuer.complete(submission("01"), consent=AGREED, holder=did)

    assert isinstance(issued, Issued)
    assert did == issued.credential["credentialSubject"]["id"]


def test_many_are_answered_in_order(site: Site, address: str) -> None:
    """A bad one does not stop the others."""
    bodies = [
        completion_body(submission("01"), consent=AGREED),
        {"record": {}},
        completion_body(submission("02")),
    ]
    with client_of(site, address) as issuer:
        items = issuer.complete_batch(bodies)
        found = issuer.fetch(items[0].issuance_id)

    assert [(0, 201, "issued"), (1, 422, ""), (2, 202, "offered")] == [
        (item.index, item.status, item.state) for item in items
    ]
    assert items[0].credential_id == found["id"]
    assert "RECORD_REFUSED" in items[1].problem["type"]


def test_a_payload_is_read_by_its_profile(site: Site, address: str) -> None:
    """A dry run stores nothing; a real one issues."""
    with client_of(site, address) as issuer:
        (tried,) = issuer.import_rows("gigbridge-1", PAYLOAD, dry_run=True)
        (row,) = issuer.import_rows("gigbridge-1", PAYLOAD, consent=AGREED)

    assert ("accepted-with-warnings", "") == (tried.disposition, tried.state)
    assert ("GB-48213", "issued") == (row.record, row.state)
    assert "W202" in {finding.code for finding in row.findings}


def test_a_document_of_your_own_is_signed(site: Site, address: str) -> None:
    """As it is, by the issuer that is named."""
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": site.issuers["ours"].did,
        "credentialSubject": {"id": "did:example:subject"},
    }
    with IssuerClient(address, site.keys["all"], issuer="ours") as issuer:
        signed = issuer.issue(document)

    assert site.is_verified(signed.credential)
    assert document == {name: signed.credential[name] for name in document}
    assert re.fullmatch("[0-9a-f]{32}", signed.issuance_id)


def test_a_credential_is_withdrawn_suspended_and_reinstated(site: Site, address: str) -> None:
    """By its id; twice is no error."""
    with client_of(site, address, "theirs") as issuer:
        issued = issuer.complete(submission("01"), consent=AGREED)
        assert isinstance(issued, Issued)
        suspended = issuer.suspend(issued.credential_id, reason="underReview")
        reinstated = issuer.reinstate(issued.credential_id)
        revoked = [issuer.revoke(issued.issuance_id, reason="wrongPerson") for _ in range(2)]

    assert (issued.issuance_id,) == suspended == reinstated == revoked[0] == revoked[1]
    assert not site.is_verified(issued.credential)


def test_every_offer_is_told_page_by_page(site: Site, address: str) -> None:
    """Or those in one state; and each for itself."""
    with client_of(site, address) as issuer:
        for name in ("01", "02", "03"):
            issuer.complete(submission(name))
        offers = list(issuer.offers(limit=1))
        none = list(issuer.offers(state="issued"))
        first = issuer.offer(offers[0].offer_id)

    assert ["offered"] * 3 == [offer.state for offer in offers]
    assert 3 == len({offer.offer_id for offer in offers})
    assert [] == none
    assert first == offers[0]
    assert not first.consent_given


def test_every_event_is_told_page_by_page(site: Site, address: str) -> None:
    """After a cursor, of the kinds that are wanted."""
    with client_of(site, address) as issuer:
        for name in ("01", "02", "03"):
            issuer.complete(submission(name), consent=AGREED)
        events = list(issuer.events(kinds=["credential.issued"], limit=1))
        later = list(issuer.events(after=events[0].cursor, kinds=["credential.issued"]))

    assert 3 == len({event.id for event in events}) == len(events)
    assert [event.id for event in events[1:]] == [event.id for event in later]


# --- refusals ---------------------------------------------------------------------------


def test_a_refused_record_tells_its_findings(site: Site, address: str) -> None:
    """With code and place, and the request by which we find it again."""
    record = submission("01")
    record["engagement"]["endDate"] = "2026-02-01"
    with client_of(site, address) as issuer, pytest.raises(RecordRefusedError) as caught:
        issuer.complete(record, consent=AGREED)

    assert ("RECORD_REFUSED", 422) == (caught.value.code, caught.value.status)
    assert "E103" in {finding.code for finding in caught.value.findings}
    assert caught.value.request_id


def test_each_refusal_has_an_exception_of_its_own(site: Site, address: str) -> None:
    """Picked for the reader of the ``except``."""
    with client_of(site, address, "unknown") as stranger, pytest.raises(UnauthorisedError):
        stranger.fetch("x")
    with client_of(site, address, "read") as reader, pytest.raises(ForbiddenError):
        reader.complete({})
    with client_of(site, address) as issuer:
        issuer.complete(submission("01"), consent=AGREED)
        with pytest.raises(NotFoundError):
            issuer.fetch("nothing")
        with pytest.raises(ConflictError) as caught:
            issuer.complete(submission("01") | {"inLanguage": "en"}, consent=AGREED)
        with pytest.raises(RequestRefusedError):
            issuer.revoke("x" * 4000)

    assert "ALREADY_ISSUED" == caught.value.code


# --- a bad line -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plan",
    [
        ["lose"],
        ["half"],
        ["refuse"],
        ["refuse", "lose", "half", "lose"],
    ],
    ids=" ".join,
)
def test_a_lost_answer_is_asked_for_again(site: Site, address: str, plan: list[str]) -> None:
    """The same bytes under the same key: one credential, and the one that was signed first."""
    with flapping(address, plan) as line, client_of(site, line.address) as issuer:
        issued = issuer.complete(submission("01"), consent=AGREED, share=True)
        again = issuer.complete(submission("01"), consent=AGREED, share=True)
    tries = line.heard[:-1]

    assert issued == again
    assert [] == line.plan
    assert 1 == len(set(tries))
    assert 1 == len(list(issuer_events(site, address)))


def issuer_events(site: Site, address: str) -> Iterator[str]:
    with client_of(site, address) as issuer:
        yield from (event.id for event in issuer.events(kinds=["credential.issued"]))


def test_a_withdrawal_on_a_bad_line_is_made_once(site: Site, address: str) -> None:
    """Its second try gets the first answer."""
    with client_of(site, address) as issuer:
        issued = issuer.complete(submission("01"), consent=AGREED)
    assert isinstance(issued, Issued)
    with flapping(address, ["lose", "half"]) as line, client_of(site, line.address) as issuer:
        concerned = issuer.revoke(issued.credential_id)

    assert (issued.issuance_id,) == concerned
    assert 3 == len(line.heard)


def test_when_no_answer_comes_the_caller_can_go_on_later(site: Site, address: str) -> None:
    """With the key of the call: what was done is not done again."""
    with flapping(address, ["lose"] * 3) as line:
        with (
            client_of(site, line.address, attempts=3) as issuer,
            pytest.raises(NoAnswerError) as caught,
        ):
            issuer.complete(submission("01"), consent=AGREED)
        with client_of(site, line.address) as issuer:
            issued = issuer.complete(
                submission("01"), consent=AGREED, idempotency_key=caught.value.idempotency_key
            )

    assert isinstance(issued, Issued)
    assert 1 == len(list(issuer_events(site, address)))


@pytest.mark.parametrize(
    ("status", "retry_after", "waited"),
    [(429, "7", 7.0), (503, "3", 3.0), (500, "0", 0.0), (503, "99999", 60.0)],
)
def test_a_service_that_asks_for_time_gets_it(status: int, retry_after: str, waited: float) -> None:
    """``Retry-After`` is honoured, within a bound; then the answer counts."""
    waits: list[float] = []
    with answering([(status, retry_after), (200, "")]) as base:
        issuer = IssuerClient(base, "mic_key", sleep=waits.append)
        found = issuer.fetch("x")
        issuer.close()

    assert {} == found
    assert [waited] == waits


def test_who_asks_for_time_for_ever_is_told_so() -> None:
    """The last answer becomes the exception."""
    waits: list[float] = []
    with answering([(503, "1")] * 4) as base:
        issuer = IssuerClient(base, "mic_key", attempts=4, sleep=waits.append)
        with pytest.raises(TryLaterError) as caught:
            issuer.fetch("x")
        issuer.close()

    assert 503 == caught.value.status
    assert [1.0, 1.0, 1.0] == waits


def test_another_program_at_the_address_is_noticed() -> None:
    """A page is no answer of ours; a redirect is not followed, since a key travels along."""
    for answer in ((200, "page"), (302, "")):
        with (
            answering([answer]) as base,
            IssuerClient(base, "mic_key") as issuer,
            pytest.raises(UnreadableAnswerError),
        ):
            issuer.fetch("x")


class _Script(BaseHTTPRequestHandler):
    """Answers with what the test wrote down, one after the other."""

    plan: list[tuple[int, str]]

    def do_GET(self) -> None:
        status, word = self.plan.pop(0)
        body = b"<!doctype html>" if word == "page" else b"{}"
        self.send_response(status)
        if word.isdigit():
            self.send_header("Retry-After", word)
        if status == 302:
            self.send_header("Location", "https://elsewhere.example/")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class answering:
    """A server that answers as planned."""

    def __init__(self, plan: list[tuple[int, str]]) -> None:
        handler = type("Script", (_Script,), {"plan": list(plan)})
        self.server = HTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


# --- secrets, types, independence -------------------------------------------------------


def test_no_secret_stands_in_a_repr(site: Site, address: str) -> None:
    """Neither the key nor a person, a link or a credential: reprs end up in logs."""
    with client_of(site, address) as issuer:
        issued = issuer.complete(submission("01"), consent=AGREED, share=True)
        shown = f"{issuer!r} {issued!r} {AGREED!r}"
    assert isinstance(issued, Issued)
    assert issued.share is not None

    for secret in (site.keys["all"], "Maya", issued.share.url, "proofValue", "results"):
        assert secret not in shown


@pytest.mark.parametrize(
    "address",
    [
        "http://issuer.example",
        "ftp://issuer.example",
        "issuer.example",
        "",
        "https://user@issuer.example",
        "https://",
    ],
)
def test_a_key_is_not_sent_in_the_clear(address: str) -> None:
    """Only to https, or to this machine."""
    with pytest.raises(ValueError, match="https"):
        IssuerClient(address, "mic_key")


def test_the_client_runs_where_the_service_was_never_installed() -> None:
    """No web framework, no database, nothing else of the issuer is imported."""
    program = (
        "import sys\n"
        "for name in ('flask', 'werkzeug', 'sqlalchemy', 'alembic', 'huey', 'jinja2'):\n"
        "    sys.modules[name] = None\n"
        "import issuer.client\n"
        "print(sorted(name for name in sys.modules if name.startswith('issuer')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stdout.replace("'", '"'))  # noqa: TID251  our own output

    assert {"issuer"} == {name for name in loaded if not name.startswith("issuer.client")}
