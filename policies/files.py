"""Policy files: hostile YAML in, policies or a full list of defects out. One bad file never stops the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from policies.document import Policy
from policies.document_data import PolicyReader
from policies.problems import InvalidData, Problem, Problems
from policies.reference import Reference

MAX_BYTES = 2_000_000
MAX_EVENTS = 200_000
MAX_NESTING = 400


class _Loader(yaml.SafeLoader):
    """SafeLoader that keeps dates as text (they are read, and refused, in one place) and refuses duplicate keys."""


def _construct_mapping(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[object] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, (str, int)) or isinstance(key, bool):
            raise yaml.constructor.ConstructorError(None, None, "键应为文字或年份", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"键“{key}”重复", key_node.start_mark)
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_mapping)
# YAML 1.2: only true and false are booleans (the case key ``on`` is a word), and dates stay text.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def parse_yaml(text: str) -> tuple[Any, Mapping[str, int]]:
    """Plain data from YAML, and the line of every field path.

    Raises InvalidData for anything that is not YAML, and for what could exhaust memory: anchors and aliases (a YAML
    bomb needs them), too many nodes, too deep nesting.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidData([Problem("", f"文件超过 {MAX_BYTES // 1_000_000} MB", "请拆成几个文件")])
    try:
        _check_events(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            raise InvalidData([Problem("", "文件是空的", "应为一份政策文件")])
        lines = dict(_lines(node, ""))
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InvalidData(
            [Problem("", f"不是有效的 YAML（{error.problem}）", "请检查缩进、引号和重复的键", line)]
        ) from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        if isinstance(error, InvalidData):
            raise
        raise InvalidData(
            [Problem("", f"不是有效的 YAML（{str(error)[:80]}）", "应为 UTF-8 编码的 YAML 文本")]
        ) from None


def _check_events(text: str) -> None:
    depth = count = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        count += 1
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InvalidData([Problem("", "用到了锚点或别名（& *）", "政策文件里请直接写出内容", line)])
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if depth > MAX_NESTING:
            raise InvalidData([Problem("", "嵌套过深", f"最多嵌套 {MAX_NESTING} 层", line)])
        if count > MAX_EVENTS:
            raise InvalidData([Problem("", "内容过多", "请拆成几个文件", line)])


def _lines(node: yaml.Node, path: str) -> Iterator[tuple[str, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            step = f"{path}.{key.value}" if path else str(key.value)
            yield step, key.start_mark.line + 1
            yield from _lines(value, step)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, f"{path}.{number}" if path else str(number))


@dataclass(frozen=True)
class FileReport:
    """What came of one file: the policy, or why not; warnings in either case."""

    name: str
    policy: Policy | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.warning)


def read_policy_text(text: str, name: str, reference: Reference, today: date) -> FileReport:
    """Read one policy from YAML (JSON is YAML too). Every defect is in the report, with its line."""
    problems = Problems()
    try:
        data, lines = parse_yaml(text)
    except InvalidData as error:
        return FileReport(name, None, error.problems)
    policy = PolicyReader(reference, problems, today).read(data)
    return FileReport(name, policy, tuple(_with_line(problem, lines) for problem in problems))


def _with_line(problem: Problem, lines: Mapping[str, int]) -> Problem:
    """The line of the field, or of the nearest field around it."""
    path = problem.where
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return replace(problem, line=lines.get(path))


def read_policy_file(path: Path, reference: Reference, today: date) -> FileReport:
    try:
        if path.stat().st_size > MAX_BYTES:
            return FileReport(
                path.name, None, (Problem("", f"文件超过 {MAX_BYTES // 1_000_000} MB", "请拆成几个文件"),)
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return FileReport(path.name, None, (Problem("", "不是 UTF-8 编码", "请另存为 UTF-8"),))
    except OSError as error:
        return FileReport(path.name, None, (Problem("", f"读不出来（{error.strerror}）", "请检查文件和权限"),))
    return read_policy_text(text, path.name, reference, today)


def read_policies(path: Path, reference: Reference, today: date) -> tuple[FileReport, ...]:
    """One file, or every .yaml / .yml / .json of a folder in name order. An id used twice is a defect of the later file.

    Raises FileNotFoundError when there is no such path.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    names = [path] if path.is_file() else sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml", ".json"))
    return _distinct([read_policy_file(name, reference, today) for name in names])


def _distinct(reports: list[FileReport]) -> tuple[FileReport, ...]:
    first: dict[str, str] = {}
    checked: list[FileReport] = []
    for report in reports:
        if report.policy is not None and report.policy.id in first:
            found = f"“{report.policy.id}”已在 {first[report.policy.id]} 中出现"
            twice = Problem("id", found, "每份政策的 id 应各不相同")
            report = replace(report, policy=None, problems=(*report.problems, twice))
        elif report.policy is not None:
            first[report.policy.id] = report.name
        checked.append(report)
    return tuple(checked)


def read_catalogue(reference: Reference, today: date) -> tuple[FileReport, ...]:
    """The policies that are shipped."""
    folder = files("policies").joinpath("catalogue")
    names = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".yaml")), key=lambda entry: entry.name)
    return _distinct(
        [read_policy_text(entry.read_text(encoding="utf-8"), entry.name, reference, today) for entry in names]
    )
