"""A large import through the real services: memory, rate, and that nothing is doubled.

Makes a table of ROWS distinct people, sends it to a service of its own, lets WORKERS workers do
the job, and then asks the database: as many credentials as rows, as many places in the status
list, as many rows that name a credential of their own. Prints the rate and the most memory that
each process ever held (VmHWM).

    python -m benchmarks.import_size --rows 5000 --workers 2 [--database postgresql://…]

Everything it makes is in var/import_size, which is emptied first. Exits with 1 when a number is
wrong or a process held 300 MiB or more.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import text

import schemas
from deploy.services import ROOT, free_port
from issuer.store.engine import open_engine
from issuer.store.row_security import show_deployment
from verifier.date_time_stamp import format_instant
from verifier.strict_json import parse_json_object

FOLDER = ROOT / "var" / "import_size"
PROFILE = "import-size-1"
MOST_BYTES = 300 * 2**20
TEMPLATE = {
    "over_18": "Y",
    "program": "Business",
    "term": "Spring 2026",
    "employer": "Bluestem Dental",
    "employer_url": "https://bluestem-dental.example/",
    "supervisor_title": "Manager",
    "objectives": "Translate the form; Test with five patients",
    "deliverables": "Bilingual form",
    "deliverable_status": "Accepted",
    "start": "03/02/2026",
    "end": "03/20/2026",
    "hours": "20.5",
    "paid": "Y",
    "pay_type": "hourly",
    "modality": "remote",
    "city": "El Prado",
    "country": "US",
    "skills": "translation; plain language",
    "checkins": "2",
    "feedback_given": "Y",
    "status": "Completed",
    "confirmed_at": "2026-03-21T10:00:00Z",
}
GIVEN = ("Linh", "Jamal", "Maya", "Aino", "Tariq", "Rosa", "Kofi", "Sanna", "Diego", "Mei")
FAMILY = ("Nguyen", "Prescott", "Okafor", "Virtanen", "Haddad", "Silva", "Mensah", "Berg")


def write_profile(folder: Path) -> None:
    """The profile of the career centre, with the word of the host that the table has here."""
    own = dict(schemas.load_profile("career-centre-csv-1"))
    own["profile"] = PROFILE.replace("-1", "/1")
    own["attestation"] = {
        "by": "host",
        "method": "platformAction",
        "role": "supervisor_title",
        "at": ["confirmed_at"],
        "statement": "The host confirmed the work in the portal of the career centre.",
    }
    folder.mkdir(parents=True)
    (folder / f"{PROFILE}.json").write_text(json.dumps(own), encoding="utf-8")


def write_table(path: Path, rows: int) -> None:
    """A table with as many people as rows."""
    columns = ["record_no", "student_name", "email", "project_title", *TEMPLATE]
    columns += ["credit_hours", "credit_posted", "course"]
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns, restval="")
        table.writeheader()
        for number in range(rows):
            name = f"{FAMILY[number % len(FAMILY)]}-{number:06}, {GIVEN[number % len(GIVEN)]}"
            person = {
                "record_no": f"IS-{number:06}",
                "student_name": name,
                "email": f"student{number:06}@prairie-river.example",
                "project_title": f"New patient form in two languages, part {number % 50}",
            }
            table.writerow(TEMPLATE | person)


def settings(database: str, port: int) -> dict[str, str]:
    """The environment of the deployment."""
    kept = {name: value for name, value in os.environ.items() if name[:7] != "ISSUER_"}
    return kept | {
        "ISSUER_BASE_URL": f"http://127.0.0.1:{port}",
        "ISSUER_DATABASE_URL": database,
        "ISSUER_KEYS": f"file:{FOLDER / 'keys'}",
        "ISSUER_PROFILES": str(FOLDER / "profiles"),
        "ISSUER_WORKER": "external",
    }


def command(environ: dict[str, str], *words: str) -> str:
    """What a command prints."""
    line = [sys.executable, "-m", "issuer", *words]
    done = subprocess.run(line, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    return done.stdout


@contextmanager
def process(environ: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """A process of the issuer that said that it is ready; ended with SIGTERM."""
    line = [sys.executable, "-m", "issuer", *words]
    with subprocess.Popen(line, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as one:
        try:
            assert one.stdout is not None
            assert "ready" in one.stdout.readline()
            yield one
        finally:
            one.send_signal(signal.SIGTERM)
            one.wait(60)


def family(pid: int) -> list[int]:
    """The process and its children."""
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text("utf-8").rpartition(") ")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += family(int(path.parent.name))
    return found


def peak_bytes(pid: int) -> int:
    """The most resident memory that a process ever held."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def send(client: httpx.Client, key: str, table: Path) -> str:
    """Send the table: the id of its job."""
    consent = {"given": True, "at": format_instant(datetime.now(UTC)), "facets": {}}
    order = {"profile": PROFILE, "learnerConsent": consent}
    with table.open("rb") as stream:
        answer = client.post(
            "/jobs",
            headers={"Authorization": f"Bearer {key}"},
            data={"order": json.dumps(order)},
            files={"file": ("rows.csv", stream, "text/csv")},
        )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def follow(client: httpx.Client, key: str, job: str) -> dict[str, object]:
    """Wait for the end of the job, telling now and then how far it is: what it answers then."""
    shown = 0.0
    while True:
        answer = client.get(f"/jobs/{job}", headers={"Authorization": f"Bearer {key}"})
        found: dict[str, object] = answer.json()
        if found.get("state") == "finished":
            return found
        if time.monotonic() - shown > 30:
            shown = time.monotonic()
            print(f"  {found.get('done')} of {found.get('rows')}, {found.get('rowsPerSecond')}/s")
            sys.stdout.flush()
        time.sleep(1)


