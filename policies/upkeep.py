"""What a catalogue needs done to stay true: ends that are near, sources not looked at for long, rounds that come again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from policies.document import Item, Policy, Standing
from policies.windows import WindowReason, WindowState, window_on

NEAR_DAYS = 60
SOURCE_AGE = relativedelta(years=1)


class Care(StrEnum):
    """Why a policy or an item needs a look."""

    ENDING = "ending"
    ENDED = "ended"
    OLD_SOURCE = "old_source"
    RECURS = "recurs"
    AWAITS_NOTICE = "awaits_notice"


CARE_LABELS = {
    Care.ENDING: "快到期",
    Care.ENDED: "已到期，请查有没有接续的文件",
    Care.OLD_SOURCE: "出处一年没有核对",
    Care.RECURS: "本轮已截止而文件仍然有效，请查有没有下一轮的通知",
    Care.AWAITS_NOTICE: "等待当年通知",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to look after. `item` is None where it is the whole document; `day` is the day it is about."""

    care: Care
    policy: str
    item: str | None
    title: str
    day: date | None = None


def reminders(policies: Iterable[Policy], today: date) -> list[Reminder]:
    """Everything to look after, the most pressing kind first, within a kind the nearest day first."""
    found = [reminder for policy in policies for reminder in _of_policy(policy, today)]
    order = list(Care)
    return sorted(found, key=lambda r: (order.index(r.care), r.day or date.max, r.policy, r.item or ""))


def _of_policy(policy: Policy, today: date) -> Iterator[Reminder]:
    source = policy.source
    if source.opened is not None and source.opened <= today - SOURCE_AGE:
        yield Reminder(Care.OLD_SOURCE, policy.id, None, policy.title, source.opened)
    status = policy.status
    if status.standing is not Standing.IN_FORCE and (status.since is None or status.since <= today):
        return
    until = policy.valid_until
    if until is not None and until < today:
        yield Reminder(Care.ENDED, policy.id, None, policy.title, until)
        return
    if until is not None and until <= today + timedelta(days=NEAR_DAYS):
        yield Reminder(Care.ENDING, policy.id, None, policy.title, until)
    for item in policy.items:
        yield from _of_item(policy, item, today)


def _of_item(policy: Policy, item: Item, today: date) -> Iterator[Reminder]:
    """Of an item whose document is in force: its own window ends, has ended, or waits for a notice."""
    window = window_on(policy, item, today)
    own = item.apply.closes is not None or item.apply.yearly is not None
    if window.reason is WindowReason.NOTICE_PENDING:
        yield Reminder(Care.AWAITS_NOTICE, policy.id, item.id, item.title)
    elif not own or window.state is WindowState.EXHAUSTED:
        return
    elif window.state is WindowState.CLOSED:
        yield Reminder(Care.RECURS, policy.id, item.id, item.title, window.closes)
    elif window.closes is not None and today <= window.closes <= today + timedelta(days=NEAR_DAYS):
        yield Reminder(Care.ENDING, policy.id, item.id, item.title, window.closes)
