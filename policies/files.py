"""Policy files: hostile YAML in, policies or a full list of defects out. One bad file never stops the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from policies.document import Policy
from policies.document_data import policy_data
from policies.document_reader import PolicyReader
from policies.problems import InvalidData, Problem, Problems, shown
from policies.reference import Reference

MAX_BYTES = 2_000_000
MAX_EVENTS = 200_000
MAX_NESTING = 400

_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,40})")
_FRACTION = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,40})(?=[.eE])(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,3})?")
_LEADING_BLANKS = re.compile(r"^[ \t]+", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(slots=True)
class _Open:
    """A mapping or list that is still being read, and the key that waits for its value."""

    body: dict[Any, Any] | list[Any]
    path: str
    key: str | int | None = None

    def next_path(self) -> str:
        step = str(len(self.body) if isinstance(self.body, list) else self.key)
        return f"{self.path}.{step}" if self.path else step

    def put(self, value: Any) -> None:
        if isinstance(self.body, list):
            self.body.append(value)
        else:
            self.body[self.key] = value
            self.key = None


def parse_yaml(text: str) -> tuple[Any, Mapping[str, int]]:
    """Plain data from YAML, and the line of every field path.

    Raises InvalidData for anything that is not YAML, and for what could exhaust memory: anchors and aliases (a YAML
    bomb needs them), type tags, too many nodes, too deep nesting.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidData([Problem("", f"文件超过 {MAX_BYTES // 1_000_000} MB", "请拆成几个文件")])
    if text.lstrip("\ufeff \t\r\n").startswith("{"):  # JSON, where a tab may indent
        text = _LEADING_BLANKS.sub(lambda blanks: blanks[0].replace("\t", " "), text)
    try:
        return _build(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _refused(f"不是有效的 YAML（{error.problem}）", "请检查缩进和引号", line) from None
    except yaml.YAMLError as error:
        raise _refused(f"不是有效的 YAML（{str(error)[:80]}）", "应为 UTF-8 编码的 YAML 文本") from None


def _refused(found: str, expected: str, line: int | None = None) -> InvalidData:
    return InvalidData([Problem("", found, expected, line)])


def _build(text: str) -> tuple[Any, Mapping[str, int]]:
    """Data built from the parser's events with a stack of our own: deep nesting cannot exhaust Python's."""
    lines: dict[str, int] = {}
    stack: list[_Open] = []
    roots: list[Any] = []
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        _check_event(event, count, len(stack), line)
        if isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
        if not isinstance(event, yaml.NodeEvent):
            continue
        top = stack[-1] if stack else None
        if top is not None and isinstance(top.body, dict) and top.key is None:
            top.key = _key(event, top.body, line)
            lines[top.next_path()] = line
            continue
        path = top.next_path() if top else ""
        lines.setdefault(path, line)
        value = _value(event, line)
        if top is not None:
            top.put(value)
        else:
            roots.append(value)
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append(_Open(value, path))
    if len(roots) != 1:
        found = "写了不止一份文件" if roots else "文件是空的"
        raise _refused(found, "应为一份政策文件")
    return roots[0], lines


def _check_event(event: yaml.Event, count: int, depth: int, line: int) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise _refused("用到了锚点或别名（& *）", "政策文件里请直接写出内容", line)
    if getattr(event, "tag", None):
        raise _refused("用到了类型标记（!）", "政策文件里请直接写出内容", line)
    if depth > MAX_NESTING:
        raise _refused("嵌套过深", f"最多嵌套 {MAX_NESTING} 层", line)
    if count > MAX_EVENTS:
        raise _refused("内容过多", "请拆成几个文件", line)


def _key(event: yaml.NodeEvent, body: dict[Any, Any], line: int) -> str | int:
    key = _scalar(event, line) if isinstance(event, yaml.ScalarEvent) else None
    if not isinstance(key, (str, int)) or isinstance(key, bool):
        raise _refused("键写错了", "键应为文字或年份", line)
    if key in body:
        raise _refused(f"键{shown(key)}重复", "同一处每个键只能出现一次", line)
    return key


def _value(event: yaml.NodeEvent, line: int) -> Any:
    if isinstance(event, yaml.MappingStartEvent):
        return {}
    return _scalar(event, line) if isinstance(event, yaml.ScalarEvent) else []


def _scalar(event: yaml.ScalarEvent, line: int) -> Any:
    """YAML 1.2: only true and false are booleans (the case key ``on`` is a word), no octal, no sexagesimal.

    Dates stay text (they are read, and refused, in one place); fractions are exact.
    """
    text = event.value
    if not event.implicit[0]:
        return _text(text, line)
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _FRACTION.fullmatch(text) else _text(text, line)


def _text(text: str, line: int) -> str:
    """Text that every store can keep. JSON writes characters beyond the first plane as two escapes; they are joined."""
    try:
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise _refused("含有残缺的字符", "请检查 \\u 转义", line) from None
    if _CONTROL.search(joined):
        raise _refused("含有控制字符", "请删去看不见的字符", line)
    return joined


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
    policy = PolicyReader(problems, reference, today).read(data)
    return FileReport(name, policy, tuple(_with_line(problem, lines) for problem in problems))


def _with_line(problem: Problem, lines: Mapping[str, int]) -> Problem:
    """The line of the field, or of the nearest field around it."""
    path = problem.where
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return replace(problem, line=lines.get(path))


class _PlainDumper(yaml.SafeDumper):
    """Writes what the reader takes: no anchors or aliases, whatever is shared in memory."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write_policy_text(policy: Policy) -> str:
    """A policy as YAML; reading it gives the same policy back."""
    data = policy_data(policy)
    text: str = yaml.dump(data, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False, width=120)
    return text


def read_policy_file(path: Path, reference: Reference, today: date) -> FileReport:
    if not path.is_file():
        return FileReport(path.name, None, (Problem("", "不是普通文件", "应为政策文件"),))
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
    names = [path]
    if path.is_dir():
        names = sorted(entry for entry in path.iterdir() if _is_policy_name(entry.name))
    return _distinct([read_policy_file(name, reference, today) for name in names])


def _is_policy_name(name: str) -> bool:
    """Hidden files (macOS leaves ``._x.yaml``) are no policies; the ending may be in capitals."""
    return not name.startswith(".") and name.lower().endswith((".yaml", ".yml", ".json"))


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
    """The policies that are shipped. A broken one is named like any other."""
    folder = files("policies").joinpath("catalogue")
    entries = sorted((e for e in folder.iterdir() if e.name.endswith(".yaml")), key=lambda entry: entry.name)
    return _distinct([_read_entry(entry, reference, today) for entry in entries])


def _read_entry(entry: Traversable, reference: Reference, today: date) -> FileReport:
    with as_file(entry) as path:
        return replace(read_policy_file(path, reference, today), name=entry.name)
