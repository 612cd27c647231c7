"""Where a match stands in its group, and the sentences that say why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.benefits import Basis, Estimate
from policies.document import Item
from policies.quantities import money_text
from policies.windows import Window, WindowState

# Below this, likeness is not put into words: 19 of 20 unrelated pairs of the ranking cases lie under 0.41, three
# quarters of the related ones above 0.49.
TELLING_RELEVANCE = 0.45
# What fits the company comes before a larger sum meant for others; equal shares let 千万级 funds crowd everything out.
RELEVANCE_SHARE = 0.6
# 100 million yuan fills the scale: beyond it, more money says nothing about what to look at first.
_MONEY_DECADES = 8
# Said where neither a date nor a sum nor a likeness worth naming tells one item from another.
NO_REASON = "没有截止日期、金额可比，按文件编号排列"
ONLY_LIKENESS = "没有截止日期、金额可比，按与贵企业业务的相近程度排列"


@dataclass(frozen=True, slots=True)
class Place:
    """Relevance 0 to 1; the yuan at stake; days to the last day (0: today); the score that joins the first two, 0 to 1.

    `reasons` are Chinese sentences, the weightiest first.
    """

    relevance: float
    money: Decimal
    days_left: int | None
    score: float
    reasons: tuple[str, ...]


def score_of(relevance: float | None, money: Decimal) -> float:
    """Relevance and money together, money on a logarithmic scale; money alone when nothing is known of relevance."""
    worth = min(1.0, math.log10(1 + float(max(money, Decimal(0)))) / _MONEY_DECADES)
    score = worth if relevance is None else RELEVANCE_SHARE * relevance + (1 - RELEVANCE_SHARE) * worth
    # Rounded: vectors differ in the last bits between machines, and orders should not.
    return round(score, 6)


def window_rank(window: Window) -> int:
    """What is closing soon comes first, what is over comes last."""
    match window.state:
        case WindowState.CLOSING_SOON:
            return 0
        case WindowState.OPEN | WindowState.ALWAYS:
            return 1
        case WindowState.UPCOMING:
            return 2
        case _:
            return 3


def is_over(window: Window) -> bool:
    return window_rank(window) == 3


def reasons_for(
    item: Item,
    window: Window,
    day: date,
    estimate: Estimate,
    nearest: str | None,
    distance: Decimal | None,
    sample: bool,
) -> tuple[str, ...]:
    """Why a match stands where it does; empty where nothing tells.

    `nearest`: the phrase of the profile it is nearest to, if near enough to say; `distance`: of a near miss.
    """
    found = [
        _of_window(window, day),
        None if distance is None or distance >= 1 else f"离要求只差 {_percent(distance)}，越接近越靠前",
        None if nearest is None else f"与贵企业的“{nearest}”最相关",
        _of_money(item, estimate),
        "示例政策，排在正式政策之后" if sample else None,
    ]
    return tuple(reason for reason in found if reason)


def _of_window(window: Window, day: date) -> str | None:
    closes, opens = window.closes, window.opens
    match window.state:
        case WindowState.CLOSING_SOON if closes is not None:
            left = (closes - day).days
            return "今天截止，排在前面" if left == 0 else f"{_day(closes, day)}截止，还剩 {left} 天，排在前面"
        case WindowState.UPCOMING:
            return f"{_day(opens, day)}开放申报，尚未开放" if opens is not None else "申报时间以通知为准，尚未开放"
        case WindowState.CLOSED:
            return "申报已截止，排在后面"
        case WindowState.EXHAUSTED:
            return "资金已用完，排在后面"
        case _:
            return None


def _day(named: date, today: date) -> str:
    year = "" if named.year == today.year else f"{named.year}年"
    return f"{year}{named.month}月{named.day}日"


def _percent(share: Decimal) -> str:
    percent = math.ceil(share * 100)
    return f"{percent}%" if percent > 1 else "不到 1%"


def _of_money(item: Item, estimate: Estimate) -> str | None:
    if estimate.at_stake <= 0:
        return None
    yearly = "每年" if item.benefit.period == "yearly" else ""
    word = "至少" if estimate.high is None else "" if estimate.basis is Basis.EXACT else "最高"
    return f"{yearly}{word}可获 {money_text(estimate.at_stake)}"
