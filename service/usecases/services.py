"""The real parts that use cases are handed, picked by wiring alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from indexes.matcher import Matcher
from policies.document import PolicyVersion
from policies.reference import Reference
from service.clock import Clock, monotonic
from service.storage.database import Database
from service.storage.policies import UnreadablePolicy, catalogue_revision, current_policies

CATALOGUE_TOPIC = "catalogue"
# How soon another process's publication is seen (design: at once, at most 2 s with Redis and 10 s without).
LOOK_WITH_BELL_SECONDS = 0.5
LOOK_WITHOUT_BELL_SECONDS = 5.0


class Bell(Protocol):
    """Rung when something changed that other processes hold in memory; see service/doorbell.py."""

    def ring(self, topic: str) -> None: ...
    def rings(self, topic: str) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every current policy at one revision; policies that cannot be read stand apart and stop no other."""

    revision: int
    policies: tuple[PolicyVersion, ...]
    unreadable: tuple[UnreadablePolicy, ...]


@dataclass
class CatalogueCache:
    """The catalogue in memory, read again when its revision moved.

    SQL says what the revision is; the bell only says when to look sooner.
    """

    _held: Catalogue | None = None
    _looked_at: float = float("-inf")
    _rings: int | None = None

    def current(self, database: Database, reference: Reference, bell: Bell) -> Catalogue:
        now = monotonic()
        if self._held is not None and now - self._looked_at < LOOK_WITH_BELL_SECONDS:
            return self._held
        rings = bell.rings(CATALOGUE_TOPIC)
        rang = rings is not None and rings != self._rings
        if self._held is None or rang or now - self._looked_at >= LOOK_WITHOUT_BELL_SECONDS:
            self._held = self._read(database, reference)
            self._looked_at, self._rings = now, rings
        return self._held

    def _read(self, database: Database, reference: Reference) -> Catalogue:
        with database.reading() as session:
            if self._held is not None and self._held.revision == catalogue_revision(session):
                return self._held
            found = current_policies(session, reference)
        return Catalogue(found.revision, found.policies, found.unreadable)

    def forget(self) -> None:
        """Look again at the next call."""
        self._looked_at = float("-inf")


@dataclass(frozen=True)
class Services:
    reference: Reference
    database: Database
    clock: Clock
    bell: Bell
    matcher: Matcher
    cache: CatalogueCache = field(default_factory=CatalogueCache)

    def catalogue(self) -> Catalogue:
        return self.cache.current(self.database, self.reference, self.bell)
