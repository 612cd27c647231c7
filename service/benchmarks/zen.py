"""Our conditions as expressions of the zen engine (GoRules), so that both can be asked the same and compared.

zen knows two truth values. A condition becomes two expressions: `certain` (everything known and satisfied) and `possible`
(not refuted); MET is certain, NOT_MET is not possible, UNKNOWN is possible and not certain. This is exact for Kleene's
logic, since each connective of it is monotone in both and `not` exchanges them.

How facts are named and handed over is told in service/benchmarks/zen_facts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Literal

from policies.conditions import (
    LAST_YEAR,
    All,
    Any,
    AtLeast,
    Bounds,
    Compare,
    Condition,
    DateIn,
    DateRange,
    Growth,
    Holds,
    Includes,
    Is,
    Judged,
    Not,
    NotReceived,
    OneOf,
    Within,
)
from policies.reference import Reference
from policies.verdict import Verdict
from policies.vocabulary import Fact, FactType
from service.benchmarks.zen_facts import Need
from service.errors import Unavailable

# What `Expressions.verdict` gives, by number.
VERDICTS = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)


def load_zen() -> ModuleType:
    """The engine. Raises Unavailable when it is not installed."""
    try:
        import zen
    except ImportError:
        raise Unavailable("没有安装对比用的 zen-engine，请先运行 pip install zen-engine。") from None
    module: ModuleType = zen
    return module


@dataclass(frozen=True, slots=True)
class Expressions:
    """A condition in zen's language, and what it names."""

    certain: str
    possible: str
    needs: frozenset[Need]

    @property
    def verdict(self) -> str:
        """One expression for both, so that the facts are handed over once: 2 MET, 1 UNKNOWN, 0 NOT_MET."""
        return f"{self.possible} ? ({self.certain} ? 2 : 1) : 0"


