"""What an item is worth to one enterprise: an interval of yuan, exact where the document and the facts allow it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Literal, TypeAlias

from policies.conditions import LAST_YEAR, Condition, Year
from policies.derived import Resolved, Subject
from policies.evaluation import evaluate
from policies.profile import Known
from policies.quantities import whole_yuan
from policies.verdict import Verdict
from policies.vocabulary import FactRef, Source


class Form(StrEnum):
    """支持方式."""

    AWARD = "award"
    SUBSIDY = "subsidy"
    FUND = "fund"
    INTEREST = "interest"
    TAX = "tax"
    REFUND = "refund"
    LOAN = "loan"
    RECOGNITION = "recognition"
    SERVICE = "service"


FORM_LABELS = {
    Form.AWARD: "奖励",
    Form.SUBSIDY: "补助",
    Form.FUND: "资金扶持",
    Form.INTEREST: "贴息",
    Form.TAX: "税费减免",
    Form.REFUND: "返还",
    Form.LOAN: "融资支持",
    Form.RECOGNITION: "资格认定",
    Form.SERVICE: "服务便利",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number taken from the profile: a fact, of a year, only the part above a threshold, or only its increase."""

    fact: str
    year: Year | None = None
    above: Decimal = Decimal(0)
    increase: bool = False


@dataclass(frozen=True, slots=True)
class Fixed:
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Range:
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class UpTo:
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rate:
    """rate × quantity; `times` multiplies further (a tax rate, say)."""

    rate: Decimal
    of: Quantity
    times: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class PerUnit:
    """amount × a count."""

    amount: Decimal
    of: Quantity


@dataclass(frozen=True, slots=True)
class Tier:
    """From this value (inclusive) on. Where two tiers share a bound, the upper one has it (design rule 6)."""

    start: Decimal
    amount: Decimal | None = None
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Tiers:
    """An amount by the step a quantity reaches; a tier with a rate pays that share of the quantity."""

    by: Quantity
    steps: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `cap` bounds what this line pays."""

    when: Condition
    formula: Formula
    cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by condition: the first that holds, or the highest of those that hold."""

    rows: tuple[Row, ...]
    pick: Literal["first", "highest"] = "first"


@dataclass(frozen=True, slots=True)
class Interest:
    """Subsidised interest: principal × rate × months / 12. The rate is fixed, or a share of the loan's own rate."""

    principal: Quantity
    rate: Decimal | None = None
    share: Decimal | None = None
    loan_rate: Quantity | None = None
    months: int | None = None
    months_fact: Quantity | None = None
    principal_cap: Decimal | None = None


@dataclass(frozen=True, slots=True)
class NotMoney:
    """Nothing that can be put in yuan: a title, a service, or 按有关规定执行."""


Formula: TypeAlias = Fixed | Range | UpTo | Rate | PerUnit | Tiers | Table | Interest | NotMoney


@dataclass(frozen=True, slots=True)
class Benefit:
    """A formula with its form, its cap and floor, and how often it is paid.

    `discretionary`: the department fixes the amount, the formula is only its upper bound.
    """

    form: Form
    formula: Formula
    text: str
    cap: Decimal | None = None
    floor: Decimal | None = None
    discretionary: bool = False
    period: Literal["once", "yearly"] = "once"


class Basis(StrEnum):
    EXACT = "exact"
    RANGE = "range"
    UP_TO = "up_to"
    NEEDS = "needs"  # nothing can be said before a fact is known
    NOT_MONEY = "not_money"


