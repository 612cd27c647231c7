"""就高不重复: the best set of items that may be had together. Never a sum of what excludes each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from policies.derived import Subject
from policies.document import CapPeriod, Policy, SumCap
from policies.eligibility import Outcome
from policies.next_steps import Assessed
from policies.worth import receipts_of

# How many ways the search follows at once: a quick look first, then all it can hold (a second or two of work).
_NARROW = 300
_WIDE = 5_000
_PRICE_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that could be had: its worth in yuan (not negative) and the groups of which at most one may be had."""

    key: str
    amount: Decimal
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pool:
    """Claims of which no more than `cap` yuan may be had together. Pools are apart from each other or one within another."""

    keys: frozenset[str]
    cap: Decimal


@dataclass(frozen=True, slots=True)
class Combination:
    """The chosen claims, in the order given, and what they give; `at_most` is what they would give without caps where
    a better set cannot be ruled out (`exact` False).
    """

    chosen: tuple[str, ...]
    total: Decimal
    exact: bool = True
    at_most: Decimal = Decimal(0)


def best_combination(claims: Iterable[Claim], pools: Sequence[Pool] = ()) -> Combination:
    """The allowed set that gives most: no two claims of it share a group, no pool gives more than its cap.

    Claims that share no group, directly or through others, are independent, so each connected component is searched
    alone; with one group per claim (the usual case) every component is settled in one step. The result is exact unless
    hundreds of claims exclude each other crosswise, or a pool overflows whose claims exclude claims outside it; then it
    is allowed, very good, and marked.
    """
    listed = [_bounded(claim, pools) for claim in claims]
    chosen: set[str] = set()
    exact = True
    for component in _components(listed):
        candidates = _undominated(component)
        if len(candidates) > 1:
            search = _Search(candidates)
            candidates = search.run()
            exact = exact and search.exact
        chosen.update(claim.key for claim in candidates)
    kept = [claim for claim in listed if claim.key in chosen]
    given, overflowing = _given(kept, pools)
    exact = exact and not any(_reaches_out(pool, listed) for pool in overflowing)
    bound = given if exact else sum((claim.amount for claim in kept), Decimal(0))
    return Combination(tuple(claim.key for claim in kept), given, exact, bound)


def _bounded(claim: Claim, pools: Sequence[Pool]) -> Claim:
    """A claim worth no more than the pools it stands in can give."""
    return replace(claim, amount=min([claim.amount, *(pool.cap for pool in pools if claim.key in pool.keys)]))


def _given(kept: Sequence[Claim], pools: Sequence[Pool]) -> tuple[Decimal, list[Pool]]:
    """What chosen claims give together under the caps, the inner pools first, and the pools that overflow."""
    worth = {claim.key: claim.amount for claim in kept}
    overflowing = []
    for pool in sorted(pools, key=lambda pool: len(pool.keys)):
        inside = [key for key in worth if key in pool.keys]
        if sum((worth[key] for key in inside), Decimal(0)) > pool.cap:
            overflowing.append(pool)
            worth |= {**dict.fromkeys(inside, Decimal(0)), inside[0]: pool.cap}
    return sum(worth.values(), Decimal(0)), overflowing


def _reaches_out(pool: Pool, claims: Sequence[Claim]) -> bool:
    """Whether what a pool loses by its cap could have been won elsewhere: by what its claims exclude."""
    inside = {group for claim in claims if claim.key in pool.keys for group in claim.groups}
    outside = {group for claim in claims if claim.key not in pool.keys for group in claim.groups}
    return bool(inside & outside)


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


def _undominated(component: list[Claim]) -> list[Claim]:
    """Of claims that touch exactly the same groups only the dearest can be in a best set."""
    dearest: dict[frozenset[str], Claim] = {}
    for claim in sorted(component, key=lambda claim: (-claim.amount, claim.key)):
        dearest.setdefault(claim.groups, claim)
    return list(dearest.values())


@dataclass(frozen=True, slots=True)
class _Taken:
    """A choice so far, as a linked list: choices that share their beginning share its memory."""

    index: int
    before: _Taken | None


class _State(NamedTuple):
    """The best way to have come to one set of used groups; `hope` bounds what can still be added."""

    total: int
    hope: int
    taken: _Taken | None