@dataclass(frozen=True, slots=True)
class Translator:
    """Translates conditions as they stand on a day: years and periods before the day become figures."""

    reference: Reference
    day: date

    def translate(self, condition: Condition) -> Expressions:
        match condition:
            case All(parts):
                return self._joined(parts, "and")
            case Any(parts):
                return self._joined(parts, "or")
            case AtLeast(count, parts):
                return self._counted(count, parts)
            case Not(part):
                inner = self.translate(part)
                return Expressions(f"(not {inner.possible})", f"(not {inner.certain})", inner.needs)
            case NotReceived() | Judged():  # the companies compared carry no receipts, so both stay open
                return Expressions("false", "true", frozenset())
            case Compare():
                return self._compare(condition)
            case Growth(fact, bounds, year, span):
                return _guarded(Need(fact, year.on(self.day), span), lambda name: _bounded(name, bounds))
            case Is(fact, value):
                name, other = Need(fact).name, _text(not value)
                return Expressions(f"({name} == {_text(value)})", f"({name} != {other})", frozenset({Need(fact)}))
            case OneOf(fact, values):
                return self._one_of(fact, values)
            case Includes(fact, values, mode):
                return _guarded(Need(fact), lambda name: _includes(name, values, mode))
            case Within():
                return self._within(condition)
            case DateIn(fact, days):
                return _guarded(Need(fact), lambda name: self._dated(name, days))
            case Holds():
                return self._holds(condition)

    def _joined(self, parts: tuple[Condition, ...], word: Literal["and", "or"]) -> Expressions:
        inner = [self.translate(part) for part in parts]
        neutral = "true" if word == "and" else "false"
        return Expressions(
            _join([part.certain for part in inner], word, neutral),
            _join([part.possible for part in inner], word, neutral),
            frozenset().union(*(part.needs for part in inner)),
        )

    def _counted(self, count: int, parts: tuple[Condition, ...]) -> Expressions:
        inner = [self.translate(part) for part in parts]

        def reaches(texts: Iterable[str]) -> str:
            return f"({' + '.join(f'({text} ? 1 : 0)' for text in texts)} >= {count})"

        certain, possible = reaches(part.certain for part in inner), reaches(part.possible for part in inner)
        return Expressions(certain, possible, frozenset().union(*(part.needs for part in inner)))

    # ------------------------------------------------------------------ leaves

    def _compare(self, leaf: Compare) -> Expressions:
        if not self.reference.fact(leaf.fact).annual:
            return _guarded(Need(leaf.fact), lambda name: _bounded(name, leaf.bounds))
        last = (leaf.year or LAST_YEAR).on(self.day)
        if leaf.over is None:
            return _guarded(Need(leaf.fact, last), lambda name: _bounded(name, leaf.bounds))
        needs = [Need(leaf.fact, year) for year in range(last - leaf.over.years + 1, last + 1)]
        if leaf.over.take == "each":
            yearly = [_guarded(need, lambda name: _bounded(name, leaf.bounds)) for need in needs]
            certain, possible = (part.certain for part in yearly), (part.possible for part in yearly)
            return Expressions(_join(certain, "and", "true"), _join(possible, "and", "true"), frozenset(needs))
        known = _join((f"{need.name} != null" for need in needs), "and", "true")
        lacking = _join((f"{need.name} == null" for need in needs), "or", "false")
        total = f"({' + '.join(need.name for need in needs)})"
        test = _bounded(total if leaf.over.take == "total" else f"({total} / {leaf.over.years})", leaf.bounds)
        return Expressions(f"({known} and {test})", f"({lacking} or {test})", frozenset(needs))

    def _one_of(self, fact: str, values: tuple[str, ...]) -> Expressions:
        """A derived choice goes in as the set of choices still possible, one when it is known."""
        need = Need(fact)
        if self.reference.fact(fact).derived is None:
            return _guarded(need, lambda name: f"({name} in {_listed(values)})")
        name = need.name
        certain = f"({name} != null and all({name}, # in {_listed(values)}))"
        return Expressions(certain, f"({name} == null or some({name}, # in {_listed(values)}))", frozenset({need}))

    def _within(self, leaf: Within) -> Expressions:
        fact = self.reference.fact(leaf.fact)
        if fact.second_place is not None:
            return self._within_either_place(leaf.fact, fact.second_place, leaf.codes)
        place = self._in_tree(fact, leaf.codes)
        return Expressions(place.certain, f"({leaf.fact} == null or {place.possible})", place.needs)

    def _in_tree(self, fact: Fact, codes: Sequence[str]) -> Expressions:
        """Certain below a wanted code; possible also above one, where the code is too coarse to tell."""
        tree = self.reference.industries if fact.type is FactType.INDUSTRY else self.reference.regions
        above = sorted({above for code in codes for above in tree.chain(code)} - set(codes))
        inside = f"({fact.key} != null and {_any_in(f'{fact.key}__chain', codes)})"
        coarse = f"({fact.key} != null and {fact.key} in {_listed(above)})" if above else "false"
        return Expressions(inside, f"({inside} or {coarse})", frozenset({Need(fact.key)}))

    def _within_either_place(self, place: str, zone: str, codes: tuple[str, ...]) -> Expressions:
        regions = self.reference.regions
        counties = [code for code in codes if code not in regions.zones]
        by_place = self._in_tree(self.reference.fact(place), counties)
        by_zone = f"({zone} != null and {_any_in(f'{zone}__chain', codes)})"
        around = [county for code in codes if code in regions.zones for county in regions.zones[code].lies_in]
        touching = "false"
        if around:
            near = self._in_tree(self.reference.fact(place), around).possible
            touching = f"({zone} == null and ({place} == null or {near}))"
        unplaced = f"{place} == null" if counties else "false"
        possible = f"({unplaced} or {by_place.possible} or {by_zone} or {touching})"
        return Expressions(f"({by_place.certain} or {by_zone})", possible, frozenset({Need(place), Need(zone)}))

    def _dated(self, name: str, days: DateRange) -> str:
        first = None if days.first is None else Decimal(days.first.on(self.day).toordinal())
        last = None if days.last is None else Decimal(days.last.on(self.day).toordinal())
        return _bounded(name, Bounds(first, last))

    def _holds(self, leaf: Holds) -> Expressions:
        fact, name = self.reference.fact(leaf.fact), leaf.fact
        tests: list[tuple[str, str]] = []
        if leaf.must_be_valid and fact.expires:
            tests.append((f"{name}__until", f"{name}__until >= {self.day.toordinal()}"))
        if leaf.level is not None:
            tests.append((f"{name}__level", f"{name}__level >= {fact.level_rank(leaf.level)}"))
        if leaf.obtained is not None:
            tests.append((f"{name}__obtained", self._dated(f"{name}__obtained", leaf.obtained)))
        if leaf.first_time is not None:
            tests.append((f"{name}__first", f"{name}__first == {_text(leaf.first_time)}"))
        certain = [f"{name} == true", *(f"({part} != null and {test})" for part, test in tests)]
        possible = [f"{name} != false", *(f"({part} == null or {test})" for part, test in tests)]
        return Expressions(_join(certain, "and", "true"), _join(possible, "and", "true"), frozenset({Need(leaf.fact)}))


def _guarded(need: Need, test: Callable[[str], str]) -> Expressions:
    """A test of one value: certain when it is known and passes, possible when it is unknown or passes."""
    name = need.name
    return Expressions(f"({name} != null and {test(name)})", f"({name} == null or {test(name)})", frozenset({need}))


def _bounded(name: str, bounds: Bounds) -> str:
    tests = []
    if bounds.low is not None:
        tests.append(f"{name} {'>=' if bounds.low_included else '>'} {bounds.low:f}")
    if bounds.high is not None:
        tests.append(f"{name} {'<=' if bounds.high_included else '<'} {bounds.high:f}")
    return _join(tests, "and", "true")


def _includes(name: str, values: Sequence[str], mode: Literal["any", "all", "none"]) -> str:
    if mode == "all":
        return f"all({_listed(values)}, # in {name})"
    found = _any_in(name, values)
    return found if mode == "any" else f"(not {found})"


def _any_in(name: str, wanted: Sequence[str]) -> str:
    """Whether a list of the facts contains any of these."""
    if not wanted:
        return "false"
    return f"({_text(wanted[0])} in {name})" if len(wanted) == 1 else f"some({name}, # in {_listed(wanted)})"


def _join(texts: Iterable[str], word: str, neutral: str) -> str:
    listed = list(texts)
    return f"({f' {word} '.join(listed)})" if listed else neutral


def _listed(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str | bool) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
