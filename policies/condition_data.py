"""Conditions as canonical plain data: what is stored, exported and compared. Reading it gives the same condition back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any as AnyValue

from policies.condition_reader import NAMED_YEARS
from policies.conditions import (
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
    Leaf,
    Not,
    NotReceived,
    OneOf,
    Period,
    Within,
    Year,
)
from policies.receipts import repeat_data


def condition_data(condition: Condition) -> dict[str, AnyValue]:
    """The canonical data of a condition; reading it gives the same condition back."""
    match condition:
        case All(parts):
            return {"all": [condition_data(part) for part in parts]}
        case Any(parts):
            return {"any": [condition_data(part) for part in parts]}
        case Not(part):
            return {"not": condition_data(part)}
        case AtLeast(count, parts):
            return {"at_least": {"k": count, "of": [condition_data(part) for part in parts]}}
        case NotReceived(items, groups, repeat, name, clause):
            body = {"items": list(items), "groups": list(groups), "repeat": repeat_data(repeat), "name": name}
            return _with_clause({"not_received": {key: value for key, value in body.items() if value}}, clause)
        case Judged(text, clause):
            return _with_clause({"judged": text}, clause)
        case leaf:
            return _with_clause({"fact": leaf.fact, **_leaf_data(leaf)}, leaf.clause)


def _with_clause(data: dict[str, AnyValue], clause: str | None) -> dict[str, AnyValue]:
    return data if clause is None else {**data, "clause": clause}


def number_data(number: Decimal) -> int | str:
    """An integer where it is one, else the exact decimal as text."""
    return int(number) if number == number.to_integral_value() else f"{number:f}"


def _bounds_data(bounds: Bounds) -> dict[str, AnyValue]:
    if bounds.low is not None and bounds.low == bounds.high:
        return {"equals": number_data(bounds.low)}
    data: dict[str, AnyValue] = {}
    if bounds.low is not None:
        data["at_least" if bounds.low_included else "more_than"] = number_data(bounds.low)
    if bounds.high is not None:
        data["at_most" if bounds.high_included else "less_than"] = number_data(bounds.high)
    return data


def year_data(year: Year) -> int | str:
    return {number: name for name, number in NAMED_YEARS.items()}.get(year.number, year.number)


def _period_data(period: Period) -> str:
    for unit in ("years", "months", "days"):
        if amount := getattr(period, unit):
            return f"{amount} {unit}"
    return "0 days"


def date_range_data(days: DateRange) -> dict[str, AnyValue]:
    if days.first is not None and days.first.year is not None:
        return {"in_year": year_data(days.first.year)}
    if days.first is not None and days.first.ago is not None:
        return {"within_last": _period_data(days.first.ago)}
    if days.last is not None and days.last.ago is not None:
        return {"at_least_ago": _period_data(days.last.ago)}
    data: dict[str, AnyValue] = {}
    if days.first is not None and isinstance(days.first.fixed, date):
        data["on_or_after"] = days.first.fixed.isoformat()
    if days.last is not None and isinstance(days.last.fixed, date):
        data["on_or_before"] = days.last.fixed.isoformat()
    return data


def _leaf_data(leaf: Leaf) -> dict[str, AnyValue]:
    match leaf:
        case Compare(_, bounds, year, over, _):
            data = _bounds_data(bounds)
            if year is not None:
                data["year"] = year_data(year)
            if over is not None:
                data["over"] = {"years": over.years, "take": over.take}
            return data
        case Growth(_, bounds, year, span, _):
            return {"growth": {**_bounds_data(bounds), "years": span}, "year": year_data(year)}
        case Is(_, value, _):
            return {"is": value}
        case OneOf(_, values, _):
            return {"in": list(values)}
        case Includes(_, values, mode, _):
            return {{"any": "includes", "all": "includes_all", "none": "excludes"}[mode]: list(values)}
        case Within(_, codes, _):
            return {"within": list(codes)}
        case DateIn(_, days, _):
            return date_range_data(days)
        case Holds():
            return _holds_data(leaf)
        case NotReceived() | Judged():
            return {}


def _holds_data(leaf: Holds) -> dict[str, AnyValue]:
    data: dict[str, AnyValue] = {"held": True}
    if leaf.level is not None:
        data["level_at_least"] = leaf.level
    if leaf.obtained is not None:
        data["obtained"] = date_range_data(leaf.obtained)
    if leaf.first_time is not None:
        data["first_time"] = leaf.first_time
    if not leaf.must_be_valid:
        data["must_be_valid"] = False
    return data
