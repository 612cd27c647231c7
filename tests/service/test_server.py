"""Serving on one machine: a taken address is said early, a dead worker is started again, a stop is clean."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from service.errors import Unavailable
from service.server import check_address
from service.usecases.services import Services
from tests.services import settings_for

ROOT = Path(__file__).parents[2]


def test_an_address_that_is_taken_is_said_in_chinese(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(Unavailable, match="HUIQI_PORT"):
            check_address(settings_for(tmp_path, port=taken.getsockname()[1]))


@pytest.mark.slow
def test_run_starts_a_dead_worker_again_and_stops_cleanly(stocked: Services, tmp_path: Path) -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "HUIQI_DATA_DIR": str(tmp_path), "HUIQI_PORT": str(port), "PYTHONPATH": str(ROOT)}
    environment |= {"HUIQI_WEB_WORKERS": "1"}
    run = subprocess.Popen(
        [sys.executable, "-m", "service", "run"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    try:
        for line in run.stdout:
            if '"encoded"' in line:
                break
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
        worker = next(pid for pid in children if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(int(worker), signal.SIGKILL)
        said = []
        for line in run.stdout:
            said.append(line)
            if '"encoded"' in line:
                break
        assert any("worker died" in line for line in said)
    finally:
        run.send_signal(signal.SIGINT)
        rest = run.stdout.read()
        code = run.wait(timeout=60)
    assert code == 0
    assert "Traceback" not in rest
