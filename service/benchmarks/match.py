"""Matching, measured: the interpreter beside the zen engine, the same verdicts asserted, in CPU time of this process.

Every engine gets the same items and the same enterprises, one enterprise after the other and the engines in turn, so
that a slow moment of the machine hits all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import process_time

from policies.conditions import All, leaves
from policies.derived import Subject
from policies.eligibility import applicant_condition
from policies.files import read_catalogue
from policies.profile import EnterpriseProfile
from policies.reference import Reference
from service.benchmarks.engines import Disagreement, Engine, Offer, make_engines
from service.benchmarks.synthetic import ItemMaker
from service.benchmarks.zen import Translator
from service.benchmarks.zen_facts import known_pieces
from service.domain.sample_enterprises import generate

# Samples depend on the day: with a fixed one every run measures the same.
DAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured for one number of items.

    `leaves` of all items together; `facts`: CPU seconds of handing the facts of all enterprises over to zen.
    """

    items: int
    profiles: int
    leaves: int
    facts: float
    engines: tuple[Engine, ...]

    @property
    def disagreements(self) -> list[Disagreement]:
        return [each for engine in self.engines for each in engine.disagreements]

    def speed(self, engine: Engine) -> float:
        """How many pairs an engine matches while the interpreter matches one."""
        return self.engines[0].per_pair / engine.per_pair if engine.per_pair else 0.0


def measure(items: int, profiles: int, reference: Reference) -> Report:
    """Match `profiles` sample enterprises with `items` made-up items. Raises Unavailable without zen-engine."""
    offers = make_offers(items, reference)
    translator = Translator(reference, DAY)
    engines = make_engines(offers, translator)
    needs = {need for offer in offers for need in translator.translate(offer.condition).needs}
    handing_over = 0.0
    for profile in generate(profiles, day=DAY, reference=reference):
        subject = Subject(profile, DAY, reference)
        started = process_time()
        pieces = known_pieces(subject, needs)
        handing_over += process_time() - started
        expected = engines[0].run(subject, pieces)
        for engine in engines[1:]:
            engine.compare(subject, engine.run(subject, pieces), expected)
    asked = sum(1 for offer in offers for _ in leaves(offer.condition))
    return Report(items, profiles, asked, handing_over, tuple(engines))


def make_offers(count: int, reference: Reference) -> list[Offer]:
    """Items made of the shipped policies, the same for every run."""
    catalogue = [report.policy for report in read_catalogue(reference, DAY) if report.policy is not None]
    nobody = Subject(EnterpriseProfile(), DAY, reference)
    return [
        Offer(policy, item, All((applicant_condition(item, nobody), item.conditions)))
        for policy, item in ItemMaker(catalogue, reference).items(count)
    ]
