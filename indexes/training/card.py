"""The model card that is written beside the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexes.training.contrast import Settings

_CARD = """---
library_name: sentence-transformers
language: zh
license: mit
---
# huiqi-static

A static embedding of Chinese policy and business texts: one vector of {dimension} figures per token ({tokens} tokens), averaged
over the text. It orders policy items for a company; it never decides who is eligible. Loads with
`SentenceTransformer(folder)`, or with `indexes.encoder.load_encoder(None)`, which needs neither torch nor the network.

## Data
{pairs} pairs of texts that belong together, all from this repository: the names and hierarchy of GB/T 4754-2017, labels and
questions of the fact vocabulary, titles, summaries and keywords of the shipped catalogue, and two tables written for it
(`indexes/training/data/`): {phrases} phrases in companies' own words with their industries and policy topics, {topics} topics in
the wording of support policies. No downloaded model and no outside text went in. Fingerprint of the pairs: `{fingerprint}`.

## Method
A Unigram tokenizer over counted words of one to four characters. Contrastive training (InfoNCE in both directions,
in-batch negatives, known partners masked, token dropout); a token's vector is the sum over the words inside it while
training, and is written out as one row. Settings: {settings}.
`python -m indexes.training` makes the folder again; the same data gives the same bytes.

## Figures
Printed by `python -m indexes.training evaluate` on tests/quality/ranking_cases.yaml, whose descriptions are not trained on;
95 % bootstrap intervals over the descriptions. The settings were chosen on phrases held out of the training table.

```
{figures}
```

## Limits
The phrases and the ranking cases have one author, so other writers' words will fare worse than these figures. What it
has never seen it does not know: a description without any word of the trade or the need (老房子改成客栈) is placed at
random. Figures, dates and places carry no meaning. Long business scopes blur. Not for judging eligibility.
"""


def card(
    settings: Settings, pairs: int, tokens: int, tables: tuple[int, int], fingerprint: str, figures: Sequence[str]
) -> str:
    """`tables`: how many phrases and topics were written for the training."""
    told = "、".join(f"{name}={value}" for name, value in asdict(settings).items())
    return _CARD.format(
        dimension=settings.dimension,
        tokens=f"{tokens:,}",
        pairs=f"{pairs:,}",
        phrases=tables[0],
        topics=tables[1],
        fingerprint=fingerprint,
        settings=told.replace("、", ", "),
        figures="\n".join(figures),
    )
