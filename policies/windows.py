"""申报窗口: the window of an item on a day (design section 4). All days are inclusive local days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from policies.document import Item, Policy, Yearly

CLOSING_SOON_DAYS = 14


class WindowState(StrEnum):
    """申报窗口."""

    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSING_SOON = "closing_soon"
    CLOSED = "closed"
    ALWAYS = "always"
    EXHAUSTED = "exhausted"

    @property
    def is_over(self) -> bool:
        return self in (WindowState.CLOSED, WindowState.EXHAUSTED)

    @property
    def can_apply(self) -> bool:
        return self in (WindowState.OPEN, WindowState.CLOSING_SOON, WindowState.ALWAYS)


class WindowReason(StrEnum):
    """Why a window is not simply open: the document's fate, or a notice still to come."""

    NOT_IN_FORCE_YET = "not_in_force_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    NOTICE_PENDING = "notice_pending"


@dataclass(frozen=True, slots=True)
class Window:
    """The state on a day, with the first and last day (inclusive) where they are known."""

    state: WindowState
    opens: date | None = None
    closes: date | None = None
    reason: WindowReason | None = None

    def days_left(self, day: date) -> int | None:
        """Days from `day` to the last day: 0 on the last day itself."""
        return None if self.closes is None else (self.closes - day).days


def window_on(policy: Policy, item: Item, day: date, closing_soon: int = CLOSING_SOON_DAYS) -> Window:
    """The window of an item on a day. All days are inclusive local days."""
    reason = _end_of_document(policy, day)
    opens, closes = _dates(policy, item, day)
    if _is_exhausted(item, opens, day):
        return Window(WindowState.EXHAUSTED, opens, closes)
    if reason is not None:
        return Window(WindowState.CLOSED, opens, closes, reason)
    if closes is not None and day > closes:
        return Window(WindowState.CLOSED, opens, closes)
    if opens is not None and closes is not None and opens > closes:  # it will never open: the validity cuts all of it
        return Window(WindowState.CLOSED)
    apply = item.apply
    if apply.announced and apply.opens is None and apply.closes is None and apply.yearly is None:
        return Window(WindowState.UPCOMING, reason=WindowReason.NOTICE_PENDING)
    if opens is not None and day < opens:
        early = policy.effective is not None and day < policy.effective
        return Window(WindowState.UPCOMING, opens, closes, WindowReason.NOT_IN_FORCE_YET if early else None)
    if closes is None:
        return Window(WindowState.ALWAYS, opens)
    if day >= closes - timedelta(days=closing_soon):
        return Window(WindowState.CLOSING_SOON, opens, closes)
    dated = item.apply.closes is not None or item.apply.yearly is not None
    return Window(WindowState.OPEN if dated else WindowState.ALWAYS, opens, closes)


def _is_exhausted(item: Item, opens: date | None, day: date) -> bool:
    """Whether the money is gone. Of a yearly window it is that of the round: the next one brings new money."""
    gone = item.funds_exhausted_on
    if gone is None or day < gone:
        return False
    return item.apply.yearly is None or opens is None or gone >= opens


def _end_of_document(policy: Policy, day: date) -> WindowReason | None:
    status = policy.status
    if status.standing.value != "in_force" and (status.since is None or day >= status.since):
        return WindowReason(status.standing.value)
    if policy.valid_until is not None and day > policy.valid_until:
        return WindowReason.EXPIRED
    return None


def _dates(policy: Policy, item: Item, day: date) -> tuple[date | None, date | None]:
    """First and last day: the item's own, or this year's of a yearly window, cut by the document's validity."""
    opens, closes = item.apply.opens, item.apply.closes
    if item.apply.yearly is not None:
        opens, closes = _yearly_dates(item.apply.yearly, day, policy)
    starts = [start for start in (opens, policy.effective) if start is not None]
    ends = [end for end in (closes, policy.valid_until) if end is not None]
    return max(starts, default=None), min(ends, default=None)


def _yearly_dates(yearly: Yearly, day: date, policy: Policy) -> tuple[date, date]:
    """The round of a yearly window that counts on `day`: the one running, else the one of its calendar year.

    Rounds that the document's validity leaves no day of never were: the next that has one counts instead.
    """
    crosses = yearly.closes < yearly.opens
    rounds = [(_on(year, yearly.opens), _on(year + crosses, yearly.closes)) for year in _years_around(day, policy)]
    real = [(opens, closes) for opens, closes in rounds if _leaves_a_day(opens, closes, policy)]
    running = [each for each in real if each[0] <= day <= each[1]]
    this_year = [each for each in real if each[0].year == day.year]
    coming = [each for each in real if each[0] > day]
    return next(iter(running or this_year or coming or real[-1:] or rounds[-1:]))


def _years_around(day: date, policy: Policy) -> range:
    start = day.year if policy.effective is None else max(day.year, policy.effective.year)
    return range(max(day.year - 1, 1), min(start + 2, date.max.year))


def _leaves_a_day(opens: date, closes: date, policy: Policy) -> bool:
    too_early = policy.effective is not None and closes < policy.effective
    return not too_early and (policy.valid_until is None or opens <= policy.valid_until)


def _on(year: int, month_day: tuple[int, int]) -> date:
    return date(year, *month_day)
