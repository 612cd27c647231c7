"""``huiqi enterprises …``: bring enterprises in from files, or make fictional ones."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from service.commands.output import FOUND_WRONG, json_option, problem_data, ready, write_json
from service.usecases.enterprises import counted, import_enterprises, listed, store_samples
from service.usecases.tables import read_rows

SHOWN_PROBLEMS = 50


@click.group()
def enterprises() -> None:
    """企业：导入、生成示例、查看。"""


@enterprises.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def import_(path: Path, as_json: bool) -> None:
    """从 .csv、.xlsx 或 .jsonl 导入企业信息；出错的行会列出来，其余照常保存。"""
    services = ready()
    summary = import_enterprises(services, read_rows(path, services.reference.vocabulary))
    if as_json:
        counts = {name: getattr(summary, name) for name in ("rows", "new", "changed", "unchanged", "refused")}
        rows = [
            {"row": each.row, "code": each.code, "stored": each.stored, **problem_data(each.problem)}
            for each in summary.problems
        ]
        write_json({**counts, "problems": rows})
    else:
        for each in summary.problems[:SHOWN_PROBLEMS]:
            kept = "其余信息已保存" if each.stored else "这一行没有保存"
            click.echo(f"第 {each.row} 行 {each.problem}（{kept}）")
        if len(summary.problems) > SHOWN_PROBLEMS:
            click.echo(f"……另有 {len(summary.problems) - SHOWN_PROBLEMS} 个问题，加 --json 可看全部。")
        click.echo(
            f"共 {summary.rows} 行：新增 {summary.new}，更新 {summary.changed}，"
            f"没有变化 {summary.unchanged}，没有保存 {summary.refused}。"
        )
    if any(not each.problem.warning for each in summary.problems):
        sys.exit(FOUND_WRONG)


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
