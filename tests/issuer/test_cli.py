"""The issuer's command line: what it prints, how it ends, what it says when it refuses."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from issuer.__main__ import REFUSED, main
from tests.example_records import example_record
from tests.issuer.offices import START, later
from verifier.command_line import MISUSE, OUR_FAULT
from verifier.strict_json import JsonValue, parse_json

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., tuple[int, str, str]]
NORTHWIND = ("--tenant", "Northwind")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run one command on a deployment of its own."""

    def command(*words: str, now: datetime = START, **environ: str) -> tuple[int, str, str]:
        stdout, stderr = io.StringIO(), io.StringIO()
        settings = {
            "ISSUER_DATABASE_URL": f"sqlite:///{tmp_path / 'issuer.db'}",
            "ISSUER_KEYS": f"file:{tmp_path / 'keys'}",
        }
        code = main(
            words, environ=settings | environ, stdout=stdout, stderr=stderr, clock=lambda: now
        )
        return code, stdout.getvalue(), stderr.getvalue()

    return command


def ok(answer: tuple[int, str, str]) -> JsonValue:
    """What a command that was carried out printed."""
    assert answer[0] == 0, answer[2]
    assert answer[2] == ""
    return parse_json(answer[1].encode())


@pytest.fixture
def tenant(run: Run) -> Run:
    ok(run("tenant", "add", "Northwind"))
    ok(run("issuer", "add", "nw", "--tenant", "Northwind", "--profile-name", "Northwind"))
    return run


def completion_file(folder: Path, **members: JsonValue) -> str:
    record = example_record("01")
    for name in ("recordId", "quality", "disclosure", "lifecycle"):
        record.pop(name)
    record["source"].pop("receivedAt")
    body = {"record": record, "learnerConsent": {"given": True, "at": "2026-12-01T10:00:00Z"}}
    body |= members
    path = folder / "completion.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("day", ["2027-06-30", "2027-06-30T00:00:00Z"])
def test_a_key_can_be_made_for_a_term(tenant: Run, day: str) -> None:
    """It ends on the day that is named; one that is past, too far or none is refused."""
    words = ("apikey", "create", *NORTHWIND, "--label", "x", "--scope", "issue", "--expires")

    made = ok(tenant(*words, day))
    refused = [
        tenant(*words, other)[0] for other in ("2026-01-01", "2029-01-01", "soon", "2027-02-30")
    ]
    listed = ok(tenant("apikey", "list", *NORTHWIND))

    assert "2027-06-30T00:00:00Z" == made["ends"]
    assert [REFUSED] * 4 == refused
    assert [None] == [one["lastUsed"] for one in listed]


def test_a_sandbox_is_told_from_other_issuers(tenant: Run) -> None:
    """When it is made and in the list; its name for people says so too."""
    made = ok(tenant("issuer", "add", "x", *NORTHWIND, "--profile-name", "Northwind", "--sandbox"))
    listed = ok(tenant("issuer", "list", *NORTHWIND))

    assert ("Northwind (test)", True) == (made["profileName"], made["sandbox"])
    assert [False, True] == [one["sandbox"] for one in listed]


def test_from_nothing_to_a_revoked_credential(tenant: Run, tmp_path: Path) -> None:
    """Tenant, issuer, API key, credential, revocation: each command prints JSON."""
    key = ok(
        tenant("apikey", "create", "--tenant", "Northwind", "--label", "x", "--scope", "issue")
    )
    issued = ok(tenant("issue", completion_file(tmp_path), "--tenant", "Northwind"))
    revoked = ok(
        tenant(
            "revoke", issued["verifiableCredential"]["id"], "--tenant", "Northwind",
            "--reason", "wrongPerson",
        )
    )  # fmt: skip

    assert key["apiKey"].startswith("mic_")
    assert issued["state"] == "issued"
    assert revoked == {"revoked": [issued["issuanceId"]]}


