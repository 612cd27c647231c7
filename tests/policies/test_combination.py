"""就高不重复: the best allowed set, exactly."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.benefits import Estimate, estimate
from policies.combination import Claim, Pool, best_combination, total_of
from policies.document import CapPeriod, DocumentSource, HowToApply, Item, Policy, SourceKind, SumCap
from policies.eligibility import Assessment, assess
from tests.builders import benefit_of, item_of, policy_of, profile_of, subject_of

NOBODY = subject_of(profile_of(benefits_received=[]))
AMOUNTS = st.one_of(st.integers(0, 20).map(Decimal), st.decimals(0, 10, places=2))


def groups(size: int) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from("abcdef"), max_size=size)


def claims(size: int = 3) -> st.SearchStrategy[list[Claim]]:
    bodies = st.lists(st.tuples(AMOUNTS, groups(size)), max_size=9)
    return bodies.map(lambda rows: [Claim(str(n), amount, held) for n, (amount, held) in enumerate(rows)])


def is_allowed(chosen: tuple[Claim, ...]) -> bool:
    used = [group for claim in chosen for group in claim.groups]
    return len(used) == len(set(used))


def best_by_trying_all(listed: list[Claim]) -> Decimal:
    subsets = (subset for size in range(len(listed) + 1) for subset in itertools.combinations(listed, size))
    return max(sum((claim.amount for claim in subset), Decimal(0)) for subset in subsets if is_allowed(subset))


@given(claims())
def test_the_best_allowed_set_is_found(listed: list[Claim]) -> None:
    found = best_combination(listed)

    chosen = tuple(claim for claim in listed if claim.key in found.chosen)
    assert is_allowed(chosen) and found.exact
    assert found.total == sum((claim.amount for claim in chosen), Decimal(0)) == best_by_trying_all(listed)


@given(claims(size=1))
def test_of_one_group_only_the_dearest_counts(listed: list[Claim]) -> None:
    free = sum((claim.amount for claim in listed if not claim.groups), Decimal(0))
    dearest: dict[frozenset[str], Decimal] = {}
    for claim in listed:
        if claim.groups:
            dearest[claim.groups] = max(claim.amount, dearest.get(claim.groups, Decimal(0)))

    assert best_combination(listed).total == free + sum(dearest.values(), Decimal(0))


@given(claims(), st.randoms(use_true_random=False))
def test_the_order_of_the_claims_does_not_change_the_sum(listed: list[Claim], rng: random.Random) -> None:
    shuffled = rng.sample(listed, len(listed))

    assert best_combination(shuffled).total == best_combination(listed).total


@st.composite
def pools(draw: st.DrawFn) -> list[Pool]:
    """Pools that are apart from each other or one within another, as a document may have them."""
    bounds = sorted(draw(st.lists(st.integers(0, 9), min_size=2, max_size=5)))
    spans = [(a, b) for a, b in itertools.pairwise(bounds) if a < b]
    keys = [frozenset(map(str, range(a, b))) for a, b in spans]
    if len(keys) > 1 and draw(st.booleans()):
        keys.append(keys[0] | keys[1])
    keys += draw(st.sampled_from(([], keys[:1])))
    return [Pool(each, Decimal(draw(st.integers(0, 25)))) for each in keys]


def capped(chosen: tuple[Claim, ...], listed: list[Pool]) -> Decimal:
    """The most that a set can give: every way of paying it out in whole steps is a flow through nested pools."""

    def through(keys: frozenset[str], inner: list[Pool]) -> Decimal:
        outermost = [p for p in inner if not any(p.keys < q.keys for q in inner)]
        seen: set[frozenset[str]] = set()
        total = Decimal(0)
        for pool in outermost:
            if pool.keys in seen:
                continue
            seen.add(pool.keys)
            cap = min(p.cap for p in inner if p.keys == pool.keys)
            total += min(cap, through(keys & pool.keys, [p for p in inner if p.keys < pool.keys]))
        covered = frozenset().union(*(p.keys for p in outermost))
        return total + sum((claim.amount for claim in chosen if claim.key in keys - covered), Decimal(0))

    return through(frozenset(claim.key for claim in chosen), listed)


@settings(deadline=None)
@given(claims(2), pools())
def test_no_pool_gives_more_than_its_cap_and_an_exact_total_is_the_best(listed: list[Claim], caps: list[Pool]) -> None:
    found = best_combination(listed, caps)

    chosen = tuple(claim for claim in listed if claim.key in found.chosen)
    assert is_allowed(chosen)
    for pool in caps:
        free = sum((claim.amount for claim in chosen if claim.key not in pool.keys), Decimal(0))
        assert found.total <= free + pool.cap
    subsets = (s for size in range(len(listed) + 1) for s in itertools.combinations(listed, size) if is_allowed(s))
    best = max(capped(subset, caps) for subset in subsets)
    assert found.total <= best <= found.at_most
    if found.exact:
        assert found.total == best


def test_a_cap_over_several_items_bounds_their_sum_and_nothing_else() -> None:
    listed = [Claim("a", Decimal(6)), Claim("b", Decimal(7)), Claim("c", Decimal(5))]

    found = best_combination(listed, [Pool(frozenset("ab"), Decimal(10))])

    assert (found.total, found.exact) == (15, True)


def test_what_a_cap_takes_could_have_been_won_elsewhere_so_it_is_marked() -> None:
    listed = [Claim("a", Decimal(9)), Claim("b", Decimal(6), frozenset("x")), Claim("c", Decimal(5), frozenset("x"))]

    assert not best_combination(listed, [Pool(frozenset("ab"), Decimal(9))]).exact


def test_nothing_makes_nothing() -> None:
    assert best_combination([]).chosen == ()
    assert best_combination([]).total == 0


def test_the_chosen_keep_the_order_in_which_they_came() -> None:
    listed = [Claim("c", Decimal(1)), Claim("a", Decimal(5), frozenset("x")), Claim("b", Decimal(3), frozenset("x"))]

    assert best_combination(listed).chosen == ("c", "a")


def test_two_small_ones_beat_one_large_one_that_excludes_both() -> None:
    listed = [
        Claim("large", Decimal(10), frozenset("xy")),
        Claim("left", Decimal(6), frozenset("x")),
        Claim("right", Decimal(6), frozenset("y")),
    ]

    assert best_combination(listed).chosen == ("left", "right")


def test_thirds_do_not_cut_off_the_best_set() -> None:
    listed = [Claim("whole", Decimal(10), frozenset("xyz")), Claim("part", Decimal("9.99"), frozenset("z"))]

    assert best_combination(listed).chosen == ("whole",)


def test_ten_thousand_claims_of_one_group_each_are_settled() -> None:
    rng = random.Random(1)
    listed = [Claim(str(n), Decimal(rng.randrange(1000)), frozenset({str(n % 700)})) for n in range(10_000)]

    found = best_combination(listed)

    assert found.total == sum(max(claim.amount for claim in listed[first::700]) for first in range(700))


def test_a_hundred_and_fifty_claims_of_two_groups_each_are_settled() -> None:
    rng = random.Random(2)
    listed = [
        Claim(str(n), Decimal(rng.randrange(1, 1000)), frozenset(map(str, rng.sample(range(30), 2))))
        for n in range(150)
    ]

    found = best_combination(listed)

    assert is_allowed(tuple(claim for claim in listed if claim.key in found.chosen))
    assert found.total >= _greedy(listed)


def test_a_long_chain_of_exclusions_is_settled() -> None:
    rng = random.Random(3)
    listed = [Claim(str(n), Decimal(rng.randrange(1, 1000)), frozenset({str(n), str(n + 1)})) for n in range(1500)]

    found = best_combination(listed)

    assert found.exact
    assert found.total == _best_of_chain([claim.amount for claim in listed])


def _best_of_chain(amounts: list[Decimal]) -> Decimal:
    """Where each claim excludes its neighbours only."""
    with_last, without_last = Decimal(0), Decimal(0)
    for amount in amounts:
        with_last, without_last = without_last + amount, max(with_last, without_last)
    return max(with_last, without_last)


def test_what_cannot_all_be_tried_is_allowed_and_says_that_it_may_not_be_the_best() -> None:
    rng = random.Random(3)
    listed = [
        Claim(str(n), Decimal(rng.randrange(1, 1000)), frozenset(map(str, rng.sample(range(40), 3))))
        for n in range(200)
    ]

    found = best_combination(listed)

    assert not found.exact
    assert is_allowed(tuple(claim for claim in listed if claim.key in found.chosen))
    assert found.total >= _greedy(listed)


def _greedy(listed: list[Claim]) -> Decimal:
    used: set[str] = set()
    total = Decimal(0)
    for claim in sorted(listed, key=lambda claim: -claim.amount):
        if not claim.groups & used:
            used |= claim.groups
            total += claim.amount
    return total


# ---------------------------------------------------------------------- totals


@dataclass(frozen=True)
class Assessed:
    """An item and what came of it, as the matcher hands it on."""

    policy: Policy
    item: Item
    assessment: Assessment
    estimate: Estimate


def match_of(number: int, **changes: Any) -> Assessed:
    """An item every enterprise can apply for now, or what `changes` make of it."""
    subject = subject_of(profile_of(revenue={2025: 100}))
    item = item_of(**{"id": f"item-{number}", **changes})
    policy = policy_of(item)
    return Assessed(policy, item, assess(policy, item, subject), estimate(item.benefit, subject))


def worth(kind: str, **keys: Any) -> dict[str, Any]:
    return {"benefit": benefit_of(kind=kind, **keys)}


def test_a_total_counts_only_what_can_be_applied_for() -> None:
    matches = [
        match_of(1, **worth("fixed", amount=10)),
        match_of(2, **worth("fixed", amount=20), conditions={"judged": "信用良好"}),
        match_of(3, **worth("fixed", amount=40), apply=HowToApply(announced=True)),
        match_of(4, **worth("fixed", amount=80), conditions={"fact": "revenue", "at_least": 1000}),
        match_of(5, **worth("fixed", amount=160), conditions={"fact": "employees", "at_least": 1}),
    ]

    total = total_of(matches, NOBODY)

    assert total.possible.chosen == ("sample-policy/item-1", "sample-policy/item-2")
    assert total.possible.total == 30


def test_what_the_department_has_still_to_decide_is_not_certain() -> None:
    total = total_of(
        [
            match_of(1, **worth("fixed", amount=10)),
            match_of(2, **worth("fixed", amount=20), conditions={"judged": "信用良好"}),
        ],
        NOBODY,
    )

    assert total.certain.chosen == ("sample-policy/item-1",)


def test_what_is_only_an_upper_bound_is_possible_and_not_certain() -> None:
    total = total_of(
        [match_of(1, **worth("up_to", amount=50)), match_of(2, **worth("range", **{"from": 3, "to": 9}))], NOBODY
    )

    assert total.certain.total == 3
    assert total.possible.total == 59


def test_what_cannot_be_priced_yet_is_counted_apart() -> None:
    unpriced = match_of(1, **worth("rate", rate="10%", of="rd_expense"))

    total = total_of([unpriced, match_of(2, **worth("not_money"))], NOBODY)

    assert total.possible.total == 0
    assert total.unpriced == 1


def test_what_a_document_caps_per_enterprise_is_never_exceeded() -> None:
    cap = SumCap(("item-1", "item-2"), Decimal(8), CapPeriod.YEAR, "同一企业每年合计不超过 8 元")
    first, second = match_of(1, **worth("fixed", amount=5)), match_of(2, **worth("fixed", amount=6))
    policy = policy_of(first.item, second.item, caps=(cap,))

    total = total_of([replace(first, policy=policy), replace(second, policy=policy)], NOBODY)

    assert total.certain.total == total.possible.total == 8


@pytest.mark.parametrize(
    ("per", "on", "certain"),
    [
        (CapPeriod.YEAR, "2026-01-05", 2),
        (CapPeriod.YEAR, "2025-12-31", 8),
        (CapPeriod.EVER, "2025-12-31", 2),
    ],
)
def test_what_was_received_already_counts_against_a_cap(per: CapPeriod, on: str, certain: int) -> None:
    match = match_of(1, **worth("fixed", amount=20))
    policy = policy_of(match.item, caps=(SumCap(("item-1",), Decimal(8), per, "合计不超过 8 元"),))
    receipt = {"item": "sample-policy/item-1", "on": on, "amount": 6}

    total = total_of([replace(match, policy=policy)], subject_of(profile_of(benefits_received=[receipt])))

    assert total.certain.total == total.possible.total == certain


def test_under_a_cap_nothing_is_certain_while_receipts_are_unknown() -> None:
    match = match_of(1, **worth("fixed", amount=20))
    policy = policy_of(match.item, caps=(SumCap(("item-1",), Decimal(8), CapPeriod.EVER, "合计不超过 8 元"),))

    total = total_of([replace(match, policy=policy)], subject_of(profile_of()))

    assert (total.certain.total, total.possible.total) == (0, 8)


def test_an_invented_policy_counts_for_nothing() -> None:
    match = match_of(1, **worth("fixed", amount=20))
    sample = policy_of(match.item, source=DocumentSource(SourceKind.SAMPLE))

    assert total_of([replace(match, policy=sample)], NOBODY).possible.total == 0


def test_items_that_exclude_each_other_are_never_added_up() -> None:
    first = match_of(1, **worth("range", **{"from": 5, "to": 6}), exclusive_groups=("once",))
    second = match_of(2, **worth("up_to", amount=9), exclusive_groups=("once",))

    total = total_of([first, second], NOBODY)

    assert total.certain.total == 5
    assert total.possible.total == 9


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, groups(2)), max_size=6))
def test_the_certain_never_exceeds_the_possible(rows: list[tuple[Decimal, Decimal, frozenset[str]]]) -> None:
    matches = [
        match_of(n, **worth("range", **{"from": min(a, b), "to": max(a, b)}), exclusive_groups=tuple(sorted(held)))
        for n, (a, b, held) in enumerate(rows)
    ]

    total = total_of(matches, NOBODY)

    assert total.certain.total <= total.possible.total
