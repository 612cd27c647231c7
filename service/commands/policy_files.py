"""``huiqi policies …`` and ``huiqi assess``: policy files and what they say of one profile."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from policies.assessment_data import findings_data
from policies.derived import Subject
from policies.document_data import policy_data
from policies.eligibility import assess as assess_item
from policies.explanation import Explanation, Line, estimate_text, explain
from policies.files import FileReport, parse_yaml, read_policies, write_policy_text
from policies.problems import InvalidData, Problem, Problems
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader
from policies.reference import Reference, load_reference
from policies.schema import policy_schema
from policies.worth import worth_of
from service.clock import SystemClock
from service.commands.output import FOUND_WRONG, day_option, json_option, problem_data, ready, write_json
from service.errors import Invalid
from service.usecases.catalogue import (
    Imported,
    ImportedFile,
    find,
    import_policies,
    import_shipped_catalogue,
    listed,
)
from service.usecases.match_data import estimate_data


class FilePath(click.ParamType[Path]):
    """A path; an empty one is a slip, not the current folder."""

    name = "路径"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if not str(value).strip():
            self.fail("路径不能为空", param, ctx)
        return Path(value)


PATH = FilePath()


@click.group()
def policies() -> None:
    """政策文件：检查、导入、查看、导出。"""


def read_reports(path: Path) -> tuple[FileReport, ...]:
    try:
        return read_policies(path, load_reference(), SystemClock().today())
    except FileNotFoundError:
        raise InvalidData([Problem(str(path), "没有这个文件或文件夹", "请检查路径")]) from None


@policies.command()
@click.argument("path", type=PATH)
@json_option
def validate(path: Path, as_json: bool) -> None:
    """检查政策文件或文件夹：一次说出全部错误（文件、行、位置、写成了什么、应该是什么）。"""
    reports = read_reports(path)
    if as_json:
        write_json([_report_data(report) for report in reports])
    else:
        for report in reports:
            click.echo(f"{report.name}：" + ("有错误" if report.errors else "没有问题"))
            for problem in report.problems:
                click.echo(f"  {'提醒' if problem.warning else '错误'} {problem}")
        good = sum(not report.errors for report in reports)
        items = sum(len(report.policy.items) for report in reports if report.policy)
        click.echo(f"共 {len(reports)} 个文件，{good} 个没有错误，{items} 个政策事项。")
    if not reports or any(report.errors for report in reports):
        sys.exit(FOUND_WRONG)


def _report_data(report: FileReport) -> dict[str, Any]:
    return {
        "file": report.name,
        "ok": not report.errors,
        "id": report.policy.id if report.policy else None,
        "problems": [problem_data(problem) for problem in report.problems],
    }


@policies.command("import")
@click.argument("path", type=PATH, required=False)
@click.option("--shipped", is_flag=True, help="导入程序自带的政策。")
@json_option
def import_(path: Path | None, shipped: bool, as_json: bool) -> None:
    """导入政策文件或文件夹；内容没有变化的不产生新版本，有错误的不影响其他文件。"""
    if (path is None) is not shipped:
        raise Invalid("请指定要导入的文件或文件夹，或用 --shipped 导入自带的政策，二者选一。")
    services = ready()
    results = import_shipped_catalogue(services) if path is None else import_policies(services, read_reports(path))
    show_imported(results, as_json)
    if any(result.status is Imported.FAILED for result in results):
        sys.exit(FOUND_WRONG)


_STATUS = {
    Imported.NEW: "新增",
    Imported.CHANGED: "更新",
    Imported.UNCHANGED: "没有变化",
    Imported.KEPT: "保留库里的版本",
    Imported.FAILED: "没有导入",
}


def show_imported(results: list[ImportedFile], as_json: bool) -> None:
    if as_json:
        write_json(
            [
                {
                    "file": result.name,
                    "status": result.status.value,
                    "id": result.policy_id,
                    "version": result.version,
                    "problems": [problem_data(problem) for problem in result.problems],
                }
                for result in results
            ]
        )
        return
    for result in results:
        version = f" {result.policy_id} 第 {result.version} 版" if result.version else ""
        click.echo(f"{result.name}：{_STATUS[result.status]}{version}")
        for problem in result.problems:
            click.echo(f"  {problem}")


@policies.command("list")
@json_option
def list_(as_json: bool) -> None:
    """列出库里的政策文件。"""
    found = listed(ready())
    if as_json:
        write_json([{"id": p.id, "version": p.version, "title": p.title, "region": p.region} for p in found])
        return
    for policy in found:
        click.echo(f"{policy.id}  第 {policy.version} 版  {policy.title}{'（示例）' if policy.is_sample else ''}")
    click.echo(f"共 {len(found)} 份。")


@policies.command()
@click.argument("policy_id")
@click.option("--version", "number", type=int, help="版本，默认现行版本。")
@json_option
def show(policy_id: str, number: int | None, as_json: bool) -> None:
    """查看一份政策。"""
    policy, version = find(ready(), policy_id, number)
    if as_json:
        write_json({"version": version, "policy": policy_data(policy)})
    else:
        click.echo(write_policy_text(policy), nl=False)


@policies.command()
@click.argument("folder", type=PATH)
@json_option
def export(folder: Path, as_json: bool) -> None:
    """把库里的现行政策导出为文件夹中的 YAML，每份一个文件。"""
    services = ready()
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for each in services.catalogue().policies:
        path = folder / f"{each.policy.id}.yaml"
        path.write_text(write_policy_text(each.policy), encoding="utf-8")
        names.append(path.name)
    if as_json:
        write_json(names)
    else:
        click.echo(f"已导出 {len(names)} 份到 {folder}。")


@policies.command()
@json_option
def schema(as_json: bool) -> None:
    """输出政策文件的 JSON Schema。"""
    write_json(policy_schema(load_reference().vocabulary))


@click.command()
@click.option("--policy", "policy_path", type=PATH, required=True, help="政策文件。")
@click.option("--profile", "profile_path", type=PATH, required=True, help="企业信息文件（YAML 或 JSON）。")
@day_option
@json_option
def assess(policy_path: Path, profile_path: Path, day: date | None, as_json: bool) -> None:
    """用一份政策文件判定一份企业信息，不需要数据库。"""
    reference = load_reference()
    day = day or SystemClock().today()
    reports = read_reports(policy_path)
    broken = [problem for report in reports for problem in report.errors]
    if broken:
        raise InvalidData(broken)
    subject = Subject(read_profile(profile_path, reference, day), day, reference)
    rows = []
    for report in reports:
        policy = report.policy
        assert policy is not None
        for item in policy.items:
            assessment = assess_item(policy, item, subject)
            worth = worth_of(policy, item, subject)
            explanation = explain(assessment, subject)
            rows.append(
                {
                    "policy": policy.id,
                    "item": item.id,
                    "title": item.title,
                    "outcome": assessment.outcome.value,
                    "window": assessment.window.state.value,
                    "can_apply": assessment.can_apply,
                    "estimate": estimate_data(worth),
                    "findings": findings_data(assessment),
                }
            )
            if not as_json:
                click.echo(f"{item.title}  {estimate_text(worth, item.benefit, subject)}")
                show_explanation(explanation)
    if as_json:
        write_json({"day": day.isoformat(), "items": rows})


def read_profile(path: Path, reference: Reference, day: date) -> EnterpriseProfile:
    """A profile from a YAML or JSON file. Raises InvalidData naming every defect."""
    try:
        data, _ = parse_yaml(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidData([Problem(path.name, f"读不出来（{error.strerror}）", "请检查路径和权限")]) from None
    except UnicodeDecodeError:
        raise InvalidData([Problem(path.name, "不是 UTF-8 编码", "请另存为 UTF-8")]) from None
    problems = Problems()
    profile = ProfileReader(reference, problems, day).read(data)
    if profile is None or problems.errors:
        raise InvalidData(problems.errors)
    return profile


def show_explanation(explanation: Explanation) -> None:
    """An explanation on the terminal, condition by condition."""
    click.echo(f"  【{explanation.outcome}】{explanation.headline}（{explanation.window}）")
    for line in explanation.lines:
        _show_line(line, "    ")


def _show_line(line: Line, indent: str) -> None:
    value = f"；贵企业：{line.value}" if line.value and line.missing == () else ""
    source = f"（{line.source}）" if line.source else ""
    clause = f" [{line.clause}]" if line.clause else ""
    click.echo(f"{indent}{line.mark} {line.requirement}{value}{source}{clause}")
    if line.advice and not line.parts and line.mark != "✓":
        click.echo(f"{indent}  → {line.advice}")
    for part in line.parts:
        _show_line(part, indent + "    ")
