from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexes.vectors import MemoryVectors, VectorIndex, content_hash
from tests.indexes.builders import CharacterEncoder, an_index

TEXTS = ["铝板带箔", "床上用品", "绳网缆绳", "铝型材"]


def test_a_content_hash_is_the_sha256_of_the_text() -> None:
    assert content_hash("铝") == "52881143353f3021d5f12de41484bb5ff1dbc89f4fc0f14fce0c5975e04de0a7"
    assert content_hash("铝") != content_hash("铝 ")


def test_only_what_the_store_lacks_is_encoded() -> None:
    store, first, second = MemoryVectors(), CharacterEncoder(), CharacterEncoder()
    VectorIndex(first, store).ensure(TEXTS[:2])

    VectorIndex(second, store).ensure(TEXTS)

    assert second.encoded == TEXTS[2:]


def test_a_text_is_encoded_once_however_often_it_comes() -> None:
    encoder = CharacterEncoder()
    index = VectorIndex(encoder, MemoryVectors())

    first, second = index.ensure(["铝板", "铝板"]), index.ensure(["铝板"])

    assert encoder.encoded == ["铝板"]
    assert first == [content_hash("铝板")] * 2 and second == first[:1]
    assert len(index) == 1


def test_another_encoder_does_not_take_over_the_vectors() -> None:
    store, other = MemoryVectors(), CharacterEncoder("other")
    VectorIndex(CharacterEncoder(), store).ensure(TEXTS)

    VectorIndex(other, store).ensure(TEXTS)

    assert other.encoded == TEXTS


def test_a_kept_vector_that_does_not_fit_is_made_anew() -> None:
    store, encoder = MemoryVectors(), CharacterEncoder()
    key = content_hash("铝板")
    store.save(
        encoder.id, {key: np.ones(3, dtype=np.float32), content_hash("绳"): np.full(256, np.nan, dtype=np.float32)}
    )

    VectorIndex(encoder, store).ensure(["铝板", "绳"])

    assert encoder.encoded == ["铝板", "绳"]
    assert store.load(encoder.id, [key])[key].shape == (256,)


def test_scores_are_cosines_of_the_asked_hashes_alone() -> None:
    index = an_index()
    keys = index.ensure(TEXTS)

    scores = index.scores("铝板", [keys[3], keys[0]])

    assert set(scores) == {keys[0], keys[3]}
    assert scores[keys[0]] == pytest.approx(2 / (2 * 4) ** 0.5, abs=1e-6)
    assert scores[keys[0]] > scores[keys[3]] > 0


def test_nothing_asked_gives_nothing() -> None:
    index = an_index()

    assert index.scores("铝", []) == {}
    assert index.nearest("铝", 5) == []
    assert index.similarities([], index.ensure(TEXTS)).shape == (0, 4)


def test_an_unknown_hash_is_an_error() -> None:
    with pytest.raises(KeyError):
        an_index().scores("铝", [content_hash("铝")])


@given(st.lists(st.text(alphabet="铝板带床单绳网化工", min_size=1, max_size=6), min_size=1, max_size=12, unique=True))
def test_the_nearest_are_those_with_the_highest_scores(texts: list[str]) -> None:
    index = an_index()
    keys = index.ensure(texts)

    nearest = index.nearest("铝板绳网", 3)
    scores = index.scores("铝板绳网", keys)

    assert [score for _, score in nearest] == pytest.approx(sorted(scores.values(), reverse=True)[:3], abs=1e-5)
    assert all(scores[key] == pytest.approx(score, abs=1e-5) for key, score in nearest)


def test_threads_may_add_and_ask_at_once() -> None:
    index = an_index()
    keys = index.ensure(TEXTS)
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for step in range(30):
                index.ensure([f"第{number}批{step}条"])
                assert index.scores("铝板", keys)[keys[0]] > 0.5
                index.nearest("铝板", 3)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(index) == 4 + 4 * 30