QUESTIONS = {
    "credentials": "SELECT count(*) FROM issuances WHERE state = 'issued'",
    "records with a credential": "SELECT count(DISTINCT record_key) FROM issuances"
    " WHERE state = 'issued'",
    "places in status lists": 'SELECT count(*) FROM (SELECT DISTINCT e.list_id, e."index"'
    " FROM status_entries AS e JOIN issuances AS i ON i.id = e.issuance_id"
    " WHERE i.state = 'issued') AS places",
    "rows with a credential of their own": "SELECT count(DISTINCT outcome) FROM job_rows"
    " WHERE state = 'issued'",
}


def ask(database: str) -> dict[str, int]:
    """The numbers that must be that of the rows."""
    engine = open_engine(database)
    with engine.connect() as connection:
        show_deployment(connection)
        found = {
            name: int(connection.execute(text(query)).scalar_one())
            for name, query in QUESTIONS.items()
        }
    engine.dispose()
    return found


def main() -> int:
    """Run it, print what was seen, and say whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", default=f"sqlite:///{FOLDER / 'issuer.db'}")
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    write_profile(FOLDER / "profiles")
    write_table(FOLDER / "rows.csv", options.rows)
    port = free_port()
    environ = settings(options.database, port)
    command(environ, "tenant", "add", "Bench")
    command(environ, "issuer", "add", "bench", "--tenant", "Bench", "--profile-name", "Bench")
    words = ["apikey", "create", "--tenant", "Bench", "--label", "bench", "--scope", "issue"]
    key = str(parse_json_object(command(environ, *words).encode())["apiKey"])
    with ExitStack() as stack:
        serving = stack.enter_context(process(environ, "serve", "--bind", f"127.0.0.1:{port}"))
        workers = [
            stack.enter_context(process(environ, "worker", "--threads", "1"))
            for _ in range(options.workers)
        ]
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600))
        begun = time.monotonic()
        job = send(client, key, FOLDER / "rows.csv")
        size = (FOLDER / "rows.csv").stat().st_size / 2**20
        print(f"{options.rows} rows ({size:.1f} MiB) taken in {time.monotonic() - begun:.1f} s")
        sys.stdout.flush()
        begun = time.monotonic()
        found = follow(client, key, job)
        seconds = time.monotonic() - begun
        peaks = {
            f"{name} {pid}": peak_bytes(pid)
            for name, one in [("web", serving), *[("worker", it) for it in workers]]
            for pid in family(one.pid)
        }
    counted = ask(options.database)
    print(f"{seconds:.1f} s, {options.rows / seconds:.1f} rows a second; {found['counts']}")
    for name, count in counted.items():
        print(f"  {name}: {count}")
    for name, peak in peaks.items():
        print(f"  most memory of {name}: {peak / 2**20:.0f} MiB")
    is_right = set(counted.values()) == {options.rows} and max(peaks.values()) < MOST_BYTES
    print("as it should be" if is_right else "NOT as it should be")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
