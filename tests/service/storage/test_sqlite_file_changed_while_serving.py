"""A file that is deleted, or replaced by another, under a process that has it open."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from service.storage.database import Database, open_database
from service.storage.failures import DatabaseMissing, DatabaseNotUpgraded, DatabaseReplaced, DatabaseTooNew
from service.storage.policies import list_policies, save_policy
from tests.contracts.builders import NOW, a_policy

PATIENCE_SECONDS = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "huiqi.db"


@pytest.fixture
def serving(path: Path) -> Iterator[Database]:
    """In use, with its last transactions still in the log."""
    database = _open(path)
    database.upgrade()
    _save(database, "first-policy")
    yield database
    database.close()


@pytest.fixture
def backup(serving: Database, path: Path, tmp_path: Path) -> Path:
    """A copy from before the second policy."""
    made = tmp_path / "backup.db"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(made)) as target:
        source.backup(target)
    _save(serving, "second-policy")
    return made


def test_a_file_deleted_while_serving_is_told_and_not_made_again(serving: Database, path: Path) -> None:
    path.unlink()

    for use in (serving.reading, serving.writing):
        with pytest.raises(DatabaseMissing, match="没有找到数据库文件"), use():
            pass
    with pytest.raises(DatabaseMissing):
        serving.check()
    assert not path.exists()


def test_a_file_deleted_during_a_transaction_does_not_pass_for_saved(serving: Database, path: Path) -> None:
    with pytest.raises(DatabaseMissing), serving.writing() as session:
        save_policy(session, a_policy("second-policy"), NOW)
        path.unlink()


def test_a_file_put_back_is_served_on(serving: Database, path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "aside.db")
    with pytest.raises(DatabaseMissing), serving.reading():
        pass

    (tmp_path / "aside.db").rename(path)

    _save(serving, "second-policy")
    assert _policies(serving) == ["first-policy", "second-policy"]


def test_a_restored_backup_is_served_from_the_next_transaction_on(serving: Database, path: Path, backup: Path) -> None:
    assert _policies(serving) == ["first-policy", "second-policy"]

    backup.replace(path)

    assert _policies(serving) == ["first-policy"]
    _save(serving, "third-policy")
    assert _policies(_open(path)) == ["first-policy", "third-policy"]
    assert _integrity(path) == "ok"


def test_the_log_of_the_replaced_file_is_laid_aside_and_not_read_into_the_new_one(
    serving: Database, path: Path, backup: Path
) -> None:
    log = path.with_name("huiqi.db-wal")
    kept = log.read_bytes()
    number = log.stat().st_ino
    backup.replace(path)

    _save(serving, "third-policy")

    assert path.with_name(f"huiqi.db-wal.replaced-{number}").read_bytes() == kept
    assert log.read_bytes() != kept


def test_of_several_that_serve_each_comes_over_to_the_restored_backup(
    serving: Database, path: Path, backup: Path
) -> None:
    others = [_open(path) for _ in range(3)]
    for other in others:
        assert _policies(other) == ["first-policy", "second-policy"]
        _save(other, "second-policy")
    backup.replace(path)

    for number, database in enumerate([*others, serving]):
        _save(database, f"third-policy-{number}")

    expected = ["first-policy", *(f"third-policy-{number}" for number in range(4))]
    assert [_policies(database) for database in (serving, *others)] == [expected] * 4
    for other in others:
        other.close()
    assert _policies(serving) == expected
    assert _integrity(path) == "ok"


def test_a_file_replaced_during_a_transaction_does_not_pass_for_saved(
    serving: Database, path: Path, backup: Path
) -> None:
    with pytest.raises(DatabaseReplaced, match="没有保存。请再试一次"), serving.writing() as session:
        save_policy(session, a_policy("third-policy"), NOW)
        backup.replace(path)

    assert _policies(serving) == ["first-policy"]


def test_the_structure_of_a_file_that_took_the_place_is_checked(serving: Database, path: Path, backup: Path) -> None:
    with closing(sqlite3.connect(backup)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    backup.replace(path)

    with pytest.raises(DatabaseTooNew, match="9999"), serving.reading():
        pass


def test_an_empty_file_that_took_the_place_is_still_to_be_upgraded(serving: Database, path: Path) -> None:
    path.with_name("empty.db").touch()
    path.with_name("empty.db").replace(path)

    with pytest.raises(DatabaseNotUpgraded), serving.writing():
        pass


def test_a_deleted_file_can_be_made_anew_while_another_process_serves(path: Path) -> None:
    database = _open(path)
    database.upgrade()
    database.close()
    fresh = multiprocessing.get_context("spawn")
    ours, theirs = fresh.Pipe()
    other = fresh.Process(target=_serve, args=(path, theirs), daemon=True)
    other.start()
    assert _heard(ours) == ["old-policy"]
    path.unlink()

    database.upgrade()

    _save(database, "new-policy")
    ours.send("look again")
    assert _heard(ours) == ["new-policy"]
    other.join(PATIENCE_SECONDS)
    assert _policies(database) == ["new-policy"]
    database.close()
    assert _integrity(path) == "ok"


def test_a_link_that_points_elsewhere_now_leaves_the_other_file_and_its_log(tmp_path: Path) -> None:
    link, first, second = (tmp_path / name for name in ("huiqi.db", "first.db", "second.db"))
    for target in (first, second):
        made = _open(target)
        made.upgrade()
        made.close()
    link.symlink_to(first)
    serving = _open(link)
    _save(serving, "first-policy")

    link.unlink()
    link.symlink_to(second)

    assert _policies(serving) == []
    serving.close()
    assert _policies(_open(first)) == ["first-policy"]


def _serve(path: Path, pipe: Connection) -> None:
    database = _open(path)
    _save(database, "old-policy")
    pipe.send(_policies(database))
    pipe.recv()
    pipe.send(_policies(database))
    database.close()


def _heard(pipe: Connection) -> object:
    assert pipe.poll(PATIENCE_SECONDS)
    return pipe.recv()


def _open(path: Path) -> Database:
    return open_database(f"sqlite:///{path}", busy_seconds=0.05)


def _save(database: Database, policy_id: str) -> None:
    with database.writing() as session:
        save_policy(session, a_policy(policy_id), NOW)


def _policies(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(row.id for row in list_policies(session))


def _integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
