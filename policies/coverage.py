"""What a catalogue covers: how many policies and items by subject, level and county, and how precisely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from policies.conditions import Judged, leaves
from policies.document import Item, Policy, SourceKind, Standing, conditions_of
from policies.regions import Regions
from policies.themes import TOPICS
from policies.windows import WindowReason, WindowState, window_on

BINZHOU = "371600"


class Level(StrEnum):
    """Who issued a document, told by the place it is for."""

    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"


LEVEL_LABELS = {
    Level.NATION: "国家",
    Level.PROVINCE: "省",
    Level.CITY: "市",
    Level.COUNTY: "县（市、区）",
    Level.ZONE: "功能区",
}


class State(StrEnum):
    """What an item is on a day, one each: the first that holds."""

    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"
    ANNOUNCED = "announced"
    UPCOMING = "upcoming"
    OPEN = "open"


STATE_LABELS = {
    State.OPEN: "可以申报",
    State.ANNOUNCED: "以当年通知为准",
    State.UPCOMING: "尚未开始",
    State.CLOSED: "本轮已截止",
    State.EXHAUSTED: "资金已用完",
    State.EXPIRED: "已过有效期",
    State.SUPERSEDED: "已被替代",
    State.SUSPENDED: "暂停执行",
    State.REVOKED: "已废止",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of a catalogue on a day. An item counts once under each of its topics."""

    policies: int
    items: int
    cases: int
    by_topic: Mapping[str, Mapping[Level, int]]
    by_level: Mapping[Level, tuple[int, int]]
    by_place: Mapping[str, tuple[int, int]]
    by_state: Mapping[State, int]
    by_source: Mapping[SourceKind, int]
    leaves: int
    judged: int
    only_judged: int

    @property
    def judged_share(self) -> float:
        return self.judged / self.leaves if self.leaves else 0.0

    @property
    def missing_topics(self) -> tuple[str, ...]:
        """Subjects companies ask about of which there is no item at all."""
        return tuple(topic for topic in TOPICS if not any(self.by_topic[topic].values()))


def coverage(policies: Iterable[Policy], regions: Regions, today: date) -> Coverage:
    """Count a catalogue as of a day."""
    listed = list(policies)
    items = [(policy, item) for policy in listed for item in policy.items]
    levels = {policy.id: level_of(policy.region, regions) for policy in listed}
    by_topic: dict[str, Counter[Level]] = {topic: Counter() for topic in TOPICS}
    for policy, item in items:
        for topic in item.topics:
            by_topic[topic][levels[policy.id]] += 1
    told = [[isinstance(leaf, Judged) for leaf in leaves(conditions_of(policy, item))] for policy, item in items]
    places = [*_places(regions), *(policy.region for policy in listed)]
    return Coverage(
        policies=len(listed),
        items=len(items),
        cases=sum(len(item.cases) for _, item in items),
        by_topic=by_topic,
        by_level={level: _count(policy for policy in listed if levels[policy.id] is level) for level in Level},
        by_place={code: _count(policy for policy in listed if policy.region == code) for code in dict.fromkeys(places)},
        by_state=Counter(state_of(policy, item, today) for policy, item in items),
        by_source=Counter(policy.source.kind for policy in listed),
        leaves=sum(map(len, told)),
        judged=sum(map(sum, told)),
        only_judged=sum(
            bool(row) and all(_deciding(policy, item)) for (policy, item), row in zip(items, told, strict=True)
        ),
    )


def _deciding(policy: Policy, item: Item) -> list[bool]:
    """Of the item's own leaves, whether each is judged; where it has none, those of the general clause."""
    own = [isinstance(leaf, Judged) for leaf in leaves(item.conditions)]
    return own or [isinstance(leaf, Judged) for leaf in leaves(policy.conditions)] or [False]


def _count(policies: Iterable[Policy]) -> tuple[int, int]:
    """Policies and items."""
    listed = list(policies)
    return len(listed), sum(len(policy.items) for policy in listed)


def _places(regions: Regions) -> list[str]:
    """The city, its counties and its zones, in the order of their codes: an empty one is worth seeing."""
    counties = sorted(node.code for node in regions.tree if node.parent == BINZHOU)
    return [BINZHOU, *counties, *sorted(regions.zones)]


_OF_TREE = frozenset({Level.NATION.value, Level.PROVINCE.value, Level.CITY.value})


def level_of(region: str, regions: Regions) -> Level:
    """The level of the place a document is for."""
    if region in regions.zones:
        return Level.ZONE
    named = regions.tree.node(region).level
    return Level(named) if named in _OF_TREE else Level.COUNTY


_FATES = {
    Standing.REVOKED: State.REVOKED,
    Standing.SUPERSEDED: State.SUPERSEDED,
    Standing.SUSPENDED: State.SUSPENDED,
}
_WINDOWS = {
    WindowState.EXHAUSTED: State.EXHAUSTED,
    WindowState.CLOSED: State.CLOSED,
    WindowState.UPCOMING: State.UPCOMING,
}


def state_of(policy: Policy, item: Item, today: date) -> State:
    """What an item is on a day."""
    window = window_on(policy, item, today)
    if window.reason in (WindowReason.REVOKED, WindowReason.SUPERSEDED, WindowReason.SUSPENDED):
        return _FATES[policy.status.standing]
    if window.reason is WindowReason.EXPIRED:
        return State.EXPIRED
    if window.reason is WindowReason.NOTICE_PENDING:
        return State.ANNOUNCED
    return _WINDOWS.get(window.state, State.OPEN)
