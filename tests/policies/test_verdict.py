"""Kleene's strong logic: its laws, and that knowing more never overturns a verdict."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.verdict import Verdict, all_of, any_of, at_least, from_bool, negate
from tests.policies.strategies import VERDICTS

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN
SEVERAL = st.lists(VERDICTS, max_size=7)


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (MET, MET, MET, MET),
        (MET, UNKNOWN, UNKNOWN, MET),
        (MET, NOT_MET, NOT_MET, MET),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, NOT_MET, NOT_MET, UNKNOWN),
        (NOT_MET, NOT_MET, NOT_MET, NOT_MET),
    ],
)
def test_and_and_or_are_kleenes_tables(left: Verdict, right: Verdict, both: Verdict, either: Verdict) -> None:
    assert all_of([left, right]) is all_of([right, left]) is both
    assert any_of([left, right]) is any_of([right, left]) is either


def test_unknown_stays_unknown_under_negation() -> None:
    assert [negate(verdict) for verdict in (MET, NOT_MET, UNKNOWN)] == [NOT_MET, MET, UNKNOWN]


def test_nothing_asked_is_met_and_no_alternative_is_not() -> None:
    assert all_of([]) is MET
    assert any_of([]) is NOT_MET
    assert from_bool(True) is MET


@given(VERDICTS, VERDICTS, VERDICTS)
def test_conjunction_and_disjunction_are_associative(a: Verdict, b: Verdict, c: Verdict) -> None:
    for combine in (all_of, any_of):
        assert combine([combine([a, b]), c]) is combine([a, combine([b, c])]) is combine([a, b, c])


@given(SEVERAL, st.randoms())
def test_the_order_of_the_parts_never_matters(parts: list[Verdict], shuffle: Random) -> None:
    mixed = list(parts)
    shuffle.shuffle(mixed)

    assert all_of(mixed) is all_of(parts)
    assert any_of(mixed) is any_of(parts)
    assert at_least(2, mixed) is at_least(2, parts)


@given(VERDICTS, VERDICTS)
def test_identities_idempotence_and_absorption_hold(a: Verdict, b: Verdict) -> None:
    assert all_of([a, MET]) is any_of([a, NOT_MET]) is all_of([a, a]) is any_of([a, a]) is a
    assert all_of([a, NOT_MET]) is NOT_MET
    assert any_of([a, MET]) is MET
    assert all_of([a, any_of([a, b])]) is any_of([a, all_of([a, b])]) is a


@given(SEVERAL)
def test_de_morgan_and_double_negation_hold(parts: list[Verdict]) -> None:
    assert negate(all_of(parts)) is any_of(map(negate, parts))
    assert negate(any_of(parts)) is all_of(map(negate, parts))
    assert all(negate(negate(part)) is part for part in parts)


@given(VERDICTS, VERDICTS, VERDICTS)
def test_conjunction_distributes_over_disjunction(a: Verdict, b: Verdict, c: Verdict) -> None:
    assert all_of([a, any_of([b, c])]) is any_of([all_of([a, b]), all_of([a, c])])
    assert any_of([a, all_of([b, c])]) is all_of([any_of([a, b]), any_of([a, c])])


@given(st.lists(VERDICTS, min_size=1, max_size=7))
def test_at_least_one_is_any_and_at_least_all_is_all(parts: list[Verdict]) -> None:
    assert at_least(1, parts) is any_of(parts)
    assert at_least(len(parts), parts) is all_of(parts)
    assert at_least(0, parts) is MET
    assert at_least(len(parts) + 1, parts) is NOT_MET


@given(SEVERAL, st.integers(0, 8))
def test_fewer_than_k_hold_exactly_when_enough_do_not(parts: list[Verdict], count: int) -> None:
    assert negate(at_least(count, parts)) is at_least(len(parts) - count + 1, map(negate, parts))


@given(st.lists(st.tuples(VERDICTS, st.booleans()), max_size=7), st.integers(0, 7))
def test_settling_an_unknown_part_never_overturns_the_whole(parts: list[tuple[Verdict, bool]], count: int) -> None:
    now = [verdict for verdict, _ in parts]
    later = [from_bool(truth) if verdict is UNKNOWN else verdict for verdict, truth in parts]

    for combine in (all_of, any_of, lambda verdicts: at_least(count, verdicts)):
        assert combine(now) in (UNKNOWN, combine(later))
