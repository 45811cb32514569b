"""A real PostgreSQL server for the tests, started once and stopped at the end.

The server refuses to run as root, so there it runs as the user ``postgres`` that Debian's
package makes. It listens on a Unix socket in a folder of its own and on no port.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

_USER = "postgres"
_ROLE = "issuer"
"""Who the service is: an ordinary role that owns its databases. A superuser would see every row,
whatever the policies on the tables say."""


class PostgresServer:
    """A running server; ``new_database`` gives the URL of an empty database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_database(self) -> str:
        """The URL of a database that nobody used."""
        name = f"t{uuid4().hex}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER {_ROLE}")
        return self._url(name, _ROLE)

    def make_role(self) -> None:
        """The role that tests connect as."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {_ROLE} LOGIN")

    def superuser_url(self, url: str) -> str:
        """The same database for somebody whom no policy binds."""
        return url.replace(f"//{_ROLE}@", f"//{_USER}@")

    def _url(self, name: str, user: str = _USER) -> str:
        return f"postgresql://{user}@/{name}?host={self.folder}"


def _find_binaries() -> Path | None:
    on_path = shutil.which("pg_ctl")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found[-1].parent if found else None


def _run(folder: Path, *words: str) -> None:
    command = ["runuser", "-u", _USER, "--", *words] if os.geteuid() == 0 else list(words)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} failed: {done.stderr or done.stdout}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server, for as long as the tests run."""
    binaries = _find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server here: install the package postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(_USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data, log = str(folder / "data"), str(folder / "log")
        _run(folder, str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", _USER, "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
        start = ["-D", data, "-l", log, "-w", "-o", options, "start"]
        _run(folder, str(binaries / "pg_ctl"), *start)
        try:
            server = PostgresServer(folder)
            server.make_role()
            yield server
        finally:
            _run(folder, str(binaries / "pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
