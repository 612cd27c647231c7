"""Outcome and window of an item for an enterprise on a day: design section 4, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from policies.conditions import (
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    DateIn,
    DateRange,
    Growth,
    Holds,
    Is,
    Judged,
    Not,
    NotReceived,
    OneOf,
    Within,
)
from policies.derived import Subject
from policies.document import Item, Policy, conditions_of
from policies.evaluation import Evaluation, Finding, evaluate
from policies.verdict import Verdict
from policies.vocabulary import FactRef
from policies.windows import Window, window_on


class Outcome(StrEnum):
    """匹配结论."""

    ELIGIBLE = "eligible"
    TO_CONFIRM = "to_confirm"
    NEEDS_INFORMATION = "needs_information"
    NEAR_MISS = "near_miss"
    NOT_ELIGIBLE = "not_eligible"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One conjunct of what an item asks. The first is who may apply: it alone names `applicants`."""

    evaluation: Evaluation
    applicants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """An item assessed for an enterprise on a day: outcome, window, and every requirement with its findings."""

    outcome: Outcome
    window: Window
    requirements: tuple[Requirement, ...]
    day: date

    @property
    def can_apply(self) -> bool:
        """可申报: eligible or to be confirmed, with a window in which one can apply."""
        return self.outcome in (Outcome.ELIGIBLE, Outcome.TO_CONFIRM) and self.window.state.can_apply

    def findings(self) -> Iterator[Finding]:
        for requirement in self.requirements:
            yield from requirement.evaluation.findings()

    def failing(self) -> tuple[Requirement, ...]:
        return tuple(r for r in self.requirements if r.evaluation.verdict is Verdict.NOT_MET)

    def missing(self) -> tuple[FactRef, ...]:
        """The facts that would decide what is still unknown, each once."""
        return tuple(dict.fromkeys(ref for r in self.requirements for ref in r.evaluation.missing()))

    def judged(self) -> tuple[Finding, ...]:
        """What only the department can decide, of the requirements still open."""
        open_findings = (f for r in self.requirements for f in r.evaluation.deciding(Verdict.UNKNOWN))
        return tuple(finding for finding in open_findings if finding.to_judge is not None)


def assess(policy: Policy, item: Item, subject: Subject) -> Assessment:
    """Assess one item for an enterprise on the subject's day."""
    who = applicant_condition(item, subject)
    requirements = [Requirement(evaluate(who, subject), item.applicants)]
    requirements += [Requirement(evaluate(part, subject)) for part in conjuncts(conditions_of(policy, item))]
    window = window_on(policy, item, subject.day)
    return Assessment(outcome_of(requirements, subject), window, tuple(requirements), subject.day)


