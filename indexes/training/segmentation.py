"""The tokenizer of the shipped encoder: characters and the short words seen in the training texts.

Its vocabulary is counted, not sampled, so that the same texts always give the same file.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "[UNK]"
LONGEST = 4
# Runs of Chinese or of letters; figures and punctuation carry no topic and are unknown to the encoder.
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z]+")


def make_tokenizer(texts: Iterable[str], seen_at_least: Sequence[int]) -> Tokenizer:
    """A Unigram tokenizer; `seen_at_least` gives, for words of 1 to 4 characters, how often one must have been seen."""
    counts = Counter(word for text in texts for run in _RUN.findall(text.lower()) for word in words_of(run))
    kept = sorted(word for word, count in counts.items() if count >= seen_at_least[len(word) - 1])
    total = sum(counts[word] for word in kept)
    pieces = [(UNKNOWN, -20.0), *((word, _score(counts[word], total)) for word in kept)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\u4e00-\u9fff]+|[a-z]+"), "isolated")
    return tokenizer


def words_of(text: str) -> list[str]:
    """Every substring of one to four characters, with repetitions."""
    return [text[start : start + size] for size in range(1, LONGEST + 1) for start in range(len(text) - size + 1)]


def _score(count: int, total: int) -> float:
    # Rounded: the figure goes into the tokenizer file, and logarithms may differ in the last bit between machines.
    return round(math.log(count / total), 6)
