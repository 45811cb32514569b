"""A service that is killed at any moment under load loses nothing that it answered (security §2.3,
R1, R3).

A client notes every answer durably before it asks for the next. ``SERVER_KILLS`` asks for more
than the few kills of a usual run.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from deploy.services import HOST, ROOT, free_port, run
from tests.issuer.web.site import completion
from verifier.strict_json import JsonObject, parse_json_object

pytestmark = pytest.mark.kill

KILLS: Final = int(os.environ.get("SERVER_KILLS", "3"))
CLIENTS: Final = 2
START_SECONDS: Final = 60


def body(number: int) -> JsonObject:
    """A completion under a number of its own, agreed to before any clock of today."""
    found = completion("01", share=False)
    found["record"]["source"]["platformRecordId"] = f"GB-{number}"
    found["learnerConsent"]["at"] = "2026-04-01T12:00:00Z"
    return found


class Client(threading.Thread):
    """Issues one record after the other and notes every answer on disk. What was cut off is left:
    that another call finishes it is tried beside (``test_kill``)."""

    def __init__(self, url: str, key: str, ledger: Path, first: int) -> None:
        super().__init__(daemon=True)
        self._url, self._key, self._ledger, self._number = url, key, ledger, first
        self.over = threading.Event()
        self.refusals: list[str] = []

    def run(self) -> None:
        """Until ``over`` is set."""
        headers = {"Authorization": f"Bearer {self._key}"}
        with self._ledger.open("ab") as ledger, httpx.Client(headers=headers, timeout=20) as http:
            while not self.over.is_set():
                try:
                    answer = http.post(f"{self._url}/completions", json=body(self._number))
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                if answer.status_code == httpx.codes.CREATED:
                    self._note(ledger.fileno(), answer)
                elif answer.status_code != httpx.codes.CONFLICT:  # what was cut off has a lease
                    self.refusals.append(answer.text)
                self._number += CLIENTS

    def _note(self, ledger: int, answer: httpx.Response) -> None:
        document = parse_json_object(answer.content)["verifiableCredential"]
        line = {
            "number": self._number,
            "place": httpx.URL(answer.headers["Location"]).path,
            "document": document,
        }
        os.write(ledger, json.dumps(line).encode() + b"\n")
        os.fsync(ledger)


@contextmanager
def serving(environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    """A service with all its processes, which are killed when the block ends."""
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "issuer", "serve", "--bind", f"{HOST}:{port}"],
            cwd=ROOT,
            env=environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_ready(process, f"http://{HOST}:{port}/readyz")
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended while starting"
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the service did not start")


def lines_of(ledgers: list[Path]) -> list[JsonObject]:
    """Every whole line that the clients noted."""
    return [
        parse_json_object(line) for ledger in ledgers for line in ledger.read_bytes().splitlines()
    ]


def wait_for_more(ledgers: list[Path], count: int) -> None:
    """Until ``count`` answers more are noted: the service is under load."""
    wanted = len(lines_of(ledgers)) + count
    deadline = time.monotonic() + START_SECONDS
    while len(lines_of(ledgers)) < wanted:
        assert time.monotonic() < deadline, "the service issues nothing"
        time.sleep(0.02)


def test_a_killed_service_loses_nothing_that_it_answered(tmp_path: Path) -> None:
    """Each answer is there afterwards, the same to the letter; no place in a list is had twice."""
    port = free_port()
    url = f"http://{HOST}:{port}"
    environment = {name: it for name, it in os.environ.items() if not name.startswith("ISSUER_")}
    environment |= {
        "ISSUER_BASE_URL": url,
        "ISSUER_DATABASE_URL": f"sqlite:///{tmp_path / 'issuer.db'}",
        "ISSUER_KEYS": f"file:{tmp_path / 'keys'}",
    }
    key = parse_json_object(run(environment, "issuer", "demo-seed").encode())["apiKey"]
    ledgers = [tmp_path / f"ledger-{number}" for number in range(CLIENTS)]
    clients = [Client(url, key, ledger, first) for first, ledger in enumerate(ledgers)]
    for ledger in ledgers:
        ledger.touch()
    for client in clients:
        client.start()

    for _ in range(KILLS):
        with serving(environment, port, tmp_path / "log"):
            wait_for_more(ledgers, CLIENTS)
            time.sleep(random.uniform(0, 0.1))
    with serving(environment, port, tmp_path / "log"):
        wait_for_more(ledgers, CLIENTS)
        for client in clients:
            client.over.set()
        for client in clients:
            client.join(START_SECONDS)
        answered = lines_of(ledgers)
        headers = {"Authorization": f"Bearer {key}"}
        kept = [httpx.get(f"{url}{it['place']}", headers=headers).content for it in answered]

    places = {entry_of(line["document"]) for line in answered}
    assert [] == [refusal for client in clients for refusal in client.refusals]
    assert len(answered) >= KILLS * CLIENTS
    assert len(answered) == len(places)
    assert len(answered) == len({line["number"] for line in answered})
    assert [line["document"] for line in answered] == [parse_json_object(it) for it in kept]


def entry_of(document: JsonObject) -> tuple[str, str]:
    """The list and the place in it."""
    status = document["credentialStatus"]
    entry = status if isinstance(status, dict) else status[0]
    return entry["statusListCredential"], entry["statusListIndex"]
