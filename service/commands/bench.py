"""``huiqi bench …``: our speed beside others', in one run, as ratios."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click

from service.commands.output import FOUND_WRONG, json_option, write_json

if TYPE_CHECKING:
    from service.benchmarks.engines import Disagreement, Engine
    from service.benchmarks.match import Report

_SHOWN = 5
_LABELS = {
    "interpreter": "解释器：结论和逐条依据",
    "assess": "解释器：匹配结论、申报窗口和逐条依据（assess）",
    "zen_item": "zen，预编译，逐个事项，只有结论",
    "zen_leaves": "zen，预编译，逐个事项，结论和逐条判定",
    "zen_batch": "zen，预编译，每千个事项合成一个表达式，只有结论",
    "zen_parsed": "zen，每次重新解析（前 200 个事项），只有结论",
}


@click.group()
def bench() -> None:
    """测速：与同类工具同场比较，给出比值。"""


@bench.command()
@click.option(
    "--items",
    "sizes",
    type=click.IntRange(1, 100_000),
    multiple=True,
    default=(1_000, 10_000),
    show_default=True,
    help="政策事项数，可重复。",
)
@click.option("--profiles", type=click.IntRange(1, 10_000), default=20, show_default=True, help="示例企业数。")
@json_option
@click.pass_context
def match(ctx: click.Context, sizes: tuple[int, ...], profiles: int, as_json: bool) -> None:
    """匹配：解释器与 zen-engine 判定同样的事项和企业，逐一核对结论。

    结论不一致时退出码为 1。时间是本进程的 CPU 时间。
    """
    from policies.reference import load_reference
    from service.benchmarks.machine import machine_line
    from service.benchmarks.match import measure
    from service.benchmarks.zen import load_zen

    load_zen()
    head = {"machine": machine_line(), "zen_engine": version("zen-engine")}
    if not as_json:
        click.echo(f"机器：{head['machine']}\nzen-engine {head['zen_engine']}")
    reports = []
    for size in sizes:
        reports.append(measure(size, profiles, load_reference()))
        if not as_json:
            _show(reports[-1])
    if as_json:
        write_json({**head, "runs": [_report_data(report) for report in reports]})
    if any(report.disagreements for report in reports):
        ctx.exit(FOUND_WRONG)


def _show(report: Report) -> None:
    each = report.leaves / report.items
    click.echo(f"\n{report.items} 个事项（平均 {each:.1f} 个条件）× {report.profiles} 家企业")
    click.echo("  微秒/对   毫秒/家    速度比  准备微秒/事项  一致")
    for engine in report.engines:
        click.echo("{:9.2f} {:9.1f} {:8.2f}x {:12.1f}   {}/{}  {}".format(*_row(report, engine)))
    click.echo(
        f"zen 各项另需准备企业信息（含派生信息），每家 {report.facts / report.profiles * 1e6:.0f} 微秒，未计入上表。"
    )
    if report.disagreements:
        _show_disagreements(report.disagreements)


def _row(report: Report, engine: Engine) -> Sequence[Any]:
    agreed = engine.pairs - len(engine.disagreements)
    per_profile = engine.matched / report.profiles * 1e3
    prepared = engine.prepared / report.items * 1e6
    label = _LABELS[engine.key]
    return engine.per_pair * 1e6, per_profile, report.speed(engine), prepared, agreed, engine.pairs, label


def _show_disagreements(listed: Sequence[Disagreement]) -> None:
    click.echo(f"结论不一致 {len(listed)} 处，前几处：", err=True)
    for each in listed[:_SHOWN]:
        verdicts = f"解释器 {'、'.join(each.expected)}，对方 {'、'.join(each.found)}"
        click.echo(f"  {each.engine}：第 {each.item} 个事项，企业 {each.enterprise}：{verdicts}", err=True)


def _report_data(report: Report) -> dict[str, Any]:
    return {
        "items": report.items,
        "profiles": report.profiles,
        "leaves_per_item": report.leaves / report.items,
        "facts_us_per_profile": report.facts / report.profiles * 1e6,
        "engines": [_engine_data(report, engine) for engine in report.engines],
        "disagreements": [_disagreement_data(each) for each in report.disagreements[:_SHOWN]],
    }


def _engine_data(report: Report, engine: Engine) -> dict[str, Any]:
    return {
        "engine": engine.key,
        "us_per_pair": engine.per_pair * 1e6,
        "ms_per_profile": engine.matched / report.profiles * 1e3,
        "speed_ratio": report.speed(engine),
        "prepare_us_per_item": engine.prepared / report.items * 1e6,
        "pairs": engine.pairs,
        "agreed": engine.pairs - len(engine.disagreements),
    }


def _disagreement_data(each: Disagreement) -> dict[str, Any]:
    return {
        "engine": each.engine,
        "item": each.item,
        "enterprise": each.enterprise,
        "expected": list(each.expected),
        "found": list(each.found),
    }
