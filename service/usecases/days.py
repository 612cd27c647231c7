"""The days that can be judged: those the calendar, the tables and the figures of enterprises can speak of."""

from __future__ import annotations

from datetime import date

from service.errors import Invalid

FIRST_YEAR = 1990
LAST_YEAR = 2100


def judged_day(day: date) -> date:
    """The day itself. Raises Invalid when it lies outside 1990–2100."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid(f"判定日期写成了 {day.isoformat()}，应在 {FIRST_YEAR} 年到 {LAST_YEAR} 年之间。")
    return day
