"""From no to yes: how far a near miss is, which question decides most, what one change would unlock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from policies.benefits import Estimate, estimate
from policies.conditions import LAST_YEAR, Compare, DateIn, Growth, Holds, Is, Leaf, OneOf, Period, leaves
from policies.derived import Subject
from policies.document import Item, Policy, conditions_of
from policies.eligibility import Assessment, Outcome, assess
from policies.evaluation import Finding
from policies.profile import Known, Qualification
from policies.quantities import date_text, plain
from policies.verdict import Verdict
from policies.vocabulary import Fact, FactRef, FactType, Source
from policies.wording import (
    bounds_text,
    event_of,
    leaf_text,
    number_text,
    period_text,
    question_text,
    ref_text,
    value_text,
)


class Assessed(Protocol):
    """An item with what came of it for one enterprise."""

    @property
    def policy(self) -> Policy: ...
    @property
    def item(self) -> Item: ...
    @property
    def assessment(self) -> Assessment: ...
    @property
    def estimate(self) -> Estimate: ...


# ---------------------------------------------------------------------- distance


@dataclass(frozen=True, slots=True)
class Gap:
    """How far one failing condition is from holding.

    `short_by` is in the unit of the fact (None where there is no number); `share` is short_by over what is asked,
    between 0 and 1 where it can be said, and orders near misses; `from_day` is the day from which waiting is enough.
    """

    text: str
    short_by: Decimal | None = None
    share: Decimal | None = None
    from_day: date | None = None


def gap_of(finding: Finding, subject: Subject) -> Gap | None:
    """The distance of a failing finding; None when it does not fail or nothing can be said."""
    if finding.verdict is not Verdict.NOT_MET:
        return None
    leaf = finding.condition
    match leaf:
        case Compare() | Growth():
            return _number_gap(leaf, finding, subject)
        case DateIn(_, days, _):
            last = days.last
            if isinstance(finding.value, date) and last is not None and last.ago is not None:
                return _waiting_gap(leaf, last.ago, finding.value, subject)
            return Gap(f"要求：{leaf_text(leaf, subject)}")
        case Holds():
            return _qualification_gap(leaf, finding, subject)
        case _:
            return Gap(f"要求：{leaf_text(leaf, subject)}")


def _number_gap(leaf: Compare | Growth, finding: Finding, subject: Subject) -> Gap | None:
    if not isinstance(finding.value, Decimal):
        return None
    fact, bounds, now = subject.reference.fact(leaf.fact), leaf.bounds, finding.value
    is_rate = isinstance(leaf, Growth) or fact.type is FactType.RATE
    label = f"{fact.label}{'增长率' if isinstance(leaf, Growth) else ''}"
    below = bounds.is_below(now)
    limit = bounds.low if below else bounds.high
    if limit is None:
        return None
    short = abs(limit - now)
    shown = value_text(finding, subject)
    asked = bounds_text(bounds, lambda number: _amount(number, fact, is_rate))
    word = "差" if below else "超出"
    size = _points(short) if is_rate else _amount(short, fact, is_rate)
    strict = short == 0
    text = f"{label}要求{asked}，现在正好是 {shown}" if strict else f"{label}{word} {size}（现 {shown}，要求{asked}）"
    share = min(Decimal(1), short / abs(limit)) if limit else Decimal(1)
    return Gap(text, short, share)


def _amount(number: Decimal, fact: Fact, is_rate: bool) -> str:
    return f"{plain((number * 100).quantize(Decimal('0.01')))}%" if is_rate else number_text(number, fact)


def _points(short: Decimal) -> str:
    return f"{plain((short * 100).quantize(Decimal('0.01')))} 个百分点"


def _waiting_gap(leaf: DateIn, ago: Period, started: date, subject: Subject) -> Gap:
    from_day = ago.after(started)
    days = (from_day - subject.day).days
    event = event_of(subject.reference.fact(leaf.fact))
    return Gap(f"再过 {days} 天（{date_text(from_day)}起）{event}满 {period_text(ago)}", Decimal(days), None, from_day)


def _qualification_gap(leaf: Holds, finding: Finding, subject: Subject) -> Gap:
    fact, value = subject.reference.fact(leaf.fact), finding.value
    asked = leaf_text(leaf, subject)
    if not isinstance(value, Qualification) or not value.held:
        return Gap(f"要求：{asked}，贵企业{fact.phrase(False)}")
    if value.valid_until is not None and value.valid_until < subject.day and leaf.must_be_valid and fact.expires:
        return Gap(f"{fact.label}资格已于 {date_text(value.valid_until)}到期，需重新取得")
    return Gap(f"要求：{asked}（现为{value_text(finding, subject)}）")


def distance(assessment: Assessment, subject: Subject) -> Decimal:
    """How near a near miss is, 0 (nearly there) to 1; 1 where no number tells."""
    gaps = (
        gap_of(finding, subject)
        for requirement in assessment.failing()
        for finding in requirement.evaluation.findings()
    )
    shares = [gap.share for gap in gaps if gap is not None and gap.share is not None]
    return min(shares, default=Decimal(1))


# ---------------------------------------------------------------------- the question that decides most


@dataclass(frozen=True, slots=True)
class Question:
    """One fact to ask for: the items it decides alone, the items it helps to decide, and the money in them."""

    ref: FactRef
    text: str
    help: str
    decides: int
    helps: int
    at_stake: Decimal

    @property
    def reason(self) -> str:
        if self.decides:
            return f"填了就能判断 {self.decides} 项政策"
        return f"用于判断 {self.helps} 项政策"


def questions(assessed: Iterable[Assessed], subject: Subject) -> list[Question]:
    """The facts worth asking for, the most decisive first: by items decided, then money at stake, then items helped."""
    decides: dict[FactRef, int] = {}
    helps: dict[FactRef, int] = {}
    stake: dict[FactRef, Decimal] = {}
    for match in assessed:
        if match.assessment.outcome is not Outcome.NEEDS_INFORMATION:
            continue
        refs = {FactRef(ref.key, ref.year) for ref in match.assessment.missing()}
        for ref in refs:
            helps[ref] = helps.get(ref, 0) + 1
            decides[ref] = decides.get(ref, 0) + (len(refs) == 1)
            stake[ref] = stake.get(ref, Decimal(0)) + match.estimate.at_stake
    listed = [
        Question(
            ref, question_text(ref, subject), subject.reference.fact(ref.key).help, decides[ref], helps[ref], stake[ref]
        )
        for ref in helps
    ]
    return sorted(listed, key=lambda q: (-q.decides, -q.at_stake, -q.helps, q.ref.key, q.ref.year or 0))


# ---------------------------------------------------------------------- what one change would unlock


@dataclass(frozen=True, slots=True)
class Unlock:
    """One change of the enterprise and the items that could be applied for because of it."""

    ref: FactRef
    change: str
    items: tuple[tuple[str, str], ...]
    at_stake: Decimal

    @property
    def text(self) -> str:
        return f"{self.change}后，另有 {len(self.items)} 项可申报"


@dataclass(frozen=True, slots=True)
class _Change:
    ref: FactRef
    known: Known
    text: str


def unlocks(assessed: Sequence[Assessed], subject: Subject) -> list[Unlock]:
    """What single changes would open, most items first. Every candidate is really evaluated, nothing is guessed."""
    closed = [match for match in assessed if not match.assessment.can_apply and match.assessment.window.state.can_apply]
    changes = {change.text: change for match in closed for change in _changes(match.assessment, subject)}
    found = [unlock for change in changes.values() if (unlock := _try(change, closed, subject)) is not None]
    return sorted(found, key=lambda unlock: (-len(unlock.items), -unlock.at_stake, unlock.change))


def _try(change: _Change, closed: Sequence[Assessed], subject: Subject) -> Unlock | None:
    changed = Subject(subject.profile.with_known(change.ref, change.known), subject.day, subject.reference)
    opened: list[tuple[str, str]] = []
    stake = Decimal(0)
    for match in closed:
        if change.ref.key not in _facts_behind(match, subject):
            continue
        if assess(match.policy, match.item, changed).can_apply:
            opened.append((match.policy.id, match.item.id))
            stake += estimate(match.item.benefit, changed).at_stake
    return Unlock(change.ref, change.text, tuple(opened), stake) if opened else None


def _facts_behind(match: Assessed, subject: Subject) -> frozenset[str]:
    named = {leaf.fact for leaf in leaves(conditions_of(match.policy, match.item)) if hasattr(leaf, "fact")}
    return frozenset(base for key in named for base in subject.reference.vocabulary.base_inputs(key))


def _changes(assessment: Assessment, subject: Subject) -> Iterator[_Change]:
    """A change for each failing leaf of a near miss that one value could turn."""
    if assessment.outcome is not Outcome.NEAR_MISS:
        return
    for requirement in assessment.failing():
        for finding in requirement.evaluation.deciding(Verdict.NOT_MET):
            change = _change_for(finding.condition, finding, subject)
            if change is not None:
                yield change


def _change_for(leaf: Leaf, finding: Finding, subject: Subject) -> _Change | None:
    if not hasattr(leaf, "fact"):
        return None
    fact = subject.reference.fact(leaf.fact)
    if fact.derived is not None or not fact.changeable or finding.verdict is not Verdict.NOT_MET:
        return None
    match leaf:
        case Holds():
            level = leaf.level or (fact.levels[0].key if fact.levels else None)
            value = Qualification(True, level, subject.day, Period(years=1).after(subject.day), True)
            name = f"{fact.option_label(leaf.level)}{fact.label}" if leaf.level else fact.label
            return _Change(FactRef(fact.key), Known(value, Source.ENTERPRISE), f"取得{name}认定")
        case Compare(_, bounds, year, None, _) if bounds.low is not None and bounds.low_included:
            when = (year or LAST_YEAR).on(subject.day) if fact.annual else None
            ref = FactRef(fact.key, when)
            return _Change(
                ref,
                Known(bounds.low, Source.ENTERPRISE),
                f"{ref_text(ref, subject)}达到 {number_text(bounds.low, fact)}",
            )
        case Is(_, value, _):
            return _Change(FactRef(fact.key), Known(value, Source.ENTERPRISE), f"做到“{fact.phrase(value)}”")
        case OneOf(_, values, _):
            label = fact.option_label(values[0])
            return _Change(FactRef(fact.key), Known(values[0], Source.ENTERPRISE), f"{fact.label}变为“{label}”")
        case _:
            return None
