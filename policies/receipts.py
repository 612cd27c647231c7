"""What was received already: how often an item may be had, and what of it a former receipt takes away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

MAX_REPEAT_YEARS = 20
ITEM_REF = re.compile(r"[a-z0-9][a-z0-9-]{1,79}/[a-z0-9][a-z0-9-]{1,79}")

# The fact that holds what an enterprise has received.
RECEIVED = "benefits_received"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Something an enterprise received: the item (``policy/item``), the day it was paid, how much, in yuan.

    `groups` are the exclusive groups the item stood in when it was paid, so that a receipt keeps its meaning when the
    document is gone; None: not recorded, it may have been any.
    """

    item: str
    on: date
    amount: Decimal | None = None
    groups: tuple[str, ...] | None = None


def in_order(receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """By day, then by item: the one order in which receipts are kept and shown."""
    return tuple(sorted(receipts, key=lambda r: (r.on, r.item, r.amount is not None, r.amount or 0, r.groups or ())))


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often the same applicant may have something: once in so many years; None for once and never again.

    One year is the calendar year (每年一次); more are counted from the day of payment to the corresponding day
    (Civil Code art. 201–202).
    """

    years: int | None = None

    def is_spent(self, receipt: Receipt, day: date) -> bool:
        """Whether a receipt still stands in the way on a day. One of a later day does not: the past is replayed as it was."""
        if receipt.on > day:
            return False
        again = self.again_from(receipt)
        return again is None or again > day

    def again_from(self, receipt: Receipt) -> date | None:
        """The first day on which it may be had again; None for never."""
        if self.years is None:
            return None
        if receipt.on.year + self.years > date.max.year:
            return None
        if self.years == 1:
            return date(receipt.on.year + 1, 1, 1)
        return receipt.on + relativedelta(years=self.years)


ONCE = Repeat()
YEARLY = Repeat(1)


def read_repeat(data: object) -> Repeat:
    """``once``, ``yearly`` or ``{"years": 3}``. Raises ValueError worded in Chinese."""
    if data in ("once", "yearly"):
        return ONCE if data == "once" else YEARLY
    years = data.get("years") if isinstance(data, Mapping) and len(data) == 1 else None
    if isinstance(years, int) and not isinstance(years, bool) and 2 <= years <= MAX_REPEAT_YEARS:
        return Repeat(years)
    raise ValueError(f"应为 once（只能享受一次）、yearly（每年一次）或 {{years: 3}}（2 到 {MAX_REPEAT_YEARS} 年一次）")


def repeat_data(repeat: Repeat) -> str | dict[str, int]:
    """The canonical data of a repeat; reading it gives the same one back."""
    if repeat.years is None:
        return "once"
    return "yearly" if repeat.years == 1 else {"years": repeat.years}
