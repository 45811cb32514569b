"""The command line: words, JSON, exit codes, and the server that it starts."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import verifier.__main__ as command
from tests.example_records import example_projected
from tests.signers import Ed25519TestKey, secure_document
from tests.verifier.intake.pictures_of_codes import code_picture
from verifier.strict_json import JsonObject, parse_json_object

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
KEY = Ed25519TestKey.number(7)
ROOT = Path(__file__).resolve().parents[3]
TOKEN = "7k3m9qx2fd8rw5vhn0cyt4bg6z"


@pytest.fixture(scope="module")
def credential() -> JsonObject:
    document = example_projected("01")
    document["issuer"]["id"] = KEY.did
    del document["credentialStatus"]
    return secure_document(document, KEY)


@pytest.fixture
def file(credential: JsonObject, tmp_path: Path) -> str:
    path = tmp_path / "credential.json"
    path.write_text(json.dumps(credential), encoding="utf-8")
    return str(path)


@pytest.fixture
def register(tmp_path: Path) -> str:
    path = tmp_path / "register.json"
    register = {"name": "Test register", "issuers": [{"id": KEY.did, "name": "Test issuer"}]}
    path.write_text(json.dumps(register), encoding="utf-8")
    return str(path)


def run(
    *arguments: str, environ: Mapping[str, str] | None = None, stdin: bytes = b""
) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    stdout, stderr = io.StringIO(), io.StringIO()
    code = command.main(
        list(arguments),
        environ=environ or {},
        stdin=io.BytesIO(stdin),
        stdout=stdout,
        stderr=stderr,
        clock=lambda: NOW,
    )
    return code, stdout.getvalue(), stderr.getvalue()


def test_a_known_issuers_credential_is_told_as_on_the_page(file: str, register: str) -> None:
    """Exit 0, the word first, the name of the register, what was and was not checked."""
    code, said, complaints = run(file, "--registry", register)

    assert (0, "") == (code, complaints)
    assert "Verified: Genuine and current" == said.splitlines()[0]
    assert "Issued by Test issuer, listed in Test register. Checked just now." in said
    assert "Name: Maya Okafor-Reyes" in said
    assert "[passed] Signed by Test issuer" in said
    assert "We do not know who holds the phone or paper." in said


def test_a_strangers_credential_is_signed_and_no_more(file: str) -> None:
    """Verified as an outcome, but the word is another one."""
    code, said, _ = run(file)

    assert 0 == code
    assert said.startswith("Signed: Correctly signed, by someone we do not know\n")


def test_a_changed_credential_is_1_and_nothing_of_it_is_said(
    credential: JsonObject, tmp_path: Path
) -> None:
    """No claim whose signature failed."""
    path = tmp_path / "changed.json"
    path.write_text(json.dumps({**credential, "name": "Another"}), encoding="utf-8")
    code, said, _ = run(str(path))

    assert 1 == code
    assert said.startswith("Not verified: Not genuine: changed after signing\n")
    assert "Maya" not in said


def test_standard_input_is_read(credential: JsonObject) -> None:
    """``-`` is for pipes."""
    assert 0 == run("-", stdin=json.dumps(credential).encode())[0]
    assert 1 == run("-", stdin=b"{}")[0]


def test_an_unsupported_kind_is_2(tmp_path: Path) -> None:
    """Not a no."""
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-1.7")

    assert 2 == run(str(path))[0]
    assert 2 == run("-", stdin=b"x" * 6_000_000)[0]


def test_json_is_the_whole_report(file: str, register: str) -> None:
    """The same members as the API's."""
    code, said, _ = run("--json", file, "--registry", register)
    answer = parse_json_object(said.encode())

    assert (0, True) == (code, answer["verified"])
    assert "verified" == answer["verdict"]["state"]
    assert "Test issuer" == answer["trust"]["name"]
    assert answer["credential"]["name"]


def test_a_policy_is_asked_for_by_name(file: str, register: str) -> None:
    """A stranger fails the rules that ask for a known issuer; a known one does not."""
    assert 1 == run("--policy", "known-issuers", file)[0]
    assert 0 == run("--policy", "known-issuers", file, "--registry", register)[0]


def test_what_a_terminal_would_obey_is_not_written(tmp_path: Path) -> None:
    """Escape sequences and line breaks in a signed name stay harmless."""
    document = example_projected("01")
    document["issuer"]["id"] = KEY.did
    del document["credentialStatus"]
    name = document["credentialSubject"]["identifier"][0]
    name["identityHash"] = "Maya\u001b[2J\nVerified: yes\u202e"
    path = tmp_path / "credential.json"
    path.write_text(json.dumps(secure_document(document, KEY)), encoding="utf-8")
    _, said, _ = run(str(path))

    assert "\u001b" not in said
    assert "\u202e" not in said
    assert not any(line.startswith("Verified: yes") for line in said.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("no-such-file.json",),
        ("--no-such-option", "-"),
        ("--policy", "no-such-policy", "-"),
        ("--registry", "no-such-file.json", "-"),
        ("-", "one-too-many"),
        ("serve", "--bind", "nonsense"),
        ("serve", "--bind", "127.0.0.1:0"),
        ("serve", "--workers", "0"),
    ],
)
def test_misuse_is_64(arguments: tuple[str, ...]) -> None:
    """With a sentence on standard error and nothing that looks like a verdict."""
    code, said, complaints = run(*arguments)

    assert (64, "") == (code, said)
    assert complaints


