"""Profiles as people and other systems hand them in: every defect is named, the rest is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from policies.problems import Problem, Problems
from policies.profile import EnterpriseProfile, FactKey, Known, Qualification
from policies.profile_data import ProfileReader, profile_data, years_before_founding
from policies.reference import load_reference
from policies.vocabulary import FactRef, FactType, Source
from tests.builders import DAY
from tests.policies.strategies import sourced_profiles
from tests.policies.test_reading_conditions import JSON_DATA

NOTHING = EnterpriseProfile()
LAST_DAY = date(2027, 12, 31)  # of the days that the strategies draw


def read(
    data: Any, today: date = DAY, former: EnterpriseProfile = NOTHING
) -> tuple[EnterpriseProfile | None, list[Problem]]:
    problems = Problems()
    return ProfileReader(load_reference(), problems, today, former).read(data), problems.listed


def value(key: str, raw: Any, year: int | None = None) -> Any:
    profile, problems = read({"facts": {key: raw}})
    assert profile is not None and not problems, list(map(str, problems))
    known = profile.known(key, year)
    return known.value if known else None


@pytest.mark.parametrize(
    ("facts", "where", "found", "expected"),
    [
        ({"registered_capital": -1}, "registered_capital", "“-1”", "不能是负数"),
        ({"invention_patents": -1}, "invention_patents", "“-1”", "不能是负数"),
        ({"invention_patents": 1.5}, "invention_patents", "“1.5”", "应为整数"),
        ({"registered_capital": "一千万"}, "registered_capital", "“一千万”", "应为数字"),
        ({"registered_capital": True}, "registered_capital", "“是”", "应为数字"),
        ({"registered_capital": "900万亿"}, "registered_capital", "“900万亿”", "不合常理，请检查单位"),
        ({"registered_capital": 10**40}, "registered_capital", "1000", "数字过长"),
        ({"loan_rate": 3.45}, "loan_rate", "“3.45”", "百分数请带上 %"),
        ({"revenue": 4_620_000}, "revenue", "“4620000”", "按年份填写"),
        ({"revenue": {}}, "revenue", "没有填写", "按年份填写"),
        ({"revenue": {1989: 1}}, "revenue.1989", "“1989”", "1990 到 2026"),
        ({"revenue": {2027: 1}}, "revenue.2027", "“2027”", "1990 到 2026"),
        ({"revenue": {"2025.5": 1}}, "revenue.2025.5", "“2025.5”", "年份"),
        ({"revenue": {"去年": 1}}, "revenue.去年", "“去年”", "年份"),
        ({"revenue": {2025: 1, "2025": 2}}, "revenue.2025", "2025 年写了两次", "每年只能有一个值"),
        ({"revenue": {2025: -5}}, "revenue.2025", "“-5”", "不能是负数"),
        ({"net_profit": {2025: "-2万亿"}}, "net_profit.2025", "“-2万亿”", "不能小于"),
        ({"founded_on": "2026-11-22"}, "founded_on", "2026-11-22", "今天之后"),
        ({"founded_on": "1850-01-01"}, "founded_on", "1850", "不合常理"),
        ({"founded_on": "去年"}, "founded_on", "“去年”", "应为日期"),
        ({"is_legal_person": "maybe"}, "is_legal_person", "“maybe”", "“是”或“否”"),
        ({"ownership": "外星"}, "ownership", "“外星”", "民营、国有及国有控股"),
        ({"talent_titles": "博士,神仙"}, "talent_titles", "“博士,神仙”", "院士"),
        ({"region": "北京市"}, "region", "“北京市”", "山东省内"),
        ({"region": "滨州北海经济开发区"}, "region", "北海", "功能区填在“所在功能区”"),
        ({"zone": "滨城区"}, "zone", "“滨城区”", "或“不在功能区”"),
        ({"industry": "铝"}, "industry", "“铝”", "GB/T 4754"),
        ({"business_scope": "x" * 5001}, "business_scope", "x", "不超过 5000 字"),
        ({"business_scope": "铝\ud800"}, "business_scope", "铝", "文字"),
        ({"business_scope": "铝\x00"}, "business_scope", "铝", "文字"),
        ({"business_scope": 5}, "business_scope", "“5”", "文字"),
        ({"gazelle": {"held": True, "levl": "x"}}, "gazelle", "levl", "多出了 levl"),
        ({"gazelle": {"level": "national"}}, "gazelle", "national", "级别应为：市级、省级"),
        ({"gazelle": {"obtained": "2027-01-01"}}, "gazelle", "2027", "今天之后"),
        ({"gazelle": {"obtained": "2025-01-01", "valid_until": "2024-01-01"}}, "gazelle", "2025", "早于取得日期"),
        ({"gazelle": "大概"}, "gazelle", "“大概”", "“是”或“否”"),
        ({"gazelle": {"held": "大概"}}, "gazelle", "“是否具备：大概”", "是否具备应为“是”或“否”"),
        ({"gazelle": {"held": None}}, "gazelle", "“是否具备：空”", "是否具备应为“是”或“否”"),
        ({"gazelle": {"held": True, "valid_until": "明年"}}, "gazelle", "“是否具备：是、有效期至：明年”", "有效期至应为日期"),
        ({"gazelle": {"held": {"a": 1}}}, "gazelle", "“是否具备：多项”", "“是”或“否”"),
        ({"gazelle": ["是"]}, "gazelle", "“是”", "“是”或“否”"),
        ({"ownership": {"value": None}}, "ownership", "“所有制类型”没有填写", "民营"),
        ({"registered_capital": {"amount": 5}}, "registered_capital", "“amount：5”", "应为数字"),
        ({"revenu": {2025: 1}}, "revenu", "没有信息项 “revenu”", "是不是 revenue"),
        ({"营业收入": {2025: 1}}, "营业收入", "没有信息项", "是不是 revenue"),
        ({"": 1}, "", "没有信息项", "词表"),
        ({"size_class": "small"}, "size_class", "由系统计算", "请填写：所属行业、从业人员数、营业收入"),
        ({"rd_ratio": {2025: "5%"}}, "rd_ratio", "由系统计算", "请填写：研发费用、营业收入"),
        ({"ownership": {"value": "private", "source": "rumour"}}, "ownership", "rumour", "source 应为 registry"),
        ({"ownership": {"value": "private", "source": {}}}, "ownership", "来源没有填写", "source 应为 registry"),
        ({"ownership": {"value": "private", "as_of": "soon"}}, "ownership", "soon", "as_of 应为日期"),
        ({"ownership": {"value": "private", "as_of": "2026-11-22"}}, "ownership", "2026-11-22", "as_of 不能在今天之后"),
    ],
)  # fmt: skip
def test_a_defect_of_a_fact_says_where_what_was_found_and_what_is_expected(
    facts: dict[str, Any], where: str, found: str, expected: str
) -> None:
    profile, listed = read({"facts": {**facts, "tax_arrears": False}})

    assert [problem.where for problem in listed] == [f"facts.{where}"]
    assert found in listed[0].found
    assert expected in listed[0].expected
    assert profile is not None and profile.known("tax_arrears") == Known(False)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ("revenue", ""),
        ([], ""),
        ({"facts": [1]}, "facts"),
        ({"name": ""}, "name"),
        ({"name": 5}, "name"),
        ({"name": "字" * 201}, "name"),
        ({"name": "甲\udfff"}, "name"),
        ({"name": "甲公司\n乙公司"}, "name"),
        ({"name": "甲\u2028乙"}, "name"),
        ({"name": "甲\x1b[2J"}, "name"),
        ({"code": "914403001922038217"}, "code"),
        ({"phone": "1"}, "phone"),
    ],
)
def test_a_defect_around_the_facts_is_named(data: Any, where: str) -> None:
    _, (problem,) = read(data)

    assert problem.where == where


@pytest.mark.parametrize(
    ("key", "raw", "expected"),
    [
        ("is_legal_person", "是", True),
        ("is_legal_person", "没有", False),
        ("is_legal_person", 0, False),
        ("is_legal_person", "ＹＥＳ", True),
        ("registered_capital", "５００万元", Decimal(5_000_000)),
        ("loan_rate", "3.45%", Decimal("0.0345")),
        ("invention_patents", "12 件", Decimal(12)),
        ("founded_on", "2019年5月8日", date(2019, 5, 8)),
        ("ownership", "民营", "private"),
        ("talent_titles", "博士，院士", {"doctor", "academician"}),
        ("talent_titles", [], frozenset()),
        ("region", "邹平市", "371681"),
        ("region", "371626", "371681"),
        ("zone", "不在功能区", "none"),
        ("zone", "滨州北海经济开发区", "371600-beihai"),
        ("industry", "3252", "C3252"),
        ("high_tech_enterprise", "是", Qualification(True)),
        ("high_tech_enterprise", {"valid_until": "2027-01-01"}, Qualification(True, valid_until=date(2027, 1, 1))),
        ("gazelle", {"level": "省级", "first_time": "是"}, Qualification(True, "provincial", first_time=True)),
        ("gazelle", False, Qualification(False)),
        ("ownership", None, None),
    ],
)
def test_a_fact_is_read_as_people_write_it(key: str, raw: Any, expected: Any) -> None:
    assert value(key, raw) == expected


def test_an_unknown_year_is_left_out_and_a_known_zero_is_kept() -> None:
    profile, problems = read({"facts": {"revenue": {2025: 0, "2024": "1.5亿", "2023年": None}}})

    assert profile is not None and not problems
    assert profile.known("revenue", 2025) == Known(Decimal(0))
    assert profile.known("revenue", 2024) == Known(Decimal(150_000_000))
    assert profile.known("revenue", 2023) is None


def test_a_value_keeps_its_source_and_date() -> None:
    profile, _ = read({"facts": {"revenue": {2025: {"value": 5, "source": "tax", "as_of": "2026-05-31"}}}})

    assert profile is not None
    assert profile.known("revenue", 2025) == Known(Decimal(5), Source.TAX, date(2026, 5, 31))


def test_a_founding_day_is_judged_by_the_day_of_reading() -> None:
    data = {"facts": {"founded_on": "2026-11-21"}}

    assert read(data, date(2026, 11, 21))[1] == []
    assert len(read(data, date(2026, 11, 20))[1]) == 1


def test_a_figure_of_this_year_is_read_and_one_of_next_year_only_when_it_has_come() -> None:
    data = {"facts": {"revenue": {2027: 1}}}

    assert len(read(data, date(2026, 12, 31))[1]) == 1
    assert read(data, date(2027, 1, 1))[1] == []


def test_a_figure_of_a_year_before_the_founding_is_worth_a_warning() -> None:
    profile, problems = read({"facts": {"founded_on": "2026-03-01", "revenue": {2025: 1, 2026: 2}}})
    assert profile is not None and not problems
    (problem,) = years_before_founding(profile, load_reference().vocabulary)

    assert str(problem) == "facts.revenue.2025：成立于 2026 年，不会有 2025 年的营业收入；请检查"
    assert problem.warning


def former(**facts: Any) -> EnterpriseProfile:
    profile, problems = read({"name": "甲公司", "facts": facts})
    assert profile is not None and not problems
    return profile


def test_of_what_is_known_already_only_what_the_data_says_is_changed() -> None:
    before = former(region="371602", revenue={2024: 1, 2025: 2})
    after, problems = read({"facts": {"revenue": {2025: 3}, "region": None}}, former=before)

    assert after is not None and not problems
    assert after.name == "甲公司"
    assert {key: known.value for key, known in after.facts.items()} == {
        ("region", None): "371602",
        ("revenue", 2024): Decimal(1),
        ("revenue", 2025): Decimal(3),
    }


def test_what_cannot_be_read_leaves_what_is_known_already() -> None:
    before = former(region="371602", revenue={2025: 2})
    after, problems = read({"name": "甲\n乙", "facts": {"region": "火星", "revenue": {2025: "很多"}}}, former=before)

    assert after == before
    assert {problem.where for problem in problems} == {"name", "facts.region", "facts.revenue.2025"}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"valid_until": "2028-01-01"}, Qualification(True, "provincial", date(2025, 1, 1), date(2028, 1, 1))),
        ("是", Qualification(True, "provincial", date(2025, 1, 1), date(2027, 1, 1))),
        ("否", Qualification(False)),
    ],
)
def test_parts_of_a_qualification_that_are_not_named_stay_while_it_is_held(raw: Any, expected: Qualification) -> None:
    held = {"level": "provincial", "obtained": "2025-01-01", "valid_until": "2027-01-01"}
    after, problems = read({"facts": {"gazelle": raw}}, former=former(gazelle=held))

    assert after is not None and not problems
    assert after.known("gazelle") == Known(expected)


def test_parts_that_contradict_what_is_known_already_are_refused() -> None:
    before = former(gazelle={"obtained": "2023-01-01", "valid_until": "2025-12-31"})
    after, (problem,) = read({"facts": {"gazelle": {"obtained": "2026-02-01"}}}, former=before)

    assert after == before
    assert problem.expected == "有效期（至 2025-12-31）早于取得日期（2026-02-01），请检查"


def test_a_qualification_once_lost_and_held_again_starts_anew() -> None:
    after, problems = read({"facts": {"gazelle": "是"}}, former=former(gazelle={"held": False, "level": "provincial"}))

    assert after is not None and not problems
    assert after.known("gazelle") == Known(Qualification(True))


@pytest.mark.parametrize(
    ("key", "label", "option"),
    [
        (fact.key, option.label, option.key)
        for fact in load_reference().vocabulary.facts.values()
        if fact.type in (FactType.CHOICE, FactType.CHOICES) and fact.derived is None
        for option in fact.options
    ],
)
def test_every_option_can_be_given_by_its_label(key: str, label: str, option: str) -> None:
    assert value(key, label) in (option, frozenset({option}))


def test_a_profile_cannot_be_changed_behind_its_back() -> None:
    facts: dict[FactKey, Known] = {("tax_arrears", None): Known(False)}
    profile = EnterpriseProfile(facts=facts)
    facts["tax_arrears", None] = Known(True)
    changed = profile.with_known(FactRef("tax_arrears"), Known(True))

    assert profile.known("tax_arrears") == Known(False)
    assert changed.known("tax_arrears") == Known(True)


@settings(max_examples=200, deadline=None)
@given(sourced_profiles())
def test_a_profile_survives_being_written_and_read(profile: EnterpriseProfile) -> None:
    profile = replace(profile, name=profile.name and " ".join(profile.name.split()))  # a name is one line
    written = json.loads(json.dumps(profile_data(profile)))
    again, problems = read(written, LAST_DAY)

    assert not problems
    assert again == profile
    assert profile_data(profile) == json.loads(json.dumps(profile_data(again)))


@settings(max_examples=200, deadline=None)
@given(JSON_DATA)
def test_any_data_is_read_or_refused_and_never_raises(data: Any) -> None:
    keys = ("revenue", "region", "founded_on", "gazelle", "ownership", "talent_titles", "business_scope", "zone")
    for given_data in (data, {"facts": data}, {"facts": dict.fromkeys(keys, data)}, {"name": data, "code": data}):
        for problem in read(given_data)[1]:
            assert problem.found and problem.expected
            assert "None" not in problem.found
