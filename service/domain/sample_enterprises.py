"""Fictional enterprises that look like Binzhou's: for demonstrations, trials of rules and measurements.

Nothing here is real. The trades, places and sizes follow what the counties are known for; every name ends in （示例）, and
any likeness to a real firm, code or figure is accidental. A credit code passes every check, but its body begins with HQ:
as far as we know registries hand out digits or a beginning of MA, never HQ (no official list of prefixes was found).
Each enterprise is first made up as it "really" is; what of it becomes known, and through whom, is decided last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate, islice
from math import exp, inf
from random import Random
from types import MappingProxyType
from typing import Any, TypeAlias

from policies.credit_code import ALPHABET, body_check_character, check_character
from policies.enterprise_size import ScaleBranch
from policies.files import parse_yaml
from policies.problems import InvalidData, Problems
from policies.profile import EnterpriseProfile, FactKey, Known, Qualification, Value
from policies.profile_data import ProfileReader
from policies.reference import Reference
from policies.regions import NOT_IN_A_ZONE
from policies.vocabulary import Fact, FactType, Source

HEAD_YEAR = 2026  # sample_head.yaml is written as of this year
EARLIEST = date(1995, 1, 1)
_BODY_PREFIX = "HQ"
_BODIES = len(ALPHABET) ** 6
_KINDS = ("enterprise", "individual_business", "cooperative", "family_farm")
_CODE_KINDS = MappingProxyType({"enterprise": "91", "cooperative": "93"})  # 92 for the rest
_SHOP_ENDINGS = MappingProxyType({"A": "基地", "C": "加工厂", "F": "经营部", "G": "运输队", "H": "店"})
_COMMON_SCOPE = (
    "货物进出口",
    "技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广",
    "信息咨询服务",
    "国内贸易代理",
)
_SCOPE_END = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
_CAPITALS = (10, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10000, 30000, 100000)
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
_Raw: TypeAlias = bool | int | float | str | date | frozenset[str] | Qualification


@dataclass(frozen=True, slots=True)
class _Trade:
    """A row of sample_trades.yaml; `revenue` and `per_head` in 万元."""

    key: str
    weight: float
    revenue: float
    spread: float
    per_head: float
    assets: float
    margin: float
    rd: tuple[float, float]
    export: float
    energy: float
    field: str
    kinds: tuple[float, ...]
    codes: tuple[str, ...]
    words: tuple[str, ...]
    scope: tuple[str, ...]
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A county outside the zones, or a zone; `odds` are the running weights of the trades there."""

    county: str
    zone: str | None
    name: str
    share: float
    towns: tuple[str, ...]
    odds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a firm must be like for a row of sample_facts.yaml; money in yuan of the last year, age in years."""

    kind: str | None = None
    research: bool = False
    revenue: float = 0
    rd_expense: float = 0
    rd_ratio: float = 0
    age: float = 0
    within: tuple[str, ...] = ("",)
    has: str | None = None


@dataclass(frozen=True, slots=True)
class _Draw:
    """A row of `draws`; `share` may name the trade's share of exporters."""

    fact: str
    share: float | str
    choices: tuple[str, ...]
    weights: tuple[float, ...]
    of: str | float
    part: tuple[float, float]
    most: float
    needs: _Needs | None
    only: _Needs | None


@dataclass(frozen=True, slots=True)
class _Award:
    """A row of `qualifications`."""

    fact: str
    share: float
    years: int | None
    needs: _Needs


@dataclass(frozen=True)
class _Tables:
    trades: tuple[_Trade, ...]
    places: tuple[_Place, ...]
    shares: tuple[float, ...]
    first_words: tuple[str, ...]
    second_words: tuple[str, ...]
    known: Mapping[str, float]
    registry: Mapping[str, float]
    draws: tuple[_Draw, ...]
    awards: tuple[_Award, ...]
    head: tuple[Any, ...]


def _shipped(name: str) -> Any:
    return _plain(parse_yaml(files("service.domain.data").joinpath(name).read_text(encoding="utf-8"))[0])


