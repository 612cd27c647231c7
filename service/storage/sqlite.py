"""SQLite as the durable store: one file, WAL, every commit on disk before it is reported."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from service.storage.failures import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseUnopenable,
    DiskFull,
    NotADatabase,
    ReadOnlyDatabase,
    StorageFailure,
)

_Prepare: TypeAlias = Callable[[sqlite3.Connection], None]
SWITCH_ATTEMPTS = 100
_KINDS: dict[int, type[StorageFailure]] = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: ReadOnlyDatabase,
    sqlite3.SQLITE_NOTADB: NotADatabase,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnopenable,
    sqlite3.SQLITE_PERM: DatabaseUnopenable,
    sqlite3.SQLITE_IOERR: DatabaseUnopenable,
}


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database file at an absolute path; a lock is waited for at most `busy_seconds`."""

    path: Path
    busy_seconds: float

    @property
    def place(self) -> str:
        return str(self.path)

    def engines(self) -> tuple[Engine, Engine]:
        """One engine that can only read, from a snapshot, and one whose transactions hold the write lock throughout.

        A transaction that reads first and writes later cannot wait for a lock in SQLite, so writers take it at BEGIN.
        """
        return self._engine("BEGIN", _never_write), self._engine("BEGIN IMMEDIATE", _keep_a_log)

    def create(self) -> None:
        """Make the folder and an empty file where they are missing."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch()
        except OSError as error:
            raise DatabaseUnopenable(self.place, detail=error.strerror) from error

    def take_turn(self, connection: Connection) -> None:
        """Upgrades already take turns: their transaction began with the write lock."""

    def failure(self, error: DBAPIError) -> StorageFailure | None:
        code = getattr(error.orig, "sqlite_errorcode", None)
        kind = _KINDS.get(code & 0xFF) if isinstance(code, int) else None  # the low byte is the primary code
        return None if kind is None else kind(self.place, detail=error.orig, seconds=self.busy_seconds)

    def _engine(self, begin: str, prepare: _Prepare) -> Engine:
        engine = create_engine(
            "sqlite://", creator=self._connector(prepare), poolclass=QueuePool, max_overflow=-1, hide_parameters=True
        )

        def on_begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        event.listen(engine, "begin", on_begin)
        return engine

    def _connector(self, prepare: _Prepare) -> Callable[[], sqlite3.Connection]:
        def connect() -> sqlite3.Connection:
            if not self.path.exists():
                raise DatabaseMissing(self.place)
            connection = sqlite3.connect(
                f"{self.path.as_uri()}?mode=rw",  # never create: a mistyped path must not become an empty database
                uri=True,
                timeout=self.busy_seconds,
                isolation_level=None,  # the driver must not begin transactions of its own
                check_same_thread=False,
            )
            try:
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")
                prepare(connection)
            except BaseException:
                connection.close()
                raise
            return connection

        return connect


def _never_write(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only=ON")


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, which it stays.

    Of processes that switch a new file at once SQLite refuses one without waiting. It then waits here for the write
    lock, as long as for any other, and tries again.
    """
    for _ in range(SWITCH_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    connection.execute("PRAGMA journal_mode=WAL")
