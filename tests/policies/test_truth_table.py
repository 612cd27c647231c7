"""docs/truth-table.md is the truth: every row of it is checked against the code."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.document import DocumentStatus, HowToApply, Item, Policy, Standing, Yearly
from policies.eligibility import Outcome, assess
from policies.windows import WindowState, window_on
from tests.builders import DAY, item_of, policy_of, profile_of, subject_of

PAGE = Path(__file__).parents[2] / "docs" / "truth-table.md"


def rows_of(heading: str) -> list[tuple[str, ...]]:
    """The rows of the table under a heading, without its head."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table[2:]]


# ---------------------------------------------------------------------- outcomes

MET = {"fact": "is_legal_person", "is": True}
CHANGEABLE = {"fact": "revenue", "at_least": "2000万"}
UNCHANGEABLE = {"fact": "region", "within": "371681"}
UNKNOWN = {"fact": "invention_patents", "at_least": 1}
JUDGED = {"judged": "信用良好"}
KNOWN = {"is_legal_person": True, "revenue": {2025: 0}, "region": "371625", "zone": "none"}
FAILING: dict[str, list[dict[str, Any]]] = {
    "0": [],
    "1 changeable": [CHANGEABLE],
    "1 unchangeable": [UNCHANGEABLE],
    "2+": [CHANGEABLE, {"fact": "revenue", "more_than": "1亿"}],
}


def outcome(conditions: list[dict[str, Any]], **known: Any) -> Outcome:
    item = item_of({"all": conditions})
    return assess(policy_of(item), item, subject_of(profile_of(**{**KNOWN, **known}))).outcome


@pytest.mark.parametrize(("failing", "unknown", "judged", "expected"), rows_of("Outcomes"))
def test_every_row_of_the_outcome_table_holds(failing: str, unknown: str, judged: str, expected: str) -> None:
    asked = [MET, *FAILING[failing], *([UNKNOWN] if unknown == "yes" else []), *([JUDGED] if judged == "yes" else [])]

    assert outcome(asked) == outcome(asked[::-1]) == expected


def test_the_outcome_table_is_complete() -> None:
    rows = rows_of("Outcomes")

    assert {row[:3] for row in rows} == {(f, u, j) for f in FAILING for u in ("no", "yes") for j in ("no", "yes")}
    assert len(rows) == 16
    assert {row[3] for row in rows} == set(Outcome)


def test_an_any_whose_branches_all_fail_counts_once() -> None:
    both_fail = {"any": [CHANGEABLE, {"fact": "revenue", "more_than": "1亿"}]}

    assert outcome([both_fail]) is Outcome.NEAR_MISS
    assert outcome([both_fail, CHANGEABLE]) is Outcome.NOT_ELIGIBLE


def test_nested_conjunctions_count_each_part() -> None:
    assert outcome([{"all": [CHANGEABLE, {"all": [{"fact": "revenue", "more_than": "1亿"}]}]}]) is Outcome.NOT_ELIGIBLE


def test_all_of_unknown_and_judged_needs_information() -> None:
    assert outcome([{"all": [UNKNOWN, JUDGED]}]) is Outcome.NEEDS_INFORMATION
    assert outcome([{"all": [UNKNOWN, JUDGED]}], invention_patents=1) is Outcome.TO_CONFIRM
    assert outcome([{"all": [UNKNOWN, JUDGED]}], invention_patents=0) is Outcome.NEAR_MISS


def test_any_of_unknown_and_judged_needs_information_because_the_fact_may_settle_it() -> None:
    assert outcome([{"any": [UNKNOWN, JUDGED]}]) is Outcome.NEEDS_INFORMATION
    assert outcome([{"any": [UNKNOWN, JUDGED]}], invention_patents=1) is Outcome.ELIGIBLE
    assert outcome([{"any": [UNKNOWN, JUDGED]}], invention_patents=0) is Outcome.TO_CONFIRM


@pytest.mark.parametrize(
    "judged", [JUDGED, {"not": JUDGED}, {"any": [JUDGED, CHANGEABLE]}, {"at_least": {"k": 2, "of": [MET, JUDGED]}}]
)
def test_judged_never_fails(judged: dict[str, Any]) -> None:
    assert outcome([judged]) is Outcome.TO_CONFIRM