def conjuncts(condition: Condition) -> Iterator[Condition]:
    """The parts of nested conjunctions, flattened: each is one requirement."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from conjuncts(part)
    else:
        yield condition


def applicant_condition(item: Item, subject: Subject) -> Condition:
    """Who may apply, as a condition over the facts the vocabulary names for each kind of applicant."""
    kinds = [subject.reference.vocabulary.applicants[key] for key in dict.fromkeys(item.applicants)]
    by_fact: dict[str, list[str]] = {}
    for kind in kinds:
        by_fact.setdefault(kind.fact, []).extend(kind.values)
    parts = tuple(
        Is(fact, True) if values == ["true"] else OneOf(fact, tuple(values)) for fact, values in by_fact.items()
    )
    return parts[0] if len(parts) == 1 else Any(parts)


def outcome_of(requirements: list[Requirement], subject: Subject) -> Outcome:
    """The truth table of design section 4 (docs/truth-table.md)."""
    failing = [r for r in requirements if r.evaluation.verdict is Verdict.NOT_MET]
    unknown = any(r.evaluation.missing() for r in requirements)
    if failing:
        alone = len(failing) == 1 and not unknown
        return Outcome.NEAR_MISS if alone and is_changeable(failing[0], subject) else Outcome.NOT_ELIGIBLE
    if unknown:
        return Outcome.NEEDS_INFORMATION
    judged = any(r.evaluation.verdict is Verdict.UNKNOWN for r in requirements)
    return Outcome.TO_CONFIRM if judged else Outcome.ELIGIBLE


# ---------------------------------------------------------------------- what an enterprise can change


def is_changeable(requirement: Requirement, subject: Subject) -> bool:
    """Whether the enterprise could come to meet a failing requirement: never region, industry, applicant, a past date."""
    return not requirement.applicants and can_become_met(requirement.evaluation, subject)


def can_become_met(node: Evaluation, subject: Subject) -> bool:
    """Whether the enterprise could bring about that a part of a requirement holds, or it holds or is open already."""
    if node.verdict is not Verdict.NOT_MET:
        return True
    match node.condition:
        case Any():
            return any(can_become_met(part, subject) for part in node.parts)
        case All():
            return all(can_become_met(part, subject) for part in node.parts)
        case AtLeast(count, _):
            return sum(can_become_met(part, subject) for part in node.parts) >= count
        case Not():
            return _can_become_failed(node.parts[0], subject)
        case leaf:
            return _leaf_can_become_met(leaf, node.finding, subject)


def _leaf_can_become_met(leaf: Condition, finding: Finding | None, subject: Subject) -> bool:
    if isinstance(leaf, (Within, NotReceived, Judged, All, Any, Not, AtLeast)) or finding is None:
        return False
    if not subject.reference.fact(leaf.fact).changeable:
        return isinstance(leaf, DateIn) and _waiting_helps(leaf, finding, subject.day)
    if isinstance(leaf, DateIn):
        return _waiting_helps(leaf, finding, subject.day)
    if isinstance(leaf, OneOf):
        return _has_a_better_choice(leaf, finding, subject)
    if isinstance(leaf, (Compare, Growth)) and _is_of_a_past_year(leaf, subject.day):
        return False
    if isinstance(leaf, Compare) and _counts_years(leaf, subject):
        return isinstance(finding.value, Decimal) and leaf.bounds.is_below(finding.value)
    if isinstance(leaf, Holds):
        return _can_be_obtained(leaf, finding, subject)
    return True


def _has_a_better_choice(leaf: OneOf, finding: Finding, subject: Subject) -> bool:
    """Of a choice that stands from low to high only a higher one can be worked for."""
    fact = subject.reference.fact(leaf.fact)
    if not fact.ordered or finding.value is None:
        return True
    return any(value in leaf.values for value in fact.higher_options(str(finding.value)))


def _is_of_a_past_year(leaf: Compare | Growth, day: date) -> bool:
    """A figure of a year the document names, and that is over, stays what it was."""
    return leaf.year is not None and 0 < leaf.year.number < day.year


def _counts_years(leaf: Compare, subject: Subject) -> bool:
    """Whether the fact is the years since a day: they grow by waiting, and by nothing else."""
    derived = subject.reference.fact(leaf.fact).derived
    return derived is not None and derived.by == "years_since"


def _waiting_helps(leaf: DateIn, finding: Finding, day: date) -> bool:
    """A period since a past day still to run out (成立满一年) is met by waiting; every other missed date is past."""
    return isinstance(finding.value, date) and _has_only_to_wait(leaf.range, finding.value, day)


def _has_only_to_wait(days: DateRange, value: date, day: date) -> bool:
    last = days.last
    return days.first is None and last is not None and last.ago is not None and last.ago.after(value) > day


def _can_be_obtained(leaf: Holds, finding: Finding, subject: Subject) -> bool:
    """A qualification can be obtained or renewed unless it had to be obtained by a day that is past, or not to be new."""
    window = leaf.obtained
    value = finding.value
    held = getattr(value, "held", False)
    obtained = getattr(value, "obtained", None)
    if held and leaf.first_time is True and getattr(value, "first_time", None) is not True:
        return False  # whoever holds it or held it once cannot come to hold it for the first time
    if window is None:
        return True
    if held and isinstance(obtained, date) and not window.admits(obtained, subject.day):
        return _has_only_to_wait(window, obtained, subject.day)
    return window.last is None or window.last.on(subject.day) >= subject.day


def _can_become_failed(node: Evaluation, subject: Subject) -> bool:
    """Under a negation: whether something that holds could cease to (a listing can be lifted, a place cannot be left)."""
    if node.verdict is not Verdict.MET:
        return True
    match node.condition:
        case Any():
            return all(_can_become_failed(part, subject) for part in node.parts)
        case All():
            return any(_can_become_failed(part, subject) for part in node.parts)
        case AtLeast(count, parts):
            kept = sum(not _can_become_failed(part, subject) for part in node.parts)
            return kept < count and len(parts) >= count
        case Not():
            return can_become_met(node.parts[0], subject)
        case Within() | Holds() | NotReceived() | Judged():
            return False
        case DateIn(_, days, _):  # it slips out of a period that ends today (成立不足一年)
            return days.first is not None and days.first.ago is not None
        case Compare() | Growth() as leaf if _is_of_a_past_year(leaf, subject.day):
            return False
        case Compare() as leaf if _counts_years(leaf, subject):
            return leaf.bounds.high is not None
        case leaf:
            return subject.reference.fact(leaf.fact).changeable
