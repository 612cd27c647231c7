"""The worker: it does what lacks, may die at any moment, and stops when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from service.storage.vectors import VectorTable
from service.usecases.services import Services
from service.wiring import build
from service.workers.refresh import refresh, run_until_stopped
from tests.services import settings_for

ROOT = Path(__file__).parents[2]


def test_every_item_has_its_vector_after_one_round(stocked: Services) -> None:
    items = sum(len(each.policy.items) for each in stocked.catalogue().policies)

    assert refresh(stocked) == items


def test_a_second_worker_finds_nothing_left_to_encode(stocked: Services, tmp_path: Path) -> None:
    refresh(stocked)
    other = build(settings_for(tmp_path), stocked.clock)
    saved: list[int] = []
    real = VectorTable.save

    def watched(self: VectorTable, encoder_id: str, vectors: object) -> None:
        saved.append(1)
        real(self, encoder_id, vectors)  # type: ignore[arg-type]

    VectorTable.save = watched  # type: ignore[method-assign]
    try:
        refresh(other)
    finally:
        VectorTable.save = real  # type: ignore[method-assign]
        other.database.close()

    assert saved == []


def test_a_database_that_is_away_is_waited_for(tmp_path: Path) -> None:
    run_until_stopped(build(settings_for(tmp_path / "nothing-here")), once=True)


def start(data_dir: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HUIQI_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "service", "worker"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_a_killed_worker_leaves_nothing_that_stops_the_next(stocked: Services, tmp_path: Path) -> None:
    first = start(tmp_path)
    assert first.stdout is not None
    first.stdout.readline()  # it has said that it encoded
    first.kill()
    first.wait(timeout=20)

    second = start(tmp_path)
    assert second.stdout is not None
    said = second.stdout.readline()
    second.send_signal(signal.SIGTERM)

    assert b"encoded" in said
    assert second.wait(timeout=20) == 0
