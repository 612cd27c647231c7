"""SQLite as the durable store: one file, WAL, every commit on disk before it is reported."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from service.storage.failures import (
    DatabaseDamaged,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseReplaced,
    DatabaseUnopenable,
    DiskFull,
    NotADatabase,
    ReadOnlyDatabase,
    StorageFailure,
    TablesMissing,
)

_Prepare: TypeAlias = Callable[[sqlite3.Connection], None]
_Identity: TypeAlias = tuple[int, int]  # device and inode
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
# SQLite has no code of its own for these.
_STRUCTURE_WORDS = ("no such table", "no such column", "has no column named")


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database file at an absolute path; a lock is waited for at most `busy_seconds`."""

    path: Path
    busy_seconds: float

    @property
    def place(self) -> str:
        return str(self.path)

    def open(self) -> OpenFile:
        """One engine that can only read, from a snapshot, and one whose transactions hold the write lock throughout.

        A transaction that reads first and writes later cannot wait for a lock in SQLite, so writers take it at BEGIN.
        """
        identity = self.identity()
        reading = self._engine("BEGIN", identity, _never_write)
        return OpenFile(self, identity, reading, self._engine("BEGIN IMMEDIATE", identity, _keep_a_log))

    def create(self) -> None:
        """Make the folder and an empty file where they are missing; a log without its file is laid aside."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.alone():
                if not self.path.exists():
                    for path in self.logs():
                        lay_aside(path)
                    self.path.touch()
        except OSError as error:
            raise DatabaseUnopenable(self.place, detail=error.strerror) from error

    def identity(self) -> _Identity:
        """What tells the file from another at the same path. Raises DatabaseMissing."""
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise DatabaseMissing(self.place) from None
        except OSError as error:
            raise DatabaseUnopenable(self.place, detail=error.strerror) from error
        return found.st_dev, found.st_ino

    def logs(self) -> tuple[Path, Path]:
        """Where SQLite keeps its log and the log's index: beside the file itself, not beside a link to it."""
        real = os.path.realpath(self.path)
        return Path(f"{real}-wal"), Path(f"{real}-shm")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process of ours makes the file or moves its log meanwhile."""
        folder = os.open(os.path.realpath(self.path.parent), os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def take_turn(self, connection: Connection) -> None:
        """Upgrades already take turns: their transaction began with the write lock."""

    def failure(self, error: DBAPIError) -> StorageFailure | None:
        code = getattr(error.orig, "sqlite_errorcode", None)
        kind = _KINDS.get(code & 0xFF) if isinstance(code, int) else None  # the low byte is the primary code
        if code == sqlite3.SQLITE_ERROR and any(words in str(error.orig) for words in _STRUCTURE_WORDS):
            kind = TablesMissing
        return None if kind is None else kind(self.place, detail=error.orig, seconds=self.busy_seconds)

    def _engine(self, begin: str, identity: _Identity, prepare: _Prepare) -> Engine:
        connect = self._connector(identity, prepare)
        engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, max_overflow=-1, hide_parameters=True)

        def on_begin(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        event.listen(engine, "begin", on_begin)
        return engine

    def _connector(self, identity: _Identity, prepare: _Prepare) -> Callable[[], sqlite3.Connection]:
        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(
                f"{self.path.as_uri()}?mode=rw",  # never create: a mistyped path must not become an empty database
                uri=True,
                timeout=self.busy_seconds,
                isolation_level=None,  # the driver must not begin transactions of its own
                check_same_thread=False,
            )
            try:
                if self.identity() != identity:  # nothing is read yet: another file must not be read with our log
                    raise DatabaseReplaced(self.place)
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA foreign_keys=ON")
                prepare(connection)
            except BaseException:
                connection.close()
                raise
            return connection

        return connect


@dataclass(slots=True)
class OpenFile:
    """Connections to one file, of use while it keeps its place.

    A file that is deleted or replaced lives on for those who have it open, and with it all that they write is lost.
    """

    _file: SqliteFile
    _identity: _Identity
    reading: Engine
    writing: Engine
    _logs: dict[Path, _Identity | None] = field(default_factory=dict)

    def is_current(self) -> bool:
        """Raises DatabaseMissing when nothing is in the place of the file."""
        # Seen before the file is: were that replaced in between, the log might be the new one's.
        logs = {path: _identity_of(path) for path in self._file.logs()}
        if self._file.identity() != self._identity:
            return False
        self._logs = logs
        return True

    def make_way(self) -> None:
        """Lay our log aside if another file is in our place now: SQLite would take it for that file's and mix the two.

        Call this while still connected: it keeps the log's inode from being given to another.
        """
        if self._file.identity() == self._identity:
            return
        try:
            with self._file.alone():
                for path in self._file.logs():
                    if (known := self._logs.get(path)) is not None and _identity_of(path) == known:
                        lay_aside(path)
        except OSError as error:
            raise DatabaseUnopenable(self._file.place, detail=error.strerror) from error


def lay_aside(path: Path) -> None:
    """Rename a log that belongs to no file any more, never delete it: it may hold the last transactions of one."""
    if (found := _identity_of(path)) is not None:
        path.rename(path.with_name(f"{path.name}.replaced-{found[1]}"))


def _identity_of(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