def _plain(data: Any) -> Any:
    """Exact numbers become floats, which dice need, and lists become tuples."""
    match data:
        case dict():
            return {key: _plain(part) for key, part in data.items()}
        case list():
            return tuple(_plain(part) for part in data)
        case Decimal():
            return float(data)
    return data


def _read_draw(row: Mapping[str, Any]) -> _Draw:
    share, pick = row.get("share", 1), row.get("pick", {})
    return _Draw(
        row["fact"],
        share if isinstance(share, str) else float(share),
        tuple(pick),
        tuple(pick.values()),
        row.get("of", "revenue"),
        row.get("part", (0, 1)),
        row.get("most", inf),
        _Needs(**row["needs"]) if "needs" in row else None,
        _Needs(**row["only"]) if "only" in row else None,
    )


@cache
def _tables() -> _Tables:
    """The shipped tables; read once."""
    trades = tuple(_Trade(key=key, **row) for key, row in _shipped("sample_trades.yaml")["trades"].items())
    where, facts = _shipped("sample_places.yaml"), _shipped("sample_facts.yaml")
    places = tuple(
        _Place(
            row["county"],
            row.get("zone"),
            row["name"],
            row["share"],
            row["towns"],
            tuple(accumulate(trade.weight + row["trades"].get(trade.key, 0) for trade in trades)),
        )
        for row in where["places"]
    )
    return _Tables(
        trades,
        places,
        tuple(accumulate(place.share for place in places)),
        where["first_words"],
        where["second_words"],
        facts["known"],
        facts["registry"],
        tuple(_read_draw(row) for row in facts["draws"]),
        tuple(
            _Award(row["fact"], row["share"], row.get("years"), _Needs(**row["needs"]))
            for row in facts["qualifications"]
        ),
        _shipped("sample_head.yaml")["head"],
    )


def generate(count: int, *, day: date, reference: Reference, seed: int = 2026) -> Iterator[EnterpriseProfile]:
    """`count` enterprises as they are known on `day`, one at a time; figures are those of the three years before it.

    Number k depends on k, `seed`, `day` and the tables only, never on `count`. The first twelve are made by hand and the
    same for every seed but for their codes. Codes are all different within one seed.
    """
    maker = _Maker(reference, day, seed, _tables())
    yield from islice(maker.head(), count)
    for number in range(len(maker.tables.head), count):
        yield maker.enterprise(number)


def _scattered(number: int, seed: int, size: int, step: int) -> int:
    """A place in 0…size-1 that differs for every number below `size` (`step` and `size` share no factor)."""
    return (number * step + seed * 7_919) % size


def _credit_code(number: int, seed: int, kind: str, county: str) -> str:
    rest, body = _scattered(number, seed, _BODIES, 387_420_489), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(ALPHABET))
        body += ALPHABET[digit]
    body = _BODY_PREFIX + body
    first_17 = _CODE_KINDS.get(kind, "92") + county + body + body_check_character(body)
    return first_17 + check_character(first_17)


def _yuan(amount: float) -> Decimal:
    """Rounded as people declare it: to 万元 from a million on. Monotone, so that parts stay below their wholes."""
    size = abs(amount)
    step = 10_000 if size >= 1_000_000 else 1_000 if size >= 100_000 else 100
    return Decimal(round(amount / step) * step)


def _value(fact: Fact, raw: _Raw) -> Value:
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


def _years_later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


