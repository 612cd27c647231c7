"""What the encoder learns from: pairs of texts that belong together, all from data in this repository."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from policies.document import Policy
from policies.reference import Reference
from policies.trees import CodeTree


@dataclass(frozen=True, slots=True)
class Example:
    """Two texts that should lie near one another."""

    text: str
    near: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """How a company says what it does or needs, with the industries and the topics it is about."""

    text: str
    industries: tuple[str, ...]
    topics: tuple[str, ...]


def read_topics() -> Mapping[str, tuple[str, ...]]:
    """Topics of support policies, each with sentences in the wording of such policies."""
    return {row["topic"]: tuple(row["texts"].split("|")) for row in _rows("topics.tsv")}


def read_phrases() -> tuple[Phrase, ...]:
    return tuple(
        Phrase(row["phrase"], _listed(row["industries"]), _listed(row["topics"])) for row in _rows("phrases.tsv")
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("indexes.training.data").joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split(",") if part)


def examples(reference: Reference, policies: Sequence[Policy]) -> tuple[Example, ...]:
    """Every pair once, in a fixed order."""
    topics, phrases = read_topics(), read_phrases()
    found = itertools.chain(
        _of_industries(reference.industries),
        _of_topics(topics),
        _of_phrases(phrases, topics, reference.industries),
        _of_vocabulary(reference),
        _of_policies(policies),
    )
    return tuple(dict.fromkeys(found))


def _of_industries(tree: CodeTree) -> Iterator[Example]:
    for node in tree:
        if node.parent is not None and node.level != "division":
            yield Example(node.name, tree.path_name(node.code, " "))
            yield Example(node.name, tree.name(node.parent))


def _of_topics(topics: Mapping[str, tuple[str, ...]]) -> Iterator[Example]:
    for name, texts in topics.items():
        yield from (Example(name, text) for text in texts)
        yield from (Example(one, other) for one, other in itertools.combinations(texts, 2))


def _of_phrases(phrases: Iterable[Phrase], topics: Mapping[str, tuple[str, ...]], tree: CodeTree) -> Iterator[Example]:
    by_topic: dict[str, list[str]] = {}
    for phrase in phrases:
        for code in phrase.industries:
            yield Example(phrase.text, tree.path_name(code, " "))
        for topic in phrase.topics:
            by_topic.setdefault(topic, []).append(phrase.text)
            yield from (Example(phrase.text, text) for text in topics[topic])
            yield from (Example(tree.name(code), topics[topic][0]) for code in phrase.industries)
    for texts in by_topic.values():
        yield from (Example(one, other) for one, other in itertools.pairwise(texts))


def _of_vocabulary(reference: Reference) -> Iterator[Example]:
    for fact in reference.vocabulary.facts.values():
        yield Example(fact.label, f"{fact.question}{fact.help}")


def _of_policies(policies: Iterable[Policy]) -> Iterator[Example]:
    for policy in policies:
        for item in policy.items:
            yield Example(item.title, item.summary)
            yield from (Example(keyword, f"{item.title} {item.summary}") for keyword in item.keywords)
            if item.clause.restated:
                yield Example(item.title, item.clause.restated)
            yield from (Example(theme, item.title) for theme in policy.themes)
