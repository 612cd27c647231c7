"""差一点: a single failing requirement the enterprise can change, and never one it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from policies.eligibility import Outcome, assess
from tests.builders import item_of, policy_of, profile_of, subject_of

MONEY = {"fact": "revenue", "at_least": "1亿"}
REGION = {"fact": "region", "within": "371681"}
LISTED = {"fact": "serious_dishonesty", "is": True}
KNOWN: dict[str, Any] = {
    "revenue": {2025: 0},
    "region": "371625",
    "zone": "none",
    "tax_region": "371625",
    "industry": "C3252",
    "employees": {2025: 10},
    "founded_on": "2026-01-01",
    "ownership": "state",
    "is_legal_person": False,
    "serious_dishonesty": True,
    "tax_credit_rating": "C",
    "talent_titles": [],
    "entered_register_on": "2024-05-01",
    "high_tech_enterprise": False,
}


def is_near(data: dict[str, Any], **known: Any) -> bool:
    item = item_of(data)
    found = assess(policy_of(item), item, subject_of(profile_of(**{**KNOWN, **known})))
    assert len(found.failing()) == 1
    return found.outcome is Outcome.NEAR_MISS


@pytest.mark.parametrize(
    "data",
    [
        MONEY,
        {"fact": "tax_credit_rating", "in": ["A", "B"]},
        {"fact": "talent_titles", "includes": ["doctor"]},
        {"fact": "serious_dishonesty", "is": False},
        {"fact": "high_tech_enterprise", "held": True},
        {"fact": "founded_on", "at_least_ago": "1 year"},
        {"fact": "years_established", "at_least": 1},
        {"fact": "entered_register_on", "at_least_ago": "5 years"},
        {"not": LISTED},
        {"not": {"fact": "founded_on", "within_last": "1 year"}},
        {"not": {"fact": "years_established", "less_than": 1}},
    ],
)
def test_what_the_enterprise_can_change_is_a_near_miss(data: dict[str, Any]) -> None:
    assert is_near(data)


@pytest.mark.parametrize(
    "data",
    [
        REGION,
        {"fact": "tax_region", "within": "371681"},
        {"fact": "zone", "within": "371600-edz"},
        {"fact": "industry", "within": "A"},
        {"fact": "ownership", "is": "private"},
        {"fact": "is_legal_person", "is": True},
        {"fact": "size_class", "is": "large"},
        {"fact": "founded_on", "on_or_before": "2020-01-01"},
        {"fact": "founded_on", "in_year": "last"},
        {"fact": "entered_register_on", "in_year": "this"},
        {"fact": "entered_register_on", "within_last": "1 year"},
        {"fact": "entered_register_on", "on_or_after": "2025-01-01"},
        {"not": {"fact": "region", "within": "371600"}},
        {"not": {"fact": "industry", "within": "C"}},
        {"not": {"fact": "founded_on", "on_or_after": "2025-01-01"}},
        {"not": {"fact": "ownership", "is": "state"}},
        {"fact": "revenue", "at_least": "1亿", "year": 2025},
        {"not": {"fact": "revenue", "less_than": "1亿", "year": 2025}},
    ],
)
def test_region_industry_birth_and_past_dates_are_never_a_near_miss(data: dict[str, Any]) -> None:
    assert not is_near(data)


def test_an_enterprise_that_is_too_old_does_not_get_younger() -> None:
    assert not is_near({"fact": "years_established", "at_most": 5}, founded_on="2016-01-01")
    assert not is_near({"fact": "founded_on", "within_last": "5 years"}, founded_on="2016-01-01")
    assert not is_near({"not": {"fact": "years_established", "at_least": 5}}, founded_on="2016-01-01")


@pytest.mark.parametrize(
    ("data", "near"),
    [
        ({"any": [REGION, MONEY]}, True),
        ({"any": [REGION, {"fact": "industry", "within": "A"}]}, False),
        ({"any": [REGION, {"all": [MONEY, {"fact": "tax_credit_rating", "is": "A"}]}]}, True),
        ({"any": [REGION, {"all": [MONEY, {"fact": "industry", "within": "A"}]}]}, False),
        ({"at_least": {"k": 2, "of": [MONEY, REGION, {"fact": "high_tech_enterprise", "held": True}]}}, True),
        ({"at_least": {"k": 2, "of": [MONEY, REGION, {"fact": "industry", "within": "A"}]}}, False),
        ({"not": {"any": [LISTED, {"fact": "revenue", "less_than": 100}]}}, True),
        ({"not": {"any": [LISTED, {"fact": "region", "within": "371600"}]}}, False),
        ({"not": {"all": [LISTED, {"fact": "region", "within": "371600"}]}}, True),
        ({"not": {"all": [{"fact": "industry", "within": "C"}, {"fact": "region", "within": "371600"}]}}, False),
        ({"not": {"at_least": {"k": 1, "of": [LISTED, {"fact": "industry", "within": "C"}]}}}, False),
        ({"not": {"at_least": {"k": 2, "of": [LISTED, {"fact": "industry", "within": "C"}]}}}, True),
        ({"not": {"not": MONEY}}, True),
        ({"not": {"not": REGION}}, False),
    ],
)
def test_groups_can_change_when_enough_of_their_parts_can(data: dict[str, Any], near: bool) -> None:
    assert is_near(data) is near


HELD = {"held": True, "obtained": "2024-06-01", "valid_until": "2027-06-01", "first_time": False}


@pytest.mark.parametrize(
    ("asked", "known", "near"),
    [
        ({"held": True}, {**HELD, "valid_until": "2026-11-20"}, True),
        ({"held": True}, False, True),
        ({"obtained": {"in_year": "this"}}, False, True),
        ({"obtained": {"in_year": "last"}}, False, False),
        ({"obtained": {"on_or_before": "2026-11-20"}}, False, False),
        ({"obtained": {"on_or_before": "2026-11-21"}}, False, True),
        ({"obtained": {"in_year": "last"}}, HELD, False),
        ({"first_time": True}, HELD, False),
        ({"first_time": True}, False, True),
    ],
)
def test_a_qualification_can_be_obtained_or_renewed_unless_its_time_is_past(
    asked: dict[str, Any], known: Any, near: bool
) -> None:
    assert is_near({"fact": "high_tech_enterprise", **asked}, high_tech_enterprise=known) is near


def test_a_higher_level_can_be_reached() -> None:
    data = {"fact": "technology_centre", "level_at_least": "national"}

    assert is_near(data, technology_centre={"level": "municipal"})


def test_holding_what_must_not_be_held_cannot_be_undone() -> None:
    assert not is_near({"not": {"fact": "high_tech_enterprise", "held": True}}, high_tech_enterprise=HELD)
