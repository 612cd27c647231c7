"""What only a file can do to us: be missing, be something else, be locked, be full."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from service.errors import Unavailable
from service.storage.database import Database, open_database
from service.storage.failures import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNotUpgraded,
    DatabaseUnopenable,
    DiskFull,
    NotADatabase,
)
from service.storage.policies import catalogue_revision, list_policies, save_policy
from service.storage.sqlite import SqliteFile
from tests.contracts.builders import NOW, a_policy

PATIENCE_SECONDS = 0.05


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "数据 100%" / "huiqi.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{path}", busy_seconds=PATIENCE_SECONDS)
    yield opened
    opened.close()


def test_opening_touches_nothing(database: Database, path: Path) -> None:
    assert str(path) in repr(database)
    assert not path.parent.exists()


def test_an_upgrade_makes_the_folder_and_the_file(database: Database, path: Path) -> None:
    database.upgrade()

    assert path.is_file()


@pytest.mark.parametrize("use", ["reading", "writing", "check", "current_revision"])
def test_a_missing_file_is_named_and_never_made(database: Database, path: Path, use: str) -> None:
    with pytest.raises(DatabaseMissing, match=r"没有找到数据库文件.*huiqi db upgrade") as refused:
        _use(database, use)

    assert str(path) in refused.value.message
    assert not path.exists()


@pytest.mark.parametrize("use", ["reading", "writing", "check", "current_revision", "upgrade"])
def test_a_file_that_is_no_database_is_left_as_it_is(database: Database, path: Path, use: str) -> None:
    path.parent.mkdir()
    path.write_text("这是一份普通文件，不是数据库。" * 50, encoding="utf-8")
    before = path.read_bytes()

    with pytest.raises(NotADatabase, match="不是 SQLite 数据库文件"):
        _use(database, use)

    assert path.read_bytes() == before


def test_an_empty_file_is_a_database_still_to_be_upgraded(database: Database, path: Path) -> None:
    path.parent.mkdir()
    path.touch()

    with pytest.raises(DatabaseNotUpgraded):
        database.check()


def test_a_folder_in_the_place_of_the_file_is_told(database: Database, path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(DatabaseUnopenable, match="应是一个可读写的文件"):
        database.check()


def test_a_file_in_the_place_of_the_folder_is_told(database: Database, path: Path) -> None:
    path.parent.touch()

    with pytest.raises(DatabaseUnopenable, match="文件夹的权限"):
        database.upgrade()


def test_a_damaged_file_is_told(database: Database, path: Path) -> None:
    database.upgrade()
    database.close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)

    with pytest.raises(DatabaseDamaged, match=r"已损坏.*备份"), database.reading() as session:
        list_policies(session)


def test_a_locked_file_is_told_after_the_busy_time(database: Database, path: Path) -> None:
    database.upgrade()

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked, match=r"等了 0.05 秒仍未空出"), database.writing() as session:
            save_policy(session, a_policy(), NOW)
        with database.reading() as session:
            assert list_policies(session) == ()
        other.execute("ROLLBACK")

    with database.writing() as session:
        assert save_policy(session, a_policy(), NOW).is_new


def test_a_full_disk_is_told_and_leaves_nothing_half_written(database: Database) -> None:
    database.upgrade()

    with pytest.raises(DiskFull, match="磁盘已满，这次没有保存"), database.writing() as session:
        session.execute(text("PRAGMA max_page_count = 1"))  # SQLite takes the present size as the least
        for number in range(50):
            save_policy(session, a_policy(f"policy-{number}"), NOW)

    database.close()
    with database.reading() as session:
        assert (list_policies(session), catalogue_revision(session)) == ((), 0)


def test_every_commit_is_on_disk_and_keys_are_enforced(database: Database) -> None:
    database.upgrade()

    with database.writing() as session:
        state = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert state == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_new_file_opened_by_many_at_once_refuses_none(tmp_path: Path) -> None:
    def switch(file: SqliteFile) -> str:
        barrier.wait()
        writing = file.open().writing
        with writing.begin() as connection:
            mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        writing.dispose()
        return str(mode)

    barrier = Barrier(4)
    for number in range(60):
        file = SqliteFile(tmp_path / f"{number}.db", busy_seconds=10)
        file.create()
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(switch, [file] * 4)) == ["wal"] * 4


def test_a_failed_upgrade_leaves_nothing(database: Database, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE matches (id TEXT)")

    with pytest.raises(Exception, match="matches"):
        database.upgrade()

    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("matches",)]


def _use(database: Database, use: str) -> None:
    try:
        match use:
            case "reading":
                with database.reading() as session:
                    list_policies(session)
            case "writing":
                with database.writing() as session:
                    save_policy(session, a_policy(), NOW)
            case other:
                getattr(database, other)()
    except Unavailable as error:
        assert error.code == "unavailable"
        raise
