"""Vectors by the content they stand for: what is encoded once is kept, and near texts are found (faiss lives here alone)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from indexes.encoder import Encoder

Vector = NDArray[np.float32]


def content_hash(text: str) -> str:
    """The key of a text: sha256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class VectorStore(Protocol):
    """Keeps vectors between runs, by encoder and content hash."""

    def load(self, encoder_id: str, hashes: Sequence[str]) -> dict[str, Vector]:
        """Those of the hashes that are kept."""
        ...

    def save(self, encoder_id: str, vectors: Mapping[str, Vector]) -> None: ...


class MemoryVectors:
    """A store that forgets when the process ends."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Vector] = {}

    def load(self, encoder_id: str, hashes: Sequence[str]) -> dict[str, Vector]:
        return {key: self._kept[encoder_id, key] for key in hashes if (encoder_id, key) in self._kept}

    def save(self, encoder_id: str, vectors: Mapping[str, Vector]) -> None:
        self._kept.update({(encoder_id, key): vector for key, vector in vectors.items()})


class VectorIndex:
    """An exact inner-product index over content hashes; safe to share between threads."""

    def __init__(self, encoder: Encoder, store: VectorStore) -> None:
        self.encoder = encoder
        self._store = store
        self._index = faiss.IndexFlatIP(encoder.dimension)
        self._hashes: list[str] = []
        self._rows: dict[str, int] = {}
        # faiss moves its memory when it grows: nobody may read meanwhile.
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._hashes)

    def ensure(self, texts: Iterable[str]) -> list[str]:
        """Make the texts known, encoding only what the store lacks. Returns their hashes in order."""
        wanted = [(content_hash(text), text) for text in texts]
        with self._lock:
            new = {key: text for key, text in wanted if key not in self._rows}
            if new:
                self._add(self._vectors_of(new))
        return [key for key, _ in wanted]

    def _vectors_of(self, texts: Mapping[str, str]) -> dict[str, Vector]:
        """From the store, and from the encoder where it has none that fits."""
        stored = self._store.load(self.encoder.id, list(texts))
        vectors = {key: vector for key, vector in stored.items() if key in texts and self._fits(vector)}
        lacking = [key for key in texts if key not in vectors]
        if lacking:
            encoded = self.encoder.encode([texts[key] for key in lacking])
            fresh = dict(zip(lacking, encoded, strict=True))
            self._store.save(self.encoder.id, fresh)
            vectors |= fresh
        return vectors

    def _fits(self, vector: Vector) -> bool:
        return vector.shape == (self.encoder.dimension,) and bool(np.isfinite(vector).all())

    def _add(self, vectors: Mapping[str, Vector]) -> None:
        self._index.add(np.ascontiguousarray(np.stack(list(vectors.values())), dtype=np.float32))
        for key in vectors:
            self._rows[key] = len(self._hashes)
            self._hashes.append(key)

    def similarities(self, queries: Sequence[str], hashes: Sequence[str]) -> Vector:
        """Cosines, shape (queries, hashes). Raises KeyError for a hash that `ensure` has not seen.

        The rows are gathered rather than searched for: faiss' IDSelectorArray looks through its whole list for every
        row, which takes seconds where this takes a millisecond.
        """
        if not queries or not hashes:
            return np.zeros((len(queries), len(hashes)), dtype=np.float32)
        asked = self.encoder.encode(queries)
        with self._lock:
            rows = np.fromiter((self._rows[key] for key in hashes), dtype=np.int64, count=len(hashes))
            known = self._index.reconstruct_batch(rows)
        return np.asarray(np.clip(asked @ known.T, -1, 1), dtype=np.float32)

    def scores(self, query: str, hashes: Sequence[str]) -> dict[str, float]:
        """The cosine of the query with each of the hashes."""
        return dict(zip(hashes, self.similarities([query], hashes)[0].tolist(), strict=True)) if hashes else {}

    def nearest(self, query: str, count: int) -> list[tuple[str, float]]:
        """The nearest known texts by hash, nearest first."""
        asked = self.encoder.encode([query])
        with self._lock:
            size = min(count, len(self._hashes))
            if size <= 0:
                return []
            near, rows = self._index.search(asked, size)
            return [
                (self._hashes[row], float(score)) for score, row in zip(near[0], cast("Vector", rows)[0], strict=True)
            ]
