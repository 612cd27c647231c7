"""Outcome and window of an item for an enterprise on a day: design section 4, and nothing beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from policies.conditions import (
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    DateIn,
    Growth,
    Holds,
    Is,
    Judged,
    Not,
    OneOf,
    Within,
)
from policies.derived import Subject
from policies.evaluation import Evaluation, Finding, evaluate
from policies.verdict import Verdict
from policies.vocabulary import FactRef

if TYPE_CHECKING:
    from policies.document import Item, Policy, Yearly

CLOSING_SOON_DAYS = 14


class Outcome(StrEnum):
    """匹配结论."""

    ELIGIBLE = "eligible"
    TO_CONFIRM = "to_confirm"
    NEEDS_INFORMATION = "needs_information"
    NEAR_MISS = "near_miss"
    NOT_ELIGIBLE = "not_eligible"


class WindowState(StrEnum):
    """申报窗口."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSING_SOON = "closing_soon"
    CLOSED = "closed"
    ALWAYS = "always"
    EXHAUSTED = "exhausted"

    @property
    def can_apply(self) -> bool:
        return self in (WindowState.OPEN, WindowState.CLOSING_SOON, WindowState.ALWAYS)


class WindowReason(StrEnum):
    """Why a window is not simply open: the document's fate, or a notice still to come."""

    NOT_IN_FORCE_YET = "not_in_force_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    NOTICE_PENDING = "notice_pending"


@dataclass(frozen=True, slots=True)
class Window:
    """The state on a day, with the first and last day (inclusive) where they are known."""

    state: WindowState
    opens: date | None = None
    closes: date | None = None
    reason: WindowReason | None = None

    def days_left(self, day: date) -> int | None:
        """Days from `day` to the last day: 0 on the last day itself."""
        return None if self.closes is None else (self.closes - day).days


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


def assess(policy: Policy, item: Item, subject: Subject, closing_soon: int = CLOSING_SOON_DAYS) -> Assessment:
    """Assess one item for an enterprise on the subject's day; `closing_soon` is in days."""
    who = applicant_condition(item, subject)
    requirements = [Requirement(evaluate(who, subject), item.applicants)]
    for condition in (policy.conditions, item.conditions):
        requirements += [Requirement(evaluate(part, subject)) for part in conjuncts(condition)]
    window = window_on(policy, item, subject.day, closing_soon)
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
    return not requirement.applicants and _can_become_met(requirement.evaluation, subject)


def _can_become_met(node: Evaluation, subject: Subject) -> bool:
    if node.verdict is not Verdict.NOT_MET:
        return True
    match node.condition:
        case Any():
            return any(_can_become_met(part, subject) for part in node.parts)
        case All():
            return all(_can_become_met(part, subject) for part in node.parts)
        case AtLeast(count, _):
            return sum(_can_become_met(part, subject) for part in node.parts) >= count
        case Not():
            return _can_become_failed(node.parts[0], subject)
        case leaf:
            return _leaf_can_become_met(leaf, node.finding, subject)


def _leaf_can_become_met(leaf: Condition, finding: Finding | None, subject: Subject) -> bool:
    if isinstance(leaf, (Within, Judged, All, Any, Not, AtLeast)) or finding is None:
        return False
    if not subject.reference.fact(leaf.fact).changeable:
        return isinstance(leaf, DateIn) and _waiting_helps(leaf, finding, subject.day)
    if isinstance(leaf, DateIn):
        return _waiting_helps(leaf, finding, subject.day)
    if isinstance(leaf, (Compare, Growth)) and _is_of_a_past_year(leaf, subject.day):
        return False
    if isinstance(leaf, Compare) and _counts_years(leaf, subject):
        return isinstance(finding.value, Decimal) and leaf.bounds.is_below(finding.value)
    if isinstance(leaf, Holds):
        return _can_be_obtained(leaf, finding, subject)
    return True


def _is_of_a_past_year(leaf: Compare | Growth, day: date) -> bool:
    """A figure of a year the document names, and that is over, stays what it was."""
    return leaf.year is not None and 0 < leaf.year.number < day.year


def _counts_years(leaf: Compare, subject: Subject) -> bool:
    """Whether the fact is the years since a day: they grow by waiting, and by nothing else."""
    derived = subject.reference.fact(leaf.fact).derived
    return derived is not None and derived.by == "years_since"


