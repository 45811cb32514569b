"""The real outside of a verification, put together: the door to the network and the registers.

One for a process. Leaves to others: the settings (``verifier.settings``), what is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from verifier.fetch import FetchSettings, GuardedFetch
from verifier.settings import Settings, SettingsError
from verifier.sources import Sources
from verifier.trust.registry import FileRegistry, RegistryError, parse_registry


class Outside:
    """Opens the registers once; raises ``SettingsError`` for those that cannot be read."""

    def __init__(self, settings: Settings) -> None:
        self._door = GuardedFetch(
            FetchSettings(
                origin_map=settings.origin_map, loopback_origins=settings.loopback_origins
            )
        )
        self._registries = tuple(_read_registry(path) for path in settings.registries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """The door keeps no connection between requests, so there is nothing to give back."""

    @contextmanager
    def open_sources(self) -> Iterator[Sources]:
        """The sources of one verification, with a network budget of its own."""
        yield Sources(fetch=self._door.budget(), registries=self._registries)


def _read_registry(path: Path) -> FileRegistry:
    try:
        return parse_registry(path.read_bytes())
    except OSError as error:
        raise SettingsError((f"The register {str(path)!r} cannot be read.",)) from error
    except RegistryError as error:
        raise SettingsError((f"The register {str(path)!r} is none: {error}",)) from error
