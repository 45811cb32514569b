"""The real outside of a verification, put together: the door to the network, the registers and
the schemas that the operator supplies.

One for a process. Leaves to others: the settings (``verifier.settings``), what is fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from verifier.fetch import FetchSettings, GuardedFetch
from verifier.schema_folder import SchemaFolderError, read_schema_folder
from verifier.settings import Settings, SettingsError
from verifier.sources import HeldSchemas, Sources
from verifier.trust.registry import FileRegistry, RegistryError, parse_registry


class Outside:
    """Opens registers and schemas once; raises ``SettingsError`` for those that cannot be
    read."""

    def __init__(self, settings: Settings) -> None:
        self._door = GuardedFetch(
            FetchSettings(
                origin_map=settings.origin_map, loopback_origins=settings.loopback_origins
            )
        )
        self._registries = tuple(_read_registry(path) for path in settings.registries)
        self._held_schemas = _read_schemas(settings.schemas)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """The door keeps no connection between requests, so there is nothing to give back."""

    @contextmanager
    def open_sources(self) -> Iterator[Sources]:
        """The sources of one verification, with a network budget of its own."""
        yield Sources(
            fetch=self._door.budget(),
            registries=self._registries,
            held_schemas=self._held_schemas,
        )


def _read_registry(path: Path) -> FileRegistry:
    try:
        return parse_registry(path.read_bytes())
    except OSError as error:
        raise SettingsError((f"The register {str(path)!r} cannot be read.",)) from error
    except RegistryError as error:
        raise SettingsError((f"The register {str(path)!r} is none: {error}",)) from error


def _read_schemas(folder: Path | None) -> HeldSchemas:
    if folder is None:
        return {}
    try:
        return read_schema_folder(folder)
    except SchemaFolderError as error:
        raise SettingsError(error.faults) from error