def test_growth_that_cannot_be_computed_is_confirmed_by_the_department() -> None:
    assert (
        outcome([{"fact": "revenue", "growth": {"at_least": "10%"}}], revenue={2025: 5, 2024: 0}) is Outcome.TO_CONFIRM
    )


def test_filling_in_a_fact_may_sharpen_a_failure_to_a_near_miss() -> None:
    assert outcome([CHANGEABLE, UNKNOWN]) is Outcome.NOT_ELIGIBLE
    assert outcome([CHANGEABLE, UNKNOWN], invention_patents=1) is Outcome.NEAR_MISS


def test_the_general_clause_of_the_document_counts_for_every_item() -> None:
    item = item_of(CHANGEABLE)
    policy = policy_of(item, conditions=item_of(UNCHANGEABLE).conditions)

    assert assess(policy, item, subject_of(profile_of(**KNOWN))).outcome is Outcome.NOT_ELIGIBLE


def test_the_wrong_kind_of_applicant_is_never_a_near_miss() -> None:
    assert outcome([MET], entity_type="individual_business") is Outcome.NOT_ELIGIBLE
    assert outcome([MET], entity_type=None) is Outcome.NEEDS_INFORMATION


@pytest.mark.parametrize("applicants", [("park", "park"), ("park", "enterprise", "park"), ("team", "park")])
def test_any_of_the_applicants_named_may_apply_however_often_it_is_named(applicants: tuple[str, ...]) -> None:
    item = item_of(applicants=applicants)
    park = subject_of(profile_of(entity_type="institution", operates_park=True))

    assert assess(policy_of(item), item, park).outcome is Outcome.ELIGIBLE


def test_only_eligible_or_to_confirm_with_a_usable_window_can_apply() -> None:
    closed = HowToApply(closes=DAY - timedelta(days=1))
    for asked, can in ((MET, True), (JUDGED, True), (UNKNOWN, False), (CHANGEABLE, False)):
        item = item_of(asked)
        subject = subject_of(profile_of(**KNOWN))
        assert assess(policy_of(item), item, subject).can_apply is can
        assert not assess(policy_of(item), replace(item, apply=closed), subject).can_apply


def test_an_assessment_lists_what_fails_what_lacks_and_what_is_judged() -> None:
    item = item_of({"all": [CHANGEABLE, UNKNOWN, JUDGED]})
    found = assess(policy_of(item), item, subject_of(profile_of(**KNOWN)))

    assert len(found.failing()) == 1
    assert [str(ref) for ref in found.missing()] == ["invention_patents"]
    assert [finding.to_judge for finding in found.judged()] == ["信用良好"]
    assert len(list(found.findings())) == 4


# ---------------------------------------------------------------------- windows

FIRST, LAST, CUT = date(2026, 5, 1), date(2026, 8, 31), date(2026, 7, 31)
DATED = HowToApply(opens=FIRST, closes=LAST)


def status(standing: Standing, since: date | None = FIRST) -> dict[str, Any]:
    return {"status": DocumentStatus(standing, since)}


