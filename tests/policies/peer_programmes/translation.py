"""Aid programmes of another service as policy files of ours, over a vocabulary of their own, and back again.

A programme is a record with these keys, and no others:
``n`` · ``valid_from`` ``valid_to`` (ISO days or null) · ``min_employees`` ``max_employees`` (inclusive, or null) ·
``exclude_microentrepreneur`` · ``open_to_public_administration`` · ``allowed_sectors`` ``allowed_regions`` (an empty list
is no restriction) · ``themes`` (one in common with what the enterprise needs; empty: none asked) ·
``has_unstructured_conditions`` (its verdict is at best "may apply, to be confirmed").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from policies.conditions import Compare, Condition, Includes, Is, Judged, Within
from policies.document import Policy
from policies.document_reader import NATION, PolicyReader
from policies.eligibility import conjuncts
from policies.enterprise_size import SizeStandard
from policies.problems import Problems
from policies.reference import Reference
from policies.regions import Regions, regions_of
from policies.trees import CodeTree, TreeNode
from policies.vocabulary import Vocabulary, read_vocabulary

Record = Mapping[str, Any]

TODAY = date(2026, 11, 21)
TO_CONFIRM = "还有未写成结构化条件的要求"


@dataclass(frozen=True)
class Codes:
    """The other service's lists. `departments` are named among its regions although they lie within one: name → region."""

    sectors: tuple[str, ...]
    regions: tuple[str, ...]
    themes: tuple[str, ...]
    departments: Mapping[str, str] = field(default_factory=dict)

    def region_code(self, name: str) -> str:
        return f"R{self.regions.index(name):02d}"


def read_codes(data: Record) -> Codes:
    """The lists as the other service publishes them; it tells which names are departments, not where they lie."""
    return Codes(tuple(data["sectors"]), tuple(data["regions_known"]), tuple(data["themes"]))


# ---------------------------------------------------------------------- the tables


def reference_for(codes: Codes) -> Reference:
    """Their vocabulary, places and sectors in the form of our tables. Size classes and 规上 are unknown there."""
    sectors = CodeTree(TreeNode(code, f"行业 {code}", "section", None) for code in codes.sectors)
    return Reference(_vocabulary(codes), _places(codes), sectors, SizeStandard(()), (), "peer")


def _places(codes: Codes) -> Regions:
    names = {codes.region_code(name): name for name in codes.regions}
    if not codes.departments:
        return regions_of({NATION: "全国", **names})
    parents = {name: codes.region_code(region) for name, region in codes.departments.items()}
    nodes = [TreeNode(code, name, "place", parents.get(name)) for code, name in names.items()]
    return Regions(CodeTree([TreeNode(NATION, "全国", "nation", None), *nodes]), {})


def _vocabulary(codes: Codes) -> Vocabulary:
    return read_vocabulary(
        {
            "version": "peer",
            "groups": [{"key": "all", "label": "全部"}],
            "applicants": [
                _applicant("enterprise", "企业"),
                _applicant("public_administration", "公共行政机构"),
            ],
            "facts": [
                _fact("organisation", "choice", "单位类型", options=_options(("enterprise", "public_administration")))
                | {"changeable": False},
                _fact("employees", "count", "员工人数", unit="人"),
                _fact("sector", "industry", "所属行业") | {"changeable": False},
                _fact("region", "region", "所在地区") | {"changeable": False},
                _fact("needs", "choices", "需求主题", options=_options(codes.themes)),
                _fact("micro_entrepreneur", "boolean", "微型创业者", phrases={"has": "是", "lacks": "不是"}),
            ],
        }
    )


