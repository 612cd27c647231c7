"""``huiqi enterprises …``: bring enterprises in from files, or make fictional ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from service.commands.output import CANNOT, FOUND_WRONG, json_option, problem_data, ready, write_json
from service.usecases.enterprises import (
    ImportSummary,
    RowProblem,
    counted,
    import_enterprises,
    listed,
    store_samples,
)
from service.usecases.tables import read_rows

SHOWN_PROBLEMS = 50


@click.group()
def enterprises() -> None:
    """企业：导入、生成示例、查看。"""


@enterprises.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def import_(path: Path, as_json: bool) -> None:
    """从 .csv、.xlsx 或 .jsonl 导入企业信息：写了的更新，没写的不变；出错的行会列出来，其余照常保存。"""
    services = ready()
    summary = import_enterprises(services, read_rows(path, services.reference.vocabulary))
    if as_json:
        write_json(_summary_data(summary))
    else:
        _show_summary(summary)
    if summary.stopped:
        sys.exit(CANNOT)
    if not summary.rows or any(not each.problem.warning for each in summary.problems):
        sys.exit(FOUND_WRONG)


def _summary_data(summary: ImportSummary) -> dict[str, Any]:
    counts = {name: getattr(summary, name) for name in ("rows", "new", "changed", "unchanged", "refused")}
    problems = [
        {"row": each.row, "code": each.code, "stored": each.stored, **problem_data(each.problem)}
        for each in summary.problems
    ]
    stopped = summary.stopped and {
        "row": summary.stopped_at,
        "code": summary.stopped.code,
        "detail": summary.stopped.message,
    }
    return {**counts, "problems": problems, "stopped": stopped}


def _show_summary(summary: ImportSummary) -> None:
    errors = [each for each in summary.problems if not each.problem.warning]
    for each in errors[:SHOWN_PROBLEMS]:
        click.echo(f"{_told(each)}（{'其余信息已保存' if each.stored else '这一行没有保存'}）")
    warnings = [each for each in summary.problems if each.problem.warning]
    if warnings:
        click.echo("提醒（不影响保存）：")
    for each in warnings[:SHOWN_PROBLEMS]:
        click.echo(f"  {_told(each)}")
    left_out = sum(max(0, len(group) - SHOWN_PROBLEMS) for group in (errors, warnings))
    if left_out:
        click.echo(f"……另有 {left_out} 条没有列出，加 --json 可看全部。")
    if not summary.rows and not summary.stopped:
        click.echo("文件里没有企业：列名之后没有一行内容。", err=True)
    click.echo(
        f"共 {summary.rows} 行：新增 {summary.new}，更新 {summary.changed}，"
        f"没有变化 {summary.unchanged}，没有保存 {summary.refused}。"
    )
    if summary.stopped:
        click.echo(f"错误：{summary.stopped.message}", err=True)
        click.echo(f"从第 {summary.stopped_at} 行起没有导入，之前的行不受影响。恢复后重新导入整个文件即可。", err=True)


def _told(each: RowProblem) -> str:
    return f"第 {each.row} 行 {each.problem.where or '整行'}：{each.problem.found}；{each.problem.expected}"


@enterprises.command()
@click.argument("count", type=click.IntRange(1, 1_000_000))
@click.option("--seed", type=int, default=2026, show_default=True, help="随机种子；同一种子得到同样的企业。")
@json_option
def generate(count: int, seed: int, as_json: bool) -> None:
    """生成虚构的示例企业（名称都带“（示例）”）。"""
    services = ready()
    stored = store_samples(services, count, seed)
    total = counted(services)
    if as_json:
        write_json({"generated": count, "stored": stored, "total": total})
    else:
        click.echo(f"已生成 {count} 家示例企业，其中新增或更新 {stored} 家；库内共 {total} 家。")


@enterprises.command("list")
@click.option("--search", help="名称或代码的一部分。")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@json_option
def list_(search: str | None, limit: int, as_json: bool) -> None:
    """列出企业。"""
    page = listed(ready(), limit=limit, search=search)
    if as_json:
        write_json([{"code": e.code, "name": e.name, "county": e.county} for e in page.enterprises])
        return
    for enterprise in page.enterprises:
        click.echo(f"{enterprise.code}  {enterprise.name or '（未填名称）'}")
