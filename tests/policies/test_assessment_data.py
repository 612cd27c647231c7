"""What is stored of a verdict: plain data, one row per condition, the same every time it is worked out."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given

from policies.assessment_data import finding_data, findings_data
from policies.condition_data import condition_data
from policies.conditions import Condition
from policies.eligibility import assess
from policies.evaluation import find
from policies.profile import EnterpriseProfile
from policies.profile_data import profile_data
from tests.builders import DAY, condition, item_of, policy_of, profile_of, subject_of
from tests.policies import strategies


def data_of(asked: Condition, profile: EnterpriseProfile, day: date) -> list[dict[str, Any]]:
    item = item_of(asked)
    return findings_data(assess(policy_of(item), item, subject_of(profile, day)))


@given(strategies.conditions(), strategies.sourced_profiles(), strategies.DAYS)
def test_every_finding_has_its_own_path_and_survives_json(
    asked: Condition, profile: EnterpriseProfile, day: date
) -> None:
    rows = data_of(asked, profile, day)

    item = item_of(asked)
    assessment = assess(policy_of(item), item, subject_of(profile, day))
    assert len({row["path"] for row in rows}) == len(rows) == len(list(assessment.findings()))
    assert [row["verdict"] for row in rows] == [finding.verdict.value for finding in assessment.findings()]
    assert json.loads(json.dumps(rows)) == rows


@given(strategies.conditions(), strategies.profiles(), strategies.DAYS)
def test_a_verdict_worked_out_again_from_what_is_stored_is_the_same(
    asked: Condition, profile: EnterpriseProfile, day: date
) -> None:
    stored = condition(condition_data(asked))
    facts = {key: row for key, row in profile_data(profile)["facts"].items() if key != "entity_type"}
    kind = profile.known("entity_type")

    again = profile_of(**facts, entity_type=kind.value if kind else None)

    assert data_of(stored, again, day) == data_of(asked, profile, day)


def test_a_finding_says_what_it_rests_on_and_leaves_out_what_is_empty() -> None:
    profile = profile_of(revenue={2025: {"value": "5000000.50", "source": "tax", "as_of": "2026-05-31"}})
    asked = condition({"fact": "revenue", "at_least": "500万", "clause": "第三条"})

    found = finding_data(find(asked, subject_of(profile)))  # type: ignore[arg-type]

    assert found == {
        "condition": {"fact": "revenue", "at_least": 5_000_000, "clause": "第三条"},
        "verdict": "met",
        "value": "5000000.50",
        "year": 2025,
        "source": "tax",
        "as_of": "2026-05-31",
    }


def test_false_and_nothing_are_values_and_are_kept() -> None:
    profile = profile_of(has_rd_body=False, invention_patents=0)
    leaves = (condition({"fact": "has_rd_body", "is": True}), condition({"fact": "invention_patents", "at_least": 1}))

    found = [finding_data(find(leaf, subject_of(profile)))["value"] for leaf in leaves]  # type: ignore[arg-type]

    assert found == [False, 0]


def test_what_is_missing_and_what_is_judged_is_named() -> None:
    rows = data_of(condition({"all": [{"judged": "信用良好"}, {"fact": "revenue", "at_least": 1}]}), profile_of(), DAY)

    assert [row.get("to_judge") for row in rows] == [None, "信用良好", None]
    assert [row.get("missing") for row in rows] == [None, None, ["revenue.2025"]]
