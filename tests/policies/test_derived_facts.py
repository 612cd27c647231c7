"""Facts that are computed: from what, and which inputs are named when they lack."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.derived import Resolved
from policies.reference import load_reference
from policies.vocabulary import Source
from tests.builders import DAY, profile_of, subject_of
from tests.policies.strategies import DAYS


def resolved(key: str, year: int | None = None, day: date = DAY, **known: Any) -> Resolved:
    return subject_of(profile_of(**known), day).resolve(key, year)


def value(found: Resolved) -> Any:
    assert found.known is not None
    return found.known.value


def names(found: Resolved) -> list[str]:
    return [str(ref) for ref in found.missing]


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2026, 5, 7), "1.99726027397"),
        (date(2026, 5, 8), "2"),
        (date(2026, 5, 9), "2.00273972603"),
        (date(2024, 5, 8), "0"),
    ],
)
def test_years_since_a_day_are_whole_on_its_anniversary(day: date, years: str) -> None:
    assert value(resolved("years_established", day=day, founded_on="2024-05-08")) == Decimal(years)


def test_an_enterprise_founded_on_a_leap_day_has_its_anniversary_every_year() -> None:
    for year in range(2021, 2027):
        whole = value(resolved("years_established", day=date(year, 2, 28), founded_on="2020-02-29"))
        assert whole == (year - 2020 if year != 2024 else Decimal("3.99726775956"))


@given(st.dates(date(1990, 1, 1), DAY), DAYS, DAYS)
def test_years_since_a_day_only_grow(founded: date, one: date, other: date) -> None:
    first, last = sorted((one, other))
    profile: dict[str, Any] = {"founded_on": founded.isoformat()}

    assert value(resolved("years_established", day=first, **profile)) <= value(
        resolved("years_established", day=last, **profile)
    )


def test_a_ratio_is_computed_of_the_same_year_and_marked_as_computed() -> None:
    found = resolved("rd_ratio", 2025, rd_expense={2025: "462万", 2024: 1}, revenue={2025: "4620万", 2024: 1})

    assert value(found) == Decimal("0.1")
    assert found.known is not None and found.known.source is Source.COMPUTED


def test_a_ratio_names_exactly_the_inputs_that_lack() -> None:
    assert names(resolved("rd_ratio", 2025)) == ["rd_expense.2025", "revenue.2025"]
    assert names(resolved("rd_ratio", 2025, revenue={2025: 1})) == ["rd_expense.2025"]
    assert names(resolved("rd_ratio", 2025, revenue={2024: 1}, rd_expense={2025: 1})) == ["revenue.2025"]


def test_a_ratio_over_nothing_is_left_to_the_department() -> None:
    found = resolved("rd_ratio", 2025, rd_expense={2025: 1}, revenue={2025: 0})

    assert found.known is None
    assert not found.missing
    assert found.undefined is not None and "营业收入为 0" in found.undefined


def test_growth_needs_two_years() -> None:
    assert value(resolved("revenue_growth", 2025, revenue={2025: 120, 2024: 100})) == Decimal("0.2")
    assert names(resolved("revenue_growth", 2025, revenue={2025: 120})) == ["revenue.2024"]
    assert names(resolved("revenue_growth", 2025)) == ["revenue.2025", "revenue.2024"]


def test_growth_from_nothing_is_left_to_the_department() -> None:
    assert "2024 年营业收入不是正数" in str(resolved("revenue_growth", 2025, revenue={2025: 120, 2024: 0}).undefined)


@pytest.mark.parametrize("key", [key for key, fact in load_reference().vocabulary.facts.items() if fact.derived])
def test_every_derived_fact_asks_only_for_facts_a_person_can_fill_in(key: str) -> None:
    vocabulary = load_reference().vocabulary
    found = resolved(key, 2025, entity_type=None)

    assert found.missing
    for ref in found.missing:
        assert ref.key in vocabulary.base_inputs(key)
        assert vocabulary.fact(ref.key).derived is None
