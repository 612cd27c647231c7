"""Profiles as plain data: reading what people and other systems hand in, with every defect named, and writing back.

Shape: ``{"code": …, "name": …, "facts": {key: value}}``. A value is bare or ``{"value", "source", "as_of"}``; an annual
fact is a mapping from year to such values; a qualification is ``{"held", "level", "obtained", "valid_until",
"first_time"}``. ``null`` means unknown and is left out.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from policies.condition_data import number_data
from policies.credit_code import BadCreditCode, read_credit_code
from policies.industries import read_industry
from policies.problems import Problem, Problems, shown
from policies.profile import EnterpriseProfile, FactKey, Known, Qualification, Value
from policies.quantities import is_clean, normalise, read_date, read_number, read_rate
from policies.receipts import ITEM_REF, Receipt, in_order
from policies.reference import Reference
from policies.regions import NOT_IN_A_ZONE
from policies.vocabulary import Fact, FactType, Source, UnknownFact, Vocabulary

T = TypeVar("T")

MAX_TEXT = 5_000
EARLIEST_YEAR = 1990
_YES = frozenset({"是", "有", "true", "yes", "y", "1"})
_NO = frozenset({"否", "无", "没有", "false", "no", "n", "0"})
_QUALIFICATION_PARTS: Mapping[str, str] = {
    "held": "是否具备",
    "level": "级别",
    "obtained": "取得日期",
    "valid_until": "有效期至",
    "first_time": "是否首次",
}
_RECEIPT_PARTS = ("item", "on", "amount", "groups")
MAX_RECEIPTS = 500
_NOT_IN_A_NAME = ("Cc", "Cs", "Zl", "Zp")  # control characters, lone surrogates, line and paragraph breaks
_NOTHING_KNOWN = EnterpriseProfile()
# Dates that only name an event in the past.
_PAST_DATES = frozenset({"founded_on", "converted_from_individual_on", "entered_register_on", "team_recruited_on"})


@dataclass(frozen=True, slots=True)
class ProfileReader:
    """Reads profiles against the vocabulary as of `today`: what is dated or counted after it is a defect.

    With a `former` profile the data is what changes in it: whatever the data does not say, or says wrongly, stays.
    """

    reference: Reference
    problems: Problems
    today: date
    former: EnterpriseProfile = _NOTHING_KNOWN

    def read(self, data: object, where: str = "") -> EnterpriseProfile | None:
        """A profile from its data; None when the data is no profile at all. Facts that cannot be read are left out."""
        if not isinstance(data, Mapping):
            self.problems.add(where, _found(data), "应为企业信息对象")
            return None
        prefix = f"{where}." if where else ""
        for key in data:
            if key not in ("code", "name", "facts"):
                self.problems.add(f"{prefix}{key}", f"多出了 {shown(key)}", "这里可以写 code、name、facts")
        name = self._name(data.get("name"), f"{prefix}name")
        facts = {**self.former.facts, **self.read_facts(data.get("facts", {}), f"{prefix}facts")}
        return EnterpriseProfile(self._code(data.get("code"), f"{prefix}code"), name, facts)

    def _name(self, raw: object, where: str) -> str | None:
        if raw is None:
            return self.former.name
        if isinstance(raw, str):
            name = raw.strip()
            if 1 <= len(name) <= 200 and not any(unicodedata.category(each) in _NOT_IN_A_NAME for each in name):
                return name
        self.problems.add(where, _found(raw), "应为 1 到 200 字的企业名称，写在一行里")
        return self.former.name

    def _code(self, raw: object, where: str) -> str | None:
        if raw is None:
            return self.former.code
        try:
            return read_credit_code(raw).text
        except BadCreditCode as error:
            self.problems.add(where, _found(raw), str(error))
            return None

    def read_facts(self, data: object, where: str) -> dict[FactKey, Known]:
        """The facts that could be read, keyed by (fact, year)."""
        if not isinstance(data, Mapping):
            self.problems.add(where, _found(data), "应为“信息项: 值”的列表")
            return {}
        facts: dict[FactKey, Known] = {}
        for key, raw in data.items():
            place = f"{where}.{key}"
            fact = self._fact(str(key), place)
            if fact is None or raw is None:
                continue
            if not fact.annual:
                self._add(facts, (fact.key, None), fact, raw, place)
                continue
            if not isinstance(raw, Mapping) or not raw:
                self.problems.add(place, _found(raw), "应按年份填写，如 {2025: 4620000}")
                continue
            for year, value in raw.items():
                number = self._year(year, f"{place}.{year}")
                if (fact.key, number) in facts:
                    self.problems.add(f"{place}.{year}", f"{number} 年写了两次", "每年只能有一个值")
                elif number is not None and value is not None:
                    self._add(facts, (fact.key, number), fact, value, f"{place}.{year}")
        return facts

    def _fact(self, key: str, where: str) -> Fact | None:
        try:
            fact = self.reference.fact(key)
        except UnknownFact as unknown:
            self.problems.add(where, unknown.found, unknown.expected)
            return None
        if fact.derived is not None:
            inputs = "、".join(self.reference.fact(name).label for name in self.reference.vocabulary.base_inputs(key))
            self.problems.add(where, f"“{fact.label}”由系统计算", f"请填写：{inputs}")
            return None
        return fact

    def _year(self, raw: object, where: str) -> int | None:
        try:
            year = read_number(raw, "年")
        except ValueError:
            year = Decimal(0)
        if EARLIEST_YEAR <= year <= self.today.year and year == year.to_integral_value():
            return int(year)
        self.problems.add(where, f"年份{_found(raw)}", f"应为 {EARLIEST_YEAR} 到 {self.today.year} 的年份")
        return None

    def _add(self, facts: dict[FactKey, Known], key: FactKey, fact: Fact, raw: object, where: str) -> None:
        source: Source = Source.ENTERPRISE
        as_of = None
        if isinstance(raw, Mapping) and "value" in raw:
            origin = self._origin(raw, where)
            if origin is None:
                return
            (source, as_of), raw = origin, raw["value"]
        try:
            facts[key] = Known(self.read_value(fact, raw), source, as_of)
        except ValueError as error:
            self.problems.add(where, f"“{fact.label}”{_found(raw)}", str(error))

    def _origin(self, raw: Mapping[Any, Any], where: str) -> tuple[Source, date | None] | None:
        """Who says so, and of which day it is true; None when that cannot be read."""
        try:
            source = Source(raw.get("source", Source.ENTERPRISE))
        except ValueError:
            return self.problems.add(where, f"来源{_found(raw['source'])}", f"source 应为 {'、'.join(Source)}")
        try:
            as_of = None if raw.get("as_of") is None else read_date(raw["as_of"])
        except ValueError as error:
            return self.problems.add(where, f"日期{_found(raw['as_of'])}", f"as_of {error}")
        if as_of is not None and as_of > self.today:
            return self.problems.add(where, f"日期{_found(as_of)}", "as_of 不能在今天之后，请检查")
        return source, as_of

    def read_value(self, fact: Fact, raw: object) -> Value:
        """One value of one fact. Raises ValueError worded in Chinese."""
        if fact.type.is_numeric:
            return self._number(fact, raw)
        return _READERS[fact.type](self, fact, raw)

    def _number(self, fact: Fact, raw: object) -> Decimal:
        number = read_rate(raw) if fact.type is FactType.RATE else read_number(raw, fact.unit)
        if fact.type is FactType.COUNT and number != number.to_integral_value():
            raise ValueError("应为整数")
        if fact.min is not None and number < fact.min:
            raise ValueError("不能是负数" if fact.min == 0 else f"不能小于 {fact.min}")
        if fact.max is not None and number > fact.max:
            hint = "，百分数请带上 %，如 5%" if fact.type is FactType.RATE else "，请检查单位（本项按元、人等填写）"
            raise ValueError(f"数值过大，不合常理{hint}")
        return number

    def _boolean(self, fact: Fact, raw: object) -> Value:
        if isinstance(raw, bool):
            return raw
        text = normalise(str(raw)).lower()
        if text in _YES or text in _NO:
            return text in _YES
        raise ValueError("应为“是”或“否”")

    def _date(self, fact: Fact, raw: object) -> Value:
        day = read_date(raw)
        if fact.key in _PAST_DATES and day > self.today:
            raise ValueError("日期在今天之后，请检查")
        if not 1900 <= day.year <= self.today.year + 50:
            raise ValueError("年份不合常理，请检查")
        return day

    def _text(self, fact: Fact, raw: object) -> Value:
        if not isinstance(raw, str) or len(raw) > MAX_TEXT or not is_clean(raw):
            raise ValueError(f"应为不超过 {MAX_TEXT} 字的文字")
        return raw.strip()

    def _choice(self, fact: Fact, raw: object) -> Value:
        text = normalise(str(raw))
        for option in fact.options:
            if text in (option.key, normalise(option.label)):
                return option.key
        raise ValueError(f"应为：{'、'.join(option.label for option in fact.options)}")

    def _choices(self, fact: Fact, raw: object) -> Value:
        parts = (
            raw if isinstance(raw, (list, tuple, set, frozenset)) else normalise(str(raw)).replace("，", ",").split(",")
        )
        return frozenset(str(self._choice(fact, part)) for part in parts)

    def _region(self, fact: Fact, raw: object) -> Value:
        code = self.reference.regions.read(raw)
        if fact.second_place is not None and code in self.reference.regions.zones:
            second = self.reference.fact(fact.second_place).label
            raise ValueError(f"这是功能区，请填所在的县（市、区），功能区填在“{second}”")
        return code

    def _zone(self, fact: Fact, raw: object) -> Value:
        if normalise(str(raw)) in (NOT_IN_A_ZONE, "不在功能区"):
            return NOT_IN_A_ZONE
        code = self.reference.regions.read(raw)
        if code not in self.reference.regions.zones:
            raise ValueError(f"应为：{'、'.join(self.reference.zone_names.values())}，或“不在功能区”")
        return code

    def _industry(self, fact: Fact, raw: object) -> Value:
        return read_industry(raw, self.reference.industries)

    def _qualification(self, fact: Fact, raw: object) -> Value:
        if not isinstance(raw, Mapping):
            raw = {"held": self._boolean(fact, raw)}
        if extras := set(map(str, raw)) - set(_QUALIFICATION_PARTS):
            raise ValueError(f"多出了 {'、'.join(sorted(extras))}，可以写：{'、'.join(_QUALIFICATION_PARTS)}")
        held = bool(_part("held", raw.get("held", True), lambda part: self._boolean(fact, part)))
        former = self._former_parts(fact) if held else {}
        parts = {**former, **{name: part for name, part in raw.items() if part is not None}}
        level = _part("level", parts.get("level"), lambda part: _level(fact, part))
        obtained = _part("obtained", parts.get("obtained"), read_date)
        until = _part("valid_until", parts.get("valid_until"), read_date)
        first = _part("first_time", parts.get("first_time"), lambda part: bool(self._boolean(fact, part)))
        if obtained is not None and obtained > self.today:
            raise ValueError("取得日期在今天之后，请检查")
        if obtained is not None and until is not None and until < obtained:
            raise ValueError(f"有效期（至 {until}）早于取得日期（{obtained}），请检查")
        return Qualification(held, level, obtained, until, first)

    def _receipts(self, fact: Fact, raw: object) -> Value:
        """A list of receipts; an empty one says that nothing was received."""
        if isinstance(raw, str):
            raw = _receipts_of_a_cell(raw)
        if not isinstance(raw, list) or len(raw) > MAX_RECEIPTS:
            raise ValueError(f"应为不超过 {MAX_RECEIPTS} 条领取记录的列表，没有领过请填“没有”")
        return in_order(self._receipt(row) for row in raw)

    def _receipt(self, raw: object) -> Receipt:
        if not isinstance(raw, Mapping) or not {"item", "on"} <= set(raw) <= set(_RECEIPT_PARTS):
            raise ValueError(f"每条领取记录应写 item 和 on，可以写：{'、'.join(_RECEIPT_PARTS)}")
        item, groups = raw["item"], raw.get("groups")
        if not isinstance(item, str) or not ITEM_REF.fullmatch(item):
            raise ValueError("item 应为“政策/事项”的编号，如 sd-tech-upgrade-2021/equipment-award")
        if groups is not None and not (
            isinstance(groups, list) and all(isinstance(each, str) and is_clean(each) for each in groups)
        ):
            raise ValueError("groups 应为文字列表")
        on = _part("on", raw["on"], read_date)
        if on is None or on > self.today:
            raise ValueError("领取日期在今天之后，请检查")
        amount = _part("amount", raw.get("amount"), lambda part: read_number(part, "元"))
        if amount is not None and amount < 0:
            raise ValueError("领取金额不能是负数")
        return Receipt(item, on, amount, None if groups is None else tuple(sorted(set(groups))))

    def _former_parts(self, fact: Fact) -> dict[str, Any]:
        """What is known already of a qualification that was held."""
        known = self.former.known(fact.key)
        if known is None or not isinstance(known.value, Qualification) or not known.value.held:
            return {}
        return {name: getattr(known.value, name) for name in _QUALIFICATION_PARTS}


def years_before_founding(profile: EnterpriseProfile, vocabulary: Vocabulary) -> Iterator[Problem]:
    """A warning for every figure of a year in which the enterprise did not exist yet, as far as that is known."""
    founded = profile.known("founded_on")
    if founded is None or not isinstance(founded.value, date):
        return
    for key, year in profile.facts:
        if year is not None and year < founded.value.year:
            found = f"成立于 {founded.value.year} 年，不会有 {year} 年的{vocabulary.fact(key).label}"
            yield Problem(f"facts.{key}.{year}", found, "请检查", warning=True)


def _part(name: str, raw: object, read: Callable[[object], T]) -> T | None:
    """One part of a value of several parts. Raises ValueError that says which."""
    if raw is None and name != "held":
        return None
    try:
        return read(raw)
    except ValueError as error:
        raise ValueError(f"{_QUALIFICATION_PARTS.get(name, name)}{error}") from None


def _receipts_of_a_cell(text: str) -> object:
    """What a cell of a table says: nothing received, or the list as JSON text."""
    word = normalise(text)
    if word in _NO:
        return []
    try:
        return json.loads(text)
    except ValueError:
        return text


def _level(fact: Fact, raw: object) -> str:
    for level in fact.levels:
        if str(raw) in (level.key, level.label):
            return level.key
    raise ValueError(f"应为：{'、'.join(level.label for level in fact.levels) or '（不分级）'}")


def _found(raw: object) -> str:
    """What stood there, in words: nobody should have to read a program's notation."""
    words = _words(raw)
    return f"写成了 {shown(words)}" if words.strip() else "没有填写"


