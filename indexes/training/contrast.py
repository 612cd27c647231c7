"""Learns one vector per token so that texts that belong together lie near one another (InfoNCE, in-batch negatives)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional

from indexes.training.examples import Example
from indexes.training.segmentation import words_of


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train. `seen_at_least`: see make_tokenizer; `temperature`: how sharply near texts must stand out."""

    dimension: int = 128
    rounds: int = 6
    batch: int = 256
    step: float = 0.01
    temperature: float = 0.2
    seed: int = 20261121
    seen_at_least: tuple[int, ...] = (1, 3, 5, 6)
    drop: float = 0.4


class _Vectors(torch.nn.Module):
    """Token vectors as sums over the words inside a token: 铝板带 shares with 铝板 and with 铝 what they share."""

    def __init__(self, tokens: Sequence[str], weights: torch.Tensor, settings: Settings) -> None:
        super().__init__()
        number = {token: index for index, token in enumerate(tokens)}
        parts = [[number[word] for word in words_of(token) if word in number] for token in tokens]
        self.parts = torch.tensor([part for row in parts for part in row])
        self.offsets = torch.tensor(np.cumsum([0, *(len(row) for row in parts[:-1])]))
        scale = weights[:, None] / math.sqrt(settings.dimension)
        self.table = torch.nn.Parameter(torch.randn(len(tokens), settings.dimension) * scale)

    def forward(self) -> torch.Tensor:
        return functional.embedding_bag(self.parts, self.table, self.offsets, mode="sum")


def train(examples: Sequence[Example], tokenizer: Tokenizer, settings: Settings) -> NDArray[np.float32]:
    """The vectors of all tokens, shape (tokens, dimension). The same input gives the same figures on one machine."""
    torch.manual_seed(settings.seed)
    torch.use_deterministic_algorithms(True)
    texts = sorted({text for example in examples for text in (example.text, example.near)})
    number = {text: index for index, text in enumerate(texts)}
    ids = [torch.tensor(tokenizer.encode(text, add_special_tokens=False).ids or [0]) for text in texts]
    pairs = torch.tensor([[number[example.text], number[example.near]] for example in examples])
    related = _related(pairs, len(texts))
    vectors = _Vectors(_tokens(tokenizer), _rarity(ids, tokenizer.get_vocab_size()), settings)
    optimiser = torch.optim.Adam(vectors.parameters(), lr=settings.step)
    total = settings.rounds * math.ceil(len(pairs) / settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.02, 1 - step / total))
    for _ in range(settings.rounds):
        order = torch.randperm(len(pairs))
        for start in range(0, len(pairs), settings.batch):
            rows = order[start : start + settings.batch]
            optimiser.zero_grad()
            torch.autograd.backward(_loss(vectors(), pairs[rows], ids, related, settings))
            optimiser.step()
            schedule.step()
    with torch.no_grad():
        table = vectors()
        table[0] = 0  # the unknown token says nothing
    return np.asarray(table.numpy(), dtype=np.float32)


def _tokens(tokenizer: Tokenizer) -> list[str]:
    return [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])]


def _rarity(ids: Sequence[torch.Tensor], size: int) -> torch.Tensor:
    """Inverse document frequency: a rare token starts out saying more."""
    seen = Counter(token for row in ids for token in set(row.tolist()))
    return torch.tensor(
        [math.log(1 + len(ids) / (1 + seen.get(token, 0))) / math.log(1 + len(ids)) for token in range(size)]
    )


def _related(pairs: torch.Tensor, size: int) -> list[set[int]]:
    related: list[set[int]] = [{index} for index in range(size)]
    for left, right in pairs.tolist():
        related[left].add(right)
        related[right].add(left)
    return related


def _loss(
    table: torch.Tensor,
    pairs: torch.Tensor,
    ids: Sequence[torch.Tensor],
    related: Sequence[set[int]],
    settings: Settings,
) -> torch.Tensor:
    """Each text must find its partner among those of the batch; other partners it also has are left out."""
    left, right = pairs[:, 0].tolist(), pairs[:, 1].tolist()
    near = _embed(table, left, ids, settings.drop) @ _embed(table, right, ids, settings.drop).T / settings.temperature
    also = torch.tensor(
        [
            [row != column and right[column] in related[left[row]] for column in range(len(right))]
            for row in range(len(left))
        ]
    )
    near = near.masked_fill(also, -1e4)
    target = torch.arange(len(left))
    return functional.cross_entropy(near, target) + functional.cross_entropy(near.T, target)


def _embed(table: torch.Tensor, rows: Sequence[int], ids: Sequence[torch.Tensor], drop: float) -> torch.Tensor:
    chosen = [ids[row] for row in rows]
    flat = torch.cat(chosen)
    kept = (torch.rand(len(flat)) >= drop).to(table.dtype)
    offsets = torch.tensor(np.cumsum([0, *(len(row) for row in chosen[:-1])]))
    summed = functional.embedding_bag(flat, table, offsets, mode="sum", per_sample_weights=kept)
    return functional.normalize(summed, dim=1, eps=1e-6)
