"""gunicorn with our settings: threads in a few forked workers, a graceful stop, one native thread each."""

from __future__ import annotations

import multiprocessing
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service.app import create_app
from service.settings import Settings
from service.wiring import build

GRACE_SECONDS = 30
REQUEST_SECONDS = 60


class Server(BaseApplication):
    """The web server; with `with_worker` it also keeps one background worker beside it, for a single machine."""

    def __init__(self, settings: Settings, *, with_worker: bool) -> None:
        self._settings = settings
        self._with_worker = with_worker
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.web_workers,
            "worker_class": "gthread",
            "threads": self._settings.web_threads,
            "timeout": REQUEST_SECONDS,
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 5,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            # Engines, threads and Redis are made in each worker; nothing native runs before the fork.
            "preload_app": False,
            "control_socket_disable": True,
            "errorlog": "-",
            "loglevel": self._settings.log_level,
            "when_ready": self._when_ready,
            "on_exit": self._on_exit,
        }
        known = self.cfg.settings
        for name, value in options.items():
            if name in known:
                self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # the stub does not know that an application object will do
        return create_app(self._settings, build(self._settings))

    def _when_ready(self, server: Any) -> None:
        if self._with_worker:
            self._worker = multiprocessing.get_context("spawn").Process(
                target=_work, args=(self._settings,), name="huiqi-worker", daemon=True
            )
            self._worker.start()

    def _on_exit(self, server: Any) -> None:
        if self._with_worker and self._worker.is_alive():
            self._worker.terminate()
            self._worker.join(GRACE_SECONDS)


def _work(settings: Settings) -> None:
    from service.workers.refresh import run_until_stopped

    run_until_stopped(build(settings))
