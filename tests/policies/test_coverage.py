"""What a catalogue covers, counted."""

from __future__ import annotations

from datetime import date

import pytest

from policies.conditions import Condition, Is, Judged
from policies.coverage import Level, State, coverage, level_of, state_of
from policies.document import DocumentStatus, HowToApply, Item, Policy, SourceKind, Standing
from policies.reference import load_reference
from policies.themes import TOPICS
from tests.builders import condition, item_of, policy_of

TODAY = date(2026, 11, 22)
REGIONS = load_reference().regions


@pytest.mark.parametrize(
    ("region", "level"),
    [
        ("100000", Level.NATION),
        ("370000", Level.PROVINCE),
        ("371600", Level.CITY),
        ("371681", Level.COUNTY),
        ("371602010", Level.COUNTY),
        ("371600-beihai", Level.ZONE),
    ],
)
def test_the_level_follows_from_the_place(region: str, level: Level) -> None:
    assert level_of(region, REGIONS) is level


def test_an_item_counts_under_each_of_its_topics_at_its_level() -> None:
    first = policy_of(item_of(topics=("高企", "研发投入")), item_of(id="other", topics=("高企",)), region="370000")
    second = policy_of(item_of(topics=("高企",)), id="second", region="371681")

    found = coverage([first, second], REGIONS, TODAY)

    assert dict(found.by_topic["高企"]) == {Level.PROVINCE: 2, Level.COUNTY: 1}
    assert dict(found.by_topic["研发投入"]) == {Level.PROVINCE: 1}
    assert found.by_level[Level.PROVINCE] == (1, 2) and found.by_level[Level.COUNTY] == (1, 1)
    assert (found.policies, found.items) == (2, 3)


def test_a_county_without_a_policy_and_a_topic_without_an_item_are_seen() -> None:
    found = coverage([policy_of(item_of(topics=("高企",)), region="371681")], REGIONS, TODAY)

    assert found.by_place["371681"] == (1, 1) and found.by_place["371625"] == (0, 0)
    assert "371600-beihai" in found.by_place
    assert set(found.missing_topics) == set(TOPICS) - {"高企"}


def test_judged_leaves_are_counted_with_the_general_clause_of_every_item() -> None:
    general: Condition = Is("serious_dishonesty", False)
    asked = condition({"all": [{"judged": "技术领先"}, {"fact": "revenue", "at_least": 1}]})
    items = [item_of(asked), item_of(Judged("技术领先"), id="judged"), item_of(id="free")]

    found = coverage([policy_of(*items, conditions=general)], REGIONS, TODAY)

    assert (found.leaves, found.judged, found.only_judged) == (6, 2, 1)
    assert found.judged_share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("policy", "item", "state"),
    [
        ({}, {}, State.OPEN),
        ({"status": DocumentStatus(Standing.REVOKED)}, {}, State.REVOKED),
        ({"status": DocumentStatus(Standing.SUPERSEDED)}, {}, State.SUPERSEDED),
        ({"status": DocumentStatus(Standing.SUSPENDED)}, {}, State.SUSPENDED),
        ({"valid_until": date(2026, 11, 21)}, {}, State.EXPIRED),
        ({}, {"funds_exhausted_on": date(2026, 6, 1)}, State.EXHAUSTED),
        ({}, {"apply": HowToApply(closes=date(2026, 6, 1))}, State.CLOSED),
        ({}, {"apply": HowToApply(opens=date(2027, 1, 1))}, State.UPCOMING),
        ({}, {"apply": HowToApply(announced=True)}, State.ANNOUNCED),
    ],
)
def test_an_item_is_in_one_state(policy: dict[str, object], item: dict[str, object], state: State) -> None:
    listed: Item = item_of(**item)
    document: Policy = policy_of(listed, **policy)

    assert state_of(document, listed, TODAY) is state
    assert coverage([document], REGIONS, TODAY).by_state == {state: 1}


def test_an_empty_catalogue_is_counted_too() -> None:
    found = coverage([], REGIONS, TODAY)

    assert (found.policies, found.items, found.judged_share) == (0, 0, 0.0)
    assert found.missing_topics == TOPICS and found.by_source == dict[SourceKind, int]()
