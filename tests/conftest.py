"""The databases that storage is tested on: `database_url` is an empty one, `database` has its tables.

PostgreSQL is the server of HUIQI_TEST_POSTGRES; without one its half is skipped, loudly, and fails under CI.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from service.storage.database import Database, open_database
from tests.services import app, client, services, settings, stock, stocked, tickets

__all__ = ["app", "client", "database", "database_url", "services", "settings", "stock", "stocked", "tickets"]

DEFAULT_SERVER = "postgresql+psycopg://root@127.0.0.1:5432/postgres"


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[URL]:
    """A database of this session's own, dropped at its end."""
    server = make_url(os.environ.get("HUIQI_TEST_POSTGRES", DEFAULT_SERVER))
    name = f"huiqi_test_{uuid.uuid4().hex[:12]}"
    _on_server(server, sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name)))
    yield server.set(database=name)
    _on_server(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database in which nothing has been made yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'huiqi.db'}"
    url: URL = request.getfixturevalue("postgresql_database")
    _on_server(url, sql.SQL("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    return url.render_as_string(hide_password=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A database with its tables and nothing in them."""
    opened = open_database(database_url)
    opened.upgrade()
    yield opened
    opened.close()


def _on_server(url: URL, statement: sql.SQL | sql.Composed) -> None:
    try:
        connection = psycopg.connect(_conninfo(url), autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        if os.environ.get("CI"):
            pytest.fail(f"PostgreSQL could not be reached and CI must not skip it: {error}")
        pytest.skip(f"NOT TESTED ON POSTGRESQL: set HUIQI_TEST_POSTGRES to a server that can be reached ({error})")
    with connection:
        connection.execute(statement)


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
