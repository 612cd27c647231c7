"""The ways of matching that are measured: the interpreter as it is used, and the zen engine used in its best ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import process_time
from typing import Any, TypeAlias, TypeVar

from policies import verdict as logic
from policies.conditions import Condition, leaves
from policies.derived import Subject
from policies.document import Item, Policy
from policies.eligibility import Assessment, assess
from policies.evaluation import Evaluation, evaluate
from policies.verdict import Verdict
from service.benchmarks.zen import VERDICTS, Translator, load_zen
from service.benchmarks.zen_facts import Need, joined

# zen converts the facts at every call: so many items in one expression share one conversion.
BATCH = 1_000
# Results are read and dropped in portions, as a service would; thousands kept at once would measure the memory.
PORTION = 100
# Parsing each time is slow: this many items tell as much.
PARSED = 200

T = TypeVar("T")
Pieces: TypeAlias = Mapping[Need, bytes]
# Of one item: its verdict, then those of its leaves where the engine gives them.
Answer: TypeAlias = tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An item, and all that it asks as one condition."""

    policy: Policy
    item: Item
    condition: Condition


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where an engine and the interpreter differ; the item by number, the enterprise by credit code."""

    engine: str
    item: int
    enterprise: str
    expected: Answer
    found: Answer


@dataclass(slots=True)
class Engine:
    """One way of matching, and the CPU seconds it took: `prepared` once, `matched` for all pairs together."""

    key: str
    match: Callable[[Subject, Pieces], Iterator[list[Any]]]
    read: Callable[[Any], Answer]
    prepared: float = 0.0
    matched: float = 0.0
    pairs: int = 0
    disagreements: list[Disagreement] = field(default_factory=list)

    @property
    def per_pair(self) -> float:
        """Seconds for one item and one enterprise."""
        return self.matched / max(1, self.pairs)

    def run(self, subject: Subject, pieces: Pieces) -> list[Answer]:
        """Match one enterprise, portion by portion: timed, then read."""
        answers: list[Answer] = []
        portions = self.match(subject, pieces)
        while True:
            started = process_time()
            portion = next(portions, None)
            self.matched += process_time() - started
            if portion is None:
                break
            answers += [self.read(each) for each in portion]
        self.pairs += len(answers)
        return answers

    def compare(self, subject: Subject, found: list[Answer], expected: list[Answer]) -> None:
        """Note every item whose verdict, or that of any leaf given with it, is not the interpreter's."""
        for number, (answer, right) in enumerate(zip(found, expected, strict=False)):
            if answer != right[: len(answer)]:
                code = subject.profile.code or ""
                self.disagreements.append(Disagreement(self.key, number, code, right[: len(answer)], answer))


def make_engines(offers: Sequence[Offer], translator: Translator) -> list[Engine]:
    """The interpreter first: the others are compared with it. Raises Unavailable without zen-engine."""

    def interpreted(subject: Subject, _: Pieces) -> Iterator[list[Evaluation]]:
        return _in_portions(offers, lambda offer: evaluate(offer.condition, subject))

    def assessed(subject: Subject, _: Pieces) -> Iterator[list[Assessment]]:
        return _in_portions(offers, lambda offer: assess(offer.policy, offer.item, subject))

    return [
        Engine("interpreter", interpreted, _of_evaluation),
        Engine("assess", assessed, _of_assessment),
        *_zen_engines(offers, translator),
    ]


def _in_portions(asked: Sequence[T], answer: Callable[[T], Any]) -> Iterator[list[Any]]:
    for first in range(0, len(asked), PORTION):
        yield [answer(each) for each in asked[first : first + PORTION]]


def _of_evaluation(node: Evaluation) -> Answer:
    return (node.verdict, *(finding.verdict for finding in node.findings()))


def _of_assessment(assessment: Assessment) -> Answer:
    whole = logic.all_of(requirement.evaluation.verdict for requirement in assessment.requirements)
    return (whole, *(finding.verdict for finding in assessment.findings()))


# ---------------------------------------------------------------------- zen


@dataclass(frozen=True, slots=True)
class _Asked:
    """An item in zen's language: its verdict, the same with every leaf's verdict after it, and what both name."""

    verdict: str
    with_leaves: str
    needs: tuple[Need, ...]


def _ask(condition: Condition, translator: Translator) -> _Asked:
    whole = translator.translate(condition)
    each = (translator.translate(leaf).verdict for leaf in leaves(condition))
    return _Asked(whole.verdict, _array((whole.verdict, *each)), tuple(whole.needs))


def _array(expressions: Iterable[str]) -> str:
    return f"[{', '.join(expressions)}]"


def _zen_engines(offers: Sequence[Offer], translator: Translator) -> list[Engine]:
    zen = load_zen()
    started = process_time()
    asked = [_ask(offer.condition, translator) for offer in offers]
    translated = process_time() - started

    def one_by_one(key: str, texts: list[str], read: Callable[[Any], Answer]) -> Engine:
        started = process_time()
        compiled = [(zen.compile_expression(text), each.needs) for text, each in zip(texts, asked, strict=True)]

        def match(_: Subject, pieces: Pieces) -> Iterator[list[Any]]:
            return _in_portions(compiled, lambda pair: pair[0].evaluate(joined(pieces, pair[1])))

        return Engine(key, match, read, translated + process_time() - started)

    def in_batches() -> Engine:
        started = process_time()
        texts = [each.verdict for each in asked]
        blocks = [_array(texts[first : first + BATCH]) for first in range(0, len(texts), BATCH)]
        compiled = [zen.compile_expression(block) for block in blocks]

        def match(_: Subject, pieces: Pieces) -> Iterator[list[Any]]:
            facts = joined(pieces, pieces)
            return (expression.evaluate(facts) for expression in compiled)

        return Engine("zen_batch", match, _of_number, translated + process_time() - started)

    def parsed(_: Subject, pieces: Pieces) -> Iterator[list[Any]]:
        return _in_portions(
            asked[:PARSED], lambda each: zen.evaluate_expression(each.verdict, joined(pieces, each.needs))
        )

    return [
        one_by_one("zen_item", [each.verdict for each in asked], _of_number),
        one_by_one("zen_leaves", [each.with_leaves for each in asked], _of_numbers),
        in_batches(),
        Engine("zen_parsed", parsed, _of_number, translated),
    ]


def _of_number(number: float) -> Answer:
    return (VERDICTS[int(number)],)


def _of_numbers(numbers: Sequence[float]) -> Answer:
    return tuple(VERDICTS[int(number)] for number in numbers)
