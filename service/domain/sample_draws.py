"""What an invented firm has, does or was awarded beyond its trade: the rows of sample_facts.yaml, drawn one by one."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from policies.enterprise_size import ScaleBranch
from policies.profile import Qualification
from policies.vocabulary import Fact, FactType
from service.domain.sample_firm import Firm
from service.domain.sample_tables import Award, Draw


def draw(firm: Firm, row: Draw, fact: Fact) -> None:
    """One row of `draws`, put among the facts of the firm."""
    if not firm.meets(row.only):
        return
    share = row.share if isinstance(row.share, float) else firm.trade.export
    lucky = firm.meets(row.needs) and firm.chance(share)
    if row.choices:
        choice = firm.dice.choices(row.choices, row.weights)[0] if lucky else row.choices[0]
        firm.facts[fact.key, None] = frozenset({choice}) if fact.type is FactType.CHOICES else choice
    elif fact.type is FactType.BOOLEAN:
        firm.facts[fact.key, None] = lucky
    elif fact.type is FactType.RECEIPTS:
        firm.facts[fact.key, None] = ()  # invented firms have received nothing
    elif fact.type is FactType.DATE and lucky:
        firm.facts[fact.key, None] = firm.since_founded(*row.part)
    elif fact.type.is_numeric:
        for year in firm.years if fact.annual else (None,):
            figure = _whole(firm, row.of, year) * firm.dice.uniform(*row.part) if lucky else 0
            firm.facts[fact.key, year] = min(row.most, max(0, figure))


def _whole(firm: Firm, of: str | float, year: int | None) -> float:
    """What a figure is a part of."""
    match of:
        case "age":
            return firm.age
        case "staff":
            return firm.staff
        case str():
            return firm.number(of, year or firm.day.year - 1)
    return of


def enter_statistics_register(firm: Firm, branch: ScaleBranch | None) -> None:
    """规上: most of those that reach the limit of their branch are on the statistical register, nobody else."""
    if branch is None:
        reached = False
    elif branch.needs is not None:
        reached = firm.has(branch.needs)
    else:
        reached = firm.sales >= (branch.limit or 0)
    entered = reached and firm.age > 1 and firm.chance(0.85)
    firm.put(on_statistics_register=entered)
    if entered:
        firm.put(entered_register_on=firm.since_founded(0.3, 0.97))


def qualify(firm: Firm, row: Award, fact: Fact) -> Qualification:
    """One row of `qualifications`: held or not, since when, until when, of which level."""
    if not firm.meets(row.needs) or not firm.chance(row.share):
        return Qualification(False)
    window = timedelta(round(365 * 1.4 * (row.years or 5)))
    earliest = max(firm.founded + relativedelta(years=int(row.needs.age)), firm.day - window)
    obtained = min(firm.day, earliest + (firm.day - earliest) * firm.dice.random())
    until = _last_day(obtained, row.years)
    rung = int(firm.dice.expovariate(1.2))
    return Qualification(
        True,
        fact.levels[min(len(fact.levels) - 1, rung)].key if fact.levels else None,
        obtained if firm.chance(0.88) else None,
        until if firm.chance(0.88) else None,
        firm.chance(0.55) if row.years and firm.chance(0.5) else None,
    )


def _last_day(obtained: date, years: int | None) -> date | None:
    """The last day it holds; None for good. A number of the yearly evaluation holds for its calendar year."""
    if years is None:
        return None
    return date(obtained.year, 12, 31) if years == 1 else obtained + relativedelta(years=years, days=-1)
