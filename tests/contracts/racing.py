"""Several processes doing the same thing at the same moment."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any, TypeVar

from service.storage.database import Database, open_database

WORKERS = 3
PATIENCE_SECONDS = 60

T = TypeVar("T")


def race(act: Callable[[Database, int], T], url: str) -> list[T]:
    """What each of three new processes got from `act(database, worker)`, all set off together. `act` is picklable."""
    fresh = multiprocessing.get_context("spawn")
    barrier, answers = fresh.Barrier(WORKERS), fresh.SimpleQueue()
    workers = [fresh.Process(target=_run, args=(act, url, number, barrier, answers)) for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE_SECONDS)
    assert [worker.exitcode for worker in workers] == [0] * WORKERS
    return [answers.get() for _ in workers]


def _run(act: Callable[[Database, int], object], url: str, number: int, barrier: Barrier, answers: Any) -> None:
    database = open_database(url)
    barrier.wait(PATIENCE_SECONDS)
    answers.put(act(database, number))
    database.close()