def _words(raw: object, *, inner: bool = False) -> str:
    match raw:
        case None:
            return "空" if inner else ""
        case bool():
            return "是" if raw else "否"
        case Mapping() | list() | tuple() | set() | frozenset() if inner:
            return "多项"
        case Mapping():
            return "、".join(
                f"{_QUALIFICATION_PARTS.get(str(key), key)}：{_words(part, inner=True)}" for key, part in raw.items()
            )
        case list() | tuple() | set() | frozenset():
            return "、".join(_words(part, inner=True) for part in raw)
    return str(raw)


_READERS: Mapping[FactType, Callable[[ProfileReader, Fact, object], Value]] = {
    FactType.BOOLEAN: ProfileReader._boolean,
    FactType.DATE: ProfileReader._date,
    FactType.TEXT: ProfileReader._text,
    FactType.CHOICE: ProfileReader._choice,
    FactType.CHOICES: ProfileReader._choices,
    FactType.REGION: ProfileReader._region,
    FactType.ZONE: ProfileReader._zone,
    FactType.INDUSTRY: ProfileReader._industry,
    FactType.QUALIFICATION: ProfileReader._qualification,
    FactType.RECEIPTS: ProfileReader._receipts,
}


def value_data(value: Value) -> Any:
    """A value as JSON data."""
    match value:
        case bool() | str():
            return value
        case Decimal():
            return number_data(value)
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case Qualification():
            return _parts_data({name: getattr(value, name) for name in _QUALIFICATION_PARTS})
        case tuple():
            return [_parts_data({name: getattr(receipt, name) for name in _RECEIPT_PARTS}) for receipt in value]


def _parts_data(parts: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of several parts."""
    known = {name: part for name, part in parts.items() if part is not None}
    return {name: list(part) if name == "groups" else value_data(part) for name, part in known.items()}


def profile_data(profile: EnterpriseProfile) -> dict[str, Any]:
    """The canonical data of a profile; reading it gives the same profile back."""
    facts: dict[str, Any] = {}
    for (key, year), known in sorted(profile.facts.items(), key=lambda entry: (entry[0][0], entry[0][1] or 0)):
        entry: dict[str, Any] = {"value": value_data(known.value), "source": known.source.value}
        if known.as_of is not None:
            entry["as_of"] = known.as_of.isoformat()
        if year is None:
            facts[key] = entry
        else:
            facts.setdefault(key, {})[str(year)] = entry
    data: dict[str, Any] = {"facts": facts}
    if profile.name is not None:
        data = {"name": profile.name, **data}
    if profile.code is not None:
        data = {"code": profile.code, **data}
    return data
