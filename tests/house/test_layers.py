"""Imports go one way: issuer → verifier → schemas, and each outside library has its place.

The table here is the table of the README. It is checked on the syntax tree, so that an import
inside a function counts too.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from tests.house.sources import PACKAGES, Module, imports, modules

CORE = {
    *(
        "base58",
        "cachetools",
        "cbor2",
        "certifi",
        "cryptography",
        "httpcore",
        "httpx",
        "jsonschema",
    ),
    *("jwcrypto", "pyld", "pyoxigraph", "re2", "referencing", "rfc8785", "ssrfguard"),
}
WEB = {"flask", "werkzeug", "jinja2", "markupsafe"}
ISSUER = {"cryptography", "jwcrypto", "rfc8785", "jsonschema", "referencing"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A part of the program and everything it may import beside the standard library."""

    name: str
    may_import: frozenset[str]


def _layer(name: str, *allowed: str) -> Layer:
    return Layer(name=name, may_import=frozenset({name, *allowed}))


LAYERS = (
    _layer("schemas"),
    _layer("verifier.serving", "granian"),
    _layer("verifier.web", "verifier", "schemas", *WEB),
    _layer("verifier.intake", "verifier", "schemas", "zxingcpp", "PIL"),
    _layer("verifier", "schemas", *CORE),
    _layer("issuer.client", "verifier", "schemas", "httpx"),
    _layer("issuer.web", "issuer", "verifier", "schemas", "pydantic", *ISSUER, *WEB),
    _layer(
        "issuer",
        *("verifier", "schemas", "qrcode", "png", "sqlalchemy", "alembic", "pydantic"),
        *("argon2", "authlib", "huey", "joserfc", "limits"),
        *ISSUER,
    ),
)
"""The first layer whose name fits a module is its layer."""

WEB_SIDES = {
    "verifier": ("verifier.web", "verifier.intake"),
    "issuer": ("issuer.web", "verifier.web", "verifier.intake"),
    "issuer.client": ("verifier.web", "verifier.intake"),
    "issuer.web": ("verifier.web", "verifier.intake"),
    "verifier.intake": ("verifier.web",),
}
"""What a layer may not reach although it lies in a package that it may import."""

VALUES = ("verifier.intake.received",)
"""Frozen values that stand behind the fence but do nothing and import nothing outside."""

ONLY_IMPORTERS = {
    "pyld": "verifier.jsonld.oracle",
    "pyoxigraph": "verifier.jsonld.oracle",
    "httpx": "verifier.fetch issuer.client.transport",
    "httpcore": "verifier.fetch",
    "ssrfguard": "verifier.fetch",
    "zxingcpp": "verifier.intake.picture_child",
    "PIL": "verifier.intake.picture_child",
    "qrcode": "issuer.documents.qr",
    "png": "issuer.documents.qr",
    "base58": "verifier.proofs.multikey",
    "jwcrypto": "verifier.proofs.jws",
    "re2": "verifier.pattern",
    "cbor2": "verifier.proofs.ecdsa_sd_cbor",
    "sqlalchemy": "issuer.store",
    "alembic": "issuer.store",
    "granian": "verifier.serving",
    "csv": "issuer.platforms.sheet",
    "huey": "issuer.work_queue",
    "smtplib": "issuer.delivery.smtp",
    "argon2": "issuer.passwords",
    "authlib": "issuer.oidc",
    "joserfc": "issuer.oidc",
    "limits": "issuer.rate_limits",
}
"""The one module (or package; or one for each side) that may import a library."""


def _layer_of(module: Module) -> Layer:
    return next(layer for layer in LAYERS if module.is_in(layer.name))


def _fits(name: str, prefixes: Iterable[str]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def _outside(module: Module) -> set[str]:
    """The imports of ``module`` that its layer does not admit."""
    layer = _layer_of(module)
    own_web = {f"{module.name.partition('.')[0]}.{room}" for room in ("web", "intake")}
    fenced = set(WEB_SIDES.get(layer.name, ())) - (own_web if module.is_entry_point else set())
    return {
        name
        for name in imports(module)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and (not _fits(name, layer.may_import) or _is_fenced(name, fenced))
    }


def _is_fenced(name: str, fenced: set[str]) -> bool:
    return _fits(name, fenced) and not _fits(name, VALUES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_keeps_to_its_layer(package: str) -> None:
    """No module imports what the table of layers does not give to it."""
    inside = [module for module in modules() if module.is_in(package)]

    found = {module.name: names for module in inside if (names := _outside(module))}

    assert inside
    assert {} == found


@pytest.mark.parametrize("library", sorted(ONLY_IMPORTERS))
def test_a_dangerous_library_has_one_importer(library: str) -> None:
    """Untyped libraries, parsers of hostile bytes, the network and the database have one door."""
    doors = ONLY_IMPORTERS[library].split()

    importers = [module for module in modules() if _fits_any(imports(module), library)]

    assert [] == [module.name for module in importers if not module.is_in(*doors)]


def _fits_any(names: Iterable[str], library: str) -> bool:
    return any(_fits(name, (library,)) for name in names)


def test_nothing_is_imported_by_a_name_made_at_run_time() -> None:
    """The table cannot be passed by: no module calls ``import_module`` or ``__import__``."""
    callers = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name | ast.Attribute)
        and _identifier(node) in {"import_module", "__import__"}
    }

    assert set() == callers


def _identifier(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def test_the_check_itself_sees_a_forbidden_import() -> None:
    """A planted import of the issuer, hidden in a function of the verifier, is found."""
    tree = ast.parse("def f():\n    from issuer.store import tables\n    import flask\n")
    planted = Module(name="verifier.status.check", tree=tree)

    assert {"issuer.store", "issuer.store.tables", "flask"} == _outside(planted)


def test_the_core_of_the_verifier_cannot_reach_its_web_side() -> None:
    """A planted import of ``verifier.web`` from the core is found; not from an entry point."""
    tree = ast.parse("import verifier.web.application")

    assert {"verifier.web.application"} == _outside(Module(name="verifier.verify", tree=tree))
    assert set() == _outside(Module(name="verifier.__main__", tree=tree))
