"""``serve`` alone is a whole deployment, and a worker ends when and as it should."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.services import free_port
from issuer.store import Store, open_store
from tests.issuer.offices import open_desk
from tests.issuer.store.rows_of import idempotency
from tests.issuer.worker.processes import (
    ROOT,
    children_of,
    is_running,
    settings_of,
    started,
    wait_until,
)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A SQLite deployment with one tenant, and a key from long ago to be forgotten."""
    url = f"sqlite:///{tmp_path / 'issuer.db'}"
    store = open_store(url)
    leave_old_key(store, tmp_path)
    store.close()
    return url


def leave_old_key(store: Store, folder: Path) -> str:
    desk = open_desk(store, folder / "keys")
    long_ago = datetime.now(UTC) - timedelta(days=30)
    with store.begin(desk.caller.tenant_id) as unit:
        unit.idempotency.add(replace(idempotency(desk.caller.tenant_id), created=long_ago))
    return desk.caller.tenant_id


def has_old_key(url: str, folder: Path) -> bool:
    store = open_store(url)
    try:
        desk = open_desk(store, folder / "keys")
        with store.read(desk.caller.tenant_id) as unit:
            return unit.idempotency.get("k") is not None
    finally:
        store.close()


def serve_on(folder: Path, url: str, **more: str) -> tuple[dict[str, str], tuple[str, ...]]:
    port = free_port()
    environ = settings_of(folder, url, ISSUER_BASE_URL=f"http://127.0.0.1:{port}", **more)
    return environ, ("serve", "--bind", f"127.0.0.1:{port}")


def test_serve_alone_does_the_background_work(tmp_path: Path, database: str) -> None:
    """Nothing else is started; when the service ends in peace, its worker has ended before."""
    environ, words = serve_on(tmp_path, database)

    with started(environ, *words) as service:
        wait_until(lambda: not has_old_key(database, tmp_path))
        (worker,) = children_of(service.pid, "worker")
        service.send_signal(signal.SIGTERM)
        code = service.wait(60)

    assert code == 0
    assert not is_running(worker)


def test_a_kept_worker_is_there_as_long_as_its_service(tmp_path: Path, database: str) -> None:
    """A worker that was killed is started again. When the service is killed, which leaves no time
    to say goodbye, its worker ends too: the pipe between them closes all the same."""
    environ, words = serve_on(tmp_path, database)

    with started(environ, *words) as service:
        wait_until(lambda: bool(children_of(service.pid, "worker")))
        (first,) = children_of(service.pid, "worker")
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: children_of(service.pid, "worker") not in ([], [first]))
        (second,) = children_of(service.pid, "worker")
        service.kill()
        wait_until(lambda: not is_running(second))

        assert service.wait(60) == -signal.SIGKILL


def test_an_external_worker_is_nobodys_child(tmp_path: Path, database: str) -> None:
    """With ``ISSUER_WORKER=external`` the service starts none, and one of its own does the work
    and ends with 0 on SIGTERM."""
    environ, words = serve_on(tmp_path, database, ISSUER_WORKER="external")

    with started(environ, *words) as service, started(environ, "worker") as worker:
        wait_until(lambda: not has_old_key(database, tmp_path))
        kept = children_of(service.pid, "worker")
        worker.send_signal(signal.SIGTERM)

        assert kept == []
        assert worker.wait(60) == 0


def test_once_does_what_there_is_and_ends(tmp_path: Path, database: str) -> None:
    """For a timer of the operating system: every task once, told as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", "issuer", "worker", "--once"],
        cwd=ROOT,
        env=settings_of(tmp_path, database),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert '"forget idempotency keys": 1' in done.stdout
    assert not has_old_key(database, tmp_path)
