"""From no to yes: how far a near miss is, which question decides most, what one change would unlock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from policies.benefits import Estimate, estimate
from policies.conditions import (
    LAST_YEAR,
    Bounds,
    Compare,
    DateIn,
    DateRange,
    DayMark,
    Growth,
    Holds,
    Is,
    Judged,
    Leaf,
    OneOf,
    Period,
    facts_named,
)
from policies.derived import Subject
from policies.document import Item, Policy, conditions_of
from policies.eligibility import Assessment, Outcome, assess
from policies.evaluation import Finding, evaluate
from policies.profile import Known, Qualification
from policies.quantities import date_text, plain, rate_text
from policies.verdict import Verdict
from policies.vocabulary import Fact, FactRef, FactType, Source
from policies.wording import (
    bounds_text,
    counts_years,
    event_of,
    figure_text,
    joined,
    known_text,
    leaf_text,
    now_text,
    number_text,
    period_text,
    question_text,
    ref_text,
    rounded,
    value_text,
)

_MAX_WAIT_YEARS = 200


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
        case DateIn(_, DateRange(None, DayMark(ago=Period() as ago)), _) if isinstance(finding.value, date):
            return _waiting_gap(leaf, ago, finding.value, subject)
        case Holds() if _has_expired(leaf, finding, subject):
            return _expired_gap(leaf, finding, subject)
        case _:
            return Gap(joined("要求", leaf_text(leaf, subject)) + now_text(finding, subject))


def _number_gap(leaf: Compare | Growth, finding: Finding, subject: Subject) -> Gap | None:
    if not isinstance(finding.value, Decimal):
        return None
    bounds, now = leaf.bounds, finding.value
    limit = bounds.low if bounds.is_below(now) else bounds.high
    if limit is None:
        return None
    short = abs(limit - now)
    share = min(Decimal(1), short / abs(limit)) if limit else Decimal(1)
    from_day = _anniversary(leaf, subject) if bounds.is_below(now) else None
    if from_day is not None:
        event = event_of(_start_of(leaf, subject))
        years = f"{'满' if bounds.low_included else '超过'} {plain(limit)} 年"
        return Gap(_waiting_text(from_day, f"{event}{years}", subject.day), short, share, from_day)
    return Gap(_number_text(leaf, finding, short, subject), short, share)


def _number_text(leaf: Compare | Growth, finding: Finding, short: Decimal, subject: Subject) -> str:
    fact = subject.reference.fact(leaf.fact)
    is_rate = isinstance(leaf, Growth) or fact.type is FactType.RATE
    asked = bounds_text(leaf.bounds, rate_text if is_rate else lambda number: number_text(number, fact))
    figure, shown = figure_text(leaf, fact, finding.year), value_text(finding, subject)
    below = isinstance(finding.value, Decimal) and leaf.bounds.is_below(finding.value)
    if short == 0:
        return f"{figure}要求{asked}，现在正好是 {shown}"
    size = f"{rate_text(short).removesuffix('%')} 个百分点" if is_rate else known_text(short, fact, subject)
    if _vanishes(short, fact, is_rate):
        about = "" if counts_years(fact) else "约"
        return f"{figure}略{'低' if below else '高'}于要求（现{about} {shown}，要求{asked}）"
    return f"{figure}{'差' if below else '超出'} {size}（现 {shown}，要求{asked}）"


def _vanishes(short: Decimal, fact: Fact, is_rate: bool) -> bool:
    """Whether a distance is too small to be seen in the way it is shown."""
    if counts_years(fact):
        return short * 12 < 1
    return rate_text(short) == "0%" if is_rate else rounded(short) == 0


# ---------------------------------------------------------------------- waiting


def _waiting_gap(leaf: DateIn, ago: Period, started: date, subject: Subject) -> Gap:
    from_day = _first_day(ago.after(started), lambda day: leaf.range.admits(started, day))
    event = event_of(subject.reference.fact(leaf.fact))
    text = _waiting_text(from_day, f"{event}满 {period_text(ago)}", subject.day)
    return Gap(text, Decimal((from_day - subject.day).days), None, from_day)


def _waiting_text(from_day: date, what: str, day: date) -> str:
    return f"再过 {(from_day - day).days} 天（{date_text(from_day)}起）{what}"


def _first_day(guess: date, holds: Callable[[date], bool]) -> date:
    """The day from which it holds: at the end of a month (29 February) not the corresponding day but one soon after."""
    near = (guess + timedelta(days) for days in range(5))
    return next((day for day in near if holds(day)), guess)


def _start_of(leaf: Compare | Growth, subject: Subject) -> Fact:
    derived = subject.reference.fact(leaf.fact).derived
    assert derived is not None
    return subject.reference.fact(derived.inputs[0])


def _anniversary(leaf: Compare | Growth, subject: Subject) -> date | None:
    """The day from which enough whole years have passed; None when the leaf does not count years."""
    low = leaf.bounds.low
    if not counts_years(subject.reference.fact(leaf.fact)) or low is None or low > _MAX_WAIT_YEARS or low % 1:
        return None
    started = subject.resolve(_start_of(leaf, subject).key).known
    if started is None or not isinstance(started.value, date):
        return None

    def holds(day: date) -> bool:
        return evaluate(leaf, replace(subject, day=day)).verdict is Verdict.MET

    return _first_day(Period(years=int(low)).after(started.value), holds)


def _has_expired(leaf: Holds, finding: Finding, subject: Subject) -> bool:
    value = finding.value
    if not isinstance(value, Qualification) or not value.held or value.valid_until is None:
        return False
    return leaf.must_be_valid and subject.reference.fact(leaf.fact).expires and value.valid_until < subject.day


def _expired_gap(leaf: Holds, finding: Finding, subject: Subject) -> Gap:
    assert isinstance(finding.value, Qualification) and finding.value.valid_until is not None
    label = subject.reference.fact(leaf.fact).label
    return Gap(f"{label}资格已于 {date_text(finding.value.valid_until)}到期，需重新取得")


def distance(assessment: Assessment, subject: Subject) -> Decimal:
    """How near a near miss is, 0 (nearly there) to 1; 1 where no number tells."""
    gaps = (
        gap_of(finding, subject)
        for requirement in assessment.failing()
        for finding in requirement.evaluation.deciding(Verdict.NOT_MET)
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
    """One change of the enterprise, the fact it would make known, and the items it would open."""

    ref: FactRef
    known: Known
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
    offered = (change for match in closed for change in _changes(match.assessment, subject))
    changes = {(change.ref, change.text): change for change in offered}
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
    return Unlock(change.ref, change.known, change.text, tuple(opened), stake) if opened else None


def _facts_behind(match: Assessed, subject: Subject) -> frozenset[str]:
    kinds = subject.reference.vocabulary.applicants
    named = facts_named(conditions_of(match.policy, match.item)) | {kinds[key].fact for key in match.item.applicants}
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
    if isinstance(leaf, Judged):
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
        case Compare(_, bounds, year, None, _) if _is_reached_at_low(bounds, finding):
            assert bounds.low is not None
            when = (year or LAST_YEAR).on(subject.day) if fact.annual else None
            ref = FactRef(fact.key, when)
            text = f"{_figure(ref, subject)}达到 {number_text(bounds.low, fact)}"
            return _Change(ref, Known(bounds.low, Source.ENTERPRISE), text)
        case Is(_, value, _):
            return _Change(FactRef(fact.key), Known(value, Source.ENTERPRISE), f"做到“{fact.phrase(value)}”")
        case OneOf(_, values, _) if fact.ordered:
            # Only upwards: nobody is advised to earn a worse rating.
            keys = [option.key for option in fact.options]
            better = [key for key in keys if key in values and keys.index(key) > keys.index(str(finding.value))]
            if not better:
                return None
            label = fact.option_label(better[0])
            return _Change(FactRef(fact.key), Known(better[0], Source.ENTERPRISE), f"{fact.label}达到“{label}”")
        case _:
            return None


def _is_reached_at_low(bounds: Bounds, finding: Finding) -> bool:
    """Whether the lower bound itself is enough, and more than there is now."""
    is_short = isinstance(finding.value, Decimal) and bounds.is_below(finding.value)
    return bounds.low is not None and bounds.low_included and is_short


def _figure(ref: FactRef, subject: Subject) -> str:
    """Last year's figure is over; what can be reached is a year's figure, so the year is not named."""
    return ref_text(replace(ref, year=None) if ref.year == subject.last_year else ref, subject)
