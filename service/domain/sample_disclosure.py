"""What of an invented firm becomes known, through whom, and as of which day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType

from policies.profile import FactKey, Known, Qualification, Value
from policies.reference import Reference
from policies.vocabulary import Fact, FactType, Source
from service.domain.sample_firm import Firm, Raw
from service.domain.sample_tables import Tables

# How often the one who knows a fact has handed it over; otherwise the enterprise filled it in.
_HANDED_OVER = MappingProxyType(
    {
        Source.REGISTRY: 1.0,
        Source.TAX: 0.5,
        Source.SOCIAL_INSURANCE: 0.45,
        Source.STATISTICS: 0.4,
        Source.CREDIT: 0.9,
        Source.DEPARTMENT: 0.6,
        Source.ENTERPRISE: 1.0,
    }
)


def disclosed(firm: Firm, reference: Reference, tables: Tables) -> dict[FactKey, Known]:
    """What of the firm is known: registry facts mostly, declared ones by the openness of the firm."""
    dice, openness = firm.dice, _openness(firm)
    seen, told = dice.randint(0, 60), dice.randint(3, 300)
    known: dict[FactKey, Known] = {}
    told_by: dict[str, tuple[Fact, Source | None]] = {}
    for (key, year), raw in firm.facts.items():
        if key not in told_by:
            fact = reference.fact(key)
            told_by[key] = fact, _told_by(firm, fact, raw, openness, tables)
        fact, source = told_by[key]
        # A single year may lack although the fact is known for others.
        if source is None or (year is not None and dice.random() < 0.1):
            continue
        days_before = seen if source is Source.REGISTRY else told
        known[key, year] = Known(_value(fact, raw), source, as_of(year, firm.founded, firm.day, days_before))
    return known


def as_of(year: int | None, founded: date, day: date, days_before: int) -> date:
    """Yearly figures date from the end of the yearly tax return (31 May), the rest from some days before `day`."""
    if year is not None:
        return min(day, date(year + 1, 5, 31))
    return max(founded, day - timedelta(days_before))


def _openness(firm: Firm) -> float:
    """How much a firm tells, as a factor: small ones less, large ones more, one in ten nothing at all."""
    size = 0.62 if firm.sales < 3e6 else 0.9 if firm.sales < 2e7 else 1.15 if firm.sales < 4e8 else 1.35
    return 0.0 if firm.chance(0.1) else size * firm.dice.uniform(0.4, 1.5)


def _told_by(firm: Firm, fact: Fact, raw: Raw, openness: float, tables: Tables) -> Source | None:
    """Who made a fact known; None when it is not known."""
    if fact.known_by is Source.REGISTRY:
        share = tables.registry.get(fact.key, tables.registry["otherwise"])
    else:
        share = min(0.95, tables.known.get(fact.key, tables.known["otherwise"]) * openness)
        if isinstance(raw, Qualification) and raw.held:
            share = max(share, 0.75)
    if not firm.chance(share):
        return None
    return fact.known_by if firm.chance(_HANDED_OVER[fact.known_by]) else Source.ENTERPRISE


def _value(fact: Fact, raw: Raw) -> Value:
    """The raw number as the vocabulary's type of number; everything else is a value already."""
    if not isinstance(raw, (int, float)) or isinstance(raw, bool):
        return raw
    match fact.type:
        case FactType.MONEY:
            return _yuan(raw)
        case FactType.COUNT:
            return Decimal(int(raw))
        case FactType.RATE:
            return Decimal(str(round(raw, 4)))
        case _:
            return Decimal(str(round(raw, 1)))


def _yuan(amount: float) -> Decimal:
    """Rounded as people declare it: to 万元 from a million on. Monotone, so that parts stay below their wholes."""
    size = abs(amount)
    step = 10_000 if size >= 1_000_000 else 1_000 if size >= 100_000 else 100
    return Decimal(round(amount / step) * step)
