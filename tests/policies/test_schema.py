"""The published schema: valid, true of everything we ship and write, and as strict as the reader about broken files."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from policies.condition_data import condition_data
from policies.conditions import Condition
from policies.document import Policy
from policies.document_data import policy_data
from policies.document_reader import PolicyReader
from policies.files import parse_yaml
from policies.problems import Problems
from policies.reference import load_reference
from policies.schema import policy_schema
from tests.builders import AWARD, DAY, policy_of
from tests.policies import strategies

SCHEMA = policy_schema(load_reference().vocabulary)
VALIDATOR = Draft202012Validator(SCHEMA)
FILES = sorted(
    (entry for entry in files("policies").joinpath("catalogue").iterdir() if entry.name.endswith(".yaml")),
    key=lambda entry: entry.name,
)
GOOD: dict[str, Any] = {
    "format": 1,
    "id": "sample-policy",
    "title": "支持企业发展若干措施（示例）",
    "issuers": ["滨州市示例部门"],
    "region": "371600",
    "themes": ["科技创新"],
    "source": {"kind": "sample"},
    "conditions": {"fact": "region", "within": "371600"},
    "items": [
        {
            "id": "support",
            "title": "企业奖励",
            "summary": "奖励 10 万元",
            "applicants": ["enterprise"],
            "conditions": {"all": [{"fact": "revenue", "at_least": 5000000}]},
            "benefit": dict(AWARD),
        }
    ],
}


def defects(data: Any) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data)]


def is_read(data: Any) -> bool:
    return PolicyReader(Problems(), load_reference(), DAY).read(data) is not None


def as_json(value: Any) -> Any:
    """What a JSON reader makes of the same file: numbers where we keep exact decimals, keys as text."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {str(key): as_json(part) for key, part in value.items()}
        case list():
            return [as_json(part) for part in value]
        case _:
            return value


def test_the_schema_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("entry", FILES, ids=lambda entry: entry.name)
def test_every_shipped_file_keeps_to_the_schema(entry: Any) -> None:
    data, _ = parse_yaml(entry.read_text(encoding="utf-8"))

    assert defects(as_json(data)) == []


@settings(max_examples=60)
@given(strategies.policies())
def test_whatever_is_written_keeps_to_the_schema(policy: Policy) -> None:
    assert defects(policy_data(policy)) == []


@given(strategies.leaves())
def test_every_kind_of_condition_keeps_to_the_schema(leaf: Condition) -> None:
    condition = Draft202012Validator({"$ref": "#/$defs/condition", "$defs": SCHEMA["$defs"]})

    assert list(condition.iter_errors(condition_data(leaf))) == []


def test_the_plainest_file_is_good_for_both() -> None:
    assert defects(GOOD) == []
    assert is_read(GOOD)
    assert defects(policy_data(policy_of())) == []


