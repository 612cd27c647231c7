"""The wheel works away from the tree: built, laid into a folder of its own, and run from an empty one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, built from a copy so that nothing is left in the tree."""
    source = tmp_path_factory.mktemp("source")
    for name in ("policies", "indexes", "service"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(next(out.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


def run(laid_out: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(laid_out), "HUIQI_DATA_DIR": str(tmp_path / "data")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )


def test_the_program_comes_from_the_wheel(laid_out: Path, tmp_path: Path) -> None:
    code = "import policies, indexes, service; print(policies.__file__, indexes.__file__, service.__file__)"

    found = run(laid_out, tmp_path, "-c", code).stdout.split()

    assert all(path.startswith(str(laid_out)) for path in found)


def test_it_prepares_a_database_and_gives_a_first_match(laid_out: Path, tmp_path: Path) -> None:
    result = run(laid_out, tmp_path, "-m", "service", "run", "--no-serve", "--samples", "12")

    assert result.returncode == 0, result.stderr
    assert "第一份匹配" in result.stdout


def test_it_serves_its_pages_and_their_style(laid_out: Path, tmp_path: Path) -> None:
    code = """
import json
from service.app import create_app
from service.settings import load_settings
from service.wiring import build
settings = load_settings()
services = build(settings)
services.database.upgrade()
client = create_app(settings, services).test_client()
print(json.dumps([client.get(path).status_code for path in ("/", "/static/huiqi.css", "/readyz", "/docs/openapi.json")]))
"""

    result = run(laid_out, tmp_path, "-c", code)

    assert json.loads(result.stdout or "[]") == [200, 200, 200, 200], result.stderr


def test_a_static_encoder_needs_no_torch_in_the_web_process(laid_out: Path, tmp_path: Path) -> None:
    code = """
import sys
from service.app import create_app
from service.settings import load_settings
from service.wiring import build
settings = load_settings()
create_app(settings, build(settings))
print("torch" in sys.modules, "sentence_transformers" in sys.modules)
"""

    assert run(laid_out, tmp_path, "-c", code).stdout.split() == ["False", "False"]
