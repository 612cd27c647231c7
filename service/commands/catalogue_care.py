"""``huiqi policies check`` and ``huiqi policies coverage``: whether the catalogue is still true, and what it covers."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from policies.coverage import LEVEL_LABELS, STATE_LABELS, Coverage, Level, coverage
from policies.document import Policy, SourceKind
from policies.files import read_catalogue
from policies.problems import InvalidData
from policies.quantities import date_text
from policies.reference import load_reference
from policies.regions import Regions
from policies.upkeep import CARE_LABELS, Care, Reminder, reminders
from service.clock import SystemClock
from service.commands.output import FOUND_WRONG, day_option, json_option, ready, write_json
from service.commands.policy_files import PATH, read_reports
from service.errors import Invalid

SOURCE_LABELS = {SourceKind.OFFICIAL: "政府网站", SourceKind.PRESS: "报道和转载", SourceKind.SAMPLE: "示例"}


stored_option = click.option("--stored", is_flag=True, help="看库里正在用的政策，而不是自带的。")


def _read(path: Path | None, stored: bool, day: date) -> tuple[list[Policy], bool]:
    """The policies of a file or folder, those stored, or those that come with the program, and whether all could be read.

    A file with a defect is named and left out. Raises Invalid for both at once, InvalidData when no file can be read.
    """
    if stored:
        if path is not None:
            raise Invalid("路径和 --stored 只能写一个。")
        return [version.policy for version in ready().catalogue().policies], True
    reports = read_catalogue(load_reference(), max(day, SystemClock().today())) if path is None else read_reports(path)
    problems = [
        replace(each, where=f"{report.name} {each.where}".strip()) for report in reports for each in report.errors
    ]
    if problems and not any(report.policy for report in reports):
        raise InvalidData(problems)
    for problem in problems:
        click.echo(f"没有计入：{problem}", err=True)
    return [report.policy for report in reports if report.policy is not None], not problems


@click.command()
@click.argument("path", type=PATH, required=False)
@stored_option
@day_option
@json_option
def check(path: Path | None, stored: bool, day: date | None, as_json: bool) -> None:
    """检查政策还准不准：快到期、出处一年没核对、每年都有而本轮已截止的。不写路径时检查自带的政策。

    有要处理的，退出码为 1（等待当年通知的只列出，不算）。
    """
    today = day or SystemClock().today()
    policies, complete = _read(path, stored, today)
    found = reminders(policies, today)
    if as_json:
        write_json([_reminder_data(reminder) for reminder in found])
    else:
        _show_reminders(found)
    if not complete or any(reminder.care is not Care.AWAITS_NOTICE for reminder in found):
        sys.exit(FOUND_WRONG)


def _show_reminders(found: Sequence[Reminder]) -> None:
    for care in Care:
        listed = [reminder for reminder in found if reminder.care is care]
        if listed:
            click.echo(f"{CARE_LABELS[care]}：{len(listed)} 个")
        for reminder in listed:
            name = reminder.policy if reminder.item is None else f"{reminder.policy}/{reminder.item}"
            when = f"（{date_text(reminder.day)}）" if reminder.day else ""
            click.echo(f"  {name}  {reminder.title}{when}")
    if not found:
        click.echo("没有要处理的政策。")


def _reminder_data(reminder: Reminder) -> dict[str, Any]:
    return {
        "care": reminder.care.value,
        "policy": reminder.policy,
        "item": reminder.item,
        "title": reminder.title,
        "day": reminder.day.isoformat() if reminder.day else None,
    }


@click.command("coverage")
@click.argument("path", type=PATH, required=False)
@stored_option
@day_option
@json_option
def show_coverage(path: Path | None, stored: bool, day: date | None, as_json: bool) -> None:
    """政策覆盖情况：按主题、层级、县区有多少文件和事项，还缺什么。不写路径时统计自带的政策。"""
    today = day or SystemClock().today()
    regions = load_reference().regions
    policies, complete = _read(path, stored, today)
    found = coverage(policies, regions, today)
    if as_json:
        write_json(coverage_data(found))
    else:
        _show_coverage(found, regions)
    if not complete:
        sys.exit(FOUND_WRONG)


def _show_coverage(found: Coverage, regions: Regions) -> None:
    for title, rows in coverage_tables(found, regions):
        click.echo(f"\n{title}")
        for row in rows:
            click.echo("  " + "  ".join(_padded(cell, 16 if column == 0 else 8) for column, cell in enumerate(row)))
    click.echo("\n" + "\n".join(coverage_sentences(found)))


def _padded(text: str, width: int) -> str:
    """Chinese characters take two columns of a terminal."""
    return text + " " * max(0, width - sum(2 if ord(char) > 0x2E80 else 1 for char in text))


def coverage_sentences(found: Coverage) -> list[str]:
    """The figures that stand in no table."""
    only = f"，{found.only_judged} 个事项只有部门认定的条件" if found.only_judged else ""
    missing = "、".join(found.missing_topics)
    sources = "、".join(f"{SOURCE_LABELS[kind]} {number}" for kind, number in sorted(found.by_source.items()))
    return [
        f"共 {found.policies} 份文件、{found.items} 个事项、{found.cases} 个算例。",
        f"条件 {found.leaves} 条，其中由部门认定 {found.judged} 条，占 {found.judged_share:.1%}{only}。",
        f"出处：{sources}（份）。",
        f"还没有任何事项的主题：{missing}。" if missing else "每个主题都有事项。",
    ]


def coverage_tables(found: Coverage, regions: Regions) -> list[tuple[str, list[list[str]]]]:
    """The tables as text: title, then rows of which the first names the columns."""
    topics = [["主题", *LEVEL_LABELS.values(), "合计"]]
    for topic, row in found.by_topic.items():
        numbers = [row.get(level, 0) for level in Level]
        topics.append([topic, *map(str, numbers), str(sum(numbers))])
    levels = [["层级", "文件", "事项"]]
    levels += [[LEVEL_LABELS[level], *map(str, numbers)] for level, numbers in found.by_level.items()]
    places = [["地方", "文件", "事项"]]
    places += [[regions.name(code), *map(str, numbers)] for code, numbers in found.by_place.items()]
    states = [["状态", "事项"]]
    states += [[label, str(found.by_state.get(state, 0))] for state, label in STATE_LABELS.items()]
    return [("按主题（事项数）", topics), ("按层级", levels), ("按地方", places), ("按状态", states)]


def _by_value(counts: Mapping[Any, int]) -> dict[str, int]:
    return {key.value: number for key, number in counts.items()}


def coverage_data(found: Coverage) -> dict[str, Any]:
    return {
        "policies": found.policies,
        "items": found.items,
        "cases": found.cases,
        "by_topic": {topic: _by_value(row) for topic, row in found.by_topic.items()},
        "by_level": {level.value: {"policies": p, "items": i} for level, (p, i) in found.by_level.items()},
        "by_place": {code: {"policies": p, "items": i} for code, (p, i) in found.by_place.items()},
        "by_state": _by_value(found.by_state),
        "by_source": _by_value(found.by_source),
        "leaves": found.leaves,
        "judged": found.judged,
        "judged_share": round(found.judged_share, 4),
        "only_judged": found.only_judged,
        "missing_topics": list(found.missing_topics),
    }
