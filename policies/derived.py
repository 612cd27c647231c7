"""Facts that are computed. When one cannot be, the inputs that lack are named; what is still possible is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from types import MappingProxyType

from dateutil.relativedelta import relativedelta

from policies.enterprise_size import CLASSES
from policies.profile import EnterpriseProfile, Known, Qualification, Value
from policies.reference import Reference
from policies.vocabulary import Fact, FactRef, Source

FOUNDED = "founded_on"
NONE = "none"  # the option of a choice that says there is nothing


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is known of one fact on one day.

    Exactly one of these holds: `known` (a value), `missing` (inputs that lack), or `undefined` (nothing lacks and the
    rule gives nothing: the department decides). `possible` are the choices left where a choice is only partly known.
    """

    known: Known | None = None
    missing: tuple[FactRef, ...] = ()
    possible: frozenset[str] = frozenset()
    undefined: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """An enterprise on a day, seen through the tables."""

    profile: EnterpriseProfile
    day: date
    reference: Reference

    def resolve(self, key: str, year: int | None = None) -> Resolved:
        """The value of a fact, computed if it is a derived one. `year` is needed for annual facts only."""
        fact = self.reference.fact(key)
        if fact.derived is not None:
            return _RULES[fact.derived.by](self, fact, year)
        known = self.profile.known(key, year if fact.annual else None)
        if known is not None:
            return Resolved(known)
        if fact.annual and year is not None and (founded := self._founded()) is not None and year < founded.year:
            return Resolved(undefined=f"贵企业 {founded.year} 年成立，没有 {year} 年的{fact.label}")
        return Resolved(missing=(FactRef(key, year if fact.annual else None),))

    def is_likely(self, key: str) -> bool:
        """Whether a fact is what such an enterprise may well have: what an item needs before it is shown far up."""
        return self.is_asked(key) and (not self.reference.fact(key).rare or self._has(key))

    def is_asked(self, key: str) -> bool:
        """Whether it makes sense to ask this enterprise for a fact: nobody asks a software house how many pigs it has."""
        fact = self.reference.fact(key)
        return (not fact.asked_if or any(self._has(name) for name in fact.asked_if)) and self._is_of_a_trade_asked(fact)

    def _is_of_a_trade_asked(self, fact: Fact) -> bool:
        trades, known = fact.asked_of, self.profile.known("industry")
        if not trades or known is None:
            return True
        chain, own = self.reference.industries.chain, str(known.value)
        return any(code in chain(own) or own in chain(code) for code in trades)

    def open_gates(self, key: str) -> tuple[FactRef, ...]:
        """Of the facts a fact hangs on, those still unknown that this enterprise may be asked for."""
        fact = self.reference.fact(key)
        if not fact.asked_if or not self._is_of_a_trade_asked(fact):
            return ()
        year = self.last_year
        refs = [FactRef(name, year if self.reference.fact(name).annual else None) for name in fact.asked_if]
        return tuple(
            ref for ref in refs if self.resolve(ref.key, ref.year).missing == (ref,) and self.is_asked(ref.key)
        )

    def _has(self, key: str) -> bool:
        """Whether the enterprise is known to have or do something, last year if it is counted by the year."""
        known = self.resolve(key, self.last_year if self.reference.fact(key).annual else None).known
        match known.value if known else None:
            case Qualification(held=held):
                return held
            case tuple() as listed:
                return bool(listed)
            case frozenset() as several:
                return bool(several - {NONE})
            case value:
                return value not in (None, False, 0, NONE)

    def _founded(self) -> date | None:
        """The founding date, if known: no figure of an earlier year can exist, so none is asked for."""
        known = self.profile.known(FOUNDED)
        return known.value if known is not None and isinstance(known.value, date) else None

    @property
    def last_year(self) -> int:
        return self.day.year - 1


def _computed(value: Value) -> Resolved:
    return Resolved(Known(value, Source.COMPUTED))


def _number(resolved: Resolved) -> Decimal | None:
    value = resolved.known.value if resolved.known else None
    return value if isinstance(value, Decimal) else None


def _missing(*parts: Resolved) -> tuple[FactRef, ...]:
    return tuple(dict.fromkeys(ref for part in parts for ref in part.missing))


def _years_since(subject: Subject, fact: Fact, year: int | None) -> Resolved:
    """Years since a date, exact at anniversaries: 5 on the fifth, a little more the day after."""
    assert fact.derived is not None
    started = subject.resolve(fact.derived.inputs[0])
    if started.known is None:
        return started
    start = started.known.value
    assert isinstance(start, date)
    whole = relativedelta(subject.day, start).years
    anniversary = start + relativedelta(years=whole)
    length = (start + relativedelta(years=whole + 1) - anniversary).days
    with localcontext() as context:
        context.prec = 12
        return _computed(whole + Decimal((subject.day - anniversary).days) / length)


