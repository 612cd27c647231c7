"""Explanations say what the evaluation found: every condition once, with its verdict, in words a person can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from policies.benefits import Benefit, estimate
from policies.conditions import All, AtLeast, Condition, Judged, Not, leaves
from policies.conditions import Any as AnyOf
from policies.document import Policy
from policies.eligibility import Assessment, Outcome, assess
from policies.evaluation import Evaluation, evaluate
from policies.explanation import Explanation, Line, estimate_text, explain, window_text
from policies.profile import EnterpriseProfile
from policies.verdict import Verdict, negate
from policies.windows import Window, WindowReason, WindowState, window_on
from policies.wording import negated_text, opposite
from tests.builders import DAY, item_of, policy_of, profile_of, subject_of
from tests.policies import strategies

LATIN = re.compile(r"[a-z]|None")


def assessed(
    condition: Condition | dict[str, Any], profile: EnterpriseProfile, day: date = DAY
) -> tuple[Assessment, Explanation]:
    item, subject = item_of(condition), subject_of(profile, day)
    assessment = assess(policy_of(item), item, subject)
    return assessment, explain(assessment, subject)


def lines_of(explanation: Explanation) -> Iterator[Line]:
    waiting = list(explanation.lines)
    while waiting:
        line = waiting.pop()
        waiting += line.parts
        yield line


def leaf_verdicts(node: Evaluation, denied: bool = False) -> Iterator[tuple[str | None, Verdict]]:
    """The clause and verdict of every leaf, as a person sees it: under a negation what fails is what is wanted."""
    if node.finding is not None:
        yield node.finding.condition.clause, negate(node.verdict) if denied else node.verdict
    for part in node.parts:
        yield from leaf_verdicts(part, denied is not isinstance(node.condition, Not))


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS)
def test_every_condition_is_explained_exactly_once_with_its_own_verdict(
    condition: Condition, profile: EnterpriseProfile, day: date
) -> None:
    assessment, explanation = assessed(condition, profile, day)

    expected = Counter(pair for r in assessment.requirements for pair in leaf_verdicts(r.evaluation))
    assert Counter((line.clause or None, line.verdict) for line in explanation.leaves()) == expected


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS)
def test_a_group_is_explained_with_its_own_verdict(condition: Condition, profile: EnterpriseProfile, day: date) -> None:
    _, explanation = assessed(condition, profile, day)

    for line in lines_of(explanation):
        if line.parts:
            met = sum(part.verdict is Verdict.MET for part in line.parts)
            possible = sum(part.verdict is not Verdict.NOT_MET for part in line.parts)
            found = Verdict.MET if met >= line.need else Verdict.UNKNOWN if possible >= line.need else Verdict.NOT_MET
            assert line.verdict is found


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS, strategies.benefits())
def test_every_sentence_can_be_read_without_knowing_a_key(
    condition: Condition, profile: EnterpriseProfile, day: date, benefit: Benefit
) -> None:
    _, explanation = assessed(condition, profile, day)
    subject = subject_of(profile, day)

    said = [explanation.outcome, explanation.headline, explanation.window]
    said.append(estimate_text(estimate(benefit, subject), benefit, subject))
    for line in lines_of(explanation):
        said += [line.requirement, line.value, line.source, line.advice]
    assert [sentence for sentence in said if LATIN.search(sentence)] == []


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS)
def test_what_is_missing_is_asked_for_and_what_is_judged_is_not(
    condition: Condition, profile: EnterpriseProfile, day: date
) -> None:
    _, explanation = assessed(condition, profile, day)

    for line in explanation.leaves():
        if line.verdict is Verdict.UNKNOWN:
            assert line.to_judge is not bool(line.missing)
            assert ("补充：" in line.advice) is bool(line.missing)
            assert line.mark == ("○" if line.to_judge else "?")
        else:
            assert "补充" not in line.advice
            assert (line.advice == "") is (line.verdict is Verdict.MET)


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS)
def test_what_fails_comes_first_then_what_is_missing_then_what_is_judged_then_the_rest(
    condition: Condition, profile: EnterpriseProfile, day: date
) -> None:
    assessment, explanation = assessed(condition, profile, day)

    rank = {"✗": 0, "?": 1, "○": 2, "✓": 3}
    ranks = [rank[line.mark] for line in explanation.lines]
    assert ranks == sorted(ranks)
    assert explanation.met == ranks.count(3)
    assert explanation.total == len(ranks) == len(assessment.requirements)


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS)
def test_an_opposite_holds_exactly_where_the_condition_fails(
    condition: Condition, profile: EnterpriseProfile, day: date
) -> None:
    subject = subject_of(profile, day)

    for leaf in leaves(condition):
        turned = opposite(leaf)
        if turned is not None:
            assert evaluate(turned, subject).verdict is negate(evaluate(leaf, subject).verdict)
        assert negated_text(leaf, subject)


MANY = {
    "all": [
        {"judged": "信用良好"},
        {"fact": "revenue", "at_least": "1亿"},
        {"fact": "employees", "at_least": 10},
        {"fact": "is_legal_person", "is": True},
    ]
}


def test_the_four_marks_and_their_order() -> None:
    _, explanation = assessed(MANY, profile_of(revenue={2025: 1}, is_legal_person=True))

    assert [line.mark for line in explanation.lines] == ["✗", "?", "○", "✓", "✓"]
    assert (explanation.met, explanation.total) == (2, 5)


@pytest.mark.parametrize(
    ("known", "outcome", "headline"),
    [
        ({"revenue": {2025: "1亿"}, "employees": {2025: 10}}, "待部门认定", "有 1 项由主管部门认定，其余 4 项都符合。"),
        (
            {"employees": {2025: 10}},
            "待补充",
            "目前没有不符合的条件，补充以下信息后就能判断：2025 年营业收入。",
        ),
        (
            {"revenue": {2025: "9000万"}, "employees": {2025: 10}},
            "差一点",
            "只差 1 项：营业收入差 1,000 万元（现 9,000 万元，要求不少于 1 亿元）。",
        ),
        (
            {"revenue": {2025: "9000万"}, "employees": {2025: 9}},
            "不符合",
            "有 2 项条件不符合：营业收入差 1,000 万元（现 9,000 万元，要求不少于 1 亿元）；"
            "从业人员数差 1 人（现 9 人，要求不少于 10 人）。",
        ),
    ],
)
def test_the_headline_says_what_it_is_and_what_to_do(known: dict[str, Any], outcome: str, headline: str) -> None:
    _, explanation = assessed(MANY, profile_of(is_legal_person=True, **known))

    assert (explanation.outcome, explanation.headline) == (outcome, headline)


def test_no_more_than_four_facts_are_named_and_the_rest_is_counted() -> None:
    keys = ("revenue", "employees", "rd_expense", "total_assets", "net_profit")
    _, explanation = assessed({"all": [{"fact": key, "at_least": 1} for key in keys]}, profile_of())

    assert explanation.headline.endswith(
        "2025 年营业收入、2025 年从业人员数、2025 年研发费用、2025 年资产总额等 5 项。"
    )


def test_an_applicant_who_is_not_meant_is_told_who_is() -> None:
    item, subject = (
        item_of(applicants=("enterprise", "team")),
        subject_of(profile_of(entity_type="person", team_recruitment="none")),
    )
    explanation = explain(assess(policy_of(item), item, subject), subject)

    assert explanation.lines[0].requirement == "支持对象为企业或人才团队"
    assert explanation.headline == "有 1 项条件不符合：要求支持对象为企业或人才团队。"


def test_a_negated_group_is_shown_as_what_must_be() -> None:
    data = {"not": {"at_least": {"k": 2, "of": [{"fact": key, "is": True} for key in BAD]}}}
    _, explanation = assessed(data, profile_of(tax_arrears=True, serious_dishonesty=True, abnormal_operation=False))

    group = explanation.lines[0]
    assert (group.mark, group.requirement, group.need) == ("✗", "满足下列 3 项中的至少 2 项", 2)
    assert [(line.mark, line.requirement) for line in group.parts] == [
        ("✗", "没有欠缴税款"),
        ("✗", "未被列入严重失信主体名单"),
        ("✓", "未被列入经营异常名录"),
    ]


BAD = ("tax_arrears", "serious_dishonesty", "abnormal_operation")


def test_an_enterprise_that_says_only_that_it_is_in_no_zone_is_explained() -> None:
    _, explanation = assessed({"fact": "region", "within": "371600"}, profile_of(zone="none"))

    assert (explanation.lines[0].value, explanation.lines[0].advice) == ("未填写", "补充：注册地")


def test_a_double_negation_is_no_negation() -> None:
    _, explanation = assessed({"not": {"not": {"fact": "revenue", "at_least": 5}}}, profile_of(revenue={2025: 3}))

    assert explanation.lines[0].requirement == "2025 年营业收入不少于 5 元"
    assert explanation.lines[0].advice == "营业收入差 2 元（现 3 元，要求不少于 5 元）"


def test_a_judged_part_of_a_group_leaves_the_group_to_the_department() -> None:
    data = {"any": [{"judged": "信用良好"}, {"fact": "revenue", "at_least": 5}]}
    assessment, explanation = assessed(data, profile_of(revenue={2025: 3}))

    assert assessment.outcome is Outcome.TO_CONFIRM
    assert [line.mark for line in explanation.lines] == ["○", "✓"]


@pytest.mark.parametrize("reason", WindowReason)
def test_every_reason_for_a_window_has_words(reason: WindowReason) -> None:
    window = Window(WindowState.CLOSED, date(2020, 1, 1), date(2025, 12, 31), reason)

    assert not LATIN.search(window_text(window, DAY))


@given(strategies.policies(), strategies.DAYS)
def test_only_a_window_that_is_always_open_reads_so(policy: Policy, day: date) -> None:
    for item in policy.items:
        window = window_on(policy, item, day)

        words = window_text(window, day)

        assert words.startswith("随时可以申报") is (window.state is WindowState.ALWAYS)
        assert ("还剩" in words or "最后一天" in words) <= window.state.can_apply
        assert not LATIN.search(words) and "-" not in words


@settings(max_examples=30)
@given(strategies.conditions(30), strategies.profiles())
def test_a_large_tree_is_explained_too(condition: Condition, profile: EnterpriseProfile) -> None:
    tree = All((Not(condition), AnyOf((condition, Judged("信用良好"))), AtLeast(1, (condition, condition))))

    _, explanation = assessed(tree, profile)

    assert sum(1 for _ in explanation.leaves()) == 4 * sum(1 for _ in leaves(condition)) + 2
