"""The first twelve sample enterprises: each shows something, in every year."""

from __future__ import annotations

from datetime import date

import pytest

from policies.derived import Subject
from policies.eligibility import Outcome, assess
from policies.reference import load_reference
from service.domain.sample_enterprises import generate
from tests.builders import DAY, item_of, policy_of
from tests.service.domain.known_values import figure, value

REFERENCE = load_reference()


def test_the_first_twelve_show_different_outcomes_of_one_item() -> None:
    head = list(generate(12, day=DAY, reference=REFERENCE))
    spends = item_of({"all": [{"fact": "rd_expense", "at_least": "500万"}, {"fact": "industry", "within": ["C", "I"]}]})
    policy = policy_of(spends)

    outcomes = [assess(policy, spends, Subject(profile, DAY, REFERENCE)).outcome for profile in head]

    assert outcomes[0] is Outcome.NEAR_MISS
    assert outcomes[1] is Outcome.NEEDS_INFORMATION
    assert outcomes[2] is outcomes[10] is Outcome.ELIGIBLE
    assert outcomes[4] is outcomes[9] is Outcome.NOT_ELIGIBLE


def test_the_textile_firm_of_the_head_spent_four_million_six_hundred_and_twenty_thousand_on_research() -> None:
    first = next(generate(1, day=DAY, reference=REFERENCE))

    assert figure(first, "rd_expense", 2025) == 4_620_000
    assert value(first, "region") == "371602008"


@pytest.mark.parametrize("day", [DAY, date(2028, 3, 1)])
def test_the_brand_new_firm_of_the_head_is_always_a_month_old(day: date) -> None:
    newest = list(generate(12, day=day, reference=REFERENCE))[11]
    founded = value(newest, "founded_on")

    assert isinstance(founded, date) and (day - founded).days == 30
    assert all(year is None for _, year in newest.facts)


def test_the_figures_of_the_head_are_always_those_of_the_last_years() -> None:
    first = next(generate(1, day=date(2028, 3, 1), reference=REFERENCE))

    assert figure(first, "rd_expense", 2027) == 4_620_000
    assert value(first, "founded_on") == date(2011, 4, 16)
