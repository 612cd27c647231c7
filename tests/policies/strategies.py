"""Random conditions, benefits, documents, and what is known about an enterprise, for the property tests.

A world is everything that is true of an enterprise, without contradiction (an enterprise in a functional zone is in one
of the counties around it). A view is what is known of a world: facts left out, codes coarser than they are,
qualifications known in part. `growing_knowledge` gives two views of one world, the second knowing at least the first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any as AnyValue

from hypothesis import strategies as st

from policies.benefits import (
    Benefit,
    Fixed,
    Form,
    Formula,
    Interest,
    NotMoney,
    PerUnit,
    Quantity,
    Range,
    Rate,
    Row,
    Table,
    Tier,
    Tiers,
    UpTo,
)
from policies.conditions import (
    ALWAYS,
    All,
    Any,
    AtLeast,
    Bounds,
    Compare,
    Condition,
    DateIn,
    DateRange,
    DayMark,
    Growth,
    Holds,
    Includes,
    Is,
    Judged,
    Not,
    NotReceived,
    OneOf,
    Over,
    Period,
    Within,
    Year,
)
from policies.document import (
    ApplyMode,
    CapPeriod,
    Case,
    Clause,
    DocumentSource,
    DocumentStatus,
    FurtherSource,
    HowToApply,
    Item,
    Policy,
    SourceKind,
    Standing,
    SumCap,
    Yearly,
)
from policies.eligibility import Outcome
from policies.profile import EnterpriseProfile, FactKey, Known, Qualification, Value
from policies.receipts import ONCE, YEARLY, Receipt, Repeat, in_order
from policies.reference import load_reference
from policies.regions import NOT_IN_A_ZONE
from policies.themes import THEMES, TOPICS
from policies.verdict import Verdict
from policies.vocabulary import Source
from tests.builders import DAY

VERDICTS = st.sampled_from(Verdict)
YEARS = (2024, 2025)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
PAST_DAYS = st.dates(date(2015, 1, 1), DAY)

# Numbers close to the thresholds that conditions and size classes use, so that random trees decide something.
MONEY = st.sampled_from(
    [Decimal(n) for n in ("0", "1", "2999999.99", "3000000", "19999999", "20000000", "400000000", "2000000000")]
)
SIGNED_MONEY = st.one_of(MONEY, MONEY.map(lambda amount: -amount))
COUNTS = st.sampled_from([Decimal(n) for n in (0, 1, 5, 19, 20, 299, 300, 1000)])
MONTHS = st.sampled_from([Decimal(n) for n in (0, 1, 6, 12, 36)])
RATES = st.sampled_from([Decimal(n) for n in ("0", "0.0000001", "0.03", "0.05", "0.2", "1")])

ANNUAL = {
    "revenue": MONEY,
    "total_assets": MONEY,
    "rd_expense": MONEY,
    "net_profit": SIGNED_MONEY,
    "employees": COUNTS,
}
NUMBERS = {
    "registered_capital": MONEY,
    "fixed_asset_loan": MONEY,
    "loan_months": MONTHS,
    "loan_rate": st.just(Decimal("0.036")),
}
BOOLEANS = ("is_legal_person", "serious_dishonesty", "construction_qualified", "operates_park")
CHOICES = {
    "ownership": ("private", "state", "foreign"),
    "size_class_declared": ("micro", "small", "medium", "large"),
    "team_recruitment": ("none", "part_time", "full_time"),
    "entity_type": ("enterprise", "individual_business", "person"),
}
TALENTS = ("none", "academician", "doctor", "technician")
DATES = ("founded_on", "entered_register_on")
QUALIFICATIONS = {
    "high_tech_enterprise": (),
    "gazelle": ("municipal", "provincial"),
    "technology_centre": ("municipal", "provincial", "national"),
}
PLACES = ("370102", "370200", "371602", "371602010", "371621", "371623", "371623105", "371681")
_PARTS = ("level", "obtained", "valid_until", "first_time")
RECEIVABLE = ("some-policy/award", "some-policy/loan")
GROUPS = ("once",)
REPEATS = st.sampled_from((ONCE, YEARLY, Repeat(3)))
ZONES = ("371600-beihai", "371600-edz", "371600-hitech")
INDUSTRIES = (
    "A0111",
    "C3252",
    "C3251",
    "E4720",
    "F5111",
    "F5211",
    "G5311",
    "I6513",
    "J6621",
    "K7010",
    "K7020",
    "K7040",
    "Q8411",
    "Q8521",
)


# ---------------------------------------------------------------------- worlds and views


@cache
@st.composite
def worlds(draw: st.DrawFn) -> dict[FactKey, Value]:
    """Everything that is true of one enterprise, as far as the vocabulary below goes."""
    facts: dict[FactKey, Value] = {(key, year): draw(values) for key, values in ANNUAL.items() for year in YEARS}
    facts |= {(key, None): draw(values) for key, values in NUMBERS.items()}
    facts |= {(key, None): draw(st.booleans()) for key in BOOLEANS}
    facts |= {(key, None): draw(st.sampled_from(options)) for key, options in CHOICES.items()}
    facts |= {(key, None): draw(PAST_DAYS) for key in DATES}
    facts |= {(key, None): draw(qualifications(levels)) for key, levels in QUALIFICATIONS.items()}
    facts["talent_titles", None] = draw(st.frozensets(st.sampled_from(TALENTS)))
    facts["benefits_received", None] = in_order(draw(st.sets(receipts(), max_size=3)))
    facts["industry", None] = draw(st.sampled_from(INDUSTRIES))
    facts["tax_region", None] = draw(st.sampled_from(PLACES))
    facts["region", None] = draw(st.sampled_from(PLACES))
    facts["zone", None] = draw(st.sampled_from(zones_at(str(facts["region", None]))))
    founded = facts["founded_on", None]
    assert isinstance(founded, date)
    # No enterprise has figures of a year in which it was not there yet.
    return {(key, year): value for (key, year), value in facts.items() if year is None or year >= founded.year}


def zones_at(place: str) -> list[str]:
    """The zones an enterprise registered at `place` may be in, and none."""
    regions = load_reference().regions
    around = [code for code, zone in regions.zones.items() if set(zone.lies_in) & set(regions.chain(place))]
    return [NOT_IN_A_ZONE, *around]


@cache
@st.composite
def qualifications(draw: st.DrawFn, levels: tuple[str, ...]) -> Qualification:
    """A qualification of which every part is known."""
    if not draw(st.booleans()):
        return Qualification(False)
    obtained = draw(PAST_DAYS)
    until = obtained + timedelta(days=draw(st.integers(0, 3000)))
    level = draw(st.sampled_from(levels)) if levels else None
    return Qualification(True, level, obtained, until, draw(st.booleans()))


@cache
def receipts() -> st.SearchStrategy[Receipt]:
    amounts = st.one_of(st.none(), MONEY)
    return st.builds(Receipt, st.sampled_from(RECEIVABLE), PAST_DAYS, amounts, st.sampled_from(((), GROUPS)))


@cache
@st.composite
def growing_knowledge(draw: st.DrawFn) -> tuple[EnterpriseProfile, EnterpriseProfile]:
    """What is known of one enterprise now and later: everything known now is still known, or known more finely."""
    now: dict[FactKey, Known] = {}
    later: dict[FactKey, Known] = {}
    for key, value in draw(worlds()).items():
        less, more = draw(_two_views(key[0], value))
        if less is not None:
            now[key] = Known(less)
        if more is not None:
            later[key] = Known(more)
    return EnterpriseProfile(facts=now), EnterpriseProfile(facts=later)


@cache
def profiles() -> st.SearchStrategy[EnterpriseProfile]:
    """What is known of some enterprise."""
    return growing_knowledge().map(lambda both: both[1])


@st.composite
def _two_views(draw: st.DrawFn, key: str, value: Value) -> tuple[Value | None, Value | None]:
    ladder = _views(key, value)
    if isinstance(value, Qualification) and value.held:
        more = draw(_part_of(value))
        ladder = [None, draw(_part_of(more)), more]
        return ladder[draw(st.integers(0, 1))], ladder[draw(st.integers(1, 2))]
    steps = draw(st.sampled_from([(less, more) for more in range(len(ladder)) for less in range(more + 1)]))
    return ladder[steps[0]], ladder[steps[1]]


def _views(key: str, value: Value) -> list[Value | None]:
    """From nothing known to everything known: of a code its ancestors, coarsest first."""
    reference = load_reference()
    if key == "industry":
        return [None, *reversed(reference.industries.chain(str(value)))]
    if key in ("region", "tax_region"):
        return [None, *reversed(reference.regions.chain(str(value)))]
    return [None, value]


@st.composite
def _part_of(draw: st.DrawFn, value: Qualification) -> Qualification:
    hidden = draw(st.sets(st.sampled_from(_PARTS)))
    kept = {part: getattr(value, part) for part in _PARTS if part not in hidden}
    return Qualification(value.held, **kept)


# ---------------------------------------------------------------------- conditions

_CLAUSES = st.sampled_from((None, None, "第三条第（二）款"))
_YEAR = st.sampled_from((Year(-1), Year(-2), Year(2025), Year(0)))
_PERIODS = st.sampled_from((Period(), Period(years=1), Period(years=3), Period(months=6), Period(days=30)))


@cache
@st.composite
def bounds(draw: st.DrawFn, numbers: st.SearchStrategy[Decimal]) -> Bounds:
    low, high = sorted((draw(numbers), draw(numbers)))
    shape = draw(st.sampled_from(("low", "high", "both")))
    included = draw(st.booleans()), draw(st.booleans())
    if shape == "low":
        return Bounds(low=low, low_included=included[0])
    if shape == "high":
        return Bounds(high=high, high_included=included[1])
    return Bounds(low, high) if low == high else Bounds(low, high, *included)


@cache
@st.composite
def date_ranges(draw: st.DrawFn) -> DateRange:
    shape = draw(st.sampled_from(("in_year", "within_last", "at_least_ago", "after", "before", "between")))
    if shape == "in_year":
        year = draw(_YEAR)
        return DateRange(DayMark(year=year, edge="first"), DayMark(year=year, edge="last"))
    if shape == "within_last":
        return DateRange(DayMark(ago=draw(_PERIODS)), DayMark(ago=Period()))
    if shape == "at_least_ago":
        return DateRange(None, DayMark(ago=draw(_PERIODS)))
    first, last = sorted((draw(PAST_DAYS), draw(PAST_DAYS)))
    return DateRange(
        None if shape == "before" else DayMark(fixed=first),
        None if shape == "after" else DayMark(fixed=last),
    )


@cache
@st.composite
def compares(draw: st.DrawFn) -> Compare:
    clause = draw(_CLAUSES)
    if draw(st.booleans()):
        key = draw(st.sampled_from((*NUMBERS, "years_established")))
        return Compare(key, draw(bounds(NUMBERS.get(key, COUNTS))), clause=clause)
    key = draw(st.sampled_from((*ANNUAL, "rd_ratio", "revenue_growth")))
    takes = ("total", "average", "each", *(("pooled",) if key == "rd_ratio" else ()))
    over = Over(draw(st.integers(2, 3)), draw(st.sampled_from(takes)))
    year = draw(st.one_of(st.none(), _YEAR))
    return Compare(key, draw(bounds(ANNUAL.get(key, RATES))), year, draw(st.sampled_from((None, over))), clause)


@cache
def leaves() -> st.SearchStrategy[Condition]:
    """A leaf of any type, such as a policy file can hold."""
    return st.one_of(
        compares(),
        st.builds(Growth, st.sampled_from(tuple(ANNUAL)), bounds(RATES), _YEAR, st.integers(1, 2), _CLAUSES),
        st.builds(Is, st.sampled_from((*BOOLEANS, "reaches_scale")), st.booleans(), _CLAUSES),
        one_ofs(),
        st.builds(
            Includes, st.just("talent_titles"), _some(TALENTS), st.sampled_from(("any", "all", "none")), _CLAUSES
        ),
        withins(),
        st.builds(DateIn, st.sampled_from(DATES), date_ranges(), _CLAUSES),
        holds(),
        st.builds(NotReceived, _some(RECEIVABLE), st.sampled_from(((), GROUPS)), REPEATS, _CLAUSES),
        st.builds(Judged, st.sampled_from(("信用良好", "符合产业政策")), _CLAUSES),
    )


@cache
def _some(options: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(options), min_size=1, max_size=len(options), unique=True).map(tuple)


@cache
@st.composite
def one_ofs(draw: st.DrawFn) -> OneOf:
    options = {**CHOICES, "size_class": CHOICES["size_class_declared"]}
    key = draw(st.sampled_from(tuple(options)))
    return OneOf(key, draw(_some(options[key])), draw(_CLAUSES))


@cache
@st.composite
def withins(draw: st.DrawFn) -> Within:
    key = draw(st.sampled_from(("region", "zone", "tax_region", "industry")))
    reference = load_reference()
    chain = reference.industries.chain if key == "industry" else reference.regions.chain
    ends = INDUSTRIES if key == "industry" else (*PLACES, *ZONES)
    codes = tuple(dict.fromkeys(code for end in ends for code in chain(end)))
    wanted = draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True))
    return Within(key, tuple(wanted), draw(_CLAUSES))


@cache
@st.composite
def holds(draw: st.DrawFn) -> Holds:
    key = draw(st.sampled_from(tuple(QUALIFICATIONS)))
    level = draw(st.sampled_from((None, *QUALIFICATIONS[key])))
    obtained = draw(st.one_of(st.none(), date_ranges()))
    return Holds(key, level, obtained, draw(st.sampled_from((None, True, False))), draw(st.booleans()), draw(_CLAUSES))


@cache
def conditions(max_leaves: int = 8) -> st.SearchStrategy[Condition]:
    """A tree of conditions."""
    return st.recursive(leaves(), _groups, max_leaves=max_leaves)


def _groups(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(All, several),
        st.builds(Any, several),
        st.builds(Not, parts),
        several.flatmap(lambda some: st.builds(AtLeast, st.integers(1, len(some)), st.just(some))),
    )


# ---------------------------------------------------------------------- benefits


@cache
def _quantities(*keys: str) -> st.SearchStrategy[Quantity]:
    return st.sampled_from(keys).flatmap(_quantity)


@cache
def _quantity(key: str) -> st.SearchStrategy[Quantity]:
    if key not in ANNUAL:
        return st.builds(Quantity, st.just(key), above=st.sampled_from((Decimal(0), Decimal(1000))))
    above = st.sampled_from((Decimal(0), Decimal(1000)))
    return st.builds(Quantity, st.just(key), st.one_of(st.none(), _YEAR), above, st.booleans())


@cache
@st.composite
def _tiers(draw: st.DrawFn) -> Tiers:
    starts = sorted(draw(st.sets(MONEY, min_size=1, max_size=4)))
    steps = [Tier(s, draw(MONEY)) if draw(st.booleans()) else Tier(s, None, draw(RATES)) for s in starts]
    return Tiers(draw(_quantities("revenue", "registered_capital", "net_profit")), tuple(steps))


@cache
@st.composite
def _interests(draw: st.DrawFn) -> Interest:
    by_share = draw(st.booleans())
    return Interest(
        Quantity("fixed_asset_loan"),
        None if by_share else draw(RATES),
        draw(RATES) if by_share else None,
        Quantity("loan_rate") if by_share else None,
        draw(st.sampled_from((None, 6, 12, 36))),
        draw(st.sampled_from((None, Quantity("loan_months")))),
        draw(st.sampled_from((None, Decimal(5_000_000)))),
    )


@cache
def formulas() -> st.SearchStrategy[Formula]:
    """A formula of any kind, tables within tables included."""
    simple = st.one_of(
        st.builds(Fixed, MONEY),
        st.tuples(MONEY, MONEY).map(lambda pair: Range(*sorted(pair))),
        st.builds(UpTo, MONEY),
        st.builds(Rate, RATES, _quantities("revenue", "rd_expense", "net_profit", "registered_capital"), RATES),
        st.builds(PerUnit, MONEY, _quantities("employees")),
        _tiers(),
        _interests(),
    )
    return st.recursive(simple, _tables, max_leaves=4)


def _tables(formula: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    rows = st.builds(Row, st.one_of(conditions(3), st.just(ALWAYS)), formula)
    return st.builds(Table, st.lists(rows, min_size=1, max_size=3).map(tuple), st.sampled_from(("first", "highest")))


@cache
@st.composite
def benefits(draw: st.DrawFn) -> Benefit:
    floor, cap = draw(
        st.sampled_from(
            ((None, None), (None, Decimal(50_000)), (Decimal(1000), None), (Decimal(1000), Decimal(50_000)))
        )
    )
    return Benefit(
        draw(st.sampled_from(Form)),
        draw(st.one_of(formulas(), st.just(NotMoney()))),
        "按规定支持",
        cap,
        floor,
        draw(st.booleans()),
        draw(st.sampled_from(("once", "yearly"))),
    )


# ---------------------------------------------------------------------- documents

# Text as people and hostile files write it: quotes, YAML's own signs, line breaks, characters beyond the first plane.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("企业是否 :-#&*!|>'\"%@`{}[],\\?~\n\t/0123yn𠮷😀é－"),
        st.characters(min_codepoint=0x20, max_codepoint=0x2FFFF, exclude_categories=("Cs", "Cc")),
    ),
    min_size=1,
    max_size=30,
).map(lambda text: text.strip() or "无")
_URLS = st.sampled_from((None, "https://www.binzhou.gov.cn/a?b=1&c=2"))
_MAYBE_DAYS = st.one_of(st.none(), DAYS)
_MONTH_DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31)).map(lambda day: (day.month, day.day))


@cache
@st.composite
def how_to_apply(draw: st.DrawFn) -> HowToApply:
    shape = draw(st.sampled_from(("open", "dated", "yearly", "announced")))
    opens, closes = sorted((draw(DAYS), draw(DAYS)))
    dated = shape == "dated"
    return HowToApply(
        mode=draw(st.sampled_from(ApplyMode)),
        opens=opens if dated and draw(st.booleans()) else None,
        closes=closes if dated else None,
        yearly=Yearly(draw(_MONTH_DAYS), draw(_MONTH_DAYS)) if shape == "yearly" else None,
        announced=shape == "announced",
        materials=tuple(draw(st.lists(TEXTS, max_size=2))),
        department=draw(st.one_of(st.none(), TEXTS)),
        url=draw(_URLS),
        note=draw(st.one_of(st.none(), TEXTS)),
    )


@cache
@st.composite
def cases(draw: st.DrawFn) -> Case:
    amount = draw(st.sampled_from((None, "100000", "0-50000", "unknown")))
    return Case(draw(profiles()), DAY, draw(st.sampled_from(Outcome)).value, "open", amount, draw(TEXTS))


@cache
@st.composite
def items(draw: st.DrawFn, number: int = 0) -> Item:
    return Item(
        id=f"item-{number}",
        title=draw(TEXTS),
        summary=draw(TEXTS),
        applicants=tuple(draw(_some(("enterprise", "team", "park", "individual_business")))),
        conditions=draw(st.one_of(st.just(ALWAYS), conditions())),
        benefit=draw(benefits()),
        apply=draw(how_to_apply()),
        clause=Clause(draw(st.one_of(st.none(), TEXTS)), draw(st.one_of(st.none(), TEXTS))),
        exclusive_groups=draw(st.sampled_from(((), GROUPS))),
        topics=draw(_some(TOPICS[:3])),
        repeat=draw(st.one_of(st.none(), REPEATS)),
        top_up=draw(st.booleans()),
        funds_exhausted_on=draw(_MAYBE_DAYS),
        keywords=tuple(draw(st.lists(TEXTS, max_size=2))),
        cases=tuple(draw(st.lists(cases(), max_size=1))),
    )


@cache
@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A whole document, such as a policy file can hold."""
    effective, valid_until = sorted((draw(DAYS), draw(DAYS)))
    status: dict[str, AnyValue] = {"standing": draw(st.sampled_from(Standing)), "since": draw(_MAYBE_DAYS)}
    return Policy(
        id="random-policy",
        title=draw(TEXTS),
        issuers=tuple(draw(st.lists(TEXTS, min_size=1, max_size=2))),
        region=draw(st.sampled_from(("100000", *PLACES, *ZONES))),
        source=DocumentSource(
            SourceKind.PRESS,
            "https://example.org/a",
            DAY,
            draw(st.one_of(st.none(), TEXTS)),
            tuple(draw(st.lists(st.builds(FurtherSource, st.just("https://example.org/b"), TEXTS), max_size=2))),
        ),
        items=tuple(draw(items(number)) for number in range(draw(st.integers(1, 2)))),
        caps=tuple(
            draw(
                st.lists(st.builds(SumCap, st.just(("item-0",)), MONEY, st.sampled_from(CapPeriod), TEXTS), max_size=1)
            )
        ),
        number=draw(st.one_of(st.none(), TEXTS)),
        summary=draw(st.one_of(st.just(""), TEXTS)),
        themes=draw(_some(THEMES[:3])),
        published=draw(st.one_of(st.none(), st.just(effective))),
        effective=draw(st.one_of(st.none(), st.just(effective))),
        valid_until=draw(st.one_of(st.none(), st.just(valid_until))),
        status=DocumentStatus(**status),
        conditions=draw(st.one_of(st.just(ALWAYS), conditions(3))),
    )


SOURCES = st.sampled_from(Source)


@cache
@st.composite
def sourced_profiles(draw: st.DrawFn) -> EnterpriseProfile:
    """A profile as it is stored: named, with the source and date of every fact."""
    profile = draw(profiles())
    facts = {key: replace(known, source=draw(SOURCES), as_of=draw(_MAYBE_DAYS)) for key, known in profile.facts.items()}
    return EnterpriseProfile(
        draw(st.sampled_from((None, "914403001922038216"))), draw(st.one_of(st.none(), TEXTS)), facts
    )
