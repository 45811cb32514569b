"""The issuer's settings."""

from __future__ import annotations

import pytest

from issuer.errors import RefusedStartError
from issuer.settings import Settings

PUBLIC = {
    "ISSUER_BASE_URL": "https://issuer.example",
    "ISSUER_VERIFIER_URL": "https://verify.example",
}


def faults(**environ: str) -> tuple[str, ...]:
    """The faults of an environment."""
    with pytest.raises(RefusedStartError) as caught:
        Settings.from_env(environ)
    return caught.value.faults


def test_an_empty_environment_serves_loopback() -> None:
    """Without any setting the issuer runs on this machine, from files below var/."""
    settings = Settings.from_env({"PATH": "/bin"})

    assert settings == Settings()
    assert not settings.is_production


def test_all_faults_are_told_together() -> None:
    """Nobody has to start five times to find five mistakes."""
    found = faults(
        ISSUER_BASE_URL="http://issuer.example",
        ISSUER_DATABASE_URL="mysql://user:secret@host/db",
        ISSUER_KEYS="pkcs11:token",
        ISSUER_VERIFIER_URL="https://verify.example/path",
        ISSUER_PORT="1",
    )

    assert len(found) == 5
    assert not any("secret" in fault for fault in found)


def test_a_public_issuer_needs_a_public_verifier() -> None:
    """QR codes that lead to the reader's own machine would be printed on paper."""
    assert Settings.from_env(PUBLIC).is_production
    assert len(faults(ISSUER_BASE_URL="https://issuer.example")) == 1


def test_a_failpoint_is_refused_off_loopback() -> None:
    """No public service can be told to end itself."""
    environ = {"ISSUER_UNSAFE_FAILPOINT": "after-sign"}

    assert Settings.from_env(environ).failpoint == "after-sign"
    assert len(faults(**PUBLIC, **environ)) == 1
    assert len(faults(ISSUER_UNSAFE_FAILPOINT="elsewhere")) == 1


@pytest.mark.parametrize(
    "value",
    ["issuer.example", "ftp://issuer.example", "https://", "https://a.example/x", "https://[", ""
     "https://u:p@a.example", "https://a.example:0", "https://a.example?x", "http://10.0.0.1"],
)  # fmt: skip
def test_an_address_that_is_no_site_is_refused(value: str) -> None:
    """The public address is an origin: links are made from it."""
    assert len(faults(ISSUER_BASE_URL=value)) >= 1


def test_the_queue_and_the_worker_are_named_by_words_that_are_known() -> None:
    """``serve`` keeps a worker unless told otherwise; other words and other queues are refused."""
    chosen = Settings.from_env({"ISSUER_WORKER": "external", "ISSUER_QUEUE_URL": "sqlite:///q.db"})

    assert (Settings().worker, Settings().queue_url) == ("embedded", None)
    assert (chosen.worker, chosen.queue_url) == ("external", "sqlite:///q.db")
    assert len(faults(ISSUER_WORKER="none", ISSUER_QUEUE_URL="redis://user:secret@host")) == 2
    assert "secret" not in str(faults(ISSUER_QUEUE_URL="redis://user:secret@host"))


def test_loopback_origins_are_for_one_machine() -> None:
    """Exactly host and port; and a public issuer is no way into the machine it runs on."""
    origins = {"ISSUER_LOOPBACK_ORIGINS": "127.0.0.1:8300, localhost:8301"}
    public = {
        "ISSUER_BASE_URL": "https://issuer.example",
        "ISSUER_VERIFIER_URL": "https://verify.example",
    }

    read = Settings.from_env(origins)

    assert frozenset({"127.0.0.1:8300", "localhost:8301"}) == read.loopback_origins
    for wrong in (origins | public, {"ISSUER_LOOPBACK_ORIGINS": "10.0.0.1:80"}):
        with pytest.raises(RefusedStartError, match="ISSUER_LOOPBACK_ORIGINS"):
            Settings.from_env(wrong)
