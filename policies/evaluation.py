"""The interpreter: a condition and an enterprise give a verdict with a finding for every leaf.

It is the reference for everything faster, and the only source of explanations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from policies import verdict as logic
from policies.conditions import (
    LAST_YEAR,
    All,
    Any,
    AtLeast,
    Compare,
    Condition,
    DateIn,
    Growth,
    Holds,
    Includes,
    Is,
    Judged,
    Leaf,
    Not,
    NotReceived,
    OneOf,
    Within,
)
from policies.derived import Resolved, Subject, growth, pooled_ratio
from policies.profile import Known, Qualification, Value
from policies.regions import NOT_IN_A_ZONE
from policies.verdict import Verdict
from policies.vocabulary import FactRef, FactType, Source

_Chain = Callable[[str], tuple[str, ...]]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Finding:
    """One leaf's verdict with what it rests on.

    `missing` names the facts that would decide an UNKNOWN; `to_judge` says instead why the department decides.
    `possible` are the choices left when a derived choice is only partly known.
    """

    condition: Leaf
    verdict: Verdict
    value: Value | None = None
    year: int | None = None
    source: Source | None = None
    as_of: date | None = None
    missing: tuple[FactRef, ...] = ()
    to_judge: str | None = None
    possible: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A node of the condition tree with its verdict; a leaf carries its finding."""

    condition: Condition
    verdict: Verdict
    parts: tuple[Evaluation, ...] = ()
    finding: Finding | None = None

    def findings(self) -> Iterator[Finding]:
        """Of every leaf, left to right."""
        if self.finding is not None:
            yield self.finding
        for part in self.parts:
            yield from part.findings()

    def deciding(self, verdict: Verdict) -> Iterator[Finding]:
        """The findings that make this node UNKNOWN, or keep it from being MET: nodes already settled are passed over."""
        if self.verdict is not verdict:
            return
        if self.finding is not None:
            yield self.finding
        for part in self.parts:
            inner = verdict if not isinstance(self.condition, Not) else logic.negate(verdict)
            yield from part.deciding(inner)

    def missing(self) -> tuple[FactRef, ...]:
        """The facts that would decide an UNKNOWN node, each once."""
        refs = (ref for finding in self.deciding(Verdict.UNKNOWN) for ref in finding.missing)
        return tuple(dict.fromkeys(refs))


def evaluate(condition: Condition, subject: Subject) -> Evaluation:
    """Evaluate a condition for an enterprise on a day. Every leaf is evaluated, also where the verdict is settled."""
    match condition:
        case All(parts):
            return _combine(condition, parts, subject)
        case Any(parts):
            return _combine(condition, parts, subject)
        case AtLeast(_, parts):
            return _combine(condition, parts, subject)
        case Not(part):
            return _combine(condition, (part,), subject)
        case leaf:
            finding = find(leaf, subject)
            return Evaluation(leaf, finding.verdict, finding=finding)


def _combine(condition: Condition, parts: tuple[Condition, ...], subject: Subject) -> Evaluation:
    evaluated = tuple(evaluate(part, subject) for part in parts)
    verdicts = [part.verdict for part in evaluated]
    match condition:
        case All():
            outcome = logic.all_of(verdicts)
        case AtLeast(count, _):
            outcome = logic.at_least(count, verdicts)
        case Not():
            outcome = logic.negate(verdicts[0])
        case _:
            outcome = logic.any_of(verdicts)
    return Evaluation(condition, outcome, evaluated)


def find(leaf: Leaf, subject: Subject) -> Finding:
    """The finding of one leaf."""
    match leaf:
        case NotReceived():
            return _not_received(leaf, subject)
        case Judged(text, _):
            return Finding(leaf, Verdict.UNKNOWN, to_judge=text)
        case Compare():
            return _compare(leaf, subject)
        case Growth():
            year = leaf.year.on(subject.day)
            return _within_bounds(leaf, growth(subject, leaf.fact, year, leaf.span), year)
        case Is(key, expected, _):
            found = subject.resolve(key)
            return _decided(leaf, found, None, found.known is not None and found.known.value is expected)
        case OneOf():
            return _one_of(leaf, subject)
        case Includes():
            return _includes(leaf, subject)
        case Within():
            return _within(leaf, subject)
        case DateIn(key, days, _):
            found = subject.resolve(key)
            value = found.known.value if found.known else None
            return _decided(leaf, found, None, isinstance(value, date) and days.admits(value, subject.day))
        case Holds():
            return _holds(leaf, subject)


def _decided(leaf: Leaf, found: Resolved, year: int | None, holds: bool) -> Finding:
    """A finding from a resolved fact: UNKNOWN unless its value is known, else whatever `holds` says."""
    if found.known is None:
        return Finding(
            leaf,
            Verdict.UNKNOWN,
            year=year,
            missing=found.missing,
            to_judge=found.undefined,
            possible=found.possible,
        )
    known = found.known
    return Finding(leaf, logic.from_bool(holds), known.value, year, known.source, known.as_of)


