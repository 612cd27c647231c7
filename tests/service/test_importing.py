"""Enterprises come in from hurried and hostile files: bad rows are named, good ones are kept."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.chart import BarChart
from openpyxl.worksheet.worksheet import Worksheet

from policies.profile import EnterpriseProfile, FactKey, Qualification, Value
from service.cli import main
from service.errors import Invalid, Unavailable
from service.settings import Settings
from service.storage.database import open_database
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


def facts_of(services: Services, code: str) -> dict[FactKey, Value]:
    return {key: known.value for key, known in profile_of(services, code).facts.items()}


def told(summary: ImportSummary) -> list[tuple[int, str, bool]]:
    return [(each.row, each.problem.where, each.problem.warning) for each in summary.problems]


def spreadsheet(tmp_path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    path = tmp_path / "enterprises.xlsx"
    book.save(path)
    return path


def with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The spreadsheet with one of the files inside it changed."""
    with ZipFile(path) as book:
        parts = {each: book.read(each) for each in book.namelist()}
    with ZipFile(path, "w") as book:
        for each, content in parts.items():
            book.writestr(each, change(content) if each == name else content)
    return path


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
    facts = facts_of(services, GOOD)
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
    assert told(summary) == [(1, "星座", True)]


def test_a_spreadsheet_with_dates_and_numbers_is_read(services: Services, tmp_path: Path) -> None:
    path = spreadsheet(
        tmp_path,
        ["统一社会信用代码", "成立日期", "营业收入2025", "从业人员数2025"],
        [GOOD, date(2019, 5, 8), 1234567.89, 12],
    )

    assert imported(services, path).problems == ()
    facts = facts_of(services, GOOD)
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


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        ("code,region,注册地", "第 2 列“region”", "第 3 列“注册地”"),
        ("code,region,region", "第 2 列“region”", "第 3 列“region”"),
        ("code,统一社会信用代码", "第 1 列“code”", "第 2 列“统一社会信用代码”"),
        ("code,营业收入2025,revenue.2025", "第 2 列“营业收入2025”", "第 3 列“revenue.2025”"),
        ("code,高新技术企业,high_tech_enterprise.held", "第 2 列“高新技术企业”", "第 3 列“high_tech_enterprise.held”"),
    ],
)
def test_a_column_given_twice_is_refused_with_both_titles(
    services: Services, tmp_path: Path, header: str, one: str, other: str
) -> None:
    path = csv(tmp_path, header, ",".join([GOOD] * len(header.split(","))))

    with pytest.raises(Invalid, match=f"{one}和{other}是同一项"):
        imported(services, path)


def test_a_yearly_figure_without_its_year_is_an_unknown_column_that_asks_for_the_year(
    services: Services, tmp_path: Path
) -> None:
    path = csv(tmp_path, "code,revenue,营业收入2025", f"{GOOD},1,2")

    summary = imported(services, path)

    assert told(summary) == [(1, "revenue", True)]
    assert "“2025年营业收入”" in summary.problems[0].problem.expected
    assert facts_of(services, GOOD) == {("revenue", 2025): Decimal(2)}


def test_a_year_that_cannot_be_stops_no_other(services: Services, tmp_path: Path) -> None:
    path = csv(tmp_path, "code,revenue.0000,revenue.2025,revenue.2027", f"{GOOD},1,2,3")

    summary = imported(services, path)

    assert told(summary) == [(2, "facts.revenue.0", False), (2, "facts.revenue.2027", False)]
    assert facts_of(services, GOOD) == {("revenue", 2025): Decimal(2)}


