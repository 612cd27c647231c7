"""The cut of the house (docs/architecture.md): who may import whom, and which library has one home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("policies", "indexes", "service")

SEEN_BY_PAGES = {
    "service.usecases",
    "service.domain",
    "policies",
    "service.access",
    "service.errors",
    "service.problem_details",
    "service.version",
}
# A part may import the parts named here and itself. What starts or picks the parts may import all.
ALLOWED: dict[str, set[str]] = {
    "policies": set(),
    "indexes": {"policies"},
    "service.settings": set(),
    "service.clock": set(),
    "service.errors": set(),
    "service.version": set(),
    "service.doorbell": set(),
    "service.logs": set(),
    "service.domain": {"policies", "service.errors"},
    "service.storage": {"service.domain", "policies", "service.errors"},
    "service.usecases": {
        "service.domain",
        "service.storage",
        "service.delivery",
        "indexes",
        "policies",
        "service.clock",
        "service.errors",
    },
    "service.benchmarks": {"policies", "indexes", "service.domain", "service.errors"},
    "service.access": {"service.errors"},
    "service.problem_details": {"service.errors"},
    "service.api": SEEN_BY_PAGES,
    "service.web": SEEN_BY_PAGES,
    "service.workers": SEEN_BY_PAGES,
}
STARTERS = {"service.wiring", "service.app", "service.server", "service.cli", "service.commands", "service.__main__"}
STARTERS |= {"service.openapi_document", "service.supervisor"}

HOMES = {
    "faiss": {"indexes.vectors"},
    "redis": {"service.doorbell"},
    "sqlalchemy": {"service.storage"},
    "alembic": {"service.storage"},
    "flask": {
        "service.access",
        "service.api",
        "service.web",
        "service.app",
        "service.problem_details",
        "service.server",
    },
    "flask_openapi": {"service.api", "service.app", "service.openapi_document"},
    "gunicorn": {"service.server"},
    "subprocess": {"service.supervisor"},
    "requests": set(),
    "click": {"service.cli", "service.commands", "indexes.training"},
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "versions" in path.parts:
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            # ``from service import clock`` imports the module service.clock.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(part + ".")


def part_of(name: str) -> str | None:
    return next((part for part in sorted(ALLOWED, key=len, reverse=True) if within(name, part)), None)


MODULES = dict(modules())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_imports_only_what_its_part_may(name: str) -> None:
    part = part_of(name)
    if part is None:
        assert name in PACKAGES or any(within(name, starter) for starter in STARTERS), f"{name} has no part"
        return
    ours = {target for target in imported(MODULES[name]) if target.split(".")[0] in PACKAGES}
    known = {target for target in ours if target not in PACKAGES}
    wrong = {target for target in known if not any(within(target, to) for to in (part, *ALLOWED[part]))}
    # A name imported from an allowed module looks like a submodule of it: judged by that module.
    assert not {target for target in wrong if target.rpartition(".")[0] not in known}, wrong


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_library_is_imported_only_in_its_home(library: str) -> None:
    strangers = {
        name
        for name, tree in MODULES.items()
        if any(within(target, library) for target in imported(tree))
        and not any(within(name, home) for home in HOMES[library])
    }
    assert not strangers


def attributes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


@pytest.mark.parametrize(
    ("attribute", "home"),
    [
        ("os.environ", "service.settings"),
        ("os.getenv", "service.settings"),
        ("datetime.now", "service.clock"),
        ("datetime.utcnow", "service.clock"),
        ("datetime.today", "service.clock"),
        ("date.today", "service.clock"),
        ("time.time", "service.clock"),
        ("time.monotonic", "service.clock"),
    ],
)
def test_clock_and_environment_are_read_in_one_place(attribute: str, home: str) -> None:
    assert [name for name, tree in MODULES.items() if attribute in set(attributes(tree)) and name != home] == []


def test_the_domain_knows_no_machine() -> None:
    banned = ("os", "socket", "subprocess", "threading", "multiprocessing", "logging", "sqlite3", "urllib", "http")
    found = {
        (name, target)
        for name, tree in MODULES.items()
        if within(name, "policies")
        for target in imported(tree)
        if any(within(target, module) for module in banned)
    }
    assert not found


def test_api_and_pages_do_not_know_each_other() -> None:
    for name, tree in MODULES.items():
        if within(name, "service.api"):
            assert not any(within(target, "service.web") for target in imported(tree))
        if within(name, "service.web"):
            assert not any(within(target, "service.api") for target in imported(tree))