def test_a_file_names_the_learners_own_identifier(tenant: Run, tmp_path: Path) -> None:
    """The same body as over HTTP; a malformed one is refused."""
    learner = "did:web:learner.example"

    issued = ok(tenant("issue", completion_file(tmp_path, holder={"id": learner}), *NORTHWIND))
    refused = tenant("issue", completion_file(tmp_path, holder={"id": "x"}), *NORTHWIND)

    assert learner == issued["verifiableCredential"]["credentialSubject"]["id"]
    assert REFUSED == refused[0]


def test_lists_show_no_secret(tenant: Run) -> None:
    """Prefixes and public halves are enough to tell keys apart."""
    words = ["apikey", "create", "--tenant", "Northwind", "--label", "x", "--scope", "read"]
    secret = ok(tenant(*words))["apiKey"]

    shown = [
        tenant("tenant", "list")[1],
        tenant("issuer", "list", "--tenant", "Northwind")[1],
        tenant("apikey", "list", "--tenant", "Northwind")[1],
        tenant("key", "list", "--tenant", "Northwind")[1],
    ]

    assert secret.rpartition("_")[2] not in "".join(shown)
    assert secret[4:16] in shown[2]


def test_keys_are_rotated_and_api_keys_revoked(tenant: Run) -> None:
    """The old key stays listed; a revoked API key says so."""
    before = ok(tenant("key", "list", "--tenant", "Northwind"))
    rotated = ok(tenant("key", "rotate", "--tenant", "Northwind", now=later(5)))
    words = ["apikey", "create", "--tenant", "Northwind", "--label", "x", "--scope", "read"]
    prefix = ok(tenant(*words))["apiKey"][4:16]
    ok(tenant("apikey", "revoke", prefix, "--tenant", "Northwind"))

    after = ok(tenant("key", "list", "--tenant", "Northwind"))
    (listed,) = ok(tenant("apikey", "list", "--tenant", "Northwind"))

    assert [key["state"] for key in after] == ["retired", "active"]
    assert [key["verificationMethod"] for key in after] == [
        before[0]["verificationMethod"],
        rotated["verificationMethod"],
    ]
    assert listed["revoked"] is True


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], MISUSE),
        (["nonsense"], MISUSE),
        (["tenant"], MISUSE),
        (["issuer", "add", "x"], MISUSE),
        (["serve", "--bind", "nowhere"], MISUSE),
        (["serve", "--workers", "0"], MISUSE),
        (["tenant", "add", " "], REFUSED),
        (["tenant", "add", "Northwind"], REFUSED),
        (["issuer", "list", "--tenant", "Nobody"], REFUSED),
        (["revoke", "urn:uuid:none", "--tenant", "Northwind"], REFUSED),
        (["issue", "/nonexistent", "--tenant", "Northwind"], REFUSED),
    ],
)
def test_what_is_not_carried_out_says_why(tenant: Run, words: list[str], code: int) -> None:
    """The exit code tells misuse from refusal, and standard error has a sentence."""
    answer = tenant(*words)

    assert answer[:2] == (code, "")
    assert answer[2].strip()


def test_a_record_that_is_refused_shows_its_findings(tenant: Run, tmp_path: Path) -> None:
    """The codes and the places, as over HTTP."""
    path = tmp_path / "bad.json"
    path.write_text('{"record": {}}', encoding="utf-8")

    code, _, stderr = tenant("issue", str(path), "--tenant", "Northwind")

    assert code == REFUSED
    assert "E101" in stderr


def test_settings_that_cannot_be_used_are_misuse(run: Run) -> None:
    """All faults at once, one a line."""
    code, _, stderr = run("tenant", "list", ISSUER_BASE_URL="x", ISSUER_OTHER="y")

    assert code == MISUSE
    assert len(stderr.splitlines()) == 2


def test_keys_that_cannot_be_read_are_our_own_fault(run: Run, tmp_path: Path) -> None:
    """A passphrase file that others can read stops everything."""
    phrase = tmp_path / "phrase"
    phrase.write_text("x" * 40)
    phrase.chmod(0o644)

    code, _, stderr = run("demo-seed", ISSUER_KEYS_PASSPHRASE_FILE=str(phrase))

    assert code == OUR_FAULT
    assert "0600" in stderr


