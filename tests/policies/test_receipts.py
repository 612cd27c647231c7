"""Already received: how often an item may be had, what a former receipt forbids, and what it takes off."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.benefits import Basis
from policies.condition_reader import ConditionReader
from policies.document import Item
from policies.eligibility import Assessment, Outcome, assess
from policies.explanation import explain
from policies.problems import Problems
from policies.profile_data import ProfileReader, profile_data
from policies.receipts import ONCE, YEARLY, Receipt, Repeat, read_repeat, repeat_data
from policies.reference import load_reference
from policies.worth import worth_of
from tests.builders import DAY, benefit_of, condition, item_of, policy_of, profile_of, subject_of

OWN = "sample-policy/support"
OTHER = "another-policy/award"
DAYS = st.dates(date(2018, 1, 1), date(2030, 12, 31))
REPEATS = st.sampled_from((ONCE, YEARLY, Repeat(2), Repeat(3)))


def received(item: str, on: str, amount: int | None = None, *groups: str) -> dict[str, Any]:
    return {"item": item, "on": on, "amount": amount, "groups": list(groups)}


def assessed(item: Item, *receipts: dict[str, Any], day: date = DAY) -> Assessment:
    return assess(policy_of(item), item, subject_of(profile_of(benefits_received=list(receipts)), day))


def test_what_may_be_had_once_is_over_when_it_was_had() -> None:
    item = item_of(repeat=ONCE)

    assert assessed(item, received(OWN, "2019-05-01")).outcome is Outcome.NOT_ELIGIBLE
    assert assessed(item, received(OTHER, "2019-05-01")).outcome is Outcome.ELIGIBLE
    assert assessed(item).outcome is Outcome.ELIGIBLE


def test_without_a_record_the_department_says_whether_it_was_had() -> None:
    item = item_of(repeat=ONCE)
    found = assess(policy_of(item), item, subject_of(profile_of()))

    assert found.outcome is Outcome.TO_CONFIRM
    assert found.missing() == ()
    line = next(line for line in explain(found, subject_of(profile_of())).lines if "享受" in line.requirement)
    assert line.advice == "没有登记领取情况，由主管部门认定"


def test_an_item_without_a_limit_asks_nothing_about_the_past() -> None:
    assert assessed(item_of(), received(OWN, "2026-11-01")).outcome is Outcome.ELIGIBLE


@pytest.mark.parametrize(
    ("repeat", "on", "day", "outcome"),
    [
        (YEARLY, "2026-01-01", date(2026, 12, 31), Outcome.NOT_ELIGIBLE),
        (YEARLY, "2026-12-31", date(2027, 1, 1), Outcome.ELIGIBLE),
        (Repeat(3), "2023-11-22", date(2026, 11, 21), Outcome.NOT_ELIGIBLE),
        (Repeat(3), "2023-11-21", date(2026, 11, 21), Outcome.ELIGIBLE),
        (Repeat(2), "2024-02-29", date(2026, 2, 28), Outcome.ELIGIBLE),
    ],
)
def test_a_period_ends_on_the_corresponding_day(repeat: Repeat, on: str, day: date, outcome: Outcome) -> None:
    receipt = Receipt(OWN, date.fromisoformat(on))

    assert (not repeat.is_spent(receipt, day)) is (outcome is Outcome.ELIGIBLE)


@given(REPEATS, DAYS, DAYS)
def test_it_may_be_had_again_from_the_day_that_is_named(repeat: Repeat, on: date, day: date) -> None:
    receipt = Receipt(OWN, on)
    again = repeat.again_from(receipt)

    assert repeat.is_spent(receipt, day) is (on <= day and (again is None or day < again))


def test_what_was_had_of_the_same_group_forbids_it_too() -> None:
    item = item_of(exclusive_groups=("upgrade",), repeat=YEARLY)

    assert assessed(item, received(OTHER, "2026-03-01", 5, "upgrade")).outcome is Outcome.NOT_ELIGIBLE
    assert assessed(item, received(OTHER, "2026-03-01", 5, "other")).outcome is Outcome.ELIGIBLE
    assert assessed(item, received(OTHER, "2025-03-01", 5, "upgrade")).outcome is Outcome.ELIGIBLE


def test_the_past_is_replayed_without_what_was_received_later() -> None:
    subject = subject_of(profile_of(benefits_received=[received(OWN, "2026-11-20")]), date(2026, 11, 1))
    item = item_of(repeat=ONCE)

    assert assess(policy_of(item), item, subject).outcome is Outcome.ELIGIBLE


def test_the_reason_names_the_day_the_amount_and_the_day_it_is_possible_again() -> None:
    item = item_of(repeat=Repeat(3))
    receipts = [received(OWN, "2025-03-01", 100_000)]
    subject = subject_of(profile_of(benefits_received=receipts))

    said = explain(assess(policy_of(item), item, subject), subject)

    assert said.headline == "有 1 项条件不符合：2025年3月1日已享受 10 万元，2028年3月1日起可以再次申报。"


def test_what_may_be_had_only_once_says_so() -> None:
    item = item_of(repeat=ONCE)
    subject = subject_of(profile_of(benefits_received=[received(OWN, "2025-03-01")]))

    said = explain(assess(policy_of(item), item, subject), subject)

    assert said.headline == "有 1 项条件不符合：2025年3月1日已享受，只能享受一次。"


# ---------------------------------------------------------------------- 就高补差


TOP_UP = item_of(
    exclusive_groups=("ladder",), repeat=ONCE, top_up=True, benefit=benefit_of(kind="fixed", amount=300_000)
)


def test_with_a_top_up_a_lower_award_is_deducted_and_does_not_forbid() -> None:
    subject = subject_of(profile_of(benefits_received=[received(OTHER, "2024-03-01", 100_000, "ladder")]))

    assert assess(policy_of(TOP_UP), TOP_UP, subject).outcome is Outcome.ELIGIBLE
    worth = worth_of(policy_of(TOP_UP), TOP_UP, subject)
    assert (worth.low, worth.high, worth.basis) == (200_000, 200_000, Basis.EXACT)


def test_a_former_award_of_unknown_amount_leaves_nothing_certain() -> None:
    subject = subject_of(profile_of(benefits_received=[received(OTHER, "2024-03-01", None, "ladder")]))

    worth = worth_of(policy_of(TOP_UP), TOP_UP, subject)

    assert (worth.low, worth.high, worth.basis) == (0, 300_000, Basis.UP_TO)


@given(st.lists(st.integers(0, 400_000), max_size=4))
def test_a_top_up_never_pays_more_in_all_than_the_award_unless_more_was_paid_before(before: list[int]) -> None:
    receipts = [received(OTHER, f"2024-03-{day:02d}", amount, "ladder") for day, amount in enumerate(before, 1)]

    worth = worth_of(policy_of(TOP_UP), TOP_UP, subject_of(profile_of(benefits_received=receipts)))

    assert worth.high is not None
    assert worth.low == worth.high >= 0
    assert worth.low + sum(before) == max(300_000, sum(before))


# ---------------------------------------------------------------------- as data


def test_a_condition_can_name_what_must_not_have_been_received() -> None:
    item = item_of(condition({"not_received": {"items": [OTHER], "repeat": {"years": 2}}, "clause": "第八条"}))

    assert assessed(item, received(OTHER, "2025-11-21")).outcome is Outcome.NOT_ELIGIBLE
    assert assessed(item, received(OTHER, "2024-11-21")).outcome is Outcome.ELIGIBLE


@given(REPEATS)
def test_a_repeat_survives_writing_and_reading(repeat: Repeat) -> None:
    assert read_repeat(repeat_data(repeat)) == repeat


@pytest.mark.parametrize("raw", ["twice", 3, {"years": 1}, {"years": True}, {"years": 99}, {"years": 3, "x": 1}, None])
def test_a_repeat_that_says_nothing_is_refused(raw: object) -> None:
    with pytest.raises(ValueError, match="once"):
        read_repeat(raw)


def test_receipts_survive_writing_and_reading() -> None:
    profile = profile_of(
        benefits_received=[received(OWN, "2025-03-01", 100_000, "b", "a"), received(OTHER, "2024-01-01")]
    )

    again = ProfileReader(load_reference(), Problems(), DAY).read(profile_data(profile))

    assert again == profile
    known = profile.known("benefits_received")
    assert known is not None
    assert known.value == (
        Receipt(OTHER, date(2024, 1, 1), None, ()),
        Receipt(OWN, date(2025, 3, 1), Decimal(100_000), ("a", "b")),
    )


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("领过一次", "领取记录的列表"),
        ([{"item": OWN}], "item 和 on"),
        ([{"item": OWN, "on": "2025-01-01", "who": "x"}], "item、on、amount、groups"),
        ([{"item": "技改补助", "on": "2025-01-01"}], "政策/事项"),
        ([{"item": OWN, "on": "2026-11-22"}], "在今天之后"),
        ([{"item": OWN, "on": "去年"}], "on"),
        ([{"item": OWN, "on": "2025-01-01", "amount": -1}], "负数"),
        ([{"item": OWN, "on": "2025-01-01", "groups": "a"}], "groups"),
        ([["x"]], "item 和 on"),
    ],
)
def test_a_receipt_that_cannot_be_read_is_named(raw: object, said: str) -> None:
    problems = Problems()

    ProfileReader(load_reference(), problems, DAY).read({"facts": {"benefits_received": raw}})

    assert len(problems.listed) == 1
    assert "已享受的政策" in problems.listed[0].found and said in problems.listed[0].expected


@pytest.mark.parametrize("word", ["没有", "无", "0", "[]"])
def test_a_cell_of_a_table_can_say_that_nothing_was_received(word: str) -> None:
    known = profile_of(benefits_received=word).known("benefits_received")

    assert known is not None and known.value == ()


def test_a_cell_of_a_table_can_hold_the_list_as_text() -> None:
    known = profile_of(benefits_received=f'[{{"item": "{OWN}", "on": "2025-03-01"}}]').known("benefits_received")

    assert known is not None and known.value == (Receipt(OWN, date(2025, 3, 1)),)


def test_a_receipt_that_does_not_say_its_groups_leaves_it_to_the_department() -> None:
    item = item_of(exclusive_groups=("upgrade",), repeat=YEARLY)
    receipt = {"item": OTHER, "on": "2026-03-01"}

    assert assessed(item, receipt).outcome is Outcome.TO_CONFIRM
    assert assessed(item, {**receipt, "on": "2025-03-01"}).outcome is Outcome.ELIGIBLE


def test_with_a_top_up_nothing_is_certain_while_receipts_are_unknown() -> None:
    subject = subject_of(profile_of())

    worth = worth_of(policy_of(TOP_UP), TOP_UP, subject)

    assert (worth.low, worth.high, worth.basis) == (0, 300_000, Basis.UP_TO)


def test_with_a_top_up_what_was_had_of_the_item_itself_is_deducted() -> None:
    item = item_of(top_up=True, benefit=benefit_of(kind="fixed", amount=300_000))
    receipts = [received(OWN, "2024-03-01", 100_000), received(OWN, "2024-03-01", 100_000)]

    worth = worth_of(policy_of(item), item, subject_of(profile_of(benefits_received=receipts)))

    assert (worth.low, worth.high) == (100_000, 100_000)


def test_a_prohibition_names_what_must_not_have_been_received() -> None:
    asked = condition({"not_received": {"items": [OTHER], "name": "首台套保费补贴"}})
    item = item_of(asked)
    subject = subject_of(profile_of(benefits_received=[]))

    said = explain(assess(policy_of(item), item, subject), subject)

    assert any(line.requirement == "没有享受过首台套保费补贴" for line in said.lines)


@pytest.mark.parametrize("items", [["foo"], ["技改/补助"], ["a" * 200 + "/b"], [1], []])
def test_a_prohibition_that_names_no_item_is_refused(items: list[object]) -> None:
    problems = Problems()

    ConditionReader(load_reference(), problems).read({"not_received": {"items": items}}, "conditions")

    assert problems.listed
