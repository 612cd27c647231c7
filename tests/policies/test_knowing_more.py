"""Learning more about an enterprise sharpens an answer and never overturns it (property tests over random worlds)."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings

from policies.benefits import Benefit, estimate
from policies.conditions import Condition, NotReceived, leaves
from policies.document import Policy, conditions_of
from policies.eligibility import Outcome, assess
from policies.evaluation import evaluate
from policies.profile import EnterpriseProfile
from policies.receipts import RECEIVED
from policies.verdict import Verdict
from tests.builders import item_of, policy_of, subject_of
from tests.policies.strategies import DAYS, benefits, conditions, growing_knowledge, policies, profiles

Knowledge = tuple[EnterpriseProfile, EnterpriseProfile]
FAILING = (Outcome.NOT_ELIGIBLE, Outcome.NEAR_MISS)


@settings(max_examples=200, deadline=None)
@given(conditions(12), growing_knowledge(), DAYS)
def test_a_met_or_failed_condition_stays_so_when_more_becomes_known(
    asked: Condition, knowledge: Knowledge, day: date
) -> None:
    now, later = (evaluate(asked, subject_of(profile, day)).verdict for profile in knowledge)

    assert now in (Verdict.UNKNOWN, later)


def is_registered_later(policy: Policy, knowledge: Knowledge) -> bool:
    """Whether what was received, which only the department knows now, is on record later."""
    asked = any(isinstance(leaf, NotReceived) for leaf in leaves(conditions_of(policy, policy.items[0])))
    return asked and knowledge[0].known(RECEIVED) is None and knowledge[1].known(RECEIVED) is not None


@settings(max_examples=120, deadline=None)
@given(conditions(12), conditions(4), growing_knowledge())
def test_a_failing_outcome_never_becomes_a_hopeful_one_when_more_becomes_known(
    asked: Condition, general: Condition, knowledge: Knowledge
) -> None:
    policy = policy_of(item_of(asked, applicants=("enterprise", "team", "park")), conditions=general)
    now, later = (assess(policy, policy.items[0], subject_of(profile)).outcome for profile in knowledge)

    if now in FAILING:
        assert later in FAILING
    if now is Outcome.ELIGIBLE or (now is Outcome.TO_CONFIRM and not is_registered_later(policy, knowledge)):
        assert later is now


@settings(max_examples=120, deadline=None)
@given(conditions(12), growing_knowledge())
def test_an_unknown_verdict_names_what_is_missing_or_who_decides(asked: Condition, knowledge: Knowledge) -> None:
    for finding in evaluate(asked, subject_of(knowledge[0])).findings():
        explained = bool(finding.missing) != (finding.to_judge is not None)
        assert explained if finding.verdict is Verdict.UNKNOWN else not finding.missing


@settings(max_examples=120, deadline=None)
@given(conditions(), growing_knowledge())
def test_only_a_missing_fact_can_change_a_verdict(asked: Condition, knowledge: Knowledge) -> None:
    now, later = (evaluate(asked, subject_of(profile)) for profile in knowledge)

    if now.verdict is not later.verdict:
        assert now.missing() or any(isinstance(f.condition, NotReceived) for f in now.deciding(Verdict.UNKNOWN))


@settings(max_examples=150, deadline=None)
@given(benefits(), growing_knowledge())
def test_an_estimate_stays_inside_its_interval_when_more_becomes_known(benefit: Benefit, knowledge: Knowledge) -> None:
    now, later = (estimate(benefit, subject_of(profile)) for profile in knowledge)

    assert now.low <= later.low
    assert now.high is None or (later.high is not None and later.high <= now.high)


@settings(max_examples=120, deadline=None)
@given(benefits(), profiles())
def test_an_estimate_is_an_interval_of_whole_yuan_below_its_cap(benefit: Benefit, profile: EnterpriseProfile) -> None:
    found = estimate(benefit, subject_of(profile))

    assert 0 <= found.low == found.low.to_integral_value()
    assert found.high is None or found.low <= found.high == found.high.to_integral_value()
    if benefit.cap is not None:
        assert found.high is not None and found.high <= benefit.cap


@settings(max_examples=60, deadline=None)
@given(policies(), profiles(), DAYS)
def test_any_document_can_be_assessed_for_any_enterprise_on_any_day(
    policy: Policy, profile: EnterpriseProfile, day: date
) -> None:
    for item in policy.items:
        assessment = assess(policy, item, subject_of(profile, day))
        assert (assessment.outcome is Outcome.NEEDS_INFORMATION) <= bool(assessment.missing())
        assert estimate(item.benefit, subject_of(profile, day)).low >= 0
