"""What becomes of a database that someone else changes while this process is using it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from service.errors import Unavailable
from service.storage.database import STRUCTURE_SECONDS, Database, open_database
from service.storage.failures import DatabaseNotUpgraded, DatabaseTooNew
from service.storage.matches import is_recorded, record_matches
from service.storage.policies import catalogue_revision, list_policies, save_policy
from service.storage.tables import METADATA
from tests.contracts.builders import NOW, TEXTS, a_policy, a_run


class Stopwatch:
    """Shows what the test says."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch() -> Stopwatch:
    return Stopwatch()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Looks at the structure once and never again, so that it can put right what it took away."""
    opened = open_database(database_url, monotonic=lambda: 0.0)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def serving(database: Database, database_url: str, stopwatch: Stopwatch) -> Iterator[Database]:
    """A database already in use; `database` is the one that others change it through."""
    opened = open_database(database_url, monotonic=stopwatch)
    with opened.reading() as session:
        list_policies(session)
    with opened.writing() as session:
        save_policy(session, a_policy(), NOW)
    yield opened
    opened.close()


def test_a_database_made_newer_is_refused_within_five_seconds(
    serving: Database, database: Database, stopwatch: Stopwatch
) -> None:
    _run(database, "UPDATE alembic_version SET version_num = '9999'")
    stopwatch.seconds += STRUCTURE_SECONDS

    for _ in range(2):
        with pytest.raises(DatabaseTooNew, match=r"9999.*更新的程序"), serving.reading():
            pass
        with pytest.raises(DatabaseTooNew), serving.writing():
            pass
    assert STRUCTURE_SECONDS <= 5


def test_a_database_whose_structure_was_taken_back_is_refused_and_served_again_once_upgraded(
    serving: Database, database: Database, stopwatch: Stopwatch
) -> None:
    revision = database.current_revision()
    _run(database, "DELETE FROM alembic_version")
    stopwatch.seconds += STRUCTURE_SECONDS

    with pytest.raises(DatabaseNotUpgraded, match=r"结构版本是 空.*huiqi db upgrade"), serving.writing():
        pass

    _run(database, f"INSERT INTO alembic_version VALUES ('{revision}')")
    with serving.reading() as session:
        assert len(list_policies(session)) == 1


def test_the_structure_is_not_asked_for_before_every_transaction(
    serving: Database, database: Database, stopwatch: Stopwatch
) -> None:
    _run(database, "UPDATE alembic_version SET version_num = '9999'")
    stopwatch.seconds += STRUCTURE_SECONDS - 0.1

    with serving.reading() as session:
        assert len(list_policies(session)) == 1


def test_a_table_that_is_gone_is_told_in_words(serving: Database, database: Database) -> None:
    _run(database, "DROP TABLE match_runs")

    with (
        pytest.raises(DatabaseNotUpgraded, match=r"缺少.*match_runs.*huiqi db upgrade.*备份"),
        serving.reading() as session,
    ):
        is_recorded(session, a_run())
    with pytest.raises(DatabaseNotUpgraded, match="match_runs"), serving.writing() as session:
        record_matches(session, [], a_run(), TEXTS, NOW)


def test_a_column_that_is_gone_is_told_in_words(serving: Database, database: Database) -> None:
    _run(database, "ALTER TABLE policies RENAME COLUMN title TO heading")

    with pytest.raises(DatabaseNotUpgraded, match="title"), serving.reading() as session:
        list_policies(session)
    with pytest.raises(DatabaseNotUpgraded, match="title"), serving.writing() as session:
        save_policy(session, a_policy("another-policy"), NOW)


def test_a_database_emptied_of_everything_is_told_at_once(
    serving: Database, database: Database, stopwatch: Stopwatch
) -> None:
    _drop_everything(database)

    with pytest.raises(DatabaseNotUpgraded), serving.reading() as session:
        catalogue_revision(session)
    stopwatch.seconds += STRUCTURE_SECONDS
    with pytest.raises(DatabaseNotUpgraded, match="结构版本是 空"), serving.reading():
        pass

    database.upgrade()
    with serving.reading() as session:
        assert catalogue_revision(session) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_schema_that_is_gone_is_told_in_words(serving: Database, database: Database) -> None:
    _run(database, "DROP SCHEMA public CASCADE")
    try:
        with pytest.raises(DatabaseNotUpgraded), serving.reading() as session:
            list_policies(session)
        with pytest.raises(DatabaseNotUpgraded, match="备份"):
            serving.upgrade()
    finally:
        _run(database, "CREATE SCHEMA public")


def test_a_statement_that_is_wrong_in_itself_stays_a_defect(serving: Database) -> None:
    with pytest.raises(Exception, match="syntax") as refused, serving.reading() as session:
        session.execute(text("SELEC 1"))

    assert not isinstance(refused.value, Unavailable)


def _run(database: Database, *statements: str) -> None:
    with database.writing() as session:
        for statement in statements:
            session.execute(text(statement))


def _dialect(database: Database) -> str:
    with database.reading() as session:
        return session.get_bind().dialect.name


def _drop_everything(database: Database) -> None:
    if _dialect(database) == "postgresql":
        _run(database, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        return
    tables = ["alembic_version", *(table.name for table in reversed(METADATA.sorted_tables))]
    _run(database, *(f"DROP TABLE {name}" for name in tables))
