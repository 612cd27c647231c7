"""What the sample enterprises are made of: the rows of the shipped sample_*.yaml, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import accumulate
from math import inf
from typing import Any

from policies.files import parse_yaml


@dataclass(frozen=True, slots=True)
class Trade:
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
class Place:
    """A county outside the zones, or a zone; `odds` are the running weights of the trades there."""

    county: str
    zone: str | None
    name: str
    share: float
    towns: tuple[str, ...]
    odds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Needs:
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
class Draw:
    """A row of `draws`; `share` may name the trade's share of exporters."""

    fact: str
    share: float | str
    choices: tuple[str, ...]
    weights: tuple[float, ...]
    of: str | float
    part: tuple[float, float]
    most: float
    needs: Needs | None
    only: Needs | None


@dataclass(frozen=True, slots=True)
class Award:
    """A row of `qualifications`."""

    fact: str
    share: float
    years: int | None
    needs: Needs


@dataclass(frozen=True)
class Tables:
    """All of them; `shares` are the running shares of the places."""

    trades: tuple[Trade, ...]
    places: tuple[Place, ...]
    shares: tuple[float, ...]
    first_words: tuple[str, ...]
    middle_words: tuple[str, ...]
    last_words: tuple[str, ...]
    known: Mapping[str, float]
    registry: Mapping[str, float]
    draws: tuple[Draw, ...]
    awards: tuple[Award, ...]
    head: tuple[Any, ...]


@cache
def sample_tables() -> Tables:
    """The shipped tables; read once."""
    trades = tuple(Trade(key=key, **row) for key, row in _shipped("sample_trades.yaml")["trades"].items())
    places = tuple(_place(row, trades) for row in _shipped("sample_places.yaml")["places"])
    facts = _shipped("sample_facts.yaml")
    return Tables(
        trades,
        places,
        tuple(accumulate(place.share for place in places)),
        **_shipped("sample_names.yaml"),
        known=facts["known"],
        registry=facts["registry"],
        draws=tuple(_draw(row) for row in facts["draws"]),
        awards=tuple(_award(row) for row in facts["qualifications"]),
        head=_shipped("sample_head.yaml")["head"],
    )


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


def _place(row: Mapping[str, Any], trades: tuple[Trade, ...]) -> Place:
    odds = accumulate(trade.weight + row["trades"].get(trade.key, 0) for trade in trades)
    return Place(row["county"], row.get("zone"), row["name"], row["share"], row["towns"], tuple(odds))


def _draw(row: Mapping[str, Any]) -> Draw:
    share, pick = row.get("share", 1), row.get("pick", {})
    return Draw(
        row["fact"],
        share if isinstance(share, str) else float(share),
        tuple(pick),
        tuple(pick.values()),
        row.get("of", "revenue"),
        row.get("part", (0, 1)),
        row.get("most", inf),
        Needs(**row["needs"]) if "needs" in row else None,
        Needs(**row["only"]) if "only" in row else None,
    )


def _award(row: Mapping[str, Any]) -> Award:
    return Award(row["fact"], row["share"], row.get("years"), Needs(**row["needs"]))
