"""Benefits as plain data: reading with every defect named, and writing back the same."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

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
from policies.condition_data import condition_data, number_data, year_data
from policies.condition_reader import ConditionReader, read_year
from policies.conditions import ALWAYS
from policies.problems import Problems, shown
from policies.quantities import read_number, read_rate
from policies.vocabulary import FactType, UnknownFact

Data = Mapping[str, Any]

_COMMON = ("form", "kind", "text", "cap", "floor", "discretionary", "period")
# The keys of each kind: required first, then optional. The published schema is printed from this table too.
KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "fixed": (("amount",), ()),
        "range": (("from", "to"), ()),
        "up_to": (("amount",), ()),
        "rate": (("rate", "of"), ("times",)),
        "per_unit": (("amount", "of"), ()),
        "tiers": (("by", "tiers"), ()),
        "table": (("rows",), ("pick",)),
        "interest": (("principal",), ("rate", "share", "loan_rate", "months", "months_fact", "principal_cap")),
        "not_money": ((), ()),
    }
)
MAX_TABLE_DEPTH = 4
MAX_AMOUNT = Decimal(10**13)  # ten trillion yuan: more than any fund, so a slip of the unit
OTHERWISE = ALWAYS


@dataclass(slots=True)
class BenefitReader:
    """Reads benefits, collecting problems; conditions in tables are read by the reader handed in."""

    conditions: ConditionReader
    problems: Problems

    def read(self, data: object, where: str) -> Benefit | None:
        if not isinstance(data, Mapping):
            self.problems.add(
                where, f"写成了 {shown(data)}", "应为支持标准，如 {form: award, kind: fixed, amount: 100000, text: …}"
            )
            return None
        formula = self._formula(data, where, _COMMON, 1)
        try:
            form = Form(data.get("form", ""))
        except ValueError:
            self.problems.add(f"{where}.form", f"写成了 {shown(data.get('form'))}", f"应为 {'、'.join(Form)} 之一")
            return None
        text = data.get("text")
        if not isinstance(text, str) or not text.strip():
            self.problems.add(f"{where}.text", f"写成了 {shown(text)}", "应为一句话的支持标准")
            return None
        period = data.get("period", "once")
        if period not in ("once", "yearly"):
            self.problems.add(f"{where}.period", f"写成了 {shown(period)}", "应为 once 或 yearly")
            return None
        if not isinstance(data.get("discretionary", False), bool):
            self.problems.add(f"{where}.discretionary", f"写成了 {shown(data['discretionary'])}", "应为 true 或 false")
            return None
        cap, floor = self._money(data, "cap", where), self._money(data, "floor", where)
        if cap is not None and floor is not None and floor > cap:
            self.problems.add(f"{where}.floor", "保底高于封顶", "保底应不高于封顶")
        if formula is None:
            return None
        yearly: Literal["once", "yearly"] = "yearly" if period == "yearly" else "once"
        return Benefit(form, formula, text.strip(), cap, floor, data.get("discretionary", False), yearly)

    def _money(self, data: Data, key: str, where: str) -> Decimal | None:
        return None if data.get(key) is None else self._positive(data[key], f"{where}.{key}")

    def _positive(self, raw: object, where: str, read: Callable[[object], Decimal] | None = None) -> Decimal | None:
        try:
            number = (read or (lambda value: read_number(value, "元")))(raw)
            if number < 0:
                raise ValueError("不能是负数")
            if number > MAX_AMOUNT:
                raise ValueError("数值过大，不合常理，请检查单位（金额按元填写）")
        except ValueError as error:
            self.problems.add(where, f"写成了 {shown(raw)}", str(error))
            return None
        return number

    def _formula(self, data: Data, where: str, common: tuple[str, ...], depth: int) -> Formula | None:
        kind = data.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            self.problems.add(f"{where}.kind", f"写成了 {shown(kind)}", f"应为 {'、'.join(KINDS)} 之一")
            return None
        required, optional = KINDS[kind]
        for key in data:
            if key not in (*common, "kind", *required, *optional):
                self.problems.add(
                    f"{where}.{key}", f"多出了 {shown(key)}", f"{kind} 可以写：{'、'.join((*required, *optional))}"
                )
        lacking = [key for key in required if data.get(key) is None]
        for key in lacking:
            self.problems.add(f"{where}.{key}", "没有填写", f"{kind} 必须有 {key}")
        return None if lacking else self._read_kind(kind, data, where, depth)

    def _read_kind(self, kind: str, data: Data, where: str, depth: int) -> Formula | None:
        match kind:
            case "fixed":
                amount = self._money(data, "amount", where)
                return None if amount is None else Fixed(amount)
            case "up_to":
                amount = self._money(data, "amount", where)
                return None if amount is None else UpTo(amount)
            case "range":
                return self._range(data, where)
            case "rate":
                return self._rate(data, where)
            case "per_unit":
                amount, of = self._money(data, "amount", where), self._quantity(data["of"], f"{where}.of")
                return None if amount is None or of is None else PerUnit(amount, of)
            case "tiers":
                return self._tiers(data, where)
            case "table":
                return self._table(data, where, depth)
            case "interest":
                return self._interest(data, where)
            case _:
                return NotMoney()

    def _range(self, data: Data, where: str) -> Range | None:
        low, high = self._money(data, "from", where), self._money(data, "to", where)
        if low is None or high is None:
            return None
        if low > high:
            self.problems.add(where, "from 高于 to", "下限应不高于上限")
            return None
        return Range(low, high)

    def _rate(self, data: Data, where: str) -> Rate | None:
        rate = self._positive(data["rate"], f"{where}.rate", read_rate)
        times = self._positive(data.get("times", 1), f"{where}.times", read_rate)
        of = self._quantity(data["of"], f"{where}.of")
        return None if rate is None or times is None or of is None else Rate(rate, of, times)

    def _tiers(self, data: Data, where: str) -> Tiers | None:
        by = self._quantity(data["by"], f"{where}.by")
        rows = data["tiers"]
        if not isinstance(rows, list) or not rows:
            self.problems.add(f"{where}.tiers", f"写成了 {shown(rows)}", "应为档次列表，如 [{from: 0, amount: 100000}]")
            return None
        steps = [self._tier(row, f"{where}.tiers.{number}") for number, row in enumerate(rows)]
        read = tuple(step for step in steps if step is not None)
        if len(read) != len(steps) or by is None:
            return None
        if any(low.start >= high.start for low, high in itertools.pairwise(read)):
            self.problems.add(f"{where}.tiers", "档次没有由低到高排列", "每一档的 from 应大于上一档")
            return None
        return Tiers(by, read)

    def _tier(self, row: object, where: str) -> Tier | None:
        if not isinstance(row, Mapping) or "from" not in row or ("amount" in row) == ("rate" in row) or len(row) != 2:
            self.problems.add(
                where, f"写成了 {shown(row)}", "应为 {from: 起点, amount: 金额} 或 {from: 起点, rate: 比例}"
            )
            return None
        start = self._positive(row["from"], f"{where}.from", read_rate)
        if "amount" in row:
            amount = self._positive(row["amount"], f"{where}.amount")
            return None if start is None or amount is None else Tier(start, amount)
        rate = self._positive(row["rate"], f"{where}.rate", read_rate)
        return None if start is None or rate is None else Tier(start, None, rate)

    def _table(self, data: Data, where: str, depth: int) -> Table | None:
        rows = data["rows"]
        if depth > MAX_TABLE_DEPTH or not isinstance(rows, list) or not rows:
            self.problems.add(f"{where}.rows", f"写成了 {shown(rows)}", f"应为行列表，最多嵌套 {MAX_TABLE_DEPTH} 层")
            return None
        if data.get("pick", "first") not in ("first", "highest"):
            self.problems.add(f"{where}.pick", f"写成了 {shown(data['pick'])}", "应为 first 或 highest")
            return None
        read = [self._row(row, f"{where}.rows.{number}", depth) for number, row in enumerate(rows)]
        found = tuple(row for row in read if row is not None)
        pick: Literal["first", "highest"] = "highest" if data.get("pick") == "highest" else "first"
        return Table(found, pick) if len(found) == len(read) else None

    def _row(self, row: object, where: str, depth: int) -> Row | None:
        if not isinstance(row, Mapping) or "when" not in row:
            self.problems.add(where, f"写成了 {shown(row)}", "应为 {when: 条件, kind: fixed, amount: 金额}")
            return None
        condition = OTHERWISE if row["when"] == "otherwise" else self.conditions.read(row["when"], f"{where}.when")
        formula = self._formula(row, where, ("when", "cap"), depth + 1)
        cap = self._money(row, "cap", where)
        return None if condition is None or formula is None else Row(condition, formula, cap)

    def _interest(self, data: Data, where: str) -> Interest | None:
        principal = self._quantity(data["principal"], f"{where}.principal")
        if (data.get("rate") is None) == (data.get("share") is None):
            self.problems.add(where, "贴息比例不明确", "应写 rate（贴息利率）或 share（承担利息的比例）之一")
            return None
        if data.get("rate") is not None and data.get("loan_rate") is not None:
            self.problems.add(f"{where}.loan_rate", "与 rate 同时出现", "loan_rate 只与 share 一起写")
            return None
        share = None if data.get("share") is None else self._positive(data["share"], f"{where}.share", read_rate)
        rate = None if data.get("rate") is None else self._positive(data["rate"], f"{where}.rate", read_rate)
        loan_rate = (
            self._quantity(data.get("loan_rate", "loan_rate"), f"{where}.loan_rate") if share is not None else None
        )
        months = data.get("months")
        if months is not None and (not isinstance(months, int) or isinstance(months, bool) or months < 1):
            self.problems.add(f"{where}.months", f"写成了 {shown(months)}", "应为月数")
            return None
        months_fact = None
        if data.get("months_fact") is not None:
            months_fact = self._quantity(data["months_fact"], f"{where}.months_fact")
        cap = self._money(data, "principal_cap", where)
        return None if principal is None else Interest(principal, rate, share, loan_rate, months, months_fact, cap)

    def _quantity(self, raw: object, where: str) -> Quantity | None:
        data: Data = {"fact": raw} if isinstance(raw, str) else raw if isinstance(raw, Mapping) else {}
        extras = set(map(str, data)) - {"fact", "year", "above", "increase"}
        try:
            fact = self.conditions.reference.fact(str(data.get("fact")))
            if extras or not fact.type.is_numeric:
                raise ValueError("应为数字类信息项，或 {fact: …, year: last, above: 起点, increase: true}")
            if ("year" in data or data.get("increase")) and not fact.annual:
                raise ValueError(f"“{fact.label}”不分年度")
            if not isinstance(data.get("increase", False), bool):
                raise ValueError("increase 应为 true 或 false")
            year = read_year(data["year"]) if "year" in data else None
            read = read_rate if fact.type is FactType.RATE else read_number
            above = read(data.get("above", 0))
            if above < 0:
                raise ValueError("above 不能是负数")
            return Quantity(fact.key, year, above, data.get("increase", False))
        except UnknownFact as unknown:
            self.problems.add(where, unknown.found, unknown.expected)
        except ValueError as error:
            self.problems.add(where, f"写成了 {shown(raw)}", str(error))
        return None


# ---------------------------------------------------------------------- writing


def benefit_data(benefit: Benefit) -> dict[str, Any]:
    """The canonical data of a benefit; reading it gives the same benefit back."""
    data: dict[str, Any] = {"form": benefit.form.value, **formula_data(benefit.formula), "text": benefit.text}
    if benefit.cap is not None:
        data["cap"] = number_data(benefit.cap)
    if benefit.floor is not None:
        data["floor"] = number_data(benefit.floor)
    if benefit.discretionary:
        data["discretionary"] = True
    if benefit.period != "once":
        data["period"] = benefit.period
    return data


def formula_data(formula: Formula) -> dict[str, Any]:
    match formula:
        case Fixed(amount):
            return {"kind": "fixed", "amount": number_data(amount)}
        case UpTo(amount):
            return {"kind": "up_to", "amount": number_data(amount)}
        case Range(low, high):
            return {"kind": "range", "from": number_data(low), "to": number_data(high)}
        case Rate(rate, of, times):
            extra = {} if times == 1 else {"times": number_data(times)}
            return {"kind": "rate", "rate": number_data(rate), "of": _quantity_data(of), **extra}
        case PerUnit(amount, of):
            return {"kind": "per_unit", "amount": number_data(amount), "of": _quantity_data(of)}
        case Tiers(by, steps):
            return {"kind": "tiers", "by": _quantity_data(by), "tiers": [_tier_data(step) for step in steps]}
        case Table(rows, pick):
            listed = [_row_data(row) for row in rows]
            return {"kind": "table", "rows": listed, **({"pick": pick} if pick != "first" else {})}
        case Interest():
            return _interest_data(formula)
        case NotMoney():
            return {"kind": "not_money"}


def _row_data(row: Row) -> dict[str, Any]:
    cap = {} if row.cap is None else {"cap": number_data(row.cap)}
    return {"when": _when_data(row), **formula_data(row.formula), **cap}


def _when_data(row: Row) -> Any:
    return "otherwise" if row.when == OTHERWISE else condition_data(row.when)


def _tier_data(step: Tier) -> dict[str, Any]:
    if step.amount is not None:
        return {"from": number_data(step.start), "amount": number_data(step.amount)}
    assert step.rate is not None
    return {"from": number_data(step.start), "rate": number_data(step.rate)}


def _quantity_data(of: Quantity) -> Any:
    data: dict[str, Any] = {"fact": of.fact}
    if of.year is not None:
        data["year"] = year_data(of.year)
    if of.above:
        data["above"] = number_data(of.above)
    if of.increase:
        data["increase"] = True
    return of.fact if len(data) == 1 else data


def _interest_data(interest: Interest) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": "interest", "principal": _quantity_data(interest.principal)}
    if interest.rate is not None:
        data["rate"] = number_data(interest.rate)
    if interest.share is not None:
        data["share"] = number_data(interest.share)
    if interest.loan_rate is not None:
        data["loan_rate"] = _quantity_data(interest.loan_rate)
    if interest.months is not None:
        data["months"] = interest.months
    if interest.months_fact is not None:
        data["months_fact"] = _quantity_data(interest.months_fact)
    if interest.principal_cap is not None:
        data["principal_cap"] = number_data(interest.principal_cap)
    return data
