"""Geography and industry are trees: a condition on a place or branch holds for everything below it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.conditions import Within
from policies.evaluation import evaluate
from policies.industries import read_industry
from policies.reference import load_reference
from policies.trees import CodeTree, TreeNode
from policies.verdict import Verdict
from tests.builders import condition, profile_of, subject_of
from tests.policies.strategies import INDUSTRIES, PLACES, ZONES

MET, NOT_MET, UNKNOWN = Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN


def within(fact: str, wanted: str | list[str], **known: Any) -> Verdict:
    return evaluate(condition({"fact": fact, "within": wanted}), subject_of(profile_of(**known))).verdict


def asked_for(fact: str, wanted: str | list[str], **known: Any) -> list[str]:
    found = evaluate(condition({"fact": fact, "within": wanted}), subject_of(profile_of(**known)))
    return [str(ref) for ref in found.missing()]


# ---------------------------------------------------------------------- places


@pytest.mark.parametrize("wanted", ["100000", "370000", "371600", "371625"])
def test_a_condition_on_a_place_holds_in_everything_below_it(wanted: str) -> None:
    assert within("region", wanted, region="371625") is MET


@pytest.mark.parametrize("wanted", ["370100", "371602", "371625001"])
def test_a_place_elsewhere_fails(wanted: str) -> None:
    assert within("region", wanted, region="371681") is NOT_MET


def test_a_plant_in_the_beihai_zone_is_within_binzhou_its_county_and_its_zone() -> None:
    plant = {"region": "371623", "zone": "371600-beihai"}

    assert within("region", "371600", **plant) is MET
    assert within("region", "371623", **plant) is MET
    assert within("region", "371600-beihai", **plant) is MET
    assert within("region", "371600-edz", **plant) is NOT_MET
    assert within("region", "371602", **plant) is NOT_MET


def test_a_zone_alone_tells_the_city_but_not_the_county() -> None:
    assert within("region", "371600", zone="371600-beihai") is MET
    assert within("region", "371600-beihai", zone="371600-beihai") is MET
    assert within("region", "371623", zone="371600-beihai") is UNKNOWN


def test_only_an_enterprise_whose_county_touches_a_zone_is_asked_for_it() -> None:
    assert asked_for("region", "371600-beihai", region="371623") == ["zone"]
    assert asked_for("region", "371600-beihai", region="371623105") == ["zone"]
    assert within("region", "371600-beihai", region="371681") is NOT_MET
    assert within("region", "371600-beihai", region="371623", zone="不在功能区") is NOT_MET


def test_a_code_too_coarse_to_decide_is_unknown_and_a_finer_one_is_asked_for() -> None:
    assert within("region", "371625", region="371600") is UNKNOWN
    assert asked_for("region", "371625", region="371600") == ["region.finer"]
    assert asked_for("region", ["371625", "371621"], region="100000") == ["region.finer"]
    assert asked_for("tax_region", "371625", tax_region="370000") == ["tax_region.finer"]


def test_an_unknown_place_is_asked_for() -> None:
    assert asked_for("region", "371625") == ["region"]
    assert asked_for("region", ["371625", "371600-beihai"]) == ["region", "zone"]
    assert asked_for("zone", "371600-beihai") == ["zone"]


def test_no_zone_is_a_known_answer() -> None:
    assert within("zone", "371600-beihai", zone="none") is NOT_MET
    assert within("zone", "371600", zone="371600-edz") is MET


def test_one_of_several_places_is_enough() -> None:
    assert within("region", ["371621", "371625"], region="371625") is MET
    assert within("region", ["371621", "371600-edz"], region="371602", zone="371600-edz") is MET


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("371602", "371602"),
        (371602, "371602"),
        (" ３７１６０２ ", "371602"),
        ("滨城区", "371602"),
        ("滨州市", "371600"),
        ("邹平市", "371681"),
        ("371626", "371681"),
        ("371200", "370100"),
        ("滨州北海经济开发区", "371600-beihai"),
    ],
)
def test_a_place_is_read_by_code_or_name_and_a_withdrawn_code_as_its_successor(written: object, code: str) -> None:
    assert load_reference().regions.read(written) == code


@pytest.mark.parametrize(
    ("written", "message"),
    [("市中区", "有 2 个地方"), ("110000", "山东省内"), ("", "山东省内"), (None, "山东省内"), ("none", "山东省内")],
)
def test_an_ambiguous_or_foreign_place_is_refused(written: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        load_reference().regions.read(written)


def test_every_zone_lies_in_counties_of_its_own_city() -> None:
    regions = load_reference().regions
    for zone in regions.zones.values():
        assert zone.lies_in
        assert all(regions.tree.is_within(county, zone.parent) for county in zone.lies_in)


def test_binzhou_has_seven_counties() -> None:
    counties = [node.name for node in load_reference().regions.tree if node.parent == "371600"]

    assert counties == ["滨城区", "沾化区", "惠民县", "阳信县", "无棣县", "博兴县", "邹平市"]


# ---------------------------------------------------------------------- industries


@pytest.mark.parametrize("wanted", ["C", "C32", "C325", "C3252"])
def test_a_condition_on_a_branch_holds_for_its_classes(wanted: str) -> None:
    assert within("industry", wanted, industry="C3252") is MET


def test_another_branch_fails_and_a_coarse_one_is_unknown() -> None:
    assert within("industry", "C3251", industry="C3252") is NOT_MET
    assert within("industry", "D", industry="C") is NOT_MET
    assert asked_for("industry", "C3252", industry="C32") == ["industry.finer"]
    assert asked_for("industry", "C3252") == ["industry"]


@pytest.mark.parametrize("written", ["C3252", "c3252", "3252", "Ｃ３２５２", 3252, " 3252 "])
def test_an_industry_is_read_with_or_without_its_letter(written: object) -> None:
    assert read_industry(written, load_reference().industries) == "C3252"


@pytest.mark.parametrize("written", ["", "Z", "C9999", "9999", "C 32", None, "铝压延加工"])
def test_what_is_no_industry_code_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="GB/T 4754"):
        read_industry(written, load_reference().industries)


def test_the_shipped_table_has_twenty_sections_and_ninety_seven_divisions() -> None:
    levels = [node.level for node in load_reference().industries]

    assert levels.count("section") == 20
    assert levels.count("division") == 97


# ---------------------------------------------------------------------- trees


CODES = st.sampled_from((*PLACES, *ZONES, "371600", "370000", "100000"))


@given(CODES, CODES, CODES)
def test_within_an_ancestor_whenever_within_a_descendant(place: str, target: str, ancestor: str) -> None:
    regions = load_reference().regions
    if ancestor in regions.chain(target) and target in regions.chain(place):
        assert ancestor in regions.chain(place)


@given(st.sampled_from((*PLACES, "371600")), st.sampled_from(("none", *ZONES, None)), CODES)
def test_a_place_within_a_county_is_within_all_that_contain_it(place: str, zone: str | None, target: str) -> None:
    subject = subject_of(profile_of(region=place, zone=zone))
    verdicts = [evaluate(Within("region", (code,)), subject).verdict for code in load_reference().regions.chain(target)]

    if MET in verdicts:
        assert set(verdicts[verdicts.index(MET) :]) == {MET}


@given(st.sampled_from(INDUSTRIES), st.sampled_from(INDUSTRIES))
def test_a_class_within_a_group_is_within_its_division_and_section(own: str, target: str) -> None:
    tree = load_reference().industries
    verdicts = [
        evaluate(Within("industry", (code,)), subject_of(profile_of(industry=own))).verdict
        for code in tree.chain(target)
    ]

    assert verdicts == sorted(verdicts, key=[NOT_MET, UNKNOWN, MET].index)


def test_a_tree_knows_names_paths_and_its_own_codes() -> None:
    tree = load_reference().industries

    assert tree.path_name("C3252") == "制造业 › 有色金属冶炼和压延加工业 › 有色金属压延加工 › 铝压延加工"
    assert "C3252" in tree
    assert "X" not in tree
    with pytest.raises(KeyError):
        tree.node("X")


def test_a_tree_with_an_orphan_is_refused() -> None:
    with pytest.raises(ValueError, match="parent X is not in the tree"):
        CodeTree([TreeNode("A", "甲", "place", "X")])
