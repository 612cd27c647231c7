"""Why yes, why not, what is missing: an assessment in plain, polite Chinese. It only words what the evaluation found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from policies.benefits import FORM_LABELS, Basis, Benefit, Estimate
from policies.conditions import All, AtLeast, Judged, Not
from policies.derived import Subject
from policies.eligibility import Assessment, Outcome, Requirement
from policies.evaluation import Evaluation, Finding
from policies.gaps import gap_of
from policies.quantities import date_text, money_text
from policies.verdict import Verdict, negate
from policies.vocabulary import FactRef
from policies.windows import Window, WindowReason, WindowState
from policies.wording import (
    either,
    joined,
    leaf_text,
    negated_text,
    now_text,
    opposite,
    ref_text,
    source_text,
    value_text,
)

OUTCOME_LABELS = {
    Outcome.ELIGIBLE: "符合",
    Outcome.TO_CONFIRM: "待部门认定",
    Outcome.NEEDS_INFORMATION: "待补充",
    Outcome.NEAR_MISS: "差一点",
    Outcome.NOT_ELIGIBLE: "不符合",
}
_REASONS = {
    WindowReason.EXPIRED: "政策已过有效期",
    WindowReason.REVOKED: "政策已废止",
    WindowReason.SUPERSEDED: "政策已被新文件替代",
    WindowReason.SUSPENDED: "政策暂停执行",
    WindowReason.NOTICE_PENDING: "申报时间以当年通知为准",
}
_MAX_NAMED = 4
_MAX_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as shown: its verdict, what is asked, the company's value and its source, the clause, the next step.

    A group has `parts` of which at least `need` must hold; `missing` names the facts to ask for right here; `to_judge` says the department decides.
    """

    verdict: Verdict
    requirement: str
    value: str = ""
    source: str = ""
    clause: str = ""
    advice: str = ""
    missing: tuple[FactRef, ...] = ()
    to_judge: bool = False
    is_applicant: bool = False
    parts: tuple[Line, ...] = ()
    need: int = 0

    @property
    def mark(self) -> str:
        """Shape, never colour alone: ✓ met, ✗ not met, ○ the department decides, ? unknown."""
        if self.verdict is Verdict.UNKNOWN:
            return "○" if self.to_judge else "?"
        return "✓" if self.verdict is Verdict.MET else "✗"


@dataclass(frozen=True, slots=True)
class Explanation:
    """An item's outcome for one enterprise in words."""

    outcome: str
    headline: str
    window: str
    met: int
    total: int
    lines: tuple[Line, ...]

    def leaves(self) -> Iterator[Line]:
        """The lines without their groups."""

        def walk(lines: tuple[Line, ...]) -> Iterator[Line]:
            for line in lines:
                if line.parts:
                    yield from walk(line.parts)
                else:
                    yield line

        return walk(self.lines)


def explain(assessment: Assessment, subject: Subject) -> Explanation:
    """Word an assessment. Requirements that fail come first, then what is missing, then what is judged, then the rest."""
    lines = [_line_of(requirement, subject) for requirement in assessment.requirements]
    met = sum(line.verdict is Verdict.MET for line in lines)
    return Explanation(
        outcome=OUTCOME_LABELS[assessment.outcome],
        headline=headline(assessment, subject),
        window=window_text(assessment.window, assessment.day),
        met=met,
        total=len(lines),
        lines=tuple(sorted(lines, key=_urgency)),
    )


def _urgency(line: Line) -> int:
    if line.verdict is Verdict.NOT_MET:
        return 0
    if line.verdict is Verdict.UNKNOWN:
        return 2 if line.to_judge else 1
    return 3


def _line_of(requirement: Requirement, subject: Subject) -> Line:
    line = _line(requirement.evaluation, subject)
    if not requirement.applicants:
        return line
    kinds = subject.reference.vocabulary.applicants
    asked = f"支持对象为{either([kinds[key].label for key in requirement.applicants])}"
    finding = requirement.evaluation.finding
    if line.verdict is Verdict.NOT_MET:
        line = replace(line, advice=f"要求{asked}{now_text(finding, subject) if finding else ''}")
    return replace(line, requirement=asked, is_applicant=True)


