"""A policy document and its items: what can be got, by whom, on which conditions, how much and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from policies.benefits import Benefit
from policies.conditions import ALWAYS, All, Condition, NotReceived
from policies.profile import EnterpriseProfile
from policies.receipts import Repeat


class SourceKind(StrEnum):
    """How a policy text is attested. A sample has no source and says 示例 wherever it is shown."""

    OFFICIAL = "official"
    PRESS = "press"
    SAMPLE = "sample"


class Standing(StrEnum):
    """What became of a document after it was issued."""

    IN_FORCE = "in_force"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"


class ApplyMode(StrEnum):
    BY_APPLICATION = "by_application"
    AUTOMATIC = "automatic"  # 免申即享
    BY_DECLARATION = "by_declaration"  # 自行判别、申报享受 (tax)
    BY_RECOMMENDATION = "by_recommendation"  # 逐级推荐


@dataclass(frozen=True, slots=True)
class FurtherSource:
    """Another page that was opened, and what of the document it showed."""

    url: str
    shows: str


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """Where the document was read: the address, the day it was opened, and how it is attested."""

    kind: SourceKind
    url: str | None = None
    opened: date | None = None
    note: str | None = None
    also: tuple[FurtherSource, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    standing: Standing = Standing.IN_FORCE
    since: date | None = None
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """Where an item stands in its document, and its sense in our own words (要点，以原文为准)."""

    article: str | None = None
    restated: str | None = None


@dataclass(frozen=True, slots=True)
class Yearly:
    """A window that recurs every year: month and day of its first and last day; it may cross New Year."""

    opens: tuple[int, int]
    closes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class HowToApply:
    """Application: dates are inclusive local days. `announced`: the window is fixed by a notice not yet known."""

    mode: ApplyMode = ApplyMode.BY_APPLICATION
    opens: date | None = None
    closes: date | None = None
    yearly: Yearly | None = None
    announced: bool = False
    materials: tuple[str, ...] = ()
    department: str | None = None
    phone: str | None = None
    address: str | None = None
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case: what a profile must give on a day. Written by someone other than the author of the conditions."""

    profile: EnterpriseProfile
    on: date
    outcome: str
    window: str | None = None
    amount: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """政策事项: the unit of matching.

    Of the items of one exclusive group at most one can be had (就高不重复). `repeat` says how often the same applicant
    may have the item, or anything of its groups; None: the document sets no limit. With `top_up` (就高补差) what was
    received of the same groups does not forbid the item but is deducted.
    """

    id: str
    title: str
    summary: str
    applicants: tuple[str, ...]
    conditions: Condition
    benefit: Benefit
    apply: HowToApply = HowToApply()
    clause: Clause = Clause()
    exclusive_groups: tuple[str, ...] = ()
    repeat: Repeat | None = None
    top_up: bool = False
    funds_exhausted_on: date | None = None
    keywords: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    topics: tuple[str, ...] = ()


class CapPeriod(StrEnum):
    """The time over which a document caps what one enterprise may get in all."""

    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class SumCap:
    """The most, in yuan, that one enterprise may get from these items of a document together."""

    items: tuple[str, ...]
    amount: Decimal
    per: CapPeriod
    text: str


@dataclass(frozen=True, slots=True)
class Policy:
    """政策文件: a published document. `conditions` are those of its general clause and hold for every item."""

    id: str
    title: str
    issuers: tuple[str, ...]
    region: str
    source: DocumentSource
    items: tuple[Item, ...]
    number: str | None = None
    summary: str = ""
    themes: tuple[str, ...] = ()
    published: date | None = None
    effective: date | None = None
    valid_until: date | None = None
    status: DocumentStatus = DocumentStatus()
    conditions: Condition = ALWAYS
    caps: tuple[SumCap, ...] = ()

    def item(self, item_id: str) -> Item:
        """Raises KeyError when the policy has no such item."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    @property
    def is_sample(self) -> bool:
        return self.source.kind is SourceKind.SAMPLE


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy as it stood at one version; versions count from 1 and never change."""

    policy: Policy
    version: int


def conditions_of(policy: Policy, item: Item) -> Condition:
    """The general clause, the item's own conditions and how often it may be had, as one conjunction."""
    parts = [part for part in (policy.conditions, item.conditions) if part != ALWAYS]
    if item.repeat is not None:
        groups = () if item.top_up else item.exclusive_groups
        parts.append(NotReceived((f"{policy.id}/{item.id}",), groups, item.repeat))
    return All(tuple(parts))


ItemRef: TypeAlias = tuple[str, str]