@dataclass(slots=True)
class _Firm:
    """One enterprise as it really is. Money is yuan; `sales`: revenue of the last year, 0 when none is closed yet."""

    dice: Random
    day: date
    place: _Place
    trade: _Trade
    kind: str
    code: str
    founded: date
    age: float
    researches: bool = False
    sales: float = 0.0
    years: tuple[int, ...] = ()
    staff: int = 1
    facts: dict[FactKey, _Raw] = field(default_factory=dict)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def noise(self, sigma: float) -> float:
        """A factor around 1, log-normal."""
        return exp(self.dice.gauss(0, sigma))

    def put(self, year: int | None = None, /, **facts: _Raw) -> None:
        for key, raw in facts.items():
            self.facts[key, year] = raw

    def number(self, key: str, year: int | None = None) -> float:
        """A figure that was put, of that year or of no year; 0 when there is none."""
        raw = self.facts.get((key, year), self.facts.get((key, None), 0))
        return raw if isinstance(raw, (int, float)) else 0.0

    def base(self, of: str | float, year: int | None) -> float:
        """What a figure is a part of."""
        match of:
            case "age":
                return self.age
            case "staff":
                return self.staff
            case str():
                return self.number(of, year or self.day.year - 1)
        return of

    def has(self, key: str) -> bool:
        raw = self.facts.get((key, None), self.facts.get((key, self.day.year - 1)))
        return raw.held if isinstance(raw, Qualification) else raw not in (None, False, 0, "none")

    def meets(self, needs: _Needs | None) -> bool:
        return needs is None or (
            (not needs.research or self.researches)
            and self.sales >= needs.revenue
            and needs.kind in (None, self.kind)
            and self.age >= needs.age
            and self.code.startswith(needs.within)
            and (needs.has is None or self.has(needs.has))
            and (not needs.rd_ratio or self._spends(needs))
        )

    def _spends(self, needs: _Needs) -> bool:
        spent = self.number("rd_expense", self.day.year - 1)
        return spent >= max(needs.rd_expense, needs.rd_ratio * self.sales)


def _grow(firm: _Firm) -> None:
    """Revenue and staff of the closed years: log-normal by trade, growing up during the first years."""
    dice, trade = firm.dice, firm.trade
    company = firm.kind == "enterprise"
    median = trade.revenue if company else min(trade.revenue * 0.4, 60.0)
    sales = median * 10_000 * firm.noise(trade.spread if company else 0.9)
    sales = min(sales * min(1.0, 0.35 + 0.09 * firm.age), 3e10)
    firm.staff = max(1, min(round(sales / 10_000 / trade.per_head * firm.noise(0.35)), 50_000 if company else 25))
    staff: float = firm.staff
    last = firm.day.year - 1
    firm.years = tuple(range(last, max(last - 3, firm.founded.year - 1), -1))
    for year in firm.years:
        # The founding year is only a part of one.
        opened = min(1.0, ((date(year, 12, 31) - firm.founded).days + 1) / 365)
        firm.put(year, revenue=sales * opened, employees=max(1, round(staff)))
        growth = min(0.8, max(-0.4, dice.gauss(0.06, 0.15)))
        sales, staff = sales / (1 + growth), staff / (1 + growth) ** 0.6
    firm.sales = firm.number("revenue", last)
    share = trade.rd[0] * (1.3 if firm.sales > 2e7 else 0.9 if firm.sales > 3e6 else 0.35)
    firm.researches = company and firm.chance(share)


def _register(firm: _Firm, reference: Reference) -> None:
    """What stands on the licence: some industries are known to three or two digits only, some places to the county."""
    dice, trade, place = firm.dice, firm.trade, firm.place
    company, coarse = firm.kind == "enterprise", dice.random()
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


def _book(firm: _Firm) -> None:
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


def _draw(firm: _Firm, row: _Draw, fact: Fact) -> None:
    """One row of `draws` in sample_facts.yaml."""
    if not firm.meets(row.only):
        return
    share = row.share if isinstance(row.share, float) else firm.trade.export
    lucky = firm.meets(row.needs) and firm.chance(share)
    if row.choices:
        choice = firm.dice.choices(row.choices, row.weights)[0] if lucky else row.choices[0]
        firm.facts[fact.key, None] = frozenset({choice}) if fact.type is FactType.CHOICES else choice
    elif fact.type is FactType.BOOLEAN:
        firm.facts[fact.key, None] = lucky
    elif fact.type is FactType.DATE and lucky:
        firm.facts[fact.key, None] = firm.founded + (firm.day - firm.founded) * firm.dice.uniform(*row.part)
    elif fact.type.is_numeric:
        for year in firm.years if fact.annual else (None,):
            figure = firm.base(row.of, year) * firm.dice.uniform(*row.part) if lucky else 0
            firm.facts[fact.key, year] = min(row.most, max(0, figure))