def _figure(leaf: Compare, year: int | None, subject: Subject) -> Resolved:
    """A number of a leaf. A year before the founding has no figure; where one is asked for at least, it was nothing."""
    found, fact = subject.resolve(leaf.fact, year), subject.reference.fact(leaf.fact)
    applies = subject.reference.vocabulary.nothing_before_founding and fact.derived is None
    if found.undefined is None or not applies or fact.type is FactType.RATE:
        return found
    return Resolved(Known(Decimal(0), Source.COMPUTED)) if leaf.bounds.is_below(Decimal(0)) else found


def _within_bounds(leaf: Compare | Growth, found: Resolved, year: int | None) -> Finding:
    value = found.known.value if found.known else None
    return _decided(leaf, found, year, isinstance(value, Decimal) and leaf.bounds.admits(value))


def _compare(leaf: Compare, subject: Subject) -> Finding:
    if not subject.reference.fact(leaf.fact).annual:
        return _within_bounds(leaf, subject.resolve(leaf.fact), None)
    year = (leaf.year or LAST_YEAR).on(subject.day)
    if leaf.over is None:
        return _within_bounds(leaf, _figure(leaf, year, subject), year)
    if leaf.over.take == "pooled":
        return _within_bounds(leaf, pooled_ratio(subject, leaf.fact, year, leaf.over.years), year)
    resolve = subject.resolve if leaf.over.take == "average" else lambda _, y: _figure(leaf, y, subject)
    yearly = [(y, resolve(leaf.fact, y)) for y in range(year - leaf.over.years + 1, year + 1)]
    if leaf.over.take == "each":
        return _each_year(leaf, yearly)
    return _taken_together(leaf, yearly, year)


def _each_year(leaf: Compare, yearly: list[tuple[int, Resolved]]) -> Finding:
    """The year that decides: the latest that fails, else all the years still unknown, else the last."""
    findings = [_within_bounds(leaf, found, year) for year, found in yearly]
    outcome = logic.all_of(finding.verdict for finding in findings)
    if outcome is Verdict.UNKNOWN:
        missing = tuple(dict.fromkeys(ref for finding in findings for ref in finding.missing))
        reason = next((finding.to_judge for finding in findings if finding.to_judge), None)
        return Finding(leaf, outcome, year=yearly[-1][0], missing=missing, to_judge=None if missing else reason)
    return next(finding for finding in reversed(findings) if finding.verdict is outcome)


def _taken_together(leaf: Compare, yearly: list[tuple[int, Resolved]], year: int) -> Finding:
    assert leaf.over is not None
    missing = tuple(dict.fromkeys(ref for _, found in yearly for ref in found.missing))
    undefined = next((found.undefined for _, found in yearly if found.undefined), None)
    if missing or undefined:
        return _within_bounds(leaf, Resolved(missing=missing, undefined=None if missing else undefined), year)
    known = [found.known for _, found in yearly if found.known]
    total = sum((item.value for item in known if isinstance(item.value, Decimal)), Decimal(0))
    value = total if leaf.over.take == "total" else total / leaf.over.years
    latest = known[-1]
    return _within_bounds(leaf, Resolved(Known(value, latest.source, latest.as_of)), year)


def _one_of(leaf: OneOf, subject: Subject) -> Finding:
    found = subject.resolve(leaf.fact)
    if found.known is None and found.possible:
        wanted = frozenset(leaf.values)
        if found.possible <= wanted:
            return Finding(leaf, Verdict.MET, source=Source.COMPUTED, possible=found.possible)
        if not found.possible & wanted:
            return Finding(leaf, Verdict.NOT_MET, source=Source.COMPUTED, possible=found.possible)
    return _decided(leaf, found, None, found.known is not None and found.known.value in leaf.values)


def _includes(leaf: Includes, subject: Subject) -> Finding:
    found = subject.resolve(leaf.fact)
    value = found.known.value if found.known else None
    held = value if isinstance(value, frozenset) else frozenset()
    wanted = frozenset(leaf.values)
    holds = wanted <= held if leaf.mode == "all" else bool(wanted & held) is (leaf.mode == "any")
    return _decided(leaf, found, None, holds)


def _within(leaf: Within, subject: Subject) -> Finding:
    fact = subject.reference.fact(leaf.fact)
    found = subject.resolve(leaf.fact)
    if fact.second_place is not None:
        return _within_either_place(leaf, found, subject.resolve(fact.second_place), subject)
    if found.known is None:
        return _decided(leaf, found, None, False)
    code = str(found.known.value)
    if fact.type is FactType.ZONE and code == NOT_IN_A_ZONE:
        return _decided(leaf, found, None, False)
    tree = subject.reference.industries if fact.type is FactType.INDUSTRY else subject.reference.regions
    outcome = _place_verdict(code, leaf.codes, tree.chain)
    missing = (FactRef(leaf.fact, part="finer"),) if outcome is Verdict.UNKNOWN else ()
    known = found.known
    return Finding(leaf, outcome, known.value, None, known.source, known.as_of, missing)