def _line(node: Evaluation, subject: Subject, denied: bool = False) -> Line:
    """A leaf as one line, a group as its heading with its parts beneath.

    A negation is carried down to the leaves (De Morgan, which Kleene's logic keeps), so that ✓ is always good news.
    """
    if isinstance(node.condition, Not):
        return _line(node.parts[0], subject, not denied)
    if node.finding is not None:
        return _denied_line(node.finding, subject) if denied else _leaf_line(node.finding, subject)
    if len(node.parts) == 1:
        return _line(node.parts[0], subject, denied)
    return _group(node, subject, denied)


def _group(node: Evaluation, subject: Subject, denied: bool) -> Line:
    count = len(node.parts)
    need = _needed(node)
    if denied:
        need = count - need + 1
    heading = f"满足下列 {count} 项中的至少 {need} 项"
    if need in (1, count):
        heading = "满足下列任意一项" if need == 1 else "同时满足下列各项"
    return Line(
        verdict=negate(node.verdict) if denied else node.verdict,
        requirement=heading,
        missing=node.missing(),
        to_judge=node.verdict is Verdict.UNKNOWN and not node.missing(),
        parts=tuple(_line(part, subject, denied) for part in node.parts),
        need=need,
    )


def _needed(node: Evaluation) -> int:
    match node.condition:
        case All():
            return len(node.parts)
        case AtLeast(count, _):
            return count
        case _:
            return 1


def _denied_line(finding: Finding, subject: Subject) -> Line:
    """What must not be, said as what must be wherever one leaf can say it."""
    turned, verdict = opposite(finding.condition), negate(finding.verdict)
    if turned is not None:
        return _leaf_line(replace(finding, condition=turned, verdict=verdict), subject)
    asked = negated_text(finding.condition, subject)
    line = replace(_leaf_line(finding, subject), verdict=verdict, requirement=asked)
    if verdict is Verdict.UNKNOWN:
        return line
    return replace(
        line, advice=joined("要求", asked) + now_text(finding, subject) if verdict is Verdict.NOT_MET else ""
    )


def _leaf_line(finding: Finding, subject: Subject) -> Line:
    leaf = finding.condition
    gap = gap_of(finding, subject)
    line = Line(
        verdict=finding.verdict,
        requirement=leaf_text(leaf, subject),
        value=value_text(finding, subject),
        source=source_text(finding.source, finding.as_of),
        clause=leaf.clause or "",
        advice=gap.text if gap else "",
        missing=finding.missing,
        to_judge=finding.to_judge is not None,
    )
    if finding.verdict is not Verdict.UNKNOWN:
        return line
    if finding.to_judge is not None:
        reason = "由主管部门认定" if isinstance(leaf, Judged) else f"{finding.to_judge}，由主管部门认定"
        return replace(line, advice=reason)
    return replace(line, value=line.value or "未填写", advice=f"补充：{named(finding.missing, subject)}")


def named(refs: tuple[FactRef, ...], subject: Subject) -> str:
    """The facts named, the first few of them."""
    words = [ref_text(ref, subject) for ref in refs]
    return "、".join(words[:_MAX_NAMED]) + (f"等 {len(words)} 项" if len(words) > _MAX_NAMED else "")


def headline(assessment: Assessment, subject: Subject) -> str:
    """The outcome in one sentence: what it is, and what to do next."""
    total = len(assessment.requirements)
    match assessment.outcome:
        case Outcome.ELIGIBLE:
            return f"贵企业符合全部 {total} 项条件。" if total > 1 else "贵企业符合条件。"
        case Outcome.TO_CONFIRM:
            judged = sum(r.evaluation.verdict is Verdict.UNKNOWN for r in assessment.requirements)
            return f"有 {judged} 项由主管部门认定，其余 {total - judged} 项都符合。"
        case Outcome.NEEDS_INFORMATION:
            return f"目前没有不符合的条件，补充以下信息后就能判断：{named(assessment.missing(), subject)}。"
        case Outcome.NEAR_MISS:
            return f"只差 1 项：{_failure(_line_of(assessment.failing()[0], subject))}。"
        case _:
            failing = assessment.failing()
            reasons = "；".join(_failure(_line_of(requirement, subject)) for requirement in failing[:2])
            more = "，包括" if len(failing) > 2 else ""
            return f"有 {len(failing)} 项条件不符合{more}：{reasons}。"


