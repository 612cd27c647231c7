"""Enterprises come in from hurried and hostile files: bad rows are named, good ones are kept."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from policies.profile import EnterpriseProfile, Qualification
from service.errors import Invalid
from service.storage.enterprises import current_profile
from service.usecases.enterprises import ImportSummary, counted, import_enterprises
from service.usecases.services import Services
from service.usecases.tables import read_rows

GOOD = "914403001922038216"
OTHER = "91110108551385082Q"


def imported(services: Services, path: Path) -> ImportSummary:
    return import_enterprises(services, read_rows(path, services.reference.vocabulary))


def profile_of(services: Services, code: str) -> EnterpriseProfile:
    with services.database.reading() as session:
        return current_profile(session, services.reference, code).profile


def csv(tmp_path: Path, *lines: str, encoding: str = "utf-8-sig") -> Path:
    path = tmp_path / "enterprises.csv"
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def test_columns_may_be_named_as_people_name_them(services: Services, tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "统一社会信用代码,企业名称,注册地,2025年营业收入,研发费用2024,rd_expense.2025,高新技术企业,高新技术企业有效期至,裁员率（2025）",
        f"{GOOD},某某公司（示例）,滨城区,４６２０万,100万,1.5亿元,是,2027-10-31,5%",
    )

    summary = imported(services, path)

    assert (summary.new, summary.refused, summary.problems) == (1, 0, ())
    facts = {key: known.value for key, known in profile_of(services, GOOD).facts.items()}
    assert facts["region", None] == "371602"
    assert facts["revenue", 2025] == Decimal(46_200_000)
    assert facts["rd_expense", 2024] == Decimal(1_000_000)
    assert facts["rd_expense", 2025] == Decimal(150_000_000)
    assert facts["layoff_rate", 2025] == Decimal("0.05")
    held = facts["high_tech_enterprise", None]
    assert isinstance(held, Qualification)
    assert held.held
    assert str(held.valid_until) == "2027-10-31"


def test_one_bad_row_never_stops_the_rest(services: Services, tmp_path: Path) -> None:
    path = csv(
        tmp_path,
        "code,name,region,revenue.2025",
        "914403001922038217,校验错,滨城区,100",
        f"{GOOD},好的,滨城区,100",
        ",没有代码,滨城区,100",
        f"{OTHER},另一家,火星,一百万",
    )

    summary = imported(services, path)

    assert (summary.rows, summary.new, summary.refused) == (4, 2, 2)
    assert counted(services) == 2
    by_row = {(each.row, each.problem.where, each.stored) for each in summary.problems}
    assert by_row == {
        (2, "code", False),
        (4, "code", False),
        (5, "facts.region", True),
        (5, "facts.revenue.2025", True),
    }


def test_importing_twice_changes_nothing(services: Services, tmp_path: Path) -> None:
    path = csv(tmp_path, "code,region", f"{GOOD},371602")
    imported(services, path)

    again = imported(services, path)

    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)


def test_an_unknown_column_is_named_once_and_left_out(services: Services, tmp_path: Path) -> None:
    path = csv(tmp_path, "code,region,星座", f"{GOOD},371602,狮子", f"{OTHER},371602,处女")

    summary = imported(services, path)

    assert summary.new == 2
    assert [(each.problem.where, each.problem.warning) for each in summary.problems] == [("星座", True)]


def test_a_spreadsheet_with_dates_and_numbers_is_read(services: Services, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["统一社会信用代码", "成立日期", "营业收入2025", "从业人员数2025"])
    sheet.append([GOOD, date(2019, 5, 8), 1234567.89, 12])
    path = tmp_path / "enterprises.xlsx"
    book.save(path)

    assert imported(services, path).problems == ()
    facts = {key: known.value for key, known in profile_of(services, GOOD).facts.items()}
    assert str(facts["founded_on", None]) == "2019-05-08"
    assert facts["revenue", 2025] == Decimal("1234567.89")
    assert facts["employees", 2025] == Decimal(12)


def test_json_lines_with_a_broken_line(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "enterprises.jsonl"
    lines = [json.dumps({"code": GOOD, "facts": {"region": "371602"}}), "{broken", "[" * 5000, "", "42"]
    path.write_text("\n".join(lines), encoding="utf-8")

    summary = imported(services, path)

    assert (summary.new, summary.refused) == (1, 3)
    assert {each.row for each in summary.problems if "JSON" in each.problem.expected} == {2, 3, 5}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"x", "不支持的文件类型"),
        ("a.csv", b"", "文件是空的"),
        ("a.csv", "企业名称\n某某\n".encode(), "统一社会信用代码"),
        ("a.csv", "code\n滨州企业\n".encode("gbk"), "UTF-8"),
        ("a.xlsx", b"not a zip", "XLSX"),
        ("a.xlsx", b"PK\x03\x04" + b"\x00" * 50, "XLSX"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    services: Services, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(Invalid, match=said):
        imported(services, path)


def test_a_file_that_is_not_there_says_so(services: Services, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="读不出来"):
        imported(services, tmp_path / "none.csv")
