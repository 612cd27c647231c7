"""From no to yes: distances, the question that decides most, and what one change would really open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policies.benefits import Estimate, estimate
from policies.conditions import Compare, Condition, DateIn, DateRange, DayMark, Period
from policies.document import HowToApply, Item, Policy
from policies.eligibility import Assessment, Outcome, assess
from policies.evaluation import evaluate, find
from policies.gaps import Gap, distance, gap_of, is_far
from policies.next_steps import Unlock, questions, unlocks
from policies.profile import EnterpriseProfile, Known
from policies.verdict import Verdict
from policies.vocabulary import FactRef
from tests.builders import DAY, benefit_of, condition, item_of, policy_of, profile_of, subject_of
from tests.policies import strategies


def gap(data: dict[str, Any] | Condition, profile: EnterpriseProfile, day: date = DAY) -> Gap:
    """The distance of one leaf that fails."""
    subject = subject_of(profile, day)
    finding = evaluate(condition(data) if isinstance(data, dict) else data, subject).finding
    assert finding is not None
    found = gap_of(finding, subject)
    assert found is not None
    return found


# ---------------------------------------------------------------------- distances


def test_a_shortfall_says_how_much_what_there_is_and_what_is_asked() -> None:
    found = gap({"fact": "rd_expense", "at_least": "500万"}, profile_of(rd_expense={2025: "462万"}))

    assert found.text == "研发费用差 38 万元（现 462 万元，要求不少于 500 万元）"
    assert found.short_by == 380_000
    assert found.share == Decimal("0.076")


@pytest.mark.parametrize(
    ("asked", "known", "text", "short_by"),
    [
        (
            {"fact": "employees", "at_most": 300},
            {"employees": {2025: 320}},
            "从业人员数超出 20 人（现 320 人，要求不超过 300 人）",
            20,
        ),
        (
            {"fact": "revenue", "at_least": "1亿", "less_than": "4亿"},
            {"revenue": {2025: "4.5亿"}},
            "营业收入超出 5,000 万元（现 4.5 亿元，要求不少于 1 亿元、不足 4 亿元）",
            50_000_000,
        ),
        (
            {"fact": "registered_capital", "more_than": "100万"},
            {"registered_capital": "100万"},
            "注册资本要求超过 100 万元，现在正好是 100 万元",
            0,
        ),
        (
            {"fact": "loan_months", "less_than": 12},
            {"loan_months": 12},
            "贷款已付息月数要求不足 12 个月，现在正好是 12 个月",
            0,
        ),
        (
            {"fact": "debt_ratio", "at_most": "70%"},
            {"total_assets": {2025: 1000}, "total_liabilities": {2025: 755}},
            "资产负债率超出 5.5 个百分点（现 75.5%，要求不超过 70%）",
            Decimal("0.055"),
        ),
        (
            {"fact": "revenue", "growth": {"at_least": "20%", "years": 2}},
            {"revenue": {2023: 100, 2025: 121}},
            "营业收入增长率差 10 个百分点（现 10%，要求不少于 20%）",
            Decimal("0.1"),
        ),
        (
            {"fact": "rd_expense", "at_least": 100, "over": {"years": 2, "take": "total"}},
            {"rd_expense": {2024: 40, 2025: 50}},
            "研发费用合计差 10 元（现 90 元，要求不少于 100 元）",
            10,
        ),
        (
            {"fact": "rd_ratio", "at_least": "3%", "over": {"years": 2, "take": "pooled"}},
            {"rd_expense": {2024: 2, 2025: 2}, "revenue": {2024: 100, 2025: 100}},
            "研发费用占营业收入的比重（合并计算）差 1 个百分点（现 2%，要求不少于 3%）",
            Decimal("0.01"),
        ),
    ],
)
def test_every_kind_of_number_has_its_distance(
    asked: dict[str, Any], known: dict[str, Any], text: str, short_by: Decimal | int
) -> None:
    found = gap(asked, profile_of(**known))

    assert (found.text, found.short_by) == (text, Decimal(short_by))


@given(st.sampled_from(("registered_capital", "revenue", "employees")), st.data())
def test_adding_what_is_short_is_enough(key: str, data: st.DataObject) -> None:
    numbers = strategies.COUNTS if key == "employees" else strategies.MONEY
    drawn = data.draw(strategies.bounds(numbers))
    bounds = replace(drawn, low_included=True, high_included=True)
    ends = [end for end in (bounds.low, bounds.high) if end is not None]
    beyond = (ends[0] / 2, ends[0] - 1, ends[-1] + 1, ends[-1] * 3)
    value = data.draw(st.sampled_from(beyond))
    assume(not bounds.admits(value))
    leaf = Compare(key, bounds)
    ref = FactRef(key, None if key == "registered_capital" else 2025)
    profile = EnterpriseProfile().with_known(ref, Known(value))

    short_by = gap(leaf, profile).short_by

    assert short_by is not None and short_by > 0
    reached = value + short_by if bounds.is_below(value) else value - short_by
    changed = subject_of(profile.with_known(ref, Known(reached)))
    assert evaluate(leaf, changed).verdict is Verdict.MET


@given(strategies.PAST_DAYS, st.integers(0, 12), st.integers(0, 40), st.sampled_from(("years", "months", "days")))
def test_waiting_is_enough_from_the_day_that_is_named_and_not_before(
    started: date, amount: int, lived: int, unit: str
) -> None:
    day = started + timedelta(days=lived)
    leaf = DateIn("founded_on", DateRange(None, DayMark(ago=Period(**{unit: amount}))))
    profile = profile_of(founded_on=started.isoformat())
    assume(find(leaf, subject_of(profile, day)).verdict is Verdict.NOT_MET)

    found = gap(leaf, profile, day)

    assert found.from_day is not None and found.from_day > day
    assert found.short_by == (found.from_day - day).days
    assert find(leaf, subject_of(profile, found.from_day)).verdict is Verdict.MET
    assert find(leaf, subject_of(profile, found.from_day - timedelta(days=1))).verdict is Verdict.NOT_MET


@given(strategies.PAST_DAYS, st.integers(1, 8), st.integers(0, 400), st.sampled_from(("at_least", "more_than")))
def test_an_anniversary_is_named_to_the_day(started: date, years: int, lived: int, bound: str) -> None:
    day = started + timedelta(days=lived)
    leaf = condition({"fact": "years_established", bound: years})
    profile = profile_of(founded_on=started.isoformat())
    assume(evaluate(leaf, subject_of(profile, day)).verdict is Verdict.NOT_MET)

    found = gap(leaf, profile, day)

    assert found.from_day is not None
    assert evaluate(leaf, subject_of(profile, found.from_day)).verdict is Verdict.MET
    assert evaluate(leaf, subject_of(profile, found.from_day - timedelta(days=1))).verdict is Verdict.NOT_MET


def test_the_29th_of_february_has_its_day_too() -> None:
    leaf = {"fact": "founded_on", "at_least_ago": "1 year"}

    found = gap(leaf, profile_of(founded_on="2024-02-29"), date(2025, 2, 1))

    assert found.from_day is not None
    subject = subject_of(profile_of(founded_on="2024-02-29"), found.from_day)
    assert evaluate(condition(leaf), subject).verdict is Verdict.MET


def test_a_period_that_is_over_is_never_called_a_matter_of_waiting() -> None:
    found = gap({"fact": "entered_register_on", "within_last": "1 year"}, profile_of(entered_register_on="2020-01-01"))

    assert found.from_day is None and "再过" not in found.text


def test_too_old_is_not_a_matter_of_waiting_either() -> None:
    found = gap({"fact": "years_established", "at_most": 5}, profile_of(founded_on="2019-05-21"))

    assert found.text == "成立年限超出 2 年 6 个月（现 7 年 6 个月，要求不超过 5 年）"
    assert found.from_day is None


def test_a_few_days_too_old_are_not_called_nothing() -> None:
    found = gap({"fact": "years_established", "at_most": 5}, profile_of(founded_on="2021-11-15"))

    assert found.text == "成立年限略高于要求（现 5 年多，要求不超过 5 年）"


def test_what_holds_or_is_unknown_has_no_distance() -> None:
    leaf = condition({"fact": "revenue", "at_least": 5})

    for profile in (profile_of(), profile_of(revenue={2025: 5})):
        subject = subject_of(profile)
        assert gap_of(find(leaf, subject), subject) is None  # type: ignore[arg-type]


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS)
def test_a_distance_lies_between_nothing_and_all(condition: Condition, profile: EnterpriseProfile, day: date) -> None:
    subject, item = subject_of(profile, day), item_of(condition)

    assert 0 <= distance(assess(policy_of(item), item, subject), subject) <= 1


def test_nearer_is_nearer() -> None:
    data = {"fact": "revenue", "at_least": 100}

    near, far = (distance_of(data, revenue={2025: value}) for value in (90, 40))

    assert (near, far) == (Decimal("0.1"), Decimal("0.6"))
    assert distance_of({"fact": "tax_credit_rating", "is": "A"}, tax_credit_rating="B") == 1


def distance_of(data: dict[str, Any], **known: Any) -> Decimal:
    subject, item = subject_of(profile_of(**known)), item_of(data)
    return distance(assess(policy_of(item), item, subject), subject)


# ---------------------------------------------------------------------- questions and unlocks


@dataclass(frozen=True)
class Assessed:
    """An item and what came of it, as the matcher hands it on."""

    policy: Policy
    item: Item
    assessment: Assessment
    estimate: Estimate


def matches_of(profile: EnterpriseProfile, *items: Item) -> list[Assessed]:
    """Each item, numbered, of one document."""
    subject, policy = subject_of(profile), policy_of(*items)
    return [Assessed(policy, item, assess(policy, item, subject), estimate(item.benefit, subject)) for item in items]


def asking(number: int, amount: int, *facts: str) -> Item:
    """An item that asks for a positive number of each of `facts` and is worth `amount`."""
    data = {"all": [{"fact": fact, "at_least": 1} for fact in facts]}
    return item_of(data, id=f"item-{number}", benefit=benefit_of(amount=amount))


def test_the_question_that_decides_most_items_alone_comes_first_then_the_money() -> None:
    items = [
        asking(1, 10, "revenue"),
        asking(2, 10, "revenue"),
        asking(3, 15, "employees"),
        asking(4, 20, "rd_expense"),
        asking(5, 900, "total_assets", "net_profit"),
        asking(6, 900, "total_assets", "revenue"),
    ]

    asked = questions(matches_of(profile_of(), *items), subject_of(profile_of()))

    assert [question.ref.key for question in asked] == [
        "revenue",
        "rd_expense",
        "employees",
        "total_assets",
        "net_profit",
    ]
    assert [(question.decides, question.helps, question.at_stake) for question in asked[:2]] == [
        (2, 3, Decimal(920)),
        (1, 1, Decimal(20)),
    ]
    assert "2025 年" in asked[0].text
    assert (asked[0].reason, asked[-1].reason) == ("填了就能判断 2 项政策", "用于判断 1 项政策")


def test_what_is_decided_already_asks_nothing() -> None:
    items = [
        item_of({"all": [{"fact": "revenue", "at_least": 1}, {"fact": "is_legal_person", "is": True}]}, id="failed"),
        item_of({"judged": "信用良好"}, id="judged"),
        item_of(id="open"),
    ]
    profile = profile_of(is_legal_person=False)

    assert questions(matches_of(profile, *items), subject_of(profile)) == []


def test_a_qualification_known_in_part_is_asked_for_once() -> None:
    item = item_of({"fact": "high_tech_enterprise", "held": True, "obtained": {"in_year": "last"}})
    profile = profile_of(high_tech_enterprise=True)

    asked = questions(matches_of(profile, item), subject_of(profile))

    assert [(question.ref, question.decides) for question in asked] == [(FactRef("high_tech_enterprise"), 1)]


@pytest.mark.parametrize(("industry", "is_asked"), [("A0111", True), ("A", True), ("C3252", False), (None, True)])
def test_what_only_other_trades_are_asked_is_not_worth_a_question(industry: str | None, is_asked: bool) -> None:
    profile = profile_of(industry=industry)
    matches = matches_of(profile, asking(1, 10, "farm_machinery_purchase"))

    assert bool(questions(matches, subject_of(profile))) is is_asked
    assert matches[0].assessment.outcome is Outcome.NEEDS_INFORMATION
    assert is_far(matches[0].assessment, subject_of(profile)) is not is_asked


HIGH_TECH = {"fact": "high_tech_enterprise", "held": True}


def test_what_a_qualification_would_open_is_counted() -> None:
    items = [item_of(HIGH_TECH, id=f"item-{number}") for number in range(7)]
    profile = profile_of(high_tech_enterprise=False)

    found = unlocks(matches_of(profile, *items), subject_of(profile))

    assert [unlock.text for unlock in found] == ["取得高新技术企业认定后，另有 7 项可申报"]
    assert found[0].at_stake == 700_000


@pytest.mark.parametrize(
    ("data", "known", "change"),
    [
        ({"fact": "rd_expense", "at_least": "500万"}, {"rd_expense": {2025: 1}}, "研发费用达到 500 万元"),
        ({"fact": "invention_patents", "at_least": 3}, {"invention_patents": 1}, "有效发明专利数达到 3 件"),
        (
            {"fact": "listed_status", "in": ["neeq", "listed"]},
            {"listed_status": "none"},
            "上市挂牌情况达到“新三板挂牌”",
        ),
        ({"fact": "has_rd_body", "is": True}, {"has_rd_body": False}, "做到“有自建或合建的研发机构”"),
        (
            {"fact": "technology_centre", "level_at_least": "provincial"},
            {"technology_centre": {"level": "municipal"}},
            "取得省级企业技术中心认定",
        ),
        ({"any": [HIGH_TECH, {"fact": "ownership", "is": "state"}]}, {"ownership": "private"}, "取得高新技术企业认定"),
    ],
)
def test_a_change_is_said_as_a_person_would_say_it(data: dict[str, Any], known: dict[str, Any], change: str) -> None:
    profile = profile_of(**{"high_tech_enterprise": False, **known})

    found = unlocks(matches_of(profile, item_of(data)), subject_of(profile))

    assert [unlock.change for unlock in found] == [change]


@pytest.mark.parametrize(
    ("data", "known"),
    [
        ({"fact": "revenue", "at_least": 100, "at_most": 500}, {"revenue": {2025: 900}}),
        ({"fact": "revenue", "at_least": 100, "year": 2024}, {"revenue": {2024: 1}}),
        ({"all": [HIGH_TECH, {"fact": "is_legal_person", "is": True}]}, {"is_legal_person": False}),
        ({"fact": "high_tech_enterprise", "obtained": {"in_year": "last"}}, {}),
        ({"fact": "region", "within": "371600"}, {"region": "370102", "zone": "none"}),
        ({"judged": "信用良好"}, {}),
    ],
)
def test_what_no_single_change_can_open_is_not_promised(data: dict[str, Any], known: dict[str, Any]) -> None:
    profile = profile_of(**{"high_tech_enterprise": False, **known})

    assert unlocks(matches_of(profile, item_of(data)), subject_of(profile)) == []


def test_an_item_that_is_not_open_now_is_not_promised() -> None:
    item = item_of(HIGH_TECH, apply=HowToApply(announced=True))
    profile = profile_of(high_tech_enterprise=False)

    assert unlocks(matches_of(profile, item), subject_of(profile)) == []


def test_a_change_also_opens_what_is_meant_for_another_kind_of_applicant() -> None:
    team = item_of(id="team", applicants=("team",))
    near = item_of({"fact": "team_recruitment", "is": "full_time"}, id="near")
    profile = profile_of(team_recruitment="none")

    found = unlocks(matches_of(profile, team, near), subject_of(profile))

    assert [unlock.items for unlock in found] == [(("sample-policy", "team"), ("sample-policy", "near"))]


@given(st.lists(strategies.conditions(3), min_size=1, max_size=5), strategies.profiles())
def test_every_item_that_is_promised_can_really_be_applied_for_then_and_not_before(
    conditions: list[Condition], profile: EnterpriseProfile
) -> None:
    items = [item_of(asked, id=f"item-{number}") for number, asked in enumerate(conditions)]
    before = {match.item.id: match for match in matches_of(profile, *items)}

    for unlock in unlocks(list(before.values()), subject_of(profile)):
        after = {match.item.id: match for match in matches_of(changed(profile, unlock), *items)}
        opened = {item_id for item_id, match in after.items() if match.assessment.can_apply}
        already = {item_id for item_id, match in before.items() if match.assessment.can_apply}
        assert {item_id for _, item_id in unlock.items} == opened - already


def changed(profile: EnterpriseProfile, unlock: Unlock) -> EnterpriseProfile:
    return profile.with_known(unlock.ref, unlock.known)


@pytest.mark.parametrize(
    ("data", "is_vague"),
    [
        ({"all": [{"fact": "region", "within": "371600"}, {"judged": "技术领先"}]}, True),
        ({"all": [{"fact": "revenue", "at_least": 1}, {"judged": "技术领先"}]}, False),
        ({"fact": "region", "within": "371600"}, False),
    ],
)
def test_what_only_the_department_can_tell_stands_behind_what_the_facts_speak_for(
    data: dict[str, Any], is_vague: bool
) -> None:
    subject, item = subject_of(profile_of(region="371602", revenue={2025: 5})), item_of(data)

    assert is_far(assess(policy_of(item), item, subject), subject) is is_vague


def test_of_alternatives_the_distance_is_to_one_that_can_be_reached() -> None:
    data = {"any": [{"fact": "vat_taxpayer", "is": "small_scale"}, {"fact": "employees", "at_most": 300}]}
    subject, item = subject_of(profile_of(vat_taxpayer="general", employees={2025: 2350})), item_of(data)

    assert is_far(assess(policy_of(item), item, subject), subject)


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        ({"exports": {2025: 5}}, ["trade_modes"]),
        ({"exports": {2025: 0}, "imports": {2025: 0}, "cross_border_ecommerce": False}, []),
        ({"exports": {2025: 0}, "cross_border_ecommerce": False}, ["imports"]),
    ],
)
def test_what_hangs_on_another_fact_is_asked_once_that_is_there(known: dict[str, Any], asked: list[str]) -> None:
    profile = profile_of(**known)
    item = item_of({"fact": "trade_modes", "includes": ["general"]})

    found = questions(matches_of(profile, item), subject_of(profile))

    assert [question.ref.key for question in found] == asked


def test_what_is_rare_is_asked_after_everything_else() -> None:
    items = [item_of({"fact": "china_patent_award", "held": True}, id="rare", benefit=benefit_of(amount=10**9))]
    profile = profile_of(invention_patents=5)

    asked = questions(matches_of(profile, *items, asking(1, 1, "employees")), subject_of(profile))

    assert [question.ref.key for question in asked] == ["employees", "china_patent_award"]


def test_a_question_in_place_of_another_helps_and_does_not_decide_alone() -> None:
    profile = profile_of(exports={2025: 0}, cross_border_ecommerce=False)
    item = item_of({"fact": "trade_modes", "includes": ["general"]})

    (question,) = questions(matches_of(profile, item), subject_of(profile))

    assert (question.decides, question.helps) == (0, 1)
