"""The application over real parts on a database of its own, with a fixed clock and a handful of policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

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


@pytest.fixture
def stocked(services: Services) -> Services:
    """Services with the shipped catalogue and a few sample enterprises."""
    import_shipped_catalogue(services)
    store_samples(services, SAMPLES)
    return services


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
