"""The only place that speaks to Redis: a doorbell that tells other processes to look, nothing more.

SQL is the truth. Without Redis, or when it is stopped or emptied, callers look at SQL by themselves a little later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import redis

TIMEOUT_SECONDS = 0.25
RETRY_SECONDS = 5.0


class Doorbell(Protocol):
    def ring(self, topic: str) -> None:
        """Tell the other processes that something about `topic` changed. Never raises, never blocks for long."""

    def rings(self, topic: str) -> int | None:
        """How often it rang; None when nobody can tell, so that the caller must look for itself."""

    def state(self) -> str:
        """disabled, ok or unreachable."""


class NoDoorbell:
    """No Redis configured."""

    def ring(self, topic: str) -> None:
        return None

    def rings(self, topic: str) -> int | None:
        return None

    def state(self) -> str:
        return "disabled"


class RedisDoorbell:
    """Counts rings in Redis. After a failure it leaves Redis alone for a few seconds.

    `monotonic` gives seconds that never run backwards. The connection is made at first use, so after a fork.
    """

    def __init__(self, url: str, monotonic: Callable[[], float]) -> None:
        self._url = url
        self._monotonic = monotonic
        self._client: redis.Redis | None = None
        self._quiet_until = 0.0

    def _ask(self, question: Callable[[redis.Redis], object]) -> object | None:
        if self._monotonic() < self._quiet_until:
            return None
        try:
            if self._client is None:
                self._client = redis.Redis.from_url(
                    self._url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
                )
            return question(self._client)
        except (redis.RedisError, ValueError):
            self._quiet_until = self._monotonic() + RETRY_SECONDS
            return None

    def ring(self, topic: str) -> None:
        self._ask(lambda client: client.incr(f"huiqi:rings:{topic}"))

    def rings(self, topic: str) -> int | None:
        def count(client: redis.Redis) -> int:
            raw = client.get(f"huiqi:rings:{topic}")
            return int(raw) if isinstance(raw, bytes) and raw.isdigit() else 0

        answer = self._ask(count)
        return answer if isinstance(answer, int) else None

    def state(self) -> str:
        return "ok" if self._ask(lambda client: bool(client.ping())) else "unreachable"
