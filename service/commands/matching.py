"""``huiqi match``, ``replay`` and ``audience``: who can get what, proved."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from policies.explanation import OUTCOME_LABELS
from policies.problems import InvalidData
from policies.quantities import money_text
from service.commands.output import FOUND_WRONG, day_option, json_option, ready, write_json
from service.commands.policy_files import PATH, read_profile, read_reports, show_explanation
from service.errors import Invalid
from service.usecases.audience import Audience, audience_of
from service.usecases.catalogue import find
from service.usecases.codes import checked_code
from service.usecases.match_data import counts, matches_data, view_data
from service.usecases.matching import EnterpriseMatches, match_enterprise, match_profile
from service.usecases.matching import replay as replay_match


@click.command()
@click.option("--enterprise", "code", help="统一社会信用代码。")
@click.option("--profile", "profile_path", type=PATH, help="企业信息文件，不保存。")
@click.option("--all", "everything", is_flag=True, help="也列出不符合的事项。")
@day_option
@json_option
def match(code: str | None, profile_path: Path | None, everything: bool, day: date | None, as_json: bool) -> None:
    """一家企业能享受什么，为什么，还差什么。"""
    if (code is None) == (profile_path is None):
        raise Invalid("请用 --enterprise 指定企业，或用 --profile 指定企业信息文件，二者选一。")
    services = ready()
    if code is not None:
        found = match_enterprise(services, checked_code(code), day)
    else:
        assert profile_path is not None
        on = day or services.clock.today()
        found = match_profile(services, read_profile(profile_path, services.reference, on), on)
    if as_json:
        write_json(matches_data(found))
    else:
        show_matches(found, everything)


def show_matches(found: EnterpriseMatches, everything: bool = False, limit: int | None = None) -> None:
    """A match list on the terminal."""
    click.echo(f"{found.profile.name or found.profile.code or '企业'}  {found.day}")
    tally = counts(found)
    words = [f"可申报 {tally['can_apply']}"]
    words += [f"{label} {tally.get(outcome.value, 0)}" for outcome, label in OUTCOME_LABELS.items()]
    click.echo(" · ".join(words))
    if found.total.possible.total:
        click.echo(f"可申报合计（就高不重复）：最高 {money_text(found.total.possible.total)}")
    shown = [view for view in found.views if everything or view.match.assessment.outcome.value != "not_eligible"]
    for view in shown[:limit]:
        click.echo(f"\n{view.match.item.title}  {view.amount}  [{view.id or '未保存'}]")
        show_explanation(view.explanation)
    for question in found.questions[:1]:
        click.echo(f"\n最值得补充：{question.text}（{question.reason}）")
    for unlock in found.unlocks[:1]:
        click.echo(f"再进一步：{unlock.text}")


@click.command()
@click.argument("match_id")
@json_option
def replay(match_id: str, as_json: bool) -> None:
    """用当时的政策版本、企业信息版本和日期重新判定，核对结论是否一致。"""
    result = replay_match(ready(), match_id.strip())
    if as_json:
        write_json(
            {
                "id": result.stored.id,
                "holds": result.holds,
                "same_tables": result.same_tables,
                "differences": list(result.differences),
                "profile_version": result.stored.profile_version,
                "policy_version": result.stored.policy_version,
                "day": result.stored.day.isoformat(),
                "match": view_data(result.view),
            }
        )
    else:
        stored = result.stored
        click.echo(
            f"{stored.id}：企业 {stored.enterprise} 第 {stored.profile_version} 版 × "
            f"政策 {stored.policy_id} 第 {stored.policy_version} 版 × {stored.day}"
        )
        show_explanation(result.view.explanation)
        click.echo("核对一致。" if result.holds else "核对不一致：")
        for difference in result.differences:
            click.echo(f"  {difference}")
        if not result.same_tables:
            click.echo("提醒：判定后，词表或代码表已更新。")
    if not result.holds:
        sys.exit(FOUND_WRONG)


@click.command()
@click.option("--policy", "policy", required=True, help="政策文件，或库里政策的 id。")
@day_option
@json_option
def audience(policy: str, day: date | None, as_json: bool) -> None:
    """一份政策（可以还没导入）会覆盖哪些企业。"""
    services = ready()
    if policy and Path(policy).exists():
        reports = read_reports(Path(policy))
        if not reports:
            raise Invalid(f"“{policy}”里没有政策文件（.yaml、.yml 或 .json）。")
        problems = [problem for report in reports for problem in report.errors]
        if problems:
            raise InvalidData(problems)
        chosen = [report.policy for report in reports if report.policy]
    else:
        chosen = [find(services, policy)[0]]
    reaches = [audience_of(services, document, day) for document in chosen]
    found = [each for reach in reaches for each in reach.items]
    unreadable = sorted({message for reach in reaches for message in reach.unreadable})
    if as_json:
        write_json({"items": [_audience_data(each) for each in found], "unreadable": unreadable})
        return
    for message in unreadable:
        click.echo(f"没有判定：{message}")
    for each in found:
        click.echo(f"{each.title}：可申报 {len(each.can_apply)} 家")
        parts = [f"{label} {len(each.by_outcome.get(outcome, ()))}" for outcome, label in OUTCOME_LABELS.items()]
        click.echo("  " + " · ".join(parts))


def _audience_data(found: Audience) -> dict[str, object]:
    return {
        "policy": found.policy_id,
        "item": found.item_id,
        "can_apply": list(found.can_apply),
        "by_outcome": {outcome.value: list(codes) for outcome, codes in found.by_outcome.items()},
    }