def _fact(key: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    words = {"label": label, "question": f"{label}？", "help": label, "known_by": "enterprise"}
    return {"key": key, "group": "all", "type": kind, **words, **more}


def _options(keys: Iterable[str]) -> list[dict[str, str]]:
    return [{"key": key, "label": key} for key in keys]


def _applicant(key: str, label: str) -> dict[str, Any]:
    return {"key": key, "label": label, "fact": "organisation", "in": [key]}


# ---------------------------------------------------------------------- there


def policy_file(record: Record, codes: Codes) -> dict[str, Any]:
    """A programme as the data of one of our policy files."""
    parts = list(_conditions(record, codes))
    who = ["enterprise", "public_administration"] if record["open_to_public_administration"] else ["enterprise"]
    item = {
        "id": "aid",
        "title": "外部项目",
        "summary": "按项目规定支持",
        "applicants": who,
        "benefit": {"form": "service", "kind": "not_money", "text": "按项目规定支持"},
        **({"conditions": {"all": parts}} if parts else {}),
    }
    days = {"effective": record["valid_from"], "valid_until": record["valid_to"]}
    return {
        "format": 1,
        "id": f"programme-{record['n']}",
        "title": "外部项目",
        "issuers": ["外部机构"],
        "region": NATION,
        "themes": ["绿色低碳"],
        "source": {"kind": "sample"},
        **{key: day for key, day in days.items() if day is not None},
        "items": [item],
    }


def _conditions(record: Record, codes: Codes) -> Iterable[dict[str, Any]]:
    bounds = {"at_least": record["min_employees"], "at_most": record["max_employees"]}
    given = {key: number for key, number in bounds.items() if number is not None}
    if given:
        yield {"fact": "employees", **given}
    if record["exclude_microentrepreneur"]:
        yield {"fact": "micro_entrepreneur", "is": False}
    if record["allowed_sectors"]:
        yield {"fact": "sector", "within": list(record["allowed_sectors"])}
    if record["allowed_regions"]:
        yield {"fact": "region", "within": [codes.region_code(name) for name in record["allowed_regions"]]}
    if record["themes"]:
        yield {"fact": "needs", "includes": list(record["themes"])}
    if record["has_unstructured_conditions"]:
        yield {"judged": TO_CONFIRM}


def policy_of(record: Record, codes: Codes, reference: Reference) -> Policy:
    """A programme as a policy, read as any policy file is. Raises ValueError naming every defect or warning."""
    problems = Problems()
    policy = PolicyReader(problems, reference, TODAY).read(policy_file(record, codes))
    if policy is None or problems.listed:
        raise ValueError("; ".join(map(str, problems.listed)))
    return policy


# ---------------------------------------------------------------------- and back


def record_of(policy: Policy, reference: Reference) -> dict[str, Any]:
    """The programme that a policy came from, every key of it."""
    (item,) = policy.items
    record: dict[str, Any] = {
        "n": int(policy.id.removeprefix("programme-")),
        "valid_from": None if policy.effective is None else policy.effective.isoformat(),
        "valid_to": None if policy.valid_until is None else policy.valid_until.isoformat(),
        "min_employees": None,
        "max_employees": None,
        "exclude_microentrepreneur": False,
        "open_to_public_administration": "public_administration" in item.applicants,
        "allowed_sectors": [],
        "allowed_regions": [],
        "themes": [],
        "has_unstructured_conditions": False,
    }
    for part in conjuncts(item.conditions):
        record |= _part_of_record(part, reference)
    return record


def _part_of_record(part: Condition, reference: Reference) -> dict[str, Any]:
    match part:
        case Compare("employees", bounds):
            return {"min_employees": _whole(bounds.low), "max_employees": _whole(bounds.high)}
        case Is("micro_entrepreneur", False):
            return {"exclude_microentrepreneur": True}
        case Within("sector", codes):
            return {"allowed_sectors": list(codes)}
        case Within("region", codes):
            return {"allowed_regions": [reference.regions.name(code) for code in codes]}
        case Includes("needs", themes, "any"):
            return {"themes": list(themes)}
        case Judged():
            return {"has_unstructured_conditions": True}
    raise AssertionError(part)


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else int(number)
