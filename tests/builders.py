"""Builders that are valid by default: a test says only what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from policies.benefit_data import BenefitReader
from policies.benefits import Benefit
from policies.condition_reader import ConditionReader
from policies.conditions import ALWAYS, Condition
from policies.derived import Subject
from policies.document import DocumentSource, Item, Policy, SourceKind
from policies.problems import Problems
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader
from policies.reference import load_reference

DAY = date(2026, 11, 21)
# A day on which every source of the shipped catalogue had been opened.
SHIPPED = date(2026, 11, 22)
AWARD = {"form": "award", "kind": "fixed", "amount": 100_000, "text": "一次性奖励 10 万元"}


def profile_of(**facts: Any) -> EnterpriseProfile:
    """An enterprise of which only these facts are known; ``entity_type=None`` leaves even that open."""
    problems = Problems()
    data = {"facts": {"entity_type": "enterprise", **facts}}
    profile = ProfileReader(load_reference(), problems, DAY).read(data)
    assert profile is not None and not problems.listed, list(map(str, problems))
    return profile


def condition(data: Mapping[str, Any]) -> Condition:
    """A condition from its data."""
    problems = Problems()
    read = ConditionReader(load_reference(), problems).read(data, "conditions")
    assert read is not None and not problems.listed, list(map(str, problems))
    return read


def benefit_of(**changes: Any) -> Benefit:
    """A benefit from its data: an award of 100,000 yuan, or what `changes` make of it (its `kind` decides the rest)."""
    problems = Problems()
    data = {"form": "award", "text": "按规定支持", **changes} if "kind" in changes else {**AWARD, **changes}
    read = BenefitReader(ConditionReader(load_reference(), problems), problems).read(data, "benefit")
    assert read is not None and not problems.listed, list(map(str, problems))
    return read


def item_of(conditions: Mapping[str, Any] | Condition = ALWAYS, **changes: Any) -> Item:
    """An item every enterprise may apply for at any time; `conditions` as data or as a condition."""
    item = Item(
        id="support",
        title="企业奖励",
        summary="符合条件的企业奖励 10 万元",
        applicants=("enterprise",),
        conditions=condition(conditions) if isinstance(conditions, Mapping) else conditions,
        benefit=benefit_of(),
    )
    return replace(item, **changes)


def policy_of(*items: Item, **changes: Any) -> Policy:
    """A document of Binzhou that is in force, with the items given or one that asks nothing."""
    policy = Policy(
        id="sample-policy",
        title="支持企业发展若干措施（示例）",
        issuers=("滨州市示例部门",),
        region="371600",
        source=DocumentSource(SourceKind.PRESS, "https://example.org/policy", DAY),
        items=items or (item_of(),),
        themes=("科技创新",),
    )
    return replace(policy, **changes)


def subject_of(profile: EnterpriseProfile, day: date = DAY) -> Subject:
    """An enterprise seen on a day through the shipped tables."""
    return Subject(profile, day, load_reference())
