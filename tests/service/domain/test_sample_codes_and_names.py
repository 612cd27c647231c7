"""The codes and names of the sample enterprises: valid, readable, all different, and nobody's."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from policies.credit_code import read_credit_code
from policies.profile import EnterpriseProfile
from policies.reference import load_reference
from service.domain.sample_codes_and_names import invented_name
from service.domain.sample_enterprises import generate
from service.domain.sample_tables import sample_tables
from tests.builders import DAY
from tests.service.domain.known_values import KINDS, value

# Firms and brands people know, above all those of Binzhou: no sample may be taken for one of them.
REAL_NAMES = [
    "魏桥",
    "西王",
    "京博",
    "渤海",
    "愉悦",
    "华纺",
    "香驰",
    "亚光",
    "滨化",
    "宏桥",
    "齐星",
    "铁雄",
    "三星",
    "长星",
    "开泰",
    "鲁北",
    "绿都",
    "鲁花",
    "金龙鱼",
    "海天",
    "鲁泰",
    "汇泰",
    "友发",
    "琥崧",
    "戴森",
    "向尚",
    "盟威",
    "海尔",
    "海信",
    "华为",
    "小米",
    "腾讯",
    "阿里",
    "百度",
    "京东",
    "美团",
    "比亚迪",
    "格力",
    "美的",
    "联想",
    "中通",
    "顺丰",
    "蒙牛",
    "伊利",
    "茅台",
    "全聚德",
]


def test_every_code_is_valid_and_no_two_are_the_same(samples: list[EnterpriseProfile]) -> None:
    codes = [read_credit_code(profile.code) for profile in samples]

    assert all(code.body_check_holds for code in codes)
    assert len({code.text for code in codes}) == len(codes)


def test_a_code_says_the_kind_and_the_county(samples: list[EnterpriseProfile]) -> None:
    for profile in samples:
        code = read_credit_code(profile.code)
        kind, region = value(profile, "entity_type"), value(profile, "region")

        assert kind is None or code.kind == KINDS[str(kind)]
        assert region is None or code.region_code == str(region)[:6]


def test_no_code_can_be_taken_for_a_real_one(samples: list[EnterpriseProfile]) -> None:
    assert all(str(profile.code)[8:10] == "HQ" for profile in samples)


def test_every_name_says_that_it_is_a_sample_and_is_nobodys(samples: list[EnterpriseProfile]) -> None:
    for profile in samples:
        assert profile.name is not None and profile.name.endswith("（示例）")
        assert not [real for real in REAL_NAMES if real in profile.name], profile.name


def test_no_full_name_stands_twice(samples: list[EnterpriseProfile]) -> None:
    times = Counter(profile.name for profile in samples)

    assert [name for name, count in times.items() if count > 1] == []


@pytest.mark.parametrize("seed", [2026, 7, 0])
def test_no_invented_name_is_another_or_its_beginning_among_twenty_thousand(seed: int) -> None:
    """So that two full names of one place always differ, whatever the trade and the legal form."""
    names = sorted(invented_name(number, seed, sample_tables()) for number in range(20_000))

    assert [pair for pair in pairwise(names) if pair[1].startswith(pair[0])] == []
    assert not [name for name in names if any(real in name for real in REAL_NAMES)]


def test_a_name_of_the_head_cannot_be_invented_again() -> None:
    invented = tuple(invented_name(number, 2026, sample_tables()) for number in range(20_000))

    for profile in generate(12, day=DAY, reference=load_reference()):
        assert profile.name is not None and not profile.name[3:].startswith(invented), profile.name


def test_the_first_names_are_short() -> None:
    names = [invented_name(number, 2026, sample_tables()) for number in range(1_800)]

    assert {len(name) for name in names} == {3}
