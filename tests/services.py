"""The application over real parts on a database of its own, with a fixed clock and a handful of policies."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from service.access import Identity, Role, Tickets
from service.app import create_app
from service.clock import LOCAL, FixedClock
from service.settings import Settings
from service.usecases.catalogue import import_shipped_catalogue
from service.usecases.enterprises import store_samples
from service.usecases.services import Services
from service.wiring import build, secret_key

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=LOCAL)
SAMPLES = 24


def settings_for(data_dir: Path, **overrides: object) -> Settings:
    """Settings that read neither the environment's database nor a .env file."""
    return Settings(_env_file=None, **{"data_dir": data_dir, "secret_key": "k" * 40, **overrides})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """Services over an upgraded, empty SQLite database."""
    built = build(settings, FixedClock(NOW))
    built.database.upgrade()
    yield built
    built.database.close()


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the shipped catalogue and a few sample enterprises, made once: importing takes seconds."""
    chosen = settings_for(tmp_path_factory.mktemp("stock"))
    made = build(chosen, FixedClock(NOW))
    made.database.upgrade()
    _fill(made)
    made.database.close()
    return _sqlite_file(chosen)


@pytest.fixture
def stocked(services: Services, settings: Settings, request: pytest.FixtureRequest) -> Services:
    """Services with the shipped catalogue and a few sample enterprises."""
    if not settings.database.startswith("sqlite"):
        _fill(services)
        return services
    stock: Path = request.getfixturevalue("stock")
    with closing(sqlite3.connect(stock)) as full, closing(sqlite3.connect(_sqlite_file(settings))) as empty:
        full.backup(empty)
    return services


def _fill(services: Services) -> None:
    import_shipped_catalogue(services)
    store_samples(services, SAMPLES)


def _sqlite_file(settings: Settings) -> Path:
    return Path(str(make_url(settings.database).database))


@pytest.fixture
def app(settings: Settings, stocked: Services) -> Flask:
    made = create_app(settings, stocked)
    made.testing = False  # errors are answered as in service, not raised
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def tickets(settings: Settings) -> Tickets:
    return Tickets(secret_key(settings))


def bearer(tickets: Tickets, code: str | None) -> dict[str, str]:
    """Headers of an enterprise's token, or of staff's when `code` is None."""
    identity = Identity(Role.ENTERPRISE, code) if code else Identity(Role.STAFF)
    return {"Authorization": f"Bearer {tickets.issue_token(identity)}"}
