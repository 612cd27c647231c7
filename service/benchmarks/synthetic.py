"""Made-up items for measurements: the shipped policies taken apart and put together anew with other thresholds and places.

Nothing here is a policy of anybody. An item is one place (or none), and some requirements drawn from all the shipped
ones, varied; three in ten have two or three of them as alternatives. The same seed and policies give the same items.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from random import Random

from policies.conditions import (
    ALWAYS,
    All,
    Any,
    AtLeast,
    Bounds,
    Compare,
    Condition,
    Growth,
    Includes,
    Not,
    OneOf,
    Within,
    facts_named,
    leaves,
)
from policies.document import Item, Policy
from policies.eligibility import conjuncts
from policies.receipts import RECEIVED
from policies.reference import Reference
from policies.vocabulary import Fact, FactType

_PROVINCE, _CITY = "370000", "371600"
# National, provincial, municipal, county or zone: how often an item of each asks for a place.
_LEVELS = (0.2, 0.25, 0.3, 0.25)
_FACTORS = tuple(Decimal(text) for text in ("0.1", "0.2", "0.5", "1", "1", "2", "5"))
# How many requirements beside applicant and place.
_COUNTS, _COUNT_WEIGHTS = (1, 2, 3, 4, 5, 6), (15, 30, 25, 15, 10, 5)
_LARGEST_GROUP = 4
_ALTERNATIVES = 0.3


@dataclass(frozen=True)
class ItemMaker:
    """Makes items out of the parts of `catalogue`."""

    catalogue: Sequence[Policy]
    reference: Reference
    seed: int = 2026

    def items(self, count: int) -> Iterator[tuple[Policy, Item]]:
        """`count` items, each in a document of its own; number k depends on k and the seed, not on `count`."""
        for number in range(count):
            yield self._item(number, Random(f"{self.seed}/{number}"))  # noqa: S311 - samples, not secrets

    def _item(self, number: int, dice: Random) -> tuple[Policy, Item]:
        policy, item = dice.choice(self._templates)
        # Receipts are not among the facts handed to the peer, so no item asks for them.
        made = replace(
            item,
            id=f"item-{number}",
            conditions=self._conditions(dice),
            cases=(),
            exclusive_groups=(),
            repeat=None,
        )
        return replace(policy, id=f"bench-{number}", conditions=ALWAYS, items=(made,)), made

    def _conditions(self, dice: Random) -> Condition:
        wanted = dice.choices(_COUNTS, _COUNT_WEIGHTS)[0]
        drawn = [self._vary(dice.choice(self._parts), dice) for _ in range(wanted)]
        if len(drawn) >= 3 and dice.random() < _ALTERNATIVES:
            several = dice.randint(2, 3)
            drawn = [Any(tuple(drawn[:several])), *drawn[several:]]
        return All((*self._place(dice), *drawn))

    @cached_property
    def _templates(self) -> list[tuple[Policy, Item]]:
        return [(policy, item) for policy in self.catalogue for item in policy.items]

    @cached_property
    def _parts(self) -> list[Condition]:
        """Every requirement of the catalogue but places and large groups, as often as it is asked for."""
        conditions = [c for policy, item in self._templates for c in (policy.conditions, item.conditions)]
        parts = [part for condition in conditions for part in conjuncts(condition)]
        small = (part for part in parts if len(list(leaves(part))) <= _LARGEST_GROUP)
        return [
            part
            for part in small
            if not (isinstance(part, Within) and part.fact == "region") and RECEIVED not in facts_named(part)
        ]

    @cached_property
    def _places(self) -> tuple[tuple[str, ...], ...]:
        """By level: nowhere in particular, the province, the city, its counties and zones."""
        regions = self.reference.regions
        counties = tuple(node.code for node in regions.tree if node.parent == _CITY)
        return ((), (_PROVINCE,), (_CITY,), (*counties, *regions.zones))

    def _place(self, dice: Random) -> tuple[Condition, ...]:
        codes = dice.choices(self._places, _LEVELS)[0]
        return (Within("region", (dice.choice(codes),)),) if codes else ()

    # ------------------------------------------------------------------ variation

    def _vary(self, condition: Condition, dice: Random) -> Condition:
        match condition:
            case All(parts):
                return All(tuple(self._vary(part, dice) for part in parts))
            case Any(parts):
                return Any(tuple(self._vary(part, dice) for part in parts))
            case AtLeast(count, parts):
                return AtLeast(count, tuple(self._vary(part, dice) for part in parts))
            case Not(part):
                return Not(self._vary(part, dice))
            case Compare(fact, bounds) | Growth(fact, bounds):
                return replace(condition, bounds=_scaled(bounds, self.reference.fact(fact), dice.choice(_FACTORS)))
            case OneOf(fact) | Includes(fact):
                options = [option.key for option in self.reference.fact(fact).options]
                return replace(condition, values=_some(options, dice, len(options) - 1))
            case Within("industry"):
                return replace(condition, codes=_some(self._industries, dice, 11))
            case _:
                return condition

    @cached_property
    def _industries(self) -> list[str]:
        return [node.code for node in self.reference.industries if node.level in ("section", "division")]


def _some(options: Sequence[str], dice: Random, most: int) -> tuple[str, ...]:
    return tuple(sorted(dice.sample(options, dice.randint(1, max(1, min(most, len(options)))))))


def _scaled(bounds: Bounds, fact: Fact, factor: Decimal) -> Bounds:
    def scaled(number: Decimal | None) -> Decimal | None:
        if number is None:
            return None
        return (number * factor).to_integral_value() if fact.type is FactType.COUNT else number * factor

    return replace(bounds, low=scaled(bounds.low), high=scaled(bounds.high))