def item(change: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["items"][0].update(change)


def top(change: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.update(change)


def without(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.pop(key)


def asks(leaf: Any) -> Callable[[dict[str, Any]], None]:
    return item({"conditions": leaf})


def pays(**benefit: Any) -> Callable[[dict[str, Any]], None]:
    return item({"benefit": {"form": "award", "text": "奖励", **benefit}})


@pytest.mark.parametrize(
    "spoil",
    [
        *(without(key) for key in ("format", "id", "title", "issuers", "region", "themes", "source", "items")),
        top({"format": 2}),
        top({"id": "Sample Policy"}),
        top({"id": "x"}),
        top({"issuers": []}),
        top({"issuers": "滨州市"}),
        top({"themes": ["其他"]}),
        top({"themes": []}),
        top({"items": []}),
        top({"items": {}}),
        top({"level": "市级"}),
        top({"title": ""}),
        top({"status": {"standing": "withdrawn"}}),
        top({"source": {"kind": "hearsay"}}),
        top({"source": {"kind": "official", "url": "ftp://example.org/a", "opened": "2026-11-21"}}),
        top({"source": {"url": "https://example.org/a"}}),
        top({"source": {"kind": "official"}}),
        top({"source": {"kind": "press", "url": "https://example.org/a"}}),
        top({"published": "2026年"}),
        top({"valid_until": "31-12-2026"}),
        item({"applicants": []}),
        item({"applicants": ["dragon"]}),
        item({"apply": {"mode": "by_magic"}}),
        item({"apply": {"yearly": {"opens": "03-01"}}}),
        item({"apply": {"yearly": {"opens": "三月", "closes": "04-30"}}}),
        item({"apply": {"yearly": {"opens": "03-01", "closes": "04-30"}, "closes": "2026-12-31"}}),
        item({"apply": {"announced": "yes"}}),
        item({"clause": {"quote": "原文"}}),
        item({"cases": [{"outcome": "eligible"}]}),
        item({"cases": [{"on": "2026-11-21", "outcome": "perhaps"}]}),
        item({"summary": None}),
        asks({}),
        asks([]),
        asks("revenue > 5000000"),
        asks({"fact": "turnover", "at_least": 1}),
        asks({"fact": "revenue"}),
        asks({"fact": "revenue", "year": "last"}),
        asks({"fact": "revenue", "above": 1}),
        asks({"fact": "revenue", "at_least": 1, "year": "someday"}),
        asks({"fact": "revenue", "at_least": 1, "over": {"years": 2}}),
        asks({"fact": "revenue", "at_least": 1, "over": {"years": 2, "take": "median"}}),
        asks({"fact": "revenue", "at_least": 1, "more_than": 1}),
        asks({"fact": "revenue", "equals": 1, "at_most": 1}),
        asks({"fact": "revenue", "growth": {}}),
        asks({"fact": "revenue", "growth": {"at_least": "20%"}, "at_least": 1}),
        asks({"fact": "registered_capital", "at_least": 1, "year": "last"}),
        asks({"fact": "has_rd_body", "is": "yes"}),
        asks({"fact": "ownership", "is": "family"}),
        asks({"fact": "ownership", "in": []}),
        asks({"fact": "ownership", "is": "private", "in": ["private"]}),
        asks({"fact": "talent_titles", "includes": ["wizard"]}),
        asks({"fact": "talent_titles", "includes": ["doctor"], "excludes": ["technician"]}),
        asks({"fact": "region", "within": []}),
        asks({"fact": "region", "is": "371600"}),
        asks({"fact": "founded_on", "on_or_after": "yesterday"}),
        asks({"fact": "founded_on", "within_last": "a while"}),
        asks({"fact": "founded_on", "in_year": "last", "within_last": "1 year"}),
        asks({"fact": "high_tech_enterprise", "held": False}),
        asks({"fact": "high_tech_enterprise", "must_be_valid": "no"}),
        asks({"fact": "high_tech_enterprise", "obtained": {}}),
        asks({"fact": "gazelle", "level_at_least": "galactic"}),
        asks({"fact": "business_scope", "is": "汽车"}),
        asks({"all": []}),
        asks({"all": [{"judged": "一"}], "any": [{"judged": "二"}]}),
        asks({"not": [{"judged": "一"}]}),
        asks({"at_least": {"k": 0, "of": [{"judged": "一"}]}}),
        asks({"at_least": {"k": 1}}),
        asks({"judged": ""}),
        pays(kind="lottery"),
        pays(),
        pays(kind="fixed"),
        pays(kind="fixed", amount=1, rate=1),
        pays(kind="fixed", amount=1, form="gift"),
        pays(kind="fixed", amount=-1),
        pays(kind="fixed", amount="十万"),
        pays(kind="fixed", amount=1, period="monthly"),
        pays(kind="fixed", amount=1, discretionary="maybe"),
        pays(kind="fixed", amount=1, text=""),
        pays(kind="range", **{"from": 1}),
        pays(kind="rate", rate="10%", of="region"),
        pays(kind="rate", rate="10%", of={"fact": "revenue", "unless": 1}),
        pays(kind="tiers", by="revenue", tiers=[]),
        pays(kind="tiers", by="revenue", tiers=[{"from": 0}]),
        pays(kind="tiers", by="revenue", tiers=[{"from": 0, "amount": 1, "rate": "1%"}]),
        pays(kind="table", rows=[]),
        pays(kind="table", rows=[{"when": "otherwise"}]),
        pays(kind="table", rows=[{"when": "sometimes", "kind": "fixed", "amount": 1}]),
        pays(kind="table", rows=[{"when": "otherwise", "kind": "fixed"}]),
        pays(kind="table", rows=[{"when": "otherwise", "kind": "fixed", "amount": 1, "text": "奖励"}]),
        pays(kind="table", rows=[{"when": "otherwise", "kind": "fixed", "amount": 1}], pick="last"),
        pays(kind="interest", principal="equipment_loan"),
        pays(kind="interest", principal="equipment_loan", rate="2%", share="40%"),
        pays(kind="interest", principal="equipment_loan", rate="2%", months=0),
        pays(kind="interest", principal="equipment_loan", rate="2%", loan_rate="loan_rate"),
    ],
)
def test_a_broken_file_is_refused_by_the_schema_and_by_the_reader(spoil: Callable[[dict[str, Any]], None]) -> None:
    data = deepcopy(GOOD)

    spoil(data)

    assert not is_read(data)
    assert defects(data)
