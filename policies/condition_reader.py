"""Reads conditions from plain data (YAML, JSON), naming every defect at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any as AnyValue

from policies.conditions import (
    ALWAYS,
    LAST_YEAR,
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
    Leaf,
    Not,
    NotReceived,
    OneOf,
    Over,
    Period,
    Within,
    Year,
)
from policies.industries import read_industry
from policies.problems import Problems, shown
from policies.quantities import normalise, read_date, read_number, read_rate
from policies.receipts import ITEM_REF, read_repeat
from policies.reference import Reference
from policies.vocabulary import Fact, FactType, UnknownFact

Data = Mapping[str, AnyValue]

MAX_DEPTH = 128
MAX_NODES = 5_000
MAX_SPAN = 20
MAX_PERIOD_YEARS = 1_000  # 9,999 months stay below it; the calendar starts in year 1

GROUPS = ("all", "any", "not", "at_least")
RECEIVED_KEYS = ("items", "groups", "repeat", "name")
BOUND_KEYS = ("at_least", "at_most", "more_than", "less_than", "equals")
DATE_KEYS = ("on_or_after", "on_or_before", "within_last", "at_least_ago", "in_year")
QUALIFICATION_KEYS = ("held", "level_at_least", "obtained", "first_time", "must_be_valid")
NAMED_YEARS = MappingProxyType({"this": 0, "last": -1, "before_last": -2})

# The operators each type of fact understands; the published schema is printed from this table too.
OPERATORS: Mapping[FactType, tuple[str, ...]] = MappingProxyType(
    {
        **{kind: BOUND_KEYS for kind in FactType if kind.is_numeric},
        FactType.BOOLEAN: ("is",),
        FactType.CHOICE: ("is", "in"),
        FactType.CHOICES: ("includes", "includes_all", "excludes"),
        FactType.REGION: ("within",),
        FactType.ZONE: ("within",),
        FactType.INDUSTRY: ("within",),
        FactType.DATE: DATE_KEYS,
        FactType.QUALIFICATION: QUALIFICATION_KEYS,
        FactType.TEXT: (),
        FactType.RECEIPTS: (),
    }
)
ANNUAL_KEYS = ("year", "over", "growth")
_PERIOD = re.compile(r"(\d{1,4})\s*(years?|months?|days?|年|个月|月|天|日)")
_UNITS = {
    "year": "years",
    "年": "years",
    "month": "months",
    "个月": "months",
    "月": "months",
    "day": "days",
    "天": "days",
    "日": "days",
}


@dataclass(slots=True)
class ConditionReader:
    """Reads conditions, collecting problems. A part that cannot be read becomes None and is left out."""

    reference: Reference
    problems: Problems
    nodes: int = field(default=0)

    def read_optional(self, data: object, where: str) -> Condition:
        """A condition that may be left out: then everything meets it."""
        return ALWAYS if data is None else self.read(data, where) or ALWAYS

    def read(self, data: object, where: str, depth: int = 1) -> Condition | None:
        """A condition from its data, or None after the problem has been noted."""
        self.nodes += 1
        if depth > MAX_DEPTH:
            return self._fail(where, "条件嵌套过深", f"最多嵌套 {MAX_DEPTH} 层")
        if self.nodes > MAX_NODES:
            if self.nodes == MAX_NODES + 1:
                self._fail(where, "条件过多", f"一个文件最多 {MAX_NODES} 个条件")
            return None
        if not isinstance(data, Mapping):
            return self._fail(where, f"写成了 {shown(data)}", "应为一个条件，如 {fact: revenue, at_least: 5000000}")
        heads = [key for key in ("fact", "judged", "not_received", *GROUPS) if key in data]
        if "fact" in data:
            return self._leaf(data, where)
        if len(heads) != 1:
            return self._fail(
                where,
                f"出现了 {shown('、'.join(map(str, data)))}",
                "应恰好有 fact、judged、not_received、all、any、not、at_least 中的一个",
            )
        return self._group(heads[0], data, where, depth)

    def _fail(self, where: str, found: str, expected: str) -> None:
        self.problems.add(where, found, expected)

    def _group(self, head: str, data: Data, where: str, depth: int) -> Condition | None:
        allowed = {head, "clause"} if head in ("judged", "not_received") else {head}
        self._no_extras(data, allowed, where)
        body = data[head]
        if head == "judged":
            text = self._text(body, f"{where}.judged")
            return None if text is None else Judged(text, self._clause(data, where))
        if head == "not_received":
            return self._not_received(body, f"{where}.not_received", self._clause(data, where))
        if head == "not":
            part = self.read(body, f"{where}.not", depth + 1)
            return None if part is None else Not(part)
        if head == "at_least":
            return self._at_least(body, f"{where}.at_least", depth)
        parts = self._parts(body, f"{where}.{head}", depth)
        return All(parts) if head == "all" else Any(parts)

    def _not_received(self, body: object, where: str, clause: str | None) -> NotReceived | None:
        if not isinstance(body, Mapping):
            return self._fail(
                where, f"写成了 {shown(body)}", "应为 {items: [政策/事项], groups: [互斥组], repeat: once}"
            )
        self._no_extras(body, set(RECEIVED_KEYS), where)
        names = [body.get(key, []) for key in ("items", "groups")]
        for key, listed in zip(("items", "groups"), names, strict=True):
            if not isinstance(listed, list) or not all(isinstance(each, str) and each.strip() for each in listed):
                return self._fail(f"{where}.{key}", f"写成了 {shown(listed)}", "应为文字列表")
        if not any(names):
            return self._fail(where, "没有写 items 或 groups", "应至少写一个事项或互斥组")
        for number, ref in enumerate(names[0]):
            if not ITEM_REF.fullmatch(ref):
                return self._fail(f"{where}.items.{number}", f"写成了 {shown(ref)}", "应为“政策/事项”的编号")
        name = None if body.get("name") is None else self._text(body["name"], f"{where}.name")
        try:
            repeat = read_repeat(body.get("repeat", "once"))
            return NotReceived(tuple(names[0]), tuple(names[1]), repeat, name, clause)
        except ValueError as error:
            return self._fail(f"{where}.repeat", f"写成了 {shown(body['repeat'])}", str(error))

    def _at_least(self, body: object, where: str, depth: int) -> Condition | None:
        if not isinstance(body, Mapping):
            return self._fail(where, f"写成了 {shown(body)}", "应为 {k: 2, of: [条件, 条件, …]}")
        self._no_extras(body, {"k", "of"}, where)
        parts = self._parts(body.get("of"), f"{where}.of", depth)
        count = body.get("k")
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= max(1, len(parts)):
            return self._fail(f"{where}.k", f"写成了 {shown(count)}", f"应为 1 到 {len(parts)} 之间的整数")
        return AtLeast(count, parts)

    def _parts(self, body: object, where: str, depth: int) -> tuple[Condition, ...]:
        if not isinstance(body, list) or not body:
            self._fail(where, f"写成了 {shown(body)}", "应为至少有一个条件的列表")
            return ()
        read = (self.read(part, f"{where}.{number}", depth + 1) for number, part in enumerate(body))
        return tuple(part for part in read if part is not None)

    def _no_extras(self, data: Data, allowed: set[str], where: str) -> None:
        for key in data:
            if key not in allowed:
                self._fail(f"{where}.{key}", f"多出了 {shown(key)}", f"这里可以写：{'、'.join(sorted(allowed))}")

    def _text(self, raw: object, where: str) -> str | None:
        if not isinstance(raw, str) or not raw.strip():
            return self._fail(where, f"写成了 {shown(raw)}", "应为一句话")
        return raw.strip()

    def _clause(self, data: Data, where: str) -> str | None:
        return None if data.get("clause") is None else self._text(data["clause"], f"{where}.clause")

    # ------------------------------------------------------------------ leaves

    def _leaf(self, data: Data, where: str) -> Leaf | None:
        try:
            fact = self.reference.fact(str(data["fact"]))
        except UnknownFact as unknown:
            return self._fail(f"{where}.fact", unknown.found, unknown.expected)
        allowed = {"fact", "clause", *OPERATORS[fact.type], *(ANNUAL_KEYS if fact.annual else ())}
        self._no_extras(data, allowed, where)
        clause = self._clause(data, where)
        try:
            return _READERS[fact.type](self, fact, data, where, clause)
        except ValueError as error:
            written = "，".join(f"{key}: {value}" for key, value in data.items() if key not in ("fact", "clause"))
            return self._fail(where, f"“{fact.label}”的条件写成了 {shown(written, 80)}", str(error))

    def _number(self, fact: Fact, raw: object) -> Decimal:
        number = read_rate(raw) if fact.type is FactType.RATE else read_number(raw, fact.unit)
        if (fact.max is not None and number > fact.max) or (fact.min is not None and number < fact.min):
            raise ValueError(f"数值 {shown(raw)} 超出了“{fact.label}”的合理范围（{fact.min} 至 {fact.max}）")
        return number

    def _bounds(self, data: Data, read: Callable[[object], Decimal]) -> Bounds:
        """Bounds from at_least / more_than and at_most / less_than, or equals."""
        given = {key: read(data[key]) for key in BOUND_KEYS if key in data}
        if not given:
            raise ValueError(f"缺少比较方式，应有 {'、'.join(BOUND_KEYS)} 之一")
        if "equals" in given:
            if len(given) > 1:
                raise ValueError("equals 不能与其他比较方式同时使用")
            return Bounds(given["equals"], given["equals"])
        if {"at_least", "more_than"} <= given.keys() or {"at_most", "less_than"} <= given.keys():
            raise ValueError("同一端只能写一个界限")
        low = given.get("at_least", given.get("more_than"))
        high = given.get("at_most", given.get("less_than"))
        bounds = Bounds(low, high, "more_than" not in given, "less_than" not in given)
        both = bounds.low_included and bounds.high_included
        if low is not None and high is not None and (low > high or (low == high and not both)):
            raise ValueError("下限高于上限，永远不会满足")
        return bounds

    def _numeric(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        year = read_year(data["year"]) if "year" in data else None
        if "growth" in data:
            if "over" in data or any(key in data for key in BOUND_KEYS):
                raise ValueError("growth 不能与 over 或其他比较方式同时使用")
            return self._growth(fact, data["growth"], year, clause)
        over = _read_over(data["over"]) if "over" in data else None
        is_ratio = fact.derived is not None and fact.derived.by == "ratio"
        if over is not None and (over.take == "pooled") > is_ratio:
            raise ValueError("pooled 只用于由两项相除得到的比率")
        if over is not None and over.take == "total":
            return Compare(fact.key, self._bounds(data, read_number), year, over, clause)
        return Compare(fact.key, self._bounds(data, lambda raw: self._number(fact, raw)), year, over, clause)

    def _growth(self, fact: Fact, body: object, year: Year | None, clause: str | None) -> Growth:
        if not isinstance(body, Mapping):
            raise ValueError("growth 应写成 {at_least: 0.2} 或 {at_least: 0.2, years: 2}")
        span = body.get("years", 1)
        if not isinstance(span, int) or isinstance(span, bool) or not 1 <= span <= MAX_SPAN:
            raise ValueError(f"growth 的 years 应为 1 到 {MAX_SPAN} 的整数")
        if extras := set(map(str, body)) - {"years", *BOUND_KEYS}:
            raise ValueError(f"growth 里多出了 {'、'.join(sorted(extras))}")
        return Growth(fact.key, self._bounds(body, read_rate), year or LAST_YEAR, span, clause)

    def _boolean(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        if not isinstance(data.get("is"), bool):
            raise ValueError("应写 is: true 或 is: false")
        return Is(fact.key, data["is"], clause)

    def _choice(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        if ("is" in data) == ("in" in data):
            raise ValueError("应写 is: 一个选项，或 in: [几个选项]")
        raw = [data["is"]] if "is" in data else data["in"]
        return OneOf(fact.key, self._options(fact, raw), clause)

    def _choices(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        given = [key for key in OPERATORS[FactType.CHOICES] if key in data]
        if len(given) != 1:
            raise ValueError("应写 includes、includes_all、excludes 之一")
        raw = data[given[0]]
        values = self._options(fact, raw if isinstance(raw, list) else [raw])
        if given[0] == "includes_all":
            return Includes(fact.key, values, "all", clause)
        return Includes(fact.key, values, "any" if given[0] == "includes" else "none", clause)

    def _options(self, fact: Fact, raw: object) -> tuple[str, ...]:
        known = [option.key for option in fact.options]
        if not isinstance(raw, list) or not raw:
            raise ValueError("应为至少有一个选项的列表")
        for value in raw:
            if value not in known:
                raise ValueError(f"没有选项 {shown(value)}，可选：{'、'.join(known)}")
        return tuple(dict.fromkeys(raw))

    def _tree(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        raw = data.get("within")
        codes = raw if isinstance(raw, list) else [raw]
        if raw is None or not codes:
            raise ValueError("应写 within: 代码，或 within: [几个代码]")
        read: Callable[[object], str] = self.reference.regions.read
        if fact.type is FactType.INDUSTRY:
            tree = self.reference.industries
            return Within(fact.key, tuple(dict.fromkeys(read_industry(code, tree) for code in codes)), clause)
        return Within(fact.key, tuple(dict.fromkeys(read(code) for code in codes)), clause)

    def _date(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        return DateIn(fact.key, read_date_range(data), clause)

    def _qualification(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        if not any(key in data for key in QUALIFICATION_KEYS):
            raise ValueError(f"应写 {'、'.join(QUALIFICATION_KEYS)} 中的一个或几个")
        if data.get("held", True) is not True:
            raise ValueError("要求没有某项资质时，请写 not: {fact: …, held: true}")
        level = data.get("level_at_least")
        if level is not None and level not in [option.key for option in fact.levels]:
            raise ValueError(
                f"没有级别 {shown(level)}，可选：{'、'.join(option.key for option in fact.levels) or '（不分级）'}"
            )
        for key in ("first_time", "must_be_valid"):
            if key in data and not isinstance(data[key], bool):
                raise ValueError(f"{key} 应为 true 或 false")
        obtained = None
        if "obtained" in data:
            if not isinstance(data["obtained"], Mapping):
                raise ValueError("obtained 应写成 {in_year: last} 或 {on_or_after: 2025-01-01}")
            if extras := set(map(str, data["obtained"])) - set(DATE_KEYS):
                raise ValueError(f"obtained 里多出了 {'、'.join(sorted(extras))}")
            obtained = read_date_range(data["obtained"])
        return Holds(fact.key, level, obtained, data.get("first_time"), data.get("must_be_valid", True), clause)

    def _no_conditions(self, fact: Fact, data: Data, where: str, clause: str | None) -> Leaf | None:
        raise ValueError("文字信息只用于排序，不能作为申报条件")


_Reader = Callable[[ConditionReader, Fact, Data, str, str | None], Leaf | None]
_READERS: Mapping[FactType, _Reader] = MappingProxyType(
    {
        **{kind: ConditionReader._numeric for kind in FactType if kind.is_numeric},
        FactType.BOOLEAN: ConditionReader._boolean,
        FactType.CHOICE: ConditionReader._choice,
        FactType.CHOICES: ConditionReader._choices,
        FactType.REGION: ConditionReader._tree,
        FactType.ZONE: ConditionReader._tree,
        FactType.INDUSTRY: ConditionReader._tree,
        FactType.DATE: ConditionReader._date,
        FactType.QUALIFICATION: ConditionReader._qualification,
        FactType.TEXT: ConditionReader._no_conditions,
        FactType.RECEIPTS: ConditionReader._no_conditions,
    }
)


def read_year(raw: object) -> Year:
    """``last``, ``this``, ``before_last``, a year such as 2025, or -3 for three years back. Raises ValueError."""
    if isinstance(raw, str) and raw in NAMED_YEARS:
        return Year(NAMED_YEARS[raw])
    if isinstance(raw, int) and not isinstance(raw, bool) and (1990 <= raw <= 2100 or -MAX_SPAN <= raw <= 0):
        return Year(raw)
    raise ValueError(f"年份 {shown(raw)} 应为 last、this、before_last 或四位年份")


def _read_over(raw: object) -> Over:
    if not isinstance(raw, Mapping) or set(raw) != {"years", "take"}:
        raise ValueError("over 应写成 {years: 2, take: total / average / each}")
    years, take = raw["years"], raw["take"]
    if not isinstance(years, int) or isinstance(years, bool) or not 2 <= years <= MAX_SPAN:
        raise ValueError(f"over 的 years 应为 2 到 {MAX_SPAN} 的整数")
    if take not in ("total", "average", "each", "pooled"):
        raise ValueError("over 的 take 应为 total、average、each、pooled 之一")
    return Over(years, take)


def read_period(raw: object) -> Period:
    """``3 years``, ``6 months``, ``30 days``, or the same in Chinese. Raises ValueError."""
    matched = _PERIOD.fullmatch(normalise(str(raw)))
    if not matched:
        raise ValueError(f"期间 {shown(raw)} 应写成 3 years、6 months、30 days")
    unit, amount = _UNITS[matched[2].removesuffix("s")], int(matched[1])
    if unit == "years" and amount > MAX_PERIOD_YEARS:
        raise ValueError(f"期间 {shown(raw)} 过长，最多 {MAX_PERIOD_YEARS} 年")
    return Period(**{unit: amount})


def read_date_range(data: Data) -> DateRange:
    """A date range from on_or_after / on_or_before / within_last / at_least_ago / in_year. Raises ValueError."""
    given = [key for key in DATE_KEYS if key in data]
    pairs = {"on_or_after", "on_or_before"}
    if not given or (len(given) > 1 and set(given) != pairs):
        raise ValueError(f"应写 {'、'.join(DATE_KEYS)} 之一（前两个可以同时写）")
    if "in_year" in data:
        year = read_year(data["in_year"])
        return DateRange(DayMark(year=year, edge="first"), DayMark(year=year, edge="last"))
    if "within_last" in data:
        return DateRange(DayMark(ago=read_period(data["within_last"])), DayMark(ago=Period()))
    if "at_least_ago" in data:
        return DateRange(None, DayMark(ago=read_period(data["at_least_ago"])))
    first = DayMark(fixed=read_date(data["on_or_after"])) if "on_or_after" in data else None
    last = DayMark(fixed=read_date(data["on_or_before"])) if "on_or_before" in data else None
    if first and last and first.fixed and last.fixed and first.fixed > last.fixed:
        raise ValueError("开始日期晚于结束日期，永远不会满足")
    return DateRange(first, last)
