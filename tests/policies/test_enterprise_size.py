"""大中小微 by the method of 2017, and 规上: the boundaries of every category, and what partial knowledge leaves open."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policies.enterprise_size import CLASSES
from policies.evaluation import evaluate
from policies.verdict import Verdict
from tests.builders import condition, profile_of, subject_of

WAN = 10_000
YEAR = 2025
# (industry, metric, 大型 from, 中型 from, 小型 from); 万元 or persons. The other metric of the category is kept large.
LIMITS = [
    ("A0111", "revenue", 20000 * WAN, 500 * WAN, 50 * WAN),
    ("B0610", "employees", 1000, 300, 20),
    ("C3252", "employees", 1000, 300, 20),
    ("C3252", "revenue", 40000 * WAN, 2000 * WAN, 300 * WAN),
    ("D4411", "revenue", 40000 * WAN, 2000 * WAN, 300 * WAN),
    ("E4720", "revenue", 80000 * WAN, 6000 * WAN, 300 * WAN),
    ("E4720", "total_assets", 80000 * WAN, 5000 * WAN, 300 * WAN),
    ("F5111", "employees", 200, 20, 5),
    ("F5111", "revenue", 40000 * WAN, 5000 * WAN, 1000 * WAN),
    ("F5211", "employees", 300, 50, 10),
    ("F5211", "revenue", 20000 * WAN, 500 * WAN, 100 * WAN),
    ("G5431", "employees", 1000, 300, 20),
    ("G5431", "revenue", 30000 * WAN, 3000 * WAN, 200 * WAN),
    ("G5810", "employees", 1000, 300, 20),
    ("G5910", "employees", 1000, 300, 20),
    ("G5920", "employees", 200, 100, 20),
    ("G5920", "revenue", 30000 * WAN, 1000 * WAN, 100 * WAN),
    ("G6010", "employees", 1000, 300, 20),
    ("G6010", "revenue", 30000 * WAN, 2000 * WAN, 100 * WAN),
    ("H6110", "employees", 300, 100, 10),
    ("H6110", "revenue", 10000 * WAN, 2000 * WAN, 100 * WAN),
    ("H6210", "employees", 300, 100, 10),
    ("H6210", "revenue", 10000 * WAN, 2000 * WAN, 100 * WAN),
    ("I6311", "employees", 2000, 100, 10),
    ("I6410", "revenue", 100000 * WAN, 1000 * WAN, 100 * WAN),
    ("I6513", "employees", 300, 100, 10),
    ("I6513", "revenue", 10000 * WAN, 1000 * WAN, 50 * WAN),
    ("K7010", "revenue", 200000 * WAN, 1000 * WAN, 100 * WAN),
    ("K7010", "total_assets", 10000 * WAN, 5000 * WAN, 2000 * WAN),
    ("K7020", "employees", 1000, 300, 100),
    ("K7020", "revenue", 5000 * WAN, 1000 * WAN, 500 * WAN),
    ("L7111", "employees", 300, 100, 10),
    ("L7212", "total_assets", 120000 * WAN, 8000 * WAN, 100 * WAN),
    ("M7320", "employees", 300, 100, 10),
    ("N7820", "employees", 300, 100, 10),
    ("Q8521", "employees", 300, 100, 10),
    ("K7030", "employees", 300, 100, 10),
    ("K7090", "employees", 300, 100, 10),
]
PLENTY = {"employees": 1_000_000, "revenue": 10**12, "total_assets": 10**12}


def yearly(**facts: Any) -> dict[str, Any]:
    return {key: {YEAR: value} for key, value in facts.items()}


def size(**known: Any) -> tuple[str | None, frozenset[str]]:
    """The class, or None and the classes left open."""
    found = subject_of(profile_of(**known)).resolve("size_class")
    return (str(found.known.value) if found.known else None), found.possible


@pytest.mark.parametrize(("industry", "metric", "large", "medium", "small"), LIMITS)
def test_each_limit_belongs_to_the_class_above_it(
    industry: str, metric: str, large: int, medium: int, small: int
) -> None:
    steps = [(large, "large", "medium"), (medium, "medium", "small"), (small, "small", "micro")]
    for limit, at, below in steps:
        assert size(industry=industry, **yearly(**{**PLENTY, metric: limit}))[0] == at
        assert size(industry=industry, **yearly(**{**PLENTY, metric: limit - 1}))[0] == below


def test_the_lowest_metric_decides() -> None:
    assert size(industry="C3252", **yearly(employees=1000, revenue=300 * WAN))[0] == "small"
    assert size(industry="C3252", **yearly(employees=19, revenue=10**12))[0] == "micro"


def test_one_known_metric_leaves_its_class_and_those_below() -> None:
    assert size(industry="C3252", **yearly(employees=500)) == (None, frozenset({"micro", "small", "medium"}))
    assert size(industry="C3252", **yearly(revenue=10**12)) == (None, frozenset(CLASSES))
    assert size(industry="C3252", **yearly(employees=19))[0] == "micro"
    assert size(industry="C3252") == (None, frozenset(CLASSES))


def test_only_last_years_figures_count() -> None:
    assert size(industry="C3252", employees={2024: 10}, revenue={2024: 1}) == (None, frozenset(CLASSES))


def test_what_is_left_open_can_decide_a_condition() -> None:
    sme = condition({"fact": "size_class", "in": ["micro", "small", "medium"]})
    large = condition({"fact": "size_class", "is": "large"})
    small = condition({"fact": "size_class", "is": "small"})
    known = subject_of(profile_of(industry="C3252", **yearly(employees=500)))

    assert evaluate(sme, known).verdict is Verdict.MET
    assert evaluate(large, known).verdict is Verdict.NOT_MET
    assert evaluate(small, known).verdict is Verdict.UNKNOWN
    assert [str(ref) for ref in evaluate(small, known).missing()] == ["revenue.2025"]


@pytest.mark.parametrize("industry", ["J6621", "G5311", "P8310", "K7040", "S9100"])
def test_a_branch_the_method_does_not_cover_goes_by_what_its_department_says(industry: str) -> None:
    figures = yearly(**PLENTY)

    assert size(industry=industry, size_class_declared="小型", **figures)[0] == "small"
    found = subject_of(profile_of(industry=industry, **figures)).resolve("size_class")
    assert found.known is None
    assert [str(ref) for ref in found.missing] == ["size_class_declared"]


def test_every_class_together_is_no_requirement_whatever_the_branch() -> None:
    any_size = condition({"fact": "size_class", "in": list(CLASSES)})
    for known in ({}, {"industry": "J6621"}, {"industry": "K"}, {"industry": "C3252"}):
        assert evaluate(any_size, subject_of(profile_of(**known))).verdict is Verdict.MET


def test_a_coarse_industry_leaves_every_class_open_and_asks_for_a_finer_one() -> None:
    found = subject_of(profile_of(industry="K", **yearly(**PLENTY))).resolve("size_class")

    assert found.possible == set(CLASSES)
    assert [str(ref) for ref in found.missing] == ["industry.finer"]


def test_a_section_in_one_category_is_fine_enough() -> None:
    assert size(industry="C", **yearly(employees=300, revenue=2000 * WAN))[0] == "medium"


# ---------------------------------------------------------------------- 规上


def reaches(**known: Any) -> tuple[Verdict, list[str]]:
    found = evaluate(condition({"fact": "reaches_scale", "is": True}), subject_of(profile_of(**known)))
    return found.verdict, [str(ref) for ref in found.missing()]


@pytest.mark.parametrize(
    ("industry", "limit"),
    [
        ("B0610", 2000),
        ("C3252", 2000),
        ("D4411", 2000),
        ("F5111", 2000),
        ("F5211", 500),
        ("H6110", 200),
        ("H6210", 200),
        ("G5431", 2000),
        ("I6513", 2000),
        ("N7820", 2000),
        ("Q8411", 2000),
        ("L7111", 1000),
        ("M7320", 1000),
        ("P8310", 1000),
        ("K7020", 1000),
        ("O8010", 500),
        ("R8710", 500),
        ("Q8521", 500),
    ],
)
def test_the_scale_limit_of_a_branch_is_inclusive(industry: str, limit: int) -> None:
    assert reaches(industry=industry, revenue={YEAR: limit * WAN})[0] is Verdict.MET
    assert reaches(industry=industry, revenue={YEAR: Decimal(limit * WAN) - Decimal("0.01")})[0] is Verdict.NOT_MET
    assert reaches(industry=industry) == (Verdict.UNKNOWN, ["revenue.2025"])


def test_construction_goes_by_its_qualification_and_development_always_reaches_scale() -> None:
    assert reaches(industry="E4720", construction_qualified=True)[0] is Verdict.MET
    assert reaches(industry="E4720", construction_qualified=False, revenue={YEAR: 10**12})[0] is Verdict.NOT_MET
    assert reaches(industry="E4720") == (Verdict.UNKNOWN, ["construction_qualified"])
    assert reaches(industry="K7010")[0] is Verdict.MET


def test_a_branch_without_a_limit_never_reaches_it_and_a_coarse_one_is_unknown() -> None:
    assert reaches(industry="A0111")[0] is Verdict.NOT_MET
    assert reaches(industry="J6621")[0] is Verdict.NOT_MET
    assert reaches(industry="F") == (Verdict.UNKNOWN, ["industry.finer"])
    assert reaches() == (Verdict.UNKNOWN, ["industry"])
