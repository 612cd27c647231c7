"""Encoded texts, kept so that nothing is encoded twice. The encoder and the text decide the vector."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from service.storage import tables
from service.storage.database import Database

CHUNK = 500
_STORED = np.dtype("<f4")  # the same bytes whatever machine wrote them


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Vectors by encoder and by the hash of the text."""

    database: Database

    def load(self, encoder_id: str, hashes: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors that are there, each of shape (dimensions,), read-only; the other hashes are left out."""
        table = tables.vectors
        found: dict[str, NDArray[np.float32]] = {}
        with self.database.reading() as session:
            for chunk in _chunks(dict.fromkeys(hashes)):
                wanted = (table.c.encoder_id == encoder_id) & table.c.content_hash.in_(chunk)
                for content_hash, vector in session.execute(select(table.c.content_hash, table.c.vector).where(wanted)):
                    found[content_hash] = np.frombuffer(vector, _STORED).astype(np.float32, copy=False)
        return found

    def save(self, encoder_id: str, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep vectors of shape (dimensions,) by the hash of their text; one already there stays."""
        rows = [
            {"encoder_id": encoder_id, "content_hash": key, "vector": np.asarray(vectors[key], _STORED).tobytes()}
            for key in sorted(vectors)
        ]
        with self.database.writing() as session:
            tables.insert_missing(session, tables.vectors, rows)


def _chunks(hashes: Iterable[str]) -> Iterable[list[str]]:
    waiting = iter(hashes)
    return iter(lambda: list(itertools.islice(waiting, CHUNK)), [])
