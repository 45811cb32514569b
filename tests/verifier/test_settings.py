"""The settings, read from the environment once."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.settings import Settings, SettingsError


def test_nothing_set_is_a_verifier_on_loopback() -> None:
    """With no way to any loopback service, and no register."""
    assert Settings() == Settings.from_env({"PATH": "/bin", "ISSUER_BASE_URL": "x"})
    assert not Settings().is_production


def test_every_setting_is_read(tmp_path: Path) -> None:
    """Lists are comma-separated, as the design writes them."""
    register = tmp_path / "register.json"
    register.write_text("{}")
    settings = Settings.from_env(
        {
            "VERIFIER_BASE_URL": "http://127.0.0.1:8200/",
            "VERIFIER_ORIGIN_MAP": "https://issuer.example=http://127.0.0.1:8100",
            "VERIFIER_LOOPBACK_ORIGINS": "127.0.0.1:8100, 127.0.0.1:8901",
            "VERIFIER_REGISTRIES": str(register),
            "VERIFIER_SCHEMAS": str(tmp_path),
        }
    )

    assert (
        Settings(
            base_url="http://127.0.0.1:8200",
            origin_map={"https://issuer.example": "http://127.0.0.1:8100"},
            loopback_origins=frozenset({"127.0.0.1:8100", "127.0.0.1:8901"}),
            registries=(register,),
            schemas=tmp_path,
        )
        == settings
    )


def test_all_faults_are_reported_together() -> None:
    """One start, one list of what to put right."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(
            {
                "VERIFIER_BASE_URL": "ftp://x",
                "VERIFIER_ORIGIN_MAP": "https://issuer.example",
                "VERIFIER_LOOPBACK_ORIGINS": "example.org:80",
                "VERIFIER_REGISTRIES": "no-such-file.json",
                "VERIFIER_SCHEMAS": "no-such-folder",
                "VERIFIER_BASEURL": "x",
            }
        )

    assert 6 == len(caught.value.faults)


@pytest.mark.parametrize(
    "environ",
    [
        {"VERIFIER_BASE_URL": "https://v.example", "VERIFIER_LOOPBACK_ORIGINS": "127.0.0.1:1"},
        {"VERIFIER_BASE_URL": "http://v.example"},
        {"VERIFIER_BASE_URL": "https://v.example/path"},
        {"VERIFIER_BASE_URL": "https://user@v.example"},
        {"VERIFIER_BASE_URL": "https://v.example:99999"},
        {"VERIFIER_BASE_URL": "https://["},
        {"VERIFIER_ORIGIN_MAP": "http://a.example=http://127.0.0.1:1"},
        {"VERIFIER_ORIGIN_MAP": "https://a.example=http://x.example/path"},
        {"VERIFIER_ORIGIN_MAP": "https://a.example=http://b,https://a.example=http://c"},
        {"VERIFIER_LOOPBACK_ORIGINS": "10.0.0.1:80"},
        {"VERIFIER_LOOPBACK_ORIGINS": "127.0.0.1"},
    ],
)
def test_unsafe_and_mistyped_settings_are_refused(environ: dict[str, str]) -> None:
    """A public verifier has no way into its own machine."""
    with pytest.raises(SettingsError):
        Settings.from_env(environ)


def test_a_public_verifier_may_map_origins() -> None:
    """That is how it reaches an issuer beside it."""
    settings = Settings.from_env(
        {
            "VERIFIER_BASE_URL": "https://v.example",
            "VERIFIER_ORIGIN_MAP": "https://issuer.example=http://127.0.0.1:8100",
        }
    )

    assert settings.is_production
