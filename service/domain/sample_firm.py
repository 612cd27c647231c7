"""One invented firm as it really is, before anybody knows anything of it: its size, its licence, its books."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from math import exp
from random import Random
from typing import TypeAlias

from policies.profile import FactKey, Qualification
from policies.receipts import Receipt
from policies.reference import Reference
from policies.regions import NOT_IN_A_ZONE
from service.domain.sample_tables import Needs, Place, Trade

Raw: TypeAlias = bool | int | float | str | date | frozenset[str] | Qualification | tuple[Receipt, ...]

_COMMON_SCOPE = (
    "货物进出口",
    "技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广",
    "信息咨询服务",
    "国内贸易代理",
)
_SCOPE_END = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
_CAPITALS = (10, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000, 30000, 100000)


@dataclass(slots=True)
class Firm:
    """Money is yuan; `sales`: revenue of the last year, 0 when none is closed yet; `years`: the closed ones, last first."""

    dice: Random
    day: date
    place: Place
    trade: Trade
    kind: str
    code: str
    founded: date
    age: float
    researches: bool = False
    sales: float = 0.0
    years: tuple[int, ...] = ()
    staff: int = 1
    facts: dict[FactKey, Raw] = field(default_factory=dict)

    @property
    def is_company(self) -> bool:
        return self.kind == "enterprise"

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def noise(self, sigma: float) -> float:
        """A factor around 1, log-normal."""
        return exp(self.dice.gauss(0, sigma))

    def since_founded(self, low: float, high: float) -> date:
        """A day that far into the life of the firm."""
        return self.founded + (self.day - self.founded) * self.dice.uniform(low, high)

    def put(self, year: int | None = None, /, **facts: Raw) -> None:
        for key, raw in facts.items():
            self.facts[key, year] = raw

    def number(self, key: str, year: int | None = None) -> float:
        """A figure that was put, of that year or of no year; 0 when there is none."""
        raw = self.facts.get((key, year), self.facts.get((key, None), 0))
        return raw if isinstance(raw, (int, float)) else 0.0

    def has(self, key: str) -> bool:
        raw = self.facts.get((key, None), self.facts.get((key, self.day.year - 1)))
        return raw.held if isinstance(raw, Qualification) else raw not in (None, False, 0, "none")

    def meets(self, needs: Needs | None) -> bool:
        return needs is None or (
            (not needs.research or self.researches)
            and self.sales >= needs.revenue
            and needs.kind in (None, self.kind)
            and self.age >= needs.age
            and self.code.startswith(needs.within)
            and (needs.has is None or self.has(needs.has))
            and (not needs.rd_ratio or self._spends(needs))
        )

    def _spends(self, needs: Needs) -> bool:
        spent = self.number("rd_expense", self.day.year - 1)
        return spent >= max(needs.rd_expense, needs.rd_ratio * self.sales)


def grow(firm: Firm) -> None:
    """Revenue and staff of the closed years: log-normal by trade, growing up during the first years."""
    trade, company = firm.trade, firm.is_company
    median = trade.revenue if company else min(trade.revenue * 0.4, 60.0)
    sales = median * 10_000 * firm.noise(trade.spread if company else 0.9)
    sales = min(sales * min(1.0, 0.35 + 0.09 * firm.age), 3e10)
    firm.staff = max(1, min(round(sales / 10_000 / trade.per_head * firm.noise(0.35)), 50_000 if company else 25))
    last = firm.day.year - 1
    firm.years = tuple(range(last, max(last - 3, firm.founded.year - 1), -1))
    _look_back(firm, sales)
    firm.sales = firm.number("revenue", last)
    share = trade.rd[0] * (1.3 if firm.sales > 2e7 else 0.9 if firm.sales > 3e6 else 0.35)
    firm.researches = company and firm.chance(share)


def _look_back(firm: Firm, sales: float) -> None:
    """Year by year back from the last one: a firm that grew sold less and employed fewer people before."""
    staff: float = firm.staff
    for year in firm.years:
        # The founding year is only a part of one.
        opened = min(1.0, ((date(year, 12, 31) - firm.founded).days + 1) / 365)
        firm.put(year, revenue=sales * opened, employees=max(1, round(staff)))
        growth = min(0.8, max(-0.4, firm.dice.gauss(0.06, 0.15)))
        sales, staff = sales / (1 + growth), staff / (1 + growth) ** 0.6


def register(firm: Firm, reference: Reference) -> None:
    """What stands on the licence: some industries are known to three or two digits only, some places to the county."""
    dice, trade, place = firm.dice, firm.trade, firm.place
    company, coarse = firm.is_company, dice.random()
    scope = dice.sample(trade.scope, min(len(trade.scope), dice.randint(4, 7)))
    scope += dice.sample(_COMMON_SCOPE, dice.randint(0, 2))
    wanted = firm.sales / 10_000 * exp(dice.gauss(-1.6, 0.9))
    capital = min(_CAPITALS, key=lambda rung: abs(rung - wanted))
    firm.put(
        entity_type=firm.kind,
        founded_on=firm.founded,
        is_legal_person=firm.kind == "cooperative" or (company and not firm.chance(0.04)),
        registered_capital=(capital if company else min(capital, 300)) * 10_000,
        region=dice.choice(place.towns) if firm.chance(0.7) else place.county,
        zone=place.zone or NOT_IN_A_ZONE,
        tax_region=place.county,
        industry=reference.industries.chain(firm.code)[0 if coarse < 0.84 else 1 if coarse < 0.95 else 2],
        business_scope=f"一般项目：{'；'.join(scope)}。{_SCOPE_END}",
        main_products="、".join(dice.sample(trade.products, min(len(trade.products), dice.randint(2, 4)))),
        high_tech_field=trade.field if firm.researches else "none",
    )


def keep_books(firm: Firm) -> None:
    """The figures that hang on the trade: balance sheet, profit, research, energy."""
    dice, trade, spends = firm.dice, firm.trade, firm.researches
    turn, debt = trade.assets * firm.noise(0.4), dice.betavariate(3, 3)
    intensity = min(0.3, trade.rd[1] * firm.noise(0.45)) if spends else 0.0
    researchers = min(0.6, max(0.03, dice.gauss(0.06 + 1.5 * intensity, 0.04))) if spends else 0.0
    for year in firm.years:
        sales = firm.number("revenue", year)
        assets = sales * turn
        firm.put(
            year,
            total_assets=assets,
            total_liabilities=assets * min(1.05, max(0.02, debt + dice.uniform(-0.05, 0.05))),
            net_profit=sales * dice.gauss(trade.margin, 0.03),
            rd_expense=sales * intensity * dice.uniform(0.85, 1.15),
            rd_staff=int(firm.number("employees", year) * researchers),
            annual_energy=sales / 10_000 * trade.energy * dice.uniform(0.6, 1.4),
        )
    depth = (1 + firm.sales / 3e7) ** 0.5 if spends else 0.0
    firm.put(
        invention_patents=int(dice.expovariate(0.7) * depth),
        utility_ip=int(dice.expovariate(0.12) * depth),
    )