def test_the_demo_tenant_can_be_made_again_but_not_in_public(run: Run) -> None:
    """The same issuer, a new key each time; refused where the address is public."""
    first, second = (ok(run("demo-seed")) for _ in range(2))

    assert first["issuer"] == second["issuer"]
    assert first["apiKey"] != second["apiKey"]
    public = {
        "ISSUER_BASE_URL": "https://issuer.example",
        "ISSUER_VERIFIER_URL": "https://verify.example",
    }
    assert run("demo-seed", **public)[0] == REFUSED


ADD = ("issuer", "add", "x", "--tenant", "Northwind", "--profile-name", "X")


def test_an_issuer_of_another_kind(tenant: Run, tmp_path: Path) -> None:
    """Format, kind of key and DID method are chosen once; what it signs is of that kind."""
    words = ("--format", "vc+jwt", "--key-type", "P-384", "--did-method", "key")
    added = ok(tenant(*ADD, *words))

    issued = ok(
        tenant("issue", completion_file(tmp_path), "--tenant", "Northwind", "--issuer", "x")
    )
    rotated = tenant("key", "rotate", "--tenant", "Northwind", "--issuer", "x")

    assert added["id"].startswith("did:key:z82L")
    assert ("vc+jwt", "revocation") == (added["format"], added["status"])
    assert issued["verifiableCredential"]["id"].startswith("data:application/vc+jwt,")
    assert REFUSED == rotated[0]
    assert "did:key" in rotated[2]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--format", "rot13"), MISUSE),
        (("--key-type", "P-521"), MISUSE),
        (("--did-method", "ion"), MISUSE),
        (("--key-type", "P-256"), REFUSED),
        (("--format", "ecdsa-sd-2023", "--key-type", "P-384"), REFUSED),
        (("--format", "dc+sd-jwt", "--status", "revocation+suspension"), REFUSED),
    ],
)
def test_kinds_that_do_not_fit_say_so(tenant: Run, words: tuple[str, ...], code: int) -> None:
    """In one sentence that names what would fit, and no issuer is made."""
    answer = tenant(*ADD, *words)

    assert answer[:2] == (code, "")
    assert 1 <= len(answer[2].strip().splitlines()) <= 12
    assert ["nw"] == [it["name"] for it in ok(tenant("issuer", "list", "--tenant", "Northwind"))]


def test_the_tenant_for_conformance_suites(run: Run) -> None:
    """On an empty deployment, in public too; the printed shape is a promise to other programs."""
    public = {
        "ISSUER_BASE_URL": "https://issuer.example",
        "ISSUER_VERIFIER_URL": "https://verify.example",
    }
    first = ok(run("conformance-seed", **public))
    second = ok(run("conformance-seed", **public))

    assert {"apiKey", "issuers"} == set(first)
    assert first["issuers"] == second["issuers"]
    assert (
        "/issuers/conformance-ecdsa-jcs-2019-p-384"
        == (first["issuers"]["ecdsa-jcs-2019:P-384"]["path"])
    )
    assert first["apiKey"].startswith("mic_")


def test_self_check_on_a_quiet_deployment_finds_nothing(tenant: Run) -> None:
    """No crash, no intent."""
    assert ok(tenant("self-check")) == {"intents": []}
    assert ok(tenant("self-check", "--settle")) == {"intents": []}


@pytest.mark.parametrize("words", [["--help"], ["issuer", "add", "--help"], ["serve", "--help"]])
def test_help_is_there(words: list[str]) -> None:
    """As a real process: exit code 0 and a description."""
    environ = {k: v for k, v in os.environ.items() if not k.startswith("ISSUER_")}
    done = subprocess.run(
        [sys.executable, "-m", "issuer", *words],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: python -m issuer" in done.stdout


def test_mails_are_counted_and_wait_without_a_server(tenant: Run) -> None:
    """The operator sees that nothing leaves, and why."""
    listed = ok(tenant("mail", "list"))
    sent = ok(tenant("mail", "send"))
    revived = ok(tenant("mail", "retry"))

    assert [] == listed["mails"]
    assert "ISSUER_SMTP_URL" in listed["server"]
    assert {"sent": 0} == sent
    assert {"waiting": 0} == revived
