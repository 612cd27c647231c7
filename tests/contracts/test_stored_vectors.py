from __future__ import annotations

import numpy as np

from service.storage.database import Database
from service.storage.vectors import VectorTable


def test_vectors_come_back_bit_for_bit(database: Database) -> None:
    store = VectorTable(database)
    vectors = {"a": np.array([0.1, -2.5, 3e-8], np.float32), "b": np.array([1.0, 0.0, 7.0], np.float32)}

    store.save("encoder-1", vectors)

    found = store.load("encoder-1", ["b", "a", "missing"])
    assert set(found) == {"a", "b"}
    for key, vector in found.items():
        assert vector.dtype == np.float32
        np.testing.assert_array_equal(vector, vectors[key])


def test_another_encoder_has_vectors_of_its_own(database: Database) -> None:
    store = VectorTable(database)
    store.save("encoder-1", {"a": np.ones(2, np.float32)})

    assert store.load("encoder-2", ["a"]) == {}


def test_a_vector_already_there_stays(database: Database) -> None:
    store = VectorTable(database)
    store.save("encoder-1", {"a": np.ones(2, np.float32)})

    store.save("encoder-1", {"a": np.zeros(2, np.float32), "b": np.zeros(2, np.float32)})

    found = store.load("encoder-1", ["a", "b"])
    assert found["a"].tolist() == [1.0, 1.0]
    assert found["b"].tolist() == [0.0, 0.0]


def test_more_hashes_than_one_query_can_name(database: Database) -> None:
    store = VectorTable(database)
    vectors = {f"{number:064x}": np.array([number], np.float32) for number in range(1_234)}
    store.save("encoder-1", vectors)

    found = store.load("encoder-1", [*vectors, *vectors])

    assert len(found) == 1_234
    assert found[f"{1_233:064x}"].tolist() == [1_233.0]


def test_nothing_to_keep_and_nothing_to_find_is_fine(database: Database) -> None:
    store = VectorTable(database)

    store.save("encoder-1", {})

    assert store.load("encoder-1", []) == {}