def _waiting_helps(leaf: DateIn, finding: Finding, day: date) -> bool:
    """A period since a past day still to run out (成立满一年) is met by waiting; every other missed date is past."""
    last = leaf.range.last
    if leaf.range.first is not None or last is None or last.ago is None or not isinstance(finding.value, date):
        return False
    return finding.value > last.on(day)


def _can_be_obtained(leaf: Holds, finding: Finding, subject: Subject) -> bool:
    """A qualification can be obtained or renewed unless it had to be obtained by a day that is past, or not to be new."""
    window = leaf.obtained
    value = finding.value
    held = getattr(value, "held", False)
    obtained = getattr(value, "obtained", None)
    if held and leaf.first_time is True and getattr(value, "first_time", None) is False:
        return False
    if window is None:
        return True
    if held and isinstance(obtained, date) and not window.admits(obtained, subject.day):
        return False
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
            return _can_become_met(node.parts[0], subject)
        case Within() | Holds() | Judged():
            return False
        case DateIn(_, days, _):  # it slips out of a period that ends today (成立不足一年)
            return days.first is not None and days.first.ago is not None
        case Compare() | Growth() as leaf if _is_of_a_past_year(leaf, subject.day):
            return False
        case Compare() as leaf if _counts_years(leaf, subject):
            return leaf.bounds.high is not None
        case leaf:
            return subject.reference.fact(leaf.fact).changeable


# ---------------------------------------------------------------------- windows


def window_on(policy: Policy, item: Item, day: date, closing_soon: int = CLOSING_SOON_DAYS) -> Window:
    """The window of an item on a day. All days are inclusive local days."""
    reason = _end_of_document(policy, day)
    opens, closes = _dates(policy, item, day)
    if item.funds_exhausted_on is not None and day >= item.funds_exhausted_on:
        return Window(WindowState.EXHAUSTED, opens, closes)
    if reason is not None:
        return Window(WindowState.CLOSED, opens, closes, reason)
    if closes is not None and day > closes:
        return Window(WindowState.CLOSED, opens, closes)
    if opens is not None and closes is not None and opens > closes:  # it will never open: the validity cuts all of it
        return Window(WindowState.CLOSED)
    apply = item.apply
    if apply.announced and apply.opens is None and apply.closes is None and apply.yearly is None:
        return Window(WindowState.UPCOMING, reason=WindowReason.NOTICE_PENDING)
    if opens is not None and day < opens:
        early = policy.effective is not None and day < policy.effective
        return Window(WindowState.UPCOMING, opens, closes, WindowReason.NOT_IN_FORCE_YET if early else None)
    if closes is None:
        return Window(WindowState.ALWAYS, opens)
    if day >= closes - timedelta(days=closing_soon):
        return Window(WindowState.CLOSING_SOON, opens, closes)
    dated = item.apply.closes is not None or item.apply.yearly is not None
    return Window(WindowState.OPEN if dated else WindowState.ALWAYS, opens, closes)


def _end_of_document(policy: Policy, day: date) -> WindowReason | None:
    status = policy.status
    if status.standing.value != "in_force" and (status.since is None or day >= status.since):
        return WindowReason(status.standing.value)
    if policy.valid_until is not None and day > policy.valid_until:
        return WindowReason.EXPIRED
    return None


def _dates(policy: Policy, item: Item, day: date) -> tuple[date | None, date | None]:
    """First and last day: the item's own, or this year's of a yearly window, cut by the document's validity."""
    opens, closes = item.apply.opens, item.apply.closes
    if item.apply.yearly is not None:
        opens, closes = _yearly_dates(item.apply.yearly, day, policy.effective or day)
    starts = [start for start in (opens, policy.effective) if start is not None]
    ends = [end for end in (closes, policy.valid_until) if end is not None]
    return max(starts, default=None), min(ends, default=None)


def _yearly_dates(yearly: Yearly, day: date, effective: date) -> tuple[date, date]:
    """The round of a yearly window that is running on `day`, else the one of its calendar year.

    Before the document takes effect it is the first round that is not over on that day.
    """
    crosses = yearly.closes < yearly.opens
    first = max(day, effective)
    year = first.year - 1 if crosses and first <= _on(first.year, yearly.closes) else first.year
    if day < effective and effective > _on(year + crosses, yearly.closes):
        year += 1
    return _on(year, yearly.opens), _on(year + crosses, yearly.closes)


def _on(year: int, month_day: tuple[int, int]) -> date:
    return date(year, *month_day)
