"""The days that can be judged: those the calendar, the tables and the figures of enterprises can speak of."""

from __future__ import annotations

from datetime import date

from policies.quantities import read_date
from service.errors import Invalid

FIRST_YEAR = 1990
LAST_YEAR = 2100


def judged_day(day: date) -> date:
    """The day itself. Raises Invalid when it lies outside 1990–2100."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(f"判定日期写成了 {day.isoformat()}，应在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间。")
    return day


def read_judged_day(raw: object) -> date:
    """A day as people write it. Raises Invalid for anything else, and for a day that cannot be judged."""
    try:
        return judged_day(read_date(raw))
    except ValueError as error:
        raise Invalid(f"日期写成了“{str(raw)[:20]}”，{error}。") from None