def test_a_chart_before_the_sheet_is_passed_over(services: Services, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(spreadsheet(tmp_path, ["code", "region"], [GOOD, "371602"]))
    book.create_chartsheet("图", 0).add_chart(BarChart())
    book.save(tmp_path / "charted.xlsx")

    assert imported(services, tmp_path / "charted.xlsx").new == 1


def test_a_workbook_of_charts_only_is_refused(services: Services, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_chartsheet("图").add_chart(BarChart())
    book.remove(book.worksheets[0])
    book.save(tmp_path / "charts.xlsx")

    with pytest.raises(Invalid, match="没有工作表"):
        imported(services, tmp_path / "charts.xlsx")


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_spreadsheet_cut_in_half_is_refused_and_nothing_of_it_is_stored(
    services: Services, tmp_path: Path, part: str
) -> None:
    path = spreadsheet(tmp_path, ["code"], *[[GOOD]] * 40)
    with_part(path, part, lambda content: content[: len(content) // 2])

    with pytest.raises(Invalid, match="不是有效的 XLSX，或已损坏"):
        imported(services, path)
    assert counted(services) == 0


def test_a_spreadsheet_that_understates_its_size_is_read_to_its_end(services: Services, tmp_path: Path) -> None:
    path = spreadsheet(tmp_path, ["code", "region"], [GOOD, "371602"], [OTHER, "371602"])
    with_part(path, "xl/worksheets/sheet1.xml", lambda content: content.replace(b'ref="A1:B3"', b'ref="A1"'))

    assert imported(services, path).new == 2
    assert facts_of(services, OTHER) == {("region", None): "371602"}


@pytest.mark.parametrize("name", ['"没有写完', '"写了"一半'])
def test_an_unclosed_quote_is_refused_by_its_line_and_nothing_is_stored(
    services: Services, tmp_path: Path, name: str
) -> None:
    path = csv(tmp_path, "code,name,region", f"{GOOD},第一家,371602", f"{OTHER},{name},371602", f"{GOOD},第三家,371602")

    with pytest.raises(Invalid, match="从文本的第 3 行起读不下去"):
        imported(services, path)
    assert counted(services) == 0


def test_a_name_over_two_lines_is_left_out_and_reported(services: Services, tmp_path: Path) -> None:
    path = csv(tmp_path, "code,name,region", f'{GOOD},"甲公司\n乙公司",371602')

    summary = imported(services, path)

    assert told(summary) == [(2, "name", False)]
    assert profile_of(services, GOOD).name is None


def test_a_file_with_fewer_columns_leaves_the_rest_as_it_was(services: Services, tmp_path: Path) -> None:
    imported(services, csv(tmp_path, "code,name,region,revenue.2024,revenue.2025", f"{GOOD},甲公司,371602,1,2"))

    summary = imported(services, csv(tmp_path, "code,revenue.2025,注册资本", f"{GOOD},3,"))

    assert (summary.changed, summary.problems) == (1, ())
    assert profile_of(services, GOOD).name == "甲公司"
    assert facts_of(services, GOOD) == {
        ("region", None): "371602",
        ("revenue", 2024): Decimal(1),
        ("revenue", 2025): Decimal(3),
    }


def test_a_cell_that_cannot_be_read_leaves_what_was_there(services: Services, tmp_path: Path) -> None:
    imported(services, csv(tmp_path, "code,region,revenue.2025", f"{GOOD},371602,1"))

    summary = imported(services, csv(tmp_path, "code,region,revenue.2025", f"{GOOD},火星,2"))

    assert told(summary) == [(2, "facts.region", False)]
    assert facts_of(services, GOOD) == {("region", None): "371602", ("revenue", 2025): Decimal(2)}


def test_one_part_of_a_qualification_leaves_its_other_parts(services: Services, tmp_path: Path) -> None:
    header = "code,高新技术企业,高新技术企业取得日期,高新技术企业有效期至"
    imported(services, csv(tmp_path, header, f"{GOOD},是,2024-11-01,2027-10-31"))

    imported(services, csv(tmp_path, "code,高新技术企业有效期至", f"{GOOD},2027-11-01"))

    expected = Qualification(True, obtained=date(2024, 11, 1), valid_until=date(2027, 11, 1))
    assert facts_of(services, GOOD) == {("high_tech_enterprise", None): expected}


def test_the_second_row_of_an_enterprise_is_stored_and_names_the_first(services: Services, tmp_path: Path) -> None:
    path = csv(tmp_path, "code,region,revenue.2025", f"{GOOD},371602,1", f"{GOOD.lower()},,2")

    summary = imported(services, path)

    assert (summary.new, summary.changed) == (1, 1)
    assert told(summary) == [(3, "code", True)]
    assert "第 2 行" in summary.problems[0].problem.found
    assert facts_of(services, GOOD) == {("region", None): "371602", ("revenue", 2025): Decimal(2)}


def test_cells_without_a_column_name_are_reported(services: Services, tmp_path: Path) -> None:
    path = csv(tmp_path, "code,region,,", f"{GOOD},371602,,,", f"{OTHER},371602,,1,234")

    summary = imported(services, path)

    assert told(summary) == [(3, "多出的格子", True)]
    assert summary.problems[0].problem.found == "有 2 格没有列名，如 “1”"


def test_a_figure_before_the_founding_is_kept_with_a_warning(services: Services, tmp_path: Path) -> None:
    imported(services, csv(tmp_path, "code,成立日期", f"{GOOD},2026-03-01"))

    summary = imported(services, csv(tmp_path, "code,revenue.2025", f"{GOOD},1"))

    assert told(summary) == [(2, "facts.revenue.2025", True)]
    assert facts_of(services, GOOD)["revenue", 2025] == Decimal(1)


def test_a_locked_database_stops_the_import_at_once_and_says_where(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    impatient = replace(services, database=open_database(settings.database, busy_seconds=0.05))
    rows = read_rows(
        csv(tmp_path, "code,region", f"{GOOD},371602", f"{OTHER},371602", f"{GOOD},371623"),
        services.reference.vocabulary,
    )
    first = next(rows)

    import_enterprises(impatient, [first])
    with closing(sqlite3.connect(settings.database.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        summary = import_enterprises(impatient, rows)

    assert isinstance(summary.stopped, Unavailable)
    assert (summary.rows, summary.stopped_at) == (0, 3)
    assert counted(services) == 1
    impatient.database.close()


def command(settings: Settings, path: Path, *options: str) -> Result:
    environment = {"HUIQI_DATA_DIR": str(settings.data_dir), "HUIQI_DATABASE_BUSY_SECONDS": "0.05"}
    return CliRunner().invoke(
        main, ["enterprises", "import", str(path), *options], env=environment, catch_exceptions=False
    )


def test_the_command_tells_warnings_apart_from_what_was_not_stored(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    bad = command(settings, csv(tmp_path, "code,region,星座", f"{GOOD}0,371602,狮子", f"{OTHER},火星,"))
    good = command(settings, csv(tmp_path, "code,region,星座", f"{GOOD},371602,狮子"))

    assert bad.exit_code == 1
    code, region, heading, column, counts = bad.output.splitlines()
    assert code.startswith("第 2 行 code：") and code.endswith("（这一行没有保存）")
    assert region.startswith("第 3 行 facts.region：") and region.endswith("（其余信息已保存）")
    assert heading.startswith("提醒")
    assert column.strip().startswith("第 1 行 星座：") and column.endswith("这一列没有导入")
    assert counts == "共 2 行：新增 1，更新 0，没有变化 0，没有保存 1。"
    assert good.exit_code == 0
    assert "没有保存）" not in good.output


def test_the_command_says_that_a_file_has_no_rows(services: Services, settings: Settings, tmp_path: Path) -> None:
    path = csv(tmp_path, "code,region", ",")

    told_plainly, as_data = command(settings, path), command(settings, path, "--json")

    assert told_plainly.exit_code == as_data.exit_code == 1
    assert "文件里没有企业" in told_plainly.output
    assert json.loads(as_data.stdout)["rows"] == 0


def test_the_command_says_from_which_row_on_nothing_was_imported(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    path = csv(tmp_path, "code,region", "坏的,371602", f"{GOOD},371602", f"{OTHER},371602")

    with closing(sqlite3.connect(settings.database.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told_plainly, as_data = command(settings, path), command(settings, path, "--json")

    assert told_plainly.exit_code == as_data.exit_code == 2
    for said in ("第 2 行 code", "正被占用", "从第 3 行起没有导入"):
        assert said in told_plainly.output
    stopped = json.loads(as_data.stdout)["stopped"]
    assert (stopped["row"], stopped["code"]) == (3, "unavailable")


def test_what_was_stored_and_cannot_be_read_any_more_is_replaced_with_a_warning(
    services: Services, settings: Settings, tmp_path: Path
) -> None:
    imported(services, csv(tmp_path, "code,region", f"{GOOD},371602"))
    with closing(sqlite3.connect(settings.database.removeprefix("sqlite:///"))) as other, other:
        other.execute("UPDATE profile_versions SET content = replace(content, '371602', 'nowhere')")

    summary = imported(services, csv(tmp_path, "code,revenue.2025", f"{GOOD},1"))

    assert (summary.changed, summary.stopped, told(summary)) == (1, None, [(2, "", True)])
    assert facts_of(services, GOOD) == {("revenue", 2025): Decimal(1)}
