"""gunicorn with our settings: threads in a few forked workers, a graceful stop, one native thread each."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from service.app import create_app
from service.errors import Unavailable
from service.settings import Settings
from service.wiring import build

GRACE_SECONDS = 30
REQUEST_SECONDS = 60


class Server(BaseApplication):
    """The web server. Raises Unavailable when its address is taken."""

    def __init__(self, settings: Settings) -> None:
        check_address(settings)
        self._settings = settings
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
        }
        known = self.cfg.settings
        for name, value in options.items():
            if name in known:
                self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # the stub does not know that an application object will do
        return create_app(self._settings, build(self._settings))


def check_address(settings: Settings) -> None:
    """Say early, in Chinese, that the address cannot be listened on. Raises Unavailable."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Unavailable(
                f"不能在 {settings.host}:{settings.port} 上监听（{error.strerror}）。"
                "端口可能已被占用，请用 HUIQI_PORT 换一个端口，或先停掉占用它的程序。"
            ) from None
