"""Encodes new policy texts ahead of the first visitor. It may die at any moment: what lacks is done at the next round.

A round asks for the catalogue, which is read again only when its revision moved, and encodes what the vector table lacks:
it selects by state ("not there yet"), never by a watermark.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType

import structlog

from service.errors import HuiqiError
from service.usecases.services import Services

ROUND_SECONDS = 2.0
log = structlog.get_logger("huiqi.worker")


def refresh(services: Services) -> int:
    """One round; how many policy texts have their vector afterwards."""
    return services.matcher.prepare(services.catalogue().policies)


def run_until_stopped(services: Services, *, once: bool = False) -> None:
    """Rounds until SIGTERM or SIGINT. A database that is away is waited for, not died of."""
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, on_signal)
    held = 0
    while True:
        try:
            if (now := refresh(services)) != held:
                held = now
                log.info("encoded", texts=held)
        except HuiqiError as error:
            log.warning("waiting", code=error.code)
        if once or stop.wait(ROUND_SECONDS):
            return
