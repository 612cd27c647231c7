"""The database as the service sees it: transactions to read in, transactions to write in, and its structure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from service.errors import HuiqiError, Invalid
from service.storage.failures import DatabaseLocked, UnsupportedDatabase
from service.storage.postgresql import PostgresServer
from service.storage.schema import check_current, check_known, found_revision, upgrade_structure
from service.storage.sqlite import SqliteFile

BUSY_SECONDS = 10.0


class Backend(Protocol):
    """One kind of database: how to reach it, and what its errors mean."""

    @property
    def place(self) -> str:
        """What to call it in messages; without account or password."""

    @property
    def busy_seconds(self) -> float: ...

    def engines(self) -> tuple[Engine, Engine]:
        """For reading and for writing; connects to nothing yet."""

    def create(self) -> None: ...

    def take_turn(self, connection: Connection) -> None:
        """Hold off other upgrades until the transaction ends."""

    def failure(self, error: DBAPIError) -> HuiqiError | None:
        """What an error of the driver means to people; None for a defect of ours."""


@dataclass(slots=True)
class _Engines:
    reading: Engine
    writing: Engine
    checked: bool = False


class Database:
    """A database that is reached when first used, anew in every process: connections do not survive a fork."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._by_process: dict[int, _Engines] = {}

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
        with self._explained(), Session(self._ready().writing) as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Make or bring up to date the tables, wholly or not at all. Safe to call from several processes at once."""
        self._backend.create()
        with self._explained(), self._engines().writing.begin() as connection:
            self._backend.take_turn(connection)
            check_known(connection, self._backend.place)
            upgrade_structure(connection)

    def current_revision(self) -> str | None:
        """None when the database is there but was never upgraded."""
        with self._explained(), self._engines().reading.begin() as connection:
            return found_revision(connection)

    def check(self) -> None:
        """Raises StorageFailure unless the database can be reached and has the structure this program needs."""
        with self._explained(), self._engines().reading.begin() as connection:
            check_current(connection, self._backend.place)

    def close(self) -> None:
        """Give back every connection of this process; later use connects again."""
        engines = self._by_process.pop(os.getpid(), None)
        if engines is not None:
            engines.reading.dispose()
            engines.writing.dispose()

    def _ready(self) -> _Engines:
        engines = self._engines()
        if not engines.checked:
            self.check()
            engines.checked = True
        return engines

    def _engines(self) -> _Engines:
        process = os.getpid()
        if process not in self._by_process:
            self._forget_inherited()
            # Two threads may both make engines here; setdefault keeps one, and the other has connected to nothing.
            self._by_process.setdefault(process, _Engines(*self._backend.engines()))
        return self._by_process[process]

    def _forget_inherited(self) -> None:
        """Connections made before a fork belong to the parent: let go of them without closing them."""
        for process in [process for process in list(self._by_process) if process != os.getpid()]:
            inherited = self._by_process.pop(process)
            inherited.reading.dispose(close=False)
            inherited.writing.dispose(close=False)

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


def open_database(url: str, busy_seconds: float = BUSY_SECONDS) -> Database:
    """The database at `url`: ``sqlite:///path`` or ``postgresql://…``. Nothing is connected yet.

    A lock is waited for at most `busy_seconds`. Raises UnsupportedDatabase.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # The text may hold a password, and so may the cause.
        raise UnsupportedDatabase("写法不对") from None
    return Database(_backend(parsed, busy_seconds))


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
