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
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from policies.problems import Problem, shown
from policies.vocabulary import FactType, Vocabulary
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
    """One row as profile data, with its number in the file (the header is row 1) and what was wrong with its form."""

    number: int
    data: dict[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    fact: str
    year: int | None = None
    part: str | None = None


def read_rows(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    """The rows of a .csv, .xlsx or .jsonl file. Raises Invalid when the file as a whole cannot be used."""
    readers = {".csv": _read_csv, ".xlsx": _read_xlsx, ".jsonl": _read_jsonl}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Invalid(f"不支持的文件类型“{path.suffix}”，请使用 .csv、.xlsx 或 .jsonl。")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Invalid(f"文件超过 {MAX_BYTES // 1_000_000} MB，请拆成几个文件。")
        yield from reader(path, vocabulary)
    except UnicodeDecodeError:
        raise Invalid("文件不是 UTF-8 编码，请另存为 UTF-8（Excel 中选择“CSV UTF-8”）。") from None
    except (BadZipFile, InvalidFileException, KeyError):
        raise Invalid("文件不是有效的 XLSX，请用 Excel 或 WPS 另存为 .xlsx。") from None
    except csv.Error as error:
        raise Invalid(f"CSV 读不下去（{error}），请检查引号是否成对。") from None
    except OSError as error:
        raise Invalid(f"文件读不出来（{error.strerror}），请检查路径和权限。") from None


def _read_csv(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from _tabular(enumerate(csv.reader(file), start=1), vocabulary)


def _read_xlsx(path: Path, vocabulary: Vocabulary) -> Iterator[Row]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        yield from _tabular(enumerate(sheet.iter_rows(values_only=True), start=1), vocabulary)
    finally:
        book.close()


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
    columns, unknown = _columns(first[1], vocabulary)
    if "code" not in {column.fact for column in columns if column}:
        raise Invalid(
            "第一行没有“统一社会信用代码”这一列。" + (f"不认识的列：{'、'.join(unknown)}。" if unknown else "")
        )
    warnings = tuple(
        Problem(name, f"不认识的列 {shown(name)}", "应为词表里的信息项名称，这一列没有导入", warning=True)
        for name in unknown
    )
    for number, cells in numbered:
        if any(cell not in (None, "") for cell in cells):
            yield Row(number, _data(columns, cells), warnings)
            warnings = ()


def _columns(header: Sequence[Any], vocabulary: Vocabulary) -> tuple[list[_Column | None], list[str]]:
    labels = {fact.label: fact.key for fact in vocabulary.facts.values()} | {key: key for key in vocabulary.facts}
    columns = [_column(str(cell or "").strip(), labels, vocabulary) for cell in header]
    unknown = [str(cell).strip() for cell, column in zip(header, columns, strict=True) if column is None and cell]
    return columns, unknown


def _column(title: str, labels: dict[str, str], vocabulary: Vocabulary) -> _Column | None:
    if title in _IDENTITY:
        return _Column(_IDENTITY[title])
    if title in labels:
        return _Column(labels[title])
    for ending, part in _PARTS.items():
        stem = title.removesuffix(ending).rstrip("._ （")
        if title.endswith(ending) and stem in labels and vocabulary.fact(labels[stem]).type is FactType.QUALIFICATION:
            return _Column(labels[stem], part=part)
    matched = _YEAR.search(title)
    stem = _YEAR.sub("", title).strip(" ._-") if matched else ""
    if matched and stem in labels and vocabulary.fact(labels[stem]).annual:
        return _Column(labels[stem], year=int(matched[1] or matched[2]))
    return None


def _data(columns: list[_Column | None], cells: Sequence[Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"facts": {}}
    facts = data["facts"]
    for column, cell in zip(columns, cells, strict=False):
        value = _plain(cell)
        if column is None or value is None:
            continue
        if column.fact in ("code", "name"):
            data[column.fact] = value
        elif column.year is not None:
            facts.setdefault(column.fact, {})[column.year] = value
        elif column.part is not None:
            facts[column.fact] = {**_as_parts(facts.get(column.fact)), column.part: value}
        elif column.fact in facts:
            facts[column.fact] = {**facts[column.fact], "held": value}
        else:
            facts[column.fact] = value
    return data


def _as_parts(found: Any) -> dict[str, Any]:
    """A qualification's parts so far; a bare 是 or 否 is whether it is held."""
    if isinstance(found, dict):
        return found
    return {} if found is None else {"held": found}


def _plain(cell: Any) -> Any:
    """A cell as data: blank is unknown, a spreadsheet's date is a day."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return cell.strip() or None
    return cell
