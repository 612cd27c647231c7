"""The benchmark compares what it measures, measures the same every time, and says so when engines disagree."""

from __future__ import annotations

import json
import sys

import pytest
from click.testing import CliRunner

from policies.conditions import leaves
from policies.files import read_catalogue
from policies.reference import load_reference
from policies.verdict import Verdict
from service.benchmarks import engines, match
from service.benchmarks.synthetic import ItemMaker
from service.cli import main

pytest.importorskip("zen", reason="zen-engine is installed with the extra `bench` or `dev`")


def test_every_engine_gives_the_verdicts_of_the_interpreter() -> None:
    report = match.measure(items=120, profiles=5, reference=load_reference())

    assert report.disagreements == []
    assert {engine.key: engine.pairs for engine in report.engines} == {
        "interpreter": 600,
        "assess": 600,
        "zen_item": 600,
        "zen_leaves": 600,
        "zen_batch": 600,
        "zen_parsed": 600,
    }


def test_the_items_are_the_same_for_every_run_and_size() -> None:
    few, many = match.make_offers(5, load_reference()), match.make_offers(9, load_reference())

    assert few == many[:5]
    assert len({offer.condition for offer in many}) == 9


def test_the_items_ask_for_four_to_five_things_and_for_places_and_alternatives() -> None:
    reference = load_reference()
    catalogue = [report.policy for report in read_catalogue(reference, match.DAY) if report.policy is not None]
    made = [item.conditions for _, item in ItemMaker(catalogue, reference).items(400)]

    mean = sum(len(list(leaves(condition))) for condition in made) / len(made)

    assert 3 <= mean <= 5
    assert {"Any", "Within"} <= {type(part).__name__ for condition in made for part in condition.parts}  # type: ignore[union-attr]


def test_a_disagreement_ends_the_command_with_code_1_and_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "VERDICTS", (Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.MET))

    result = CliRunner().invoke(main, ["bench", "match", "--items", "20", "--profiles", "2"])

    assert result.exit_code == 1
    assert "结论不一致" in result.output
    assert "zen_item" in result.output


def test_the_report_as_json_names_the_machine_and_every_engine() -> None:
    result = CliRunner().invoke(main, ["bench", "match", "--items", "10", "--items", "20", "--profiles", "2", "--json"])

    data = json.loads(result.output)
    assert result.exit_code == 0
    assert data["machine"] and data["zen_engine"]
    assert [run["items"] for run in data["runs"]] == [10, 20]
    assert all(engine["agreed"] == engine["pairs"] for run in data["runs"] for engine in run["engines"])


def test_without_the_zen_engine_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zen", None)

    result = CliRunner().invoke(main, ["bench", "match"])

    assert result.exit_code == 2
    assert "pip install zen-engine" in result.output
