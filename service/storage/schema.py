"""Which structure a database has, and bringing it to the one this program needs."""

from __future__ import annotations

from functools import lru_cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from service.storage.failures import DatabaseNotUpgraded, DatabaseTooNew


def found_revision(connection: Connection) -> str | None:
    """The revision a database is at; None when it has never been upgraded."""
    heads = MigrationContext.configure(connection).get_current_heads()
    return "、".join(sorted(heads)) or None


def check_known(connection: Connection, place: str) -> None:
    """Raises DatabaseTooNew when the revision is none of this program's."""
    _known(found_revision(connection), place)


def check_current(connection: Connection, place: str) -> None:
    """Raises DatabaseTooNew or DatabaseNotUpgraded unless the structure is the one this program needs."""
    found, needed = _known(found_revision(connection), place), _known_revisions()[0]
    if found != needed:
        raise DatabaseNotUpgraded(place, found=found or "空", expected=needed)


def upgrade_structure(connection: Connection) -> None:
    """Run the missing migrations inside the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _known(found: str | None, place: str) -> str | None:
    known = _known_revisions()
    if found is not None and found not in known:
        raise DatabaseTooNew(place, found=found, expected=known[0])
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "service.storage:migrations")
    return config


@lru_cache(maxsize=1)
def _known_revisions() -> tuple[str, ...]:
    """Newest first. Kept: they are the program's own, and asked for again and again while serving."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())