@dataclass(frozen=True, slots=True)
class Interval:
    """Lowest and highest amount still possible (`high` None: no upper bound known), and the facts that would narrow it."""

    low: Decimal
    high: Decimal | None
    missing: tuple[FactRef, ...] = ()

    def clamp(self, cap: Decimal | None, floor: Decimal | None) -> Interval:
        """At most the cap; at least the floor where anything is paid at all. The cap has the last word."""
        low, high = self.low, self.high
        if floor is not None:
            low = max(low, floor) if low > 0 else low
            high = None if high is None else (max(high, floor) if high > 0 else high)
        if cap is not None:
            low, high = min(low, cap), cap if high is None else min(high, cap)
        return replace(self, low=low, high=high)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an item may bring this enterprise, in whole yuan, rounded down."""

    basis: Basis
    low: Decimal = Decimal(0)
    high: Decimal | None = Decimal(0)
    missing: tuple[FactRef, ...] = ()

    @property
    def at_stake(self) -> Decimal:
        """The most that can be said to be in it: the upper bound where there is one, else what is certain."""
        return self.low if self.high is None else self.high


ZERO = Decimal(0)


def estimate(benefit: Benefit, subject: Subject) -> Estimate:
    """Estimate a benefit for an enterprise on a day, never above its cap."""
    if isinstance(benefit.formula, NotMoney):
        return Estimate(Basis.NOT_MONEY)
    interval = amount_of(benefit.formula, subject).clamp(benefit.cap, benefit.floor)
    low = whole_yuan(interval.low)
    high = None if interval.high is None else whole_yuan(interval.high)
    if benefit.discretionary:
        low = ZERO
    if high is None:
        return Estimate(Basis.NEEDS, low, None, interval.missing)
    if low == high and not benefit.discretionary:
        return Estimate(Basis.EXACT, low, high)
    return Estimate(Basis.UP_TO if low == ZERO else Basis.RANGE, low, high, interval.missing)


def amount_of(formula: Formula, subject: Subject) -> Interval:
    """The interval of a formula before caps."""
    match formula:
        case Fixed(amount):
            return Interval(amount, amount)
        case Range(low, high):
            return Interval(low, high)
        case UpTo(amount):
            return Interval(ZERO, amount)
        case Rate(rate, of, times):
            return _scaled(quantity(of, subject), rate * times)
        case PerUnit(amount, of):
            return _scaled(quantity(of, subject), amount)
        case Tiers():
            return _tiered(formula, subject)
        case Table():
            return _tabled(formula, subject)
        case Interest():
            return _interest(formula, subject)
        case NotMoney():
            return Interval(ZERO, ZERO)


def quantity(of: Quantity, subject: Subject) -> Interval:
    """A number from the profile, never below zero; unknown means anything from zero up."""
    found = figure(of, subject)
    return replace(found, low=max(ZERO, found.low), high=None if found.high is None else max(ZERO, found.high))


def _before(key: str, year: int, subject: Subject) -> Resolved:
    """The figure an increase is measured from: nothing where the enterprise was not there yet."""
    found = subject.resolve(key, year)
    if found.undefined is not None and subject.reference.fact(key).derived is None:
        return Resolved(Known(ZERO, Source.COMPUTED))
    return found


def figure(of: Quantity, subject: Subject) -> Interval:
    """A number from the profile with its sign, a loss being below zero; `low` is zero where it is unknown."""
    fact = subject.reference.fact(of.fact)
    year = (of.year or LAST_YEAR).on(subject.day) if fact.annual else None
    found = subject.resolve(of.fact, year)
    before = _before(of.fact, year - 1, subject) if of.increase and year is not None else None
    missing = (*found.missing, *(before.missing if before else ()))
    if found.known is None or not isinstance(found.known.value, Decimal):
        return Interval(ZERO, None, missing)
    number = found.known.value
    if before is not None:
        if before.known is None or not isinstance(before.known.value, Decimal):
            # A fact that may be negative (净利润) can have grown by more than it is now.
            most = None if fact.min is None or fact.min < 0 else max(ZERO, number - of.above)
            return Interval(ZERO, most, missing)
        number -= before.known.value
    return Interval(number - of.above, number - of.above)


def _scaled(interval: Interval, factor: Decimal) -> Interval:
    return Interval(interval.low * factor, None if interval.high is None else interval.high * factor, interval.missing)


def _tiered(tiers: Tiers, subject: Subject) -> Interval:
    by = figure(tiers.by, subject)
    if by.high is not None and by.low == by.high:
        amount = _step_amount(tiers.steps, by.low)
        return Interval(amount, amount)
    if any(step.rate is not None for step in tiers.steps):
        return Interval(ZERO, None, by.missing)
    amounts = [step.amount or ZERO for step in tiers.steps]
    least = subject.reference.fact(tiers.by.fact).min
    reaches_all = least is not None and tiers.steps[0].start <= least and not (tiers.by.increase or tiers.by.above)
    lowest = min(amounts) if reaches_all else ZERO
    return Interval(lowest, max(amounts), by.missing)


def _step_amount(steps: tuple[Tier, ...], number: Decimal) -> Decimal:
    reached = [step for step in steps if number >= step.start]
    if not reached:
        return ZERO
    step = reached[-1]
    return step.amount if step.amount is not None else (step.rate or ZERO) * number


def _tabled(table: Table, subject: Subject) -> Interval:
    """The union of what is still possible: rows not ruled out, down to the first certain one when the first counts."""
    possible: list[Interval] = []
    certain: list[Interval] = []
    missing: list[FactRef] = []
    for row in table.rows:
        found = evaluate(row.when, subject)
        if found.verdict is Verdict.NOT_MET:
            continue
        amount = amount_of(row.formula, subject).clamp(row.cap, None)
        possible.append(amount)
        missing += [*found.missing(), *amount.missing]
        if found.verdict is Verdict.MET:
            certain.append(amount)
            if table.pick == "first":
                break
    if table.pick == "highest":
        low = max((row.low for row in certain), default=ZERO)
    else:
        low = min(row.low for row in possible) if certain else ZERO
    highs = [row.high for row in possible]
    high = None if None in highs else max((value for value in highs if value is not None), default=ZERO)
    return Interval(low, high, tuple(dict.fromkeys(missing)))


def _interest(interest: Interest, subject: Subject) -> Interval:
    principal = quantity(interest.principal, subject).clamp(interest.principal_cap, None)
    rate = Interval(ZERO, ZERO)
    if interest.rate is not None:
        rate = Interval(interest.rate, interest.rate)
    elif interest.loan_rate is not None:
        rate = _scaled(quantity(interest.loan_rate, subject), interest.share or ZERO)
    months = Interval(Decimal(interest.months or 12), Decimal(interest.months or 12))
    if interest.months_fact is not None:
        most = None if interest.months is None else Decimal(interest.months)
        months = quantity(interest.months_fact, subject).clamp(most, None)
    # Divided last: a twelfth has no exact decimal, a year's interest usually has.
    year = _product(_product(principal, rate), months)
    return Interval(year.low / 12, None if year.high is None else year.high / 12, year.missing)


def _product(left: Interval, right: Interval) -> Interval:
    high = None if left.high is None or right.high is None else left.high * right.high
    if left.high == ZERO or right.high == ZERO:
        high = ZERO
    missing = () if high == ZERO else tuple(dict.fromkeys((*left.missing, *right.missing)))
    return Interval(left.low * right.low, high, missing)
