"""One machine, one command: the web server and one background worker as children; a worker that dies is started again."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from types import FrameType

import structlog

LOOK_SECONDS = 0.5
GRACE_SECONDS = 35.0
log = structlog.get_logger("huiqi.supervisor")


def supervise() -> int:
    """Run until stopped or until the web server ends; its exit code."""
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, on_signal)
    server, worker = _start("serve", "--demo"), _start("worker")
    while not stop.wait(LOOK_SECONDS) and server.poll() is None:
        if worker.poll() is not None:
            log.warning("worker died", code=worker.returncode)
            worker = _start("worker")
    _end(worker)
    _end(server)
    return 0 if stop.is_set() else server.returncode


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C comes to us, and we end the children in order.
    return subprocess.Popen([sys.executable, "-m", "service", *arguments], start_new_session=True)  # noqa: S603 - ours


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
