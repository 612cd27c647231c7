"""SQLite as the durable store: one file, WAL, every commit on disk before it is reported."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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

_DURABLE = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
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
        reading = self._engine("BEGIN", "PRAGMA query_only=ON")
        writing = self._engine("BEGIN IMMEDIATE", "PRAGMA journal_mode=WAL")
        return reading, writing

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

    def _engine(self, begin: str, *pragmas: str) -> Engine:
        engine = create_engine(
            "sqlite://", creator=self._connector(pragmas), poolclass=QueuePool, max_overflow=-1, hide_parameters=True
        )

        def on_begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        event.listen(engine, "begin", on_begin)
        return engine

    def _connector(self, pragmas: tuple[str, ...]) -> Callable[[], sqlite3.Connection]:
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
                for pragma in (*_DURABLE, *pragmas):
                    connection.execute(pragma)
            except BaseException:
                connection.close()
                raise
            return connection

        return connect
