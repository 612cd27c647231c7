"""The database as the service sees it: transactions to read in, transactions to write in, and its structure."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from service.errors import HuiqiError, Invalid
from service.storage.failures import DatabaseLocked, DatabaseReplaced, StorageFailure, UnsupportedDatabase
from service.storage.postgresql import PostgresServer
from service.storage.schema import check_current, check_known, found_revision, upgrade_structure
from service.storage.sqlite import SqliteFile

BUSY_SECONDS = 10.0
STRUCTURE_SECONDS = 5.0  # how soon an upgrade by a newer program is noticed while serving


class Opened(Protocol):
    """Connections to one database, made when first used."""

    @property
    def reading(self) -> Engine: ...

    @property
    def writing(self) -> Engine: ...

    def is_current(self) -> bool:
        """False when another database has taken the place. Raises StorageFailure when the place is empty."""

    def make_way(self) -> None:
        """Clear what would harm a database that has taken the place. Raises StorageFailure when that cannot be done."""


class Backend(Protocol):
    """One kind of database: how to reach it, and what its errors mean."""

    @property
    def place(self) -> str:
        """What to call it in messages; without account or password."""

    @property
    def busy_seconds(self) -> float: ...

    def open(self) -> Opened:
        """Connects to nothing yet. Raises StorageFailure when there is nothing to open."""

    def create(self) -> None: ...

    def take_turn(self, connection: Connection) -> None:
        """Hold off other upgrades until the transaction ends."""

    def failure(self, error: DBAPIError) -> HuiqiError | None:
        """What an error of the driver means to people; None for a defect of ours."""


@dataclass(slots=True)
class _Use:
    opened: Opened
    checked_at: float = float("-inf")

    def dispose(self, *, close: bool = True) -> None:
        self.opened.reading.dispose(close=close)
        self.opened.writing.dispose(close=close)


class Database:
    """A database that is reached when first used, anew in every process: connections do not survive a fork.

    That it is still there, and still the same file, is looked at before every transaction; its structure at the first
    and then every STRUCTURE_SECONDS of `monotonic`, which counts up in seconds.
    """

    def __init__(self, backend: Backend, monotonic: Callable[[], float] = time.perf_counter) -> None:
        self._backend = backend
        self._monotonic = monotonic
        self._by_process: dict[int, _Use] = {}

    def __repr__(self) -> str:
        return f"Database({self._backend.place})"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One snapshot; nothing can be written. Raises StorageFailure."""
        with self._explained(), Session(self._ready().reading) as session, session.begin():
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction, committed at the end or, on any exception, undone entirely. Raises StorageFailure."""
        with self._explained():
            opened = self._ready()
            with Session(opened.writing) as session, session.begin():
                yield session
                if not opened.is_current():
                    raise DatabaseReplaced(self._backend.place)

    def upgrade(self) -> None:
        """Make or bring up to date the tables, wholly or not at all. Safe to call from several processes at once."""
        self._backend.create()
        with self._explained(), self._in_use().opened.writing.begin() as connection:
            self._backend.take_turn(connection)
            check_known(connection, self._backend.place)
            upgrade_structure(connection)

    def current_revision(self) -> str | None:
        """None when the database is there but was never upgraded."""
        with self._explained(), self._in_use().opened.reading.begin() as connection:
            return found_revision(connection)

    def check(self) -> None:
        """Raises StorageFailure unless the database can be reached and has the structure this program needs."""
        with self._explained():
            self._check(self._in_use())

    def close(self) -> None:
        """Give back every connection of this process; later use connects again."""
        use = self._by_process.pop(os.getpid(), None)
        if use is not None:
            with suppress(StorageFailure):  # whoever uses the place next is told
                use.opened.make_way()
            use.dispose()

    def _ready(self) -> Opened:
        use, now = self._in_use(), self._monotonic()
        if now - use.checked_at >= STRUCTURE_SECONDS:
            self._check(use)
            use.checked_at = now
        return use.opened

    def _check(self, use: _Use) -> None:
        with use.opened.reading.begin() as connection:
            check_current(connection, self._backend.place)

    def _in_use(self) -> _Use:
        process = os.getpid()
        use = self._by_process.get(process)
        if use is not None:
            if use.opened.is_current():
                return use
            use.opened.make_way()
            self._by_process.pop(process, None)
            use.dispose()
        self._forget_inherited()
        # Two threads may both open it here; setdefault keeps one, and the other has connected to nothing.
        return self._by_process.setdefault(process, _Use(self._backend.open()))

    def _forget_inherited(self) -> None:
        """Connections made before a fork belong to the parent: let go of them without closing them."""
        for process in [process for process in list(self._by_process) if process != os.getpid()]:
            inherited = self._by_process.pop(process)
            inherited.dispose(close=False)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            failure = self._backend.failure(error)
            if failure is None:
                raise
            raise failure from error
        except NoConnectionFree as error:
            raise DatabaseLocked(self._backend.place, seconds=self._backend.busy_seconds) from error
        except UnicodeEncodeError as error:  # half of a surrogate pair: no database can hold it
            raise Invalid("内容里有无法处理的字符，请检查后再试。") from error


def open_database(
    url: str, busy_seconds: float = BUSY_SECONDS, monotonic: Callable[[], float] = time.perf_counter
) -> Database:
    """The database at `url`: ``sqlite:///path`` or ``postgresql://…``. Nothing is connected yet.

    A lock is waited for at most `busy_seconds`. Raises UnsupportedDatabase.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text may hold a password, and so may the cause.
        raise UnsupportedDatabase("写法不对") from None
    return Database(_backend(parsed, busy_seconds), monotonic)


def _backend(url: URL, busy_seconds: float) -> Backend:
    match url.drivername:
        case "sqlite" | "sqlite+pysqlite":
            if url.database in (None, "", ":memory:"):
                raise UnsupportedDatabase("缺少文件路径，内存里的数据关机就没了")
            if url.query:
                raise UnsupportedDatabase("SQLite 的地址里不能有“?”")
            return SqliteFile(Path(str(url.database)).absolute(), busy_seconds)
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return PostgresServer(url, busy_seconds)
        case other:
            raise UnsupportedDatabase(f"不支持 {other}")
