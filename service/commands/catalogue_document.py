"""``docs/catalogue.md``: what the shipped catalogue covers and what it lacks, printed from the catalogue itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from policies.backlog import Missing, load_backlog
from policies.coverage import LEVEL_LABELS, STATE_LABELS, coverage, level_of, state_of
from policies.document import Policy
from policies.files import read_catalogue
from policies.quantities import date_text
from policies.reference import load_reference
from policies.regions import Regions
from service.commands.catalogue_care import coverage_sentences, coverage_tables


def catalogue_document(note: str) -> str:
    """The document as of the last day on which a source was opened, so that it does not change with the calendar."""
    regions = load_reference().regions
    policies = [report.policy for report in read_catalogue(load_reference(), date.max) if report.policy is not None]
    day = max(policy.source.opened for policy in policies if policy.source.opened is not None)
    found = coverage(policies, regions, day)
    lines = [
        "# Catalogue",
        "",
        note.strip(),
        "",
        f"自带的政策，截至 {date_text(day)}。`huiqi policies coverage` 按当天打印同样的表。",
        "",
    ]
    lines += [f"- {sentence}" for sentence in coverage_sentences(found)]
    for title, rows in coverage_tables(found, regions):
        lines += ["", f"## {title}", "", *_table(rows)]
    lines += ["", "## 全部文件", "", *_table(_policy_rows(policies, regions, day))]
    lines += ["", "## 还缺的政策", "", "现有政策全部上平台的待办：知道有、还没有收进来的。", ""]
    lines += _table(_missing_rows(load_backlog(regions), regions))
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[list[str]]) -> list[str]:
    """The first row names the columns."""
    listed = [f"| {' | '.join(cell.replace('|', '／') for cell in row)} |" for row in rows]
    return [listed[0], "|" + "---|" * (listed[0].count(" | ") + 1), *listed[1:]]


def _policy_rows(policies: list[Policy], regions: Regions, day: date) -> Iterator[list[str]]:
    yield ["层级", "文件", "id", "事项", "状态"]
    order = list(LEVEL_LABELS)
    for policy in sorted(policies, key=lambda p: (order.index(level_of(p.region, regions)), p.region, p.id)):
        states = dict.fromkeys(STATE_LABELS[state_of(policy, item, day)] for item in policy.items)
        level = LEVEL_LABELS[level_of(policy.region, regions)]
        title = f"[{policy.title}]({policy.source.url})" if policy.source.url else policy.title
        yield [level, title, f"`{policy.id}`", str(len(policy.items)), "、".join(states)]


def _missing_rows(backlog: Iterable[Missing], regions: Regions) -> Iterator[list[str]]:
    yield ["地方", "政策", "主题", "见到的", "要找的"]
    for each in backlog:
        title = f"[{each.title}]({each.url})" if each.url else each.title
        yield [regions.name(each.region), title, "、".join(each.topics), each.seen or "", each.wanted]