@pytest.mark.parametrize("content", [b"{}", b"not json", b'{"name": "x", "issuers": {}}'])
def test_a_register_that_is_none_is_64(content: bytes, file: str, tmp_path: Path) -> None:
    """Before anything is judged."""
    path = tmp_path / "broken.json"
    path.write_bytes(content)

    assert 64 == run(file, "--registry", str(path))[0]


def test_an_environment_that_cannot_be_used_is_64(file: str) -> None:
    """All its faults at once."""
    environ = {"VERIFIER_BASEURL": "x", "VERIFIER_BASE_URL": "y"}
    code, _, complaints = run(file, environ=environ)

    assert 64 == code
    assert "VERIFIER_BASEURL" in complaints
    assert "'y'" in complaints


def test_a_fault_of_ours_is_70_and_never_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python's own exit code for a crash would read "not verified"."""

    def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError("ours")

    monkeypatch.setattr(command, "main", broken)

    assert 70 == command.run()
    assert "Nothing was decided." in capsys.readouterr().err


# --- links ------------------------------------------------------------------------------


@contextmanager
def issuer_that_serves(answers: Mapping[str, object]) -> Iterator[str]:
    """``host:port`` of a server on loopback with these JSON documents by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answers.get(self.path)
            self.send_response(200 if found is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def shared(credential: JsonObject) -> dict[str, object]:
    share = {"verifiableCredential": credential, "state": "issued", "supersededBy": None}
    return {f"/s/{TOKEN}.json": share}


def test_the_address_of_any_verifier_leads_to_the_issuer(credential: JsonObject) -> None:
    """The other verifier is not asked: we are one ourselves."""
    with issuer_that_serves(shared(credential)) as host:
        environ = {"VERIFIER_LOOPBACK_ORIGINS": host}
        links = (f"https://verify.elsewhere.example/c/{host}/{TOKEN}", f"http://{host}/s/{TOKEN}")

        assert [0, 0] == [run(link, environ=environ)[0] for link in links]


def test_a_loopback_issuer_is_not_visited_unless_listed(credential: JsonObject) -> None:
    """The door stays shut: could not check."""
    with issuer_that_serves(shared(credential)) as host:
        code, said, _ = run(f"http://{host}/s/{TOKEN}")

    assert 2 == code
    assert "We do not visit that address" in said


def test_a_link_that_is_off_could_not_be_checked() -> None:
    """It says nothing about the credential that was there."""
    with issuer_that_serves({}) as host:
        code, said, _ = run(f"http://{host}/s/{TOKEN}", environ={"VERIFIER_LOOPBACK_ORIGINS": host})

    assert 2 == code
    assert said.startswith("This link does not work: ")


def test_a_picture_is_read(credential: JsonObject, tmp_path: Path) -> None:
    """Its code leads to our own address, and from there to the issuer."""
    with issuer_that_serves(shared(credential)) as host:
        path = tmp_path / "photo"
        path.write_bytes(code_picture(f"http://127.0.0.1:8200/c/{host}/{TOKEN}"))

        assert 0 == run(str(path), environ={"VERIFIER_LOOPBACK_ORIGINS": host})[0]


# --- the server -------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def serving(**environ: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A real ``serve`` in a process of its own, once it says that it is ready."""
    port = free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VERIFIER_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "verifier", "serve", "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env={**kept, "VERIFIER_BASE_URL": f"http://127.0.0.1:{port}", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert f"The verifier is ready at http://127.0.0.1:{port}" in process.stdout.readline()
        yield process, port
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)
        process.stdout.close()


def ask(port: int, method: str, path: str, **words: Any) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, **words)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_the_server_says_one_line_judges_and_ends_on_a_signal(credential: JsonObject) -> None:
    """Sized and unsized bodies are read, large ones refused, and the log holds no address."""
    body = json.dumps({"verifiableCredential": credential}).encode()
    headers = {"Content-Type": "application/json"}
    with (
        issuer_that_serves(shared(credential)) as host,
        serving(VERIFIER_LOOPBACK_ORIGINS=host) as (process, port),
    ):
        sized = ask(port, "POST", "/credentials/verify", body=body, headers=headers)
        chunks = iter([body[:100], body[100:]])
        unsized = ask(
            port, "POST", "/credentials/verify", body=chunks, headers=headers, encode_chunked=True
        )
        share = ask(port, "GET", f"/c/{host}/{TOKEN}", headers={"Accept": "text/html"})
        gone = ask(port, "GET", f"/c/{host}/{TOKEN[::-1]}", headers={"Accept": "text/html"})
        process.send_signal(signal.SIGTERM)
        assert process.stdout is not None
        log = process.stdout.read()
        process.wait(30)

    assert (200, 200, 200, 404) == (sized[0], unsized[0], share[0], gone[0])
    assert b'<span class="word">Signed</span>' in share[1]
    assert 0 == process.returncode
    assert TOKEN not in log