def _place_verdict(code: str, wanted: tuple[str, ...], chain: _Chain) -> Verdict:
    """MET below a wanted code, UNKNOWN above one (the code is too coarse to tell), else NOT_MET."""
    above = chain(code)
    if any(target in above for target in wanted):
        return Verdict.MET
    return Verdict.UNKNOWN if any(code in chain(target) for target in wanted) else Verdict.NOT_MET


def _within_either_place(leaf: Within, place: Resolved, second: Resolved, subject: Subject) -> Finding:
    """A place and the functional zone beside it: the condition holds if either chain contains a wanted code."""
    regions = subject.reference.regions
    code = str(place.known.value) if place.known else None
    zone = str(second.known.value) if second.known else None
    counties = tuple(target for target in leaf.codes if target not in regions.zones)
    zones = tuple(target for target in leaf.codes if target in regions.zones)
    by_zone = Verdict.NOT_MET
    if zone is None:
        by_zone = _zone_still_possible(code, zones, subject)
    elif zone != NOT_IN_A_ZONE:
        by_zone = logic.from_bool(any(target in regions.chain(zone) for target in leaf.codes))
    by_place = Verdict.UNKNOWN if counties else Verdict.NOT_MET
    if code is not None:
        by_place = _place_verdict(code, counties, regions.chain)
    outcome = logic.any_of((by_place, by_zone))
    in_a_zone = second.known if zone != NOT_IN_A_ZONE else None
    shown = in_a_zone if by_zone is Verdict.MET and by_place is not Verdict.MET else place.known or in_a_zone
    missing: list[FactRef] = []
    if outcome is Verdict.UNKNOWN and by_place is Verdict.UNKNOWN:
        missing.append(FactRef(leaf.fact, part=None if code is None else "finer"))
    if outcome is Verdict.UNKNOWN and by_zone is Verdict.UNKNOWN:
        missing.extend(second.missing)
    return Finding(
        leaf,
        outcome,
        shown.value if shown else None,
        None,
        shown.source if shown else None,
        shown.as_of if shown else None,
        tuple(missing),
    )


def _zone_still_possible(code: str | None, zones: tuple[str, ...], subject: Subject) -> Verdict:
    """Whether an enterprise that has not said its zone may be in one of `zones`: only where its county touches one."""
    regions = subject.reference.regions
    for target in zones:
        counties = regions.zones[target].lies_in
        if code is None or any(county in regions.chain(code) or code in regions.chain(county) for county in counties):
            return Verdict.UNKNOWN
    return Verdict.NOT_MET


def _not_received(leaf: NotReceived, subject: Subject) -> Finding:
    """Who paid keeps the books: as long as nothing is recorded here, the department says whether it was received."""
    known = subject.resolve(leaf.fact).known
    if known is None or not isinstance(known.value, tuple):
        return Finding(leaf, Verdict.UNKNOWN, to_judge="没有登记领取情况")
    spent = leaf.standing_in_the_way(known.value, subject.day)
    if not spent and leaf.leaves_open(known.value, subject.day):
        return Finding(leaf, Verdict.UNKNOWN, to_judge="领取记录没有写明属于哪一类")
    return Finding(leaf, logic.from_bool(not spent), spent, None, known.source, known.as_of)


def _holds(leaf: Holds, subject: Subject) -> Finding:
    fact = subject.reference.fact(leaf.fact)
    found = subject.resolve(leaf.fact)
    value = found.known.value if found.known else None
    if not isinstance(value, Qualification):
        return _decided(leaf, found, None, False)
    known = found.known
    assert known is not None
    checks: list[tuple[str, Verdict]] = [("held", logic.from_bool(value.held))]
    if value.held:
        checks += _held_checks(leaf, value, fact.expires, subject)
    outcome = logic.all_of(check for _, check in checks)
    missing: tuple[FactRef, ...] = ()
    if outcome is Verdict.UNKNOWN:
        missing = tuple(FactRef(leaf.fact, part=part) for part, check in checks if check is Verdict.UNKNOWN)
    return Finding(leaf, outcome, value, None, known.source, known.as_of, missing)


def _held_checks(leaf: Holds, value: Qualification, expires: bool, subject: Subject) -> Iterator[tuple[str, Verdict]]:
    fact, day = subject.reference.fact(leaf.fact), subject.day
    if leaf.must_be_valid and expires:
        yield "valid_until", _unless_none(value.valid_until, lambda until: day <= until)
    if leaf.level is not None:
        wanted = fact.level_rank(leaf.level)
        yield "level", _unless_none(value.level, lambda level: fact.level_rank(level) >= wanted)
    if leaf.obtained is not None:
        days = leaf.obtained
        yield "obtained", _unless_none(value.obtained, lambda got: days.admits(got, day))
    if leaf.first_time is not None:
        wanted_first = leaf.first_time
        yield "first_time", _unless_none(value.first_time, lambda first: first is wanted_first)


def _unless_none(value: _T | None, holds: Callable[[_T], bool]) -> Verdict:
    return Verdict.UNKNOWN if value is None else logic.from_bool(holds(value))
