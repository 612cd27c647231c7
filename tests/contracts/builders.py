"""Policies, profiles and matches that are valid unless a test changes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from policies.document import Policy
from policies.document_reader import PolicyReader
from policies.problems import Problems
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader
from policies.reference import load_reference
from service.storage.database import Database
from service.storage.enterprises import save_profile
from service.storage.matches import MatchRun, StoredMatch, match_id
from service.storage.policies import save_policy

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CODE = "91371602MA0000007M"
OTHER_CODE = "91371625MA0000023M"
TEXTS = load_reference().texts
FINGERPRINT = load_reference().fingerprint


def a_policy(policy_id: str = "binzhou-2026-sample", **changes: Any) -> Policy:
    """A sample policy that uses every kind of condition and many kinds of benefit."""
    data: dict[str, Any] = {
        "format": 1,
        "id": policy_id,
        "title": "示例：支持企业技术改造",
        "issuers": ["示例部门"],
        "region": "371600",
        "themes": ["技术改造", "科技创新"],
        "summary": "示例政策，只用于测试",
        "published": "2026-01-05",
        "effective": "2026-01-05",
        "valid_until": "2027-12-31",
        "source": {"kind": "sample", "note": "测试用"},
        "conditions": {"fact": "region", "within": "371600"},
        "items": [_equipment_item(), _award_item()],
        **changes,
    }
    problems = Problems()
    policy = PolicyReader(problems, load_reference(), TODAY).read(data)
    assert policy is not None, list(problems)
    return policy


def _equipment_item() -> dict[str, Any]:
    return {
        "id": "equipment",
        "title": "设备投资补助",
        "summary": "按设备投资额的 10% 给予补助",
        "applicants": ["enterprise"],
        "conditions": {
            "all": [
                {"fact": "revenue", "at_least": "2000万", "year": "last", "clause": "第二条"},
                {"fact": "revenue", "growth": {"at_least": "12.5%", "years": 2}},
                {"any": [{"fact": "industry", "within": "C"}, {"not": {"fact": "restricted_industry", "is": True}}]},
                {"at_least": {"k": 1, "of": [{"fact": "founded_on", "at_least_ago": "1 year"}]}},
                {"judged": "项目应符合产业导向"},
            ]
        },
        "benefit": {
            "form": "subsidy",
            "kind": "rate",
            "rate": "10%",
            "of": {"fact": "equipment_investment", "year": "last"},
            "cap": "500万",
            "text": "按设备投资额的 10%，最高 500 万元",
        },
        "apply": {"yearly": {"opens": "03-01", "closes": "04-30"}, "materials": ["申请表"], "phone": "0543-0000000"},
        "clause": {"article": "第三条", "restated": "补助设备投资"},
        "exclusive_groups": ["equipment"],
        "keywords": ["技改", "设备"],
        "cases": [
            {
                "profile": {"entity_type": "enterprise", "region": "371602", "revenue": {"2025": "3000万"}},
                "on": "2026-11-21",
                "outcome": "needs_information",
                "window": "closed",
                "amount": "unknown",
            }
        ],
    }


def _award_item() -> dict[str, Any]:
    return {
        "id": "award",
        "title": "首次入统奖励",
        "summary": "首次纳入统计，奖励 10 万元",
        "applicants": ["enterprise", "cooperative"],
        "benefit": {"form": "award", "kind": "fixed", "amount": 100000, "text": "一次性奖励 10 万元"},
        "apply": {"opens": "2026-03-01", "closes": "2026-12-31"},
        "funds_exhausted_on": "2026-12-01",
    }


def a_profile(code: str = CODE, name: str = "滨州示例机械有限公司", **facts: Any) -> EnterpriseProfile:
    """A firm in 滨城区; `facts` replace or add to what is known."""
    data: dict[str, Any] = {
        "code": code,
        "name": name,
        "facts": {
            "entity_type": "enterprise",
            "region": "371602",
            "industry": "C3252",
            "founded_on": {"value": "2015-06-01", "source": "registry", "as_of": "2026-11-01"},
            "revenue": {"2024": "4620.55万", "2025": {"value": 51234567.89, "source": "tax"}},
            "restricted_industry": False,
            **facts,
        },
    }
    problems = Problems()
    profile = ProfileReader(load_reference(), problems, TODAY).read(data)
    assert profile is not None, list(problems)
    assert not problems.errors, list(problems)
    return profile


def a_run(**changes: Any) -> MatchRun:
    run = {"enterprise": CODE, "profile_version": 1, "catalogue_revision": 1, "day": TODAY, "fingerprint": FINGERPRINT}
    return MatchRun(**{**run, **changes})


def a_match(item_id: str = "equipment", **changes: Any) -> StoredMatch:
    """A match of the sample firm with an item of the sample policy, both in version 1."""
    return StoredMatch(
        **{
            "id": match_id(CODE, 1, "binzhou-2026-sample", 1, item_id, TODAY, FINGERPRINT),
            "enterprise": CODE,
            "profile_version": 1,
            "policy_id": "binzhou-2026-sample",
            "policy_version": 1,
            "item_id": item_id,
            "day": TODAY,
            "outcome": "eligible",
            "window": "open",
            "findings": [{"fact": "revenue", "verdict": "met", "value": 51234567, "clause": "第二条"}],
            "fingerprint": FINGERPRINT,
            **changes,
        }
    )


def changed_texts() -> dict[str, str]:
    """The shipped tables with another limit of 规上."""
    return {**TEXTS, "scale_limits.yaml": TEXTS["scale_limits.yaml"].replace("20000000", "30000000")}


def store_versions(database: Database) -> None:
    """Version 1 of the sample policy and of the sample firm: what `a_match` rests on."""
    with database.writing() as session:
        save_policy(session, a_policy(), NOW)
        save_profile(session, a_profile(), NOW)