class _Search:
    """Group by group: leave it unused, or take a claim that touches it and no used one.

    1. Groups are put so that few are half-decided at any time; a claim is taken where its first group is decided.
    2. Of all ways to the same set of used groups only the dearest goes on.
    3. Every group gets a price such that no claim is worth more than its groups together: an allowed set cannot be
       worth more than the prices of the groups still free, and what cannot beat the best found so far is dropped.
    4. A narrow pass finds a good set; the wide pass then only has to beat it.
    """

    def __init__(self, claims: list[Claim]) -> None:
        places = max(0, *(-int(claim.amount.as_tuple().exponent) for claim in claims))
        names = _in_order(claims)
        position = {name: number for number, name in enumerate(names)}
        self._claims = claims
        self._amounts = [int(claim.amount.scaleb(places)) for claim in claims]
        self._groups = [sorted(position[group] for group in claim.groups) for claim in claims]
        self._masks = [sum(1 << group for group in groups) for groups in self._groups]
        self._prices = self._priced(len(names))
        self._by_first: list[list[int]] = [[] for _ in names]
        for index, groups in enumerate(self._groups):
            self._by_first[groups[0]].append(index)
        self._total = -1
        self._best: _Taken | None = None
        self.exact = True

    def run(self) -> list[Claim]:
        """The claims of the best set; `exact` turns False when there were too many ways to follow them all."""
        for width in (_NARROW, _WIDE):
            self.exact = True
            self._pass(width)
            if self.exact:
                break
        chosen, taken = [], self._best
        while taken is not None:
            chosen.append(self._claims[taken.index])
            taken = taken.before
        return chosen

    def _pass(self, width: int) -> None:
        states = {0: _State(0, sum(self._prices), None)}
        for group in range(len(self._prices)):
            states = self._settle(group, states)
            best = max(states.values(), key=lambda state: state.total, default=None)
            if best is not None and best.total > self._total:
                self._total, self._best = best.total, best.taken
            states = {used: state for used, state in states.items() if state.total + state.hope > self._total}
            if len(states) > width:
                self.exact = False
                kept = sorted(states, key=lambda used: -states[used].total - states[used].hope)[:width]
                states = {used: states[used] for used in kept}

    def _settle(self, group: int, states: dict[int, _State]) -> dict[int, _State]:
        """Decide one group. Only groups still to be decided are remembered as used."""
        settled: dict[int, _State] = {}
        later = -1 << (group + 1)
        for used, (total, hope, taken) in states.items():
            is_free = not used >> group & 1
            ways = [(used & later, _State(total, hope - self._prices[group] if is_free else hope, taken))]
            for index in self._by_first[group] if is_free else ():
                if not self._masks[index] & used:
                    cost = sum(self._prices[each] for each in self._groups[index])
                    state = _State(total + self._amounts[index], hope - cost, _Taken(index, taken))
                    ways.append(((used | self._masks[index]) & later, state))
            for key, state in ways:
                known = settled.get(key)
                if state.total + state.hope > self._total and (known is None or known.total < state.total):
                    settled[key] = state
        return settled

    def _priced(self, count: int) -> list[int]:
        """Prices that cover every claim, lowered in turn as far as the other prices allow."""
        touching: list[list[int]] = [[] for _ in range(count)]
        for index, groups in enumerate(self._groups):
            for group in groups:
                touching[group].append(index)
        prices = [max(-(-self._amounts[i] // len(self._groups[i])) for i in row) for row in touching]
        for _ in range(_PRICE_ROUNDS):
            for group, row in enumerate(touching):
                others = (sum(prices[other] for other in self._groups[i] if other != group) for i in row)
                prices[group] = max(0, *(self._amounts[i] - rest for i, rest in zip(row, others, strict=True)))
        return prices


def _in_order(claims: list[Claim]) -> list[str]:
    """The groups, each next one among those begun, such that it begins as few others as possible."""
    beside: dict[str, set[str]] = {}
    for claim in claims:
        for group in claim.groups:
            beside.setdefault(group, set()).update(claim.groups)
    begun: set[str] = set()
    ordered: list[str] = []
    while beside:
        candidates = begun & beside.keys() or beside.keys()
        chosen = min(candidates, key=lambda group: (len(beside[group] - begun), group))
        begun |= beside.pop(chosen)
        ordered.append(chosen)
    return ordered


@dataclass(frozen=True, slots=True)
class Total:
    """What an enterprise may get together: certain at least, possible at most, and the items each of them counts.

    `unpriced` counts items worth money whose amount cannot be bounded before more is known.
    """

    certain: Combination
    possible: Combination
    unpriced: int


def total_of(matches: Iterable[Assessed], subject: Subject) -> Total:
    """The total over what can be applied for now (可申报), as the best combination the documents allow.

    Samples are invented and count for nothing. `possible` is never below what is really possible, `certain` never above.
    """
    open_now = [match for match in matches if match.assessment.can_apply and not match.policy.is_sample]
    unpriced = sum(match.estimate.high is None for match in open_now)
    policies = list({match.policy.id: match.policy for match in open_now}.values())
    eligible = [match for match in open_now if match.assessment.outcome is Outcome.ELIGIBLE]
    at_least, at_most = (_pools(policies, subject, certain=certain) for certain in (True, False))
    certain = best_combination((_claim(match, match.estimate.low) for match in eligible), at_least)
    possible = best_combination((_claim(match, match.estimate.at_stake) for match in open_now), at_most)
    return Total(certain, replace(possible, total=possible.at_most), unpriced)


def _pools(policies: Iterable[Policy], subject: Subject, *, certain: bool) -> list[Pool]:
    """What each document still gives one enterprise, less what it received of it. Unknown receipts leave nothing certain."""
    return [
        Pool(frozenset(f"{policy.id}/{item}" for item in cap.items), _left(policy, cap, subject, certain=certain))
        for policy in policies
        for cap in policy.caps
    ]


def _left(policy: Policy, cap: SumCap, subject: Subject, *, certain: bool) -> Decimal:
    receipts = receipts_of(subject)
    if receipts is None:
        return Decimal(0) if certain else cap.amount
    items = {f"{policy.id}/{item}" for item in cap.items}
    counted = [r for r in receipts if r.item in items and (cap.per is CapPeriod.EVER or r.on.year == subject.day.year)]
    if certain and any(receipt.amount is None for receipt in counted):
        return Decimal(0)
    return max(Decimal(0), cap.amount - sum((receipt.amount or Decimal(0) for receipt in counted), Decimal(0)))


def _claim(match: Assessed, amount: Decimal) -> Claim:
    return Claim(f"{match.policy.id}/{match.item.id}", amount, frozenset(match.item.exclusive_groups))
