"""The shipped encoder must keep its measured gain over plain overlap of characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from indexes.encoder import load_encoder
from indexes.training.examples import read_phrases
from indexes.training.measure import (
    RankingCase,
    RankingCases,
    Similarities,
    by_encoder,
    by_overlap,
    by_weighted_overlap,
    figure,
    measure,
    read_cases,
)

CASES = read_cases(Path(__file__).with_name("ranking_cases.yaml").read_text(encoding="utf-8"))


def test_the_encoder_ranks_surely_better_than_either_overlap() -> None:
    ours = measure("encoder", by_encoder(load_encoder(None)), CASES)

    for baseline in (measure("overlap", by_overlap, CASES), measure("weighted", by_weighted_overlap, CASES)):
        assert figure(ours.ndcg - baseline.ndcg).low > 0.1
        assert figure(ours.hit - baseline.hit).low > 0.1


def test_no_description_was_trained_on() -> None:
    trained = [phrase.text for phrase in read_phrases()]

    for case in CASES.cases:
        assert not any(phrase in case.text or case.text in phrase for phrase in trained), case.text


def test_there_are_enough_descriptions() -> None:
    assert len(CASES.cases) >= 60


def test_a_company_of_two_trades_is_served_better_by_its_phrases_than_as_a_whole() -> None:
    encoder = load_encoder(None)
    mixed = RankingCases(CASES.texts, tuple(map(_joined, CASES.cases, CASES.cases[7:] + CASES.cases[:7])))

    def with_phrases(queries: Sequence[str], texts: Sequence[str]) -> Similarities:
        known = encoder.encode(texts).T
        best = [(encoder.encode(re.split("[，。、]", query)) @ known).max(axis=0) for query in queries]
        return np.asarray((encoder.encode(queries) @ known + np.stack(best)) / 2, dtype=np.float64)

    whole, phrases = measure("whole", by_encoder(encoder), mixed), measure("phrases", with_phrases, mixed)

    assert figure(phrases.ndcg - whole.ndcg).low > 0.02


def _joined(one: RankingCase, other: RankingCase) -> RankingCase:
    """A company that does both."""
    grades = {
        key: max(one.relevant.get(key, 0), other.relevant.get(key, 0)) for key in {*one.relevant, *other.relevant}
    }
    return RankingCase(f"{one.text}，{other.text}", grades)
