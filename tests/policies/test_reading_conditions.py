"""Conditions and benefits as data: each defect is named with where it is, what was found and what was expected."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.benefit_data import BenefitReader, benefit_data
from policies.benefits import Benefit
from policies.condition_data import condition_data
from policies.condition_reader import MAX_DEPTH, MAX_NODES, ConditionReader
from policies.conditions import Condition, leaves
from policies.evaluation import evaluate
from policies.problems import Problem, Problems
from policies.reference import load_reference
from tests.builders import condition, profile_of, subject_of
from tests.policies.strategies import benefits, conditions

JSON_DATA = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
        st.sampled_from(("revenue", "region", "C", "last", "1 year", "high_tech_enterprise", "each")),
    ),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.dictionaries(
            st.sampled_from((
                "fact", "judged", "all", "any", "not", "at_least", "k", "of", "is", "in", "within", "over", "years", "take",
                "growth", "year", "held", "obtained", "in_year", "within_last", "form", "kind", "text", "amount", "rate",
                "rows", "when", "tiers", "by", "from", "to", "cap", "clause", "x",
            )),
            parts,
            max_size=4,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


def problems_of(data: Any) -> list[Problem]:
    problems = Problems()
    ConditionReader(load_reference(), problems).read(data, "conditions")
    return problems.listed


def benefit_problems(data: Any) -> list[Problem]:
    problems = Problems()
    BenefitReader(ConditionReader(load_reference(), problems), problems).read(data, "benefit")
    return problems.listed


@pytest.mark.parametrize(
    ("data", "where", "found", "expected"),
    [
        ("revenue > 5", "conditions", "“revenue > 5”", "应为一个条件"),
        (None, "conditions", "None", "应为一个条件"),
        ([], "conditions", "[]", "应为一个条件"),
        ({}, "conditions", "出现了", "恰好有 fact、judged"),
        ({"all": [], "any": []}, "conditions", "all、any", "恰好有"),
        ({"all": []}, "conditions.all", "[]", "至少有一个条件的列表"),
        ({"any": {"fact": "revenue"}}, "conditions.any", "fact", "至少有一个条件的列表"),
        ({"all": [{"judged": "好"}, 5]}, "conditions.all.1", "“5”", "应为一个条件"),
        ({"not": None}, "conditions.not", "None", "应为一个条件"),
        ({"judged": " "}, "conditions.judged", "写成了", "应为一句话"),
        ({"judged": "好", "fact": "revenue", "at_least": 1}, "conditions.judged", "多出了", "这里可以写"),
        ({"judged": "好", "extra": 1}, "conditions.extra", "“extra”", "clause、judged"),
        ({"at_least": 2}, "conditions.at_least", "“2”", "{k: 2, of:"),
        ({"at_least": {"k": 3, "of": [{"judged": "好"}]}}, "conditions.at_least.k", "“3”", "1 到 1 之间的整数"),
        ({"at_least": {"k": True, "of": [{"judged": "好"}]}}, "conditions.at_least.k", "“True”", "整数"),
        ({"at_least": {"k": 1}}, "conditions.at_least.of", "None", "列表"),
        ({"fact": "revenu", "at_least": 1}, "conditions.fact", "“revenu”", "是不是 revenue"),
        ({"fact": "营业收入", "at_least": 1}, "conditions.fact", "“营业收入”", "是不是 revenue"),
        ({"fact": "zzzzzz"}, "conditions.fact", "“zzzzzz”", "词表里的信息项"),
        ({"fact": ["revenue"]}, "conditions.fact", "revenue", "词表里的信息项"),
        ({"fact": "revenue"}, "conditions", "“营业收入”", "缺少比较方式"),
        ({"fact": "revenue", "at_least": "很多"}, "conditions", "“营业收入”", "应为数字"),
        ({"fact": "revenue", "at_least": 1, "more_than": 1}, "conditions", "“营业收入”", "同一端"),
        ({"fact": "revenue", "at_least": 2, "at_most": 1}, "conditions", "“营业收入”", "永远不会满足"),
        ({"fact": "revenue", "more_than": 1, "at_most": 1}, "conditions", "“营业收入”", "永远不会满足"),
        ({"fact": "revenue", "equals": 1, "at_most": 1}, "conditions", "“营业收入”", "equals 不能"),
        ({"fact": "revenue", "at_least": -1}, "conditions", "“营业收入”", "合理范围"),
        ({"fact": "revenue", "at_least": 1, "is": True}, "conditions.is", "“is”", "at_least"),
        ({"fact": "revenue", "at_least": 1, "year": "next"}, "conditions", "“营业收入”", "“next” 应为 last"),
        ({"fact": "revenue", "at_least": 1, "year": 99}, "conditions", "“营业收入”", "“99” 应为 last"),
        ({"fact": "revenue", "at_least": 1, "over": {"years": 2}}, "conditions", "“营业收入”", "over 应写成"),
        ({"fact": "revenue", "at_least": 1, "over": {"years": 1, "take": "each"}}, "conditions", "“营业收入”", "2 到 20"),
        ({"fact": "revenue", "at_least": 1, "over": {"years": 2, "take": "best"}}, "conditions", "“营业收入”", "total、average、each、pooled"),
        ({"fact": "revenue", "at_least": 1, "over": {"years": 2, "take": "pooled"}}, "conditions", "“营业收入”", "pooled 只用于"),
        ({"fact": "revenue", "growth": {"at_least": "10%"}, "at_least": 1}, "conditions", "“营业收入”", "growth 不能"),
        ({"fact": "revenue", "growth": {"at_least": "10%", "years": 0}}, "conditions", "“营业收入”", "years 应为"),
        ({"fact": "revenue", "growth": {"at_least": "10%", "per": 1}}, "conditions", "“营业收入”", "多出了 per"),
        ({"fact": "registered_capital", "at_least": 1, "year": "last"}, "conditions.year", "“year”", "这里可以写"),
        ({"fact": "registered_capital", "at_least": 1, "over": {"years": 2, "take": "each"}}, "conditions.over", "“over”", "这里可以写"),
        ({"fact": "is_legal_person", "is": "yes"}, "conditions", "法人", "is: true 或 is: false"),
        ({"fact": "is_legal_person", "is": 1}, "conditions", "法人", "is: true 或 is: false"),
        ({"fact": "ownership", "is": "private", "in": ["state"]}, "conditions", "所有制", "is: 一个选项"),
        ({"fact": "ownership", "in": ["private", "mars"]}, "conditions", "所有制", "没有选项 “mars”，可选：private"),
        ({"fact": "ownership", "in": []}, "conditions", "所有制", "至少有一个选项"),
        ({"fact": "talent_titles", "includes": "doctor", "excludes": "none"}, "conditions", "人才称号", "之一"),
        ({"fact": "region", "within": "北京市"}, "conditions", "注册地", "山东省内"),
        ({"fact": "region", "within": []}, "conditions", "注册地", "应写 within"),
        ({"fact": "industry", "within": "C9"}, "conditions", "行业", "GB/T 4754"),
        ({"fact": "founded_on", "within_last": "3 weeks"}, "conditions", "成立日期", "应写成 3 years"),
        ({"fact": "founded_on", "within_last": "9999 years"}, "conditions", "成立日期", "过长"),
        ({"fact": "founded_on", "within_last": "1 year", "in_year": "last"}, "conditions", "成立日期", "之一"),
        ({"fact": "founded_on", "on_or_after": "2020-02-30"}, "conditions", "成立日期", "日期不存在"),
        ({"fact": "founded_on", "on_or_after": "2021-01-01", "on_or_before": "2020-01-01"}, "conditions", "成立日期", "永远不会满足"),
        ({"fact": "gazelle", "held": False}, "conditions", "瞪羚", "请写 not"),
        ({"fact": "gazelle"}, "conditions", "瞪羚", "应写 held"),
        ({"fact": "gazelle", "level_at_least": "national"}, "conditions", "瞪羚", "可选：municipal、provincial"),
        ({"fact": "high_tech_enterprise", "level_at_least": "x"}, "conditions", "高新", "（不分级）"),
        ({"fact": "gazelle", "first_time": "yes"}, "conditions", "瞪羚", "true 或 false"),
        ({"fact": "gazelle", "obtained": "last"}, "conditions", "瞪羚", "obtained 应写成"),
        ({"fact": "gazelle", "obtained": {"in_year": "last", "x": 1}}, "conditions", "瞪羚", "多出了 x"),
        ({"fact": "business_scope", "is": "x"}, "conditions.is", "“is”", "这里可以写"),
        ({"fact": "revenue", "at_least": 1, "clause": 5}, "conditions.clause", "“5”", "应为一句话"),
    ],
)  # fmt: skip
def test_a_defect_says_where_what_was_found_and_what_is_expected(
    data: Any, where: str, found: str, expected: str
) -> None:
    listed = problems_of(data)

    assert any(p.where == where and found in p.found and expected in p.expected for p in listed), list(map(str, listed))


def test_every_defect_is_named_at_once() -> None:
    data = {"all": [{"fact": "revenu", "at_least": 1}, {"judged": ""}, {"any": [7, {"fact": "revenue"}]}]}

    assert [problem.where for problem in problems_of(data)] == [
        "conditions.all.0.fact",
        "conditions.all.1.judged",
        "conditions.all.2.any.0",
        "conditions.all.2.any.1",
    ]


def nested(depth: int, group: str = "all") -> dict[str, Any]:
    tree: dict[str, Any] = {"judged": "好"}
    for _ in range(depth - 1):
        tree = {"not": tree} if group == "not" else {group: {"k": 1, "of": [tree]} if group == "at_least" else [tree]}
    return tree


@pytest.mark.parametrize("group", ["all", "any", "not", "at_least"])
def test_the_deepest_condition_allowed_is_read_evaluated_and_written(group: str) -> None:
    deepest = condition(nested(MAX_DEPTH, group))

    assert evaluate(deepest, subject_of(profile_of())).verdict == "unknown"
    assert condition_data(deepest) == nested(MAX_DEPTH, group)
    assert len(list(leaves(deepest))) == 1


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 400])
def test_a_deeper_condition_is_a_clear_error(depth: int) -> None:
    (problem,) = problems_of(nested(depth))

    assert "嵌套过深" in problem.found
    assert str(MAX_DEPTH) in problem.expected


def test_too_many_conditions_are_one_clear_error() -> None:
    (problem,) = problems_of({"all": [{"judged": "好"}] * (MAX_NODES * 2)})

    assert "条件过多" in problem.found
    assert problems_of({"all": [{"judged": "好"}] * (MAX_NODES - 1)}) == []


@pytest.mark.parametrize(
    ("data", "where", "expected"),
    [
        ("10 万", "benefit", "应为支持标准"),
        ({"form": "gift", "kind": "not_money", "text": "好"}, "benefit.form", "award"),
        ({"form": "award", "kind": "not_money"}, "benefit.text", "一句话"),
        ({"form": "award", "kind": "prize", "text": "好"}, "benefit.kind", "fixed"),
        ({"form": "award", "kind": "fixed", "text": "好"}, "benefit.amount", "fixed 必须有 amount"),
        ({"form": "award", "kind": "fixed", "text": "好", "amount": -1}, "benefit.amount", "不能是负数"),
        ({"form": "award", "kind": "fixed", "text": "好", "amount": 1, "rate": 1}, "benefit.rate", "fixed 可以写"),
        ({"form": "award", "kind": "fixed", "text": "好", "amount": 1, "cap": 1, "floor": 2}, "benefit.floor", "不高于封顶"),
        ({"form": "award", "kind": "fixed", "text": "好", "amount": 1, "discretionary": "yes"}, "benefit.discretionary", "true 或 false"),
        ({"form": "award", "kind": "fixed", "text": "好", "amount": 1, "period": "daily"}, "benefit.period", "once 或 yearly"),
        ({"form": "award", "kind": "range", "text": "好", "from": 2, "to": 1}, "benefit", "不高于上限"),
        ({"form": "award", "kind": "rate", "text": "好", "rate": "10%", "of": "region"}, "benefit.of", "数字类信息项"),
        ({"form": "award", "kind": "rate", "text": "好", "rate": "10%", "of": "revenu"}, "benefit.of", "是不是 revenue"),
        ({"form": "award", "kind": "rate", "text": "好", "rate": "10%", "of": {"fact": "revenue", "above": -5}}, "benefit.of", "不能是负数"),
        ({"form": "award", "kind": "rate", "text": "好", "rate": "10%", "of": {"fact": "revenue", "increase": "yes"}}, "benefit.of", "true 或 false"),
        ({"form": "award", "kind": "rate", "text": "好", "rate": "10%", "of": {"fact": "registered_capital", "increase": True}}, "benefit.of", "不分年度"),
        ({"form": "award", "kind": "tiers", "text": "好", "by": "revenue", "tiers": []}, "benefit.tiers", "档次列表"),
        ({"form": "award", "kind": "tiers", "text": "好", "by": "revenue", "tiers": [{"from": 1, "amount": 1}, {"from": 1, "amount": 2}]}, "benefit.tiers", "大于上一档"),
        ({"form": "award", "kind": "tiers", "text": "好", "by": "revenue", "tiers": [{"from": 1, "amount": 1, "rate": 1}]}, "benefit.tiers.0", "from"),
        ({"form": "award", "kind": "table", "text": "好", "rows": 5}, "benefit.rows", "行列表"),
        ({"form": "award", "kind": "table", "text": "好", "rows": [{"kind": "fixed", "amount": 1}]}, "benefit.rows.0", "when"),
        ({"form": "award", "kind": "table", "text": "好", "rows": [{"when": {"fact": "x"}, "kind": "fixed", "amount": 1}]}, "benefit.rows.0.when.fact", "词表"),
        ({"form": "award", "kind": "table", "text": "好", "pick": "best", "rows": [1]}, "benefit.pick", "first 或 highest"),
        ({"form": "interest", "kind": "interest", "text": "好", "principal": "fixed_asset_loan"}, "benefit", "rate（贴息利率）或 share"),
        ({"form": "interest", "kind": "interest", "text": "好", "principal": "fixed_asset_loan", "rate": "1%", "share": "1%"}, "benefit", "之一"),
        ({"form": "interest", "kind": "interest", "text": "好", "principal": "fixed_asset_loan", "rate": "1%", "loan_rate": "loan_rate"}, "benefit.loan_rate", "share"),
        ({"form": "interest", "kind": "interest", "text": "好", "principal": "fixed_asset_loan", "rate": "1%", "months": 0}, "benefit.months", "月数"),
    ],
)  # fmt: skip
def test_a_defect_of_a_benefit_says_where_and_what_is_expected(data: Any, where: str, expected: str) -> None:
    listed = benefit_problems(data)

    assert any(p.where == where and expected in p.expected for p in listed), list(map(str, listed))


@settings(max_examples=300, deadline=None)
@given(JSON_DATA)
def test_any_data_is_read_or_refused_and_never_raises(data: Any) -> None:
    for problem in (*problems_of(data), *benefit_problems(data)):
        assert problem.found and problem.expected
        assert len(str(problem)) < 3_000


@settings(max_examples=200, deadline=None)
@given(conditions())
def test_a_condition_survives_being_written_and_read(asked: Condition) -> None:
    written = condition_data(asked)

    assert condition(written) == asked
    assert condition(json.loads(json.dumps(written))) == asked
    assert condition_data(condition(written)) == written


@settings(max_examples=150, deadline=None)
@given(benefits())
def test_a_benefit_survives_being_written_and_read(benefit: Benefit) -> None:
    problems = Problems()
    written = json.loads(json.dumps(benefit_data(benefit)))

    assert BenefitReader(ConditionReader(load_reference(), problems), problems).read(written, "benefit") == benefit
    assert not problems.listed


@pytest.mark.parametrize("number", ["0.0000001", "0.0000000000000000000000000001", "1234567890123.45", "0.10", "5%"])
def test_small_and_long_numbers_survive_being_written(number: str) -> None:
    read = condition({"fact": "rd_ratio" if "%" in number or number < "1" else "revenue", "at_least": number})

    assert condition(condition_data(read)) == read
    assert isinstance(read.bounds.low, Decimal)  # type: ignore[union-attr]
