"""The only place that reads the time. Everything else is told."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def today(self) -> date:
        """The present local day (Asia/Shanghai)."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, moved by an offset that demos and tests may set."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def today(self) -> date:
        return self.now().astimezone(LOCAL).date()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Always the same instant."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant.astimezone(UTC)

    def today(self) -> date:
        return self.instant.astimezone(LOCAL).date()


def monotonic() -> float:
    """Seconds that never run backwards, for time-outs and retries; no calendar meaning."""
    return time.monotonic()
