"""The policies we ship: every file reads, every worked case gives what it says, nothing stands without its source."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from policies.coverage import State, coverage
from policies.document import Case, Item, Policy, SourceKind
from policies.eligibility import assess
from policies.files import FileReport, read_catalogue
from policies.quantities import read_number
from policies.reference import load_reference
from policies.worth import worth_of
from tests.builders import SHIPPED, subject_of

REPORTS = read_catalogue(load_reference(), SHIPPED)
POLICIES = [report.policy for report in REPORTS if report.policy is not None]
ITEMS = [pytest.param(policy, item, id=f"{policy.id}/{item.id}") for policy in POLICIES for item in policy.items]
CASES = [
    pytest.param(policy, item, case, id=f"{policy.id}/{item.id}/{number}")
    for policy in POLICIES
    for item in policy.items
    for number, case in enumerate(item.cases)
]
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def by_id(policy: Policy) -> str:
    return policy.id


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_shipped_file_reads_without_errors_or_warnings(report: FileReport) -> None:
    assert [str(problem) for problem in report.problems] == []
    assert report.policy is not None


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_a_file_is_named_after_its_policy(report: FileReport) -> None:
    assert report.policy is not None and report.name == f"{report.policy.id}.yaml"


@pytest.mark.parametrize(("policy", "item", "case"), CASES)
def test_a_worked_case_gives_what_it_says(policy: Policy, item: Item, case: Case) -> None:
    subject = subject_of(case.profile, case.on)

    assessed, worth = assess(policy, item, subject), worth_of(policy, item, subject)

    assert assessed.outcome.value == case.outcome, case.note
    if case.window is not None:
        assert assessed.window.state.value == case.window, case.note
    if case.amount is not None:
        assert (worth.low, worth.high) == amounts(case.amount, worth.low), case.note


def amounts(text: str, low: Decimal) -> tuple[Decimal, Decimal | None]:
    """``100000``, ``0-50000``, or ``unknown``: no upper bound, whatever the lower one."""
    if text == "unknown":
        return low, None
    first, _, last = text.partition("-")
    return read_number(first), read_number(last or first)


@pytest.mark.parametrize(("policy", "item"), ITEMS)
def test_every_item_has_cases_of_more_than_one_outcome(policy: Policy, item: Item) -> None:
    assert len(item.cases) >= 2
    assert len({case.outcome for case in item.cases}) >= 2


@pytest.mark.parametrize(("policy", "item"), ITEMS)
def test_an_item_says_which_clause_it_rests_on_in_our_own_words(policy: Policy, item: Item) -> None:
    assert item.clause.restated


@pytest.mark.parametrize("policy", POLICIES, ids=by_id)
def test_what_is_no_sample_names_the_page_and_the_day_it_was_opened(policy: Policy) -> None:
    source = policy.source

    if source.kind is SourceKind.SAMPLE:
        assert policy.number is None and "示例" in policy.title
    else:
        assert source.url is not None and source.opened is not None and source.opened <= SHIPPED


@pytest.mark.parametrize("policy", POLICIES, ids=by_id)
def test_ids_are_lower_case_words_that_can_stay_for_ever(policy: Policy) -> None:
    for name in (policy.id, *(item.id for item in policy.items)):
        assert ID.fullmatch(name)


@pytest.mark.parametrize("policy", POLICIES, ids=by_id)
def test_two_items_of_a_policy_never_share_a_title(policy: Policy) -> None:
    titles = [item.title for item in policy.items]

    assert len(titles) == len(set(titles))


def test_the_catalogue_is_as_large_as_was_promised() -> None:
    real = [policy for policy in POLICIES if not policy.is_sample]

    assert len(real) >= 50 and sum(len(policy.items) for policy in real) >= 150
    assert len(CASES) >= 2 * len(ITEMS)


def test_samples_are_few() -> None:
    samples = sum(len(policy.items) for policy in POLICIES if policy.is_sample)

    assert 10 * samples <= len(ITEMS)


def test_every_state_an_item_can_be_in_is_among_them_and_some_only_a_person_can_decide() -> None:
    found = coverage(POLICIES, load_reference().regions, SHIPPED)

    assert {state for state in State if not found.by_state.get(state)} <= {State.SUSPENDED}
    assert found.only_judged


@pytest.mark.parametrize(("policy", "item"), ITEMS)
def test_an_item_is_filed_under_what_an_owner_calls_it(policy: Policy, item: Item) -> None:
    assert 1 <= len(item.topics) <= 3
