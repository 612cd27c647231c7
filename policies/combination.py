"""就高不重复: the best set of items that may be had together. Never a sum of what excludes each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from policies.gaps import Assessed


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that could be had: its worth in yuan (not negative) and the groups of which at most one may be had."""

    key: str
    amount: Decimal
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Combination:
    """The chosen claims, in the order given, and their sum."""

    chosen: tuple[str, ...]
    total: Decimal


def best_combination(claims: Iterable[Claim]) -> Combination:
    """The allowed set of highest total: no two claims of it share a group. Exact.

    Claims that share no group, directly or through others, are independent, so each connected component is searched
    alone by branch and bound; with one group per claim (the usual case) every component is settled in one step.
    """
    listed = list(claims)
    chosen: set[str] = set()
    for component in _components(listed):
        chosen.update(claim.key for claim in _best(component))
    kept = [claim for claim in listed if claim.key in chosen]
    return Combination(tuple(claim.key for claim in kept), sum((claim.amount for claim in kept), Decimal(0)))


def _components(claims: Sequence[Claim]) -> list[list[Claim]]:
    by_group: dict[str, list[Claim]] = {}
    for claim in claims:
        for group in claim.groups:
            by_group.setdefault(group, []).append(claim)
    seen: set[str] = set()
    components: list[list[Claim]] = []
    for claim in claims:
        if claim.key in seen:
            continue
        reached, waiting = [], [claim]
        seen.add(claim.key)
        while waiting:
            current = waiting.pop()
            reached.append(current)
            for group in current.groups:
                for neighbour in by_group.pop(group, ()):
                    if neighbour.key not in seen:
                        seen.add(neighbour.key)
                        waiting.append(neighbour)
        components.append(reached)
    return components


def _best(component: list[Claim]) -> list[Claim]:
    """The best of one component: at once when all share one group, else by search."""
    candidates = _undominated(component)
    if len(candidates) == 1:
        return candidates
    return _Search(candidates).run()


def _undominated(component: list[Claim]) -> list[Claim]:
    """Of claims that touch exactly the same groups only the dearest can be in a best set."""
    dearest: dict[frozenset[str], Claim] = {}
    for claim in sorted(component, key=lambda claim: (-claim.amount, claim.key)):
        dearest.setdefault(claim.groups, claim)
    return list(dearest.values())


class _Search:
    """Branch and bound, group by group: leave the group unused, or take one of the claims that touch it.

    The bound spreads every claim evenly over its groups and takes the best share of each free group: no allowed set can
    be worth more, because each group is used at most once.
    """

    def __init__(self, claims: list[Claim]) -> None:
        names = sorted({group for claim in claims for group in claim.groups})
        position = {name: number for number, name in enumerate(names)}
        self._masks = [sum(1 << position[group] for group in claim.groups) for claim in claims]
        self._claims = claims
        self._count = len(names)
        by_group: list[list[int]] = [[] for _ in names]
        for index, claim in enumerate(claims):
            # Groups are settled in order, so a claim is taken where its first group is decided.
            by_group[min(position[group] for group in claim.groups)].append(index)
        self._by_group = [sorted(row, key=lambda index: -claims[index].amount) for row in by_group]
        shares: list[list[tuple[Decimal, int]]] = [[] for _ in names]
        for claim, mask in zip(claims, self._masks, strict=True):
            for group in claim.groups:
                # Rounded up: a bound a hair too low could cut off the best set.
                share = (claim.amount / len(claim.groups)).next_plus()
                shares[position[group]].append((share, mask))
        self._shares = [sorted(row, key=lambda share: -share[0]) for row in shares]
        self._best: list[int] = []
        self._total = Decimal(-1)

    def run(self) -> list[Claim]:
        self._descend(0, 0, [], Decimal(0))
        return [self._claims[index] for index in self._best]

    def _bound(self, group: int, used: int) -> Decimal:
        settled = (1 << group) - 1
        total = Decimal(0)
        for number in range(group, self._count):
            if not used >> number & 1:
                total += next(
                    (share for share, mask in self._shares[number] if not mask & (used | settled)), Decimal(0)
                )
        return total

    def _descend(self, group: int, used: int, taken: list[int], total: Decimal) -> None:
        if total > self._total:
            self._best, self._total = list(taken), total
        if group == self._count or total + self._bound(group, used) <= self._total:
            return
        if not used >> group & 1:
            for index in self._by_group[group]:
                if not self._masks[index] & used:
                    amount = self._claims[index].amount
                    self._descend(group + 1, used | self._masks[index], [*taken, index], total + amount)
        self._descend(group + 1, used, taken, total)


@dataclass(frozen=True, slots=True)
class Total:
    """What an enterprise may get together: certain at least, possible at most, and the items each of them counts.

    `unpriced` counts items worth money whose amount cannot be bounded before more is known.
    """

    certain: Combination
    possible: Combination
    unpriced: int


def total_of(matches: Iterable[Assessed]) -> Total:
    """The total over what can be applied for now (可申报), as the best combination the documents allow."""
    open_now = [match for match in matches if match.assessment.can_apply]
    unpriced = sum(match.estimate.high is None for match in open_now)
    certain = best_combination(_claim(match, match.estimate.low) for match in open_now)
    possible = best_combination(_claim(match, match.estimate.at_stake) for match in open_now)
    return Total(certain, possible, unpriced)


def _claim(match: Assessed, amount: Decimal) -> Claim:
    return Claim(f"{match.policy.id}/{match.item.id}", amount, frozenset(match.item.exclusive_groups))
