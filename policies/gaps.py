"""From no to yes: how far a failing condition is from holding, in words and in numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from policies.conditions import (
    All,
    Any,
    AtLeast,
    Bounds,
    Compare,
    DateIn,
    DateRange,
    DayMark,
    Growth,
    Holds,
    Judged,
    Not,
    NotReceived,
    Period,
)
from policies.derived import Subject
from policies.eligibility import Assessment, Outcome, can_become_met
from policies.evaluation import Evaluation, Finding, evaluate
from policies.profile import Qualification
from policies.quantities import date_text, plain, rate_text
from policies.receipts import Receipt, Repeat
from policies.verdict import Verdict
from policies.vocabulary import Fact, FactType
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
    rounded,
    value_text,
)

_MAX_WAIT_YEARS = 200

FAR = Decimal("0.5")


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
        case NotReceived(_, _, repeat) if isinstance(finding.value, tuple):
            return _received_gap(repeat, finding, subject)
        case Holds() if _has_expired(leaf, finding, subject):
            return _expired_gap(leaf, finding, subject)
        case _:
            return Gap(joined("要求", leaf_text(leaf, subject)) + now_text(finding, subject))


def _number_gap(leaf: Compare | Growth, finding: Finding, subject: Subject) -> Gap | None:
    if not isinstance(finding.value, Decimal):
        return None
    bounds, now = leaf.bounds, finding.value
    limit = _limit(bounds, now)
    if limit is None:
        return None
    if finding.year is not None and (before := subject.resolve(leaf.fact, finding.year).undefined) is not None:
        return Gap(before, abs(limit - now), Decimal(1))
    short, share = abs(limit - now), _share(finding)
    from_day = _anniversary(leaf, subject) if bounds.is_below(now) else None
    if from_day is not None:
        event = event_of(_start_of(leaf, subject))
        years = f"{'满' if bounds.low_included else '超过'} {plain(limit)} 年"
        return Gap(_waiting_text(from_day, f"{event}{years}", subject.day), short, share, from_day)
    return Gap(_number_text(leaf, finding, short, subject), short, share)


def _limit(bounds: Bounds, now: Decimal) -> Decimal | None:
    """The bound that a number outside of them has missed."""
    return bounds.low if bounds.is_below(now) else bounds.high


def _share(finding: Finding) -> Decimal | None:
    """How much of what a failing finding asks is missing, 0 to 1; None where no number tells."""
    leaf, now = finding.condition, finding.value
    if not isinstance(leaf, (Compare, Growth)) or not isinstance(now, Decimal):
        return None
    limit = _limit(leaf.bounds, now)
    if limit is None:
        return None
    return min(Decimal(1), abs(limit - now) / abs(limit)) if limit else Decimal(1)


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


def _received_gap(repeat: Repeat, finding: Finding, subject: Subject) -> Gap:
    """What was received, and from when it may be had again."""
    text = value_text(finding, subject)
    days = (
        [repeat.again_from(receipt) for receipt in finding.value if isinstance(receipt, Receipt)]
        if isinstance(finding.value, tuple)
        else []
    )
    if None in days:
        return Gap(f"{text}，只能享受一次")
    from_day = max(day for day in days if day is not None)
    return Gap(f"{text}，{date_text(from_day)}起可以再次申报", Decimal((from_day - subject.day).days), None, from_day)


def distance(assessment: Assessment, subject: Subject) -> Decimal:
    """How near a near miss is, 0 (nearly there) to 1; 1 where no number tells."""
    return _farthest(assessment, Decimal(1), subject)


def is_far(assessment: Assessment, subject: Subject) -> bool:
    """Whether an item is further off than its outcome says: 差一点 or 待补充 by the rules, not by a person's eye.

    It is over; or a number says that a failing requirement is far from holding; or what is missing or failing is rare or
    a fact of other trades; or nothing but who and where it is speaks for it and the department decides the rest.
    """
    if assessment.window.state.is_over or any(not subject.is_likely(ref.key) for ref in assessment.missing()):
        return True
    if any(_is_foreign(requirement.evaluation, subject) for requirement in assessment.failing()):
        return True
    if assessment.outcome is Outcome.TO_CONFIRM and not any(
        _tells(finding, subject) for finding in assessment.findings()
    ):
        return True
    return _farthest(assessment, Decimal(0), subject) >= FAR


def _is_foreign(node: Evaluation, subject: Subject) -> bool:
    """Whether all that fails of a requirement is rare or belongs to other trades."""
    failing = {f.condition.fact for f in node.deciding(Verdict.NOT_MET) if not isinstance(f.condition, Judged)}
    return bool(failing) and not any(subject.is_likely(key) for key in failing)


def _tells(finding: Finding, subject: Subject) -> bool:
    """Whether a finding says more for an item than that the enterprise is one and stands in the right place."""
    if isinstance(finding.condition, (Judged, NotReceived)) or finding.verdict is not Verdict.MET:
        return False
    return subject.reference.fact(finding.condition.fact).group not in ("identity", "place")


def _farthest(assessment: Assessment, untold: Decimal, subject: Subject) -> Decimal:
    failing = (requirement.evaluation for requirement in assessment.failing())
    return max((_distance(node, untold, subject) for node in failing), default=Decimal(0))


def _distance(node: Evaluation, untold: Decimal, subject: Subject) -> Decimal:
    """`untold` where no number tells. Of what fails together the farthest counts, of alternatives the nearest that can
    be reached at all, of at least k the k-th."""
    if node.verdict is not Verdict.NOT_MET:
        return Decimal(0)
    reached = [part for part in node.parts if can_become_met(part, subject)] or node.parts
    parts = sorted(_distance(part, untold, subject) for part in reached)
    match node.condition:
        case Any():
            return parts[0] if parts else untold
        case AtLeast(count, _):
            return parts[min(count, len(parts)) - 1]
        case All():
            return max((_distance(part, untold, subject) for part in node.parts), default=untold)
        case Not():
            return untold
    share = _share(node.finding) if node.finding is not None else None
    return untold if share is None else share