APPLICATIONS: dict[str, tuple[HowToApply, dict[str, Any], date | None]] = {
    "fixed dates": (DATED, {}, None),
    "only a last day": (HowToApply(closes=LAST), {}, None),
    "only a first day": (HowToApply(opens=FIRST), {}, None),
    "no dates": (HowToApply(), {}, None),
    "no dates, effective later": (HowToApply(), {"effective": FIRST}, None),
    "no dates, valid until a day": (HowToApply(), {"valid_until": LAST}, None),
    "fixed dates cut by the validity": (DATED, {"valid_until": CUT}, None),
    "fixed dates after the validity": (DATED, {"valid_until": FIRST - timedelta(days=30)}, None),
    "announced by a notice": (HowToApply(announced=True), {}, None),
    "announced by a notice, document in effect": (HowToApply(announced=True), {"effective": date(2026, 1, 1), "valid_until": date(2027, 12, 31)}, None),
    "yearly, 03-01 to 04-30": (HowToApply(yearly=Yearly((3, 1), (4, 30))), {}, None),
    "yearly, 11-15 to 02-15": (HowToApply(yearly=Yearly((11, 15), (2, 15))), {}, None),
    "revoked since a day": (HowToApply(), status(Standing.REVOKED), None),
    "superseded since a day": (HowToApply(), status(Standing.SUPERSEDED), None),
    "suspended since a day": (HowToApply(), status(Standing.SUSPENDED), None),
    "suspended, no day known": (HowToApply(), status(Standing.SUSPENDED, None), None),
    "fixed dates, revoked inside them": (DATED, status(Standing.REVOKED, CUT), None),
    "funds exhausted on a day": (HowToApply(), {}, FIRST),
    "funds exhausted in a revoked document": (HowToApply(), status(Standing.REVOKED, None), FIRST),
}  # fmt: skip
ONE = timedelta(days=1)
DAYS_NAMED = {
    "the day before the first": FIRST - ONE,
    "the first day": FIRST,
    "15 days before the last": LAST - 15 * ONE,
    "14 days before the last": LAST - 14 * ONE,
    "14 days before it": LAST - 14 * ONE,
    "the last day": LAST,
    "the day after the last": LAST + ONE,
    "long before it": LAST - 200 * ONE,
    "long after it": LAST + 200 * ONE,
    "any day": FIRST,
    "the day before it takes effect": FIRST - ONE,
    "the day it takes effect": FIRST,
    "the last valid day": CUT,
    "before the validity ends": FIRST - 40 * ONE,
    "the day of the revocation": CUT,
    "the day before it": FIRST - ONE,
}


def day_named(application: str, words: str) -> date:
    if words[0].isdigit() and words[2] == "-":
        return date.fromisoformat(f"2026-{words}")
    if words == "that day":
        return LAST if "valid" in application else FIRST
    if words == "the day after it":
        return (CUT if "cut" in application else LAST) + ONE
    return DAYS_NAMED[words]


@pytest.mark.parametrize(("application", "day", "state", "reason"), rows_of("Windows"))
def test_every_row_of_the_window_table_holds(application: str, day: str, state: str, reason: str) -> None:
    apply, changes, exhausted = APPLICATIONS[application]
    item = item_of(apply=apply, funds_exhausted_on=exhausted)
    found = window_on(policy_of(item, **changes), item, day_named(application, day))

    assert found.state == state
    assert (found.reason or "–") == reason


def test_the_window_table_covers_every_application_state_and_reason() -> None:
    rows = rows_of("Windows")

    assert {row[0] for row in rows} == set(APPLICATIONS)
    assert {row[2] for row in rows} == {"upcoming", "open", "closing_soon", "closed", "always", "exhausted"}
    assert {row[3] for row in rows} == {
        "–",
        "not_in_force_yet",
        "expired",
        "revoked",
        "superseded",
        "suspended",
        "notice_pending",
    }


def window(day: date, apply: HowToApply, **changes: Any) -> Any:
    item = item_of(apply=apply)
    return window_on(policy_of(item, **changes), item, day)


def test_the_last_day_has_no_day_left_and_the_cut_moves_it() -> None:
    assert window(LAST, DATED).days_left(LAST) == 0
    assert window(CUT, DATED, valid_until=CUT).closes == CUT


def test_how_soon_is_soon_is_configurable() -> None:
    item = item_of(apply=DATED)

    assert window_on(policy_of(item), item, LAST - ONE, closing_soon=0).state == "open"
    assert window_on(policy_of(item), item, LAST, closing_soon=0).state == "closing_soon"


def test_a_yearly_round_across_new_year_tells_both_its_days() -> None:
    apply = HowToApply(yearly=Yearly((11, 15), (2, 15)))

    for day in (date(2026, 12, 31), date(2027, 1, 1)):
        assert (window(day, apply).opens, window(day, apply).closes) == (date(2026, 11, 15), date(2027, 2, 15))


