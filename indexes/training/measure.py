"""Measures rankings of item texts for company descriptions: nDCG@5 and hit@3, with intervals, beside plain overlap."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import yaml
from numpy.typing import NDArray

from indexes.encoder import Encoder

RESAMPLES = 2000
SEED = 20261121

Similarities: TypeAlias = NDArray[np.float64]
Measure: TypeAlias = Callable[[Sequence[str], Sequence[str]], Similarities]


@dataclass(frozen=True, slots=True)
class RankingCase:
    """A description and the texts it should find: grade 2 just the thing, 1 also of use."""

    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RankingCases:
    texts: Mapping[str, str]
    cases: tuple[RankingCase, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over the cases with its 95 % bootstrap interval (cases resampled)."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Quality:
    """How one way of ranking did, case by case."""

    name: str
    ndcg: NDArray[np.float64]
    hit: NDArray[np.float64]


def read_cases(text: str) -> RankingCases:
    """Raises ValueError when a case names a text that is not there."""
    data = yaml.safe_load(text)
    cases = tuple(RankingCase(row["text"], dict(row["relevant"])) for row in data["queries"])
    for case in cases:
        if unknown := set(case.relevant) - set(data["texts"]):
            raise ValueError(f"“{case.text}”引用了没有的文本：{'、'.join(sorted(unknown))}")
    return RankingCases(dict(data["texts"]), cases)


def measure(name: str, ranking: Measure, cases: RankingCases) -> Quality:
    """Rank all texts for each description; ties keep the order of the file."""
    ids = list(cases.texts)
    near = ranking([case.text for case in cases.cases], list(cases.texts.values()))
    ndcg, hit = [], []
    for row, case in zip(near, cases.cases, strict=True):
        order = np.argsort(-row, kind="stable")
        grades = [case.relevant.get(ids[index], 0) for index in order]
        ndcg.append(_gain(grades[:5]) / _gain(sorted(case.relevant.values(), reverse=True)[:5]))
        hit.append(float(2 in grades[:3]))
    return Quality(name, np.array(ndcg), np.array(hit))


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def figure(values: NDArray[np.float64]) -> Figure:
    picks = np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), (0.025, 0.975))
    return Figure(float(values.mean()), float(low), float(high))


# ---------------------------------------------------------------------- ways of ranking


def by_encoder(encoder: Encoder) -> Measure:
    def rank(queries: Sequence[str], texts: Sequence[str]) -> Similarities:
        return np.asarray(encoder.encode(queries) @ encoder.encode(texts).T, dtype=np.float64)

    return rank


def by_overlap(queries: Sequence[str], texts: Sequence[str]) -> Similarities:
    """The cosine of sets of character bigrams."""
    return _overlap(queries, texts, lambda bigram: 1.0)


def by_weighted_overlap(queries: Sequence[str], texts: Sequence[str]) -> Similarities:
    """The same with rare bigrams weighing more (inverse document frequency over the texts): the stronger baseline."""
    seen = Counter(bigram for text in texts for bigram in bigrams(text))
    return _overlap(queries, texts, lambda bigram: math.log(1 + len(texts) / (1 + seen[bigram])))


def _overlap(queries: Sequence[str], texts: Sequence[str], weight: Callable[[str], float]) -> Similarities:
    def length(found: frozenset[str]) -> float:
        return math.sqrt(math.fsum(weight(bigram) ** 2 for bigram in found)) or 1.0

    left, right = [bigrams(text) for text in queries], [bigrams(text) for text in texts]
    return np.array(
        [
            [
                math.fsum(weight(bigram) ** 2 for bigram in one & other) / (length(one) * length(other))
                for other in right
            ]
            for one in left
        ]
    )


def bigrams(text: str) -> frozenset[str]:
    plain = re.sub(r"\W", "", text)
    return frozenset(plain[start : start + 2] for start in range(len(plain) - 1))
