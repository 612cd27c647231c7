"""Enterprise files: CSV, XLSX and JSON Lines as rows of plain profile data, hostile or hurried ones too.

A column is named by a fact's key or label; annual facts by ``revenue.2025``, ``营业收入2025`` or ``2025年营业收入``; parts of
a qualification by ``high_tech_enterprise.valid_until`` or ``高新技术企业有效期至``. ``code`` and ``name`` may also stand as
统一社会信用代码 and 企业名称.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import openpyxl

from policies.problems import Problem, shown
from policies.vocabulary import Fact, FactType, Vocabulary
from service.errors import Invalid

MAX_BYTES = 50_000_000
MAX_LINE = 200_000
_IDENTITY = {
    "code": "code",
    "统一社会信用代码": "code",
    "信用代码": "code",
    "name": "name",
    "企业名称": "name",
    "名称": "name",
}
_PARTS = {
    "有效期至": "valid_until",
    "取得日期": "obtained",
    "级别": "level",
    "首次": "first_time",
    "valid_until": "valid_until",
    "obtained": "obtained",
    "level": "level",
    "first_time": "first_time",
    "held": "held",
}
_YEAR = re.compile(r"(?:^(\d{4})\s*年?度?)|(?:[.\s（(]*(\d{4})\s*年?度?[)）]?$)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as profile data, with its number in the file (the header is row 1) and what was wrong with its form.

    A problem with a `line` is one of the header; it comes with the first row.
    """

    number: int
    data: dict[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    fact: str
    year: int | None = None
    part: str | None = None


def read_rows(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    """The rows of a .csv, .xlsx or .jsonl file. Raises Invalid, before the first row, when any of the file is broken."""
    readers = {".csv": _read_csv, ".xlsx": _read_xlsx, ".jsonl": _read_jsonl}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Invalid(f"不支持的文件类型“{path.suffix}”，请使用 .csv、.xlsx 或 .jsonl。")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Invalid(f"文件超过 {MAX_BYTES // 1_000_000} MB，请拆成几个文件。")
        # Once to its end, so that a file that breaks off in the middle is not imported by half.
        for _ in reader(path, vocabulary):
            pass
        yield from reader(path, vocabulary)
    except UnicodeDecodeError:
        raise Invalid("文件不是 UTF-8 编码，请另存为 UTF-8（Excel 中选择“CSV UTF-8”）。") from None
    except OSError as error:
        raise Invalid(f"文件读不出来（{error.strerror}），请检查路径和权限。") from None


def _read_csv(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from _tabular(_csv_cells(file), vocabulary)


def _csv_cells(file: TextIO) -> Iterator[tuple[int, Sequence[Any]]]:
    lines = csv.reader(file, strict=True)
    number = 0
    while True:
        number, begun = number + 1, lines.line_num + 1
        try:
            yield number, next(lines)
        except StopIteration:
            return
        except csv.Error:
            raise Invalid(
                f"CSV 从文本的第 {begun} 行起读不下去，多半是双引号没有成对。请改好后重新导入，这次什么都没有导入。"
            ) from None


def _read_xlsx(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    with path.open("rb") as file:
        yield from _tabular(enumerate(_sheet_cells(file), start=1), vocabulary)


def _sheet_cells(file: BinaryIO) -> Iterator[Sequence[Any]]:
    """The cells of the first sheet that has any (a chart sheet has none)."""
    try:
        sheets = openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets
        if sheets:
            sheets[0].reset_dimensions()  # what a file says of its own size is often wrong, and would cut it
            yield from sheets[0].iter_rows(values_only=True)
    except Exception as error:  # a broken file may break any part of the parser
        raise Invalid("文件不是有效的 XLSX，或已损坏，请用 Excel 或 WPS 另存为 .xlsx。") from error
    if not sheets:
        raise Invalid("这个 XLSX 里没有工作表（只有图表），请把企业信息放在工作表里。")


def _read_jsonl(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE + 1), ""), start=1):
            if not line.strip():
                continue
            try:
                data = json.loads(line) if len(line) <= MAX_LINE else None
            except (ValueError, RecursionError):
                data = None
            if isinstance(data, dict):
                yield Row(number, data)
            else:
                yield Row(number, {}, (Problem("", f"写成了 {shown(line.strip())}", "每行应为一个 JSON 对象"),))


def _tabular(rows: Iterable[tuple[int, Sequence[Any]]], vocabulary: Vocabulary) -> Iterator[Row]:
    numbered = iter(rows)
    first = next(numbered, None)
    if first is None:
        raise Invalid("文件是空的，第一行应为列名。")
    columns = _columns(first[1], vocabulary)
    unknown = [column for column in columns if isinstance(column, Problem)]
    if not any(isinstance(column, _Column) and column.fact == "code" for column in columns):
        named = f"不认识的列：{'、'.join(each.where for each in unknown)}。" if unknown else ""
        raise Invalid(f"第一行没有“统一社会信用代码”这一列。{named}")
    for number, cells in numbered:
        if any(_plain(cell) is not None for cell in cells):
            yield Row(number, _data(columns, cells), (*unknown, *_beyond(columns, cells)))
            unknown = []


def _columns(header: Sequence[Any], vocabulary: Vocabulary) -> list[_Column | Problem | None]:
    """What each column is, a warning for one that is not known, None for one without a title."""
    labels = {fact.label: fact.key for fact in vocabulary.facts.values()} | {key: key for key in vocabulary.facts}
    titles = [str(cell if cell is not None else "").strip() for cell in header]
    columns = [_column(title, labels, vocabulary) if title else None for title in titles]
    first: dict[_Column, int] = {}
    for at, column in enumerate(columns):
        if isinstance(column, _Column) and (same := first.setdefault(column, at)) != at:
            raise Invalid(
                f"第 {same + 1} 列{shown(titles[same])}和第 {at + 1} 列{shown(titles[at])}是同一项信息，请只留一列。"
            )
    return columns


def _column(title: str, labels: dict[str, str], vocabulary: Vocabulary) -> _Column | Problem:
    if title in _IDENTITY:
        return _Column(_IDENTITY[title])
    if title in labels:
        return _whole_fact(title, vocabulary.fact(labels[title]))
    for ending, part in _PARTS.items():
        stem = title.removesuffix(ending).rstrip("._ （")
        if title.endswith(ending) and stem in labels and vocabulary.fact(labels[stem]).type is FactType.QUALIFICATION:
            return _Column(labels[stem], part=part)
    matched = _YEAR.search(title)
    stem = _YEAR.sub("", title).strip(" ._-") if matched else ""
    if matched and stem in labels and vocabulary.fact(labels[stem]).annual:
        return _Column(labels[stem], year=int(matched[1] or matched[2]))
    return _unknown(title, "应为词表里的信息项名称")


def _whole_fact(title: str, fact: Fact) -> _Column | Problem:
    if fact.annual:
        return _unknown(title, f"“{fact.label}”每年一个数，列名请写上年份，如“2025年{fact.label}”")
    return _Column(fact.key, part="held" if fact.type is FactType.QUALIFICATION else None)


def _unknown(title: str, expected: str) -> Problem:
    return Problem(title[:40], f"不认识的列 {shown(title)}", f"{expected}，这一列没有导入", line=1, warning=True)


def _beyond(columns: Sequence[_Column | Problem | None], cells: Sequence[Any]) -> Iterator[Problem]:
    """A warning when a row says something where the header has no title: often a comma too many."""
    titles = (*columns, *[None] * len(cells))
    extra = [cell for cell, column in zip(cells, titles, strict=False) if column is None and _plain(cell) is not None]
    if extra:
        found = f"有 {len(extra)} 格没有列名，如 {shown(extra[0])}"
        yield Problem("多出的格子", found, "这些格没有导入，请检查有没有多余的逗号或漏写的列名", warning=True)


def _data(columns: Sequence[_Column | Problem | None], cells: Sequence[Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"facts": {}}
    facts = data["facts"]
    for column, cell in zip(columns, cells, strict=False):
        value = _plain(cell)
        if not isinstance(column, _Column) or value is None:
            continue
        if column.fact in ("code", "name"):
            data[column.fact] = value
        elif column.year is not None:
            facts.setdefault(column.fact, {})[column.year] = value
        elif column.part is not None:
            facts.setdefault(column.fact, {})[column.part] = value
        else:
            facts[column.fact] = value
    return data


def _plain(cell: Any) -> Any:
    """A cell as data: blank is unknown, a spreadsheet's date is a day."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell.strip() or None
    return cell
