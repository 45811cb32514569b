"""Run the two real services beside each other on this machine, as own processes.

Each has its own port on loopback, its own log file and its own settings. Whatever was started
is stopped, by its process id, when the block ends.

Leaves to others: what is done with them (``deploy/demo.py``).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from verifier.strict_json import JsonObject, parse_json_object

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 15


class ServiceError(Exception):
    """A service did not start, or a command did not succeed; the text says where to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One process that was started, its address and its log."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An issuer and a verifier that run, and the key of the demo tenant."""

    issuer_url: str
    verifier_url: str
    issuer_did: str
    api_key: str
    folder: Path
    environment: dict[str, str]
    services: list[Service] = field(default_factory=list)

    def watch(self) -> None:
        """Return never while both run; raises ``ServiceError`` when one ends by itself."""
        while all(service.process.poll() is None for service in self.services):
            time.sleep(0.5)
        raise ServiceError(f"A service ended by itself; see the logs in {self.folder}.")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether nobody listens on ``port`` at this moment."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


@contextmanager
def own_folder(folder: Path, *, emptied: bool) -> Iterator[None]:
    """Make ``folder``, or empty it, and keep other runs out of it while the block lasts.

    Raises ``ServiceError`` when another run is in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServiceError(f"Another run uses {folder}. Wait for it, or stop it.") from error
        if emptied:
            shutil.rmtree(folder)
            folder.mkdir()
        yield


@contextmanager
def running_pair(folder: Path, *, issuer_port: int, verifier_port: int) -> Iterator[Pair]:
    """Start both services with their data in ``folder`` and a seeded demo tenant.

    Raises ``ServiceError`` when one does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    environment = _environment(folder, issuer_port, verifier_port)
    seed = parse_json_object(run(environment, "issuer", "demo-seed").encode())
    pair = Pair(
        issuer_url=environment["ISSUER_BASE_URL"],
        verifier_url=environment["VERIFIER_BASE_URL"],
        issuer_did=seed["issuer"]["id"],
        api_key=seed["apiKey"],
        folder=folder,
        environment=environment,
    )
    _write_register(folder / "register.json", pair.issuer_did, seed["issuer"]["name"])
    with ExitStack() as stack:
        started = [
            stack.enter_context(_service("issuer", issuer_port, pair)),
            stack.enter_context(_service("verifier", verifier_port, pair)),
        ]
        for service in started:
            _wait_until_ready(service)
        pair.services.extend(started)
        yield pair


def _environment(folder: Path, issuer_port: int, verifier_port: int) -> dict[str, str]:
    """The machine's environment with our settings and none that were there before."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ISSUER_", "VERIFIER_"))}
    return {
        **kept,
        "ISSUER_BASE_URL": f"http://{HOST}:{issuer_port}",
        "ISSUER_DATABASE_URL": f"sqlite:///{folder / 'issuer.db'}",
        "ISSUER_KEYS": f"file:{folder / 'keys'}",
        "ISSUER_VERIFIER_URL": f"http://{HOST}:{verifier_port}",
        "VERIFIER_BASE_URL": f"http://{HOST}:{verifier_port}",
        "VERIFIER_LOOPBACK_ORIGINS": f"{HOST}:{issuer_port}",
        "VERIFIER_REGISTRIES": str(folder / "register.json"),
    }


def _write_register(path: Path, did: str, name: str) -> None:
    register = {"name": "Demo register", "issuers": [{"id": did, "name": name}]}
    path.write_text(json.dumps(register, indent=2) + "\n", encoding="utf-8")


def run(environment: dict[str, str], *words: str, expected: tuple[int, ...] = (0,)) -> str:
    """The standard output of ``python -m WORDS``; raises ``ServiceError`` on another exit code."""
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in expected:
        said = (done.stderr or done.stdout).strip()
        raise ServiceError(f"`{' '.join(words)}` ended with {done.returncode}: {said[-2000:]}")
    return done.stdout


@contextmanager
def _service(package: str, port: int, pair: Pair) -> Iterator[Service]:
    log = pair.folder / f"{package}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", package, "serve", "--bind", f"{HOST}:{port}"],
            cwd=ROOT,
            env=pair.environment,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield Service(process=process, url=f"http://{HOST}:{port}", log=log)
        finally:
            _stop(process)


def _wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if service.process.poll() is not None:
            last = service.log.read_text("utf-8", "replace").strip().rpartition("\n")[2]
            raise ServiceError(f"A service ended while starting: {last} (see {service.log})")
        if _answers(f"{service.url}/healthz"):
            return
        time.sleep(0.1)
    raise ServiceError(f"{service.url} did not answer in {START_SECONDS} s; see {service.log}.")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answer_json(response: httpx.Response, *, expected: tuple[int, ...]) -> JsonObject:
    """The JSON object of ``response``; raises ``ServiceError`` on another status."""
    if response.status_code not in expected:
        asked = f"{response.request.method} {response.request.url.path}"
        raise ServiceError(f"{asked} answered {response.status_code}: {response.text[:2000]}")
    return parse_json_object(response.content)