def _enter_register(firm: _Firm, branch: ScaleBranch | None) -> None:
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
        firm.put(entered_register_on=firm.founded + (firm.day - firm.founded) * firm.dice.uniform(0.3, 0.97))


def _qualify(firm: _Firm, row: _Award, fact: Fact) -> Qualification:
    if not firm.meets(row.needs) or not firm.chance(row.share):
        return Qualification(False)
    window = timedelta(round(365 * 1.4 * (row.years or 5)))
    earliest = max(_years_later(firm.founded, int(row.needs.age)), firm.day - window)
    obtained = min(firm.day, earliest + (firm.day - earliest) * firm.dice.random())
    until = None
    if row.years == 1:  # a number of the yearly evaluation holds for its calendar year
        until = date(obtained.year, 12, 31)
    elif row.years:
        until = _years_later(obtained, row.years) - timedelta(1)
    rung = int(firm.dice.expovariate(1.2))
    return Qualification(
        True,
        fact.levels[min(len(fact.levels) - 1, rung)].key if fact.levels else None,
        obtained if firm.chance(0.88) else None,
        until if firm.chance(0.88) else None,
        firm.chance(0.55) if row.years and firm.chance(0.5) else None,
    )


@dataclass(frozen=True)
class _Maker:
    reference: Reference
    day: date
    seed: int
    tables: _Tables

    def head(self) -> Iterator[EnterpriseProfile]:
        """The twelve made by hand, moved to the year of the day. Raises InvalidData if their file is broken."""
        for number, row in enumerate(self.tables.head):
            problems = Problems()
            profile = ProfileReader(self.reference, problems, self.day).read(self._moved(row))
            if profile is None or problems.errors:
                raise InvalidData(problems)
            yield self._attributed(number, profile)

    def _moved(self, data: Any) -> Any:
        ahead = self.day.year - HEAD_YEAR
        match data:
            case {"days_before": int(days)}:
                return self.day - timedelta(days)
            case dict():
                return {key + ahead if isinstance(key, int) else key: self._moved(part) for key, part in data.items()}
            case str() if len(data) == 10 and data[4] == data[7] == "-":
                return _years_later(date.fromisoformat(data), ahead)
        return data

    def _attributed(self, number: int, profile: EnterpriseProfile) -> EnterpriseProfile:
        """Each fact from whoever knows it, with a date; and the credit code."""
        values = {key: known.value for key, known in profile.facts.items()}
        founded, county = values["founded_on", None], str(values["region", None])[:6]
        assert isinstance(founded, date)
        facts = {
            (key, year): Known(value, self.reference.fact(key).known_by, self._as_of(year, founded, 20))
            for (key, year), value in values.items()
        }
        return replace(
            profile, code=_credit_code(number, self.seed, str(values["entity_type", None]), county), facts=facts
        )

    def enterprise(self, number: int) -> EnterpriseProfile:
        firm = self._firm(Random(f"{self.seed}/{number}"))  # noqa: S311 - samples, not secrets
        _grow(firm)
        _register(firm, self.reference)
        _book(firm)
        for row, fact in self._draws:
            _draw(firm, row, fact)
        _enter_register(firm, self._branches.get(firm.code))
        for award in self.tables.awards:
            firm.facts[award.fact, None] = _qualify(firm, award, self.reference.fact(award.fact))
        code = _credit_code(number, self.seed, firm.kind, firm.place.county)
        return EnterpriseProfile(code, self._name(number, firm), self._known(firm))

    @cached_property
    def _branches(self) -> Mapping[str, ScaleBranch]:
        """The branch of 规上 of each code the trades use."""
        tree = self.reference.industries
        return {
            code: branch
            for trade in self.tables.trades
            for code in trade.codes
            for branch in reversed(self.reference.scale)
            if any(tree.is_within(code, within) for within in branch.industries)
        }

    @cached_property
    def _draws(self) -> tuple[tuple[_Draw, Fact], ...]:
        return tuple((row, self.reference.fact(row.fact)) for row in self.tables.draws)

    def _firm(self, dice: Random) -> _Firm:
        place = dice.choices(self.tables.places, cum_weights=self.tables.shares)[0]
        trade = dice.choices(self.tables.trades, cum_weights=place.odds)[0]
        kind = dice.choices(_KINDS, trade.kinds)[0]
        longest = (self.day - EARLIEST).days
        age = 1 + int(dice.expovariate(1 / (8.5 * 365)))
        founded = self.day - timedelta(age if age < longest else dice.randint(longest // 2, longest))
        lived = (self.day - founded).days / 365.25
        return _Firm(dice, self.day, place, trade, kind, dice.choice(trade.codes), founded, lived)

    def _name(self, number: int, firm: _Firm) -> str:
        first, second = self.tables.first_words, self.tables.second_words
        row, column = divmod(_scattered(number, self.seed, len(first) * len(second), 1_009), len(second))
        word = firm.dice.choice(firm.trade.words)
        match firm.kind:
            case "enterprise":
                ending = "股份有限公司" if firm.sales > 1e8 and firm.chance(0.3) else "有限公司"
            case "cooperative":
                ending = "农民专业合作社"
            case "family_farm":
                ending = "家庭农场"
            case _:
                ending = "" if word.endswith(("店", "馆")) else _SHOP_ENDINGS.get(firm.code[0], "服务部")
                ending = ending.removeprefix("服务") if word.endswith("服务") else ending
        return f"{firm.place.name}{first[row]}{second[column]}{word}{ending}（示例）"

    def _as_of(self, year: int | None, founded: date, days_before: int) -> date:
        """Yearly figures date from the end of the yearly tax return (31 May), the rest from some days ago."""
        if year is not None:
            return min(self.day, date(year + 1, 5, 31))
        return max(founded, self.day - timedelta(days_before))

    def _known(self, firm: _Firm) -> dict[FactKey, Known]:
        """What of the firm is known: registry facts mostly, declared ones by the openness of the firm."""
        dice = firm.dice
        openness = 0.62 if firm.sales < 3e6 else 0.9 if firm.sales < 2e7 else 1.15 if firm.sales < 4e8 else 1.35
        openness = 0 if firm.chance(0.1) else openness * dice.uniform(0.4, 1.5)
        seen, told = dice.randint(0, 60), dice.randint(3, 300)
        known: dict[FactKey, Known] = {}
        told_by: dict[str, tuple[Fact, Source | None]] = {}
        for (key, year), raw in firm.facts.items():
            if key not in told_by:
                fact = self.reference.fact(key)
                told_by[key] = fact, self._told_by(fact, raw, openness, dice)
            fact, source = told_by[key]
            # A single year may lack although the fact is known for others.
            if source is None or (year is not None and dice.random() < 0.1):
                continue
            days_before = seen if source is Source.REGISTRY else told
            known[key, year] = Known(_value(fact, raw), source, self._as_of(year, firm.founded, days_before))
        return known

    def _told_by(self, fact: Fact, raw: _Raw, openness: float, dice: Random) -> Source | None:
        """Who made a fact known; None when it is not known."""
        if fact.known_by is Source.REGISTRY:
            share = self.tables.registry.get(fact.key, self.tables.registry["otherwise"])
        else:
            share = min(0.95, self.tables.known.get(fact.key, self.tables.known["otherwise"]) * openness)
            if isinstance(raw, Qualification) and raw.held:
                share = max(share, 0.75)
        if dice.random() >= share:
            return None
        return fact.known_by if dice.random() < _HANDED_OVER[fact.known_by] else Source.ENTERPRISE
