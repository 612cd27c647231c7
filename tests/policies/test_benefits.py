"""What an item is worth: every kind of formula, exact where it can be, an honest interval where it cannot."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policies.benefit_data import BenefitReader
from policies.benefits import Basis, Estimate, estimate
from policies.condition_reader import ConditionReader
from policies.problems import Problems
from policies.reference import load_reference
from tests.builders import benefit_of, profile_of, subject_of


def worth(benefit: dict[str, Any], **known: Any) -> Estimate:
    return estimate(benefit_of(**benefit), subject_of(profile_of(**known)))


def span(benefit: dict[str, Any], **known: Any) -> tuple[int, int | None]:
    found = worth(benefit, **known)
    return int(found.low), None if found.high is None else int(found.high)


def asked(benefit: dict[str, Any], **known: Any) -> list[str]:
    return [str(ref) for ref in worth(benefit, **known).missing]


RATE = {"kind": "rate", "rate": "10%", "of": {"fact": "equipment_investment", "year": "last"}, "cap": "500万"}


def test_a_fixed_amount_is_exact() -> None:
    assert worth({"kind": "fixed", "amount": "10万"}) == Estimate(Basis.EXACT, Decimal(100_000), Decimal(100_000))


def test_a_range_and_an_upper_bound_say_so() -> None:
    assert worth({"kind": "range", "from": "300万", "to": "1000万"}).basis is Basis.RANGE
    assert span({"kind": "range", "from": "300万", "to": "1000万"}) == (3_000_000, 10_000_000)
    assert worth({"kind": "up_to", "amount": "5000万"}).basis is Basis.UP_TO
    assert span({"kind": "up_to", "amount": "5000万"}) == (0, 50_000_000)


def test_a_discretionary_amount_is_only_an_upper_bound() -> None:
    found = worth({"kind": "fixed", "amount": 100, "discretionary": True})

    assert found == Estimate(Basis.UP_TO, Decimal(0), Decimal(100))


def test_a_title_is_not_money() -> None:
    assert worth({"form": "recognition", "kind": "not_money"}) == Estimate(Basis.NOT_MONEY)


def test_a_rate_is_taken_of_the_named_year_and_capped() -> None:
    assert span(RATE, equipment_investment={2025: "1000万", 2024: "9亿"}) == (1_000_000, 1_000_000)
    assert span(RATE, equipment_investment={2025: "9亿"}) == (5_000_000, 5_000_000)
    assert span(RATE, equipment_investment={2025: 0}) == (0, 0)


def test_a_rate_of_an_unknown_fact_lies_between_nothing_and_the_cap() -> None:
    assert span(RATE) == (0, 5_000_000)
    assert asked(RATE) == ["equipment_investment.2025"]
    uncapped = {key: value for key, value in RATE.items() if key != "cap"}
    assert span(uncapped) == (0, None)
    assert worth(uncapped).basis is Basis.NEEDS


def test_a_rate_multiplies_further_as_a_tax_does() -> None:
    deduction = {"form": "tax", "kind": "rate", "rate": "100%", "of": "rd_expense", "times": "25%"}

    assert span(deduction, rd_expense={2025: "462万"}) == (1_155_000, 1_155_000)


def test_only_the_part_above_a_threshold_and_only_the_increase_count() -> None:
    above = {"kind": "rate", "rate": "10%", "of": {"fact": "exports", "above": "100万"}}
    grown = {"kind": "rate", "rate": "10%", "of": {"fact": "exports", "increase": True}}

    assert span(above, exports={2025: "150万"}) == (50_000, 50_000)
    assert span(above, exports={2025: "50万"}) == (0, 0)
    assert span(grown, exports={2025: 500, 2024: 300}) == (20, 20)
    assert span(grown, exports={2025: 300, 2024: 500}) == (0, 0)
    assert span(grown, exports={2025: 500}) == (0, 50)
    assert asked(grown, exports={2025: 500}) == ["exports.2024"]
    assert asked(grown) == ["exports.2025", "exports.2024"]


def test_profit_after_a_loss_may_have_grown_by_more_than_it_is() -> None:
    grown = {"kind": "rate", "rate": "10%", "of": {"fact": "net_profit", "increase": True}}

    assert span(grown, net_profit={2025: 100}) == (0, None)
    assert span(grown, net_profit={2025: 100, 2024: -900}) == (100, 100)


def test_an_amount_per_unit_counts_units() -> None:
    hires = {"form": "subsidy", "kind": "per_unit", "amount": 1500, "of": "new_graduates_hired", "cap": "10万"}

    assert span(hires, new_graduates_hired={2025: 3}) == (4500, 4500)
    assert span(hires, new_graduates_hired={2025: 1000}) == (100_000, 100_000)
    assert span(hires) == (0, 100_000)


TIERS = {
    "kind": "tiers",
    "by": "revenue",
    "tiers": [
        {"from": "2000万", "amount": "10万"},
        {"from": "1亿", "amount": "50万"},
        {"from": "10亿", "rate": "0.1%"},
    ],
}


@pytest.mark.parametrize(
    ("revenue", "amount"),
    [
        ("1999.9999万", 0),
        ("2000万", 100_000),
        ("9999.9999万", 100_000),
        ("1亿", 500_000),
        ("99999.9999万", 500_000),
        ("10亿", 1_000_000),
        ("20亿", 2_000_000),
    ],
)
def test_a_shared_bound_belongs_to_the_upper_tier(revenue: str, amount: int) -> None:
    assert span(TIERS, revenue={2025: revenue}) == (amount, amount)


def test_unknown_tiers_span_what_is_possible() -> None:
    amounts = {**TIERS, "tiers": TIERS["tiers"][:2]}

    assert span(amounts) == (0, 500_000)
    assert span({**amounts, "tiers": [{"from": 0, "amount": 5}, {"from": 10, "amount": 7}]}) == (5, 7)
    assert span(TIERS) == (0, None)
    assert asked(amounts) == ["revenue.2025"]


def by_level(pick: str = "first") -> dict[str, Any]:
    rows = [
        {"when": {"fact": "technology_centre", "level_at_least": "national"}, "kind": "fixed", "amount": "100万"},
        {"when": {"fact": "technology_centre", "level_at_least": "provincial"}, "kind": "fixed", "amount": "50万"},
        {"when": "otherwise", "kind": "fixed", "amount": "10万"},
    ]
    return {"kind": "table", "rows": rows, "pick": pick}


def test_the_first_row_that_holds_counts() -> None:
    for level, amount in (("national", 1_000_000), ("provincial", 500_000), ("municipal", 100_000)):
        assert span(by_level(), technology_centre={"level": level}) == (amount, amount)


def test_a_table_with_unknown_rows_spans_the_rows_still_possible() -> None:
    assert span(by_level()) == (100_000, 1_000_000)
    assert asked(by_level()) == ["technology_centre"]
    assert span(by_level("highest")) == (100_000, 1_000_000)
    without_rest = {**by_level(), "rows": by_level()["rows"][:2]}
    assert span(without_rest) == (0, 1_000_000)
    assert span(without_rest, technology_centre=False) == (0, 0)


def test_the_highest_row_that_holds_counts_where_the_document_says_so() -> None:
    rows = [
        {"when": "otherwise", "kind": "fixed", "amount": 1},
        {"when": {"fact": "is_legal_person", "is": True}, "kind": "fixed", "amount": 9},
    ]

    assert span({"kind": "table", "rows": rows, "pick": "highest"}, is_legal_person=True) == (9, 9)
    assert span({"kind": "table", "rows": rows, "pick": "highest"}) == (1, 9)
    assert span({"kind": "table", "rows": rows}, is_legal_person=True) == (1, 1)


def test_a_judged_row_stays_an_interval() -> None:
    rows = [
        {"when": {"judged": "贡献突出"}, "kind": "fixed", "amount": 9},
        {"when": "otherwise", "kind": "fixed", "amount": 1},
    ]

    assert span({"kind": "table", "rows": rows}) == (1, 9)
    assert asked({"kind": "table", "rows": rows}) == []


def test_a_floor_lifts_what_is_paid_but_not_nothing_and_the_cap_has_the_last_word() -> None:
    floored = {**RATE, "floor": "1万"}

    assert span(floored, equipment_investment={2025: 10}) == (10_000, 10_000)
    assert span(floored, equipment_investment={2025: 0}) == (0, 0)
    assert span({**RATE, "floor": 5, "cap": 5}, equipment_investment={2025: 1_000}) == (5, 5)


INTEREST = {
    "form": "interest",
    "kind": "interest",
    "principal": "fixed_asset_loan",
    "rate": "1.5%",
    "months": 12,
    "principal_cap": "5000万",
}


@pytest.mark.parametrize(
    ("changes", "known", "amount"),
    [
        ({}, {"fixed_asset_loan": "1000万"}, 150_000),
        ({}, {"fixed_asset_loan": "8000万"}, 750_000),
        ({"months": 7}, {"fixed_asset_loan": "1000万"}, 87_500),
        ({"months": 7}, {"fixed_asset_loan": 1_000_001}, 8_750),
        ({"rate": "3.45%", "months": 11}, {"fixed_asset_loan": 1_234_567}, 39_043),
        ({"rate": None, "share": "40%"}, {"fixed_asset_loan": "1000万", "loan_rate": "3.45%"}, 138_000),
        ({"months": None, "months_fact": "loan_months"}, {"fixed_asset_loan": "1000万", "loan_months": 6}, 75_000),
        ({"months_fact": "loan_months"}, {"fixed_asset_loan": "1000万", "loan_months": 30}, 150_000),
        ({"months": None}, {"fixed_asset_loan": "1000万"}, 150_000),
    ],
)
def test_interest_is_exact_to_the_yuan(changes: dict[str, Any], known: dict[str, Any], amount: int) -> None:
    assert span({**INTEREST, **changes}, **known) == (amount, amount)


def test_interest_of_an_unknown_loan_lies_below_that_of_the_largest() -> None:
    assert span(INTEREST) == (0, 750_000)
    assert asked(INTEREST) == ["fixed_asset_loan"]
    assert span({**INTEREST, "rate": None, "share": "40%"}, fixed_asset_loan="1000万") == (0, None)
    assert span({**INTEREST, "rate": None, "share": "40%"}, fixed_asset_loan=0) == (0, 0)


def test_a_share_of_nothing_measurable_needs_more_than_facts() -> None:
    found = worth({"kind": "per_unit", "amount": 100, "of": "rd_ratio"}, rd_expense={2025: 1}, revenue={2025: 0})

    assert (found.basis, found.high, found.missing) == (Basis.NEEDS, None, ())


def test_whole_yuan_are_rounded_down_last() -> None:
    third = {"kind": "rate", "rate": "33.3333%", "of": "registered_capital"}

    assert span(third, registered_capital=10) == (3, 3)
    assert span({"kind": "fixed", "amount": "1999.99"}) == (1999, 1999)


def test_what_is_at_stake_is_the_most_that_can_be_said() -> None:
    assert worth({"kind": "up_to", "amount": 5}).at_stake == 5
    assert worth({"kind": "rate", "rate": 1, "of": "revenue"}).at_stake == 0


def test_absurd_amounts_in_a_document_never_break_an_estimate() -> None:
    huge = {"kind": "rate", "rate": "9" * 12, "times": "9" * 12, "of": "revenue"}

    assert worth(huge, revenue={2025: "10万亿"}).low > 0


def test_an_amount_beyond_any_fund_is_a_slip_of_the_unit() -> None:
    problems = Problems()
    reader = BenefitReader(ConditionReader(load_reference(), problems), problems)

    reader.read({"form": "award", "kind": "fixed", "amount": "999999999999亿", "text": "奖励"}, "benefit")

    assert [(each.where, each.expected) for each in problems] == [
        ("benefit.amount", "数值过大，不合常理，请检查单位（金额按元填写）")
    ]