def _failure(line: Line) -> str:
    """Why a line fails, in a phrase that needs no line beneath it."""
    if line.advice or not line.parts:
        return line.advice or f"要求{line.requirement}"
    if line.need == len(line.parts):
        return "；".join(_failure(part) for part in line.parts if part.verdict is Verdict.NOT_MET)
    met = sum(part.verdict is Verdict.MET for part in line.parts)
    now = f"目前满足 {met} 项" if met else "目前都不满足"
    asked = [part.requirement for part in line.parts if not part.parts]
    if line.need == 1 and len(asked) == len(line.parts) <= _MAX_ALTERNATIVES:
        return f"{joined('要求', asked[0])}{''.join(joined('，或', words) for words in asked[1:])}，{now}"
    examples = "".join(f"“{words}”" for words in asked[:2])
    among = f"{examples}等 {len(line.parts)} 项" if examples else f" {len(line.parts)} 项条件"
    return f"要求在{among}中至少满足 {line.need} 项，{now}{'' if examples else _nearest(line)}"


def _nearest(line: Line) -> str:
    """Of alternatives that are groups themselves the one with the fewest failing conditions, said in full."""

    def failing(part: Line) -> int:
        return sum(failing(inner) for inner in part.parts) or part.verdict is Verdict.NOT_MET

    failed = [part for part in line.parts if part.verdict is Verdict.NOT_MET]
    return f"，最接近的一项：{_failure(min(failed, key=failing))}" if failed else ""


def window_text(window: Window, day: date) -> str:
    """The window in words, with the last day and the days left."""
    if window.state is WindowState.EXHAUSTED:
        return "本年度资金已用完"
    if window.reason in _REASONS:
        ended = window.closes if window.reason is WindowReason.EXPIRED else None
        return _REASONS[window.reason] + (f"，{date_text(ended)}后不再受理" if ended else "")
    if window.state is WindowState.UPCOMING and window.opens is not None:
        return f"{date_text(window.opens)}开始，还有 {(window.opens - day).days} 天"
    if window.state is WindowState.CLOSED:
        return f"已于 {date_text(window.closes)}截止" if window.closes else "在政策有效期内没有申报时间"
    left = window.days_left(day)
    if window.state is WindowState.ALWAYS or left is None or window.closes is None:
        return "随时可以申报" + (f"，政策有效期至 {date_text(window.closes)}" if window.closes else "")
    return f"{date_text(window.closes)}截止，" + (f"还剩 {left} 天" if left else "今天是最后一天")


def estimate_text(estimate: Estimate, benefit: Benefit, subject: Subject) -> str:
    """What the item may bring, in words; says what must be known where nothing can be said yet."""
    yearly = "每年" if benefit.period == "yearly" else ""
    match estimate.basis:
        case Basis.NOT_MONEY:
            return FORM_LABELS[benefit.form]
        case Basis.EXACT | Basis.RANGE | Basis.UP_TO if estimate.high == 0:
            return benefit.text  # nothing as things stand: what it would be is the useful answer
        case Basis.EXACT:
            return f"{yearly}预计 {money_text(estimate.low)}"
        case Basis.RANGE:
            assert estimate.high is not None
            return f"{yearly}预计 {money_text(estimate.low)}至 {money_text(estimate.high)}"
        case Basis.UP_TO:
            assert estimate.high is not None
            return f"{yearly}最高 {money_text(estimate.high)}"
        case Basis.NEEDS:
            if not estimate.missing:
                return "金额由主管部门核定"
            return f"金额需先补充：{named(estimate.missing, subject)}"