def _ratio(subject: Subject, fact: Fact, year: int | None) -> Resolved:
    assert fact.derived is not None
    part, whole = (subject.resolve(key, year) for key in fact.derived.inputs)
    if _missing(part, whole):
        return Resolved(missing=_missing(part, whole))
    above, below = _number(part), _number(whole)
    if part.undefined or whole.undefined:
        return Resolved(undefined=part.undefined or whole.undefined)
    if above is None or not below:
        return Resolved(undefined=f"{subject.reference.fact(fact.derived.inputs[1]).label}为 0，无法计算{fact.label}")
    return _computed(above / below)


def pooled_ratio(subject: Subject, key: str, year: int, years: int) -> Resolved:
    """The ratio of sums over `years` years ending with `year`: what three-year shares mean in the documents.

    Years before the enterprise was founded add nothing: a young firm counts the years it has (国科发火〔2016〕32号).
    """
    fact = subject.reference.fact(key)
    assert fact.derived is not None
    span = range(year - years + 1, year + 1)
    above, below = ([subject.resolve(name, each) for each in span] for name in fact.derived.inputs)
    if _missing(*above, *below):
        return Resolved(missing=_missing(*above, *below))
    parts, wholes = ([_number(found) or Decimal(0) for found in row] for row in (above, below))
    if not (total := sum(wholes)):
        return Resolved(
            undefined=f"{span[0]}—{year} 年{subject.reference.fact(fact.derived.inputs[1]).label}合计为 0，无法计算{fact.label}"
        )
    return _computed(sum(parts) / total)


def growth(subject: Subject, key: str, year: int, span: int) -> Resolved:
    """Growth of an annual fact over `span` years ending with `year`, per year, as a fraction."""
    later, earlier = subject.resolve(key, year), subject.resolve(key, year - span)
    if _missing(later, earlier):
        return Resolved(missing=_missing(later, earlier))
    end, start = _number(later), _number(earlier)
    if later.undefined or earlier.undefined:
        return Resolved(undefined=later.undefined or earlier.undefined)
    if end is None or start is None or start <= 0:
        label = subject.reference.fact(key).label
        return Resolved(undefined=f"{year - span} 年{label}不是正数，无法计算增长率")
    if end < 0 and span > 1:
        return _computed(Decimal(-1))  # no root of a loss: it fell by all of it at least
    with localcontext() as context:
        context.prec = 28
        ratio = end / start
        return _computed((ratio if span == 1 else ratio ** (Decimal(1) / span)) - 1)


def _growth(subject: Subject, fact: Fact, year: int | None) -> Resolved:
    assert fact.derived is not None and year is not None
    return growth(subject, fact.derived.inputs[0], year, 1)


def _size_class(subject: Subject, fact: Fact, year: int | None) -> Resolved:
    """The 2017 method on last year's figures; a branch it does not cover goes by what its own department says."""
    industry = subject.resolve("industry")
    if industry.known is None:
        return Resolved(missing=industry.missing, possible=frozenset(CLASSES))
    code = str(industry.known.value)
    tree = subject.reference.industries
    categories, may_be_uncovered = subject.reference.sizes.categories_for(code, tree)
    if not categories:
        declared = subject.resolve("size_class_declared")
        return declared if declared.known else Resolved(missing=declared.missing, possible=frozenset(CLASSES))
    metrics = {name.fact: subject.resolve(name.fact, subject.last_year) for c in categories for name in c.metrics}
    values = {key: number for key, found in metrics.items() if (number := _number(found)) is not None}
    possible = frozenset().union(*(category.possible(values) for category in categories))
    missing = _missing(*metrics.values())
    if may_be_uncovered:
        possible = frozenset(CLASSES)
        missing = (FactRef("industry", part="finer"), *missing)
    if len(possible) == 1:
        return _computed(next(iter(possible)))
    reason = next((found.undefined for found in metrics.values() if found.undefined), None)
    return Resolved(missing=missing, possible=possible, undefined=None if missing else reason)


def _reaches_scale(subject: Subject, fact: Fact, year: int | None) -> Resolved:
    industry = subject.resolve("industry")
    if industry.known is None:
        return industry
    code, tree = str(industry.known.value), subject.reference.industries
    for branch in subject.reference.scale:
        if any(tree.is_within(code, within) for within in branch.industries):
            if branch.needs is not None:
                return subject.resolve(branch.needs)
            if branch.limit is None:
                return _computed(True)
            revenue = subject.resolve("revenue", subject.last_year)
            number = _number(revenue)
            return revenue if number is None else _computed(number >= branch.limit)
        if any(tree.is_within(within, code) for within in branch.industries):
            return Resolved(missing=(FactRef("industry", part="finer"),))
    return _computed(False)


_RULES: Mapping[str, Callable[[Subject, Fact, int | None], Resolved]] = MappingProxyType(
    {
        "years_since": _years_since,
        "ratio": _ratio,
        "growth": _growth,
        "size_class": _size_class,
        "reaches_scale": _reaches_scale,
    }
)
