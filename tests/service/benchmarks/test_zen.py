"""The translation to the zen engine gives the interpreter's verdicts: else the comparison would compare nothing."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.conditions import Condition, NotReceived, facts_named, leaves
from policies.evaluation import evaluate
from policies.profile import EnterpriseProfile
from policies.receipts import RECEIVED
from policies.reference import load_reference
from policies.verdict import Verdict
from service.benchmarks.zen import VERDICTS, Expressions, Translator
from service.benchmarks.zen_facts import joined, known_pieces
from tests.builders import DAY, condition, profile_of, subject_of
from tests.policies.strategies import conditions, profiles

zen = pytest.importorskip("zen", reason="zen-engine is installed with the extra `bench` or `dev`")


def verdict_by_zen(asked: Condition, profile: EnterpriseProfile) -> Verdict:
    translated = _translated(asked)
    facts = joined(known_pieces(subject_of(profile), translated.needs), translated.needs)
    return VERDICTS[int(zen.evaluate_expression(translated.verdict, facts))]


@cache
def _translated(asked: Condition) -> Expressions:
    return Translator(load_reference(), DAY).translate(asked)


@settings(max_examples=400, deadline=None)
@given(conditions(), profiles())
def test_zen_gives_the_verdict_of_the_interpreter(asked: Condition, profile: EnterpriseProfile) -> None:
    assume(RECEIVED not in facts_named(asked))  # receipts are not among the facts handed over
    assert verdict_by_zen(asked, profile) is evaluate(asked, subject_of(profile)).verdict


@settings(max_examples=200, deadline=None)
@given(conditions(12), profiles())
def test_zen_gives_the_verdict_of_every_leaf(asked: Condition, profile: EnterpriseProfile) -> None:
    for leaf in leaves(asked):
        if isinstance(leaf, NotReceived):
            continue
        assert verdict_by_zen(leaf, profile) is evaluate(leaf, subject_of(profile)).verdict


@settings(max_examples=100, deadline=None)
@given(conditions(), st.data())
def test_what_is_certain_is_possible(asked: Condition, data: st.DataObject) -> None:
    profile = data.draw(profiles())
    translated = _translated(asked)
    facts = joined(known_pieces(subject_of(profile), translated.needs), translated.needs)

    certain, possible = (
        bool(zen.evaluate_expression(text, facts)) for text in (translated.certain, translated.possible)
    )

    assert possible or not certain


@pytest.mark.parametrize(
    ("asked", "facts", "verdict"),
    [
        ({"fact": "size_class", "in": ["micro", "small"]}, {"industry": "C3252", "employees": {2025: 30}}, Verdict.MET),
        ({"fact": "size_class", "is": "small"}, {"industry": "C3252", "employees": {2025: 30}}, Verdict.UNKNOWN),
        ({"fact": "rd_ratio", "at_least": "5%"}, {"revenue": {2025: 0}, "rd_expense": {2025: 0}}, Verdict.UNKNOWN),
        ({"fact": "revenue", "growth": {"at_least": "20%"}}, {"revenue": {2024: 10, 2025: 12}}, Verdict.MET),
        ({"fact": "region", "within": "371600-beihai"}, {"region": "371602"}, Verdict.NOT_MET),
        ({"fact": "region", "within": "371600-beihai"}, {"region": "371623"}, Verdict.UNKNOWN),
        ({"fact": "industry", "within": "C32"}, {"industry": "C"}, Verdict.UNKNOWN),
        ({"fact": "registered_capital", "less_than": "0.3"}, {"registered_capital": "0.2999999999999999"}, Verdict.MET),
        ({"not": {"judged": "信用良好"}}, {}, Verdict.UNKNOWN),
    ],
)
def test_the_awkward_cases_agree(asked: dict[str, object], facts: dict[str, object], verdict: Verdict) -> None:
    read, profile = condition(asked), profile_of(**facts)

    assert evaluate(read, subject_of(profile)).verdict is verdict
    assert verdict_by_zen(read, profile) is verdict
