"""The tables a database has, and what becomes of one that this program does not fit."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from service.storage.database import Database, open_database
from service.storage.failures import DatabaseNotUpgraded, DatabaseTooNew
from service.storage.policies import catalogue_revision
from service.storage.tables import METADATA
from tests.contracts.racing import race


def test_an_upgrade_makes_everything_from_nothing(database_url: str) -> None:
    database = open_database(database_url)

    database.upgrade()

    database.check()
    assert database.current_revision() is not None
    with database.reading() as session:
        assert catalogue_revision(session) == 0
    database.close()


def test_the_migrations_make_exactly_the_tables_of_the_program(database: Database) -> None:
    with database.reading() as session:
        differences = compare_metadata(MigrationContext.configure(session.connection()), METADATA)

    assert differences == []


def test_a_second_upgrade_changes_nothing(database: Database) -> None:
    revision = database.current_revision()

    database.upgrade()

    assert database.current_revision() == revision


def test_processes_that_upgrade_at_once_all_succeed(database_url: str) -> None:
    assert race(_upgrade, database_url) == [True, True, True]

    database = open_database(database_url)
    database.check()
    database.close()


def test_a_database_without_tables_says_to_upgrade(database_url: str, request: pytest.FixtureRequest) -> None:
    database = open_database(database_url)
    database.upgrade()
    with database.writing() as session:
        session.execute(text("DROP TABLE alembic_version"))
    database.close()

    with pytest.raises(DatabaseNotUpgraded, match=r"结构版本是 空.*huiqi db upgrade"), database.reading():
        pass
    assert database.current_revision() is None
    database.close()


def test_a_database_of_a_newer_program_is_neither_used_nor_upgraded(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(DatabaseTooNew, match=r"9999.*更新的程序"), database.reading():
        pass
    with pytest.raises(DatabaseTooNew), database.writing():
        pass
    with pytest.raises(DatabaseTooNew):
        database.upgrade()
    with pytest.raises(DatabaseTooNew):
        database.check()
    assert database.current_revision() == "9999"


def _upgrade(database: Database, _worker: int) -> bool:
    database.upgrade()
    return True
