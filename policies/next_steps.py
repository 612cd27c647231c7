"""What to do next: the question that decides most, and what one change would unlock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from policies.benefits import Estimate
from policies.conditions import (
    LAST_YEAR,
    Bounds,
    Compare,
    Holds,
    Is,
    Judged,
    Leaf,
    NotReceived,
    OneOf,
    Period,
    facts_named,
)
from policies.derived import Subject
from policies.document import Item, Policy, conditions_of
from policies.eligibility import Assessment, Outcome, assess
from policies.evaluation import Finding
from policies.profile import Known, Qualification
from policies.verdict import Verdict
from policies.vocabulary import FactRef, Source
from policies.wording import (
    number_text,
    question_text,
    ref_text,
)
from policies.worth import worth_of


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
    """The facts worth asking for, the most decisive first: by items decided, then money at stake, then items helped.

    What can be applied for now goes before what will open, what is rare comes last; what is over is not worth a
    question, and neither is an item that also needs what only other trades are asked.
    """
    decides: dict[FactRef, int] = {}
    helps: dict[FactRef, int] = {}
    stake: dict[FactRef, Decimal] = {}
    now: dict[FactRef, int] = {}
    for match in assessed:
        state = match.assessment.window.state
        if match.assessment.outcome is not Outcome.NEEDS_INFORMATION or state.is_over or match.policy.is_sample:
            continue
        lacking = {FactRef(ref.key, ref.year) for ref in match.assessment.missing()}
        refs = _asked_first(lacking, subject)
        alone = len(refs) == 1 and refs == lacking
        for ref in refs:
            helps[ref] = helps.get(ref, 0) + 1
            decides[ref] = decides.get(ref, 0) + alone
            stake[ref] = stake.get(ref, Decimal(0)) + match.estimate.at_stake
            now[ref] = now.get(ref, 0) + (alone and state.can_apply)
    listed = [
        Question(
            ref, question_text(ref, subject), subject.reference.fact(ref.key).help, decides[ref], helps[ref], stake[ref]
        )
        for ref in helps
    ]
    facts = subject.reference.vocabulary.facts

    def order(q: Question) -> tuple[bool, int, int, Decimal, int, str, int]:
        return (facts[q.ref.key].rare, -now[q.ref], -q.decides, -q.at_stake, -q.helps, q.ref.key, q.ref.year or 0)

    return sorted(listed, key=order)


def _asked_first(missing: Iterable[FactRef], subject: Subject) -> frozenset[FactRef]:
    """What to ask for an item; nothing where it also needs what is not asked of this enterprise.

    A fact that hangs on another one is asked once that is there; until then the other one is asked in its place.
    """
    refs: set[FactRef] = set()
    for ref in missing:
        if subject.is_asked(ref.key):
            refs.add(ref)
            continue
        gates = subject.open_gates(ref.key)
        if not gates:
            return frozenset()
        refs.update(gates)
    return frozenset(refs)


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
    real = [match for match in assessed if not match.policy.is_sample]
    closed = [match for match in real if not match.assessment.can_apply and match.assessment.window.state.can_apply]
    offered = (change for match in closed for change in _changes(match.assessment, subject))
    changes = {(change.ref, change.text): change for change in offered}
    held = [match for match in real if match.assessment.can_apply]
    tried = (_try(change, closed, subject) for change in changes.values() if not _loses(change, held, subject))
    found = [unlock for unlock in tried if unlock is not None]
    return sorted(found, key=lambda unlock: (-len(unlock.items), -unlock.at_stake, unlock.change))


def _try(change: _Change, closed: Sequence[Assessed], subject: Subject) -> Unlock | None:
    changed = _after(change, subject)
    opened: list[tuple[str, str]] = []
    stake = Decimal(0)
    for match in closed:
        if change.ref.key not in _facts_behind(match, subject):
            continue
        if assess(match.policy, match.item, changed).can_apply:
            opened.append((match.policy.id, match.item.id))
            stake += worth_of(match.policy, match.item, changed).at_stake
    return Unlock(change.ref, change.known, change.text, tuple(opened), stake) if opened else None


def _loses(change: _Change, held: Sequence[Assessed], subject: Subject) -> bool:
    """Whether the change would close something that can be applied for now: then it is no advice."""
    changed = _after(change, subject)
    touched = (match for match in held if change.ref.key in _facts_behind(match, subject))
    return any(not assess(match.policy, match.item, changed).can_apply for match in touched)


def _after(change: _Change, subject: Subject) -> Subject:
    return Subject(subject.profile.with_known(change.ref, change.known), subject.day, subject.reference)


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
    if isinstance(leaf, (NotReceived, Judged)):
        return None
    fact = subject.reference.fact(leaf.fact)
    if fact.derived is not None or not fact.changeable or finding.verdict is not Verdict.NOT_MET:
        return None
    match leaf:
        case Holds():
            if leaf.first_time and getattr(finding.value, "held", False):
                return None
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
            better = [key for key in fact.higher_options(str(finding.value)) if key in values]
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
