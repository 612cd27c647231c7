"""The condition language: a tree over facts. Every leaf carries the clause it rests on, if the document names one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from dateutil.relativedelta import relativedelta

from policies.receipts import ONCE, RECEIVED, Receipt, Repeat, in_order


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range of numbers. An end that is None is open; `*_included` tells whether the end itself belongs to it."""

    low: Decimal | None = None
    high: Decimal | None = None
    low_included: bool = True
    high_included: bool = True

    def admits(self, number: Decimal) -> bool:
        return not self.is_below(number) and not self.is_above(number)

    def is_below(self, number: Decimal) -> bool:
        return self.low is not None and (number < self.low or (number == self.low and not self.low_included))

    def is_above(self, number: Decimal) -> bool:
        return self.high is not None and (number > self.high or (number == self.high and not self.high_included))


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar period; months are counted to the corresponding day or the month's last (Civil Code art. 202)."""

    years: int = 0
    months: int = 0
    days: int = 0

    def before(self, day: date) -> date:
        return day - relativedelta(years=self.years, months=self.months, days=self.days)

    def after(self, day: date) -> date:
        return day + relativedelta(years=self.years, months=self.months, days=self.days)


@dataclass(frozen=True, slots=True)
class Year:
    """A calendar year: absolute, or counted from the year of the day (0 this year, -1 last year)."""

    number: int

    def on(self, day: date) -> int:
        return self.number if self.number > 0 else day.year + self.number


LAST_YEAR = Year(-1)


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day on the calendar: fixed, a period before the day of evaluation, or the first / last day of a year."""

    fixed: date | None = None
    ago: Period | None = None
    year: Year | None = None
    edge: Literal["first", "last"] = "first"

    def on(self, day: date) -> date:
        if self.fixed is not None:
            return self.fixed
        if self.year is not None:
            number = self.year.on(day)
            return date(number, 1, 1) if self.edge == "first" else date(number, 12, 31)
        return (self.ago or Period()).before(day)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Inclusive days. An end that is None is open."""

    first: DayMark | None = None
    last: DayMark | None = None

    def admits(self, value: date, day: date) -> bool:
        # Periods are counted forward from the value, as art. 201–202 count them: a month's last day may stand for another.
        if self.first is not None and self.first.ago is not None:
            after_first = self.first.ago.after(value) >= day
        else:
            after_first = self.first is None or value >= self.first.on(day)
        if self.last is not None and self.last.ago is not None:
            return after_first and self.last.ago.after(value) <= day
        return after_first and (self.last is None or value <= self.last.on(day))


@dataclass(frozen=True, slots=True)
class Over:
    """Several years ending with the named one: their total, their average, each of them, or pooled.

    `pooled` is for a ratio: the sum of the one fact over the sum of the other (近三年研发费用总额占同期销售收入总额).
    """

    years: int
    take: Literal["total", "average", "each", "pooled"]


@dataclass(frozen=True, slots=True)
class Compare:
    """A number within bounds; of an annual fact the named year, or several years taken together."""

    fact: str
    bounds: Bounds
    year: Year | None = None
    over: Over | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """The growth of an annual fact within bounds: (later / earlier) to the power 1/span, minus 1, as a fraction."""

    fact: str
    bounds: Bounds
    year: Year = LAST_YEAR
    span: int = 1
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Is:
    """A boolean fact has this value."""

    fact: str
    value: bool
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class OneOf:
    """A choice is one of these."""

    fact: str
    values: tuple[str, ...]
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Includes:
    """A set of choices contains any / all / none of these."""

    fact: str
    values: tuple[str, ...]
    mode: Literal["any", "all", "none"] = "any"
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Within:
    """A place or industry lies in one of these subtrees."""

    fact: str
    codes: tuple[str, ...]
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class DateIn:
    """A date lies in a range."""

    fact: str
    range: DateRange
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Holds:
    """A qualification is held, at least at `level`, obtained within a range, for the first time, valid on the day."""

    fact: str
    level: str | None = None
    obtained: DateRange | None = None
    first_time: bool | None = None
    must_be_valid: bool = True
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """Only the department can decide it. Never fails, and the enterprise is never asked."""

    text: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class NotReceived:
    """None of these items (``policy/item``), and nothing of these exclusive groups, was received within the repeat period.

    `name` is what they are called where they are not the item itself.
    """

    items: tuple[str, ...]
    groups: tuple[str, ...] = ()
    repeat: Repeat = ONCE
    name: str | None = None
    clause: str | None = None

    @property
    def fact(self) -> str:
        return RECEIVED

    def standing_in_the_way(self, receipts: Iterable[Receipt], day: date) -> tuple[Receipt, ...]:
        """The receipts that forbid it on a day, the earliest first."""
        same = (r for r in receipts if r.item in self.items or not set(r.groups or ()).isdisjoint(self.groups))
        return in_order(r for r in same if self.repeat.is_spent(r, day))

    def leaves_open(self, receipts: Iterable[Receipt], day: date) -> bool:
        """Whether a receipt that does not say its groups may forbid it on a day."""
        return bool(self.groups) and any(r.groups is None and self.repeat.is_spent(r, day) for r in receipts)


Leaf: TypeAlias = Compare | Growth | Is | OneOf | Includes | Within | DateIn | Holds | NotReceived | Judged


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the parts hold."""

    count: int
    parts: tuple[Condition, ...]


Condition: TypeAlias = Leaf | All | Any | Not | AtLeast

ALWAYS = All(())


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, left to right."""
    match condition:
        case All(parts) | Any(parts) | AtLeast(_, parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case leaf:
            yield leaf


def facts_named(condition: Condition) -> frozenset[str]:
    return frozenset(leaf.fact for leaf in leaves(condition) if not isinstance(leaf, Judged))
