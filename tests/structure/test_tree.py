"""What must never be in the tree, and what must be shipped."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DENIED = re.compile(r"\b(?:AGPL|GPL-|GPLv|GNU General Public|GNU Affero)", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser", re.IGNORECASE)
# Test and build tools that are run beside the program and never shipped with it.
TOOLS_ONLY: set[str] = set()


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout: which files belong to the tree cannot be told")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in tracked():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_left_over_marks_stand_in_the_code() -> None:
    marks = re.compile(rf"\b(?:{'|'.join(word[::-1] for word in ('ODOT', 'EMXIF', 3 * 'X', 'KCAH'))})\b")

    assert [path.name for path, text in texts() if path.suffix == ".py" and marks.search(text)] == []


def test_nothing_names_a_place_of_one_machine() -> None:
    # Spelt backwards, so that this file does not name them either.
    places = re.compile(rf"(?<![\w./])/(?:{'|'.join(word[::-1] for word in ('toor', 'krow', 'mraf', 'emoh'))})/")

    assert [str(path.relative_to(ROOT)) for path, text in texts() if places.search(text)] == []


def test_no_file_is_larger_than_it_should_be() -> None:
    assert [path.name for path in tracked() if path.stat().st_size > 10_000_000] == []


def test_the_shipped_encoder_is_at_most_ten_megabytes() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "indexes/model").rglob("*") if path.is_file()) <= 10_000_000


def test_templates_load_nothing_from_elsewhere() -> None:
    foreign = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']https?:")

    for path in (ROOT / "service/web/templates").glob("*.html"):
        assert not foreign.search(path.read_text(encoding="utf-8")), path.name


def test_templates_need_no_script_in_the_page() -> None:
    for path in (ROOT / "service/web/templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert not re.search(r"\son[a-z]+=|style=", text), path.name


def test_three_packages_are_shipped_with_their_data() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["name"] == "huiqi"
    assert project["tool"]["setuptools"]["packages"]["find"]["include"] == ["policies*", "indexes*", "service*"]


def licence_of(metadata: object) -> str:
    get = metadata.get_all  # type: ignore[attr-defined]
    classifiers = [row for row in get("Classifier") or [] if row.startswith("License")]
    return " ".join([*(get("License-Expression") or []), *classifiers, *(row[:80] for row in get("License") or [])])


def test_no_dependency_has_a_denied_licence() -> None:
    denied = {
        each.metadata["Name"]: licence_of(each.metadata)
        for each in distributions()
        if DENIED.search(LESSER.sub("", licence_of(each.metadata))) and each.metadata["Name"] not in TOOLS_ONLY
    }

    assert denied == {}