def test_a_yearly_round_that_is_over_before_the_document_takes_effect_is_next_years() -> None:
    found = window(date(2026, 3, 15), HowToApply(yearly=Yearly((3, 1), (4, 30))), effective=date(2026, 6, 1))

    assert (found.state, found.opens, found.closes) == ("upcoming", date(2027, 3, 1), date(2027, 4, 30))


def test_a_yearly_round_after_the_validity_never_opens() -> None:
    found = window(date(2026, 5, 1), HowToApply(yearly=Yearly((10, 1), (11, 30))), valid_until=date(2026, 6, 30))

    assert found.state == "closed"


NEAR = st.dates(date(2025, 6, 1), date(2027, 6, 30))


@st.composite
def documents(draw: st.DrawFn) -> tuple[Policy, Item]:
    opens, closes = sorted((draw(NEAR), draw(NEAR)))
    effective, valid_until = sorted((draw(NEAR), draw(NEAR)))
    month_day = NEAR.filter(lambda day: (day.month, day.day) != (2, 29)).map(lambda day: (day.month, day.day))
    apply = draw(
        st.one_of(
            st.builds(HowToApply, opens=st.sampled_from((None, opens)), closes=st.sampled_from((None, closes))),
            st.builds(HowToApply, yearly=st.builds(Yearly, month_day, month_day)),
        )
    )
    item = item_of(apply=apply, funds_exhausted_on=draw(st.one_of(st.none(), st.none(), NEAR)))
    bounds = {
        "effective": draw(st.sampled_from((None, effective))),
        "valid_until": draw(st.sampled_from((None, valid_until))),
    }
    return policy_of(item, **bounds), item


@settings(max_examples=300, deadline=None)
@given(documents(), NEAR)
def test_a_window_can_be_used_only_on_days_on_which_everything_allows_it(
    document: tuple[Policy, Item], day: date
) -> None:
    policy, item = document
    apply = item.apply
    allowed = (
        (apply.opens is None or apply.opens <= day)
        and (apply.closes is None or day <= apply.closes)
        and (apply.yearly is None or in_yearly(apply.yearly, day))
        and (policy.effective is None or policy.effective <= day)
        and (policy.valid_until is None or day <= policy.valid_until)
        and (item.funds_exhausted_on is None or day < money_until(item, policy, day))
    )

    assert window_on(policy, item, day).state.can_apply is allowed


def money_until(item: Item, policy: Policy, day: date) -> date:
    """The first day without money; of a yearly window only if that day lies in the round of `day`."""
    gone, opens = item.funds_exhausted_on, window_on(policy, item, day).opens
    assert gone is not None
    if item.apply.yearly is not None and opens is not None and gone < opens:
        return date.max
    return gone


def test_the_money_of_a_yearly_round_is_new_money() -> None:
    item = item_of(apply=HowToApply(yearly=Yearly((3, 1), (4, 30))), funds_exhausted_on=date(2025, 3, 20))
    policy = policy_of(item)

    assert window_on(policy, item, date(2025, 4, 1)).state is WindowState.EXHAUSTED
    assert window_on(policy, item, date(2026, 4, 1)).state is WindowState.OPEN


def in_yearly(yearly: Yearly, day: date) -> bool:
    today = (day.month, day.day)
    if yearly.opens <= yearly.closes:
        return yearly.opens <= today <= yearly.closes
    return today >= yearly.opens or today <= yearly.closes


@settings(max_examples=300, deadline=None)
@given(documents(), NEAR)
def test_a_window_that_is_upcoming_opens_on_the_day_it_names(document: tuple[Policy, Item], day: date) -> None:
    policy, item = replace(document[0]), replace(document[1], funds_exhausted_on=None)
    found = window_on(policy, item, day)

    if found.state == "upcoming":
        assert found.opens is not None and found.opens > day
        assert window_on(policy, item, found.opens).state.can_apply
        assert not window_on(policy, item, found.opens - ONE).state.can_apply
    if found.state.can_apply and found.closes is not None:
        assert window_on(policy, item, found.closes).state.can_apply
        after = window_on(policy, item, found.closes + ONE).state
        assert not after.can_apply or item.apply.yearly is not None
