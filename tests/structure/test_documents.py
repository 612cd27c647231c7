"""Documents that are printed from the program equal what the program prints; what people look up is documented."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from service.cli import main
from service.commands.documents import generated_documents

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "text"), list(generated_documents(main)), ids=lambda value: value[:30])
def test_a_generated_document_is_up_to_date(name: str, text: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == text, f"{name} is stale: run `huiqi docs write`"


def test_the_openapi_document_is_valid_and_of_version_3_1() -> None:
    document = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))

    validate(document)

    assert document["openapi"].startswith("3.1")


def test_every_error_of_the_api_is_a_problem() -> None:
    document = json.loads((ROOT / "openapi.json").read_text(encoding="utf-8"))

    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status[0] in "45":
                    assert list(response["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", *(f"docs/{page}.md" for page in (
    "architecture", "glossary", "decisions", "operations", "api", "policy-format", "truth-table", "other-rules"
))])  # fmt: skip
def test_a_promised_document_is_there(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8")) > 400


@pytest.mark.parametrize(
    "path", sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")]), ids=lambda path: path.name
)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))

    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for target in set(re.findall(r"`make ([a-z]+)", text)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for group in set(re.findall(r"`huiqi ([a-z]+)", text)):
        assert group in main.commands, group
