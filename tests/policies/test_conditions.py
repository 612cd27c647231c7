"""Every kind of condition, met, not met and unknown, with what its finding says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from policies.conditions import Condition
from policies.evaluation import Evaluation, evaluate
from policies.profile import EnterpriseProfile
from policies.verdict import Verdict
from policies.vocabulary import Source
from tests.builders import DAY, condition, profile_of, subject_of
from tests.policies.strategies import DAYS, conditions, profiles

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
JUDGED = {"judged": "信用良好"}
HOLDS = {"fact": "high_tech_enterprise", "held": True}


def evaluated(data: Mapping[str, Any], day: date = DAY, **known: Any) -> Evaluation:
    return evaluate(condition(data), subject_of(profile_of(**known), day))


def verdict(data: Mapping[str, Any], day: date = DAY, **known: Any) -> Verdict:
    return evaluated(data, day, **known).verdict


def missing(data: Mapping[str, Any], **known: Any) -> list[str]:
    return [str(ref) for ref in evaluated(data, **known).missing()]


# Of every type of leaf: the condition, what meets it, what fails it, and what it asks when nothing is known.
LEAVES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[str]]] = [
    ({"fact": "registered_capital", "at_least": "500万"}, {"registered_capital": "500万"}, {"registered_capital": 4_999_999}, ["registered_capital"]),
    ({"fact": "registered_capital", "more_than": "500万"}, {"registered_capital": 5_000_001}, {"registered_capital": "500万"}, ["registered_capital"]),
    ({"fact": "invention_patents", "at_most": 2}, {"invention_patents": 2}, {"invention_patents": 3}, ["invention_patents"]),
    ({"fact": "invention_patents", "less_than": 2}, {"invention_patents": 1}, {"invention_patents": 2}, ["invention_patents"]),
    ({"fact": "invention_patents", "equals": 2}, {"invention_patents": 2}, {"invention_patents": 1}, ["invention_patents"]),
    ({"fact": "loan_rate", "more_than": "3%", "at_most": "5%"}, {"loan_rate": "5%"}, {"loan_rate": 0.03}, ["loan_rate"]),
    ({"fact": "revenue", "at_least": "2000万"}, {"revenue": {2025: "2000万", 2024: 0}}, {"revenue": {2025: 0, 2024: "1亿"}}, ["revenue.2025"]),
    ({"fact": "revenue", "at_least": 1, "year": "this"}, {"revenue": {2026: 1}}, {"revenue": {2026: 0}}, ["revenue.2026"]),
    ({"fact": "revenue", "at_least": 1, "year": "before_last"}, {"revenue": {2024: 1}}, {"revenue": {2024: 0}}, ["revenue.2024"]),
    ({"fact": "revenue", "at_least": 1, "year": -3}, {"revenue": {2023: 1}}, {"revenue": {2023: 0}}, ["revenue.2023"]),
    ({"fact": "revenue", "at_least": 1, "year": 2020}, {"revenue": {2020: 1}}, {"revenue": {2020: 0}}, ["revenue.2020"]),
    ({"fact": "net_profit", "more_than": 0}, {"net_profit": {2025: 1}}, {"net_profit": {2025: -1}}, ["net_profit.2025"]),
    ({"fact": "rd_expense", "at_least": 100, "over": {"years": 2, "take": "total"}}, {"rd_expense": {2025: 40, 2024: 60}}, {"rd_expense": {2025: 40, 2024: 59}}, ["rd_expense.2024", "rd_expense.2025"]),
    ({"fact": "rd_expense", "at_least": 100, "over": {"years": 3, "take": "average"}}, {"rd_expense": {2025: 300, 2024: 0, 2023: 0}}, {"rd_expense": {2025: 299, 2024: 0, 2023: 0}}, ["rd_expense.2023", "rd_expense.2024", "rd_expense.2025"]),
    ({"fact": "rd_expense", "at_least": 100, "over": {"years": 2, "take": "each"}}, {"rd_expense": {2025: 100, 2024: 100}}, {"rd_expense": {2025: 99}}, ["rd_expense.2024", "rd_expense.2025"]),
    ({"fact": "revenue", "growth": {"at_least": "20%"}}, {"revenue": {2025: 120, 2024: 100}}, {"revenue": {2025: 119, 2024: 100}}, ["revenue.2025", "revenue.2024"]),
    ({"fact": "revenue", "growth": {"at_least": "20%", "years": 2}}, {"revenue": {2025: 144, 2023: 100}}, {"revenue": {2025: 143, 2023: 100}}, ["revenue.2025", "revenue.2023"]),
    ({"fact": "revenue", "growth": {"at_least": "20%", "years": 3}}, {"revenue": {2025: 1728, 2022: 1000}}, {"revenue": {2025: 1727, 2022: 1000}}, ["revenue.2025", "revenue.2022"]),
    ({"fact": "revenue", "growth": {"less_than": "-50%"}}, {"revenue": {2025: 0, 2024: 100}}, {"revenue": {2025: 50, 2024: 100}}, ["revenue.2025", "revenue.2024"]),
    ({"fact": "rd_ratio", "at_least": "3%"}, {"rd_expense": {2025: 3}, "revenue": {2025: 100}}, {"rd_expense": {2025: 3}, "revenue": {2025: 101}}, ["rd_expense.2025", "revenue.2025"]),
    ({"fact": "years_established", "at_least": 1}, {"founded_on": "2025-11-21"}, {"founded_on": "2025-11-22"}, ["founded_on"]),
    ({"fact": "is_legal_person", "is": True}, {"is_legal_person": True}, {"is_legal_person": False}, ["is_legal_person"]),
    ({"fact": "serious_dishonesty", "is": False}, {"serious_dishonesty": "否"}, {"serious_dishonesty": "是"}, ["serious_dishonesty"]),
    ({"fact": "ownership", "is": "private"}, {"ownership": "民营"}, {"ownership": "state"}, ["ownership"]),
    ({"fact": "tax_credit_rating", "in": ["A", "B"]}, {"tax_credit_rating": "B"}, {"tax_credit_rating": "M"}, ["tax_credit_rating"]),
    ({"fact": "talent_titles", "includes": ["academician", "doctor"]}, {"talent_titles": ["doctor"]}, {"talent_titles": []}, ["talent_titles"]),
    ({"fact": "talent_titles", "includes_all": ["academician", "doctor"]}, {"talent_titles": ["doctor", "academician", "technician"]}, {"talent_titles": ["doctor"]}, ["talent_titles"]),
    ({"fact": "talent_titles", "excludes": ["academician", "doctor"]}, {"talent_titles": ["technician"]}, {"talent_titles": ["technician", "doctor"]}, ["talent_titles"]),
    ({"fact": "region", "within": "371600"}, {"region": "371625"}, {"region": "370102"}, ["region"]),
    ({"fact": "industry", "within": ["C", "D"]}, {"industry": "C3252"}, {"industry": "A0111"}, ["industry"]),
    ({"fact": "founded_on", "on_or_after": "2020-01-01"}, {"founded_on": "2020-01-01"}, {"founded_on": "2019-12-31"}, ["founded_on"]),
    ({"fact": "founded_on", "on_or_before": "2020-01-01"}, {"founded_on": "2020-01-01"}, {"founded_on": "2020-01-02"}, ["founded_on"]),
    ({"fact": "founded_on", "on_or_after": "2020-01-01", "on_or_before": "2020-12-31"}, {"founded_on": "2020-12-31"}, {"founded_on": "2021-01-01"}, ["founded_on"]),
    ({"fact": "founded_on", "within_last": "3 years"}, {"founded_on": "2023-11-21"}, {"founded_on": "2023-11-20"}, ["founded_on"]),
    ({"fact": "founded_on", "at_least_ago": "1 year"}, {"founded_on": "2025-11-21"}, {"founded_on": "2025-11-22"}, ["founded_on"]),
    ({"fact": "founded_on", "at_least_ago": "18个月"}, {"founded_on": "2025-05-21"}, {"founded_on": "2025-05-22"}, ["founded_on"]),
    ({"fact": "entered_register_on", "in_year": "last"}, {"entered_register_on": "2025-12-31"}, {"entered_register_on": "2026-01-01"}, ["entered_register_on"]),
    ({"fact": "entered_register_on", "in_year": 2024}, {"entered_register_on": "2024-01-01"}, {"entered_register_on": "2023-12-31"}, ["entered_register_on"]),
    (HOLDS, {"high_tech_enterprise": {"valid_until": "2026-11-21"}}, {"high_tech_enterprise": {"valid_until": "2026-11-20"}}, ["high_tech_enterprise"]),
    (HOLDS, {"high_tech_enterprise": {"valid_until": "2030-01-01"}}, {"high_tech_enterprise": False}, ["high_tech_enterprise"]),
    ({**HOLDS, "must_be_valid": False}, {"high_tech_enterprise": {"valid_until": "2020-01-01"}}, {"high_tech_enterprise": False}, ["high_tech_enterprise"]),
    ({"fact": "technology_centre", "level_at_least": "provincial"}, {"technology_centre": {"level": "national"}}, {"technology_centre": {"level": "市级"}}, ["technology_centre"]),
    ({"fact": "technology_centre", "obtained": {"in_year": "last"}}, {"technology_centre": {"obtained": "2025-06-01"}}, {"technology_centre": {"obtained": "2026-06-01"}}, ["technology_centre"]),
    ({"fact": "technology_centre", "first_time": True}, {"technology_centre": {"first_time": True}}, {"technology_centre": {"first_time": False}}, ["technology_centre"]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "good", "bad", "asked"), LEAVES)
def test_a_leaf_is_met_failed_or_unknown_with_what_it_needs(
    data: dict[str, Any], good: dict[str, Any], bad: dict[str, Any], asked: list[str]
) -> None:
    assert verdict(data, **good) is MET
    assert verdict(data, **bad) is NOT_MET
    assert verdict(data) is UNKNOWN
    assert missing(data) == asked
    assert missing(data, **good) == missing(data, **bad) == []


def test_a_finding_says_value_year_source_and_date() -> None:
    known: dict[str, Any] = {"revenue": {2025: {"value": "4620万", "source": "tax", "as_of": "2026-05-31"}}}
    (finding,) = evaluated({"fact": "revenue", "at_least": 1, "clause": "第三条"}, **known).findings()

    assert finding.value == Decimal(46_200_000)
    assert (finding.year, finding.source, finding.as_of) == (2025, Source.TAX, date(2026, 5, 31))
    assert finding.condition.clause == "第三条"


def test_last_year_follows_the_day() -> None:
    asked = {"fact": "revenue", "at_least": 1}
    known = {"revenue": {2025: 1, 2026: 0}}

    assert verdict(asked, date(2026, 12, 31), **known) is MET
    assert verdict(asked, date(2027, 1, 1), **known) is NOT_MET


def test_each_year_names_the_year_that_fails() -> None:
    asked = {"fact": "rd_expense", "at_least": 100, "over": {"years": 2, "take": "each"}}
    (failed,) = evaluated(asked, rd_expense={2024: 99, 2025: 100}).findings()

    assert (failed.year, failed.value) == (2024, 99)
    assert missing(asked, rd_expense={2025: 100}) == ["rd_expense.2024"]


def test_a_pooled_ratio_is_the_sum_over_the_sum_and_not_the_average_of_the_ratios() -> None:
    asked = {"fact": "rd_ratio", "at_least": "5%", "over": {"years": 2, "take": "pooled"}}
    revenue = {2024: 100, 2025: 900}

    assert verdict(asked, rd_expense={2024: 0, 2025: 50}, revenue=revenue) is MET
    assert verdict(asked, rd_expense={2024: 40, 2025: 9}, revenue=revenue) is NOT_MET
    assert missing(asked, rd_expense={2025: 50}, revenue=revenue) == ["rd_expense.2024"]
    (nothing,) = evaluated(asked, rd_expense={2024: 1, 2025: 1}, revenue={2024: 0, 2025: 0}).findings()
    assert nothing.to_judge is not None


def test_a_total_needs_every_year() -> None:
    asked = {"fact": "rd_expense", "at_least": 100, "over": {"years": 2, "take": "total"}}

    assert missing(asked, rd_expense={2025: 1000}) == ["rd_expense.2024"]


@pytest.mark.parametrize("years", [{2025: 100, 2024: 0}, {2025: 0, 2024: 0}])
def test_growth_from_nothing_is_for_the_department_to_judge(years: dict[int, int]) -> None:
    (finding,) = evaluated({"fact": "revenue", "growth": {"at_least": "20%"}}, revenue=years).findings()

    assert finding.verdict is UNKNOWN
    assert not finding.missing
    assert finding.to_judge is not None and "无法计算增长率" in finding.to_judge


def test_growth_from_a_loss_is_for_the_department_to_judge() -> None:
    (finding,) = evaluated({"fact": "net_profit", "growth": {"at_least": 0}}, net_profit={2025: 5, 2024: -5}).findings()

    assert finding.to_judge == "2024 年净利润不是正数，无法计算增长率"


def test_growth_into_a_loss_is_no_growth() -> None:
    yearly = evaluated({"fact": "net_profit", "growth": {"at_least": 0}}, net_profit={2025: -5, 2024: 5})
    over_two = {"fact": "net_profit", "growth": {"at_least": 0, "years": 2}}

    assert yearly.verdict is NOT_MET
    assert next(iter(yearly.findings())).value == Decimal(-2)
    assert evaluated(over_two, net_profit={2025: -5, 2023: 5}).verdict is NOT_MET


def test_a_firm_is_not_asked_for_figures_of_years_before_it_was_founded() -> None:
    young = {"founded_on": "2026-03-01"}

    (finding,) = evaluated({"fact": "revenue", "at_most": 1}, **young).findings()

    assert finding.missing == ()
    assert finding.to_judge == "贵企业 2026 年成立，没有 2025 年的营业收入"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"fact": "revenue", "at_least": 1}, NOT_MET),
        ({"fact": "new_hires", "more_than": 0}, NOT_MET),
        ({"fact": "revenue", "at_least": 0}, UNKNOWN),
        ({"fact": "revenue", "at_least": 1, "at_most": 9}, NOT_MET),
        ({"fact": "layoff_rate", "at_least": "1%"}, UNKNOWN),
        ({"fact": "rd_ratio", "at_least": "3%"}, UNKNOWN),
    ],
)
def test_of_a_year_before_the_founding_there_was_nothing_where_something_is_asked_for(
    data: dict[str, Any], expected: Verdict
) -> None:
    assert verdict(data, founded_on="2026-03-01") is expected
    assert verdict({"fact": "revenue", "at_least": 1}, founded_on="2026-03-01", revenue={2025: 5}) is MET


def test_a_young_firm_pools_the_years_it_has() -> None:
    pooled = {"fact": "rd_ratio", "at_least": "5%", "over": {"years": 3, "take": "pooled"}}
    figures = {"founded_on": "2024-05-01", "rd_expense": {2024: 4, 2025: 6}, "revenue": {2024: 100, 2025: 100}}

    assert verdict(pooled, **figures) is MET
    assert verdict(pooled, **{**figures, "founded_on": "2020-05-01"}) is UNKNOWN


# ---------------------------------------------------------------------- qualifications


def test_a_qualification_is_valid_on_its_last_day_and_not_the_day_after() -> None:
    known = {"high_tech_enterprise": {"held": True, "valid_until": "2026-12-31"}}

    assert verdict(HOLDS, date(2026, 12, 31), **known) is MET
    assert verdict(HOLDS, date(2027, 1, 1), **known) is NOT_MET


def test_a_qualification_asks_only_for_the_part_that_lacks() -> None:
    gazelle = {"fact": "gazelle", "level_at_least": "provincial", "obtained": {"in_year": "last"}, "first_time": True}

    assert missing(gazelle) == ["gazelle"]
    assert missing(gazelle, gazelle=True) == [
        "gazelle.valid_until",
        "gazelle.level",
        "gazelle.obtained",
        "gazelle.first_time",
    ]
    assert missing(gazelle, gazelle={"level": "provincial", "valid_until": "2027-01-01", "first_time": True}) == [
        "gazelle.obtained"
    ]
    assert verdict(gazelle, gazelle={"level": "municipal"}) is NOT_MET
    assert verdict(gazelle, gazelle=False) is NOT_MET


def test_a_qualification_that_never_expires_needs_no_last_day() -> None:
    assert verdict({"fact": "technology_centre", "held": True}, technology_centre=True) is MET
    assert verdict({"fact": "technology_centre", "held": True}, technology_centre={"valid_until": "2020-01-01"}) is MET


# ---------------------------------------------------------------------- groups


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"not": JUDGED}, UNKNOWN),
        ({"any": [JUDGED, {"fact": "is_legal_person", "is": True}]}, MET),
        ({"all": [JUDGED, {"fact": "is_legal_person", "is": False}]}, NOT_MET),
        ({"at_least": {"k": 2, "of": [JUDGED, JUDGED, {"fact": "is_legal_person", "is": False}]}}, UNKNOWN),
        ({"at_least": {"k": 1, "of": [JUDGED, {"fact": "is_legal_person", "is": True}]}}, MET),
        ({"at_least": {"k": 2, "of": [JUDGED, {"fact": "is_legal_person", "is": False}]}}, NOT_MET),
    ],
)
def test_groups_follow_kleenes_logic(data: dict[str, Any], expected: Verdict) -> None:
    assert verdict(data, is_legal_person=True) is expected


def test_every_leaf_is_evaluated_even_when_the_verdict_is_settled() -> None:
    found = evaluated(
        {"any": [{"fact": "is_legal_person", "is": True}, {"fact": "ownership", "is": "private"}]}, is_legal_person=True
    )

    assert [finding.verdict for finding in found.findings()] == [MET, UNKNOWN]
    assert found.missing() == ()


def test_what_is_settled_is_never_asked_for() -> None:
    tree = {
        "all": [
            {"fact": "is_legal_person", "is": True},
            {"not": {"all": [{"fact": "is_legal_person", "is": False}, {"fact": "revenue", "at_least": 1}]}},
            {"any": [{"fact": "ownership", "is": "state"}, JUDGED]},
        ]
    }

    assert missing(tree, is_legal_person=True) == ["ownership"]


@settings(max_examples=200, deadline=None)
@given(conditions(), profiles(), DAYS)
def test_any_condition_can_be_evaluated_for_any_enterprise_on_any_day(
    asked: Condition, profile: EnterpriseProfile, day: date
) -> None:
    found = evaluate(asked, subject_of(profile, day))

    assert bool(found.missing()) <= (found.verdict is UNKNOWN)
    assert all(finding.verdict in Verdict for finding in found.findings())


def test_two_thousand_conditions_nested_a_hundred_deep_are_evaluated() -> None:
    tree: dict[str, Any] = {"fact": "revenue", "at_least": 1}
    for level in range(100):
        group = ("all", "any")[level % 2]
        others = {
            "all": [{"fact": "is_legal_person", "is": True}] * 19,
            "any": [{"fact": "is_legal_person", "is": False}] * 19,
        }
        tree = {group: [*others[group], tree]}

    assert verdict(tree, is_legal_person=True, revenue={2025: 1}) is MET
    assert verdict(tree, is_legal_person=True, revenue={2025: 0}) is NOT_MET
    assert missing(tree, is_legal_person=True) == ["revenue.2025"]
    assert len(list(evaluated(tree).findings())) == 1901
