"""``huiqi docs write``: the documents that are printed from the program, so that they cannot drift from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from policies.reference import load_reference
from policies.schema import policy_schema
from policies.vocabulary import SOURCE_LABELS, Fact, Vocabulary
from service.commands.catalogue_document import catalogue_document
from service.commands.output import json_option, write_json
from service.settings import PREFIX, Settings

_NOTE = "<!-- Printed by `huiqi docs write`; change the program, not this file. -->\n\n"


@click.group("docs")
def documents() -> None:
    """由程序生成的文档。"""


@documents.command()
@click.argument("root", type=click.Path(path_type=Path, file_okay=False), default=Path())
@json_option
def write(root: Path, as_json: bool) -> None:
    """写出 openapi.json、词表、政策文件格式、设置和命令的文档。"""
    written = []
    for name, text in generated_documents(click.get_current_context().find_root().command):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(name)
    if as_json:
        write_json(written)
    else:
        click.echo("已写出：" + "、".join(written))


def generated_documents(root_command: click.Command) -> Iterator[tuple[str, str]]:
    """(path below the repository's root, text) of every generated document."""
    vocabulary = load_reference().vocabulary
    yield "openapi.json", _json(openapi())
    yield "docs/policy.schema.json", _json(policy_schema(vocabulary))
    yield "docs/vocabulary.md", vocabulary_document(vocabulary)
    yield "docs/catalogue.md", catalogue_document(_NOTE)
    yield "docs/settings.md", settings_document()
    yield "docs/commands.md", commands_document(root_command)


def _json(data: Any) -> str:
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"


def openapi() -> dict[str, Any]:
    """The OpenAPI document of an application over nothing: describing needs no database."""
    from service.app import create_app
    from service.openapi_document import document
    from service.wiring import build

    settings = Settings(_env_file=None, database_url="sqlite:///never-opened.db", secret_key="x" * 32)
    return document(create_app(settings, build(settings)))


def vocabulary_document(vocabulary: Vocabulary) -> str:
    """Every fact by group, as tables."""
    lines = [
        "# Vocabulary",
        "",
        _NOTE.strip(),
        "",
        f"Version {vocabulary.version}: {len(vocabulary.facts)} facts in {len(vocabulary.groups)} groups. "
        "Money is yuan, rates are fractions, annual facts carry their year.",
        "",
    ]
    for key, label in vocabulary.groups.items():
        facts = [fact for fact in vocabulary.facts.values() if fact.group == key]
        lines += [f"## {label} (`{key}`)", "", "| key | 名称 | type | known by | 提问 |", "|---|---|---|---|---|"]
        lines += [_fact_row(fact) for fact in facts]
        lines.append("")
    lines += ["## 支持对象 (`applicants`)", "", "| key | 名称 | decided by |", "|---|---|---|"]
    for kind in vocabulary.applicants.values():
        lines.append(f"| `{kind.key}` | {kind.label} | `{kind.fact}` = {', '.join(kind.values)} |")
    return "\n".join(lines) + "\n"


def _fact_row(fact: Fact) -> str:
    kind = fact.type.value + (", annual" if fact.annual else "") + (f", {fact.unit}" if fact.unit else "")
    if fact.derived:
        kind += f"; derived: {fact.derived.by}({', '.join(fact.derived.inputs)})"
    choices = [option.key for option in (*fact.options, *fact.levels)]
    if choices:
        kind += f"; {' '.join(choices)}"
    if fact.rare:
        kind += "; rare"
    if fact.asked_if:
        kind += f"; asked if {' '.join(fact.asked_if)}"
    if fact.asked_of:
        kind += f"; asked of {' '.join(fact.asked_of)}"
    return f"| `{fact.key}` | {fact.label} | {kind} | {SOURCE_LABELS[fact.known_by]} | {fact.question} |"


def settings_document() -> str:
    """Every setting with its default."""
    lines = [
        "# Settings",
        "",
        _NOTE.strip(),
        "",
        "Each is an environment variable, a line of a `.env` file in the working folder, or the content of the file "
        "named by the variable with `_FILE` appended. `huiqi config` prints the values in force, secrets masked.",
        "",
        "| variable | default | what for |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "–" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{PREFIX}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n"


def commands_document(root: click.Command) -> str:
    """Every command with its options."""
    lines = ["# Commands", "", _NOTE.strip(), ""]
    for path, command in _walk(root, "huiqi"):
        usage = " ".join(piece for piece in (path, *_arguments(command)) if piece)
        lines += [f"## `{usage}`", "", command.help or "", ""]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name != "help":
                lines.append(f"- `{' / '.join(parameter.opts)}`: {parameter.help or ''}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, child in sorted(command.commands.items()):
        yield from _walk(child, f"{path} {name}")


def _arguments(command: click.Command) -> list[str]:
    return [(each.name or "").upper() for each in command.params if isinstance(each, click.Argument)]
