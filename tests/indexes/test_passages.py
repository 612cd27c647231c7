from __future__ import annotations

from indexes.passages import item_passage, profile_passage, profile_phrases
from policies.reference import load_reference
from tests.indexes.builders import a_policy, a_profile, an_item, clause

REFERENCE = load_reference()


def test_an_item_is_told_by_its_document_title_summary_keywords_and_clause() -> None:
    item = an_item(
        title="冷库补助", summary="新建冷库给予补助", keywords=("保鲜库", "冷链"), clause=clause("按库容补助")
    )

    passage = item_passage(a_policy(item, title="农产品流通若干措施").policy, item)

    assert passage == "农产品流通若干措施\n冷库补助\n新建冷库给予补助\n保鲜库 冷链\n按库容补助"


def test_a_profile_is_told_by_products_scope_and_industry_path() -> None:
    profile = a_profile(main_products="铝箔、铝卷", business_scope="铝压延加工；货物进出口", industry="C3252")

    passage = profile_passage(profile, REFERENCE)

    assert passage.splitlines()[:2] == ["铝箔、铝卷", "铝压延加工；货物进出口"]
    assert "制造业" in passage and "铝压延加工" in passage.splitlines()[2]


def test_projects_that_exist_are_told_and_those_denied_are_not() -> None:
    profile = a_profile(tech_upgrade_project=True, project_registered=False, exports_2025=3_000_000, imports_2025=0)

    assert profile_passage(profile, REFERENCE) == "有技术改造项目 出口额"


def test_a_high_tech_field_is_told_by_its_name() -> None:
    assert profile_passage(a_profile(high_tech_field="materials"), REFERENCE) == "新材料"
    assert profile_passage(a_profile(high_tech_field="none"), REFERENCE) == ""


def test_a_profile_that_says_nothing_of_its_trade_has_no_passage() -> None:
    assert profile_passage(a_profile(region="371602"), REFERENCE) == ""
    assert profile_phrases(a_profile(region="371602"), REFERENCE) == ()


def test_what_every_licence_says_is_left_out() -> None:
    scope = "一般项目：绳索制造；货物进出口（依法须经批准的项目，经相关部门批准后方可开展经营活动）。许可项目：食品生产"

    phrases = profile_phrases(a_profile(business_scope=scope), REFERENCE)

    assert phrases == ("绳索制造", "货物进出口", "食品生产")


def test_products_come_before_the_industry_and_the_scope_among_the_phrases() -> None:
    profile = a_profile(business_scope="食品销售", main_products="挂面，面粉", industry="C1312")

    assert profile_phrases(profile, REFERENCE) == ("挂面", "面粉", "小麦加工", "食品销售")


def test_a_code_outside_the_table_is_passed_over() -> None:
    assert profile_passage(a_profile(industry="Z99", main_products="渔网"), REFERENCE) == "渔网"


def test_an_endless_scope_is_cut() -> None:
    assert len(profile_passage(a_profile(business_scope="食品销售；" * 1000), REFERENCE)) <= 400
